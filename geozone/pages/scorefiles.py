"""A scored study area as files: grids, polygons, charts, a report and a summary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.chance import Chances
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.suitability.scoring import Scored
from geozone.answers.working import exactly
from geozone.pages.categories import ENDING, write_categories
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands
from geozone.pages.files import Held, staged
from geozone.pages.geopackage import write_geopackage
from geozone.pages.scorechance import CHANCE_FILES, write_chances
from geozone.pages.scorecharts import charts
from geozone.pages.scorecontent import Json, is_synthetic
from geozone.pages.scorepotential import potential_csv
from geozone.pages.scorereport import report_html
from geozone.pages.scoreshapes import Drawing, class_layer, drawing_of
from geozone.pages.scoretracts import COLUMNS, csv_text
from geozone.pages.scorewords import colour_legend
from geozone.pages.tables import json_text
from geozone.pages.text import SYNTHETIC

SCORE_FILES = (
    "score.tif", "classes.tif", f"classes.tif{ENDING}", "classes.gpkg", "histogram.png",
    "weights.png", "tornado.png", "map.png", "blocks.csv", "areas.csv", "potential.csv",
    *CHANCE_FILES,
    "report.html", "summary.json",
)  # fmt: skip
_FAMILY = ("tornado.png", "blocks.csv", "areas.csv", "potential.csv", *CHANCE_FILES)
"""Files of an earlier run that must not stay beside those of a run that has none."""

MOST_PIXELS = 1000
"""Of the longer side of the picture in the report."""

_SCORED = [one.value for one in (Class.UNSUITABLE, Class.MODERATE, Class.SUITABLE)]


def write_score_files(
    folder: Path | Held,
    scored: Scored,
    told: Json,
    chances: Chances | None = None,
    *,
    jobs: int = 1,
) -> Json:
    """Write all files, strip by strip, and give the summary: what was ``told``, and of polygons.

    The files take the place of those of an earlier run together. Raises ``Refused`` where they
    cannot, where another run writes there, or without matplotlib.
    """
    with staged(folder, last="summary.json", family=_FAMILY) as drafts:
        write_cog(drafts / "score.tif", _scores(scored), jobs=jobs)
        write_cog(drafts / "classes.tif", _classes(scored), jobs=jobs)
        write_categories(drafts / "classes.tif", colour_legend())
        if chances is not None:
            write_chances(drafts, chances, jobs=jobs)
        with exactly(scored.site.project):
            drawing = _polygons(drafts / "classes.gpkg", scored, jobs)
        told = {**told, "polygons": _told_of(scored, drawing)}
        drawn = charts(told, _small(drafts / "classes.tif"))
        texts = {f"{name}.csv": csv_text(name, told) for name in COLUMNS if name in told}
        if "potential" in told:
            texts["potential.csv"] = potential_csv(told["potential"])
        texts |= {"report.html": report_html(told, drawn), "summary.json": json_text(told)}
        for name, content in drawn.files.items():
            (drafts / name).write_bytes(content)
        for name, text in texts.items():
            (drafts / name).write_bytes(text.encode("utf-8"))
    return told


def _scores(scored: Scored) -> Bands:
    """Scores where the zones leave the ground open; elsewhere nothing can be read."""

    def parts() -> Iterator[Band]:
        for one in scored.strips():
            is_open = np.isin(one.codes, _SCORED)
            yield Band(one.row, np.where(is_open, one.scores, np.float32(np.nan)))

    return Bands(scored.grid, float("nan"), np.dtype(np.float32), parts())


def _classes(scored: Scored) -> Bands:
    parts = (Band(one.row, one.codes) for one in scored.strips())
    return Bands(scored.grid, OUTSIDE, np.dtype(np.uint8), parts, colour_legend())


def _polygons(path: Path, scored: Scored, jobs: int) -> Drawing:
    site = scored.site
    drawing = drawing_of(scored.strips)
    made = f"{SYNTHETIC['zh']} / {SYNTHETIC['en']}" if is_synthetic(site, scored.model) else ""
    layer = class_layer(scored.grid, scored.strips, drawing, synthetic=made, jobs=jobs)
    write_geopackage(path, [layer], crs=site.project.crs, on=site.on)
    return drawing


def _told_of(scored: Scored, drawing: Drawing) -> dict[str, Any]:  # JSON of the contract
    size = scored.grid.resolution_m * drawing.side
    return {
        "cell_m": size,
        "cells_a_side": drawing.side,
        "says": {
            "zh": f"多边形沿 {size:g} m 方格边界绘制，每格取其中最差的一类；面积以栅格统计为准。",
            "en": f"Polygons follow squares of {size:g} m, each as bad as the worst cell in it; "
            "hectares of the grid stand above theirs.",
        },
    }


def _small(path: Path) -> NDArray[np.uint8]:
    """The classes of a grid in as many pixels as a page takes."""
    import rasterio  # noqa: PLC0415 - heavy, and only this picture needs it here

    with rasterio.open(path, driver="GTiff") as file:
        share = min(1.0, MOST_PIXELS / max(file.height, file.width))
        shape = (max(round(file.height * share), 1), max(round(file.width * share), 1))
        found: NDArray[np.uint8] = file.read(1, out_shape=shape)
    return found
