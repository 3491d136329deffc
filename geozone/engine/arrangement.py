"""The ground cut along all outlines at once: cell by cell, edges with what holds on either side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geozone.engine.keptcells import KeptCells, Solved
from geozone.engine.runner import Progress, ahead

CELL_MM = 8_192_000
"""The side of a cell; what a millimetre grid of 23 bits allows, and the quickest of those tried."""

LARGEST_CELL_MM = 1 << 23
"""Up to here, every product that decides on which side a point lies fits 64 bits."""

MM_PER_M = 1000
FARTHEST_MM = 1e12
"""No coordinate of a projected CRS on earth is near this; one beyond it is a mistake."""

PASSES = 64
"""Passes of crossing and rounding after which a cell is given up; five is the most ever seen."""

BAND = 1_500_000
"""Vertices whose pieces are held at a time, about."""


@dataclass(frozen=True, eq=False)
class Counter:
    """Rings that count together: a place is inside where their windings sum to more than 0.

    ``xy`` (n, 2) float64 metres, x east and y north; ring k has the vertices
    ``starts[k]:starts[k + 1]`` (int64, m + 1), the first repeated at the end; ``sign`` (m,) int8
    times the ring's winding, counter-clockwise +1, is +1 inside shells and -1 inside holes.
    """

    xy: NDArray[np.float64]
    starts: NDArray[np.int64]
    sign: NDArray[np.int8]


@dataclass(frozen=True)
class Bounds:
    """A box in metres of the working CRS."""

    west: float
    south: float
    east: float
    north: float


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
class _Window:
    """Columns and rows of cells, last ones included, of a size in mm."""

    col: int
    row: int
    last_col: int
    last_row: int
    size: int

    @property
    def cols(self) -> int:
        return self.last_col - self.col + 1

    @property
    def rows(self) -> int:
        return self.last_row - self.row + 1

    def bands(self, count: int) -> Iterator[_Window]:
        """The window in at most so many bands of whole rows, from the south."""
        step = math.ceil(self.rows / count)
        for row in range(self.row, self.last_row + 1, step):
            last = min(row + step - 1, self.last_row)
            yield _Window(self.col, row, self.last_col, last, self.size)


@dataclass(frozen=True, eq=False)
class _Band:
    """The pieces of a band of cells: those of cell k are ``order[starts[k]:starts[k + 1]]``.

    ``cells`` are those, row by row, that counter 0 may touch.
    ``base`` (cells, counters) are the windings just west of each cell's lower left corner.
    """

    window: _Window
    pieces: NDArray[np.int32]
    starts: NDArray[np.int64]
    order: NDArray[np.int32]
    base: NDArray[np.int32]
    cells: NDArray[np.intp]


def arrange(
    counters: Sequence[Counter],
    bounds: Bounds,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    cell_mm: int = CELL_MM,
    keep: Path | None = None,
    tidy: bool = False,
) -> Iterator[CellEdges]:
    """The edges of every cell that meets the bounds and counter 0, row by row from the south west.

    Coordinates are rounded once to a millimetre; crossings to the nearest millimetre, until
    nothing crosses. A cell's edges depend only on the shapes: not on their order, nor on the
    bounds, nor on ``jobs``, the number of threads. ``progress`` counts cells, skipped ones too.
    In the folder ``keep`` cells are kept, and found again; ``tidy`` removes old ones from it.

    Raises ``ValueError`` for rings that are open or beyond a million kilometres, and
    ``ArithmeticError`` if a cell does not come to rest or its windings contradict one another.
    """
    if not counters or not 0 < cell_mm <= LARGEST_CELL_MM:
        raise ValueError(f"needs a study area, and cells of 1 to {LARGEST_CELL_MM} mm")
    boxes = [_boxes(number, counter) for number, counter in enumerate(counters)]
    window = _window(bounds, cell_mm)
    bands = list(window.bands(max(1, sum(len(one.xy) for one in counters) // BAND)))
    done, total = 0, window.cols * window.rows
    kept = KeptCells(keep, f"{cell_mm} {PASSES}")
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        coming = pool.submit(_cut, counters, boxes, bands[0])
        for number, _ in enumerate(bands, start=1):
            band = coming.result()
            if number < len(bands):
                coming = pool.submit(_cut, counters, boxes, bands[number])
            edges = ahead(pool, partial(_cell, band, kept), len(band.cells), jobs)
            for cell, found in zip(band.cells, edges, strict=True):
                if progress:
                    progress(done + int(cell) + 1, total)
                if found is not None:
                    yield found
            done += len(band.base)
    if tidy:
        kept.tidy()
    if progress:
        progress(total, total)


def _boxes(number: int, counter: Counter) -> NDArray[np.int64]:
    from geozone.engine.kernels.binning import ring_boxes  # noqa: PLC0415 - numba loads slowly

    boxes, bad = ring_boxes(counter.xy, counter.starts, FARTHEST_MM)
    if bad >= 0:
        raise ValueError(
            f"ring {bad} of counter {number} is open, or has a coordinate that is no number or "
            f"beyond {FARTHEST_MM / MM_PER_M:g} m; repair the shape or its CRS"
        )
    return boxes


def _window(bounds: Bounds, size: int) -> _Window:
    step = size / MM_PER_M
    col, row = math.floor(bounds.west / step), math.floor(bounds.south / step)
    last_col = max(math.ceil(bounds.east / step) - 1, col)
    last_row = max(math.ceil(bounds.north / step) - 1, row)
    return _Window(col, row, last_col, last_row, size)


def _cut(counters: Sequence[Counter], boxes: Sequence[NDArray[np.int64]], window: _Window) -> _Band:
    from geozone.engine.kernels.binning import CELL, COUNTER, PIECE, by_cell, cut_rings  # noqa: PLC0415 - as above

    limits = np.array(
        (window.col, window.row, window.last_col, window.last_row, window.size), np.int64
    )
    flow = np.zeros((window.rows, window.cols + 1, len(counters)), np.int32)
    pieces, count = np.empty((1024, PIECE), np.int32), 0
    for number, (one, box) in enumerate(zip(counters, boxes, strict=True)):
        pieces, count = cut_rings(
            one.xy, one.starts, one.sign, box, limits, number, pieces, count, flow
        )
    starts, order = by_cell(pieces, count, window.rows * window.cols)
    base = np.cumsum(flow, axis=1, dtype=np.int32)[:, :-1].reshape(-1, len(counters))
    touched = base[:, 0] > 0
    touched[pieces[:count][pieces[:count, COUNTER] == 0, CELL]] = True
    return _Band(window, pieces, starts, order, base, np.flatnonzero(touched))


def _cell(band: _Band, kept: KeptCells, number: int) -> CellEdges | None:
    """The edges of a cell among those of a band, nothing if counter 0 does not reach into it."""
    cell = int(band.cells[number])
    window = band.window
    row, col = divmod(cell, window.cols)
    row, col = window.row + row, window.col + col
    pieces = band.pieces[band.order[band.starts[cell] : band.starts[cell + 1]]]
    try:
        found = kept.solved(pieces, band.base[cell], partial(_solved, window.size))
    except ArithmeticError as fault:
        raise ArithmeticError(f"the cell at column {col}, row {row} {fault}") from fault
    if not found.table.any():
        return None
    left, right = np.ascontiguousarray(found.sides.T)
    return CellEdges(col, row, found.ends, left, right, found.table)


def _solved(size: int, pieces: NDArray[np.int32], base: NDArray[np.int32]) -> Solved:
    from geozone.engine.kernels.arrange import cell_edges  # noqa: PLC0415 - as above

    return Solved(*cell_edges(pieces, base, size, PASSES))
