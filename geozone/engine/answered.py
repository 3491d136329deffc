"""The cells of a study area: the answers in each, how much ground they have, the edges between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geozone.engine.arrangement import CELL_MM, Arrangement, BlockEdges
from geozone.engine.cells import KnownCells
from geozone.engine.cutting import Bounds, Mask, Rings, Window
from geozone.engine.outlines.areas import AreaFit, Areas, block_areas
from geozone.engine.outlines.edges import NOWHERE, Edges, LabelledBlock
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.tracing import parting
from geozone.engine.runner import Progress, ahead
from geozone.engine.runs import Words
from geozone.engine.tables import Tables, read_tables, write_tables

MOST_NEW = 0.1
"""Of all cells: where no more are new, the edges of the others are read when they are asked for."""

Labels = NDArray[np.int32]


class Answered:
    """The cells of a study area, and the answers of counters in the ground of each.

    Answers are numbered cell by cell; many are the same.
    """

    def __init__(
        self,
        counters: Sequence[Rings],
        bounds: Bounds,
        fit: AreaFit,
        *,
        jobs: int = 1,
        keep: Path | None = None,
    ) -> None:
        self._cut = Arrangement.over(counters, bounds, jobs=jobs, cell_mm=CELL_MM, keep=keep)
        self._fit, self._jobs = fit, jobs
        self.tables = Tables(len(counters))
        self._edges: Edges | None = None
        self._rows = np.empty(0, np.int32)

    @property
    def window(self) -> Window:
        """The cells."""
        return self._cut.cells.window

    @property
    def known(self) -> KnownCells | None:
        """The cells as they are kept, if they are."""
        return self._cut.cells if isinstance(self._cut.cells, KnownCells) else None

    def read(self, progress: Progress | None = None) -> None:
        """Learn the answers in every cell: from what is kept of most, or from all edges."""
        what = "answers " + _told(self._fit)
        names = self.known.named() if self.known else None
        before = read_tables(self.known, what, names) if self.known and names else {}
        new = [cell for cell in names or () if cell not in before]
        if names and len(new) <= MOST_NEW * len(names):
            for _ in self._taken(self.blocks(new, progress)):
                pass
            if progress and not new:
                progress(len(names), len(names))
            self.tables = self.tables.completed(names, before)
        else:
            blocks = self._taken(self._cut.blocks(progress=progress))
            self._edges = join(map(self._numbered, blocks), self.window.size)
        if self.known:
            self._cut.tidy()
            if new or not names:
                write_tables(self.known, what, self.tables)

    def blocks(
        self, cells: Iterable[int], progress: Progress | None = None
    ) -> Iterator[BlockEdges]:
        """The edges of the blocks that hold some cells."""
        only: Mask = np.zeros(self.window.cells, bool)
        only[list(cells)] = True
        return self._cut.blocks(only, progress=progress) if only.any() else iter(())

    def _taken(self, blocks: Iterator[BlockEdges]) -> Iterator[BlockEdges]:
        """The blocks, once their answers are known, with their areas."""

        def measured(block: BlockEdges) -> tuple[BlockEdges, Areas]:
            return block, block_areas(block, self._fit, self.window.size)

        with ThreadPoolExecutor(self._jobs) as pool:
            for block, sizes in ahead(pool, measured, blocks, self._jobs):
                self.tables.take(self.window, block, sizes)
                yield block

    def label(self, rows: Labels) -> None:
        """Say what the answers are labelled from now on: number i is ``rows[i]``."""
        self._rows = rows
        if self._edges is not None:
            self._edges = parting(self._edges, rows, jobs=self._jobs)

    @property
    def edges(self) -> Edges:
        """The edges between labels."""
        if self._edges is None:
            labelled = (self.labelled(one, self._rows) for one in self._cut.blocks())
            self._edges = join(labelled, self.window.size)
        return self._edges

    def labelled(self, block: BlockEdges, rows: Labels) -> LabelledBlock:
        """A block where answer i has the label ``rows[i]``."""
        return LabelledBlock.of(block, rows[self.tables.numbers(self.window, block)])

    def _numbered(self, block: BlockEdges) -> LabelledBlock:
        numbers = self.tables.numbers(self.window, block)
        return LabelledBlock.of(block, np.where(in_area(block.table), numbers, NOWHERE))


def in_area(table: Words) -> NDArray[np.bool_]:
    """Which answers are those of ground in the study area, counter 0."""
    found: NDArray[np.bool_] = (table[:, 0] & np.uint64(1)).astype(bool)
    return found


def _told(fit: AreaFit) -> str:
    return hashlib.sha256(fit.coefs.tobytes() + fit.frame.tobytes()).hexdigest()
