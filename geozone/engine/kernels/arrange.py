"""One cell of the arrangement: from its pieces to edges with the sets at their left and right."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.arrange_faces import reached
from geozone.engine.kernels.arrange_labels import consistent, labelled
from geozone.engine.kernels.binning import Whole
from geozone.engine.kernels.noding import noded

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Words = NDArray[np.uint64]

SOUND, RESTLESS, TORN = 0, 1, 2
"""What ``cell_edges`` says of its work; only sound edges may be used."""

WEST, SOUTH, EAST, NORTH, INNER = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True)
def _items(pieces: Small, order: Small, counters: Whole, size: Whole) -> Small:
    """A cell's pieces and its frame as items to be noded; the frame is one more counter."""
    items = np.empty((len(order) + 4, 7), np.int32)
    for at in range(len(order)):
        for column in range(6):
            items[at, column] = pieces[order[at], column]
        items[at, 6] = 1
    frame = items[len(order) :]
    frame[:, :] = 0
    frame[:, 4], frame[:, 6] = counters, 1
    frame[0, 3], frame[0, 5] = size, -1
    frame[1, 2], frame[1, 5] = size, 1
    frame[2, 0], frame[2, 2], frame[2, 3], frame[2, 5] = size, size, size, 1
    frame[3, 1], frame[3, 2], frame[3, 3], frame[3, 5] = size, size, size, -1
    return items


@njit(cache=True, nogil=True, inline="always")
def _border(segment: Small, size: Whole) -> Whole:
    """The side of the frame on which a segment lies, or ``INNER``."""
    if segment[0] == segment[2]:
        if segment[0] == 0:
            return WEST
        return EAST if segment[0] == size else INNER
    if segment[1] == segment[3]:
        if segment[1] == 0:
            return SOUTH
        return NORTH if segment[1] == size else INNER
    return INNER


@njit(cache=True, nogil=True, inline="always")
def _mark(x: Whole, y: Whole, size: Whole) -> Whole:
    """The place of a point along the frame, counted on one line; -1 if it is not on it."""
    if x == 0:
        return y
    if x == size:
        return size + 1 + y
    if y == 0:
        return 2 * (size + 1) + x
    return 3 * (size + 1) + x if y == size else -1


@njit(cache=True, nogil=True)
def _touched(segments: Small, label: Small, cycle: Small, size: Whole) -> Ints:
    """The sorted places on the frame at which an edge that is kept begins or ends."""
    found, count = np.empty(2 * len(segments), np.int64), 0
    for one in range(len(segments)):
        seg = segments[one]
        if _border(seg, size) != INNER or label[cycle[2 * one]] == label[cycle[2 * one + 1]]:
            continue
        for end in range(0, 4, 2):
            mark = _mark(np.int64(seg[end]), np.int64(seg[end + 1]), size)
            if mark >= 0:
                found[count] = mark
                count += 1
    found = found[:count]
    found.sort()
    return found


@njit(cache=True, nogil=True)
def _kept(segments: Small, label: Small, cycle: Small, size: Whole) -> tuple[Small, Small, Small]:
    """The edges to keep: the whole frame, and segments whose sides differ; ends, left, right.

    Parts of the frame with one inside are joined where no kept edge touches it.
    """
    touched = _touched(segments, label, cycle, size)
    ends, count = np.empty((len(segments), 4), np.int32), 0
    left, right = np.empty(len(segments), np.int32), np.empty(len(segments), np.int32)
    latest = np.full(4, -1, np.int64)
    for one in range(len(segments)):
        seg, border = segments[one], _border(segments[one], size)
        a, b = label[cycle[2 * one]], label[cycle[2 * one + 1]]
        if border == INNER and a == b:
            continue
        if border != INNER:
            a, b = (-1, b) if border in (WEST, NORTH) else (a, -1)
            last = latest[border]
            if last >= 0 and left[last] == a and right[last] == b:
                mark = _mark(np.int64(seg[0]), np.int64(seg[1]), size)
                place = np.searchsorted(touched, mark)
                if place == len(touched) or touched[place] != mark:
                    ends[last, 2], ends[last, 3] = seg[2], seg[3]
                    continue
            latest[border] = count
        ends[count, 0], ends[count, 1], ends[count, 2], ends[count, 3] = (
            seg[0],
            seg[1],
            seg[2],
            seg[3],
        )
        left[count], right[count] = a, b
        count += 1
    return ends[:count], left[:count], right[:count]


@njit(cache=True, nogil=True)
def _renumbered(left: Small, right: Small, table: Words) -> Words:
    """Renumber the sets in order of appearance, in place; those that appear."""
    number, count = np.full(len(table), -1, np.int32), 0
    sets = np.empty_like(table)
    for at in range(len(left)):
        for labels in (left, right):
            known = labels[at]
            if known < 0:
                continue
            if number[known] < 0:
                number[known] = count
                sets[count] = table[known]
                count += 1
            labels[at] = number[known]
    return sets[:count].copy()


@njit(cache=True, nogil=True)
def cell_edges(
    pieces: Small, order: Small, base: Small, size: Whole, passes: Whole
) -> tuple[int, int, Small, Small, Small, Words]:
    """How it went, passes taken, and a cell's edges: ends, left, right and the table of sets.

    ``pieces[order]`` are the cell's (see ``binning``); ``base`` (counters,) the windings just west
    of the cell's border, just above its lower corner; ``size`` the cell's side in mm.
    """
    counters = len(base)
    items = _items(pieces, order, counters, size)
    segments, at, changes, taken, shift, bucket_at, bucket_of = noded(items, counters, size, passes)
    outside = np.zeros(counters + 1, np.int32)
    outside[:counters] = base
    nothing = np.empty((0, 4), np.int32)
    state = RESTLESS
    if taken <= passes:
        cycle, parent, entry = reached(segments, shift, (size >> shift) + 1, bucket_at, bucket_of)
        root, state = cycle[1], TORN
        if consistent(root, parent, entry, cycle, at, changes):
            label, table = labelled(outside, root, parent, entry, at, changes)
            ends, left, right = _kept(segments, label, cycle, size)
            return SOUND, taken, ends, left, right, _renumbered(left, right, table)
    none = np.empty(0, np.int32)
    return state, taken, nothing, none, none, np.empty((0, 0), np.uint64)
