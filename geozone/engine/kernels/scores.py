"""Values of factors to worths and scores, a run of cells at a time, read and used once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

STRAIGHT, S_SHAPED, STEPS, CODES = 0, 1, 2, 3
"""How worths follow from values: the kinds of a curve."""

SUM, ORDERED, CLOSENESS = 0, 1, 2
"""How worths come together."""

RUN = 2048
"""Cells that are worked on at a time: their worths stay in the nearest cache."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@njit(cache=True, nogil=True)
def _straight(values: Singles, points: Floats, out: Floats) -> None:
    """Straight between points, level beyond them; what NumPy's ``interp`` gives, bit by bit."""
    last = len(points) - 1
    out[: len(values)] = points[0, 1]
    for at in range(last):  # at the points themselves nothing is worked out
        x, y = points[at, 0], points[at, 1]
        slope = (points[at + 1, 1] - y) / (points[at + 1, 0] - x)
        for cell in range(len(values)):
            value = np.float64(values[cell])
            along = slope * (value - x) + y
            along = y if value == x else along
            out[cell] = along if value >= x else out[cell]
    x, y = points[last, 0], points[last, 1]
    for cell in range(len(values)):
        value = np.float64(values[cell])
        out[cell] = _kept(values[cell], y if value >= x else out[cell])


@njit(cache=True, nogil=True)
def _s_shaped(values: Singles, points: Floats, out: Floats) -> None:
    """Two parabolas that meet midway (Zadeh's S)."""
    low, start, high, end = points[0, 0], points[0, 1], points[1, 0], points[1, 1]
    for cell in range(len(values)):
        along = (np.float64(values[cell]) - low) / (high - low)
        along = 0.0 if along < 0.0 else along
        along = 1.0 if along > 1.0 else along
        rest = 1.0 - along
        bent = 2.0 * (along * along) if along <= 0.5 else 1.0 - 2.0 * (rest * rest)
        out[cell] = _kept(values[cell], start + (end - start) * bent)


@njit(cache=True, nogil=True)
def _kept(value: float, found: float) -> float:
    """Worths are 0 to 1, and unknown where the value (float32) is no finite number."""
    found = 0.0 if found < 0.0 else found
    found = 1.0 if found > 1.0 else found
    # A finite value less itself is nothing, any other is no number.
    return found + np.float64(value - value)


@njit(cache=True, nogil=True)
def _steps(values: Singles, points: Floats, below: float, out: Floats) -> None:
    """The worth of the last step that is reached; steps are compared as values are stored."""
    for cell in range(len(values)):
        out[cell] = below + np.float64(values[cell] - values[cell])
    for at in range(len(points)):
        limit, worth = np.float32(points[at, 0]), points[at, 1]
        for cell in range(len(values)):
            found = worth + np.float64(values[cell] - values[cell])
            out[cell] = found if values[cell] >= limit else out[cell]


@njit(cache=True, nogil=True)
def _codes(values: Singles, points: Floats, out: Floats) -> None:
    """The worth of the code itself; of no code, unknown."""
    out[: len(values)] = np.nan
    for at in range(len(points)):
        code, worth = np.float32(points[at, 0]), points[at, 1]
        for cell in range(len(values)):
            out[cell] = worth if values[cell] == code else out[cell]


@njit(cache=True, nogil=True)
def worths(values: Singles, kind: int, points: Floats, below: float, out: Floats) -> None:
    """The worth of every value (n,), 0 to 1, NaN where it is unknown.

    ``points`` (k, 2) are values and worths as a curve of the kind has them; ``below`` is what
    comes before the first step.
    """
    if kind == STRAIGHT:
        _straight(values, points, out)
    elif kind == S_SHAPED:
        _s_shaped(values, points, out)
    elif kind == STEPS:
        _steps(values, points, below, out)
    else:
        _codes(values, points, out)


@njit(cache=True, nogil=True)
def _ordered(parts: Floats, weights: Floats, risen: Floats, total: Floats, count: int) -> None:
    """Worths from the best to the worst, each by how far the quantifier rises over its weight."""
    factors, steps = len(weights), len(risen) - 1
    rank = np.empty(factors, np.int64)
    for cell in range(count):
        for factor in range(factors):  # in the order of factors where worths are equal
            at = factor
            while at > 0 and parts[rank[at - 1], cell] < parts[factor, cell]:
                rank[at] = rank[at - 1]
                at -= 1
            rank[at] = factor
        reached, used, found = 0.0, 0.0, 0.0
        for place in range(factors):
            factor = rank[place]
            reached += weights[factor]
            now = risen[steps]
            if place < factors - 1 and reached < 1.0:
                at = 0
                while at < steps - 1 and (at + 1) / steps <= reached:
                    at += 1
                low, high = at / steps, (at + 1) / steps
                now = (risen[at + 1] - risen[at]) / (high - low) * (reached - low) + risen[at]
            found += (now - used) * parts[factor, cell]
            used = now
        total[cell] = found


