"""Very many points located at once, with the same states and distances as one by one.

Kernels measure planar distances and settle what is plain; whatever lies so near to a limit, an
edge or a rounding that it might come out differently is asked again of the plain engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.bulkgrid import Mask, Nearness, PointGrid, bounds_of
from geozone.engine.outline import TOLERANCE_M, Bounds, shapes_array, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.scalefit import EXACT, ScaleFit, fitted
from geozone.engine.states import STRENGTH, Spots, States, region_states, scale_slack
from geozone.land.coordinates.scale import scale_at
from geozone.land.shapes.flat import Flat
from geozone.law.state import State

Metres = NDArray[np.float64]
Rows = NDArray[np.intp]

Name = tuple[tuple[str, bytes], ...]
"""What tells sets of shapes apart."""

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
    found = np.empty((len(regions), len(xy)), np.uint8)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        told = pool.map(lambda one, to: _states(one, work, spots, to), regions, found)
        doubts = list(told)
    for region, states, unsure in zip(regions, found, doubts, strict=True):
        _settle(region, spots, unsure, states)  # by GEOS, so one after the other
    outside = np.flatnonzero(~_inside(area, work.of(ground), spots))
    found[:, outside] = State.UNSEEN
    names = [[certain(one) for one in each.groups] for each in regions]
    metres, sets, reach_m = work.told(names, threads)
    return LocatedPoints(tuple(regions), xy, grid.place, found, scale, metres, sets, reach_m)


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
        self._rows: dict[Name, int] = {}
        self._found: list[Nearness] = []
        self._metres = np.empty((0, len(spots.xy)))
        self._seen: dict[int, Name | None] = {}

    def ask(self, regions: Sequence[Region]) -> None:
        """Notes everything that regions ask of."""
        for region in regions:
            hidden = not covers_all(region, self)
            self._seen[id(region)] = (
                self._shape(region.seen, region.clearance_m(self.accuracy_m)) if hidden else None
            )
            limits = [
                one.limits(region.condition.within_m, self.accuracy_m) for one in region.groups
            ]
            # As far of every group, so that their distances can be told from one another.
            near = max((one.near for one in limits), default=0.0)
            for group in region.groups:
                self._ask(certain(group), partial(_certain_flat, group), near)
                if group.maybe_count:
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
        """Measures all that was asked, what is longest first: no thread waits for it in the end."""
        flats = {name: flat() for name, flat in self._flats.items()}
        names = sorted(flats, key=lambda name: -len(flats[name].xy))
        self._rows = {name: row for row, name in enumerate(names)}
        self._metres = np.empty((len(names), len(self.grid.points)))

        def measured(name: Name) -> Nearness:
            metres = self._metres[self._rows[name]]
            return self.grid.nearness(flats[name], self._reaches[name], metres)

        with ThreadPoolExecutor(max(threads, 1)) as pool:
            self._found = list(pool.map(measured, names))

    def of(self, name: Name) -> Nearness:
        """What was measured of shapes."""
        return self._found[self._rows[name]]

    def seen(self, region: Region) -> Nearness | None:
        """What was measured of a region's coverage; ``None`` where it is all around."""
        name = self._seen[id(region)]
        return None if name is None else self.of(name)

    def told(self, names: Sequence[Sequence[Name]], threads: int) -> tuple[Metres, Rows, Metres]:
        """``metres``, ``sets`` and ``reach_m`` of ``LocatedPoints``; after that nothing else.

        ``names`` are the sets of each region.
        """
        from geozone.engine.kernels.bulkstates import told  # noqa: PLC0415 - as above

        rows = [[self._rows[one] for one in each] for each in names]
        sets = np.full((len(rows), max(map(len, rows), default=0)), -1, np.intp)
        for to, each in zip(sets, rows, strict=True):
            to[: len(each)] = each
        with ThreadPoolExecutor(max(threads, 1)) as pool:
            used = sorted({one for each in rows for one in each})
            list(pool.map(lambda row: told(self._found[row].told), used))
        # Beyond the reach of a set one of its features may be nearer than those of others.
        reach = [min((self._found[one].reach_m for one in each), default=np.inf) for each in rows]
        return self._metres, sets, np.array(reach)


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


def _states(region: Region, work: _Work, spots: _Spots, found: States) -> Rows:
    """Writes the states of one region, shape (n,); which of them are left to be settled."""
    from geozone.engine.kernels.bulkstates import group_states  # noqa: PLC0415 - as above

    doubt = np.zeros(len(found), bool)
    _background(region, work, spots, found, doubt)
    for group in region.groups:
        limits = (region.condition.within_m, group.half_width_m, group.accuracy_m)
        group_states(work.of(certain(group)).told, limits, spots.told, STRENGTH, found, doubt)
    return np.flatnonzero(doubt)


def _settle(region: Region, spots: _Spots, unsure: Rows, found: States) -> None:
    """Writes the states of the points that are left, by the plain engine."""
    accuracies = spots.accuracy_m[unsure]
    for accuracy in np.unique(accuracies):
        rows = unsure[accuracies == accuracy]
        found[rows] = region_states(region, Spots.of(region.crs, spots.xy[rows]), float(accuracy))


def _background(region: Region, work: _Work, spots: _Spots, found: States, doubt: Mask) -> None:
    """Clear or unseen, as ``states.background``; notes in ``doubt`` what cannot be told."""
    from geozone.engine.kernels.bulkstates import (  # noqa: PLC0415 - as above
        maybe_states,
        seen_states,
    )

    found.fill(State.CLEAR)
    seen = work.seen(region)
    if seen is not None:
        seen_states(seen.told, region.clearance_m(0.0), spots.told, found, doubt)
    for group in region.groups:
        if group.maybe_count:
            limit = region.condition.within_m + group.half_width_m + group.accuracy_m
            maybe_states(work.of(maybe(group)).told, limit, spots.told, found, doubt)
