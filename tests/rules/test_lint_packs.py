"""The lint of whole packs: declared numbers, cases by kind, and what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from geozone.law.errors import Refused
from geozone.law.rule import Effect
from geozone.rules import lint_source
from geozone.rules.cases import Shows
from geozone.rules.lint import Linted, effects_of, lint_named, lint_shipped, shipped_books
from geozone.rules.lint_source import find_source, shipped_source, shipped_sources
from geozone.rules.lint_words import Code, Finding, Level
from geozone.rules.shipped import shipped_ids

PACK = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["52"]
[valid]
earliest = 2020-01-01
[parameters.deep]
value = 3000
min = 1000
unit = "m"
note = { zh = "注", en = "note" }
[[rule]]
id = "T1-1"
says = { zh = "禁", en = "no" }
place = "1"
office = { zh = "局", en = "office" }
asks = "ground"
effect = "prohibits"
binds = [{ technologies = ["middeep_reinjection"], objects = ["well_production"] }]
any = [[{ theme = "railway", class = ["line"], within_m = 200 }]]
when = [{ fact = "depth_m", op = "超过", value = { parameter = "deep" } }]
"""
CASES = """
rule = "T1-1"
[[case]]
name = "in the strip"
shows = "positive"
activity = "middeep_reinjection:well_production"
on = 2024-06-01
ground = { "railway[line]" = "holds" }
facts = { depth_m = 3001 }
verdict = "prohibited"
found = "prohibited"
[[case]]
name = "not so deep"
shows = "negative"
activity = "middeep_reinjection:well_production"
on = 2024-06-01
ground = { "railway[line]" = "holds" }
facts = { depth_m = 3000, reservoir = ["bedrock"] }
verdict = "allowed"
found = "clear"
[[case]]
name = "depth left out"
shows = "left_out"
activity = "middeep_reinjection:well_production"
on = 2024-06-01
ground = { "railway[line]" = "holds" }
verdict = "undetermined"
found = "gap:fact_not_stated"
"""
PLAN = """
rule = "T1-1"
[[plan_case]]
name = "two rights"
shows = "positive"
what = "…"
[[plan_case]]
rule = "T1-9"
name = "one right"
shows = "negative"
"""


def linted(folder: Path, pack: str = PACK, cases: str = CASES, plan: str = "") -> Linted:
    (folder / "cases" / "T1").mkdir(parents=True)
    (folder / "own.toml").write_text(pack, "utf-8")
    for name, text in (("T1-1", cases), ("plan", plan)):
        if text:
            (folder / "cases" / "T1" / f"{name}.toml").write_text(text, "utf-8")
    return lint_named(str(folder / "own.toml"))


def without(kind: str) -> str:
    blocks = CASES.split("[[case]]")
    return "[[case]]".join(one for one in blocks if f'"{kind}"' not in one)


def test_a_good_pack_has_no_findings(tmp_path: Path) -> None:
    found = linted(tmp_path)
    assert found.findings == ()
    assert found.errors == 0
    assert found.book.counts() == dict.fromkeys(Shows, 1)


def test_declared_numbers_are_told_with_who_uses_them(tmp_path: Path) -> None:
    unused = '[parameters.idle]\nvalue = 1\nnote = { zh = "注", en = "note" }\n[[rule]]'
    found = linted(tmp_path, PACK.replace("[[rule]]", unused))
    assert found.findings == (Finding("", Code.UNUSED_PARAMETER, ("idle",)),)
    deep, idle = found.source.parameters
    assert (deep.name, deep.value, deep.unit, deep.least, deep.most) == (
        "deep",
        3000,
        "m",
        1000,
        None,
    )
    assert (deep.used_by, idle.used_by) == (("T1-1",), ())


