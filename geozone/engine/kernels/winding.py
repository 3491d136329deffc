"""What of lines comes near to boxes."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.near_edges import cells_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def marked(boxes: Floats, reach: float, grid: Floats, shape: Ints) -> Masks:
    """The cells that boxes meet, widened by a reach."""
    found = np.zeros((shape[0], shape[1]), np.bool_)
    for box in range(len(boxes)):
        first_row, last_row = cells_of(
            boxes[box, 1] - reach, boxes[box, 3] + reach, grid[1], grid[2], shape[0]
        )
        first_col, last_col = cells_of(
            boxes[box, 0] - reach, boxes[box, 2] + reach, grid[0], grid[2], shape[1]
        )
        for row in range(first_row, last_row + 1):
            for col in range(first_col, last_col + 1):
                found[row, col] = True
    return found


@njit(cache=True, nogil=True)
def near_marks(xy: Floats, starts: Ints, marks: Masks, grid: Floats) -> Masks:
    """Which vertices begin an edge whose box meets a marked cell."""
    rows, cols = marks.shape
    found = np.zeros(len(xy), np.bool_)
    for chain in range(len(starts) - 1):
        for at in range(starts[chain], starts[chain + 1] - 1):
            first_row, last_row = cells_of(
                min(xy[at, 1], xy[at + 1, 1]), max(xy[at, 1], xy[at + 1, 1]), grid[1], grid[2], rows
            )
            first_col, last_col = cells_of(
                min(xy[at, 0], xy[at + 1, 0]), max(xy[at, 0], xy[at + 1, 0]), grid[0], grid[2], cols
            )
            for row in range(first_row, last_row + 1):
                for col in range(first_col, last_col + 1):
                    found[at] |= marks[row, col]
    return found
