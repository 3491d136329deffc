"""Gauss-Kruger zones of CGCS2000: their codes, and which one a number or an easting names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyproj import CRS

from geozone.land.coordinates.datums import named_datum

PREFIX_M = 1_000_000
NUMBERS = {"3": range(25, 46), "6": range(13, 24)}
"""The zones of China by width in degrees; no number is both."""
FIRST_CODES = {
    "cgcs2000": {"3": (4513, 4534), "6": (4491, 4502)},
    "xian80": {"3": (2349, 2370), "6": (2327, 2338)},
    "beijing54": {"3": (2401, 2422), "6": (21413, 21453)},
}
"""EPSG codes of the first zone, with prefix and without, by datum and width."""
NORTH_M = (1_700_000.0, 5_950_000.0)
"""Northings of the land of China, from 15 to 54 degrees north."""
EAST_M = (100_000.0, 900_000.0)
"""Eastings within a zone, the false one of 500 km included."""
CGCS2000 = re.compile(
    r"(CGCS|国家|中国|大地)?2000(国家)?(大地)?(坐标系|坐标|坐标系统)?|"
    r"(中国|国家)?2000(国家)?大地坐标系(统)?|(GCS)?CHINAGEODETICCOORDINATESYSTEM2000|"
    r"CHINA2000|GCSCGCS2000|(国家)?大地2000|CGCS2000(国家大地坐标系)?|EPSG:4490|"
    r"2000国家大地坐标系[（(]?CGCS2000[)）]?|CGCS2000[（(]2000国家大地坐标系[)）]"
)


@dataclass(frozen=True)
class Zone:
    """A zone by its number, its width in degrees (``3`` or ``6``) and its datum."""

    number: int
    width: str
    datum: str = "cgcs2000"

    @property
    def meridian(self) -> int:
        """The central meridian in degrees."""
        return 3 * self.number if self.width == "3" else 6 * self.number - 3

    def crs(self, *, prefixed: bool) -> CRS:
        """The CRS whose eastings carry the zone's number, or do not."""
        first = FIRST_CODES[self.datum][self.width][0 if prefixed else 1]
        return CRS.from_epsg(first + self.number - NUMBERS[self.width].start)


def zone_of(number: int) -> Zone | None:
    """The zone of that number: 3-degree ones are 25 to 45, 6-degree ones 13 to 23."""
    width = next((name for name, numbers in NUMBERS.items() if number in numbers), None)
    return None if width is None else Zone(number, width)


def zone_of_crs(crs: CRS) -> Zone | None:
    """The CGCS2000 zone of a CRS by its code, with prefix or without; else ``None``."""
    code = crs.to_epsg() or 0
    for width, firsts in FIRST_CODES["cgcs2000"].items():
        for first in firsts:
            if 0 <= code - first < len(NUMBERS[width]):
                return Zone(NUMBERS[width][code - first], width)
    return None


def prefix_of(east: float) -> int:
    """The number before the last six digits of an easting; 0 where there is none."""
    return int(east // PREFIX_M)


def is_north(value: float) -> bool:
    """Whether a number can be a northing in China, in metres."""
    return NORTH_M[0] <= value <= NORTH_M[1]


def is_east(value: float) -> bool:
    """Whether a number can be an easting: within a zone, with its prefix or without."""
    prefix = prefix_of(value)
    known = prefix == 0 or zone_of(prefix) is not None
    return known and EAST_M[0] <= value - prefix * PREFIX_M <= EAST_M[1]


def datum_id(name: str) -> str:
    """The datum that a file means by a name, as one that zones are known of; else empty."""
    plain = re.sub(r"[\s_\-—]", "", name).upper()
    if CGCS2000.fullmatch(plain):
        return "cgcs2000"
    known = named_datum(name)
    return known.id if known is not None and known.id in FIRST_CODES else ""
