"""Plan rules through the front door: files in, result document out."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas
import jsonschema
import pytest
import shapely
from made_plan import RIGHT, Made, judged, right

import geozone as gz
from geozone.law.verdict import Verdict
from geozone.rules.shipped import shipped

CRS = "EPSG:4548"
X, Y = 500_000.0, 4_207_000.0
PROJECT = """schema = 1
[project]
name = "plan"
area = "area.gpkg"
adcode = "130924"
on = 2024-06-01
policies = ["HB21"]
crs = "EPSG:4548"
[[layer]]
theme = "settlement"
path = "settlement.gpkg"
class = { field = "KIND", map = { "村" = "village", "镇" = "town" } }
coverage = "known.gpkg"
accuracy_m = 0
as_of = 2024-01-01
[[layer]]
theme = "right_mining"
path = "rights.gpkg"
fields = { right_id = "XKZH", holder = "KQR", granted_on = "FZRQ" }
coverage = "known.gpkg"
accuracy_m = 0
as_of = 2024-01-01
[[layer]]
theme = "geothermal_well"
path = "wells.gpkg"
coverage = "known.gpkg"
accuracy_m = 0
as_of = 2024-01-01
"""


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def write(path: Path, shapes: list[Any], **columns: list[Any]) -> None:
    frame = geopandas.GeoDataFrame(columns or {"N": range(len(shapes))}, geometry=shapes, crs=CRS)
    frame.to_file(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plan")
    write(place / "area.gpkg", [box(-5000, -5000, 5000, 5000)])
    write(place / "known.gpkg", [box(-6000, -6000, 6000, 6000)])
    write(place / "settlement.gpkg", [box(0, 0, 1000, 1000)], KIND=["村"])
    write(
        place / "rights.gpkg",
        [box(0, 0, 400, 400), box(0, 400, 400, 500)],
        XKZH=["C1300002019", "C1300002019"],
        KQR=["甲公司", "甲公司"],
        FZRQ=["2019年5月1日", "2019-05-01"],
    )
    write(place / "wells.gpkg", [shapely.Point(X, Y - 300)])
    (place / "geozone.toml").write_text(PROJECT, "utf-8")
    rows = {
        "R1": (RIGHT, box(500, 500, 900, 900), "新建"),
        "R2": (RIGHT, box(2000, 2000, 2400, 2400), "新建"),
        "W1": ("middeep_reinjection:well_production", shapely.Point(X, Y), "新建"),
        "W2": ("middeep_reinjection:well_reinjection", shapely.Point(X, Y + 200), "新建"),
    }
    for name, each in (("mixed", rows), ("turned", dict(reversed(rows.items())))):
        write(
            place / f"{name}.geojson",
            [one for _, one, _ in each.values()],
            id=list(each),
            activity=[one for one, _, _ in each.values()],
            阶段=[one for _, _, one in each.values()],
        )
    return place


def result(folder: Path, name: str, out: Path) -> dict[str, Any]:
    gz.open(folder).assess(folder / f"{name}.geojson", crs=CRS).save(out)
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def test_plan_findings_stand_in_the_result(folder: Path, tmp_path: Path) -> None:
    told = result(folder, "mixed", tmp_path / "out.json")
    schema = json.loads(files("geozone.schemas").joinpath("result.schema.json").read_text("utf-8"))
    jsonschema.validate(told, schema)
    one, two, well, other = told["assessments"]
    held = {each["rule"]: each for each in one["findings"]}
    assert (held["HB-19"]["verdict"], held["HB-19"]["theme"]) == ("prohibited", "settlement")
    (village,) = [each for each in one["plan"] if each["rule"] == "HB-19"]
    assert village["counted"] == ["C1300002019", "R1"]
    assert (village["count"], village["possible"], village["limit"]) == (2, 0, 1)
    assert one["verdict"] == "prohibited"
    assert "HB-19" in two["clear"]
    spacing = {each["id"]: each["plan"][0]["distance_m"] for each in (well, other)}
    assert spacing == {
        "W1": pytest.approx(200, abs=0.01), "W2": pytest.approx(200, abs=0.01),
    }  # fmt: skip


def test_the_order_of_rows_changes_nothing_but_the_order(folder: Path, tmp_path: Path) -> None:
    one = result(folder, "mixed", tmp_path / "one.json")["assessments"]
    other = result(folder, "turned", tmp_path / "other.json")["assessments"]
    assert one == other[::-1]


def test_a_new_right_in_hebei_without_layers_is_open_each_gap_once() -> None:
    one = judged(Made(), [right()], [shipped("HB21")])["R1"]
    assert one.verdict is Verdict.UNDETERMINED
    gaps = [(gap.gap.rule, gap.gap.theme, gap.gap.cause.value, gap.gap.fact) for gap in one.gaps]
    assert max(Counter(gaps).values()) == 1
    wanted = {
        ("HB-17a", "planned_block"), ("HB-17a", "right_mining"), ("HB-17c", "right_mining"),
        ("HB-19", "settlement"), ("HB-19", "right_mining"),
        ("HB-20", "urban_development_boundary"), ("HB-21", "urban_development_boundary"),
    }  # fmt: skip
    assert wanted <= {(rule, theme) for rule, theme, cause, _ in gaps if cause == "no_layer"}
