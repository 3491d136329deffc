"""Very many points located at once, with the same states and distances as one by one.

Kernels measure planar distances and settle what is plain; whatever lies so near to a limit, an
edge or a rounding that it might come out differently is asked again of the plain engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.bulkgrid import Mask, Nearness, PointGrid, bounds_of
from geozone.engine.outline import TOLERANCE_M, Bounds, shapes_array, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.scalefit import ScaleFit, fitted
from geozone.engine.states import STRENGTH, Spots, States, region_states, scale_slack
from geozone.land.coordinates.scale import scale_at
from geozone.land.shapes.flat import Flat
from geozone.law.state import State

Metres = NDArray[np.float64]
Rows = NDArray[np.intp]

Name = tuple[tuple[str, bytes], ...]
"""What tells sets of shapes apart."""

SHOWN_DECIMALS = 3
TIE_M = 5e-7
"""A distance this near to the middle of two shown values is measured plainly."""


@dataclass(frozen=True, eq=False)
class LocatedPoints:
    """The states of regions at n points, and the distances from them.

    ``xy`` (n, 2) in metres of the working CRS; ``states`` has shape (n, regions), all unseen
    outside the study area. ``place`` (n,) tells where in the order of ``scale`` and ``near`` each
    point stands.
    """

    regions: tuple[Region, ...]
    xy: Metres
    states: States
    place: Rows
    scale: Metres
    near: tuple[tuple[Nearness, ...], ...]
    """One for each group of each region."""

    def distances(self, region: int, rows: Rows) -> Metres:
        """Ground metres from points to the nearest feature of a region, NaN without one.

        Shown to the millimetre they are what ``locate`` tells.
        """
        from geozone.engine.kernels.bulkstates import least, on_ground  # noqa: PLC0415 - as below

        one, places = self.regions[region], self.place[rows]
        found, doubt = np.full(len(rows), np.inf), np.zeros(len(rows), bool)
        for near in self.near[region]:
            least(near.told, places, found, doubt)
        # Beyond the reach of a group one of its features may be nearer than those of others.
        reach = min((near.reach_m for near in self.near[region]), default=np.inf)
        told = np.array([reach, one.condition.within_m, TIE_M, 10.0**SHOWN_DECIMALS])
        on_ground(found, self.scale, places, told, doubt)
        unsure = np.flatnonzero(doubt)
        if len(unsure):
            found[unsure] = plain_distances(one, self.xy[rows[unsure]])
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


def locate_points(
    regions: Sequence[Region],
    xy: Metres,
    accuracy_m: Metres,
    area: BaseGeometry,
    threads: int = 1,
) -> LocatedPoints:
    """How every region stands for points (n, 2) of the working CRS known to ``accuracy_m`` (n,).

    Raises ``ValueError`` without regions.
    """
    if not regions:
        raise ValueError("points cannot be located without regions")
    grid = PointGrid.of(xy)
    bounds = bounds_of(xy)
    scale = scales_at(fitted(regions[0].crs, bounds), grid.points)
    spots = _Spots(grid.points, accuracy_m[grid.order], scale)
    work = _Work(grid, bounds, spots)
    work.ask(regions)
    ground = work.within(area)
    work.measure(threads)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        told = list(pool.map(lambda region: _states(region, work, spots), regions))
    place, outside = grid.place, ~_inside(area, work.of(ground), spots)
    found = np.empty((len(regions), len(xy)), np.uint8)
    for to, states in zip(found, told, strict=True):
        states[outside] = State.UNSEEN
        np.take(states, place, out=to)
    near = tuple(tuple(work.of(certain(one)) for one in each.groups) for each in regions)
    return LocatedPoints(tuple(regions), xy, found.T, place, scale, near)


@dataclass(frozen=True, eq=False)
class _Spots:
    """Points (n, 2) with their accuracy in metres and the scale there, (n,)."""

    xy: Metres
    accuracy_m: Metres
    scale: Metres

    @property
    def told(self) -> tuple[Metres, Metres]:
        """Accuracies and scales, as kernels take them."""
        return self.accuracy_m, self.scale


def scales_at(fit: ScaleFit, xy: Metres) -> Metres:
    """The fitted scale at points (n, 2)."""
    from geozone.engine.kernels.bulkpoints import scales  # noqa: PLC0415 - kernels load late

    found = np.empty(len(xy))
    scales(fit.coefs, np.array([fit.x0, fit.y0, fit.half]), np.ascontiguousarray(xy), found)
    return found


def _inside(area: BaseGeometry, near: Nearness, spots: _Spots) -> Mask:
    """Which points lie in the study area or on its edge."""
    found = near.inside.copy()
    unsure = np.flatnonzero(near.unsure)
    shapely.prepare(area)
    found[unsure] = shapely.intersects_xy(area, spots.xy[unsure, 0], spots.xy[unsure, 1])
    return found


class _Work:
    """The nearness of every set of shapes that is asked of, each measured once."""

    def __init__(self, grid: PointGrid, bounds: Bounds, spots: _Spots) -> None:
        self.grid, self.bounds = grid, bounds
        self.scale = float(spots.scale.max(initial=1.0))
        self.accuracy_m = float(spots.accuracy_m.max(initial=0.0))
        self._reaches: dict[Name, float] = {}
        self._flats: dict[Name, Callable[[], Flat]] = {}
        self._found: dict[Name, Nearness] = {}

    def ask(self, regions: Sequence[Region]) -> None:
        """Notes everything that regions ask of."""
        for region in regions:
            if not covers_all(region, self):
                self._shape(region.seen, region.clearance_m(self.accuracy_m))
            limits = [
                one.limits(region.condition.within_m, self.accuracy_m) for one in region.groups
            ]
            # As far of every group, so that their distances can be told from one another.
            near = max((one.near for one in limits), default=0.0)
            for group in region.groups:
                self._ask(certain(group), partial(_certain_flat, group), near)
                self._ask(maybe(group), partial(_maybe_flat, group), near)

    def within(self, area: BaseGeometry) -> Name:
        """Notes that it is asked what lies in an area; its name."""
        return self._shape(area, 0.0)

    def _shape(self, shape: BaseGeometry, metres: float) -> Name:
        name = _name(shape)
        self._ask(name, partial(_flat_of, shape), metres)
        return name

    def _ask(self, name: Name, flat: Callable[[], Flat], metres: float) -> None:
        reach = (metres + TOLERANCE_M) * self.scale + scale_slack(metres) + 1.0
        self._flats.setdefault(name, flat)
        self._reaches[name] = max(reach, self._reaches.get(name, 0.0))

    def measure(self, threads: int) -> None:
        """Measures all that was asked."""
        names = sorted(self._flats)
        with ThreadPoolExecutor(max(threads, 1)) as pool:
            self._found = dict(zip(names, pool.map(self._measured, names), strict=True))

    def _measured(self, name: Name) -> Nearness:
        return self.grid.nearness(self._flats[name](), self._reaches[name])

    def of(self, name: Name) -> Nearness:
        """What was measured of shapes."""
        return self._found[name]


def _name(shape: BaseGeometry) -> Name:
    return (("", bytes(shapely.to_wkb(shape))),)


def _flat_of(shape: BaseGeometry) -> Flat:
    return Flat.of(shapes_array([shape]))


def _certain_flat(group: Group) -> Flat:
    return group.flat


def _maybe_flat(group: Group) -> Flat:
    return group.maybe_flat


def certain(group: Group) -> Name:
    """What tells the shapes of groups apart: whose layers' they are, and which."""
    return tuple((str(id(one.layer)), one.certain.tobytes()) for one in group.parts)


