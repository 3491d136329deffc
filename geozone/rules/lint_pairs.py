"""What is wrong between rules of one document: they contradict, hide or repeat each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from geozone.law.activity import Activity
from geozone.law.rule import Cite, Effect, Policy, Rule
from geozone.rules import lint_ground
from geozone.rules.lint_facts import implies, possible
from geozone.rules.lint_reach import (
    activities,
    alternatives,
    fires,
    reaches_as_far,
    shared,
)
from geozone.rules.lint_words import Code, Finding
from geozone.rules.outcome import decides
from geozone.rules.program import SITING, SPEAKING

_MOOT = (
    Effect.PROHIBITS,
    Effect.EXEMPTS,
    Effect.DUTY,
    Effect.PROCEDURE,
    Effect.PRIORITY,
    Effect.INCENTIVE,
)


def pair_findings(policy: Policy) -> Iterator[Finding]:
    """What is wrong between the rules of a policy."""
    yield from _identical(policy)
    yield from _hidden(policy)
    yield from _exemptions(policy)
    yield from _permits(policy)
    yield from _silences(policy)


# ------------------------------------------------------------------ the same twice


def _identical(policy: Policy) -> Iterator[Finding]:
    for one, other in combinations(policy.rules, 2):
        if _content(one) == _content(other):
            yield Finding(other.id, Code.IDENTICAL, (one.id,))


def _content(rule: Rule) -> Rule:
    """The rule without its name, its place and our remarks on it."""
    return replace(rule, id="", cite=Cite("", ""), office={}, note={}, reading={})


# ------------------------------------------------------------------ inside a prohibition


def _hidden(policy: Policy) -> Iterator[Finding]:
    """Rules whose every activity is prohibited, unconditionally, wherever they hold."""
    liftable = {name for rule in policy.rules for name in rule.names}
    flat = [one for one in policy.rules if _prohibits(one) and one.id not in liftable]
    flat = [one for one in flat if not one.in_principle]
    for rule in policy.rules:
        code = _hidden_code(rule)
        found = _hiding(rule, [one for one in flat if one.id != rule.id]) if code else ()
        if code and found:
            yield Finding(rule.id, code, found)


def _prohibits(rule: Rule) -> bool:
    return rule.effect is Effect.PROHIBITS and rule.asks in SITING


def _hidden_code(rule: Rule) -> Code | None:
    """What it means for a rule to lie inside a prohibition; none where that is nothing odd."""
    if rule.asks not in SITING or (rule.effect is Effect.EXEMPTS and rule.names):
        return None
    if rule.unless and decides(rule):
        return Code.OVERRULED
    if rule.effect in (Effect.RESTRICTS, Effect.QUESTIONS):
        return Code.SHADOWED
    return Code.MOOT if rule.effect in _MOOT else None


def _hiding(rule: Rule, flat: list[Rule]) -> tuple[str, ...]:
    """Prohibitions that together hide a rule; none if some activity of it shows.

    A rule that something meets is hidden if it is where that is shown.
    """
    found: set[str] = set()
    for activity in activities(rule):
        if fires(rule, activity, rule.unless):
            hiding = {one.id for one in flat if _hides(one, rule, activity)}
            if not hiding:
                return ()
            found |= hiding
    return tuple(sorted(found))


def _hides(wide: Rule, narrow: Rule, activity: Activity) -> bool:
    """Whether the wide rule surely holds for the activity wherever the narrow one is met."""
    outer = alternatives(wide, activity)
    inner = tuple(group + narrow.unless for group in alternatives(narrow, activity))
    if not outer or not reaches_as_far(wide, narrow):
        return False
    if not lint_ground.inside(narrow.any, wide.any) or not implies(inner, outer):
        return False
    kept = [narrow.spares] if narrow.spares else []
    return not wide.spares or not any(possible(one + wide.spares, kept) for one in inner)


# ------------------------------------------------------------------ exemptions


def _exemptions(policy: Policy) -> Iterator[Finding]:
    rules = {one.id: one for one in policy.rules}
    for rule in policy.rules:
        idle = tuple(name for name in rule.names if not _lifts(rule, rules[name]))
        if idle:
            yield Finding(rule.id, Code.EXEMPTS_NOTHING, idle)
        against = [one for one in policy.rules if rule.names and _prohibits(one)]
        unnamed = (one for one in against if one.id not in rule.names)
        opposed = tuple(one.id for one in unnamed if _opposed(rule, one))
        if opposed:
            yield Finding(rule.id, Code.CONTRADICTION, opposed)


def _lifts(exemption: Rule, rule: Rule) -> bool:
    return rule.asks in SITING and decides(rule) and bool(shared(exemption, rule))


def _opposed(exemption: Rule, prohibition: Rule) -> bool:
    """Whether both speak of the same ground and the same proposals.

    Where only one of them names any ground, or neither does, the facts of one must take in
    those of the other: a ban on one reservoir says nothing against an exemption of one zone.
    """
    one, other = exemption.any, prohibition.any
    if not (lint_ground.inside(one, other) or lint_ground.inside(other, one)):
        return False
    both = shared(exemption, prohibition)
    return any((one and other) or _akin(exemption, prohibition, each) for each in both)


def _akin(one: Rule, other: Rule, activity: Activity) -> bool:
    left, right = alternatives(one, activity), alternatives(other, activity)
    return implies(left, right) or implies(right, left)


# ------------------------------------------------------------------ permits and silence


def _permits(policy: Policy) -> Iterator[Finding]:
    for rule in policy.rules:
        asked = tuple(
            f"{other.id}: {', '.join(both)}"
            for other in policy.rules
            if (both := sorted(set(rule.permits.waives) & set(other.permits.needs)))
            and _same_ground(rule, other)
            and shared(rule, other)
        )
        if asked:
            yield Finding(rule.id, Code.PERMIT_CONFLICT, asked)


def _same_ground(one: Rule, other: Rule) -> bool:
    return lint_ground.inside(one.any, other.any) or lint_ground.inside(other.any, one.any)


def _silences(policy: Policy) -> Iterator[Finding]:
    for silence in policy.silences:
        for rule in policy.rules:
            broken = sorted(lint_ground.themes(rule.any) & silence.themes)
            both = silence.activities.intersection(activities(rule))
            if broken and both and rule.effect in SPEAKING:
                yield Finding(rule.id, Code.SILENCE_BROKEN, tuple(broken))
