"""Reading GeoPackage, GeoJSON and Shapefile in bulk, counted and without silent repair."""

from __future__ import annotations

import re
import sqlite3
import struct
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geozone.land.crs import plain
from geozone.land.faults import did_you_mean
from geozone.land.formats.counts import Counts, geopackage_counts, no_counts, shapefile_counts
from geozone.land.formats.decode import LATIN, known_encoding, recoded, shapefile_encoding
from geozone.land.formats.features import Features, Texts, UnreadableError, Wanted, canonical_text
from geozone.land.formats.filegdb import filegdb_counts
from geozone.land.formats.flatgeobuf import flatgeobuf_counts

UNCLOSED = "Non closed ring"
"""How the driver's warning begins where it closed a ring: counted as a repair."""
DBF_NAME_BYTES = 10
BROKEN = (RuntimeError, ValueError, OSError, struct.error, sqlite3.Error, UnboundLocalError)
"""What damaged files raise; the last comes out of pyogrio for a broken ``.prj``."""


@dataclass(frozen=True)
class Format:
    """A vector format: its driver, how its files begin, and how its features are counted."""

    driver: str
    begins: re.Pattern[bytes]
    count: Callable[[Path, str], Counts]

    @property
    def carried(self) -> str | None:
        """The encoding that carries undecoded bytes through the driver, where needed."""
        return LATIN if self.driver == "ESRI Shapefile" else None


FORMATS = {
    ".gpkg": Format("GPKG", re.compile(rb"SQLite format 3\x00"), geopackage_counts),
    ".geojson": Format("GeoJSON", re.compile(rb"(\xef\xbb\xbf)?\s*\{"), no_counts),
    ".json": Format("GeoJSON", re.compile(rb"(\xef\xbb\xbf)?\s*\{"), no_counts),
    ".fgb": Format("FlatGeobuf", re.compile(rb"fgb\x03fgb"), flatgeobuf_counts),
    ".gdb": Format("OpenFileGDB", re.compile(rb"[\x03\x04]\x00\x00\x00"), filegdb_counts),
    ".shp": Format("ESRI Shapefile", re.compile(rb"\x00\x00\x27\x0a"), shapefile_counts),
}


def read_vectors(path: Path, wanted: Wanted) -> Features:
    """The features of one container layer.

    Raises ``UnreadableError`` where the file, its layer or a field cannot be read.
    """
    form = FORMATS[path.suffix.lower()]
    try:
        _check_beginning(path, form)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            return _read(path, wanted, form, heard)
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查或重新导出 / check it or export it again"
        ) from error


def _check_beginning(path: Path, form: Format) -> None:
    with (path / "a00000001.gdbtable" if path.is_dir() else path).open("rb") as stream:
        if not form.begins.match(stream.read(64)):
            raise ValueError(f"内容不是 {form.driver} / the content is not {form.driver}")


def _read(path: Path, wanted: Wanted, form: Format, heard: Sequence[Any]) -> Features:
    layer = _layer_name(path, wanted.layer)
    info = pyogrio.read_info(path, layer=layer, encoding=form.carried)
    if info["driver"] != form.driver:
        raise ValueError(f"driver {info['driver']} instead of {form.driver}")
    encoding = _encoding(path, wanted.encoding) if form.carried else "utf-8"
    stored = [str(one) for one in info["fields"]]
    names = _recoded(stored, encoding, "field names") if form.carried else stored
    places = _places(names, wanted.fields, is_dbf=form.carried is not None)
    meta, fids, blobs, data = pyogrio.raw.read(
        path,
        layer=layer,
        columns=[stored[at] for at in places.values()],
        return_fids=True,
        encoding=form.carried,
    )
    by_name = dict(zip([str(one) for one in meta["fields"]], data, strict=True))
    columns = {name: _texts(by_name[stored[at]]) for name, at in places.items()}
    if form.carried:
        columns = {name: _recoded(one, encoding, name) for name, one in columns.items()}
    shapes, unclosed = _shapes(blobs)
    counts = form.count(path, layer)
    said = dict.fromkeys(
        str(one.message) for one in heard if issubclass(one.category, RuntimeWarning | UserWarning)
    )
    return Features(
        shapes=shapes,
        columns=columns,
        fids=_fids(fids),
        crs=_crs(meta["crs"]),
        driver=form.driver,
        layer=layer,
        declared=counts.declared,
        scanned=counts.scanned,
        unclosed=unclosed,
        encoding=encoding or "ascii",
        warnings=tuple(one for one in said if not one.startswith(UNCLOSED)),
    )


