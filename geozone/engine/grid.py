"""A north-up grid of square cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import Bounds


@dataclass(frozen=True)
class Shape2d:
    """The size of a grid in cells."""

    rows: int
    cols: int


@dataclass(frozen=True)
class Grid:
    """Square cells of ``resolution_m``; ``left`` and ``top`` in metres of the working CRS."""

    crs: CRS
    left: float
    top: float
    resolution_m: float
    shape: Shape2d

    @property
    def transform(self) -> Affine:
        """From (column, row) to (x, y) of a cell's upper left corner."""
        size = self.resolution_m
        return Affine(size, 0.0, self.left, 0.0, -size, self.top)

    @property
    def bounds(self) -> Bounds:
        """The outer edge."""
        east = self.left + self.shape.cols * self.resolution_m
        return (self.left, self.top - self.shape.rows * self.resolution_m, east, self.top)

    @property
    def x(self) -> NDArray[np.float64]:
        """East coordinates of the centres of the columns, shape (cols,)."""
        return self.left + (np.arange(self.shape.cols, dtype=np.float64) + 0.5) * self.resolution_m

    @property
    def y(self) -> NDArray[np.float64]:
        """North coordinates of the centres of the rows, from the top, shape (rows,)."""
        return self.top - (np.arange(self.shape.rows, dtype=np.float64) + 0.5) * self.resolution_m

    @property
    def centres(self) -> NDArray[np.float64]:
        """Coordinates of all cell centres, row by row, shape (rows * cols, 2)."""
        x, y = np.meshgrid(self.x, self.y)
        return np.column_stack([x.ravel(), y.ravel()])

    def window(self, row: int, col: int, size: Shape2d) -> Grid:
        """The part of the grid that begins at a row and column, cut at the grid's edge."""
        rows = min(size.rows, self.shape.rows - row)
        cols = min(size.cols, self.shape.cols - col)
        left, top = self.left + col * self.resolution_m, self.top - row * self.resolution_m
        return Grid(self.crs, left, top, self.resolution_m, Shape2d(rows, cols))


def grid_over(area: BaseGeometry, crs: CRS, resolution_m: float) -> Grid:
    """The smallest grid over an area whose edges are multiples of the resolution.

    Raises ``ValueError`` for an empty area or a resolution that is not positive.
    """
    if area.is_empty or not resolution_m > 0:
        raise ValueError("a grid needs an area and a positive resolution")
    west, south, east, north = area.bounds
    left, right = math.floor(west / resolution_m), math.ceil(east / resolution_m)
    low, high = math.floor(south / resolution_m), math.ceil(north / resolution_m)
    shape = Shape2d(max(high - low, 1), max(right - left, 1))
    return Grid(crs, left * resolution_m, high * resolution_m, resolution_m, shape)
