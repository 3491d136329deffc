"""Judging one row of evidence: a tiny interpreter of the decision table."""

from __future__ import annotations

from collections.abc import Mapping

from geozone.law.evidence import Row
from geozone.law.fact import Facts
from geozone.law.judgement import Cause, Gap, Judgement, Listed
from geozone.law.rule import Asks, Effect, Rule
from geozone.law.state import Truth
from geozone.law.verdict import Verdict, severest
from geozone.rules.exempt import exempted, exemption
from geozone.rules.outcome import Outcome, decides, outcome, trigger
from geozone.rules.program import SITING, Clause, Program
from geozone.rules.silence import Here, document_gaps, governs, guard_gaps, reach
from geozone.rules.weigh import Scales, Weighed

Causes = Mapping[str, Cause]
"""Per theme, why it is unseen where that is the same everywhere."""

_LISTED = (
    Effect.DUTY,
    Effect.PROCEDURE,
    Effect.PRIORITY,
    Effect.INCENTIVE,
    Effect.EXEMPTS,
    Effect.INFO,
    Effect.SCOPE,
    Effect.DEFINITION,
)
_MET = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}


def judge(program: Program, row: Row, facts: Facts, causes: Causes | None = None) -> Judgement:
    """The verdict on a proposal: facts count as stated, the technology's name states nothing."""
    scales = Scales(program.conditions, row, facts, causes=causes or {})
    contradictions = [
        Gap(Cause.FACTS_CONTRADICT, fact=group[0].fact)
        for group in program.contradicted_by
        if scales.all_of(group, wish=Truth.FALSE).truth is Truth.TRUE
    ]
    return _judged(program, scales, contradictions)


def judge_ground(program: Program, row: Row, causes: Causes | None = None) -> Judgement:
    """The best that a new proposal of the activity could reach here, and what it must show."""
    scales = Scales(program.conditions, row, program.implied, best=True, causes=causes or {})
    return _judged(program, scales, [])


def _judged(program: Program, scales: Scales, contradictions: list[Gap]) -> Judgement:
    here: Here = [(one, reach(program.documents[one.document], scales)) for one in program.clauses]
    here = [(one, far) for one, far in here if far is not Truth.FALSE]
    found = _outcomes(program, here, scales)
    governed = governs(program, here, scales)
    gaps = [
        *contradictions,
        *document_gaps(program, here, scales),
        *(gap for _, one in found for gap in one.gaps),
        *guard_gaps(program, here, scales, governed=governed),
    ]
    held = tuple(one for _, each in found for one in each.held)
    verdicts = [one.verdict for one in held] + [Verdict.UNDETERMINED for _ in gaps]
    if governed:
        verdicts.append(Verdict.ALLOWED)
    return Judgement(
        verdict=severest(verdicts),
        held=held,
        gaps=tuple(dict.fromkeys(gaps)),
        clear=tuple(
            clause.rule.id
            for clause, one in found
            if clause.doubt is None and not one.decides and not one.lifted
        ),
        lifted=tuple(lift for _, one in found for lift in one.lifted),
        listed=_listed(here, scales, operation=False),
        operation=_listed(here, scales, operation=True),
        masks=tuple(
            mask.rule
            for mask in program.masks
            if reach(program.documents[mask.document], scales) is Truth.TRUE
            and scales.groups(mask.alternatives) is Truth.TRUE
        ),
        notes=tuple(one.rule for one, far in here if _remarked(one, far, scales)),
        history=_history(program, scales),
        needs=tuple(dict.fromkeys(need for _, one in found for need in one.needs)),
    )


def _outcomes(program: Program, here: Here, scales: Scales) -> list[tuple[Clause, Outcome]]:
    """What every deciding clause comes to, after the exemptions."""
    exemptions = [
        exemption(one, scales, reach(program.documents[one.document], scales, frees=True))
        for one, _ in here
        if one.rule.effect is Effect.EXEMPTS and one.rule.names and one.rule.asks in SITING
    ]
    certain = [one for one in exemptions if one is not None]
    return [
        (one, exempted(one, outcome(one, scales, far), certain))
        for one, far in here
        if one.rule.asks in SITING and decides(one.rule)
    ]


def _applies(clause: Clause, far: Truth, scales: Scales) -> Weighed:
    """Whether a listed clause concerns this place and these facts."""
    stated = scales.as_stated()
    bound = trigger(clause, stated)
    found = min(far, scales.groups(clause.alternatives), bound.truth)
    doubtful = clause.doubt is not None and found is Truth.TRUE
    return Weighed(Truth.UNKNOWN if doubtful else found, bound.open)


def _listed(here: Here, scales: Scales, *, operation: bool) -> tuple[Listed, ...]:
    found = [
        (clause.rule, _applies(clause, far, scales), _met(clause, scales))
        for clause, far in here
        if _lists(clause, operation=operation)
    ]
    return tuple(
        Listed(rule, met, _MET[applies.truth], applies.open)
        for rule, applies, met in found
        if applies.truth is not Truth.FALSE
    )


def _lists(clause: Clause, *, operation: bool) -> bool:
    """Whether the rule is shown beside the verdict: duties, permits, priorities, incentives.

    A document that is not surely in force lists nothing; its own gap says so.
    """
    if clause.doubt is not None and not clause.only_where_held:
        return False
    if operation or clause.rule.asks is Asks.OPERATION:
        return operation and clause.rule.asks is Asks.OPERATION
    if clause.rule.asks is Asks.PLAN:
        return False
    return clause.rule.effect in _LISTED and not clause.rule.names


def _met(clause: Clause, scales: Scales) -> bool | None:
    if not clause.rule.unless:
        return None
    tests = scales.as_stated()
    return _MET[tests.all_of(clause.rule.unless, wish=Truth.UNKNOWN).truth]


def _remarked(clause: Clause, far: Truth, scales: Scales) -> bool:
    """Whether a remark is made: on the ground that it names, unless the facts rule it out."""
    if clause.rule.effect is not Effect.NOTES or clause.doubt is not None:
        return False
    stated = scales.as_stated()
    here = min(far, scales.groups(clause.alternatives)) is Truth.TRUE
    return here and trigger(clause, stated).truth is not Truth.FALSE


def _history(program: Program, scales: Scales) -> tuple[Rule, ...]:
    """Rules that are over and that the stated facts do not rule out."""
    stated = scales.as_stated()
    return tuple(
        clause.rule
        for clause in program.history
        if reach(program.documents[clause.document], scales) is not Truth.FALSE
        and trigger(clause, stated).truth is not Truth.FALSE
    )
