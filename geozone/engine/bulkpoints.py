"""What is told of very many points once they are located: states, and distances as asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.engine.outline import shapes_array
from geozone.engine.region import Region
from geozone.engine.scalefit import EXACT
from geozone.engine.states import States
from geozone.land.coordinates.scale import scale_at
from geozone.law.state import State

Metres = NDArray[np.float64]
Rows = NDArray[np.intp]

SHOWN_DECIMALS = 3
TIE_M, TIE_SHARE = 5e-8, 2 * EXACT
"""A distance this near to the middle of two shown values is measured plainly: metres, and a share
of the distance, as far off as the fitted scale may be."""
MOST_CODE = 1 << 62


@dataclass(frozen=True, eq=False)
class Asked:
    """Which distances points are asked for, by kind.

    ``regions`` are places of regions in ``LocatedPoints``; ``places`` (kinds, most) are places in
    ``regions``, of each kind every one but once, filled up with -1.
    """

    regions: tuple[int, ...]
    places: Rows


@dataclass(frozen=True, eq=False)
class LocatedPoints:
    """The states of regions at n points, and the distances from them.

    ``xy`` (n, 2) in metres of the working CRS; ``place`` (n,) tells where in the order of
    ``sorted_states`` (regions, n), ``scale`` (n,) and ``metres`` each point stands. Outside the
    study area all states are unseen.
    """

    regions: tuple[Region, ...]
    xy: Metres
    place: Rows
    sorted_states: States
    scale: Metres
    metres: Metres
    """Planar, shape (sets, n): 0 in a set of shapes, NaN where that cannot be told."""
    sets: Rows
    """Shape (regions, most): the sets of each region, filled up with -1."""
    reach_m: Metres
    """Planar, shape (regions,): so far all sets of a region are measured."""
    alone: Lock = field(default_factory=Lock)
    """GEOS must not be asked of one shape by two threads at once."""

    @cached_property
    def states(self) -> States:
        """The states by point, shape (n, regions)."""
        return self.sorted_states[:, self.place].T

    def states_of(self, point: int) -> States:
        """The states of one point, shape (regions,)."""
        found: States = self.sorted_states[:, self.place[point]]
        return found

    def alike(self) -> Rows:
        """Of each point a number (n,) that is the same for points of the same states."""
        from geozone.engine.kernels.bulkpoints import joined  # noqa: PLC0415 - as below

        codes, most = np.zeros(len(self.xy), np.int64), 1
        for states in self.sorted_states:
            if most > MOST_CODE // len(State):
                codes = np.unique(codes, return_inverse=True)[1].reshape(-1)
                most = len(codes)
            joined(codes, states, len(State))
            most *= len(State)
        return codes[self.place]

    def distances(self, rows: Rows, kinds: Rows, asked: Asked) -> Metres:
        """Ground metres from points to the nearest features of regions, NaN without any.

        ``rows`` (m,) are points, ``kinds`` (m,) what they are asked for; the answer has shape
        (regions that are asked of, m) and means nothing where a kind does not ask. Shown to the
        millimetre they are what ``locate`` tells.
        """
        from geozone.engine.kernels.bulkstates import distances  # noqa: PLC0415 - as below

        found = np.empty((len(asked.regions), len(rows)))
        doubt, chosen = np.zeros(found.shape, bool), np.array(asked.regions, np.intp)
        within_m = np.array([self.regions[one].condition.within_m for one in asked.regions])
        doubts = distances(
            (self.place[rows], self.scale, self.metres),
            (self.sets[chosen], self.reach_m[chosen], within_m),
            (kinds, asked.places),
            (TIE_M, TIE_SHARE, 10.0**SHOWN_DECIMALS),
            found,
            doubt,
        )
        if doubts:
            with self.alone:
                for place in np.flatnonzero(doubt.any(axis=1)).tolist():
                    unsure = np.flatnonzero(doubt[place])
                    region = self.regions[asked.regions[place]]
                    found[place, unsure] = plain_distances(region, self.xy[rows[unsure]])
        return found


def plain_distances(region: Region, xy: Metres) -> Metres:
    """Ground metres from points (n, 2) to the nearest feature of a region, NaN without one."""
    points = shapes_array(shapely.points(xy))
    found = np.full(len(points), np.inf)
    for group in region.groups:
        if group.certain_count:
            at, nearest = group.tree.query_nearest(points, all_matches=False)
            ends = shapely.shortest_line(points[at], group.shapes[nearest])
            ends = shapely.get_coordinates(ends).reshape(-1, 4)
            planar = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
            found[at] = np.minimum(found[at], planar)
    found /= scale_at(region.crs, xy[:, 0], xy[:, 1])
    return np.where(np.isfinite(found), found, np.nan)