@pytest.mark.parametrize(
    ("cases", "plan", "expected"),
    [
        ("", "", [("T1-1", Code.NO_CASE, ())]),
        (without("left_out"), "", [("T1-1", Code.MISSING_CASE, ("left_out",))]),
        (without("negative"), "", [("T1-1", Code.MISSING_CASE, ("negative",))]),
        (without("positive"), PLAN.split("[[plan_case]]\nrule")[0], []),
        (CASES, PLAN, [("", Code.STRAY_CASE, ("T1-9",))]),
        (CASES.replace('"T1-1"', '"T1-8"'), "", ["stray", "none"]),
    ],
)
def test_rules_need_three_kinds_of_cases(
    tmp_path: Path, cases: str, plan: str, expected: list[object]
) -> None:
    if expected == ["stray", "none"]:
        expected = [("", Code.STRAY_CASE, ("T1-8",)), ("T1-1", Code.NO_CASE, ())]
    found = linted(tmp_path, cases=cases, plan=plan).findings
    assert [(one.rule, one.code, one.about) for one in found] == expected


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('verdict = "prohibited"', 'verdict = "allowed"', "prohibited"),
        ("well_production", "well", "unknown activity"),
        ('= "holds"', '= "there"', "has no state 'there'"),
        ("depth_m = 3001", 'depth_m = "deep"', "'deep' is no number"),
        ('reservoir = ["bedrock"]', 'reservoir = ["chalk"]', "not among the choices"),
        ('name = "not so deep"', 'name = "x"\npolicies = ["T9"]', "unknown policy 'T9'"),
        ('"railway[line]" =', '"railway[spur]" =', "no condition is named railway[spur]"),
    ],
)
def test_a_case_that_fails_says_why(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in CASES
    found = linted(tmp_path, cases=CASES.replace(old, new)).findings
    assert {one.code for one in found} == {Code.CASE_FAILS}
    assert says in found[0].about[0]
    assert "Judgement(" not in found[0].about[0]
    assert found[0].about[1].startswith("案例写 / the case says: ")


def test_a_case_may_name_the_packs_that_judge_it(tmp_path: Path) -> None:
    named = CASES.replace("on = ", 'policies = ["T1", "HB21"]\non = ')
    assert linted(tmp_path, cases=named).findings == ()


def test_a_pack_of_hints_is_judged_with_the_others(tmp_path: Path) -> None:
    hints = PACK.replace("[valid]", "advisory = true\n[valid]").replace("prohibits", "notes")
    cases = CASES.replace('"prohibited"', '"no_rule"').replace('"undetermined"', '"no_rule"')
    cases = cases.replace('"allowed"', '"no_rule"')
    cases = cases.replace('found = "no_rule"', 'found = "listed"')
    cases = cases.replace('"clear"', '"absent"').replace('"gap:fact_not_stated"', '"listed"')
    found = linted(tmp_path, hints, cases)
    assert found.findings == ()
    assert effects_of(found.source.policy) == {Effect.NOTES: 1}


def test_errors_stand_before_notes_and_rules_in_their_order(tmp_path: Path) -> None:
    rule = PACK[PACK.index("[[rule]]") :].replace("within_m = 200", "within_m = 900")
    rule = rule.replace('"middeep_reinjection"', '"bathing"')
    dated = rule.replace('"T1-1"', '"T1-2"') + "valid = { earliest = 2019-01-01 }\n"
    other = rule.replace('"T1-1"', '"T1-0"').replace('["railway"]', '["expressway"]')
    found = linted(tmp_path, PACK + dated + other, cases=without("positive"))
    told = [(one.level, one.rule, one.code) for one in found.findings]
    assert told == [
        (Level.ERROR, "T1-1", Code.MISSING_CASE),
        (Level.ERROR, "T1-2", Code.NO_CASE),
        (Level.ERROR, "T1-0", Code.NO_CASE),
        (Level.NOTE, "T1-2", Code.DATES_BEYOND),
        (Level.NOTE, "T1-2", Code.MOOT),
    ]
    assert found.errors == 3


@pytest.mark.parametrize(
    ("pack", "cases", "plan", "what"),
    [
        (PACK.replace("depth_m", "depth"), CASES, "", "unknown fact 'depth'"),
        (PACK.replace('"railway"', '"rails"'), CASES, "", "unknown theme 'rails'"),
        (PACK, CASES.replace('"positive"', '"maybe"'), "", "unknown shows 'maybe'"),
        (PACK, CASES, PLAN.replace('"negative"', '"maybe"'), "unknown shows 'maybe'"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, pack: str, cases: str, plan: str, what: str
) -> None:
    with pytest.raises(Refused, match=what):
        linted(tmp_path, pack, cases, plan)


def test_packs_are_found_by_id_and_by_file(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PACK, "utf-8")
    assert find_source(str(tmp_path / "own.toml")).policy.id == "T1"
    assert find_source("HB21") == shipped_source("HB21")
    with pytest.raises(Refused, match="did you mean 'HB21'"):
        find_source("HB22")
    with pytest.raises(Refused, match="cannot be read"):
        find_source(str(tmp_path / "none.toml"))


def test_faults_of_all_shipped_packs_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(pack: str) -> lint_source.Source:
        return find_source(f"{pack}.none")

    monkeypatch.setattr(lint_source, "shipped_source", broken)
    with pytest.raises(Refused) as refused:
        shipped_sources()
    assert len(refused.value.faults) == len(shipped_ids())


def test_cases_may_lie_elsewhere_and_a_shipped_pack_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "T1-1.toml").write_text(CASES, "utf-8")
    (tmp_path / "own.toml").write_text(PACK, "utf-8")
    bare = lint_named(str(tmp_path / "own.toml"))
    assert [one.code for one in bare.findings] == [Code.NO_CASE]
    (tmp_path / "own.toml").rename(tmp_path / "pack")
    other = tmp_path / "other.toml"
    other.write_text(PACK, "utf-8")
    (tmp_path / "here").mkdir()
    (tmp_path / "T1-1.toml").rename(tmp_path / "here" / "T1-1.toml")
    assert lint_named(str(other), tmp_path / "here").findings == ()
    assert lint_named("HB21").book.rules == {one.id for one in shipped_source("HB21").policy.rules}
    assert lint_named("HB21", tmp_path / "here").book.rules == {"T1-1"}


def test_shipped_packs_need_no_mending() -> None:
    found = lint_shipped()
    assert [one.source.policy.id for one in found] == list(shipped_ids())
    errors = {one.source.policy.id: one.errors for one in found}
    assert errors == dict.fromkeys(shipped_ids(), 0), [
        each for one in found for each in one.findings if each.level is Level.ERROR
    ]


def test_shipped_rules_have_all_three_kinds_of_cases() -> None:
    for source, book in shipped_books():
        assert book.rules == {rule.id for rule in source.policy.rules}
        for rule in source.policy.rules:
            assert all(book.counts(rule.id).values()), rule.id
