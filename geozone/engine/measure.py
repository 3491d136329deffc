"""How far a shape is from what a condition asks for, and which features those are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.land.coordinates.scale import scale_at
from geozone.land.layers.later import Deferred
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

TOUCH_M = 1e-3
"""Shapes that share less than this, or miss one another by it, only touch."""

MANY, SOME = 64, 16
"""Of more features than ``MANY`` only those near are made; the nearest of ``SOME`` says which."""

FIRST = 64
"""So many questions are answered sooner by looking at every box than by making a tree first."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How one condition stands for a whole shape; distances are measured when they are asked for.

    ``distance_m`` is ground distance to the nearest matching feature (0 inside, ``None``
    without one), ``margin_m`` that less the limit. ``features`` are those within the limit or
    touched, sorted. ``overlap_m2`` is the ellipsoidal area of the shape within the limit,
    overlapping features once, and ``share`` its part of the shape; ``None`` for points.
    ``cause`` says why the state is not certain, where it is not.
    """

    condition: Condition
    state: State
    distance_m: Deferred[float | None] = Deferred()  # noqa: RUF009 - a descriptor
    margin_m: Deferred[float | None] = Deferred()  # noqa: RUF009 - a descriptor
    features: Deferred[tuple[str, ...]] = Deferred()  # noqa: RUF009 - a descriptor
    nearest: Deferred[str | None] = Deferred()  # noqa: RUF009 - a descriptor
    overlap_m2: float | None
    share: float | None
    cause: Cause | None


class LateMeasures(Sequence[Measure]):
    """Measures of which each is taken when it is first asked for: most are never told."""

    def __init__(self, count: int, take: Callable[[int], Measure]) -> None:
        self._count, self._take = count, take
        self._taken: dict[int, Measure] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Measure]:
        taken, take = self._taken, self._take
        for at in range(self._count):
            one = taken.get(at)
            if one is None:
                one = taken[at] = take(at)
            yield one

    @overload
    def __getitem__(self, index: int) -> Measure: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Measure]: ...
    def __getitem__(self, index: int | slice) -> Measure | Sequence[Measure]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = range(len(self))[index]
        if at not in self._taken:
            self._taken[at] = self._take(at)
        return self._taken[at]


@dataclass(frozen=True)
class Reach:
    """The nearest feature and its ground distance, and the features within the limit."""

    distance_m: float | None
    nearest: str | None
    features: tuple[str, ...]


def reach(
    region: Region,
    shape: BaseGeometry,
    accuracy_m: float,
    scale: float | None = None,
    few: Sequence[Group | None] | None = None,
) -> Reach:
    """What of the region's features lies near a point or polygon.

    ``scale`` is the projection's at a point; along a polygon it is looked up. ``few``: the
    region's groups with no other features than may be within their limits.
    """
    found: list[tuple[str, float]] = []
    shapes: list[BaseGeometry] = []
    for group, close in zip(region.groups, few or region.groups, strict=True):
        limit = _limit(region, group, shape, accuracy_m) + TOLERANCE_M
        chosen, near = _near(region, group, shape, accuracy_m, close)
        found += [(chosen.ids[at], limit) for at in near]
        shapes += [chosen.shapes[at] for at in near]
    if not found:
        return Reach(None, None, ())
    distances = ground_distances(region.crs, shape, shapes_array(shapes), scale).tolist()
    nearest = min((d, name) for d, (name, _) in zip(distances, found, strict=True))
    within = {name for d, (name, limit) in zip(distances, found, strict=True) if d <= limit}
    return Reach(nearest[0], nearest[1], tuple(sorted(within)))


def _limit(region: Region, group: Group, shape: BaseGeometry, accuracy_m: float) -> float:
    """Ground metres within which a feature of the group is named."""
    limit = region.condition.within_m
    touches = limit == 0 and shape.geom_type != "Point"
    return touch_m(group, accuracy_m) if touches else limit


def _near(
    region: Region, group: Group, shape: BaseGeometry, accuracy_m: float, few: Group | None
) -> tuple[Group, NDArray[np.intp]]:
    """Indices of the group's nearest features and of all that may be within the limit.

    They are of the group that comes with them: the one with few features where these do.
    """
    wide = _limit(region, group, shape, accuracy_m) * SCALE_SLACK + TOUCH_M
    if few is not None and few.certain_count:
        within = np.flatnonzero(shapely.dwithin(few.shapes, shape, wide))
        if len(within):
            return few, within
    if not group.certain_count:
        return group, np.empty(0, np.intp)
    among = _among(group, shape)
    nearest: NDArray[np.intp] = np.sort(among.tree.query_nearest(shape))
    return among, nearest


def _among(group: Group, shape: BaseGeometry) -> Group:
    """The group with only features among which are all that are nearest to a shape.

    Of many features, the first questions look at all boxes, and make but a few shapes.
    """
    if group.certain_count <= MANY or "tree" in vars(group):
        return group
    asked = vars(group).setdefault("asked for the nearest", [0])
    asked[0] += 1
    if asked[0] > FIRST:
        return group
    least = _least_distances(group, shape)
    some = np.argpartition(least, SOME)[:SOME]
    best = float(shapely.distance(_picked(group, some)[1], shape).min())
    close = np.flatnonzero(least <= best + TOUCH_M)
    names, shapes = _picked(group, close)
    order = sorted(range(len(names)), key=names.__getitem__)
    return group.of_few(tuple(names[at] for at in order), shapes[order], shapes[:0])


def _least_distances(group: Group, shape: BaseGeometry) -> NDArray[np.float64]:
    """How far the bounds of the group's features lie from those of a shape, part by part."""
    west, south, east, north = shape.bounds
    found = []
    for part in group.parts:
        bounds = part.layer.bounds
        low_x, low_y, high_x, high_y = (
            bounds if len(part.certain) == part.layer.count else bounds[part.certain]
        ).T
        across = np.maximum(np.maximum(low_x - east, west - high_x), 0.0)
        upward = np.maximum(np.maximum(low_y - north, south - high_y), 0.0)
        found.append(np.hypot(across, upward))
    return np.concatenate(found)


def _picked(group: Group, rows: NDArray[np.intp]) -> tuple[list[str], Shapes]:
    """Names and shapes of some of a group's features, numbered part by part; rows rise."""
    names: list[str] = []
    shapes, first, rising = [], 0, np.sort(rows)
    for part in group.parts:
        count = len(part.certain)
        here = part.certain[rising[(rising >= first) & (rising < first + count)] - first]
        names += part.layer.named(here)
        shapes.append(part.layer.picked(here))
        first += count
    return names, np.concatenate(shapes)


def touch_m(group: Group, accuracy_m: float) -> float:
    """How deep an overlap must be to be one, in ground metres."""
    return max(TOUCH_M, group.accuracy_m + accuracy_m)


def ground_distances(
    crs: CRS, shape: BaseGeometry, others: Shapes, scale: float | None = None
) -> NDArray[np.float64]:
    """Ground distances from one shape to others, by the scale at its nearest point."""
    if not len(others):
        return np.empty(0)
    ends = shapely.get_coordinates(shapely.shortest_line(shape, others)).reshape(-1, 4)
    planar: NDArray[np.float64] = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    if not planar.any():
        return planar
    return planar / (scale_at(crs, ends[:, 0], ends[:, 1]) if scale is None else scale)
