"""Edges between places that say different things, in whole millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.arrangement import BlockEdges

NOWHERE = -1
"""Label of what lies outside the study area."""

NEXT_CELL = -2
"""Label beyond the frame of a cell: its neighbour knows."""

MM = 1000
"""Millimetres in a metre."""

LONGEST_MM = 1 << 29
"""Extent of an edge up to which its cross products are exact in 64 bits: 537 km."""


@dataclass(frozen=True, eq=False)
class LabelledBlock:
    """The edges of some cells, their frames among them, with labels that all cells share.

    Cell k has the edges ``starts[k]:starts[k + 1]``; its lower left corner lies at
    ``places[k]``, column and row, times the cell's side. ``ends``
    (k, 4) are x0, y0, x1, y1 in millimetres from that corner; edges meet at their ends only.
    ``left`` and ``right`` (k,) are labels of the ground on either side on the way from the
    first end to the second, ``NOWHERE`` outside the study area; edges on the frame have
    ``NEXT_CELL`` outside.
    """

    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]

    @classmethod
    def of(cls, block: BlockEdges, labels: NDArray[np.int32]) -> LabelledBlock:
        """A block of an arrangement, row t of whose table has the label ``labels[t]``."""
        told = np.append(labels, np.int32(NEXT_CELL)).astype(np.int32)
        return cls(block.places, block.starts, block.ends, told[block.left], told[block.right])


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges of the whole ground, each with different labels on its two sides.

    ``ends`` (n, 4) are x0, y0, x1, y1 in millimetres from ``origin`` (2,), itself in
    millimetres of the working CRS. ``left`` and ``right`` (n,) as in ``LabelledBlock``.
    """

    ends: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    origin: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.left)
