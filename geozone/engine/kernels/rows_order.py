"""Events of a band brought into the order of cells: by row, then by column."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Events = NDArray[np.int32]
"""Shape (n, 3): row, column, and the slot doubled, plus one where it takes away."""

Keys = NDArray[np.uint64]
"""Shape (n,): an event's column, and in the lower half its slot doubled, plus one or not."""

HALF = np.uint64(32)
ZERO = np.int64(0)
"""A number, not a literal: one compilation less."""

DIGIT = 8
"""Most bits of a column that are sorted at once."""


@njit(cache=True, nogil=True, error_model="numpy")
def by_row(events: Events, count: int, starts: NDArray[np.int64], keys: Keys) -> None:
    """Puts ``count`` events by row: row r has the keys from ``starts[r]`` to ``starts[r + 1]``."""
    rows = len(starts) - 1
    nexts = np.zeros(rows + 1, np.int64)
    for event in range(count):
        nexts[events[event, 0] + 1] += 1
    for row in range(rows):
        nexts[row + 1] += nexts[row]
    starts[:] = nexts
    for event in range(count):
        row = events[event, 0]
        place = nexts[row]
        nexts[row] = place + 1
        keys[place] = (np.uint64(events[event, 1]) << HALF) | np.uint64(events[event, 2])


@njit(cache=True, nogil=True, error_model="numpy")
def by_column(keys: Keys, room: Keys, cols: int, digits: NDArray[np.int64]) -> Keys:
    """The keys of a row sorted by columns below ``cols``, in their own array or in the room.

    ``digits``, 256 of them, is room as well.
    """
    bits = int(ZERO)
    while cols - 1 >> bits:
        bits += 1
    steps = -(-bits // DIGIT)
    wide = -(-bits // max(steps, 1))
    low, buckets = np.uint64((1 << wide) - 1), 1 << wide
    for step in range(steps):
        shift = HALF + np.uint64(step * wide)
        digits[:buckets] = 0
        for key in keys:
            digits[np.int64((key >> shift) & low)] += 1
        before = ZERO
        for bucket in range(buckets):
            here = digits[bucket]
            digits[bucket] = before
            before += here
        for key in keys:
            digit = np.int64((key >> shift) & low)
            room[digits[digit]] = key
            digits[digit] += 1
        keys, room = room, keys
    return keys
