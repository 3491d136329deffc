"""Where verdicts change, in hectares told by hand, and what makes the difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geozone.answers.compare import Comparison, compare
from geozone.engine.states import states_at
from geozone.land.project import Project, read_project
from geozone.law.errors import Refused
from geozone.law.state import State
from geozone.law.verdict import Verdict
from geozone.rules.judge import judge_ground

ALL = 1_600.0
Told = Callable[[Any], dict[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    return read_project(folder)


CHANGES: dict[str, tuple[str, str, dict[tuple[str, ...], float]]] = {
    "the strip grows from 200 to 500 m on both sides": (
        "old.toml@2024-06-01",
        "wide.toml@2024-06-01",
        {("allowed", "prohibited", "T1-1"): 2 * 300 * 4_000 / 1e4},
    ),
    "a ban becomes a restriction": (
        "old.toml@2024-06-01",
        "mild.toml@2024-06-01",
        {("prohibited", "restricted", "T1-2"): 36.0},
    ),
    "an exemption answers the ban, so both are told": (
        "old.toml@2024-06-01",
        "freed.toml@2024-06-01",
        {("prohibited", "allowed", "T1-2", "T1-3"): 36.0},
    ),
    "another document follows, which does not speak of farmland": (
        "2024-06-01",
        "2025-06-01",
        {("prohibited", "undetermined", "T1-2"): 36.0},
    ),
    "what answered for farmland is not answered any more": (
        "mild.toml@2024-06-01",
        "later.toml@2025-06-01",
        {("restricted", "undetermined", "T1-2"): 36.0},
    ),
    "a document was silent on purpose, the next is not": (
        "silent.toml@2024-06-01",
        "later.toml@2025-06-01",
        {("allowed", "undetermined", "T1"): 36.0},
    ),
    "before any document, no rule": (
        "2019-06-01",
        "2024-06-01",
        {
            ("undetermined", "prohibited", "T1-1"): 2 * 200 * 4_000 / 1e4,
            ("undetermined", "prohibited", "T1-2"): 36.0,
            ("no_rule", "allowed", "T1"): ALL - 160.0 - 36.0,
        },
    ),
    "a new note changes no verdict": (
        "old.toml@2024-06-01",
        "reworded.toml@2024-06-01",
        {},
    ),
}


@pytest.mark.parametrize(("a", "b", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes_in_hectares_with_the_rules(
    project: Project, told: Told, a: str, b: str, expected: dict[tuple[str, ...], float]
) -> None:
    found = compare(project, a, b)
    summed = told(found)
    assert summed.keys() == expected.keys()
    for key, area in expected.items():
        assert summed[key] == pytest.approx(area, rel=1e-6), key
    assert _whole(found) == pytest.approx([ALL], rel=1e-6)


def _whole(found: Comparison) -> list[float]:
    """Hectares of all ground per activity: changed and unchanged."""
    return [
        (sum(one.area_m2 for one in zones) + sum(found.unchanged[activity].values())) / 1e4
        for activity, zones in found.changes.items()
    ]


@pytest.mark.parametrize(
    "side", ["2024-06-01", "old.toml,later.toml@2025-06-01", "SX26@2026-06-01"]
)
def test_a_side_compared_with_itself_changes_nothing(project: Project, side: str) -> None:
    found = compare(project, side, side, rules=True)
    assert [len(zones) for zones in found.changes.values()] == [0]
    assert _whole(found) == pytest.approx([ALL], rel=1e-6)


@pytest.mark.parametrize(("a", "b", "_expected"), CHANGES.values(), ids=CHANGES)
def test_sides_may_be_swapped(project: Project, a: str, b: str, _expected: object) -> None:
    here, there = compare(project, a, b, rules=True), compare(project, b, a, rules=True)
    assert _mirrored(here) == _faced(there)
    assert [sorted(one.values()) for one in here.unchanged.values()] == [
        sorted(one.values()) for one in there.unchanged.values()
    ]


def _faced(found: Comparison) -> set[tuple[object, bytes, float]]:
    zones = [one for each in found.changes.values() for one in each]
    return {(one.change, one.shape.wkb, one.area_m2) for one in zones}


def _mirrored(found: Comparison) -> set[tuple[object, bytes, float]]:
    return {
        (replace(change, a=change.b, b=change.a), shape, area)
        for change, shape, area in _faced(found)
    }


def test_other_rules_behind_the_same_verdict_are_told_on_request(
    project: Project, told: Told
) -> None:
    sides = ("old.toml@2024-06-01", "wide.toml@2024-06-01")
    assert ("prohibited", "prohibited", "T1-1") not in told(compare(project, *sides))
    found = compare(project, *sides, rules=True)
    assert told(found)["prohibited", "prohibited", "T1-1"] == pytest.approx(160.0, rel=1e-6)
    assert _whole(found) == pytest.approx([ALL], rel=1e-6)


def test_new_words_are_no_other_rule(project: Project, told: Told) -> None:
    found = compare(project, "old.toml@2024-06-01", "reworded.toml@2024-06-01", rules=True)
    assert told(found) == {}


def test_data_that_differ_between_the_days_are_told(made: Any, tmp_path: Path, told: Told) -> None:
    keys = "valid = [2024-01-01, 2024-06-30]"
    stale = read_project(made.write(tmp_path / "stale", made.Land(railway_keys=keys)))
    found = compare(stale, "old.toml@2024-06-01", "old.toml@2024-07-01")
    assert found.pair.differing == {"railway"}
    changes = [one.change for zones in found.changes.values() for one in zones]
    assert {one.layers for one in changes} == {("railway",)}
    assert {one.b.causes for one in changes} == {("stale_layer",)}
    assert told(found).keys() == {
        ("allowed", "undetermined", "T1-1"),
        ("prohibited", "undetermined", "T1-1"),
    }


def test_what_the_same_ground_is_asked_is_asked_once(project: Project) -> None:
    pair = compare(project, "old.toml@2024-06-01", "wide.toml@2024-06-01").pair
    keys = [region.condition.key for region in pair.regions]
    assert len(keys) == len(set(keys)) == len(pair.a.regions) + 1
    for site, places in ((pair.a, pair.places_a), (pair.b, pair.places_b)):
        asked = [pair.regions[place].condition for place in places]
        assert asked == [region.condition for region in site.regions]


def test_every_place_is_told_what_each_side_says_of_it(project: Project, made: Any) -> None:
    found = compare(project, "2024-06-01", "wide.toml@2024-06-01", rules=True)
    rng = np.random.default_rng(11)
    points = rng.uniform(0, made.side, (400, 2)) + np.array([made.east, made.north])
    verdicts = {name: _judged(site, points) for name, site in _sites(found)}
    for activity, zones in found.changes.items():
        for at, point in enumerate(shapely.points(points)):
            near = [one for one in zones if shapely.dwithin(one.shape, point, 0.02)]
            inside = [one for one in near if shapely.distance(one.shape.boundary, point) > 0.02]
            told = tuple(verdicts[name][activity][at] for name in "ab")
            if inside:
                change = inside[0].change
                assert (change.a.verdict, change.b.verdict) == told
                assert len(inside) == 1
            elif not near:
                assert told[0] is told[1]


def _sites(found: Comparison) -> list[tuple[str, Any]]:
    return [("a", found.pair.a), ("b", found.pair.b)]


def _judged(site: Any, points: Any) -> dict[Any, list[Verdict]]:
    rows = [tuple(State(int(one)) for one in row) for row in states_at(site.regions, points)]
    return {
        activity: [judge_ground(program, row, site.causes).verdict for row in rows]
        for activity, program in site.programs.items()
    }


RULES = st.tuples(
    st.sampled_from([100, 150, 300, 450]), st.sampled_from(["prohibits", "questions"]),
    st.sampled_from(["prohibits", "questions", None]),
)  # fmt: skip


@settings(max_examples=12)
@given(first=RULES, second=RULES)
def test_ground_is_whole_and_mirrored_whatever_the_rules(
    project: Project, folder: Path, made: Any, first: Any, second: Any
) -> None:
    names = []
    for at, (within, effect, farms) in enumerate((first, second)):
        rules = [made.railway("T1-1", within, effect)]
        rules += [made.farmland("T1-2", farms)] if farms else []
        names.append(f"drawn-{at}.toml@2024-06-01")
        (folder / f"drawn-{at}.toml").write_text(made.Pack(rules).text, "utf-8")
    here, there = compare(project, *names), compare(project, *reversed(names))
    assert _mirrored(here) == _faced(there)
    assert _whole(here) == pytest.approx([ALL], rel=1e-6)
    assert (first == second) <= (not _faced(here))
    for zones in here.changes.values():
        assert all(one.change.verdict_changes and one.change.by for one in zones)


def test_activities_and_sides_are_refused_together(project: Project) -> None:
    with pytest.raises(Refused) as refused:
        compare(project, "2024-06-01", "NOPE@2024-06-01", ["well"])
    assert [(one.file, one.place) for one in refused.value.faults] == [
        ("--activity", "well"),
        ("B", "NOPE"),
    ]
