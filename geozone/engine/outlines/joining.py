"""Cells joined to one ground: the edges between them stay where labels differ."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.edges import Edges, LabelledBlock

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
        self._done: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])

    def add(self, block: LabelledBlock) -> None:
        from geozone.engine.kernels.tracejoin import FAR, SLANTED, split_cells  # noqa: PLC0415 - as above

        if not self._begun:
            self._first, self._begun = block.places[0], True
        corners = (block.places - self._first) * self._cell_mm
        count = len(block.left)
        room = (_rows(count, 4), _rows(count, 2), _rows(count, 6))
        sides = (block.ends, block.left, block.right)
        fault, cell, inner, frame = split_cells(block.starts, *sides, corners, *room)
        if fault == SLANTED:
            col, row = block.places[cell]
            raise ValueError(f"cell {col}, {row}: its frame is not parallel to the axes")
        if fault == FAR:
            raise ValueError("the ground is wider than 2147 km: split the study area")
        for kept, found, filled in zip(self._done, room, (inner, inner, frame), strict=True):
            kept.append(found[:filled].copy())

    def joined(self) -> Edges:
        ends, sides, frame = self._done
        self._done = ([], [], [])
        between = _between(np.concatenate([_rows(0, 6), *frame]))
        ends.append(between[:, :4])
        sides.append(between[:, 4:])
        left, right = (np.concatenate([one[:, side] for one in sides]) for side in (0, 1))
        return Edges(np.concatenate(ends), left, right, self._first * self._cell_mm)


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
