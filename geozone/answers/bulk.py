"""Very many points judged at once: each of the few kinds that occur is judged but once.

What is said of a point hangs on its activity, its row of evidence and the tests that its facts
meet; only ids and distances are its own. Points of one kind share one assessment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from geozone.answers.assess import Assessment, assess, assess_located, planned
from geozone.answers.judging import Judging
from geozone.answers.plan.checks import is_asked
from geozone.answers.plan.scene import Placed, bound_rules
from geozone.answers.site import Site
from geozone.engine.bulk import locate_points
from geozone.engine.bulkpoints import LocatedPoints
from geozone.engine.locate import Located, Part, point_measure
from geozone.land.arrowed import numbers_of, of_numbers
from geozone.land.proposals.columns import Columns
from geozone.land.proposals.proposal import Proposal
from geozone.law.activity import Activity
from geozone.law.fact import FactTest, FactValue
from geozone.law.state import State
from geozone.law.verdict import Verdict

Codes = NDArray[np.int64]
STATES = tuple(State)
AT_ONCE = 1024
"""Assessments that are held at a time where all are asked for, one after the other."""


@dataclass(frozen=True, eq=False)
class BulkAssessed(Sequence[Assessment]):
    """The assessments of very many points, in order; each is made when it is asked for.

    ``codes`` (n,) tells the kind of each point, numbered as they first appear. ``threads`` may
    share what is made of them.
    """

    site: Site
    columns: Columns
    located: LocatedPoints
    kinds: Kinds
    codes: Codes
    threads: int = 1

    def __len__(self) -> int:
        return len(self.columns)

    @overload
    def __getitem__(self, index: int) -> Assessment: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Assessment]: ...
    def __getitem__(self, index: int | slice) -> Assessment | Sequence[Assessment]:
        if isinstance(index, slice):
            return assess(self.site, self.columns[index])
        return assess(self.site, [self.columns[index]])[0]

    def __iter__(self) -> Iterator[Assessment]:
        for at in range(0, len(self), AT_ONCE):
            yield from assess(self.site, self.columns[at : at + AT_ONCE])

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many points have each verdict."""
        found: dict[Verdict, int] = {}
        sizes = np.bincount(self.codes, minlength=len(self.kinds))
        for kind, size in zip(self.kinds, sizes.tolist(), strict=True):
            found[kind.verdict] = found.get(kind.verdict, 0) + size
        return found


def bulk_of(site: Site, items: Sequence[Proposal], threads: int = 1) -> BulkAssessed | None:
    """Proposals judged together, where they were read by column and no rule asks of the set."""
    return bulk_assess(site, items, threads) if isinstance(items, Columns) else None


def bulk_assess(site: Site, columns: Columns, threads: int = 1) -> BulkAssessed | None:
    """Points judged together; ``None`` where rules look at the file as a set."""
    if not site.regions or not len(columns):
        return None
    located = locate_points(
        site.regions, columns.xy, columns.accuracy_m, site.project.area, threads
    )
    codes, first = _kinds(site, columns, located)
    kinds = Kinds(site, columns, located, first)
    if any(site.planning.values()):
        every = (bound for one in kinds.placed(0, len(kinds)) for bound in bound_rules(site, one))
        if any(is_asked(bound) for bound in every):
            return None
    return BulkAssessed(site, columns, located, kinds, codes, threads)


