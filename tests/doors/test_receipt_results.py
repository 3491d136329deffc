"""Every result states what it rests on: receipts of layers and of all other files, versions."""

from __future__ import annotations

import hashlib
import json
from importlib import resources

import jsonschema
import pytest
from shapely import Point, Polygon, box

import geozone as gz

WELL = "middeep_reinjection:well_production"
EAST, NORTH = 390_000.0, 4_320_000.0
BLOCK = "middeep_reinjection:block_mining"
STATED = {"use": "heating", "reservoir": "bedrock", "reinjection_ratio": "1.0"}
SCHEMA = json.loads(
    resources.files("geozone.schemas").joinpath("result.schema.json").read_text("utf-8")
)
SPIKE = [(1300, 2300), (1350, 2300), (1300, 2300)]
SPIKED = Polygon([(1100, 2200), (1300, 2200), *SPIKE, (1300, 2400), (1100, 2400)])
BOW = Polygon([(1100, 2200), (1300, 2400), (1300, 2200), (1100, 2400)])


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def roles(told):
    return [(one["role"], one["name"]) for one in told["inputs"]]


BASE = [("area", "area.gpkg"), ("coverage", "coverage.gpkg")]


def test_assess_states_all_files(ground, run, tmp_path):
    project = ground.write()
    wells = ground.wells({"id": "A", "at": (1200, 2400), "activity": WELL})
    facts = project / "facts.csv"
    facts.write_text("id,use,reservoir\nA,heating,bedrock\n", encoding="utf-8")
    out = tmp_path / "out.json"
    done = run("assess", project, wells, "--facts", facts, "--out", out)
    assert done.exit_code in (0, 3), done.output
    told = read(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert roles(told) == [*BASE, ("proposals", "wells.csv"), ("facts", "facts.csv")]
    by_role = {one["role"]: one for one in told["inputs"]}
    assert by_role["proposals"]["sha256"] == sha256(wells)
    assert by_role["facts"]["sha256"] == sha256(facts)
    assert by_role["area"]["sha256"] == sha256(project / "area.gpkg")
    assert by_role["proposals"]["receipt"]["read"] == 1
    assert "EPSG:4490 -> EPSG:4548" in by_role["proposals"]["receipt"]["operation"]
    assert {"geos", "proj", "shapely", "pyogrio", "gdal (pyogrio)"} <= set(told["versions"])
    for layer in told["layers"]:
        receipt = layer["receipt"]
        assert layer["features"] == receipt["kept"] == receipt["read"] == 1
        assert receipt["coverage_sha256"] == by_role["coverage"]["sha256"]


def test_proposals_are_repaired_and_said_so(ground, run, tmp_path):
    project = ground.write()
    blocks = ground.blocks({"B": SPIKED}, activity=BLOCK, **STATED)
    out = tmp_path / "out.json"
    done = run("assess", project, blocks, "--out", out)
    assert done.exit_code in (0, 3), done.output
    assert "zero-width spikes" in done.stderr
    told = read(out)
    receipt = told["inputs"][-1]["receipt"]
    (spikes,) = receipt["mended"]
    assert (spikes["what"], spikes["features"]) == ("zero-width spikes", ["feature 1"])
    assert spikes["area_before_m2"] == spikes["area_after_m2"] == pytest.approx(40_000)
    assert "fiona" in told["versions"]
    jsonschema.Draft202012Validator(SCHEMA).validate(told)


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        (BOW, "自相交"),
        (Polygon(), "empty-geometry"),
        (Polygon([(1, 1), (2, 2), (3, 3)]), "invalid-geometry"),
        (box(0, 0, 9, 9).union(box(20, 0, 29, 9)).boundary, "block_mining"),
    ],
)
def test_bad_proposals_are_refused_in_both_languages(ground, run, tmp_path, shape, part):
    project = ground.write()
    good = box(1100, 2200, 1300, 2400)
    blocks = ground.blocks({"A": good, "B": shape}, activity=BLOCK, **STATED)
    out = tmp_path / "out.json"
    done = run("assess", project, blocks, "--out", out)
    assert done.exit_code == 2
    assert part in done.stderr
    assert "feature 2" in done.stderr
    assert not out.exists()


def test_zones_notice_map_and_comparison_state_them_too(ground, run, tmp_path):
    project = ground.write()
    assert run("zone", project, "--out", tmp_path / "z").exit_code == 0
    summary = read(tmp_path / "z" / "summary.json")
    assert roles(summary) == BASE
    assert summary["versions"]
    parcel = ground.blocks({"P": box(1100, 2200, 1300, 2400)}, name="parcel.gpkg")
    assert run("notice", project, parcel, "--out", tmp_path / "n.json").exit_code == 0
    data = read(tmp_path / "n.json")["data"]
    assert roles(data) == [*BASE, ("proposals", "parcel.gpkg")]
    assert run("notice", project, parcel, "--out", tmp_path / "n.html").exit_code == 0
    notice = (tmp_path / "n.html").read_text("utf-8")
    assert all(one["sha256"] in notice for one in [*data["inputs"], *data["layers"]])
    assert run("map", project, "--out", tmp_path / "m.html").exit_code == 0
    page = (tmp_path / "m.html").read_text("utf-8")
    call = ("policy", "compare", project, "2024-06-01", "2026-06-01", "--out", tmp_path / "c")
    done = run(*call)
    assert done.exit_code == 0, done.output
    changes = read(tmp_path / "c" / "changes.json")
    sides = [changes["a"], changes["b"]]
    assert all(roles(one) == BASE and one["versions"] for one in sides)
    check = jsonschema.Draft202012Validator({"$ref": "#/$defs/receipt", "$defs": SCHEMA["$defs"]})
    for told in (summary, data, *sides):
        assert len(told["layers"]) == len(ground.layers)
        for one in [*told["layers"], *told["inputs"]]:
            check.validate(one["receipt"])
            assert one["sha256"]
    for layer in summary["layers"]:
        assert layer["sha256"] in page


def test_the_same_files_give_the_same_receipts(ground, run, tmp_path):
    project = ground.write()
    texts = []
    for name in ("one", "two"):
        assert run("zone", project, "--out", tmp_path / name).exit_code == 0
        texts.append((tmp_path / name / "summary.json").read_text("utf-8"))
    assert texts[0] == texts[1]
    assert str(project) not in texts[0]


def test_slivers_and_duplicates_are_kept_and_told(ground, judged, run):
    """A polygon too thin to be drawn still bans what is near it, in zones as for wells."""
    railway = ground.layers["railway"]
    thin = box(2000, -900, 2000.0002, 4900)
    railway.shapes, railway.classes = [thin, thin], ["corridor", "corridor"]
    railway.keys["class"] = {"field": "KIND", "map": {"corridor": "corridor"}}
    del railway.keys["half_width_m"]
    project = ground.write()
    done = run("check", project)
    assert "slivers" in done.stdout
    assert "exact duplicates" in done.stdout
    places = {"near": (2150, 2400), "far": (2350, 2400)}
    wells = [{"id": name, "at": at, "activity": WELL, **STATED} for name, at in places.items()]
    told = judged(project, ground.wells(*wells))
    assert told["near"]["verdict"] == "prohibited"
    assert {each["rule"] for each in told["near"]["findings"]} >= {"HB-11"}
    assert told["far"]["verdict"] != "prohibited"
    (zones,) = gz.open(project).zone(WELL).zoning.zones.values()
    here = Point(EAST + 2150, NORTH + 2400)
    (zone,) = [one for one in zones if one.shape.covers(here)]
    assert zone.reason.verdict.code == "prohibited"
