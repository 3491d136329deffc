"""Opening vector files of strangers: allow-listed drivers, record by record, to plain JSON.

Runs in a child process (see ``child``): a damaged file can bring a driver down.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import fiona
import pyogrio
from fiona._err import CPLE_BaseError  # what fiona lets through of GDAL's own errors
from fiona.errors import FionaError
from pyproj import CRS
from shapely.errors import ShapelyError
from shapely.geometry import shape as geometry
from shapely.geometry.base import BaseGeometry

from geozone.land.formats.counts import Counts
from geozone.land.formats.decode import LATIN, recoded, shapefile_encoding
from geozone.land.formats.driven import CURVED, check_folder
from geozone.land.formats.dxf import dxf_records
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.filegdb import filegdb_counts
from geozone.land.formats.flatgeobuf import flatgeobuf_counts
from geozone.land.formats.kml import kml_records
from geozone.land.formats.parquet import read_geotable
from geozone.land.formats.records import Records
from geozone.land.rows import cells_of

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".gdb": "OpenFileGDB",
}
TODO = "检查或重新导出 / check it or export it again"

Told = dict[str, Any]  # JSON values of mixed types


def read_file(path: Path) -> Told:
    """What ``read_records`` tells. Raises ``UnreadableError`` for whatever the drivers raise."""
    try:
        return read_records(path)
    except (FionaError, CPLE_BaseError, sqlite3.Error, OSError, ValueError, RuntimeError) as error:
        what = f"无法读取 / cannot be read: {error}"
        raise UnreadableError(what, TODO) from error


def read_records(path: Path) -> Told:
    """The records of the only layer: heads, WKT of the CRS, cells as text, shapes as WKB.

    Raises ``ValueError``, ``UnreadableError`` and what the drivers raise.
    """
    return READERS.get(path.suffix.lower(), _from_driver)(path)


def _from_driver(path: Path) -> Told:
    """The records that a driver reads, counted another way where the format allows it."""
    driver = DRIVERS[path.suffix.lower()]
    is_shapefile = driver == "ESRI Shapefile"
    layer = LAYERS[driver](path) if driver in LAYERS else None
    with fiona.open(
        path,
        layer=layer,
        enabled_drivers=[driver],
        encoding=LATIN if is_shapefile else None,
    ) as source:
        wkt = source.crs_wkt or None
        heads = [str(one) for one in source.schema["properties"]]
        records = [(_shape(one), list(one.properties.values())) for one in source]
        if driver in COUNTS:
            _check_curves(source)
            _check_count(len(records), COUNTS[driver](path, source.name))
    encoding = _encoding(path, heads, [values for _, values in records]) if is_shapefile else None
    heads = _decoded(heads, encoding)
    rows = [
        {**shape, "cells": cells_of(heads, _texts(_decoded(values, encoding)))}
        for shape, values in records
    ]
    return {"crs": wkt, "heads": heads, "rows": rows, "short_heads": is_shapefile}


def _check_curves(source: Any) -> None:
    """Raises ``ValueError`` where a feature is drawn with arcs, which a driver makes chords of."""
    kinds = ", ".join(f"'{kind}{more}'" for kind in CURVED for more in ("", " Z", " M", " ZM"))
    curved = sum(1 for _ in source.filter(where=f"OGR_GEOMETRY IN ({kinds})"))
    if curved:
        raise ValueError(
            f"{curved} 个要素含曲线，请先增密为折线 / {curved} features have curves: "
            "convert them to straight segments"
        )


def _check_count(read: int, counts: Counts) -> None:
    known = [one for one in (counts.declared, counts.scanned) if one is not None]
    if any(one != read for one in known):
        stated = " / ".join(str(one) for one in known)
        raise ValueError(f"读到 {read} 个，载明或扫描得 {stated} / {read} were read, not {stated}")


COUNTS = {"FlatGeobuf": flatgeobuf_counts, "OpenFileGDB": filegdb_counts}


def _only_table(path: Path) -> str:
    """The name of the only feature table of a sound GeoPackage. Raises ``ValueError``."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        state = base.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            raise ValueError(state)
        asked = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        return _only(str(row[0]) for row in base.execute(asked))


