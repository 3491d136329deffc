"""Declared parameters that bring an old datum to CGCS2000; they are never shown anywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geozone.land.coordinates.datums import datums, operations

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Seven:
    """Seven parameters between two ellipsoids: metres, seconds of arc, parts per million."""

    convention: str
    dx_m: float = field(repr=False)
    dy_m: float = field(repr=False)
    dz_m: float = field(repr=False)
    rx_arcsec: float = field(repr=False)
    ry_arcsec: float = field(repr=False)
    rz_arcsec: float = field(repr=False)
    scale_ppm: float = field(repr=False)


@dataclass(frozen=True)
class Four:
    """Four parameters in a plane: x east, y north in metres; rotation about its origin."""

    rotation: str
    dx_east_m: float = field(repr=False)
    dy_north_m: float = field(repr=False)
    rotation_arcsec: float = field(repr=False)
    scale_ppm: float = field(repr=False)


@dataclass(frozen=True, eq=False)
class Shift:
    """The declared way from a datum to CGCS2000.

    ``datum`` is the key of the old datum, ``frame`` the CRS that the parameters are of,
    ``target`` the one they lead to: geographic for seven, projected for four.
    """

    datum: str
    frame: CRS
    target: CRS
    accuracy_m: float
    parameters: Seven | Four = field(repr=False)

    @property
    def says(self) -> str:
        """What the receipt says: how many parameters, never which."""
        return operations()["seven" if isinstance(self.parameters, Seven) else "four"].says

    @property
    def told(self) -> str:
        """The same with the accuracy that was declared, in metres."""
        return f"{self.says}, accuracy {self.accuracy_m:g} m"

    def to_degrees(self, coordinates: Numbers, source: CRS) -> tuple[Numbers, Numbers]:
        """Coordinates (n, 2) of ``source``, on the old datum, as CGCS2000 degrees."""
        x, y = coordinates[:, 0], coordinates[:, 1]
        if isinstance(self.parameters, Seven):
            if not source.is_geographic:
                x, y = _projection(source, source.geodetic_crs)(x, y)
            return _seven(self)(x, y)
        if source != self.frame:
            x, y = _projection(source, self.frame)(x, y)
        x, y = _turned(x, y, self.parameters)
        return _projection(self.target, self.target.geodetic_crs)(x, y)

    def moves_m(self, longitude: float, latitude: float) -> float:
        """How far the shift moves a place given in degrees of the old datum, in metres."""
        old = self.frame.geodetic_crs
        if old is None:
            raise TypeError("a CRS without a datum")
        east, north = self.to_degrees(np.array([[longitude, latitude]], float), old)
        geod = datums()["cgcs2000"]
        radius = math.radians(1) * geod.semi_major_m
        dx = (float(east[0]) - longitude) * math.cos(math.radians(latitude))
        return math.hypot(dx, float(north[0]) - latitude) * radius


def _turned(x: Numbers, y: Numbers, by: Four) -> tuple[Numbers, Numbers]:
    turn = math.radians(by.rotation_arcsec / 3600)
    angle = turn if by.rotation == "counterclockwise" else -turn
    scale = 1 + by.scale_ppm * 1e-6
    with np.errstate(invalid="ignore"):  # what has no place in the frame has none after it
        east = by.dx_east_m + scale * (x * math.cos(angle) - y * math.sin(angle))
        north = by.dy_north_m + scale * (x * math.sin(angle) + y * math.cos(angle))
    return east, north


@lru_cache(maxsize=16)
def _seven(shift: Shift) -> Callable[[Any, Any], tuple[Any, Any]]:
    """The pipeline of a shift of seven parameters, degrees to degrees."""
    by, old, new = shift.parameters, shift.frame.ellipsoid, datums()["cgcs2000"]
    if not isinstance(by, Seven) or old is None:
        raise TypeError("seven parameters between two ellipsoids")
    steps = (
        "+proj=unitconvert +xy_in=deg +xy_out=rad",
        f"+proj=cart +a={old.semi_major_metre!r} +rf={old.inverse_flattening!r}",
        f"+proj=helmert +x={by.dx_m!r} +y={by.dy_m!r} +z={by.dz_m!r} +rx={by.rx_arcsec!r} "
        f"+ry={by.ry_arcsec!r} +rz={by.rz_arcsec!r} +s={by.scale_ppm!r} "
        f"+convention={by.convention}",
        f"+inv +proj=cart +a={new.semi_major_m!r} +rf={new.inverse_flattening!r}",
        "+proj=unitconvert +xy_in=rad +xy_out=deg",
    )
    way = Transformer.from_pipeline("+proj=pipeline " + " ".join(f"+step {one}" for one in steps))

    def moved(x: Any, y: Any) -> tuple[Any, Any]:  # arrays in, arrays out
        east, north, _ = way.transform(x, y, np.zeros_like(x))
        return east, north

    return moved


@lru_cache(maxsize=32)
def _projection(source: CRS, target: CRS) -> Callable[[Any, Any], tuple[Any, Any]]:
    """The projection between two CRSs of one datum."""
    transform: Callable[[Any, Any], tuple[Any, Any]]  # arrays in, arrays out
    transform = Transformer.from_crs(source, target, always_xy=True).transform
    return transform
