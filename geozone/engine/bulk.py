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

from geozone.engine.bulkgrid import EXACT_M, Mask, Nearness, PointGrid
from geozone.engine.outline import TOLERANCE_M, Bounds, shapes_array, widened
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.scalefit import ScaleFit, fitted
from geozone.engine.states import Spots, States, region_states, scale_slack, strongest
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

    ``xy`` (n, 2) in metres of the working CRS, known to ``accuracy_m`` (n,); ``states`` has
    shape (n, regions), all unseen outside the study area.
    """

    regions: tuple[Region, ...]
    xy: Metres
    accuracy_m: Metres
    scale: Metres
    states: States
    near: tuple[tuple[Nearness, ...], ...]
    """One for each group of each region."""

    def distances(self, region: int, rows: Rows) -> Metres:
        """Ground metres from points to the nearest feature of a region, NaN without one.

        Shown to the millimetre they are what ``locate`` tells.
        """
        one, found = self.regions[region], np.full(len(rows), np.inf)
        doubt = np.zeros(len(rows), bool)
        for near in self.near[region]:
            found = np.minimum(found, near.distances(rows))
            doubt |= near.unsure[rows]
        # Beyond the reach of a group one of its features may be nearer than those of others.
        doubt |= found > min((near.reach_m for near in self.near[region]), default=np.inf)
        found /= self.scale[rows]
        margin = found - one.condition.within_m
        doubt |= _is_tied(found) | _is_tied(margin) | ((np.abs(margin) < TIE_M) & (found > 0))
        unsure = np.flatnonzero(doubt)
        if len(unsure):
            found[unsure] = plain_distances(one, self.xy[rows[unsure]])
        return found


def _is_tied(shown: Metres) -> Mask:
    """Where a value cannot be told after rounding, or is none at all."""
    steps = shown * 10.0**SHOWN_DECIMALS
    with np.errstate(invalid="ignore"):
        off = np.abs(steps - np.floor(steps) - 0.5)
    return ~(off > TIE_M * 10.0**SHOWN_DECIMALS)


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
    bounds = _bounds(xy)
    scale = scales_at(fitted(regions[0].crs, bounds), xy)
    most = float(accuracy_m.max(initial=0.0))
    work = _Work(PointGrid.of(xy), bounds, float(scale.max(initial=1.0)), most)
    work.measure(regions, threads)
    found = np.empty((len(xy), len(regions)), np.uint8)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        told = pool.map(lambda region: _states(region, work, xy, accuracy_m, scale), regions)
        for column, states in enumerate(told):
            found[:, column] = states
    shapely.prepare(area)
    found[~shapely.intersects_xy(area, xy[:, 0], xy[:, 1])] = State.UNSEEN
    near = tuple(tuple(work.of(certain(one)) for one in each.groups) for each in regions)
    return LocatedPoints(tuple(regions), xy, accuracy_m, scale, found, near)


def _bounds(xy: Metres) -> Bounds:
    if not len(xy):
        return 0.0, 0.0, 0.0, 0.0
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def scales_at(fit: ScaleFit, xy: Metres) -> Metres:
    """The fitted scale at points (n, 2)."""
    from geozone.engine.kernels.near import scales  # noqa: PLC0415 - kernels load late

    found = np.empty(len(xy))
    scales(fit.coefs, np.array([fit.x0, fit.y0, fit.half]), np.ascontiguousarray(xy), found)
    return found


class _Work:
    """The nearness of every set of shapes that regions ask of, each measured once."""

    def __init__(self, grid: PointGrid, bounds: Bounds, scale: float, accuracy_m: float) -> None:
        self.grid, self.bounds, self.scale, self.accuracy_m = grid, bounds, scale, accuracy_m
        self._reaches: dict[Name, float] = {}
        self._flats: dict[Name, Callable[[], Flat]] = {}
        self._found: dict[Name, Nearness] = {}

    def measure(self, regions: Sequence[Region], threads: int) -> None:
        """Measures everything that the regions ask of."""
        for region in regions:
            if not covers_all(region, self):
                name = _name(region.seen)
                self._ask(
                    name,
                    partial(_flat_of, region.seen),
                    region.clearance_m(self.accuracy_m),
                )
            for group in region.groups:
                near = group.limits(region.condition.within_m, self.accuracy_m).near
                self._ask(certain(group), partial(_certain_flat, group), near)
                self._ask(maybe(group), partial(_maybe_flat, group), near)
        names = sorted(self._flats)
        with ThreadPoolExecutor(max(threads, 1)) as pool:
            self._found = dict(zip(names, pool.map(self._measured, names), strict=True))

    def _ask(self, name: Name, flat: Callable[[], Flat], metres: float) -> None:
        reach = (metres + TOLERANCE_M) * self.scale + scale_slack(metres) + 1.0
        self._flats.setdefault(name, flat)
        self._reaches[name] = max(reach, self._reaches.get(name, 0.0))

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


def _states(region: Region, work: _Work, xy: Metres, accuracy_m: Metres, scale: Metres) -> States:
    """The states of one region, shape (n,)."""
    doubt = np.zeros(len(xy), bool)
    found = _background(region, work, accuracy_m, scale, doubt)
    for group in region.groups:
        near = work.of(certain(group))
        rows = np.flatnonzero(near.inside | np.isfinite(near.planar) | near.unsure)
        within, at = region.condition.within_m, (accuracy_m[rows], scale[rows])
        said = _said(group, within, near, rows=rows, accuracy_m=at[0], scale=at[1])
        found[rows] = strongest(found[rows], said.states)
        doubt[rows[said.doubt]] = True
    unsure = np.flatnonzero(doubt)
    for accuracy in np.unique(accuracy_m[unsure]):
        rows = unsure[accuracy_m[unsure] == accuracy]
        found[rows] = region_states(region, Spots.of(region.crs, xy[rows]), float(accuracy))
    return found


def _background(
    region: Region, work: _Work, accuracy_m: Metres, scale: Metres, doubt: Mask
) -> States:
    """Clear or unseen, as ``states.background``; notes in ``doubt`` what cannot be told."""
    clear = np.ones(len(scale), bool)
    if not covers_all(region, work):
        seen = work.of(_name(region.seen))
        clear = seen.inside.copy()
        rows = np.flatnonzero(np.isfinite(seen.planar) | seen.unsure)
        rim = region.clearance_m(0.0) + accuracy_m[rows]
        far = (rim - TOLERANCE_M) * scale[rows]
        clear[rows] &= (seen.planar[rows] > far) | (rim <= 0)
        doubt[rows] |= (np.abs(seen.planar[rows] - far) < EXACT_M) & (rim > 0)
        doubt[rows] |= seen.unsure[rows]
    for group in region.groups:
        if group.maybe_count:
            near = work.of(maybe(group))
            limit = region.condition.within_m + group.half_width_m + group.accuracy_m + accuracy_m
            within, unsure = _within(near, np.arange(len(scale)), limit, scale)
            clear &= ~within
            doubt |= unsure
    return np.where(clear, np.uint8(State.CLEAR), np.uint8(State.UNSEEN))


def _within(near: Nearness, rows: Rows, limit_m: Metres, scale: Metres) -> tuple[Mask, Mask]:
    """Which of some points are within ground limits, and for which that is not plain."""
    reach = (limit_m + TOLERANCE_M) * scale
    slack = 1e-8 * limit_m * limit_m + EXACT_M
    inside, planar, unsure = near.inside[rows], near.planar[rows], near.unsure[rows]
    return inside | (planar <= reach), unsure | (~inside & (np.abs(planar - reach) <= slack))


@dataclass(frozen=True, eq=False)
class _Told:
    states: States
    doubt: Mask


def _said(
    group: Group, within_m: float, near: Nearness, *, rows: Rows, accuracy_m: Metres, scale: Metres
) -> _Told:
    """What a group says at some points, as ``states.group_states``."""
    unsure = group.accuracy_m + accuracy_m
    doubt, found = np.zeros(len(rows), bool), np.zeros(len(rows), np.uint8)
    for limit, state in (
        (within_m + group.half_width_m + unsure, State.NEAR_OUTSIDE),
        (np.full(len(rows), within_m), State.NEAR_INSIDE),
        (within_m - unsure, State.HOLDS),
    ):
        fits, open_ = _within(near, rows, limit, scale)
        told = limit >= 0
        found[fits & told] = state
        doubt = doubt | (open_ & told)
    depth = (unsure - within_m) * scale
    deep = near.inside[rows] & (depth > 0)
    planar = near.planar[rows]
    found[deep & (planar > depth + EXACT_M)] = State.HOLDS
    doubt = doubt | (deep & (planar <= depth + EXACT_M + scale_slack(float(depth.max(initial=0)))))
    return _Told(found, doubt)
