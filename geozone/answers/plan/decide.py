"""From what a plan rule finds to what it does: its effect, as for any other rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from geozone.answers.finding import Found, Open
from geozone.answers.plan.scene import Bound
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.engine.measure import Measure
from geozone.law.condition import Condition
from geozone.law.fact import approval
from geozone.law.judgement import Cause, Gap, Held, Judgement, Lifted, Listed
from geozone.law.rule import Effect, Rule, Text
from geozone.law.state import State, Truth
from geozone.law.verdict import Verdict, severest
from geozone.rules.outcome import decides, not_stated, outcome


@dataclass(frozen=True)
class PlanAnswer:
    """What all plan rules together say of one proposal."""

    told: tuple[PlanTold, ...] = ()
    findings: tuple[Found, ...] = ()
    gaps: tuple[Open, ...] = ()
    lifted: tuple[Lifted, ...] = ()
    listed: tuple[Listed, ...] = ()
    clear: tuple[str, ...] = ()
    remarks: tuple[tuple[str, Text], ...] = ()

    @property
    def judgement(self) -> Judgement:
        """The same as a judgement; ``no_rule`` where nothing is held or open."""
        held = tuple(one.held for one in self.findings)
        gaps = tuple(one.gap for one in self.gaps)
        verdicts = [one.verdict for one in held] + [Verdict.UNDETERMINED for _ in gaps]
        return Judgement(
            severest(verdicts), held, gaps, self.clear, self.lifted, listed=self.listed
        )


NOTHING_PLANNED = PlanAnswer()


def together(answers: Iterable[PlanAnswer]) -> PlanAnswer:
    """The answers of several rules as one; what they leave open stands once."""
    every = tuple(answers)
    gaps = {one.gap: one for each in every for one in each.gaps}
    return PlanAnswer(
        tuple(one for each in every for one in each.told),
        tuple(one for each in every for one in each.findings),
        tuple(gaps.values()),
        tuple(one for each in every for one in each.lifted),
        tuple(one for each in every for one in each.listed),
        tuple(one for each in every for one in each.clear),
        tuple(one for each in every for one in each.remarks),
    )


def unasked(bound: Bound) -> PlanAnswer:
    """What is said where the rule is not asked: the facts rule it out, or its document is open."""
    rule, doubt = bound.rule, bound.clause.doubt
    if not decides(rule):
        return PlanAnswer()
    if doubt is None:
        return PlanAnswer(clear=(rule.id,))
    if bound.trigger.truth is Truth.FALSE:
        return PlanAnswer()
    return PlanAnswer(gaps=(Open(Gap(doubt, rule.id, bound.plan.within), None, rule),))


def decided(bound: Bound, answer: Answer) -> PlanAnswer:
    """What the rule's effect makes of an answer."""
    rule = bound.rule
    remarks = ((rule.id, answer.remark),) if answer.remark else ()
    if not decides(rule):
        return PlanAnswer(answer.told, listed=_listed(bound, answer), remarks=remarks)
    broken = _broken(bound, answer.broken) if answer.broken else PlanAnswer()
    opened = _opened(bound, answer.doubts) if answer.doubts else PlanAnswer()
    fits = not (answer.broken or answer.doubts or answer.is_silent or bound.clause.doubt)
    own = PlanAnswer(answer.told, clear=(rule.id,) if fits else (), remarks=remarks)
    return together((own, broken, opened))


def _listed(bound: Bound, answer: Answer) -> tuple[Listed, ...]:
    """The rule beside the verdict, where it has or may have something to list."""
    applies = min(bound.trigger.truth, bound.reach, answer.concerns)
    if bound.clause.doubt is not None:
        applies = min(applies, Truth.UNKNOWN)
    if applies is Truth.FALSE:
        return ()
    met = None if answer.doubts or answer.is_silent else answer.broken is None
    known = True if applies is Truth.TRUE else None
    return (Listed(bound.rule, met, known, bound.trigger.open),)


def _broken(bound: Bound, where: Where) -> PlanAnswer:
    """The rule's own effect, as it would have on ground that it bans."""
    found = outcome(bound.clause, bound.scales, bound.reach)
    measure = _measure(bound, where)
    condition = measure.condition if measure else None
    return PlanAnswer(
        findings=tuple(Found(replace(one, condition=condition), measure) for one in found.held),
        gaps=tuple(_placed(bound, one, where, measure) for one in found.gaps),
        lifted=found.lifted,
    )


