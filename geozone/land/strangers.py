"""Reading proposals from vector files of strangers: allow-listed drivers, record by record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fiona
from fiona.errors import FionaError
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry import shape as geometry
from shapely.geometry.base import BaseGeometry

from geozone.land.crs import datum_fault, label, parse_crs, plain
from geozone.land.decode import LATIN, recoded, shapefile_encoding
from geozone.land.faults import Faults
from geozone.land.features import UnreadableError
from geozone.land.rows import Row, RowFile, cells_of

DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
}


def read_vector_rows(path: Path, crs: str | None, faults: Faults) -> RowFile:
    """The features of the only layer of a vector file; ``crs`` where the file states none.

    Raises ``UnreadableError``.
    """
    driver = DRIVERS[path.suffix.lower()]
    carried = LATIN if driver == "ESRI Shapefile" else None
    try:
        layers = fiona.listlayers(path) if driver == "GPKG" else [path.stem]
        if len(layers) != 1:
            raise UnreadableError(
                f"含 {len(layers)} 个图层 / holds {len(layers)} layers: {', '.join(layers)}",
                "只留一个 / keep one",
            )
        with fiona.open(
            path,
            layer=layers[0] if driver == "GPKG" else None,
            enabled_drivers=[driver],
            encoding=carried,
        ) as source:
            stated, wkt = bool(source.crs), source.crs_wkt
            heads = [str(one) for one in source.schema["properties"]]
            records = list(source)
    except (FionaError, OSError, ValueError, UnicodeError) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查文件 / check it"
        ) from error
    found = _crs(wkt if stated else None, crs)
    encoding = _encoding(path, heads, records) if carried else None
    rows = [
        _row(record, number, encoding, found, Faults(faults.file, f"feature {number}"))
        for number, record in enumerate(records, 1)
    ]
    names = _decoded(heads, encoding)
    return RowFile(tuple(str(one) for one in names), tuple(rows), short_heads=bool(carried))


def _crs(stored: str | None, declared: str | None) -> CRS:
    try:
        asked = parse_crs(declared) if declared else None
        crs = plain(CRS.from_wkt(stored)) if stored else asked
    except (ValueError, CRSError) as error:
        raise UnreadableError(str(error), "--crs EPSG:4490") from error
    if crs is None:
        raise UnreadableError("没有坐标系 / no CRS is stated", "--crs EPSG:…")
    wrong = datum_fault(crs)
    if wrong:
        raise UnreadableError(wrong, "提供 CGCS2000 数据 / supply CGCS2000 data")
    if asked is not None and asked != crs:
        raise UnreadableError(
            f"文件坐标系 {label(crs)}，--crs {label(asked)} / the file states {label(crs)}, "
            f"--crs says {label(asked)}",
            "去掉 --crs / leave --crs out",
        )
    return crs


def _encoding(path: Path, heads: list[str], records: list[Any]) -> str:
    """The encoding of a shapefile that fits all of its text. Raises ``UnreadableError``."""
    try:
        stated = shapefile_encoding(path)
    except ValueError as error:
        raise UnreadableError(str(error), "改正 .cpg / correct the .cpg") from error
    texts = [*heads, *(v for one in records for v in one.properties.values() if type(v) is str)]
    for encoding in (stated,) if stated else ("utf-8", "gb18030"):
        try:
            recoded(texts, encoding)
        except UnicodeError:
            continue
        return encoding
    raise UnreadableError(
        f"文字不是 / text is not {stated or 'UTF-8, GB18030'}", "改正 .cpg / correct the .cpg"
    )


def _decoded(values: list[Any], encoding: str | None) -> list[Any]:
    if encoding is None:
        return values
    return [recoded([one], encoding)[0] if isinstance(one, str) else one for one in values]


def _row(record: Any, number: int, encoding: str | None, crs: CRS, faults: Faults) -> Row:
    heads = _decoded([str(one) for one in record.properties], encoding)
    cells = cells_of(heads, _decoded(list(record.properties.values()), encoding))
    return Row(cells, faults, _shape(record, faults), crs)


def _shape(record: Any, faults: Faults) -> BaseGeometry | None:
    if record.geometry is None:
        faults.add("没有几何 / no geometry", "补绘或删除 / draw it or remove the feature")
        return None
    try:
        found: BaseGeometry = geometry(record.geometry)
    except (ShapelyError, ValueError, AttributeError) as error:
        faults.add(f"无法读取几何 / geometry cannot be read: {error}", "改正 / correct it")
        return None
    return found
