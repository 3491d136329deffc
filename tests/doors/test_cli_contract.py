"""What the commands write, what they judge and how they leave."""

from __future__ import annotations

import atexit
import csv
import gc
import io
import json
import re
import sqlite3
from datetime import date
from importlib import resources
from pathlib import Path

import geopandas
import jsonschema
import openpyxl
import pytest
import rasterio
from pyproj import Geod
from shapely import box
from shapely.geometry import shape as shape_of

import geozone as gz
from geozone.pages.stamp import finish_geopackage

WELL = "middeep_reinjection:well_production"
BLOCK = "middeep_reinjection:block_mining"
STATED = {
    "use": "heating",
    "reservoir": "bedrock",
    "exploration_stage": "feasibility",
    "reinjection_ratio": "1.0",
    "reinjection_same_layer": "true",
}
CLEAR, FARMLAND, STRIP, REDLINE = (1200, 2400), (700, 700), (2150, 3000), (3200, 3200)
ENDINGS = (".json", ".csv", ".xlsx", ".gpkg", ".geojson")
NOTICE_KEYS = {
    "schema",
    "parcel",
    "matrix",
    "findings",
    "clear",
    "gaps",
    "changes",
    "resources",
    "duties",
    "alternatives",
    "data",
    "hash",
}


def well(name, place, **more):
    return {"id": name, "at": place, "activity": WELL, **STATED, **more}


def causes(one):
    return {gap["cause"] for gap in one["gaps"]}


@pytest.fixture
def four(ground):
    """The project and a file of four wells: clear, farmland, strip, red line."""
    project = ground.write()
    places = {"A": CLEAR, "F": FARMLAND, "S": STRIP, "R": REDLINE}
    return project, ground.wells(*(well(name, place) for name, place in places.items()))


# ------------------------------------------------------------------ zone


def test_zone_writes_what_the_contract_says(ground, run, tmp_path):
    out = tmp_path / "zones"
    done = run("zone", ground.write(), "--out", out)
    assert done.exit_code == 0, done.output
    assert sorted(one.name for one in out.iterdir()) == [
        "evidence.json",
        "evidence.tif",
        "summary.json",
        "zones.gpkg",
    ]
    names = set(geopandas.list_layers(out / "zones.gpkg")["name"])
    wanted = {"middeep_reinjection__well_production", "middeep_reinjection__block_mining"}
    assert wanted <= names
    for name in wanted:
        frame = geopandas.read_file(out / "zones.gpkg", layer=name)
        assert {"verdict", "rules", "causes", "needs", "area_m2"} <= set(frame.columns)
        assert (frame.area_m2 > 0).all()
        assert frame.crs.to_epsg() == 4548
    with sqlite3.connect(out / "zones.gpkg") as base:
        styles = base.execute("select f_table_name, styleQML from layer_styles").fetchall()
    base.close()
    assert {name for name, _ in styles} == wanted
    assert all("qgis" in style for _, style in styles)


def test_evidence_grid_and_table_fit(ground, run, tmp_path):
    out = tmp_path / "zones"
    run("zone", ground.write(), "--out", out, "--resolution", 50)
    table = json.loads((out / "evidence.json").read_text(encoding="utf-8"))
    with rasterio.open(out / "evidence.tif") as grid:
        index = grid.read(1)
        assert grid.res == (50, 50)
        assert grid.nodata == table["outside"]
        assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    inside = index[index != table["outside"]]
    assert set(inside.tolist()) == set(range(len(table["rows"])))
    assert all(len(row) == len(table["conditions"]) for row in table["rows"])
    assert all(len(each) == len(table["rows"]) for each in table["verdicts"].values())


def test_summary_hectares_are_the_ellipsoidal_area(ground, run, tmp_path, degrees):
    out = tmp_path / "zones"
    run("zone", ground.write(), "--out", out)
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    edge = [(x, 0) for x in range(0, 4000, 50)] + [(4000, y) for y in range(0, 4000, 50)]
    edge += [(4000 - x, 4000 - y) for x, y in edge]
    lons, lats = zip(*(degrees(*one) for one in edge), strict=True)
    area_m2 = abs(Geod(ellps="GRS80").polygon_area_perimeter(lons, lats)[0])
    for verdicts in told["hectares"].values():
        assert sum(verdicts.values()) * 1e4 == pytest.approx(area_m2, rel=1e-6)
    assert told["policies"] == ["HB21"]
    assert {"on", "layers", "not_judged", "engine"} <= set(told)


