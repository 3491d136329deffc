"""Bad projects and layers: one fault each, told with its place; all faults at once."""

from __future__ import annotations

import sqlite3
import struct
from datetime import date

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from geozone.land.project import read_project
from geozone.law.errors import Refused

BARE = pytest.mark.filterwarnings("ignore:'crs' was not provided")
CROSSED = shapely.Polygon(
    [(519_000, 4_206_000), (521_000, 4_208_000), (521_000, 4_206_000), (519_000, 4_208_000)]
)


def faults_of(case):
    with pytest.raises(Refused) as refused:
        read_project(case.write())
    return refused.value.faults


def only(case, *parts):
    """The one fault of the case; its text holds every part."""
    (fault,) = faults_of(case)
    for part in parts:
        assert part in str(fault), str(fault)
    return fault


# The project table

PROJECT = {
    "no_adcode": ({"adcode": None}, ["adcode", "jurisdiction"]),
    "adcode_is_a_number": ({"adcode": 13}, ["project, adcode", "13"]),
    "adcode_is_a_word": ({"adcode": "河北"}, ["adcode"]),
    "no_name": ({"name": None}, ["name", "missing"]),
    "unknown_key": ({"polices": ["HB21"]}, ["polices", "policies"]),
    "bad_date": ({"on": "2024-13-01"}, ["project, on"]),
    "bad_activity": ({"activities": ["middeep:well"]}, ["activities", "did you mean"]),
    "geographic_crs": ({"crs": "EPSG:4490"}, ["project, crs", "metres"]),
    "unknown_crs": ({"crs": "EPSG:999999"}, ["project, crs"]),
    "old_datum": ({"crs": "EPSG:2412"}, ["Beijing"]),
    "zero_resolution": ({"resolution_m": 0}, ["resolution_m"]),
    "negative_accuracy": ({"proposal_accuracy_m": -1}, ["proposal_accuracy_m"]),
    "nan": ({"proposal_accuracy_m": float("nan")}, ["proposal_accuracy_m"]),
    "odd_parameter": ({"parameters": {"x": True}}, ["parameters"]),
    "odd_office": ({"office": {"nam": "x"}}, ["office", "nam"]),
    "area_is_missing": ({"area": "none.gpkg"}, ["none.gpkg", "does not exist"]),
    "area_is_no_vector": ({"area": "area.vrt"}, ["area.vrt"]),
}


@pytest.mark.parametrize("name", PROJECT)
def test_project_fault(case, name):
    changes, parts = PROJECT[name]
    (case.folder / "area.vrt").write_text("<OGRVRTDataSource/>")
    case.project = {k: v for k, v in {**case.project, **changes}.items() if v is not None}
    if "adcode" in changes and changes["adcode"] is not None:
        # a wrong adcode is told once as such, and counts as none
        assert any(all(part in str(one) for part in parts) for one in faults_of(case))
        return
    text = case.write().read_text("utf-8").replace("NaN", "nan")
    case.write = lambda: _written(case.folder / "geozone.toml", text)
    only(case, *parts)


def _written(path, text):
    path.write_text(text, "utf-8")
    return path


