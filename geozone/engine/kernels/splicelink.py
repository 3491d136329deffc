"""Chains of edges linked where they meet, and walked around faces."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.tracenodes import AT_ODDS, FINE, LOOSE, STRAIGHT, TWICE, before


@njit(cache=True, nogil=True)
def _sort(items: NDArray[np.int64], ways: NDArray[np.int64]) -> None:
    for at in range(1, len(items)):
        item, to = items[at], at
        x, y = ways[item, 0], ways[item, 1]
        while to > 0 and before(x, y, ways[items[to - 1], 0], ways[items[to - 1], 1]) > 0:
            items[to] = items[to - 1]
            to -= 1
        items[to] = item


@njit(cache=True, nogil=True)
def _node(
    items: NDArray[np.int64],
    ways: NDArray[np.int64],
    label: NDArray[np.int32],
    follows: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Links chains at one node; gives what is wrong, how many ways lead off, and chains begin.

    Item 2c is chain c as it begins, item 2c + 1 as it ends; ``ways`` lead off from the node.
    """
    _sort(items, ways)
    count, degree, begun = len(items), 0, 0
    for at in range(count):
        item = items[at]
        x, y = ways[item, 0], ways[item, 1]
        same = False
        if at > 0:
            other = items[at - 1]
            same = before(ways[other, 0], ways[other, 1], x, y) == 0
            if same and (other & 1) == (item & 1):
                return TWICE, 0, 0
        degree += int(not same)
        if item & 1 == 0:
            begun += 1
            continue
        found, turned = np.int64(-1), np.int64(-1)
        for back in range(1, count):
            other = items[at - back]  # clockwise, around
            if before(ways[other, 0], ways[other, 1], x, y) == 0:
                continue
            if turned >= 0 and (
                before(ways[other, 0], ways[other, 1], ways[turned, 0], ways[turned, 1]) != 0
            ):
                break
            turned = other
            if other & 1 == 0:
                found = other >> 1
                break
        if found < 0:
            return LOOSE, 0, 0
        if label[found] != label[item >> 1]:
            return AT_ODDS, 0, 0
        follows[item >> 1] = found
    return FINE, degree, begun


@njit(cache=True, nogil=True)
def link_chains(
    order: NDArray[np.int64],
    starts: NDArray[np.int64],
    ways: NDArray[np.int64],
    label: NDArray[np.int32],
    closed: NDArray[np.bool_],
    follows: NDArray[np.int64],
    kind: NDArray[np.int64],
) -> tuple[int, int]:
    """What follows each chain around the face on its left; what is wrong, and at which node.

    Node k has the items ``order[starts[k]:starts[k + 1]]``, item 2c where chain c begins and
    2c + 1 where it ends, and all edges that meet there are among them if it is ``closed``.
    ``kind`` (chains,) is ``STRAIGHT`` where a chain goes straight on, one more than the node
    where several chains begin, else 0. ``follows`` begin as -1.
    """
    for node in range(len(starts) - 1):
        items = order[starts[node] : starts[node + 1]]
        fault, degree, begun = _node(items, ways, label, follows)
        if fault != FINE:
            return fault, node
        said = np.int64(node + 1 if begun > 1 else 0)
        if closed[node] and degree == 2:
            one, other = items[0], items[-1]
            level = ways[one, 0] * ways[other, 1] == ways[one, 1] * ways[other, 0]
            said = np.int64(STRAIGHT if level else 0)
        for item in items:
            if item & 1 == 0:
                kind[item >> 1] = said
    return FINE, -1


@njit(cache=True, nogil=True, inline="always")
def _laid(
    ring: NDArray[np.int64],
    kind: NDArray[np.int64],
    mark: NDArray[np.int64],
    listed: NDArray[np.int64],
) -> int:
    """Lists the chains of a ring and forgets the nodes that they came by; gives how many."""
    for at in range(len(ring)):
        listed[at] = ring[at]
        if kind[ring[at]] > 0:
            mark[kind[ring[at]] - 1] = 0
    return len(ring)


@njit(cache=True, nogil=True)
def walk_chains(
    follows: NDArray[np.int64],
    kind: NDArray[np.int64],
    nodes: int,
    listed: NDArray[np.int64],
    starts: NDArray[np.int64],
    walk_of: NDArray[np.int64],
) -> tuple[int, int]:
    """Walks around every face, split into rings; gives how many rings and walks there are.

    Ring r has the chains ``listed[starts[r]:starts[r + 1]]`` and is of walk ``walk_of[r]``. Rings
    are split as ``tracerings.walk_faces`` splits them.
    """
    done = np.zeros(len(follows), np.bool_)
    stack = np.empty(len(follows), np.int64)
    mark = np.zeros(nodes, np.int64)
    rings, walks, filled = 0, 0, 0
    starts[0] = 0
    for begin in range(len(follows)):
        if done[begin]:
            continue
        top, chain, more = 0, begin, True
        while more:
            done[chain] = True
            said, now = kind[chain], chain
            chain = follows[chain]
            more = chain != begin
            if said > 0 and mark[said - 1] > 0:
                bottom = mark[said - 1] - 1
                filled += _laid(stack[bottom:top], kind, mark, listed[filled:])
                walk_of[rings] = walks
                rings, top = rings + 1, bottom
                starts[rings] = filled
            if said > 0:
                mark[said - 1] = top + 1
            stack[top] = now
            top += 1
        filled += _laid(stack[:top], kind, mark, listed[filled:])
        walk_of[rings] = walks
        rings, walks = rings + 1, walks + 1
        starts[rings] = filled
    return rings, walks


@njit(cache=True, nogil=True)
def ring_corners(
    listed: NDArray[np.int64],
    starts: NDArray[np.int64],
    kind: NDArray[np.int64],
    chains: NDArray[np.int64],
    places: NDArray[np.int32],
    bare: NDArray[np.bool_],
    rings: NDArray[np.int64],
    xy: NDArray[np.int32],
) -> np.int64:
    """The corners of rings from their smallest on, the first repeated; gives how many.

    ``rings`` (n + 1,) get where each begins in ``xy``, which has room for all places and one
    more for each ring.
    """
    filled = np.int64(0)
    for ring in range(len(starts) - 1):
        rings[ring] = first = filled
        for at in range(starts[ring], starts[ring + 1]):
            chain = listed[at]
            for place in range(chains[chain], chains[chain + 1]):
                skipped = kind[chain] == STRAIGHT if place == chains[chain] else bare[place]
                if not skipped:
                    xy[filled, 0], xy[filled, 1] = places[place, 0], places[place, 1]
                    filled += 1
        _turned(xy[first:filled])
        if filled > first:
            xy[filled, 0], xy[filled, 1] = xy[first, 0], xy[first, 1]
            filled += 1
    rings[len(starts) - 1] = filled
    return filled


@njit(cache=True, nogil=True)
def _turned(xy: NDArray[np.int32]) -> None:
    """Turns a ring so that it begins at its smallest corner."""
    least = 0
    for at in range(1, len(xy)):
        if xy[at, 0] < xy[least, 0] or (xy[at, 0] == xy[least, 0] and xy[at, 1] < xy[least, 1]):
            least = at
    if least:
        xy[:] = np.concatenate((xy[least:], xy[:least]))
