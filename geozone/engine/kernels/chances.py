"""Scores of cells under many draws at once: values are read once, worths that move are re-made."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.combined import RUN, Room, Way, room_of, scored
from geozone.engine.kernels.moved import Curves, based, erred
from geozone.engine.kernels.scores import SUM

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Numbers = NDArray[np.int64]


class Draws(NamedTuple):
    """Weights and errors (draws, factors) of all draws, and the least scores (2,) that count."""

    weights: Floats
    errors: Floats
    least: Floats


class Alone(NamedTuple):
    """What a factor that errs alone has.

    ``weights`` (factors,) are those without errors. ``shares`` (draws, 2, factors), of weighted
    sums: by how much its own weight rises with the others brought down, and that weight. ``every``
    (some draws, factors, factors), of the other ways: all weights by the factor that errs.
    """

    weights: Floats
    shares: Floats
    every: Floats


class _Run(NamedTuple):
    """Room for a run of cells: worths without errors and under a draw, and what is made of them."""

    parts: Floats
    now: Floats
    moved: Singles
    is_moved: NDArray[np.bool_]
    total: Floats
    room: Room


class _Sums(NamedTuple):
    """Sums (factors, RUN) over draws of how far each factor alone moves scores, and of squares."""

    first: Floats
    second: Floats
    mixed: Floats


@njit(cache=True, nogil=True)
def _run_of(factors: int) -> _Run:
    return _Run(
        np.empty((factors, RUN)),
        np.empty((factors, RUN)),
        np.empty(RUN, np.float32),
        np.zeros(factors, np.bool_),
        np.empty(RUN),
        room_of(factors),
    )


@njit(cache=True, nogil=True)
def _begun(values: Singles, curves: Curves, run: _Run) -> None:
    """Brings a run to values (factors, n) without errors."""
    based(values, curves, run.parts)
    run.now[:] = run.parts
    run.is_moved[:] = False


@njit(cache=True, nogil=True)
def _under(values: Singles, curves: Curves, way: Way, draws: Draws, at: int, run: _Run) -> None:
    """Brings a run to a draw; its scores are in ``total``."""
    erred(values, curves, draws.errors[at], run.parts, run.moved, run.is_moved, run.now)
    scored(run.now, draws.weights[at], way, run.room, run.total, values.shape[1])


@njit(cache=True, nogil=True)
def _spread_of_sums(
    run: _Run, base: Floats, shares: Floats, errs: NDArray[np.bool_], sums: _Sums
) -> None:
    """Adds one draw of weighted sums to the sums of factors that err; ``shares`` (2, factors)."""
    for factor in range(len(errs)):
        if errs[factor]:
            rise, share = shares[0, factor], shares[1, factor]
            parts, now = run.parts[factor], run.now[factor]
            first, second = sums.first[factor], sums.second[factor]
            for cell in range(len(base)):
                own = parts[cell]
                off = rise * (own - base[cell]) + share * (now[cell] - own)
                first[cell] += off
                second[cell] += off * off


@njit(cache=True, nogil=True)
def _spread_of_any(run: _Run, base: Floats, every: Floats, way: Way, sums: _Sums) -> None:
    """As ``_spread_of_sums`` of all factors, by scoring anew; ``every`` (factors, factors)."""
    count = len(base)
    for factor in range(len(every)):
        sums.mixed[factor, :count] = run.now[factor, :count]
        scored(sums.mixed, every[factor], way, run.room, run.total, count)
        sums.mixed[factor, :count] = run.parts[factor, :count]
        first, second = sums.first[factor], sums.second[factor]
        for cell in range(count):
            off = run.total[cell] - base[cell]
            first[cell] += off
            second[cell] += off * off


@njit(cache=True, nogil=True)
def _variances(
    run: _Run,
    base: Floats,
    shares: Floats,
    errs: NDArray[np.bool_],
    sums: _Sums,
    used: int,
    is_sum: bool,
    spread: Singles,
) -> None:
    """Variances (factors, n) of sums over so many draws; of weighted sums without errors exact."""
    for factor in range(len(errs)):
        if is_sum and not errs[factor]:
            swing = np.var(shares[:, 0, factor])
            for cell in range(len(base)):
                off = run.parts[factor, cell] - base[cell]
                spread[factor, cell] = swing * (off * off)
            continue
        for cell in range(len(base)):
            mean = sums.first[factor, cell] / used
            spread[factor, cell] = max(sums.second[factor, cell] / used - mean * mean, 0.0)


@njit(cache=True, nogil=True)
def chances(
    values: Singles,
    curves: Curves,
    way: Way,
    draws: Draws,
    alone: Alone,
    base: Floats,
    reached: NDArray[np.uint16],
    spread: Singles,
) -> None:
    """How many draws bring cells over each limit, and how far each factor alone moves scores.

    ``values`` (factors, n). Out: ``base`` (n,) scores without errors; ``reached`` (2, n);
    ``spread`` (factors, n) variances.
    """
    factors, cells = values.shape
    run, is_sum, low, high = _run_of(factors), way.how == SUM, np.empty(RUN), np.empty(RUN)
    sums = _Sums(np.empty((factors, RUN)), np.empty((factors, RUN)), np.empty((factors, RUN)))
    errs = np.zeros(factors, np.bool_)
    for factor in range(factors):
        errs[factor] = np.any(draws.errors[:, factor] != 0.0)
    used = len(draws.weights) if is_sum else len(alone.every)
    for start in range(0, cells, RUN):
        count = min(RUN, cells - start)
        part, level = values[:, start : start + count], base[start : start + count]
        _begun(part, curves, run)
        scored(run.parts, alone.weights, way, run.room, level, count)
        sums.first[:], sums.second[:], sums.mixed[:] = 0.0, 0.0, run.parts
        low[:], high[:] = 0.0, 0.0
        for draw in range(len(draws.weights)):
            _under(part, curves, way, draws, draw, run)
            for cell in range(count):
                low[cell] += 1.0 if run.total[cell] >= draws.least[0] else 0.0
                high[cell] += 1.0 if run.total[cell] >= draws.least[1] else 0.0
            if is_sum:
                _spread_of_sums(run, level, alone.shares[draw], errs, sums)
            elif draw < used:
                _spread_of_any(run, level, alone.every[draw], way, sums)
        for cell in range(count):
            reached[0, start + cell] = np.uint16(low[cell])
            reached[1, start + cell] = np.uint16(high[cell])
        part_of = spread[:, start : start + count]
        _variances(run, level, alone.shares, errs, sums, used, is_sum, part_of)


@njit(cache=True, nogil=True)
def totals(
    values: Singles,
    rows: Numbers,
    ground: Floats,
    curves: Curves,
    way: Way,
    draws: Draws,
    out: Floats,
) -> None:
    """What every draw comes to over rows of cells, added from cell to cell of a row.

    ``values`` (factors, n), those of row r from ``rows[r]`` to ``rows[r + 1]``; ``ground`` (n,) is
    what cells count. ``out`` (rows, draws, 4), 0 at first: ground that reaches each of the limits,
    ground times score, and ground whose score is known.
    """
    run, least = _run_of(len(values)), draws.least
    for row in range(len(rows) - 1):
        for start in range(rows[row], rows[row + 1], RUN):
            stop = min(start + RUN, rows[row + 1])
            part = values[:, start:stop]
            _begun(part, curves, run)
            for draw in range(len(draws.weights)):
                _under(part, curves, way, draws, draw, run)
                found = out[row, draw]
                for cell in range(stop - start):
                    size, score = ground[start + cell], run.total[cell]
                    found[0] += size if score >= least[0] else 0.0
                    found[1] += size if score >= least[1] else 0.0
                    found[2] += size * score if not np.isnan(score) else 0.0
                    found[3] += size if not np.isnan(score) else 0.0
