"""Cells joined to one ground: the edges between them stay where labels differ."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.edges import Edges, LabelledCell

CHUNK = 1 << 19
"""Edges that are gathered before they are put away."""

Rows = NDArray[np.int32]


def join(cells: Iterable[LabelledCell], cell_mm: int) -> Edges:
    """The edges of all cells, squares of ``cell_mm``, as one ground.

    On the line between two cells every piece gets the label of either; a cell that is not
    given is nowhere. Raises ``ValueError`` where a frame is not parallel to the axes, where
    two cells cover the same frame, or where the ground is wider than 2147 km.
    """
    gathered = _Gathered(cell_mm)
    for cell in cells:
        gathered.add(cell)
    return gathered.joined()


class _Gathered:
    """Edges of cells as they come in."""

    def __init__(self, cell_mm: int) -> None:
        self._cell_mm = cell_mm
        self._first: LabelledCell | None = None
        self._done: tuple[list[Rows], list[Rows]] = ([], [])
        self._open = _buffers(CHUNK)
        self._filled = np.zeros(2, np.int64)

    def add(self, cell: LabelledCell) -> None:
        from geozone.engine.kernels.tracejoin import FAR, SLANTED, split_cell  # noqa: PLC0415 - as above

        self._first = self._first or cell
        if self._filled.max() + len(cell.left) > len(self._open[0]):
            self._put_away(len(cell.left))
        away = (cell.col - self._first.col, cell.row - self._first.row)
        corner = np.array(away, np.int64) * self._cell_mm
        sides = (cell.ends, cell.left, cell.right)
        fault = split_cell(*sides, corner, *self._open, self._filled)
        if fault == SLANTED:
            raise ValueError(f"cell {cell.col}, {cell.row}: its frame is not parallel to the axes")
        if fault == FAR:
            raise ValueError("the ground is wider than 2147 km: split the study area")

    def _put_away(self, room: int) -> None:
        for kept, buffer, filled in zip(self._done, self._open, self._filled, strict=True):
            kept.append(buffer[:filled].copy())
        if room > len(self._open[0]):
            self._open = _buffers(room)
        self._filled[:] = 0

    def joined(self) -> Edges:
        self._put_away(0)
        inner, frame = self._done
        rows = [*inner, _between(np.concatenate(frame))]
        self._done = ([], [])
        self._open = _buffers(0)
        first = (self._first.col, self._first.row) if self._first else (0, 0)
        origin = np.array(first, np.int64) * self._cell_mm
        ends, left, right = (
            np.concatenate([one[:, part] for one in rows]) for part in (np.s_[:4], 4, 5)
        )
        return Edges(ends, left, right, origin)


def _buffers(room: int) -> tuple[Rows, Rows]:
    return np.empty((room, 6), np.int32), np.empty((room, 6), np.int32)


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