def _placed(bound: Bound, gap: Gap, where: Where, measure: Measure | None) -> Open:
    """A gap of the rule's effect, told with the ground on which the rule is broken."""
    if gap.theme is None and where.theme and gap.cause is not Cause.FACTS_CONTRADICT:
        gap = replace(gap, theme=where.theme, condition=measure.condition if measure else None)
    return Open(gap, measure, bound.rule)


def _opened(bound: Bound, doubts: tuple[Doubt, ...]) -> PlanAnswer:
    """The gaps of an answer that is open; a question of the text is lifted by an approval."""
    document = approval(bound.proposal.facts, bound.rule.id) if _may_lift(bound.rule) else None
    asked = [one for one in doubts if one.cause is Cause.TEXT_AMBIGUOUS]
    if not document or not asked:
        return PlanAnswer(gaps=_gaps(bound, doubts))
    left = tuple(one for one in doubts if one not in asked)
    held = _gathered(asked) if bound.rule.in_principle else ()
    return PlanAnswer(
        findings=tuple(_restricted(bound, one) for one in held),
        gaps=_gaps(bound, left),
        lifted=(Lifted(bound.rule.id, document),),
    )


def _may_lift(rule: Rule) -> bool:
    """Whether an approval that names the rule answers its questions."""
    return rule.in_principle or rule.effect is Effect.QUESTIONS


def _restricted(bound: Bound, doubt: Doubt) -> Found:
    """What is left of a ban in principle that an approval lifts."""
    measure = _measure(bound, _where(doubt))
    condition = measure.condition if measure else None
    return Found(Held(bound.rule, Verdict.RESTRICTED, condition), measure)


def _gaps(bound: Bound, doubts: tuple[Doubt, ...]) -> tuple[Open, ...]:
    """One gap for each cause, theme and fact, and what is open about the law itself."""
    found = [_open(bound, one) for one in _gathered(doubts)]
    rule, whole = bound.rule, _measure(bound, Where(bound.plan.within))
    condition = whole.condition if whole else None
    law = not_stated(rule.id, bound.trigger.open, condition) if _is_open(bound) else []
    if bound.reach is Truth.UNKNOWN:
        law.append(Gap(bound.scales.unseen("jurisdiction"), rule.id, "jurisdiction"))
    if bound.clause.doubt is not None:
        law.append(Gap(bound.clause.doubt, rule.id, bound.plan.within, condition=condition))
    return (*found, *(Open(one, None, rule) for one in law))


def _is_open(bound: Bound) -> bool:
    return bound.trigger.truth is Truth.UNKNOWN


def _open(bound: Bound, doubt: Doubt) -> Open:
    if doubt.cause is Cause.FACTS_CONTRADICT:
        return contradicted(doubt)
    measure = _measure(bound, _where(doubt))
    condition = measure.condition if measure and doubt.theme == bound.plan.within else None
    gap = Gap(doubt.cause, bound.rule.id, doubt.theme or None, doubt.fact or None, condition)
    return Open(gap, measure, bound.rule)


def contradicted(doubt: Doubt) -> Open:
    """What a file states against itself: no rule's matter, so it is said once for all of them."""
    gap = Gap(doubt.cause, None, doubt.theme or None, doubt.fact or None)
    return Open(gap, _measured(_where(doubt), ()), None)


def _gathered(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Doubts of one cause, theme and fact as one, with the features of all."""
    found: dict[tuple[str, str, str], Doubt] = {}
    for one in doubts:
        key = (one.cause.value, one.theme, one.fact)
        kept = found.get(key, one)
        found[key] = replace(kept, features=tuple(sorted({*kept.features, *one.features})))
    return tuple(found[key] for key in sorted(found))


def _where(doubt: Doubt) -> Where:
    return Where(doubt.theme or None, doubt.features, doubt.distance_m, doubt.limit_m)


def _measure(bound: Bound, where: Where) -> Measure | None:
    """The ground of a finding or gap as a measure; none where no theme is concerned."""
    return _measured(where, bound.plan.classes if where.theme == bound.plan.within else ())


def _measured(where: Where, classes: tuple[str, ...]) -> Measure | None:
    if where.theme is None:
        return None
    distance = where.distance_m
    return Measure(
        condition=Condition(where.theme, classes, within_m=where.limit_m),
        state=State.HOLDS,
        distance_m=distance,
        margin_m=None if distance is None else distance - where.limit_m,
        features=where.features,
        nearest=where.features[0] if where.features else None,
        overlap_m2=where.overlap_m2,
        share=where.share,
        cause=None,
    )
