"""How rules stand in time and place: own dates, own territory, history, and what is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geozone.law.fact import Facts
from geozone.law.judgement import Judgement, Listed
from geozone.law.rule import Asks
from geozone.law.state import State
from geozone.law.verdict import Verdict
from geozone.rules.compiling import compile_programs
from geozone.rules.judge import judge, judge_ground
from geozone.rules.program import Program
from geozone.rules.reader import parse_pack
from geozone.rules.vocabulary import parse_activity

PACK = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["14"]
after_end = "AFTER"
[valid]
earliest = 2020-01-01
certain_until = 2025-12-31
RULES
"""

RULE = """
[[rule]]
id = "ID"
says = { zh = "句", en = "sentence" }
place = "1"
office = { zh = "局", en = "office" }
asks = "proposal"
effect = "EFFECT"
binds = [{ technologies = ["hydrothermal"], objects = ["project"] }]
MORE
"""

PROJECT = parse_activity("middeep_reinjection:project")


def rule(name: str, effect: str, more: str = "") -> str:
    return RULE.replace("ID", name).replace("EFFECT", effect).replace("MORE", more)


def program(
    *rules: str, on: str = "2024-06-01", adcode: str | None = "14", after: str = "undetermined"
) -> Program:
    policy = parse_pack(PACK.replace("RULES", "".join(rules)).replace("AFTER", after), "t.toml")
    day = date.fromisoformat(on)
    return compile_programs([policy], [PROJECT], on=day, adcode=adcode)[0]


def judged(found: Program, facts: Facts | None = None, **states: State) -> Judgement:
    row = tuple(states.get(one.theme, State.CLEAR) for one in found.conditions)
    return judge(found, row, facts or {})


OWN_DATES = (
    "valid = { earliest = 2021-01-01, certain = 2021-02-01, "
    "certain_until = 2023-03-15, latest = 2024-03-31 }"
)


@pytest.mark.parametrize(
    ("on", "verdict", "history"),
    [
        ("2020-12-31", Verdict.NO_RULE, False),
        ("2021-01-15", Verdict.UNDETERMINED, False),
        ("2021-02-01", Verdict.PROHIBITED, False),
        ("2023-03-15", Verdict.PROHIBITED, False),
        ("2023-03-16", Verdict.UNDETERMINED, False),
        ("2024-03-31", Verdict.UNDETERMINED, False),
        ("2024-04-01", Verdict.NO_RULE, True),
    ],
)
def test_a_rule_may_have_its_own_dates(on: str, verdict: Verdict, history: bool) -> None:
    found = judged(program(rule("A", "prohibits", OWN_DATES), on=on))
    assert found.verdict is verdict
    assert [one.id for one in found.history] == ["A"] * history


@pytest.mark.parametrize(
    ("on", "applies"),
    [("2021-01-15", None), ("2021-02-01", True), ("2023-12-31", None)],
)
def test_an_incentive_near_its_end_is_listed_as_open(on: str, applies: bool | None) -> None:
    found = judged(program(rule("A", "incentive", OWN_DATES), on=on))
    assert [(one.rule.id, one.applies) for one in found.listed] == [("A", applies)]


@pytest.mark.parametrize(
    ("adcode", "verdict"),
    [
        ("1408", Verdict.PROHIBITED),
        ("140802", Verdict.PROHIBITED),
        ("1401", Verdict.NO_RULE),
        ("14", Verdict.UNDETERMINED),
        ("13", Verdict.NO_RULE),
    ],
)
def test_a_rule_may_reach_a_part_of_the_territory(adcode: str, verdict: Verdict) -> None:
    found = program(rule("A", "prohibits", 'territory = ["1408"]'), adcode=adcode)
    assert judged(found).verdict is verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (State.HOLDS, Verdict.PROHIBITED),
        (State.CLEAR, Verdict.NO_RULE),
        (State.UNSEEN, Verdict.UNDETERMINED),
    ],
)
def test_the_ground_tells_where_such_a_rule_reaches(state: State, verdict: Verdict) -> None:
    found = program(rule("A", "prohibits", 'territory = ["1408"]'), adcode=None)
    assert {one.key for one in found.conditions} >= {
        "jurisdiction{adcode=14}",
        "jurisdiction{adcode=1408}",
    }
    row = tuple(
        state if one.key == "jurisdiction{adcode=1408}" else State.CLEAR for one in found.conditions
    )
    assert judge(found, row, {}).verdict is verdict


