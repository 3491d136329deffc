"""What one clause comes to on one row: rules held, gaps left open, needs to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from geozone.law.condition import Condition
from geozone.law.fact import approval
from geozone.law.judgement import Cause, Gap, Held, Lifted
from geozone.law.rule import Effect, Rule
from geozone.law.state import Polarity, Truth
from geozone.law.verdict import Verdict
from geozone.rules.program import Clause, Term
from geozone.rules.weigh import Scales, Weighed

T = TypeVar("T")
Need = tuple[str, str]
"""A rule id and the fact to show."""


@dataclass(frozen=True)
class Outcome:
    """What a clause adds to a judgement."""

    held: tuple[Held, ...] = ()
    gaps: tuple[Gap, ...] = ()
    needs: tuple[Need, ...] = ()
    lifted: tuple[Lifted, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether anything in it touches the verdict."""
        return bool(self.held or self.gaps)


NOTHING = Outcome()


def chained(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """What tuples hold, one behind the other."""
    return tuple(chain.from_iterable(parts))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """What several clauses come to, one behind the other."""
    if len(outcomes) < 2:
        return outcomes[0] if outcomes else NOTHING
    return Outcome(
        chained(one.held for one in outcomes),
        chained(one.gaps for one in outcomes),
        chained(one.needs for one in outcomes),
        chained(one.lifted for one in outcomes),
    )


def decides(rule: Rule) -> bool:
    """Whether a rule can touch a verdict at all."""
    return rule.effect in _EFFECTS and (rule.effect is not Effect.DUTY or rule.has_force)


def trigger(clause: Clause, scales: Scales) -> Weighed:
    """Whether the facts make the rule bind; a case that it spares must be shown."""
    when = scales.any_of(clause.when, wish=Truth.FALSE)
    if clause.rule.only_if_stated and when.truth is Truth.UNKNOWN:
        return Weighed(Truth.FALSE, when.open)
    if not clause.rule.spares:
        return when
    spared = scales.all_of(clause.rule.spares, wish=Truth.TRUE)
    if spared.truth is Truth.TRUE:
        return Weighed(Truth.FALSE, when.open + spared.open)
    return when


def outcome(clause: Clause, scales: Scales, reach: Truth) -> Outcome:
    """What the clause holds or leaves open, over all its alternatives."""
    if clause.doubt is not None and not clause.only_where_held:
        return NOTHING
    if scales.groups(clause.alternatives) is Truth.FALSE:
        return NOTHING
    bound = trigger(clause, scales)
    alternatives = clause.alternatives or ((),)
    return _merged(_alternative(clause, terms, bound, scales, reach) for terms in alternatives)


def _merged(outcomes: Iterable[Outcome]) -> Outcome:
    found = tuple(outcomes)
    return Outcome(
        tuple(one for each in found for one in each.held),
        tuple(dict.fromkeys(one for each in found for one in each.gaps)),
        tuple(dict.fromkeys(one for each in found for one in each.needs)),
        tuple(dict.fromkeys(one for each in found for one in each.lifted)),
    )


def _alternative(
    clause: Clause, terms: tuple[Term, ...], bound: Weighed, scales: Scales, reach: Truth
) -> Outcome:
    ground = scales.group(terms)
    if ground is Truth.FALSE:
        return Outcome()
    needs = _needs(clause, bound) if scales.best else ()
    if bound.truth is Truth.FALSE:
        return Outcome(needs=needs)
    condition = _told(terms, scales)
    if min(ground, bound.truth, reach) is Truth.TRUE and clause.doubt is None:
        found = _EFFECTS[clause.rule.effect](clause.rule, condition, scales)
        return replace(found, needs=needs) if needs else found
    if bound.truth is Truth.TRUE and _is_met(clause.rule, scales):
        return Outcome(needs=needs)  # whether it binds here makes no difference
    gaps = scales.gaps(clause.rule.id, terms)
    gaps += doubts(clause, scales, reach, condition)
    if bound.truth is Truth.UNKNOWN:
        gaps += not_stated(clause.rule.id, bound.open, condition)
    return Outcome(gaps=tuple(gaps), needs=needs)


def _is_met(rule: Rule, scales: Scales) -> bool:
    """Whether this is a duty with force that the facts meet."""
    return rule.has_force and scales.all_of(rule.unless, wish=Truth.TRUE).truth is Truth.TRUE


def _told(terms: tuple[Term, ...], scales: Scales) -> Condition | None:
    """The condition that a finding tells of: the feature's, before the border's around it."""
    within = [one for one in terms if one.polarity is not Polarity.BORDER] or list(terms)
    return scales.conditions[within[0].index] if within else None


PRESUMED = ("stage",)
"""What ground verdicts presume of every proposal: that it is new."""


def _needs(clause: Clause, bound: Weighed) -> tuple[Need, ...]:
    """The facts that a proposal must state so that this clause comes out as the ground does.

    A technology's name states nothing, so what it implies has to be stated as well.
    """
    if clause.rule.only_if_stated:
        return ()
    tests = [test for group in clause.when for test in group]
    if bound.truth is Truth.TRUE or bound.open:
        tests += clause.rule.unless
    facts = [test.fact for test in tests] + list(bound.open)
    return tuple((clause.rule.id, one) for one in dict.fromkeys(facts) if one not in PRESUMED)


def doubts(clause: Clause, scales: Scales, reach: Truth, condition: Condition | None) -> list[Gap]:
    """Why the law itself cannot be said to apply here."""
    theme = condition.theme if condition else None
    found = []
    if clause.doubt is not None:
        found.append(Gap(clause.doubt, clause.rule.id, theme, condition=condition))
    if reach is Truth.UNKNOWN:
        found.append(Gap(scales.unseen("jurisdiction"), clause.rule.id, "jurisdiction"))
    return found


def not_stated(rule: str, facts: Iterable[str], condition: Condition | None) -> list[Gap]:
    """One gap for each fact that nobody stated."""
    theme = condition.theme if condition else None
    return [Gap(Cause.FACT_NOT_STATED, rule, theme, fact, condition) for fact in facts]


def _prohibits(rule: Rule, condition: Condition | None, scales: Scales) -> Outcome:
    document = approval(scales.facts, rule.id) if rule.in_principle else None
    if document:
        held = Held(rule, Verdict.RESTRICTED, condition)
        return Outcome(held=(held,), lifted=(Lifted(rule.id, document),))
    return Outcome(held=(Held(rule, Verdict.PROHIBITED, condition),))


def _restricts(rule: Rule, condition: Condition | None, scales: Scales) -> Outcome:
    shown = scales.all_of(rule.unless, wish=Truth.TRUE)
    if shown.truth is not Truth.TRUE:
        return _unmet(rule, condition, shown)
    needs = tuple(test.fact for test in rule.unless) if scales.best else ()
    return Outcome(held=(Held(rule, Verdict.RESTRICTED, condition, needs),))


def _requires(rule: Rule, condition: Condition | None, scales: Scales) -> Outcome:
    shown = scales.all_of(rule.unless, wish=Truth.TRUE)
    if shown.truth is not Truth.TRUE:
        return _unmet(rule, condition, shown)
    return Outcome()


def _unmet(rule: Rule, condition: Condition | None, shown: Weighed) -> Outcome:
    """What follows when a condition of the rule is not stated, or is stated and fails."""
    if shown.truth is Truth.UNKNOWN:
        return Outcome(gaps=tuple(not_stated(rule.id, shown.open, condition)))
    if rule.otherwise is Verdict.UNDETERMINED:
        return _questions(rule, condition, None)
    return Outcome(held=(Held(rule, rule.otherwise, condition),))


def _questions(rule: Rule, condition: Condition | None, scales: Scales | None) -> Outcome:
    document = approval(scales.facts, rule.id) if scales else None
    if document:
        return Outcome(lifted=(Lifted(rule.id, document),))
    theme = condition.theme if condition else None
    return Outcome(gaps=(Gap(Cause.TEXT_AMBIGUOUS, rule.id, theme, condition=condition),))


_EFFECTS: dict[Effect, Callable[[Rule, Condition | None, Scales], Outcome]] = {
    Effect.PROHIBITS: _prohibits,
    Effect.RESTRICTS: _restricts,
    Effect.QUESTIONS: _questions,
    Effect.DUTY: _requires,
}
