from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import geozone as gz
from geozone.cli import main

LAYERS = Path(__file__).resolve().parents[2] / "layers"
BEIJING = LAYERS / "beijing"
HEBEI = LAYERS / "hebei-demo"
NOW = date(2026, 6, 1)
IN_FORCE = date(2020, 6, 1)
OPEN_DAY = date(2019, 2, 20)
GROUND = ("shallow_closed_loop:project", "middeep_reinjection:project")

A, P, U, N = "allowed", "prohibited", "undetermined", "no_rule"
PROJECTS_BY_DATE = [
    ("the day before the text may begin", date(2019, 2, 19), [N, N, N, N, U, N, N, U, U]),
    ("whether the thirtieth day counts is open", OPEN_DAY, [U, U, U, U, U, U, N, U, U]),
    ("the first sure day", date(2019, 2, 21), [A, P, U, A, P, A, N, U, U]),
    ("in force", IN_FORCE, [A, P, U, A, P, A, N, U, U]),
    ("the last day", date(2022, 12, 31), [A, P, U, A, P, A, N, U, U]),
    ("the day after", date(2023, 1, 1), [N, N, N, N, U, N, N, U, U]),
    ("today: history", NOW, [N, N, N, N, U, N, N, U, U]),
]
REASONS = [
    (IN_FORCE, "J02", "BJ-09"),
    (IN_FORCE, "J03", "heat_balance"),
    (IN_FORCE, "J05", "BJ-11"),
    (IN_FORCE, "J08", "permanent_basic_farmland"),
    (IN_FORCE, "J09", "forbidden_abstraction_zone"),
    (OPEN_DAY, "J01", "between_policies"),
    (OPEN_DAY, "J04", "between_policies"),
    (NOW, "J05", "facts_contradict"),
    (NOW, "J08", "outside_documents"),
    (NOW, "J09", "outside_documents"),
]
GROUND_BY_DATE = [
    (OPEN_DAY, {U}),
    (IN_FORCE, {A, U}),
    (NOW, {N, U}),
]
LISTED_IN_FORCE = [
    ("BJ-01", ["J01", "J02", "J03", "J08"]),
    ("BJ-01e", ["J07"]),
    ("BJ-04", ["J04", "J09"]),
    ("BJ-07b", ["J04"]),
]
HEBEI_BLOCKS = {
    "B01": ("restricted", {"HB-10a"}),
    "B02": (U, {"HB-10a"}),
    "B05": (P, {"HB-02c"}),
    "B06": (P, {"HB-17a", "HB-17c", "HB-20"}),
    "B07": (P, {"HB-18"}),
    "B08": (P, {"HB-04"}),
    "B09": (A, set()),
    "B10": (P, {"HB-17a", "HB-19"}),
    "B11": (P, {"HB-17a", "HB-19"}),
}


@pytest.fixture(scope="module")
def beijing():
    return gz.open(BEIJING)


@pytest.fixture(scope="module")
def judged(beijing):
    """The projects of Beijing as JSON, by id, on a date."""
    known = {}

    def call(on):
        if on not in known:
            found = beijing.assess(BEIJING / "wells.csv", on=on).assessments
            known[on] = {one.to_dict()["id"]: one.to_dict() for one in found}
        return known[on]

    return call


@pytest.fixture(scope="module")
def blocks():
    """The blocks and rights of Hebei as JSON, by id."""
    found = gz.open(HEBEI).assess(HEBEI / "blocks.gpkg").assessments
    return {one.to_dict()["id"]: one.to_dict() for one in found}


def ruled(told):
    return {one["rule"] for key in ("findings", "gaps") for one in told[key] if one["rule"]}


@pytest.mark.parametrize("name", sorted(one.parent.name for one in LAYERS.glob("*/geozone.toml")))
def test_every_sample_opens(name):
    done = CliRunner().invoke(main, ["check", str(LAYERS / name)])
    assert done.exit_code == 0, done.output
    assert "permanent_basic_farmland" in done.output


@pytest.mark.parametrize(
    ("on", "verdicts"),
    [row[1:] for row in PROJECTS_BY_DATE],
    ids=[row[0] for row in PROJECTS_BY_DATE],
)
def test_beijing_is_judged_by_the_date(judged, on, verdicts):
    found = {name: told["verdict"] for name, told in judged(on).items()}
    assert found == {f"J{at:02d}": verdict for at, verdict in enumerate(verdicts, start=1)}


@pytest.mark.parametrize(("on", "name", "reason"), REASONS)
def test_beijing_says_why(judged, on, name, reason):
    told = judged(on)[name]
    assert reason in json.dumps([told["findings"], told["gaps"]])


@pytest.mark.parametrize("activity", GROUND)
@pytest.mark.parametrize(("on", "verdicts"), GROUND_BY_DATE)
def test_beijing_ground_changes_with_the_date(beijing, activity, on, verdicts):
    hectares = beijing.zone(activity, on=on).summary()[activity]
    assert {code for code, area in hectares.items() if area > 0} == verdicts


@pytest.mark.parametrize(("rule", "names"), LISTED_IN_FORCE)
def test_what_beijing_listed_for_whom(judged, rule, names):
    listed = [
        name
        for name, told in judged(IN_FORCE).items()
        if rule in {one["rule"] for one in told["duties"]}
    ]
    assert listed == names


def test_beijing_lists_nothing_as_in_force_today(judged):
    assert not any(told["duties"] or told["operation"] for told in judged(NOW).values())


@pytest.mark.parametrize(("on", "is_history"), [(IN_FORCE, False), (NOW, True)])
def test_the_notice_of_beijing_lists_what_is_over(beijing, tmp_path, on, is_history):
    beijing.notice(BEIJING / "parcel.txt", on=on).save(tmp_path / "notice.json")
    told = json.loads((tmp_path / "notice.json").read_text("utf-8"))
    over = {one["rule"] for one in told["history"]}
    assert ({"BJ-01", "BJ-11", "BJ-16"} <= over) is is_history
    assert bool(over) is is_history


@pytest.mark.parametrize(("name", "expected"), HEBEI_BLOCKS.items())
def test_hebei_blocks_and_rights_show_their_rules(blocks, name, expected):
    verdict, rules = expected
    assert blocks[name]["verdict"] == verdict
    assert rules <= ruled(blocks[name])
    if verdict == A:
        assert not ruled(blocks[name])
