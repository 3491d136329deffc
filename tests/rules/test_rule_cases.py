"""Runs the case files: given an activity, a date, ground and facts, what the packs say."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geozone.law.condition import Condition
from geozone.law.evidence import Row
from geozone.law.judgement import Cause, Judgement
from geozone.law.state import State
from geozone.rules import shipped as packs
from geozone.rules.judge import judge
from geozone.rules.program import Program, compile_programs
from geozone.rules.vocabulary import parse_activity

shipped = cache(packs.shipped)
shipped_ids = packs.shipped_ids
CASES = Path(packs.__file__).parents[1] / "policies" / "cases"
NAME = re.compile(r"^(?P<theme>\w+)(\[(?P<cls>[^\]]+)\])?(\{(?P<attr>\w+)=(?P<value>[^}]+)\})?$")


def all_cases() -> list[Any]:
    found = []
    for file in sorted(CASES.rglob("*.toml")):
        table = tomllib.loads(file.read_text("utf-8"))
        for case in table["case"]:
            name = f"{file.parent.name}/{file.stem}/{case['name']}"
            found.append(pytest.param(table["rule"], case, id=name))
    return found


def matches(key: str, condition: Condition) -> bool:
    if key == condition.key:
        return True
    found = NAME.match(key)
    if not found or found["theme"] != condition.theme:
        return False
    if found["cls"] and not set(found["cls"].split("|")) & set(condition.classes):
        return False
    values = dict(condition.attributes).get(found["attr"] or "", ())
    return not found["attr"] or found["value"] in values


def row_of(program: Program, ground: dict[str, str], missing: list[str]) -> Row:
    used = set()
    states = []
    for condition in program.conditions:
        state = State.UNSEEN if condition.theme in missing else State.CLEAR
        for key, name in ground.items():
            if matches(key, condition):
                used.add(key)
                state = State[name.upper()]
        states.append(state)
    assert used == set(ground), f"no condition for {set(ground) - used}: {program.conditions}"
    return tuple(states)


def contribution(rule: str, judgement: Judgement) -> set[str]:
    found = {held.verdict.code for held in judgement.held if held.rule.id == rule}
    found |= {f"gap:{gap.cause}" for gap in judgement.gaps if gap.rule == rule}
    found |= {"lifted" for lift in judgement.lifted if lift.rule == rule}
    found |= {"clear" for one in judgement.clear if one == rule}
    listed = (*judgement.listed, *judgement.operation)
    if not found - {"clear"}:
        found |= {"listed" for one in listed if one.rule.id == rule}
        found |= {"listed" for one in judgement.notes if one.id == rule}
    return found or {"absent"}


@pytest.mark.parametrize(("rule", "case"), all_cases())
def test_case(rule: str, case: dict[str, Any]) -> None:
    policies = [shipped(one) for one in case.get("policies", shipped_ids())]
    home = next(one for one in policies if any(r.id == rule for r in one.rules))
    programs = compile_programs(
        policies,
        [parse_activity(case["activity"])],
        on=date.fromisoformat(str(case["on"])),
        adcode=case.get("adcode", home.territory[0]),
    )
    missing = case.get("missing", [])
    row = row_of(programs[0], case.get("ground", {}), missing)
    facts = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case.get("facts", {}).items()
    }
    judgement = judge(programs[0], row, facts, dict.fromkeys(missing, Cause.NO_LAYER))
    assert judgement.verdict.code == case["verdict"], judgement
    if "found" in case:
        assert case["found"] in contribution(rule, judgement), judgement


def test_every_rule_of_the_packs_has_a_case() -> None:
    rules = {rule.id for pack in shipped_ids() for rule in shipped(pack).rules}
    told = {tomllib.loads(file.read_text("utf-8"))["rule"] for file in CASES.rglob("*.toml")}
    assert told == rules
