"""Boxes sorted into cells, for the few that meet a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds

Boxes = NDArray[np.float64]
Rows = NDArray[np.int32 | np.intp]

FEW = 64
"""So many boxes are looked at one by one."""

STEP = 4.0
"""How much larger the cells of a level are than those of the one before."""

MOST_CELLS = 30_000
"""Cells of the first level; those of all levels can be counted in 16 bits, which sort fast."""

SAMPLE = 4096
"""So many boxes say where most boxes lie; those elsewhere go to the outermost cells."""

ROUNDED = 1.001
"""More cells than a box of a level is wide, whatever roundings do."""

BLOCK = 16_384
"""Boxes of which something is worked out at once."""

MOST_ROWS = 64
"""Rows of cells that a window may meet; of more, all boxes of the level are looked at."""


@dataclass(frozen=True, eq=False)
class _Level:
    """Cells of one size, so many to a metre, numbered row by row from ``first`` on."""

    density: float
    rows: int
    cols: int
    first: int

    def slots(self, window: Bounds) -> list[tuple[int, int]]:
        """The ranges of cells with all boxes that meet a window, metres from the first cell."""
        # A box that meets the window begins in it or less than a cell before.
        density, cols = self.density, self.cols
        from_col = _cell(window[0] * density - ROUNDED, cols)
        to_col = _cell(window[2] * density, cols) + 1
        from_row = _cell(window[1] * density - ROUNDED, self.rows)
        to_row = _cell(window[3] * density, self.rows)
        if to_row - from_row >= MOST_ROWS:
            return [(self.first, self.first + self.rows * cols)]
        begins = range(self.first + from_row * cols, self.first + to_row * cols + 1, cols)
        return [(at + from_col, at + to_col) for at in begins]

    def cells(self, boxes: Boxes, west: float, south: float) -> NDArray[np.int32]:
        """The cell in which each box begins; cells begin west and south."""
        found = np.empty(len(boxes), np.int32)
        for block in _blocks(len(boxes)):
            col, row = boxes[block, 0] - west, boxes[block, 1] - south
            for place, count in ((col, self.cols), (row, self.rows)):
                np.multiply(place, self.density, out=place)
                # Before they become whole numbers: what lies far outside has none.
                np.clip(place, 0, count - 1, out=place)
            found[block] = row.astype(np.int32) * self.cols + col.astype(np.int32) + self.first
        return found


def _blocks(count: int) -> Iterator[slice]:
    """So many boxes block by block: what is worked out of a block needs no new memory."""
    return (slice(at, at + BLOCK) for at in range(0, count, BLOCK))


def _cell(place: float, count: int) -> int:
    return int(min(max(place, 0.0), count - 1))


@dataclass(frozen=True, eq=False)
class BoxGrid:
    """n boxes (n, 4), west, south, east, north, in cells by their size.

    Cell k has the boxes from ``starts[k]`` of ``order`` that begin in it; ``rest`` are in none.
    """

    boxes: Boxes
    west: float
    south: float
    levels: tuple[_Level, ...]
    order: Rows
    starts: memoryview
    rest: Rows

    @classmethod
    def of(cls, boxes: Boxes) -> BoxGrid:
        """The boxes in cells of about a few each."""
        west, south, width, height = _extent(boxes)
        count = min(len(boxes) + 1, MOST_CELLS)
        size = max(float(np.sqrt(width * height / count)), max(width, height) * 4 / count, 1.0)
        sizes, level = _levels(boxes, size, max(width, height))
        levels, first = [], 0
        for each in sizes:
            levels.append(_Level(1 / each, int(height / each) + 1, int(width / each) + 1, first))
            first += levels[-1].rows * levels[-1].cols
        levels.append(_Level(0.0, 1, 1, first))  # for what is larger than all cells
        cell = levels[0].cells(boxes, west, south)
        for number, one in enumerate(levels[1:], 1):
            some = np.flatnonzero(level == number)
            cell[some] = one.cells(boxes[some], west, south)
        # Numbers of 16 bits are sorted digit by digit.
        order = np.argsort(cell.astype(np.min_scalar_type(first)), kind="stable").astype(np.int32)
        counts = np.bincount(cell, minlength=first + 1)
        starts = np.concatenate([[0], np.cumsum(counts)])
        used = tuple(one for at, one in enumerate(levels[:-1]) if (level == at).any())
        return cls(boxes, west, south, used, order, starts.data, order[starts[first] :])

    def near(self, window: Bounds) -> Rows:
        """Boxes among which are all that meet a window."""
        order, starts, found = self.order, self.starts, [self.rest]
        west, south = self.west, self.south
        here = (window[0] - west, window[1] - south, window[2] - west, window[3] - south)
        for level in self.levels:
            for begin, end in level.slots(here):
                if starts[begin] < starts[end]:
                    found.append(order[starts[begin] : starts[end]])
        return np.concatenate(found)

    def meeting(self, window: Bounds) -> Rows:
        """The boxes that meet a window, edges included; they rise."""
        found = self.near(window)
        meets: Rows = np.sort(found[gaps(self.boxes[found], window) == 0.0])
        return meets


def _extent(boxes: Boxes) -> tuple[float, float, float, float]:
    """West and south of nearly all boxes, and how wide and high they lie, in metres."""
    if not len(boxes):
        return 0.0, 0.0, 1.0, 1.0
    some = np.sort(boxes[:: len(boxes) // SAMPLE + 1, :2], axis=0)
    spare = len(some) // 256
    low, high = some[spare].tolist(), some[-1 - spare].tolist()
    return low[0], low[1], max(high[0] - low[0], 1.0), max(high[1] - low[1], 1.0)


def _levels(boxes: Boxes, size: float, most: float) -> tuple[list[float], NDArray[np.uint8]]:
    """The sizes of cells of each level, from ``size`` up to ``most``, and the level of each box.

    That is the first one whose cells are as large as the box, or as many levels as there are;
    few boxes go where larger ones go.
    """
    sizes = [size]
    while sizes[-1] < most:
        sizes.append(sizes[-1] * STEP)
    level = np.zeros(len(boxes), np.uint8)
    for block in _blocks(len(boxes)):
        west, south, east, north = boxes[block].T
        extents = np.maximum(east - west, north - south)
        large = np.flatnonzero(extents > size)
        level[block][large] = np.searchsorted(sizes, extents[large])
    counts = np.bincount(level, minlength=len(sizes) + 1).tolist()
    to, few = np.arange(len(sizes) + 1, dtype=np.uint8), 0
    for at in range(len(sizes)):
        few += counts[at]
        if few <= FEW:
            to[to == at] = at + 1
        else:
            few = 0
    return sizes, to[level]


def gaps(boxes: Boxes, bounds: Bounds) -> NDArray[np.float64]:
    """How far windows around bounds must be widened to meet each box, in metres; at least 0."""
    west, south, east, north = bounds
    across = np.maximum(boxes[:, 0] - east, west - boxes[:, 2])
    upward = np.maximum(boxes[:, 1] - north, south - boxes[:, 3])
    found: NDArray[np.float64] = np.maximum(np.maximum(across, upward), 0.0)
    return found
