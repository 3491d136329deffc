"""How many features a file states and holds: drivers trust a stored count, so it is scanned."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

SHX_HEAD, SHX_RECORD = 100, 8


@dataclass(frozen=True)
class Counts:
    """Features by what the file states, and by a scan of it; ``None`` where it has none."""

    declared: int | None = None
    scanned: int | None = None


def geopackage_counts(path: Path, layer: str) -> Counts:
    """The stored and the scanned count of a GeoPackage layer."""
    table = layer.replace('"', '""')
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        scanned = base.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - quoted
        known = "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'"
        if not base.execute(known).fetchone():
            return Counts(None, scanned)
        asked = "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?"
        row = base.execute(asked, (layer,)).fetchone()
    return Counts(row[0] if row else None, scanned)


def shapefile_counts(path: Path, _layer: str) -> Counts:
    """The count of a shapefile's index, and of its table."""
    beside = {one.suffix.lower(): one for one in path.parent.iterdir() if one.stem == path.stem}
    if ".shx" not in beside:
        raise OSError("缺少 .shx / the .shx is missing")
    declared = (beside[".shx"].stat().st_size - SHX_HEAD) // SHX_RECORD
    if ".dbf" not in beside:
        return Counts(declared)
    with beside[".dbf"].open("rb") as stream:
        return Counts(declared, int(struct.unpack("<xxxxI", stream.read(8))[0]))


def no_counts(_path: Path, _layer: str) -> Counts:
    """Of a format that states none."""
    return Counts()
