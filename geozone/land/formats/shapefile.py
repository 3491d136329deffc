"""Reading shapefiles: side files that belong together, counts, encodings, rings that wind right."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geozone.land.formats.aliases import DBF_NAME_BYTES, places_of
from geozone.land.formats.dbase import Table, name_texts, read_table
from geozone.land.formats.decode import (
    LATIN,
    Fit,
    fitting,
    known_encoding,
    shapefile_encoding,
)
from geozone.land.formats.features import Features, Texts, UnreadableError, Wanted
from geozone.land.formats.ogr import read_raw, telling
from geozone.land.formats.shaperings import POLYGONS, Records, Winding, read_records, winding

DRIVER = "ESRI Shapefile"
NEEDED = (".shp", ".shx", ".dbf")
KNOWN = (*NEEDED, ".prj", ".cpg")
SHOWN = 5
TURNED = "rings wound the other way"


def read_shapefile(path: Path, wanted: Wanted) -> Features:
    """The features of a shapefile, numbered by record from 1. Raises ``UnreadableError``."""
    with telling():
        return _read(path, wanted)


def _read(path: Path, wanted: Wanted) -> Features:
    if wanted.layer is not None and wanted.layer != path.stem:
        raise UnreadableError(
            f"没有图层 {wanted.layer!r} / there is no layer {wanted.layer!r}",
            "删去 layer / remove layer",
            problem=None,
        )
    files = _side_files(path)
    records = read_records(files[".shp"], files[".shx"])
    table = read_table(files[".dbf"])
    if table.count != len(records.starts):
        raise UnreadableError(
            f".dbf 有 {table.count} 条记录，.shx 有 {len(records.starts)} 条 / the .dbf has "
            f"{table.count} records, the .shx {len(records.starts)}",
            "重新导出 / export it again",
            problem="count-mismatch",
        )
    fit, columns = _columns(table, path, wanted)
    raw = read_raw(path, path.stem, [], encoding=LATIN)
    if not np.array_equal(raw.fids, table.live):
        raise ValueError("要素与属性表不对应 / the features do not match the table")
    is_polygon = records.kind in POLYGONS
    wound = winding(records, raw.shapes, raw.fids) if is_polygon else Winding((), ())
    said = tuple(one for one in raw.warnings if not (wound.turned and "winding order" in one))
    notes = (f"{TURNED}: {_listed(wound.turned)}",) if wound.turned else ()
    return Features(
        shapes=raw.shapes,
        columns=columns,
        fids=tuple(int(one) + 1 for one in raw.fids),
        crs=raw.crs,
        driver=DRIVER,
        layer=path.stem,
        declared=len(table.live),
        scanned=len(raw.fids),
        unclosed=raw.unclosed,
        encoding=fit.encoding,
        warnings=said,
        notes=(*fit.notes, *notes),
        doubts=tuple(_doubts(records, table, wound)),
    )


def _doubts(records: Records, table: Table, wound: Winding) -> list[tuple[str, str]]:
    found = []
    gone = table.count - len(table.live)
    if gone:
        found.append(
            (
                "count-mismatch",
                f".dbf 有 {gone} 条删除标记的记录未清理 / {gone} records of the .dbf are marked as "
                "deleted but still there",
            )
        )
    if wound.torn:
        found.append(
            (
                "invalid-geometry",
                "环的方向与内外不符，洞与岛无法分辨 / rings wind against the rule, holes cannot be "
                f"told from islands: {_listed(wound.torn)}",
            )
        )
    if records.gaps:
        found.append(
            (
                "count-mismatch",
                ".shp 中有索引未列的字节，可能少记录 / bytes of the .shp are in no record of the "
                "index: records may be missing",
            )
        )
    return found


def _listed(places: tuple[int, ...]) -> str:
    """Records by their number from 1: the first few, and how many there are."""
    shown = ", ".join(f"#{at + 1}" for at in places[:SHOWN])
    return shown if len(places) <= SHOWN else f"{shown} … ({len(places)})"


def _side_files(path: Path) -> dict[str, Path]:
    """The files of a shapefile by their ending. Raises ``UnreadableError``.

    Each must be found by the driver too: endings all small or all capital, one of each.
    """
    stem, found = path.stem, {path.suffix.lower(): path}
    for one in sorted(path.parent.iterdir()):
        ending = one.suffix.lower()
        if one == path or one.stem.casefold() != stem.casefold() or ending not in KNOWN[1:]:
            continue
        if ending in found or one.stem != stem or one.suffix not in (ending, ending.upper()):
            raise UnreadableError(
                f"附属文件 {one.name} 与 {path.name} 不成套 / {one.name} does not go with "
                f"{path.name} by its name",
                f"改名为 {stem}{ending}，每种一个 / name it {stem}{ending}, one of each kind",
            )
        found[ending] = one
    missing = [ending for ending in NEEDED if ending not in found]
    if missing:
        raise UnreadableError(
            f"缺少 {'、'.join(missing)} / the {', '.join(missing)} is missing",
            "连同 .shx .dbf .prj .cpg 一起提供 / supply it with its .shx .dbf .prj .cpg",
        )
    return found


def _columns(table: Table, path: Path, wanted: Wanted) -> tuple[Fit, dict[str, Texts]]:
    """The wanted fields as text, in the encoding that fits them and all names of fields."""
    stated = shapefile_encoding(path)
    declared = known_encoding(wanted.encoding) if wanted.encoding else None
    cut = [one for one in table.names if len(one) == DBF_NAME_BYTES]
    names = [one for one in table.names if len(one) < DBF_NAME_BYTES]
    fit = fitting(names, stated, declared, cut=cut)
    places = places_of(name_texts(table.names, fit.encoding), wanted.fields, cut=fit.encoding)
    texts = {raw for at in places.values() if table.fields[at].kind == "C" for raw in table.raw(at)}
    fit = fitting([*names, *texts], stated, declared, cut=cut)
    places = places_of(name_texts(table.names, fit.encoding), wanted.fields, cut=fit.encoding)
    return fit, {name: table.texts(at, fit.encoding) for name, at in places.items()}