class Kinds(Sequence[Assessment]):
    """One assessment for each kind of points, without distances and features.

    Each is judged when it is first asked for, after those before it; by one thread at a time.
    ``first`` (kinds,) are points that are of each kind.
    """

    def __init__(self, site: Site, columns: Columns, located: LocatedPoints, first: Codes) -> None:
        self._site, self._columns, self._located, self._first = site, columns, located, first
        self._judging, self._judged = Judging(site, many=True), list[Assessment]()
        self._measures = [
            tuple(point_measure(one, state) for state in STATES) for one in site.regions
        ]

    def __len__(self) -> int:
        return len(self._first)

    @overload
    def __getitem__(self, index: int) -> Assessment: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Assessment]: ...
    def __getitem__(self, index: int | slice) -> Assessment | Sequence[Assessment]:
        places = range(len(self))[index]
        some = [places] if isinstance(places, int) else [*places[:1], *places[-1:]]
        for one in self.placed(len(self._judged), max(some, default=-1) + 1):
            judged = assess_located(self._site, one.proposal, one.located, judging=self._judging)
            self._judged.extend(planned(self._site, [judged]))
        return self._judged[index]

    def placed(self, start: int, end: int) -> Iterator[Placed]:
        """Points that are of some of the kinds, measured as far as their kind tells."""
        some = self._first[start : max(end, start)]
        for at, proposal in zip(some.tolist(), self._columns.picked(some), strict=True):
            states = self._located.states_of(at).tolist()
            measures = tuple(of[one] for of, one in zip(self._measures, states, strict=True))
            row = tuple([STATES[one] for one in states])
            part = Part(shape=proposal.shape, row=row, area_m2=0.0)
            yield Placed(proposal, Located((part,), measures))


def _kinds(site: Site, columns: Columns, located: LocatedPoints) -> tuple[Codes, Codes]:
    """The kind of each point, and the first point of each kind, by first appearance."""
    codes = located.alike()
    codes = _joined(codes, columns.activity.codes, len(columns.activity.values))
    tests = _tests(site, columns.activity.values)
    for name, one in columns.facts.items():
        asked = tests.get(name, ())
        if name == "approvals":
            codes = _joined(codes, one.codes, len(one.values))
        elif asked:
            told = [_truths(name, value, asked) for value in one.values]
            known = {truths: at for at, truths in enumerate(dict.fromkeys(told))}
            classes = np.array([known[truths] for truths in told], np.int64)
            codes = _joined(codes, classes[one.codes], len(known))
    codes = _dense(codes)
    first = np.empty(int(codes.max()) + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes, first


MOST_CODE = 1 << 62


def _joined(codes: Codes, more: NDArray[Any], count: int) -> Codes:  # any whole numbers
    """Codes that tell apart what either tells apart."""
    if count <= 1 or not len(more) or (more == more[0]).all():
        return codes
    if int(codes.max()) + 1 > MOST_CODE // count:
        codes = _dense(codes)
    found: Codes = codes * count + more
    return found


def _dense(codes: Codes) -> Codes:
    """The same codes as small numbers, by first appearance."""
    found = of_numbers(codes).dictionary_encode().indices
    return numbers_of(found).astype(np.int64)


def _truths(name: str, value: FactValue | None, tests: Sequence[FactTest]) -> tuple[int, ...]:
    stated = {} if value is None else {name: value}
    return tuple(int(one.truth(stated)) for one in tests)


def _tests(site: Site, activities: Sequence[Activity]) -> Mapping[str, tuple[FactTest, ...]]:
    """Every test that the programs of the activities put to facts, by fact."""
    found: dict[FactTest, None] = {}
    for activity in activities:
        _gather(site.programs[activity], found, set())
    by_fact: dict[str, list[FactTest]] = {}
    for one in found:
        by_fact.setdefault(one.fact, []).append(one)
    return {name: tuple(each) for name, each in by_fact.items()}


def _gather(value: object, found: dict[FactTest, None], seen: set[int]) -> None:
    """Notes the tests anywhere inside a value."""
    if isinstance(value, FactTest):
        found[value] = None
    elif isinstance(value, (tuple, list, frozenset)):
        for one in value:
            _gather(one, found, seen)
    elif isinstance(value, Mapping):
        for one in value.values():
            _gather(one, found, seen)
    elif is_dataclass(value) and not isinstance(value, type) and id(value) not in seen:
        seen.add(id(value))
        for one in fields(value):
            _gather(getattr(value, one.name), found, seen)
