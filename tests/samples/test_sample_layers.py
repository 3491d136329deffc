from __future__ import annotations

import importlib.util
import re
import tomllib
from datetime import date
from pathlib import Path

import pyogrio
import pytest
import shapely

from geozone.law.activity import Activity
from geozone.rules import vocabulary

LAYERS = Path(__file__).resolve().parents[2] / "layers"
PROJECTS = {"hebei-demo": "13", "shanxi": "14", "liaocheng": "3715", "beijing": "11"}
LIMIT_BYTES = 3_500_000
LIMIT_VERTICES = 60_000
NOTE = "合成示例数据 / synthetic sample"


def project_table(name):
    return tomllib.loads((LAYERS / name / "geozone.toml").read_text("utf-8"))


def listed():
    return [(name, row) for name in PROJECTS for row in project_table(name)["layer"]]


def row_id(case):
    return case if isinstance(case, str) else f"{case['theme']}-{case.get('layer', '')}"


def is_raster(row):
    return row["path"].endswith(".tif")


def features(name, row):
    options = {key: row[key] for key in ("layer", "encoding") if key in row}
    return pyogrio.read_dataframe(LAYERS / name / row["path"], **options)


every_layer = pytest.mark.parametrize(("name", "row"), listed(), ids=row_id)
every_vector = pytest.mark.parametrize(
    ("name", "row"), [case for case in listed() if not is_raster(case[1])], ids=row_id
)
every_classed = pytest.mark.parametrize(
    ("name", "row"),
    [(name, row) for name, row in listed() if "field" in row.get("class", {})],
    ids=row_id,
)
every_project = pytest.mark.parametrize("name", PROJECTS)


def files():
    """The files of all samples, but for what runs keep beside them."""
    return [one for one in LAYERS.rglob("*") if one.is_file() and ".geozone" not in one.parts]


def test_all_layers_stay_small():
    assert sum(one.stat().st_size for one in files()) <= LIMIT_BYTES


@every_project
def test_project_heads_name_their_law_date_and_ground(name):
    head = project_table(name)["project"]
    assert head["adcode"] == PROJECTS[name]
    assert isinstance(head["on"], date)
    assert (LAYERS / name / head["area"]).is_file()
    for written in head["activities"]:
        assert isinstance(vocabulary.parse_activity(written), Activity)


@every_project
def test_every_protected_theme_is_supplied(name):
    protected = {one.id for one in vocabulary.themes().values() if one.protected}
    assert protected <= {row["theme"] for row in project_table(name)["layer"]}


@every_layer
def test_files_and_coverages_stand_where_the_project_says(name, row):
    assert (LAYERS / name / row["path"]).is_file()
    assert (LAYERS / name / row["coverage"]).is_file()


@every_layer
def test_every_layer_tells_its_origin_and_accuracy(name, row):
    assert {"source", "licence", "as_of", "accuracy_m"} <= set(row)
    assert row["as_of"] <= project_table(name)["project"]["on"]


@every_layer
def test_only_openstreetmap_lines_are_real(name, row):
    is_real_line = row["theme"] == "railway" and row["path"].startswith("../osm/")
    assert row.get("synthetic", False) is not is_real_line


@every_vector
def test_every_synthetic_feature_says_so(name, row):
    table = features(name, row)
    assert table.empty == row.get("empty_ok", False)
    if row.get("synthetic") and len(table):
        assert set(table["note"]) == {NOTE}


@every_vector
def test_shapes_are_valid_and_of_the_right_kind(name, row):
    shapes = features(name, row).geometry.values if not row.get("empty_ok") else []
    kinds = {one.geom_type.removeprefix("Multi") for one in shapes}
    allowed = vocabulary.themes()[row["theme"]].shapes
    assert all(shapely.is_valid(shapes))
    assert {kind.lower().replace("linestring", "line") for kind in kinds} <= set(allowed)


@every_classed
def test_stored_classes_are_mapped(name, row):
    assert set(features(name, row)[row["class"]["field"]]) <= set(row["class"]["map"])


@every_project
def test_projects_stay_light(name):
    rows = [row for row in project_table(name)["layer"] if not is_raster(row)]
    tables = [features(name, row) for row in rows if not row.get("empty_ok")]
    assert sum(shapely.get_num_coordinates(one.geometry).sum() for one in tables) <= LIMIT_VERTICES


@every_layer
def test_every_layer_stands_in_the_catalog(name, row):
    path = (LAYERS / name / row["path"]).resolve().relative_to(LAYERS)
    lines = (LAYERS / "catalog.md").read_text("utf-8").splitlines()
    found = [line for line in lines if line.startswith(f"| {path.as_posix()} | ")]
    assert any(f"| {row['theme']} |" in line and row["as_of"].isoformat() in line for line in found)


def test_every_file_stands_in_the_catalog():
    catalog = (LAYERS / "catalog.md").read_text("utf-8")
    for file in files():
        stem = re.sub(r"\.(dbf|shx|prj)$", ".shp", file.relative_to(LAYERS).as_posix())
        told = file.name in ("geozone.toml", "catalog.md") or stem in catalog
        assert told, stem


def test_openstreetmap_stands_apart_with_its_notice():
    assert "Open Database\nLicense (ODbL) 1.0" in (LAYERS / "osm" / "NOTICE.md").read_text("utf-8")
    for name, row in listed():
        assert ("OpenStreetMap" in row["source"]) == row["path"].startswith("../osm/"), name


def test_all_formats_occur():
    suffixes = {Path(row["path"]).suffix for _, row in listed()}
    assert suffixes == {".gpkg", ".geojson", ".shp", ".tif"}


@pytest.mark.skipif(
    importlib.util.find_spec("geozone.land.project") is None, reason="reading is not there"
)
@every_project
def test_projects_are_read_without_fault(name):
    from geozone.land.project import read_project

    project = read_project(LAYERS / name)
    assert project.adcode == PROJECTS[name]
    assert len(project.layers) == len(project_table(name)["layer"])
