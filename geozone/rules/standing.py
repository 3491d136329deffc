"""How a document stands for a place on a date: in force, doubtful, lapsed or history."""

from __future__ import annotations

from datetime import date

from geozone.law.judgement import Cause
from geozone.law.rule import AfterEnd, Policy, Predecessor, Rule
from geozone.law.span import Phase
from geozone.law.state import Truth

Doubt = Cause | None
"""Why a document cannot be said to be in force; ``None`` where it is in force."""


def absent(policy: Policy, on: date) -> bool:
    """Whether nothing of the document bears on the day: not begun, or plain history."""
    phase = policy.span.phase(on)
    if phase is Phase.BEFORE:
        return True
    return phase is Phase.ENDED and policy.after_end is AfterEnd.HISTORY


def doubt(policy: Policy, on: date) -> Doubt:
    """Why the document cannot be said to be in force on the day, if it cannot."""
    phase = policy.span.phase(on)
    if phase is Phase.IN_FORCE:
        return None
    if phase is Phase.ENDED and _successor(policy, on) not in (Phase.BEFORE, Phase.STARTING):
        return Cause.RULE_LAPSED
    return Cause.BETWEEN_POLICIES


def _successor(policy: Policy, on: date) -> Phase | None:
    return policy.superseded.since.phase(on) if policy.superseded else None


def only_where_held(policy: Policy, rule: Rule, on: date) -> bool | None:
    """How a lapsed rule stays open: everywhere (false), where it holds (true), or not (none)."""
    if _successor(policy, on) is not Phase.IN_FORCE or policy.span.phase(on) is not Phase.ENDED:
        return False
    leaves = policy.superseded.leaves if policy.superseded else ()
    return True if rule.id in leaves else None


def over(policy: Policy, rule: Rule, on: date) -> bool:
    """Whether a rule was law once and is history now: listed, without a verdict."""
    if rule.valid is not None and rule.valid.phase(on) is Phase.ENDED:
        return policy.span.phase(on) is not Phase.BEFORE
    if policy.span.phase(on) is not Phase.ENDED:
        return False
    return policy.after_end is AfterEnd.HISTORY or only_where_held(policy, rule, on) is None


def of_rule(rule: Rule, on: date) -> Phase:
    """How a rule's own dates stand; a rule without any stands as its document does."""
    return rule.valid.phase(on) if rule.valid else Phase.IN_FORCE


def predecessors(policy: Policy, on: date) -> tuple[Predecessor, ...]:
    """Earlier documents, their texts not supplied, that were in force on the day."""
    return tuple(
        one for one in policy.predecessors if one.span.phase(on) not in (Phase.BEFORE, Phase.ENDED)
    )


def reaches(territory: tuple[str, ...], adcode: str) -> Truth:
    """Whether a place with this administrative code lies in a document's or rule's territory."""
    if any(adcode.startswith(one) for one in territory):
        return Truth.TRUE
    if any(one.startswith(adcode) for one in territory):
        return Truth.UNKNOWN
    return Truth.FALSE
