"""Memberships of several factors as one score, in plain numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.model import Combination

Values = NDArray[np.float64]


def combined(
    worths: Values,
    weights: Sequence[float],
    how: Combination,
    order_weights: Sequence[float] = (),
) -> Values:
    """The score of every place, 0 to 1, of memberships (factors, …) and weights (factors,).

    A place where any factor of a weight above 0 is unknown (NaN) has no score: NaN. Factors of no
    weight are not looked at. Everything is added in the order given and without fused steps, so
    that the same factors in the same order give the same bytes: what faster code is held against.

    ``WEIGHTED_SUM``: every membership times its weight.
    ``OWA``: memberships from the best to the worst, each counted by how far the quantifier rises
    over its weight; the quantifier runs straight through the cumulated ``order_weights`` (Yager's
    OWA with importances, the WOWA of Torra 1997). With equal weights that is the plain OWA, with
    equal order weights the weighted sum; it has no jumps where two memberships are equal.
    ``TOPSIS``: closeness to the ideal, distances weighed. The ideal is a membership of 1 in every
    factor and the anti-ideal of 0, not the best and worst that occur: so the score of a cell hangs
    on that cell alone, on no other cell, tile or study area.
    """
    counted = [i for i, weight in enumerate(weights) if weight > 0]
    shares = np.array([weights[i] for i in counted], dtype=np.float64)
    parts = np.asarray(worths, dtype=np.float64)[counted]
    if how is Combination.OWA:
        return _owa(parts, shares, np.array(order_weights, dtype=np.float64))
    if how is Combination.TOPSIS:
        return _closeness(parts, shares)
    return _sum(parts, shares)


def _sum(parts: Values, shares: Values) -> Values:
    total = np.zeros(parts.shape[1:])
    for part, share in zip(parts, shares, strict=True):
        total += share * part
    return total


def _closeness(parts: Values, shares: Values) -> Values:
    worst, best = np.zeros(parts.shape[1:]), np.zeros(parts.shape[1:])
    for part, share in zip(parts, shares, strict=True):
        worst += (share * part) ** 2
        best += (share * (1 - part)) ** 2
    from_worst, from_best = np.sqrt(worst), np.sqrt(best)
    closeness: Values = from_worst / (from_worst + from_best)
    return closeness


def _owa(parts: Values, shares: Values, order_weights: Values) -> Values:
    order = np.argsort(-parts, axis=0, kind="stable")
    sorted_parts = np.take_along_axis(parts, order, axis=0)
    knots = np.arange(len(order_weights) + 1) / len(order_weights)
    risen = np.concatenate([[0.0], np.cumsum(order_weights)])
    total, used = np.zeros(parts.shape[1:]), np.zeros(parts.shape[1:])
    reached = np.zeros(parts.shape[1:])
    for rank, part in enumerate(sorted_parts):
        reached = reached + shares[order[rank]]
        last = rank == len(sorted_parts) - 1
        now = np.interp(np.ones_like(reached) if last else reached, knots, risen)
        total += (now - used) * part
        used = now
    return total
