"""Problems of a layer's content: refused, unless they are waived in writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geozone.land.faults import Faults

SHOWN = 5
"""Features named one by one; the rest are counted."""


@dataclass(frozen=True)
class Problems:
    """Where problems of one layer go: to the faults, or to the list of what was waived."""

    faults: Faults
    waive: Mapping[str, str]
    waived: set[str] = field(default_factory=set)

    def report(self, problem: str, what: str, todo: str, *, place: str = "") -> None:
        """Notes a problem by its code; refused unless the code is waived."""
        if problem in self.waive:
            self.waived.add(problem)
            return
        here = self.faults.at(place) if place else self.faults
        here.add(f"{what} ({problem})", todo)

    def of(self, file: str) -> Problems:
        """The same, for one file of the layer."""
        return Problems(self.faults.of(file), self.waive, self.waived)
