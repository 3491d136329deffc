"""Edges of many outlines by the boxes that they may meet."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

BOX, NAME, TURN = 0, 1, 2
"""Columns of what is told of an edge: its box, whose edge it is, and the sign of its ring."""

SLACK_M = 1e-3
"""More than roundings move an edge."""

TOGETHER = 16
"""Edges that are first looked at together."""

MOST_LOOKS = 64
"""Cells that are looked at for them."""

WORD = 64

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bits = NDArray[np.uint64]


@njit(cache=True, nogil=True, inline="always")
def place_of(metres: float, inverse: float, most: int) -> int:
    """The row or column of a place, at most ``most``; what lies beyond goes to the outermost."""
    return min(int(max(metres * inverse, 0.0)), most)


@njit(cache=True, nogil=True)
def boxes_by_cell(boxes: Floats, grid: Floats, shape: Ints) -> tuple[Ints, Small]:
    """The boxes (n, 4) that meet each cell: those of cell c from ``starts[c]`` of ``order``.

    ``grid`` is west, south and the side of a cell in metres, ``shape`` (rows, cols).
    """
    rows, cols = shape[0], shape[1]
    west, south, inverse = grid[0], grid[1], 1.0 / grid[2]
    starts = np.zeros(rows * cols + 1, np.int64)
    order = np.empty(0, np.int32)
    for filling in (False, True):
        if filling:
            # Each start is moved to its end first, and comes back as its boxes are written.
            total = 0
            for cell in range(rows * cols):
                total += starts[cell]
                starts[cell] = total
            starts[rows * cols] = total
            order = np.empty(total, np.int32)
        for box in range(len(boxes) - 1, -1, -1):
            left = place_of(boxes[box, 0] - SLACK_M - west, inverse, cols - 1)
            right = place_of(boxes[box, 2] + SLACK_M - west, inverse, cols - 1)
            low = place_of(boxes[box, 1] - SLACK_M - south, inverse, rows - 1)
            high = place_of(boxes[box, 3] + SLACK_M - south, inverse, rows - 1)
            for row in range(low, high + 1):
                for col in range(left, right + 1):
                    cell = row * cols + col
                    if filling:
                        starts[cell] -= 1
                        order[starts[cell]] = box
                    else:
                        starts[cell] += 1
    return starts, order


@njit(cache=True, nogil=True)
def _grown(ends: Floats, told: Small) -> tuple[Floats, Small]:
    more_ends = np.empty((2 * len(ends), 4))
    more_told = np.empty((2 * len(told), 3), np.int32)
    more_ends[: len(ends)], more_told[: len(told)] = ends, told
    return more_ends, more_told


@njit(cache=True, nogil=True)
def busy_cells(starts: Ints) -> Bits:
    """Which cells have boxes, a bit for each: so few bytes that they stay near the processor."""
    found = np.zeros(len(starts) // WORD + 1, np.uint64)
    for cell in range(len(starts) - 1):
        if starts[cell + 1] > starts[cell]:
            found[cell // WORD] |= np.uint64(1) << np.uint64(cell % WORD)
    return found


@njit(cache=True, nogil=True)
def is_free(
    bounds: tuple[float, float, float, float], busy: Bits, grid: Floats, shape: Ints
) -> bool:
    """Whether no box meets the cells of bounds, west, south, east and north; true only if sure.

    ``busy`` is as of ``busy_cells``.
    """
    west, south, inverse = grid[0], grid[1], 1.0 / grid[2]
    left = place_of(bounds[0] - SLACK_M - west, inverse, shape[1] - 1)
    low = place_of(bounds[1] - SLACK_M - south, inverse, shape[0] - 1)
    right = place_of(bounds[2] + SLACK_M - west, inverse, shape[1] - 1)
    high = place_of(bounds[3] + SLACK_M - south, inverse, shape[0] - 1)
    if (right - left + 1) * (high - low + 1) > MOST_LOOKS:
        return False
    for row in range(low, high + 1):
        for cell in range(row * shape[1] + left, row * shape[1] + right + 1):
            if busy[cell // WORD] >> np.uint64(cell % WORD) & np.uint64(1):
                return False
    return True


@njit(cache=True, nogil=True)
def _is_alone(xy: Floats, start: int, end: int, busy: Bits, grid: Floats, shape: Ints) -> bool:
    """Whether no box meets the cells of the vertices ``start`` to ``end``; true only if sure."""
    low_x, low_y = xy[start, 0], xy[start, 1]
    high_x, high_y = low_x, low_y
    for at in range(start + 1, end + 1):
        low_x, high_x = min(low_x, xy[at, 0]), max(high_x, xy[at, 0])
        low_y, high_y = min(low_y, xy[at, 1]), max(high_y, xy[at, 1])
    return is_free((low_x, low_y, high_x, high_y), busy, grid, shape)


@njit(cache=True, nogil=True)
def _stretch(
    ax: float, ay: float, bx: float, by: float, row: int, grid: Floats, cols: int
) -> tuple[int, int]:
    """The first and last column of the stretch of an edge in a row of cells."""
    west, south, size = grid[0], grid[1], grid[2]
    bottom = max(south + row * size - SLACK_M, min(ay, by))
    top = min(south + (row + 1) * size + SLACK_M, max(ay, by))
    from_x = ax + (bottom - ay) / (by - ay) * (bx - ax)
    to_x = ax + (top - ay) / (by - ay) * (bx - ax)
    one, other = max(min(from_x, to_x), min(ax, bx)), min(max(from_x, to_x), max(ax, bx))
    inverse = 1.0 / size
    return (
        place_of(one - SLACK_M - west, inverse, cols - 1),
        place_of(other + SLACK_M - west, inverse, cols - 1),
    )


@njit(cache=True, nogil=True)
def edges_of_boxes(
    chains: tuple[Floats, Ints, NDArray[np.int8]],
    name: int,
    boxes: Floats,
    sorted_boxes: tuple[Ints, Small, Bits],
    grid: Floats,
    shape: Ints,
) -> tuple[Floats, Small]:
    """The edges of chains whose own boxes meet boxes, once for each pair of them.

    ``chains`` are ``xy``, ``starts`` and ``sign`` as in ``Flat``, ``sorted_boxes`` as of
    ``boxes_by_cell``, with ``busy_cells``. Of each edge x0, y0, x1, y1 in the direction of the
    chain (k, 4), and what the columns above say (k, 3). Edges without length are left out.
    """
    (xy, starts, sign), (cells, order, busy) = chains, sorted_boxes
    rows, cols = shape[0], shape[1]
    west, south, size = grid[0], grid[1], grid[2]
    east, north, inverse = west + cols * size, south + rows * size, 1.0 / size
    last = np.full(len(boxes), -1, np.int64)
    ends, told, count = np.empty((1024, 4)), np.empty((1024, 3), np.int32), 0
    for chain in range(len(starts) - 1):
        begin, looked = starts[chain], False
        for at in range(begin, starts[chain + 1] - 1):
            if (at - begin) % TOGETHER == 0:
                final = min(at + TOGETHER, starts[chain + 1] - 1)
                looked = not _is_alone(xy, at, final, busy, grid, shape)
            ax, ay, bx, by = xy[at, 0], xy[at, 1], xy[at + 1, 0], xy[at + 1, 1]
            left, right, low, high = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            if not looked or left > east or right < west or low > north or high < south:
                continue
            first_row = place_of(low - SLACK_M - south, inverse, rows - 1)
            last_row = place_of(high + SLACK_M - south, inverse, rows - 1)
            first_col = place_of(left - SLACK_M - west, inverse, cols - 1)
            last_col = place_of(right + SLACK_M - west, inverse, cols - 1)
            cell = first_row * cols + first_col
            alone = first_row == last_row and first_col == last_col
            if (alone and cells[cell] == cells[cell + 1]) or (ax == bx and ay == by):
                continue
            for row in range(first_row, last_row + 1):
                first, final = first_col, last_col
                if first_row < last_row and low < high:
                    first, final = _stretch(ax, ay, bx, by, row, grid, cols)
                for cell in range(row * cols + first, row * cols + final + 1):
                    for place in range(cells[cell], cells[cell + 1]):
                        box = order[place]
                        beside = boxes[box, 0] > right or boxes[box, 2] < left
                        if last[box] == at or beside or boxes[box, 1] > high or boxes[box, 3] < low:
                            continue
                        last[box] = at
                        if count == len(ends):
                            ends, told = _grown(ends, told)
                        ends[count, 0], ends[count, 1] = ax, ay
                        ends[count, 2], ends[count, 3] = bx, by
                        told[count, BOX], told[count, NAME] = box, name
                        told[count, TURN] = sign[chain]
                        count += 1
    return ends[:count], told[:count]


@njit(cache=True, nogil=True)
def by_box(told: Small, boxes: int) -> tuple[Ints, Ints]:
    """The edges of each box: those of box b are ``order[starts[b]:starts[b + 1]]``."""
    count = len(told)
    starts = np.zeros(boxes + 1, np.int64)
    for at in range(count):
        starts[told[at, BOX] + 1] += 1
    for box in range(boxes):
        starts[box + 1] += starts[box]
    order, place = np.empty(count, np.int64), starts[:-1].copy()
    for at in range(count):
        box = told[at, BOX]
        order[place[box]] = at
        place[box] += 1
    return starts, order
