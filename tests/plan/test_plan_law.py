"""How plan rules stand in time and place, and what blocks and overlaps come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_plan import (
    CAP,
    HELD,
    NEW_ONLY,
    PACK,
    VILLAGE,
    Made,
    judged,
    outcome,
    pack,
    right,
    rule_text,
    said,
)

from geozone.law.verdict import Verdict


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2022, 10, 22), {"absent"}),
        (date(2022, 12, 1), {"absent"}),
        (date(2024, 6, 1), {"prohibited"}),
        (date(2026, 6, 1), {"absent"}),
    ],
)
def test_a_document_that_is_not_surely_in_force_adds_nothing(on: date, expected: set[str]) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]}, on=on)
    one = judged(made, [right()], [pack(rule_text(CAP))])["R1"]
    assert said(one, "P-1") == expected
    assert one.verdict is not Verdict.ALLOWED


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2022, 12, 1), {"gap:between_policies"}),
        (date(2024, 6, 1), {"prohibited"}),
        (date(2026, 6, 1), {"gap:rule_lapsed"}),
    ],
)
def test_a_document_of_plan_rules_alone_says_itself_that_it_is_open(
    on: date, expected: set[str]
) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]}, on=on)
    alone = replace(pack(rule_text(CAP)), rules=pack(rule_text(CAP)).rules[1:])
    found = judged(made, [right(), right("R2", stage="existing")], [alone])
    assert said(found["R1"], "P-1") == expected
    assert found["R2"].gaps == ()


OWN = (
    "valid = { earliest = 2023-01-01, certain = 2023-01-01, certain_until = 2024-01-01, "
    "latest = 2025-01-01 }"
)


@pytest.mark.parametrize(
    ("made", "box", "expected"),
    [
        (Made({"settlement": [VILLAGE], "right_mining": [HELD]}), (500, 500, 900, 900),
         {"gap:text_ambiguous"}),
        (Made({"settlement": [VILLAGE]}), (500, 500, 900, 900),
         {"gap:text_ambiguous", "gap:no_layer"}),
        (Made({"settlement": [VILLAGE], "right_mining": [HELD]}), (2000, 0, 2400, 400),
         {"absent"}),
    ],
)  # fmt: skip
def test_a_rule_with_dates_of_its_own_is_open_between_them(
    made: Made, box: tuple[float, ...], expected: set[str]
) -> None:
    assert outcome(pack(rule_text(CAP, more=OWN)), made, right("R1", *box)) == {"R1": expected}


def test_a_duty_between_its_dates_may_apply() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    policy = pack(rule_text(CAP, effect="duty", more=OWN))
    assert outcome(policy, made, right()) == {"R1": {"open"}}


BORDER = [
    {"id": "x1", "adcode": "1301", "box_m": [-40000, -40000, 700, 40000]},
    {"id": "x2", "adcode": "3715", "box_m": [700, -40000, 40000, 40000]},
]


def test_each_part_stands_under_its_own_law() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD], "jurisdiction": BORDER})
    policy = pack(rule_text(CAP))
    assert outcome(policy, made, right("R1", 500, 500, 600, 600)) == {"R1": {"prohibited"}}
    assert outcome(policy, made, right("R1", 500, 500, 900, 900)) == {"R1": {"prohibited"}}
    assert outcome(policy, made, right("R1", 800, 500, 900, 900)) == {"R1": {"absent"}}
    # only the part under the document's law is looked at: it does not reach the village
    out = right("R1", -200, 500, 900, 900)
    east = {**VILLAGE, "box_m": [750, 0, 1750, 1000]}
    held = {**HELD, "box_m": [1000, 0, 1400, 400]}
    abroad = Made({"settlement": [east], "right_mining": [held], "jurisdiction": BORDER})
    assert outcome(policy, abroad, out) == {"R1": {"clear"}}


def test_a_territory_that_cannot_be_said_leaves_the_rule_open() -> None:
    known = [{**BORDER[0], "box_m": [-40000, -40000, 400, 40000]}]
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD], "jurisdiction": known})
    one = judged(made, [right()], [pack(rule_text(CAP))])["R1"]
    gaps = [(gap.gap.rule, gap.gap.theme) for gap in one.gaps if gap.gap.rule]
    assert gaps == [("P-1", "jurisdiction")]
    assert one.verdict is Verdict.UNDETERMINED
    unseen = Made({"settlement": [VILLAGE], "jurisdiction": known})
    one = judged(unseen, [right()], [pack(rule_text(CAP))])["R1"]
    gaps = [(gap.gap.rule, gap.gap.theme) for gap in one.gaps if gap.gap.rule]
    assert gaps == [("P-1", "jurisdiction"), ("P-1", "right_mining")]


ONE = (
    '{ check = "one_right", within = "planned_block", class = ["mining"], '
    'op = "只能有", limit = 1 }'
)
OVERLAP = '{ check = "overlap", with = "right_mining" }'


@pytest.mark.parametrize(
    ("box", "accuracy_m", "one_right", "overlap"),
    [
        ((1000, 0, 2000, 1000), 0.0, {"clear"}, {"clear"}),
        ((999.9995, 0, 2000, 1000), 0.0, {"gap:touch_only"}, {"gap:touch_only"}),
        ((990, 0, 2000, 1000), 0.0, {"prohibited"}, {"prohibited"}),
        ((1000, 0, 2000, 1000), 2.0, {"gap:within_accuracy"}, {"gap:within_accuracy"}),
        ((1003, 0, 2000, 1000), 2.0, {"clear"}, {"clear"}),
        ((1005, 0, 2000, 1000), 0.0, {"clear"}, {"clear"}),
    ],
)
def test_neighbours(
    box: tuple[float, ...], accuracy_m: float, one_right: set[str], overlap: set[str]
) -> None:
    block = {"id": "K1", "class": "mining", "box_m": [0, 0, 1000, 1000]}
    held = {"id": "r1", "right_id": "C1", "box_m": [0, 0, 1000, 1000]}
    made = Made({"planned_block": [block], "right_mining": [held]})
    row = right("R1", *box) | {"accuracy_m": accuracy_m}
    one = judged(made, [row], [pack(rule_text(ONE), rule_text(OVERLAP, id="P-2"))])["R1"]
    assert (said(one, "P-1"), said(one, "P-2")) == (one_right, overlap)


@pytest.mark.parametrize(
    ("kinds", "box", "accuracy_m", "expected"),
    [
        (("mining", "mining"), (500, 0, 1500, 1000), 0.0, {"gap:text_ambiguous"}),
        (("mining", "mining"), (500, 0, 1000, 1000), 0.0, {"clear"}),
        (("mining", "mining"), (500, 0, 1000.0005, 1000), 0.0, {"gap:touch_only"}),
        (("mining", "mining"), (500, 0, 1000.002, 1000), 0.0, {"gap:text_ambiguous"}),
        (("mining", "mining"), (500, 0, 1000, 1000), 2.0, {"gap:within_accuracy"}),
        (("mining", "mining"), (500, 0, 1001, 1000), 2.0, {"gap:within_accuracy"}),
        (("mining", "mining"), (500, 0, 997, 1000), 2.0, {"clear"}),
        (("mining", "exploration"), (500, 0, 1500, 1000), 0.0, {"clear"}),
        (("mining", None), (500, 0, 1500, 1000), 0.0, {"gap:outside_coverage"}),
    ],
)
def test_one_right_takes_up_one_block(
    kinds: tuple[str | None, ...], box: tuple[float, ...], accuracy_m: float, expected: set[str]
) -> None:
    blocks = [
        {"id": f"K{at}", "class": kind, "box_m": [1000 * at, 0, 1000 * at + 1000, 1000]}
        for at, kind in enumerate(kinds)
    ]
    made = Made({"planned_block": blocks, "right_mining": []})
    approved = right("R1", *box, approvals=("P-1=文1",)) | {"accuracy_m": accuracy_m}
    assert outcome(pack(rule_text(ONE)), made, approved) == {"R1": expected}


def test_the_blocks_of_one_right_are_told() -> None:
    blocks = [
        {"id": f"K{at}", "class": "mining", "box_m": [1000 * at, 0, 1000 * at + 1000, 1000]}
        for at in range(3)
    ]
    made = Made({"planned_block": blocks, "right_mining": []})
    rows = [
        right("R1", 0, 0, 1000, 1000, right_id="N1"),
        right("R2", 2000, 0, 3000, 1000, right_id="N1"),
    ]
    one = judged(made, rows, [pack(rule_text(ONE))])["R1"]
    assert [line.features for line in one.plan] == [("K0",), ("K0", "K2")]
    assert one.plan[1].says["zh"] == "一个采矿权跨 2 个规划区块：K0、K2，须核实"
    (gap,) = [gap.to_dict() for gap in one.gaps]
    assert (gap["cause"], gap["theme"]) == ("text_ambiguous", "planned_block")
    assert gap["features"] == ["K0", "K2"]


def test_an_overlap_is_told_with_the_other_right() -> None:
    made = Made({"right_mining": [HELD]})
    rows = [right("R1", 200, 0, 600, 400), right("R2", 500, 0, 900, 400)]
    one = judged(made, rows, [pack(rule_text(OVERLAP))])["R1"]
    (told,) = [each.to_dict() for each in one.plan]
    assert told["features"] == told["counted"] == ["C1", "R2"]
    (found,) = [each.to_dict() for each in one.findings]
    assert found["theme"] == "right_mining"
    assert found["share"] == pytest.approx(0.75, abs=1e-3)
    assert found["overlap_m2"] == told["area_m2"] == pytest.approx(120_000, rel=1e-3)


def test_a_registered_right_proposed_as_new_does_not_overlap_itself_but_contradicts() -> None:
    made = Made({"right_mining": [HELD]})
    row = right("R1", 0, 0, 400, 400, right_id="C1")
    one = judged(made, [row], [pack(rule_text(OVERLAP))])["R1"]
    assert [gap.gap.cause.value for gap in one.gaps] == ["facts_contradict"]
    assert (said(one, "P-1"), one.plan[0].features) == ({"gap:facts_contradict"}, ())


def test_exploration_rights_have_a_register_of_their_own() -> None:
    plan = '{ check = "overlap", with = "right_exploration" }'
    policy = pack(rule_text(plan, objects='["right_exploration"]'))
    row = right() | {"activity": "middeep_reinjection:right_exploration"}
    held = {**HELD, "box_m": [600, 600, 800, 800]}
    assert outcome(policy, Made({"right_exploration": [held]}), row) == {"R1": {"prohibited"}}
    assert outcome(policy, Made({"right_mining": [held]}), row) == {"R1": {"gap:no_layer"}}


def test_without_plan_rules_nothing_is_told() -> None:
    assert NEW_ONLY in rule_text(CAP)
    one = judged(Made(), [right()], [pack(head=PACK)])["R1"]
    assert (one.verdict, one.plan, one.to_dict()["plan"]) == (Verdict.ALLOWED, (), [])
