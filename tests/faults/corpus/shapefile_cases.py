"""Shapefiles: side files lost, cut or of another time; words in an encoding that is not stated."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from corpus.ground import CRS, FAR, FIELD, RAIL, Ground, P, cases, degrees, frame, shifted, square

X, Y = P.x, P.y


def shp(*shapes: Any, crs: str | None = CRS, **keys: Any):
    """The far field and the shapes as a shapefile under test."""

    def make(g: Ground) -> None:
        g.layer("pbf.shp", **keys)
        g.vector("pbf.shp", [FAR, *shapes], crs)

    return make


def then(*changes: Any, shapes: tuple[Any, ...] = (FIELD,)):
    """A good shapefile, then changes that take its folder."""

    def make(g: Ground) -> None:
        shp(*shapes)(g)
        for change in changes:
            change(g.folder)

    return make


def gone(ending: str):
    return lambda folder: (folder / f"pbf.{ending}").unlink()


def put(ending: str, content: str | bytes):
    data = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / f"pbf.{ending}").write_bytes(data)


def cut(ending: str, bytes_: int):
    def change(folder: Path) -> None:
        path = folder / f"pbf.{ending}"
        path.write_bytes(path.read_bytes()[:-bytes_])

    return change


def patch(ending: str, at: int, code: str, *values: Any):
    def change(folder: Path) -> None:
        path = folder / f"pbf.{ending}"
        data = bytearray(path.read_bytes())
        struct.pack_into(code, data, at if at >= 0 else len(data) + at, *values)
        path.write_bytes(data)

    return change


def rings(*parts: np.ndarray):
    """A shapefile whose second record holds these rings, wound as given, in this order."""

    def change(folder: Path) -> None:
        points = np.concatenate(parts)
        starts = np.cumsum([0, *(len(one) for one in parts[:-1])])
        low, high = points.min(axis=0), points.max(axis=0)
        body = struct.pack("<i4d2i", 5, *low, *high, len(parts), len(points))
        body += starts.astype("<i4").tobytes() + points.astype("<f8").tobytes()
        data = (folder / "pbf.shp").read_bytes()
        (first,) = struct.unpack_from(">i", data, 104)
        end = 108 + 2 * first
        data = bytearray(data[:end] + struct.pack(">2i", 2, len(body) // 2) + body)
        struct.pack_into(">i", data, 24, len(data) // 2)
        (folder / "pbf.shp").write_bytes(data)
        index = bytearray((folder / "pbf.shx").read_bytes())
        struct.pack_into(">2i", index, 108, end // 2, len(body) // 2)
        (folder / "pbf.shx").write_bytes(index)

    return then(change)


def ring(half: float, *, cw: bool = True, dx: float = 0.0) -> np.ndarray:
    box = shapely.box(X + dx - half, Y - half, X + dx + half, Y + half, ccw=not cw)
    return np.array(box.exterior.coords)


def rail(
    stored: str, cpg: str | None, *, ldid: int | None = None, value: str = "正线", **keys: Any
):
    """A railway with a Chinese class in an encoding, and what its side files say of it."""

    def make(g: Ground) -> None:
        table = {"class": {"field": "LEVEL", "map": {"正线": "line", "地铁": "metro"}}}
        g.layer("rail.shp", "railway", half_width_m=0, **{**table, **keys})
        made = frame([RAIL, shifted(RAIL, -8000)], LEVEL=[value, "正线"])
        made.to_file(g.folder / "rail.shp", encoding=stored)
        note = g.folder / "rail.cpg"
        note.unlink(missing_ok=True)
        if cpg is not None:
            note.write_text(cpg)
        dbf = bytearray((g.folder / "rail.dbf").read_bytes())
        dbf[29] = ldid or 0
        (g.folder / "rail.dbf").write_bytes(dbf)

    return make


def deleted(folder: Path) -> None:
    data = bytearray((folder / "pbf.dbf").read_bytes())
    (head, width) = struct.unpack_from("<2H", data, 8)
    data[head + width] = ord("*")
    (folder / "pbf.dbf").write_bytes(data)


def upper(g: Ground) -> None:
    shp(FIELD)(g)
    for one in g.folder.glob("pbf.*"):
        one.rename(one.with_name(one.name.upper()))
    g.layers[0]["path"] = "PBF.SHP"


def other_prj(epsg: int):
    def change(folder: Path) -> None:
        import pyproj

        (folder / "pbf.prj").write_text(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))

    return change


LATIN = "正线".encode("gb18030").decode("latin1")
SMALL = square(X, Y, 200)

TABLE = {
    "no_prj": (then(gone("prj")), "no CRS"),
    "prj_cut": (then(cut("prj", 200)), ""),
    "prj_empty": (then(put("prj", "")), ""),
    "prj_of_beijing_54": (then(other_prj(2435)), "Beijing"),
    "prj_of_xian_80": (then(other_prj(2383)), ""),
    "prj_of_another_zone": (then(other_prj(4546)), "far-from-area"),
    "prj_of_the_prefixed_zone": (then(other_prj(4526)), ""),
    "prj_in_degrees": (then(other_prj(4490)), "not degrees"),
    "prj_rubbish": (then(put("prj", b"\xff\xfe\x00bad")), ""),
    "no_shx": (then(gone("shx")), "", "refused or prohibited"),
    "no_dbf": (then(gone("dbf")), "", "refused or prohibited"),
    "shp_alone": (then(gone("dbf"), gone("shx")), "", "refused or prohibited"),
    "shx_cut": (then(cut("shx", 8)), ""),
    "shx_points_elsewhere": (then(patch("shx", 108, ">i", 50)), ""),
    "shx_points_at_the_first_twice": (
        then(patch("shx", 108, ">2i", 50, 64)),
        "",
    ),
    "shx_points_beyond_the_end": (then(patch("shx", 108, ">i", 10**6)), ""),
    "shx_of_another_file": (
        lambda g: (
            g.vector("other.shp", [FAR]),
            shp(FIELD)(g),
            (g.folder / "other.shx").replace(g.folder / "pbf.shx"),
        ),
        "",
    ),
    "dbf_of_fewer_rows": (then(patch("dbf", 4, "<I", 1)), "count"),
    "dbf_of_more_rows": (then(patch("dbf", 4, "<I", 9)), ""),
    "dbf_cut": (then(cut("dbf", 20)), ""),
    "dbf_head_lies": (then(patch("dbf", 8, "<H", 9)), "", "refused or prohibited"),
    "dbf_empty": (then(put("dbf", "")), ""),
    "row_marked_deleted": (then(deleted), ""),
    "shp_cut_in_a_record": (then(cut("shp", 40)), ""),
    "shp_cut_after_a_record": (then(cut("shp", 136)), ""),
    "shp_head_too_short": (then(patch("shp", 24, ">i", 118)), "", "refused or prohibited"),
    "shp_of_another_type": (then(patch("shp", 32, "<i", 1)), "", "refused or prohibited"),
    "record_of_another_type": (then(patch("shp", -128, "<i", 3)), ""),
    "record_type_null": (then(patch("shp", -128, "<i", 0)), "null-geometry"),
    "record_of_no_points": (then(patch("shp", -88, "<i", 0)), ""),
    "record_of_a_billion_points": (then(patch("shp", -88, "<i", 10**9)), ""),
    "record_of_a_billion_parts": (then(patch("shp", -92, "<i", 10**9)), ""),
    "record_part_beyond_its_points": (then(patch("shp", -84, "<i", 77)), ""),
    "record_longer_than_it_says": (then(patch("shp", -132, ">i", 2)), "", "refused or prohibited"),
    "coordinate_nan": (then(patch("shp", -48, "<d", float("nan"))), ""),
    "coordinate_without_data": (then(patch("shp", -48, "<d", -1e39)), ""),
    "is_text": (then(put("shp", "no shapefile")), ""),
    "is_empty": (then(put("shp", "")), ""),
    "two_outer_rings_one_in_the_other": (rings(ring(900), ring(300)), "", "refused or prohibited"),
    "two_outer_rings_that_overlap": (
        rings(ring(500), ring(500, dx=400)),
        "",
        "refused or prohibited",
    ),
    "every_ring_a_hole": (rings(ring(500, cw=False)), "", "refused or prohibited"),
    "hole_outside_its_shell": (
        rings(ring(500), ring(100, cw=False, dx=900)),
        "",
        "refused or prohibited",
    ),
    "hole_before_its_shell": (
        rings(ring(100, cw=False, dx=300), ring(500)),
        "",
        "refused or prohibited",
    ),
    "outer_ring_twice": (rings(ring(500), ring(500)), "", "refused or prohibited"),
    "ring_and_itself_backwards": (rings(ring(500), ring(500, cw=False)), ""),
    "hole_in_a_hole": (
        rings(ring(900), ring(600, cw=False), ring(300, cw=False)),
        "",
    ),
    "gbk_and_nothing_says_so": (rail("gb18030", None), "", "refused or prohibited"),
    "gbk_and_the_cpg_says_utf8": (rail("gb18030", "UTF-8"), "", "refused or prohibited"),
    "utf8_and_the_cpg_says_gbk": (rail("utf-8", "GBK"), "", "refused or prohibited"),
    "cpg_says_latin_1": (rail("gb18030", "ISO-8859-1"), "", "refused or prohibited"),
    "cpg_of_no_encoding": (rail("gb18030", "KLINGON"), ""),
    "declared_against_the_cpg": (rail("utf-8", "UTF-8", encoding="GB18030"), "encoding"),
    "declared_wrongly": (rail("gb18030", None, encoding="UTF-8"), ""),
    "declared_encoding_unknown": (rail("gb18030", None, encoding="GB-KLINGON"), ""),
    "mojibake_in_a_field": (rail("utf-8", "UTF-8", value=LATIN), "unknown-class"),
    "vrt_beside": (
        then(lambda folder: (folder / "pbf.vrt").write_text("<OGRVRTDataSource/>")),
        "",
        "refused or prohibited",
    ),
}
GOOD = {
    "plain": (then(),),
    "no_prj_and_a_declared_crs": (
        lambda g: (shp(FIELD)(g), gone("prj")(g.folder), g.layers[0].update(crs=CRS)),
    ),
    "in_degrees": (lambda g: (g.layer("d.shp"), g.vector("d.shp", [degrees(FIELD)], "EPSG:4490")),),
    "gbk_with_a_cpg": (rail("gb18030", "GBK"),),
    "gbk_with_936": (rail("gb18030", "936"),),
    "gbk_by_the_table_itself": (rail("gb18030", None, ldid=0x4D),),
    "gbk_declared": (rail("gb18030", None, encoding="GB18030"),),
    "utf8_with_a_cpg": (rail("utf-8", "UTF-8"),),
    "utf8_with_spaces_in_the_cpg": (rail("utf-8", "utf-8\r\n"),),
    "upper_case_names": (upper,),
    "with_heights": (shp(shapely.force_3d(FIELD, 5.0)),),
    "with_a_hole": (rings(ring(900), ring(100, cw=False, dx=500)),),
    "island_in_a_hole": (rings(ring(900), ring(600, cw=False), ring(300)),),
    "chinese_name": (
        lambda g: (g.layer("图层/永久基本农田.shp"), g.vector("图层/永久基本农田.shp", [FIELD])),
    ),
    "stale_index_beside": (then(put("qix", b"SQT\x01\x01" + bytes(40))),),
    "metadata_beside": (then(put("shp.xml", "<metadata/>"), put("sbn", "x"), put("sbx", "x")),),
}
CASES = [*cases("shapefile", TABLE), *cases("shapefile", GOOD, "good")]