def test_zone_refuses_without_any_activity_and_takes_several(ground, run, tmp_path):
    del ground.project["activities"]
    project = ground.write()
    assert run("zone", project, "--out", tmp_path / "none").exit_code == 2
    assert not (tmp_path / "none").exists()
    more = ("--activity", WELL, "--activity", "shallow_closed_loop:project")
    assert run("zone", project, "--out", tmp_path / "two", *more).exit_code == 0
    told = json.loads((tmp_path / "two" / "summary.json").read_text(encoding="utf-8"))
    assert list(told["hectares"]) == [WELL, "shallow_closed_loop:project"]


# ------------------------------------------------------------------ assess


def test_the_severest_word_per_well(four, judged):
    found = judged(*four)
    assert {name: one["verdict"] for name, one in found.items()} == {
        "A": "allowed",
        "F": "prohibited",
        "S": "prohibited",
        "R": "undetermined",
    }
    finding = found["S"]["findings"][0]
    assert (finding["rule"], finding["theme"], finding["limit_m"]) == ("HB-11", "railway", 200)
    assert finding["distance_m"] == pytest.approx(150, abs=0.1)
    assert finding["margin_m"] == pytest.approx(finding["distance_m"] - 200, abs=1e-6)
    assert finding["features"] == ["railway#1"]
    assert found["F"]["findings"][0]["rule"] == "HB-10b"
    assert [(g["theme"], g["cause"]) for g in found["R"]["gaps"]] == [
        ("ecological_redline", "outside_documents")
    ]


def test_result_follows_its_schema(four, run, tmp_path):
    run("assess", *four, "--out", tmp_path / "x.json")
    text = (resources.files("geozone") / "schemas/result.schema.json").read_text(encoding="utf-8")
    told = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(text)).validate(told)


def rows_of(path: Path) -> list[dict]:
    if path.suffix == ".csv":
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    if path.suffix == ".xlsx":
        head, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))["assessments"]
    return geopandas.read_file(path).to_dict("records")


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_tells_the_same(four, run, tmp_path, ending):
    out = tmp_path / f"x{ending}"
    done = run("assess", *four, "--out", out)
    assert done.exit_code == 1, done.output
    assert [(one["id"], one["verdict"], one["ground"]) for one in rows_of(out)] == [
        ("A", "allowed", "allowed"),
        ("F", "prohibited", "prohibited"),
        ("S", "prohibited", "prohibited"),
        ("R", "undetermined", "undetermined"),
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".gpkg"])
@pytest.mark.parametrize("name", ["=1+1", "@x", "+2", "-3", " =1+1", "＝x"])
def test_no_id_becomes_a_formula(ground, run, tmp_path, ending, name):
    out = tmp_path / f"x{ending}"
    project = ground.write()
    run("assess", project, ground.wells(well(name, CLEAR)), "--out", out)
    (row,) = rows_of(out)
    assert str(row["id"])[0] not in "=+-@\t\r"
    assert row["id"].lstrip("'").strip() == name.strip()


def test_numbers_stay_numbers(four, run, tmp_path):
    out = tmp_path / "x.xlsx"
    run("assess", *four, "--out", out)
    margins = {row["id"]: row["least_margin_m"] for row in rows_of(out)}
    assert isinstance(margins["S"], (int, float))
    assert margins["S"] == pytest.approx(-50, abs=0.1)


def test_geojson_carries_places_and_reasons(four, run, tmp_path, degrees):
    out = tmp_path / "x.geojson"
    run("assess", *four, "--out", out)
    told = json.loads(out.read_text(encoding="utf-8"))
    first = told["features"][0]
    assert first["geometry"]["coordinates"] == pytest.approx(degrees(*CLEAR), abs=1e-8)
    assert first["properties"]["id"] == "A"
    assert "findings" in first["properties"]


@pytest.mark.parametrize(
    ("places", "code"),
    [
        ([CLEAR], 0),
        ([CLEAR, FARMLAND], 1),
        ([CLEAR, REDLINE], 3),
        ([REDLINE, FARMLAND], 1),
    ],
)
def test_exit_codes(ground, run, tmp_path, places, code):
    project = ground.write()
    file = ground.wells(*(well(f"W{i}", place) for i, place in enumerate(places)))
    assert run("assess", project, file, "--out", tmp_path / "x.json").exit_code == code


