"""Paths that mean something else, and strangers' files: drivers, links, markup, shapes."""

from __future__ import annotations

import json
import os
from typing import Any

import shapely
from corpus.ground import (
    BLOCK,
    FIELD,
    PLACES,
    WELL,
    Ground,
    P,
    Q,
    cases,
    degrees,
    features,
    frame,
    member,
    square,
    swapped,
    write_layers,
)

FACTS = [{"id": name, "activity": WELL, "stage": "new"} for name in ("in", "out")]
WELLS = features(PLACES["in"], PLACES["out"], properties=FACTS)
NAME = "w.geojson"


def path(written: str):
    return lambda g: g.layer(written)


def proposals(written: str):
    return lambda g: setattr(g, "proposals", written)


def wells(content: str | bytes, name: str = NAME, *options: str):
    return lambda g: g.propose(name, content, *options)


def shaped(*shapes: Any, facts: Any = FACTS, **members: Any):
    return wells(features(*shapes, properties=facts[: len(shapes)], **members))


def vector(name: str, crs: str = "EPSG:4490", shapes: Any = None, columns: Any = None):
    """Wells by a driver."""

    def make(g: Ground) -> None:
        told = columns or {"id": ["in", "out"], "activity": [WELL] * 2, "stage": ["new"] * 2}
        driver = {"driver": "OpenFileGDB"} if name.endswith(".gdb") else {}
        made = frame(shapes or [*PLACES.values()], crs, **told)
        (made.to_parquet if name.endswith(".parquet") else made.to_file)(g.folder / name, **driver)
        g.proposals = name

    return make


def linked(g: Ground) -> None:
    os.symlink(g.folder / "wells.csv", g.folder / "w.csv")
    g.proposals = "w.csv"


def two_layers(g: Ground) -> None:
    told = {"id": ["in", "out"], "activity": [WELL] * 2, "stage": ["new"] * 2}
    made = frame([*PLACES.values()], "EPSG:4490", **told)
    write_layers(g.folder / "w.gpkg", {"a": made, "b": made})
    g.proposals = "w.gpkg"


def blocks(*shapes: Any):
    facts = [{"id": n, "activity": BLOCK, "stage": "new"} for n in ("in", "out")]

    def make(g: Ground) -> None:
        g.subject("red.gpkg", theme="ecological_redline")
        shaped(*shapes, facts=facts)(g)

    return make


TIE = shapely.Polygon([(P.x + dx, P.y + dy) for dx, dy in [(-9, -9), (9, 9), (9, -9), (-9, 9)]])
VRT = """<OGRVRTDataSource><OGRVRTLayer name="w"><SrcDataSource>wells.csv</SrcDataSource>
</OGRVRTLayer></OGRVRTDataSource>"""

