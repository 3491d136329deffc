"""Grids that are whole in memory, as bands."""

from __future__ import annotations

from collections.abc import Iterator

from geozone.engine.burn import Burned
from geozone.engine.grid import Grid
from geozone.pages.cogtiles import Band, Index
from geozone.pages.evidence import EvidenceBands


def in_bands(index: Index, rows: int = 512) -> Iterator[Band]:
    """A whole grid as bands of so many rows."""
    for row in range(0, len(index), rows):
        yield Band(row, index[row : row + rows])


def evidence_bands(grid: Grid, burned: Burned) -> EvidenceBands:
    """The evidence of a whole grid, to be written."""
    return EvidenceBands(grid, burned.evidence, lambda: in_bands(burned.index))
