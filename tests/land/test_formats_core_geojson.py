"""GeoJSON by the letter: what is read, what is refused, what is doubted."""

from __future__ import annotations

import json

import pytest
import shapely

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features

RING = [[114.2, 38.0], [114.3, 38.0], [114.3, 38.1], [114.2, 38.0]]
HOLE = [[114.25, 38.01], [114.26, 38.01], [114.26, 38.02], [114.25, 38.01]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


def feature(geometry=POLYGON, /, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


def written(folder, content, name="a.geojson", encoding="utf-8"):
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_bytes(text.encode(encoding))
    return path


def fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return refused.value.what


def geometry(kind, coordinates):
    return {"type": kind, "coordinates": coordinates}


GEOMETRIES = {
    "point": (geometry("Point", [114, 38]), "POINT (114 38)"),
    "point_with_height": (geometry("Point", [114.5, 38.5, 9.0]), "POINT Z (114.5 38.5 9)"),
    "empty_point": (geometry("Point", []), "POINT EMPTY"),
    "points": (geometry("MultiPoint", [[1, 2], [3, 4]]), "MULTIPOINT ((1 2), (3 4))"),
    "no_points": (geometry("MultiPoint", []), "MULTIPOINT EMPTY"),
    "line": (geometry("LineString", [[1.5, 2.5], [3.5, 4.5]]), "LINESTRING (1.5 2.5, 3.5 4.5)"),
    "lines": (
        geometry("MultiLineString", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
    ),
    "polygon": (POLYGON, "POLYGON ((114.2 38, 114.3 38, 114.3 38.1, 114.2 38))"),
    "hole": (
        geometry("Polygon", [RING, HOLE]),
        "POLYGON ((114.2 38, 114.3 38, 114.3 38.1, 114.2 38), "
        "(114.25 38.01, 114.26 38.01, 114.26 38.02, 114.25 38.01))",
    ),
    "polygons": (
        geometry("MultiPolygon", [[RING], [HOLE]]),
        "MULTIPOLYGON (((114.2 38, 114.3 38, 114.3 38.1, 114.2 38)), "
        "((114.25 38.01, 114.26 38.01, 114.26 38.02, 114.25 38.01)))",
    ),
    "empty_polygon": (geometry("Polygon", []), "POLYGON EMPTY"),
    "no_polygons": (geometry("MultiPolygon", []), "MULTIPOLYGON EMPTY"),
    "mixed_heights": (geometry("LineString", [[1, 2, 3], [4, 5]]), "LINESTRING (1 2, 4 5)"),
    "null": (None, None),
    "collection": (
        {"type": "GeometryCollection", "geometries": [geometry("Point", [1, 2])]},
        "GEOMETRYCOLLECTION (POINT (1 2))",
    ),
}


@pytest.mark.parametrize("name", GEOMETRIES)
def test_geometries(tmp_path, name):
    given, wkt = GEOMETRIES[name]
    found = read_features(written(tmp_path, collection(feature(given))), Wanted())
    assert shapely.to_wkt(found.shapes, rounding_precision=-1).tolist() == [wkt]
    assert (found.scanned, found.unclosed, found.doubts) == (1, 0, ())


def test_an_open_ring_is_closed_and_counted(tmp_path):
    found = read_features(
        written(tmp_path, collection(feature(geometry("Polygon", [RING[:-1]])))), Wanted()
    )
    assert found.unclosed == 1
    assert found.shapes[0].equals(shapely.Polygon(RING))


INVALID = {
    "ring_of_three": geometry("Polygon", [[RING[0], RING[1], RING[0]]]),
    "ring_of_two": geometry("Polygon", [RING[:2]]),
    "ring_of_one": geometry("Polygon", [RING[:1]]),
    "line_of_one": geometry("LineString", RING[:1]),
    "too_large": geometry("Polygon", [[[1e999, 38.0], *RING[1:3], [1e999, 38.0]]]),
}


@pytest.mark.parametrize("name", INVALID)
def test_shapes_that_are_none_are_not_valid(tmp_path, name):
    text = json.dumps(collection(feature(INVALID[name]))).replace("Infinity", "1e999")
    (shape,) = read_features(written(tmp_path, text), Wanted()).shapes
    assert not shapely.is_valid(shape)


WRONG = {
    "texts": [["114.2", "38"], *RING[1:]],
    "texts_and_numbers": [[114.2, "38"], *RING[1:]],
    "null": [[114.2, None], *RING[1:]],
    "true": [[114.2, True], *RING[1:]],
    "one_number": [[114.2], *RING[1:]],
    "no_array": [114.2, *RING[1:]],
    "object": [{"x": 1}, *RING[1:]],
    "too_deep": [RING, RING],
    "empty": [],
    "huge": [[10**400, 38.5], *RING[1:]],
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_coordinates_are_refused_with_their_feature(tmp_path, name):
    rings = [RING, WRONG[name]]
    path = written(tmp_path, collection(feature(), feature(geometry("Polygon", rings))))
    assert "feature 2" in fault(path)


MEMBERS = {
    "no_type": {"properties": {}, "geometry": POLYGON},
    "small_type": {"type": "feature", "properties": {}, "geometry": POLYGON},
    "no_geometry": {"type": "Feature", "properties": {}},
    "collection": collection(feature()),
    "number": 5,
    "null": None,
    "properties_of_a_list": {"type": "Feature", "properties": [1], "geometry": POLYGON},
    "geometry_of_a_list": {"type": "Feature", "properties": {}, "geometry": [RING]},
    "unknown_geometry": feature(geometry("Circle", [1, 2])),
    "small_geometry": feature(geometry("polygon", [RING])),
    "no_coordinates": feature({"type": "Polygon"}),
    "no_geometries": feature({"type": "GeometryCollection"}),
    "a_crs_of_its_own": feature() | {"crs": {"type": "name", "properties": {"name": "EPSG:4547"}}},
    "a_crs_within": feature(POLYGON | {"crs": None}),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_members_that_are_no_features_are_refused(tmp_path, name):
    assert "feature 2" in fault(written(tmp_path, collection(feature(), MEMBERS[name])))


def test_all_wrong_features_are_told_at_once(tmp_path):
    what = fault(written(tmp_path, collection(*[feature(), 1] * 9)))
    assert [f"feature {at}:" in what for at in (2, 4, 6, 8, 10, 12)] == [True] * 5 + [False]
    assert "(9)" in what


GOOD = '{"type":"Feature","properties":{},"geometry":null}'
TEXTS = {
    "twice_in_a_feature": '{"type":"FeatureCollection","features":[{"a":1,"a":2}]}',
    "twice_in_properties": (
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"L":1,"L":2},"geometry":null}]}'
    ),
    "twice_at_the_top": '{"type":"FeatureCollection","features":[],"features":[]}',
    "nan": '{"type":"FeatureCollection","features":[{"a":NaN}]}',
    "infinity": '{"type":"FeatureCollection","features":[{"a":-Infinity}]}',
    "cut": '{"type":"FeatureCollection","features":[' + GOOD,
    "cut_within": '{"type":"FeatureCollection","features":[{"ty',
    "comma_behind": '{"type":"FeatureCollection","features":[' + GOOD + ",]}",
    "comma_missing": '{"type":"FeatureCollection","features":[' + GOOD * 2 + "]}",
    "comment": '{"type":"FeatureCollection",/* */"features":[]}',
    "something_behind": '{"type":"FeatureCollection","features":[]} x',
    "two_objects": f"{GOOD}\n{GOOD}",
    "array": "[]",
    "nothing": "",
    "text": "hello",
    "octal": '{"type":"FeatureCollection","features":[{"a":0102}]}',
    "deep": '{"type":"FeatureCollection","features":[' + "[" * 200_000 + "]" * 200_000 + "]}",
    "no_features": '{"type":"FeatureCollection"}',
    "features_of_an_object": '{"type":"FeatureCollection","features":{}}',
    "name_of_a_number": '{5:"FeatureCollection"}',
    "topojson": '{"type":"Topology","objects":{}}',
    "esri": '{"geometryType":"esriGeometryPolygon","features":[]}',
    "no_geojson": '{"a":1}',
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_are_refused(tmp_path, name):
    for ending in ("geojson", "json"):
        assert fault(written(tmp_path, TEXTS[name], f"a.{ending}"))


HINTS = {
    "two_objects": ".geojsonl",
    "topojson": "TopoJSON",
    "esri": "Esri JSON",
    "nan": "NaN",
    "twice_in_properties": "'L'",
    "deep": "nested too deeply",
}


@pytest.mark.parametrize("name", HINTS)
def test_refusals_say_what_it_is(tmp_path, name):
    assert HINTS[name] in fault(written(tmp_path, TEXTS[name]))


# What may be read


def test_a_lone_feature_and_a_bare_geometry(tmp_path):
    for content in (feature(a="x"), POLYGON):
        found = read_features(written(tmp_path, content), Wanted())
        assert [one.geom_type for one in found.shapes] == ["Polygon"]


def test_features_before_the_type_and_spaces(tmp_path):
    text = f'\n {{ "features" : [ {GOOD} ,\r\n{GOOD} ]\t,\n "type" : "FeatureCollection" }} \n'
    assert len(read_features(written(tmp_path, text), Wanted()).shapes) == 2


def test_an_empty_collection(tmp_path):
    found = read_features(written(tmp_path, collection()), Wanted())
    assert (len(found.shapes), found.fids, found.scanned) == (0, (), 0)


def test_an_empty_collection_lacks_no_field(tmp_path):
    found = read_features(written(tmp_path, collection()), Wanted(fields=("LEVEL",)))
    assert found.columns == {"LEVEL": ()}


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_one_feature_a_line(tmp_path, mark):
    text = "".join(f"{mark}{json.dumps(feature(no=at))}\n" for at in (1, 2)) + "\n"
    found = read_features(written(tmp_path, text, "a.geojsonl"), Wanted(fields=("no",)))
    assert found.columns["no"] == ("1", "2")
    broken = written(tmp_path, text + '{"type":', "a.geojsonl")
    assert "line 4" in fault(broken)


VALUES = {
    "text": ('"0102"', "0102"),
    "digits": ("102", "102"),
    "many_digits": ("9007199254740993001", "9007199254740993001"),
    "whole_float": ("3.0", "3"),
    "float": ("1.5", "1.5"),
    "true": ("true", "True"),
    "null": ("null", None),
    "blank": ('" "', None),
    "day_as_written": ('"2020/01/05"', "2020/01/05"),
    "time_as_written": ('"2020-01-05T00:00:00Z"', "2020-01-05T00:00:00Z"),
    "list": ('["a", 1]', '["a", 1]'),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(tmp_path, name):
    value, text = VALUES[name]
    whole = json.dumps(collection(feature(X="@"), feature())).replace('"@"', value)
    assert read_features(written(tmp_path, whole), Wanted(fields=("x",))).columns["x"] == (
        text,
        None,
    )


def test_fields_by_alias_and_none(tmp_path):
    path = written(tmp_path, collection(feature(地类编码="0101")))
    assert read_features(path, Wanted(fields=("DLBM",))).columns["DLBM"] == ("0101",)
    assert "no field 'LEVEL'" in fault(path, fields=("LEVEL",))


IDS = {
    "own": ([7, 9], (7, 9)),
    "from_zero": ([0, 1], (1, 2)),
    "twice": ([7, 7], (1, 2)),
    "texts": (["a", "b"], (1, 2)),
    "some": ([7, None], (1, 2)),
    "huge": ([7, 1 << 80], (1, 2)),
}


@pytest.mark.parametrize("name", IDS)
def test_numbers_of_features(tmp_path, name):
    ids, numbers = IDS[name]
    path = written(tmp_path, collection(*(feature() | {"id": one} for one in ids)))
    assert read_features(path, Wanted()).fids == numbers


# CRS: longitude, x comes first in every one


def named(name):
    return {"crs": {"type": "name", "properties": {"name": name}}}


STATED = {
    "none": ({}, 4326),
    "crs84": (named("urn:ogc:def:crs:OGC:1.3:CRS84"), 4326),
    "crs84_short": (named("OGC:CRS84"), 4326),
    "urn": (named("urn:ogc:def:crs:EPSG::4490"), 4490),
    "urn_with_version": (named("urn:ogc:def:crs:EPSG:6.9:4490"), 4490),
    "short": (named("EPSG:4547"), 4547),
    "old": ({"crs": {"type": "EPSG", "properties": {"code": 4490}}}, 4490),
    "null": ({"crs": None}, None),
}


@pytest.mark.parametrize("name", STATED)
def test_stated_crs(tmp_path, name):
    members, code = STATED[name]
    found = read_features(written(tmp_path, collection(feature(), **members)), Wanted())
    assert (found.crs.to_epsg() if found.crs else None) == code
    assert shapely.get_coordinates(found.shapes)[0].tolist() == RING[0]


UNSTATED = {
    "link": {"crs": {"type": "link", "properties": {"href": "http://x"}}},
    "unknown": named("urn:ogc:def:crs:EPSG::999999"),
    "words": named("CGCS2000"),
    "text": {"crs": "EPSG:4490"},
    "empty": {"crs": {}},
}


@pytest.mark.parametrize("name", UNSTATED)
def test_a_crs_that_cannot_be_read_is_refused(tmp_path, name):
    what = fault(written(tmp_path, collection(feature(), **UNSTATED[name])))
    assert "crs" in what or "EPSG" in what


# Encodings: (encoding of the file, declared) -> (encoding that is read, words)

ENCODINGS = {
    "utf8": ("utf-8", None, "utf-8", ""),
    "utf8_with_mark": ("utf-8-sig", None, "utf-8", ""),
    "utf8_declared": ("utf-8", "UTF-8", "utf-8", ""),
    "utf8_declared_gbk": ("utf-8", "GBK", "utf-8", "read as UTF-8"),
    "gbk_declared": ("gb18030", "GBK", "gb18030", ""),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings(tmp_path, name):
    stored, declared, encoding, note = ENCODINGS[name]
    path = written(tmp_path, collection(feature(L="正线")), encoding=stored)
    found = read_features(path, Wanted(fields=("L",), encoding=declared))
    assert (found.columns["L"], found.encoding) == (("正线",), encoding)
    assert note in " ".join(found.notes)


@pytest.mark.parametrize(
    ("stored", "declared", "part"),
    [
        ("gb18030", None, 'encoding = "GB18030"'),
        ("utf-16", None, "UTF-16"),
        ("utf-32", "GBK", "UTF"),
    ],
)
def test_other_encodings_are_refused(tmp_path, stored, declared, part):
    path = written(tmp_path, collection(feature(L="正线")), encoding=stored)
    assert part in fault(path, encoding=declared)


# Downloads that are not whole

HELD_BACK = {
    "matched": {"numberMatched": 5, "numberReturned": 1},
    "returned": {"numberReturned": 2},
    "total": {"totalFeatures": 5},
    "limit": {"exceededTransferLimit": True},
    "limit_within": {"properties": {"exceededTransferLimit": True}},
}


@pytest.mark.parametrize("name", HELD_BACK)
def test_downloads_that_are_not_whole_are_doubted(tmp_path, name):
    found = read_features(written(tmp_path, collection(feature(), **HELD_BACK[name])), Wanted())
    assert [problem for problem, _ in found.doubts] == ["count-mismatch"]


def test_a_whole_download_is_not_doubted(tmp_path):
    members = {"numberMatched": 1, "totalFeatures": "unknown", "bbox": [1, 2, 3, 4], "name": "x"}
    assert read_features(written(tmp_path, collection(feature(), **members)), Wanted()).doubts == ()


def test_a_layer_of_another_name_is_refused(tmp_path):
    path = written(tmp_path, collection(feature()))
    assert read_features(path, Wanted("a")).layer == "a"
    assert "there is no layer 'b'" in fault(path, layer="b")
