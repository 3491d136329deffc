"""A raster as values of a factor, read by windows and brought to the cells of a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window as FileWindow

from geozone.land.coordinates.crs import Operation
from geozone.land.factors.covered import Covered
from geozone.land.factors.lattice import way_over
from geozone.land.factors.resampling import (
    Cells,
    Spans,
    average_of_places,
    average_of_spans,
    bilinear,
    mode_of_places,
    mode_of_spans,
    nearest,
    whole,
)
from geozone.land.factors.spec import Resampling
from geozone.land.factors.window import ON_GRID, Numbers, Window
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.cells import Affine
from geozone.land.layers.rasterfile import OpenBand, opened_band
from geozone.land.receipt import Receipt
from geozone.law.errors import Fault, Refused

MOST_READ = 1 << 22
"""Cells of a raster that are in memory at a time, about."""
MOST_STACKED = 1 << 23
MOST_CELLS = 1 << 20
MOST_PLACES = 32
"""Along each side of a cell, where a raster in another CRS is averaged at places in it."""

Places = tuple[Numbers, Numbers]
"""Columns and rows of a raster, as fractions; arrays that fit together."""
AREAL = (Resampling.AVERAGE, Resampling.MODE)


@dataclass(frozen=True)
class Limits:
    """Cells of a raster from ``row``, ``col`` up to ``low``, ``right``."""

    row: int
    col: int
    low: int
    right: int

    def meet(self, other: Limits) -> Limits:
        """The cells of both."""
        return Limits(
            max(self.row, other.row),
            max(self.col, other.col),
            min(self.low, other.low),
            min(self.right, other.right),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it has no cell."""
        return self.low <= self.row or self.right <= self.col

    @property
    def window(self) -> FileWindow:
        """The same for the file."""
        return FileWindow(self.col, self.row, self.right - self.col, self.low - self.row)


@dataclass(frozen=True, eq=False)
class Placed:
    """Where the cells of a raster lie: ``operation`` leads to its CRS from that of the grid.

    ``cell_m`` is how large its cells are, about, in metres of the grid's CRS.
    """

    affine: Affine
    operation: Operation
    is_same: bool
    cell_m: float

    def is_aligned(self, window: Window) -> bool:
        """Whether the cells of a window are cells of the raster."""
        size, at = window.resolution_m, self.affine
        if not self.is_same or max(abs(abs(at.dx) - size), abs(abs(at.dy) - size)) > ON_GRID * size:
            return False
        steps = np.array([(at.left - window.left) / size, (at.top - window.top) / size])
        return bool((np.abs(steps - np.rint(steps)) < ON_GRID).all())

    def of(self, x: Numbers, y: Numbers) -> Places:
        """Columns and rows of coordinates in the raster's CRS."""
        at = self.affine
        return (x - at.left) / at.dx, (y - at.top) / at.dy

    def at(self, x: Numbers, y: Numbers) -> Places:
        """Columns and rows of coordinates in the grid's CRS, each found by itself."""
        return self.of(*((x, y) if self.is_same else self.operation.apart(x, y)))

    def places(self, window: Window, count: int) -> list[Places]:
        """Places spread evenly over each cell of a window, ``count`` along each side.

        Arrays (1, cols) and (rows, 1) where the CRS is the same, else (rows, cols).
        """
        steps = ((np.arange(count) + 0.5) / count - 0.5) * window.resolution_m
        x, y, at = window.x[None, :], window.y[:, None], self._way(window)
        return [at(x + right, y + up) for up in steps for right in steps]

    def _way(self, window: Window) -> Callable[[Numbers, Numbers], Places]:
        if self.is_same:
            return self.of
        lattice = way_over(self.operation, window.bounds)

        def at(x: Numbers, y: Numbers) -> Places:
            col, row = lattice(x, y)
            return self.of(col, row)

        return at

    def count(self, size: float) -> int:
        """How many places along each side of a cell of ``size`` metres."""
        return min(max(int(np.ceil(2 * size / self.cell_m)), 2), MOST_PLACES)