def test_what_is_left_at_the_end_is_not_searched_for_cycles(run, monkeypatch):
    last = []
    monkeypatch.setattr(atexit, "register", last.append)
    assert run("policy", "list").exit_code == 0
    assert last == [gc.freeze]


def test_without_a_rule_is_three(ground, run, tmp_path):
    project = ground.write()
    rows = {"id": "P", "at": CLEAR, "activity": "shallow_closed_loop:project"}
    done = run("assess", project, ground.wells(rows), "--out", tmp_path / "x.json")
    assert done.exit_code == 3
    assert rows_of(tmp_path / "x.json")[0]["verdict"] == "no_rule"


def test_keep_going_lists_the_refused_and_judges_the_rest(ground, run, tmp_path):
    project = ground.write()
    file = ground.wells(well("A", CLEAR), well("B", CLEAR, reinjection_ratio="much"))
    out = tmp_path / "x.json"
    refused = run("assess", project, file, "--out", out)
    assert refused.exit_code == 2
    assert not out.exists()
    done = run("assess", project, file, "--out", out, "--keep-going")
    assert done.exit_code == 3
    told = json.loads(out.read_text(encoding="utf-8"))
    assert [one["id"] for one in told["assessments"]] == ["A"]
    assert len(told["refused"]) == 1
    assert "3" in told["refused"][0]["place"]
    assert "much" in told["refused"][0]["what"]
    assert "much" in done.stderr


def test_activity_of_the_call_serves_rows_without_one(ground, run, judged):
    project = ground.write()
    file = ground.wells({"id": "A", "at": CLEAR, **STATED})
    assert judged(project, file, "--activity", WELL)["A"]["activity"] == WELL


# ------------------------------------------------------------------ same input, same bytes


def everything(run, project, wells, parcel, out):
    run("zone", project, "--out", out)
    for ending in ENDINGS:
        run("assess", project, wells, "--out", out / f"x{ending}")
    for name in ("n.html", "n.json"):
        assert run("notice", project, parcel, "--out", out / name).exit_code == 0
    assert run("map", project, "--proposals", wells, "--out", out / "m.html").exit_code == 0
    return {one.name: one.read_bytes() for one in out.iterdir()}


def test_same_input_same_bytes(ground, run, tmp_path):
    project = ground.write()
    wells = ground.wells(well("A", CLEAR), well("F", FARMLAND), well("=1", REDLINE))
    parcel = ground.blocks({"P": box(800, 800, 1300, 1300)}, "parcel.gpkg")
    first = everything(run, project, wells, parcel, tmp_path / "one")
    second = everything(run, project, wells, parcel, tmp_path / "two")
    assert len(first) == 12
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


# ------------------------------------------------------------------ explain, notice, map, check


def test_explain_says_why(ground, run, degrees):
    project = ground.write()
    done = run("explain", project, *degrees(*FARMLAND))
    assert done.exit_code == 0
    assert re.search(rf"禁止 prohibited\s+{WELL}\s+HB-10b", done.output)
    assert "永久基本农田" in done.output
    assert "以所列文件为限" in done.output


def test_explain_outside_the_area_is_never_allowed(ground, run, degrees):
    done = run("explain", ground.write(), *degrees(9000, 9000))
    assert done.exit_code == 2 or "允许 allowed" not in done.output


def test_explain_takes_a_negative_longitude_as_a_number(ground, run):
    done = run("explain", ground.write(), "--", "-115.7", "39")
    assert done.exit_code in (0, 2)
    assert "允许 allowed" not in done.output


def test_notice_has_the_keys_of_the_contract(ground, run, tmp_path):
    project = ground.write()
    parcel = ground.blocks({"P": box(800, 800, 1300, 1300)}, "parcel.gpkg")
    for name in ("n.json", "n.html"):
        assert run("notice", project, parcel, "--out", tmp_path / name).exit_code == 0
    told = json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))
    assert set(told) >= NOTICE_KEYS
    assert {"technology", "object", "ground", "rules"} <= set(told["matrix"][0])
    cells = {(one["technology"], one["object"]): one["ground"] for one in told["matrix"]}
    assert cells["middeep_reinjection", "well_production"] == "prohibited"
    assert "以所列文件为限" in (tmp_path / "n.html").read_text(encoding="utf-8")


