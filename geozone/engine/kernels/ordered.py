"""Ordered weighted averages of the same cells again and again, under weights that change."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ranks = NDArray[np.int16]


@njit(cache=True, nogil=True)
def in_order(cells: int, factors: int) -> Ranks:
    """Ranks (cells, factors) to begin with."""
    ranks = np.empty((cells, factors), np.int16)
    for cell in range(cells):
        for factor in range(factors):
            ranks[cell, factor] = factor
    return ranks


@njit(cache=True, nogil=True)
def ordered_again(
    parts: Floats, weights: Floats, risen: Floats, ranks: Ranks, total: Floats, count: int
) -> None:
    """What ``together`` gives for ``ORDERED``, bit by bit.

    ``ranks`` (at least ``count``, factors) are any order of the factors of each cell, best that of
    worths much like these; they are left as the order of these, the best first.
    """
    factors, steps = len(weights), len(risen) - 1
    knots, slopes = np.empty(steps + 1), np.empty(steps)
    for at in range(steps + 1):
        knots[at] = at / steps
    for at in range(steps):
        slopes[at] = (risen[at + 1] - risen[at]) / (knots[at + 1] - knots[at])
    own = np.empty(factors)
    for cell in range(count):
        is_known = True
        for factor in range(factors):
            own[factor] = parts[factor, cell]
            is_known = is_known and not np.isnan(own[factor])
        if not is_known:
            total[cell] = np.nan
            continue
        rank = ranks[cell]
        for place in range(1, factors):
            factor, at = rank[place], place
            while at > 0 and (
                own[rank[at - 1]] < own[factor]
                or (own[rank[at - 1]] == own[factor] and rank[at - 1] > factor)
            ):
                rank[at] = rank[at - 1]
                at -= 1
            rank[at] = factor
        reached, used, found, at = 0.0, 0.0, 0.0, 0
        for place in range(factors):
            factor = rank[place]
            reached += weights[factor]
            now = risen[steps]
            if place < factors - 1 and reached < 1.0:
                while at < steps - 1 and knots[at + 1] <= reached:
                    at += 1
                now = slopes[at] * (reached - knots[at]) + risen[at]
            found += (now - used) * own[factor]
            used = now
        total[cell] = found
