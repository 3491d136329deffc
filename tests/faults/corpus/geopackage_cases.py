"""GeoPackages that lie about their rows, lost some, or are something else."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import shapely
from corpus.ground import FAR, FIELD, Ground, P, cases, degrees, frame, square, write_layers

SIDE = [square(512_000 + 110 * i, 4_199_000, 50) for i in range(99)]
NO_TRIGGERS = "SELECT 'DROP TRIGGER \"' || name || '\"' FROM sqlite_master WHERE type = 'trigger'"


def sql(path: Path, *statements: str) -> None:
    """Changes a GeoPackage behind the back of its triggers."""
    with closing(sqlite3.connect(path)) as base, base:
        for (drop,) in base.execute(NO_TRIGGERS).fetchall():
            base.execute(drop)
        for one in statements:
            base.execute(one)


def changed(*statements: str, shapes=(FAR, FIELD)):
    """The layer under test after SQL statements."""

    def make(g: Ground) -> None:
        sql(g.subject("pbf.gpkg", shapes), *statements)

    return make


def page_zeroed(g: Ground) -> None:
    """The page of the database that holds the field is all zero."""
    path = g.subject("pbf.gpkg", [*SIDE, FIELD])
    data = bytearray(path.read_bytes())
    at = data.rindex(FIELD.wkb[9:]) // 4096 * 4096
    data[at : at + 4096] = bytes(4096)
    path.write_bytes(data)


def blob(shape, *, srs: int = 4547, flags: int = 1, envelope: bytes = b"") -> str:
    head = b"GP\x00" + bytes([flags]) + struct.pack("<i", srs) + envelope
    return f"x'{(head + shape.wkb).hex()}'"


def put(content: str):
    """The layer under test with the field's geometry as given."""
    return changed(f"UPDATE pbf SET geom = {content} WHERE fid = 2")


def wal(g: Ground, *, keep: bool) -> None:
    """The field is written last, in a write-ahead log that is kept or lost."""
    path = g.subject("pbf.gpkg", [FAR])
    sql(path)
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA wal_autocheckpoint = 0")
    base.execute(f"INSERT INTO pbf (geom) VALUES ({blob(FIELD)})")
    base.execute("UPDATE gpkg_ogr_contents SET feature_count = 2")
    base.commit()
    for name in ("pbf.gpkg", "pbf.gpkg-wal") if keep else ("pbf.gpkg",):
        shutil.copy(g.folder / name, g.folder / f"copy-{name}")
    base.close()
    for one in g.folder.glob("pbf.gpkg*"):
        one.unlink()
    for one in g.folder.glob("copy-*"):
        one.rename(g.folder / one.name.removeprefix("copy-"))


def two_layers(name: str | None):
    def make(g: Ground) -> None:
        g.layer("pbf.gpkg", layer=name)
        write_layers(g.folder / "pbf.gpkg", {"a_old": frame([FAR]), "b_new": frame([FAR, FIELD])})

    return make


def renamed(name: str, shapes=(FAR, FIELD)):
    """A file of another format under the ending of a GeoPackage."""

    def make(g: Ground) -> None:
        g.layer("pbf.gpkg")
        path = g.vector(name, list(shapes))
        path.rename(g.folder / "pbf.gpkg")

    return make


def raw(content: bytes):
    def make(g: Ground) -> None:
        g.layer("pbf.gpkg")
        g.file("pbf.gpkg", content)

    return make


def half(g: Ground) -> None:
    path = g.subject("pbf.gpkg", [*SIDE, FIELD])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def linked(g: Ground) -> None:
    path = g.subject("real.gpkg")
    g.layers[0]["path"] = "pbf.gpkg"
    os.symlink(path, g.folder / "pbf.gpkg")


def folder(g: Ground) -> None:
    g.layer("pbf.gpkg")
    (g.folder / "pbf.gpkg").mkdir()


def rtree(g: Ground) -> None:
    path = g.subject("pbf.gpkg", [*SIDE, FIELD])
    sql(path, "DELETE FROM rtree_pbf_geom WHERE id = 100")


def rtree_garbage(g: Ground) -> None:
    path = g.subject("pbf.gpkg", [*SIDE, FIELD])
    sql(path, "UPDATE rtree_pbf_geom_node SET data = zeroblob(10)")


