"""Evidence on a grid: the state of every condition at every cell centre."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.burner import Burner
from geozone.engine.fields import AREA, Asked, Field, asked, scale_over
from geozone.engine.grid import Grid
from geozone.engine.region import Region
from geozone.engine.runner import Progress, ahead, reported
from geozone.engine.runs import (
    Runs,
    Words,
    distinct_words,
    expanded,
    places_of,
    unpacked,
    words_of,
)
from geozone.engine.scalefit import ScaleFit
from geozone.engine.states import Mask
from geozone.engine.table import distinct
from geozone.law.condition import Condition
from geozone.law.evidence import Evidence

BAND_ROWS = 128
"""Rows of the bands that runs are given in, and kept in: most shapes then lie in one or two."""

Index = NDArray[np.uint16] | NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Burned:
    """Evidence of a grid: ``index`` (rows, cols) of evidence rows, ``outside`` beyond the area."""

    index: Index
    evidence: Evidence

    @property
    def outside(self) -> int:
        """The index of cells outside the area."""
        return nodata_of(self.index.dtype)

    @cached_property
    def inside(self) -> Mask:
        """The cells inside the area, (rows, cols)."""
        return np.asarray(self.index != self.outside)


@dataclass(frozen=True, eq=False)
class Numbered:
    """Evidence and which of its rows answers come to, for all answers that occur."""

    evidence: Evidence
    answers: Words
    numbers: NDArray[np.uint32]

    def of(self, table: Words) -> tuple[NDArray[np.uint32], Mask]:
        """The evidence row of each answer of a table, 0 outside the area, and which are inside."""
        inside = unpacked(table, AREA + 1)[:, AREA]
        found = np.zeros(len(table), np.uint32)
        found[inside] = self.numbers[places_of(table[inside], self.answers)]
        return found, inside


def burn(
    regions: Sequence[Region],
    grid: Grid,
    area: BaseGeometry,
    *,
    jobs: int = 1,
    band_rows: int = BAND_ROWS,
    progress: Progress | None = None,
) -> Burned:
    """The states of regions at the cell centres of a grid that lie in an area.

    Exact: each is what ``states_at`` gives at the centre. ``jobs`` threads share the bands of
    ``band_rows`` rows; neither changes the answer. Raises ``ArithmeticError`` where the grid
    reaches too far for its projection.
    """
    ask = asked(regions, area)
    scale = fitted_around(grid, ask.fields)
    found = burn_runs(ask.fields, grid, scale, jobs=jobs, band_rows=band_rows, progress=progress)
    bands = list(found)
    told = numbered([one.condition for one in regions], ask, (one.table for one in bands))
    return assembled(grid, bands, told, jobs=jobs)


def fitted_around(grid: Grid, fields: Sequence[Field]) -> ScaleFit:
    """The projection's scale wherever fields ask for it, for the cells of a grid."""
    return scale_over(grid.crs, grid.bounds, fields)


def burn_runs(
    fields: Sequence[Field],
    grid: Grid,
    scale: ScaleFit,
    *,
    jobs: int = 1,
    band_rows: int = BAND_ROWS,
    only: Iterable[int] | None = None,
    progress: Progress | None = None,
) -> Iterator[Runs]:
    """The answers to fields at all cell centres of a grid, band by band from the top.

    Of ``only`` some fields if given; the others answer no. ``jobs`` threads share the bands, of
    ``band_rows`` rows each. Raises ``ValueError`` for coordinates that are not finite.
    """
    chosen = tuple(sorted(set(range(len(fields)) if only is None else only)))
    burner = Burner(fields, grid, scale, band_rows)
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        burner.prepare(chosen, pool.map)
        work, count = partial(burner.runs, chosen=chosen), burner.count
        yield from reported(ahead(pool, work, range(count), jobs), count, progress)


def numbered(conditions: Sequence[Condition], ask: Asked, tables: Iterable[Words]) -> Numbered:
    """The evidence of all answers of tables that are inside the area."""
    fields = len(ask.fields)
    given = [np.zeros((0, words_of(fields)), np.uint64)]
    given += [table[unpacked(table, AREA + 1)[:, AREA]] for table in tables]
    answers = distinct_words(np.concatenate(given))
    table = distinct(list(ask.states(unpacked(answers, fields)).T), len(answers))
    return Numbered(Evidence(tuple(conditions), table.rows), answers, table.index.astype(np.uint32))


def assembled(grid: Grid, bands: Sequence[Runs], told: Numbered, *, jobs: int = 1) -> Burned:
    """The evidence of a whole grid from the runs of all its bands."""
    size = (grid.shape.rows, grid.shape.cols)
    # Every cell is written: memory that comes cleared would be gone through twice.
    index = np.empty(size, index_type(len(told.evidence.rows)))
    outside = nodata_of(index.dtype)

    def fill(runs: Runs) -> None:
        rows = slice(runs.row, runs.row + runs.shape.rows)
        expanded(runs, *told.of(runs.table), index[rows], outside=outside)

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        deque(pool.map(fill, bands), maxlen=0)
    return Burned(index, told.evidence)


def index_type(rows: int) -> np.dtype[Any]:
    """The narrowest type for the indices of so many rows that leaves one for the outside."""
    return np.dtype(np.uint16 if rows <= np.iinfo(np.uint16).max else np.uint32)


def nodata_of(kind: np.dtype[Any]) -> int:
    """The index that stands for what is outside: the largest of its type."""
    return int(np.iinfo(kind).max)
