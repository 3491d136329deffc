"""Cells of the arrangement that are kept: what they depend on names them, so they never age."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import Window
from geozone.engine.edition import edition
from geozone.engine.footprints import Footprint
from geozone.engine.keptfile import (
    Arrays,
    peek_kept,
    read_kept,
    sweep_drafts,
    write_kept,
    written_s,
)
from geozone.engine.runs import Words

FORMAT = "4"
KEY_BYTES = 20
BLOCK, FOOTPRINT, ABOUT = ".block", ".footprint", ".about"

Kept = tuple[dict[str, Any], dict[str, NDArray[Any]]]
"""A header and arrays."""

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

    A cell is found by its name, whichever block of cells it was kept with. Counters that do not
    come near a cell do not count for it. Where nothing can be written, nothing is kept.
    """

    def __init__(self, folder: Path, told: str, window: Window) -> None:
        self._folder = folder
        self._told = f"{FORMAT} {edition()} {told}"
        self._window = f"{window!r}"
        self._used: set[Path] = set()
        self._coming: dict[str, Future[Kept | None]] = {}

    def cell(self, digests: bytes) -> str:
        """The name of a cell, by the digests of what counters leave in it."""
        return self._named(digests)

    def has(self, names: Sequence[str]) -> list[bool]:
        """Which cells of a block there are files for, be those whole or not."""
        if self._path(self._block(names), BLOCK).exists():
            return [True] * len(names)
        return [name in self._places for name in names]

    def block(self, names: Sequence[str]) -> dict[str, Solved]:
        """The cells of a block that were kept together, with the labels of the counters near."""
        return self._cells(self._path(self._block(names), BLOCK))

    def elsewhere(self, names: Iterable[str]) -> dict[str, Solved]:
        """Cells that were kept in whatever blocks, and others that were kept with them."""
        there: dict[str, Solved] = {}
        for name in names:
            if name not in there and name in self._places:
                there |= self._cells(self._places[name])
        return there

    def keep(self, names: Sequence[str], cells: Mapping[str, Solved]) -> None:
        """Keep the cells of a block."""
        there = list(dict.fromkeys(names))
        block = self._block(names)
        self._write(block, BLOCK, {"cells": there}, _joined([cells[one] for one in there]))

    @cached_property
    def _places(self) -> dict[str, Path]:
        """The file that each cell is in."""
        found = {}
        for path in self._folder.glob(f"*/*{BLOCK}"):
            told = (peek_kept(path) or {}).get("cells")
            names = told if isinstance(told, list) else ()  # a file of another kind may be there
            found.update({one: path for one in names if isinstance(one, str)})
        return found

    def _cells(self, path: Path) -> dict[str, Solved]:
        found = self._read(path)
        if found is None:
            return {}
        header, arrays = found
        return dict(zip(header["cells"], _parted(arrays), strict=True))

    def _block(self, names: Sequence[str]) -> str:
        return self._named(*(name.encode() for name in names))

    def footprint(self, counter: str | None) -> Footprint | None:
        """What a counter of a name leaves in the cells of the window."""
        if counter is None:
            return None
        name = self._named(self._window.encode(), counter.encode())
        found = self._read(self._path(name, FOOTPRINT))
        return None if found is None else Footprint(**found[1])

    def keep_footprint(self, counter: str | None, found: Footprint) -> None:
        """Keep the footprint of a counter, if it has a name."""
        if counter is not None:
            name = self._named(self._window.encode(), counter.encode())
            self._write(name, FOOTPRINT, {}, {"digests": found.digests, "base": found.base})

    def _named(self, *parts: bytes) -> str:
        told = hashlib.blake2b(self._told.encode(), digest_size=KEY_BYTES)
        for part in parts:
            told.update(len(part).to_bytes(8, "little") + part)
        return told.hexdigest()

    def _path(self, name: str, ending: str) -> Path:
        return self._folder / name[:2] / f"{name}{ending}"

    def _read(self, path: Path) -> Kept | None:
        self._used.add(path)
        found = read_kept(path)
        if found is None or found[0].get("name") != path.name:
            return None  # not there, not whole, or a file of another name, copied
        return found

    def use(self, names: Sequence[str]) -> None:
        """Say that the cells of a block are in use, read or not."""
        self._used.add(self._path(self._block(names), BLOCK))

    def expect(self, what: str) -> None:
        """Begin to read what ``about`` will be asked for."""
        pool = ThreadPoolExecutor(1)
        self._coming[what] = pool.submit(self._about, what)
        pool.shutdown(wait=False)

    def about(self, what: str) -> Kept | None:
        """What was last kept about these cells together, for some purpose."""
        coming = self._coming.pop(what, None)
        return coming.result() if coming else self._about(what)

    def _about(self, what: str) -> Kept | None:
        return self._read(self._path(self._named(self._window.encode(), what.encode()), ABOUT))

    def keep_about(self, what: str, told: dict[str, Any], arrays: Arrays) -> None:
        """Keep something about these cells together in place of what was kept before."""
        name = self._named(self._window.encode(), what.encode())
        self._write(name, ABOUT, told, arrays, packs=False)

    def _write(
        self, name: str, ending: str, told: dict[str, Any], arrays: Arrays, *, packs: bool = True
    ) -> None:
        path = self._path(name, ending)
        self._used.add(path)
        with suppress(OSError):  # what cannot be kept is made again
            write_kept(path, {"name": path.name, **told}, arrays, packs=packs)

    def tidy(self) -> None:
        """Remove the oldest of the files that were not used, but for so many."""
        sweep_drafts(self._folder)
        for ending in (BLOCK, FOOTPRINT, ABOUT):
            there = set(self._folder.glob(f"*/*{ending}"))
            unused = sorted(there - self._used, key=written_s, reverse=True)
            for one in unused[UNUSED * len(there & self._used) :]:
                with suppress(OSError):
                    one.unlink()


def _joined(cells: Sequence[Solved]) -> Arrays:
    """Cells as arrays of all: edges, words of tables, and how many of each a cell has."""
    sizes = [(len(one.ends), *one.table.shape) for one in cells]
    return {
        "sizes": np.array(sizes, np.int64).reshape(-1, 3),
        "ends": np.concatenate([one.ends for one in cells]),
        "sides": np.concatenate([one.sides for one in cells]),
        "words": np.concatenate([one.table.ravel() for one in cells]),
    }


def _parted(arrays: Arrays) -> list[Solved]:
    found, edge, word = [], 0, 0
    for edges, rows, width in arrays["sizes"].tolist():
        table = arrays["words"][word : word + rows * width].reshape(rows, width)
        ends, sides = (arrays[name][edge : edge + edges] for name in ("ends", "sides"))
        found.append(Solved(ends, sides, table))
        edge, word = edge + edges, word + rows * width
    return found
