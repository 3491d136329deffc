"""The confined reader of a stranger's file: unpacks it, reads it, and tells what it holds.

Runs in a child process (see ``sandbox``): nothing that it reads can reach further than what it
prints, which is JSON.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.strange import refuse_ending
from geozone.land.sources.archive import FOR_PROPOSALS, unpack
from geozone.land.sources.copies import JOURNAL
from geozone.land.sources.written import is_archive
from geozone.land.strangers.sandbox import TODO, Limits, confine, stop_writing

TEXTS = (".csv", ".tsv", ".txt")
"""Endings that are left to the parent: plain text needs no driver."""
WORKBOOKS = (".xlsx",)
VECTORS: tuple[str, ...] = (
    ".gpkg",
    ".geojson",
    ".json",
    ".geojsonl",
    ".geojsons",
    ".ndjson",
    ".shp",
    ".fgb",
    ".gdb",
    ".parquet",
    ".geoparquet",
    ".kml",
    ".dxf",
)
UNPACKED = "unpacked"
LOGGED = b"\x02\x02"
"""Bytes 18 and 19 of a SQLite file that is written through a log."""
WITHOUT_LOG = (
    "文件经日志写入而无 -wal，若在打开时复制则缺最新修改 / the file is written through a log and "
    "comes without its -wal: if it was copied while open, its newest changes are missing"
)

Told = dict[str, Any]  # JSON values of mixed types


def main(job: Told) -> None:
    """Does a job — a path, a layer, limits, whether the file is trusted — and prints the answer.

    A line of JSON each: everything but the rows, with their number; then the rows.
    """
    why = _confined(Limits(**job["limits"]))
    told: Told = {"lacking": why} if why and not job["trust"] else _told(job, why is None)
    rows: list[Told] = told.get("rows", [])
    for one in ({**told, "rows": len(rows)}, *rows):
        sys.stdout.write(json.dumps(one) + "\n")


def _confined(limits: Limits) -> str | None:
    """``None``, or why the system refuses the limits."""
    try:
        confine(limits)
    except (ImportError, OSError, ValueError) as error:
        return str(error)
    return None


def _told(job: Told, is_confined: bool) -> Told:
    path, notes = Path(job["path"]), tuple[str, ...]()
    try:
        if is_archive(path.name):
            into = path.with_name(UNPACKED)
            into.mkdir(mode=0o700)
            found = unpack(path, into, FOR_PROPOSALS, texts=True)
            path, notes = found.path, found.notes
        settled = _settle(path)
        if is_confined:
            stop_writing()
        told = _read(path, job["layer"])
        return {**told, "notes": [*notes, *settled, *told.get("notes", ())]}
    except UnreadableError as error:
        return {"unreadable": error.what, "todo": error.todo}
    except MemoryError:
        what = "内存超限 / it needs too much memory"
        return {"unreadable": what, "todo": "拆分 / split it"}


def _settle(path: Path) -> tuple[str, ...]:
    """Brings a GeoPackage and its log together, in our own copy, which reading alone cannot.

    Gives remarks. Raises ``UnreadableError``.
    """
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return ()
    with path.open("rb") as stream:
        is_logged = stream.read(20)[18:] == LOGGED
    lacks_log = is_logged and not path.with_name(path.name + "-wal").exists()
    if is_logged or path.with_name(path.name + JOURNAL).exists():
        try:
            with closing(sqlite3.connect(path)) as base:
                base.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise UnreadableError(f"无法读取 / cannot be read: {error}", TODO) from error
    return (WITHOUT_LOG,) if lacks_log else ()


def _read(path: Path, layer: str | None = None) -> Told:
    """What a file holds, by its ending."""
    ending = path.suffix.lower()
    if ending in TEXTS:
        return {"kind": "text", "path": str(path)}
    if ending in WORKBOOKS:
        from geozone.land.proposals.tables import read_xlsx  # noqa: PLC0415 - slow, and only for these

        faults = Faults("")
        return {"kind": "table", **_table(read_xlsx(path, faults, layer), faults)}
    if ending not in VECTORS:
        refuse_ending(path.suffix, (*TEXTS, *WORKBOOKS, *VECTORS))
    from geozone.land.strangers.records import read_file  # noqa: PLC0415 - slow, and not for tables

    return {"kind": "records", **read_file(path, layer)}


def _table(found: Any, faults: Faults) -> Told:  # a RowFile, whose module is slow to load
    """A table as JSON: its rows with their faults, and whatever else is known of it."""
    rest = {one.name: getattr(found, one.name) for one in fields(found) if one.name != "rows"}
    rows = [
        {"cells": dict(row.cells), "place": row.faults.place, "faults": _faults(row.faults)}
        for row in found.rows
    ]
    return {"rest": rest, "rows": rows, "faults": _faults(faults)}


def _faults(faults: Faults) -> list[list[str]]:
    return [[one.place, one.what, one.todo] for one in faults.found]