def view(where: str):
    def make(g: Ground) -> None:
        path = g.subject("pbf.gpkg", layer="seen")
        sql(
            path,
            f"CREATE VIEW seen AS SELECT fid, geom FROM pbf WHERE {where}",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "SELECT 'seen', 'features', 'seen', srs_id FROM gpkg_contents",
            "INSERT INTO gpkg_geometry_columns SELECT 'seen', 'geom', "
            "geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns",
        )

    return make


CURVE = bytes.fromhex("010a00000001000000010800000005000000") + struct.pack(
    "<10d", *(P.x - 700, P.y, P.x, P.y + 700, P.x + 700, P.y, P.x, P.y - 700, P.x - 700, P.y)
)
COUNTED = "UPDATE gpkg_ogr_contents SET feature_count = {}"
VRT = """<OGRVRTDataSource><OGRVRTLayer name="pbf"><SrcDataSource>real.geojson</SrcDataSource>
</OGRVRTLayer></OGRVRTDataSource>"""

TABLE = {
    "stored_count_is_3_of_100": (changed(COUNTED.format(3), shapes=[*SIDE, FIELD]), "count"),
    "stored_count_is_too_large": (changed(COUNTED.format(500)), "count"),
    "stored_count_is_negative": (changed(COUNTED.format(-1)), "", "refused or prohibited"),
    "stored_count_is_text": (changed("UPDATE gpkg_ogr_contents SET feature_count = 'x'"), ""),
    "row_deleted_behind_the_count": (changed("DELETE FROM pbf WHERE fid = 2"), "count"),
    "index_misses_the_row": (rtree, "", "refused or prohibited"),
    "index_is_garbage": (rtree_garbage, "", "refused or prohibited"),
    "index_tables_gone": (
        changed("DROP TABLE rtree_pbf_geom"),
        "",
        "refused or prohibited",
    ),
    "newest_rows_in_a_log_that_is_lost": (lambda g: wal(g, keep=False), ""),
    "two_layers_and_none_named": (two_layers(None), "layers"),
    "named_layer_is_not_there": (two_layers("c"), "no layer"),
    "name_of_the_layer_in_another_case": (two_layers("B_NEW"), "no layer"),
    "view_that_shows_nothing": (view("fid = 99"), "", "refused or held"),
    "listed_table_is_not_there": (changed("DROP TABLE pbf"), "pbf.gpkg"),
    "table_not_listed": (changed("DELETE FROM gpkg_contents"), "pbf.gpkg"),
    "no_geometry_columns": (changed("DROP TABLE gpkg_geometry_columns"), "pbf.gpkg"),
    "geometry_column_named_wrong": (
        changed("UPDATE gpkg_geometry_columns SET column_name = 'shape'"),
        "pbf.gpkg",
    ),
    "listed_as_attributes": (
        changed(
            "UPDATE gpkg_contents SET data_type = 'attributes'", "DELETE FROM gpkg_geometry_columns"
        ),
        "pbf.gpkg",
    ),
    "crs_undefined": (
        changed(
            "UPDATE gpkg_contents SET srs_id = -1", "UPDATE gpkg_geometry_columns SET srs_id = -1"
        ),
        "crs",
    ),
    "crs_undefined_geographic": (
        changed(
            "UPDATE gpkg_contents SET srs_id = 0", "UPDATE gpkg_geometry_columns SET srs_id = 0"
        ),
        "crs",
    ),
    "crs_row_gone": (changed("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 4547"), ""),
    "crs_definition_garbage": (
        changed(
            "UPDATE gpkg_spatial_ref_sys SET definition = 'x', organization = 'NONE', "
            "organization_coordsys_id = 9 WHERE srs_id = 4547"
        ),
        "",
    ),
    "crs_of_contents_and_column_differ": (
        changed("UPDATE gpkg_contents SET srs_id = 4326"),
        "",
        "refused or prohibited",
    ),
    "row_in_another_crs": (put(blob(degrees(FIELD), srs=4490)), ""),
    "geometry_without_magic": (put(f"x'{FIELD.wkb.hex()}'"), ""),
    "geometry_is_text": (put("'POLYGON EMPTY'"), ""),
    "geometry_is_a_number": (put("7"), ""),
    "geometry_is_no_bytes": (put("x''"), ""),
    "geometry_cut": (put(blob(FIELD)[:-31] + "'"), ""),
    "geometry_of_unknown_type": (put("x'47500001c311000001ff000000'"), ""),
    "geometry_claims_a_billion_points": (
        put("x'47500001c3110000" + "01030000000100000000ca9a3b" + "00" * 32 + "'"),
        "",
    ),
    "geometry_flagged_empty": (put(blob(FIELD, flags=0x11)), "", "refused or prohibited"),
    "envelope_lies": (
        put(blob(FIELD, flags=3, envelope=struct.pack("<4d", 1, 2, 1, 2))),
        "",
        "refused or prohibited",
    ),
    "curved_polygon": (put(f"x'47500001c3110000{CURVE.hex()}'"), ""),
    "line_in_a_polygon_column": (put(blob(FIELD.exterior)), "line"),
    "null_geometry": (put("NULL"), "null-geometry"),
    "two_geometry_columns": (
        changed("ALTER TABLE pbf ADD COLUMN geom2 BLOB"),
        "",
        "refused or prohibited",
    ),
    "is_text": (raw(b"not a database"), "pbf.gpkg"),
    "is_zero_bytes": (raw(b""), "pbf.gpkg"),
    "is_only_a_header": (raw(b"SQLite format 3\x00" + bytes(84)), "pbf.gpkg"),
    "is_a_vrt": (
        lambda g: (raw(VRT.encode())(g), g.file("real.geojson", "{}")),
        "pbf.gpkg",
    ),
    "is_geojson": (renamed("x.geojson"), "pbf.gpkg"),
    "is_flatgeobuf": (renamed("x.fgb"), "pbf.gpkg"),
    "is_half": (half, "pbf.gpkg"),
    "page_zeroed": (page_zeroed,),
    "is_a_folder": (folder, "pbf.gpkg"),
    "is_a_link_to_nothing": (
        lambda g: (g.layer("pbf.gpkg"), os.symlink("gone.gpkg", g.folder / "pbf.gpkg")),
        "pbf.gpkg",
    ),
    "database_without_tables": (
        lambda g: (g.layer("pbf.gpkg"), sql(g.folder / "pbf.gpkg", "CREATE TABLE a (b)")),
        "pbf.gpkg",
    ),
    "only_the_area_of_a_waived_null": (
        lambda g: (
            changed("UPDATE pbf SET geom = NULL WHERE fid = 2")(g),
            g.layers[0].update(waive=[{"problem": "null-geometry", "why": "known"}]),
        ),
        "",
        "open, both",
    ),
}


