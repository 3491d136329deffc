"""Coordinate systems: which are taken, and the only way coordinates move between them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely import Point

Coordinates = NDArray[np.float64]
"""Shape (n, 2): x east, y north, or longitude and latitude in degrees."""

CGCS2000 = ("China 2000", "China Geodetic Coordinate System 2000", "CGCS2000")
WGS84 = ("World Geodetic System 1984", "World Geodetic System 1984 ensemble", "WGS 84", "WGS 1984")
FIRST_MERIDIAN, LAST_MERIDIAN, FIRST_EPSG = 75, 135, 4534
GEOGRAPHIC = CRS.from_epsg(4490)


def parse_crs(text: str) -> CRS:
    """The coordinate system that ``text`` names, reduced to two dimensions.

    Raises ``ValueError`` where it is unknown or its datum is not taken.
    """
    try:
        crs = plain(CRS.from_user_input(text))
    except CRSError as error:
        raise ValueError(f"无法识别的坐标系 {text!r} / unknown CRS {text!r}") from error
    wrong = datum_fault(crs)
    if wrong:
        raise ValueError(wrong)
    return crs


def plain(crs: CRS) -> CRS:
    """The horizontal part of a CRS, by its registered code where it has one."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    crs = crs.to_2d()
    code = crs.to_epsg()
    return CRS.from_epsg(code) if code else crs


def _datum(crs: CRS) -> str:
    base = crs.geodetic_crs
    name = base.datum.name if base is not None and base.datum is not None else ""
    return name.removeprefix("D_").replace("_", " ")


def datum_fault(crs: CRS) -> str | None:
    """Why coordinates in this CRS are not taken; ``None`` where they are."""
    if _datum(crs) in (*CGCS2000, *WGS84) and (crs.is_projected or crs.is_geographic):
        return _way_fault(crs)
    name = _datum(crs) or "?"
    return (
        f"不接受基准 {name}（{crs.name}）：无经认可的转换参数 / "
        f"datum {name} ({crs.name}) is refused: no sanctioned operation brings it to CGCS2000"
    )


def _way_fault(crs: CRS) -> str | None:
    """Why the CRS, as its file defines it, leads nowhere; ``None`` where it leads to degrees."""
    try:
        Operation(crs, GEOGRAPHIC)(np.array([[0.0, 0.0]]))
    except ProjError as error:
        return f"坐标系定义已损坏 / the definition of the CRS is broken: {error}"
    return None


def is_metric(crs: CRS) -> bool:
    """Whether the CRS is projected and counts in metres."""
    return bool(crs.is_projected) and all(axis.unit_name == "metre" for axis in crs.axis_info[:2])


def label(crs: CRS) -> str:
    """The short name of a CRS: ``EPSG:4547``, else its name."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def working_crs(longitude: float) -> CRS:
    """The CGCS2000 3-degree zone (no prefix) nearest a longitude in degrees.

    Raises ``ValueError`` outside the zones.
    """
    meridian = 3 * math.floor(longitude / 3 + 0.5)
    if not FIRST_MERIDIAN <= meridian <= LAST_MERIDIAN:
        raise ValueError(
            f"研究区中心经度 {longitude:.2f}° 不在 CGCS2000 三度带内 / longitude {longitude:.2f} "
            "lies outside the CGCS2000 3-degree zones"
        )
    return CRS.from_epsg(FIRST_EPSG + (meridian - FIRST_MERIDIAN) // 3)


@dataclass(frozen=True, eq=False)
class Operation:
    """The way from one CRS to another: through longitude and latitude, which CGCS2000 and
    WGS 84 share by policy (they differ by less than the 1 m that neither is known to).

    Called on coordinates of shape (n, 2), it gives them in the target; what cannot be
    expressed there becomes ``inf``.
    """

    source: CRS
    target: CRS

    @property
    def is_identity(self) -> bool:
        """Whether coordinates stay as they are."""
        return self.source == self.target or (
            bool(self.source.is_geographic and self.target.is_geographic)
        )

    @property
    def says(self) -> str:
        """The operation in words, for the receipt."""
        way = f"{label(self.source)} -> {label(self.target)}"
        if self.source == self.target:
            return "none"
        one_datum = (_datum(self.source) in CGCS2000) == (_datum(self.target) in CGCS2000)
        return way if one_datum else f"{way}, WGS 84 = CGCS2000 by policy"

    def __call__(self, coordinates: Coordinates) -> Coordinates:
        """Coordinates (n, 2) of the source, in the target."""
        if self.is_identity or not len(coordinates):
            return coordinates
        x, y = coordinates[:, 0], coordinates[:, 1]
        if not self.source.is_geographic:
            x, y = _transformer(self.source, self.source.geodetic_crs)(x, y)
        if not self.target.is_geographic:
            x, y = _transformer(self.target.geodetic_crs, self.target)(x, y)
        return np.column_stack([x, y])


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Callable[[Any, Any], tuple[Any, Any]]:
    transform: Callable[[Any, Any], tuple[Any, Any]]  # arrays in, arrays out
    transform = Transformer.from_crs(source, target, always_xy=True).transform
    return transform


def point_from_degrees(longitude: float, latitude: float, crs: CRS) -> Point:
    """The point of ``crs`` at a longitude and latitude of CGCS2000, in degrees."""
    place = Operation(GEOGRAPHIC, crs)(np.array([[longitude, latitude]], float))
    return Point(float(place[0, 0]), float(place[0, 1]))
