"""Every kind of check on made-up figures: agreeing, at the edge of tolerance, beyond it."""

from __future__ import annotations

import pytest

from geozone.figures import Book, compare, lint, parse

UNITS = """
unit = [
  { id = "words", zh = "文字", en = "words", base = "", factor = "1" },
  { id = "item", zh = "个", en = "items", base = "1", factor = "1" },
  { id = "percent", zh = "%", en = "%", base = "1", factor = "0.01" },
  { id = "m2", zh = "平方米", en = "m²", base = "m²", factor = "1" },
  { id = "ha", zh = "公顷", en = "ha", base = "m²", factor = "10000" },
  { id = "GJ", zh = "吉焦", en = "GJ", base = "GJ", factor = "1" },
  { id = "t", zh = "吨", en = "t", base = "t", factor = "1" },
]
[[constant]]
id = "coal"
value = "30"
unit = "GJ/t"
source = { zh = "试", en = "test" }
"""

FACTS = {
    "ten_m2": ("10000", "m2"),
    "one_ha": ("1", "ha"),
    "two_ha": ("2", "ha"),
    "below_two": ("＜2", "ha"),
    "above_one": ("超1", "ha"),
    "least_two": ("≥2", "ha"),
    "about_two": ("约2", "ha"),
    "half": ("50", "percent"),
    "doubled": ("100以上", "percent"),
    "more": ("101以上", "percent"),
    "three": ("3", "item"),
    "third": ("33.33", "percent"),
    "rough": ("33", "percent"),
    "heat": ("90", "GJ"),
    "coal": ("3", "t"),
    "blank": ("/", "ha"),
    "name": ("甲", "words"),
    "other": ("乙", "words"),
}

HEAD = """
schema = 1
document = "T"
[[table]]
id = "T.rows"
title = { zh = "表", en = "table" }
section = { zh = "一", en = "1" }
lines = "L1"
columns = [
  { id = "a", title = { zh = "甲", en = "a" }, unit = "ha" },
  { id = "b", title = { zh = "乙", en = "b" }, unit = "ha" },
  { id = "both", title = { zh = "和", en = "both" }, unit = "ha" },
]
rows = [["东", "1", "2", "3"], ["西", "1", "/", "1"], ["北", "/", "/", "4"]]
total = ["合计", "2", "2", "9"]
[[table]]
id = "T.text"
title = { zh = "文", en = "text" }
section = { zh = "二", en = "2" }
lines = "L2"
"""


def book_with(**check: object) -> Book:
    """A book of the facts and rows above with the one check."""
    facts = "\n".join(
        f'[[table.fact]]\nid = "{name}"\ntitle = {{ zh = "数", en = "figure" }}\n'
        f'printed = "{printed}"\nunit = "{unit}"\nlines = "L3"'
        for name, (printed, unit) in FACTS.items()
    )
    keys = "\n".join(f"{key} = {value!r}" for key, value in check.items())
    says = '[[check]]\nid = "T.check"\nsays = { zh = "应一致", en = "should agree" }\n'
    return parse({"T.toml": f"{HEAD}{facts}\n{says}{keys}\n"}, UNITS)


def fact(*names: str) -> list[str]:
    """The addresses of facts."""
    return [f"T.text/{name}/value" for name in names]


CASES = [  # kind, printed, of, more keys, computed, holds
    ("sum", "two_ha", ["one_ha", "ten_m2"], {"tolerance": "0"}, "2", True),
    ("sum", "one_ha", ["two_ha"], {"less": fact("ten_m2"), "tolerance": "0"}, "1", True),
    ("sum", "two_ha", ["one_ha", "blank"], {"tolerance": "1"}, "1", True),
    ("sum", "two_ha", ["one_ha", "blank"], {"tolerance": "0.999"}, "1", False),
    ("sum", "below_two", ["two_ha"], {"tolerance": "0"}, "2", True),
    ("equal", "one_ha", ["ten_m2"], {"tolerance": "0"}, "1", True),
    ("equal", "one_ha", ["two_ha"], {"tolerance": "0"}, "2", False),
    ("limit", "below_two", ["one_ha"], {"tolerance": "0"}, "1", True),
    ("limit", "below_two", ["two_ha"], {"tolerance": "0"}, "2", False),
    ("limit", "above_one", ["two_ha"], {"tolerance": "0"}, "2", True),
    ("limit", "above_one", ["one_ha"], {"tolerance": "0"}, "1", False),
    ("limit", "least_two", ["two_ha"], {"tolerance": "0"}, "2", True),
    ("limit", "least_two", ["one_ha"], {"tolerance": "0"}, "1", False),
    ("limit", "about_two", ["one_ha"], {"tolerance": "0.5"}, "1", False),
    ("product", "three", ["three", "half"], {"tolerance": "0"}, "1.5", False),
    (
        "product",
        "three",
        ["three"],
        {"increase": fact("three", "three"), "tolerance": "3"},
        "0",
        True,
    ),
    ("ratio", "half", ["one_ha", "two_ha"], {"tolerance": "0"}, "50", True),
    ("ratio", "third", ["one_ha", "two_ha"], {"tolerance": "0.01"}, "50", False),
    ("growth", "doubled", ["one_ha", "two_ha"], {"tolerance": "0"}, "100", True),
    ("growth", "more", ["one_ha", "two_ha"], {"tolerance": "0"}, "100", False),
    ("conversion", "coal", ["heat"], {"per": "coal", "tolerance": "0"}, "3", True),
    ("share", "third", ["three"], {"tolerance": "0.01"}, "33.3333", True),
    ("share", "rough", ["three"], {"tolerance": "0.01"}, "33.33", False),
]


@pytest.mark.parametrize(("kind", "printed", "of", "more", "computed", "holds"), CASES)
def test_a_kind_computes_and_compares(
    kind: str, printed: str, of: list[str], more: dict[str, object], computed: str, holds: bool
) -> None:
    book = book_with(kind=kind, printed=fact(printed)[0], of=fact(*of), **more)
    (found,) = compare(book)
    assert (found.computed, found.holds) == (computed, holds)
    assert len(lint(book)) == (not holds)


@pytest.mark.parametrize(
    ("of", "computed"), [(["T.rows/*"], "3"), (["T.rows/东", "T.rows/合计"], "2")]
)
def test_rows_are_counted(of: list[str], computed: str) -> None:
    (found,) = compare(book_with(kind="count", printed="T.text/three/value", of=of))
    assert (found.computed, found.holds) == (computed, computed == "3")


@pytest.mark.parametrize(
    ("printed", "of", "difference"),
    [
        ("T.text/name/value", ["T.text/name/value"], ""),
        ("T.text/name/value", ["T.text/other/value"], "+甲、-乙"),
        ("T.text/name/value", ["T.text/other/value", "T.text/name/value"], "-乙"),
        ("T.rows/*", ["T.rows/东", "T.rows/北"], "+西"),
    ],
)
def test_names_are_compared_as_sets(printed: str, of: list[str], difference: str) -> None:
    (found,) = compare(book_with(kind="names", printed=printed, of=of))
    assert (found.difference, found.holds) == (difference, not difference)


def test_each_row_is_checked_and_blanks_are_left_out() -> None:
    book = book_with(
        kind="sum",
        each="T.rows",
        printed="T.rows/{row}/both",
        of=["T.rows/{row}/a", "T.rows/{row}/b"],
        tolerance="0",
    )
    found = [(one.row, one.printed, one.computed, one.holds) for one in compare(book)]
    assert found == [("东", "3", "3", True), ("西", "1", "1", True), ("合计", "9", "4", False)]
    assert [one.row for one in lint(book)] == ["合计"]
