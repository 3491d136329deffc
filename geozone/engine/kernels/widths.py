"""Sets of the counters near cells as sets of all counters, and back, for many cells at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

WORD = 64

Words = NDArray[np.uint64]
Places = NDArray[np.int64]


@njit(cache=True, nogil=True, inline="always")
def _moved(given: Words, at: int, to: Words, place: int) -> None:
    """Puts bit ``at`` of one set into another one's ``place``."""
    bit = (given[at // WORD] >> np.uint64(at % WORD)) & np.uint64(1)
    to[place // WORD] |= bit << np.uint64(place % WORD)


@njit(cache=True, nogil=True)
def widen(
    words: Words, begins: Places, sizes: Places, near: Places, ends: Places, out: Words
) -> None:
    """Fills sets of all counters, ``out`` (rows, words), which comes cleared.

    Cell c has ``sizes[c, 0]`` sets of ``sizes[c, 1]`` words, from ``begins[c]`` of ``words`` on,
    of the counters ``near[ends[c]:ends[c + 1]]``; in ``out`` they come one behind the other.
    """
    row = 0
    for cell in range(len(begins)):
        width = sizes[cell, 1]
        for number in range(sizes[cell, 0]):
            first = begins[cell] + number * width
            for at in range(ends[cell], ends[cell + 1]):
                _moved(words[first : first + width], at - ends[cell], out[row], near[at])
            row += 1


@njit(cache=True, nogil=True)
def narrow(table: Words, sizes: Places, near: Places, ends: Places, out: Words) -> None:
    """What ``widen`` takes: the sets of ``table`` (rows, words), cell by cell, in ``out``."""
    row = first = 0
    for cell in range(len(sizes)):
        width = sizes[cell, 1]
        for _ in range(sizes[cell, 0]):
            for at in range(ends[cell], ends[cell + 1]):
                _moved(table[row], near[at], out[first : first + width], at - ends[cell])
            row += 1
            first += width
