"""Formats that a driver reads, and that are looked through before it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyogrio.raw

from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.filegdb import check_filegdb, locks
from geozone.land.formats.flatgeobuf import has_sound_index
from geozone.land.formats.ogr import BROKEN
from geozone.land.formats.vectors import read_vectors

CURVED = ("CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "MULTICURVE", "MULTISURFACE")
"""Kinds that a driver hands on as chords: a curve's area would shrink unseen."""


def read_flatgeobuf(path: Path, wanted: Wanted) -> Features:
    """The features of a FlatGeobuf; its index is never used. Raises ``UnreadableError``."""
    found = read_vectors(path, wanted)
    _refuse_curves(path, found.layer)
    if has_sound_index(path):
        return found
    note = "索引损坏，未使用 / the index is damaged; it is not used"
    return replace(found, notes=(*found.notes, note))


def read_filegdb(path: Path, wanted: Wanted) -> Features:
    """The features of a feature class of a FileGDB folder. Raises ``UnreadableError``."""
    check_folder(path)
    found = read_vectors(path, wanted)
    _refuse_curves(path, found.layer)
    held = locks(path)
    if not held:
        return found
    doubt = f"数据库正在编辑 / the database is being edited: {', '.join(held)}"
    return replace(found, doubts=(*found.doubts, ("driver-warning", doubt)))


def check_folder(path: Path) -> None:
    """Raises ``UnreadableError`` where a FileGDB is not whole."""
    try:
        check_filegdb(path)
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}",
            "重新复制整个 .gdb / copy the folder again",
        ) from error


def _refuse_curves(path: Path, layer: str) -> None:
    """Raises ``UnreadableError`` where a feature is drawn with arcs."""
    name = layer.replace('"', '""')
    asked = f'SELECT OGR_GEOMETRY FROM "{name}"'  # noqa: S608 - quoted
    try:
        *_, data = pyogrio.raw.read(path, sql=asked, sql_dialect="OGRSQL", read_geometry=False)
    except BROKEN as error:
        raise UnreadableError(f"无法读取 / cannot be read: {error}", "检查 / check it") from error
    rows = [at for at, kind in enumerate(data[0], 1) if str(kind).startswith(CURVED)]
    if rows:
        raise UnreadableError(
            f"{len(rows)} 个要素含曲线，首个为第 {rows[0]} 个 / {len(rows)} features have "
            f"curves, the first is number {rows[0]}",
            "先增密为折线 / convert curves to straight segments (densify)",
            problem="invalid-geometry",
        )
