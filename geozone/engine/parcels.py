"""Very many polygons located at once, each with the parts and shared areas that it has alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import overload

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.engine.locate import locate
from geozone.engine.located import Located, Overlap, Part, measure_of
from geozone.engine.measure import LateMeasures, Measure, Reach, reach
from geozone.engine.nearby import Around, nearby
from geozone.engine.outline import Shapes
from geozone.engine.region import Region
from geozone.engine.shares import Areas, Shares, shares_of
from geozone.engine.states import STRENGTH, States
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.land.layers.later import Later
from geozone.law.state import State

HELD = (State.NEAR_INSIDE, State.HOLDS)
"""The states of ground within the limit of a condition."""

TOLD = (State.NEAR_OUTSIDE, *HELD)
"""The states that some feature is near."""


@dataclass(frozen=True, eq=False)
class LocatedPolygons(Sequence[Located]):
    """What ``locate`` tells of n polygons, in order; each is put together when it is asked for.

    Polygons that had to be located on their own are in ``alone``, and have no share. Areas next
    to the limit of a distance are those of buffers as a partition draws them, right to 1 cm
    along the limit.
    """

    regions: tuple[Region, ...]
    shapes: Shapes
    area: BaseGeometry
    shares: Shares
    alone: dict[int, Located]

    def __len__(self) -> int:
        return len(self.shapes)

    @overload
    def __getitem__(self, index: int) -> Located: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Located]: ...
    def __getitem__(self, index: int | slice) -> Located | Sequence[Located]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = range(len(self))[index]
        found = self.alone.get(at)
        return self._together(at) if found is None else found

    def overlaps(self) -> Areas:
        """Square metres that polygons share with what regions ask for, shape (n, regions).

        Ground outside the study area is none; overlapping features count once.
        """
        shares, count = self.shares, len(self)
        held = np.isin(shares.rows, HELD)
        found = np.zeros((count, len(self.regions)))
        for at in range(len(self.regions)):
            weights = shares.ground * held[shares.row, at]
            found[:, at] = np.bincount(shares.whose, weights=weights, minlength=count)
        for at, one in self.alone.items():
            # What is clear or unseen all over shares nothing.
            near = np.isin(np.array([part.row for part in one.parts], np.uint8), TOLD).any(axis=0)
            for region in np.flatnonzero(near).tolist():
                found[at, region] = one.measures[region].overlap_m2 or 0.0
        return found

    def _together(self, at: int) -> Located:
        mine = self._mine(at)
        states, ground = self.shares.rows[self.shares.row[mine]], self.shares.ground[mine]
        # Together the parts are the polygon as it is measured alone.
        ground = ground * (ellipsoidal_area(self.shapes[at], self.regions[0].crs) / ground.sum())
        parts = tuple(
            Part(shape=Later(partial(self._shape, at, row)), row=row, area_m2=float(size))
            for row, size in zip(_rows(states), ground, strict=True)
        )
        around = cache(partial(nearby(self.regions).around, self.shapes[at], 0.0))
        measure = partial(self._measure, around, at, (states, ground))
        return Located(parts, LateMeasures(len(self.regions), measure))

    def _mine(self, at: int) -> slice:
        """The shares of a polygon."""
        first, last = np.searchsorted(self.shares.whose, [at, at + 1]).tolist()
        return slice(first, last)

    def _measure(
        self, around: Callable[[], Around], at: int, told: tuple[States, Areas], region: int
    ) -> Measure:
        (states, ground), one = told, self.regions[region]
        column = states[:, region]
        held = ground[np.isin(column, HELD)]

        def find() -> Reach:
            return reach(one, self.shapes[at], 0.0, few=around().groups(region))

        state = State(int(column[np.argmax(STRENGTH[column])]))
        overlap = Overlap.of(float(held.sum()), float(ground.sum()))
        return measure_of(one, find, state, overlap)

    def _shape(self, at: int, row: tuple[State, ...]) -> BaseGeometry:
        """The ground of a part; drawn as of the polygon alone."""
        mine = self._mine(at)
        if mine.stop - mine.start == 1:
            return self.shapes[at]
        alone = locate(self.regions, self.shapes[at], 0.0, self.area)
        return next((one.shape for one in alone.parts if one.row == row), shapely.Polygon())


def _rows(states: States) -> list[tuple[State, ...]]:
    return [tuple(State(int(one)) for one in row) for row in states]


def locate_polygons(
    regions: Sequence[Region],
    shapes: Shapes,
    accuracy_m: Areas,
    area: BaseGeometry,
    *,
    jobs: int = 1,
) -> LocatedPolygons:
    """How every region stands for polygons (n,) of the working CRS known to ``accuracy_m`` (n,).

    As ``locate`` tells of each. ``jobs`` threads share the work. Raises ``ValueError`` without
    regions.
    """
    exact = np.asarray(accuracy_m) == 0
    found = shares_of(regions, shapes, area, chosen=exact, jobs=jobs)
    alone = {
        at: locate(regions, shapes[at], float(accuracy_m[at]), area)
        for at in np.flatnonzero(~found.done).tolist()
    }
    return LocatedPolygons(tuple(regions), shapes, area, found, alone)
