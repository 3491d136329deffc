"""Judging one row: the verdict, and everything that is told beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_rules import (
    BLOCKS,
    DEEP,
    HEATING,
    NI,
    NO,
    ON_BLOCKS,
    ON_RAIL,
    PROOF,
    RAIL,
    WELL,
    C,
    F,
    H,
    T,
    U,
    X,
    clause,
    judged,
    program,
    rule,
    span,
)

from geozone.law.judgement import Cause, Gap, Held, Judgement, Lifted, Listed
from geozone.law.rule import Asks, Effect, Predecessor, Silence
from geozone.law.state import State, Truth
from geozone.law.verdict import Verdict
from geozone.rules.program import Clause, Document, Guard, Mask

NEW = {"stage": "new"}
BAN = clause(rule("BAN"), (ON_RAIL,))
LIMIT = clause(rule("LIMIT", Effect.RESTRICTS), (ON_BLOCKS,))
FREED = clause(rule("FREED", Effect.EXEMPTS, names=("BAN",), when=((DEEP,),)))
TOLD = Document("D", None, (2,))
"""A document whose reach the third condition tells."""


@pytest.mark.parametrize(
    ("clauses", "row", "verdict"),
    [
        ((), (H,), Verdict.NO_RULE),
        ((FREED,), (H,), Verdict.NO_RULE),
        ((BAN, LIMIT), (C, C), Verdict.ALLOWED),
        ((BAN, LIMIT), (C, H), Verdict.RESTRICTED),
        ((BAN, LIMIT), (X, H), Verdict.UNDETERMINED),
        ((BAN, LIMIT), (H, X), Verdict.PROHIBITED),
        ((replace(BAN, doubt=Cause.RULE_LAPSED),), (C,), Verdict.UNDETERMINED),
    ],
)
def test_the_severest_counts(
    clauses: tuple[Clause, ...], row: tuple[State, ...], verdict: Verdict
) -> None:
    found = program(*clauses)
    assert judged(found, *row).verdict is verdict
    assert judged(found, *row, facts=NEW).verdict is verdict


def test_everything_that_is_weighed_is_told() -> None:
    ask = clause(rule("ASK", Effect.QUESTIONS), (ON_RAIL,))
    shown = clause(rule("SHOWN", Effect.RESTRICTS, unless=(PROOF,)), (ON_BLOCKS,))
    past = clause(rule("PAST"))
    found = program(
        *(BAN, LIMIT, FREED, ask, shown),
        guards=(Guard("landform", 2),),
        predecessors=((0, Predecessor("D0", {}, span("2010-01-01", "2019-12-31"))),),
        masks=(Mask("MASK", 0, ((ON_BLOCKS,),)), Mask("NOT", 0, ((ON_RAIL,),))),
        history=(past,),
    )
    unknown = Gap(Cause.TEXT_NOT_SUPPLIED, "D0")
    open_ = Gap(Cause.OUTSIDE_DOCUMENTS, theme="landform", condition=found.conditions[2])
    assert judged(found, C, H, H, facts={"depth_m": 9.0, "expert_proof": "号"}) == Judgement(
        Verdict.UNDETERMINED,
        held=(
            Held(LIMIT.rule, Verdict.RESTRICTED, BLOCKS),
            Held(shown.rule, Verdict.RESTRICTED, BLOCKS),
        ),
        gaps=(unknown, open_),
        clear=("BAN", "ASK"),
        masks=("MASK",),
        history=(past.rule,),
    )
    ground = judged(found, C, H, H)
    assert ground.held[1] == Held(shown.rule, Verdict.RESTRICTED, BLOCKS, ("expert_proof",))
    assert ground.needs == (("SHOWN", "expert_proof"),)
    free = judged(found, H, C, C, facts={"depth_m": 300.0})
    assert (free.lifted, free.clear) == ((Lifted("BAN", "FREED"),), ("LIMIT", "SHOWN"))
    assert free.gaps == (unknown, Gap(Cause.TEXT_AMBIGUOUS, "ASK", "railway", None, RAIL))
    assert judged(found, H, C, C).needs == (("FREED", "depth_m"),)


def test_gaps_are_told_once_and_those_of_the_facts_first() -> None:
    contradiction = ((HEATING, DEEP), (PROOF,))
    lapsed = replace(LIMIT, doubt=Cause.RULE_LAPSED)
    blind = clause(rule("BLIND"), (ON_RAIL,), (ON_RAIL, ON_RAIL))
    found = program(lapsed, blind, contradicted_by=contradiction, guards=(Guard("railway", 0),))
    gaps = (
        Gap(Cause.RULE_LAPSED, "LIMIT"),
        Gap(Cause.OUTSIDE_COVERAGE, "BLIND", "railway", None, RAIL),
    )
    facts: dict[str, Any] = {"use": "heating"}
    assert judged(found, X, facts=facts).gaps == gaps
    facts["depth_m"] = 300.0
    told = judged(found, X, facts=facts)
    assert told.gaps == (Gap(Cause.FACTS_CONTRADICT, fact="use"), *gaps)
    assert told.clear == ()
    assert judged(found, X, facts={"expert_proof": "无"}).gaps == gaps
    both = judged(found, X, facts={**facts, "expert_proof": "号"})
    assert [one.fact for one in both.gaps[:2]] == ["use", "expert_proof"]


def test_the_ground_is_judged_by_what_the_name_implies_and_nothing_contradicts() -> None:
    heated = clause(rule("BAN", when=((HEATING,),)), (ON_RAIL,))
    found = program(heated, implied={"use": "heating"}, contradicted_by=((HEATING,),))
    assert judged(found, H).verdict is Verdict.PROHIBITED
    cold = replace(found, implied={"use": "power"})
    assert judged(cold, H).verdict is Verdict.ALLOWED
    assert judged(cold, H, facts={}).verdict is Verdict.UNDETERMINED
    assert judged(cold, H).needs == (("BAN", "use"),)


def test_why_a_theme_is_not_seen() -> None:
    causes = {"railway": Cause.NO_LAYER}
    found = program(BAN)
    for facts in (None, NEW):
        assert judged(found, X, facts=facts, causes=causes).causes == ("no_layer",)
        assert judged(found, X, facts=facts).causes == ("outside_coverage",)


@pytest.mark.parametrize(
    ("reach", "verdict"),
    [(F, Verdict.NO_RULE), (U, Verdict.UNDETERMINED), (T, Verdict.PROHIBITED)],
)
def test_documents_of_other_places_say_nothing(reach: Truth, verdict: Verdict) -> None:
    duty, note = clause(rule("DUTY", Effect.DUTY)), clause(rule("NOTE", Effect.NOTES))
    found = program(BAN, duty, note, documents=(Document("D", reach),), history=(BAN,))
    told = judged(found, H, facts=NEW)
    assert told.verdict is verdict
    assert (
        told.listed
        == {
            F: (),
            U: (Listed(duty.rule, None, None),),
            T: (Listed(duty.rule, None, True),),
        }[reach]
    )
    assert told.notes == ((note.rule,) if reach is T else ())
    assert told.history == (() if reach is F else (BAN.rule,))


def test_near_a_border_an_exemption_is_not_certain() -> None:
    free = clause(rule("FREED", Effect.EXEMPTS, names=("BAN",)), document=1)
    found = program(BAN, free, documents=(Document("D", T), TOLD))
    assert judged(found, H, C, H).lifted == (Lifted("BAN", "FREED"),)
    for state in (NI, NO, X, C):
        assert judged(found, H, C, state).lifted == ()
    assert judged(found, H, C, C).verdict is Verdict.PROHIBITED
    assert judged(found, C, C, H).lifted == ()


def test_what_does_not_exempt() -> None:
    listed = clause(rule("FREED", Effect.EXEMPTS))
    named = clause(rule("PRIORITY", Effect.PRIORITY, names=("BAN",)))
    assert judged(program(BAN, listed, named), H).verdict is Verdict.PROHIBITED


@pytest.mark.parametrize("asks", [Asks.PLAN, Asks.OPERATION])
def test_rules_that_do_not_ask_about_siting_do_not_judge(asks: Asks) -> None:
    found = program(LIMIT, clause(rule("PLAN", asks=asks), (ON_RAIL,)))
    told = judged(found, H, C)
    assert (told.verdict, told.clear) == (Verdict.ALLOWED, ("LIMIT",))


def test_masks_need_their_ground_and_their_document() -> None:
    masks = (Mask("A", 0, ((ON_RAIL,), (ON_BLOCKS,))), Mask("B", 1, ((ON_RAIL,),)))
    found = program(masks=masks, documents=(Document("D", T), TOLD))
    cases = {(H, C, H): ("A", "B"), (C, H, H): ("A",), (H, C, C): ("A",), (X, C, H): ()}
    assert {row: judged(found, *row).masks for row in cases} == cases
    assert judged(found, H, C, X).masks == ("A",)
    unsure = replace(found, documents=(Document("D", U), TOLD))
    assert judged(unsure, H, C, C).masks == ()


LISTS = ("duty", "procedure", "priority", "incentive", "exempts", "info", "scope", "definition")


@pytest.mark.parametrize("effect", list(Effect))
@pytest.mark.parametrize("asks", list(Asks))
def test_what_is_listed(effect: Effect, asks: Asks) -> None:
    made = clause(rule("L", effect, asks=asks))
    told = judged(program(made), facts=NEW)
    listed = effect.value in LISTS and asks in (Asks.GROUND, Asks.PROPOSAL)
    assert told.listed == ((Listed(made.rule),) if listed else ())
    assert told.operation == ((Listed(made.rule),) if asks is Asks.OPERATION else ())
    naming = clause(rule("L", effect, asks=asks, names=("BAN",)))
    assert judged(program(naming), facts=NEW).listed == ()


@pytest.mark.parametrize(
    ("doubt", "only_where_held", "row", "applies"),
    [
        (None, False, (H,), (True,)),
        (None, False, (X,), (None,)),
        (None, False, (C,), ()),
        (Cause.RULE_LAPSED, False, (H,), ()),
        (Cause.TEXT_AMBIGUOUS, True, (H,), (None,)),
        (Cause.TEXT_AMBIGUOUS, True, (X,), (None,)),
        (Cause.TEXT_AMBIGUOUS, True, (C,), ()),
    ],
)
@pytest.mark.parametrize("asks", [Asks.GROUND, Asks.OPERATION])
def test_whether_what_is_listed_applies(
    doubt: Cause | None, only_where_held: bool, row: Any, applies: Any, asks: Asks
) -> None:
    made = clause(
        rule("L", Effect.DUTY, asks=asks),
        (ON_RAIL,),
        doubt=doubt,
        only_where_held=only_where_held,
    )
    told = judged(program(made), *row, facts=NEW)
    listed, operation = [(one.applies for one in each) for each in (told.listed, told.operation)]
    wanted = (applies, ()) if asks is Asks.GROUND else ((), applies)
    assert (tuple(listed), tuple(operation)) == wanted


@pytest.mark.parametrize(
    ("facts", "listed"),
    [
        ({}, [(None, None, ("depth_m",))]),
        ({"depth_m": 9.0}, []),
        ({"depth_m": 300.0}, [(None, True, ())]),
        ({"depth_m": 300.0, "expert_proof": "号"}, [(True, True, ())]),
        ({"depth_m": 300.0, "expert_proof": "无"}, [(False, True, ())]),
    ],
)
def test_whether_what_is_listed_is_met(facts: Any, listed: Any) -> None:
    made = clause(rule("L", Effect.DUTY, when=((DEEP,),), unless=(PROOF,)))
    found = program(made, implied=facts)
    for told in (judged(found, facts=facts), judged(found)):
        assert [(one.met, one.applies, one.open) for one in told.listed] == listed


@pytest.mark.parametrize(
    ("row", "facts", "said"),
    [
        ((H,), {}, True),
        ((C,), {}, False),
        ((X,), {}, False),
        ((H,), {"depth_m": 300.0}, True),
        ((H,), {"depth_m": 9.0}, False),
    ],
)
def test_remarks(row: Any, facts: Any, said: bool) -> None:
    made = clause(rule("N", Effect.NOTES, when=((DEEP,),)), (ON_RAIL,))
    found = program(made, implied=facts)
    for told in (judged(found, *row, facts=facts), judged(found, *row)):
        assert told.notes == ((made.rule,) if said else ())
    for doubt in (Cause.RULE_LAPSED, Cause.TEXT_AMBIGUOUS):
        doubtful = program(replace(made, doubt=doubt, only_where_held=True))
        assert judged(doubtful, H, facts={"depth_m": 300.0}).notes == ()
    assert judged(program(replace(made, rule=rule("N", Effect.INFO))), H).notes == ()


@pytest.mark.parametrize(
    ("facts", "told"), [({}, True), ({"depth_m": 300.0}, True), ({"depth_m": 9.0}, False)]
)
def test_history(facts: Any, told: bool) -> None:
    past = clause(rule("P", when=((DEEP,),)))
    found = program(history=(past,))
    assert judged(found, facts=facts).history == ((past.rule,) if told else ())
    far = program(history=(replace(past, document=1),), documents=(Document("D", T), TOLD))
    assert judged(far, C, C, C, facts=facts).history == ()
    assert judged(far, C, C, X, facts=facts).history == ((past.rule,) if told else ())


def test_a_document_that_governs_asks_of_ground_that_is_not_seen() -> None:
    guards, silence = (Guard("railway", 0),), Silence(frozenset({WELL}), frozenset({"railway"}), {})
    assert judged(program(LIMIT, guards=guards), X).verdict is Verdict.UNDETERMINED
    assert judged(program(guards=guards), X).verdict is Verdict.NO_RULE
    silent = program(LIMIT, guards=guards, silences=((0, silence),))
    assert judged(silent, X).verdict is Verdict.ALLOWED
