"""What counters leave in each cell, told by digests: who has them need not draw what they count."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import COUNTER, Mask, Pieces

DIGEST = 16
TOLD = [0, 1, 2, 3, 5]
"""Columns of a piece that tell it from others of its counter and cell."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """What one counter leaves in the cells of a window.

    ``digests`` (cells, 16) uint8 are of its pieces and of how often it winds around the cell's
    corner, ``base`` (cells,) int32; all zero where it leaves nothing.
    """

    digests: NDArray[np.uint8]
    base: NDArray[np.int32]


class Footprints:
    """What counters leave in the cells of a window."""

    def __init__(self, counters: int, cells: int) -> None:
        self._digests = np.zeros((cells, counters, DIGEST), np.uint8)
        self._base = np.zeros((cells, counters), np.int32)

    def __getitem__(self, counter: int) -> Footprint:
        return Footprint(self._digests[:, counter].copy(), self._base[:, counter].copy())

    def __setitem__(self, counter: int, given: Footprint) -> None:
        self._digests[:, counter], self._base[:, counter] = given.digests, given.base

    @property
    def touched(self) -> Mask:
        """The cells that counter 0 may touch."""
        return np.asarray(self._digests[:, 0].any(axis=1), np.bool_)

    def left_in(self, cells: Mask) -> Mask:
        """The counters that leave something in any of some cells, shape (counters,)."""
        return np.asarray(self._digests[cells].any(axis=(0, 2)), np.bool_)

    def base(self, cell: int) -> NDArray[np.int32]:
        """How often each counter winds around the corner of a cell."""
        found: NDArray[np.int32] = self._base[cell]
        return found

    def near(self, cell: int) -> NDArray[np.intp]:
        """The counters that leave something in a cell."""
        return np.flatnonzero(self._digests[cell].any(axis=1))

    def near_all(self, cells: NDArray[np.intp]) -> Mask:
        """Which counters leave something in each of some cells, shape (cells, counters)."""
        return np.asarray(self._digests[cells].any(axis=2), np.bool_)

    def note(
        self, cell: int, pieces: Pieces, base: NDArray[np.int32], counters: Sequence[int]
    ) -> None:
        """Take up the pieces (n, 7) of a cell, in the order of counters, and its windings.

        Number k of the pieces' counters is number ``counters[k]`` of all.
        """
        told = np.ascontiguousarray(pieces[:, TOLD])
        ends = np.searchsorted(pieces[:, COUNTER], np.arange(len(base)), side="right").tolist()
        first = 0
        for number, end, winding in zip(counters, ends, base.tolist(), strict=True):
            if end > first or winding:
                digest = hashlib.blake2b(told[first:end].data, digest_size=DIGEST)
                digest.update(np.int32(winding).tobytes())
                self._digests[cell, number] = np.frombuffer(digest.digest(), np.uint8)
                self._base[cell, number] = winding
            first = end

    def told(self, cell: int) -> bytes:
        """The digests of the counters that leave something in a cell."""
        return bytes(self._digests[cell, self.near(cell)].tobytes())
