"""Grids that are whole in memory, as bands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geozone.engine.burn import Burned
from geozone.engine.grid import Grid
from geozone.pages.cog import Band, Index
from geozone.pages.evidence import EvidenceBands, index_type


def in_bands(index: Index, rows: int = 512) -> Iterator[Band]:
    """A whole grid as bands of so many rows."""
    for row in range(0, len(index), rows):
        yield Band(row, index[row : row + rows])


def evidence_bands(grid: Grid, burned: Burned) -> EvidenceBands:
    """The evidence of a whole grid, to be written; its indices fit the file's type."""
    kind = index_type(len(burned.evidence.rows))
    outside = kind.type(np.iinfo(kind).max)
    index = np.where(burned.inside, burned.index.astype(kind), outside)
    return EvidenceBands(grid, burned.evidence, lambda: in_bands(index))
