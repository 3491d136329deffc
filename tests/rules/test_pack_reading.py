"""Reading packs: every fault of a file at once, and the shipped packs without one."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from geozone.law.errors import Refused
from geozone.law.fact import FactTest
from geozone.law.plan import PlanCheck, PlanTest
from geozone.law.rule import Permits
from geozone.law.span import Span
from geozone.rules.reader import parse_pack, read_pack
from geozone.rules.shipped import load_policies, shipped, shipped_ids

GOOD = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["13"]
after_end = "undetermined"
[valid]
earliest = 2020-01-01
certain_until = 2025-12-31
[parameters.least]
value = 20
min = 10
max = 40
note = { zh = "注", en = "note" }
[[predecessor]]
id = "T0"
title = { zh = "旧", en = "old" }
earliest = 2019-01-01
certain_until = 2019-12-31
[[silent]]
technologies = ["hydrothermal"]
objects = ["block_mining"]
themes = ["railway"]
reason = { zh = "注", en = "note" }
masks = ["T1-1"]
[superseded]
by = "T2"
earliest = 2026-01-01
leaves = ["T1-1"]
[[rule]]
id = "T1-1"
says = { zh = "禁", en = "no" }
place = "1"
office = { zh = "局", en = "office" }
asks = "ground"
effect = "prohibits"
binds = [{ technologies = ["hydrothermal"], objects = ["well_production"], when = [
  { fact = "stage", op = "is", value = "new" }] }]
any = [[{ theme = "railway", class = ["line"], within_m = 200 },
        { theme = "landform", class = ["plain"] }]]
when = [[{ fact = "depth_m", op = "lt", value = { parameter = "least" } }],
        [{ fact = "use", op = "in", value = ["heating"] }],
        [{ fact = "approvals", op = "named", value = "T1-1" }]]
spares = [{ fact = "expert_proof", op = "shown" }]
territory = ["1301"]
valid = { earliest = 2020-06-01, certain_until = 2024-12-31, ends_with = "end_of_something" }
permits = { needs = ["eia"], waives = ["filing"] }
dossier = [{ zh = "报告", en = "report" }]
[[rule]]
id = "T1-2"
says = { zh = "数", en = "count" }
place = "2"
office = { zh = "局", en = "office" }
asks = "plan"
effect = "questions"
binds = [{ technologies = ["hydrothermal"], objects = ["right_mining"] }]
[rule.plan]
check = "cap"
within = "urban_development_boundary"
class = ["county_town"]
counts = "new"
since = 2020-03-01
op = "不超过"
limit = 3
excludes = { county_level_city = ["yes"] }
[[rule]]
id = "T1-3"
says = { zh = "格", en = "cells" }
place = "3"
office = { zh = "局", en = "office" }
asks = "plan"
effect = "prohibits"
binds = [{ technologies = ["hydrothermal"], objects = ["block_exploration"] }]
plan = { check = "min_cells", op = "不应低于", limit = 1, cell_arcmin = { parameter = "least" } }
[[rule]]
id = "T1-4"
says = { zh = "组", en = "bundle" }
place = "4"
office = { zh = "局", en = "office" }
asks = "plan"
effect = "procedure"
binds = [{ technologies = ["hydrothermal"], objects = ["project"] }]
plan = { check = "bundle", by = "county" }
"""


def test_a_good_pack_is_read_whole() -> None:
    policy = parse_pack(GOOD, "good.toml")
    rule = policy.rules[0]
    assert rule.when[0] == (FactTest("depth_m", "lt", 20),)
    assert rule.when[1] == (FactTest("use", "in", ("heating",)),)
    assert [ask.condition.key for ask in rule.any[0]] == ["railway[line]@200m", "landform[plain]"]
    assert policy.span.certain == date(2020, 1, 1)
    assert policy.span.latest == date(2025, 12, 31)
    assert policy.superseded is not None
    assert policy.superseded.leaves == ("T1-1",)
    assert policy.predecessors[0].id == "T0"
    assert rule.territory == ("1301",)
    assert rule.valid == Span(
        date(2020, 6, 1), date(2020, 6, 1), date(2024, 12, 31), date(2024, 12, 31)
    )
    assert rule.ends_with == "end_of_something"
    assert rule.permits == Permits(("eia",), ("filing",))
    assert rule.dossier == ({"zh": "报告", "en": "report"},)