TABLE = {
    "path_into_an_archive": (path("/vsizip/pbf.zip/pbf.geojson"), "vsi"),
    "path_over_http": (path("/vsicurl/http://127.0.0.1:9/pbf.geojson"), "vsi"),
    "path_in_memory": (path("/vsimem/pbf.geojson"), "vsi"),
    "path_from_input": (path("/vsistdin/pbf.geojson"), "vsi"),
    "path_in_upper_case_vsi": (path("/VSICURL/http://127.0.0.1:9/pbf.geojson"), ""),
    "url": (path("http://127.0.0.1:9/pbf.geojson"), ""),
    "url_of_a_file": (path("file:///etc/hostname"), ""),
    "url_over_ftp": (path("ftp://127.0.0.1:9/pbf.gpkg"), ""),
    "web_feature_service": (path("WFS:http://127.0.0.1:9/wfs"), ""),
    "connection_to_postgres": (path("PG:dbname=land host=127.0.0.1"), ""),
    "connection_by_a_driver": (path("GPKG:pbf.gpkg:pbf"), ""),
    "sql_over_a_file": (path("SQLITE:pbf.gpkg"), ""),
    "vrt_as_a_text": (path(VRT), ""),
    "geojson_as_a_text": (path(WELLS), ""),
    "database_with_a_password": (path("postgis://me:secret@127.0.0.1:9/land"), ""),
    "storage_without_a_key": (path("s3://"), ""),
    "device": (path("/dev/zero"), ""),
    "pipe": (
        lambda g: (os.mkfifo(g.folder / "pbf.geojson"), g.layer("pbf.geojson")),
        "pbf.geojson",
    ),
    "folder_of_the_project": (path("."), ""),
    "path_with_a_nul": (path("pbf\x00.gpkg"), ""),
    "path_with_spaces_around": (path(" pbf.gpkg "), ""),
    "path_with_a_query": (path("pbf.gpkg?immutable=1"), ""),
    "path_with_a_pattern": (path("*.gpkg"), ""),
    "proposals_into_an_archive": (proposals("/vsizip//tmp/w.zip/w.csv"), ""),
    "proposals_over_http": (proposals("http://127.0.0.1:9/w.geojson"), ""),
    "proposals_over_https": (proposals("https://127.0.0.1:9/w.csv"), ""),
    "proposals_a_device": (proposals("/dev/stdin"), ""),
    "proposals_a_system_file": (proposals("/etc/hostname"), ""),
    "proposals_a_link": (linked, "w.csv"),
    "proposals_a_vrt": (wells(VRT, "w.vrt"), "w.vrt"),
    "proposals_a_vrt_named_geojson": (wells(VRT), NAME),
    "proposals_a_vrt_named_gpkg": (wells(VRT, "w.gpkg"), "w.gpkg"),
    "proposals_a_vrt_named_csv": (wells(VRT, "w.csv"), "w.csv"),
    "proposals_a_vrt_named_kml": (wells(VRT, "w.kml"), "w.kml"),
    "proposals_with_a_vrt_beside": (
        lambda g: (wells(WELLS)(g), g.file("w.vrt", VRT)),
        "",
        "refused or prohibited",
    ),
    "proposals_of_two_layers": (two_layers, "w.gpkg"),
    "proposals_without_features": (wells(features()), NAME),
    "proposals_swapped": (shaped(*map(swapped, PLACES.values())), NAME),
    "proposals_in_metres": (shaped(P, Q), NAME),
    "proposals_null": (shaped(None, PLACES["out"]), NAME),
    "proposals_empty": (shaped({"type": "Point", "coordinates": []}, PLACES["out"]), NAME),
    "proposals_of_many_points": (shaped(shapely.MultiPoint([PLACES["in"], PLACES["out"]])), NAME),
    "proposals_of_lines": (shaped(shapely.LineString([*PLACES.values()])), NAME),
    "proposals_collected": (
        shaped(
            {"type": "GeometryCollection", "geometries": [member(one) for one in PLACES.values()]}
        ),
        NAME,
    ),
    "proposals_a_well_as_an_area": (shaped(degrees(FIELD)), NAME),
    "proposals_outside": (shaped(shapely.Point(116.9, 38.0)), NAME),
    "proposals_id_twice": (shaped(*PLACES.values(), facts=[FACTS[0]] * 2), NAME),
    "proposals_id_missing": (shaped(PLACES["in"], facts=[{"id": None, "activity": WELL}]), NAME),
    "proposals_activity_missing": (shaped(PLACES["in"], facts=[{"id": "in"}]), NAME),
    "proposals_type_misspelt": (wells(WELLS.replace('"Feature"', '"feature"', 1)), NAME),
    "proposals_in_a_collection_in_a_collection": (
        wells(json.dumps({"type": "FeatureCollection", "features": [json.loads(WELLS)]})),
        NAME,
    ),
    "proposals_geometry_misspelt": (wells(WELLS.replace('"geometry"', '"geometri"', 1)), NAME),
    "proposals_cut": (wells(WELLS[:-30]), NAME),
    "proposals_nested_deep": (wells("[" * 200_000), NAME),
    "proposals_of_an_old_datum": (vector("w.gpkg", "EPSG:4610"), "Xian"),
    "proposals_crs_against_the_option": (
        lambda g: (vector("w.gpkg")(g), g.options.extend(["--crs", "EPSG:4547"])),
        "EPSG:4547",
    ),
    "proposals_crs_missing": (
        lambda g: vector("w.gpkg", None)(g),
        "CRS",
    ),
    "proposals_not_a_database": (wells("x", "w.gpkg"), "w.gpkg"),
    "proposals_not_a_shapefile": (wells("x", "w.shp"), "w.shp"),
    "proposals_of_control_characters": (
        shaped(PLACES["in"], facts=[{**FACTS[0], "id": "a\x1b[31m"}]),
        NAME,
    ),
    "block_crossing_itself": (blocks(degrees(TIE)), NAME),
    "block_of_parts_that_overlap": (
        blocks(degrees(shapely.MultiPolygon([FIELD, square(P.x + 300, P.y)]))),
        NAME,
    ),
    "block_left_open": (
        blocks({"type": "Polygon", "coordinates": [member(degrees(FIELD))["coordinates"][0][:-1]]}),
        "",
        "refused or held",
    ),
    "block_as_a_closed_line": (blocks(degrees(FIELD.exterior)), NAME),
    "block_half_outside_the_area": (
        blocks(degrees(shapely.box(529_000, 4_206_000, 531_000, 4_208_000))),
        "",
        "open",
    ),
    "block_that_only_touches": (
        blocks(degrees(shapely.box(P.x + 500, P.y - 500, P.x + 1500, P.y + 500))),
        "",
        "refused or held",
    ),
    "block_one_percent_inside": (
        blocks(degrees(shapely.box(P.x + 490, P.y - 500, P.x + 1500, P.y + 500))),
        "",
        "prohibited",
    ),
}
GOOD = {
    "absolute_path": (
        lambda g: (g.subject("pbf.gpkg"), g.layers[0].update(path=str(g.folder / "pbf.gpkg"))),
    ),
    "path_through_folders": (
        lambda g: (g.subject("a/pbf.gpkg"), g.layers[0].update(path="a/../a/./pbf.gpkg")),
    ),
    "path_with_spaces_inside": (lambda g: g.subject("my farm land.gpkg"),),
    "path_with_a_percent_sign": (lambda g: g.subject("100%25 done#1.gpkg"),),
    "wells_in_geojson": (wells(WELLS),),
    "wells_in_geojson_with_a_bom": (wells(WELLS.encode("utf-8-sig")),),
    "wells_in_geopackage": (vector("w.gpkg"),),
    "wells_in_a_shapefile": (
        vector("w.shp", columns={"id": ["in", "out"], "activity": [WELL] * 2}),
    ),
    "wells_in_flatgeobuf": (vector("w.fgb"),),
    "wells_in_filegdb": (vector("w.gdb"),),
    "wells_in_parquet": (vector("w.parquet"),),
    "wells_in_the_metric_zone": (vector("w.gpkg", "EPSG:4547", [P, Q]),),
    "wells_with_a_prefix": (
        vector("w.gpkg", "EPSG:4526", [shapely.Point(one.x + 38e6, one.y) for one in (P, Q)]),
    ),
    "wells_as_single_part_collections": (
        vector("w.gpkg", shapes=[shapely.MultiPoint([one]) for one in PLACES.values()]),
    ),
    "wells_with_heights": (shaped(*(shapely.Point(one.x, one.y, 12) for one in PLACES.values())),),
    "block": (blocks(degrees(FIELD), degrees(square(Q.x, Q.y, 900))), "", "good, one place"),
}
CASES = [*cases("stranger", TABLE), *cases("stranger", GOOD, "good")]
