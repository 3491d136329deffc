"""The evidence of a grid, ready to be written band by band."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.grids import GridEvidence
from geozone.engine.burn import BAND_ROWS, Numbered, index_type, nodata_of
from geozone.engine.grid import Grid
from geozone.engine.runs import Runs, expanded
from geozone.engine.states import Mask
from geozone.law.evidence import Evidence
from geozone.pages.cogtiles import Band, Bands, Named
from geozone.pages.tiff import TILE

_NAME_BYTES = 16


@dataclass(frozen=True, eq=False)
class EvidenceBands:
    """The table of a grid's evidence, and its cells from the top in bands of any height.

    ``parts()`` begins anew at every call; cells outside the area hold ``outside``.
    """

    grid: Grid
    evidence: Evidence
    parts: Callable[[], Iterable[Band]]
    named: Named | None = None

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
        return Bands(self.grid, self.outside, self.dtype, self.parts(), named=self.named)

    @classmethod
    def of(cls, found: GridEvidence) -> EvidenceBands:
        """The bands of what was found; where they are kept, so may be what is made of them."""
        bands = cls.of_runs(found.grid, found.runs, found.told)
        if found.kept is None or TILE % BAND_ROWS:
            return bands

        def some(wanted: Sequence[int]) -> Iterable[Band]:
            return cls.of_runs(found.grid, lambda: found.some(wanted), found.told).parts()

        pairs = zip(found.names, found.tables, strict=True)
        names = [_named(name, *found.told.of(table)) for name, table in pairs]
        return replace(bands, named=Named(names, BAND_ROWS, some, found.kept))

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


def _named(name: str, numbers: NDArray[np.uint32], inside: Mask) -> str:
    """Names the cells of a band: by what its answers depend on, and what each of them became."""
    told = hashlib.blake2b(name.encode(), digest_size=_NAME_BYTES)
    told.update(numbers.tobytes() + inside.tobytes())
    return told.hexdigest()