@pytest.mark.parametrize(
    ("after", "verdict", "history"),
    [("history", Verdict.NO_RULE, ["A", "B"]), ("undetermined", Verdict.UNDETERMINED, [])],
)
def test_a_document_that_is_over(after: str, verdict: Verdict, history: list[str]) -> None:
    rules = (rule("A", "prohibits"), rule("B", "incentive"))
    found = judged(program(*rules, on="2026-01-01", after=after))
    assert found.verdict is verdict
    assert [one.id for one in found.history] == history
    assert found.listed == ()


def test_history_of_another_province_is_not_told() -> None:
    found = program(rule("A", "prohibits"), on="2026-01-01", after="history", adcode="13")
    assert judged(found).history == ()


@pytest.mark.parametrize(("use", "told"), [("heating", ["A"]), ("power", []), (None, ["A"])])
def test_history_that_the_facts_rule_out_is_not_told(use: str | None, told: list[str]) -> None:
    heating = 'when = [{ fact = "use", op = "is", value = "heating" }]'
    found = program(rule("A", "prohibits", heating), on="2026-01-01", after="history")
    assert [one.id for one in judged(found, {"use": use} if use else {}).history] == told


def test_ground_tells_history_that_a_proposal_may_have_been_bound_by() -> None:
    heating = 'when = [{ fact = "use", op = "is", value = "heating" }]'
    found = program(rule("A", "prohibits", heating), on="2026-01-01", after="history")
    row = tuple(State.CLEAR for _ in found.conditions)
    assert [one.id for one in judge_ground(found, row).history] == ["A"]


WHEN = 'when = [{ fact = "depth_m", op = "超过", value = 200 }]'


@pytest.mark.parametrize(
    ("more", "facts", "verdict"),
    [
        (WHEN, {}, Verdict.UNDETERMINED),
        (WHEN + "\nonly_if_stated = true", {}, Verdict.NO_RULE),
        (WHEN + "\nonly_if_stated = true", {"depth_m": 201.0}, Verdict.UNDETERMINED),
        (WHEN + "\nonly_if_stated = true", {"depth_m": 200.0}, Verdict.NO_RULE),
    ],
)
def test_a_question_may_wait_until_the_fact_is_stated(
    more: str, facts: Facts, verdict: Verdict
) -> None:
    assert judged(program(rule("A", "questions", more)), facts).verdict is verdict


PARK = 'any = [[{ theme = "suitable_zone" }]]\nasks = "ground"'
HEATING = 'when = [{ fact = "use", op = "is", value = "heating" }]'


@pytest.mark.parametrize(
    ("more", "facts", "state", "listed"),
    [
        ("", {}, State.CLEAR, [(True, ())]),
        (HEATING, {"use": "heating"}, State.CLEAR, [(True, ())]),
        (HEATING, {"use": "power"}, State.CLEAR, []),
        (HEATING, {}, State.CLEAR, [(None, ("use",))]),
        (PARK, {}, State.HOLDS, [(True, ())]),
        (PARK, {}, State.CLEAR, []),
        (PARK, {}, State.UNSEEN, [(None, ())]),
        (PARK, {}, State.NEAR_OUTSIDE, [(None, ())]),
    ],
)
@pytest.mark.parametrize(
    "effect", ["duty", "procedure", "priority", "incentive", "info", "scope", "definition"]
)
def test_what_is_listed_says_whether_it_applies(
    effect: str, more: str, facts: Facts, state: State, listed: list[tuple[bool | None, object]]
) -> None:
    text = rule("A", effect, more)
    if 'asks = "ground"' in more:
        text = text.replace('asks = "proposal"\n', "")
    found = judged(program(text), facts, suitable_zone=state)
    assert [(one.applies, one.open) for one in found.listed] == listed
    assert found.verdict is Verdict.NO_RULE


