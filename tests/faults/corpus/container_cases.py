"""Further containers of layers: FlatGeobuf, FileGDB, GeoParquet, DXF, tables and workbooks."""

from __future__ import annotations

import json
import shutil
import struct
from typing import Any

import geopandas
import openpyxl
import pyarrow.parquet as pq
import shapely
from corpus.ground import (
    CRS,
    FAR,
    FIELD,
    RAIL,
    RAIL_KEYS,
    Ground,
    P,
    cases,
    degrees,
    frame,
    shifted,
    square,
    write_layers,
)

SIDE = [square(512_000 + 110 * i, 4_199_000, 50) for i in range(99)]
ALL = [*SIDE, FIELD]


def fgb(change: Any = None, shapes: Any = ALL, **options: Any):
    """A FlatGeobuf under test, its bytes changed."""

    def make(g: Ground) -> None:
        g.layer("pbf.fgb")
        path = g.folder / "pbf.fgb"
        frame(shapes).to_file(path, driver="FlatGeobuf", **options)
        if change:
            path.write_bytes(change(path.read_bytes()))

    return make


def without_the_last(data: bytes) -> bytes:
    """The file up to its last feature, which is the field where there is no index."""
    at = data.rindex(struct.pack("<d", P.x + 500))
    return data[: at - 100]


def gdb(change: Any = None, name: str | None = None):
    """A FileGDB of two feature classes or one, its folder changed."""

    def make(g: Ground) -> None:
        g.layer("land.gdb", layer=name)
        layers = {"pbf": frame(ALL)} if name is None else {"other": frame([FAR]), "pbf": frame(ALL)}
        write_layers(g.folder / "land.gdb", layers)
        if change:
            change(g.folder / "land.gdb")

    return make


def biggest(folder: Any, ending: str) -> Any:
    return max(folder.glob(f"*.{ending}"), key=lambda one: one.stat().st_size)


def halve(ending: str):
    def change(folder: Any) -> None:
        path = biggest(folder, ending)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return change


def parquet(change: Any = None, *, after: Any = None, crs: str | None = CRS, **options: Any):
    """A GeoParquet under test; ``change`` takes its geo metadata, ``after`` its bytes."""

    def make(g: Ground) -> None:
        g.layer("pbf.parquet")
        path = g.folder / "pbf.parquet"
        frame(ALL, crs).to_parquet(path, **options)
        if change:
            table = pq.read_table(path)
            geo = json.loads(table.schema.metadata[b"geo"])
            geo = change(geo) or geo
            said = {k: v for k, v in table.schema.metadata.items() if k != b"geo"}
            if geo != "none":
                said[b"geo"] = json.dumps(geo).encode()
            pq.write_table(table.replace_schema_metadata(said), path)
        if after:
            path.write_bytes(after(path.read_bytes()))

    return make


def column(**said: Any):
    return lambda geo: geo["columns"]["geometry"].update(said)


def uncrs(geo: dict[str, Any]) -> None:
    del geo["columns"]["geometry"]["crs"]


def dxf(*shapes: Any, theme: str = "railway", **keys: Any):
    def make(g: Ground) -> None:
        table = {"half_width_m": 0, "class": {"field": "Layer", "map": {"0": "line"}}, "crs": CRS}
        g.layer("rail.dxf", theme, **{**(table if theme == "railway" else {"crs": CRS}), **keys})
        geopandas.GeoDataFrame(geometry=list(shapes)).to_file(g.folder / "rail.dxf", driver="DXF")

    return make


def dxf_bytes(change: Any):
    def make(g: Ground) -> None:
        dxf(RAIL)(g)
        path = g.folder / "rail.dxf"
        path.write_bytes(change(path.read_bytes()))

    return make


NO_NUMBER = FIELD.wkt.replace("520500 4207500", "NaN NaN")
LINE = degrees(RAIL).wkt
AWAY = degrees(shifted(RAIL, -8000)).wkt


def table(content: str | bytes, name: str = "rail.csv", **keys: Any):
    def make(g: Ground) -> None:
        g.layer(name, "railway", **{**RAIL_KEYS, "crs": "EPSG:4490", **keys})
        g.file(name, content)

    return make


def wkt(*rows: str, head: str = "LEVEL;wkt"):
    return "\n".join([head, *rows]) + "\n"


WKT = wkt(f"正线;{LINE}", f"正线;{AWAY}")


def workbook(rows: list[list[Any]], **keys: Any):
    def make(g: Ground) -> None:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        g.layer("rail.xlsx", "railway", **{**RAIL_KEYS, "crs": "EPSG:4490", **keys})
        book.save(g.folder / "rail.xlsx")

    return make


