"""A small decision table: what policies come to for one activity on one date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.fact import Facts, FactTest
from geozone.law.judgement import Cause
from geozone.law.rule import Asks, Effect, Predecessor, Rule, Silence, Tests
from geozone.law.state import Polarity, Truth

ACTING = (Effect.PROHIBITS, Effect.RESTRICTS)
SPEAKING = (*ACTING, Effect.QUESTIONS, Effect.EXEMPTS)
SITING = (Asks.GROUND, Asks.PROPOSAL)


@dataclass(frozen=True)
class Term:
    """One condition of a clause: its place in the row and how it is read."""

    index: int
    polarity: Polarity
    outside: bool = False


@dataclass(frozen=True)
class Clause:
    """A rule as it binds the program's activity: any of all of terms, any of all of facts."""

    rule: Rule
    document: int
    alternatives: tuple[tuple[Term, ...], ...]
    when: Tests
    doubt: Cause | None = None
    only_where_held: bool = False

    @property
    def acts(self) -> bool:
        """Whether the rule governs: it prohibits or restricts siting."""
        return self.rule.effect in ACTING and self.rule.asks in SITING

    @property
    def exempts(self) -> bool:
        """Whether the rule lifts others."""
        rule = self.rule
        return rule.effect is Effect.EXEMPTS and bool(rule.names) and rule.asks in SITING

    def themes(self, conditions: tuple[Condition, ...]) -> frozenset[str]:
        """The themes that the clause asks about."""
        return frozenset(conditions[at].theme for at in self.places)

    @property
    def places(self) -> tuple[int, ...]:
        """The places of a row that the clause asks about."""
        return _places(self.alternatives)


def _places(alternatives: tuple[tuple[Term, ...], ...]) -> tuple[int, ...]:
    return tuple(term.index for group in alternatives for term in group)


@dataclass(frozen=True)
class Document:
    """A policy, or a rule of it with a narrower territory, as it reaches a place.

    The reach is fixed for the whole area, or told by the ground.
    """

    policy: str
    reach: Truth | None
    territory: tuple[int, ...] = ()
    """Where the ground tells: the jurisdiction conditions, any of which puts a place inside."""


@dataclass(frozen=True)
class Guard:
    """A protected theme: where it holds, a rule in force must speak to it."""

    theme: str
    index: int


@dataclass(frozen=True)
class Mask:
    """Ground on which a rule bans wells, shown inside a shape that may cross it."""

    rule: str
    document: int
    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def places(self) -> tuple[int, ...]:
        """The places of a row that the mask asks about."""
        return _places(self.alternatives)


@dataclass(frozen=True, repr=False)
class Program:
    """Everything needed to judge an activity on a date from a row of evidence."""

    activity: Activity
    on: date
    conditions: tuple[Condition, ...]
    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    guards: tuple[Guard, ...]
    silences: tuple[tuple[int, Silence], ...]
    predecessors: tuple[tuple[int, Predecessor], ...]
    masks: tuple[Mask, ...]
    history: tuple[Clause, ...]
    """Rules that bound the activity once: listed, without a verdict."""
    implied: Facts
    contradicted_by: tuple[tuple[FactTest, ...], ...]

    @cached_property
    def lifting(self) -> Mapping[str, tuple[Clause, ...]]:
        """The exemptions that name a rule, by its id."""
        found: dict[str, tuple[Clause, ...]] = {}
        for one in self.clauses:
            for name in dict.fromkeys(one.rule.names if one.exempts else ()):
                found[name] = (*found.get(name, ()), one)
        return found

    @cached_property
    def asking(self) -> Mapping[str, tuple[Clause, ...]]:
        """The clauses that ask about a theme."""
        found: dict[str, tuple[Clause, ...]] = {}
        for one in self.clauses:
            for theme in one.themes(self.conditions):
                found[theme] = (*found.get(theme, ()), one)
        return found

    def __repr__(self) -> str:
        return f"<Program {self.activity} on {self.on}>"


def bound(rule: Rule, activity: Activity) -> Tests | None:
    """The facts under which a rule binds an activity; ``None`` where it never does."""
    groups = [one.when or ((),) for one in rule.binds if activity in one.activities]
    if not groups:
        return None
    pairs = product([one for group in groups for one in group], rule.when or ((),))
    tests = tuple(dict.fromkeys(left + right for left, right in pairs))
    return () if () in tests else tests
