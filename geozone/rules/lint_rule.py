"""What is wrong with a rule by itself: it never binds, is never met, or leaves its document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from geozone.law.fact import FactTest
from geozone.law.rule import Binding, Policy, Rule
from geozone.rules.lint_facts import possible
from geozone.rules.lint_ground import against_itself
from geozone.rules.lint_reach import activities, all_in, alternatives, days_meet, fires, last
from geozone.rules.lint_words import Code, Finding
from geozone.rules.outcome import decides


def rule_findings(policy: Policy) -> Iterator[Finding]:
    """What is wrong with each rule of a policy by itself."""
    for rule in policy.rules:
        yield from _facts(rule)
        yield from _ground(rule)
        yield from _span(policy, rule)
        yield from _territory(policy, rule)


def _facts(rule: Rule) -> Iterator[Finding]:
    """A rule that never binds, or else the parts of it that never do, and what is never shown."""
    if not _binds(rule):
        yield _never(rule)
        return
    for place, part in _parts(rule):
        if not _binds(part):
            yield _never(part, place)
    if rule.unless and not any(fires(rule, one, rule.unless) for one in activities(rule)):
        yield Finding(rule.id, Code.UNMEETABLE, _facts_of([rule.unless]))


def _parts(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one of its bindings or alternatives only, and the place of that in the pack."""
    for number, binding in enumerate(rule.binds, start=1):
        place = f"binds[{number}]"
        yield from ((place + each, replace(rule, binds=(one,))) for each, one in _bindings(binding))
    for number, group in enumerate(rule.when, start=1):
        yield f"when[{number}]", replace(rule, when=(group,))


def _bindings(binding: Binding) -> Iterator[tuple[str, Binding]]:
    if len(binding.when) < 2:
        yield "", binding
        return
    for number, group in enumerate(binding.when, start=1):
        yield f".when[{number}]", replace(binding, when=(group,))


def _binds(rule: Rule) -> bool:
    return any(fires(rule, one) for one in activities(rule))


def _never(rule: Rule, place: str = "") -> Finding:
    """Why a rule never binds: its facts, what it spares, or the names of its technologies."""
    groups = [group for one in activities(rule) for group in alternatives(rule, one)]
    at = (place,) if place else ()
    if not any(possible(group) for group in groups):
        return Finding(rule.id, Code.FACTS_CONTRADICT, at + _facts_of(groups))
    if rule.spares and not any(possible(group, [rule.spares]) for group in groups):
        return Finding(rule.id, Code.ALWAYS_SPARED, at + _facts_of([rule.spares]))
    code = Code.NAME_ASKED if place or decides(rule) else Code.NAME_CONTRADICTS
    return Finding(rule.id, code, at + _facts_of(groups))


def _facts_of(groups: Iterable[tuple[FactTest, ...]]) -> tuple[str, ...]:
    return tuple(sorted({test.fact for group in groups for test in group}))


def _ground(rule: Rule) -> Iterator[Finding]:
    wrong = [n for n, group in enumerate(rule.any, start=1) if against_itself(group)]
    if wrong:
        yield Finding(rule.id, Code.GROUND_CONTRADICTS, tuple(f"any[{one}]" for one in wrong))


def _span(policy: Policy, rule: Rule) -> Iterator[Finding]:
    own, whole = rule.valid, policy.span
    if own is None or (whole.earliest <= own.earliest and last(own) <= last(whole)):
        return
    code = Code.DATES_BEYOND if days_meet(own, whole) else Code.DATES_OUTSIDE
    yield Finding(rule.id, code, tuple(str(one) for one in (own.earliest, own.latest) if one))


def _territory(policy: Policy, rule: Rule) -> Iterator[Finding]:
    outside = tuple(one for one in rule.territory if not all_in([one], policy.territory))
    if outside:
        yield Finding(rule.id, Code.TERRITORY_OUTSIDE, outside)
