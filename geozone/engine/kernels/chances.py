"""Scores of cells under many draws at once: values are read once, worths that move are re-made."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.moved import based, erred
from geozone.engine.kernels.ordered import Ranks, in_order, ordered_again
from geozone.engine.kernels.scores import ORDERED, SUM, together

RUN = 512
"""Cells that are worked on at a time: what a draw needs of them stays in the nearest cache."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Numbers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _summed(parts: Floats, weights: Floats, total: Floats, count: int) -> None:
    """Weighted sums as ``together`` gives them, four factors in one go over the cells."""
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
def _scored(
    parts: Floats,
    weights: Floats,
    how: int,
    risen: Floats,
    ranks: Ranks,
    total: Floats,
    count: int,
) -> None:
    """What ``together`` gives; ``ranks`` (RUN, factors) are kept from call to call."""
    if how == SUM:
        _summed(parts, weights, total, count)
    elif how == ORDERED:
        ordered_again(parts, weights, risen, ranks, total, count)
    else:
        together(parts, weights, how, risen, total, count)


@njit(cache=True, nogil=True)
def _spread_of_sums(
    now: Floats,
    parts: Floats,
    base: Floats,
    shares: Floats,
    errs: NDArray[np.bool_],
    first: Floats,
    second: Floats,
    count: int,
) -> None:
    """Adds one draw to the sums of how far each factor that errs alone brings the weighted sum.

    ``shares`` (2, factors): by how much its own weight rises with the others brought down, and
    that weight.
    """
    for factor in range(len(errs)):
        if errs[factor]:
            rise, share = shares[0, factor], shares[1, factor]
            for cell in range(count):
                own = parts[factor, cell]
                off = rise * (own - base[cell]) + share * (now[factor, cell] - own)
                first[factor, cell] += off
                second[factor, cell] += off * off


@njit(cache=True, nogil=True)
def _spread_of_any(
    now: Floats,
    parts: Floats,
    base: Floats,
    alone: Floats,
    how: int,
    risen: Floats,
    ranks: Ranks,
    mixed: Floats,
    total: Floats,
    first: Floats,
    second: Floats,
    count: int,
) -> None:
    """As ``_spread_of_sums`` by scoring anew; ``alone`` (factors, factors): weights by factor."""
    for factor in range(len(alone)):
        mixed[factor, :count] = now[factor, :count]
        _scored(mixed, alone[factor], how, risen, ranks, total, count)
        mixed[factor, :count] = parts[factor, :count]
        for cell in range(count):
            off = total[cell] - base[cell]
            first[factor, cell] += off
            second[factor, cell] += off * off