FILES = {
    "no_file": (None, "no project file"),
    "broken": ("schema = 1\n[project\n", "TOML"),
    "no_schema": ('[project]\nname="x"\narea="area.gpkg"\nadcode="13"\n', "schema"),
    "other_schema": ('schema = 2\n[project]\nname="x"\narea="area.gpkg"\nadcode="13"\n', "schema"),
    "endless_number": (f"schema = {'1' * 5000}\n", "TOML"),
    "endless_nesting": (f"schema = {'[' * 50_000}{']' * 50_000}\n", "TOML"),
    "true_is_not_1": (
        'schema = true\n[project]\nname="x"\narea="area.gpkg"\nadcode="13"',
        "schema",
    ),
    "top_key": (
        'schema = 1\nlayers = 1\n[project]\nname="x"\narea="area.gpkg"\nadcode="13"\n',
        "did you mean layer?",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_file_fault(case, name):
    text, part = FILES[name]
    path = case.folder / "geozone.toml"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        read_project(path)
    assert [part in str(one) for one in refused.value.faults] == [True]


@BARE
def test_area_without_crs(case, make):
    make["frame"]([make["square"]()], None).to_file(case.folder / "bare.gpkg")
    case.project["area"] = "bare.gpkg"
    only(case, "bare.gpkg", "no CRS")


def test_area_of_lines(case, make):
    make["frame"]([shapely.LineString([(5e5, 4e6), (6e5, 4e6)])]).to_file(case.folder / "l.gpkg")
    case.project["area"] = "l.gpkg"
    only(case, "l.gpkg", "polygons")


def test_area_outside_the_zones(case, make):
    made = make["frame"]([shapely.box(10, 45, 11, 46)], "EPSG:4326")
    made.to_file(case.folder / "far.gpkg")
    case.project["area"] = "far.gpkg"
    only(case, "3-degree zones")


# The layer table

LAYER = {
    "unknown_key": ({"accurracy": 5}, ["accurracy", "accuracy_m"]),
    "unknown_theme": ({"theme": "farmland"}, ["theme", "forest_land"]),
    "no_accuracy": ({"accuracy_m": None}, ["accuracy_m", "missing"]),
    "negative_accuracy": ({"accuracy_m": -5}, ["accuracy_m", "-5"]),
    "accuracy_is_text": ({"accuracy_m": "5"}, ["accuracy_m"]),
    "no_path": ({"path": None}, ["path"]),
    "path_and_paths": ({"paths": ["a.gpkg"]}, ["exactly one"]),
    "class_on_classless": ({"class": {"field": "X", "map": {"a": "b"}}}, ["no classes"]),
    "field_unknown": ({"fields": {"colour": "X"}}, ["fields", "colour"]),
    "field_not_there": ({"fields": {"holder": "KQR"}}, ["KQR"]),
    "complete_for_unknown": ({"complete_for": ["x"]}, ["complete_for"]),
    "age_without_date": ({"max_age_days": 30}, ["max_age_days", "as_of"]),
    "valid_backwards": ({"valid": [date(2024, 1, 1), date(2023, 1, 1)]}, ["valid"]),
    "band_of_a_vector": ({"band": 1}, ["band"]),
    "sha_is_short": ({"sha256": "abc"}, ["sha256"]),
    "sha_differs": ({"sha256": "0" * 64}, ["sha256", "another hash"]),
    "count_differs": ({"features": 9}, ["features", "count-mismatch"]),
    "waive_unknown": ({"waive": [{"problem": "all", "why": "x"}]}, ["waive 1", "problem"]),
    "waive_without_why": ({"waive": [{"problem": "missing"}]}, ["waive 1, why"]),
    "coverage_missing": ({"coverage": "c.gpkg"}, ["c.gpkg", "coverage"]),
    "half_width_of_polygons": ({"half_width_m": 5}, ["half_width_m"]),
    "crs_differs": ({"crs": "EPSG:4548"}, ["crs", "EPSG:4547"]),
    "crs_unknown": ({"crs": "GCJ-02"}, ["crs", "GCJ-02"]),
    "layer_unknown": ({"layer": "other"}, ["other", "pbf"]),
}


@pytest.mark.parametrize("name", LAYER)
def test_layer_fault(case, make, name):
    changes, parts = LAYER[name]
    case.add("pbf.gpkg", [make["square"]()])
    case.layers[0] = {k: v for k, v in {**case.layers[0], **changes}.items() if v is not None}
    only(case, "layer 1", *parts)


def rail(make, **columns):
    return make["frame"]([shapely.LineString([(519_000, 4.2e6), (521_000, 4.21e6)])], **columns)


def railway(**more):
    table = {
        "theme": "railway",
        "half_width_m": 10,
        "class": {"field": "LEVEL", "map": {"正线": "line"}},
    }
    return {k: v for k, v in {**table, **more}.items() if v is not None}


RAILWAY = {
    "class_twice": (
        {"class": {"field": "LEVEL", "map": {"正线": "line", " 正线": "metro"}}},
        ["class, map", "twice", "正线"],
    ),
    "no_class": ({"class": None}, ["class", "has classes"]),
    "class_key": ({"class": {"field": "LEVEL", "maps": {}}}, ["maps"]),
    "class_target": ({"class": {"field": "LEVEL", "map": {"正线": "lines"}}}, ["lines", "line"]),
    "class_field": ({"class": {"field": "LVL", "map": {"正线": "line"}}}, ["LVL", "LEVEL"]),
    "unmapped_value": ({"class": {"field": "LEVEL", "map": {"x": "line"}}}, ["正线", "unknown"]),
    "no_half_width": ({"half_width_m": None}, ["half_width_m"]),
}


@pytest.mark.parametrize("name", RAILWAY)
def test_railway_fault(case, make, name):
    changes, parts = RAILWAY[name]
    case.add("rail.gpkg", rail(make, LEVEL=["正线"]), **railway(**changes))
    faults = [str(one) for one in faults_of(case)]
    assert any(all(part in one for part in parts) for one in faults), faults
    assert len(faults) == (2 if name == "class_key" else 1), faults


def test_null_class_must_be_mapped(case, make):
    case.add("rail.gpkg", rail(make, LEVEL=[None]), **railway())
    only(case, "unknown-class", "''")


def test_wrong_attribute_value(case, make):
    made = make["frame"]([make["square"]()], JB=["a"], SY=["泉水"])
    case.add(
        "w.gpkg",
        made,
        theme="drinking_water_zone",
        fields={"source": "SY"},
        **{"class": {"field": "JB", "map": {"a": "primary"}}},
    )
    only(case, "fields.source", "w#1", "泉水")


def test_jurisdiction_layer_needs_its_adcode(case, make):
    case.add("towns.gpkg", [make["square"]()], theme="jurisdiction")
    only(case, "jurisdiction", "adcode")


# The content of a layer


def raw_geojson(case, *geometries):
    rows = ",".join(
        f'{{"type":"Feature","properties":{{}},"geometry":{one}}}' for one in geometries
    )
    text = f'{{"type":"FeatureCollection","features":[{rows}]}}'
    (case.folder / "x.geojson").write_text(text, "utf-8")


def ring(*corners):
    return f'{{"type":"Polygon","coordinates":[{[list(one) for one in corners]}]}}'


GOOD = ring((114.2, 38), (114.21, 38), (114.21, 38.01), (114.2, 38))
TORN = ring((114.2, 38), (114.21, 38.01), (114.21, 38), (114.2, 38.01), (114.2, 38))

CONTENT = {
    "null": ([GOOD, "null"], "null-geometry", ["x#2"]),
    "empty": ([GOOD, '{"type":"Polygon","coordinates":[]}'], "empty-geometry", ["x#2"]),
    "self_crossing": ([GOOD, TORN], "invalid-geometry", ["x#2", "Self-intersection", "114.205"]),
    "no_feature_at_all": ([], "no-features", ["empty_ok"]),
}


@pytest.mark.parametrize("name", CONTENT)
def test_content_is_refused_or_waived(case, name):
    geometries, problem, parts = CONTENT[name]
    raw_geojson(case, *geometries)
    case.add("x.geojson", None, coverage="area")
    only(case, problem, "x.geojson", *parts)
    case.layers[0]["waive"] = [{"problem": problem, "why": "known"}]
    read = read_project(case.write())
    (layer,) = read.layers
    assert layer.waived
    assert layer.receipt.waived == (problem,)
    assert layer.coverage.is_empty
    assert len(layer.shapes) == min(len(geometries), 1)
    assert any("known" in one for one in read.warnings)


def test_waiver_that_is_not_needed_changes_nothing(case, make):
    waive = [{"problem": "null-geometry", "why": "x"}]
    case.add("pbf.gpkg", [make["square"]()], coverage="area", waive=waive)
    read = read_project(case.write())
    assert not read.layers[0].waived
    assert not read.layers[0].coverage.is_empty
    assert any("waiver" in one for one in read.warnings)


def test_missing_and_unreadable(case):
    (case.folder / "broken.gpkg").write_text("no database")
    (case.folder / "cut.geojson").write_text('{"type":"FeatureCollection","features":[{"ty')
    case.add("none.gpkg", None)
    case.add("broken.gpkg", None)
    case.add("cut.geojson", None)
    told = [str(one) for one in faults_of(case)]
    marks = ["(missing)", "(unreadable)", "(unreadable)"]
    assert [mark in one for mark, one in zip(marks, told, strict=True)] == [True] * 3
    for layer, problem in zip(case.layers, marks, strict=True):
        layer["waive"] = [{"problem": problem.strip("()"), "why": "on order"}]
    assert [len(one.shapes) for one in read_project(case.write()).layers] == [0] * 3


def test_virtual_layers_are_refused_whatever_is_waived(case):
    (case.folder / "trick.vrt").write_text("<OGRVRTDataSource/>")
    case.add("trick.vrt", None, waive=[{"problem": "unreadable", "why": "on order"}])
    only(case, "layer 1", "VRT")


@BARE
def test_no_crs(case, make):
    case.add("pbf.gpkg", make["frame"]([make["square"]()], None))
    only(case, "crs", "no CRS")
    case.layers[0]["crs"] = "EPSG:4547"
    assert len(read_project(case.write()).layers) == 1


def test_broken_definition_of_the_crs(case, make):
    case.add("pbf.shp", [make["square"]()])
    note = case.folder / "pbf.prj"
    text = note.read_text()
    for broken in (text[: len(text) // 2], text.replace("Gauss_Kruger", "Gauss_Krugxr")):
        note.write_text(broken)
        assert all("pbf.shp" in str(one) for one in faults_of(case))


def test_degrees_in_a_metric_crs(case, make):
    case.add("pbf.gpkg", make["frame"]([shapely.box(114.2, 38, 114.3, 38.1)], "EPSG:4547"))
    only(case, "degrees in the metric CRS")


def test_metres_in_a_geographic_crs(case, make):
    case.add("pbf.gpkg", make["frame"]([make["square"]()], "EPSG:4490"))
    only(case, "are not degrees")


@pytest.mark.parametrize("epsg", [4610, 4214, 4555, 2384])
def test_old_datums(case, make, epsg):
    case.add("pbf.gpkg", make["frame"]([shapely.box(114.2, 38, 114.3, 38.1)], f"EPSG:{epsg}"))
    only(case, "refused", "CGCS2000")


@pytest.mark.parametrize("more", [{}, {"empty_ok": True}])
def test_layer_in_the_wrong_zone(case, make, more):
    made = make["frame"]([make["square"]()], "EPSG:4546")
    case.add("pbf.gpkg", made, coverage="area", **more)
    only(case, "far-from-area", "km", "west")


def test_layer_beside_the_area(case, make):
    case.add("pbf.gpkg", [make["square"](30_000)])
    only(case, "far-from-area", "20 km to the east")


def test_features_around_but_none_inside(case, make):
    around = [make["square"](-30_000), make["square"](30_000)]
    case.add("pbf.gpkg", around)
    only(case, "no-features", "empty_ok")


def test_wrong_kind_of_geometry(case, make):
    case.add("pbf.gpkg", rail(make))
    only(case, "wrong kind", "line", "polygon")


def test_mixed_kinds(case, make):
    line = shapely.LineString([(519_000, 4.2e6), (521_000, 4.21e6)])
    made = make["frame"]([line, make["square"]()], LEVEL=["正线", "正线"])
    case.add("rail.geojson", made.to_crs(4326), **railway(half_width_m=None))
    only(case, "mixed")


def test_two_layers_in_a_container(case, make):
    path = case.add("pbf.gpkg", [make["square"]()])
    make["frame"]([make["square"](3000)]).to_file(path, layer="more")
    only(case, "2 layers: pbf, more")
    case.layers[0]["layer"] = "more"
    assert read_project(case.write()).layers[0].name == "pbf:more"


def test_stored_count_is_not_trusted(case, make):
    path = case.add("pbf.gpkg", [make["square"](2000 * i) for i in range(3)])
    with sqlite3.connect(path) as base:
        base.execute("DROP TRIGGER IF EXISTS trigger_insert_feature_count_pbf")
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 1")
    base.close()
    only(case, "count-mismatch")


def test_cut_shapefile_index(case, make):
    case.add("pbf.shp", [make["square"](2000 * i) for i in range(3)])
    index = case.folder / "pbf.shx"
    content = index.read_bytes()
    index.write_bytes(content[:24] + struct.pack(">i", (len(content) - 8) // 2) + content[28:-8])
    assert any("count-mismatch" in str(one) for one in faults_of(case))
    index.unlink()
    assert any(".shx" in str(one) for one in faults_of(case))


def test_chinese_shapefile_without_encoding(case, make):
    made = make["frame"]([make["square"]()], 级别=["重要"])
    path = case.folder / "river.shp"
    made.to_file(path, encoding="GB18030")
    mapping = {"class": {"field": "级别", "map": {"重要": "important"}}}
    case.add("river.shp", None, theme="river_lake_management", **mapping)
    for said, note in (("GB18030", ""), ("UTF-8", "states utf-8"), ("", "no encoding is stated")):
        path.with_suffix(".cpg").write_text(said)
        receipt = read_project(case.write()).layers[0].receipt
        assert receipt.encoding == "gb18030"
        assert note in " ".join(receipt.notes)
    case.layers[0]["encoding"] = "UTF-8"
    only(case, "text is not utf-8")


def write_raster(path, values, transform=None, crs="EPSG:4490"):
    at = transform or Affine(0.05, 0, 114.1, 0, -0.05, 38.1)
    rows, cols = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cols,
        height=rows,
        count=1,
        dtype=values.dtype,
        crs=crs,
        nodata=255,
        transform=at,
    ) as file:
        file.write(values, 1)


CELLS = np.array([[0, 1], [1, 7]], np.uint8)
VALUES = {"0": "none", "1": "present", "7": "unknown"}
RASTER = {
    "unmapped": ({}, {"class": {"values": {"0": "none", "1": "present"}}}, ["7", "unknown-class"]),
    "word": ({}, {"class": {"values": {"0": "none", "1": "key"}}}, ["key"]),
    "key": ({}, {"class": {"values": {"x": "none"}}}, ["raster values"]),
    "vector_class": ({}, {"class": {"field": "a", "map": {"a": "b"}}}, ["field"]),
    "band": ({}, {"band": 2}, ["band 2"]),
    "encoding": ({}, {"encoding": "UTF-8"}, ["encoding"]),
    "rotated": ({"transform": Affine(0.05, 0.01, 114.1, 0, -0.05, 38.1)}, {}, ["rotated"]),
    "no_crs": ({"crs": None}, {}, ["no CRS"]),
    "far": ({"transform": Affine(0.05, 0, 110.1, 0, -0.05, 38.1)}, {}, ["far-from-area", "west"]),
    "no_tiff": (None, {}, ["unreadable"]),
}


@pytest.mark.parametrize("name", RASTER)
def test_raster_fault(case, name):
    written, changes, parts = RASTER[name]
    path = case.folder / "x.tif"
    if written is None:
        path.write_text("<VRTDataset/>")
    else:
        write_raster(path, CELLS, **written)
    case.add("x.tif", None, **{"class": {"values": VALUES}, **changes})
    faults = [str(one) for one in faults_of(case)]
    assert any(all(part in one for part in parts) for one in faults), faults


@BARE
def test_five_faults_are_told_at_once(case, make):
    case.project["polices"] = ["HB21"]
    case.add("none.gpkg", None)
    case.add("bare.gpkg", make["frame"]([make["square"]()], None))
    case.add("torn.gpkg", [CROSSED])
    case.add("rail.gpkg", rail(make, LEVEL=["支线"]), **railway())
    told = [str(one) for one in faults_of(case)]
    marks = ["polices", "missing", "no CRS", "Self-intersection[520000 4207000]", "支线"]
    assert [mark in one for mark, one in zip(marks, told, strict=True)] == [True] * 5


def test_many_invalid_features_are_counted(case):
    case.add("torn.gpkg", [CROSSED] * 9)
    told = [str(one) for one in faults_of(case)]
    assert len(told) == 6
    assert "4 more" in told[-1]


def test_reading_writes_nothing(case, make):
    case.add("pbf.gpkg", [make["square"]()])
    write_raster(case.folder / "x.tif", CELLS)
    case.add("x.tif", None, theme="scenic_area", **{"class": {"values": VALUES}})
    path = case.write()
    before = {one.name: one.stat().st_mtime_ns for one in case.folder.iterdir()}
    read_project(path, store=None)
    assert {one.name: one.stat().st_mtime_ns for one in case.folder.iterdir()} == before
    assert isinstance(geopandas.read_file(case.folder / "area.gpkg"), geopandas.GeoDataFrame)
