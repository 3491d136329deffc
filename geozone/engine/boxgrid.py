"""Boxes sorted into cells, for the few that meet a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds

Boxes = NDArray[np.float64]
Rows = NDArray[np.intp]

FEW = 256
"""So many boxes are looked at one by one."""

USUAL = 0.95
"""The share of boxes that cells are made for; larger ones go to larger cells."""

ROUNDED = 1.001
"""More than what roundings may do to the size of a cell."""

MOST_ROWS = 64
"""Rows of cells that a window may meet; of more, all boxes are looked at."""


@dataclass(frozen=True, eq=False)
class _Cells:
    """Boxes no larger than a cell, by the cell that their lower left corner is in.

    Cell k of ``shape`` (rows, cols) has those from ``starts[k]`` of ``order``.
    """

    order: Rows
    starts: NDArray[np.int64]
    west: float
    south: float
    size: float
    shape: tuple[int, int]

    def meeting(self, window: Bounds) -> list[Rows]:
        """Boxes among which are all that meet a window."""
        rows, cols = self.shape
        # A box that meets the window begins in it or less than a cell before; roundings aside.
        before = self.size * ROUNDED
        first_col = _cell(window[0] - before - self.west, self.size, cols)
        last_col = _cell(window[2] - self.west, self.size, cols)
        first_row = _cell(window[1] - before - self.south, self.size, rows)
        last_row = _cell(window[3] - self.south, self.size, rows)
        if last_row - first_row >= MOST_ROWS:
            return [self.order]
        begins = range(first_row * cols, last_row * cols + 1, cols)
        starts, order = self.starts, self.order
        return [order[starts[at + first_col] : starts[at + last_col + 1]] for at in begins]


def _cell(metres: float, size: float, count: int) -> int:
    return int(min(max(metres // size, 0), count - 1))


@dataclass(frozen=True, eq=False)
class BoxGrid:
    """n boxes (n, 4), west, south, east, north, in cells by their size; ``rest`` are too few."""

    boxes: Boxes
    levels: tuple[_Cells, ...]
    rest: Rows

    @classmethod
    def of(cls, boxes: Boxes) -> BoxGrid:
        """The boxes in cells of about as many."""
        rest, levels = np.arange(len(boxes)), list[_Cells]()
        while len(rest) > FEW:
            cells, small = _cells(boxes, rest)
            levels.append(cells)
            rest = rest[~small]
        return cls(boxes, tuple(levels), rest)

    def meeting(self, window: Bounds) -> Rows:
        """The boxes that meet a window, edges included; they rise."""
        found = np.concatenate(
            [self.rest, *(one for at in self.levels for one in at.meeting(window))]
        )
        chosen = self.boxes[found]
        meets = (chosen[:, 0] <= window[2]) & (chosen[:, 2] >= window[0])
        meets &= (chosen[:, 1] <= window[3]) & (chosen[:, 3] >= window[1])
        return np.sort(found[meets])


def _cells(boxes: Boxes, rows: Rows) -> tuple[_Cells, NDArray[np.bool_]]:
    """Cells for the boxes of usual size among some, and which those are."""
    chosen = boxes[rows]
    extent = (chosen[:, 2:] - chosen[:, :2]).max(axis=1)
    west, south = chosen[:, :2].min(axis=0).tolist()
    east, north = chosen[:, :2].max(axis=0).tolist()
    size = max(float(np.quantile(extent, USUAL)), 1.0)
    size = max(size, float(np.sqrt((east - west) * (north - south) / len(rows))))
    size = max(size, max(east - west, north - south) / len(rows))
    cols, lines = int((east - west) / size) + 1, int((north - south) / size) + 1
    small = extent <= size
    col = ((chosen[small, 0] - west) / size).astype(np.int64)
    line = ((chosen[small, 1] - south) / size).astype(np.int64)
    cell = line * cols + col
    order = rows[small][np.argsort(cell, kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=lines * cols))])
    return _Cells(order, starts, west, south, size, (lines, cols)), small


def gaps(boxes: Boxes, bounds: Bounds) -> NDArray[np.float64]:
    """How far windows around bounds must be widened to meet each box, in metres; at least 0."""
    west, south, east, north = bounds
    across = np.maximum(boxes[:, 0] - east, west - boxes[:, 2])
    upward = np.maximum(boxes[:, 1] - north, south - boxes[:, 3])
    found: NDArray[np.float64] = np.maximum(np.maximum(across, upward), 0.0)
    return found
