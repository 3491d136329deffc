"""The answers of counters in the cells of a ground, and how much ground has each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.arrangement import BlockEdges
from geozone.engine.cells import KnownCells
from geozone.engine.cutting import Window
from geozone.engine.runs import Words, words_of


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers (t, words) in the ground of a cell, and the ellipsoidal areas (t,) they have."""

    table: Words
    area_m2: NDArray[np.float64]


class Tables:
    """The answers in cells, numbered one after the other as cells come."""

    def __init__(self, counters: int) -> None:
        self.cells: dict[int, Answers] = {}
        self._first: dict[int, int] = {}
        self._counters, self._count = counters, 0

    def add(self, cell: int, told: Answers) -> None:
        """Number the answers of one more cell."""
        self.cells[cell], self._first[cell] = told, self._count
        self._count += len(told.table)

    def take(self, window: Window, block: BlockEdges, sizes: NDArray[np.float64]) -> None:
        """Number the answers of the cells of a block that have not been, with their areas."""
        for at, cell in enumerate(window.numbers(block.places).tolist()):
            if cell not in self.cells:
                some = slice(int(block.rows[at]), int(block.rows[at + 1]))
                self.add(cell, Answers(block.table[some], sizes[some]))

    def span(self, cell: int) -> slice:
        """The numbers of a cell's answers, none if it has no ground."""
        if cell not in self.cells:
            return slice(0, 0)
        first = self._first[cell]
        return slice(first, first + len(self.cells[cell].table))

    def numbers(self, window: Window, block: BlockEdges) -> NDArray[np.int32]:
        """The numbers of the answers of a block."""
        first = [self._first[cell] for cell in window.numbers(block.places).tolist()]
        counts = np.diff(block.rows)
        shift = np.repeat(np.array(first, np.int64) - block.rows[:-1], counts)
        return (shift + np.arange(len(block.table))).astype(np.int32)

    @property
    def table(self) -> Words:
        """All answers."""
        none = np.empty((0, words_of(self._counters)), np.uint64)
        return np.concatenate([none, *(one.table for one in self.cells.values())])

    @property
    def area_m2(self) -> NDArray[np.float64]:
        """The ground that all answers have."""
        return np.concatenate([np.empty(0), *(one.area_m2 for one in self.cells.values())])

    def completed(self, names: Iterable[int], before: Mapping[int, Answers]) -> Tables:
        """These answers and those of before, in the order of cells; others have no ground."""
        found, nothing = Tables(self._counters), Answers(self.table[:0], np.empty(0))
        for cell in names:
            found.add(cell, self.cells.get(cell) or before.get(cell) or nothing)
        return found


def read_tables(known: KnownCells, what: str, names: Mapping[int, str]) -> dict[int, Answers]:
    """The answers that were kept for some purpose, of cells that are called as they were."""
    found = known.kept.about(what)
    if found is None:
        return {}
    told, arrays = found
    every = enumerate(told["cells"])
    same = np.array([at for at, (cell, name) in every if names.get(cell) == name], np.int64)
    cells = [told["cells"][at][0] for at in same.tolist()]
    rows, words = (_ends(arrays["sizes"][:, 0]), _ends(arrays["sizes"].prod(axis=1)))
    sizes = arrays["sizes"][same]
    table = known.widened(cells, arrays["words"], words[same], sizes)
    ends = _ends(sizes[:, 0]).tolist()
    spans = zip(cells, ends, ends[1:], rows[same].tolist(), strict=False)
    return {
        cell: Answers(table[first:end], arrays["area_m2"][row : row + end - first])
        for cell, first, end, row in spans
    }


def write_tables(known: KnownCells, what: str, tables: Tables) -> None:
    """Keep the answers of all cells; what is not near a cell does not count for them."""
    names = known.named() or {}
    nothing = Answers(Tables(0).table, np.empty(0))
    own = [tables.cells.get(cell, nothing) for cell in names]
    words, sizes = known.narrowed(list(names), [one.table for one in own])
    arrays = {
        "sizes": sizes,
        "words": words,
        "area_m2": np.concatenate([np.empty(0), *(one.area_m2 for one in own)]),
    }
    known.kept.keep_about(what, {"cells": list(names.items())}, arrays)


def _ends(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
