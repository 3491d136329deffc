"""``score --potential``: heat of the ground that counts, by area and whole, beside documents."""

from __future__ import annotations

import copy
import csv
import json
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas
import jsonschema
import numpy as np
import pytest
import rasterio
from affine import Affine
from click.testing import CliRunner, Result
from shapely import box

import geozone as gz
from geozone.cli import main
from geozone.pages.scorepotentialpart import potential_part
from geozone.pages.tongue import Tongue
from geozone.scorerun import Polygons

SCHEMA = json.loads(files("geozone.schemas").joinpath("score.schema.json").read_text("utf-8"))
QUICK = ("--resolution", "200", "--no-chance")
AREAS = {
    "西部 west": (330_000.0, 4_290_000.0, 372_000.0, 4_340_000.0),
    "=东部 east": (372_000.0, 4_290_000.0, 420_000.0, 4_340_000.0),
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in words])


def write(path: Path, boxes: dict[str, tuple[float, float, float, float]], crs: str) -> Path:
    shapes = [box(*one) for one in boxes.values()]
    geopandas.GeoDataFrame({"id": list(boxes)}, geometry=shapes, crs=crs).to_file(path)
    return path


@pytest.fixture(scope="module")
def place(samples: Callable[..., Path]) -> Path:
    return samples("hebei-demo", "shanxi", "osm")


@pytest.fixture(scope="module")
def done(place: Path) -> tuple[Result, Path]:
    out = place.parent / "out"
    areas = write(place / "halves.gpkg", AREAS, "EPSG:4548")
    more = ("--potential", place / "potential.toml", "--areas", areas, *QUICK, "--out", out)
    return run("score", place, place / "score.toml", *more), out


