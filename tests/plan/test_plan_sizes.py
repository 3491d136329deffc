"""How large blocks are, how far wells stand apart, and which projects go together."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from made_plan import BLOCK, PRODUCES, RETURNS, Made, judged, outcome, pack, rule_text, said

from geozone.answers.plan.cells import block_size
from geozone.law.rule import Policy
from geozone.law.verdict import Verdict

CELLS = '{ check = "min_cells", op = "不应低于", limit = 1, cell_arcmin = 1 }'
LEAST = pack(rule_text(CELLS, technologies="middeep", objects='["block_exploration"]', when=""))


@pytest.mark.parametrize(
    ("sides", "filled"),
    [
        ((0, 0, 1, 1), 1.0),
        ((0, 0, 0.5, 1), 0.5),
        ((0.5, 0.5, 1.5, 1.5), 1.0),
        ((0.5, 0, 10, 3.5), 33.25),
        ((0, 0, 1.00001, 1), 1.0),
        ((0, 0, 1.0005, 1), None),
        ((0, 0.25, 1, 1.25), 1.0),
        ((0.25, 0, 1, 0.25), 0.1875),
        ((0.2, 0, 1.2, 1), None),
        ((0.125, 0, 1.125, 1), None),
    ],
)
def test_blocks_on_the_grid_are_counted_in_sixteenths(
    sides: tuple[float, ...], filled: float | None
) -> None:
    made = Made(origin=(116.0, 38.0))
    size = block_size(made.degrees(*sides), made.crs, 1.0, 0.0)
    assert size.filled == filled


def test_rings_with_bends_and_holes_are_counted() -> None:
    made = Made(origin=(116.0, 38.0))
    frame = made.degrees(0, 0, 3, 3).difference(made.degrees(1, 1, 2, 2))
    pair = shapely.union(made.degrees(0, 0, 1, 1), made.degrees(5, 0, 6, 0.5))
    slant = shapely.Polygon([made.degrees(x, y, x + 1, y + 1).exterior.coords[2]
                             for x, y in ((0, 0), (1, 0), (2, 1), (1, 1))])  # fmt: skip
    found = [block_size(one, made.crs, 1.0, 0.0).filled for one in (frame, pair, slant)]
    assert found == [8.0, 1.5, None]


@pytest.mark.parametrize("latitude", [36.05, 38.0, 42.6])
@pytest.mark.parametrize("north", [0.0, 0.25, 0.5, 0.1])
def test_one_cell_is_one_cell_wherever_it_is_moved(latitude: float, north: float) -> None:
    made = Made(origin=(116.0, latitude))
    size = block_size(made.degrees(0, north, 1, north + 1), made.crs, 1.0, 0.0)
    assert size.cells == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("short_m", "expected", "cells"),
    [
        (0.0, {"clear"}, 1.0),
        (0.005, {"clear"}, 1.0),
        (0.007, {"prohibited"}, 1.0),
        (0.09, {"prohibited"}, 1.0),
        (0.2, {"prohibited"}, 0.0),
    ],
)
def test_a_block_on_the_grid_may_lack_no_more_than_rounding(
    short_m: float, expected: set[str], cells: float
) -> None:
    """A minute of arc is 1463 m east and 1850 m north at 38 degrees."""
    east, north = short_m / 1463, short_m / 1850
    made = Made(origin=(116.0, 38.0))
    row = {"id": "E1", "activity": BLOCK, "box_min": (east, north, 1 - east, 1 - north)}
    one = judged(made, [row], [LEAST])["E1"]
    assert (said(one, "P-1"), one.plan[0].cells) == (expected, cells)


@pytest.mark.parametrize(("latitude", "km2"), [(36.05, 2.78), (42.6, 2.53)])
def test_a_cell_is_as_large_as_its_latitude_has_it(latitude: float, km2: float) -> None:
    made = Made(origin=(116.0, latitude))
    assert block_size(made.degrees(0, 0, 1, 1), made.crs, 1.0, 0.0).cell_m2 == pytest.approx(
        km2 * 1e6, rel=2e-3
    )


@pytest.mark.parametrize(
    ("sides", "accuracy_m", "expected", "cells"),
    [
        ((0, 0, 1, 1), 0.0, {"clear"}, 1.0),
        ((0, 0, 1, 1), 5.0, {"gap:within_accuracy"}, 1.0),
        ((0, 0, 2, 1), 5.0, {"clear"}, 2.0),
        ((0, 0, 1, 0.5), 5.0, {"prohibited"}, 0.5),
        ((0.1, 0.1, 1.101, 1.1), 0.0, {"clear"}, 0.0),
        ((0.1, 0.1, 1.1, 1.099), 0.0, {"prohibited"}, 0.0),
        ((0.1, 0.1, 3.1, 3.1), 0.0, {"clear"}, 4.0),
    ],
)
def test_least_size(
    sides: tuple[float, ...], accuracy_m: float, expected: set[str], cells: float
) -> None:
    made = Made(origin=(116.0, 38.0))
    row = {"id": "E1", "activity": BLOCK, "box_min": sides, "accuracy_m": accuracy_m}
    one = judged(made, [row], [LEAST])["E1"]
    assert said(one, "P-1") == expected
    assert one.plan[0].cells == cells
    unaligned = sides[0] == 0.1 and expected == {"clear"}
    assert ("P-1" in one.advisories) is unaligned
    assert not unaligned or one.advisories["P-1"]["zh"] == "未与基本单位区块网格对齐"


def test_a_remark_stands_beside_the_note_of_its_rule() -> None:
    made = Made(origin=(116.0, 38.0))
    row = {"id": "E1", "activity": BLOCK, "box_min": (0.1, 0.1, 1.4, 1.4)}
    text = rule_text(CELLS, technologies="middeep", objects='["block_exploration"]', when="")
    noted = pack(text + 'note = { zh = "注", en = "note" }\n')
    one = judged(made, [row], [noted])["E1"]
    assert one.advisories["P-1"]["zh"] == "未与基本单位区块网格对齐"
    small = judged(made, [{**row, "box_min": (0, 0, 0.5, 1)}], [noted])["E1"]
    assert small.advisories["P-1"]["zh"] == "注"


SPACING = '{ check = "spacing", limit = { parameter = "spacing" } }'
WELLS = '["well_production", "well_reinjection"]'


def spacing(limit: float, effect: str = "questions") -> Policy:
    text = rule_text(SPACING, effect=effect, objects=WELLS, when="")
    return pack(text, parameters={"spacing": limit})


def well(name: str, north: float, **row: Any) -> dict[str, Any]:
    return {"id": name, "activity": PRODUCES, "at_m": [0, north], **row}


@pytest.mark.parametrize(
    ("north", "accuracy_m", "limit", "expected"),
    [
        (499.99, 0.0, 500.0, {"prohibited"}),
        (500.0, 0.0, 500.0, {"clear"}),
        (495.0, 4.0, 500.0, {"prohibited"}),
        (497.0, 4.0, 500.0, {"gap:within_accuracy"}),
        (503.0, 4.0, 500.0, {"gap:within_accuracy"}),
        (504.0, 4.0, 500.0, {"clear"}),
        (1.0, 0.0, 0.0, {"absent"}),
    ],
)
def test_spacing_by_ground_distance(
    north: float, accuracy_m: float, limit: float, expected: set[str]
) -> None:
    made = Made({"geothermal_well": []}, origin=(117.0, 38.0))
    rows = [well("W1", 0), well("W2", north, accuracy_m=accuracy_m)]
    one = judged(made, rows, [spacing(limit, "prohibits")])["W1"]
    assert said(one, "P-1") == expected
    assert one.plan[0].distance_m == pytest.approx(north, abs=1e-6)
    assert one.plan[0].features == ("W2",)


def test_spacing_in_another_zone_is_the_same() -> None:
    """1.5 degrees off the meridian a planar 500 m is shorter on the ground."""
    made = Made({"geothermal_well": []}, origin=(115.5, 38.0))
    rows = [well("W1", 0), well("W2", 500.0)]
    one = judged(made, rows, [spacing(500.0)])["W1"]
    assert one.plan[0].distance_m == pytest.approx(499.88, abs=0.02)
    assert said(one, "P-1") == {"gap:text_ambiguous"}
    (gap,) = [gap.to_dict() for gap in one.gaps if gap.rule == "P-1"]
    assert (gap["theme"], gap["features"]) == ("geothermal_well", ["W2"])
    assert gap["margin_m"] == pytest.approx(-0.12, abs=0.02)


def test_only_wells_that_the_rule_speaks_of_are_near() -> None:
    made = Made({"geothermal_well": []}, origin=(117.0, 38.0))
    watch = {"id": "M1", "activity": "middeep_reinjection:well_monitoring", "at_m": [0, 5]}
    dry = {"id": "D1", "activity": "middeep_closed_loop:well_production", "at_m": [0, 300]}
    one = judged(made, [well("W1", 0), watch, dry], [spacing(200.0)])["W1"]
    assert one.plan[0].features == ("D1",)


def test_every_well_within_the_spacing_is_named() -> None:
    register = [{"id": "井1", "at_m": [0, -300]}, {"id": "井2", "at_m": [0, 0]}]
    made = Made({"geothermal_well": register}, origin=(117.0, 38.0))
    rows = [well("W1", 0, facts={"stage": "existing"}), well("W2", 200), well("W3", 900)]
    one = judged(made, rows, [spacing(500.0)])["W1"]
    (gap,) = [gap.to_dict() for gap in one.gaps if gap.rule == "P-1"]
    assert gap["features"] == ["W2", "井1"]
    assert (one.plan[0].features, one.plan[0].distance_m) == (("W2",), pytest.approx(200))
    fresh = judged(made, [well("W1", 0, facts={"stage": "new"})], [spacing(500.0)])["W1"]
    assert (fresh.plan[0].features, fresh.plan[0].distance_m) == (("井2",), 0.0)


@pytest.mark.parametrize(
    ("register", "limit", "expected", "nearest"),
    [
        ([("井1", 3)], 500.0, {"clear"}, None),
        ([("井1", 3), ("井2", 3)], 500.0, {"prohibited"}, "井2"),
        ([("井1", 3), ("井2", 0)], 500.0, {"prohibited"}, "井1"),
        ([("井1", 3), ("井2", 0)], 7.0, {"gap:within_accuracy"}, "井1"),
        ([("井1", 0), ("井2", 6)], 12.0, {"prohibited"}, "井2"),
    ],
)
def test_one_entry_of_the_register_is_the_well_itself(
    register: list[tuple[str, float]], limit: float, expected: set[str], nearest: str | None
) -> None:
    held = [{"id": name, "at_m": [0, north]} for name, north in register]
    made = Made({"geothermal_well": held}, {"geothermal_well": 5.0}, origin=(117.0, 38.0))
    row = well("W1", 0, facts={"stage": "existing"})
    one = judged(made, [row], [spacing(limit, "prohibits")])["W1"]
    assert said(one, "P-1") == expected
    assert one.plan[0].features == ((nearest,) if nearest else ())


def test_the_nearest_well_without_a_register() -> None:
    one = judged(Made(), [well("W1", 0)], [spacing(0.0)])["W1"]
    told = one.plan[0].to_dict()
    assert (told["features"], told["distance_m"]) == ([], None)
    assert told["says"]["zh"] == "未见其他地热井，未声明井距，不作判断；未收到地热井登记"
    assert said(judged(Made(), [well("W1", 0)], [spacing(9.0)])["W1"], "P-1") == {"gap:no_layer"}


PAIR = rule_text('{ check = "same_reservoir" }', objects=WELLS, when="")


VAGUE = {"gap:fact_not_stated"}


def pumped(name: str, activity: str, reservoir: Any, at: float) -> dict[str, Any]:
    facts = {"right_id": "C1"} | ({"reservoir": reservoir} if reservoir else {})
    return {"id": name, "activity": activity, "at_m": [at, 0], "facts": facts}


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("guantao",), ("guantao",), {"clear"}),
        (("guantao", "bedrock"), ("bedrock", "guantao"), {"clear"}),
        (("guantao", "bedrock"), ("bedrock",), {"prohibited"}),
        (("bedrock",), ("guantao", "bedrock"), {"gap:text_ambiguous"}),
        (("guantao",), ("bedrock",), {"prohibited"}),
        (("guantao",), ("minghuazhen",), {"prohibited"}),
        (("guantao",), ("other",), {"prohibited"}),
        (("guantao",), None, VAGUE),
        (None, None, VAGUE),
        (("other",), ("other",), VAGUE),
        (("other", "bedrock"), ("bedrock",), {"prohibited"}),
        (("sandstone",), ("sandstone",), VAGUE),
        (("sandstone",), ("guantao",), VAGUE),
        (("minghuazhen",), ("sandstone",), VAGUE),
        (("sandstone",), ("other",), VAGUE),
        (("sandstone",), ("bedrock",), {"prohibited"}),
        (("bedrock",), ("sandstone",), {"prohibited"}),
        (("sandstone", "bedrock"), ("guantao", "bedrock"), VAGUE),
    ],
)
def test_a_pair_shares_its_reservoirs(mine: Any, theirs: Any, expected: set[str]) -> None:
    rows = [pumped("W1", PRODUCES, mine, 0), pumped("W2", RETURNS, theirs, 500)]
    found = outcome(pack(PAIR), Made(), *rows)
    assert found == {"W1": expected, "W2": expected}
    alone = judged(Made(), rows[:1], [pack(PAIR)])["W1"]
    assert said(alone, "P-1") == {"absent"}
    assert alone.plan[0].says["zh"] == "许可证号 C1 下没有可配对的井，不作判断"


def test_several_wells_match_together() -> None:
    rows = [
        pumped("W1", PRODUCES, ("guantao", "bedrock"), 0),
        pumped("W2", RETURNS, ("bedrock",), 500),
        pumped("W3", RETURNS, ("guantao",), 1000),
        pumped("W4", PRODUCES, ("minghuazhen",), 1500),
    ]
    clear, held = {"clear"}, {"prohibited"}
    found = outcome(pack(PAIR), Made(), *rows)
    assert found == {"W1": clear, "W2": clear, "W3": clear, "W4": held}
    assert outcome(pack(PAIR), Made(), *rows[:2], rows[3])["W2"] == held


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([pumped("W1", PRODUCES, ("bedrock",), 0)], {"gap:outside_coverage"}),
        (
            [pumped("W1", PRODUCES, ("bedrock",), 0), pumped("W2", RETURNS, ("bedrock",), 9)],
            {"gap:outside_coverage"},
        ),
        (
            [pumped("W1", PRODUCES, ("bedrock",), 0), pumped("W2", RETURNS, ("guantao",), 9)],
            {"prohibited", "gap:outside_coverage"},
        ),
        ([well("W1", 0)], {"absent"}),
    ],
)
def test_a_refused_row_may_be_a_well_of_the_same_right(
    rows: list[dict[str, Any]], expected: set[str]
) -> None:
    one = judged(Made(), rows, [pack(PAIR)], whole=False)["W1"]
    assert said(one, "P-1") == expected


def test_two_production_wells_are_no_pair() -> None:
    facts = {"right_id": "C1", "reservoir": ("guantao",)}
    rows = [
        {"id": name, "activity": PRODUCES, "at_m": [at, 0], "facts": facts}
        for name, at in (("W1", 0), ("W2", 500))
    ]
    assert outcome(pack(PAIR), Made(), *rows) == {"W1": {"absent"}, "W2": {"absent"}}


BUNDLE = rule_text(
    '{ check = "bundle", by = "county" }',
    effect="procedure",
    objects='["project"]',
    when=', when = [{ fact = "use", op = "is", value = "heating" }]',
)


def project(name: str, at: float, **facts: Any) -> dict[str, Any]:
    return {
        "id": name,
        "activity": "middeep_reinjection:project",
        "at_m": [at, 0],
        "facts": {"use": "heating"} | facts,
    }


@pytest.mark.parametrize(
    ("adcode", "layer", "expected", "counts"),
    [
        ("130102", None, {"listed"}, (2, 0)),
        ("1301", None, {"open"}, (None, None)),
        (None, ["130102", "130102"], {"listed"}, (2, 0)),
        (None, ["130102", "130104"], {"absent"}, (1, 0)),
        (None, ["1301", "1301"], {"open"}, (None, None)),
    ],
)
def test_projects_of_one_county_are_bundled(
    adcode: str | None, layer: Any, expected: set[str], counts: tuple[int | None, int | None]
) -> None:
    boxes = ([-40000, -40000, 0, 40000], [0, -40000, 40000, 40000])
    rows = [
        {"id": f"x{at}", "adcode": code, "box_m": box}
        for at, (code, box) in enumerate(zip(layer or (), boxes, strict=bool(layer)))
    ]
    made = Made({"jurisdiction": rows} if layer else {}, adcode=adcode)
    one = judged(made, [project("J1", -900), project("J2", 900)], [pack(BUNDLE)])["J1"]
    assert said(one, "P-1") == expected
    assert (one.plan[0].count, one.plan[0].possible) == counts
    assert one.verdict is not Verdict.PROHIBITED


def test_a_project_of_unknown_use_may_be_bundled() -> None:
    rows = [project("J1", 0), project("J2", 9, use=None), project("J3", 99, use="industry")]
    rows[1]["facts"] = {}
    found = judged(Made(adcode="130102"), rows, [pack(BUNDLE)])
    assert {name: said(one, "P-1") for name, one in found.items()} == {
        "J1": {"open"}, "J2": {"open"}, "J3": {"absent"},
    }  # fmt: skip
    assert found["J1"].plan[0].to_dict()["counted"] == ["J1"]
    assert (found["J1"].plan[0].possible, found["J3"].plan) == (1, ())
