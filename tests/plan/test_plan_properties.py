"""Laws of plan rules: order never matters, more rights never help, silence never frees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from made_plan import CAP, Made, judged, pack, rule_text

from geozone.answers.assess import Assessment
from geozone.law.verdict import Verdict

RULES = (
    rule_text(CAP.replace('["village"]', '["village", "town"]'), more="in_principle = true"),
    rule_text(CAP.replace('"all"', '"new"').replace("limit = 1", "limit = 2"), id="P-2"),
    rule_text(
        '{ check = "one_right", within = "planned_block", class = ["mining"], '
        'op = "只能有", limit = 1 }',
        id="P-3",
    ),
    rule_text('{ check = "overlap", with = "right_mining" }', id="P-4"),
)
POLICY = pack(*RULES)
RIGHT = "middeep_reinjection:right_mining"
DAYS = (None, "2015-01-01", "2023-06-01")


@st.composite
def boxes(draw: Any) -> list[int]:
    """A box on a grid of 100 m, so that borders, corners and whole boxes often coincide."""
    west, south = draw(st.integers(0, 12)), draw(st.integers(0, 12))
    wide, high = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    return [100 * west, 100 * south, 100 * (west + wide), 100 * (south + high)]


@st.composite
def registers(draw: Any) -> list[dict[str, Any]]:
    found = []
    for at in range(draw(st.integers(0, 3))):
        day, name = draw(st.sampled_from(DAYS)), draw(st.sampled_from((None, "C1", "C2")))
        row = {"id": f"r{at}", "box_m": draw(boxes()), "granted_on": day, "right_id": name}
        found.append(row)
    return found


@st.composite
def proposals(draw: Any) -> list[dict[str, Any]]:
    found = []
    for at in range(draw(st.integers(1, 3))):
        facts: dict[str, Any] = {"holders": 1.0}
        stage = draw(st.sampled_from(("new", "new", "existing", None)))
        name = draw(st.sampled_from((None, None, "C1", "N1")))
        facts |= {"stage": stage} if stage else {}
        facts |= {"right_id": name} if name else {}
        if draw(st.booleans()):
            facts |= {"approvals": ("P-1=文1",)}
        found.append({"id": f"R{at}", "activity": RIGHT, "box_m": draw(boxes()), "facts": facts})
    return found


@st.composite
def grounds(draw: Any) -> Made:
    kinds = st.sampled_from(("village", "town", None))
    places = [
        {"id": f"村{at}", "class": draw(kinds), "box_m": draw(boxes())}
        for at in range(draw(st.integers(0, 2)))
    ]
    blocks = [
        {"id": f"K{at}", "class": "mining", "box_m": draw(boxes())}
        for at in range(draw(st.integers(0, 2)))
    ]
    ground = {"settlement": places, "planned_block": blocks, "right_mining": draw(registers())}
    accuracy = {theme: draw(st.sampled_from((0.0, 0.0, 30.0))) for theme in ground}
    return Made(ground, accuracy)


def told(found: dict[str, Assessment]) -> dict[str, dict[str, Any]]:
    return {name: one.to_dict() for name, one in found.items()}


@given(grounds(), proposals(), st.randoms(use_true_random=False))
def test_order_never_matters(made: Made, rows: list[dict[str, Any]], chance: Any) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    ground = {theme: list(each) for theme, each in made.ground.items()}
    for each in ground.values():
        chance.shuffle(each)
    other = judged(replace(made, ground=ground), mixed, [pack(*reversed(RULES))])
    assert told(judged(made, rows, [POLICY])) == told(other)


@given(grounds(), proposals(), boxes(), st.sampled_from(DAYS), st.booleans())
def test_another_registered_right_never_helps(
    made: Made, rows: list[dict[str, Any]], box: list[int], day: str | None, named: bool
) -> None:
    extra = {"id": "r9", "box_m": box, "granted_on": day, "right_id": "C9" if named else None}
    more = [*made.ground["right_mining"], extra]
    after = judged(replace(made, ground={**made.ground, "right_mining": more}), rows, [POLICY])
    for name, one in judged(made, rows, [POLICY]).items():
        # an existing right without a right id may turn out to be the one just registered
        if not any("right_id" not in row["facts"] for row in rows if row["id"] != name):
            assert after[name].verdict >= one.verdict
        assert after[name].verdict >= min(one.verdict, Verdict.UNDETERMINED)


@given(grounds(), proposals(), st.sampled_from(("settlement", "planned_block", "right_mining")))
def test_a_layer_taken_away_never_frees(made: Made, rows: list[dict[str, Any]], theme: str) -> None:
    ground = {name: each for name, each in made.ground.items() if name != theme}
    after = judged(replace(made, ground=ground), rows, [POLICY])
    for name, one in judged(made, rows, [POLICY]).items():
        stated = next(row["facts"] for row in rows if row["id"] == name)
        assert after[name].verdict >= min(one.verdict, Verdict.UNDETERMINED)
        if stated.get("stage") != "existing":
            assert after[name].verdict >= Verdict.UNDETERMINED


@given(grounds(), proposals())
def test_plan_rules_never_make_a_verdict_milder(made: Made, rows: list[dict[str, Any]]) -> None:
    bare = judged(made, rows, [pack()])
    for name, one in judged(made, rows, [POLICY]).items():
        assert one.verdict >= bare[name].verdict
        assert one.ground is bare[name].ground


@given(grounds(), proposals(), boxes())
def test_another_proposed_right_never_helps_the_others(
    made: Made, rows: list[dict[str, Any]], box: list[int]
) -> None:
    facts = {"holders": 1.0, "stage": "new"}
    extra = {"id": "R9", "activity": RIGHT, "box_m": box, "facts": facts}
    after = judged(made, [*rows, extra], [POLICY])
    for name, one in judged(made, rows, [POLICY]).items():
        assert after[name].verdict >= one.verdict