@pytest.fixture(scope="module")
def told(done: tuple[Result, Path]) -> dict[str, Any]:
    assert done[0].exit_code == 0, done[0].output
    found: dict[str, Any] = json.loads((done[1] / "summary.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def test_the_whole_is_the_open_ground_of_the_classes(told: dict[str, Any]) -> None:
    """Hectares of the summary times the heat of a square metre, and what is unknown beside."""
    found, left = told["potential"], told["left"]
    whole, per = found["whole"], found["per_m2"]
    counted = left["suitable"] + left["moderate"]
    assert found["classes"] == ["suitable", "moderate"]
    assert whole["area_m2"] == pytest.approx(counted * 1e4, rel=1e-9)
    assert whole["unknown_m2"] == pytest.approx(left["undetermined"] * 1e4, rel=1e-9)
    held = told["hectares"]["restricted"]
    assert whole["restricted_m2"] == pytest.approx((held["suitable"] + held["moderate"]) * 1e4)
    for name, part in (("heat", "value"), ("low", "low"), ("high", "high")):
        assert whole[name] == pytest.approx(per[part] * counted * 1e4, rel=1e-9)
    assert 0 < whole["low"] < whole["heat"] < whole["high"]
    assert whole["unit"] == "GJ/a"


def test_the_heat_of_a_square_metre_by_hand(told: dict[str, Any]) -> None:
    """300 m x (2.5e6 x 0.94 + 4.1e6 x 0.06) x 50 K x 0.15 / 100 a."""
    heat = 300 * (2.5e6 * 0.94 + 4.1e6 * 0.06) * 50 * 0.15 / 100 / 1e9
    assert told["potential"]["per_m2"]["value"] == pytest.approx(heat)


def test_areas_make_the_whole(told: dict[str, Any]) -> None:
    found = told["potential"]
    assert [one["name"] for one in found["areas"]] == list(AREAS)
    for name in ("area_m2", "heat", "low", "high"):
        total = sum(one[name] for one in found["areas"])
        assert total == pytest.approx(found["whole"][name], rel=2e-5)
    held = sum(one["restricted_m2"] for one in found["areas"])
    assert held == pytest.approx(found["whole"]["restricted_m2"], rel=1e-3)
    for one, area in zip(found["areas"], told["areas"], strict=True):
        unseen = area["classes"]["undetermined"] + area["outside_ha"] + area["beyond_ha"]
        assert one["unknown_m2"] == pytest.approx(unseen * 1e4)


def test_the_table_is_chinese_first(done: tuple[Result, Path], told: dict[str, Any]) -> None:
    lines = (done[1] / "potential.csv").read_text("utf-8-sig").splitlines()
    heads, *rows = csv.reader(lines)
    assert [one.split(" ")[0] for one in heads] == [
        "区域", "计入公顷", "其中限制公顷", "未计入的未知公顷", "热量", "下限", "上限", "单位",
        "方法",
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["全区 / whole study area", "西部 west", "'=东部 east"]
    whole = told["potential"]["whole"]
    assert float(rows[0][1]) == pytest.approx(whole["area_m2"] / 1e4, abs=1e-4)
    assert float(rows[0][4]) == pytest.approx(whole["heat"], rel=1e-5)


def test_the_report_and_the_lines_tell_of_it(done: tuple[Result, Path]) -> None:
    page = (done[1] / "report.html").read_text("utf-8")
    for said in ("潜力", "体积法", "一律不计入", "不是概率区间", "合成示例 / invented", "无从对照"):
        assert said in page
    assert "潜力（下限 值 上限）" in done[0].output
    assert "unknown, not counted" in done[0].output


def test_invented_numbers_are_told(told: dict[str, Any]) -> None:
    assert told["synthetic"] is True
    assert "potential" in told["to_verify"]
    assert told["potential"]["beside"] == []


def test_without_potential_there_is_none(place: Path, done: tuple[Result, Path]) -> None:
    other = place.parent / "other"
    shutil.copytree(done[1], other)
    words = ("--resolution", "400", "--no-chance", "--quiet", "--out", other)
    assert run("score", place, place / "score.toml", *words).exit_code == 0
    assert not (other / "potential.csv").exists()
    assert "potential" not in json.loads((other / "summary.json").read_text("utf-8"))


def test_faults_of_both_files_are_told_together(place: Path) -> None:
    text = (place / "potential.toml").read_text("utf-8")
    bad = place / "bad-potential.toml"
    bad.write_text(text.replace("value = 0.06", "value = 6").replace("high = 400, ", ""), "utf-8")
    model = place / "bad-score.toml"
    model.write_text("schema = 1\nextends = 'nothing'\n", "utf-8")
    out = place.parent / "no"
    done = run("score", place, model, "--potential", bad, "--out", out)
    assert done.exit_code == 2
    for said in ("bad-score.toml", "bad-potential.toml", "volume, porosity"):
        assert said in done.output
    assert not out.exists()


def test_a_file_that_was_read_is_spared(place: Path) -> None:
    folder = place.parent / "spared"
    folder.mkdir()
    file = folder / "potential.csv"
    shutil.copy(place / "potential.toml", file)
    words = ("--potential", file, *QUICK, "--out", folder)
    done = run("score", place, place / "score.toml", *words)
    assert done.exit_code == 2
    assert file.read_bytes() == (place / "potential.toml").read_bytes()


# ------------------------------------------------------------------ beside the documents' tables

SHALLOW = """schema = 1
extends = "shallow_closed_loop"
[data.quaternary_m]
path = "depth.tif"
resampling = "nearest"
[data.pebble_m]
path = "pebble.tif"
resampling = "nearest"
[data.aquifer_m]
path = "depth.tif"
resampling = "nearest"
"""
OF_TABLE = """schema = 1
classes = ["suitable", "moderate", "unsuitable"]
[figures]
table = "SX23.table1-1"
row = "合计"
heat = "heat"
area = "area"
"""


@pytest.fixture(scope="module")
def shanxi(place: Path) -> Path:
    """The province with two flat rasters, and its cities under the names that tables have."""
    folder = place.parent / "shanxi"
    area = geopandas.read_file(folder / "area.geojson").to_crs("EPSG:4547")
    west, _, _, north = area.total_bounds
    at = Affine(3_000, 0, west - 9_000, 0, -3_000, north + 9_000)
    for name, value in (("depth", 120), ("pebble", 2)):
        cells = np.full((250, 160), value, np.uint8)
        with rasterio.open(
            folder / f"{name}.tif", "w", driver="GTiff", dtype="uint8", count=1, crs="EPSG:4547",
            width=160, height=250, transform=at, nodata=255,
        ) as file:  # fmt: skip
            file.write(cells, 1)
    cities = geopandas.read_file(folder / "cities.gpkg")
    cities.rename(columns={"XZQDM": "id", "XZQMC": "name"}).to_file(folder / "named.gpkg")
    (folder / "shallow.toml").write_text(SHALLOW, "utf-8")
    (folder / "potential.toml").write_text(OF_TABLE, "utf-8")
    return folder


@pytest.fixture(scope="module")
def beside(shanxi: Path) -> dict[str, Any]:
    made = gz.open(shanxi).score(
        shanxi / "shallow.toml",
        resolution_m=3_000,
        polygons=Polygons(areas=shanxi / "named.gpkg"),
        potential=shanxi / "potential.toml",
        draws=False,
    )
    made.save(shanxi.parent / "beside")
    told: dict[str, Any] = json.loads(
        (shanxi.parent / "beside" / "summary.json").read_text("utf-8")
    )
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    return told


def test_cities_stand_beside_the_document(beside: dict[str, Any]) -> None:
    (table,) = beside["potential"]["beside"]
    assert table["table"] == "SX23.table1-1"
    rows = {(one["name"], one["what"]): one for one in table["rows"]}
    ours = {one["name"]: one for one in beside["potential"]["areas"]}
    heat, area = rows["太原市", "heat"], rows["太原市", "area"]
    assert (heat["printed"], heat["unit"]) == ("851.50", "万吉焦")
    assert heat["ours"] == pytest.approx(ours["1401"]["heat"] / 1e4)
    assert heat["difference"] == pytest.approx(heat["ours"] - 851.50)
    assert heat["low"] < heat["ours"] < heat["high"]
    assert area["ours"] == pytest.approx(ours["1401"]["area_m2"] / 1e6)
    assert area["printed"] == "634.81"
    assert rows["吕梁市", "heat"]["difference"] is None
    assert rows["吕梁市", "heat"]["why"]["en"] == "the document does not give it"


def test_the_sum_of_all_parts_stands_beside_the_total(beside: dict[str, Any]) -> None:
    """The eight cities that the table has, not all eleven."""
    (table,) = beside["potential"]["beside"]
    total = {one["what"]: one for one in table["rows"] if one["name"] == "合计"}
    cities = [name for name in table["names"] if name != "合计"]
    assert len(cities) == 8
    parts = [one for one in table["rows"] if one["what"] == "heat" and one["name"] in cities]
    assert total["heat"]["ours"] == pytest.approx(sum(one["ours"] for one in parts))
    assert total["heat"]["printed"] == "5743.00"


def test_the_report_shows_both_numbers(shanxi: Path, beside: dict[str, Any]) -> None:
    page = (shanxi.parent / "beside" / "report.html").read_text("utf-8")
    for said in (
        "851.50",
        "差（本估算减文件）",
        "文件未给出",
        "阳泉、晋城、吕梁三市",
        "文件自相矛盾",
    ):
        assert said in page


def test_the_whole_stands_beside_a_total_only_if_asked(shanxi: Path) -> None:
    file = shanxi / "whole.toml"
    file.write_text(OF_TABLE.replace("schema = 1", 'schema = 1\nwhole = "合计"'), "utf-8")
    project = gz.open(shanxi)
    for name, wanted in ((file, {"合计"}), (shanxi / "potential.toml", set())):
        made = project.score(
            shanxi / "shallow.toml", resolution_m=3_000, potential=name, draws=False
        )
        (table,) = made.summary()["potential"]["beside"]
        assert {one["name"] for one in table["rows"]} == wanted


def test_classes_that_cannot_be_told_are_said_and_count_nothing(shanxi: Path) -> None:
    """Flat data give one score: no natural breaks, in summary, lines and report."""
    file = shanxi / "natural.toml"
    head, data = SHALLOW.split("[data.quaternary_m]")
    own = '[model]\nsource = "x"\n[classes]\nbreaks = "natural_breaks"\n[data.quaternary_m]'
    file.write_text(head + own + data, "utf-8")
    out = shanxi.parent / "flat"
    words = ("--potential", shanxi / "potential.toml", "--resolution", "3000", "--out", out)
    done = run("score", shanxi, file, *words, "--no-chance")
    assert done.exit_code == 0, done.output
    told = json.loads((out / "summary.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["classes"]["limits"] is None
    for said in (told["classes"]["note"]["en"], done.output, (out / "report.html").read_text()):
        assert "there are no natural breaks" in said
    assert told["left"]["suitable"] == told["left"]["moderate"] == 0
    assert (told["potential"]["whole"]["area_m2"], told["potential"]["whole"]["heat"]) == (0, 0)
    assert told["potential"]["whole"]["unknown_m2"] == told["left"]["undetermined"] * 1e4


def test_names_and_sources_out_of_files_stay_text(told: dict[str, Any]) -> None:
    hostile = "<img src=x onerror=alert(1)>{{7*7}}"
    changed = copy.deepcopy(told["potential"])
    changed["areas"][0]["name"] = changed["numbers"][0]["source"] = hostile
    page = potential_part(changed, Tongue())
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;{{7*7}}") == 2
