"""Digests of the coordinates that matter to each band of a grid."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 2

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True, inline="always")
def _mixed(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def band_digests(
    bits: NDArray[np.uint64],
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    sign: NDArray[np.int8],
    bands: NDArray[np.float64],
    salt: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """Digests (bands, 2) of the segments that come near each band, whatever their order.

    ``bits`` (n, 2) are the coordinates ``xy`` as bit patterns. ``bands`` is (top, height,
    count, pad) in metres: band k reaches from ``top - k * height`` down by ``height``, and
    segments matter that come within ``pad`` of it. ``salt`` (2,) sets the digests apart.
    """
    top, height, count, pad = bands[0], bands[1], int(bands[2]), bands[3]
    found = np.zeros((count, LANES), np.uint64)
    for chain in range(len(starts) - 1):
        first, end = starts[chain], starts[chain + 1]
        kind = np.uint64(np.int64(sign[chain]) + 2)
        for at in range(first, max(end - 1, first + 1)):
            to = min(at + 1, end - 1)
            high, low = max(xy[at, 1], xy[to, 1]) + pad, min(xy[at, 1], xy[to, 1]) - pad
            if not (high >= top - count * height and low <= top):
                continue
            lowest = min(int((top - low) / height), count - 1)
            highest = max(int((top - high) / height), 0)
            for lane in range(LANES):
                value = _mixed(salt[lane] + kind * _STEP)
                value = _mixed(value ^ bits[at, 0]) + _STEP
                value = _mixed(value ^ bits[at, 1]) + _STEP
                value = _mixed(value ^ bits[to, 0]) + _STEP
                value = _mixed(value ^ bits[to, 1])
                for band in range(highest, lowest + 1):
                    found[band, lane] += value
    return found
