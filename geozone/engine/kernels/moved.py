"""Worths of values that errors are added to, a run of cells at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.scores import STRAIGHT, worths

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Numbers = NDArray[np.int64]

BENDS = 4
"""Points of a straight curve up to which its worths are made in one go over the cells."""


class Curves(NamedTuple):
    """Curves of factors: factor f has ``points[f, :counts[f]]`` as ``worths`` takes them.

    Straight ones have points at infinity after their last, up to ``BENDS``. ``reach`` (factors, 2)
    is the least and largest value of each factor, which errors do not leave.
    """

    kinds: Numbers
    points: Floats
    counts: Numbers
    below: Floats
    reach: Floats


def curves_of(
    kinds: Numbers, points: Floats, counts: Numbers, below: Floats, reach: Floats
) -> Curves:
    """Curves whose points (factors, k, 2) count as far as ``counts`` (factors,) says."""
    wide = np.zeros((len(kinds), max(points.shape[1], BENDS), 2))
    wide[:, : points.shape[1]] = points
    for curve, count in zip(wide, counts, strict=True):
        curve[count:] = np.inf, curve[count - 1, 1]
    return Curves(kinds, wide, counts, below, reach)


@njit(cache=True, nogil=True)
def based(values: Singles, curves: Curves, parts: Floats) -> None:
    """The worths of values (factors, n) as they are."""
    for factor in range(len(curves.kinds)):
        points = curves.points[factor, : curves.counts[factor]]
        below = curves.below[factor]
        worths(values[factor], curves.kinds[factor], points, below, parts[factor])


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
        # What is no finite number stays none: a finite value less itself is nothing.
        moved[cell] = np.float32(found) + (values[cell] - values[cell])


@njit(cache=True, nogil=True)
def _between(values: Singles, points: Floats, out: Floats) -> None:
    """Straight between the first four points, as ``worths`` gives it, once over the cells."""
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
def erred(
    values: Singles,
    curves: Curves,
    errors: Floats,
    parts: Floats,
    moved: Singles,
    is_moved: NDArray[np.bool_],
    now: Floats,
) -> None:
    """Brings ``now`` from the draw before to that of these errors; ``parts`` are without any."""
    cells = values.shape[1]
    for factor in range(len(curves.kinds)):
        if errors[factor] == 0.0:
            if is_moved[factor]:
                now[factor, :cells] = parts[factor, :cells]
            is_moved[factor] = False
            continue
        is_moved[factor] = True
        kind, count, new = curves.kinds[factor], curves.counts[factor], moved[:cells]
        _moved(values[factor], errors[factor], curves.reach[factor], new)
        if kind == STRAIGHT and count <= BENDS:
            _between(new, curves.points[factor], now[factor])
        else:
            points = curves.points[factor, :count]
            worths(new, kind, points, curves.below[factor], now[factor])