def test_notice_ignores_activity_columns_with_a_note(ground, run, tmp_path):
    project = ground.write()
    parcel = ground.blocks({"P": box(1100, 2200, 1300, 2400)}, "parcel.gpkg", activity="nonsense")
    done = run("notice", project, parcel, "--out", tmp_path / "n.json")
    assert done.exit_code == 0, done.output
    assert "活动列未使用" in done.output


def test_map_asks_nothing_of_the_network(four, run, tmp_path):
    project, wells = four
    done = run("map", project, "--proposals", wells, "--out", tmp_path / "m.html")
    assert done.exit_code == 0
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)


def test_check_gives_receipts_and_what_is_missing(ground, run):
    del ground.layers["geoheritage"]
    done = run("check", ground.write())
    assert done.exit_code == 0
    assert "SHA-256" in done.output
    assert re.search(r"geoheritage.*缺|geoheritage.*no_layer|geoheritage +地质遗迹", done.output)


# ------------------------------------------------------------------ law seen from outside


def test_a_lapsed_plan_leaves_everything_open(four, judged):
    found = judged(*four, "--on", "2026-06-01")
    assert {one["verdict"] for one in found.values()} == {"undetermined"}
    for name in ("A", "F", "S"):
        assert "rule_lapsed" in causes(found[name])
    assert found["A"]["ground"] == "undetermined"


def test_lapsed_ground_in_zones(four, run, tmp_path):
    run("zone", four[0], "--out", tmp_path / "z", "--on", "2026-06-01")
    told = json.loads((tmp_path / "z" / "summary.json").read_text(encoding="utf-8"))
    for verdicts in told["hectares"].values():
        assert [code for code, area in verdicts.items() if area] == ["undetermined"]


PROTECTED = [
    "permanent_basic_farmland",
    "railway",
    "expressway",
    "ecological_redline",
    "scenic_area",
    "drinking_water_zone",
    "river_lake_management",
    "geoheritage",
    "cultural_relic",
    "protected_area",
    "spring_zone",
    "forbidden_abstraction_zone",
    "abstraction_prohibited_scope",
]


@pytest.mark.parametrize("theme", PROTECTED)
def test_a_theme_taken_away_never_allows(ground, judged, theme):
    del ground.layers[theme]
    project = ground.write()
    found = judged(project, ground.wells(well("A", CLEAR)))["A"]
    assert (found["verdict"], found["ground"]) == ("undetermined", "undetermined")
    own = {gap["cause"] for gap in found["gaps"] if gap["theme"] == theme}
    assert own & {"no_layer", "outside_documents"}
    assert {gap["theme"] for gap in found["gaps"]} <= {theme, None}


@pytest.mark.parametrize("theme", PROTECTED)
def test_a_theme_without_coverage_never_allows(ground, judged, theme):
    del ground.layers[theme].keys["coverage"]
    project = ground.write()
    found = judged(project, ground.wells(well("A", CLEAR)))["A"]
    assert found["verdict"] == "undetermined"


def test_metro_alone_does_not_clear_railways(ground, judged):
    ground.layers["railway"].keys["complete_for"] = ["line"]
    project = ground.write()
    found = judged(project, ground.wells(well("A", CLEAR)))["A"]
    assert found["verdict"] == "undetermined"
    assert {gap["theme"] for gap in found["gaps"]} == {"railway"}


@pytest.mark.parametrize(
    ("distance", "accuracy", "verdict"),
    [(199.9, 0, "prohibited"), (201.4, 5, "undetermined"), (198.6, 5, "prohibited")],
)
def test_accuracy_at_the_strip(ground, judged, distance, accuracy, verdict):
    ground.layers["railway"].keys |= {"half_width_m": 0, "accuracy_m": accuracy}
    project = ground.write()
    found = judged(project, ground.wells(well("A", (2000 + distance, 3000))))["A"]
    assert found["verdict"] == verdict


def test_stale_and_waived_layers_are_open(ground, judged, raw, new_sheet):
    ground.layers["scenic_area"].keys |= {"as_of": raw("2020-01-01"), "max_age_days": 100}
    project = ground.write()
    found = judged(project, ground.wells(well("A", CLEAR)))["A"]
    assert found["verdict"] == "undetermined"
    assert {gap["theme"] for gap in found["gaps"]} == {"scenic_area"}