def test_plan_questions_are_read_in_their_own_words() -> None:
    _, cap, cells, bundle = parse_pack(GOOD, "good.toml").rules
    assert cap.plan == PlanTest(
        PlanCheck.CAP,
        "urban_development_boundary",
        ("county_town",),
        excludes={"county_level_city": ("yes",)},
        counts="new",
        since=date(2020, 3, 1),
        op="le",
        limit=3.0,
    )
    assert cells.plan == PlanTest(PlanCheck.MIN_CELLS, op="ge", limit=1.0, cell_arcmin=20.0)
    assert bundle.plan == PlanTest(PlanCheck.BUNDLE)


def test_a_project_may_declare_another_parameter() -> None:
    rule = parse_pack(GOOD, "good.toml", {"least": 30.0}).rules[0]
    assert rule.when[0] == (FactTest("depth_m", "lt", 30.0),)


FAULTS = [
    ("schema = 1", "schema = 2", "schema", "not a schema"),
    ('id = "T1"\n', "", "id", "missing key"),
    ('id = "T1"\n', "id = 5\n", "id", "not a text"),
    ('id = "T1"\n', 'id = "T1"\ncolour = "red"\n', "colour", "unknown key"),
    ('zh = "测试", en = "test"', 'zh = "测试"', "title", "zh and en"),
    ('["13"]', "[13]", "territory", "not a text"),
    ('after_end = "undetermined"', 'after_end = "gone"', "after_end", "unknown after_end"),
    ('after_end = "undetermined"\n', "", "after_end", "missing key"),
    ("earliest = 2020-01-01\n", "", "valid.earliest", "missing key"),
    ("certain_until = 2025-12-31", "certain_until = 2019-12-31", "valid", "earliest <="),
    ('["railway"]', '["rails"]', "silent[1].themes", "unknown theme"),
    ('masks = ["T1-1"]', 'masks = ["T1-9"]', "silent.masks", "no rule here"),
    ('leaves = ["T1-1"]', 'leaves = ["T1-9"]', "superseded.leaves", "no rule here"),
    ('asks = "ground"', 'asks = "water"', "rule[T1-1].asks", "unknown asks"),
    ('asks = "ground"\n', "", "rule[T1-1].asks", "missing key"),
    ('effect = "prohibits"', 'effect = "forbids"', "rule[T1-1].effect", "unknown effect"),
    ('objects = ["well_production"]', 'objects = ["hole"]', "rule[T1-1].binds[1].objects", "hole"),
    ('["hydrothermal"], objects = ["well', '["steam"], objects = ["well', "technologies", "steam"),
    (
        '["hydrothermal"], objects = ["well',
        '["shallow_closed_loop"], objects = ["well',
        "binds",
        "no",
    ),
    ("binds = [{", "binds = []\nnobody = [{", "rule[T1-1].binds", "binds nobody"),
    ("binds = [{", "binds = [7, {", "rule[T1-1].binds[1]", "not a table"),
    ('class = ["line"]', 'class = ["spur"]', "any[1].any[1].class", "no class 'spur'"),
    ('theme = "railway", class', 'theme = "rail", class', "any[1].any[1].theme", "unknown theme"),
    ("within_m = 200", 'where = { source = ["groundwater"] }', "where", "has no source"),
    ("within_m = 200", 'within = "near"', "any[1].any[1].within", "unknown key"),
    ("any = [[{", "any = [7, [{", "rule[T1-1].any[1]", "not a list"),
    ('fact = "stage", op = "is"', 'fact = "age", op = "is"', "fact", "unknown fact"),
    ('fact = "stage", op = "is"', 'fact = "stage", op = "lt"', "value", "cannot be compared"),
    ('op = "is", value = "new"', 'op = "is"', "value", "no value"),
    ('op = "is", value = "new"', 'op = "is", value = "fresh"', "value", "not among the choices"),
    ('op = "is", value = "new"', 'op = "shown"', "value", "cannot be shown"),
    ('op = "is", value = "new"', 'op = "named", value = "T1-1"', "value", "cannot be named"),
    ('op = "named", value = "T1-1"', 'op = "named"', "value", "cannot be named"),
    ('{ parameter = "least" }', '{ parameter = "most" }', "value", "unknown parameter"),
    ('{ parameter = "least" }', '"deep"', "value", "no number"),
    ('effect = "prohibits"', 'effect = "prohibits"\nunless = []', "unless", "no meaning"),
    ('effect = "prohibits"', 'effect = "prohibits"\nelse = "prohibited"', "else", "no meaning"),
    ('effect = "prohibits"', 'effect = "prohibits"\nnames = ["T1-1"]', "names", "no meaning"),
    ('effect = "prohibits"', 'effect = "exempts"', "spares", "no meaning"),
    ('effect = "prohibits"', 'effect = "exempts"\nnames = ["T1-9"]', "names", "no rule here"),
    ('effect = "prohibits"', 'effect = "exempts"', "names", "names no rule"),
    (
        'asks = "ground"\neffect = "prohibits"',
        'asks = "operation"\neffect = "exempts"\nnames = ["T1-1"]',
        "names",
        "no meaning",
    ),
    ('effect = "prohibits"', 'effect = "duty"\nin_principle = true', "in_principle", "no meaning"),
    ('effect = "prohibits"', 'effect = "duty"\nin_principle = 1', "in_principle", "not a boolean"),
    ("value = 20", "value = true", "parameters.least.value", "not a number"),
    ("value = 20", "value = 9", "parameters.least.value", "outside the declared range"),
    ("value = 20", "value = 41", "parameters.least.value", "outside the declared range"),
    ('needs = ["eia"]', 'needs = ["passport"]', "permits.needs", "unknown permit 'passport'"),
    ('waives = ["filing"]', 'waives = ["visa"]', "permits.waives", "unknown permit 'visa'"),
    ("dossier = [{ zh", "dossier = [{ cn", "dossier", "zh and en"),
    ("valid = { earliest = 2020-06-01,", "valid = {", "valid.earliest", "missing key"),
    ('ends_with = "end', 'until = "end', "rule[T1-1].valid.until", "unknown key"),
    ('territory = ["1301"]', "only_if_stated = true", "only_if_stated", "no meaning"),
    ('asks = "plan"\neffect = "q', 'asks = "ground"\neffect = "q', "plan", "no meaning"),
    ('plan = { check = "bundle", by = "county" }', "", "rule[T1-4].plan", "missing key"),
    ('effect = "procedure"', 'effect = "restricts"', "rule[T1-4].effect", "a plan rule cannot"),
    ('check = "bundle"', 'check = "heap"', "plan.check", "unknown check"),
    ('by = "county"', 'by = "street"', "plan.by", "unknown by"),
    ('by = "county"', 'with = "railway"', "plan.with", "unknown key"),
    ('class = ["county_town"]', 'class = ["hamlet"]', "plan.class", "no class 'hamlet'"),
    ("{ county_level_city =", "{ size =", "plan.excludes", "has no size"),
    ('op = "不超过"', 'op = "大约"', "plan.op", "unknown op"),
    ("limit = 3", 'limit = "three"', "plan.limit", "not a number"),
    ("limit = 1, cell_arcmin", "limit = true, cell_arcmin", "plan.limit", "not a number"),
    (', cell_arcmin = { parameter = "least" }', "", "plan.cell_arcmin", "not a number"),
    (
        'op = "不应低于", limit',
        'only = { a = [] }, op = "不应低于", limit',
        "plan.only",
        "no meaning",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "what"), FAULTS)
