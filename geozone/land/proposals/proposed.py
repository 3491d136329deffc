"""What somebody proposes, and all that a file proposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from geozone.land.receipt import Input
from geozone.law.activity import Activity
from geozone.law.errors import Fault
from geozone.law.fact import FactValue


@dataclass(frozen=True, eq=False)
class Proposal:
    """What somebody proposes: ``shape`` in the working CRS, accuracy in metres, stated facts.

    ``place`` says where it stands in its file: ``row 3``, ``feature 12``. ``other`` is another
    place in the study area where it may as well be, as its angles can be read in two ways.
    """

    id: str
    activity: Activity
    shape: BaseGeometry
    accuracy_m: float
    facts: Mapping[str, FactValue]
    place: str
    name: str = ""
    other: BaseGeometry | None = None


class ByColumn(Sequence[Proposal]):
    """Very many proposals that are held by column; each is made when it is asked for."""

    def stating(self, fact: str) -> Iterator[Proposal]:
        """Those that state a fact."""
        raise NotImplementedError

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities that occur, by first appearance."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Proposals:
    """The proposals of a file in its order; rows refused under ``keep_going``; remarks."""

    items: Sequence[Proposal]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    sha256: str = ""
    inputs: tuple[Input, ...] = ()
    """The file, and those of facts and of a datum shift beside it."""
    reads: tuple[Path, ...] = ()
    """The local files among them, which no output may replace."""

    def stating(self, fact: str) -> Iterator[Proposal]:
        """The proposals that state a fact, in order."""
        if isinstance(self.items, ByColumn):
            return self.items.stating(fact)
        return (one for one in self.items if fact in one.facts)

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities that occur, by first appearance."""
        if isinstance(self.items, ByColumn):
            return self.items.activities
        return tuple(dict.fromkeys(one.activity for one in self.items))
