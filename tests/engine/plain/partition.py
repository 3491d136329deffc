"""The study area cut into faces of equal evidence, exact to the centimetre."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.edges import state_edges
from geozone.engine.faces import (
    WHOLE,
    faces_between,
    inner_points,
    merged,
    multi,
    spread,
    stretches,
    united,
)
from geozone.engine.outline import TOLERANCE_M, Bounds, Shapes, shapes_array
from geozone.engine.region import Region
from geozone.engine.runner import Progress
from geozone.engine.states import states_at
from geozone.engine.table import Table, distinct
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.evidence import Evidence, Row
from plain.tiles import joined, run

EXACT_M = 0.01
"""Lines of the partition are right to this; what is narrower between them is no ground."""


@dataclass(frozen=True, eq=False)
class Partition:
    """The area as one multipolygon per evidence row: ``shapes[i]`` has row ``index[i]``.

    Shapes are in the working CRS, disjoint, and together the area; ``area_m2`` is
    ellipsoidal.
    """

    shapes: Shapes
    index: NDArray[np.intp]
    evidence: Evidence
    area_m2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CutTask:
    """A tile and what matters there."""

    bounds: Bounds
    area: BaseGeometry
    regions: tuple[Region, ...]


@dataclass(frozen=True, eq=False)
class CutTile:
    """The multipolygons of a tile, one per row of its table."""

    bounds: Bounds
    rows: tuple[Row, ...]
    shapes: Shapes


def partition(
    regions: Sequence[Region],
    area: BaseGeometry,
    *,
    tile_m: float,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Partition:
    """The area (working CRS) cut wherever a region's state changes.

    ``tile_m`` bounds the work done at once; lines differ by it less than a millimetre.
    Raises ``ValueError`` without regions and ``ArithmeticError`` where the shapes do not add
    up to the area.
    """
    if not regions:
        raise ValueError("a partition needs at least one region")
    shapely.prepare(area)
    tiles = [one for one in _tiles(area, tile_m) if shapely.intersects(area, shapely.box(*one))]
    tasks = _tasks(regions, area, tiles)
    cut = list(run(cut_tile, tasks, len(tiles), jobs=jobs, progress=progress))
    rows = [Table(one.rows, np.empty(0, np.intp)) for one in cut]
    evidence = joined([region.condition for region in regions], rows)
    found = _by_row(cut)
    shapes = shapes_array([_joined(found[row]) for row in evidence.rows])
    total = shapely.area(shapes).sum()
    if abs(total - area.area) > WHOLE * area.area:
        raise ArithmeticError(f"faces of {total} m2 in an area of {area.area} m2")
    sizes = np.array([ellipsoidal_area(one, regions[0].crs) for one in shapes])
    return Partition(shapes, np.arange(len(shapes)), evidence, sizes)


def _tiles(area: BaseGeometry, tile_m: float) -> Iterator[Bounds]:
    """Tiles over the area, their edges on whole multiples of their size."""
    west, south, east, north = area.bounds
    for row in range(math.floor(south / tile_m), math.ceil(north / tile_m)):
        for col in range(math.floor(west / tile_m), math.ceil(east / tile_m)):
            yield (col * tile_m, row * tile_m, (col + 1) * tile_m, (row + 1) * tile_m)


def _tasks(
    regions: Sequence[Region], area: BaseGeometry, tiles: Sequence[Bounds]
) -> Iterator[CutTask]:
    for bounds in tiles:
        yield CutTask(bounds, area, tuple(region.cut(bounds, 0.0) for region in regions))


def cut_tile(task: CutTask) -> CutTile:
    """The faces of one tile inside the area, those of equal rows joined."""
    faces = _faces(task)
    states = states_at(task.regions, inner_points(faces))
    states = spread(faces, states, EXACT_M)
    table = distinct(list(states.T), len(faces))
    return CutTile(task.bounds, table.rows, merged(faces, table.index, len(table.rows)))


def _faces(task: CutTask) -> Shapes:
    box = shapely.box(*task.bounds)
    lines = [state_edges(region, task.bounds, 0.0) for region in task.regions]
    lines.append(shapes_array(shapely.get_parts(shapely.boundary(task.area))))
    lines.append(shapes_array([shapely.boundary(box)]))
    faces = faces_between(stretches(lines, task.bounds))
    points = shapely.points(inner_points(faces))
    shapely.prepare([box, task.area])
    kept = shapely.intersects(box, points) & shapely.intersects(task.area, points)
    return shapes_array(faces[kept])


Placed = list[tuple[Bounds, BaseGeometry]]
"""Multipolygons with the tiles they come from."""


def _by_row(tiles: Sequence[CutTile]) -> dict[Row, Placed]:
    found: dict[Row, Placed] = {}
    for tile in tiles:
        for row, shape in zip(tile.rows, tile.shapes, strict=True):
            found.setdefault(row, []).append((tile.bounds, shape))
    return found


def _joined(placed: Placed) -> BaseGeometry:
    """One multipolygon of those of several tiles, without the borders between them."""
    if len(placed) == 1:
        return placed[0][1]
    done: list[BaseGeometry] = []
    cut: list[BaseGeometry] = []
    for bounds, shape in placed:
        parts = shapely.get_parts(shape)
        on_border = _on_border(parts, bounds)
        done.extend(parts[~on_border])
        cut.extend(parts[on_border])
    whole = shapely.get_parts(united(shapes_array(cut))) if cut else []
    return multi([*done, *whole])


def _on_border(parts: Shapes, tile: Bounds) -> NDArray[np.bool_]:
    bounds = shapely.bounds(parts)
    near = np.abs(bounds - np.array(tile)) <= 2 * TOLERANCE_M
    found: NDArray[np.bool_] = near.any(axis=1)
    return found
