"""Permits, duties, dossiers and history beside a verdict."""

from __future__ import annotations

from datetime import date

import pytest

from geozone.answers.procedures import beside, besides, merged, permits
from geozone.law.fact import Facts
from geozone.law.judgement import Judgement, Listed
from geozone.law.state import State
from geozone.rules.compiling import compile_programs
from geozone.rules.judge import judge
from geozone.rules.reader import parse_pack
from geozone.rules.vocabulary import parse_activity

HEAD = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["14"]
after_end = "history"
[valid]
earliest = 2020-01-01
certain_until = 2025-12-31
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

HEATING = 'when = [{ fact = "use", op = "is", value = "heating" }]'
NEEDS = 'permits = { needs = ["mining_licence"] }'
WAIVES = 'permits = { waives = ["mining_licence"] }'


def rule(name: str, effect: str, *more: str) -> str:
    return RULE.replace("ID", name).replace("EFFECT", effect).replace("MORE", "\n".join(more))


def judged(*rules: str, facts: Facts | None = None, on: date = date(2024, 6, 1)) -> Judgement:
    policy = parse_pack(HEAD + "".join(rules), "t.toml")
    activity = parse_activity("middeep_reinjection:project")
    program = compile_programs([policy], [activity], on=on, adcode="14")[0]
    return judge(program, tuple(State.CLEAR for _ in program.conditions), facts or {})


SURE_NEED, OPEN_NEED = rule("A", "procedure", NEEDS), rule("B", "procedure", NEEDS, HEATING)
SURE_WAIVER, OPEN_WAIVER = rule("C", "exempts", WAIVES), rule("D", "exempts", WAIVES, HEATING)


@pytest.mark.parametrize(
    ("rules", "facts", "status"),
    [
        ((SURE_NEED,), {}, "needed"),
        ((OPEN_NEED,), {}, "open"),
        ((OPEN_NEED,), {"use": "heating"}, "needed"),
        ((OPEN_NEED,), {"use": "power"}, None),
        ((SURE_WAIVER,), {}, "waived"),
        ((OPEN_WAIVER,), {}, "open"),
        ((SURE_NEED, OPEN_WAIVER), {}, "needed"),
        ((OPEN_NEED, SURE_WAIVER), {}, "open"),
        ((SURE_NEED, SURE_WAIVER), {}, "open"),
        ((rule("E", "restricts", WAIVES),), {}, "waived"),
        ((rule("E", "prohibits", WAIVES),), {}, None),
    ],
)
def test_a_permit_is_never_waived_on_a_guess(
    rules: tuple[str, ...], facts: Facts, status: str | None
) -> None:
    told = permits(besides([judged(*rules, facts=facts)]))
    assert [(one.permit, one.status) for one in told] == (
        [("mining_licence", status)] if status else []
    )


def test_a_rule_applies_if_it_does_on_any_part() -> None:
    one = judged(rule("A", "duty", HEATING))
    other = judged(rule("A", "duty", HEATING), facts={"use": "heating"})
    rows = [listed for each in (one, other) for listed in each.listed]
    assert [(each.applies, each.open) for each in rows] == [(None, ("use",)), (True, ())]
    assert [(each.applies, each.open) for each in merged(rows)] == [(True, ())]
    assert merged(reversed(rows))[0].applies is True


def test_what_is_met_on_one_part_only_is_not_said_to_be_met() -> None:
    found = judged(rule("A", "duty")).listed[0].rule
    assert merged([Listed(found, True), Listed(found, False)])[0].met is None
    assert merged([Listed(found, True), Listed(found, True)])[0].met is True


def test_everything_beside_the_verdict_is_told_in_codes() -> None:
    parts = 'dossier = [{ zh = "报告", en = "report" }]'
    ends = 'valid = { earliest = 2020-01-01, certain_until = 2025-01-01, ends_with = "season" }'
    found = beside([judged(rule("A", "procedure", NEEDS, parts), rule("B", "incentive", ends))])
    common = {"met": None, "applies": True, "open": []}
    assert found == {
        "duties": [
            {"rule": "A", "kind": "procedure", "ends_with": None, **common},
            {"rule": "B", "kind": "incentive", "ends_with": "season", **common},
        ],
        "permits": [{"permit": "mining_licence", "status": "needed", "rules": ["A"]}],
        "dossier": [{"rule": "A", "parts": [{"zh": "报告", "en": "report"}]}],
        "history": [],
    }


def test_history_names_the_document() -> None:
    found = beside([judged(rule("A", "duty"), on=date(2026, 1, 1))])
    assert found["history"] == [{"rule": "A", "document": "T1"}]
    assert found["duties"] == []
