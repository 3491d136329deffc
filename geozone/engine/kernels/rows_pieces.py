"""Chains cut into short pieces, and which pieces matter to which band of rows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.rows_reach import Frame

SEGMENTS = 32
"""Most segments of a piece."""

LARGEST = 1e300
"""No coordinate is larger; what is no number is not smaller either."""

SLACK = 1e-6
"""Rows by which a piece is taken to reach further than it does."""


class Window(NamedTuple):
    """The ground of a grid of ``rows`` rows: the centres of its outer cells lie on the bounds."""

    west: float
    east: float
    top: float
    size: float
    rows: int


@njit(cache=True, nogil=True, error_model="numpy")
def pieces_of(
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    sign: NDArray[np.int8],
    window: Window,
    reach: float,
    solid: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int32], float]:
    """The pieces of chains that matter to a window, planar ``reach`` metres around them.

    A piece is its first vertex, its last, and the sign of its chain: shape (n, 3). With them the
    first and last row of each, shape (n, 2), and the largest coordinate among them, which is not
    a number where a chain has one that is none.
    """
    most = 0
    for chain in range(len(starts) - 1):
        most += max(starts[chain + 1] - starts[chain] - 2, 0) // SEGMENTS + 1
    pieces, rows = np.empty((most, 3), np.int64), np.empty((most, 2), np.int32)
    count, largest = 0, 0.0
    for chain in range(len(starts) - 1):
        begin, end = starts[chain], starts[chain + 1] - 1
        box = _box(xy, begin, end)
        if not box[4] <= LARGEST:
            return pieces, rows, math.nan
        if end < begin or not _meets(box, window, reach):
            continue
        ring = solid and sign[chain] != 0
        for at in range(begin, max(end, begin + 1), SEGMENTS):
            stop = min(at + SEGMENTS, end)
            part = box if at == begin and stop == end else _box(xy, at, stop)
            low, high = _rows(part, window, reach)
            right = part[0] - reach > window.east
            left = part[1] + reach < window.west and not ring
            if low <= high and not right and not left:
                pieces[count, 0], pieces[count, 1], pieces[count, 2] = at, stop, sign[chain]
                rows[count, 0], rows[count, 1] = low, high
                largest = max(largest, part[4])
                count += 1
    return pieces[:count], rows[:count], largest


@njit(cache=True, nogil=True, error_model="numpy")
def _box(
    xy: NDArray[np.float64], first: int, last: int
) -> tuple[float, float, float, float, float]:
    """West, east, south and north of vertices, and their largest coordinate."""
    west, east, south, north = math.inf, -math.inf, math.inf, -math.inf
    odd = False
    for vertex in range(first, last + 1):
        x, y = xy[vertex, 0], xy[vertex, 1]
        west, east = min(west, x), max(east, x)
        south, north = min(south, y), max(north, y)
        odd |= not (abs(x) <= LARGEST and abs(y) <= LARGEST)
    if odd:
        return west, east, south, north, math.nan
    largest = max(abs(west), abs(east), abs(south), abs(north))
    return west, east, south, north, largest if first <= last else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _meets(box: tuple[float, float, float, float, float], window: Window, reach: float) -> bool:
    low, high = _rows(box, window, reach)
    return box[0] - reach <= window.east and box[1] + reach >= window.west and low <= high


@njit(cache=True, nogil=True, error_model="numpy")
def _rows(
    box: tuple[float, float, float, float, float], window: Window, reach: float
) -> tuple[int, int]:
    """The first and last row whose centres may lie within reach of a box."""
    above = (window.top - box[3] - reach) / window.size - 0.5 - SLACK
    below = (window.top - box[2] + reach) / window.size - 0.5 + SLACK
    if not (below >= 0.0 and above <= window.rows - 1.0):
        return 1, 0
    return math.ceil(max(above, 0.0)), math.floor(min(below, window.rows - 1.0))


@njit(cache=True, nogil=True, error_model="numpy")
def bucketed(
    rows: NDArray[np.int32], height: int, bands: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Pieces by band of ``height`` rows: band b has those from ``starts[b]`` on."""
    starts = np.zeros(bands + 2, np.int64)
    for one in range(len(rows)):
        for band in range(rows[one, 0] // height, rows[one, 1] // height + 1):
            starts[band + 2] += 1
    for band in range(bands):
        starts[band + 2] += starts[band + 1]
    chosen = np.empty(starts[bands + 1], np.int32)
    for one in range(len(rows)):
        for band in range(rows[one, 0] // height, rows[one, 1] // height + 1):
            chosen[starts[band + 1]] = one
            starts[band + 1] += 1
    return starts, chosen


@njit(cache=True, nogil=True, error_model="numpy")
def met(
    xy: NDArray[np.float64],
    ends: tuple[int, int],
    frame: Frame,
    reach: float,
    rows: NDArray[np.int32],
) -> int:
    """How many segments of a piece come within ``reach`` rows of the rows of a band.

    Segment s begins at vertex ``ends[0] + s``. ``rows`` has room for three lists of ``SEGMENTS``:
    by segment the first row that it comes near, and the last; then the segments that were met.
    """
    begin, step = ends[0], np.uint64(min(ends[1] - ends[0], 1))
    inverse, last, middle = 1.0 / frame.size, frame.rows - 1.0, frame.first + 0.5
    segments = max(ends[1] - begin, 1)
    for segment in range(segments):
        vertex = np.uint64(begin + segment)
        one = (frame.top - xy[vertex, 1]) * inverse - middle
        other = (frame.top - xy[vertex + step, 1]) * inverse - middle
        low, high = min(one, other) - reach, max(one, other) + reach
        rows[segment] = np.int32(np.ceil(min(max(low, 0.0), last + 1.0)))
        rows[SEGMENTS + segment] = np.int32(np.floor(max(min(high, last), -1.0)))
    count = 0
    for segment in range(segments):
        rows[2 * SEGMENTS + count] = segment
        count += rows[segment] <= rows[SEGMENTS + segment]
    return count
