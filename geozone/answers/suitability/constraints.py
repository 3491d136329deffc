"""What the zones say of every cell: the verdicts that close ground to whatever it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from geozone.answers.grids import GridEvidence, grid_evidence
from geozone.answers.site import Site
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.working import Working
from geozone.answers.zoning import judge_rows
from geozone.engine.burn import BAND_ROWS
from geozone.engine.grid import Grid
from geozone.engine.runs import Runs, expanded
from geozone.law.activity import Activity
from geozone.law.verdict import Verdict

Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

OPEN = (Verdict.ALLOWED, Verdict.RESTRICTED)
"""Verdicts under which ground keeps its class; ``no_rule`` is not permission."""


@dataclass(frozen=True, eq=False)
class Closed:
    """The verdicts of an activity at all cells of a grid, band by band."""

    evidence: GridEvidence
    verdicts: NDArray[np.uint32]
    """By evidence row."""

    @classmethod
    def of(cls, site: Site, activity: Activity, resolution_m: float | None, how: Working) -> Closed:
        """Judged at cell centres. Raises ``Refused`` as ``grid_evidence`` does."""
        found = grid_evidence(site, resolution_m, how)
        judged = judge_rows(site, found.told.evidence)[activity]
        return cls(found, np.array([one.verdict for one in judged], np.uint32))

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self.evidence.grid

    def bands(self, rows: int) -> Iterator[tuple[Runs, ...]]:
        """What is known of so many rows at a time, from the top; a multiple of the engine's."""
        runs = iter(self.evidence.runs())
        while part := tuple(islice(runs, max(rows // BAND_ROWS, 1))):
            yield part

    def cells(self, band: tuple[Runs, ...]) -> Codes:
        """The verdicts (rows, cols) of a band by their numbers, ``OUTSIDE`` outside the area."""
        rows = np.cumsum([0, *(one.shape.rows for one in band)])
        found = np.empty((rows[-1], self.grid.shape.cols), np.uint16)
        for runs, first, last in zip(band, rows, rows[1:], strict=False):
            numbers, inside = self.evidence.told.of(runs.table)
            verdicts = self.verdicts[numbers]
            expanded(runs, verdicts, inside, found[first:last], outside=OUTSIDE)
        return found.astype(np.uint8)


def closed(classes: Codes, verdicts: Codes) -> Codes:
    """Classes of cells as the zones leave them: constraints come after scores.

    Prohibited ground is closed; undetermined ground and ground without a rule is undetermined.
    """
    left = np.where(is_open(verdicts), classes, np.uint8(Class.UNDETERMINED.value))
    left[verdicts == Verdict.PROHIBITED.value] = Class.CLOSED.value
    left[verdicts == OUTSIDE] = OUTSIDE
    return left


def is_open(verdicts: Codes) -> Mask:
    """Where ground keeps its class."""
    first, *others = (verdicts == one.value for one in OPEN)
    return reduce(np.logical_or, others, first)
