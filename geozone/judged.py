"""The assessments of a file of proposals, ready to be read one by one or saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

from geozone.answers.assess import Assessment
from geozone.answers.site import Site
from geozone.land.proposals.proposal import Proposals
from geozone.law.verdict import Verdict
from geozone.pages.files import spare

if TYPE_CHECKING:  # loaded where there are very many proposals
    from geozone.answers.bulk import BulkAssessed


@dataclass(frozen=True, eq=False)
class Judged(Sequence[Assessment]):
    """The assessments of a file of proposals, in its order."""

    site: Site
    proposals: Proposals
    assessments: Sequence[Assessment]
    bulk: BulkAssessed | None = None
    """The same assessments where there are so many that they are made when asked for."""

    @overload
    def __getitem__(self, index: int) -> Assessment: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Assessment]: ...
    def __getitem__(self, index: int | slice) -> Assessment | Sequence[Assessment]:
        return self.assessments[index]

    def __len__(self) -> int:
        return len(self.assessments)

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """How many proposals have each verdict."""
        if self.bulk is not None:
            return self.bulk.counts
        return Counter(one.verdict for one in self.assessments)

    def save(self, path: str | Path) -> None:
        """Write the assessments; the file's ending chooses the format.

        Raises ``Refused`` for an ending that is not known.
        """
        from geozone.pages.tables import WRITERS, known_ending, result  # noqa: PLC0415 - late

        target = Path(path)
        write = WRITERS[known_ending(target)]
        spare([target], (*self.site.project.reads, *self.proposals.reads))
        if self.bulk is not None and target.suffix.lower() == ".csv":
            from geozone.pages.bulktable import write_bulk_csv  # noqa: PLC0415 - late

            write_bulk_csv(target, self.bulk)
            return
        rows = tuple(self.assessments)
        told = result(self.site, rows, self.proposals.faults, self.proposals.inputs)
        write(target, self.site, told, rows)
