"""Figures of cells within polygons (exactextract): a cell counts by the part that lies inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.answers.suitability.library import library
from geozone.answers.suitability.maps import NONE, GroundCells, ScoreMaps
from geozone.answers.suitability.model import Class
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.outline import Shapes

PACKAGE = "exactextract==0.3.0"

MOST_CELLS = 1 << 21
"""Cells that are in memory at a time, whatever the size of a polygon."""

OPEN = (Class.UNSUITABLE, Class.MODERATE, Class.SUITABLE)
"""Classes of ground that is scored and that the zones leave open."""

_IS_OPEN = np.isin(np.arange(256) & NONE, [one.value for one in OPEN])

Cells = Callable[[int, int, Shape2d], NDArray[Any]]
Figures = Mapping[str, Any]  # numbers, and arrays of them
_OF_SCORES = {"weighted_mean": "mean", "min": "min", "max": "max", "weighted_stdev": "stdev"}


def extracted(shapes: Shapes, maps: ScoreMaps) -> list[Figures]:
    """What the cells within every polygon come to, weighted by their ground.

    ``ground``: square metres; ``codes`` and ``shares``: packed codes and what part of the ground
    each has; ``all_…`` and ``open_…`` with ``mean``, ``min``, ``max``, ``stdev``: of all known
    scores, and of those on open ground. Raises ``Refused`` as ``ScoreMaps.window`` does, and
    without the library.
    """
    tool = library("exactextract", PACKAGE)
    cells = _Windows(maps)
    raster = _rasters(tool, maps.grid)
    area = raster("area", GroundCells.of(maps.grid).window)
    codes = raster("code", cells.codes)
    scored = {"all": raster("all", cells.scores), "open": raster("open", cells.opened)}
    sums = [
        tool.Operation("sum", "ground", area),
        *(
            tool.Operation(stat, f"{which}_{name}", values, area)
            for which, values in scored.items()
            for stat, name in _OF_SCORES.items()
        ),
    ]
    kinds = [
        tool.Operation("unique", "codes", codes, area),
        tool.Operation("weighted_frac", "shares", codes, area),
    ]
    # Apart: where one operation asks for unique values, they are gathered of every raster.
    parts = [
        tool.exact_extract(rasters, _features(tool, shapes), how, max_cells_in_memory=MOST_CELLS)
        for rasters, how in (([area, *scored.values()], sums), ([codes, area], kinds))
    ]
    return [one["properties"] | two["properties"] for one, two in zip(*parts, strict=True)]


class _Windows:
    """The cells of a window, kept until another is asked for: several figures need the same."""

    def __init__(self, maps: ScoreMaps) -> None:
        self._maps = maps
        self._last: tuple[Any, Any] = (None, (None, None))  # a place, and its cells

    def _of(self, row: int, col: int, size: Shape2d) -> tuple[NDArray[Any], NDArray[Any]]:
        if self._last[0] != (row, col, size):
            self._last = ((row, col, size), self._maps.window(row, col, size))
        scores, codes = self._last[1]
        return scores, codes

    def scores(self, row: int, col: int, size: Shape2d) -> NDArray[Any]:
        """Scores, NaN where unknown."""
        return self._of(row, col, size)[0]

    def codes(self, row: int, col: int, size: Shape2d) -> NDArray[Any]:
        """Packed codes."""
        return self._of(row, col, size)[1]

    def opened(self, row: int, col: int, size: Shape2d) -> NDArray[Any]:
        """Scores where the zones leave the ground open, else NaN."""
        scores, codes = self._of(row, col, size)
        return np.where(_IS_OPEN[codes], scores, np.float32(np.nan))


def _rasters(tool: ModuleType, grid: Grid) -> Callable[[str, Cells], Any]:
    """Makes rasters of a grid whose windows are our own to read."""

    base: Any = tool.raster.RasterSource  # the library has no types

    class Raster(base):  # type: ignore[misc] # as above
        def __init__(self, name: str, cells: Cells) -> None:
            super().__init__()
            self.set_name(name)
            self._cells = cells

        def res(self) -> tuple[float, float]:
            return (grid.resolution_m, grid.resolution_m)

        def extent(self) -> tuple[float, float, float, float]:
            return grid.bounds

        def srs_wkt(self) -> None:
            return None

        def nodata_value(self) -> None:
            return None

        def read_window(self, col: int, row: int, cols: int, rows: int) -> NDArray[Any]:
            size = Shape2d(rows, cols)
            if not rows or not cols:  # beside the grid; what kind of cells still matters
                row, col, size = 0, 0, Shape2d(1, 1)
            return np.ascontiguousarray(self._cells(row, col, size)[:rows, :cols])

    return Raster


def _features(tool: ModuleType, shapes: Shapes) -> Any:  # a source of the library's features
    """Polygons as the library reads them."""

    base: Any = tool.feature.Feature  # the library has no types
    source: Any = tool.feature.FeatureSource

    class Polygon(base):  # type: ignore[misc] # as above
        def __init__(self, wkb: bytes) -> None:
            super().__init__()
            self._wkb = wkb

        def geometry(self) -> bytes:
            return self._wkb

        def fields(self) -> list[str]:
            return []

    class Polygons(source):  # type: ignore[misc] # as above
        def count(self) -> int:
            return len(shapes)

        def __iter__(self) -> Iterator[Any]:
            return (Polygon(shapely.to_wkb(one)) for one in shapes)

        def srs_wkt(self) -> None:
            return None

    return Polygons()
