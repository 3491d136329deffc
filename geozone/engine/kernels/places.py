"""Places that are the same, found by what their numbers are, exactly."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MIXED = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


@njit(cache=True, nogil=True)
def first_alike(
    bits: NDArray[np.uint64], table: NDArray[np.int64], found: NDArray[np.int64]
) -> None:
    """The number of the first place that is the same as each, in ``found`` (n,).

    ``bits`` (n, 2) are those of x and y, with one zero only; ``table`` is filled with -1 and has
    room for more than n, a power of two.
    """
    mask = np.uint64(len(table) - 1)
    for one in range(len(bits)):
        mixed = (bits[one, 0] * MIXED) ^ bits[one, 1]
        mixed = (mixed ^ (mixed >> HALF)) * MIXED
        at = (mixed ^ (mixed >> HALF)) & mask
        while table[at] >= 0:
            known = table[at]
            if bits[known, 0] == bits[one, 0] and bits[known, 1] == bits[one, 1]:
                break
            at = (at + np.uint64(1)) & mask
        if table[at] < 0:
            table[at] = one
        found[one] = table[at]
