"""Versions of the libraries that a file is read with: for its receipt, and for what is kept."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pyproj
import shapely

Versions = tuple[tuple[str, str], ...]

INFO = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)\.dist-info")
"""How the folder is called that tells of an installed distribution."""


GEOPARQUET = "GeoParquet"
"""What Arrow reads alone: GDAL, and all that its reader loads, is not asked."""


@cache
def vector_versions(driver: str) -> dict[str, str]:
    """What reads, checks and places the vector files of a project, by what reads them."""
    arrow = {"pyarrow": installed("pyarrow")}
    if driver == GEOPARQUET:
        return shape_versions() | arrow
    import pyogrio  # noqa: PLC0415 - it loads pandas, and is asked for where files are read

    return {
        **shape_versions(),
        "pyogrio": pyogrio.__version__,
        "gdal (pyogrio)": ".".join(str(part) for part in pyogrio.__gdal_version__),
        **arrow,
    }


@cache
def shape_versions() -> dict[str, str]:
    """What checks and places shapes, whatever they were read with."""
    return {
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
    }


def stranger_versions(ending: str) -> Versions:
    """What reads and places a file of proposals, by its ending: a workbook, a table or a driver."""
    tables = {".csv": (), ".txt": (), ".xlsx": ("openpyxl",), ".parquet": ("pyarrow",)}
    readers = tables.get(ending.lower(), ("fiona",))
    return tuple(sorted((shape_versions() | {one: installed(one) for one in readers}).items()))


def installed(name: str) -> str:
    """The version of an installed distribution, without loading it."""
    found = _folders().get(name)
    if found is None:
        from importlib.metadata import version  # noqa: PLC0415 - loads slowly, seldom needed

        return version(name)
    return found


@cache
def _folders() -> Mapping[str, str]:
    """The version of each distribution that has a folder on the path; the first one counts."""
    found: dict[str, str] = {}
    for place in sys.path:
        with suppress(OSError):
            for name in sorted(os.listdir(place or ".")):
                if info := INFO.fullmatch(name):
                    found.setdefault(info["name"].lower(), info["version"])
    return found


@cache
def bundled(package: str, library: str) -> list[str]:
    """What tells the copy of a library that comes with a package from another.

    Wheels put a hash or the version into the names of the libraries they bring along; where
    there are none the package is loaded and asked.
    """
    spec = find_spec(package)
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    found: list[str] = []
    for folder in (home.with_name(f"{package}.libs"), home / ".dylibs"):
        with suppress(OSError):
            found += [name for name in os.listdir(folder) if library in name.lower()]
    if found:
        return sorted(found)
    told = getattr(import_module(package), f"__{library}_version__")
    return [str(told)]
