"""Reading GeoParquet 1.0 and 1.1 with pyarrow: rows counted, the CRS as its metadata says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from geozone.land.coordinates.crs import plain
from geozone.land.faults import did_you_mean
from geozone.land.formats.aliases import places_of
from geozone.land.formats.features import Features, Texts, UnreadableError, Wanted, canonical_text
from geozone.land.formats.wkb import shapes_of
from geozone.land.versions import GEOPARQUET

DEGREES = CRS.from_epsg(4326)
"""What a column has that states no CRS; also as ``OGC:CRS84``: longitude always comes first."""
VERSIONS = ("1.0.", "1.1.")
NATIVE = ("point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon")
MOST_ROWS = 50_000_000
"""More cannot be held; a file of kilobytes may declare as many."""
TODO = "用 GeoParquet 1.1 重新导出 / export it again as GeoParquet 1.1"
BROKEN = (
    pa.ArrowException,
    CRSError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    OSError,
    MemoryError,
    NotImplementedError,
    ShapelyError,
)
"""What damaged files raise, and metadata of another shape than agreed."""
EXTENSION = "ARROW:extension:name"
FIDS = b"geozone:fids"
"""In the metadata: the column of feature numbers, in the file of a table of a database."""


@dataclass(frozen=True, eq=False)
class GeoTable:
    """A GeoParquet as read, n rows: shapes (n,), all other columns, and what the footer states."""

    shapes: NDArray[np.object_]
    fids: tuple[int, ...]
    crs: CRS | None
    names: tuple[str, ...]
    column: str
    declared: int
    scanned: int
    notes: tuple[str, ...]
    doubts: tuple[tuple[str, str], ...]
    table: pa.Table

    def texts(self, name: str) -> Texts:
        """The values of a column as text."""
        return tuple(_text(one) for one in _plain(self.table.column(name)).to_pylist())


def read_parquet(path: Path, wanted: Wanted) -> Features:
    """The rows of a GeoParquet as features, numbered from 1 unless it states their numbers.

    ``wanted.layer`` names a geometry column; without it the primary one is read.
    Raises ``UnreadableError``.
    """
    found = read_geotable(path, wanted.layer, wanted.fields)
    places = places_of(found.names, wanted.fields)
    try:
        columns = {name: found.texts(found.names[at]) for name, at in places.items()}
    except BROKEN as error:
        raise UnreadableError(f"无法读取 / cannot be read: {error}", TODO) from error
    return Features(
        shapes=found.shapes,
        columns=columns,
        fids=found.fids,
        crs=found.crs,
        driver=GEOPARQUET,
        layer=found.column,
        declared=found.declared,
        scanned=found.scanned,
        encoding="utf-8",
        notes=found.notes,
        doubts=found.doubts,
    )


def read_geotable(path: Path, column: str | None, fields: Sequence[str] | None) -> GeoTable:
    """The rows of a GeoParquet; of its columns those that may answer to ``fields``, or all.

    Raises ``UnreadableError``.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return _read(file, column, fields)
    except BROKEN as error:
        raise UnreadableError(f"无法读取 / cannot be read: {error}", TODO) from error


def _read(file: pq.ParquetFile, asked: str | None, fields: Sequence[str] | None) -> GeoTable:
    rows = file.metadata.num_rows
    if not 0 <= rows <= MOST_ROWS:
        raise ValueError(f"载明 {rows} 行，过多 / {rows} rows are stated: too many")
    schema = file.schema_arrow
    columns = _geometry_columns((schema.metadata or {}).get(b"geo"))
    name = _chosen(columns, asked)
    if schema.names.count(name) != 1:
        raise ValueError(f"没有几何列 / there is no geometry column {name!r}")
    about = columns.every[name]
    numbers = [one.decode() for key, one in (schema.metadata or {}).items() if key == FIDS]
    hidden = {*columns.every, *_covering(about), *numbers}
    names = tuple(one for one in schema.names if one not in hidden)
    kept = [names[at] for at in places_of(names, fields).values()] if fields is not None else names
    table = file.read(columns=[name, *dict.fromkeys(kept), *numbers])
    shapes, malformed = _shapes(table.column(name), about)
    doubt = f"几何损坏 / geometry is malformed: {', '.join(str(one) for one in malformed[:5])}"
    others = ", ".join(one for one in columns.every if one != name)
    return GeoTable(
        shapes=shapes,
        fids=_fids(table, numbers),
        crs=_crs(about),
        names=names,
        column=name,
        declared=rows,
        scanned=sum(file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)),
        notes=(f"另有几何列未读 / other geometry columns are not read: {others}",)
        if others
        else (),
        doubts=(("invalid-geometry", doubt),) if malformed else (),
        table=table,
    )