def test_ground_lists_what_a_new_proposal_may_be_bound_by() -> None:
    stages = 'when = [{ fact = "stage", op = "is", value = "existing" }]'
    found = program(rule("A", "duty", HEATING), rule("B", "duty", stages))
    row = tuple(State.CLEAR for _ in found.conditions)
    listed = judge_ground(found, row).listed
    assert [(one.rule.id, one.applies) for one in listed] == [("A", None)]


def test_plan_and_operation_rules_are_not_listed_beside_the_verdict() -> None:
    plan = 'plan = { check = "bundle", by = "county" }'
    rules = (
        rule("A", "procedure", plan).replace('"proposal"', '"plan"'),
        rule("B", "duty").replace('"proposal"', '"operation"'),
    )
    found = judged(program(*rules))
    assert found.listed == ()
    assert found.operation == (Listed(found.operation[0].rule, None, True),)
    assert found.operation[0].rule.id == "B"


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        ({"use": "heating"}, State.HOLDS, ["A"]),
        ({}, State.HOLDS, ["A"]),
        ({"use": "power"}, State.HOLDS, []),
        ({"use": "heating"}, State.UNSEEN, []),
    ],
)
def test_a_remark_is_made_where_its_ground_is(facts: Facts, state: State, said: list[str]) -> None:
    text = rule("A", "notes", PARK + "\n" + HEATING).replace('asks = "proposal"\n', "")
    found = judged(program(text), facts, suitable_zone=state)
    assert [one.id for one in found.notes] == said


def test_a_remark_of_a_doubtful_document_is_not_made() -> None:
    assert judged(program(rule("A", "notes"), on="2026-01-01")).notes == ()


def test_a_rule_is_known_by_its_id() -> None:
    found = program(rule("A", "prohibits"), rule("B", "prohibits"))
    rules = [one.rule for one in found.clauses]
    assert [hash(one) for one in rules] == [hash("A"), hash("B")]
    assert len({*rules, *rules}) == 2


BAN = rule("A", "prohibits")
OPEN_DATES = 'names = ["A"]\nvalid = { earliest = 2020-01-01, certain = 2021-01-01 }'
OWN_LAND = 'names = ["A"]\nterritory = ["1408"]'


@pytest.mark.parametrize(
    ("more", "on", "adcode", "verdict"),
    [
        (OPEN_DATES, "2020-06-01", "14", Verdict.UNDETERMINED),
        (OPEN_DATES, "2021-06-01", "14", Verdict.ALLOWED),
        (OWN_LAND, "2024-06-01", "14", Verdict.UNDETERMINED),
        (OWN_LAND, "2024-06-01", "1408", Verdict.ALLOWED),
        (OWN_LAND, "2024-06-01", "1401", Verdict.PROHIBITED),
    ],
)
def test_a_doubtful_exemption_never_frees(
    more: str, on: str, adcode: str, verdict: Verdict
) -> None:
    found = judged(program(BAN, rule("B", "exempts", more), on=on, adcode=adcode))
    assert found.verdict is verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (State.HOLDS, Verdict.ALLOWED),
        (State.CLEAR, Verdict.PROHIBITED),
        (State.NEAR_INSIDE, Verdict.UNDETERMINED),
        (State.UNSEEN, Verdict.UNDETERMINED),
    ],
)
def test_an_exemption_near_the_border_of_its_territory_never_frees(
    state: State, verdict: Verdict
) -> None:
    found = program(BAN, rule("B", "exempts", OWN_LAND), adcode=None)
    border = {"jurisdiction{adcode=1408}": state, "jurisdiction{adcode=14}": State.HOLDS}
    row = tuple(border.get(one.key, State.CLEAR) for one in found.conditions)
    assert judge(found, row, {}).verdict is verdict


def test_an_exemption_from_an_operating_rule_lifts_no_ban_on_siting() -> None:
    lifts = rule("B", "exempts", 'names = ["A"]')
    exempt = program(BAN, lifts)
    clauses = tuple(
        replace(one, rule=replace(one.rule, asks=Asks.OPERATION)) if one.rule.id == "B" else one
        for one in exempt.clauses
    )
    assert judged(exempt).verdict is Verdict.ALLOWED
    assert judged(replace(exempt, clauses=clauses)).verdict is Verdict.PROHIBITED
