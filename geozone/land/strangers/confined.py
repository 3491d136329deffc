"""Proposals from files that need a driver or an unpacker, read by a confined child process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geozone.land.coordinates.crsstated import UnclearCrsError, stated_crs
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.proposals.rows import Given, Row, RowFile
from geozone.land.strangers.sandbox import TODO, Limits, lacking, told_by

CHILD = "geozone.land.strangers.child"
LIMITS = Limits()

Told = Mapping[str, Any]  # JSON values of mixed types


def read_confined(path: Path, given: Given, faults: Faults) -> RowFile | Path:
    """The rows of a vector file, a workbook or an archive; the path of a text file in it.

    ``path`` stands alone in a folder of its own, where an archive is unpacked. ``given.crs``
    serves where the file states none. Raises ``UnreadableError``, also where the system cannot
    confine the reader and ``given`` does not trust the file.
    """
    told = _told(path, given)
    notes = tuple(str(one) for one in told["notes"])
    if told["kind"] == "text":
        return Path(told["path"])
    read = _table(told, faults) if told["kind"] == "table" else _records(told, given, faults)
    return replace(read, notes=(*notes, *read.notes))


def _told(path: Path, given: Given) -> Told:
    """What the child tells of the file. Raises ``UnreadableError``."""
    missing = lacking()
    if missing and not given.trust:
        raise _unconfined("、".join(missing))
    size = sum(one.stat().st_size for one in (path.iterdir() if path.is_dir() else [path]))
    limits = LIMITS.given(size)
    job = {"path": str(path), "trust": given.trust, "layer": given.layer}
    told = told_by(CHILD, job, path.parent, limits)
    if "lacking" in told:
        raise _unconfined(told["lacking"])
    if "unreadable" in told:
        raise UnreadableError(told["unreadable"], told.get("todo") or TODO)
    return told


def _unconfined(why: str) -> UnreadableError:
    return UnreadableError(
        f"本系统不能限制读取外来文件的程序，缺 / this system cannot confine the reader of a "
        f"file from outside, it lacks: {why}",
        "来源可信则加 --trust，或转为 CSV / add --trust if you trust it, or convert it to CSV",
        problem=None,
    )


def _table(told: Told, faults: Faults) -> RowFile:
    """A table of cells; its faults become ours."""
    _add(told["faults"], faults)
    rows = []
    for one in told["rows"]:
        row = Row(one["cells"], Faults(faults.file, one["place"]))
        _add(one["faults"], row.faults)
        rows.append(row)
    rest: dict[str, Any] = {  # the other values of a RowFile, of mixed types
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told["rest"].items()
    }
    return RowFile(rows=tuple(rows), **rest)


def _add(told: list[list[str]], faults: Faults) -> None:
    for place, what, todo in told:
        Faults(faults.file, place, faults.found).add(what, todo)


def _records(told: Told, given: Given, faults: Faults) -> RowFile:
    """Features with their shapes."""
    frame = _crs(told["crs"], given.crs)
    rows = [
        _row(one, frame, Faults(faults.file, f"feature {number}"))
        for number, one in enumerate(told["rows"], 1)
    ]
    return RowFile(tuple(told["heads"]), tuple(rows), short_heads=told["short_heads"])


def _row(told: dict[str, Any], crs: CRS, faults: Faults) -> Row:
    if told["wkb"] is None:
        why = told.get("fault")
        what = f"无法读取几何 / geometry cannot be read: {why}" if why else "没有几何 / no geometry"
        faults.add(what, "补绘或删除 / draw it or remove the feature")
        return Row(told["cells"], faults, None, crs)
    return Row(told["cells"], faults, shapely.from_wkb(told["wkb"]), crs)


def _crs(stored: str | None, declared: str | None) -> CRS:
    """The CRS that the file states, else the declared one. Raises ``UnreadableError``."""
    try:
        return stated_crs(CRS.from_wkt(stored) if stored else None, declared)
    except UnclearCrsError as error:
        raise UnreadableError(error.what, error.todo) from error
    except CRSError as error:
        raise UnreadableError(
            f"坐标系定义已损坏 / the definition of the CRS is broken: {error}",
            "改正文件的坐标系 / correct the CRS of the file",
        ) from error
