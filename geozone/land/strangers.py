"""Opening vector files of strangers: allow-listed drivers, record by record, to plain JSON.

Runs in a child process (see ``child``): a damaged file can bring a driver down.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import fiona
from fiona._err import CPLE_BaseError  # what fiona lets through of GDAL's own errors
from fiona.errors import FionaError
from shapely.errors import ShapelyError
from shapely.geometry import shape as geometry

from geozone.land.formats.decode import LATIN, recoded, shapefile_encoding
from geozone.land.formats.features import UnreadableError
from geozone.land.rows import cells_of

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
}
TODO = "检查或重新导出 / check it or export it again"

Told = dict[str, Any]  # JSON values of mixed types


def read_file(path: Path) -> Told:
    """What ``read_records`` tells. Raises ``UnreadableError`` for whatever the drivers raise."""
    try:
        return read_records(path)
    except (FionaError, CPLE_BaseError, sqlite3.Error, OSError, ValueError) as error:
        what = f"无法读取 / cannot be read: {error}"
        raise UnreadableError(what, TODO) from error


def read_records(path: Path) -> Told:
    """The records of the only layer: heads, WKT of the CRS, cells as text, shapes as WKB.

    Raises ``ValueError`` and what the drivers raise.
    """
    driver = DRIVERS[path.suffix.lower()]
    is_shapefile = driver == "ESRI Shapefile"
    with fiona.open(
        path,
        layer=_only_layer(path) if driver == "GPKG" else None,
        enabled_drivers=[driver],
        encoding=LATIN if is_shapefile else None,
    ) as source:
        wkt = source.crs_wkt or None
        heads = [str(one) for one in source.schema["properties"]]
        records = [(_shape(one), list(one.properties.values())) for one in source]
    encoding = _encoding(path, heads, [values for _, values in records]) if is_shapefile else None
    heads = _decoded(heads, encoding)
    rows = [
        {**shape, "cells": cells_of(heads, _decoded(values, encoding))} for shape, values in records
    ]
    return {"crs": wkt, "heads": heads, "rows": rows, "short_heads": is_shapefile}


def _only_layer(path: Path) -> str:
    """The name of the only feature table of a sound GeoPackage. Raises ``ValueError``."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        state = base.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            raise ValueError(state)
        asked = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        names = [str(row[0]) for row in base.execute(asked)]
    if len(names) != 1:
        raise ValueError(
            f"含 {len(names)} 个图层 / holds {len(names)} layers: {', '.join(sorted(names))}"
        )
    return names[0]


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
