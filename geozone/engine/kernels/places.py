"""Places that are the same, found by what their numbers are, exactly."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

MIXED = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


SIGN = np.uint64(1 << 63)


@njit(cache=True, nogil=True, inline="always")
def _slot(x: np.uint64, y: np.uint64, mask: np.uint64) -> np.uint64:
    mixed = (x * MIXED) ^ y
    mixed = (mixed ^ (mixed >> HALF)) * MIXED
    return (mixed ^ (mixed >> HALF)) & mask


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
        at = _slot(bits[one, 0], bits[one, 1], mask)
        while table[at] >= 0:
            known = table[at]
            if bits[known, 0] == bits[one, 0] and bits[known, 1] == bits[one, 1]:
                break
            at = (at + np.uint64(1)) & mask
        if table[at] < 0:
            table[at] = one
        found[one] = table[at]


@njit(cache=True, nogil=True, inline="always")
def _one_zero(bits: np.uint64) -> np.uint64:
    return np.uint64(0) if bits == SIGN else bits


@njit(cache=True, nogil=True, inline="always")
def _found(
    x: np.uint64,
    y: np.uint64,
    places: NDArray[np.uint64],
    table: NDArray[np.int64],
    mask: np.uint64,
) -> int:
    x, y = _one_zero(x), _one_zero(y)
    at = _slot(x, y, mask)
    while table[at] >= 0:
        known = table[at]
        if places[known, 0] == x and places[known, 1] == y:
            return known
        at = (at + np.uint64(1)) & mask
    return -1


@njit(cache=True, nogil=True)
def met_within(
    bits: NDArray[np.uint64],
    starts: NDArray[np.int64],
    places: NDArray[np.uint64],
    table: NDArray[np.int64],
    met: NDArray[np.bool_],
    counts: NDArray[np.int64],
) -> None:
    """Marks in ``met`` (n,) the places that are inner vertices of chains.

    ``bits`` are those of the vertices; ``places`` (n, 2), with one zero only, are those that
    ``table`` finds, as ``first_alike`` left it. In ``counts`` (m,) come the vertices of every chain
    that differ from the one before.
    """
    mask = np.uint64(len(table) - 1)
    for chain in range(len(starts) - 1):
        first = starts[chain]
        waits, count = first, 1
        for one in range(first + 1, starts[chain + 1]):
            x, y = _one_zero(bits[one, 0]), _one_zero(bits[one, 1])
            if x == _one_zero(bits[one - 1, 0]) and y == _one_zero(bits[one - 1, 1]):
                continue
            if count > 1:  # the one before is neither the first nor the last
                known = _found(bits[waits, 0], bits[waits, 1], places, table, mask)
                if known >= 0:
                    met[known] = True
            waits, count = one, count + 1
        counts[chain] = count
