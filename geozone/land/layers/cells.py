"""Cells of a raster as polygons: drawn cell by cell, so that neighbours share every corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape as geometry
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import Operation

Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Affine:
    """From (column, row) of cell corners to x, y: ``x = left + column * dx``, likewise y."""

    left: float
    top: float
    dx: float
    dy: float

    def __call__(self, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Corners (n, 2) as (column, row), to x, y."""
        return corners * (self.dx, self.dy) + (self.left, self.top)


@dataclass(frozen=True, eq=False)
class Raster:
    """Values (rows, cols) with their validity, and the way from their cells to the working CRS.

    Values are in the unit of the file.
    """

    values: NDArray[Any]  # of whatever type the file stores
    valid: Cells
    affine: Affine
    operation: Operation

    def where(self, above: float | None, below: float | None) -> NDArray[np.object_]:
        """Polygons of the valid cells above and below the limits, both excluded."""
        picked = self.valid.copy()
        if above is not None:
            picked &= self.values > np.float64(above)
        if below is not None:
            picked &= self.values < np.float64(below)
        return outlines(picked.astype(np.uint8), picked, self.affine, self.operation).shapes


@dataclass(frozen=True, eq=False)
class Outlines:
    """Polygons of connected cells of one code; ``codes`` (n,) beside ``shapes`` (n,)."""

    shapes: NDArray[np.object_]
    codes: NDArray[np.integer[Any]]


def outlines(
    codes: NDArray[np.integer[Any]], picked: Cells, affine: Affine, operation: Operation
) -> Outlines:
    """Polygons of the picked cells by code, in the working CRS; (rows, cols) arrays in.

    Cells that meet only at a corner are separate polygons.
    """
    from rasterio.features import shapes as regions  # noqa: PLC0415 - loads slowly

    found = list(regions(codes, mask=picked, connectivity=4))
    shapes = np.array([geometry(outline) for outline, _ in found] or [], object)
    if not operation.is_identity:
        shapes = shapely.segmentize(shapes, 1.0)
    placed = shapely.transform(shapes, lambda corners: operation(affine(corners)))
    return Outlines(placed, np.array([code for _, code in found], np.int64))


def extent(picked: Cells, affine: Affine, operation: Operation) -> BaseGeometry:
    """The picked cells as one polygonal shape in the working CRS."""
    parts = outlines(picked.astype(np.uint8), picked, affine, operation).shapes
    whole: BaseGeometry = shapely.union_all(parts) if len(parts) else shapely.Polygon()
    return whole
