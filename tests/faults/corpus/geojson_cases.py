"""GeoJSON that is not what it says: members missing, doubled, in another CRS or encoding."""

from __future__ import annotations

import json
from typing import Any

from corpus.ground import (
    FAR,
    FIELD,
    RAIL,
    RAIL_KEYS,
    Ground,
    cases,
    degrees,
    features,
    member,
    moved,
    shifted,
    swapped,
)

D_FIELD, D_FAR = member(degrees(FIELD)), member(degrees(FAR))
RING = D_FIELD["coordinates"][0]
WHOLE = features(D_FAR, D_FIELD)
RAILS = [member(degrees(shifted(RAIL, -8000))), member(degrees(RAIL))]


def text(content: str | bytes, **keys: Any):
    def make(g: Ground) -> None:
        g.layer("pbf.geojson", **keys)
        g.file("pbf.geojson", content)

    return make


def swap(old: str, new: str, whole: str = WHOLE):
    """The good collection with the last occurrence of a text replaced."""
    head, found, tail = whole.rpartition(old)
    assert found, old
    return text(head + new + tail)


def beside(geometry: Any):
    return text(features(D_FAR, geometry))


def ring(*points: Any):
    return beside({"type": "Polygon", "coordinates": [list(points)]})


def in_crs(name: Any, shapes: Any):
    return text(features(*shapes, crs={"type": "name", "properties": {"name": name}}))


def classed(value: Any, *, mapping: dict[str, str] | None = None, encoding: str = "utf-8"):
    """A railway whose class is of any JSON type."""

    def make(g: Ground) -> None:
        keys = {**RAIL_KEYS}
        if mapping:
            keys["class"] = {"field": "LEVEL", "map": mapping}
        g.layer("rail.geojson", "railway", **keys)
        both = [{"LEVEL": value}, {"LEVEL": value}]
        g.file("rail.geojson", features(*RAILS, properties=both).encode(encoding))

    return make


def plain_unicode(value: str, encoding: str):
    def make(g: Ground) -> None:
        classed(value)(g)
        both = [{"LEVEL": value}, {"LEVEL": value}]
        content = json.loads(features(*RAILS, properties=both))
        g.file("rail.geojson", json.dumps(content, ensure_ascii=False).encode(encoding))

    return make


METRIC = (FAR, FIELD)
FEATURE = json.loads(WHOLE)["features"][1]
TOPO = {"type": "Topology", "objects": {"a": {"type": "Polygon", "arcs": [[0]]}}, "arcs": [RING]}
ESRI = {"geometryType": "esriGeometryPolygon", "features": [{"geometry": {"rings": [RING]}}]}
NAME = "pbf.geojson"

