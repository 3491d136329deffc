"""What counters leave in each cell, told by digests: who has them need not draw what they count."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import COUNTER, Cut, Mask

DIGEST = 16
TOLD = [0, 1, 2, 3, 5]
"""Columns of a piece that tell it from others of its counter and cell."""

AT_ONCE = 1024
"""Cells whose pieces are told at once."""


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

    def note(self, first: int, cut: Cut, counters: Sequence[int]) -> None:
        """Take up what is cut in cells from ``first`` on, and how often counters wind there.

        Number k of the cut's counters is number ``counters[k]`` of all.
        """
        for begin in range(0, cut.window.cells, AT_ONCE):
            self._note(first, cut, counters, range(begin, min(begin + AT_ONCE, cut.window.cells)))

    def _note(self, first: int, cut: Cut, counters: Sequence[int], cells: range) -> None:
        starts = cut.starts[cells.start : cells.stop + 1]
        pieces = cut.found[cut.order[starts[0] : starts[-1]]]
        told = np.ascontiguousarray(pieces[:, TOLD])
        # What is cut of a counter in a cell lies together, in the order of their number.
        number = np.repeat(np.arange(len(cells)), np.diff(starts)) * len(counters)
        number += pieces[:, COUNTER]
        base = cut.base[cells.start : cells.stop].ravel()
        some = np.union1d(number, np.flatnonzero(base))
        spans = [np.searchsorted(number, some, side).tolist() for side in ("left", "right")]
        wound, digests = base[some].astype("<i4").tobytes(), []
        for at, (begin, end) in enumerate(zip(*spans, strict=True)):
            digest = hashlib.blake2b(told[begin:end].data, digest_size=DIGEST)
            digest.update(wound[4 * at : 4 * at + 4])
            digests.append(digest.digest())
        cell, counter = np.divmod(some, len(counters))
        into = (first + cells.start + cell, np.array(counters, np.intp)[counter])
        self._digests[into] = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST)
        self._base[into] = base[some]

    def told(self, cell: int) -> bytes:
        """The digests of the counters that leave something in a cell."""
        return bytes(self._digests[cell, self.near(cell)].tobytes())
