"""Cells of a window and how each is solved: from what is cut there, or from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import CELL, COUNTER, Cut, Drawn, Mask, Pieces, Rings, Some, Window
from geozone.engine.footprints import Footprints
from geozone.engine.keptcells import KeptCells, Solved
from geozone.engine.runs import packed, unpacked

MOST_CHANGED = 0.5
"""Of all vertices: where no more have changed, they are cut first, to see where they count."""

Solve = Callable[[Pieces, NDArray[np.int32]], Solved]
"""How a cell is solved: from its pieces and the windings at its corner."""


@dataclass(frozen=True, eq=False)
class Part:
    """A band of a window: its first cell, those to be solved counted from it, and what is cut."""

    first: int
    numbers: NDArray[np.intp]
    cut: Cut


class CutCells:
    """Cells of which all are cut."""

    def __init__(self, rings: Sequence[Rings], window: Window, solve: Solve) -> None:
        self.window = window
        self._drawn, self._solve = Drawn.of(rings), solve

    @property
    def vertices(self) -> int:
        """How many have to be cut."""
        return self._drawn.vertices

    def part(self, band: Window, first: int) -> Part:
        """The cells of a band, which begins with cell ``first``."""
        cut = self._drawn.cut(band)
        return Part(first, np.flatnonzero(cut.touched), cut)

    def solved(self, part: Part, number: int) -> Solved:
        """A cell of a part. Raises ``ArithmeticError``."""
        pieces, base = part.cut.pieces(number), part.cut.base[number]
        near = base != 0
        near[0] = True
        near[pieces[:, COUNTER]] = True
        numbers = np.flatnonzero(near)
        return _widened(_near(pieces, base, numbers, self._solve), numbers, len(base))

    def end(self) -> None:
        """All cells were solved."""


class KnownCells:
    """Cells of which those that are kept are not solved again.

    Counters whose footprints are kept are drawn only around the cells that are not.
    """

    def __init__(
        self, rings: Sequence[Rings], window: Window, solve: Solve, kept: KeptCells
    ) -> None:
        self.window = window
        self._rings, self._solve, self._kept = rings, solve, kept
        self._prints = Footprints(len(rings), window.cells)
        self._new = [number for number, one in enumerate(rings) if not self._recalled(number, one)]
        total, new = (sum(one.size for one in some) for some in (rings, self._changed))
        self._wanted = None if new > MOST_CHANGED * total else self._missing()
        near = None if self._wanted is None else Some(window, self._wanted).near
        self._drawn = Drawn.of(rings, near)

    @property
    def _changed(self) -> list[Rings]:
        return [self._rings[number] for number in self._new]

    def _recalled(self, number: int, rings: Rings) -> bool:
        found = self._kept.footprint(rings.name)
        if found is None or len(found.base) != self.window.cells:
            return False
        self._prints[number] = found
        return True

    def _missing(self) -> Mask:
        """The cells that have to be cut, when all footprints have been made."""
        self._print_changed()
        found = np.zeros(self.window.cells, bool)
        for cell in np.flatnonzero(self._prints.touched).tolist():
            found[cell] = not self._kept.has(self._kept.cell(self._prints.told(cell)))
        return found

    def _print_changed(self) -> None:
        drawn, first = Drawn.of(self._changed), 0
        for band in self.window.bands(drawn.vertices):
            cut = drawn.cut(band)
            for number in range(band.cells):
                self._prints.note(first + number, cut.pieces(number), cut.base[number], self._new)
            first += band.cells
        self._keep_footprints()

    def _keep_footprints(self) -> None:
        for number in self._new:
            self._kept.keep_footprint(self._rings[number].name, self._prints[number])

    @property
    def vertices(self) -> int:
        """How many have to be cut."""
        return self._drawn.vertices

    def part(self, band: Window, first: int) -> Part:
        """The cells of a band, which begins with cell ``first``."""
        cut = self._drawn.cut(band)
        if self._wanted is None:
            every = range(len(self._rings))
            for number in range(band.cells):
                self._prints.note(first + number, cut.pieces(number), cut.base[number], every)
            return Part(first, np.flatnonzero(cut.touched), cut)
        numbers = np.flatnonzero(self._prints.touched[first : first + band.cells])
        return Part(first, numbers, cut)

    def solved(self, part: Part, number: int) -> Solved:
        """A cell of a part. Raises ``ArithmeticError``."""
        cell = part.first + number
        near, name = self._prints.near(cell), self._kept.cell(self._prints.told(cell))
        found = self._kept.solved(name)
        if found is None:
            pieces, base = self._pieces(part, number), self._prints.base(cell)
            found = _near(pieces, base, near, self._solve)
            self._kept.keep(name, found)
        return _widened(found, near, len(self._rings))

    def _pieces(self, part: Part, number: int) -> Pieces:
        """The pieces of a cell; what is kept of one that was not wanted is not whole after all."""
        cell = part.first + number
        if self._wanted is None or self._wanted[cell]:
            return part.cut.pieces(number)
        only = np.arange(self.window.cells) == cell
        drawn = Drawn.of(self._rings, Some(self.window, only).near)
        return drawn.cut(self.window.cell(cell)).pieces(0)

    def end(self) -> None:
        """All cells were solved."""
        if self._wanted is None:
            self._keep_footprints()


def _near(
    pieces: Pieces, base: NDArray[np.int32], numbers: NDArray[np.intp], solve: Solve
) -> Solved:
    """A cell solved with the counters near it, which are numbered anew."""
    local = pieces.copy()
    local[:, COUNTER] = np.searchsorted(numbers, pieces[:, COUNTER])
    local[:, CELL] = 0
    return solve(local, np.ascontiguousarray(base[numbers]))


def _widened(found: Solved, numbers: NDArray[np.intp], counters: int) -> Solved:
    """Sets of the counters near a cell as sets of all counters."""
    bits = np.zeros((len(found.table), counters), bool)
    bits[:, numbers] = unpacked(found.table, len(numbers))
    return Solved(found.ends, found.sides, packed(bits))
