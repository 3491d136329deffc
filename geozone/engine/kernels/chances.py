"""Scores of cells under many draws at once: values are read once, worths that move are re-made."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.scores import STRAIGHT, SUM, together, worths

RUN = 512
"""Cells that are worked on at a time: what a draw needs of them stays in the nearest cache."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Numbers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _based(
    values: Singles,
    kinds: Numbers,
    points: Floats,
    counts: Numbers,
    below: Floats,
    parts: Floats,
) -> None:
    """The worths of values (factors, n) as they are."""
    for factor in range(len(kinds)):
        worths(
            values[factor],
            kinds[factor],
            points[factor, : counts[factor]],
            below[factor],
            parts[factor],
        )


@njit(cache=True, nogil=True)
def _moved(values: Singles, error: float, reach: Floats, moved: Singles) -> None:
    """Values (n,) with an error added, kept within their reach."""
    least, most = reach
    if least == -np.inf and most == np.inf:
        for cell in range(len(values)):
            moved[cell] = np.float32(np.float64(values[cell]) + error)
        return
    for cell in range(len(values)):
        found = np.float64(values[cell]) + error
        found = least if found < least else found
        found = most if found > most else found
        moved[cell] = np.float32(found)


@njit(cache=True, nogil=True)
def _between_two(values: Singles, points: Floats, out: Floats) -> None:
    """Straight between two points, as ``worths`` gives it, once over the cells."""
    x0, y0, x1, y1 = points[0, 0], points[0, 1], points[1, 0], points[1, 1]
    slope = (y1 - y0) / (x1 - x0)
    for cell in range(len(values)):
        single = values[cell]
        value = np.float64(single)
        found = slope * (value - x0) + y0
        found = found if value >= x0 else y0
        found = y1 if value >= x1 else found
        found = 0.0 if found < 0.0 else found
        found = 1.0 if found > 1.0 else found
        out[cell] = found + np.float64(single - single)


@njit(cache=True, nogil=True)
def _between_four(values: Singles, points: Floats, out: Floats) -> None:
    """As ``_between_two`` of four points."""
    x0, y0, x1, y1 = points[0, 0], points[0, 1], points[1, 0], points[1, 1]
    x2, y2, x3, y3 = points[2, 0], points[2, 1], points[3, 0], points[3, 1]
    one, two, three = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1), (y3 - y2) / (x3 - x2)
    for cell in range(len(values)):
        single = values[cell]
        value = np.float64(single)
        first = one * (value - x0) + y0
        second = two * (value - x1) + y1
        third = three * (value - x2) + y2
        found = first if value >= x0 else y0
        found = second if value >= x1 else found
        found = third if value >= x2 else found
        found = y3 if value >= x3 else found
        found = 0.0 if found < 0.0 else found
        found = 1.0 if found > 1.0 else found
        out[cell] = found + np.float64(single - single)


@njit(cache=True, nogil=True)
def _drawn(
    values: Singles,
    kinds: Numbers,
    points: Floats,
    counts: Numbers,
    below: Floats,
    errors: Floats,
    reach: Floats,
    parts: Floats,
    moved: Singles,
    is_moved: NDArray[np.bool_],
    now: Floats,
) -> None:
    """Brings ``now`` from the draw before to that of these errors; ``parts`` are without any."""
    cells = values.shape[1]
    for factor in range(len(kinds)):
        if errors[factor] == 0.0:
            if is_moved[factor]:
                now[factor, :cells] = parts[factor, :cells]
            is_moved[factor] = False
            continue
        is_moved[factor] = True
        kind, curve, erred = kinds[factor], points[factor, : counts[factor]], moved[:cells]
        _moved(values[factor], errors[factor], reach[factor], erred)
        if kind == STRAIGHT and len(curve) == 2:
            _between_two(erred, curve, now[factor])
        elif kind == STRAIGHT and len(curve) == 4:
            _between_four(erred, curve, now[factor])
        else:
            worths(erred, kind, curve, below[factor], now[factor])


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
    parts: Floats, weights: Floats, how: int, risen: Floats, total: Floats, count: int
) -> None:
    if how == SUM:
        _summed(parts, weights, total, count)
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
    mixed: Floats,
    total: Floats,
    first: Floats,
    second: Floats,
    count: int,
) -> None:
    """As ``_spread_of_sums`` by scoring anew; ``alone`` (factors, factors): weights by factor."""
    for factor in range(len(alone)):
        mixed[factor, :count] = now[factor, :count]
        together(mixed, alone[factor], how, risen, total, count)
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
    is_moved = np.zeros(factors, np.bool_)
    errs = np.zeros(factors, np.bool_)
    for factor in range(factors):
        errs[factor] = np.any(errors[:, factor] != 0.0)
    used = len(drawn) if how == SUM else len(alone)
    for start in range(0, cells, RUN):
        count = min(RUN, cells - start)
        part, level = values[:, start : start + count], base[start : start + count]
        _based(part, kinds, points, counts, below, parts)
        now[:] = parts
        mixed[:] = parts
        first[:] = 0.0
        second[:] = 0.0
        is_moved[:] = False
        _scored(parts, weights, how, risen, level, count)
        low[:] = 0.0
        high[:] = 0.0
        for draw in range(len(drawn)):
            _drawn(
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
            _scored(now, drawn[draw], how, risen, total, count)
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
    is_moved = np.zeros(factors, np.bool_)
    for row in range(len(rows) - 1):
        for start in range(rows[row], rows[row + 1], RUN):
            stop = min(start + RUN, rows[row + 1])
            part = values[:, start:stop]
            _based(part, kinds, points, counts, below, parts)
            now[:] = parts
            is_moved[:] = False
            for draw in range(len(drawn)):
                _drawn(
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
                _scored(now, drawn[draw], how, risen, total, stop - start)
                found = out[row, draw]
                for cell in range(stop - start):
                    size, score = ground[start + cell], total[cell]
                    found[0] += size if score >= least[0] else 0.0
                    found[1] += size if score >= least[1] else 0.0
                    found[2] += size * score if not np.isnan(score) else 0.0
                    found[3] += size if not np.isnan(score) else 0.0
