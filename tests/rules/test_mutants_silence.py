"""Where law reaches and governs, and what stays open where no rule speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made_rules import (
    BLOCKS,
    DEEP,
    NI,
    NO,
    ON_BLOCKS,
    ON_RAIL,
    RAIL,
    WELL,
    C,
    F,
    H,
    T,
    U,
    X,
    clause,
    program,
    rule,
    scales,
    span,
)

from geozone.law.judgement import Cause, Gap
from geozone.law.rule import Asks, Effect, Predecessor, Silence
from geozone.law.state import State, Truth
from geozone.rules.program import SPEAKING, Document, Guard, Program
from geozone.rules.silence import certain, document_gaps, governs, guard_gap, reach
from geozone.rules.weigh import Scales

EVERYWHERE = Document("D", T)
TOLD = Document("D", None, (0, 1))
BAN = clause(rule(), (ON_RAIL,))
LIFTS = clause(rule("E", Effect.EXEMPTS), (ON_RAIL,))
LAPSED = replace(BAN, doubt=Cause.RULE_LAPSED)
HERE = replace(LAPSED, only_where_held=True)
ELSEWHERE = Gap(Cause.OUTSIDE_COVERAGE, theme="jurisdiction")
NEARBY = Gap(Cause.WITHIN_ACCURACY, theme="jurisdiction")


def guard_gaps(made: Program, told: Scales, *, governed: bool) -> list[Gap]:
    """The gaps of all guards of a program."""
    found = [guard_gap(made, one, told, governed=governed) for one in made.guards]
    return [gap for each in found for gap in each]


@pytest.mark.parametrize("fixed", [F, U, T])
def test_a_reach_that_is_known_for_the_whole_area(fixed: Truth) -> None:
    for frees in (False, True):
        assert reach(Document("D", fixed, (0,)), scales(X), frees=frees) is fixed


@pytest.mark.parametrize(
    ("row", "expected", "frees"),
    [
        ((C, C, H), F, F),
        ((H, C), T, T),
        ((C, H), T, T),
        ((X, H), T, T),
        ((NI, H), T, T),
        ((NI, C), T, U),
        ((C, NO), T, U),
        ((NO, X), T, U),
        ((X, C), U, U),
        ((X, X), U, U),
    ],
)
def test_a_reach_that_the_ground_tells(
    row: tuple[State, ...], expected: Truth, frees: Truth
) -> None:
    assert reach(TOLD, scales(*row)) is expected
    assert reach(TOLD, scales(*row), frees=True) is frees


@pytest.mark.parametrize(
    ("made", "document", "row", "expected"),
    [
        (BAN, EVERYWHERE, (C,), True),
        (LIFTS, EVERYWHERE, (C,), True),
        (LAPSED, EVERYWHERE, (C,), False),
        (HERE, EVERYWHERE, (C,), False),
        (BAN, Document("D", U), (H,), False),
        (BAN, Document("D", F), (H,), False),
        (BAN, TOLD, (H,), True),
        (BAN, TOLD, (NI,), False),
        (BAN, TOLD, (NO,), False),
    ],
)
def test_a_clause_that_is_surely_in_force(
    made: Any, document: Document, row: tuple[State, ...], expected: bool
) -> None:
    found = program(made, documents=(document,))
    assert certain(found, made, scales(*row)) is expected
    acts = made.rule.effect is Effect.PROHIBITS
    assert governs(found, [(made, T)], scales(*row)) is (expected and acts)


def test_one_sure_rule_that_acts_governs() -> None:
    found = program(LAPSED, LIFTS, BAN)
    assert governs(found, [(LAPSED, T), (LIFTS, T), (BAN, T)], scales())
    assert not governs(found, [(LAPSED, T), (LIFTS, T)], scales())
    assert not governs(found, [], scales())


@pytest.mark.parametrize(
    ("effect", "asks", "acts"),
    [
        (Effect.PROHIBITS, Asks.GROUND, True),
        (Effect.RESTRICTS, Asks.PROPOSAL, True),
        (Effect.PROHIBITS, Asks.PLAN, False),
        (Effect.RESTRICTS, Asks.OPERATION, False),
        (Effect.QUESTIONS, Asks.GROUND, False),
        (Effect.DUTY, Asks.PROPOSAL, False),
    ],
)
def test_rules_that_act(effect: Effect, asks: Asks, acts: bool) -> None:
    made = clause(rule(effect=effect, asks=asks))
    assert made.acts is acts
    assert governs(program(made), [(made, T)], scales()) is acts
    doubtful = replace(made, doubt=Cause.RULE_LAPSED)
    gaps = [Gap(Cause.RULE_LAPSED, "R")] if acts else []
    assert document_gaps(program(doubtful), [(doubtful, T)], scales()) == gaps
    far = [ELSEWHERE] if acts else []
    outside = program(made, documents=(Document("D", U),))
    assert document_gaps(outside, [(made, U)], scales()) == far
    near = program(made, documents=(TOLD,))
    assert document_gaps(near, [(made, T)], scales(NI)) == ([NEARBY] if acts else [])


SURE = replace(BAN, document=1)


@pytest.mark.parametrize(
    ("here", "row", "expected"),
    [
        ([], (H,), []),
        ([(BAN, T)], (H,), []),
        ([(BAN, T)], (NO,), [NEARBY]),
        ([(BAN, T), (SURE, T)], (NO,), []),
        ([(LAPSED, T)], (NO,), [Gap(Cause.RULE_LAPSED, "R")]),
        ([(LAPSED, T)], (H,), [Gap(Cause.RULE_LAPSED, "R")]),
        ([(HERE, T)], (H,), []),
        ([(HERE, T)], (NO,), []),
        ([(BAN, U)], (X,), [ELSEWHERE]),
        ([(BAN, U), (SURE, T)], (X,), [ELSEWHERE]),
        ([(BAN, T), (LAPSED, T)], (NO,), [Gap(Cause.RULE_LAPSED, "R"), NEARBY]),
    ],
)
def test_gaps_of_whole_documents(here: Any, row: tuple[State, ...], expected: list[Gap]) -> None:
    found = program(*(one for one, _ in here), documents=(TOLD, EVERYWHERE))
    assert document_gaps(found, here, scales(*row)) == expected


def test_why_a_place_is_not_known_is_told() -> None:
    told = scales(causes={"jurisdiction": Cause.NO_LAYER})
    found = program(BAN, documents=(Document("D", U),))
    expected = [Gap(Cause.NO_LAYER, theme="jurisdiction")]
    assert document_gaps(found, [(BAN, U)], told) == expected


@pytest.mark.parametrize(("document", "open_"), [(0, True), (1, False), (2, True)])
def test_an_earlier_document_whose_text_is_not_supplied(document: int, open_: bool) -> None:
    earlier = (document, Predecessor("D0", {}, span("2010-01-01", "2019-12-31")))
    documents = (EVERYWHERE, Document("D", F), Document("D", U))
    found = program(documents=documents, predecessors=(earlier,))
    expected = [Gap(Cause.TEXT_NOT_SUPPLIED, "D0")] if open_ else []
    assert document_gaps(found, [], scales()) == expected


@pytest.mark.parametrize(("state", "open_"), [(H, True), (NO, True), (X, True), (C, False)])
def test_such_a_document_where_the_ground_tells_the_place(state: State, open_: bool) -> None:
    earlier = (0, Predecessor("D0", {}, span("2010-01-01", "2019-12-31")))
    found = program(documents=(TOLD,), predecessors=(earlier,))
    expected = [Gap(Cause.TEXT_NOT_SUPPLIED, "D0")] if open_ else []
    assert document_gaps(found, [], scales(state)) == expected


GUARDS = (Guard("railway", 0), Guard("planned_block", 1))
RAIL_OPEN = Gap(Cause.OUTSIDE_DOCUMENTS, theme="railway", condition=RAIL)
BLOCKS_OPEN = Gap(Cause.OUTSIDE_DOCUMENTS, theme="planned_block", condition=BLOCKS)


@pytest.mark.parametrize(
    ("row", "governed", "free"),
    [
        ((C, C), [], []),
        ((H, C), [RAIL_OPEN], [RAIL_OPEN]),
        ((NI, C), [RAIL_OPEN], [RAIL_OPEN]),
        ((NO, C), [RAIL_OPEN], []),
        ((X, C), [RAIL_OPEN], []),
        ((X, H), [RAIL_OPEN, BLOCKS_OPEN], [BLOCKS_OPEN]),
    ],
)
def test_protected_ground_of_which_nothing_speaks(
    row: tuple[State, ...], governed: list[Gap], free: list[Gap]
) -> None:
    found = program(guards=GUARDS)
    assert guard_gaps(found, scales(*row), governed=True) == governed
    assert guard_gaps(found, scales(*row), governed=False) == free


BOTH = clause(rule(), (ON_RAIL, ON_BLOCKS))
EITHER = clause(rule(), (ON_RAIL,), (ON_BLOCKS,))


@pytest.mark.parametrize(
    ("made", "row", "expected"),
    [
        (BAN, (H, C), []),
        (BAN, (H, H), [BLOCKS_OPEN]),
        (BAN, (X, C), []),
        (BOTH, (H, H), []),
        (BOTH, (H, X), []),
        (EITHER, (H, H), []),
        (LAPSED, (H, C), [RAIL_OPEN]),
        (HERE, (H, C), [RAIL_OPEN]),
        (replace(BAN, document=1), (H, C), [RAIL_OPEN]),
        (replace(BAN, document=2), (NI, C), [RAIL_OPEN]),
        (replace(BAN, when=((DEEP,),)), (H, C), [RAIL_OPEN]),
        (clause(rule(), (ON_BLOCKS,)), (H, C), [RAIL_OPEN]),
    ],
)
def test_a_sure_rule_speaks_of_the_ground_that_it_asks_about(
    made: Any, row: tuple[State, ...], expected: list[Gap]
) -> None:
    documents = (EVERYWHERE, Document("D", U), TOLD)
    found = program(made, guards=GUARDS, documents=documents)
    assert guard_gaps(found, scales(*row), governed=True) == expected


def test_a_rule_speaks_only_where_it_binds_for_certain() -> None:
    made = replace(BAN, when=((DEEP,),))
    found = program(made, guards=GUARDS)
    for depth, gaps in ((201.0, []), (200.0, [RAIL_OPEN])):
        told = scales(H, facts={"depth_m": depth})
        assert guard_gaps(found, told, governed=True) == gaps


@pytest.mark.parametrize("effect", list(Effect))
def test_effects_that_speak(effect: Effect) -> None:
    made = clause(rule(effect=effect), (ON_RAIL,))
    found = guard_gaps(program(made, guards=GUARDS), scales(H), governed=True)
    speaks = effect.value in ("prohibits", "restricts", "questions", "exempts")
    assert found == ([] if speaks else [RAIL_OPEN])
    assert (effect in SPEAKING) is speaks


@pytest.mark.parametrize(
    ("document", "row", "expected"),
    [
        (EVERYWHERE, (H, H), [BLOCKS_OPEN]),
        (Document("D", U), (H, C), [RAIL_OPEN]),
        (TOLD, (H, C), []),
        (TOLD, (NI, C), [RAIL_OPEN]),
    ],
)
def test_a_document_that_is_silent_on_purpose(
    document: Document, row: tuple[State, ...], expected: list[Gap]
) -> None:
    silence = Silence(frozenset({WELL}), frozenset({"railway", "landform"}), {})
    found = program(guards=GUARDS, documents=(document,), silences=((0, silence),))
    assert guard_gaps(found, scales(*row), governed=True) == expected
