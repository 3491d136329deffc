"""Polygons traced before, with new edges in some cells: the same as tracing all edges anew.

Every walk around a face that has no corner in the new cells is as it was. The others are cut into
chains outside these cells, which are linked with the new edges within and walked again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.closedcells import Cells
from geozone.engine.outlines.edges import MM, Edges
from geozone.engine.outlines.faces import Faces
from geozone.engine.outlines.ordering import ordered
from geozone.engine.outlines.tracing import FAULTS, Drawn, in_metres

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

NONE = -1
ANY_AREA = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class _Rings:
    """Rings as in ``Drawn``: what each is labelled, its walk, its box and doubled area."""

    rings: Places
    xy: Numbers
    label: Numbers
    walk: Places
    boxes: Numbers
    twice: Places

    def middles(self, which: Places) -> Places:
        """A place on the first edge of some rings, in half millimetres."""
        first = self.rings[which]
        found: Places = self.xy[first].astype(np.int64) + self.xy[first + 1]
        return found

    def limits(self, around: Places) -> Places:
        """What is smaller than rings, in doubled areas, or than anything at ``NONE``."""
        found: Places = np.append(self.twice, ANY_AREA)[around]
        return found

    @property
    def corners(self) -> tuple[Places, Places]:
        """The first and second corner of each ring, a number each."""
        first = self.rings[:-1]
        one, other = (self.xy[at].astype(np.int64) for at in (first, first + 1))
        return (one[:, 0] << 32) + one[:, 1], (other[:, 0] << 32) + other[:, 1]


@dataclass(frozen=True, eq=False)
class Spliced:
    """Polygons as in ``Polygons``, of old rings and new ones.

    Ring r is number ``order[r]`` of the old ones and, after them, the new ones.
    """

    label: Numbers
    polygons: Places
    rings: Places
    order: Places
    _old: _Rings
    _new: _Rings
    _origin: Places

    @property
    def which(self) -> Places:
        """For every ring which of the old ones it is, or ``NONE``."""
        return np.where(self.order < len(self._old.label), self.order, NONE)

    @property
    def new(self) -> tuple[NDArray[np.float64], Places, Places]:
        """The vertices of new rings in metres, where each ring begins, and which it is of all."""
        place = np.empty(len(self._old.label) + len(self._new.label), np.int64)
        place[self.order] = np.arange(len(self.order))
        xy = in_metres(self._new.xy, self._origin)
        return xy, self._new.rings, place[len(self._old.label) :]

    def part(self, first: int, end: int) -> Faces:
        """The polygons from ``first`` to before ``end``, in metres."""
        from geozone.engine.kernels.spliceinside import gather_rings  # noqa: PLC0415 - as above

        rings = self.polygons[first : end + 1]
        places = self.rings[rings[0] : rings[-1] + 1]
        places = places - places[0]
        xy = np.empty((int(places[-1]), 2))
        old, new = self._old, self._new
        order, split = self.order[rings[0] : rings[-1]], np.int64(len(old.label))
        gather_rings(order, split, old.rings, old.xy, new.rings, new.xy, self._origin, places, xy)
        return Faces(self.label[first:end], rings - rings[0], places, xy)


@dataclass(frozen=True, eq=False)
class _Chains:
    """Edges one after the other on one face's border: ``places[starts[c]:starts[c + 1]]``.

    Then comes ``lasts[c]``. Places that are ``bare`` are no corners.
    """

    places: Numbers
    bare: Mask
    starts: Places
    lasts: Numbers
    label: Numbers

    def ways(self) -> Places:
        """Where each chain leads off from its begin, and where from its end, one by one."""
        first, end = self.starts[:-1], self.starts[1:]
        wide, lasts = self.places.astype(np.int64), self.lasts.astype(np.int64)
        alone = (end - first == 1)[:, None]
        second = np.where(alone, lasts, wide[np.minimum(first + 1, len(wide) - 1)])
        found = np.empty((2 * len(first), 2), np.int64)
        found[0::2], found[1::2] = second - wide[first], wide[end - 1] - lasts
        return found


@dataclass(frozen=True, eq=False)
class Measures:
    """Of the rings of a ``Drawn`` their boxes (r, 4) and doubled areas (r,), whole numbers."""

    boxes: Numbers
    twice: Places

    @classmethod
    def of(cls, rings: Places, xy: Numbers) -> Measures:
        """Measures of rings as in ``Drawn``."""
        from geozone.engine.kernels.splicecut import measure_rings  # noqa: PLC0415 - as above

        count = len(rings) - 1
        boxes, twice = np.empty((count, 4), np.int32), np.empty(count, np.int64)
        measure_rings(rings, xy, boxes, twice)
        return cls(boxes, twice)


def splice(
    old: Drawn, edges: Edges, cells: Cells, labels: Numbers, measures: Measures | None = None
) -> Spliced:
    """What ``trace`` gives where the old edges stay, but for those in closed cells, now ``edges``.

    ``labels`` (old labels,) are today's; ``measures`` of the old rings are taken where they are
    not known. Edges part labels, as ``parting`` gives them, and meet those outside in their
    ends. Raises ``ArithmeticError`` where they do not.
    """
    known, near = _described(old, cells, labels, measures or Measures.of(old.rings, old.xy))
    touched = np.zeros(int(known.walk.max(initial=-1)) + 1, bool)
    touched[known.walk[near]] = True
    gone = touched[known.walk]
    chains = _joined(_cut(old, cells, known, np.flatnonzero(gone)), _both_ways(old, edges))
    fresh = _walked(chains, cells, old.origin, len(touched))
    return _assembled(old, known, gone, fresh)


def _described(
    old: Drawn, cells: Cells, labels: Numbers, measures: Measures
) -> tuple[_Rings, Mask]:
    """The old rings with the labels of today, and which have a corner in closed cells."""
    from geozone.engine.kernels.splicecut import mark_near  # noqa: PLC0415 - as above

    near = np.empty(len(old.rings) - 1, bool)
    boxes, twice = measures.boxes, measures.twice
    mark_near(old.rings, old.xy, boxes, cells.size, cells.corner, cells.inside, near)
    met = cells.hold(old.bends)
    near[np.searchsorted(old.rings, old.straight[met], side="right") - 1] = True
    owner = np.repeat(labels[old.label], np.diff(old.polygons))
    return _Rings(old.rings, old.xy, owner, old.walk.astype(np.int64), boxes, twice), near


def _cut(old: Drawn, cells: Cells, known: _Rings, chosen: Places) -> _Chains:
    from geozone.engine.kernels.splicecut import BENDLESS, MEETING, cut_chains  # noqa: PLC0415 - as above

    flags = np.zeros(len(old.xy), np.uint8)
    flags[old.meeting] |= MEETING
    flags[old.straight] |= BENDLESS
    room = int((old.rings[chosen + 1] - old.rings[chosen]).sum()) + len(old.straight)
    places, bare = np.empty((room, 2), np.int32), np.empty(room, bool)
    starts, lasts = np.empty(room + 1, np.int64), np.empty((room, 2), np.int32)
    ring_of = np.empty(room, np.int64)
    count = cut_chains(
        chosen, old.rings, old.xy, flags, old.straight, old.bends,
        cells.size, cells.corner, cells.inside, places, bare, starts, lasts, ring_of,
    )  # fmt: skip
    filled = int(starts[count])
    label = known.label[ring_of[:count]]
    return _Chains(places[:filled], bare[:filled], starts[: count + 1], lasts[:count], label)


def _both_ways(old: Drawn, edges: Edges) -> _Chains:
    """The edges as chains on the borders of the faces on either side."""
    shift = (edges.origin - old.origin).astype(np.int64)
    ends = edges.ends.astype(np.int64) + np.tile(shift, 2)
    if len(ends) and np.abs(ends).max() > np.iinfo(np.int32).max:
        raise ArithmeticError("edges that are too far from those of before")
    ends = ends.astype(np.int32)
    label = np.concatenate([edges.left, edges.right])
    both = np.concatenate([ends, ends[:, [2, 3, 0, 1]]])[label >= 0]
    starts = np.arange(len(both) + 1)
    return _Chains(
        np.ascontiguousarray(both[:, :2]), np.zeros(len(both), bool), starts,
        np.ascontiguousarray(both[:, 2:]), label[label >= 0],
    )  # fmt: skip


def _joined(one: _Chains, other: _Chains) -> _Chains:
    return _Chains(
        np.concatenate([one.places, other.places]),
        np.concatenate([one.bare, other.bare]),
        np.concatenate([one.starts, other.starts[1:] + one.starts[-1]]),
        np.concatenate([one.lasts, other.lasts]),
        np.concatenate([one.label, other.label]),
    )


def _walked(chains: _Chains, cells: Cells, origin: Places, walks_before: int) -> _Rings:
    """The rings that the chains make, their walks numbered after those of before."""
    from geozone.engine.kernels.splicelink import ring_corners, walk_chains  # noqa: PLC0415 - as above

    follows, kind, nodes = _linked(chains, cells, origin)
    count = len(follows)
    listed, starts = np.empty(count, np.int64), np.empty(count + 1, np.int64)
    walk = np.empty(count, np.int64)
    found, _ = walk_chains(follows, kind, nodes, listed, starts, walk)
    rings = np.empty(found + 1, np.int64)
    xy = np.empty((len(chains.places) + found, 2), np.int32)
    filled = ring_corners(
        listed, starts[: found + 1], kind, chains.starts, chains.places, chains.bare, rings, xy
    )
    if (np.diff(rings) < 4).any():
        raise ArithmeticError("a face without ground")
    label, walk = chains.label[listed[starts[:found]]], walk[:found]
    measures = Measures.of(rings, xy[:filled])
    twice = measures.twice
    shells = walk[twice > 0]
    if (twice == 0).any() or len(np.unique(shells)) < len(shells):
        raise ArithmeticError("edges that cross")
    return _Rings(rings, xy[:filled], label, walk + walks_before, measures.boxes, twice)


def _linked(chains: _Chains, cells: Cells, origin: Places) -> tuple[Places, Places, int]:
    """What follows each chain, the kind of its beginning, and how many nodes there are."""
    from geozone.engine.kernels.splicelink import link_chains  # noqa: PLC0415 - as above

    count = len(chains.label)
    ends = np.empty((2 * count, 2), np.int32)
    ends[0::2], ends[1::2] = chains.places[chains.starts[:-1]], chains.lasts
    keys = (ends[:, 0].astype(np.int64) << 32) + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    first = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0)[: len(order)])
    starts = np.append(first, len(order))
    closed = cells.hold(ends[order[first]])
    follows, kind = np.full(count, NONE, np.int64), np.empty(count, np.int64)
    fault, node = link_chains(order, starts, chains.ways(), chains.label, closed, follows, kind)
    if not fault and not np.array_equal(np.sort(follows), np.arange(count)):
        fault, node = 1, 0
    if fault:
        x, y = ends[order[starts[node]]] + origin
        raise ArithmeticError(f"{FAULTS[fault]} at {x / MM:.3f}, {y / MM:.3f}")
    return follows, kind, len(first)


def _assembled(old: Drawn, known: _Rings, gone: Mask, fresh: _Rings) -> Spliced:
    """The old rings that are not gone, and the new ones, as polygons."""
    split = len(gone)
    shell = _shells(old, known, gone, fresh)
    there = np.flatnonzero(np.append(~gone, np.ones(len(fresh.label), bool)))
    label = np.append(known.label, fresh.label)[there]
    twice = np.append(known.twice, fresh.twice)[there]
    counts = np.append(np.diff(known.rings), np.diff(fresh.rings))[there]
    pairs = zip(known.corners, fresh.corners, strict=True)
    first, second = (np.append(*pair)[there] for pair in pairs)
    place = np.empty(split + len(fresh.label), np.int64)
    place[there] = np.arange(len(there))
    if (shell[there] < 0).any() or (label[place[shell[there]]] != label).any():
        raise ArithmeticError("an island without land around it")
    order, shells, polygons = ordered(label, place[shell[there]], twice < 0, (first, second))
    firsts = np.concatenate([[0], np.cumsum(counts[order])])
    own = label[shells].astype(np.int32)
    return Spliced(own, polygons, firsts, there[order], known, fresh, old.origin)


def _shells(old: Drawn, known: _Rings, gone: Mask, fresh: _Rings) -> Places:
    """The shell of the face of each ring, old ones first, as the number of a ring, or ``NONE``.

    Faces lie in one another, so that of all shells around an island the smallest is its own.
    """
    split = len(gone)
    shell = np.repeat(old.polygons[:-1], np.diff(old.polygons))
    islands = np.flatnonzero(~gone & (known.walk != known.walk[shell]))
    kept = np.flatnonzero(~gone & (known.twice > 0))
    made = np.flatnonzero(fresh.twice > 0)
    before = shell[islands]
    lost, where = np.unique(before[gone[before]], return_inverse=True)
    before = before.copy()
    before[gone[before]] = _innermost(known, kept, known.middles(lost))[where]
    around = _innermost(fresh, made, known.middles(islands), known.limits(before))
    shell[islands] = np.where(around < 0, before, around + split)
    return np.concatenate([shell, _fresh_shells(known, kept, fresh, made)])


def _fresh_shells(known: _Rings, kept: Places, fresh: _Rings, made: Places) -> Places:
    split, own = len(known.label), np.full(int(fresh.walk.max(initial=-1)) + 1, NONE)
    own[fresh.walk[made]] = made
    found = own[fresh.walk]
    islands = np.flatnonzero(found < 0)
    places = fresh.middles(islands)
    outside = _innermost(known, kept, places)
    around = _innermost(fresh, made, places, known.limits(outside))
    found = np.where(found < 0, NONE, found + split)
    found[islands] = np.where(around < 0, outside, around + split)
    return found


def _innermost(
    rings: _Rings, shells: Places, places: Places, limits: Places | None = None
) -> Places:
    """The smallest of shells around each place, smaller than a limit; ``NONE`` without one."""
    from geozone.engine.kernels.spliceinside import innermost  # noqa: PLC0415 - as above

    if limits is None:
        limits = np.full(len(places), ANY_AREA, np.int64)
    found = np.empty(len(places), np.int64)
    rising = shells[np.argsort(rings.twice[shells], kind="stable")]
    innermost(places, limits, rising, rings.boxes, rings.twice, rings.rings, rings.xy, found)
    return found