@njit(cache=True, nogil=True)
def together(
    parts: Floats, weights: Floats, how: int, risen: Floats, total: Floats, count: int
) -> None:
    """The score of the first cells of ``parts`` (factors, cells), NaN where a worth is NaN.

    ``risen`` (k + 1,) is the quantifier of ``ORDERED`` at even steps from 0 to 1.
    """
    if how == ORDERED:
        _ordered(parts, weights, risen, total, count)
        for factor in range(len(weights)):
            for cell in range(count):
                if np.isnan(parts[factor, cell]):
                    total[cell] = np.nan
        return
    if how == SUM:
        for cell in range(count):
            total[cell] = 0.0
        for factor in range(len(weights)):
            for cell in range(count):
                total[cell] += weights[factor] * parts[factor, cell]
        return
    for cell in range(count):
        worst, best = 0.0, 0.0
        for factor in range(len(weights)):
            near, far = (
                weights[factor] * parts[factor, cell],
                weights[factor] * (1.0 - parts[factor, cell]),
            )
            worst += near * near
            best += far * far
        near, far = np.sqrt(worst), np.sqrt(best)
        total[cell] = near / (near + far)


@njit(cache=True, nogil=True)
def scored(
    values: Singles,
    inside: NDArray[np.bool_],
    curves: tuple[NDArray[np.int64], Floats, NDArray[np.int64], Floats],
    weights: Floats,
    how: int,
    risen: Floats,
    out: Singles,
    unknown: NDArray[np.int64],
) -> None:
    """The scores (n,) of values (factors, n), run by run; NaN where they are not ``inside`` (n,).

    ``curves``: factor f has the curve ``kinds[f]`` through ``points[f, :counts[f]]`` and ``below``
    its first step. All weights are above 0. ``unknown`` (factors,) grows by how many cells
    inside have no worth.
    """
    kinds, points, counts, below = curves
    factors, cells = values.shape
    parts, total = np.empty((factors, RUN)), np.empty(RUN)
    for first in range(0, cells, RUN):
        last = min(first + RUN, cells)
        within, found = inside[first:last], out[first:last]
        found[:] = np.nan
        if not within.any():
            continue
        for factor in range(factors):
            row = values[factor, first:last]
            worths(
                row, kinds[factor], points[factor, : counts[factor]], below[factor], parts[factor]
            )
        together(parts, weights, how, risen, total, last - first)
        missing = 0
        for cell in range(len(found)):
            found[cell] = total[cell] if within[cell] else np.nan
            missing += within[cell] & np.isnan(total[cell])
        if missing:
            for factor in range(factors):
                unknown[factor] += _missing(parts[factor], within)


@njit(cache=True, nogil=True)
def _missing(parts: Floats, inside: NDArray[np.bool_]) -> int:
    count = 0
    for cell in range(len(inside)):
        count += inside[cell] & np.isnan(parts[cell])
    return count


@njit(cache=True, nogil=True)
def summed(
    verdicts: NDArray[np.uint8], classes: NDArray[np.uint8], metres: Floats, sums: Floats
) -> None:
    """Adds the ground of cells (rows, cols) to the sums of their verdict and class.

    Cells whose verdict is none of ``sums`` (verdicts, classes) are left out.
    """
    for row in range(verdicts.shape[0]):
        for col in range(verdicts.shape[1]):
            if verdicts[row, col] < sums.shape[0]:
                sums[verdicts[row, col], classes[row, col]] += metres[row, col]


@njit(cache=True, nogil=True)
def binned(scores: Singles, chosen: NDArray[np.bool_], counts: NDArray[np.int64]) -> None:
    """Counts chosen scores (n,) in even bins from 0 to 1; what is no finite number is left out."""
    last, wide = np.float32(len(counts) - 1), np.float32(len(counts))
    for cell in range(len(scores)):
        if chosen[cell] and np.isfinite(scores[cell]):
            place = min(max(scores[cell] * wide, np.float32(0.0)), last)
            counts[np.int64(place)] += 1
