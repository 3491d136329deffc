"""A part of a grid as plain numbers, and what gives values on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.receipt import Receipt

Numbers = NDArray[np.float64]

ON_GRID = 1e-6
"""A grid whose edge is this near to a multiple of its cells, in cells, begins there."""


@dataclass(frozen=True)
class Window:
    """Square cells of ``resolution_m``; ``left`` and ``top`` in metres of ``crs``, north up.

    Where the edges are multiples of the resolution, as those of a project's grid are, centres are
    counted from the origin of the CRS: so a cell has the same coordinates in whatever window.
    """

    left: float
    top: float
    resolution_m: float
    rows: int
    cols: int
    crs: CRS

    @property
    def x(self) -> Numbers:
        """East coordinates of the centres of the columns, shape (cols,)."""
        return _along(self.left, np.arange(self.cols) + 0.5, self.resolution_m)

    @property
    def y(self) -> Numbers:
        """North coordinates of the centres of the rows, from the top, shape (rows,)."""
        return _along(self.top, -np.arange(self.rows) - 0.5, self.resolution_m)

    @property
    def x_edges(self) -> Numbers:
        """East coordinates of the edges of the columns, shape (cols + 1,)."""
        return _along(self.left, np.arange(self.cols + 1.0), self.resolution_m)

    @property
    def y_edges(self) -> Numbers:
        """North coordinates of the edges of the rows, from the top, shape (rows + 1,)."""
        return _along(self.top, -np.arange(self.rows + 1.0), self.resolution_m)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the outer edge."""
        east = self.left + self.cols * self.resolution_m
        return self.left, self.top - self.rows * self.resolution_m, east, self.top

    def columns_at(self, x: Numbers) -> Numbers:
        """How many columns lie west of places; 0.5 is the centre of the first."""
        first, start = _first(self.left, self.resolution_m)
        return (x - start) / self.resolution_m - first

    def rows_at(self, y: Numbers) -> Numbers:
        """How many rows lie north of places; 0.5 is the centre of the first."""
        first, start = _first(self.top, self.resolution_m)
        return first - (y - start) / self.resolution_m

    def part(self, row: int, col: int, rows: int, cols: int) -> Window:
        """The cells from a row and column on, cut at the window's edge."""
        size = self.resolution_m
        return Window(
            self.left + col * size,
            self.top - row * size,
            size,
            min(rows, self.rows - row),
            min(cols, self.cols - col),
            self.crs,
        )

    def parts(self, rows: int, cols: int) -> Iterator[tuple[tuple[slice, slice], Window]]:
        """Windows of so many cells that fill this one, each with its cells in this one."""
        for row in range(0, self.rows, rows):
            for col in range(0, self.cols, cols):
                one = self.part(row, col, rows, cols)
                yield (slice(row, row + one.rows), slice(col, col + one.cols)), one


def _along(edge: float, steps: NDArray[np.floating[Any]], size: float) -> Numbers:
    first, start = _first(edge, size)
    return np.asarray(start + (first + steps) * size, np.float64)


def _first(edge: float, size: float) -> tuple[float, float]:
    """An edge as a number of whole cells and where they are counted from."""
    whole = round(edge / size)
    return (float(whole), 0.0) if abs(edge / size - whole) < ON_GRID else (0.0, edge)


class FactorTiles(Protocol):
    """The values of a factor, window by window; may be asked from several threads at once."""

    @property
    def receipt(self) -> Receipt:
        """What was read, and what the user should know of it."""

    def tile(self, window: Window) -> NDArray[np.float32]:
        """Values (rows, cols) at the cells of a window; NaN where nothing is known.

        The same whatever window a cell is asked in. Raises ``Refused``.
        """
