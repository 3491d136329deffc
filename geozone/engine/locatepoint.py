"""How regions stand for a point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.engine.located import Located, Part, measure_of
from geozone.engine.measure import LateMeasures, Measure, Reach, reach
from geozone.engine.nearby import nearby
from geozone.engine.outline import TOLERANCE_M
from geozone.engine.region import Region
from geozone.engine.states import Spots, group_states, region_states, strongest
from geozone.law.state import State


def locate_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float
) -> tuple[Measure, ...]:
    """How every region stands for a point of the working CRS known to ``accuracy_m``."""
    return tuple(_PointGround(regions, point, accuracy_m).measures)


class _PointGround:
    """How regions stand for a point; its scale is looked up where anything is near."""

    def __init__(self, regions: Sequence[Region], point: shapely.Point, accuracy_m: float) -> None:
        self.point, self.accuracy_m = point, accuracy_m
        self.around = nearby(regions).around(point, accuracy_m)
        self.states = tuple(
            self._state(at) if state is None else state
            for at, state in enumerate(self.around.still)
        )
        self.measures = LateMeasures(len(regions), self._measure)

    @cached_property
    def spots(self) -> Spots:
        """The point with its scale."""
        return Spots.of(self.around.near.regions[0].crs, shapely.get_coordinates(self.point))

    def _state(self, at: int) -> State:
        """The state of a region that stirs around the point."""
        region = self.around.near.regions[at]
        groups = [one for one in self.around.groups(at) if one is not None]
        ground = self.around.ground[at]
        if ground is None and not groups:
            return _lonely_state(region, self.spots, self.accuracy_m)
        if ground is None or any(one.maybe_count for one in groups):
            local = self.around.local(at)
            return State(int(region_states(local, self.spots, self.accuracy_m)[0]))
        found = np.array([ground], np.uint8)
        for group in groups:
            limits = group.limits(region.condition.within_m, self.accuracy_m)
            found = strongest(found, group_states(group, self.spots, limits))
        return State(int(found[0]))

    def _measure(self, at: int) -> Measure:
        region = self.around.near.regions[at]
        return measure_of(region, partial(self._reach, at), self.states[at])

    def _reach(self, at: int) -> Reach:
        region, scale = self.around.near.regions[at], float(self.spots.scale[0])
        return reach(region, self.point, self.accuracy_m, scale, self.around.groups(at))


def located_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float, area: BaseGeometry
) -> Located:
    """The point as its one part, unseen outside the study area."""
    ground = _PointGround(regions, point, accuracy_m)
    shapely.prepare(area)
    inside = bool(shapely.intersects(area, point))
    row = ground.states if inside else (State.UNSEEN,) * len(ground.states)
    return Located((Part(shape=point, row=row, area_m2=0.0),), ground.measures)


def _lonely_state(region: Region, spots: Spots, accuracy_m: float) -> State:
    """The state of a region at a single spot that no feature is near, as ``background``."""
    point, clearance = spots.points[0], region.clearance_m(accuracy_m)
    if not shapely.dwithin(region.seen, point, TOLERANCE_M):
        return State.UNSEEN
    far = (clearance - TOLERANCE_M) * float(spots.scale[0])
    if clearance > 0 and shapely.dwithin(region.seen_edge, point, far):
        return State.UNSEEN
    return State.CLEAR


def point_measure(region: Region, state: State) -> Measure:
    """How a region stands for a point of a known state, distance and features left open."""
    return measure_of(region, lambda: Reach(None, None, ()), state)
