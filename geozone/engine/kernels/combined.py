"""Worths of the same cells come together again and again: each step over a run of cells at once.

Nothing here branches on a cell, so that many cells are worked on by one instruction.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.eight import EIGHT, ordered_eight
from geozone.engine.kernels.scores import ORDERED, SUM

RUN = 512
"""Cells that are worked on at a time: what a draw needs of them stays in the nearest caches."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Way(NamedTuple):
    """How worths come together: ``SUM``, ``ORDERED`` or ``CLOSENESS``, and what the second needs.

    ``pairs`` (k, 2) are places whose exchanges in turn bring the best first. The quantifier rises
    from 0: at each of ``knots`` its slope grows by that one of ``bends``; both (a multiple of 4,).
    """

    how: int
    pairs: Numbers
    knots: Floats
    bends: Floats


class Room(NamedTuple):
    """Room for a run of cells: worths in order, their weights (factors, RUN), and sums (RUN,)."""

    keys: Floats
    shares: Floats
    one: Floats
    other: Floats


def way_of(how: int, risen: Floats, factors: int) -> Way:
    """A way of so many factors; ``risen`` (k + 1,) is the quantifier at even steps from 0 to 1."""
    steps = len(risen) - 1 if how == ORDERED else 0
    bends = np.zeros(-(-steps // 4) * 4)
    knots = np.zeros_like(bends)
    if steps:
        bends[:steps] = np.diff(np.diff(risen) * steps, prepend=0.0)
        knots[:steps] = np.arange(steps) / steps
    pairs = exchanges(factors) if how == ORDERED else []
    return Way(how, np.array(pairs, np.int64).reshape(-1, 2), knots, bends)


def exchanges(count: int) -> list[tuple[int, int]]:
    """Places whose exchanges in turn put so many things into order: Batcher's merge exchange."""
    found = []
    top = 1 << max(count - 1, 1).bit_length() - 1
    part = top
    while part:
        step, rest, apart = top, 0, part
        while True:
            found += [(at, at + apart) for at in range(count - apart) if at & part == rest]
            if step == part:
                break
            step, rest, apart = step // 2, part, step - part
        part //= 2
    return found


@njit(cache=True, nogil=True)
def room_of(factors: int) -> Room:
    """Room for so many factors, nothing in it."""
    return Room(np.empty((factors, RUN)), np.empty((factors, RUN)), np.empty(RUN), np.empty(RUN))


@njit(cache=True, nogil=True)
def scored(parts: Floats, weights: Floats, way: Way, room: Room, total: Floats, count: int) -> None:
    """The scores of the first cells of ``parts`` (factors, RUN), NaN where a worth is NaN.

    What ``together`` gives: to the last bit, but for that of ``ORDERED`` or so.
    """
    if way.how == SUM:
        _summed(parts, weights, total, count)
    elif way.how == ORDERED and len(weights) <= EIGHT and len(way.bends) <= EIGHT:
        ordered_eight(parts, weights, way.knots, way.bends, total, count)
    elif way.how == ORDERED:
        _sorted(parts, weights, way.pairs, room, count)
        _ordered(way, room, total, count)
    else:
        _close(parts, weights, room, total, count)


@njit(cache=True, nogil=True)
def _summed(parts: Floats, weights: Floats, total: Floats, count: int) -> None:
    """Weighted sums, four factors in one go over the cells."""
    for cell in range(count):
        total[cell] = 0.0
    whole = len(weights) // 4 * 4
    for at in range(0, whole, 4):
        one, two, three, four = parts[at], parts[at + 1], parts[at + 2], parts[at + 3]
        a, b, c, d = weights[at], weights[at + 1], weights[at + 2], weights[at + 3]
        for cell in range(count):
            found = total[cell] + a * one[cell]
            found = found + b * two[cell]
            found = found + c * three[cell]
            total[cell] = found + d * four[cell]
    for at in range(whole, len(weights)):
        for cell in range(count):
            total[cell] += weights[at] * parts[at, cell]


@njit(cache=True, nogil=True)
def _sorted(parts: Floats, weights: Floats, pairs: Numbers, room: Room, count: int) -> None:
    """Brings worths and their weights into the order of each cell, the best first."""
    keys, shares = room.keys, room.shares
    for factor in range(len(weights)):
        for cell in range(count):
            keys[factor, cell] = parts[factor, cell]
            shares[factor, cell] = weights[factor]
    for pair in range(len(pairs)):
        first, second = pairs[pair]
        high, low, one, other = keys[first], keys[second], shares[first], shares[second]
        for cell in range(count):
            a, b, x, y = high[cell], low[cell], one[cell], other[cell]
            is_less = a < b  # never of NaN, which stays and makes the score NaN
            high[cell] = b if is_less else a
            low[cell] = a if is_less else b
            one[cell] = y if is_less else x
            other[cell] = x if is_less else y


@njit(cache=True, nogil=True)
def _ordered(way: Way, room: Room, total: Floats, count: int) -> None:
    """Sums of worths in order, each by how far the quantifier rises over its weight."""
    reached, used, knots, bends = room.one, room.other, way.knots, way.bends
    for cell in range(count):
        total[cell], reached[cell], used[cell] = 0.0, 0.0, 0.0
    last = len(room.keys) - 1
    for place in range(last + 1):
        key, share = room.keys[place], room.shares[place]
        for cell in range(count):
            so_far = reached[cell] + share[cell]
            so_far = 1.0 if so_far > 1.0 or place == last else so_far
            reached[cell] = so_far
            total[cell] -= used[cell] * key[cell]
            used[cell] = 0.0
        for at in range(0, len(bends), 4):
            a, b, c, d = bends[at], bends[at + 1], bends[at + 2], bends[at + 3]
            p, q, r, s = knots[at], knots[at + 1], knots[at + 2], knots[at + 3]
            for cell in range(count):
                so_far = reached[cell]
                now = used[cell] + a * max(so_far - p, 0.0)
                now = now + b * max(so_far - q, 0.0)
                now = now + c * max(so_far - r, 0.0)
                used[cell] = now + d * max(so_far - s, 0.0)
        for cell in range(count):
            total[cell] += used[cell] * key[cell]


@njit(cache=True, nogil=True)
def _close(parts: Floats, weights: Floats, room: Room, total: Floats, count: int) -> None:
    """Closeness to the ideal."""
    worst, best = room.one, room.other
    for cell in range(count):
        worst[cell], best[cell] = 0.0, 0.0
    for factor in range(len(weights)):
        part, weight = parts[factor], weights[factor]
        for cell in range(count):
            near, far = weight * part[cell], weight * (1.0 - part[cell])
            worst[cell] += near * near
            best[cell] += far * far
    for cell in range(count):
        near, far = np.sqrt(worst[cell]), np.sqrt(best[cell])
        total[cell] = near / (near + far)
