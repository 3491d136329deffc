"""Cells that are surely, and cells that are maybe, within a distance of shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize

from geozone.engine.grid import Grid
from geozone.engine.outline import Shapes, polygons_of
from geozone.engine.states import Mask
from geozone.land.coordinates.scale import scale_at

SLACK_M = 1e-3
"""Cell centres this near to an edge are decided by exact distance."""

BUFFER_SLACK = 0.02
"""A coarse buffer is right to 1.1 % of its radius; twice that is taken."""

COARSE = 8


@dataclass(frozen=True, eq=False)
class Bracket:
    """Two masks (rows, cols): centres surely within, and all that may be."""

    sure: Mask
    maybe: Mask


@dataclass(frozen=True, eq=False)
class Field:
    """A grid with the range of the projection's scale over it."""

    grid: Grid
    least: float
    most: float

    @classmethod
    def of(cls, grid: Grid) -> Field:
        """The field of a grid; the scale is taken along its edge and through its middle."""
        west, south, east, north = grid.bounds
        x, y = np.meshgrid(np.linspace(west, east, 33), np.linspace(south, north, 33))
        scale = scale_at(grid.crs, x, y)
        return cls(grid, float(scale.min()) - 1e-7, float(scale.max()) + 1e-7)

    def nothing(self) -> Mask:
        """A mask of no cell."""
        return np.zeros((self.grid.shape.rows, self.grid.shape.cols), bool)


def within(field: Field, shapes: Shapes, metres: float) -> Bracket:
    """Centres within so many ground metres of shapes, polygons with their inside."""
    edges = _near_edges(field.grid, shapes)
    filled = _filled(field, polygons_of(shapes))
    sure, maybe = filled & ~edges, filled | edges
    if metres <= 0 or not len(shapes):
        return Bracket(sure, maybe)
    outer = metres * field.most * (1 + BUFFER_SLACK) + SLACK_M
    inner = metres * field.least * (1 - BUFFER_SLACK) - SLACK_M
    maybe |= _filled(field, polygons_of(shapely.buffer(shapes, outer, quad_segs=COARSE)))
    if inner > 0:
        sure |= _filled(field, polygons_of(shapely.buffer(shapes, inner, quad_segs=COARSE)))
    return Bracket(sure, maybe)


def inside(field: Field, shapes: Shapes, metres: float) -> Bracket:
    """Centres in the union of polygons, at least so many ground metres from its edge.

    Where polygons meet, ``sure`` may leave out cells that are deep inside their union.
    """
    polygons = polygons_of(shapes)
    filled = within(field, polygons, 0.0)
    if metres <= 0 or not len(polygons):
        return filled
    rim = within(field, shapely.get_parts(shapely.boundary(polygons)), metres)
    return Bracket(filled.sure & ~rim.maybe, filled.maybe)


def clear_of_edge(field: Field, polygons: Shapes, metres: float) -> Bracket:
    """Centres in disjoint polygons, at least so many ground metres from their edges."""
    filled = within(field, polygons, 0.0)
    if metres <= 0 or not len(polygons):
        return filled
    rim = within(field, shapely.get_parts(shapely.boundary(polygons)), metres)
    return Bracket(filled.sure & ~rim.maybe, filled.maybe & ~rim.sure)


def _filled(field: Field, polygons: Shapes) -> Mask:
    """Centres inside polygons, by rasterio's centre rule."""
    grid = field.grid
    box = shapely.box(*grid.bounds)
    met = polygons[shapely.intersects(polygons, box)]
    if not len(met):
        return field.nothing()
    size = (grid.shape.rows, grid.shape.cols)
    burned: NDArray[np.uint8] = rasterize(
        met, out_shape=size, transform=grid.transform, dtype="uint8"
    )
    return burned.astype(bool)


def _near_edges(grid: Grid, shapes: Shapes) -> Mask:
    """Centres within ``SLACK_M`` of the shapes' lines, and a few more."""
    found = np.zeros((grid.shape.rows, grid.shape.cols), bool)
    ends = _segments(grid, shapes)
    steep = np.abs(ends[:, 3] - ends[:, 1]) >= np.abs(ends[:, 2] - ends[:, 0])
    slack = SLACK_M / grid.resolution_m
    across, line = _crossings(ends[steep], slack, grid.shape.rows)
    _mark(found, line, across, slack)
    across, line = _crossings(ends[~steep][:, [1, 0, 3, 2]], slack, grid.shape.cols)
    _mark(found.T, line, across, slack)
    return found


def _segments(grid: Grid, shapes: Shapes) -> NDArray[np.float64]:
    """Segments as (col, row, col, row) with cell centres at whole numbers."""
    xy, owner = shapely.get_coordinates(_rings(shapes), return_index=True)
    places = np.column_stack([xy[:, 0] - grid.left, grid.top - xy[:, 1]]) / grid.resolution_m - 0.5
    together = owner[1:] == owner[:-1]
    ends = np.column_stack([places[:-1][together], places[1:][together]])
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    met = ((low <= (grid.shape.cols, grid.shape.rows)) & (high >= -1)).all(axis=1)
    moved: Mask = (ends[:, :2] != ends[:, 2:]).any(axis=1)
    found: NDArray[np.float64] = ends[met & moved]
    return found


def _rings(shapes: Shapes) -> Shapes:
    parts = shapely.get_parts(shapes)
    lines = parts[shapely.get_dimensions(parts) == 1]
    return np.concatenate([shapely.get_rings(polygons_of(shapes)), lines])


def _crossings(
    ends: NDArray[np.float64], slack: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Where segments cross whole second coordinates: the first coordinate, and which."""
    low = np.ceil(np.minimum(ends[:, 1], ends[:, 3]) - slack).clip(0, count).astype(np.intp)
    high = np.floor(np.maximum(ends[:, 1], ends[:, 3]) + slack).clip(-1, count - 1).astype(np.intp)
    times = np.maximum(high - low + 1, 0)
    owner = np.repeat(np.arange(len(ends)), times)
    lines = np.arange(len(owner)) - np.repeat(np.cumsum(times) - times, times) + low[owner]
    start, from_, end, to = ends[owner].T
    share = ((lines - from_) / (to - from_)).clip(0, 1)
    return start + share * (end - start), lines


def _mark(mask: Mask, lines: NDArray[np.intp], across: NDArray[np.float64], slack: float) -> None:
    """Sets the cells of a fresh mask whose centre a crossing comes near."""
    nearest = np.rint(across)
    close = np.abs(across - nearest) <= 2 * slack
    place = nearest.astype(np.intp)
    close &= (place >= 0) & (place < mask.shape[1])
    mask[lines[close], place[close]] = True
