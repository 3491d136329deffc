"""Compiling policies, for one activity on one date, into a small decision table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.rule import Effect, Policy, Rule
from geozone.law.span import Phase
from geozone.law.state import Polarity, Truth
from geozone.rules import vocabulary
from geozone.rules.program import Clause, Document, Guard, Mask, Program, Term, bound
from geozone.rules.standing import (
    absent,
    doubt,
    of_rule,
    only_where_held,
    over,
    predecessors,
    reaches,
)


def compile_programs(
    policies: Iterable[Policy],
    activities: Iterable[Activity],
    *,
    on: date,
    adcode: str | None,
) -> tuple[Program, ...]:
    """One program per activity; all share one canonical tuple of conditions.

    ``adcode`` is the area's administrative code; ``None`` lets the jurisdiction layer tell.
    """
    policies = tuple(sorted(policies, key=lambda one: one.id))
    activities = tuple(activities)
    asked: set[Condition] = set()
    for activity in activities:
        asked |= _asked(policies, activity, on, adcode)
    conditions = tuple(sorted(asked, key=lambda one: one.sort_key))
    index = {one: i for i, one in enumerate(conditions)}
    compiler = _Compiler(policies, on, adcode, index, _territories(policies))
    return tuple(compiler.program(activity) for activity in activities)


def _live(policies: tuple[Policy, ...], on: date, adcode: str | None) -> list[Policy]:
    """Policies that bear on the day and may reach the area."""
    return [
        one
        for one in policies
        if not absent(one, on)
        and (adcode is None or reaches(one.territory, adcode) is not Truth.FALSE)
    ]


def _asked(
    policies: tuple[Policy, ...], activity: Activity, on: date, adcode: str | None
) -> set[Condition]:
    asked = {guard for guard, _ in _protected(activity)}
    for policy in _live(policies, on, adcode):
        silences = [one for one in policy.silences if activity in one.activities]
        masks = {name for one in silences for name in one.masks}
        for rule in policy.rules:
            alive = bound(rule, activity) is not None and not over(policy, rule, on)
            if alive or rule.id in masks:
                asked |= {ask.condition for group in rule.any for ask in group}
    if adcode is None:
        asked |= {_territory(code) for one in _territories(policies) for code in one}
    return asked


def _territories(policies: Iterable[Policy]) -> tuple[tuple[str, ...], ...]:
    """The territories of documents and, after them, those of rules that have their own."""
    policies = tuple(policies)
    own = dict.fromkeys(rule.territory for one in policies for rule in one.rules if rule.territory)
    return (*(one.territory for one in policies), *own)


def _territory(code: str) -> Condition:
    return Condition("jurisdiction", attributes=(("adcode", (code,)),))


def _protected(activity: Activity) -> list[tuple[Condition, str]]:
    return [
        (Condition(one.id, one.protected_class, within_m=float(one.protected_within_m)), one.id)
        for one in vocabulary.themes().values()
        if one.protected and (not one.protected_objects or activity.object in one.protected_objects)
    ]


@dataclass(frozen=True)
class _Compiler:
    policies: tuple[Policy, ...]
    on: date
    adcode: str | None
    index: Mapping[Condition, int]
    territories: tuple[tuple[str, ...], ...]

    def program(self, activity: Activity) -> Program:
        live = _live(self.policies, self.on, self.adcode)
        technology = vocabulary.technologies()[activity.technology]
        return Program(
            activity=activity,
            on=self.on,
            conditions=tuple(self.index),
            documents=self._documents(),
            clauses=tuple(
                clause
                for one in live
                for rule in one.rules
                for clause in self._clause(one, rule, activity)
            ),
            guards=tuple(Guard(theme, self.index[one]) for one, theme in _protected(activity)),
            silences=tuple(
                (self.policies.index(one), silence)
                for one in live
                if doubt(one, self.on) is None
                for silence in one.silences
                if activity in silence.activities
            ),
            predecessors=tuple(
                (number, earlier)
                for number, one in enumerate(self.policies)
                if any(
                    rule.effect is not Effect.SCOPE and bound(rule, activity) is not None
                    for rule in one.rules
                )
                for earlier in predecessors(one, self.on)
            ),
            masks=self._masks(live, activity),
            history=self._history(activity),
            implied={"stage": "new", **technology.implies},
            contradicted_by=technology.contradicted_by,
        )

    def _documents(self) -> tuple[Document, ...]:
        """One per policy, in order, and one per territory that some rule has of its own."""
        names = [one.id for one in self.policies]
        names += [""] * (len(self.territories) - len(names))
        return tuple(self._document(*one) for one in zip(names, self.territories, strict=True))

    def _document(self, name: str, territory: tuple[str, ...]) -> Document:
        if self.adcode is not None:
            return Document(name, reaches(territory, self.adcode))
        return Document(name, None, tuple(self.index[_territory(code)] for code in territory))

    def _clause(self, policy: Policy, rule: Rule, activity: Activity) -> list[Clause]:
        when = bound(rule, activity)
        held = only_where_held(policy, rule, self.on)
        own = of_rule(rule, self.on)
        if when is None or held is None or own in (Phase.BEFORE, Phase.ENDED):
            return []
        why = doubt(policy, self.on)
        if why is None and own is not Phase.IN_FORCE:
            why, held = Cause.TEXT_AMBIGUOUS, True
        number = self._number(policy, rule)
        return [Clause(rule, number, self._terms(rule), when, why, bool(why and held))]

    def _number(self, policy: Policy, rule: Rule) -> int:
        if not rule.territory:
            return self.policies.index(policy)
        first = len(self.policies)
        return first + self.territories[first:].index(rule.territory)

    def _history(self, activity: Activity) -> tuple[Clause, ...]:
        """Rules that are over; the ground is not asked about them again."""
        return tuple(
            Clause(rule, self._number(policy, rule), (), when)
            for policy in self.policies
            for rule in policy.rules
            if over(policy, rule, self.on) and (when := bound(rule, activity)) is not None
        )

    def _terms(self, rule: Rule) -> tuple[tuple[Term, ...], ...]:
        frees = rule.effect is Effect.EXEMPTS
        return tuple(
            tuple(
                Term(self.index[ask.condition], _polarity(ask.condition, frees), ask.outside)
                for ask in group
            )
            for group in rule.any
        )

    def _masks(self, live: list[Policy], activity: Activity) -> tuple[Mask, ...]:
        """The masks of documents in force that are silent on the activity on purpose."""
        found = []
        for policy in live:
            silences = [one for one in policy.silences if activity in one.activities]
            wanted = {name for one in silences for name in one.masks}
            if doubt(policy, self.on) is None:
                number = self.policies.index(policy)
                found += [
                    Mask(rule.id, number, self._terms(rule))
                    for rule in policy.rules
                    if rule.id in wanted
                ]
        return tuple(sorted(found, key=lambda one: one.rule))


def _polarity(condition: Condition, frees: bool) -> Polarity:
    if vocabulary.themes()[condition.theme].border:
        return Polarity.BORDER
    return Polarity.FREES if frees else Polarity.BINDS
