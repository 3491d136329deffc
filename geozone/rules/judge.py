"""Judging one row of evidence: a tiny interpreter of the decision table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geozone.law.evidence import Row
from geozone.law.fact import Facts
from geozone.law.judgement import Cause, Gap, Judgement, Listed
from geozone.law.rule import Asks, Effect, Rule
from geozone.law.state import Truth
from geozone.law.verdict import Verdict, severest
from geozone.rules.exempt import exempted, exemption
from geozone.rules.outcome import NOTHING, Outcome, chained, decides, joined, outcome, trigger
from geozone.rules.program import SITING, Clause, Mask, Program
from geozone.rules.silence import Here, document_gaps, governs, guard_gap, reach
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
    return judged(program, Scales(program.conditions, row, facts, causes=causes or {}))


def judge_ground(program: Program, row: Row, causes: Causes | None = None) -> Judgement:
    """The best that a new proposal of the activity could reach here, and what it must show."""
    facts = program.implied
    return judged(program, Scales(program.conditions, row, facts, best=True, causes=causes or {}))


@dataclass(frozen=True, eq=False)
class Land:
    """What is said of a place by the documents that reach it, whatever else is there."""

    governed: bool
    gaps: tuple[Gap, ...]
    history: tuple[Rule, ...]


@dataclass(frozen=True, eq=False)
class Said:
    """What one clause adds to a judgement."""

    outcome: Outcome = NOTHING
    clear: tuple[str, ...] = ()
    listed: tuple[Listed, ...] = ()
    operation: tuple[Listed, ...] = ()
    notes: tuple[Rule, ...] = ()


UNSAID = Said()


def judged(program: Program, scales: Scales) -> Judgement:
    """Everything weighed on one row."""
    land = land_of(program, scales)
    return summed(
        land,
        contradictions(program, scales),
        [said(program, one, scales) for one in program.clauses],
        [guard_gap(program, one, scales, governed=land.governed) for one in program.guards],
        [masked(program, one, scales) for one in program.masks],
    )


def summed(
    land: Land,
    contradicted: tuple[Gap, ...],
    clauses: Iterable[Said],
    guards: Iterable[tuple[Gap, ...]],
    masks: Iterable[tuple[str, ...]],
) -> Judgement:
    """The judgement that its parts come to, in the order of the program."""
    told = together(clauses)
    found = told.outcome
    gaps = dict.fromkeys((*contradicted, *land.gaps, *found.gaps, *chained(guards)))
    verdicts = [one.verdict for one in found.held]
    if gaps:
        verdicts.append(Verdict.UNDETERMINED)
    if land.governed:
        verdicts.append(Verdict.ALLOWED)
    return Judgement(
        verdict=severest(verdicts),
        held=found.held,
        gaps=tuple(gaps),
        clear=told.clear,
        lifted=found.lifted,
        listed=told.listed,
        operation=told.operation,
        masks=chained(masks),
        notes=told.notes,
        history=land.history,
        needs=tuple(dict.fromkeys(found.needs)),
    )


def together(parts: Iterable[Said]) -> Said:
    """What several clauses add to a judgement, one behind the other."""
    told = [one for one in parts if one is not UNSAID]
    if len(told) < 2:
        return told[0] if told else UNSAID
    outcomes = [one.outcome for one in told if one.outcome is not NOTHING]
    return Said(
        joined(outcomes),
        clear=chained(one.clear for one in told),
        listed=chained(one.listed for one in told),
        operation=chained(one.operation for one in told),
        notes=chained(one.notes for one in told),
    )


def contradictions(program: Program, scales: Scales) -> tuple[Gap, ...]:
    """A gap for each group of stated facts that contradict the technology's name."""
    groups = () if scales.best else program.contradicted_by
    return tuple(
        Gap(Cause.FACTS_CONTRADICT, fact=group[0].fact)
        for group in groups
        if scales.all_of(group, wish=Truth.FALSE).truth is Truth.TRUE
    )


def land_of(program: Program, scales: Scales) -> Land:
    """What the documents that reach a place say of it as a whole."""
    here: Here = [(one, reach(program.documents[one.document], scales)) for one in program.clauses]
    here = [(one, far) for one, far in here if far is not Truth.FALSE]
    return Land(
        governs(program, here, scales),
        tuple(document_gaps(program, here, scales)),
        _history(program, scales),
    )


def said(program: Program, clause: Clause, scales: Scales) -> Said:
    """What a clause says where its document reaches."""
    far = reach(program.documents[clause.document], scales)
    if far is Truth.FALSE:
        return UNSAID
    weighs = clause.rule.asks in SITING and decides(clause.rule)
    found = _outcome(program, clause, far, scales) if weighs else NOTHING
    is_clear = weighs and clause.doubt is None and not found.decides and not found.lifted
    return Said(
        found,
        clear=(clause.rule.id,) if is_clear else (),
        listed=_listed(clause, far, scales, operation=False),
        operation=_listed(clause, far, scales, operation=True),
        notes=(clause.rule,) if _remarked(clause, far, scales) else (),
    )


def _outcome(program: Program, clause: Clause, far: Truth, scales: Scales) -> Outcome:
    """What a deciding clause comes to, after the exemptions."""
    exemptions = []
    for one in program.lifting.get(clause.rule.id, ()):
        document = program.documents[one.document]
        if reach(document, scales) is not Truth.FALSE:
            exemptions.append(exemption(one, scales, reach(document, scales, frees=True)))
    certain = [one for one in exemptions if one is not None]
    return exempted(clause, outcome(clause, scales, far), certain)


def masked(program: Program, mask: Mask, scales: Scales) -> tuple[str, ...]:
    """The mask's rule where it bans."""
    far = reach(program.documents[mask.document], scales)
    bans = far is Truth.TRUE and scales.groups(mask.alternatives) is Truth.TRUE
    return (mask.rule,) if bans else ()


def _applies(clause: Clause, far: Truth, scales: Scales) -> Weighed:
    """Whether a listed clause concerns this place and these facts."""
    stated = scales.as_stated()
    bound = trigger(clause, stated)
    found = min(far, scales.groups(clause.alternatives), bound.truth)
    doubtful = clause.doubt is not None and found is Truth.TRUE
    return Weighed(Truth.UNKNOWN if doubtful else found, bound.open)


def _listed(clause: Clause, far: Truth, scales: Scales, *, operation: bool) -> tuple[Listed, ...]:
    """The clause as it is shown beside the verdict, if it is."""
    if not _lists(clause, operation=operation):
        return ()
    applies = _applies(clause, far, scales)
    if applies.truth is Truth.FALSE:
        return ()
    return (Listed(clause.rule, _met(clause, scales), _MET[applies.truth], applies.open),)


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
