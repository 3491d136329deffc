"""Broken figures files: every fault is named with its place, and all of them at once."""

from __future__ import annotations

import pytest

from geozone.figures import parse
from geozone.law.errors import Refused

UNITS = """
unit = [
  { id = "words", zh = "文字", en = "words", base = "", factor = "1" },
  { id = "m2", zh = "平方米", en = "m²", base = "m²", factor = "1" },
  { id = "t", zh = "吨", en = "t", base = "t", factor = "1" },
]
[[constant]]
id = "coal"
value = "30"
unit = "GJ/t"
source = { zh = "试", en = "test" }
"""

GOOD = """
schema = 1
document = "T"
[[table]]
id = "T.a"
title = { zh = "表", en = "table" }
section = { zh = "一", en = "1" }
lines = "L1-9; L12"
note = { zh = "注", en = "note" }
columns = [
  { id = "area", title = { zh = "面积", en = "area" }, unit = "m2" },
  { id = "mass", title = { zh = "质量", en = "mass" }, unit = "row" },
]
rows = [{ name = "东", unit = "t", cells = ["1", "2"], lines = "L2" }]
beside = [{ name = "西", unit = "t", cells = ["×", "0"], values = ["1", "0"] }]
[[table]]
id = "T.b"
title = { zh = "表", en = "table" }
section = { zh = "一", en = "1" }
lines = "L1"
[[table.group]]
id = "g"
title = { zh = "组", en = "group" }
rows = [["甲"]]
[[table]]
id = "T.c"
title = { zh = "文", en = "text" }
section = { zh = "一", en = "1" }
lines = "L1"
fact = [
  { id = "f", title = { zh = "数", en = "figure" }, printed = "1", unit = "m2", lines = "L1" },
  { id = "n", title = { zh = "无", en = "none" }, printed = "-", unit = "m2", lines = "L1" },
]
[[check]]
id = "T.check"
kind = "equal"
says = { zh = "应一致", en = "should agree" }
printed = "T.c/f/value"
of = ["T.a/东/area"]
tolerance = "0"
"""

FAULTS = [  # what is changed, to what, the place of the fault, what it says
    ("schema = 1", "schema = 2", "schema", "not a schema"),
    ("schema = 1", "schema = 1\nshema = 1", "shema", "unknown key"),
    ('document = "T"', 'document = "U"', "document", "not the file's name"),
    ('id = "T.b"', 'id = "U.b"', "table[U.b].id", "does not begin with T."),
    ('id = "T.b"', 'id = "T.a"', "table", "'T.a' stands 2 times"),
    ('lines = "L1-9; L12"', 'lines = "9"', "table[T.a].lines", "names no lines"),
    ('lines = "L1-9; L12"\n', "", "table[T.a].lines", "missing key"),
    ('lines = "L2"', 'lines = "2"', "table[T.a].rows[1].lines", "names no lines"),
    ('title = { zh = "组", en = "group" }', "", "table[T.b].group[g].title", "missing key"),
    (
        'title = { zh = "文", en = "text" }',
        'title = { zh = "文" }',
        "table[T.c].title",
        "zh and en",
    ),
    ('unit = "m2" },\n  { id = "mass"', 'unit = "m3" },\n  { id = "mass"', "unit", "'m3'"),
    ('unit = "t", cells = ["1"', 'unit = "to", cells = ["1"', "rows[1].unit", "unknown unit 'to'"),
    ('unit = "t", cells = ["1"', 'cells = ["1"', "table[T.a].rows[1]", "states no unit"),
    ('id = "mass"', 'id = "area"', "table[T.a].columns", "'area' stands 2 times"),
    ('["1", "2"]', '["1"]', "table[T.a].rows[1]", "has 1 cells for 2 columns"),
    ('["1", "2"]', '["1", "2a"]', "table[T.a].rows[1]", "'2a' is not a figure"),
    ('["1", "2"]', '["1", 2]', "table[T.a].rows[1].cells", "2 is not a text"),
    ('values = ["1", "0"]', 'values = ["1"]', "table[T.a].beside[1]", "differ in number"),
    ('values = ["1", "0"]', 'values = ["1", "inf"]', "table[T.a].beside[1]", "'inf' is not"),
    ('values = ["1", "0"]', 'values = ["1", "x"]', "table[T.a].beside[1]", "'x' is not"),
    ('name = "东"', 'name = "东/西"', "table[T.a].rows[1]", "cannot name a row"),
    ('name = "西"', 'name = "*"', "table[T.a].beside[1]", "cannot name a row"),
    ('name = "西"', 'name = "东"', "table[T.a].rows", "'东' stands 2 times"),
    ('name = "东"', 'name = "东", colour = 1', "table[T.a].rows[1].colour", "unknown key"),
    ('rows = [["甲"]]', "rows = []", "table[T.b].rows", "no rows"),
    ('rows = [["甲"]]', 'rows = ["甲"]', "table[T.b].group[g].rows[1]", "is no row"),
    ('rows = [["甲"]]', "rows = [[]]", "table[T.b].group[g].rows[1]", "is no row"),
    ('printed = "1", unit', "unit", "table[T.c].fact[f].printed", "missing key"),
    (', lines = "L1" },\n]', " },\n]", "table[T.c].fact[n].lines", "missing key"),
    ('kind = "equal"', 'kind = "equals"', "check[T.check].kind", "unknown kind 'equals'"),
    ('tolerance = "0"', "", "check[T.check].tolerance", "missing key"),
    ('tolerance = "0"', 'tolerance = "-1"', "check[T.check].tolerance", "below zero"),
    ('tolerance = "0"', 'tolerance = "nul"', "check[T.check].tolerance", "is not a number"),
    ('tolerance = "0"', 'tolerance = "0"\nless = []', "check[T.check].less", "unknown key"),
    ('kind = "equal"', 'kind = "count"', "check[T.check].tolerance", "unknown key"),
    ('"T.a/东/area"', '"T.a/北/area"', "check[T.check]", "no row '北' in T.a"),
    ('"T.a/东/area"', '"T.a/东/areas"', "check[T.check]", "no column 'areas' in T.a"),
    ('"T.a/东/area"', '"T.z/东/area"', "check[T.check]", "unknown table 'T.z'"),
    ('"T.a/东/area"', '"T.c/*/value"', "check[T.check]", "2 figures stand here"),
    ('"T.a/东/area"', '"T.a/东/mass"', "check[T.check].of", "mixes base units"),
    ('"T.a/东/area"', '"T.c/n/value"', "check[T.check].printed", "nothing is compared"),
    ('of = ["T.a/东/area"]', "of = []", "check[T.check].of", "does not take 0"),
    ('kind = "equal"', 'kind = "ratio"', "check[T.check].of", "does not take 1"),
    ('kind = "equal"', 'kind = "conversion"\nper = "oil"', "check[T.check].per", "'oil'"),
    (
        'kind = "equal"',
        'kind = "product"\nincrease = ["T.c/f/value"]',
        "check[T.check].increase",
        "is no pair",
    ),
]


