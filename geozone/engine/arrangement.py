"""The ground cut along all outlines at once: cell by cell, edges with what holds on either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cells import Block, CutCells, KnownCells, Part
from geozone.engine.cutting import Bounds, Mask, Rings, Window
from geozone.engine.keptcells import KeptCells, Solved
from geozone.engine.runner import Progress, ahead

CELL_MM = 8_192_000
"""The side of a cell; what a millimetre grid of 23 bits allows, and the quickest of those tried."""

LARGEST_CELL_MM = 1 << 23
"""Up to here, every product that decides on which side a point lies fits 64 bits."""

PASSES = 64
"""Passes of crossing and rounding after which a cell is given up; five is the most ever seen."""


@dataclass(frozen=True, eq=False)
class CellEdges:
    """The planar edges of one cell: they meet at their ends only, and every face has one set.

    The cell's lower left corner lies at ``col`` and ``row`` times the cell's side. ``ends``
    (k, 4) int32 are x0, y0, x1, y1 in millimetres from that corner, the end with the lesser x
    (then y) first, in order of their first ends. ``left`` and ``right`` (k,) int32, seen from the
    first end, are rows of ``table`` (t, words) uint64: bit ``c % 64`` of word ``c // 64`` says
    whether counter c holds.
    Where counter 0, the study area, does not hold, no bit is set. The two differ, except
    that the border of the cell is always there, with -1 on its outer side; neighbours may have
    their nodes on a common border at different places.
    """

    col: int
    row: int
    ends: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    table: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class BlockEdges:
    """The edges of some cells that lie together, one cell's after the other's.

    ``places`` (n, 2) int64 are the cells' columns and rows; cell k has the edges
    ``starts[k]:starts[k + 1]`` and the rows ``rows[k]:rows[k + 1]`` of the table. The arrays are
    as in ``CellEdges``, labels counted from the first row of the table.
    """

    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    ends: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    table: NDArray[np.uint64]

    @classmethod
    def of(cls, places: Sequence[tuple[int, int]], cells: Sequence[Solved]) -> BlockEdges:
        """Cells, one at least, that are solved, by column and row."""
        edges = np.array([len(one.ends) for one in cells], np.int64)
        starts, rows = (
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
            for counts in (edges, [len(one.table) for one in cells])
        )
        sides = np.concatenate([one.sides for one in cells]).T
        first = np.repeat(rows[:-1].astype(np.int32), edges)
        left, right = (np.where(side < 0, side, side + first) for side in sides)
        ends, table = (
            np.concatenate(some)
            for some in zip(*((one.ends, one.table) for one in cells), strict=True)
        )
        return cls(np.array(places, np.int64), starts, rows, ends, left, right, table)

    def cells(self) -> Iterator[CellEdges]:
        """The cells, one by one."""
        for k, (col, row) in enumerate(self.places.tolist()):
            edges, rows = slice(*self.starts[k : k + 2]), slice(*self.rows[k : k + 2])
            left, right = (
                np.where(one < 0, one, one - np.int32(rows.start))
                for one in (self.left[edges], self.right[edges])
            )
            yield CellEdges(col, row, self.ends[edges], left, right, self.table[rows])


def arrange(
    counters: Sequence[Rings],
    bounds: Bounds,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    cell_mm: int = CELL_MM,
    keep: Path | None = None,
) -> Iterator[BlockEdges]:
    """The edges of every cell that meets the bounds and counter 0, block by block.

    Blocks come row by row from the south west, and so do the cells of each.
    Coordinates are rounded once to a millimetre; crossings to the nearest millimetre, until
    nothing crosses. A cell's edges depend only on the shapes: not on their order, nor on the
    bounds, nor on ``jobs``, the number of threads. ``progress`` counts cells, skipped ones too.
    In the folder ``keep`` cells are kept, and found again; of counters that have names rings are
    only drawn where that is needed.

    Raises ``ValueError`` for rings that are open or beyond a million kilometres, and
    ``ArithmeticError`` if a cell does not come to rest or its windings contradict one another.
    """
    found = Arrangement.over(counters, bounds, jobs=jobs, cell_mm=cell_mm, keep=keep)
    yield from found.blocks(progress=progress)


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The cells of a ground, whose edges are worked out when they are asked for."""

    cells: CutCells | KnownCells
    jobs: int

    @classmethod
    def over(
        cls,
        counters: Sequence[Rings],
        bounds: Bounds,
        *,
        jobs: int = 1,
        cell_mm: int = CELL_MM,
        keep: Path | None = None,
    ) -> Arrangement:
        """The cells that meet the bounds and counter 0; the rest is as in ``arrange``."""
        if not counters or not 0 < cell_mm <= LARGEST_CELL_MM:
            raise ValueError(f"needs a study area, and cells of 1 to {LARGEST_CELL_MM} mm")
        window, solve = Window.over(bounds, cell_mm), partial(_solved, cell_mm)
        if keep is None:
            return cls(CutCells(counters, window, solve), jobs)
        kept = KeptCells(keep, f"{cell_mm} {PASSES}", window)
        return cls(KnownCells(counters, window, solve, kept, jobs=jobs), jobs)

    def blocks(
        self, only: Mask | None = None, *, progress: Progress | None = None
    ) -> Iterator[BlockEdges]:
        """The edges of all blocks, or of those with a cell of ``only`` (cells,), in their order.

        The pieces of a band of them are cut while those before are solved.
        """
        cells = self.cells
        every = list(cells.window.bands(cells.vertices))
        firsts = [0, *accumulate(band.cells for band in every)]
        total = firsts.pop()
        bands = [
            (band, first)
            for band, first in zip(every, firsts, strict=True)
            if only is None or only[first : first + band.cells].any()
        ]
        with ThreadPoolExecutor(max(self.jobs, 1)) as pool:
            coming = [pool.submit(cells.part, *one) for one in bands[:1]]
            for number, (band, _) in enumerate(bands):
                part = coming.pop().result()
                coming = [pool.submit(cells.part, *one) for one in bands[number + 1 : number + 2]]
                wanted = [one for one in part.blocks if only is None or only[list(one)].any()]
                edges = ahead(pool, partial(_edges, cells, part), wanted, self.jobs)
                for done, found in enumerate(edges, start=1):
                    if progress:
                        progress(part.first + band.cells * done // len(wanted), total)
                    if found is not None:
                        yield found
        if only is None:
            cells.end()
        if progress:
            progress(total, total)

    def tidy(self) -> None:
        """Remove old files from where cells are kept."""
        self.cells.tidy()


def _edges(cells: CutCells | KnownCells, part: Part, block: Block) -> BlockEdges | None:
    """The edges of a block of a part, nothing if counter 0 does not reach into it."""
    solved = zip(block, cells.solved(part, block), strict=True)
    found = {cell: one for cell, one in solved if one.table.any()}
    if not found:
        return None
    at = (cells.window.cell(cell) for cell in found)
    return BlockEdges.of([(one.col, one.row) for one in at], list(found.values()))


def _solved(size: int, pieces: NDArray[np.int32], base: NDArray[np.int32]) -> Solved:
    from geozone.engine.kernels.arrange import cell_edges  # noqa: PLC0415 - numba loads slowly

    return Solved(*cell_edges(pieces, base, size, PASSES))
