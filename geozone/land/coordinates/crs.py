"""Coordinate systems: which are taken, and the only way coordinates move between them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pyproj.network
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely import Point

from geozone.land.coordinates.datums import (
    OFFSET,
    TAKEN,
    Datum,
    datum_called,
    folded,
    named_datum,
    operations,
)
from geozone.land.coordinates.shift import Shift

Places = NDArray[np.float64]
Coordinates = NDArray[np.float64]
"""Shape (n, 2): x east, y north, or longitude and latitude in degrees."""

FIRST_MERIDIAN, LAST_MERIDIAN, FIRST_EPSG = 75, 135, 4534
GEOGRAPHIC = CRS.from_epsg(4490)
PLAIN_NAME = re.compile(r"[\w .()/:+°'-]{3,120}")

pyproj.network.set_network_enabled(False)  # type: ignore[attr-defined]  # no exports listed


def named_crs(text: str) -> CRS:
    """The coordinate system that ``text`` names, of any datum, reduced to two dimensions.

    Raises ``ValueError`` where it is unknown. What may be done with it is for ``refusal`` to say.
    """
    datum = named_datum(text)
    try:
        if datum is not None:
            return CRS.from_epsg(datum.epsg) if datum.epsg else _degrees_of(datum)
        return plain(CRS.from_user_input(text.strip()))
    except CRSError as error:
        raise ValueError(f"无法识别的坐标系 {text!r} / unknown CRS {text!r}") from error


def parse_crs(text: str) -> CRS:
    """The coordinate system that ``text`` names, taken as it stands, in two dimensions.

    Raises ``ValueError`` where it is unknown or its datum is not taken.
    """
    crs = named_crs(text)
    if not is_taken(crs):
        raise ValueError(untaken(crs))
    return crs


def _degrees_of(datum: Datum) -> CRS:
    """A CRS of longitude and latitude on a datum that no register has."""
    return CRS.from_wkt(
        f'GEOGCRS["{datum.en}",DATUM["{datum.datums[0]}",ELLIPSOID["{datum.en}",'
        f"{datum.semi_major_m},{datum.inverse_flattening}]],CS[ellipsoidal,2],"
        'AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]'
    )


def plain(crs: CRS) -> CRS:
    """The horizontal part of a CRS, by its registered code where it has one.

    A CRS bound to a shift stays bound where the shift is not nothing: it is not the plain one.
    """
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        if _moves(crs) and is_taken(crs.source_crs):
            return crs
        crs = crs.source_crs
    crs = crs.to_2d()
    code = crs.to_epsg()
    return CRS.from_epsg(code) if code else crs


def _moves(bound: CRS) -> bool:
    way = bound.coordinate_operation
    return way is not None and any(way.towgs84)


def _datum_name(crs: CRS) -> str:
    """How a CRS calls its datum, without parameters that the name of an unknown one repeats."""
    base = crs.geodetic_crs
    name = str(base.datum.name) if base is not None and base.datum is not None else ""
    return name.partition(" using ")[0]


def datum_of(crs: CRS) -> Datum | None:
    """The known datum of a CRS; ``None`` where it is another, or none."""
    return datum_called(_datum_name(crs))


def datum_key(crs: CRS) -> str:
    """What tells the datum of a CRS from others: the id of a known one, else its name."""
    datum = datum_of(crs)
    return datum.id if datum is not None else folded(_datum_name(crs))


def is_taken(crs: CRS) -> bool:
    """Whether the datum of a CRS is taken as it stands."""
    datum = datum_of(crs)
    return datum is not None and datum.kind == TAKEN


def untaken(crs: CRS) -> str:
    """That the datum of a CRS is not taken, in words."""
    datum, name = datum_of(crs), _datum_name(crs) or "?"
    shown = f"{datum.zh} {name}" if datum is not None else name
    return (
        f"不接受基准 {shown}（{crs.name}）：无经认可的转换参数 / "
        f"datum {name} ({crs.name}) is refused: no sanctioned operation brings it to CGCS2000"
    )


def is_metric(crs: CRS) -> bool:
    """Whether the CRS is projected and counts in metres."""
    return bool(crs.is_projected) and _counts_in(crs, 1.0)


def in_degrees(crs: CRS) -> bool:
    """Whether the CRS is longitude and latitude in degrees."""
    return bool(crs.is_geographic) and _counts_in(crs, math.radians(1))


def _counts_in(crs: CRS, unit: float) -> bool:
    factors = (axis.unit_conversion_factor for axis in crs.axis_info[:2])
    return all(math.isclose(one, unit, rel_tol=1e-12) for one in factors)


def label(crs: CRS) -> str:
    """The short name of a CRS: ``EPSG:4547``, else its name."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def registered(name: str) -> CRS | None:
    """The registered CRS of a name; ``None`` where no register has it."""
    if not PLAIN_NAME.fullmatch(name) or name.startswith("+"):
        return None
    try:
        return CRS.from_user_input(name)
    except CRSError:
        return None


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

    Degrees of an offset datum (GCJ-02) are taken as they stand; an old one needs the ``shift``
    that was declared for it. Called on coordinates of shape (n, 2), it gives them in the
    target; what cannot be expressed there becomes ``inf``. Raises ``ValueError`` for any other
    datum: nothing is ever left to a search for operations.
    """

    source: CRS
    target: CRS
    shift: Shift | None = None

    def __post_init__(self) -> None:
        """Refuses what is not on the list of operations."""
        shifted = self.shift is not None and self.shift.datum == datum_key(self.source)
        for crs in (self.target,) if shifted else (self.source, self.target):
            datum = datum_of(crs)
            if datum is None or datum.kind not in (TAKEN, OFFSET):
                raise ValueError(untaken(crs))

    @cached_property
    def is_identity(self) -> bool:
        """Whether coordinates stay as they are."""
        if self.shift is not None:
            return False
        return self.source == self.target or (
            bool(self.source.is_geographic and self.target.is_geographic)
        )

    @cached_property
    def _to_degrees(self) -> Callable[[Any, Any], tuple[Any, Any]] | None:  # arrays in, arrays out
        plain = self.source.is_geographic
        return None if plain else _transformer(self.source, self.source.geodetic_crs)

    @cached_property
    def _from_degrees(self) -> Callable[[Any, Any], tuple[Any, Any]] | None:  # as above
        plain = self.target.is_geographic
        return None if plain else _transformer(self.target.geodetic_crs, self.target)

    @property
    def says(self) -> str:
        """The operation in words, for the receipt: what was done, and how well that is known."""
        if self.source == self.target:
            return "none"
        known = operations()
        parts = [f"{label(self.source)} -> {label(self.target)}"]
        source, target = datum_of(self.source), datum_of(self.target)
        if self.shift is not None:
            parts.append(self.shift.told)
        elif source is not None and source.kind == OFFSET:
            parts.append(f"{known['offset'].says} (off by up to {source.error_m:g} m)")
        elif source is not target:
            identity = known["identity"]
            parts.append(f"{identity.says} (accuracy {identity.accuracy_m:g} m)")
        else:
            parts.append(
                f"{known['projection'].says} (accuracy {known['projection'].accuracy_m:g} m)"
            )
        return ", ".join(parts)

    def __call__(self, coordinates: Coordinates) -> Coordinates:
        """Coordinates (n, 2) of the source, in the target."""
        if self.is_identity or not len(coordinates):
            return coordinates
        return np.column_stack(self.apart(coordinates[:, 0], coordinates[:, 1]))

    def apart(self, x: Places, y: Places) -> tuple[Places, Places]:
        """The same with x and y apart, each of shape (n,)."""
        if self.is_identity or not len(x):
            return x, y
        if self.shift is not None:
            x, y = self.shift.to_degrees(np.column_stack([x, y]), self.source)
        elif self._to_degrees is not None:
            x, y = self._to_degrees(x, y)
        if self._from_degrees is not None:
            x, y = self._from_degrees(x, y)
        return x, y


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Callable[[Any, Any], tuple[Any, Any]]:
    transform: Callable[[Any, Any], tuple[Any, Any]]  # arrays in, arrays out
    transform = Transformer.from_crs(source, target, always_xy=True).transform
    return transform


def point_from_degrees(longitude: float, latitude: float, crs: CRS) -> Point:
    """The point of ``crs`` at a longitude and latitude of CGCS2000, in degrees."""
    place = Operation(GEOGRAPHIC, crs)(np.array([[longitude, latitude]], float))
    return Point(float(place[0, 0]), float(place[0, 1]))


def projected(crs: CRS, degrees: Coordinates) -> Coordinates:
    """Degrees (n, 2) of the datum of ``crs`` in ``crs``: its projection alone."""
    if crs.is_geographic:
        return degrees
    x, y = _transformer(crs.geodetic_crs, crs)(degrees[:, 0], degrees[:, 1])
    return np.column_stack([x, y])


def unprojected(crs: CRS, metres: Coordinates) -> Coordinates:
    """Coordinates (n, 2) of ``crs`` as degrees of its own datum; ``inf`` beyond its reach."""
    if crs.is_geographic:
        return metres
    x, y = _transformer(crs, crs.geodetic_crs)(metres[:, 0], metres[:, 1])
    return np.column_stack([x, y])
