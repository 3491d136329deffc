"""Cells of a window and how each is solved: from what is cut there, or from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import (
    BLOCK,
    CELL,
    COUNTER,
    NOTHING,
    Cut,
    Drawn,
    Mask,
    Near,
    Pieces,
    Rings,
    Some,
    Window,
)
from geozone.engine.footprints import Footprints
from geozone.engine.keptcells import KeptCells, Solved
from geozone.engine.runner import ahead
from geozone.engine.runs import WORD, Words, packed, unpacked, words_of

MOST_CHANGED = 0.5
"""Of all vertices: where no more have changed, they are cut first, to see where they count."""

Solve = Callable[[Pieces, NDArray[np.int32]], Solved]
"""How a cell is solved: from its pieces and the windings at its corner."""

Block = tuple[int, ...]
"""Numbers of cells that lie together, in a window."""


@dataclass(frozen=True, eq=False)
class Part:
    """A band of a window: its first cell, its blocks with cells to be solved, what is cut."""

    first: int
    blocks: tuple[Block, ...]
    cut: Cut

    def cut_in(self, cell: int) -> Pieces:
        """What is cut in a cell of the window."""
        return self.cut.pieces(cell - self.first)


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
        return Part(first, tuple(_blocks(band, first, cut.touched)), cut)

    def solved(self, part: Part, block: Block) -> list[Solved]:
        """The cells of a block of a part. Raises ``ArithmeticError``, which names the cell."""
        return [self._one(part, cell) for cell in block]

    def _one(self, part: Part, cell: int) -> Solved:
        pieces, base = part.cut_in(cell), part.cut.base[cell - part.first]
        near = base != 0
        near[0] = True
        near[pieces[:, COUNTER]] = True
        numbers = np.flatnonzero(near)
        found = _near(self.window.cell(cell), pieces, base, numbers, self._solve)
        return _widened(found, numbers, len(base))

    def end(self) -> None:
        """All cells were solved."""

    def tidy(self) -> None:
        """Nothing is kept."""


class KnownCells:
    """Cells of which those that are kept are not solved again.

    Counters whose footprints are kept are drawn only around the cells that are not.
    """

    def __init__(
        self,
        rings: Sequence[Rings],
        window: Window,
        solve: Solve,
        kept: KeptCells,
        *,
        jobs: int = 1,
    ) -> None:
        self.window = window
        self._rings, self._solve, self.kept = rings, solve, kept
        self._prints = Footprints(len(rings), window.cells)
        self._named: dict[int, str] = {}
        self._new = [number for number, one in enumerate(rings) if not self._recalled(number, one)]
        total, new = (sum(one.size for one in some) for some in (rings, self._changed))
        self._wanted = None if new > MOST_CHANGED * total else self._missing()
        self._whole = self._wanted is not None
        pool = ThreadPoolExecutor(1)  # what was answered before is read meanwhile
        self._begun = pool.submit(Drawn.of, *self._to_draw(), jobs=jobs)
        pool.shutdown(wait=False)

    @property
    def _drawn(self) -> Drawn:
        return self._begun.result()

    @property
    def _changed(self) -> list[Rings]:
        return [self._rings[number] for number in self._new]

    def _recalled(self, number: int, rings: Rings) -> bool:
        found = self.kept.footprint(rings.name)
        if found is None or len(found.base) != self.window.cells:
            return False
        self._prints[number] = found
        return True

    def _missing(self) -> Mask:
        """The cells that have to be cut, when all footprints have been made."""
        if self._new:
            self._print_changed()
        found = np.zeros(self.window.cells, bool)
        for block in _blocks(self.window, 0, self._prints.touched):
            found[list(block)] = np.logical_not(self.kept.has(self._names(block)))
        return found

    def _to_draw(self) -> tuple[Sequence[Rings], Near | None]:
        """The rings of which something has to be cut, and where."""
        if self._wanted is None:
            return self._rings, None
        leaves = self._prints.left_in(self._wanted)
        rings = [one if left else NOTHING for one, left in zip(self._rings, leaves, strict=True)]
        return rings, Some(self.window, self._wanted).near

    def _print_changed(self) -> None:
        drawn, first = Drawn.of(self._changed), 0
        with ThreadPoolExecutor(1) as pool:  # cuts the next band
            for cut in ahead(pool, drawn.cut, self.window.bands(drawn.vertices), 1):
                self._prints.note(first, cut, self._new)
                first += cut.window.cells
        self._keep_footprints()

    def _keep_footprints(self) -> None:
        for number in self._new:
            self.kept.keep_footprint(self._rings[number].name, self._prints[number])

    @property
    def vertices(self) -> int:
        """How many have to be cut."""
        return self._drawn.vertices

    def part(self, band: Window, first: int) -> Part:
        """The cells of a band, which begins with cell ``first``."""
        cut = self._drawn.cut(band)
        touched = cut.touched
        if self._wanted is None:
            self._prints.note(first, cut, range(len(self._rings)))
        else:
            touched = self._prints.touched[first : first + band.cells]
        return Part(first, tuple(_blocks(band, first, touched)), cut)

    def solved(self, part: Part, block: Block) -> list[Solved]:
        """The cells of a block of a part. Raises ``ArithmeticError``, which names the cell."""
        names = self._names(block)
        found = self.kept.block(names)
        if any(name not in found for name in names):
            found |= self.kept.elsewhere(name for name in names if name not in found)
            for name, cell in zip(names, block, strict=True):
                if name not in found:
                    found[name] = self._one(part, cell)
            self.kept.keep(names, found)
        count = len(self._rings)
        return [
            _widened(found[name], self._prints.near(cell), count)
            for name, cell in zip(names, block, strict=True)
        ]

    def _names(self, block: Block) -> list[str]:
        for cell in block:
            if cell not in self._named:
                self._named[cell] = self.kept.cell(self._prints.told(cell))
        return [self._named[cell] for cell in block]

    def _one(self, part: Part, cell: int) -> Solved:
        pieces, base = self._pieces(part, cell), self._prints.base(cell)
        return _near(self.window.cell(cell), pieces, base, self._prints.near(cell), self._solve)

    def _pieces(self, part: Part, cell: int) -> Pieces:
        """The pieces of a cell; what is kept of one that was not wanted is not whole after all."""
        if self._wanted is None or self._wanted[cell]:
            return part.cut_in(cell)
        only = np.arange(self.window.cells) == cell
        drawn = Drawn.of(self._rings, Some(self.window, only).near)
        return drawn.cut(self.window.cell(cell)).pieces(0)

    def end(self) -> None:
        """All cells were solved."""
        if self._wanted is None:
            self._keep_footprints()
        self._whole = True

    def named(self) -> Mapping[int, str] | None:
        """What cells are called by all that their edges depend on, in the order of blocks.

        ``None`` where that comes out only as they are cut.
        """
        if not self._whole:
            return None
        blocks = _blocks(self.window, 0, self._prints.touched)
        return {
            cell: name for one in blocks for cell, name in zip(one, self._names(one), strict=True)
        }

    def widened(
        self,
        cells: Sequence[int],
        words: NDArray[np.uint64],
        begins: NDArray[np.int64],
        sizes: NDArray[np.int64],
    ) -> Words:
        """Sets of the counters near cells as sets of all counters, cell by cell.

        Those of cell c are ``sizes[c]`` (rows, words) from ``begins[c]`` of ``words`` on.
        """
        from geozone.engine.kernels.widths import widen  # noqa: PLC0415 - numba loads slowly

        found = np.zeros((int(sizes[:, 0].sum()), words_of(len(self._rings))), np.uint64)
        widen(words, begins, sizes, *self._near_all(cells), found)
        return found

    def narrowed(
        self, cells: Sequence[int], tables: Sequence[Words]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Sets of all counters as sets of the counters near each cell, one behind the other.

        And for each cell how many (rows, words) they are.
        """
        from geozone.engine.kernels.widths import narrow  # noqa: PLC0415 - as above

        near, ends = self._near_all(cells)
        widths = np.maximum(-(-np.diff(ends) // WORD), 1)
        sizes = np.column_stack([[len(one) for one in tables], widths]).astype(np.int64)
        found = np.zeros(int(sizes.prod(axis=1).sum()), np.uint64)
        none = np.empty((0, words_of(len(self._rings))), np.uint64)
        filled = [one for one in tables if len(one)]
        narrow(np.concatenate([none, *filled]), sizes, near, ends, found)
        return found, sizes

    def _near_all(self, cells: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The counters near cells, one cell's behind the other's, and where each cell's begin."""
        rows, near = np.nonzero(self._prints.near_all(np.array(cells, np.intp)))
        counts = np.bincount(rows, minlength=len(cells))
        return near.astype(np.int64), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def tidy(self) -> None:
        """Remove old files of cells, but for those of these cells."""
        for block in _blocks(self.window, 0, self._prints.touched):
            self.kept.use(self._names(block))
        self.kept.tidy()


def _blocks(band: Window, first: int, touched: Mask) -> Iterator[Block]:
    """The cells of a band that are touched, block by block; the band begins with cell ``first``.

    A block is ``BLOCK`` cells wide and high, wherever the window begins.
    """
    cells = np.flatnonzero(touched)
    col, row = (one // BLOCK for one in band.places(cells))
    order = np.lexsort((cells, col, row))
    ends = np.flatnonzero((np.diff(row[order]) != 0) | (np.diff(col[order]) != 0)) + 1
    for some in np.split(cells[order] + first, ends):
        if len(some):
            yield tuple(some.tolist())


def _near(
    at: Window,
    pieces: Pieces,
    base: NDArray[np.int32],
    numbers: NDArray[np.intp],
    solve: Solve,
) -> Solved:
    """A cell solved with the counters near it, which are numbered anew."""
    local = pieces.copy()
    local[:, COUNTER] = np.searchsorted(numbers, pieces[:, COUNTER])
    local[:, CELL] = 0
    try:
        return solve(local, np.ascontiguousarray(base[numbers]))
    except ArithmeticError as fault:
        raise ArithmeticError(f"the cell at column {at.col}, row {at.row} {fault}") from fault


def _widened(found: Solved, numbers: NDArray[np.intp], counters: int) -> Solved:
    """Sets of the counters near a cell as sets of all counters."""
    return Solved(found.ends, found.sides, _wide(found.table, numbers, counters))


def _wide(table: Words, numbers: NDArray[np.intp], counters: int) -> Words:
    bits = np.zeros((len(table), counters), bool)
    bits[:, numbers] = unpacked(table, len(numbers))
    return packed(bits)
