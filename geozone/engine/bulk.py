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
from shapely.geometry.base import BaseGeometry

from geozone.engine.bulkgrid import Mask, Nearness, PointGrid, bounds_of
from geozone.engine.bulkpoints import LocatedPoints, Metres, Rows
from geozone.engine.outline import TOLERANCE_M, Bounds, shapes_array, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.scalefit import ScaleFit, fitted
from geozone.engine.states import STRENGTH, Spots, States, region_states, scale_slack
from geozone.land.shapes.flat import Flat
from geozone.law.state import State

Name = tuple[tuple[str, bytes], ...]
"""What tells sets of shapes apart."""


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