def test_one_fault_is_found(old: str, new: str, place: str, what: str) -> None:
    assert old in GOOD
    with pytest.raises(Refused) as refused:
        parse_pack(GOOD.replace(old, new, 1), "bad.toml")
    told = [(fault.place, fault.what) for fault in refused.value.faults]
    assert any(place in where and what in why for where, why in told), told
    assert all(fault.todo for fault in refused.value.faults)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = GOOD
    for old, new, _, _ in (FAULTS[1], FAULTS[6], FAULTS[14], FAULTS[21], FAULTS[26]):
        text = text.replace(old, new, 1)
    with pytest.raises(Refused) as refused:
        parse_pack(text, "bad.toml")
    assert len(refused.value.faults) >= 5


def test_a_parameter_outside_its_range_is_refused() -> None:
    with pytest.raises(Refused, match="outside the declared range"):
        parse_pack(GOOD, "good.toml", {"least": 50.0})
    with pytest.raises(Refused, match="outside the declared range"):
        parse_pack(GOOD, "good.toml", {"least": "many"})


def test_an_advisory_pack_decides_nothing() -> None:
    text = GOOD.replace("schema = 1\n", "schema = 1\nadvisory = true\n", 1)
    with pytest.raises(Refused, match="an advisory pack decides nothing"):
        parse_pack(text, "hints.toml")


