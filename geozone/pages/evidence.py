"""The evidence of a grid, ready to be written band by band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.burn import Burned, Numbered
from geozone.engine.grid import Grid
from geozone.engine.runs import Runs, expanded
from geozone.law.evidence import Evidence
from geozone.pages.cog import Band, Bands

Index = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, eq=False)
class EvidenceBands:
    """The table of a grid's evidence, and its cells from the top in bands of any height.

    ``parts()`` begins anew at every call; cells outside the area hold ``nodata_index``.
    """

    grid: Grid
    evidence: Evidence
    parts: Callable[[], Iterable[Band]]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the indices."""
        return index_type(len(self.evidence.rows))

    @property
    def outside(self) -> int:
        """The index of cells outside the area."""
        return int(np.iinfo(self.dtype).max)

    def bands(self) -> Bands:
        """The cells as a file takes them."""
        return Bands(self.grid, self.outside, self.dtype, self.parts())

    @classmethod
    def of_runs(
        cls, grid: Grid, runs: Callable[[], Iterable[Runs]], told: Numbered
    ) -> EvidenceBands:
        """The bands of answers as runs, from the top; only one of them is cells at a time.

        ``runs`` begins anew at every call.
        """

        def parts() -> Iterator[Band]:
            kind = index_type(len(told.evidence.rows))
            for one in runs():
                size = (one.shape.rows, one.shape.cols)
                index = np.empty(size, kind)
                outside = int(np.iinfo(kind).max)
                expanded(one, *told.of(one.table), index, np.empty(size, bool), outside=outside)
                yield Band(one.row, index)

        return cls(grid, told.evidence, parts)


def index_type(rows: int) -> np.dtype[Any]:
    """The narrowest type for the indices of so many rows that leaves one for the outside."""
    return np.dtype(np.uint16 if rows <= np.iinfo(np.uint16).max else np.uint32)


def nodata_index(index: Index) -> int:
    """The index that marks cells outside the study area: the largest of its type."""
    return int(np.iinfo(index.dtype).max)


def masked_index(burned: Burned) -> Index:
    """Evidence indices with cells outside the study area marked."""
    return np.where(burned.inside, burned.index, nodata_index(burned.index)).astype(
        burned.index.dtype
    )
