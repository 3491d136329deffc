"""Cells of the arrangement that are kept: what they depend on names them, so they never age."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import Window
from geozone.engine.edition import edition
from geozone.engine.footprints import Footprint
from geozone.engine.keptfile import Arrays, read_kept, sweep_drafts, write_kept, written_s
from geozone.engine.runs import Words

FORMAT = "3"
KEY_BYTES = 20
CELL, FOOTPRINT = ".cell", ".footprint"

UNUSED = 2
"""How many files that this run did not use stay, for each that it used."""


@dataclass(frozen=True, eq=False)
class Solved:
    """A cell's edges (k, 4), labels left and right (k, 2), and the table of labels."""

    ends: NDArray[np.int32]
    sides: NDArray[np.int32]
    table: Words


class KeptCells:
    """Cells that are solved once, and footprints of counters that are drawn once.

    Counters that do not come near a cell do not count for it. Where nothing can be written,
    nothing is kept.
    """

    def __init__(self, folder: Path, told: str, window: Window) -> None:
        self._folder = folder
        self._told = f"{FORMAT} {edition()} {told}"
        self._window = f"{window!r}"
        self._used: set[Path] = set()

    def cell(self, digests: bytes) -> str:
        """The name of a cell, by the digests of what counters leave in it."""
        return self._named(digests)

    def has(self, name: str) -> bool:
        """Whether there is a file for a cell, be it whole or not."""
        return self._path(name, CELL).exists()

    def solved(self, name: str) -> Solved | None:
        """A cell, with the labels of the counters near it."""
        found = self._read(name, CELL)
        return None if found is None else Solved(**found)

    def keep(self, name: str, found: Solved) -> None:
        """Keep a cell."""
        self._write(name, CELL, {"ends": found.ends, "sides": found.sides, "table": found.table})

    def footprint(self, counter: str | None) -> Footprint | None:
        """What a counter of a name leaves in the cells of the window."""
        if counter is None:
            return None
        found = self._read(self._named(self._window.encode(), counter.encode()), FOOTPRINT)
        return None if found is None else Footprint(**found)

    def keep_footprint(self, counter: str | None, found: Footprint) -> None:
        """Keep the footprint of a counter, if it has a name."""
        if counter is not None:
            name = self._named(self._window.encode(), counter.encode())
            self._write(name, FOOTPRINT, {"digests": found.digests, "base": found.base})

    def _named(self, *parts: bytes) -> str:
        told = hashlib.blake2b(self._told.encode(), digest_size=KEY_BYTES)
        for part in parts:
            told.update(len(part).to_bytes(8, "little") + part)
        return told.hexdigest()

    def _path(self, name: str, ending: str) -> Path:
        return self._folder / name[:2] / f"{name}{ending}"

    def _read(self, name: str, ending: str) -> dict[str, NDArray[Any]] | None:
        path = self._path(name, ending)
        self._used.add(path)
        found = read_kept(path)
        if found is None or found[0] != {"name": f"{name}{ending}"}:
            return None  # not there, not whole, or a file of another name, copied
        return found[1]

    def _write(self, name: str, ending: str, arrays: Arrays) -> None:
        path = self._path(name, ending)
        self._used.add(path)
        with suppress(OSError):  # what cannot be kept is made again
            write_kept(path, {"name": f"{name}{ending}"}, arrays)

    def tidy(self) -> None:
        """Remove the oldest of the files that were not used, but for so many."""
        sweep_drafts(self._folder)
        for ending in (CELL, FOOTPRINT):
            there = set(self._folder.glob(f"*/*{ending}"))
            unused = sorted(there - self._used, key=written_s, reverse=True)
            for one in unused[UNUSED * len(there & self._used) :]:
                with suppress(OSError):
                    one.unlink()