def maybe(group: Group) -> Name:
    """The same of the shapes that may match."""
    return tuple((str(id(one.layer)), one.maybe.tobytes()) for one in group.parts)


def covers_all(region: Region, work: _Work) -> bool:
    """Whether the region's coverage reaches far enough around every point."""
    reach = region.clearance_m(work.accuracy_m) * SCALE_SLACK + 1.0
    around = shapely.box(*widened(work.bounds, reach))
    return bool(shapely.covers(region.seen, around))


def _states(region: Region, work: _Work, spots: _Spots) -> States:
    """The states of one region, shape (n,)."""
    from geozone.engine.kernels.bulkstates import group_states  # noqa: PLC0415 - as above

    doubt = np.zeros(len(spots.xy), bool)
    found = _background(region, work, spots, doubt)
    for group in region.groups:
        limits = (region.condition.within_m, group.half_width_m, group.accuracy_m)
        group_states(work.of(certain(group)).told, limits, spots.told, STRENGTH, found, doubt)
    unsure = np.flatnonzero(doubt)
    accuracies = spots.accuracy_m[unsure]
    for accuracy in np.unique(accuracies):
        rows = unsure[accuracies == accuracy]
        found[rows] = region_states(region, Spots.of(region.crs, spots.xy[rows]), float(accuracy))
    return found


def _background(region: Region, work: _Work, spots: _Spots, doubt: Mask) -> States:
    """Clear or unseen, as ``states.background``; notes in ``doubt`` what cannot be told."""
    from geozone.engine.kernels.bulkstates import (  # noqa: PLC0415 - as above
        maybe_states,
        seen_states,
    )

    found = np.full(len(doubt), State.CLEAR, np.uint8)
    if not covers_all(region, work):
        seen = work.of(_name(region.seen))
        seen_states(seen.told, region.clearance_m(0.0), spots.told, found, doubt)
    for group in region.groups:
        if group.maybe_count:
            limit = region.condition.within_m + group.half_width_m + group.accuracy_m
            maybe_states(work.of(maybe(group)).told, limit, spots.told, found, doubt)
    return found
