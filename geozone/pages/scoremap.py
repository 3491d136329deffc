"""Classes of suitability as a layer of the web map, out of the files of a scored area."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.suitability.maps import ScoreMaps, of_files
from geozone.engine.grid import Shape2d
from geozone.law.errors import Fault, Refused
from geozone.pages.content import MapClass, MapGrid, MapScore, Projection
from geozone.pages.mapping import activity_name
from geozone.pages.scoreshapes import ranked, unranked, worst
from geozone.pages.scorewords import CLASS_COLOURS, CLASS_NAMES, CLASSES, IS_NOT, code_of
from geozone.pages.text import Text, text
from geozone.rules import vocabulary

SUMMARY, SCORES, CODES = "summary.json", "score.tif", "classes.tif"
READ = (SUMMARY, SCORES, CODES)
"""The files of a scored area that a map reads."""

MOST_CELLS = 40_000_000
"""Cells of the layer; of a finer grid larger squares are shown, each as bad as its worst cell."""

STRIP_ROWS = 256
AGAIN = "重新运行 geozone score / run geozone score again"


def map_score(folder: Path, site: Site, most: int = MOST_CELLS) -> MapScore:
    """The layer of a folder that ``geozone score`` wrote.

    Raises ``Refused`` where the folder is none, or of another project, day or CRS.
    """
    told = _summary(folder / SUMMARY, site)
    maps = of_files(folder / SCORES, folder / CODES)
    if maps.grid.crs != site.project.crs:
        raise Refused([_fault(folder / CODES, "坐标系与项目不同 / is not in the project's CRS")])
    codes, side = _codes(maps, most)
    grid = maps.grid
    size = grid.resolution_m * side
    return MapScore(
        told["title"],
        MapGrid(Projection.of(grid.crs), grid.left, grid.top, size, *codes.shape),
        codes,
        tuple(
            MapClass(
                one.value,
                code_of(one),
                CLASS_NAMES[one],
                CLASS_COLOURS[one],
                told["left"][code_of(one)],
            )
            for one in CLASSES
        ),
        (told["activity"], IS_NOT[0], IS_NOT[2], *_coarse(size, side)),
    )


def _coarse(size: float, side: int) -> tuple[Text, ...]:
    said = text(
        f"按 {size:g} m 方格显示，每格取其中最差的一类。",
        f"Shown in squares of {size:g} m, each as bad as the worst cell in it.",
    )
    return (said,) if side > 1 else ()


def _codes(maps: ScoreMaps, most: int) -> tuple[NDArray[np.uint8], int]:
    """The codes of the grid, or of the finest squares of which there are no more than ``most``."""
    rows, cols = maps.grid.shape.rows, maps.grid.shape.cols
    halvings = 0
    while -(-rows >> halvings) * -(-cols >> halvings) > most and 1 << halvings < STRIP_ROWS:
        halvings += 1

    def strips() -> Iterator[NDArray[np.uint8]]:
        for row in range(0, rows, STRIP_ROWS):
            size = Shape2d(min(STRIP_ROWS, rows - row), cols)
            cells = ranked(maps.classes(row, 0, size))
            for _ in range(halvings):
                cells = worst(cells)
            yield unranked(cells)

    return np.concatenate(list(strips())), 1 << halvings


def _summary(path: Path, site: Site) -> dict[str, Any]:  # JSON of the contract
    """What the summary says that the map shows, checked. Raises ``Refused``."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        told = {
            "schema": raw["schema"],
            "project": raw["project"],
            "on": raw["on"],
            "activity": activity_name(vocabulary.parse_activity(raw["model"]["activity"])),
            "title": text(str(raw["model"]["zh"]), str(raw["model"]["en"])),
            "left": {code_of(one): float(raw["left"][code_of(one)]) for one in CLASSES},
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"不是评分成果 / is not what geozone score writes: {type(error).__name__} {error}"
        raise Refused([_fault(path, what)]) from error
    wanted = {"schema": 1, "project": site.project.name, "on": site.on.isoformat()}
    other = [f"{key}: {told[key]} ≠ {one}" for key, one in wanted.items() if told[key] != one]
    if other:
        what = f"与本项目或决策日期不符 / is of another project or day: {'; '.join(other)}"
        raise Refused([_fault(path, what)])
    return told


def _fault(path: Path, what: str) -> Fault:
    return Fault(str(path), "--score", what, AGAIN)
