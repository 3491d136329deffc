"""Ground that a layer does not cover stays open, at every door, where it matters."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
from pyproj import Transformer
from shapely import LineString, MultiPolygon, Point, box, transform, unary_union

import geozone as gz

WELL = "middeep_reinjection:well_production"
STATED = {
    "use": "heating",
    "reservoir": "bedrock",
    "exploration_stage": "feasibility",
    "reinjection_ratio": "1.0",
    "reinjection_same_layer": "true",
}
CRS = "EPSG:4548"
EAST, NORTH = 390_000.0, 4_320_000.0
WIDE = box(-1000, -1000, 5000, 5000)
CLEAR, OPEN, BANNED = "clear", "open", "banned"

# The railway runs at x = 2000 and bans wells within 200 m; its second line, where a case adds
# one, at x = 3500. All other themes are surveyed a kilometre beyond the area.
EASTERN = LineString([(3500, -900), (3500, 4900)])
CASES = {
    "whole": (WIDE, {(1200, 2400): CLEAR, (2500, 2400): CLEAR, (2150, 2400): BANNED}),
    "west half": (
        box(-1000, -1000, 2600, 5000),
        {
            (1200, 2400): CLEAR,
            (2350, 2400): CLEAR,
            (2500, 2400): OPEN,  # 100 m from the edge of what was surveyed
            (2700, 2400): OPEN,
            (3600, 2400): OPEN,
            (2150, 2400): BANNED,
        },
    ),
    "west half, a line beyond it": (
        box(-1000, -1000, 2600, 5000),
        {(3600, 2400): BANNED, (3900, 2400): OPEN, (1200, 2400): CLEAR},
    ),
    "with a hole": (
        WIDE.difference(box(1000, 2200, 1400, 2600)),
        {(1200, 2400): OPEN, (1200, 2100): OPEN, (1200, 1900): CLEAR, (2500, 2400): CLEAR},
    ),
    "two parts": (
        MultiPolygon([box(-1000, -1000, 1300, 5000), box(1700, -1000, 5000, 5000)]),
        {(1000, 2400): CLEAR, (1200, 2400): OPEN, (1500, 2400): OPEN, (2500, 2400): CLEAR},
    ),
    "two features that share an edge": (
        [box(-1000, -1000, 2500, 5000), box(2500, -1000, 5000, 5000)],
        {(2500, 2400): CLEAR, (2400, 2400): CLEAR},
    ),
    "two features that overlap": (
        [box(-1000, -1000, 2700, 5000), box(2300, -1000, 5000, 5000)],
        {(2500, 2400): CLEAR, (2350, 2400): CLEAR},
    ),
    "smaller than the feature": (
        box(1900, 1500, 2100, 3000),
        {(2000, 2400): BANNED, (2150, 3800): BANNED, (2500, 2400): OPEN},
    ),
    "the area only": (
        "area",
        {(1200, 2400): CLEAR, (2500, 3950): OPEN, (100, 2400): OPEN, (2150, 3950): BANNED},
    ),
    "nothing said": (None, {(1200, 2400): OPEN, (2150, 2400): BANNED}),
}
WITH_LINE = "west half, a line beyond it"


def at(shape):
    return transform(shape, lambda points: np.add(points, (EAST, NORTH)))


def write_coverage(path, shapes, crs=CRS):
    given = shapes if isinstance(shapes, list) else [shapes]
    frame = geopandas.GeoDataFrame({"n": range(len(given))}, geometry=[at(one) for one in given])
    frame.set_crs(CRS).to_crs(crs).to_file(path)


def spoil(ground, name):
    """The project with the railway's coverage of a case, and what is owed where."""
    coverage, owed = CASES[name]
    railway = ground.layers["railway"]
    if name == WITH_LINE:
        railway.shapes, railway.classes = [*railway.shapes, EASTERN], ["line", "line"]
    railway.keys["coverage"] = "railway-coverage.gpkg"
    if coverage is None:
        del railway.keys["coverage"]
    if coverage == "area":
        railway.keys["coverage"] = coverage
    project = ground.write()
    if coverage not in (None, "area"):
        write_coverage(project / "railway-coverage.gpkg", coverage)
    return project, owed


def state(verdict, causes):
    """What a verdict says of the railway: the other themes are clear at every place asked."""
    if verdict == "prohibited":
        return BANNED
    if verdict == "undetermined" and causes == {"outside_coverage"}:
        return OPEN
    return CLEAR if verdict in ("allowed", "restricted") else verdict


@pytest.mark.parametrize("name", CASES)
def test_assess_and_explain(ground, judged, name):
    project, owed = spoil(ground, name)
    wells = [
        {"id": f"W{i}", "at": place, "activity": WELL, **STATED} for i, place in enumerate(owed)
    ]
    told = judged(project, ground.wells(*wells))
    found = {
        place: state(one["verdict"], {gap["cause"] for gap in one["gaps"]})
        for place, one in zip(owed, (told[f"W{i}"] for i in range(len(owed))), strict=True)
    }
    assert found == owed
    workspace = gz.open(project)
    degrees = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)
    for place, wanted in owed.items():
        lon, lat = degrees.transform(EAST + place[0], NORTH + place[1])
        (one,) = [one for one in workspace.explain(lon, lat) if str(one.activity) == WELL]
        assert state(one.judgement.verdict.code, set(one.judgement.causes)) == wanted, place


@pytest.mark.parametrize("name", ["west half", WITH_LINE, "with a hole", "two parts"])
def test_zones(ground, name):
    project, owed = spoil(ground, name)
    (zones,) = gz.open(project).zone(WELL).zoning.zones.values()
    for place, wanted in owed.items():
        here = at(Point(place))
        (zone,) = [one for one in zones if one.shape.covers(here)]
        assert state(zone.reason.verdict.code, set(map(str, zone.reason.causes))) == wanted, place