def test_an_id_that_stands_twice_is_refused() -> None:
    rule = GOOD[GOOD.index("[[rule]]") :]
    with pytest.raises(Refused, match="stands twice"):
        parse_pack(GOOD + rule, "bad.toml")


@pytest.mark.parametrize("raw", [b"id = [", b"\xff\xfe"])
def test_a_broken_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(raw)
    with pytest.raises(Refused, match=r"broken\.toml"):
        read_pack(path)


def load(names: list[str] | None, folder: Path) -> list[str]:
    return [one.id for one in load_policies(names, folder=folder, file="geozone.toml")]


def test_policies_by_id_by_file_and_by_default(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(GOOD, "utf-8")
    assert load(["own.toml", "HB21"], tmp_path) == ["HB21", "T1"]
    assert load(None, tmp_path) == [one for one in shipped_ids() if not shipped(one).advisory]


@pytest.mark.parametrize("names", [None, ["HB21"]])
def test_a_parameter_that_no_pack_declares_is_refused(
    tmp_path: Path, names: list[str] | None
) -> None:
    with pytest.raises(Refused, match="nonsense"):
        load_policies(names, folder=tmp_path, file="geozone.toml", parameters={"nonsense": 1.0})


def test_a_parameter_of_a_pack_that_is_not_named_is_known(tmp_path: Path) -> None:
    given = {"well_spacing_m": 500.0}
    found = load_policies(["LC25"], folder=tmp_path, file="geozone.toml", parameters=given)
    assert [one.id for one in found] == ["LC25"]


def test_unknown_policies_are_refused_together(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load(["HB22", "none.toml"], tmp_path)
    assert len(refused.value.faults) == 2
    assert "HB21" in refused.value.faults[0].todo


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("pack", shipped_ids())
def test_shipped_packs_fit_the_schema(pack: str) -> None:
    schema = json.loads(files("geozone.schemas").joinpath("pack.schema.json").read_text("utf-8"))
    text = files("geozone.policies").joinpath(f"{pack}.toml").read_text("utf-8")
    jsonschema.validate(plain(tomllib.loads(text)), schema)


@pytest.mark.parametrize("pack", shipped_ids())
def test_shipped_packs_cite_and_speak_two_languages(pack: str) -> None:
    for rule in shipped(pack).rules:
        assert rule.says["zh"]
        assert rule.says["en"]
        assert rule.cite.place
        assert rule.office["zh"]
