"""Polygons of classes along the edges of cells, traced from strips of a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.maps import GroundCells
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.suitability.openground import STRIP_ROWS
from geozone.answers.suitability.scoring import Strip
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.outlines.areas import areas
from geozone.engine.outlines.edges import MM, NOWHERE, Edges
from geozone.engine.outlines.faces import Faces, parts
from geozone.engine.outlines.tracing import drawn
from geozone.law.verdict import Verdict
from geozone.pages.layer import Features, Kind, Layer
from geozone.pages.scorewords import CLASS_NAMES, code_of, looks
from geozone.pages.style import qml_of
from geozone.pages.zonelayers import single

COLUMNS: dict[str, Kind] = {
    "class": str, "class_zh": str, "class_en": str, "verdict": str, "hectares": float,
    "synthetic": str,
}  # fmt: skip

MOST_BORDERS = 3_000_000
"""Sides of cells between different ground; of more, polygons are drawn around larger cells."""

LONGEST_M = 500_000.0
"""Of an edge; what is longer is drawn in pieces."""

RANKS = (
    Class.SUITABLE, Class.MODERATE, Class.UNSUITABLE, Class.UNDETERMINED, Class.CLOSED
)  # fmt: skip
"""From the one that a larger cell has only where all of its cells have it, to the one that any
of its cells gives it."""

NOTHING = 0
_VERDICTS = 8

Codes = NDArray[np.uint8]
Strips = Callable[[], Iterable[Strip]]


@dataclass(frozen=True)
class Drawing:
    """Polygons follow squares of ``side`` x ``side`` cells, each as bad as the worst in it."""

    side: int
    borders: int


def drawing_of(strips: Strips, most: int = MOST_BORDERS) -> Drawing:
    """The finest squares around which polygons have no more than so many sides of cells."""
    counts = np.zeros(STRIP_ROWS.bit_length(), np.int64)  # by how often sides are doubled
    above: list[Codes | None] = [None] * len(counts)
    for strip in strips():
        cells = _packed(strip)
        for level in range(len(counts)):
            cells = worst(cells) if level else cells
            counts[level] += _borders(cells, above[level])
            above[level] = cells[-1]
    fits = np.flatnonzero(counts <= most)
    level = int(fits[0]) if len(fits) else len(counts) - 1
    return Drawing(1 << level, int(counts[level]))


def class_layer(
    grid: Grid, strips: Strips, drawing: Drawing, *, synthetic: str = "", jobs: int = 1
) -> Layer:
    """The layer ``classes``: every connected ground of one class and verdict is a feature.

    Prohibited and undetermined ground is drawn as that. Hectares are on the ellipsoid.
    """
    size = grid.resolution_m * drawing.side
    shape = Shape2d(-(-grid.shape.rows // drawing.side), -(-grid.shape.cols // drawing.side))
    coarse = Grid(grid.crs, grid.left, grid.top, size, shape)

    def features() -> Iterator[Features]:
        classes = drawn(_edges(coarse, strips, drawing.side), jobs=jobs)
        fit = GroundCells.of(coarse).fit
        for part in starmap(classes.part, parts(classes, 0, len(classes.label))):
            yield single(part, _values(part, areas(part, fit, jobs=jobs), synthetic))

    return Layer("classes", COLUMNS, features(), qml_of("class", looks()))


def _values(faces: Faces, sizes: NDArray[np.float64], synthetic: str) -> dict[str, list[Any]]:
    ranks, verdicts = np.divmod(faces.label, _VERDICTS)
    found = [RANKS[rank - 1] for rank in ranks.tolist()]
    return {
        "class": [code_of(one) for one in found],
        "class_zh": [CLASS_NAMES[one]["zh"] for one in found],
        "class_en": [CLASS_NAMES[one]["en"] for one in found],
        "verdict": [Verdict(one).code for one in verdicts.tolist()],
        "hectares": [round(one / SQUARE_METRES_PER_HECTARE, 4) for one in sizes.tolist()],
        "synthetic": [synthetic] * len(found),
    }


def ranked(codes: Codes) -> Codes:
    """Codes of classes by rank, the larger the worse; ``NOTHING`` outside."""
    table = np.full(256, NOTHING, np.uint8)
    table[[one.value for one in RANKS]] = np.arange(1, len(RANKS) + 1)
    found: Codes = table[codes]
    return found


def unranked(ranks: Codes) -> Codes:
    """The codes of ranks."""
    found: Codes = np.array([OUTSIDE, *(one.value for one in RANKS)], np.uint8)[ranks]
    return found


def _packed(strip: Strip) -> Codes:
    """Class and verdict as one number, the larger the worse; ``NOTHING`` outside."""
    verdicts = np.where(strip.verdicts == OUTSIDE, np.uint8(0), strip.verdicts)
    found: Codes = ranked(strip.codes) * np.uint8(_VERDICTS) + verdicts
    return found


def worst(cells: Codes) -> Codes:
    """The largest of every 2 x 2 cells."""
    rows, cols = cells.shape
    cells = np.pad(cells, ((0, rows % 2), (0, cols % 2)))
    across = np.maximum(cells[:, ::2], cells[:, 1::2])
    found: Codes = np.maximum(across[::2], across[1::2])
    return found


def _borders(cells: Codes, above: Codes | None) -> int:
    """Sides of cells between different ones, those towards the row above included."""
    first = np.zeros_like(cells[0]) if above is None else above
    upper = np.concatenate([first[None], cells[:-1]])
    return int((cells != upper).sum() + (cells[:, 1:] != cells[:, :-1]).sum())


def _edges(grid: Grid, strips: Strips, side: int) -> Edges:
    """The edges between different cells of a grid of squares, as long as both sides stay."""
    found: list[tuple[NDArray[np.int32], ...]] = []
    above, row = np.zeros(grid.shape.cols, np.uint8), 0
    for strip in strips():
        cells = _packed(strip)
        for _ in range(side.bit_length() - 1):
            cells = worst(cells)
        found += _pieces(grid, cells, above, row)
        above, row = cells[-1], row + len(cells)
    found += _pieces(grid, np.zeros((1, grid.shape.cols), np.uint8), above, row)
    ends, left, right = (np.concatenate(part) for part in zip(*found, strict=True))
    origin = np.round(np.array([grid.left, grid.top]) * MM).astype(np.int64)
    return Edges(ends, left, right, origin)


def _pieces(
    grid: Grid, cells: Codes, above: Codes, row: int
) -> Iterator[tuple[NDArray[np.int32], ...]]:
    """Edges above and between the cells of some rows: ends (n, 4), labels left and right."""
    step = round(LONGEST_M / grid.resolution_m) or 1
    upper = np.concatenate([above[None], cells[:-1]])
    line, first, last = _runs(upper, cells, step)
    ends = np.column_stack([first, -(line + row), last, -(line + row)])
    yield _in_mm(ends, grid), _label(upper[line, first]), _label(cells[line, first])
    beside = np.pad(cells, ((0, 0), (1, 1)))
    west, east = np.ascontiguousarray(beside[:, :-1].T), np.ascontiguousarray(beside[:, 1:].T)
    line, first, last = _runs(west, east, step)
    ends = np.column_stack([line, -(first + row), line, -(last + row)])
    yield _in_mm(ends, grid), _label(east[line, first]), _label(west[line, first])


def _runs(one: Codes, other: Codes, step: int) -> tuple[NDArray[np.int64], ...]:
    """Where along every line two sides differ and stay as they are: line, first, end."""
    pairs = one.astype(np.uint16) * 256 + other
    begins = np.ones(pairs.shape, bool)
    begins[:, 1:] = pairs[:, 1:] != pairs[:, :-1]
    begins[:, ::step] = True
    line, first = np.nonzero(begins)
    ends = np.append(first[1:], pairs.shape[1])
    ends[np.append(np.diff(line) > 0, True)] = pairs.shape[1]
    parts = (one != other)[line, first]
    return line[parts], first[parts], ends[parts]


def _in_mm(ends: NDArray[np.int64], grid: Grid) -> NDArray[np.int32]:
    return np.round(ends * (grid.resolution_m * MM)).astype(np.int32)


def _label(cells: Codes) -> NDArray[np.int32]:
    return np.where(cells == NOTHING, np.int32(NOWHERE), cells.astype(np.int32))