GOOD = {
    "plain": (lambda g: g.subject("pbf.gpkg"),),
    "in_degrees": (
        lambda g: (g.layer("p.gpkg"), g.vector("p.gpkg", [degrees(FIELD)], "EPSG:4490")),
    ),
    "rows_in_a_log_beside_it": (lambda g: wal(g, keep=True),),
    "layer_named": (two_layers("b_new"),),
    "view_of_all_rows": (view("1"),),
    "without_stored_count": (changed("DROP TABLE gpkg_ogr_contents"),),
    "geometry_big_endian": (
        put(f"x'47500000000011c3{shapely.to_wkb(FIELD, byte_order=0).hex()}'"),
    ),
    "through_a_link": (linked,),
    "chinese_path": (lambda g: g.subject("图层/永久 基本农田（2023）.gpkg"),),
    "upper_case_ending": (
        lambda g: (
            g.layer("PBF.GPKG"),
            g.vector("x.gpkg", [FIELD]).rename(g.folder / "PBF.GPKG"),
        ),
    ),
    "with_an_attribute_table_beside": (
        lambda g: sql(
            g.subject("pbf.gpkg"),
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, t TEXT)",
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('notes', 'attributes', 'notes')",
        ),
    ),
    "with_the_whole_area": (lambda g: g.subject("pbf.gpkg", [FIELD, FAR], features=2),),
}
CASES = [*cases("geopackage", TABLE), *cases("geopackage", GOOD, "good")]
