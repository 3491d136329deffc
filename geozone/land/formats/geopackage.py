"""Reading GeoPackages row by row with SQLite: no index, no stored count, values as they stand."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.formats.aliases import places_of
from geozone.land.formats.features import Features, Texts, UnreadableError, Wanted, canonical_text
from geozone.land.formats.geopackagecrs import stated_crs
from geozone.land.formats.geopackagefile import (
    Base,
    Shelf,
    has_sound_index,
    opened_base,
    quoted,
    scalar,
    shelf_of,
    stored_count,
)
from geozone.land.formats.ogr import curved, shapes_from, telling

DRIVER = "GPKG"
CHUNK = 50_000
HEAD = struct.Struct("<2sBB4s")
KIND_BYTES = 5
ENVELOPES = (0, 32, 48, 48, 64)
EXTENDED = 0x20
STRAIGHT = range(1, 8)
"""WKB types of points, lines, polygons, their collections; all others are curves or surfaces."""
UNDEFINED = (0, -1)
"""Numbers of no coordinate system: an unknown geographic and an unknown Cartesian one."""
SHOWN = 5


def read_geopackage(path: Path, wanted: Wanted) -> Features:
    """The features of one layer of a GeoPackage, numbered by their key.

    What waits in a write-ahead log beside it is read too; the folder is never written to.
    Raises ``UnreadableError``.
    """
    with telling(), opened_base(path) as base:
        return _read(base, wanted)


def _read(base: Base, wanted: Wanted) -> Features:
    shelf = shelf_of(base.sql, wanted.layer)
    places = places_of(shelf.fields, wanted.fields)
    rows = _Rows(shelf, list(places.values()))
    for chunk in _chunks(base, shelf, list(places.values())):
        rows.take(chunk)
    shapes = np.concatenate([np.array([], object), *rows.shapes])
    crs, doubts = stated_crs(base.sql, shelf.srs_id)
    return Features(
        shapes=shapes,
        columns=dict(zip(places, (tuple(one) for one in rows.texts), strict=True)),
        fids=tuple(rows.keys),
        crs=crs,
        driver=DRIVER,
        layer=shelf.table,
        declared=stored_count(base.sql, shelf.table),
        scanned=_count(base, shelf),
        unclosed=rows.unclosed,
        encoding="utf-8",
        notes=tuple(_notes(base, shelf, shapes)),
        doubts=(*base.doubts, *doubts, *rows.doubts()),
    )


def _count(base: Base, shelf: Shelf) -> int:
    counted = scalar(base.sql, f"SELECT count(*) FROM {quoted(shelf.table)}")  # noqa: S608 - quoted
    return int(str(counted))


def _notes(base: Base, shelf: Shelf, shapes: NDArray[np.object_]) -> Iterator[str]:
    if shelf.ignored:
        yield (f"另有几何列未读 / other geometry columns are not read: {', '.join(shelf.ignored)}")
    filled = int((~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)).sum())
    if not has_sound_index(base.sql, shelf, filled):
        yield "空间索引损坏，未使用 / the spatial index is damaged; it is not used"


def _chunks(base: Base, shelf: Shelf, places: Sequence[int]) -> Iterator[list[tuple[object, ...]]]:
    """All rows, some at a time: key, geometry, wanted fields."""
    columns = [shelf.key, shelf.geometry, *(shelf.fields[at] for at in places)]
    listed = ", ".join(quoted(one) if one else "NULL" for one in columns)
    order = f" ORDER BY {quoted(shelf.key)}" if shelf.key else ""
    asked = f"SELECT {listed} FROM {quoted(shelf.table)}{order}"  # noqa: S608 - quoted
    rows = base.sql.execute(asked)
    while chunk := rows.fetchmany(CHUNK):
        yield chunk


@dataclass(eq=False)
class _Rows:
    """What was taken of a layer's rows so far: a gatherer that grows by chunks.

    ``srs_id`` is what the shapes state of their CRS: all of them the same. ``begins`` and
    ``straight`` hold the heads and kinds of shapes that were looked at.
    """

    shelf: Shelf
    places: list[int]
    keys: list[int] = field(default_factory=list)
    shapes: list[NDArray[np.object_]] = field(default_factory=list)
    texts: list[list[str | None]] = field(default_factory=list)
    malformed: list[int] = field(default_factory=list)
    unclosed: int = 0
    srs_id: int | None = None
    begins: dict[bytes, int] = field(default_factory=dict)
    straight: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.texts = [[] for _ in self.places]

    def take(self, chunk: list[tuple[object, ...]]) -> None:
        """Adds rows. Raises ``UnreadableError`` for curves and for another CRS in a shape."""
        keys = [
            one if isinstance(one, int) else len(self.keys) + at
            for at, (one, *_) in enumerate(chunk, 1)
        ]
        blobs = [_wkb(row[1], key, self) for key, row in zip(keys, chunk, strict=True)]
        shapes, unclosed = shapes_from(np.array([*blobs, None], object)[:-1])
        lost = shapely.is_missing(shapes) & np.array([one is not None for one in blobs], bool)
        self.malformed.extend(keys[at] for at in np.flatnonzero(lost))
        self.keys.extend(keys)
        self.shapes.append(shapes)
        self.unclosed += unclosed
        for at, (place, texts) in enumerate(zip(self.places, self.texts, strict=True), 2):
            texts.extend(_texts([row[at] for row in chunk], self.shelf.kinds[place]))

    def doubts(self) -> list[tuple[str, str]]:
        """The rows whose geometry cannot be read."""
        if not self.malformed:
            return []
        shown = ", ".join(f"#{one}" for one in self.malformed[:SHOWN])
        more = f" … ({len(self.malformed)})" if len(self.malformed) > SHOWN else ""
        return [("invalid-geometry", f"几何损坏 / geometry is malformed: {shown}{more}")]


def _wkb(blob: object, key: int, rows: _Rows) -> bytes | None:
    """The WKB of a geometry; ``None`` where there is none or it is malformed."""
    if blob is None:
        return None
    if not isinstance(blob, bytes):
        rows.malformed.append(key)
        return None
    head = blob[: HEAD.size]
    begins = rows.begins.get(head)
    if begins is None:
        begins = rows.begins[head] = _begins(head, key, rows)
    kind = blob[begins : begins + KIND_BYTES]
    if begins < HEAD.size or len(kind) < KIND_BYTES:
        rows.malformed.append(key)
        return None
    if kind not in rows.straight:
        (number,) = struct.unpack_from("<I" if kind[0] else ">I", kind, 1)
        if (number & 0x0FFFFFFF) % 1000 not in STRAIGHT:
            raise curved(f"要素 #{key} / feature #{key}")
        rows.straight.add(kind)
    return blob[begins:]


def _begins(head: bytes, key: int, rows: _Rows) -> int:
    """Where the WKB begins behind a head; 0 where the head is malformed.

    Raises ``UnreadableError`` for another CRS than the layer's or the other rows'.
    """
    if len(head) < HEAD.size:
        return 0
    magic, version, flags, _ = HEAD.unpack(head)
    envelope = (flags >> 1) & 7
    if magic != b"GP" or version != 0 or envelope >= len(ENVELOPES):
        return 0
    if flags & EXTENDED:
        raise curved(f"要素 #{key} / feature #{key}")
    (srs_id,) = struct.unpack_from("<i" if flags & 1 else ">i", head, 4)
    if rows.srs_id is None:
        rows.srs_id = srs_id
    stated = rows.shelf.srs_id
    fits = srs_id == stated or srs_id in UNDEFINED or stated in UNDEFINED
    if srs_id != rows.srs_id or not fits:
        _refuse_srs(key, srs_id, stated)
    return HEAD.size + ENVELOPES[envelope]


def _refuse_srs(key: int, srs_id: int, stated: int) -> NoReturn:
    raise UnreadableError(
        f"要素 #{key} 的坐标系（srs_id {srs_id}）与图层或其余要素不同（{stated}） / feature #{key} "
        f"is in another CRS (srs_id {srs_id}) than the layer ({stated}) or the others",
        "统一坐标系后重新导出 / bring all to one CRS and export it again",
        problem=None,
    )


def _texts(values: list[object], kind: str) -> Texts:
    """Values as text, by what SQLite holds; booleans and times by the column's declared type."""
    known = {one: _text(one, kind) for one in dict.fromkeys(values)}
    return tuple(known[one] for one in values)


def _text(value: object, kind: str) -> str | None:
    if isinstance(value, bytes):
        raise ValueError("字段为二进制 / a field is binary")
    if kind == "BOOLEAN" and value in (0, 1):
        return str(bool(value))
    if kind in ("DATETIME", "TIMESTAMP") and isinstance(value, str):
        try:
            value = datetime.fromisoformat(value).replace(tzinfo=None)
        except ValueError:
            return canonical_text(value)
    return canonical_text(value)
