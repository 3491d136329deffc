"""The words that packs and results are written in, and what a value means where none is given."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.counting import COMPARE, COMPARISONS
from geozone.law.errors import Fault, Refused
from geozone.law.evidence import Evidence
from geozone.law.fact import DENIALS, OPERATIONS, Below, FactTest, approval
from geozone.law.judgement import Cause, Gap, Held, Judgement, Listed
from geozone.law.plan import REGISTERS, PlanCheck, PlanTest
from geozone.law.rule import (
    AfterEnd,
    Ask,
    Asks,
    Binding,
    Cite,
    Effect,
    Permits,
    Policy,
    Rule,
    Silence,
    Superseded,
)
from geozone.law.span import Phase, Span
from geozone.law.state import Polarity, State, Truth, truth
from geozone.law.verdict import Verdict

DAY = date(2024, 6, 1)
WELL = Activity("middeep_reinjection", "well_production")
RULE = Rule("R", {}, Cite("D", "1"), {}, Asks.GROUND, Effect.PROHIBITS, ())


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            Cause,
            "no_layer outside_coverage stale_layer waived within_accuracy touch_only "
            "fact_not_stated facts_contradict rule_lapsed between_policies text_ambiguous "
            "text_not_supplied outside_documents",
        ),
        (
            Effect,
            "prohibits restricts questions exempts duty procedure priority incentive info scope "
            "definition notes",
        ),
        (Asks, "ground proposal plan operation"),
        (AfterEnd, "undetermined history"),
        (PlanCheck, "cap one_right overlap min_cells spacing same_reservoir bundle"),
        (Phase, "before starting in_force ending ended"),
        (Polarity, "binds frees border"),
    ],
)
def test_words(kind: type[StrEnum], words: str) -> None:
    assert [one.value for one in kind] == words.split()
    assert [one.name for one in kind] == words.upper().split()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (State, "CLEAR NEAR_OUTSIDE NEAR_INSIDE HOLDS UNSEEN"),
        (Truth, "FALSE UNKNOWN TRUE"),
        (Verdict, "NO_RULE ALLOWED RESTRICTED UNDETERMINED PROHIBITED"),
    ],
)
def test_numbers_of_states_truths_and_verdicts_are_their_order(kind: Any, names: str) -> None:
    assert [(one.name, one.value) for one in kind] == [
        (name, number) for number, name in enumerate(names.split())
    ]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (Condition("railway"), Condition("railway", (), (), 0.0, None, None)),
        (FactTest("use", "shown"), FactTest("use", "shown", None)),
        (Held(RULE, Verdict.PROHIBITED), Held(RULE, Verdict.PROHIBITED, None, ())),
        (Gap(Cause.WAIVED), Gap(Cause.WAIVED, None, None, None, None)),
        (Listed(RULE), Listed(RULE, None, True, ())),
        (
            Judgement(Verdict.ALLOWED),
            Judgement(Verdict.ALLOWED, (), (), (), (), (), (), (), (), (), ()),
        ),
        (
            PlanTest(PlanCheck.CAP),
            PlanTest(PlanCheck.CAP, None, (), {}, {}, "all", None, "", 0.0, None),
        ),
        (Ask(Condition("railway")), Ask(Condition("railway"), False)),
        (Binding(frozenset({WELL})), Binding(frozenset({WELL}), ())),
        (Cite("D", "1"), Cite("D", "1", "")),
        (Permits(), Permits((), ())),
        (
            Silence(frozenset({WELL}), frozenset(), {}),
            Silence(frozenset({WELL}), frozenset(), {}, ()),
        ),
        (Superseded("D", Span(DAY, DAY)), Superseded("D", Span(DAY, DAY, None, None), ())),
        (
            Policy("D", {}, "1", ("14",), Span(DAY, DAY), AfterEnd.HISTORY, ()),
            Policy(
                *("D", {}, "1", ("14",), Span(DAY, DAY), AfterEnd.HISTORY, ()),
                *((), (), None, False, ()),
            ),
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_not_given(given: object, plain: object) -> None:
    assert given == plain
    assert repr(given) == repr(plain)  # no 0 for False, no "" for None


def test_a_rule_of_which_little_is_said_binds_as_strictly_as_can_be() -> None:
    found = {name: value for name, value in vars(RULE).items() if name not in GIVEN}
    plain = {
        "any": (),
        "when": (),
        "spares": (),
        "unless": (),
        "otherwise": Verdict.PROHIBITED,
        "names": (),
        "in_principle": False,
        "note": {},
        "reading": {},
        "only_if_stated": False,
        "territory": (),
        "valid": None,
        "ends_with": "",
        "permits": Permits(),
        "dossier": (),
        "plan": None,
    }
    assert repr(found) == repr(plain)


GIVEN = ("id", "says", "cite", "office", "asks", "effect", "binds")


@pytest.mark.parametrize(
    ("approvals", "document"),
    [
        (("R=甲文",), "甲文"),
        (("R=a=b",), "a=b"),
        (("R= a ", "R=b"), "a"),
        ((" R =a",), "a"),
        ("R=a", "a"),
        (("R=否", "R=a"), "a"),
        (("S=a",), None),
        (("R",), None),
        *((f"R={word}", None) for word in ("no", "否", "无", "false", "FALSE", "No", " 无 ")),
    ],
)
def test_the_document_that_is_recorded_as_approving(approvals: Any, document: str | None) -> None:
    assert approval({"approvals": approvals}, "R") == document
    assert approval({}, "R") is None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        *((word, Truth.FALSE) for word in DENIALS),
        ("FALSE", Truth.FALSE),
        (False, Truth.FALSE),
        (True, Truth.TRUE),
        ("true", Truth.TRUE),
        (0.0, Truth.TRUE),
        ("号", Truth.TRUE),
    ],
)
def test_what_shows_a_document(stated: Any, expected: Truth) -> None:
    assert FactTest("expert_proof", "shown").truth({"expert_proof": stated}) is expected


def test_words_that_deny() -> None:
    assert DENIALS == ("no", "否", "无", "false")


def test_registers_that_plan_rules_count_in() -> None:
    assert {check.value: theme for check, theme in REGISTERS.items()} == {
        "cap": "right_mining",
        "one_right": "right_mining",
        "spacing": "geothermal_well",
    }


def test_words_that_compare_or_ask() -> None:
    assert COMPARISONS == tuple(COMPARE) == ("lt", "le", "gt", "ge")
    asks = ("is", "is_not", "in", "not_in", *COMPARISONS, "shown", "named")
    assert tuple(OPERATIONS) == asks


@pytest.mark.parametrize(
    ("stated", "value", "among"),
    [
        ("heating", "heating", True),
        ("heat", "heating", False),  # a part of the word is another word
        ("heating", ("power", "heating"), True),
        ("heating", ("power",), False),
        (("bedrock", "guantao"), "guantao", True),
        (("bedrock",), ("guantao", "minghuazhen"), False),
        (True, True, True),
        (False, True, False),
    ],
)
def test_is_and_in_ask_whether_one_is_among_the_others(
    stated: Any, value: Any, among: bool
) -> None:
    told = {op: OPERATIONS[op](stated, value) for op in ("is", "in", "is_not", "not_in")}
    assert told == {"is": among, "in": among, "is_not": not among, "not_in": not among}


def test_a_limit_that_a_name_implies() -> None:
    implied = {"reinjection_ratio": Below(1.0)}
    found = {
        (op, value): FactTest("reinjection_ratio", op, value).truth(implied)
        for op in ("ge", "gt", "lt", "le")
        for value in (0.99, 1.0, 1.01)
    }
    never = {(op, value): Truth.FALSE for op in ("ge", "gt") for value in (1.0, 1.01)}
    always = {(op, value): Truth.TRUE for op in ("lt", "le") for value in (1.0, 1.01)}
    open_ = {(op, 0.99): Truth.UNKNOWN for op in ("ge", "gt", "lt", "le")}
    assert found == never | always | open_


@pytest.mark.parametrize("outside", [False, True])
def test_without_a_word_the_condition_itself_is_asked(outside: bool) -> None:
    assert truth(State.HOLDS, Polarity.BINDS) is Truth.TRUE
    expected = Truth.FALSE if outside else Truth.TRUE
    assert truth(State.HOLDS, Polarity.BINDS, outside=outside) is expected


@pytest.mark.parametrize(
    ("condition", "key"),
    [
        (Condition("railway", ("line", "tunnel"), within_m=200.0), "railway[line|tunnel]@200m"),
        (Condition("railway", within_m=0.5), "railway@0.5m"),
        (
            Condition("planned_block", attributes=(("a", ("1", "2")), ("b", ("3",)))),
            "planned_block{a=1|2}{b=3}",
        ),
        (Condition("overdraft_zone", above=0.0), "overdraft_zone>0"),
        (Condition("overdraft_zone", below=0.0), "overdraft_zone<0"),
    ],
)
def test_keys_of_conditions(condition: Condition, key: str) -> None:
    assert condition.key == key


def test_conditions_sort_by_every_part_of_them() -> None:
    order = [
        Condition("a"),
        Condition("a", below=0.0),
        Condition("a", below=0.5),
        Condition("a", below=1.0),
        Condition("a", above=-1.0),
        Condition("a", above=0.0, below=1.0),
        Condition("a", above=0.0, below=2.0),
        Condition("a", above=1.0),
        Condition("a", within_m=5.0),
        Condition("a", within_m=10.0),
        Condition("a", attributes=(("x", ("1",)),)),
        Condition("a", ("c",)),
        Condition("b"),
    ]
    assert sorted(order, key=lambda one: one.sort_key) == order
    assert len({one.sort_key for one in order}) == len(order)


def test_the_faults_of_a_table_of_evidence() -> None:
    conditions = (Condition("railway"),)
    with pytest.raises(ValueError, match=r"^every evidence row needs one state per condition$"):
        Evidence(conditions, ((State.CLEAR,), (State.CLEAR, State.HOLDS)))
    for rows in (((State.HOLDS,), (State.CLEAR,)), ((State.CLEAR,), (State.CLEAR,))):
        with pytest.raises(ValueError, match=r"^evidence rows must be distinct and sorted$"):
            Evidence(conditions, rows)
    assert Evidence.of(iter(conditions), iter([(State.CLEAR,)])).rows == ((State.CLEAR,),)


def test_the_fault_of_a_span() -> None:
    said = r"^a span needs earliest <= certain <= certain_until <= latest$"
    with pytest.raises(ValueError, match=said):
        Span(DAY, date(2024, 5, 31))
    same = Span(DAY, DAY, DAY, DAY)
    assert [same.phase(DAY), same.phase(date(2024, 6, 2))] == [Phase.IN_FORCE, Phase.ENDED]


def test_faults_told_in_one_message() -> None:
    first, second = Fault("a.toml", "x", "missing", "add it"), Fault("a.toml", "", "bad", "mend")
    assert str(Refused(iter([first, second, first]))) == f"{first}\n{second}"
    assert sorted([first, second]) == [second, first]


def test_a_judgement_names_those_that_decide() -> None:
    strict, mild = RULE, Rule("A", {}, Cite("D", "2"), {}, Asks.GROUND, Effect.RESTRICTS, ())
    held = (Held(strict, Verdict.PROHIBITED), Held(mild, Verdict.RESTRICTED))
    gaps = (Gap(Cause.NO_LAYER, "B"), Gap(Cause.NO_LAYER, "A"), Gap(Cause.NO_LAYER))
    assert Judgement(Verdict.PROHIBITED, held, gaps).rules == ("R",)
    assert Judgement(Verdict.RESTRICTED, held).rules == ("A",)
    open_ = Judgement(Verdict.UNDETERMINED, held, gaps)
    assert (open_.rules, open_.causes) == (("A", "B"), ("no_layer",))
    assert Judgement(Verdict.ALLOWED).rules == ()


@pytest.mark.parametrize(
    ("effect", "asks", "unless", "force"),
    [
        (Effect.DUTY, Asks.PROPOSAL, (FactTest("use", "shown"),), True),
        (Effect.DUTY, Asks.PROPOSAL, (), False),
        (Effect.DUTY, Asks.OPERATION, (FactTest("use", "shown"),), False),
        (Effect.DUTY, Asks.GROUND, (FactTest("use", "shown"),), False),
        (Effect.RESTRICTS, Asks.PROPOSAL, (FactTest("use", "shown"),), False),
    ],
)
def test_a_duty_with_force(effect: Effect, asks: Asks, unless: Any, force: bool) -> None:
    rule = Rule("R", {}, Cite("D", "1"), {}, asks, effect, (), unless=unless)
    assert rule.has_force is force


def test_values_are_frozen_and_rules_are_told_apart_by_their_ids() -> None:
    same = Rule("R", {"zh": "句"}, Cite("D", "2"), {}, Asks.PLAN, Effect.DUTY, ())
    assert hash(same) == hash(RULE)
    assert len({RULE, RULE}) == 1
    assert hash(RULE) == hash("R")
