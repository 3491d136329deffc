"""Judging row after row: what hangs on a few states is weighed once for each combination of them.

The same judgements as ``judge`` and ``judge_ground`` give one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from operator import itemgetter
from typing import Generic, TypeVar, cast

from geozone.law.evidence import Row
from geozone.law.fact import Facts, FactValue
from geozone.law.judgement import Cause, Gap, Judgement
from geozone.law.state import State
from geozone.rules.judge import (
    Land,
    Said,
    contradictions,
    land_of,
    masked,
    said,
    summed,
    together,
)
from geozone.rules.outcome import chained
from geozone.rules.program import Clause, Guard, Mask, Program
from geozone.rules.silence import guard_gap
from geozone.rules.weigh import Scales

S = TypeVar("S")
T = TypeVar("T")
Places = tuple[int, ...]
"""Places of a row, sorted, each once."""


Stated = tuple[tuple[str, FactValue], ...]
"""Facts by name, sorted."""


AT_ONCE = 10
"""At so many places states are read as one where many rows are judged by the same facts.

At more there are too many combinations, and by facts of few rows each at fewer already.
"""


class _Unread:
    """Stands for a state that is not read: to weigh it raises ``TypeError``."""

    __hash__ = None  # type: ignore[assignment]  # so that no set and no table takes it


UNREAD = cast(State, _Unread())  # a row has room for states alone


class Reading(Generic[T]):
    """What hangs on the states at a few places of a row, kept once it is worked out.

    ``work`` gets a row with nothing in its other places: it cannot hang on them unnoticed.
    """

    def __init__(self, places: Places, work: Callable[[Row], T]) -> None:
        self.places, self._work = places, work
        self._read: Callable[[Row], object] = itemgetter(*places) if places else _nothing
        self._found: dict[object, T] = {}

    def of(self, row: Row) -> T:
        """What comes of a row."""
        read = self._read(row)
        if read not in self._found:
            states = [UNREAD] * len(row)
            for at in self.places:
                states[at] = row[at]
            self._found[read] = self._work(tuple(states))
        return self._found[read]


def _few(
    readings: Iterable[Reading[T]], join: Callable[[Iterable[T]], T], at_once: int
) -> list[Reading[T]]:
    """Readings that give what many give one behind the other, neighbours as one.

    Those at no more places than ``at_once`` altogether.
    """
    groups: list[tuple[Places, list[Reading[T]]]] = []
    for one in readings:
        places, group = groups[-1] if groups else ((), [])
        both = _distinct((*places, *one.places))
        if group and len(both) <= at_once:
            groups[-1] = (both, [*group, one])
        else:
            groups.append((one.places, [one]))
    return [
        group[0] if len(group) == 1 else Reading(places, partial(_joined, join, group))
        for places, group in groups
    ]


def _each(
    places: Iterable[Places], work: Callable[[S, Row], T], parts: Iterable[S]
) -> Iterator[Reading[T]]:
    """A reading for each part of a program."""
    return (Reading(at, partial(work, one)) for at, one in zip(places, parts, strict=True))


def _joined(join: Callable[[Iterable[T]], T], readings: list[Reading[T]], row: Row) -> T:
    return join([one.of(row) for one in readings])


def _nothing(row: Row) -> object:
    """What is read of a row at no place."""
    return ()


@dataclass(frozen=True)
class Reads:
    """The places that parts of a program's judgements hang on.

    ``land`` tells which documents reach a place; the others are of each clause with whatever
    lifts it, of each guard with whatever speaks to its theme, and of each mask.
    """

    land: Places
    clauses: tuple[Places, ...]
    guards: tuple[Places, ...]
    masks: tuple[Places, ...]

    @classmethod
    def of(cls, program: Program) -> Reads:
        """The places that a program's judgements hang on."""
        documents = program.documents
        land = _distinct(at for one in documents for at in one.territory)

        def clause(one: Clause) -> Places:
            both = (one, *program.lifting.get(one.rule.id, ()))
            return _distinct(
                at for each in both for at in (*documents[each.document].territory, *each.places)
            )

        def guard(one: Guard) -> Places:
            asking = program.asking.get(one.theme, ())
            return _distinct([one.index, *land, *(at for each in asking for at in each.places)])

        return cls(
            land,
            tuple(clause(one) for one in program.clauses),
            tuple(guard(one) for one in program.guards),
            tuple(
                _distinct((*documents[one.document].territory, *one.places))
                for one in program.masks
            ),
        )


def _distinct(places: Iterable[int]) -> Places:
    return tuple(sorted(set(places)))


class Cases:
    """A program that judges row after row, by the same facts or others; ``causes`` as ``judge``."""

    def __init__(self, program: Program, causes: Mapping[str, Cause]) -> None:
        self._program, self._causes, self._reads = program, causes, Reads.of(program)
        self._stated: dict[Stated, _Case] = {}

    def stated(self, row: Row, facts: Stated) -> Judgement:
        """The judgement of a row by facts, sorted, as ``judge`` gives it."""
        if facts not in self._stated:
            self._stated[facts] = _Case(self._program, self._reads, self._scales(dict(facts)))
        return self._stated[facts].judged(row)

    def best(self, row: Row) -> Judgement:
        """The best that a new proposal could reach on a row, as ``judge_ground`` gives it."""
        return self._best.judged(row)

    @cached_property
    def _best(self) -> _Case:
        scales = replace(self._scales(self._program.implied), best=True)
        return _Case(self._program, self._reads, scales, AT_ONCE)

    def _scales(self, facts: Facts) -> Scales:
        return Scales(self._program.conditions, (), facts, causes=self._causes)


class _Case:
    """A program and the facts that count, on scales without a row; ``at_once`` as ``_few``."""

    def __init__(self, program: Program, reads: Reads, scales: Scales, at_once: int = 0) -> None:
        self._program, self._scales = program, scales
        self._contradicted = contradictions(program, scales)
        self._land = Reading(reads.land, self._landed)
        clauses = _each(reads.clauses, self._said, program.clauses)
        guards = _each(reads.guards, self._guarded, program.guards)
        masks = _each(reads.masks, self._masked, program.masks)
        self._clauses = _few(clauses, together, at_once)
        self._guards = _few(guards, chained, at_once)
        self._masks = _few(masks, chained, at_once)

    def judged(self, row: Row) -> Judgement:
        """The judgement of a row of evidence."""
        return summed(
            self._land.of(row),
            self._contradicted,
            [one.of(row) for one in self._clauses],
            [one.of(row) for one in self._guards],
            [one.of(row) for one in self._masks],
        )

    def _on(self, row: Row) -> Scales:
        return replace(self._scales, row=row)

    def _landed(self, row: Row) -> Land:
        return land_of(self._program, self._on(row))

    def _said(self, clause: Clause, row: Row) -> Said:
        return said(self._program, clause, self._on(row))

    def _guarded(self, guard: Guard, row: Row) -> tuple[Gap, ...]:
        governed = self._land.of(row).governed
        return guard_gap(self._program, guard, self._on(row), governed=governed)

    def _masked(self, mask: Mask, row: Row) -> tuple[str, ...]:
        return masked(self._program, mask, self._on(row))