@dataclass(frozen=True, eq=False)
class RasterTiles:
    """A band of a raster; only cells within ``limits`` were checked, and are ever read.

    ``keep`` holds what was unpacked or fetched for as long as this lives.
    """

    path: Path
    written: str
    band: int
    placed: Placed
    limits: Limits
    resampling: Resampling | None
    covered: Covered | None
    receipt: Receipt
    keep: ExitStack

    def tile(self, window: Window) -> NDArray[np.float32]:
        """Values (rows, cols) at the cells of a window; NaN where nothing is known.

        Cells that are those of the raster are copied as they are. Raises ``Refused`` where they
        are not and no resampling is named, and where the file can no longer be read.
        """
        found = np.full((window.rows, window.cols), np.nan, np.float32)
        way = Resampling.NEAREST if self.placed.is_aligned(window) else self.resampling
        try:
            if way is None:
                raise unnamed_resampling(window.resolution_m)
            with opened_band(self.path, self.band, most_cells=np.inf) as band:
                for cells, part in self._parts(window, way):
                    found[cells] = self._values(band, part, way)
        except UnreadableError as error:
            raise Refused([Fault(self.written, "", error.what, error.todo)]) from error
        if self.covered is not None:
            found[~self.covered.at(window)] = np.nan
        return found

    def _parts(
        self, window: Window, way: Resampling
    ) -> Iterator[tuple[tuple[slice, slice], Window]]:
        """Parts of a window that need so much of the raster at a time as memory may hold."""
        ratio = window.resolution_m / self.placed.cell_m
        most = min(MOST_CELLS, MOST_READ / ratio**2)
        if way in AREAL:
            most = min(most, MOST_STACKED / (2 * ratio + 2) ** 2)
        side = max(int(np.sqrt(most)), 1)
        return window.parts(side, side)

    def _values(self, band: OpenBand, window: Window, way: Resampling) -> Numbers | float:
        across = self._spans(window) if way in AREAL and self.placed.is_same else None
        count = self.placed.count(window.resolution_m) if way in AREAL else 1
        places = self.placed.places(window, count) if across is None else []
        need = _needed(places) if across is None else _spanned(*across)
        limits = need.meet(self.limits)
        if limits.is_empty:
            return np.nan
        read = band.read(limits.window)
        values = np.where(read.valid, read.values, np.nan).astype(np.float64, copy=False)
        cells = Cells.of(values, limits.row, limits.col)
        if across is not None:
            spans = average_of_spans if way is Resampling.AVERAGE else mode_of_spans
            return spans(cells, *across)
        if way in AREAL:
            several = average_of_places if way is Resampling.AVERAGE else mode_of_places
            return several(cells, places)
        single = nearest if way is Resampling.NEAREST else bilinear
        return single(cells, *places[0])

    def _spans(self, window: Window) -> tuple[Spans, Spans]:
        cols, rows = self.placed.of(window.x_edges, window.y_edges)
        return Spans.between(cols), Spans.between(rows)


def unnamed_resampling(resolution_m: float) -> UnreadableError:
    """That cells of a raster are not those of a grid, and nothing says how they come to them."""
    return UnreadableError(
        f"像元与 {resolution_m:g} m 网格不一致，须指明重采样 / its cells are not those of the "
        f"grid of {resolution_m:g} m: a resampling has to be named",
        'resampling = "nearest", "bilinear", "average", "mode"',
        problem=None,
    )


def _needed(places: list[Places]) -> Limits:
    """The cells around places, with those beside them."""
    lows, highs = zip(*(_ends(*one) for one in places), strict=True)
    (col, row), (right, low) = np.min(lows, axis=0), np.max(highs, axis=0)
    return Limits(int(row) - 1, int(col) - 1, int(low) + 2, int(right) + 2)


def _ends(cols: Numbers, rows: Numbers) -> tuple[list[int], list[int]]:
    col, row = whole(cols), whole(rows)
    return [int(col.min()), int(row.min())], [int(col.max()), int(row.max())]


def _spanned(across: Spans, down: Spans) -> Limits:
    (col, right), (row, low) = (
        (int(one.first.min()), int(one.first.max()) + len(one.weights)) for one in (across, down)
    )
    return Limits(row, col, low, right)