def _fids(table: pa.Table, columns: Sequence[str]) -> tuple[int, ...]:
    for name in columns:
        return tuple(int(one) for one in table.column(name).to_pylist())
    return tuple(range(1, table.num_rows + 1))


@dataclass(frozen=True)
class Columns:
    """What the ``geo`` metadata tells of every geometry column, and which is the primary one."""

    primary: str
    every: Mapping[str, Mapping[str, Any]]  # JSON values of mixed types


def _geometry_columns(written: bytes | None) -> Columns:
    if written is None:
        raise UnreadableError(
            "没有 geo 元数据，不是 GeoParquet / no geo metadata: not GeoParquet", TODO
        )
    geo = json.loads(written)
    version, primary, every = (geo.get(one) for one in ("version", "primary_column", "columns"))
    if not str(version).startswith(VERSIONS):
        raise UnreadableError(f"GeoParquet 版本 / version {version} 不支持 / is not read", TODO)
    if not isinstance(every, dict) or primary not in every:
        raise ValueError("geo 元数据损坏 / the geo metadata are damaged")
    if not all(isinstance(about, dict) for about in every.values()):
        raise ValueError("geo 元数据损坏 / the geo metadata are damaged")
    return Columns(primary, every)


def _chosen(columns: Columns, asked: str | None) -> str:
    if asked is not None and asked not in columns.every:
        raise UnreadableError(
            f"没有几何列 {asked!r} / there is no geometry column {asked!r}",
            did_you_mean(asked, columns.every),
            problem=None,
        )
    name = asked or columns.primary
    edges = columns.every[name].get("edges", "planar")
    if edges != "planar":
        raise UnreadableError(
            f"边为 {edges}，不是直线 / edges are {edges!r}, not straight", TODO, problem=None
        )
    return name


def _covering(about: Mapping[str, Any]) -> set[str]:
    """The columns that only hold the bounds of the shapes."""
    box = (about.get("covering") or {}).get("bbox") or {}
    return {str(way[0]) for way in box.values() if way}


def _crs(about: Mapping[str, Any]) -> CRS | None:
    """The CRS of a column: by its metadata; degrees where it is left out, none where null."""
    if "crs" not in about:
        return DEGREES
    written = about["crs"]
    if written is None:
        return None
    if not isinstance(written, dict):
        raise ValueError(f"坐标系不是 PROJJSON / the CRS is no PROJJSON: {str(written)[:80]!r}")
    crs = plain(CRS.from_json_dict(written))
    return DEGREES if (crs.to_authority() or ("", ""))[1] == "CRS84" else crs


def _shapes(
    column: pa.ChunkedArray, about: Mapping[str, Any]
) -> tuple[NDArray[np.object_], list[int]]:
    """The shapes of a column, and the rows (from 1) of those that are malformed."""
    encoding = str(about.get("encoding"))
    if encoding in NATIVE:
        import geopandas  # noqa: PLC0415 - heavy, and only native shapes need it

        field = pa.field("shape", column.type, metadata={EXTENSION: f"geoarrow.{encoding}"})
        table = pa.table([column.combine_chunks()], schema=pa.schema([field]))
        shapes = geopandas.GeoDataFrame.from_arrow(table).geometry.to_numpy()
        return np.array([*shapes, None], object)[:-1], []
    if encoding != "WKB":
        raise ValueError(f"几何编码 / geometry encoding {encoding!r} 不支持 / is not read")
    blobs = np.array([*_plain(column).to_pylist(), None], object)[:-1]
    found = shapes_of(blobs)
    given = np.array([one is not None for one in blobs], bool)
    return found, (np.flatnonzero(shapely.is_missing(found) & given) + 1).tolist()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column


def _text(value: Any) -> str | None:
    """A value as text; lists and structs as JSON, bytes as UTF-8. Raises ``ValueError``."""
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return canonical_text(value)