def faults_of(text: str, units: str = UNITS) -> list[tuple[str, str, str]]:
    """File, place and words of every fault."""
    with pytest.raises(Refused) as refused:
        parse({"T.toml": text}, units)
    assert all(fault.todo for fault in refused.value.faults)
    return [(fault.file, fault.place, fault.what) for fault in refused.value.faults]


def test_the_file_that_is_broken_below_is_whole() -> None:
    assert len(parse({"T.toml": GOOD}, UNITS).tables) == 3


@pytest.mark.parametrize(("before", "after", "place", "what"), FAULTS)
def test_a_fault_is_named(before: str, after: str, place: str, what: str) -> None:
    assert before in GOOD
    found = faults_of(GOOD.replace(before, after, 1))
    assert any(one[1].endswith(place) and what in one[2] for one in found), found
    assert {one[0] for one in found} == {"T.toml"}


def test_dividing_by_zero_is_a_fault() -> None:
    ratio = GOOD.replace('"equal"', '"ratio"').replace(
        '"T.a/东/area"', '"T.c/f/value", "T.a/西/mass"'
    )
    assert faults_of(ratio) == [("T.toml", "check[T.check].of", "divides by zero")]


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace('"2"', '"2a"').replace('"L2"', '"2"').replace("schema = 1", "schema = 3")
    assert [one[1] for one in faults_of(text)] == [
        "schema",
        "table[T.a].rows[1].lines",
        "table[T.a].rows[1]",
    ]


def test_what_is_not_toml_is_refused() -> None:
    ((file, place, what),) = faults_of("schema =")
    assert (file, place) == ("T.toml", "")
    assert "is not TOML" in what


def test_an_empty_file_is_refused() -> None:
    assert ("T.toml", "schema", "missing key") in faults_of("")


def test_the_same_check_twice_is_refused() -> None:
    twice = GOOD + GOOD[GOOD.index("[[check]]") :]
    assert ("T.toml", "check", "'T.check' stands 2 times") in faults_of(twice)


@pytest.mark.parametrize(
    ("before", "after", "place", "what"),
    [
        ('base = "t", factor = "1"', 'base = "t"', "unit[t].factor", "missing key"),
        ('base = "t", factor = "1"', 'base = "t", factor = "0"', "unit[t].factor", "above zero"),
        ('base = "t"', 'bass = "t"', "unit[t].bass", "unknown key"),
        ('value = "30"', 'value = "-3"', "constant[coal].value", "above zero"),
        ('value = "30"', 'value = "thirty"', "constant[coal].value", "is not a number"),
        ("[[constant]]", "[[constants]]", "constants", "unknown key"),
    ],
)
def test_faults_of_units(before: str, after: str, place: str, what: str) -> None:
    found = faults_of(GOOD, UNITS.replace(before, after))
    assert [one[:2] for one in found if what in one[2]] == [("units.toml", place)]
