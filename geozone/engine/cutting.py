"""Rings cut at the borders of square cells: the pieces of each cell, and what winds around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MM_PER_M = 1000
FARTHEST_MM = 1e12
"""No coordinate of a projected CRS on earth is near this; one beyond it is a mistake."""

BAND = 1_500_000
"""Vertices whose pieces are held at a time, about."""

BLOCK = 4
"""Cells along a side of a block, which are cut, kept and joined together."""

COUNTER, CELL = 4, 6
"""Columns of a piece: the counter that it belongs to, and its cell."""

Mask = NDArray[np.bool_]
Pieces = NDArray[np.int32]
Places = NDArray[np.float64]
Near = Callable[[Places], Mask]
"""Which boxes, rows of west, south, east and north in metres, matter."""


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

    @property
    def name(self) -> None:
        """Nothing is known of where the rings come from."""
        return

    @property
    def size(self) -> int:
        """How many vertices there are."""
        return len(self.xy)

    def near(self, near: Near | None) -> Counter:
        """The rings, which are all there."""
        return self


NOTHING = Counter(np.empty((0, 2)), np.zeros(1, np.int64), np.empty(0, np.int8))


class Rings(Protocol):
    """A counter that is drawn when it is asked for."""

    @property
    def name(self) -> str | None:
        """Names all that the rings depend on, so that equal names have equal rings."""
        ...

    @property
    def size(self) -> int:
        """About how many vertices there will be."""
        ...

    def near(self, near: Near | None) -> Counter:
        """The rings, or in their order at least those that have to do with some boxes.

        Pieces of rings within such boxes are those of all rings; what winds around is not.
        """
        ...


@dataclass(frozen=True)
class Bounds:
    """A box in metres of the working CRS."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Window:
    """Columns and rows of cells, last ones included, of a size in mm."""

    col: int
    row: int
    last_col: int
    last_row: int
    size: int

    @classmethod
    def over(cls, bounds: Bounds, size: int) -> Window:
        """The cells that meet bounds."""
        step = size / MM_PER_M
        col, row = math.floor(bounds.west / step), math.floor(bounds.south / step)
        last_col = max(math.ceil(bounds.east / step) - 1, col)
        last_row = max(math.ceil(bounds.north / step) - 1, row)
        return cls(col, row, last_col, last_row, size)

    @property
    def cols(self) -> int:
        """How many columns."""
        return self.last_col - self.col + 1

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.last_row - self.row + 1

    @property
    def cells(self) -> int:
        """How many cells; they are numbered row by row from the south west."""
        return self.cols * self.rows

    def bands(self, vertices: int) -> Iterator[Window]:
        """The window in bands of whole blocks, from the south, for so many vertices in all."""
        step = BLOCK * math.ceil(self.rows / BLOCK / max(1, vertices // BAND))
        for row in range(self.row // BLOCK * BLOCK, self.last_row + 1, step):
            last = min(row + step - 1, self.last_row)
            yield Window(self.col, max(row, self.row), self.last_col, last, self.size)

    def places(self, numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Columns and rows of cells."""
        row, col = np.divmod(numbers, self.cols)
        return self.col + col, self.row + row

    def numbers(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of cells by column and row (n, 2)."""
        found: NDArray[np.int64] = (places[:, 1] - self.row) * self.cols + places[:, 0] - self.col
        return found

    def cell(self, number: int) -> Window:
        """One cell."""
        row, col = divmod(number, self.cols)
        row, col = self.row + row, self.col + col
        return Window(col, row, col, row, self.size)


@dataclass(frozen=True, eq=False)
class Some:
    """Some cells of a window: ``chosen`` (cells,)."""

    window: Window
    chosen: Mask

    @cached_property
    def _before(self) -> NDArray[np.int64]:
        """How many cells are chosen in lesser columns and rows, shape (rows + 1, cols + 1)."""
        found = np.zeros((self.window.rows + 1, self.window.cols + 1), np.int64)
        given = self.chosen.reshape(self.window.rows, self.window.cols)
        found[1:, 1:] = given.cumsum(axis=0).cumsum(axis=1)
        return found

    def near(self, boxes: Places) -> Mask:
        """Which boxes (n, 4) in metres meet a chosen cell, or come within a millimetre of it."""
        window, before = self.window, self._before
        step = window.size / MM_PER_M
        low = np.floor((boxes[:, :2] - 1 / MM_PER_M) / step) - (window.col, window.row)
        high = np.floor((boxes[:, 2:] + 1 / MM_PER_M) / step) - (window.col, window.row) + 1
        limit = (window.cols, window.rows)
        col, row = np.clip(low, 0, limit).astype(np.int64).T
        end_col, end_row = np.clip(high, 0, limit).astype(np.int64).T
        upper = before[end_row, end_col] - before[end_row, col]
        found: Mask = upper - before[row, end_col] + before[row, col] > 0
        return found


@dataclass(frozen=True, eq=False)
class Cut:
    """The pieces of a window's cells: those of cell k are ``order[starts[k]:starts[k + 1]]``.

    ``base`` (cells, counters) are the windings just west of each cell's lower left corner, if
    the rings are all there.
    """

    window: Window
    found: Pieces
    starts: NDArray[np.int64]
    order: NDArray[np.int32]
    base: NDArray[np.int32]

    def pieces(self, cell: int) -> Pieces:
        """The pieces of a cell (n, 7) in the order of counters, as in ``kernels.binning``."""
        return self.found[self.order[self.starts[cell] : self.starts[cell + 1]]]

    @property
    def touched(self) -> Mask:
        """The cells that counter 0 may touch."""
        found: Mask = self.base[:, 0] > 0
        given = self.found[: len(self.order)]
        found[given[given[:, COUNTER] == 0, CELL]] = True
        return found


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rings that are drawn, and their boxes."""

    counters: tuple[Counter, ...]
    boxes: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, rings: Sequence[Rings], near: Near | None = None, *, jobs: int = 1) -> Drawn:
        """All rings, or those that matter to some boxes; those are few, so threads share them.

        Raises ``ValueError`` for rings that are open or beyond a million kilometres.
        """
        with ThreadPoolExecutor(1 if near is None else max(jobs, 1)) as pool:
            counters = tuple(pool.map(lambda one: one.near(near), rings))
        return cls(counters, tuple(_boxes(number, one) for number, one in enumerate(counters)))

    @property
    def vertices(self) -> int:
        """How many there are."""
        return sum(len(one.xy) for one in self.counters)

    def cut(self, window: Window) -> Cut:
        """The pieces in the cells of a window."""
        from geozone.engine.kernels.binning import PIECE, by_cell, cut_rings  # noqa: PLC0415 - numba loads slowly

        limits = np.array(
            (window.col, window.row, window.last_col, window.last_row, window.size), np.int64
        )
        count = len(self.counters)
        flow = np.zeros((window.rows, window.cols + 1, count), np.int32)
        pieces, filled = np.empty((1024, PIECE), np.int32), 0
        for number, (one, box) in enumerate(zip(self.counters, self.boxes, strict=True)):
            pieces, filled = cut_rings(
                one.xy, one.starts, one.sign, box, limits, number, pieces, filled, flow
            )
        starts, order = by_cell(pieces, filled, window.cells)
        base = np.cumsum(flow, axis=1, dtype=np.int32)[:, :-1].reshape(window.cells, count)
        return Cut(window, pieces, starts, order, base)


def _boxes(number: int, counter: Counter) -> NDArray[np.int64]:
    from geozone.engine.kernels.binning import ring_boxes  # noqa: PLC0415 - as above

    boxes, bad = ring_boxes(counter.xy, counter.starts, FARTHEST_MM)
    if bad >= 0:
        raise ValueError(
            f"ring {bad} of counter {number} is open, or has a coordinate that is no number or "
            f"beyond {FARTHEST_MM / MM_PER_M:g} m; repair the shape or its CRS"
        )
    return boxes
