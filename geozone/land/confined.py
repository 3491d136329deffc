"""Reading proposals from vector files in a child process, with limits of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geozone.land.crs import datum_fault, label, parse_crs, plain
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.rows import Given, Row, RowFile

ENDINGS = (".gpkg", ".geojson", ".json", ".shp")
SECONDS = 180
CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from geozone.land.strangers import main; main(sys.argv[2])"
)


def read_vector_rows(path: Path, given: Given, faults: Faults) -> RowFile:
    """The features of the only layer of a vector file; ``given.crs`` where it states none.

    Raises ``UnreadableError``.
    """
    told = _told(path)
    frame = _crs(told["crs"], given.crs)
    rows = [
        _row(one, frame, Faults(faults.file, f"feature {number}"))
        for number, one in enumerate(told["rows"], 1)
    ]
    return RowFile(tuple(told["heads"]), tuple(rows), short_heads=told["short_heads"])


def _told(path: Path) -> dict[str, Any]:  # JSON values of mixed types
    """What the child tells of the file. Raises ``UnreadableError``."""
    todo = "检查或重新导出 / check it or export it again"
    command = [sys.executable, "-I", "-c", CHILD, json.dumps(sys.path), str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("读取超时 / reading took too long", todo) from error
    if done.returncode != 0:
        raise UnreadableError(f"读取程序中止 / the reader broke down ({done.returncode})", todo)
    told: dict[str, Any] = json.loads(done.stdout)
    if "unreadable" in told:
        raise UnreadableError(told["unreadable"], todo)
    return told


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
