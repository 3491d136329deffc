"""How far a shape is from what a condition asks for, and which features those are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import TOLERANCE_M
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.land.scale import scale_at
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

TOUCH_M = 1e-3
"""Shapes that share less than this, or miss one another by it, only touch."""


@dataclass(frozen=True)
class Measure:
    """How one condition stands for a whole shape.

    ``distance_m`` is ground distance to the nearest matching feature (0 inside, ``None``
    without one), ``margin_m`` that less the limit. ``features`` are those within the limit or
    touched, sorted. ``overlap_m2`` is the ellipsoidal area of the shape within the limit,
    overlapping features once, and ``share`` its part of the shape; ``None`` for points.
    ``cause`` says why the state is not certain, where it is not.
    """

    condition: Condition
    state: State
    distance_m: float | None
    margin_m: float | None
    features: tuple[str, ...]
    nearest: str | None
    overlap_m2: float | None
    share: float | None
    cause: Cause | None


@dataclass(frozen=True)
class Reach:
    """The nearest feature and its ground distance, and the features within the limit."""

    distance_m: float | None
    nearest: str | None
    features: tuple[str, ...]


def reach(region: Region, shape: BaseGeometry, accuracy_m: float) -> Reach:
    """What of the region's features lies near a point or polygon."""
    nearest = [_nearest(region, group, shape) for group in region.groups if len(group.shapes)]
    features = {
        name for group in region.groups for name in _features(region, group, shape, accuracy_m)
    }
    distance, name = min(nearest, default=(None, None))
    return Reach(distance, name, tuple(sorted(features)))


def _nearest(region: Region, group: Group, shape: BaseGeometry) -> tuple[float, str]:
    found = np.sort(group.tree.query_nearest(shape))
    distances = ground_distances(region, shape, group.shapes[found])
    best = int(np.argmin(distances))
    return float(distances[best]), group.ids[int(found[best])]


def _features(
    region: Region, group: Group, shape: BaseGeometry, accuracy_m: float
) -> tuple[str, ...]:
    limit = region.condition.within_m
    if limit == 0 and shape.geom_type != "Point":
        limit = touch_m(group, accuracy_m)
    wide = limit * SCALE_SLACK + TOUCH_M
    near = np.sort(group.tree.query(shape, predicate="dwithin", distance=wide))
    distances = ground_distances(region, shape, group.shapes[near])
    return tuple(group.ids[index] for index in near[distances <= limit + TOLERANCE_M])


def touch_m(group: Group, accuracy_m: float) -> float:
    """How deep an overlap must be to be one, in ground metres."""
    return max(TOUCH_M, group.accuracy_m + accuracy_m)


def ground_distances(
    region: Region, shape: BaseGeometry, others: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Ground distances from one shape to others, by the scale at its nearest point."""
    if not len(others):
        return np.empty(0)
    lines = shapely.shortest_line(shape, others)
    ends = shapely.get_coordinates(lines).reshape(-1, 4)
    scale = scale_at(region.crs, ends[:, 0], ends[:, 1])
    planar: NDArray[np.float64] = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    return planar / scale
