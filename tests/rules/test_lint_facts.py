"""What fact tests and conditions come to together, tried by tables and on drawn facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geozone.law.condition import Condition
from geozone.law.fact import FactTest
from geozone.law.rule import Ask
from geozone.law.state import Truth
from geozone.rules.lint_facts import implies, possible
from geozone.rules.lint_ground import against_itself, inside

DAY = date(2024, 6, 1)
T = FactTest


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], True),
        ([T("takes_water", "is", True), T("takes_water", "is_not", True)], False),
        ([T("takes_water", "is", True), T("loop_closed", "is", False)], True),
        ([T("stage", "in", ("new", "redrill")), T("stage", "not_in", ("new", "existing"))], True),
        ([T("stage", "in", ("new",)), T("stage", "not_in", ("new", "existing"))], False),
        # a list may hold several values at once
        ([T("reservoir", "is", "guantao"), T("reservoir", "is", "bedrock")], True),
        ([T("reservoir", "is", "guantao"), T("reservoir", "not_in", ("guantao",))], False),
        ([T("use", "is", "heating"), T("use", "is", "bathing")], False),
        # numbers: limits included or not, and the fact's own range
        ([T("depth_m", "ge", 200), T("depth_m", "le", 200)], True),
        ([T("depth_m", "gt", 200), T("depth_m", "le", 200)], False),
        ([T("depth_m", "gt", 200), T("depth_m", "lt", 200.01)], True),
        ([T("depth_m", "lt", 0)], False),
        ([T("depth_m", "gt", 15000)], False),
        ([T("temperature_c", "lt", 0)], True),
        ([T("temperature_c", "lt", -1)], True),
        ([T("installed_kw", "gt", 9e9)], True),
        ([T("depth_m", "in", (100, 200)), T("depth_m", "gt", 200)], False),
        # counts are whole
        ([T("holders", "gt", 1), T("holders", "lt", 2)], False),
        ([T("holders", "gt", 1), T("holders", "lt", 3)], True),
        ([T("holders", "gt", 1.5), T("holders", "lt", 2.5)], True),
        ([T("holders", "lt", 0)], False),
        # dates
        ([T("granted_on", "gt", DAY), T("granted_on", "lt", date(2024, 6, 2))], False),
        ([T("granted_on", "ge", DAY), T("granted_on", "le", DAY)], True),
        ([T("granted_on", "gt", date.max)], False),
        ([T("granted_on", "lt", date.min)], False),
        # documents and texts
        ([T("expert_proof", "shown")], True),
        ([T("expert_proof", "is", "D1"), T("expert_proof", "is", "D2")], False),
        ([T("expert_proof", "is", "no"), T("expert_proof", "shown")], False),
        ([T("holder", "is_not", "甲"), T("holder", "is_not", "乙")], True),
        ([T("approvals", "named", "A"), T("approvals", "named", "B")], True),
    ],
)
def test_tests_that_can_hold_together(tests: list[FactTest], expected: bool) -> None:
    assert possible(tuple(tests)) is expected


@pytest.mark.parametrize(
    ("tests", "none_of", "expected"),
    [
        ([T("depth_m", "gt", 9)], [[T("depth_m", "gt", 5)]], False),
        ([T("depth_m", "gt", 5)], [[T("depth_m", "gt", 9)]], True),
        # what nobody states holds no group
        ([T("depth_m", "gt", 9)], [[T("depth_m", "gt", 5), T("use", "is", "heating")]], True),
        ([], [[T("depth_m", "gt", 5)]], True),
        ([], [[]], False),
        # each group has its own way out; together there may be none
        (
            [T("depth_m", "gt", 0)],
            [[T("depth_m", "le", 9)], [T("depth_m", "ge", 9)]],
            False,
        ),
        (
            [T("depth_m", "gt", 0)],
            [[T("depth_m", "lt", 9)], [T("depth_m", "gt", 9)]],
            True,
        ),
        ([T("approvals", "named", "A")], [[T("approvals", "named", "B")]], True),
    ],
)
def test_groups_that_must_not_hold(
    tests: list[FactTest], none_of: list[list[FactTest]], expected: bool
) -> None:
    assert possible(tuple(tests), [tuple(one) for one in none_of]) is expected


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        ((), (), True),
        (((T("depth_m", "gt", 9),),), (), True),
        ((), ((T("depth_m", "gt", 9),),), False),
        (((T("depth_m", "gt", 9),),), ((T("depth_m", "ge", 9),),), True),
        (((T("depth_m", "ge", 9),),), ((T("depth_m", "gt", 9),),), False),
        # the wide one's alternatives cover the narrow one together
        (
            ((T("use", "in", ("heating", "bathing")),),),
            ((T("use", "is", "bathing"),), (T("use", "is", "heating"),)),
            True,
        ),
        (
            ((T("use", "is", "heating"),), (T("use", "is", "power"),)),
            ((T("use", "in", ("heating", "bathing")),),),
            False,
        ),
        (((T("reservoir", "in", ("guantao",)),),), ((T("reservoir", "is", "bedrock"),),), False),
    ],
)
def test_facts_inside_others(narrow: Any, wide: Any, expected: bool) -> None:
    assert implies(narrow, wide) is expected


STATED: dict[str, st.SearchStrategy[Any]] = {
    "takes_water": st.booleans(),
    "stage": st.sampled_from(["new", "existing", "renewal"]),
    "reservoir": st.sets(st.sampled_from(["guantao", "bedrock", "other"]), min_size=1).map(tuple),
    "depth_m": st.integers(0, 6).map(float),
    "holders": st.integers(0, 4),
    "granted_on": st.integers(0, 4).map(lambda step: date.fromordinal(DAY.toordinal() + step)),
    "expert_proof": st.sampled_from(["D1", "no"]),
}


@st.composite
def fact_tests(draw: st.DrawFn) -> FactTest:
    fact = draw(st.sampled_from(sorted(STATED)))
    if fact == "expert_proof":
        return T(fact, "shown")
    value = draw(STATED[fact])
    ordered = fact in ("depth_m", "holders", "granted_on")
    ops = ["lt", "le", "gt", "ge", "is", "is_not"] if ordered else ["is", "is_not"]
    return T(fact, draw(st.sampled_from(ops)), value)


GROUPS = st.lists(fact_tests(), max_size=3).map(tuple)
FACTS = st.fixed_dictionaries({}, optional=STATED)


def holds(group: tuple[FactTest, ...], facts: Any) -> bool:
    return all(test.truth(facts) is Truth.TRUE for test in group)


@given(GROUPS, st.lists(GROUPS, max_size=2), FACTS)
def test_what_some_facts_do_is_never_called_impossible(
    tests: tuple[FactTest, ...], none_of: list[tuple[FactTest, ...]], facts: Any
) -> None:
    if holds(tests, facts) and not any(holds(one, facts) for one in none_of):
        assert possible(tests, none_of)


@given(st.lists(GROUPS, max_size=2), st.lists(GROUPS, max_size=2), FACTS)
def test_what_is_said_to_follow_follows(narrow: Any, wide: Any, facts: Any) -> None:
    if implies(tuple(narrow), tuple(wide)) and any(holds(one, facts) for one in narrow or [()]):
        assert any(holds(one, facts) for one in wide or [()])


# ------------------------------------------------------------------ ground


def line(within: float = 0.0, *classes: str, outside: bool = False) -> Ask:
    return Ask(Condition("railway", classes, (), within), outside)


def warm(above: float | None = None, below: float | None = None) -> Ask:
    return Ask(Condition("landform", above=above, below=below))


def water(**attributes: tuple[str, ...]) -> Ask:
    return Ask(Condition("drinking_water_zone", (), tuple(sorted(attributes.items()))))


FARM = Ask(Condition("permanent_basic_farmland"))


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        ([], [], True),
        ([[FARM]], [], True),
        ([], [[FARM]], False),
        ([[FARM]], [[FARM]], True),
        ([[FARM]], [[line()]], False),
        ([[line(100)]], [[line(200)]], True),
        ([[line(200)]], [[line(100)]], False),
        ([[line(0, "line")]], [[line()]], True),
        ([[line()]], [[line(0, "line")]], False),
        ([[line(0, "line", "tunnel")]], [[line(0, "line")], [line(0, "tunnel")]], True),
        ([[line(0, "line", "metro")]], [[line(0, "line")], [line(0, "tunnel")]], False),
        ([[FARM, line()]], [[FARM]], True),
        ([[FARM]], [[FARM, line()]], False),
        ([[FARM], [line(50)]], [[line(200)], [FARM]], True),
        # outside a wide strip is outside a narrow one
        ([[line(200, outside=True)]], [[line(100, outside=True)]], True),
        ([[line(100, outside=True)]], [[line(200, outside=True)]], False),
        ([[line(100)]], [[line(200, outside=True)]], False),
        ([[water(source=("surface",))]], [[water()]], True),
        ([[water()]], [[water(source=("surface",))]], False),
        ([[water(source=("surface",))]], [[water(source=("groundwater", "surface"))]], True),
        ([[water(source=("groundwater", "surface"))]], [[water(source=("surface",))]], False),
        ([[warm(above=5)]], [[warm(above=3)]], True),
        ([[warm(above=3)]], [[warm(above=5)]], False),
        ([[warm()]], [[warm(above=5)]], False),
        ([[warm(below=3)]], [[warm(below=5)]], True),
        ([[warm(below=5)]], [[warm(below=3)]], False),
        ([[warm()]], [[warm(below=5)]], False),
    ],
)
def test_ground_inside_other_ground(narrow: Any, wide: Any, expected: bool) -> None:
    assert inside(tuple(map(tuple, narrow)), tuple(map(tuple, wide))) is expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ([FARM, line()], False),
        ([line(50), line(100, outside=True)], True),
        ([line(100), line(50, outside=True)], False),
        ([warm(above=3, below=5)], False),
        ([warm(above=5, below=5)], True),
    ],
)
def test_ground_against_itself(group: list[Ask], expected: bool) -> None:
    assert against_itself(tuple(group)) is expected
