"""Runs the cases that ship with the packs, and checks that every rule has all three kinds."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from geozone.law.errors import Refused
from geozone.law.rule import Policy
from geozone.rules import shipped as packs
from geozone.rules.cases import Case, Shows, read_cases, wrong
from geozone.rules.shipped import shipped_case_files, shipped_ids


@cache
def policies() -> dict[str, Policy]:
    return {one: packs.shipped(one) for one in shipped_ids()}


@cache
def cases() -> tuple[Case, ...]:
    return read_cases(shipped_case_files())


def decided_by(case: Case) -> dict[str, Policy]:
    """Every pack that is on unless the case names its own."""
    named = {one: policies()[one] for one in case.policies}
    return named or {name: one for name, one in policies().items() if not one.advisory}


@pytest.mark.parametrize(
    "file", [pytest.param(one, id=f"{one.parent.name}/{one.stem}") for one in shipped_case_files()]
)
def test_the_packs_say_what_the_cases_expect(file: Path) -> None:
    told = [wrong(case, decided_by(case)) for case in read_cases([file])]
    assert [one for one in told if one] == []


def told() -> dict[str, set[Shows]]:
    found: dict[str, set[Shows]] = {}
    for case in cases():
        found.setdefault(case.rule, set()).add(case.shows)
    for file in shipped_case_files():
        table = tomllib.loads(file.read_text("utf-8"))
        for one in table.get("plan_case", []):
            found.setdefault(table["rule"], set()).add(Shows(one["shows"]))
    return found


def test_every_rule_has_a_positive_a_negative_and_a_left_out_case() -> None:
    rules = {rule.id for policy in policies().values() for rule in policy.rules}
    found = told()
    assert set(found) == rules
    assert {rule: kinds for rule, kinds in found.items() if kinds != set(Shows)} == {}


CASE = """
rule = "HB-11"
[[case]]
name = "n"
shows = "positive"
activity = "middeep_reinjection:well_production"
on = 2024-06-01
ground = { "railway[line]" = "holds" }
verdict = "prohibited"
"""


def verdict_of(tmp_path: Path, text: str) -> str:
    file = tmp_path / "case.toml"
    file.write_text(text, "utf-8")
    return wrong(read_cases([file])[0], policies())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("", "", ""),
        ('rule = "HB-11"', 'rule = "HB-99"', "no pack has a rule 'HB-99'"),
        ("railway[line]", "railway[spur]", "no condition is named railway[spur]"),
        ("railway[line]", "no such", "no condition is named no such"),
        ('verdict = "prohibited"', 'verdict = "allowed"', "prohibited, "),
        ('verdict = "prohibited"', 'verdict = "prohibited"\nfound = "clear"', "prohibited, "),
        ('"positive"', '"negative"', "does not show negative"),
    ],
)
def test_a_case_that_is_wrong_says_so(tmp_path: Path, old: str, new: str, says: str) -> None:
    found = verdict_of(tmp_path, CASE.replace(old, new) if old else CASE)
    assert says in found
    assert bool(says) == bool(found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rule = ", "cannot be read"),
        (CASE + "colour = 1\n", "unknown key"),
        (CASE + "facts = { age = 1 }\n", "unknown fact 'age'"),
        (CASE.replace("on = 2024-06-01\n", ""), "missing key"),
        (CASE.replace('"positive"', '"maybe"'), "unknown shows"),
    ],
)
def test_a_broken_case_file_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(Refused, match=what):
        verdict_of(tmp_path, text)


def test_a_case_may_name_attributes_and_packs(tmp_path: Path) -> None:
    text = CASE.replace("railway[line]", "railway[corridor|line|tunnel]@200m")
    assert verdict_of(tmp_path, text + 'policies = ["HB21"]\n') == ""
    spring: Any = CASE.replace('"HB-11"', '"SX26-02"').replace("2024", "2026")
    spring = spring.replace("railway[line]", "drinking_water_zone[primary]{source=groundwater}")
    assert verdict_of(tmp_path, spring) == ""
