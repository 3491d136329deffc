"""Worths of values that errors are added to, a run of cells at a time."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.scores import STRAIGHT, worths

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Numbers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def based(
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
        # What is no finite number stays none: a finite value less itself is nothing.
        moved[cell] = np.float32(found) + (values[cell] - values[cell])


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
def erred(
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
        kind, curve, new = kinds[factor], points[factor, : counts[factor]], moved[:cells]
        _moved(values[factor], errors[factor], reach[factor], new)
        if kind == STRAIGHT and len(curve) == 2:
            _between_two(new, curve, now[factor])
        elif kind == STRAIGHT and len(curve) == 4:
            _between_four(new, curve, now[factor])
        else:
            worths(new, kind, curve, below[factor], now[factor])
