"""Rows of a large table that are read closely: one by one, as the reader of rows does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.land.coordinates.crsways import Ways
from geozone.land.faults import Faults
from geozone.land.project import Project
from geozone.land.proposals.making import Asked, Made, made_of
from geozone.land.proposals.places import located
from geozone.land.proposals.plaintable import Table
from geozone.land.proposals.rowfiles import check_text
from geozone.land.survey.pairs import coarse_words

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Asking:
    """What is read, for whom: the file as faults name it, what the caller adds, and the ways."""

    file: str
    asked: Asked
    crs: str | None
    project: Project
    ways: Ways


@dataclass(frozen=True, eq=False)
class Closer:
    """What became of the rows that were read closely, ``numbers`` (m,) in the file; remarks."""

    made: Made
    numbers: Numbers
    notes: tuple[str, ...]

    def ranks(self, plain: Numbers) -> Numbers:
        """The places of rows among these and the plain ones, from 1; both ascend."""
        return 1 + np.searchsorted(self.numbers, plain) + np.arange(len(plain))


def closely(table: Table, rows: Numbers, plain: Numbers, asking: Asking) -> Closer | None:
    """The rows of these numbers, ascending; ``None`` where the table itself is at fault.

    ``plain`` are the numbers of the rows that are not read. Raises
    ``UnreadableError`` where lines are no rows.
    """
    faults = Faults(asking.file)
    found = table.read(rows, asking.file)
    check_text(found.file, faults)
    there = located(found.file.rows, table.heads, asking.crs, faults, kind=asking.asked.kind)
    notes = list(there.notes)
    if not asking.project.proposal_accuracy_m:
        notes.extend(coarse_words(there.rows, there.heads))
    ranks = 1 + np.searchsorted(plain, found.numbers) + np.arange(len(found.numbers))
    made = made_of(
        there.rows,
        there.heads,
        asking.asked,
        project=asking.project,
        ways=asking.ways,
        numbers=ranks.tolist(),
    )
    if faults.found or any(one.other is not None for one in made.kept.values()):
        return None
    return Closer(made, found.numbers, tuple(notes))
