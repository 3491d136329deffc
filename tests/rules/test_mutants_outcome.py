"""What one clause comes to: held, open, needed, lifted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_rules import (
    BLOCKS,
    DEEP,
    HEATING,
    NEW,
    NO,
    ON_BLOCKS,
    ON_PLAIN,
    ON_RAIL,
    PLAIN,
    PROOF,
    RAIL,
    C,
    F,
    H,
    T,
    U,
    X,
    clause,
    rule,
    scales,
)

from geozone.law.condition import Condition
from geozone.law.judgement import Cause, Gap, Held, Lifted
from geozone.law.rule import Asks, Effect
from geozone.law.state import State, Truth
from geozone.law.verdict import Verdict
from geozone.rules.outcome import PRESUMED, Outcome, decides, not_stated, outcome, trigger
from geozone.rules.program import Clause
from geozone.rules.weigh import Weighed

NOTHING = Outcome()
BAN = rule()
PRINCIPLE = rule(in_principle=True)
LIMIT = rule(effect=Effect.RESTRICTS, unless=(PROOF, DEEP))
MILD = rule(effect=Effect.RESTRICTS)
QUESTION = rule(effect=Effect.QUESTIONS)
DUTY = rule(effect=Effect.DUTY, asks=Asks.PROPOSAL, unless=(PROOF,))
PROVEN, DENIED = {"expert_proof": "号"}, {"expert_proof": "无"}
APPROVED = {"approvals": ("S=乙", "R=甲")}


def gap(cause: Cause, condition: Condition | None = RAIL, fact: str | None = None) -> Gap:
    return Gap(cause, "R", condition.theme if condition else None, fact, condition)


def unstated(fact: str, condition: Condition | None = RAIL) -> Gap:
    return gap(Cause.FACT_NOT_STATED, condition, fact)


AMBIGUOUS = Outcome(gaps=(gap(Cause.TEXT_AMBIGUOUS),))
UNSEEN = Outcome(gaps=(gap(Cause.OUTSIDE_COVERAGE),))
ELSEWHERE = Gap(Cause.OUTSIDE_COVERAGE, "R", "jurisdiction")
BANNED = Outcome((Held(BAN, Verdict.PROHIBITED, RAIL),))


def told(made: Clause, *row: State, reach: Truth = T, best: bool = False, **facts: Any) -> Outcome:
    return outcome(made, scales(*row, facts=facts, best=best), reach)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [(one, one.value in ("prohibits", "restricts", "questions")) for one in Effect],
)
@pytest.mark.parametrize("asks", [Asks.GROUND, Asks.PROPOSAL])
def test_which_effects_touch_verdicts(effect: Effect, asks: Asks, expected: bool) -> None:
    duty = effect is Effect.DUTY and asks is Asks.PROPOSAL
    assert decides(rule(effect=effect, asks=asks)) is expected
    assert decides(rule(effect=effect, asks=asks, unless=(PROOF,))) is (expected or duty)


WAITS = rule(only_if_stated=True, when=((DEEP,),))
SPARES = rule(spares=(PROOF, HEATING), when=((DEEP,),))


@pytest.mark.parametrize(
    ("made", "facts", "proposal", "ground"),
    [
        (BAN, {}, Weighed(T), Weighed(T)),
        (rule(when=((DEEP,),)), {}, Weighed(U, ("depth_m",)), Weighed(F, ("depth_m",))),
        (WAITS, {}, Weighed(F, ("depth_m",)), Weighed(F, ("depth_m",))),
        (WAITS, {"depth_m": 201.0}, Weighed(T), Weighed(T)),
        (WAITS, {"depth_m": 200.0}, Weighed(F), Weighed(F)),
        (SPARES, {"depth_m": 201.0}, Weighed(T), Weighed(F, ("expert_proof", "use"))),
        (SPARES, {"depth_m": 201.0, **DENIED}, Weighed(T), Weighed(T)),
        (SPARES, {"depth_m": 201.0, **PROVEN}, Weighed(T), Weighed(F, ("use",))),
        (SPARES, {"depth_m": 201.0, **PROVEN, "use": "heating"}, Weighed(F), Weighed(F)),
        (
            SPARES,
            {**PROVEN, "use": "heating"},
            Weighed(F, ("depth_m",)),
            Weighed(F, ("depth_m",)),
        ),
        (SPARES, {}, Weighed(U, ("depth_m",)), Weighed(F, ("depth_m", "expert_proof", "use"))),
    ],
)
def test_whether_the_facts_make_a_rule_bind(
    made: Any, facts: Any, proposal: Weighed, ground: Weighed
) -> None:
    assert trigger(clause(made), scales(facts=facts)) == proposal
    assert trigger(clause(made), scales(facts=facts, best=True)) == ground


@pytest.mark.parametrize(
    ("row", "reach", "expected"),
    [
        ((H,), T, BANNED),
        ((C,), T, NOTHING),
        ((C,), U, NOTHING),
        ((X,), T, UNSEEN),
        ((NO,), T, Outcome(gaps=(gap(Cause.WITHIN_ACCURACY),))),
        ((H,), U, Outcome(gaps=(ELSEWHERE,))),
        ((X,), U, Outcome(gaps=(*UNSEEN.gaps, ELSEWHERE))),
    ],
)
def test_a_ban_on_its_ground(row: tuple[State, ...], reach: Truth, expected: Outcome) -> None:
    for best in (False, True):
        assert told(clause(BAN, (ON_RAIL,)), *row, reach=reach, best=best) == expected


def test_why_a_document_does_not_surely_reach() -> None:
    causes = {"jurisdiction": Cause.NO_LAYER}
    found = outcome(clause(BAN), scales(causes=causes), U)
    assert found == Outcome(gaps=(Gap(Cause.NO_LAYER, "R", "jurisdiction"),))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((H, C), BANNED),
        ((C, H), Outcome((Held(BAN, Verdict.PROHIBITED, BLOCKS),))),
        ((H, H), Outcome((*BANNED.held, Held(BAN, Verdict.PROHIBITED, BLOCKS)))),
        ((H, X), Outcome(BANNED.held, (gap(Cause.OUTSIDE_COVERAGE, BLOCKS),))),
        ((X, C), UNSEEN),
    ],
)
def test_each_alternative_is_told(row: tuple[State, ...], expected: Outcome) -> None:
    assert told(clause(BAN, (ON_RAIL,), (ON_BLOCKS,)), *row) == expected


def test_what_alternatives_share_is_told_once() -> None:
    twice = clause(rule(effect=Effect.QUESTIONS), (ON_RAIL,), (ON_RAIL, ON_BLOCKS))
    assert told(twice, H, H) == AMBIGUOUS
    assert told(twice, H, H, **APPROVED) == Outcome(lifted=(Lifted("R", "甲"),))
    needs = (("R", "depth_m"),)
    deep = replace(twice, when=((DEEP,),))
    assert told(deep, H, H, best=True) == Outcome(needs=needs)
    assert told(deep, H, H) == Outcome(gaps=(unstated("depth_m"),))


@pytest.mark.parametrize(
    ("terms", "condition"),
    [
        ((), None),
        ((ON_PLAIN,), PLAIN),
        ((ON_PLAIN, ON_RAIL), RAIL),
        ((ON_RAIL, ON_PLAIN), RAIL),
        ((ON_BLOCKS, ON_RAIL), BLOCKS),
    ],
)
def test_a_finding_tells_of_the_feature_before_the_border(
    terms: Any, condition: Condition | None
) -> None:
    held = Held(BAN, Verdict.PROHIBITED, condition)
    assert told(clause(BAN, terms), H, H, H) == Outcome((held,))
    deep = clause(BAN, terms, when=((DEEP, HEATING),))
    gaps = (unstated("depth_m", condition), unstated("use", condition))
    assert told(deep, H, H, H) == Outcome(gaps=gaps)
    ambiguous = Outcome(gaps=(gap(Cause.TEXT_AMBIGUOUS, condition),))
    assert told(clause(QUESTION, terms), H, H, H) == ambiguous


@pytest.mark.parametrize("doubt", [Cause.BETWEEN_POLICIES, Cause.RULE_LAPSED])
@pytest.mark.parametrize(
    ("row", "where_held"),
    [((H,), ()), ((C,), None), ((X,), UNSEEN.gaps)],
)
def test_a_rule_of_a_doubtful_document(
    doubt: Cause, row: tuple[State, ...], where_held: tuple[Gap, ...] | None
) -> None:
    everywhere = clause(BAN, (ON_RAIL,), doubt=doubt)
    assert told(everywhere, *row) == NOTHING
    here = replace(everywhere, only_where_held=True)
    gaps = () if where_held is None else (*where_held, gap(doubt))
    assert told(here, *row) == Outcome(gaps=gaps)
    assert told(here, *row, reach=U) == Outcome(gaps=(*gaps, *([ELSEWHERE] if gaps else [])))
    bare = clause(BAN, doubt=doubt, only_where_held=True)
    assert told(bare) == Outcome(gaps=(gap(doubt, None),))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Outcome(gaps=(unstated("use"),))),
        ({"use": "power"}, NOTHING),
        ({"use": "heating"}, BANNED),
    ],
)
def test_a_ban_under_a_condition_of_fact(facts: Any, expected: Outcome) -> None:
    made = clause(BAN, (ON_RAIL,), when=((HEATING,),))
    assert told(made, H, **facts) == expected
    assert told(made, C, **facts) == NOTHING
    held = () if not facts else expected.held
    assert told(made, H, best=True, **facts) == Outcome(held, needs=(("R", "use"),))


def test_facts_not_stated_are_told_beside_ground_not_seen() -> None:
    made = clause(BAN, (ON_RAIL,), when=((HEATING,),))
    gaps = (gap(Cause.OUTSIDE_COVERAGE), ELSEWHERE, unstated("use"))
    assert told(made, X, reach=U) == Outcome(gaps=gaps)
    assert told(made, H, reach=U, use="power") == NOTHING
    assert told(made, H, reach=U, use="heating") == Outcome(gaps=(ELSEWHERE,))
    best = Outcome(gaps=UNSEEN.gaps, needs=(("R", "use"),))
    assert told(made, X, best=True, use="heating") == best


@pytest.mark.parametrize(
    ("made", "facts", "expected"),
    [
        (BAN, APPROVED, BANNED),
        (PRINCIPLE, {}, Outcome((Held(PRINCIPLE, Verdict.PROHIBITED, RAIL),))),
        (
            PRINCIPLE,
            APPROVED,
            Outcome(
                (Held(PRINCIPLE, Verdict.RESTRICTED, RAIL),),
                lifted=(Lifted("R", "甲"),),
            ),
        ),
        (QUESTION, {}, AMBIGUOUS),
        (QUESTION, APPROVED, Outcome(lifted=(Lifted("R", "甲"),))),
    ],
)
def test_what_a_recorded_approval_does(made: Any, facts: Any, expected: Outcome) -> None:
    assert told(clause(made, (ON_RAIL,)), H, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Outcome(gaps=(unstated("expert_proof"), unstated("depth_m")))),
        (PROVEN, Outcome(gaps=(unstated("depth_m"),))),
        (DENIED, Outcome((Held(LIMIT, Verdict.PROHIBITED, RAIL),))),
        ({**PROVEN, "depth_m": 200.0}, Outcome((Held(LIMIT, Verdict.PROHIBITED, RAIL),))),
        ({**PROVEN, "depth_m": 201.0}, Outcome((Held(LIMIT, Verdict.RESTRICTED, RAIL),))),
    ],
)
def test_a_restriction_and_what_lifts_it(facts: Any, expected: Outcome) -> None:
    assert told(clause(LIMIT, (ON_RAIL,)), H, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "verdict"), [({}, Verdict.RESTRICTED), (DENIED, Verdict.PROHIBITED)]
)
def test_the_best_of_a_restriction_is_that_everything_is_shown(
    facts: Any, verdict: Verdict
) -> None:
    names = ("expert_proof", "depth_m")
    shown = names if verdict is Verdict.RESTRICTED else ()
    needs = tuple(("R", one) for one in names)
    expected = Outcome((Held(LIMIT, verdict, RAIL, shown),), needs=needs)
    assert told(clause(LIMIT, (ON_RAIL,)), H, best=True, **facts) == expected
    plain = Outcome((Held(MILD, Verdict.RESTRICTED, RAIL),))
    assert told(clause(MILD, (ON_RAIL,)), H, best=True, **facts) == plain
    assert told(clause(MILD, (ON_RAIL,)), H, **facts) == plain


@pytest.mark.parametrize("made", [LIMIT, DUTY], ids=["restriction", "duty"])
@pytest.mark.parametrize("otherwise", list(Verdict))
def test_what_follows_where_a_condition_fails(made: Any, otherwise: Verdict) -> None:
    strict = replace(made, otherwise=otherwise)
    expected = Outcome((Held(strict, otherwise, RAIL),))
    if otherwise is Verdict.UNDETERMINED:
        expected = AMBIGUOUS
    facts = {**DENIED, "depth_m": 300.0, **APPROVED}
    assert told(clause(strict, (ON_RAIL,)), H, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "surely", "perhaps"),
    [
        ({}, Outcome(gaps=(unstated("expert_proof", None),)), Outcome(gaps=(ELSEWHERE,))),
        (PROVEN, NOTHING, NOTHING),
        (DENIED, Outcome((Held(DUTY, Verdict.PROHIBITED),)), Outcome(gaps=(ELSEWHERE,))),
    ],
)
def test_a_duty_with_force(facts: Any, surely: Outcome, perhaps: Outcome) -> None:
    assert told(clause(DUTY), **facts) == surely
    assert told(clause(DUTY), reach=U, **facts) == perhaps


def test_a_duty_that_is_met_is_open_all_the_same_while_it_is_open_whether_it_binds() -> None:
    waits = clause(DUTY, when=((HEATING,),))
    assert told(waits, **PROVEN) == Outcome(gaps=(unstated("use", None),))
    assert told(waits, **PROVEN, use="heating") == NOTHING
    assert told(waits, reach=U, **PROVEN, use="heating") == NOTHING


def test_a_restriction_that_is_met_still_restricts_where_it_may_bind() -> None:
    met = {**PROVEN, "depth_m": 201.0}
    assert told(clause(LIMIT, (ON_RAIL,)), X, **met) == UNSEEN


@pytest.mark.parametrize(
    ("made", "facts", "needs"),
    [
        (rule(), {}, ()),
        (rule(when=((NEW, DEEP), (HEATING, DEEP))), {}, ("depth_m", "use")),
        (rule(when=((NEW,),), unless=(PROOF,)), {"stage": "new"}, ("expert_proof",)),
        (rule(when=((DEEP,),), unless=(PROOF,)), {"depth_m": 9.0}, ("depth_m",)),
        (rule(when=((DEEP,),), unless=(PROOF,)), {}, ("depth_m", "expert_proof")),
        (rule(when=((DEEP,),), unless=(PROOF,)), {"depth_m": 300.0}, ("depth_m", "expert_proof")),
        (rule(spares=(HEATING, DEEP)), {}, ("use", "depth_m")),
        (rule(only_if_stated=True, when=((DEEP,),)), {}, ()),
        (rule(only_if_stated=True, when=((DEEP,),)), {"depth_m": 300.0}, ()),
    ],
)
def test_what_a_proposal_must_state(made: Any, facts: Any, needs: tuple[str, ...]) -> None:
    expected = tuple(("R", one) for one in needs)
    assert told(clause(made, (ON_RAIL,)), H, best=True, **facts).needs == expected
    assert told(clause(made, (ON_RAIL,)), H, **facts).needs == ()
    assert told(clause(made, (ON_RAIL,)), C, best=True, **facts).needs == ()


def test_the_best_of_a_duty_that_may_bind_is_that_it_is_met() -> None:
    expected = Outcome(needs=(("R", "expert_proof"),))
    assert told(clause(DUTY), best=True) == expected
    assert told(clause(DUTY), best=True, reach=U) == expected
    assert PRESUMED == ("stage",)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (NOTHING, False),
        (BANNED, True),
        (UNSEEN, True),
        (Outcome(needs=(("R", "use"),), lifted=(Lifted("R", "甲"),)), False),
    ],
)
def test_what_touches_the_verdict(found: Outcome, expected: bool) -> None:
    assert found.decides is expected


def test_facts_that_nobody_stated() -> None:
    assert not_stated("R", ("use",), None) == [Gap(Cause.FACT_NOT_STATED, "R", None, "use")]
    assert not_stated("R", (), RAIL) == []
