"""Which cells of a row are within reach of a segment: bounds are cheap, answers exact."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Coefs = NDArray[np.float64]
"""Shape (6, 6), those of a ``ScaleFit``."""

Ends = tuple[float, float, float, float]
"""Where a segment begins and ends: x, y, x, y."""

THIN = 0.01
"""Cells that a thin field reaches at most."""

ROUND = 1e-3
"""Cells: more than arithmetic is off by, however small cells are; what is decided is exact."""


class Frame(NamedTuple):
    """A band: ``rows`` rows from row ``first`` of a grid of ``cols`` columns.

    ``left`` and ``top`` are those of the grid, in metres; cells are ``size`` metres wide.
    """

    left: float
    top: float
    size: float
    first: int
    rows: int
    cols: int


class Limit(NamedTuple):
    """How far a field reaches and the slots that count it.

    ``reach`` in ground metres; ``most`` planar metres beyond which nothing is within reach;
    ``least2`` the square of the planar metres up to which everything is, negative for none.
    ``winding`` and ``near`` are slots; ``winding`` is ``NONE`` where insides do not count.
    """

    reach: float
    most: float
    least2: float
    winding: int
    near: int


class Curve(NamedTuple):
    """The parts of a ``ScaleFit``."""

    x0: float
    y0: float
    half: float


@njit(cache=True, nogil=True, error_model="numpy")
def is_thin(frame: Frame, limit: Limit) -> bool:
    """Whether a reach is far smaller than a cell, so that hardly any centre is within it."""
    return limit.most < THIN * frame.size


@njit(cache=True, nogil=True, error_model="numpy")
def edge_cells(ends: Ends, y: float, frame: Frame, limit: Limit) -> tuple[int, int]:
    """The cells of a row that a thin field's segment may reach: the first and the end."""
    ax, ay, bx, by = ends
    dx, dy = bx - ax, by - ay
    low, high = min(ax, bx) - limit.most, max(ax, bx) + limit.most
    if dy != 0.0:
        x = ax + min(max((y - ay) / dy, 0.0), 1.0) * dx
        wide = limit.most * (1.0 + 2.0 * abs(dx / dy))
        low, high = max(low, x - wide), min(high, x + wide)
    return _cells(low, high, frame)


@njit(cache=True, nogil=True, error_model="numpy")
def _cells(low: float, high: float, frame: Frame) -> tuple[int, int]:
    """The cells of a row whose centres lie between two coordinates: the first and the end."""
    first = (low - frame.left) / frame.size - 0.5 - ROUND
    last = (high - frame.left) / frame.size - 0.5 + ROUND
    if not (first <= frame.cols - 1.0 and last >= 0.0):
        return 0, 0
    return math.ceil(max(first, 0.0)), math.floor(min(last, frame.cols - 1.0)) + 1


@njit(cache=True, nogil=True, error_model="numpy")
def sides_of(ends: Ends, limit: Limit) -> tuple[float, float]:
    """How far east and north the sides of a capsule are from its middle, its ends from south up."""
    dx, dy = ends[2] - ends[0], ends[3] - ends[1]
    length = math.sqrt(dx * dx + dy * dy)
    if length == 0.0:
        return 0.0, 0.0
    turned = limit.most if dy >= 0.0 else -limit.most
    return turned * dy / length, turned * dx / length


@njit(cache=True, nogil=True, error_model="numpy")
def capsule_cells(
    ends: Ends, sides: tuple[float, float], y: float, frame: Frame, limit: Limit
) -> tuple[int, int]:
    """The cells of a row that may be in a capsule: of two half discs and two straight sides."""
    ax, ay, bx, by = ends
    if by < ay:
        ax, ay, bx, by = bx, by, ax, ay
    most, (aside, across) = limit.most, sides
    if y <= ay + across:
        low = ax - _chord(most, y - ay)
    elif y >= by + across:
        low = bx - _chord(most, y - by)
    else:
        low = ax - aside + min((y - ay - across) / (by - ay), 1.0) * (bx - ax)
    if y <= ay - across:
        high = ax + _chord(most, y - ay)
    elif y >= by - across:
        high = bx + _chord(most, y - by)
    else:
        high = ax + aside + min((y - ay + across) / (by - ay), 1.0) * (bx - ax)
    return _cells(low, high, frame)


@njit(cache=True, nogil=True, error_model="numpy")
def _chord(radius: float, off: float) -> float:
    return math.sqrt(max(radius * radius - off * off, 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def surely(ends: Ends, col: int, y: float, frame: Frame, limit: Limit) -> bool:
    """Whether a cell is within the planar distance that is within reach everywhere."""
    if limit.least2 < 0.0:
        return False
    x, y = _nearest(ends, frame.left + (col + 0.5) * frame.size, y)
    return x * x + y * y <= limit.least2


@njit(cache=True, nogil=True, error_model="numpy")
def within(
    ends: Ends,
    col: int,
    y: float,
    frame: Frame,
    limit: Limit,
    coefs: Coefs,
    curve: Curve,
) -> bool:
    """Whether a cell is within reach: its planar distance by the scale midway."""
    x = frame.left + (col + 0.5) * frame.size
    dx, dy = _nearest(ends, x, y)
    return math.sqrt(dx * dx + dy * dy) <= limit.reach * _scale(
        coefs, curve, x + dx / 2, y + dy / 2
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest(ends: Ends, x: float, y: float) -> tuple[float, float]:
    """The nearest point of a segment, as seen from a place."""
    ax, ay = ends[0] - x, ends[1] - y
    dx, dy = ends[2] - ends[0], ends[3] - ends[1]
    along, whole = -(ax * dx + ay * dy), dx * dx + dy * dy
    if along <= 0.0:
        return ax, ay
    if along >= whole:
        return ends[2] - x, ends[3] - y
    return ax + along / whole * dx, ay + along / whole * dy


@njit(cache=True, nogil=True, error_model="numpy")
def _scale(coefs: Coefs, curve: Curve, x: float, y: float) -> float:
    u, v = (x - curve.x0) / curve.half, (y - curve.y0) / curve.half
    found = 0.0
    for i in range(coefs.shape[0] - 1, -1, -1):
        term = 0.0
        for j in range(coefs.shape[1] - 1, -1, -1):
            term = term * v + coefs[i, j]
        found = found * u + term
    return found
