"""Ordered weighted averages of up to eight worths, which stay in registers from start to end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Eight = Any  # tuples of eight numbers, which numba wants one by one

EIGHT = 8


@njit(cache=True, nogil=True)
def _exchanged(a: float, b: float, x: float, y: float) -> tuple[float, float, float, float]:
    """Two worths with their weights, the better first; what is no number stays."""
    is_less = a < b
    return (
        b if is_less else a,
        a if is_less else b,
        y if is_less else x,
        x if is_less else y,
    )


@njit(cache=True, nogil=True, inline="always")  # else it is called for every cell
def _best_first(keys: Eight, shares: Eight) -> tuple[Eight, Eight]:
    """Eight worths and their weights in order: the pairs are those of ``exchanges(8)``."""
    a, b, c, d, e, f, g, h = keys
    p, q, r, s, t, u, v, w = shares
    a, e, p, t = _exchanged(a, e, p, t)
    b, f, q, u = _exchanged(b, f, q, u)
    c, g, r, v = _exchanged(c, g, r, v)
    d, h, s, w = _exchanged(d, h, s, w)
    a, c, p, r = _exchanged(a, c, p, r)
    b, d, q, s = _exchanged(b, d, q, s)
    e, g, t, v = _exchanged(e, g, t, v)
    f, h, u, w = _exchanged(f, h, u, w)
    c, e, r, t = _exchanged(c, e, r, t)
    d, f, s, u = _exchanged(d, f, s, u)
    a, b, p, q = _exchanged(a, b, p, q)
    c, d, r, s = _exchanged(c, d, r, s)
    e, f, t, u = _exchanged(e, f, t, u)
    g, h, v, w = _exchanged(g, h, v, w)
    b, e, q, t = _exchanged(b, e, q, t)
    d, g, s, v = _exchanged(d, g, s, v)
    b, c, q, r = _exchanged(b, c, q, r)
    d, e, s, t = _exchanged(d, e, s, t)
    f, g, u, v = _exchanged(f, g, u, v)
    return (a, b, c, d, e, f, g, h), (p, q, r, s, t, u, v, w)


@njit(cache=True, nogil=True)
def _risen(so_far: float, knots: Eight, bends: Eight) -> float:
    """How far the quantifier has risen."""
    found = bends[0] * max(so_far - knots[0], 0.0) + bends[1] * max(so_far - knots[1], 0.0)
    found = found + bends[2] * max(so_far - knots[2], 0.0)
    found = found + bends[3] * max(so_far - knots[3], 0.0)
    found = found + bends[4] * max(so_far - knots[4], 0.0)
    found = found + bends[5] * max(so_far - knots[5], 0.0)
    found = found + bends[6] * max(so_far - knots[6], 0.0)
    return found + bends[7] * max(so_far - knots[7], 0.0)


@njit(cache=True, nogil=True, inline="always")  # else it is called for every cell
def _average(keys: Eight, shares: Eight, knots: Eight, bends: Eight) -> float:
    """Worths in order, each by how far the quantifier rises over its weight."""
    one = shares[0]
    two = one + shares[1]
    three = two + shares[2]
    four = three + shares[3]
    five = four + shares[4]
    six = five + shares[5]
    seven = six + shares[6]
    a, b = _risen(one, knots, bends), _risen(two, knots, bends)
    c, d = _risen(three, knots, bends), _risen(four, knots, bends)
    e, f = _risen(five, knots, bends), _risen(six, knots, bends)
    g, h = _risen(seven, knots, bends), _risen(1.0, knots, bends)
    found = a * keys[0] + (b - a) * keys[1]
    found = found + (c - b) * keys[2] + (d - c) * keys[3]
    found = found + (e - d) * keys[4] + (f - e) * keys[5]
    return found + (g - f) * keys[6] + (h - g) * keys[7]


@njit(cache=True, nogil=True)
def _at(given: Floats, at: int) -> float:
    return given[at] if at < len(given) else 0.0


@njit(cache=True, nogil=True)
def _eight(given: Floats) -> Eight:
    """Eight numbers, of fewer the rest 0."""
    return (
        _at(given, 0), _at(given, 1), _at(given, 2), _at(given, 3),
        _at(given, 4), _at(given, 5), _at(given, 6), _at(given, 7),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def ordered_eight(
    parts: Floats, weights: Floats, knots: Floats, bends: Floats, total: Floats, count: int
) -> None:
    """The averages of the first cells of ``parts`` (factors, n), NaN where a worth is NaN.

    Of no more than eight factors and (``knots``, ``bends``) no more than eight bends. Those that
    lack are taken as the last factor again, without weight.
    """
    last = len(weights) - 1
    one, two, three, four = parts[0], parts[min(1, last)], parts[min(2, last)], parts[min(3, last)]
    five, six = parts[min(4, last)], parts[min(5, last)]
    seven, eight = parts[min(6, last)], parts[min(7, last)]
    own, points, turns = _eight(weights), _eight(knots), _eight(bends)
    for cell in range(count):
        keys = (
            one[cell], two[cell], three[cell], four[cell],
            five[cell], six[cell], seven[cell], eight[cell],
        )  # fmt: skip
        best, shares = _best_first(keys, own)
        total[cell] = _average(best, shares, points, turns)
