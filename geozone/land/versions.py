"""Versions of the libraries that a file is read with, for its receipt."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

import pyogrio
import pyproj
import shapely

Versions = tuple[tuple[str, str], ...]


@cache
def vector_versions() -> dict[str, str]:
    """What reads, checks and places the vector files of a project."""
    return {
        **shape_versions(),
        "pyogrio": pyogrio.__version__,
        "gdal (pyogrio)": ".".join(str(part) for part in pyogrio.__gdal_version__),
        "pyarrow": version("pyarrow"),
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
    return tuple(sorted((shape_versions() | {one: version(one) for one in readers}).items()))