def named(name: str, content: bytes = b"x"):
    return lambda g: (g.layer(name), g.file(name, content))


TABLE = {
    "fgb_cut_in_half": (fgb(lambda d: d[: len(d) // 2]), "pbf.fgb"),
    "fgb_without_its_last_feature": (fgb(without_the_last, SPATIAL_INDEX="NO"), "pbf.fgb"),
    "fgb_without_its_last_bytes": (fgb(lambda d: d[:-4]), "pbf.fgb"),
    "fgb_without_features": (fgb(lambda d: d[:600]), "pbf.fgb"),
    "fgb_magic_wrong": (fgb(lambda d: b"fgx" + d[3:]), "pbf.fgb"),
    "fgb_empty": (fgb(lambda d: b""), "pbf.fgb"),
    "fgb_index_zeroed": (
        fgb(lambda d: d[:900] + bytes(400) + d[1300:]),
        "",
        "refused or prohibited",
    ),
    "fgb_without_a_crs": (
        lambda g: (
            g.layer("p.fgb"),
            frame(ALL, None).to_file(g.folder / "p.fgb", driver="FlatGeobuf"),
        ),
        "no CRS",
    ),
    "gdb_two_classes_and_none_named": (
        lambda g: (gdb(name="pbf")(g), g.layers[0].pop("layer")),
        "layers",
    ),
    "gdb_class_not_there": (lambda g: (gdb()(g), g.layers[0].update(layer="x")), "x"),
    "gdb_table_cut": (gdb(halve("gdbtable")), "land.gdb"),
    "gdb_index_cut": (gdb(halve("gdbtablx")), "land.gdb"),
    "gdb_table_gone": (gdb(lambda f: biggest(f, "gdbtable").unlink()), "land.gdb"),
    "gdb_index_gone": (gdb(lambda f: biggest(f, "gdbtablx").unlink()), "land.gdb"),
    "gdb_empty_folder": (gdb(lambda f: (shutil.rmtree(f), f.mkdir())), "land.gdb"),
    "gdb_is_a_file": (named("land.gdb"), "land.gdb"),
    "personal_geodatabase": (named("land.mdb"), "mdb"),
    "parquet_without_geo": (parquet(lambda geo: "none"), "geo"),
    "parquet_geo_is_no_json": (
        parquet(lambda geo: {"version": 1, "columns": 5}),
        "pbf.parquet",
    ),
    "parquet_crs_null": (parquet(column(crs=None)), "no CRS"),
    "parquet_crs_left_out_over_metres": (parquet(uncrs), ""),
    "parquet_crs_of_an_old_datum": (parquet(crs="EPSG:2435"), "Beijing"),
    "parquet_edges_spherical": (parquet(column(edges="spherical")), ""),
    "parquet_encoding_unknown": (parquet(column(encoding="TWKB")), ""),
    "parquet_encoding_says_wkt": (parquet(column(encoding="WKT")), ""),
    "parquet_primary_column_not_there": (
        parquet(lambda geo: geo.update(primary_column="shape")),
        "",
    ),
    "parquet_version_of_the_future": (
        parquet(lambda geo: geo.update(version="9.0.0")),
        "",
        "refused or prohibited",
    ),
    "parquet_coordinate_nan": (
        lambda g: (
            g.layer("p.parquet"),
            frame([FAR, shapely.from_wkt(NO_NUMBER)]).to_parquet(g.folder / "p.parquet"),
        ),
        "invalid-geometry",
    ),
    "parquet_cut_in_half": (parquet(after=lambda d: d[: len(d) // 2]), "pbf.parquet"),
    "parquet_without_a_footer": (parquet(after=lambda d: d[:-8]), "pbf.parquet"),
    "parquet_page_zeroed": (
        parquet(after=lambda d: d[:200] + bytes(300) + d[500:], compression=None),
        "pbf.parquet",
    ),
    "parquet_is_text": (named("p.parquet"), "p.parquet"),
    "dxf_without_a_declared_crs": (dxf(RAIL, crs=None), "no CRS"),
    "dxf_closed_lines_for_areas": (
        dxf(shapely.LineString(FIELD.exterior), theme="permanent_basic_farmland"),
        "line",
    ),
    "dxf_cut": (
        dxf_bytes(lambda d: d[: d.rindex(b"VERTEX") if b"VERTEX" in d else -60]),
        "rail.dxf",
    ),
    "dxf_binary": (dxf_bytes(lambda d: b"AutoCAD Binary DXF\r\n\x1a\x00" + d), "rail.dxf"),
    "dxf_unmapped_layer": (
        dxf(RAIL, **{"class": {"field": "Layer", "map": {"RAIL": "line"}}}),
        "unknown-class",
    ),
    "csv_without_coordinates": (table("LEVEL,name\n正线,x\n"), "rail.csv"),
    "csv_row_without_a_shape": (table(wkt(f"正线;{AWAY}", "正线;")), "null-geometry"),
    "csv_shape_cut": (table(wkt(f"正线;{AWAY}", f"正线;{LINE[:-9]}")), "rail.csv"),
    "csv_cut_in_its_last_row": (table(WKT[: -len(AWAY) - 9].rstrip("\n")), "rail.csv"),
    "csv_head_twice": (table(wkt(f"正线;地铁;{LINE}", head="LEVEL;LEVEL;wkt")), "rail.csv"),
    "csv_quote_left_open": (table(WKT.replace("正线;", '"正线;', 1)), "rail.csv"),
    "csv_nul": (table(WKT.replace("正线", "正\x00线", 1)), ""),
    "csv_utf_16": (table(WKT.encode("utf-16")), "rail.csv", "refused or prohibited"),
    "csv_declared_gbk_and_is_not": (
        table(WKT.encode() + "；".encode()[:2], encoding="GB18030"),
        "",
    ),
    "csv_points_for_a_railway": (
        table(f"LEVEL,lon,lat\n正线,{degrees(P).x},{degrees(P).y}\n"),
        "point",
    ),
    "csv_swapped": (
        table(wkt(f"正线;{shapely.transform(degrees(RAIL), lambda at: at[:, ::-1]).wkt}")),
        "",
    ),
    "csv_without_a_declared_crs": (table(WKT, crs=None), "no CRS"),
    "csv_code_that_lost_its_zero": (
        table(WKT.replace("正线", "102"), **{"class": {"field": "LEVEL", "map": {"0102": "line"}}}),
        "unknown-class",
    ),
    "csv_is_a_vrt": (table("<OGRVRTDataSource/>"), "rail.csv"),
    "workbook_code_that_lost_its_zero": (
        workbook(
            [["LEVEL", "wkt"], [102, LINE]],
            **{"class": {"field": "LEVEL", "map": {"0102": "line"}}},
        ),
        "unknown-class",
    ),
    "workbook_formula_without_a_value": (
        workbook([["LEVEL", "wkt"], ['="正线"', LINE]]),
        "rail.xlsx",
    ),
    "workbook_row_without_a_shape": (
        workbook([["LEVEL", "wkt"], ["正线", AWAY], ["正线", None]]),
        "null-geometry",
    ),
    "ending_mif": (named("a.mif"), ".mif"),
    "ending_tab": (named("a.tab"), ".tab"),
    "ending_gml": (named("a.gml"), ".gml"),
    "ending_dwg": (named("a.dwg"), ".dwg"),
    "ending_vrt": (named("a.vrt", b"<OGRVRTDataSource/>"), ""),
    "ending_dbf_alone": (named("a.dbf"), ".dbf"),
    "no_ending": (named("layer"), ""),
}
GOOD = {
    "fgb": (fgb(),),
    "fgb_without_an_index": (fgb(SPATIAL_INDEX="NO"),),
    "gdb": (gdb(),),
    "gdb_of_two_classes": (gdb(name="pbf"),),
    "parquet": (parquet(),),
    "parquet_in_degrees": (
        lambda g: (
            g.layer("p.parquet"),
            frame([degrees(FIELD)], "EPSG:4490").to_parquet(g.folder / "p.parquet"),
        ),
    ),
    "parquet_with_a_covering": (parquet(write_covering_bbox=True),),
    "parquet_in_row_groups": (parquet(row_group_size=7),),
    "parquet_compressed": (parquet(compression="zstd"),),
    "geoparquet_ending": (
        lambda g: (
            parquet()(g),
            g.layers[0].update(path="pbf.geoparquet"),
            (g.folder / "pbf.parquet").rename(g.folder / "pbf.geoparquet"),
        ),
    ),
    "dxf": (dxf(RAIL, shifted(RAIL, -8000)),),
    "csv_of_wkt": (table(WKT),),
    "csv_of_wkt_in_gbk": (table(WKT.encode("gb18030")),),
    "csv_of_wkt_with_a_bom": (table(WKT.encode("utf-8-sig")),),
    "csv_keeps_its_zero": (
        table(
            WKT.replace("正线", "0102"), **{"class": {"field": "LEVEL", "map": {"0102": "line"}}}
        ),
    ),
    "workbook_of_wkt": (workbook([["LEVEL", "wkt"], ["正线", LINE], ["正线", AWAY]]),),
}
CASES = [*cases("container", TABLE), *cases("container", GOOD, "good")]
