"""How many rights lie in a settlement or a boundary, and what leaves that open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from made_plan import (
    CAP,
    HELD,
    PRODUCES,
    VILLAGE,
    Made,
    Rows,
    judged,
    outcome,
    pack,
    right,
    rule_text,
    said,
)

from geozone.law.verdict import Verdict

BATHING = "bathing:right_mining"
EXPLORES = "middeep_reinjection:right_exploration"
ADDED = CAP.replace('"all"', '"new"')


@pytest.mark.parametrize(
    ("registered", "rows", "expected"),
    [
        ([], [right()], {"R1": {"clear"}}),
        ([HELD], [right()], {"R1": {"prohibited"}}),
        ([{**HELD, "right_id": None}], [right()], {"R1": {"prohibited"}}),
        ([HELD, {**HELD, "id": "r2"}], [right("R1", 2000, 0, 2400, 400)], {"R1": {"clear"}}),
        ([HELD], [right(stage="existing")], {"R1": {"clear"}}),
        ([HELD], [right(stage=None)], {"R1": {"gap:fact_not_stated"}}),
        ([], [right(stage=None)], {"R1": {"clear"}}),
        (
            [],
            [right("R1", 0, 0, 400, 400), right("R2", 500, 0, 900, 400, stage="existing")],
            {"R1": {"prohibited"}, "R2": {"clear"}},
        ),
        # an existing right without a right id may be the registered one on its ground
        (
            [HELD],
            [right("R2", 0, 0, 400, 400, stage="existing"), right("R1", 2000, 0, 2400, 400)],
            {"R1": {"clear"}, "R2": {"clear"}},
        ),
        # a right that reaches out of the village by a hair of its accuracy may count
        ([], [right(), {**right("R2", 0, 0, 400, 400), "accuracy_m": 5}],
         {"R1": {"gap:text_ambiguous"}, "R2": {"gap:text_ambiguous"}}),
        ([], [right(), {**right("R2", 6, 6, 400, 400), "accuracy_m": 5}],
         {"R1": {"prohibited"}, "R2": {"prohibited"}}),
        ([], [right(), {**right("R2", 1003, 0, 1400, 400), "accuracy_m": 5}],
         {"R1": {"gap:within_accuracy"}, "R2": {"gap:within_accuracy"}}),
        ([], [right(), right("R2", 1003, 0, 1400, 400)], {"R1": {"clear"}, "R2": {"clear"}}),
        # too many for certain: only a right that is surely inside is prohibited by that
        ([HELD, {**HELD, "id": "r2", "right_id": "C2"}], [right("R1", 900, 900, 1100, 1100)],
         {"R1": {"gap:text_ambiguous"}}),
    ],
)  # fmt: skip
def test_a_cap_counts_distinct_rights(
    registered: Rows, rows: Rows, expected: Mapping[str, set[str]]
) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": registered})
    assert outcome(pack(rule_text(CAP)), made, *rows) == expected


def test_an_existing_right_without_a_right_id_is_not_counted_twice_for_certain() -> None:
    wide = CAP.replace("limit = 1", "limit = 2")
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    same = right("R2", 0, 0, 400, 400, stage="existing")
    other = right("R2", 0, 500, 400, 900, stage="existing")
    named = right("R2", 0, 0, 400, 400, stage="existing", right_id="C9")
    found = [
        outcome(pack(rule_text(wide)), made, one, right())["R1"] for one in (same, other, named)
    ]
    assert found == [{"gap:fact_not_stated"}, {"prohibited"}, {"prohibited"}]


@pytest.mark.parametrize(
    ("granted", "stage", "expected"),
    [
        (date(2022, 10, 22), "existing", {"clear"}),
        (date(2022, 10, 23), "existing", {"prohibited"}),
        (None, "existing", {"gap:fact_not_stated"}),
        (None, None, {"gap:fact_not_stated"}),
        (None, "expansion", {"gap:fact_not_stated"}),
        (None, "new", {"prohibited"}),
        (date(2015, 1, 1), "new", {"prohibited"}),
    ],
)
def test_what_counts_as_added(granted: date | None, stage: str | None, expected: set[str]) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": []})
    other = right("R2", 0, 0, 400, 400, stage=stage, granted_on=granted)
    assert outcome(pack(rule_text(ADDED)), made, right(), other)["R1"] == expected


@pytest.mark.parametrize(
    ("granted", "expected"),
    [(date(2020, 12, 31), {"clear"}), (date(2021, 1, 1), {"prohibited"})],
)
def test_a_rule_may_name_the_day_from_which_rights_are_added(
    granted: date, expected: set[str]
) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": []})
    other = right("R2", 0, 0, 400, 400, stage="existing", granted_on=granted)
    named = ADDED.replace('"new"', '"new", since = 2021-01-01')
    assert outcome(pack(rule_text(named)), made, right(), other)["R1"] == expected


def test_a_right_that_does_not_count_is_not_concerned() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [{**HELD, "granted_on": "2023-05-01"}]})
    every = pack(rule_text(ADDED.replace("limit = 1", "limit = 0"), when=""))
    old = right(stage="existing", granted_on=date(2015, 1, 1))
    assert outcome(every, made, old) == {"R1": {"clear"}}
    assert outcome(every, made, right()) == {"R1": {"prohibited"}}


def test_a_registered_right_proposed_as_new_contradicts_itself() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    one = judged(made, [right(right_id="C1")], [pack(rule_text(CAP))])["R1"]
    gaps = [(gap.gap.cause.value, gap.gap.fact, gap.gap.rule) for gap in one.gaps]
    assert gaps == [("facts_contradict", "right_id", None)]
    assert one.verdict is Verdict.UNDETERMINED
    assert one.plan[0].counted == ("C1",)
    overlap = rule_text('{ check = "overlap", with = "right_mining" }', id="P-2")
    both = judged(made, [right(right_id="C1")], [pack(rule_text(CAP), overlap)])["R1"]
    assert [gap.to_dict() for gap in both.gaps] == [gap.to_dict() for gap in one.gaps]
    renewal = judged(made, [right(right_id="C1", stage="renewal")], [pack(rule_text(CAP))])["R1"]
    assert (renewal.verdict, renewal.gaps) == (Verdict.ALLOWED, ())


CLASH = {"gap:facts_contradict"}
CLEAR = {"clear"}
NAMED = {"right_id": "N1"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([right(**NAMED), right("R2", 0, 0, 400, 400, **NAMED)], CLEAR),
        ([right(**NAMED), right("R2", 500, 0, 900, 500, **NAMED)], CLEAR),
        ([right(**NAMED), right("R2", 500, 0, 900, 501, **NAMED)], CLASH),
        ([right(**NAMED), right("R2", 500, 0, 900, 501, **NAMED) | {"accuracy_m": 2}], CLEAR),
        ([right(**NAMED), right("R2", 500, 0, 900, 501, stage=None, **NAMED)], CLASH),
        ([right(**NAMED), right("R2", 0, 0, 400, 400, stage="existing", **NAMED)], CLASH),
        ([right(**NAMED), right("R2", 0, 0, 400, 400, **NAMED, holder="甲")], CLEAR),
        ([right(**NAMED, holder="甲"), right("R2", 0, 0, 400, 400, **NAMED, holder="甲")], CLEAR),
        ([right(**NAMED, holder="乙"), right("R2", 0, 0, 400, 400, **NAMED, holder="甲")], CLASH),
        ([right(**NAMED), right("R2", 0, 0, 400, 400, **NAMED) | {"activity": BATHING}], CLASH),
        ([right(**NAMED), right("R2", 0, 0, 400, 400, **NAMED) | {"activity": EXPLORES}], CLASH),
        ([right(**NAMED), {"id": "R2", "activity": PRODUCES, "at_m": [0, 0], "facts": NAMED}],
         CLEAR),
    ],
)  # fmt: skip
def test_one_right_id_is_stated_of_one_right(rows: Rows, expected: set[str]) -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": []})
    found = judged(made, rows, [pack(rule_text(CAP))])
    assert said(found["R1"], "P-1") == expected
    is_right = rows[1]["activity"] != PRODUCES
    assert (said(found["R2"], "P-1") >= CLASH) is (expected is CLASH and is_right)


def test_an_id_stated_of_two_existing_rights_contradicts_without_a_rule_that_binds_them() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": []})
    rows = [
        right(name, *box, right_id="N1", stage="existing", holder=holder)
        for name, box, holder in (("R1", (0, 0, 9, 9), "甲"), ("R2", (20, 0, 29, 9), "乙"))
    ]
    found = judged(made, rows, [pack(rule_text(CAP))])
    assert {one.verdict for one in found.values()} == {Verdict.UNDETERMINED}
    (gap,) = [gap.to_dict() for gap in found["R1"].gaps]
    assert (gap["cause"], gap["fact"], gap["features"]) == ("facts_contradict", "right_id", ["N1"])
    plain = judged(made, rows, [pack()])
    assert {one.verdict for one in plain.values()} == {Verdict.ALLOWED}


def test_what_the_layer_does_not_say_of_a_feature_is_named() -> None:
    base = (
        '{ check = "cap", within = "urban_development_boundary", class = ["county_town"], '
        'counts = "all", op = "不超过", limit = 0, only = { county_level_city = ["yes"] } }'
    )
    told = []
    for kind, city in (("county_town", "yes"), ("county_town", None), (None, None)):
        row = {"id": "界", "class": kind, "county_level_city": city, "box_m": [0, 0, 2000, 2000]}
        made = Made({"urban_development_boundary": [row], "right_mining": []})
        (line,) = judged(made, [right()], [pack(rule_text(base))])["R1"].plan
        told.append((line.says["zh"].split("；")[1:], line.says["en"].split("; ")[2:]))
    assert told == [
        ([], []),
        (["图层未给出该要素的 county_level_city，请补充"],
         ["the layer does not give its county_level_city: supply it"]),
        (["图层未给出该要素的 class、county_level_city，请补充"],
         ["the layer does not give its class, county_level_city: supply it"]),
    ]  # fmt: skip


def test_the_same_registered_right_counts_once_with_its_renewal() -> None:
    every = pack(rule_text(CAP, when=""))
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    renewal = right("R1", 0, 0, 400, 400, right_id="C1", stage="renewal")
    assert outcome(every, made, renewal) == {"R1": {"clear"}}
    assert outcome(every, made, renewal, right("R2"))["R1"] == {"prohibited"}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (Made({"settlement": [VILLAGE]}), {"gap:no_layer"}),
        (Made({"right_mining": []}), {"gap:no_layer"}),
        (Made({}), {"gap:no_layer"}),
        (Made({"settlement": [VILLAGE], "right_mining": []}, stale=["settlement"]),
         {"gap:stale_layer"}),
        (Made({"settlement": [VILLAGE], "right_mining": []},
              covered={"right_mining": [0, 0, 1000, 999]}), {"gap:outside_coverage"}),
        (Made({"settlement": [VILLAGE], "right_mining": []},
              covered={"right_mining": [0, 0, 1000, 1000]}), {"clear"}),
        (Made({"settlement": [VILLAGE], "right_mining": []},
              covered={"right_mining": [0, 0, 1000, 1000]}, accuracy_m={"right_mining": 5}),
         {"gap:outside_coverage"}),
        (Made({"settlement": [], "right_mining": []},
              covered={"settlement": [0, 0, 899, 1000]}), {"gap:outside_coverage"}),
        (Made({"settlement": [], "right_mining": []}), {"clear"}),
        (Made({"settlement": [{**VILLAGE, "class": "town"}], "right_mining": [HELD]}), {"clear"}),
        (Made({"settlement": [{**VILLAGE, "class": None}], "right_mining": [HELD]}),
         {"gap:outside_coverage"}),
        (Made({"settlement": [{**VILLAGE, "class": None}], "right_mining": []}), {"clear"}),
        (Made({"settlement": [], "right_mining": []}, complete_for={"settlement": ["town"]}),
         {"gap:outside_coverage"}),
        # cells of a raster are no features: they cannot be counted, nor counted in
        (Made({"settlement": [VILLAGE], "right_mining": [HELD]}, rasters=["settlement"]),
         {"gap:no_layer"}),
        (Made({"settlement": [VILLAGE], "right_mining": []}, rasters=["right_mining"]),
         {"gap:no_layer"}),
    ],
)  # fmt: skip
def test_what_is_not_known_leaves_a_cap_open(made: Made, expected: set[str]) -> None:
    assert outcome(pack(rule_text(CAP)), made, right()) == {"R1": expected}


def test_rows_that_were_refused_might_count() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [], "geothermal_well": []})
    rules = [
        rule_text(CAP),
        rule_text('{ check = "overlap", with = "right_mining" }', id="P-2"),
    ]
    one = judged(made, [right()], [pack(*rules)], whole=False)["R1"]
    assert said(one, "P-1") == said(one, "P-2") == {"gap:outside_coverage"}
    held = judged(made, [right(), right("R2", 0, 0, 600, 600)], [pack(*rules)], whole=False)["R1"]
    assert said(held, "P-1") == said(held, "P-2") == {"prohibited"}


def test_a_cap_is_told_feature_by_feature() -> None:
    other = {"id": "村B", "class": "village", "box_m": [1000, 0, 2000, 1000]}
    made = Made({"settlement": [VILLAGE, other], "right_mining": [HELD]})
    one = judged(made, [right("R1", 900, 500, 1300, 900)], [pack(rule_text(CAP))])["R1"]
    told = [each.to_dict() for each in one.plan]
    keys = ("check", "features", "counted", "count", "possible", "limit")
    assert [[each[key] for key in keys] for each in told] == [
        ["cap", ["村A"], ["C1"], 1, 1, 1.0],
        ["cap", ["村B"], [], 0, 1, 1.0],
    ]
    assert told[0]["says"]["zh"] == "村镇建成区 村A：采矿权 1 个，另有 1 个可能计入，限 1 个"
    assert 39_000 < told[0]["area_m2"] < 41_000
    (gap,) = one.gaps
    assert gap.to_dict()["features"] == ["村A"]
    assert gap.to_dict()["theme"] == "settlement"


def test_a_broken_cap_is_found_with_its_features() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    policy = pack(rule_text(CAP, more='in_principle = true\nnote = { zh = "注", en = "note" }'))
    one = judged(made, [right("R1", 500, 500, 900, 900)], [policy])["R1"]
    (found,) = [each.to_dict() for each in one.findings]
    assert (found["theme"], found["features"], found["in_principle"]) == (
        "settlement", ["村A"], True,
    )  # fmt: skip
    assert found["share"] == 1.0
    assert one.advisories == {"P-1": {"zh": "注", "en": "note"}}
    assert one.verdict is Verdict.PROHIBITED
    assert one.ground is Verdict.ALLOWED


def test_only_and_excludes() -> None:
    base = (
        '{ check = "cap", within = "urban_development_boundary", class = ["county_town"], '
        'counts = "all", op = "不超过", limit = 0, %s = { county_level_city = ["yes"] } }'
    )
    found = {}
    for city in ("yes", "no", None):
        town = {"id": "界", "class": "county_town", "box_m": [0, 0, 2000, 2000]}
        made = Made(
            {"urban_development_boundary": [town | {"county_level_city": city}], "right_mining": []}
        )
        rules = [rule_text(base % "excludes"), rule_text(base % "only", id="P-2")]
        one = judged(made, [right()], [pack(*rules)])["R1"]
        found[city] = (said(one, "P-1"), said(one, "P-2"))
    assert found == {
        "yes": ({"clear"}, {"prohibited"}),
        "no": ({"prohibited"}, {"clear"}),
        None: ({"prohibited"}, {"gap:outside_coverage"}),
    }


def test_a_question_is_lifted_by_an_approval_that_names_it() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    policy = pack(rule_text(CAP, effect="questions"))
    assert outcome(policy, made, right()) == {"R1": {"gap:text_ambiguous"}}
    approved = right(approvals=("P-1=文1",))
    partly = right("R1", 900, 900, 1100, 1100, approvals=("P-1=文1",))
    assert outcome(policy, made, approved) == {"R1": {"lifted"}}
    assert outcome(policy, made, partly) == {"R1": {"lifted"}}
    other = right(approvals=("P-2=文1",))
    assert outcome(policy, made, other) == {"R1": {"gap:text_ambiguous"}}


def test_an_approval_lifts_a_ban_only_in_principle() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    approved = right(approvals=("P-1=文1",))
    partly = right("R1", 900, 900, 1100, 1100, approvals=("P-1=文1",))
    plain, soft = pack(rule_text(CAP)), pack(rule_text(CAP, more="in_principle = true"))
    assert outcome(plain, made, approved) == {"R1": {"prohibited"}}
    assert outcome(plain, made, partly) == {"R1": {"gap:text_ambiguous"}}
    assert outcome(soft, made, approved) == {"R1": {"restricted", "lifted"}}
    assert outcome(soft, made, partly) == {"R1": {"restricted", "lifted"}}
    unseen = Made({"settlement": [VILLAGE]})
    assert outcome(soft, unseen, approved) == {"R1": {"gap:no_layer"}}


def test_a_procedure_is_listed_beside_the_verdict() -> None:
    made = Made({"settlement": [VILLAGE], "right_mining": [HELD]})
    policy = pack(rule_text(CAP, effect="duty"))
    one = judged(made, [right()], [policy])["R1"]
    assert said(one, "P-1") == {"listed"}
    (listed,) = [each for judgement in one.judgements for each in judgement.listed]
    assert listed.met is False
    assert one.verdict is Verdict.ALLOWED
