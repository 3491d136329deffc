"""The CRS of a GeoPackage layer: by its registered number, which its definition must not deny."""

from __future__ import annotations

import sqlite3

from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

from geozone.land.coordinates.crs import plain
from geozone.land.formats.features import UnreadableError

UNDEFINED = (0, -1)
MIDDLE = (105.0, 36.0)
NEAR_M = 0.01
NEAR_FLATTENING = 1e-5
"""CGCS2000 and WGS 84 differ by 1.5e-6 in the inverse flattening; old datums by 0.04 and more."""

Doubts = tuple[tuple[str, str], ...]


def stated_crs(sql: sqlite3.Connection, srs_id: int) -> tuple[CRS | None, Doubts]:
    """The CRS by its number in the file; ``None`` where it is undefined, with a doubt if unknown.

    Raises ``UnreadableError`` where its definition is of another CRS than its EPSG code.
    """
    if srs_id in UNDEFINED:
        return None, ()
    row = sql.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys "
        "WHERE srs_id = ?",
        (srs_id,),
    ).fetchone()
    by_code = _by_code(str(row[0]), row[1]) if row else None
    defined = _by_text(str(row[2])) if row else None
    if by_code is not None and defined is not None and not _alike(by_code, defined):
        raise UnreadableError(
            f"坐标系编码 EPSG:{row[1]} 与定义 {defined.name} 不符 / EPSG:{row[1]} and the "
            f"definition {defined.name} are different",
            "重新定义坐标系 / define its CRS again",
            problem=None,
        )
    found = by_code or defined
    if found is not None and found.is_engineering and found.name.startswith("Undefined"):
        return None, ()
    if found is None:
        what = f"没有坐标系 {srs_id} 的定义 / the CRS {srs_id} is not defined"
        return None, (("driver-warning", what),)
    return plain(found), ()


def _by_code(organization: str, code: object) -> CRS | None:
    if organization.strip().upper() != "EPSG" or not isinstance(code, int):
        return None
    try:
        return CRS.from_epsg(code)
    except CRSError:
        return None


def _by_text(definition: str) -> CRS | None:
    try:
        return CRS.from_wkt(definition)
    except CRSError:
        return None


def _alike(one: CRS, other: CRS) -> bool:
    """Whether two CRS draw on the same ellipsoid and lead to the same coordinates."""
    if bool(one.is_projected) != bool(other.is_projected):
        return False
    first, second = one.ellipsoid, other.ellipsoid
    if first is None or second is None:
        return False
    if abs(first.semi_major_metre - second.semi_major_metre) > NEAR_M:
        return False
    if abs(first.inverse_flattening - second.inverse_flattening) > NEAR_FLATTENING:
        return False
    if not one.is_projected:
        return True
    area = one.area_of_use
    at = ((area.west + area.east) / 2, (area.south + area.north) / 2) if area else MIDDLE
    x, y = Proj(one)(*at)
    u, v = Proj(other)(*at)
    return bool(abs(x - u) < NEAR_M and abs(y - v) < NEAR_M)
