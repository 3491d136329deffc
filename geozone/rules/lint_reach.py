"""Where and when rules reach: activities that they may bind, dates and territories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product

from geozone.law.activity import Activity
from geozone.law.rule import Rule, Tests
from geozone.law.span import Span
from geozone.rules import vocabulary
from geozone.rules.lint_facts import Group, possible
from geozone.rules.program import bound


def activities(rule: Rule) -> tuple[Activity, ...]:
    """Every activity that a rule's bindings name, sorted."""
    return tuple(sorted({one for each in rule.binds for one in each.activities}))


def alternatives(rule: Rule, activity: Activity) -> Tests:
    """The facts under which a rule binds an activity, as groups: none if it never does."""
    found = bound(rule, activity)
    return () if found is None else found or ((),)


def barred(rule: Rule, activity: Activity) -> list[Group]:
    """Statements that take a proposal out of a rule: against its technology's name, or spared."""
    named = list(vocabulary.technologies()[activity.technology].contradicted_by)
    return [*named, rule.spares] if rule.spares else named


def fires(rule: Rule, activity: Activity, more: Group = ()) -> bool:
    """Whether a consistent proposal exists that the rule binds and that states ``more``."""
    out = barred(rule, activity)
    return any(possible(group + more, out) for group in alternatives(rule, activity))


def meet(one: Rule, other: Rule, activity: Activity) -> bool:
    """Whether one consistent proposal of the activity is bound by both rules."""
    out = [*barred(one, activity), *barred(other, activity)]
    pairs = product(alternatives(one, activity), alternatives(other, activity))
    return any(possible(left + right, out) for left, right in pairs)


def shared(one: Rule, other: Rule) -> list[Activity]:
    """Activities of which one consistent proposal is bound by both rules, on one day and place."""
    if not overlap(one, other):
        return []
    both = set(activities(one)) & set(activities(other))
    return [each for each in sorted(both) if meet(one, other, each)]


def overlap(one: Rule, other: Rule) -> bool:
    """Whether the rules' own dates and territories leave a day and a place to both."""
    return days_meet(one.valid, other.valid) and _places_meet(one.territory, other.territory)


def reaches_as_far(wide: Rule, narrow: Rule) -> bool:
    """Whether one rule surely is law wherever and whenever the other may be."""
    return _days_inside(narrow.valid, wide.valid) and (
        not wide.territory or (bool(narrow.territory) and all_in(narrow.territory, wide.territory))
    )


def all_in(codes: Iterable[str], territory: Iterable[str]) -> bool:
    """Whether every administrative code lies in a territory."""
    wider = tuple(territory)
    return all(code.startswith(wider) for code in codes)


def days_meet(one: Span | None, other: Span | None) -> bool:
    """Whether two spans share a day; none stands for all days."""
    if one is None or other is None:
        return True
    return one.earliest <= last(other) and other.earliest <= last(one)


def last(span: Span) -> date:
    """The last day of a span; an open end is the last of all days."""
    return span.latest or date.max


def _days_inside(narrow: Span | None, wide: Span | None) -> bool:
    if wide is None:
        return True
    if narrow is None:
        return False
    return wide.certain <= narrow.earliest and last(narrow) <= (wide.certain_until or date.max)


def _places_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in one for b in other)
