"""What ``check`` prints: one row per file, remarks, what is missing; the same as JSON."""

from __future__ import annotations

import json
from importlib import resources
from unicodedata import east_asian_width

import geopandas
import jsonschema
import pytest
from shapely import LineString, Polygon, box

from geozone.pages.columns import padded, table_lines, width


def schema(name):
    text = resources.files("geozone.schemas").joinpath(f"{name}.schema.json").read_text("utf-8")
    return json.loads(text)


CHECKER = jsonschema.Draft202012Validator(schema("check"))


def told_by(done, code=0):
    assert done.exit_code == code, done.output
    told = json.loads(done.stdout)
    CHECKER.validate(told)
    return told


def test_the_receipt_is_the_same_in_both_schemas():
    assert schema("check")["$defs"]["receipt"] == schema("result")["$defs"]["receipt"]


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("图层 a", 6), ("（", 2), ("±5 m", 4), ("é", 1)]
)
def test_chinese_letters_are_two_cells_wide(text, cells):
    assert width(text) == cells
    assert width(padded(text, 10)) == 10
    assert padded(text, 10, right=True).endswith(text)


def test_columns_line_up():
    rows = [("铁路", "12"), ("road", "3"), ("永久基本农田", "1024")]
    lines = table_lines(("要素 theme", "数 n"), rows, frozenset({1}))
    assert [width(one) for one in lines] == [12 + 2 + 4] * 5
    assert lines[2].startswith("铁路          12"[:4])
    assert lines[3].endswith("   3")


def test_heads_of_several_lines_stand_on_the_rule():
    lines = table_lines(("要素\ntheme", "数"), [("a", "1")])
    assert lines == ["要素", "theme  数", "-----  --", "a      1"]


def test_every_crs_and_operation_has_a_letter(ground, run):
    lines = run("check", ground.write()).stdout.splitlines()
    at = lines.index("坐标系与转换 / CRS and operation:")
    legend = {one.split()[0] for one in lines[at + 1 : lines.index("", at)]}
    railway = next(one for one in lines if one.startswith("railway "))
    assert legend & set(railway.split()) == {"A"}


def test_a_row_for_every_layer_and_input(ground, run):
    project = ground.write()
    done = run("check", project)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    for theme in ground.layers:
        (line,) = [one for one in lines if one.startswith(f"{theme} ")]
        assert "1/1" in line or "1/—" in line
        assert "100.0%" in line
    assert any(one.startswith("area ") and "area.gpkg" in one for one in lines)
    assert any(one.startswith("coverage ") and "coverage.gpkg" in one for one in lines)
    heads = next(one for one in lines if one.startswith("theme "))
    column = heads.index("layer")
    railway = next(one for one in lines if one.startswith("railway "))
    cells = [2 if east_asian_width(letter) in "WF" else 1 for letter in railway]
    assert sum(cells[: railway.index("railway", 8)]) == column


def test_json_says_what_was_read(ground, run, raw):
    ground.layers["railway"].keys |= {"as_of": raw("2024-05-01"), "max_age_days": 365}
    told = told_by(run("check", ground.write(), "--json", "--quiet"))
    assert told["on"] == "2024-06-01"
    by_theme = {one["theme"]: one for one in told["layers"]}
    assert set(by_theme) == set(ground.layers)
    railway = by_theme["railway"]
    assert (railway["age_days"], railway["state"], railway["coverage_share"]) == (31, "current", 1)
    assert railway["receipt"]["declared"] == railway["receipt"]["read"] == 1
    assert railway["receipt"]["size"] == sum(one["size"] for one in railway["receipt"]["files"])
    assert {"geos", "proj", "pyogrio", "gdal (pyogrio)", "shapely"} <= set(told["versions"])
    assert [(one["role"], one["name"]) for one in told["inputs"]] == [
        ("area", "area.gpkg"),
        ("coverage", "coverage.gpkg"),
    ]
    assert all(len(one["sha256"]) == 64 for one in [*told["inputs"], *told["layers"]])


def test_data_younger_than_the_date_are_told(ground, run, raw):
    ground.layers["railway"].keys |= {"as_of": raw("2204-01-01")}
    told = told_by(run("check", ground.write(), "--json"))
    (warning,) = [one for one in told["warnings"] if "as_of 2204-01-01" in one]
    assert warning.startswith("layer ")
    assert "later than the decision date 2024-06-01" in warning


def test_what_is_missing_is_told(ground, run):
    del ground.layers["railway"]
    del ground.layers["scenic_area"]
    project = ground.write()
    told = told_by(run("check", project, "--json"))
    missing = {one["theme"]: one for one in told["missing"]}
    assert missing["railway"]["cause"] == missing["scenic_area"]["cause"] == "no_layer"
    assert missing["railway"]["protected"]
    assert any("HB-11" in each["rules"] for each in missing["railway"]["waiting"])
    lines = run("check", project).stdout.splitlines()
    assert any(one.strip().startswith("railway  铁路") for one in lines)


