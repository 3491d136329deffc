"""Very many polygons as bare coordinates, and what of the ground comes near their boxes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.engine.bulkgrid import Mask
from geozone.engine.counters import POINT_M
from geozone.engine.fields import Field
from geozone.engine.outline import Bounds, Shapes
from geozone.engine.region import SCALE_SLACK
from geozone.land.shapes.flat import Flat
from geozone.land.store.packed import packed

OFF_MIDDLE = (0.0137, -0.0071)
"""Where in its box the place lies that a polygon is looked at from: on no round number."""

SPARE_M = 1.0
"""More than roundings move what is within reach."""

MOST_CELLS = 1 << 22

Cells = tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.uint64],
    NDArray[np.float64],
    NDArray[np.int64],
]
"""Boxes by cell: those of cell row * cols + col from ``starts[cell]`` of ``order``; a bit for each
cell that any box meets; west, south and side in metres; rows and cols."""


@dataclass(frozen=True, eq=False)
class Polygons:
    """n polygons, in metres of the working CRS.

    ``told``: ``xy``, ``starts`` and ``sign`` as in ``Flat``, and the first ring of each (n + 1,).
    ``boxes`` (n, 4) are widened, ``places`` (n, 2) lie in them, ``width`` (n,) is the mean one.
    """

    told: tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int8], NDArray[np.int64]]
    boxes: NDArray[np.float64]
    places: NDArray[np.float64]
    width: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: Shapes, clear_m: float, jobs: int = 1) -> Polygons:
        """Polygons with boxes that are ``clear_m`` wider on all sides; threads share the work."""
        # Parts are numbered by their last chain, which an empty polygon has not.
        parts = 1 if shapely.is_empty(shapes).any() else min(jobs, len(shapes))
        with ThreadPoolExecutor(parts) as pool:
            flat = Flat.joined(list(pool.map(_flat, np.array_split(shapes, parts))))
        rings = np.searchsorted(flat.owner, np.arange(len(shapes) + 1)).astype(np.int64)
        bounds = shapely.bounds(shapes)
        sides = bounds[:, 2:] - bounds[:, :2]
        places = (bounds[:, :2] + bounds[:, 2:]) / 2 + sides * np.array(OFF_MIDDLE)
        boxes = bounds + np.array([-clear_m, -clear_m, clear_m, clear_m])
        with np.errstate(invalid="ignore", divide="ignore"):
            width = 2 * shapely.area(shapes) / shapely.length(shapes)
        return cls((flat.xy, flat.starts, flat.sign, rings), boxes, places, width)

    @cached_property
    def cells(self) -> Cells:
        """The boxes by cells of the size of most of them."""
        # numba loads slowly.
        from geozone.engine.kernels.boxed import boxes_by_cell, busy_cells  # noqa: PLC0415

        boxes = self.boxes
        west, south = boxes[:, :2].min(axis=0)
        east, north = boxes[:, 2:].max(axis=0)
        usual = float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)))
        size = max(usual, float(np.sqrt((east - west) * (north - south) / MOST_CELLS)))
        shape = np.array([(north - south) / size + 1, (east - west) / size + 1]).astype(np.int64)
        grid = np.array([west, south, size])
        starts, order = boxes_by_cell(boxes, grid, shape)
        return starts, order, busy_cells(starts), grid, shape

    def lie_in(self, bounds: Bounds) -> Mask:
        """Which polygons lie in bounds with all of their boxes."""
        low, high = self.boxes[:, :2] >= bounds[:2], self.boxes[:, 2:] <= bounds[2:]
        found: Mask = np.all(low & high, axis=1)
        return found


def near_fields(fields: Sequence[Field], polygons: Polygons) -> list[Field]:
    """Fields whose lines are only the stretches that come within reach of a polygon's box.

    In a box each says the same as before: what else is within reach there is left whole.
    """
    from geozone.engine.kernels.winding import near_boxes  # noqa: PLC0415 - numba loads slowly

    farthest: dict[int, float] = {}
    for one in fields:
        farthest[id(one.flat)] = max(one.reach_m, farthest.get(id(one.flat), 0.0))
    made: dict[int, tuple[Flat, Mask | None]] = {}
    for one in fields:
        reach_m, flat = farthest[id(one.flat)], one.flat
        if id(flat) in made:
            continue
        made[id(flat)] = flat, None
        if reach_m > POINT_M and len(flat.sign) and _is_lines(flat):
            reach_m = reach_m * SCALE_SLACK + SPARE_M
            xy = np.ascontiguousarray(flat.xy)
            kept = near_boxes(xy, flat.starts, reach_m, polygons.boxes, polygons.cells)
            made[id(flat)] = _stretches(flat, kept)
    return [
        Field(made[id(one.flat)][0], one.reach_m, one.solid, made[id(one.flat)][1])
        for one in fields
    ]


def _flat(shapes: Shapes) -> Flat:
    """``Flat.of`` of shapes, in half the time or less where none is odd."""
    if _are_plain(shapes):
        from geozone.engine.kernels.gathering import ring_signs  # noqa: PLC0415 - numba loads slowly

        xy = np.ascontiguousarray(shapely.get_coordinates(shapes))
        counts = shapely.get_num_coordinates(shapes)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return Flat(xy, starts, ring_signs(xy, starts), np.arange(len(shapes)))
    found = packed(shapes)
    return Flat.of(shapes) if found is None else found.flat


def _are_plain(shapes: Shapes) -> bool:
    """Whether all are polygons of one ring."""
    if (shapely.get_type_id(shapes) != shapely.GeometryType.POLYGON).any():
        return False
    return not (shapely.get_num_interior_rings(shapes).any() or shapely.is_empty(shapes).any())


def _is_lines(flat: Flat) -> bool:
    return not flat.sign.any() and bool((np.diff(flat.starts) > 1).all())


def _stretches(flat: Flat, kept: Mask) -> tuple[Flat, Mask]:
    """The stretches of lines whose edges, by their first vertex, are kept; which ends are cut."""
    # No edge begins at the last vertex of a chain, so that stretches end there.
    before = np.append(False, kept[:-1])
    starts, ends = np.flatnonzero(kept & ~before), np.flatnonzero(before & ~kept)
    counts = ends - starts + 1
    take = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    take = take + np.arange(len(take))
    chain = np.searchsorted(flat.starts, starts, side="right") - 1
    firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    cut = np.column_stack([starts > flat.starts[chain], ends < flat.starts[chain + 1] - 1])
    return Flat(flat.xy[take], firsts, flat.sign[chain], flat.owner[chain]), cut
