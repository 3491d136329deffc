"""How documents and rules stand on a day, and which places they reach."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from made_rules import F, T, U, policy, rule, span

from geozone.law.judgement import Cause
from geozone.law.rule import AfterEnd, Policy, Predecessor, Superseded
from geozone.law.span import Phase
from geozone.law.state import Truth
from geozone.rules.standing import (
    absent,
    doubt,
    of_rule,
    only_where_held,
    over,
    predecessors,
    reaches,
)

SPAN = span("2020-01-01", "2025-12-31", certain="2020-03-01", until="2025-06-30")
LEFT, GONE = rule("LEFT"), rule("GONE")
PLAIN = policy("D", LEFT, GONE, span=SPAN)
HISTORY = policy("D", LEFT, GONE, span=SPAN, after_end=AfterEnd.HISTORY)
LATER = Superseded("D2", span("2026-02-01", "2027-01-31", certain="2026-04-01"), ("LEFT",))
FOLLOWED = policy("D", LEFT, GONE, span=SPAN, superseded=LATER)

BEFORE, STARTING, FIRST = date(2019, 12, 31), date(2020, 1, 1), date(2020, 3, 1)
LAST, ENDING, END, ENDED = (
    date(2025, 6, 30),
    date(2025, 7, 1),
    date(2025, 12, 31),
    date(2026, 1, 1),
)
NEW_STARTS, NEW_RULES, NEW_IS_OVER = date(2026, 2, 1), date(2026, 4, 1), date(2027, 2, 1)


@pytest.mark.parametrize(
    ("on", "plain", "history"),
    [
        (BEFORE, True, True),
        (STARTING, False, False),
        (LAST, False, False),
        (ENDING, False, False),
        (END, False, False),
        (ENDED, False, True),
    ],
)
def test_documents_that_do_not_bear_on_a_day(on: date, plain: bool, history: bool) -> None:
    assert (absent(PLAIN, on), absent(HISTORY, on)) == (plain, history)


LAPSED, BETWEEN = Cause.RULE_LAPSED, Cause.BETWEEN_POLICIES


@pytest.mark.parametrize(
    ("on", "alone", "followed"),
    [
        (STARTING, BETWEEN, BETWEEN),
        (FIRST - timedelta(1), BETWEEN, BETWEEN),
        (FIRST, None, None),
        (LAST, None, None),
        (ENDING, BETWEEN, BETWEEN),
        (END, BETWEEN, BETWEEN),
        (ENDED, LAPSED, BETWEEN),
        (NEW_STARTS, LAPSED, BETWEEN),
        (NEW_RULES, LAPSED, LAPSED),
        (NEW_IS_OVER, LAPSED, LAPSED),
    ],
)
def test_why_a_document_is_not_surely_in_force(
    on: date, alone: Cause | None, followed: Cause | None
) -> None:
    assert (doubt(PLAIN, on), doubt(FOLLOWED, on)) == (alone, followed)


@pytest.mark.parametrize(
    ("document", "on", "left", "gone"),
    [
        (PLAIN, NEW_RULES, False, False),
        (FOLLOWED, ENDED, False, False),
        (FOLLOWED, NEW_STARTS, False, False),
        (FOLLOWED, NEW_RULES, True, None),
        (FOLLOWED, NEW_IS_OVER, False, False),
        (policy("D", superseded=LATER, span=span("2020-01-01")), NEW_RULES, False, False),
    ],
)
def test_how_a_lapsed_rule_stays_open(
    document: Policy, on: date, left: bool | None, gone: bool | None
) -> None:
    assert only_where_held(document, LEFT, on) is left
    assert only_where_held(document, GONE, on) is gone


@pytest.mark.parametrize(
    ("document", "on", "left", "gone"),
    [
        (PLAIN, END, False, False),
        (PLAIN, NEW_RULES, False, False),
        (HISTORY, BEFORE, False, False),
        (HISTORY, END, False, False),
        (HISTORY, ENDED, True, True),
        (FOLLOWED, ENDED, False, False),
        (FOLLOWED, NEW_RULES, False, True),
        (FOLLOWED, NEW_IS_OVER, False, False),
    ],
)
def test_rules_that_were_law_once(document: Policy, on: date, left: bool, gone: bool) -> None:
    assert (over(document, LEFT, on), over(document, GONE, on)) == (left, gone)


OWN = rule("OWN", valid=span("2021-01-01", "2021-12-31", certain="2021-02-01", until="2021-06-30"))


@pytest.mark.parametrize(
    ("on", "phase", "is_over"),
    [
        (date(2020, 12, 31), Phase.BEFORE, False),
        (date(2021, 1, 1), Phase.STARTING, False),
        (date(2021, 2, 1), Phase.IN_FORCE, False),
        (date(2021, 7, 1), Phase.ENDING, False),
        (date(2021, 12, 31), Phase.ENDING, False),
        (date(2022, 1, 1), Phase.ENDED, True),
        (END, Phase.ENDED, True),
        (ENDED, Phase.ENDED, True),
    ],
)
def test_rules_with_their_own_dates(on: date, phase: Phase, is_over: bool) -> None:
    assert of_rule(OWN, on) is phase
    assert of_rule(LEFT, on) is Phase.IN_FORCE
    assert over(PLAIN, OWN, on) is is_over
    assert over(policy("D", span=span("2030-01-01")), OWN, on) is False


def test_earlier_documents_that_were_in_force() -> None:
    first = Predecessor("D0", {}, SPAN)
    second = Predecessor("D1", {}, span("2025-12-31", "2026-12-31"))
    document = policy("D", predecessors=(first, second))
    told = {
        on: [one.id for one in predecessors(document, on)]
        for on in (BEFORE, STARTING, FIRST, LAST, END, ENDED)
    }
    assert list(told.values()) == [[], ["D0"], ["D0"], ["D0"], ["D0", "D1"], ["D1"]]


@pytest.mark.parametrize(
    ("territory", "adcode", "expected"),
    [
        (("14",), "14", T),
        (("14",), "1408", T),
        (("13", "14"), "140802", T),
        (("1408",), "14", U),
        (("1302", "1408"), "14", U),
        (("1408",), "1401", F),
        (("14",), "13", F),
        ((), "14", F),
        (("14", "1408"), "14", T),
    ],
)
def test_the_reach_of_a_territory(territory: tuple[str, ...], adcode: str, expected: Truth) -> None:
    assert reaches(territory, adcode) is expected
