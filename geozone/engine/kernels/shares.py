"""The ground of polygons by what lies on it, each polygon cut on its own."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.crossing import crossings, crowded
from geozone.engine.kernels.gathering import box_around, doubled, gathered, occurring, own_edges
from geozone.engine.kernels.netting import NONE, netted, told_apart
from geozone.engine.kernels.pieces import (
    Box,
    Net,
    answers,
    gap2,
    is_inside,
    side,
    stations,
    wound_at,
)
from geozone.engine.kernels.traceareas import DEGREE, GAUSS, moved, needed, primitive

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

WHOLE = 1e-9
"""How far the shares of a polygon may differ from it, as a share."""

ON_LINE = 1e-9
"""A place this near to the line of an edge, as a share of its length, is on neither side."""

APART_M = 1e-4
"""A place that all is told from lies this far from what may change."""

WORD = 64


@njit(cache=True, nogil=True, inline="always")
def _swept(
    local: Floats, degree: int, half: float, ax: float, ay: float, bx: float, by: float
) -> float:
    """Twice what a stretch adds to the area on its left, in units of ``half`` squared."""
    dx, dy, x, y = (bx - ax) / half, (by - ay) / half, (ax + bx) / 2 / half, (ay + by) / 2 / half
    return dy * (
        primitive(local, degree, x - GAUSS * dx, y - GAUSS * dy)
        + primitive(local, degree, x + GAUSS * dx, y + GAUSS * dy)
    )


@njit(cache=True, nogil=True)
def _worth(coefs: Floats, frame: Floats, x: float, y: float, reach: float, local: Floats) -> int:
    """The worth of a square metre around a place, ready to be summed, and the degree needed."""
    moved(coefs, (x - frame[0]) / frame[2], (y - frame[1]) / frame[2], local)
    degree = needed(local, reach / frame[2])
    for i in range(DEGREE + 1):
        local[i] /= i + 1
    return degree


@njit(cache=True, nogil=True)
def _added(keys: Ints, areas: Floats, used: int, key: int, area: float) -> tuple[Ints, Floats, int]:
    """Adds to the area of a key; the first ``used`` are known."""
    place = 0
    while place < used and keys[place] != key:
        place += 1
    if place == used:
        if used == len(keys):
            more, again = np.empty(2 * used, np.int64), np.empty(2 * used)
            more[:used], again[:used] = keys, areas
            keys, areas = more, again
        keys[used], areas[used] = key, 0.0
        used += 1
    areas[place] += area
    return keys, areas, used


@njit(cache=True, nogil=True)
def _beside(net: Net, edge: int, wound: Ints, own: int, here: float) -> tuple[int, int]:
    """The answers left and right of an edge, from the windings on the side that 0, 0 is on.

    ``own`` is by how much the polygon winds more left of it; ``here`` is positive if 0, 0 is left.
    """
    _, _, heads, nexts, counter, turn = net
    near, one = answers(wound), heads[edge]
    while one >= 0:
        wound[counter[one]] += -turn[one] if here > 0.0 else turn[one]
        one = nexts[one]
    far = answers(wound)
    left, right = (near, far) if here > 0.0 else (far, near)
    if own == 0:
        return left | 1, right | 1
    return (left | 1, right) if own > 0 else (left, right | 1)


@njit(cache=True, nogil=True)
def _summed(
    net: Net,
    mine: tuple[Ints, Ints],
    base: Ints,
    cut: tuple[Ints, Floats, Floats, Floats],
    worth: tuple[Floats, int, float],
    box: Box,
) -> tuple[bool, Ints, Floats]:
    """The answers that occur in the polygon, whose counter is 0, and twice the area of each.

    ``mine`` are by how much the polygon winds more left of each edge, and its own edges.
    """
    edges, (turned, own) = net[0], mine
    firsts, _, cut_x, cut_y = cut
    local, degree, half = worth
    keys, areas, used = np.empty(8, np.int64), np.empty(8), 0
    wound = np.empty_like(base)
    for edge in range(len(edges)):
        here = side(edges, edge, 0.0, 0.0)
        long = np.hypot(edges[edge, 2] - edges[edge, 0], edges[edge, 3] - edges[edge, 1])
        bx, by = edges[edge, 0], edges[edge, 1]
        for at in range(firsts[edge], firsts[edge + 1] + 1):
            last = at == firsts[edge + 1]
            ax, ay, bx, by = (
                bx,
                by,
                edges[edge, 2] if last else cut_x[at],
                edges[edge, 3] if last else cut_y[at],
            )
            x, y = (ax + bx) / 2, (ay + by) / 2
            if turned[edge] == 0 and not (_is_in(box, x, y) and is_inside(edges, own, x, y)):
                continue
            for one in range(len(base)):
                wound[one] = base[one]
            wound_at(net, edge, x, y, wound)
            left, right = _beside(net, edge, wound, turned[edge], here)
            if left == right:
                continue
            if abs(here) <= ON_LINE * long * long:
                return False, keys[:used], areas[:used]
            added = _swept(local, degree, half, ax, ay, bx, by)
            if left & 1:
                keys, areas, used = _added(keys, areas, used, left, added)
            if right & 1:
                keys, areas, used = _added(keys, areas, used, right, -added)
    return True, keys[:used], areas[:used]


@njit(cache=True, nogil=True)
def _cut(
    edges: Floats,
    turn: Ints,
    counter: Ints,
    wound: Ints,
    clear: float,
    worth: tuple[Floats, int, float],
    box: Box,
    whole: float,
) -> tuple[bool, Ints, Ints, Floats]:
    """The counters that change in a polygon, the answers in it, and twice the area of each."""
    none = np.empty(0, np.int64)
    names, places_of = occurring(counter)
    if not len(names):
        return False, none, none, np.empty(0)
    distinct, turned, links, odd = netted(edges, turn, places_of)
    base = np.zeros(len(names), np.int64)
    for at in range(1, len(names)):
        base[at] = wound[names[at]]
    own, others = told_apart(turned)
    if not odd and not len(others) and links[0].max() < 0:
        return True, names, np.full(1, answers(base) | 1), np.full(1, whole)
    if odd or _is_on(distinct, others):
        return False, none, none, np.empty(0)
    contact, mine = turned != 0, (turned, own)
    net = (distinct, others, links[0], links[1], places_of, turn)
    plain, places, pairs = crossings(net, mine, box, clear, contact)
    if not plain or crowded(net, mine, clear, places, pairs):
        return False, none, none, np.empty(0)
    cut = stations(len(distinct), places, pairs)
    told, keys, areas = _summed(net, mine, base, cut, worth, box)
    told = told and not _only_touched(net, contact, keys)
    return told, names, keys, areas


@njit(cache=True, nogil=True)
def _is_on(ends: Floats, edges: Ints) -> bool:
    """Whether the place that all is told from lies on one of some edges."""
    found = False
    for edge in edges:
        found |= gap2(ends, edge, 0.0, 0.0) < APART_M * APART_M
    return found


@njit(cache=True, nogil=True)
def _only_touched(net: Net, contact: NDArray[np.bool_], keys: Ints) -> bool:
    """Whether a counter meets the polygon at a corner of both, and holds nowhere in it."""
    _, _, heads, nexts, counter, _ = net
    held = 0
    for key in keys:
        held |= key
    for edge in np.flatnonzero(contact):
        one = heads[edge]
        while one >= 0:
            if not held & (1 << counter[one]):
                return True
            one = nexts[one]
    return False


@njit(cache=True, nogil=True, inline="always")
def _is_in(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@njit(cache=True, nogil=True)
def _set_bits(wound: Ints, words: Words) -> None:
    words[:] = 0
    for at in range(len(wound)):
        if wound[at] > 0:
            words[at // WORD] |= np.uint64(1) << np.uint64(at % WORD)


@njit(cache=True, nogil=True)
def _turned(words: Words, names: Ints, key: int) -> None:
    """Sets the answers of the counters that change in a polygon."""
    for at in range(1, len(names)):
        bit = np.uint64(1) << np.uint64(names[at] % WORD)
        if key & (1 << at):
            words[names[at] // WORD] |= bit
        else:
            words[names[at] // WORD] &= ~bit


@njit(cache=True, nogil=True)
def shares(
    polygons: tuple[Floats, Ints, NDArray[np.int8], Ints],
    places: Floats,
    wound: Ints,
    met: tuple[Floats, NDArray[np.int32], Ints, Ints],
    fit: tuple[Floats, Floats],
    clear: float,
    first: int,
    last: int,
    done: NDArray[np.bool_],
) -> tuple[Ints, Words, Floats]:
    """The polygons first to last by answers: whose share, what holds there, and its ground.

    ``polygons``: ``xy``, ``starts`` and ``sign`` as in ``Flat``, and the first ring of each.
    ``wound`` (n, counters): how often counters wind around ``places`` (n, 2), one in the box of
    each polygon. ``met``: edges and what is told of them, and those of each polygon
    (``starts``, ``order``) as of ``by_box``. ``fit``: ``coefs`` and ``frame`` as in ``AreaFit``.
    Written is ``done`` (n,): false where a polygon must be cut otherwise, with no shares here.
    """
    xy, starts, sign, rings = polygons
    ends, told, edge_starts, order = met
    coefs, frame = fit
    width = max((wound.shape[1] + WORD - 1) // WORD, 1)
    whose, what = np.empty(1024, np.int64), np.empty((1024, width), np.uint64)
    ground, used = np.empty(1024), 0
    local, words = np.empty_like(coefs), np.empty(width, np.uint64)
    for polygon in range(first, last):
        if not done[polygon]:
            continue
        x, y = places[polygon, 0], places[polygon, 1]
        chosen = order[edge_starts[polygon] : edge_starts[polygon + 1]]
        own, own_turn = own_edges(xy, starts, sign, rings[polygon], rings[polygon + 1])
        reach = 0.0
        for at in range(len(own)):
            reach = max(reach, abs(own[at, 0] - x) + abs(own[at, 1] - y))
        degree = _worth(coefs, frame, x, y, reach, local)
        whole = 0.0
        for at in range(len(own)):
            added = _swept(
                local,
                degree,
                frame[2],
                own[at, 0] - x,
                own[at, 1] - y,
                own[at, 2] - x,
                own[at, 3] - y,
            )
            whole += added * own_turn[at]
        names, keys, areas = np.full(1, NONE, np.int64), np.ones(1, np.int64), np.full(1, whole)
        plain = whole > 0.0
        if plain and len(chosen):
            box = box_around(own, x, y, 2 * clear)
            edges, turn, counter = gathered((own, own_turn), (ends, told), chosen, x, y, box)
            worth = (local, degree, frame[2])
            plain, names, keys, areas = _cut(
                edges, turn, counter, wound[polygon], clear, worth, box, whole
            )
        if not plain or abs(areas.sum() - whole) > WHOLE * whole or areas.min() <= 0.0:
            done[polygon] = False
            continue
        _set_bits(wound[polygon], words)
        for at in range(len(keys)):
            if used == len(whose):
                whose, what, ground = doubled(whose, what, ground)
            _turned(words, names, keys[at])
            whose[used], what[used] = polygon, words
            ground[used] = areas[at] / 2 * frame[2] * frame[2]
            used += 1
    return whose[:used], what[:used], ground[:used]
