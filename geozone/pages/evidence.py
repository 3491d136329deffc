"""The evidence of a grid, ready to be written band by band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from geozone.engine.burn import Numbered, index_type, nodata_of
from geozone.engine.grid import Grid
from geozone.engine.runs import Runs, expanded
from geozone.law.evidence import Evidence
from geozone.pages.cog import Band, Bands


@dataclass(frozen=True, eq=False)
class EvidenceBands:
    """The table of a grid's evidence, and its cells from the top in bands of any height.

    ``parts()`` begins anew at every call; cells outside the area hold ``outside``.
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
        return nodata_of(self.dtype)

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
                index = np.empty((one.shape.rows, one.shape.cols), kind)
                expanded(one, *told.of(one.table), index, outside=nodata_of(kind))
                yield Band(one.row, index)

        return cls(grid, told.evidence, parts)
