"""One cell of the arrangement: from its pieces to edges with the sets at their left and right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.arrange_faces import faces
from geozone.engine.kernels.arrange_labels import consistent, labelled
from geozone.engine.kernels.binning import Whole
from geozone.engine.kernels.noding import noded

Small = NDArray[np.int32]
Words = NDArray[np.uint64]

WEST, SOUTH, EAST, NORTH, INNER = 0, 1, 2, 3, 4


def items(pieces: Small, counters: int, size: int) -> Small:
    """A cell's pieces and its frame as items to be noded; the frame is one more counter."""
    frame = [
        (0, 0, 0, size, counters, -1, 1),
        (0, 0, size, 0, counters, 1, 1),
        (size, 0, size, size, counters, 1, 1),
        (0, size, size, size, counters, -1, 1),
    ]
    found = np.empty((len(pieces) + 4, 7), np.int32)
    found[:-4], found[-4:] = pieces, frame
    found[:, 6] = 1
    return found


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _touched(
    one: Whole, segments: Small, following: Small, label: Small, cycle: Small, size: Whole
) -> bool:
    """Whether an inner edge that is kept begins or ends where a segment begins."""
    half = 2 * one
    while True:
        half = following[half ^ 1]
        if half == 2 * one:
            return False
        inner = _border(segments[half >> 1], size) == INNER
        if inner and label[cycle[half]] != label[cycle[half ^ 1]]:
            return True


@njit(cache=True, nogil=True)
def kept(
    segments: Small, following: Small, label: Small, cycle: Small, size: Whole
) -> tuple[Small, Small]:
    """The edges to keep, the whole frame and where sides differ: their ends, and left and right.

    Parts of the frame with one inside are joined where no kept edge touches it.
    """
    ends, sides = np.empty((len(segments), 4), np.int32), np.empty((len(segments), 2), np.int32)
    latest, count = np.full(4, -1, np.int64), 0
    for one in range(len(segments)):
        seg, border = segments[one], _border(segments[one], size)
        left, right = label[cycle[2 * one]], label[cycle[2 * one + 1]]
        if border == INNER and left == right:
            continue
        if border in (WEST, NORTH):
            left = -1
        elif border != INNER:
            right = -1
        last = latest[border] if border != INNER else -1
        same = last >= 0 and sides[last, 0] == left and sides[last, 1] == right
        if same and not _touched(one, segments, following, label, cycle, size):
            ends[last, 2], ends[last, 3] = seg[2], seg[3]
            continue
        if border != INNER:
            latest[border] = count
        for column in range(4):
            ends[count, column] = seg[column]
        sides[count, 0], sides[count, 1] = left, right
        count += 1
    return ends[:count], sides[:count]


@njit(cache=True, nogil=True)
def renumbered(sides: Small, sets: Whole) -> tuple[Small, Whole]:
    """Number anew, in place, the sets that appear, as they do; their old numbers, and how many."""
    number, old, count = np.full(sets, -1, np.int32), np.empty(sets, np.int32), 0
    for at in range(len(sides)):
        for column in range(2):
            known = sides[at, column]
            if known < 0:
                continue
            if number[known] < 0:
                number[known], old[count] = count, known
                count += 1
            sides[at, column] = number[known]
    return old, count


class Edges(NamedTuple):
    """The edges of a cell: ends (k, 4) mm, left and right (k, 2), and the table of sets."""

    ends: Small
    sides: Small
    table: Words


def cell_edges(pieces: Small, base: Small, size: int, passes: int) -> Edges:
    """The edges of a cell of ``size`` mm.

    ``pieces`` are the cell's own (see ``binning``); ``base`` (counters,) the windings just west
    of the cell's border, just above its lower corner. Raises ``ArithmeticError``.
    """
    planar = noded(items(pieces, len(base), size), len(base), size, passes)
    if planar is None:
        raise ArithmeticError(f"still has crossings after {passes} passes")
    at, changes = planar.at, planar.changes
    found = faces(planar)
    order, came, cycle = found.order, found.came, found.cycle
    if not found.whole or not consistent(order, came, cycle, at, changes):
        raise ArithmeticError("has windings that contradict one another")
    label, table = labelled(np.append(base, np.int32(0)), order, came, at, changes)
    ends, sides = kept(planar.segments, found.following, label, cycle, size)
    old, count = renumbered(sides, len(table))
    return Edges(ends, sides, table[old[:count]])
