"""Where cells of a grid lie among those of a raster: in columns and rows of it, as fractions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from rasterio.windows import Window as FileWindow

from geozone.land.coordinates.crs import Operation
from geozone.land.factors.lattice import Lattice, way_over
from geozone.land.factors.resampling import whole
from geozone.land.factors.window import ON_GRID, Numbers, Window
from geozone.land.layers.cells import Affine

MOST_PLACES = 32
"""Along each side of a cell, where a raster in another CRS is averaged at places in it."""

Pair = tuple[Numbers, Numbers]
"""Columns and rows of a raster, as fractions; arrays that fit together."""


@dataclass(frozen=True)
class Limits:
    """Cells of a raster from ``row``, ``col`` up to ``low``, ``right``."""

    row: int
    col: int
    low: int
    right: int

    @classmethod
    def around(cls, ends: Iterable[Pair]) -> Limits:
        """The cells around places, with those beside them."""
        found = [(whole(cols), whole(rows)) for cols, rows in ends]
        cols, rows = zip(*found, strict=True)
        return cls(
            int(min(one.min() for one in rows)) - 1,
            int(min(one.min() for one in cols)) - 1,
            int(max(one.max() for one in rows)) + 2,
            int(max(one.max() for one in cols)) + 2,
        )

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
class Level:
    """Places of a window whose rows and columns run along those of the raster.

    ``cols`` (n,) and ``rows`` (m,) are columns and rows of the raster.
    """

    cols: Numbers
    rows: Numbers

    @property
    def apart(self) -> Pair:
        """Columns (1, n) and rows (m, 1) of the raster."""
        return self.cols[None, :], self.rows[:, None]

    @property
    def ends(self) -> Pair:
        """Columns and rows between which all places lie."""
        return self.cols, self.rows


@dataclass(frozen=True, eq=False)
class Bent:
    """Places of a window at ``x`` (n,) and ``y`` (m,), of which ``way`` leads to the raster's CRS.

    ``affine`` is that of the raster.
    """

    x: Numbers
    y: Numbers
    way: Lattice
    affine: Affine

    @property
    def apart(self) -> Pair:
        """Columns and rows (m, n) of the raster."""
        return columns_of(self.affine, *self.way(self.x[None, :], self.y[:, None]))

    @property
    def ends(self) -> Pair:
        """Columns and rows between which all places lie: those of the nodes around them."""
        return columns_of(self.affine, *self.way.values)


Places = Level | Bent


def columns_of(at: Affine, x: Numbers, y: Numbers) -> Pair:
    """Columns and rows of coordinates in the raster's CRS."""
    return (x - at.left) / at.dx, (y - at.top) / at.dy


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

    def at(self, x: Numbers, y: Numbers) -> Pair:
        """Columns and rows of coordinates in the grid's CRS, each found by itself."""
        moved = (x, y) if self.is_same else self.operation.apart(x, y)
        return columns_of(self.affine, *moved)

    def places(self, window: Window, count: int) -> list[Places]:
        """Places spread evenly over each cell of a window, ``count`` along each side."""
        steps = ((np.arange(count) + 0.5) / count - 0.5) * window.resolution_m
        x, y = window.x, window.y
        if self.is_same:
            at = self.affine
            return [Level(*columns_of(at, x + right, y + up)) for up in steps for right in steps]
        way = way_over(self.operation, window.bounds)
        return [Bent(x + right, y + up, way, self.affine) for up in steps for right in steps]

    def edges(self, window: Window) -> Pair:
        """Columns and rows of the edges of a window's cells, where the CRS is the same."""
        return columns_of(self.affine, window.x_edges, window.y_edges)

    def count(self, size: float) -> int:
        """How many places along each side of a cell of ``size`` metres."""
        return min(max(int(np.ceil(2 * size / self.cell_m)), 2), MOST_PLACES)