def _layer_name(path: Path, asked: str | None) -> str:
    """The container layer to read: the one asked for, else the only one with geometry."""
    found = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if asked is not None and asked not in found:
        raise UnreadableError(
            f"没有图层 {asked!r} / there is no layer {asked!r}",
            did_you_mean(asked, found or ["—"]),
            problem=None,
        )
    if asked is None and len(found) != 1:
        raise UnreadableError(
            f"含 {len(found)} 个图层 / holds {len(found)} layers: {', '.join(found)}",
            '指定 layer = "…" / name one: layer = "…"',
            problem=None,
        )
    return asked or found[0]


def _encoding(path: Path, declared: str | None) -> str | None:
    """The encoding of a shapefile; ``None`` where nothing says it."""
    said = shapefile_encoding(path)
    asked = known_encoding(declared) if declared else None
    if said and asked and said != asked:
        raise UnreadableError(
            f"文件声明编码 {said}，项目写 {asked} / the file states {said}, the project {asked}",
            "删去 encoding 或改正 .cpg / remove encoding, or correct the .cpg",
            problem=None,
        )
    return said or asked


def _recoded(texts: Sequence[str | None], encoding: str | None, where: str) -> Any:
    try:
        return recoded(texts, encoding or "ascii")
    except UnicodeError as error:
        todo = "改正 .cpg 或 encoding / correct the .cpg or encoding"
        if encoding is None:
            what, todo = "未声明编码 / no encoding is stated", 'encoding = "GB18030"'
        else:
            what = f"文字不是 {encoding} / text is not {encoding}"
        raise UnreadableError(f"{what}: {where}", todo, problem=None) from error


def _places(names: Sequence[str], wanted: Sequence[str], *, is_dbf: bool) -> dict[str, int]:
    """The position of each wanted field, matched as written, else without regard to case."""
    found: dict[str, int] = {}
    for name in wanted:
        alike = {name.casefold()}
        if is_dbf:
            alike.add(name.encode()[:DBF_NAME_BYTES].decode(errors="ignore").casefold())
        at = [i for i, one in enumerate(names) if one == name] or [
            i for i, one in enumerate(names) if one.casefold() in alike
        ]
        if len(at) != 1:
            how = "没有字段 / no field" if not at else "字段不唯一 / more than one field"
            raise UnreadableError(
                f"{how} {name!r}", did_you_mean(name, names or ["—"]), problem=None
            )
        found[name] = at[0]
    return found


def _texts(values: NDArray[Any]) -> Texts:
    if values.dtype.kind == "M":
        values = values.astype("datetime64[s]")
    return tuple(canonical_text(one) for one in values.tolist())


def _shapes(blobs: NDArray[np.object_]) -> tuple[NDArray[np.object_], int]:
    """Geometries from their bytes, and how many had a ring that had to be closed."""
    shapes: NDArray[np.object_] = shapely.from_wkb(blobs, on_invalid="ignore")
    given = np.array([one is not None for one in blobs], bool)
    broken = np.flatnonzero(shapely.is_missing(shapes) & given)
    if len(broken):
        shapes[broken] = shapely.from_wkb(blobs[broken], on_invalid="fix")
    return shapes, len(broken)


def _crs(text: str | None) -> CRS | None:
    try:
        return plain(CRS.from_user_input(text)) if text else None
    except CRSError:
        return None


def _fids(fids: NDArray[np.int64]) -> tuple[int, ...]:
    """Feature numbers as stored; rows from 1 where the driver only counted from 0."""
    if np.array_equal(fids, np.arange(len(fids))):
        fids = fids + 1
    return tuple(int(one) for one in fids)
