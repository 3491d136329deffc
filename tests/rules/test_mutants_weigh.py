"""Weighing facts and ground terms: what is true, what is open, and what would settle it."""

from __future__ import annotations

from typing import Any

import pytest
from made_rules import (
    BLOCKS,
    DEEP,
    GROUND,
    HEATING,
    NI,
    NO,
    ON_BLOCKS,
    ON_PLAIN,
    ON_RAIL,
    PLAIN,
    PROOF,
    RAIL,
    C,
    F,
    H,
    T,
    U,
    X,
    scales,
)

from geozone.law.judgement import Cause, Gap
from geozone.law.state import Polarity, State, Truth
from geozone.rules.program import Term
from geozone.rules.weigh import Scales, Weighed

HOT, COLD = {"use": "heating"}, {"use": "power"}


@pytest.mark.parametrize(
    ("tests", "facts", "expected"),
    [
        ((), {}, Weighed(T)),
        ((HEATING,), HOT, Weighed(T)),
        ((HEATING,), COLD, Weighed(F)),
        ((HEATING, DEEP), COLD, Weighed(F)),
        ((HEATING, DEEP), HOT, Weighed(U, ("depth_m",))),
        ((HEATING, PROOF, HEATING, DEEP), {}, Weighed(U, ("use", "expert_proof", "depth_m"))),
    ],
)
@pytest.mark.parametrize("wish", [F, U, T])
def test_all_of(tests: Any, facts: Any, expected: Weighed, wish: Truth) -> None:
    assert scales(facts=facts).all_of(tests, wish=wish) == expected
    best = Weighed(wish, expected.open) if expected.truth is U else expected
    assert scales(facts=facts, best=True).all_of(tests, wish=wish) == best


@pytest.mark.parametrize(
    ("groups", "facts", "proposal", "ground"),
    [
        ((), {}, Weighed(T), Weighed(T)),
        (((HEATING,), (DEEP,)), COLD, Weighed(U, ("depth_m",)), Weighed(F, ("depth_m",))),
        (((HEATING,), (DEEP,)), HOT, Weighed(T), Weighed(T, ("depth_m",))),
        (((DEEP,), (HEATING, DEEP)), {}, Weighed(U, ("depth_m", "use")), None),
        (((HEATING,), (HEATING, DEEP)), COLD, Weighed(F), Weighed(F)),
    ],
)
def test_any_of(groups: Any, facts: Any, proposal: Weighed, ground: Weighed | None) -> None:
    assert scales(facts=facts).any_of(groups, wish=F) == proposal
    wanted = ground or Weighed(F, proposal.open)
    assert scales(facts=facts, best=True).any_of(groups, wish=F) == wanted


@pytest.mark.parametrize(
    ("terms", "row", "expected"),
    [
        ((), (X, X, X), T),
        ((ON_RAIL,), (H,), T),
        ((ON_RAIL,), (X,), U),
        ((ON_RAIL, ON_BLOCKS), (H, C), F),
        ((ON_RAIL, ON_BLOCKS), (H, X), U),
        ((ON_RAIL, ON_BLOCKS), (X, C), F),
        ((Term(0, Polarity.BINDS, outside=True),), (C,), T),
        ((Term(0, Polarity.FREES),), (NI,), U),
        ((ON_PLAIN,), (C, C, NI), U),
    ],
)
def test_a_group_of_terms(terms: Any, row: tuple[State, ...], expected: Truth) -> None:
    assert scales(*row).group(terms) is expected
    assert scales(*row).groups((terms,)) is expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [((C, C), F), ((H, C), T), ((C, H), T), ((X, C), U), ((C, X), U), ((X, H), T)],
)
def test_groups_of_terms(row: tuple[State, ...], expected: Truth) -> None:
    assert scales(*row).groups(((ON_RAIL,), (ON_BLOCKS,))) is expected
    assert scales(*row).groups(()) is T


def test_why_ground_cannot_be_said() -> None:
    told = scales(X, NO, X, causes={"railway": Cause.NO_LAYER})
    assert [told.cause(index) for index in range(len(GROUND))] == [
        Cause.NO_LAYER,
        Cause.WITHIN_ACCURACY,
        Cause.OUTSIDE_COVERAGE,
    ]
    assert told.unseen("railway") is Cause.NO_LAYER
    assert told.unseen("scenic_area") is Cause.OUTSIDE_COVERAGE
    assert told.gaps("R", (ON_RAIL, ON_BLOCKS, ON_PLAIN)) == [
        Gap(Cause.NO_LAYER, "R", "railway", None, RAIL),
        Gap(Cause.WITHIN_ACCURACY, "R", "planned_block", None, BLOCKS),
        Gap(Cause.OUTSIDE_COVERAGE, "R", "landform", None, PLAIN),
    ]
    assert scales(H, C, X).gaps("R", (ON_RAIL, ON_BLOCKS)) == []


def test_plain_scales_weigh_a_proposal_over_no_known_causes() -> None:
    plain = Scales(GROUND, (C, C, X), {})
    assert repr((plain.best, plain.causes)) == repr((False, {}))
    assert Weighed(U) == Weighed(U, ())
    assert plain.cause(2) is Cause.OUTSIDE_COVERAGE