TABLE = {
    "axes_swapped": (text(features(swapped(degrees(FAR)), swapped(degrees(FIELD)))), ""),
    "one_feature_with_axes_swapped": (beside(swapped(degrees(FIELD))), "", "refused"),
    "metres_without_a_crs": (text(features(*METRIC)), "degrees"),
    "one_feature_in_metres": (beside(FIELD), "degrees"),
    "crs_is_an_old_datum": (
        in_crs("urn:ogc:def:crs:EPSG::2412", [moved(one, "EPSG:4526") for one in METRIC]),
        "Beijing",
    ),
    "crs_is_unknown": (in_crs("urn:ogc:def:crs:EPSG::999999", METRIC), ""),
    "crs_is_null": (text(features(*METRIC, crs=None)), ""),
    "crs_is_a_link": (
        text(features(*METRIC, crs={"type": "link", "properties": {"href": "http://127.0.0.1/"}})),
        "",
    ),
    "crs_of_metres_over_degrees": (
        in_crs("urn:ogc:def:crs:EPSG::4547", [D_FAR, D_FIELD]),
        "degrees",
    ),
    "crs_inside_a_feature": (
        text(
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [
                        {**one, "crs": {"type": "name", "properties": {"name": "EPSG:4547"}}}
                        for one in json.loads(features(*METRIC))["features"]
                    ],
                }
            )
        ),
        "",
    ),
    "coordinates_are_texts": (ring(*[[str(x), str(y)] for x, y in RING]), NAME),
    "a_coordinate_is_null": (ring([None, RING[0][1]], *RING[1:]), NAME),
    "a_coordinate_is_missing": (ring(RING[0], [RING[1][0]], *RING[2:]), NAME),
    "nan": (swap(str(RING[2][0]), "NaN"), NAME),
    "infinity": (swap(str(RING[2][0]), "Infinity"), NAME),
    "number_beyond_all_numbers": (swap(str(RING[2][0]), "1e400"), NAME),
    "coordinates_too_shallow": (beside({"type": "Polygon", "coordinates": RING}), NAME),
    "coordinates_too_deep": (beside({"type": "Polygon", "coordinates": [[RING]]}), NAME),
    "multipolygon_as_deep_as_a_polygon": (
        beside({"type": "MultiPolygon", "coordinates": [RING]}),
        NAME,
    ),
    "coordinates_missing": (beside({"type": "Polygon"}), NAME),
    "coordinates_null": (beside({"type": "Polygon", "coordinates": None}), NAME),
    "type_in_lower_case": (
        beside({"type": "polygon", "coordinates": [RING]}),
        NAME,
        "refused or prohibited",
    ),
    "type_unknown": (beside({"type": "Circle", "coordinates": RING[0], "radius": 500}), NAME),
    "type_missing": (beside({"coordinates": [RING]}), NAME),
    "geometry_is_a_text": (beside("POLYGON"), NAME),
    "geometry_is_a_list": (beside([RING]), NAME),
    "geometry_misspelt": (swap('"geometry"', '"geometri"'), NAME),
    "geometry_twice_the_last_null": (
        text(WHOLE[:-3] + ', "geometry": null}]}'),
        NAME,
    ),
    "features_twice_the_last_short": (
        text(WHOLE[:-1] + ', "features": [' + json.dumps(json.loads(WHOLE)["features"][0]) + "]}"),
        NAME,
        "refused or prohibited",
    ),
    "coordinates_twice": (
        swap('"coordinates": ', '"coordinates": [[[1,1],[1,2],[2,2],[1,1]]], "coordinates": '),
        NAME,
        "refused or prohibited",
    ),
    "same_id_twice": (
        text(WHOLE.replace('"type": "Feature",', '"type": "Feature", "id": 7,')),
        NAME,
        "refused or prohibited",
    ),
    "feature_of_no_type": (swap('"type": "Feature", ', ""), NAME),
    "feature_type_in_lower_case": (swap('"type": "Feature"', '"type": "feature"'), NAME),
    "collection_in_a_collection": (
        text(
            json.dumps(
                {
                    "type": "FeatureCollection",
                    "features": [json.loads(WHOLE)["features"][0], json.loads(WHOLE)],
                }
            )
        ),
        NAME,
    ),
    "feature_is_null": (text(WHOLE[:-2] + ", null]}"), NAME, "refused or prohibited"),
    "features_are_an_object": (
        text(json.dumps({"type": "FeatureCollection", "features": {"0": FEATURE}})),
        NAME,
    ),
    "features_missing": (text('{"type": "FeatureCollection"}'), NAME),
    "collection_misspelt": (swap("FeatureCollection", "FeaturesCollection"), NAME),
    "topojson": (text(json.dumps(TOPO)), NAME),
    "esri_json": (text(json.dumps(ESRI)), NAME),
    "a_feature_a_line": (
        text("\n".join(json.dumps(one) for one in json.loads(WHOLE)["features"])),
        NAME,
        "refused or prohibited",
    ),
    "two_collections_in_a_row": (text(features(D_FAR) + "\n" + features(D_FIELD)), NAME),
    "rubbish_after_the_end": (text(WHOLE + '{"type":'), NAME, "refused or prohibited"),
    "comma_after_the_last": (text(WHOLE[:-2] + ",]}"), NAME, "refused or prohibited"),
    "comments": (text("// farmland\n" + WHOLE), NAME),
    "comment_hides_a_feature": (
        text(
            WHOLE.replace('{"type": "Feature"', '/*{"type": "Feature"').replace("]}}]}", "]}}*/]}")
        ),
        NAME,
    ),
    "single_quotes": (text(WHOLE.replace('"', "'")), NAME),
    "cut_between_features": (
        text(WHOLE[: WHOLE.rindex(', {"type": "Feature"')]),
        NAME,
    ),
    "cut_inside_a_ring": (text(WHOLE[:-40]), NAME),
    "cut_at_the_last_bracket": (text(WHOLE[:-1]), NAME),
    "empty_file": (text(""), NAME),
    "only_spaces": (text("   \n"), NAME),
    "null": (text("null"), NAME),
    "an_array": (text(json.dumps([FEATURE])), NAME),
    "an_error_page": (text("<html><body>404 Not Found</body></html>"), NAME),
    "a_vrt": (text("<OGRVRTDataSource/>"), NAME),
    "utf_16": (text(WHOLE.encode("utf-16")), NAME),
    "nul_bytes_at_the_end": (text(WHOLE.encode() + bytes(64)), NAME, "refused or prohibited"),
    "hole_full_of_nul_bytes": (text(WHOLE[:200].encode() + bytes(64) + WHOLE[264:].encode()), NAME),
    "nested_a_hundred_thousand_deep": (text(WHOLE[:-1] + ', "x": ' + "[" * 100_000), NAME),
    "no_feature": (text(features()), "no-features"),
    "only_features_outside_the_area": (text(features(shifted(degrees(FIELD), 3))), "far-from-area"),
    "class_missing_in_one": (
        lambda g: (
            classed("正线")(g),
            g.file("rail.geojson", features(*RAILS, properties=[{"LEVEL": "正线"}, {}])),
        ),
        "unknown-class",
    ),
    "class_is_null": (classed(None), "unknown-class"),
    "class_is_a_list": (classed(["正线"]), "unknown-class"),
    "class_is_an_object": (classed({"a": "正线"}), "unknown-class"),
    "class_twice_in_a_feature": (
        lambda g: (
            classed("正线")(g),
            g.file(
                "rail.geojson",
                features(*RAILS, properties=[{"LEVEL": "正线"}] * 2).replace(
                    '{"LEVEL": "\\u6b63\\u7ebf"}', '{"LEVEL": "正线", "LEVEL": "地铁"}'
                ),
            ),
        ),
        "",
    ),
    "class_in_full_width": (classed("Ｌ１", mapping={"L1": "line"}), "unknown-class"),
    "class_with_a_zero_width_space": (classed("正线\u200b"), "unknown-class"),
    "class_in_gbk_bytes": (plain_unicode("正线", "gb18030"), "rail.geojson"),
    "class_zero_padded": (classed(102, mapping={"0102": "line"}), "unknown-class"),
    "class_a_number_for_a_padded_code": (classed("0102", mapping={"102": "line"}), "unknown-class"),
}
GOOD = {
    "plain": (text(WHOLE),),
    "with_a_bom": (text(b"\xef\xbb\xbf" + WHOLE.encode()),),
    "spread_over_lines": (text(json.dumps(json.loads(WHOLE), indent=2)),),
    "crs_4490": (in_crs("urn:ogc:def:crs:EPSG::4490", [D_FAR, D_FIELD]),),
    "crs84": (in_crs("urn:ogc:def:crs:OGC:1.3:CRS84", [D_FAR, D_FIELD]),),
    "crs_4547": (in_crs("urn:ogc:def:crs:EPSG::4547", METRIC),),
    "crs_with_prefix": (in_crs("EPSG:4526", [moved(one, "EPSG:4526") for one in METRIC]),),
    "declared_4326": (text(WHOLE, crs="EPSG:4326"),),
    "single_feature": (text(json.dumps(FEATURE)),),
    "with_heights": (text(WHOLE.replace("], [", ", 12.5], [").replace("]]]", ", 12.5]]]")),),
    "box_that_lies": (text(WHOLE[:-1] + ', "bbox": [0, 0, 1, 1]}'),),
    "foreign_members": (text(WHOLE[:-1] + ', "name": "x", "generator": {"a": [1, null]}}'),),
    "ids_are_texts": (text(WHOLE.replace('"type": "Feature",', '"type": "Feature", "id": "a",')),),
    "json_ending": (lambda g: (g.layer("p.json"), g.file("p.json", WHOLE)),),
    "class_in_chinese": (plain_unicode("正线", "utf-8"),),
    "class_escaped": (classed("正线"),),
    "class_is_an_integer": (classed(1, mapping={"1": "line"}),),
    "class_is_true": (classed(True, mapping={"true": "line", "1": "line", "True": "line"}),),
    "class_keeps_its_zero": (classed("0102", mapping={"0102": "line"}),),
    "class_with_spaces_around": (classed("正线 "),),
}
CASES = [*cases("geojson", TABLE), *cases("geojson", GOOD, "good")]
