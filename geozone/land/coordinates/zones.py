"""The Gauss-Kruger zones of CGCS2000: their codes, and which zone an easting names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS

PREFIX_M = 1_000_000.0
OFFSET_M = 500_000.0
FIRST_PREFIXED_M = 13 * PREFIX_M
"""An easting of China from here on carries its zone; without one it has 6 digits."""
WORKED_M = 200_000.0
"""Eastings of a 3-degree zone lie within this of its meridian; of a 6-degree zone within twice."""


@dataclass(frozen=True)
class Zone:
    """A zone by its width in degrees and its number."""

    width: int
    number: int

    @property
    def meridian(self) -> int:
        """The central meridian, in degrees east."""
        return 3 * self.number if self.width == 3 else 6 * self.number - 3

    @property
    def zh(self) -> str:
        """The zone as a surveyor writes it."""
        return f"{'三' if self.width == 3 else '六'}度带 {self.number} 带"

    @property
    def en(self) -> str:
        """The zone in English."""
        return f"{self.width}-degree zone {self.number}"

    def epsg(self, *, prefixed: bool) -> int:
        """The code of the CGCS2000 zone, with the zone number in its eastings or without."""
        if self.width == 3:
            return 4488 + self.number if prefixed else 4534 + self.number - 25
        return 4478 + self.number if prefixed else 4489 + self.number


THREE = tuple(Zone(3, number) for number in range(25, 46))
SIX = tuple(Zone(6, number) for number in range(13, 24))
BY_PREFIX = {zone.number: zone for zone in (*THREE, *SIX)}
"""The prefixes of the two widths do not overlap: one number tells the zone."""
MERIDIANS = tuple(zone.meridian for zone in THREE)


def zone_of_prefix(easting: float) -> Zone | None:
    """The zone that an easting with prefix names; ``None`` where it names none."""
    if not np.isfinite(easting):
        return None
    return BY_PREFIX.get(int(easting // PREFIX_M))


@dataclass(frozen=True)
class Grid:
    """A transverse Mercator projection as its CRS defines it; degrees and metres."""

    meridian: float
    latitude: float
    false_east_m: float
    false_north_m: float
    scale: float

    @property
    def zone(self) -> Zone | None:
        """The zone whose number its false easting carries, where it is a Gauss-Kruger zone."""
        east = self.false_east_m - OFFSET_M
        if not self._is_plain or east % PREFIX_M or east < FIRST_PREFIXED_M:
            return None
        zone = BY_PREFIX.get(int(east // PREFIX_M))
        return zone if zone is not None and zone.meridian == self.meridian else None

    @property
    def unprefixed(self) -> tuple[Zone, ...]:
        """The zones of its meridian, where its eastings carry no number."""
        if not self._is_plain or self.false_east_m != OFFSET_M:
            return ()
        return tuple(zone for zone in (*THREE, *SIX) if zone.meridian == self.meridian)

    @property
    def _is_plain(self) -> bool:
        return self.latitude == 0 and self.false_north_m == 0 and self.scale == 1


NAMES = {
    "Latitude of natural origin": "latitude",
    "Longitude of natural origin": "meridian",
    "False easting": "false_east_m",
    "False northing": "false_north_m",
    "Scale factor at natural origin": "scale",
}


@lru_cache(maxsize=64)
def grid_of(crs: CRS) -> Grid | None:
    """The transverse Mercator projection of a CRS in metres; ``None`` for any other."""
    way = crs.coordinate_operation if crs.is_projected else None
    if way is None or way.method_name != "Transverse Mercator":
        return None
    found = {NAMES[one.name]: float(one.value) for one in way.params if one.name in NAMES}
    return Grid(**found) if len(found) == len(NAMES) else None
