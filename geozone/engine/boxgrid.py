"""Boxes sorted into cells, for the few that meet a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds

Boxes = NDArray[np.float64]
Rows = NDArray[np.intp]

FEW = 512
"""So many boxes are looked at one by one."""

USUAL = 0.95
"""The share of boxes that cells are made for; larger ones are looked at one by one."""

MOST_ROWS = 64
"""Rows of cells that a window may meet; of more, all boxes are looked at."""


@dataclass(frozen=True, eq=False)
class BoxGrid:
    """n boxes (n, 4), west, south, east, north; those of usual size by the cell of their corner.

    ``order`` are the boxes by cell, ``cells`` where each cell begins in it, ``wide`` the rest.
    """

    boxes: Boxes
    wide: Rows
    order: Rows
    cells: NDArray[np.int64]
    west: float
    south: float
    size: float
    shape: tuple[int, int]

    @classmethod
    def of(cls, boxes: Boxes) -> BoxGrid:
        """The boxes in cells of about as many."""
        every = np.arange(len(boxes))
        none = np.empty(0, np.intp)
        if len(boxes) <= FEW:
            return cls(boxes, every, none, np.zeros(1, np.int64), 0.0, 0.0, 1.0, (0, 0))
        west, south = boxes[:, :2].min(axis=0)
        east, north = boxes[:, :2].max(axis=0)
        extent = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        usual = float(np.quantile(extent, USUAL))
        size = max(usual, float(np.sqrt((east - west) * (north - south) / len(boxes))), 1.0)
        size = max(size, float(max(east - west, north - south)) / len(boxes))
        cols, rows = int((east - west) / size) + 1, int((north - south) / size) + 1
        small = extent <= size
        kept = np.flatnonzero(small)
        col = ((boxes[kept, 0] - west) / size).astype(np.int64)
        row = ((boxes[kept, 1] - south) / size).astype(np.int64)
        cell = row * cols + col
        order = kept[np.argsort(cell, kind="stable")]
        cells = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=rows * cols))])
        wide = np.flatnonzero(~small)
        return cls(boxes, wide, order, cells, float(west), float(south), size, (rows, cols))

    def meeting(self, window: Bounds) -> Rows:
        """The boxes that meet a window, edges included; they rise."""
        found = self.wide
        rows, cols = self.shape
        if rows:
            # A box of usual size that meets the window begins in it or less than a cell before.
            first_col = _cell(window[0] - self.size - self.west, self.size, cols)
            last_col = _cell(window[2] - self.west, self.size, cols)
            first_row = _cell(window[1] - self.size - self.south, self.size, rows)
            last_row = _cell(window[3] - self.south, self.size, rows)
            if last_row - first_row >= MOST_ROWS:
                return _meeting(self.boxes, np.arange(len(self.boxes)), window)
            parts = [
                self.order[
                    self.cells[row * cols + first_col] : self.cells[row * cols + last_col + 1]
                ]
                for row in range(first_row, last_row + 1)
            ]
            found = np.concatenate([found, *parts])
        return np.sort(_meeting(self.boxes, found, window))


def _cell(metres: float, size: float, count: int) -> int:
    return int(min(max(metres // size, 0), count - 1))


def _meeting(boxes: Boxes, rows: Rows, window: Bounds) -> Rows:
    chosen = boxes[rows]
    meets = (chosen[:, 0] <= window[2]) & (chosen[:, 2] >= window[0])
    meets &= (chosen[:, 1] <= window[3]) & (chosen[:, 3] >= window[1])
    return rows[meets]


def gaps(boxes: Boxes, bounds: Bounds) -> NDArray[np.float64]:
    """How far windows around bounds must be widened to meet each box, in metres; at least 0."""
    west, south, east, north = bounds
    across = np.maximum(boxes[:, 0] - east, west - boxes[:, 2])
    upward = np.maximum(boxes[:, 1] - north, south - boxes[:, 3])
    found: NDArray[np.float64] = np.maximum(np.maximum(across, upward), 0.0)
    return found