def test_a_block_half_on_farmland(ground, judged):
    project = ground.write()
    half = {"B": box(800, 600, 1200, 800)}
    facts = {**STATED, "activity": BLOCK, "stage": "new"}
    open_block = judged(project, ground.blocks(half, **facts))["B"]
    assert (open_block["verdict"], open_block["ground"]) == ("undetermined", "restricted")
    assert [gap["fact"] for gap in open_block["gaps"]] == ["expert_proof"]
    shown = judged(project, ground.blocks(half, **facts, expert_proof="专家〔2024〕1号"))["B"]
    assert shown["verdict"] == "restricted"
    refused = judged(project, ground.blocks(half, **facts, expert_proof="否"))["B"]
    assert refused["verdict"] == "prohibited"
    assert [one["share"] for one in refused["parts"]] == pytest.approx([0.5, 0.5], abs=1e-3)
    assert sum(one["area_m2"] for one in refused["parts"]) == pytest.approx(80_000, rel=1e-3)
    finding = next(one for one in refused["findings"] if one["rule"] == "HB-10a")
    assert finding["overlap_m2"] == pytest.approx(40_000, rel=1e-3)
    assert finding["share"] == pytest.approx(0.5, abs=1e-3)


def test_ground_partly_outside_the_area_is_open(ground, judged):
    project = ground.write()
    file = ground.blocks({"B": box(-200, 2500, 200, 2700)}, activity=BLOCK, **STATED)
    found = judged(project, file)["B"]
    assert found["verdict"] == "undetermined"
    assert "outside_coverage" in causes(found)


def test_ground_mixed_with_ungoverned_land_is_open(ground, judged, new_sheet):
    del ground.project["adcode"]
    border = new_sheet("jurisdiction", box(-1000, -1000, 1000, 5000))
    border.shapes.append(box(1000, -1000, 5000, 5000))
    border.classes, border.columns = ["", ""], {"CODE": ["130600", "110000"]}
    border.keys["fields"] = {"adcode": "CODE"}
    ground.layers["jurisdiction"] = border
    project = ground.write()
    blocks = {
        "in": box(500, 2500, 800, 2700),
        "both": box(900, 2500, 1200, 2700),
        "out": box(1200, 2500, 1500, 2700),
    }
    found = judged(project, ground.blocks(blocks, activity=BLOCK, stage="new", **STATED))
    assert {name: one["verdict"] for name, one in found.items()} == {
        "in": "allowed",
        "both": "undetermined",
        "out": "no_rule",
    }
    assert {part["adcode"] for part in found["both"]["parts"]} == {"1306", "11"}


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, "undetermined"),
        ({"reinjection_ratio": "1.0"}, "undetermined"),
        ({"reinjection_ratio": "0.97", "reinjection_same_layer": "true"}, "undetermined"),
        ({"reinjection_ratio": "1.0", "reinjection_same_layer": "true"}, "undetermined"),
        (
            {
                "reinjection_ratio": "1.0",
                "reinjection_same_layer": "true",
                "reinjection_scheme": "S1",
                "approved_abstraction": "Q1",
                "reinjection_credit": "ok",
            },
            "restricted",
        ),
    ],
)
def test_an_exemption_that_is_not_shown_lifts_nothing(
    ground, judged, raw, new_sheet, facts, verdict
):
    ground.layers["public_green"] = new_sheet("public_green", box(100, 100, 200, 200))
    ground.project |= {"adcode": "14", "on": raw("2026-06-01"), "policies": ["SX26"]}
    project = ground.write()
    row = {"id": "W", "at": (3650, 3550), "activity": WELL, "stage": "new", **facts}
    found = judged(project, ground.wells(row))["W"]
    lifted = {(one["rule"], one["by"]) for one in found["lifted"]}
    gaps = {gap["rule"] for gap in found["gaps"]}
    shown = facts.get("reinjection_ratio") == "1.0" and "reinjection_same_layer" in facts
    assert (lifted == {("SX26-05c", "SX26-05a")}) is shown
    assert ("SX26-05c" in gaps) is not shown
    assert found["verdict"] == verdict


# ------------------------------------------------------------------ tables of many kinds


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tables_of_many_kinds(ground, judged, separator, encoding, degrees):
    project = ground.write()
    lon, lat = degrees(*CLEAR)
    heads = ["id", "lon", "lat", "activity", "用途", "热储层", "回灌率", "同层回灌", "备注"]
    row = ["一号井", f"{lon:.9f}", f"{lat:.9f}", WELL, "供暖", "基岩", "1.0", "是", "x"]
    text = separator.join(heads) + "\r\n" + separator.join(row) + "\r\n"
    file = project / "wells.csv"
    file.write_bytes(text.encode(encoding))
    assert judged(project, file)["一号井"]["verdict"] == "allowed"


