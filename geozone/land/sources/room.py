"""Whether there is room in memory for a file, asked before it is read."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from geozone.land.formats.features import UnreadableError

GROWTH: Mapping[str, float] = {
    ".parquet": 12.0, ".gpkg": 6.0, ".shp": 6.0, ".fgb": 6.0, ".gdb": 6.0, ".geojson": 3.0,
    ".json": 3.0, ".kml": 3.0, ".dxf": 3.0, ".csv": 3.0,
}  # fmt: skip
"""By ending, how many bytes of memory a byte of a vector file takes at least while it is read."""

MEMORY = Path("/proc/meminfo")
FREE = "MemAvailable:"
KIB = 1024
GB = 1e9


def check_room(path: Path, free_bytes: float | None) -> None:
    """Raise ``UnreadableError`` for a vector file that takes more memory than there is.

    ``free_bytes`` is ``None`` where the system does not tell: then every file is tried.
    """
    needed = _needed(path)
    if free_bytes is None or needed <= free_bytes:
        return
    raise UnreadableError(
        f"读入约需内存 {needed / GB:.1f} GB，现有 {free_bytes / GB:.1f} GB / takes about "
        f"{needed / GB:.1f} GB of memory to read, and {free_bytes / GB:.1f} GB are free",
        "裁剪到研究区，或换用内存更大的电脑 / cut it to the study area (with QGIS, or ogr2ogr "
        "-clipsrc), or take a machine with more memory",
    )


def at_once(files: Sequence[Path], free_bytes: float | None, most: int) -> int:
    """How many of some files may be read at the same time: the largest take half of what is free.

    It is one at least, and ``most`` where the system does not tell.
    """
    rising = np.cumsum(sorted((_at_least(one) for one in files), reverse=True))
    room = np.inf if free_bytes is None else free_bytes / 2
    return max(1, min(most, int((rising <= room).sum())))


def _at_least(path: Path) -> float:
    try:
        return _needed(path)
    except OSError:  # such as a name that is too long: who reads it will say so
        return 0.0


def _needed(path: Path) -> float:
    return _size(path) * GROWTH.get(path.suffix.lower(), 0.0)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in files if one.is_file())


def free_bytes() -> float | None:
    """The memory that this process may still take; ``None`` where the system does not tell."""
    known = [one for one in (_system_bytes(), _limit_bytes()) if one is not None]
    return min(known, default=None)


def _system_bytes() -> float | None:
    try:
        lines = MEMORY.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    told = [line.split()[1] for line in lines if line.startswith(FREE)]
    return float(told[0]) * KIB if told else None


def _limit_bytes() -> float | None:
    if find_spec("resource") is None or sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - there is none on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else float(soft)
