"""What a checked layer is determined by, as one hash."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.layers.coverage import Polygons
from geozone.land.layers.sheet import Frame
from geozone.land.spec import LayerSpec
from geozone.land.versions import bundled, installed, shape_versions
from geozone.rules.edition import text_of
from geozone.version import VERSION

FORMAT = 2
"""Counts how the content of entries has changed."""
PROGRAM = ("land", "law", "rules", "vocabulary")
"""The parts of this package whose text decides what a layer becomes."""
LIBRARIES = ("numpy", "pandas", "geopandas", "pyogrio", "pyarrow", "fiona", "openpyxl")
PLACE = "number"
"""What a spec has that is no matter of the layer: its place in the project file."""

Json = Any  # JSON values of mixed types


def layer_key(spec: LayerSpec, name: str, content: Json, *, ground: Json, coverage: Json) -> str:
    """The hash of all that decides what a layer holds and what its receipt says.

    ``ground`` and ``coverage`` as ``ground_told`` and ``coverage_told`` give them; ``content``
    are names and hashes of the files of each path. Raises ``TypeError`` for a declared shift.
    """
    told = {
        "format": FORMAT,
        "program": program() | (raster_program() if spec.is_raster else {}),
        "spec": spec_told(spec),
        "name": name,
        "ground": ground,
        "coverage": coverage,
        "files": content,
    }
    return _hash(json.dumps(told, sort_keys=True).encode("ascii"))


def bounds_key(written: str, content: Json, told: Json) -> str:
    """The hash of all that decides what polygons a file bounds.

    ``content`` are names and hashes of its files, ``told`` says what of and where they are placed.
    """
    given = {"format": FORMAT, "program": program(), "path": written, "files": content}
    return _hash(json.dumps({**given, "told": told}, sort_keys=True).encode("ascii"))


def spec_told(spec: LayerSpec) -> Json:
    """Every key of a spec as JSON, in one way only. Raises ``TypeError`` for a declared shift."""
    given = {one.name: getattr(spec, one.name) for one in fields(spec)}
    return {name: _plain(value) for name, value in given.items() if name != PLACE}


def _plain(value: object) -> Json:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(one)] for key, one in value.items()]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    raise TypeError(type(value).__name__)


def ground_told(frame: Frame, sha256: str) -> Json:
    """The study area, its file's hash and the working CRS, as JSON."""
    return [sha256, _shape(frame.area), crs_text(frame.crs)]


def coverage_told(coverage: Polygons | None) -> Json:
    """A declared coverage with its receipt, as JSON."""
    return None if coverage is None else [_shape(coverage.shape), coverage.receipt.to_dict()]


def crs_text(crs: CRS) -> str:
    """A CRS in whole, by its registered code where that is the same."""
    code = crs.to_epsg()
    same = code is not None and CRS.from_epsg(code) == crs
    return f"EPSG:{code}" if same else str(crs.to_wkt())


def _shape(shape: BaseGeometry) -> str:
    return _hash(shapely.to_wkb(shape))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def program() -> Json:
    """This program, the libraries that read, check and place, and the machine, as JSON."""
    return {
        "geozone": VERSION,
        "text": [text_of(part) for part in PROGRAM],
        "python": platform.python_version(),
        "machine": [sys.platform, platform.machine(), sys.byteorder],
        **shape_versions(),
        **{name: installed(name) for name in LIBRARIES},
        "gdal": bundled("pyogrio", "gdal"),
    }


@cache
def raster_program() -> Json:
    """What reads rasters besides, as JSON."""
    return {"rasterio": [installed("rasterio"), bundled("rasterio", "gdal")]}