def test_repairs_and_waivers_are_told(ground, run, raw):
    farmland = ground.layers["permanent_basic_farmland"]
    spiked = Polygon([(400, 400), (1000, 400), (1000, 700), (1600, 700), (1000, 700), (1000, 1000),
                      (400, 1000)])  # fmt: skip
    farmland.shapes, farmland.classes = [spiked, spiked], ["", ""]
    relic = ground.layers["cultural_relic"]
    relic.shapes, relic.classes = [*relic.shapes, None], ["", ""]
    relic.keys["waive"] = raw('[{ problem = "null-geometry", why = "to come" }]')
    project = ground.write()
    told = told_by(run("check", project, "--json"))
    by_theme = {one["theme"]: one for one in told["layers"]}
    receipt = by_theme["permanent_basic_farmland"]["receipt"]
    (repair,) = receipt["mended"]
    assert repair["what"] == "zero-width spikes"
    assert repair["count"] == receipt["repairs"]["zero-width spikes"] == 2
    assert repair["area_before_m2"] == pytest.approx(720_000)
    assert repair["area_after_m2"] == pytest.approx(720_000)
    assert repair["features"] == ["permanent_basic_farmland#1", "permanent_basic_farmland#2"]
    assert any("exact duplicates" in one for one in receipt["remarks"])
    waived = by_theme["cultural_relic"]
    assert (waived["state"], waived["coverage_share"]) == ("waived", 0)
    assert waived["receipt"]["waived"] == ["null-geometry"]
    assert waived["receipt"]["nulls"] == 1
    assert {"theme": "cultural_relic", "cause": "waived"}.items() <= next(
        one for one in told["missing"] if one["theme"] == "cultural_relic"
    ).items()
    text = run("check", project).stdout
    for part in ("zero-width spikes", "720000.000 -> 720000.000", "to come", "豁免 waived"):
        assert part in text


# ------------------------------------------------------------------ everything wrong at once

TEN = (
    ("geozone.toml", "layer 2 (expressway)", "accurracy"),
    ("geozone.toml", "layer 3 (spring_zone)", "max_age_days"),
    ("railway.gpkg", "layer 1 (railway)", "unmapped values: 'x'"),
    ("railway.gpkg", "layer 1 (railway)", "null-geometry"),
    ("geozone.toml", "layer 1 (railway), features", "count-mismatch"),
    ("scenic_area.gpkg", "layer 4 (scenic_area)", "invalid-geometry"),
    ("scenic_area.gpkg", "layer 4 (scenic_area)", "empty-geometry"),
    ("none.gpkg", "layer 5 (geoheritage)", "missing"),
    ("torn.gpkg", "layer 6 (cultural_relic), coverage", "invalid-geometry"),
    ("cultural_relic.gpkg", "layer 6 (cultural_relic)", "wrong kind of geometry"),
    ("cultural_relic.gpkg", "layer 6 (cultural_relic)", "invalid-geometry"),
)
BOW = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])


def spoiled(ground):
    """The project with ten faults in six files."""
    names = ("railway", "expressway", "spring_zone", "scenic_area", "geoheritage", "cultural_relic")
    ground.layers = {name: ground.layers[name] for name in names}
    railway = ground.layers["railway"]
    railway.shapes, railway.classes = [*railway.shapes, None], ["line", "x"]
    railway.keys["features"] = 7
    ground.layers["expressway"].keys["accurracy"] = 5
    ground.layers["spring_zone"].keys["max_age_days"] = 5
    scenic = ground.layers["scenic_area"]
    scenic.suffix = ".gpkg"
    scenic.shapes, scenic.classes = [box(1, 1, 9, 9), BOW, Polygon()], [""] * 3
    heritage = ground.layers["geoheritage"]
    heritage.written, heritage.keys["path"] = False, "none.gpkg"
    relic = ground.layers["cultural_relic"]
    relic.shapes, relic.classes = [LineString([(0, 0), (9, 9)]), BOW], ["", ""]
    relic.keys["coverage"] = "torn.gpkg"
    project = ground.write()
    geopandas.GeoDataFrame({"n": [1]}, geometry=[BOW], crs=4548).to_file(project / "torn.gpkg")
    return project


def test_everything_wrong_is_told_in_one_run(ground, run):
    project = spoiled(ground)
    done = run("check", project, "--json")
    told = told_by(done, code=2)["refused"]
    assert len(told) == len(TEN)
    for file, place, part in TEN:
        found = [one for one in told if one["file"].endswith(file) and place in one["place"]]
        assert any(part in one["what"] + one["place"] for one in found), (file, place, part)
    for one in told:
        assert one["todo"], one
        assert " / " in one["what"], one
        assert any(letter > "一" for letter in one["what"]), one
    assert f"refused: {len(TEN)}" in done.stderr


def test_without_json_the_faults_stand_on_stderr_only(ground, run):
    done = run("check", spoiled(ground))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert f"refused: {len(TEN)}" in done.stderr


def test_ten_thousand_bad_features_are_told_briefly(ground, run):
    farmland = ground.layers["permanent_basic_farmland"]
    ground.layers = {"permanent_basic_farmland": farmland}
    farmland.shapes, farmland.classes = [BOW] * 10_000, [""] * 10_000
    told = told_by(run("check", ground.write(), "--json"), code=2)["refused"]
    assert len(told) == 6
    assert "9995" in told[-1]["what"]
