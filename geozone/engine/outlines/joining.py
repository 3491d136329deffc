"""Cells joined to one ground: the edges between them stay where labels differ."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.edges import Edges, LabelledBlock

CHUNK = 1 << 21
"""Rows that are gathered in one piece."""

Rows = NDArray[np.int32]


def join(blocks: Iterable[LabelledBlock], cell_mm: int) -> Edges:
    """The edges of all cells, squares of ``cell_mm``, as one ground.

    On the line between two cells every piece gets the label of either; a cell that is not
    given is nowhere. Raises ``ValueError`` where a frame is not parallel to the axes, where
    two cells cover the same frame, or where the ground is wider than 2147 km.
    """
    gathered = _Gathered(cell_mm)
    for block in blocks:
        gathered.add(block)
    return gathered.joined()


class _Gathered:
    """Edges of cells as they come in."""

    def __init__(self, cell_mm: int) -> None:
        self._cell_mm = cell_mm
        self._first = np.zeros(2, np.int64)
        self._begun = False
        self._piles = (_Pile(4), _Pile(2), _Pile(6))
        self._room = _room(0)

    def add(self, block: LabelledBlock) -> None:
        from geozone.engine.kernels.tracejoin import FAR, SLANTED, split_cells  # noqa: PLC0415 - as above

        if not self._begun:
            self._first, self._begun = block.places[0], True
        corners = (block.places - self._first) * self._cell_mm
        if len(block.left) > len(self._room[0]):
            self._room = _room(len(block.left))
        sides = (block.ends, block.left, block.right)
        fault, cell, inner, frame = split_cells(block.starts, *sides, corners, *self._room)
        if fault == SLANTED:
            col, row = block.places[cell]
            raise ValueError(f"cell {col}, {row}: its frame is not parallel to the axes")
        if fault == FAR:
            raise ValueError("the ground is wider than 2147 km: split the study area")
        for pile, found, filled in zip(self._piles, self._room, (inner, inner, frame), strict=True):
            pile.put(found[:filled])

    def joined(self) -> Edges:
        ends, sides, frame = self._piles
        self._room = _room(0)
        between = _between(frame.taken(np.s_[:])[0])
        ends.put(between[:, :4])
        sides.put(between[:, 4:])
        (whole,), (left, right) = ends.taken(np.s_[:]), sides.taken(0, 1)
        return Edges(whole, left, right, self._first * self._cell_mm)


class _Pile:
    """Rows put on top of one another, in pieces that the system takes back at once."""

    def __init__(self, width: int) -> None:
        self._open = _rows(0, width)
        self._full: list[Rows] = []
        self._filled = 0

    def put(self, rows: Rows) -> None:
        if self._filled + len(rows) > len(self._open):
            self._full.append(self._open[: self._filled])
            self._open, self._filled = _rows(max(CHUNK, len(rows)), rows.shape[1]), 0
        self._open[self._filled : self._filled + len(rows)] = rows
        self._filled += len(rows)

    def taken(self, *parts: int | slice) -> tuple[Rows, ...]:
        """Those columns of all rows; the pile is gone as they are made."""
        pieces = [*self._full, self._open[: self._filled]]
        self._full, self._open = [], _rows(0, 0)
        count = sum(len(one) for one in pieces)
        found = tuple(np.empty((count, *pieces[0][:0, part].shape[1:]), np.int32) for part in parts)
        while pieces:
            last = pieces.pop()
            for whole, part in zip(found, parts, strict=True):
                whole[count - len(last) : count] = last[:, part]
            count -= len(last)
        return found


def _room(count: int) -> tuple[Rows, Rows, Rows]:
    """Room for edges of a block: inner ones, what lies on their sides, those of frames."""
    return _rows(count, 4), _rows(count, 2), _rows(count, 6)


def _rows(count: int, width: int) -> Rows:
    return np.empty((count, width), np.int32)


def _between(frame: Rows) -> Rows:
    """The edges on the lines between cells, rows of x0, y0, x1, y1, left, right."""
    found = []
    for upright in (0, 1):
        merged = _merged(frame[frame[:, 0] == upright])
        line, begin, end = merged[:, 0], merged[:, 1], merged[:, 2]
        ends = (line, begin, line, end) if upright else (begin, line, end, line)
        found.append(np.column_stack([*ends, merged[:, 3], merged[:, 4]]))
    return np.ascontiguousarray(np.concatenate(found), np.int32)


def _merged(pieces: Rows) -> Rows:
    from geozone.engine.kernels.tracejoin import merge_lines  # noqa: PLC0415 - numba loads slowly

    left, right = (_side(pieces, side) for side in (0, 1))
    out = np.empty((2 * (len(left) + len(right)), 5), np.int32)
    return out[: merge_lines(left, right, out)]


def _side(pieces: Rows, side: int) -> Rows:
    """The pieces on one side of lines, sorted: line, begin, end, label."""
    chosen = pieces[pieces[:, 2] == side]
    order = np.lexsort((chosen[:, 3], chosen[:, 1]))
    found = np.ascontiguousarray(chosen[order][:, [1, 3, 4, 5]])
    again = (found[1:, 0] == found[:-1, 0]) & (found[1:, 1] < found[:-1, 2])
    if again.any():
        raise ValueError("two cells cover the same frame: give every cell once")
    return found
