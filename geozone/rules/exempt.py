"""Exemptions: they cancel only the rules that they name, and only when certain."""

from __future__ import annotations

from dataclasses import dataclass

from geozone.law.condition import Condition
from geozone.law.judgement import Gap, Lifted
from geozone.law.state import Truth
from geozone.rules.outcome import PRESUMED, Need, Outcome, doubts, not_stated
from geozone.rules.program import Clause
from geozone.rules.weigh import Scales


@dataclass(frozen=True)
class Exemption:
    """An exemption as it stands on one row: certain or unknown, and what would settle it."""

    rule: str
    names: tuple[str, ...]
    certain: bool
    needs: tuple[Need, ...]
    open: tuple[Gap, ...]


def exemption(clause: Clause, scales: Scales, reach: Truth) -> Exemption | None:
    """The exemption on this row; ``None`` where it does not hold."""
    ground = scales.groups(clause.alternatives)
    facts = scales.any_of(clause.when, wish=Truth.TRUE)
    doubt = Truth.TRUE if clause.doubt is None else Truth.UNKNOWN
    found = min(ground, facts.truth, reach, doubt)
    if found is Truth.FALSE:
        return None
    rule = clause.rule
    gaps = [gap for terms in clause.alternatives for gap in scales.gaps(rule.id, terms)]
    gaps += doubts(clause, scales, reach, None)
    return Exemption(
        rule.id,
        rule.names,
        found is Truth.TRUE,
        _needs(clause) if scales.best else (),
        tuple(gaps) + tuple(not_stated(rule.id, facts.open, None)),
    )


def _needs(clause: Clause) -> tuple[Need, ...]:
    """The facts that a proposal must state to be exempt."""
    facts = dict.fromkeys(test.fact for group in clause.when for test in group)
    return tuple((clause.rule.id, fact) for fact in facts if fact not in PRESUMED)


def exempted(clause: Clause, found: Outcome, exemptions: list[Exemption]) -> Outcome:
    """The outcome of a clause after the exemptions that name its rule."""
    named = [one for one in exemptions if clause.rule.id in one.names]
    if not named or not found.decides:
        return found
    certain = next((one for one in named if one.certain), None)
    if certain is not None:
        lifted = (Lifted(clause.rule.id, certain.rule),)
        return Outcome(lifted=lifted, needs=found.needs + certain.needs)
    conditions = [held.condition for held in found.held] or [None]
    unsure = tuple(_doubt(gap, conditions[0]) for one in named for gap in one.open)
    if not unsure:
        return found  # nobody can say why the exemption is open, so the rule stands
    return Outcome(gaps=found.gaps + unsure, needs=found.needs)


def _doubt(gap: Gap, condition: Condition | None) -> Gap:
    """The gap of an unknown exemption, on the ground of the rule that it would lift."""
    theme = gap.theme or (condition.theme if condition else None)
    return Gap(gap.cause, gap.rule, theme, gap.fact, gap.condition or condition)
