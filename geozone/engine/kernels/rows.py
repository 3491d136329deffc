"""What changes along the rows of a band of cells: edges that are crossed, widened lines that begin.

A ring's edge that crosses the line of a row's centres changes how often that ring winds round the
cells to the right of it. A segment widened by a reach is a capsule, which is convex: of a row it
holds one stretch. Both become events: *from this column on, one more or one less*.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.rows_order import Events
from geozone.engine.kernels.rows_pieces import SEGMENTS, met
from geozone.engine.kernels.rows_reach import (
    LANES,
    ROUND,
    Coefs,
    Curve,
    Ends,
    Frame,
    Limit,
    capsule_cells,
    edge_cells,
    is_thin,
    surely,
    within,
)

Spans = NDArray[np.int32]
"""Shape (n, 3), of stretches of cells within reach: row, first column, end."""

ZERO = np.int64(0)
"""A number, not a literal: one compilation less."""

NONE = -1
"""No slot, no stretch."""


@njit(cache=True, nogil=True, error_model="numpy")
def crossed(
    xy: NDArray[np.float64],
    pieces: NDArray[np.int64],
    chosen: NDArray[np.int32],
    frame: Frame,
    limit: Limit,
    coefs: Coefs,
    curve: Curve,
    events: Events,
    hung: int,
    spans: Spans,
) -> tuple[int, int]:
    """Hangs up where rings of pieces cross rows; of a thin field notes the cells on its edges.

    An end that lies on a row counts as below it. Gives the number of events after ``hung``
    earlier ones, and of spans; those without room are counted, not kept, and the band is to be
    done again.
    """
    inverse = 1.0 / frame.size
    thin = is_thin(frame, limit)
    reach = max(limit.most, 0.0) * inverse + ROUND if thin else ROUND
    spanned, rows = int(ZERO), np.empty(3 * SEGMENTS, np.int32)
    for at in chosen:
        begin, last = pieces[at, 0], pieces[at, 1]
        sign = pieces[at, 2] if limit.winding >= 0 else 0
        for near in range(met(xy, (begin, last), frame, reach, rows)):
            segment = rows[2 * SEGMENTS + near]
            one, other = begin + segment, min(begin + segment + 1, last)
            ax, ay, bx, by = xy[one, 0], xy[one, 1], xy[other, 0], xy[other, 1]
            dx, dy = bx - ax, by - ay
            wide = reach * (abs(dy) + abs(dx))
            less = 1 if (dy > 0.0) == (sign > 0) else 0
            for row in range(rows[segment], rows[SEGMENTS + segment] + 1):
                y = frame.top - (frame.first + row + 0.5) * frame.size
                close = thin
                if (ay <= y) != (by <= y):
                    place = (ax + (y - ay) / dy * dx - frame.left) * inverse - 0.5
                    if sign != 0 and place <= frame.cols - 1.0:
                        col = math.ceil(max(place, 0.0))
                        if hung < len(events):
                            events[hung, 0], events[hung, 1] = row, col
                            events[hung, 2] = 2 * limit.winding + less
                        hung += 1
                    close = thin and abs(place - math.floor(place + 0.5)) * abs(dy) <= wide
                if close:
                    ends = (ax, ay, bx, by)
                    first, end = edge_cells(ends, y, frame, limit)
                    if first < end:
                        spanned = _told(
                            ends, row, (first, end), frame, limit, coefs, curve, spans, spanned
                        )
    return hung, spanned


@njit(cache=True, nogil=True, error_model="numpy")
def widened(  # noqa: PLR0912 (calls that pass arrays cost more than the work)
    xy: NDArray[np.float64],
    pieces: NDArray[np.int64],
    chosen: NDArray[np.int32],
    frame: Frame,
    limit: Limit,
    coefs: Coefs,
    curve: Curve,
    growing: NDArray[np.int32],
    spans: Spans,
) -> int:
    """Notes the cells within reach of the segments of pieces; the number of spans.

    ``growing`` (rows, 2) is for stretches that may still grow: the first column, ``NONE`` before
    and after, and the end.
    """
    inverse = 1.0 / frame.size
    reach = max(limit.most, 0.0) * inverse + ROUND
    spanned, bounds, rows = int(ZERO), np.empty(4 * LANES), np.empty(3 * SEGMENTS, np.int32)
    for at in chosen:
        begin, last = pieces[at, 0], pieces[at, 1]
        for near in range(met(xy, (begin, last), frame, reach, rows)):
            segment = rows[2 * SEGMENTS + near]
            one, other = begin + segment, min(begin + segment + 1, last)
            ends = (xy[one, 0], xy[one, 1], xy[other, 0], xy[other, 1])
            low = rows[segment]
            for row in range(low, rows[SEGMENTS + segment] + 1):
                lane = (row - low) % LANES
                if lane == 0:
                    capsule_cells(ends, row, frame, limit, bounds)
                first, end = int(bounds[lane]), int(bounds[LANES + lane])
                start, stop = growing[row, 0], growing[row, 1]
                known = start >= 0 and start <= first and end <= stop
                if first >= end or known:
                    continue
                low_end, high_end = first, end  # of the cells that are not known yet
                if start >= 0 and start <= first < stop:
                    low_end = stop
                if start >= 0 and start < end <= stop:
                    high_end = start
                if low_end < bounds[2 * LANES + lane] or high_end > bounds[3 * LANES + lane]:
                    spanned = _told(
                        ends, row, (first, end), frame, limit, coefs, curve, spans, spanned
                    )
                elif start >= 0 and first <= stop and end >= start:
                    growing[row, 0], growing[row, 1] = min(start, first), max(stop, end)
                else:
                    if start >= 0:
                        if spanned < len(spans):
                            spans[spanned, 0] = row
                            spans[spanned, 1], spans[spanned, 2] = start, stop
                        spanned += 1
                    growing[row, 0], growing[row, 1] = first, end
    for row in range(frame.rows):
        if growing[row, 0] >= 0:
            if spanned < len(spans):
                spans[spanned, 0] = row
                spans[spanned, 1], spans[spanned, 2] = growing[row, 0], growing[row, 1]
            spanned += 1
            growing[row, 0] = NONE
    return spanned


@njit(cache=True, nogil=True, error_model="numpy")
def hung_up(spans: Spans, cols: int, slot: int, events: Events, hung: int) -> int:
    """Hangs up spans: a slot counts one more from their first column on, one less from the end."""
    for span in range(len(spans)):
        for side in range(2):
            col = spans[span, 1 + side]
            if col < cols:
                if hung < len(events):
                    events[hung, 0], events[hung, 1] = spans[span, 0], col
                    events[hung, 2] = 2 * slot + side
                hung += 1
    return hung


@njit(cache=True, nogil=True, error_model="numpy")
def _told(
    ends: Ends,
    row: int,
    cells: tuple[int, int],
    frame: Frame,
    limit: Limit,
    coefs: Coefs,
    curve: Curve,
    spans: Spans,
    spanned: int,
) -> int:
    """Notes which of some cells are within reach, those in doubt asked one by one."""
    first, end = cells
    y = frame.top - (frame.first + row + 0.5) * frame.size
    low, high = first, end
    while low < high and not surely(ends, low, y, frame, limit):
        low += 1
    while low < high and not surely(ends, high - 1, y, frame, limit):
        high -= 1
    start = NONE
    for col in range(first, end + 1):
        inside = low <= col < high
        if not inside and col < end:
            inside = within(ends, col, y, frame, limit, coefs, curve)
        if inside and start < 0:
            start = col
        if not inside and start >= 0:
            if spanned < len(spans):
                spans[spanned, 0], spans[spanned, 1], spans[spanned, 2] = row, start, col
            spanned += 1
            start = NONE
    return spanned
