"""What changes along the rows of a band of cells: edges that are crossed, widened lines that begin.

A ring's edge that crosses the line of a row's centres changes how often that ring winds round the
cells to the right of it. A segment widened by a reach is a capsule, which is convex: of a row it
holds one stretch. Both become events, *from this column on, one more or one less*, hung up by cell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Heads = NDArray[np.int32]
"""Shape (rows, cols): the last event of a cell."""

Marks = NDArray[np.uint64]
"""Shape (rows, words): a bit for every cell with events."""

Chain = NDArray[np.int32]
"""Shape (n, 2), of events: the one hung up before in the same cell, and the slot doubled, plus
one where it takes away."""

Spans = NDArray[np.int32]
"""Shape (n, 3), of stretches of cells within reach: row, first column, end."""

Coefs = NDArray[np.float64]

Ends = tuple[float, float, float, float]
"""Where a segment begins and ends: x, y, x, y."""

ZERO = np.int64(0)
"""A number, not a literal: one compilation less."""

NONE = -1
"""No event, no slot, no stretch."""

THIN = 0.01
ROUND = 1e-9
"""Cells: more than arithmetic is off by, far less than any tolerance."""


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
def crossed(
    xy: NDArray[np.float64],
    pieces: NDArray[np.int64],
    chosen: NDArray[np.int32],
    frame: Frame,
    limit: Limit,
    coefs: Coefs,
    curve: Curve,
    head: Heads,
    marks: Marks,
    chain: Chain,
    spans: Spans,
    events: int,
) -> tuple[int, int]:
    """Hangs up where rings of pieces cross rows; of a thin field notes the cells on its edges.

    An end that lies on a row counts as below it. Gives the number of events after ``events``
    earlier ones, and of spans; those without room are counted, not kept, and the band is to be
    done again.
    """
    inverse = 1.0 / frame.size
    thin = is_thin(frame, limit)
    reach = max(limit.most, 0.0) * inverse + ROUND if thin else ROUND
    spanned = int(ZERO)
    for at in chosen:
        begin, last = pieces[at, 0], pieces[at, 1]
        sign = pieces[at, 2] if limit.winding >= 0 else 0
        ax, ay = xy[begin, 0], xy[begin, 1]
        along = (frame.top - ay) * inverse - 0.5 - frame.first
        for vertex in range(min(begin + 1, last), last + 1):
            bx, by = xy[vertex, 0], xy[vertex, 1]
            there = (frame.top - by) * inverse - 0.5 - frame.first
            low = math.ceil(max(min(along, there) - reach, 0.0))
            high = math.floor(min(max(along, there) + reach, frame.rows - 1.0))
            for row in range(low, high + 1):
                y = frame.top - (frame.first + row + 0.5) * frame.size
                close = thin
                if (ay <= y) != (by <= y):
                    dx, dy = bx - ax, by - ay
                    place = (ax + (y - ay) / dy * dx - frame.left) * inverse - 0.5
                    if sign != 0 and place <= frame.cols - 1.0:
                        col = math.ceil(max(place, 0.0))
                        if events < len(chain):
                            less = 1 if (dy > 0.0) == (sign > 0) else 0
                            chain[events, 0] = head[row, col]
                            chain[events, 1] = 2 * limit.winding + less
                            head[row, col] = events
                            marks[row, col >> 6] |= np.uint64(1) << np.uint64(col & 63)
                        events += 1
                    off, steep = abs(place - math.floor(place + 0.5)), abs(dy)
                    close = thin and off * steep <= reach * (steep + abs(dx))
                if close:
                    ends = (ax, ay, bx, by)
                    first, end = _edge(ends, y, frame, limit)
                    if first < end:
                        spanned = _told(
                            ends, row, (first, end), frame, limit, coefs, curve, spans, spanned
                        )
            ax, ay, along = bx, by, there
    return events, spanned


@njit(cache=True, nogil=True, error_model="numpy")
def widened(
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
    spanned = int(ZERO)
    for at in chosen:
        begin, last = pieces[at, 0], pieces[at, 1]
        ax, ay = xy[begin, 0], xy[begin, 1]
        along = (frame.top - ay) * inverse - 0.5 - frame.first
        for vertex in range(min(begin + 1, last), last + 1):
            bx, by = xy[vertex, 0], xy[vertex, 1]
            there = (frame.top - by) * inverse - 0.5 - frame.first
            low = math.ceil(max(min(along, there) - reach, 0.0))
            high = math.floor(min(max(along, there) + reach, frame.rows - 1.0))
            ends = (ax, ay, bx, by)
            sides = _sides(ends, limit)
            for row in range(low, high + 1):
                y = frame.top - (frame.first + row + 0.5) * frame.size
                first, end = _capsule(ends, sides, y, frame, limit)
                start, stop = growing[row, 0], growing[row, 1]
                known = start >= 0 and start <= first and end <= stop
                if first >= end or known:
                    continue
                sure = (start >= 0 and start <= first < stop) or _surely(
                    ends, first, y, frame, limit
                )
                sure = sure and (
                    (start >= 0 and start < end <= stop) or _surely(ends, end - 1, y, frame, limit)
                )
                if not sure:
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
            ax, ay, along = bx, by, there
    for row in range(frame.rows):
        if growing[row, 0] >= 0:
            if spanned < len(spans):
                spans[spanned, 0] = row
                spans[spanned, 1], spans[spanned, 2] = growing[row, 0], growing[row, 1]
            spanned += 1
            growing[row, 0] = NONE
    return spanned


@njit(cache=True, nogil=True, error_model="numpy")
def hung(
    spans: Spans, cols: int, slot: int, head: Heads, marks: Marks, chain: Chain, events: int
) -> int:
    """Hangs up spans: a slot counts one more from their first column on, one less from the end."""
    for span in range(len(spans)):
        row = spans[span, 0]
        for side in range(2):
            col = spans[span, 1 + side]
            if col < cols:
                if events < len(chain):
                    chain[events, 0] = head[row, col]
                    chain[events, 1] = 2 * slot + side
                    head[row, col] = events
                    marks[row, col >> 6] |= np.uint64(1) << np.uint64(col & 63)
                events += 1
    return events


@njit(cache=True, nogil=True, error_model="numpy")
def is_thin(frame: Frame, limit: Limit) -> bool:
    """Whether a reach is far smaller than a cell, so that hardly any centre is within it."""
    return limit.most < THIN * frame.size


@njit(cache=True, nogil=True, error_model="numpy")
def _edge(ends: Ends, y: float, frame: Frame, limit: Limit) -> tuple[int, int]:
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
def _sides(ends: Ends, limit: Limit) -> tuple[float, float]:
    """How far east and north the sides of a capsule are from its middle, its ends from south up."""
    dx, dy = ends[2] - ends[0], ends[3] - ends[1]
    length = math.sqrt(dx * dx + dy * dy)
    if length == 0.0:
        return 0.0, 0.0
    turned = limit.most if dy >= 0.0 else -limit.most
    return turned * dy / length, turned * dx / length


@njit(cache=True, nogil=True, error_model="numpy")
def _capsule(
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
    while low < high and not _surely(ends, low, y, frame, limit):
        low += 1
    while low < high and not _surely(ends, high - 1, y, frame, limit):
        high -= 1
    start = NONE
    for col in range(first, end + 1):
        inside = low <= col < high
        if not inside and col < end:
            inside = _within(ends, col, y, frame, limit, coefs, curve)
        if inside and start < 0:
            start = col
        if not inside and start >= 0:
            if spanned < len(spans):
                spans[spanned, 0], spans[spanned, 1], spans[spanned, 2] = row, start, col
            spanned += 1
            start = NONE
    return spanned


@njit(cache=True, nogil=True, error_model="numpy")
def _chord(radius: float, off: float) -> float:
    return math.sqrt(max(radius * radius - off * off, 0.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _surely(ends: Ends, col: int, y: float, frame: Frame, limit: Limit) -> bool:
    """Whether a cell is within the planar distance that is within reach everywhere."""
    if limit.least2 < 0.0:
        return False
    x, y = _nearest(ends, frame.left + (col + 0.5) * frame.size, y)
    return x * x + y * y <= limit.least2


@njit(cache=True, nogil=True, error_model="numpy")
def _within(
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
