"""Rows judged one after the other: the same as each alone, whatever was judged before."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from made_rules import (
    HEATING,
    ON_BLOCKS,
    ON_PLAIN,
    ON_RAIL,
    WELL,
    C,
    H,
    T,
    X,
    clause,
    program,
    rule,
)
from test_judge_laws import PLACES, SHOWN
from test_judge_laws import program as shipped_program

from geozone.law.evidence import Row
from geozone.law.judgement import Cause
from geozone.law.rule import Effect, Silence
from geozone.law.state import State
from geozone.rules import manyrows
from geozone.rules.judge import judge, judge_ground
from geozone.rules.manyrows import Cases, Reading
from geozone.rules.program import Document, Guard, Mask, Program
from geozone.rules.vocabulary import activities

CAUSES = {"jurisdiction": Cause.NO_LAYER, "railway": Cause.WAIVED}
STATED = [
    (),
    (("stage", "new"), ("use", "heating")),
    tuple(sorted(SHOWN.items())),
    (("approvals", ("R=文1",)), ("mining_licence", True)),
]


def assert_same(made: Program, rows: list[Row]) -> None:
    cases = Cases(made, CAUSES)
    for at, row in enumerate(rows):
        facts = STATED[at % len(STATED)]
        assert cases.stated(row, facts) == judge(made, row, dict(facts), CAUSES)
        assert cases.best(row) == judge_ground(made, row, CAUSES)


@pytest.mark.parametrize("place", range(len(PLACES)))
def test_shipped_law_over_many_rows(place: int) -> None:
    draw = random.Random(place)
    for activity in activities():
        made = shipped_program(activity, place)
        row = [State.CLEAR] * len(made.conditions)
        rows = [tuple(row)]
        for _ in range(10):  # most rows differ little from one before: much is read again
            for at in draw.sample(range(len(row)), min(2, len(row))):
                row[at] = draw.choice([State.CLEAR, *State])
            rows.append(tuple(row))
        assert_same(made, rows)


@pytest.mark.parametrize("at_once", [0, 2, 5, 99])
def test_however_many_parts_are_read_as_one(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manyrows, "AT_ONCE", at_once)
    draw = random.Random(at_once)
    for activity in draw.sample(sorted(activities(), key=str), 4):
        made = shipped_program(activity, at_once % len(PLACES))
        count = len(made.conditions)
        assert_same(made, [tuple(draw.choices([*State], k=count)) for _ in range(20)])


SILENT = Silence(frozenset({WELL}), frozenset({"railway"}), {})
BORDER = Document("B", None, (1,))
LIFTS = clause(rule("E", Effect.EXEMPTS, names=("R",)), (ON_PLAIN,), document=1)
SPARES = clause(rule("E", Effect.EXEMPTS, names=("R",), when=((HEATING,),)), (ON_RAIL, ON_PLAIN))
ASKS = clause(rule("Q", Effect.QUESTIONS), (ON_PLAIN,), (ON_RAIL,), document=1)


@pytest.mark.parametrize(
    "made",
    [
        program(clause(rule(), (ON_RAIL,)), LIFTS),
        program(clause(rule()), LIFTS),
        program(clause(rule(), (ON_RAIL,), document=1), SPARES, ASKS),
        program(ASKS, guards=(Guard("railway", 0), Guard("landform", 2))),
        program(guards=(Guard("railway", 0),), silences=((1, SILENT),)),
        program(masks=(Mask("M", 1, ((ON_RAIL,),)), Mask("N", 0, ((ON_BLOCKS, ON_PLAIN),)))),
        program(history=(clause(rule("O"), document=1),)),
    ],
)
def test_what_a_part_reads_is_all_that_it_hangs_on(made: Program) -> None:
    found = replace(made, documents=(Document("D", T), BORDER))
    assert_same(found, [*product(State, repeat=3)])


def test_a_reading_is_worked_out_once_and_sees_nothing_else() -> None:
    seen: list[State] = []

    def work(row: Row) -> State:
        seen.append(row[1])
        return row[1]

    reading = Reading((1,), work)
    assert [reading.of(row) for row in ((C, H, X), (X, H, C), (C, C, C))] == [H, H, C]
    assert seen == [H, C]


@pytest.mark.parametrize("ask", [lambda one: {one}, lambda one: [0, 1, 2, 3, 4][one]])
def test_to_weigh_what_is_not_read_is_an_error(ask: Callable[[State], object]) -> None:
    with pytest.raises(TypeError):
        Reading((1,), lambda row: ask(row[0])).of((C, H))