@njit(cache=True, nogil=True)
def chances(
    values: Singles,
    kinds: Numbers,
    points: Floats,
    counts: Numbers,
    below: Floats,
    how: int,
    risen: Floats,
    weights: Floats,
    drawn: Floats,
    errors: Floats,
    reach: Floats,
    least: Floats,
    shares: Floats,
    alone: Floats,
    base: Floats,
    reached: NDArray[np.uint16],
    spread: Singles,
) -> None:
    """How many draws bring cells over each limit, and how far each factor alone moves scores.

    ``values`` (factors, n); ``weights`` (factors,) without and ``drawn`` (draws, factors) with
    their errors; ``errors`` (draws, factors) are added to values, then kept within ``reach``
    (factors, 2). ``least`` (2,) are the limits. ``shares`` (draws, 2, factors) as in
    ``_spread_of_sums``; ``alone`` (some draws, factors, factors) serves the other ways.
    Out: ``base`` (n,) scores without errors; ``reached`` (2, n); ``spread`` (factors, n) variances.
    """
    factors, cells = values.shape
    parts, now, mixed = (
        np.empty((factors, RUN)),
        np.empty((factors, RUN)),
        np.empty((factors, RUN)),
    )
    first, second = np.empty((factors, RUN)), np.empty((factors, RUN))
    total, moved = np.empty(RUN), np.empty(RUN, np.float32)
    low, high = np.empty(RUN), np.empty(RUN)
    is_moved, ranks = np.zeros(factors, np.bool_), in_order(RUN, factors)
    errs = np.zeros(factors, np.bool_)
    for factor in range(factors):
        errs[factor] = np.any(errors[:, factor] != 0.0)
    used = len(drawn) if how == SUM else len(alone)
    for start in range(0, cells, RUN):
        count = min(RUN, cells - start)
        part, level = values[:, start : start + count], base[start : start + count]
        based(part, kinds, points, counts, below, parts)
        now[:] = parts
        mixed[:] = parts
        first[:] = 0.0
        second[:] = 0.0
        is_moved[:] = False
        _scored(parts, weights, how, risen, ranks, level, count)
        low[:] = 0.0
        high[:] = 0.0
        for draw in range(len(drawn)):
            erred(
                part,
                kinds,
                points,
                counts,
                below,
                errors[draw],
                reach,
                parts,
                moved,
                is_moved,
                now,
            )
            _scored(now, drawn[draw], how, risen, ranks, total, count)
            for cell in range(count):
                low[cell] += 1.0 if total[cell] >= least[0] else 0.0
                high[cell] += 1.0 if total[cell] >= least[1] else 0.0
            if how == SUM:
                _spread_of_sums(now, parts, level, shares[draw], errs, first, second, count)
            elif draw < used:
                _spread_of_any(
                    now,
                    parts,
                    level,
                    alone[draw],
                    how,
                    risen,
                    ranks,
                    mixed,
                    total,
                    first,
                    second,
                    count,
                )
        for cell in range(count):
            reached[0, start + cell] = np.uint16(low[cell])
            reached[1, start + cell] = np.uint16(high[cell])
        for factor in range(factors):
            steady = how == SUM and not errs[factor]
            swing = np.var(shares[:, 0, factor]) if steady else 0.0
            for cell in range(count):
                mean = first[factor, cell] / used
                found = second[factor, cell] / used - mean * mean
                if steady:
                    off = parts[factor, cell] - level[cell]
                    found = swing * (off * off)
                spread[factor, start + cell] = max(found, 0.0)


@njit(cache=True, nogil=True)
def totals(
    values: Singles,
    rows: Numbers,
    ground: Floats,
    kinds: Numbers,
    points: Floats,
    counts: Numbers,
    below: Floats,
    how: int,
    risen: Floats,
    drawn: Floats,
    errors: Floats,
    reach: Floats,
    least: Floats,
    out: Floats,
) -> None:
    """What every draw comes to over rows of cells, added from cell to cell of a row.

    ``values`` (factors, n), those of row r from ``rows[r]`` to ``rows[r + 1]``; ``ground`` (n,) is
    what cells count. ``out`` (rows, draws, 4), 0 at first: ground that reaches each of the limits
    ``least`` (2,), ground times score, and ground whose score is known.
    """
    factors = len(kinds)
    parts, now = np.empty((factors, RUN)), np.empty((factors, RUN))
    total, moved = np.empty(RUN), np.empty(RUN, np.float32)
    is_moved, ranks = np.zeros(factors, np.bool_), in_order(RUN, factors)
    for row in range(len(rows) - 1):
        for start in range(rows[row], rows[row + 1], RUN):
            stop = min(start + RUN, rows[row + 1])
            part = values[:, start:stop]
            based(part, kinds, points, counts, below, parts)
            now[:] = parts
            is_moved[:] = False
            for draw in range(len(drawn)):
                erred(
                    part,
                    kinds,
                    points,
                    counts,
                    below,
                    errors[draw],
                    reach,
                    parts,
                    moved,
                    is_moved,
                    now,
                )
                _scored(now, drawn[draw], how, risen, ranks, total, stop - start)
                found = out[row, draw]
                for cell in range(stop - start):
                    size, score = ground[start + cell], total[cell]
                    found[0] += size if score >= least[0] else 0.0
                    found[1] += size if score >= least[1] else 0.0
                    found[2] += size * score if not np.isnan(score) else 0.0
                    found[3] += size if not np.isnan(score) else 0.0
