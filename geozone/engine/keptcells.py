"""Cells of the arrangement that are kept: what they depend on names them, so they never age."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geozone.engine.edition import edition
from geozone.engine.keptfile import Arrays, read_kept, sweep_drafts, write_kept, written_s
from geozone.engine.runs import Words, packed, unpacked

FORMAT = "2"
KEY_BYTES = 20
ENDING = ".cell"
COUNTER, CELL = 4, 6
"""Columns of a piece: the counter that it belongs to, and its cell."""

UNUSED = 2
"""How many cells that this run did not use stay, for each that it used."""

Pieces = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Solved:
    """A cell's edges (k, 4), labels left and right (k, 2), and the table of labels."""

    ends: NDArray[np.int32]
    sides: NDArray[np.int32]
    table: Words


class Solve(Protocol):
    """How a cell is solved: from its pieces and the windings at its corner."""

    def __call__(self, pieces: Pieces, base: Pieces) -> Solved:
        """The cell. Raises ``ArithmeticError``."""
        ...


class KeptCells:
    """Cells that are solved once; those of a folder are not solved again.

    Counters that do not come near a cell do not count for it. Where nothing can be written,
    nothing is kept.
    """

    def __init__(self, folder: Path | None, told: str) -> None:
        self._folder = folder
        self._told = f"{FORMAT} {edition()} {told}"
        self._used: set[str] = set()

    def solved(self, pieces: Pieces, base: Pieces, solve: Solve) -> Solved:
        """The cell of pieces (n, 7), whose corner has the windings ``base`` (counters,)."""
        near = np.zeros(len(base), bool)
        near[0] = True
        near[pieces[:, COUNTER]] = True
        near |= base != 0
        numbers = np.flatnonzero(near)
        local = pieces.copy()
        local[:, COUNTER] = (np.cumsum(near) - 1)[pieces[:, COUNTER]]
        local[:, CELL] = 0
        found = self._kept(local, np.ascontiguousarray(base[numbers]), solve)
        return Solved(found.ends, found.sides, _widened(found.table, numbers, len(base)))

    def _kept(self, pieces: Pieces, base: Pieces, solve: Solve) -> Solved:
        if self._folder is None:
            return solve(pieces, base)
        told = hashlib.blake2b(self._told.encode(), digest_size=KEY_BYTES)
        told.update(np.int64(len(base)).tobytes() + base.tobytes())
        told.update(np.ascontiguousarray(pieces).data)
        name = told.hexdigest()
        self._used.add(name)
        path = self._folder / name[:2] / f"{name}{ENDING}"
        old = read_kept(path)
        if old is not None and old[0] == {"name": name}:  # not a file of another name, copied
            return Solved(**old[1])
        found = solve(pieces, base)
        arrays: Arrays = {"ends": found.ends, "sides": found.sides, "table": found.table}
        with suppress(OSError):  # what cannot be kept is solved again
            write_kept(path, {"name": name}, arrays)
        return found

    def tidy(self) -> None:
        """Remove the oldest of the cells that were not used, but for so many."""
        if self._folder is None:
            return
        sweep_drafts(self._folder)
        unused = [one for one in self._folder.glob(f"*/*{ENDING}") if one.stem not in self._used]
        for one in sorted(unused, key=written_s, reverse=True)[UNUSED * len(self._used) :]:
            with suppress(OSError):
                one.unlink()


def _widened(table: Words, numbers: NDArray[np.intp], counters: int) -> Words:
    """Sets of the counters near a cell as sets of all counters."""
    bits = np.zeros((len(table), counters), bool)
    bits[:, numbers] = unpacked(table, len(numbers))
    return packed(bits)
