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

LANES = 8
"""Rows that are asked for a capsule at once."""

FAR = 1e300
"""Metres: farther than anything."""


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
def capsule_cells(
    ends: Ends, row: int, frame: Frame, limit: Limit, bounds: NDArray[np.float64]
) -> None:
    """Fills the first and the end of the cells that may be in a capsule, in rows from one on.

    Then those of the cells that surely are in it. ``bounds`` is flat, (4 * LANES,): so compilers
    see that rows may be done side by side.
    """
    ax, ay, bx, by = ends
    if by < ay:
        ax, ay, bx, by = bx, by, ax, ay
    dx, dy = bx - ax, by - ay
    length = math.sqrt(dx * dx + dy * dy)
    east, north = (dy / length, dx / length) if length > 0.0 else (0.0, 0.0)
    steep = 1.0 / dy if dy > 0.0 else 0.0
    most, least2 = max(limit.most, 0.0), limit.least2
    least, most2 = math.sqrt(max(least2, 0.0)), most * most
    inverse, last = 1.0 / frame.size, frame.cols - 1.0
    shift = (ax - frame.left) * inverse - 0.5
    for lane in range(LANES):
        y = frame.top - (frame.first + row + lane + 0.5) * frame.size
        off, beyond = y - ay, y - by
        low, high = _stretch(off, beyond, (dx, steep), (most * east, most * north), most2, 0.0)
        first = max(low * inverse + shift - ROUND, 0.0)
        end = min(high * inverse + shift + ROUND, last)
        bounds[lane] = min(np.ceil(first), last + 1.0)
        bounds[LANES + lane] = max(np.floor(end) + 1.0, 0.0)
        low, high = _stretch(off, beyond, (dx, steep), (least * east, least * north), least2, FAR)
        bounds[2 * LANES + lane] = np.ceil(low * inverse + shift + ROUND)
        bounds[3 * LANES + lane] = np.floor(high * inverse + shift - ROUND) + 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _stretch(
    off: float,
    beyond: float,
    slope: tuple[float, float],
    sides: tuple[float, float],
    radius2: float,
    nothing: float,
) -> tuple[float, float]:
    """Where a row enters and leaves a capsule: metres east of its southern end.

    ``off`` and ``beyond`` say how far north of its ends the row lies, ``sides`` how far east and
    north the straight sides are from the middle. Half discs that a row misses reach ``-nothing``.
    """
    (dx, steep), (east, north) = slope, sides
    south2, north2 = radius2 - off * off, radius2 - beyond * beyond
    south = math.sqrt(south2) if south2 >= 0.0 else -nothing
    upper = math.sqrt(north2) if north2 >= 0.0 else -nothing
    low = min((off - north) * steep, 1.0) * dx - east
    low = dx - upper if beyond >= north else low
    low = -south if off <= north else low
    high = min((off + north) * steep, 1.0) * dx + east
    high = dx + upper if beyond >= -north else high
    high = south if off <= -north else high
    return low, high


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