def test_unknown_columns_are_reported(ground, run, tmp_path):
    project = ground.write()
    done = run(
        "assess",
        project,
        ground.wells(well("A", CLEAR, colour="red")),
        "--out",
        tmp_path / "x.json",
    )
    assert done.exit_code == 0
    assert "colour" in done.stderr


# ------------------------------------------------------------------ the Python door


def test_the_python_door(ground, tmp_path):
    folder = ground.write()
    wells = ground.wells(well("F", FARMLAND), well("A", CLEAR))
    parcel = folder / "parcel.geojson"
    source = ground.blocks({"P": box(800, 800, 1300, 1300)}, "parcel.gpkg")
    geopandas.read_file(source).to_crs("EPSG:4326").to_file(parcel)
    project = gz.open(str(folder))
    zoning = project.zone(WELL)
    assert zoning.summary()[WELL]["prohibited"] > 0
    judged = project.assess(str(wells))
    assert judged[0].verdict.code == "prohibited"
    assert [one.rule for one in judged[0].findings] == ["HB-10b"]
    project.notice(str(parcel)).save(str(tmp_path / "notice.html"))
    project.map(proposals=judged).save(str(tmp_path / "wells.html"))
    assert (tmp_path / "notice.html").stat().st_size > 1000
    assert (tmp_path / "wells.html").stat().st_size > 1000


def test_the_python_door_with_another_day(ground):
    project = gz.open(ground.write())
    judged = project.assess(ground.wells(well("F", FARMLAND)), on=date(2026, 6, 1))
    assert judged[0].verdict.code == "undetermined"


def test_zones_and_assessments_agree(ground, tmp_path):
    project = gz.open(ground.write())
    project.zone(WELL).save(tmp_path / "z")
    layer = WELL.replace(":", "__")
    frame = geopandas.read_file(tmp_path / "z" / "zones.gpkg", layer=layer)
    places = {"A": CLEAR, "F": FARMLAND, "S": STRIP, "R": REDLINE}
    judged = project.assess(ground.wells(*(well(n, p) for n, p in places.items())))
    for one in judged:
        holding = frame[frame.contains(shape_of(one.proposal.shape.__geo_interface__))]
        assert list(holding.verdict) == [one.ground.code]


def test_the_verdict_is_the_same_in_another_working_crs(ground, judged):
    file_of = {"A": CLEAR, "S": STRIP}
    del ground.project["crs"]
    project = ground.write()
    found = judged(project, ground.wells(*(well(n, p) for n, p in file_of.items())))
    assert {name: one["verdict"] for name, one in found.items()} == {
        "A": "allowed",
        "S": "prohibited",
    }


def test_a_geopackage_forgets_how_often_it_was_written(ground, tmp_path):
    for name in ("once", "often"):
        folder = tmp_path / name
        gz.open(ground.write()).zone(WELL).save(folder)
    with sqlite3.connect(tmp_path / "often" / "zones.gpkg") as base:
        base.execute("update gpkg_contents set last_change = '2000-01-01T00:00:00.000Z'")
        base.execute("delete from layer_styles")
        base.execute("delete from gpkg_contents where table_name = 'layer_styles'")
        base.execute("drop table layer_styles")
    base.close()
    styles = {WELL.replace(":", "__"): "<qgis/>"}
    for name in ("once", "often"):
        path = tmp_path / name / "zones.gpkg"
        finish_geopackage(path, date(2024, 6, 1), styles)
        head = path.read_bytes()[:100]
        assert head[24:28] == head[92:96] == (1).to_bytes(4, "big")
        with sqlite3.connect(path) as base:
            assert base.execute("pragma integrity_check").fetchone() == ("ok",)
        base.close()


@pytest.mark.parametrize(("approval", "told"), [("HB-99=D1", True), ("HB-19=D1", False)])
def test_an_approval_of_no_rule_is_remarked_on(ground, run, tmp_path, approval, told):
    project = ground.write()
    wells = ground.wells({**well("A", CLEAR), "approvals": approval})
    done = run("assess", project, wells, "--out", tmp_path / "x.json")
    assert ("names no rule here" in done.stderr) is told
