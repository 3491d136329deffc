"""The ground of very many polygons by the states of all regions, each polygon cut on its own.

Polygons are cut in floating point along the outlines that a partition is cut along. Those are
left out where a corner or crossing comes too near to another outline for that, where features
are lines that a polygon may cross, and where an overlap must be deep to be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.bulkgrid import Chains, Mask, PointGrid
from geozone.engine.counters import POINT_M, Counters, counters
from geozone.engine.fields import AREA, Asked, GroupBits, asked, scale_over
from geozone.engine.measure import TOUCH_M
from geozone.engine.outline import Shapes, widened
from geozone.engine.outlines.areas import AreaFit
from geozone.engine.polygons import Polygons, near_fields
from geozone.engine.region import Group, Region
from geozone.engine.runs import unpacked
from geozone.engine.states import States
from geozone.land.shapes.flat import LINE, Flat
from geozone.law.state import State

Rows = NDArray[np.int64]
Areas = NDArray[np.float64]

CLEAR_M = 0.01
"""Corners and crossings this far from other outlines are told from them, buffers drawn or not."""

AROUND_M = 5000.0
"""Polygons that reach farther out of the bounds of the area are left out."""

BROAD_M = 0.2
"""Polygons of less than this mean width are left out."""

BARRED = -2
"""The name of edges that no polygon may meet."""

AT_ONCE = 2048
"""Polygons that one thread takes at a time."""


@dataclass(frozen=True, eq=False)
class Shares:
    """Ground of n polygons: share k is of polygon ``whose[k]``, and has ``ground[k]``
    ellipsoidal square metres and the states ``rows[row[k]]``; by polygon, then by row.

    ``rows`` has shape (r, regions). Polygons that are not ``done`` (n,) have no share.
    """

    whose: Rows
    row: Rows
    ground: Areas
    rows: States
    done: Mask


def shares_of(
    regions: Sequence[Region],
    shapes: Shapes,
    area: BaseGeometry,
    *,
    chosen: Mask | None = None,
    jobs: int = 1,
) -> Shares:
    """The shares of n polygons of the working CRS, exactly known, within the study area or not.

    Only of those that are ``chosen`` (n,), if that is given. Areas are right to 1 cm along the
    edges of buffers and exact elsewhere. ``jobs`` threads share the polygons; their number
    changes nothing. Raises ``ValueError`` without regions.
    """
    if not regions:
        raise ValueError("polygons cannot be cut without regions")
    from geozone.engine.kernels.shares import shares  # noqa: PLC0415 - numba loads slowly

    ask = asked(regions, area)
    polygons = Polygons.of(shapes, CLEAR_M, jobs)
    scale = scale_over(regions[0].crs, area.bounds, ask.fields)
    counted = counters(near_fields(ask.fields, polygons), scale, jobs=jobs)
    room = widened(area.bounds, AROUND_M)
    fit = AreaFit.of(scale, room)
    wound, unsure, met = _lie(counted, polygons, _barred(regions), jobs)
    touchy = _touchy(regions, ask, counted)
    done = (
        polygons.lie_in(room)
        & (polygons.width >= BROAD_M)
        & ~unsure
        & ~_meets(met, np.append(touchy, BARRED), len(shapes))
    )
    done &= True if chosen is None else chosen

    def cut(first: int) -> tuple[Rows, NDArray[np.uint64], Areas]:
        last = min(first + AT_ONCE, len(shapes))
        found: tuple[Rows, NDArray[np.uint64], Areas] = shares(
            polygons.told,
            polygons.places,
            wound,
            met,
            (fit.coefs, fit.frame),
            CLEAR_M,
            first,
            last,
            done,
        )
        return found

    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(cut, range(0, len(shapes), AT_ONCE)))
    whose, words, ground = (np.concatenate(one) for one in zip(*parts, strict=True))
    found = _shares(ask, counted, (whose, words, ground), done)
    return _without_shallow(regions, found)


Met = tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]


def _lie(
    counted: Counters, polygons: Polygons, barred: Chains, jobs: int
) -> tuple[Rows, Mask, Met]:
    """How often every counter winds around each place (n, counters), and where that is unsure.

    With the edges that meet the boxes of polygons, and those of each.
    """
    # numba loads slowly.
    from geozone.engine.kernels.boxed import by_box, edges_of_boxes  # noqa: PLC0415

    boxes, cells, points = polygons.boxes, polygons.cells, PointGrid.of(polygons.places)
    wound = np.empty((len(counted.rings), len(boxes)), np.int64)
    unsure = np.zeros((len(counted.rings), len(boxes)), bool)

    def met(name: int, chains: Chains) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        found: tuple[NDArray[np.float64], NDArray[np.int32]] = edges_of_boxes(
            chains, name, boxes, cells
        )
        return found

    def one(at: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        ring = counted.rings[at].near(None)
        chains = (np.ascontiguousarray(ring.xy), ring.starts, ring.sign)
        wound[at], unsure[at] = points.wound(chains)
        return met(at, chains)

    with ThreadPoolExecutor(jobs) as pool:
        found = [*pool.map(one, range(len(counted.rings))), met(BARRED, barred)]
    ends, told = (
        np.concatenate([one[0] for one in found]),
        np.concatenate([one[1] for one in found]),
    )
    doubt: Mask = np.asarray(unsure.any(axis=0))
    return np.ascontiguousarray(wound.T), doubt, (ends, told, *by_box(told, len(boxes)))


def _meets(met: Met, names: Rows, count: int) -> Mask:
    """The polygons in whose boxes are edges of some names."""
    told, found = met[1], np.zeros(count, bool)
    found[told[np.isin(told[:, 1], names), 0]] = True
    return found


def _groups(regions: Sequence[Region], ask: Asked) -> Iterator[tuple[Region, Group, GroupBits]]:
    for region, bits in zip(regions, ask.regions, strict=True):
        certain = [one for one in region.groups if one.certain_count]
        for group, fields in zip(certain, bits.groups, strict=True):
            yield region, group, fields


def _is_shallow(region: Region, group: Group) -> bool:
    """Whether a broad overlap may yet be no more than a touch."""
    return region.condition.within_m == 0 and group.accuracy_m > TOUCH_M


def _touchy(regions: Sequence[Region], ask: Asked, counted: Counters) -> Rows:
    """The counters of groups of which an overlap must be deep to be one."""
    found: list[int] = []
    for region, group, bits in _groups(regions, ask):
        if _is_shallow(region, group):
            asked_of = (bits.near, bits.held, bits.holds, bits.rim)
            found += [int(counted.speaks[one]) for one in asked_of if one is not None]
    return np.unique(np.array(found, np.int64))


def _without_shallow(regions: Sequence[Region], found: Shares) -> Shares:
    """The shares but for those of polygons that lie in features of which only touches are told."""
    shallow = [
        at
        for at, one in enumerate(regions)
        if any(group.certain_count and _is_shallow(one, group) for group in one.groups)
    ]
    doubtful = (found.rows[:, shallow] == State.NEAR_INSIDE).any(axis=1)[found.row]
    if not doubtful.any():
        return found
    found.done[found.whose[doubtful]] = False
    kept = found.done[found.whose]
    return Shares(found.whose[kept], found.row[kept], found.ground[kept], found.rows, found.done)


def _barred(regions: Sequence[Region]) -> Chains:
    """The lines and points that a polygon may cross where that alone decides."""
    found = [Flat.of(np.empty(0, object))]
    for region in regions:
        for group in region.groups:
            limits = group.limits(region.condition.within_m, 0.0)
            if group.certain_count and any(
                0 <= one < CLEAR_M for one in (limits.holds, limits.held, limits.near)
            ):
                found.append(group.flat.chains(group.flat.sign == LINE))
    flat = Flat.joined(found)
    single = np.diff(flat.starts) == 1
    if not single.any():
        return flat.xy, flat.starts, flat.sign
    # A point stands as a short line, as only edges are looked for.
    repeats = np.ones(len(flat.xy), np.intp)
    repeats[flat.starts[:-1][single]] = 2
    xy = np.repeat(flat.xy, repeats, axis=0)
    starts = np.concatenate([[0], np.cumsum(np.diff(flat.starts) + single)]).astype(np.int64)
    xy[starts[1:][single] - 1, 0] += POINT_M
    return xy, starts, flat.sign


def _shares(
    ask: Asked, counted: Counters, found: tuple[Rows, NDArray[np.uint64], Areas], done: Mask
) -> Shares:
    """The shares by states instead of by answers of counters."""
    whose, words, ground = found
    kinds, kind = _distinct(words)
    bits = unpacked(kinds, len(counted.rings))
    states = np.ascontiguousarray(ask.states(counted.bits(bits)))
    states[~bits[:, counted.speaks[AREA]]] = State.UNSEEN
    rows, row = np.unique(states, axis=0, return_inverse=True)
    keys = whose * len(rows) + row.ravel()[kind]
    pairs, place = np.unique(keys, return_inverse=True)
    sizes = np.bincount(place, weights=ground, minlength=len(pairs)).astype(float)
    return Shares(pairs // len(rows), pairs % len(rows), sizes, rows, done)


def _distinct(words: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], Rows]:
    """The distinct rows of words (n, w), sorted, and which of them each is."""
    if words.shape[1] == 1:  # numbers are sorted far sooner than rows
        found, place = np.unique(words[:, 0], return_inverse=True)
        return found[:, None], place
    kinds, kind = np.unique(words, axis=0, return_inverse=True)
    return kinds, kind.ravel()
