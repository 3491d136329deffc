"""Runs the plan cases that ship with the packs."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from made_plan import Made, judged, said

from geozone.law.rule import Asks, Policy
from geozone.rules import shipped as packs
from geozone.rules.shipped import shipped_case_files, shipped_ids

Case = dict[str, Any]  # a table of a case file
FREE = {"clear", "absent", "lifted"}
CASE_KEYS = {
    "name", "shows", "on", "adcode", "origin", "ground", "accuracy_m", "covered", "stale",
    "complete_for", "parameters", "proposals", "found",
}  # fmt: skip
NEEDED = CASE_KEYS - {"origin", "accuracy_m", "covered", "stale", "complete_for", "parameters"}


def files() -> list[Path]:
    return [file for file in shipped_case_files() if file.parent.name == "plan"]


def cases() -> list[Any]:
    found = []
    for file in files():
        table = tomllib.loads(file.read_text("utf-8"))
        for case in table["plan_case"]:
            name = f"{file.parent.parent.name}/{file.stem}/{case['name']}"
            found.append(pytest.param(table["rule"], case, id=name))
    return found


@cache
def policies(parameters: tuple[tuple[str, float], ...] = ()) -> tuple[Policy, ...]:
    every = (packs.shipped(one, dict(parameters)) for one in shipped_ids())
    return tuple(one for one in every if not one.advisory)


@pytest.mark.parametrize(("rule", "case"), cases())
def test_plan_case(rule: str, case: Case) -> None:
    assert NEEDED <= set(case) <= CASE_KEYS
    keys = CASE_KEYS - {"name", "shows", "parameters", "proposals", "found"}
    made = Made(**{key: value for key, value in case.items() if key in keys})
    asked = policies(tuple(sorted(case.get("parameters", {}).items())))
    found = judged(made, case["proposals"], asked)
    told = {name: said(one, rule) for name, one in found.items()}
    for name, expected in case["found"].items():
        assert expected in told[name], told
        assert expected != "clear" or told[name] == {"clear"}, told
    free = [bool(each & FREE) for each in told.values()]
    bound = [bool(each - FREE) for each in told.values()]
    assert all(free) if case["shows"] == "negative" else any(bound)


def test_every_plan_rule_has_plan_cases_of_all_three_kinds() -> None:
    told: dict[str, set[str]] = {}
    for file in files():
        table = tomllib.loads(file.read_text("utf-8"))
        assert table["rule"] == file.stem
        told[file.stem] = {case["shows"] for case in table["plan_case"]}
    rules = {rule.id for policy in policies() for rule in policy.rules if rule.asks is Asks.PLAN}
    assert told == {rule: {"positive", "negative", "left_out"} for rule in rules}