def test_degrees_say_the_same(ground, judged):
    project, owed = spoil(ground, "west half")
    write_coverage(project / "railway-coverage.gpkg", CASES["west half"][0], "EPSG:4490")
    wells = [{"id": f"W{x}", "at": (x, y), "activity": WELL, **STATED} for x, y in owed]
    told = judged(project, ground.wells(*wells))
    found = [state(one["verdict"], {gap["cause"] for gap in one["gaps"]}) for one in told.values()]
    assert dict(zip(owed, found, strict=True)) == owed


def test_a_block_half_covered_is_open_in_its_other_half(ground, judged):
    ground.layers["scenic_area"].keys["coverage"] = "half.gpkg"
    project = ground.write()
    write_coverage(project / "half.gpkg", box(-1000, -1000, 2600, 5000))
    block = box(2300, 2200, 2900, 2600)
    file = ground.blocks({"B": block}, activity="middeep_reinjection:block_mining", **STATED)
    (one,) = judged(project, file).values()
    assert one["verdict"] == one["ground"] == "undetermined"
    unseen = {gap["theme"] for gap in one["gaps"] if gap["cause"] == "outside_coverage"}
    assert unseen == {"scenic_area"}
    parts = {part["verdict"]: part["share"] for part in one["parts"]}
    assert set(parts) == {"undetermined", "allowed"}
    assert parts["undetermined"] == pytest.approx(0.5, abs=1e-3)


def test_two_layers_of_a_theme_see_where_both_see(ground, judged, new_sheet):
    """A layer that covers all does not stand in for its sister that covers the west."""
    project, _ = spoil(ground, "west half")
    text = (project / "geozone.toml").read_text("utf-8")
    second = (
        '[[layer]]\ntheme = "railway"\npath = "railway.gpkg"\ncoverage = "coverage.gpkg"\n'
        'accuracy_m = 0\nhalf_width_m = 10\nclass = { field = "KIND", map = { line = "line" } }\n'
    )
    (project / "geozone.toml").write_text(text + second, "utf-8")
    places = {(1200, 2400): CLEAR, (2500, 2400): OPEN, (3300, 2400): OPEN, (2150, 2400): BANNED}
    wells = [{"id": f"W{x}", "at": (x, y), "activity": WELL, **STATED} for x, y in places]
    told = judged(project, ground.wells(*wells))
    found = [state(one["verdict"], {gap["cause"] for gap in one["gaps"]}) for one in told.values()]
    assert dict(zip(places, found, strict=True)) == places


@pytest.mark.parametrize("problem", ["null-geometry", "empty-geometry", "invalid-geometry"])
def test_a_waived_feature_never_frees_ground(ground, judged, raw, problem):
    """Whatever is waived, the rest of the theme still bans, and nowhere else is it clear."""
    bad = {
        "null-geometry": None,
        "empty-geometry": LineString(),
        "invalid-geometry": LineString([(9, 9), (9, 9)]),
    }
    railway = ground.layers["railway"]
    railway.shapes, railway.classes = [*railway.shapes, bad[problem]], ["line", "line"]
    railway.keys["waive"] = raw(f'[{{ problem = "{problem}", why = "known" }}]')
    project = ground.write()
    wells = [
        {"id": name, "at": place, "activity": WELL, **STATED}
        for name, place in {"near": (2150, 2400), "far": (1200, 2400)}.items()
    ]
    told = judged(project, ground.wells(*wells))
    assert told["near"]["verdict"] == "prohibited"
    assert told["far"]["verdict"] == "undetermined"
    assert {gap["cause"] for gap in told["far"]["gaps"]} == {"waived"}


def test_complete_for_other_classes_leaves_all_open(ground, judged):
    ground.layers["railway"].keys["complete_for"] = ["metro"]
    project = ground.write()
    wells = ground.wells({"id": "A", "at": (1200, 2400), "activity": WELL, **STATED})
    assert judged(project, wells)["A"]["verdict"] == "undetermined"


def test_a_stale_coverage_opens_everything(ground, judged, raw):
    ground.layers["railway"].keys |= {"as_of": raw("2020-01-01"), "max_age_days": 30}
    project = ground.write()
    wells = ground.wells({"id": "A", "at": (1200, 2400), "activity": WELL, **STATED})
    one = judged(project, wells)["A"]
    assert one["verdict"] == "undetermined"
    assert "stale_layer" in {gap["cause"] for gap in one["gaps"]}


FAULTY = {
    "a closed line": (lambda: box(0, 0, 1, 1).boundary, "polygons only"),
    "beside the area": (lambda: box(90_000, 0, 95_000, 5000), "does not meet the study area"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_coverage_that_cannot_be_is_refused(ground, run, tmp_path, name):
    shape, part = FAULTY[name]
    ground.layers["railway"].keys["coverage"] = "odd.gpkg"
    project = ground.write()
    write_coverage(project / "odd.gpkg", shape())
    done = run("zone", project, "--out", tmp_path / "zones")
    assert done.exit_code == 2
    assert "odd.gpkg" in done.stderr
    assert part in done.stderr
    assert not (tmp_path / "zones").exists()


def test_covered_ground_is_the_union(ground):
    project, _ = spoil(ground, "two features that overlap")
    shapes, _ = CASES["two features that overlap"]
    (layer,) = [one for one in gz.open(project).project.layers if one.theme == "railway"]
    assert layer.coverage.area == pytest.approx(unary_union(shapes).area)