def _only_feature_class(path: Path) -> str:
    """The name of the only feature class of a sound FileGDB. Raises ``UnreadableError``."""
    check_folder(path)
    return _only(str(name) for name, kind in pyogrio.list_layers(path) if kind is not None)


def _only(names: Iterable[str]) -> str:
    found = sorted(names)
    if len(found) != 1:
        raise ValueError(f"含 {len(found)} 个图层 / holds {len(found)} layers: {', '.join(found)}")
    return found[0]


LAYERS = {"GPKG": _only_table, "OpenFileGDB": _only_feature_class}


def _from_parquet(path: Path) -> Told:
    found = read_geotable(path, None, None)
    if found.doubts:
        raise ValueError("; ".join(text for _, text in found.doubts))
    columns = [found.texts(name) for name in found.names]
    lines = zip(*columns, strict=True) if columns else (() for _ in found.shapes)
    return {
        "crs": _wkt(found.crs),
        "heads": list(found.names),
        "rows": [
            {"wkb": _hex(shape), "cells": cells_of(found.names, list(line))}
            for shape, line in zip(found.shapes, lines, strict=True)
        ],
        "short_heads": False,
        "notes": list(found.notes),
    }


def _from_records(read: Callable[[Path], Records]) -> Callable[[Path], Told]:
    """A reader of strangers' files from one of layers: what is in doubt there is refused here."""

    def told(path: Path) -> Told:
        found = read(path)
        if found.doubts:
            raise ValueError("; ".join(text for _, text in found.doubts))
        _check_count(len(found.records), Counts(None, found.scanned))
        closed = f"{found.unclosed} 个环已闭合 / {found.unclosed} rings were closed"
        return {
            "crs": _wkt(found.crs),
            "heads": list(found.heads),
            "rows": [
                {
                    "wkb": _hex(one.shape),
                    **({"fault": one.fault} if one.fault else {}),
                    "cells": cells_of(list(one.values), list(one.values.values())),
                }
                for one in found.records
            ],
            "short_heads": False,
            "notes": [*found.notes, *([closed] if found.unclosed else [])],
        }

    return told


READERS: dict[str, Callable[[Path], Told]] = {
    ".parquet": _from_parquet,
    ".geoparquet": _from_parquet,
    ".kml": _from_records(lambda path: kml_records(path, None)),
    ".dxf": _from_records(lambda path: dxf_records(path, None, None)),
}


def _wkt(crs: CRS | None) -> str | None:
    return None if crs is None else str(crs.to_wkt())


def _hex(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else str(shape.wkb_hex)


def _shape(record: Any) -> Told:
    if record.geometry is None:
        return {"wkb": None}
    try:
        return {"wkb": geometry(record.geometry).wkb_hex}
    except (ShapelyError, ValueError, AttributeError, TypeError, IndexError) as error:
        return {"wkb": None, "fault": str(error)}


def _encoding(path: Path, heads: list[str], rows: list[list[Any]]) -> str:
    """The encoding of a shapefile that fits all of its text. Raises ``ValueError``."""
    stated = shapefile_encoding(path)
    texts = [*heads, *(one for row in rows for one in row if isinstance(one, str))]
    for encoding in (stated,) if stated else ("utf-8", "gb18030"):
        try:
            recoded(texts, encoding)
        except UnicodeError:
            continue
        return encoding
    raise ValueError(f"文字不是 {stated or 'UTF-8/GB18030'} / text is not in it; 改正 .cpg")


def _decoded(values: list[Any], encoding: str | None) -> list[Any]:
    if encoding is None:
        return values
    return [recoded([one], encoding)[0] if isinstance(one, str) else one for one in values]


def _texts(values: Sequence[Any]) -> list[Any]:
    """Values of which bytes are text, as UTF-8 or else in hexadecimal digits."""
    return [_from_bytes(one) if isinstance(one, bytes) else one for one in values]


def _from_bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
