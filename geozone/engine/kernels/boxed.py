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
Bounds = tuple[float, float, float, float]
Boxes = tuple[Ints, Small, Bits, Floats, Ints]
"""Boxes by cell, as of ``boxes_by_cell`` and ``busy_cells``, with its ``grid`` and ``shape``."""
Found = tuple[Small, int, Ints, int]


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


@njit(cache=True, nogil=True, inline="always")
def _has(busy: Bits, cell: int) -> bool:
    """Whether any box meets a cell."""
    return bool(busy[cell // WORD] >> np.uint64(cell % WORD) & np.uint64(1))


@njit(cache=True, nogil=True)
def _cells_of(bounds: Bounds, grid: Floats, shape: Ints) -> tuple[int, int, int, int]:
    """The first and last column, the first and last row of the cells that bounds meet."""
    west, south, inverse = grid[0], grid[1], 1.0 / grid[2]
    return (
        place_of(bounds[0] - SLACK_M - west, inverse, shape[1] - 1),
        place_of(bounds[2] + SLACK_M - west, inverse, shape[1] - 1),
        place_of(bounds[1] - SLACK_M - south, inverse, shape[0] - 1),
        place_of(bounds[3] + SLACK_M - south, inverse, shape[0] - 1),
    )


@njit(cache=True, nogil=True)
def is_free(bounds: Bounds, busy: Bits, grid: Floats, shape: Ints) -> bool:
    """Whether no box meets the cells of bounds, west, south, east and north; true only if sure.

    ``busy`` is as of ``busy_cells``.
    """
    left, right, low, high = _cells_of(bounds, grid, shape)
    if (right - left + 1) * (high - low + 1) > MOST_LOOKS:
        return False
    for row in range(low, high + 1):
        for cell in range(row * shape[1] + left, row * shape[1] + right + 1):
            if _has(busy, cell):
                return False
    return True


@njit(cache=True, nogil=True)
def bounds_of(xy: Floats, start: int, end: int) -> Bounds:
    """West, south, east and north of the vertices ``start`` to ``end``."""
    west, south = xy[start, 0], xy[start, 1]
    east, north = west, south
    for at in range(start + 1, end + 1):
        west, east = min(west, xy[at, 0]), max(east, xy[at, 0])
        south, north = min(south, xy[at, 1]), max(north, xy[at, 1])
    return west, south, east, north


@njit(cache=True, nogil=True)
def _noted(
    cells: Boxes, box_bounds: Floats, bounds: Bounds, row: int, cols: tuple[int, int], found: Found
) -> int:
    """Notes the boxes in some cells of a row that meet bounds; how many there are by then.

    ``found`` are the boxes so far, their number, the turn in which each box was last found, and
    which turn this is.
    """
    starts, order, busy, _, shape = cells
    some, count, last, turn = found
    for cell in range(row * shape[1] + cols[0], row * shape[1] + cols[1] + 1):
        if not _has(busy, cell):
            continue
        for place in range(starts[cell], starts[cell + 1]):
            box = order[place]
            if last[box] != turn and _meet(box_bounds, box, bounds):
                last[box], some[count] = turn, box
                count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _meet(boxes: Floats, box: int, bounds: Bounds) -> bool:
    return not (
        boxes[box, 0] > bounds[2]
        or boxes[box, 2] < bounds[0]
        or boxes[box, 1] > bounds[3]
        or boxes[box, 3] < bounds[1]
    )


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
def _near_together(
    bounds: Bounds, cells: Boxes, boxes: Floats, some: Small, last: Ints, turn: int
) -> int:
    """How many boxes meet the bounds of some edges, noted in ``some``; -1 where they are large."""
    grid, shape = cells[3], cells[4]
    left, right, low, high = _cells_of(bounds, grid, shape)
    if (right - left + 1) * (high - low + 1) > MOST_LOOKS:
        return -1
    count = 0
    for row in range(low, high + 1):
        count = _noted(cells, boxes, bounds, row, (left, right), (some, count, last, turn))
    return count


@njit(cache=True, nogil=True)
def _near_edge(
    xy: Floats, at: int, cells: Boxes, boxes: Floats, some: Small, last: Ints, turn: int
) -> int:
    """How many boxes meet the bounds of the edge from a vertex, noted in ``some``."""
    grid, shape = cells[3], cells[4]
    ax, ay, bx, by = xy[at, 0], xy[at, 1], xy[at + 1, 0], xy[at + 1, 1]
    bounds, count = bounds_of(xy, at, at + 1), 0
    left, right, low, high = _cells_of(bounds, grid, shape)
    for row in range(low, high + 1):
        cols = (left, right)
        if low < high and ay != by:
            cols = _stretch(ax, ay, bx, by, row, grid, shape[1])
        count = _noted(cells, boxes, bounds, row, cols, (some, count, last, turn))
    return count


@njit(cache=True, nogil=True)
def edges_of_boxes(
    chains: tuple[Floats, Ints, NDArray[np.int8]], name: int, boxes: Floats, cells: Boxes
) -> tuple[Floats, Small]:
    """The edges of chains whose own boxes meet boxes, once for each pair of them.

    ``chains`` are ``xy``, ``starts`` and ``sign`` as in ``Flat``. Of each edge x0, y0, x1, y1 in
    the direction of the chain (k, 4), and what the columns above say (k, 3); those of each box in
    the order of the chains. Edges without length are left out.
    """
    (xy, starts, sign), (_, _, busy, grid, shape) = chains, cells
    last, some, turn = np.full(len(boxes), -1, np.int64), np.empty(len(boxes), np.int32), 0
    ends, told, count = np.empty((1024, 4)), np.empty((1024, 3), np.int32), 0
    for chain in range(len(starts) - 1):
        for begin in range(starts[chain], starts[chain + 1] - 1, TOGETHER):
            final, turn = min(begin + TOGETHER, starts[chain + 1] - 1), turn + 1
            around = bounds_of(xy, begin, final)
            if is_free(around, busy, grid, shape):
                continue
            near = _near_together(around, cells, boxes, some, last, turn)
            one_by_one = near < 0
            for at in range(begin, final if near else begin):
                if xy[at, 0] == xy[at + 1, 0] and xy[at, 1] == xy[at + 1, 1]:
                    continue
                if one_by_one:
                    turn += 1
                    near = _near_edge(xy, at, cells, boxes, some, last, turn)
                bounds = bounds_of(xy, at, at + 1)
                for which in range(near):
                    if not _meet(boxes, some[which], bounds):
                        continue
                    if count == len(ends):
                        ends, told = _grown(ends, told)
                    ends[count, 0], ends[count, 1] = xy[at, 0], xy[at, 1]
                    ends[count, 2], ends[count, 3] = xy[at + 1, 0], xy[at + 1, 1]
                    told[count, BOX], told[count, NAME] = some[which], name
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
