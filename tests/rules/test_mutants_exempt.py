"""Exemptions: which rule they lift, when they are certain, and what is open where they are not."""

from __future__ import annotations

from typing import Any

import pytest
from made_rules import (
    BLOCKS,
    DEEP,
    HEATING,
    NEW,
    NI,
    PROOF,
    RAIL,
    C,
    F,
    H,
    T,
    U,
    X,
    clause,
    rule,
    scales,
)

from geozone.law.condition import Condition
from geozone.law.judgement import Cause, Gap, Held, Lifted
from geozone.law.rule import Effect
from geozone.law.state import Polarity, State, Truth
from geozone.law.verdict import Verdict
from geozone.rules.exempt import Exemption, exempted, exemption
from geozone.rules.outcome import Outcome
from geozone.rules.program import Term

FREED = rule("E", Effect.EXEMPTS, names=("R", "S"))
FREE_RAIL, FREE_BLOCKS = Term(0, Polarity.FREES), Term(1, Polarity.FREES)
BAN = clause(rule("R"), (FREE_RAIL,))
HEATED = ((HEATING, NEW), (DEEP,))


def gap(cause: Cause, condition: Condition | None = None, fact: str | None = None) -> Gap:
    return Gap(cause, "E", condition.theme if condition else None, fact, condition)


def made(certain: bool, *gaps: Gap, needs: tuple[str, ...] = ()) -> Exemption:
    return Exemption("E", ("R", "S"), certain, tuple(("E", one) for one in needs), gaps)


NEAR, BLIND = gap(Cause.WITHIN_ACCURACY, RAIL), gap(Cause.OUTSIDE_COVERAGE, BLOCKS)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((H, H), made(True)),
        ((H, C), made(True)),
        ((C, C), None),
        ((NI, C), made(False, NEAR)),
        ((NI, X), made(False, NEAR, BLIND)),
        ((H, X), made(True, BLIND)),
    ],
)
def test_an_exemption_on_its_ground(row: tuple[State, ...], expected: Exemption | None) -> None:
    either = clause(FREED, (FREE_RAIL,), (FREE_BLOCKS,))
    for best in (False, True):
        assert exemption(either, scales(*row, best=best), T) == expected


@pytest.mark.parametrize(
    ("facts", "proposal", "ground"),
    [
        ({"depth_m": 201.0}, True, True),
        ({"depth_m": 200.0, "use": "power"}, None, None),
        ({"stage": "new", "use": "heating"}, True, True),
        ({"stage": "new"}, ("use", "depth_m"), True),
        ({"use": "power"}, ("depth_m",), True),
    ],
)
def test_an_exemption_under_conditions_of_fact(facts: Any, proposal: Any, ground: Any) -> None:
    needs = ("use", "depth_m")  # what is presumed of every proposal need not be shown
    waits = clause(FREED, (FREE_RAIL,), when=HEATED)
    found = exemption(waits, scales(H, facts=facts), T)
    if isinstance(proposal, tuple):
        gaps = [gap(Cause.FACT_NOT_STATED, None, one) for one in proposal]
        assert found == made(False, *gaps)
    else:
        assert found == (made(True) if proposal else None)
    best = exemption(waits, scales(H, facts=facts, best=True), T)
    assert (best is None) is (ground is None)
    if best is not None:
        assert (best.certain, best.needs) == (True, made(True, needs=needs).needs)


@pytest.mark.parametrize(
    ("reach", "doubt", "certain"),
    [
        (T, None, True),
        (U, None, False),
        (F, None, None),
        (T, Cause.TEXT_AMBIGUOUS, False),
        (F, Cause.TEXT_AMBIGUOUS, None),
    ],
)
def test_an_exemption_of_a_doubtful_document_is_not_certain(
    reach: Truth, doubt: Cause | None, certain: bool | None
) -> None:
    found = exemption(clause(FREED, (FREE_RAIL,), doubt=doubt), scales(H), reach)
    assert (found.certain if found else None) is certain
    assert exemption(clause(FREED, (FREE_RAIL,), doubt=doubt), scales(C), reach) is None


HELD = Outcome((Held(BAN.rule, Verdict.PROHIBITED, BLOCKS),), needs=(("R", "use"),))
OPEN = Outcome(gaps=(Gap(Cause.NO_LAYER, "R", "railway"),), needs=(("R", "use"),))
SURE = made(True, needs=("depth_m",))
UNSURE = made(False, NEAR, gap(Cause.FACT_NOT_STATED, None, "use"))
OTHER = Exemption("E", ("S",), True, (), ())


def lifted(by: str, *needs: tuple[str, str]) -> Outcome:
    return Outcome(lifted=(Lifted("R", by),), needs=(("R", "use"), *needs))


@pytest.mark.parametrize(
    ("found", "exemptions", "expected"),
    [
        (HELD, [], HELD),
        (HELD, [OTHER], HELD),
        (Outcome(needs=(("R", "use"),)), [SURE], Outcome(needs=(("R", "use"),))),
        (HELD, [SURE], lifted("E", ("E", "depth_m"))),
        (OPEN, [SURE], lifted("E", ("E", "depth_m"))),
        (HELD, [UNSURE, OTHER, SURE], lifted("E", ("E", "depth_m"))),
        (HELD, [made(True), SURE], lifted("E")),
        (HELD, [made(False)], HELD),
        (OPEN, [made(False)], OPEN),
        (
            HELD,
            [UNSURE],
            Outcome(
                gaps=(NEAR, Gap(Cause.FACT_NOT_STATED, "E", "planned_block", "use", BLOCKS)),
                needs=HELD.needs,
            ),
        ),
        (
            OPEN,
            [UNSURE, made(False, BLIND)],
            Outcome(gaps=(*OPEN.gaps, *UNSURE.open, BLIND), needs=OPEN.needs),
        ),
        (
            Outcome((Held(BAN.rule, Verdict.PROHIBITED), *HELD.held)),
            [made(False, gap(Cause.FACT_NOT_STATED, None, "use"))],
            Outcome(gaps=(gap(Cause.FACT_NOT_STATED, None, "use"),)),
        ),
    ],
)
def test_a_clause_after_the_exemptions(
    found: Outcome, exemptions: list[Exemption], expected: Outcome
) -> None:
    assert exempted(BAN, found, exemptions) == expected


def test_an_exemption_needs_what_its_own_conditions_ask() -> None:
    assert made(True) == Exemption("E", ("R", "S"), True, (), ())
    bare = clause(FREED, when=((PROOF, PROOF), (NEW,)))
    found = exemption(bare, scales(best=True), T)
    assert found == made(
        True,
        gap(Cause.FACT_NOT_STATED, None, "expert_proof"),
        gap(Cause.FACT_NOT_STATED, None, "stage"),
        needs=("expert_proof",),
    )
