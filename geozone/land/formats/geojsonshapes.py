"""Shapes from GeoJSON geometries, strictly: numbers only, rings that can be rings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Json = Any  # JSON values of mixed types
Places = NDArray[np.float64]
MOST_NUMBERS = 3
"""Numbers of a position that are kept: x, y, z."""
LEAST_IN_RING, LEAST_IN_LINE = 4, 2


@dataclass(frozen=True, eq=False)
class Drawn:
    """A shape, and how many of its rings had to be closed."""

    shape: object
    unclosed: int = 0


def drawn(geometry: Json) -> Drawn:
    """The shape of a GeoJSON geometry object; of null, null. Raises ``ValueError``.

    Rings and lines of too few places come back as shapes that are not valid.
    """
    if geometry is None:
        return Drawn(None)
    if not isinstance(geometry, dict):
        raise ValueError("几何不是对象 / the geometry is no object")
    kind = geometry.get("type")
    if "crs" in geometry:
        raise ValueError("几何内另有 crs / the geometry has a crs of its own")
    if kind == "GeometryCollection":
        parts = [drawn(one) for one in _list(geometry.get("geometries"), "geometries")]
        shape = shapely.GeometryCollection([one.shape for one in parts])
        return Drawn(shape, sum(one.unclosed for one in parts))
    draw = _DRAW.get(kind) if isinstance(kind, str) else None
    if draw is None:
        raise ValueError(f"几何类型 / geometry type {kind!r} 不认识 / is unknown")
    if "coordinates" not in geometry:
        raise ValueError("几何无 coordinates / the geometry has no coordinates")
    return draw(_list(geometry["coordinates"], "coordinates"))


def _list(value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        raise ValueError(f"{name} 不是数组 / {name} is no array")
    return value


def _point(values: list[Json]) -> Drawn:
    return Drawn(shapely.Point(_places([values])[0]) if values else shapely.Point())


def _line(values: list[Json]) -> Drawn:
    return Drawn(_string(values) if values else shapely.LineString())


def _string(values: list[Json]) -> object:
    places = _places(_list(values, "line"))
    if len(places) < LEAST_IN_LINE:
        places = np.repeat(places, LEAST_IN_LINE, axis=0)
    return shapely.linestrings(places)


def _polygon(values: list[Json]) -> Drawn:
    if values in ([], [[]]):
        return Drawn(shapely.Polygon())
    rings = [_ring(one) for one in values]
    shape = shapely.polygons(rings[0].shape, holes=[one.shape for one in rings[1:]] or None)
    return Drawn(shape, sum(one.unclosed for one in rings))


def _ring(values: Json) -> Drawn:
    """A ring, closed if it was not. One of too few places is filled up, and not valid."""
    places = _places(_list(values, "ring"))
    is_open = not np.array_equal(places[0], places[-1])
    if is_open:
        places = np.concatenate([places, places[:1]])
    short = LEAST_IN_RING - len(places)
    if short > 0:
        places = np.concatenate([places, np.repeat(places[-1:], short, axis=0)])
    return Drawn(shapely.linearrings(places), int(is_open))


def _many(
    draw: Callable[[list[Json]], Drawn], join: Callable[[list[object]], object], empty: object
) -> Callable[[list[Json]], Drawn]:
    """Draws every part and joins them; without parts the empty shape."""

    def drawn_many(values: list[Json]) -> Drawn:
        parts = [draw(_list(one, "coordinates")) for one in values]
        shapes = [one.shape for one in parts]
        return Drawn(join(shapes) if shapes else empty, sum(one.unclosed for one in parts))

    return drawn_many


def _places(values: list[Json]) -> Places:
    """Positions (k, 2) or (k, 3) from arrays of numbers. Raises ``ValueError``."""
    try:
        places = np.asarray(values)
    except (ValueError, OverflowError):
        places = np.array([])
    is_plain = places.ndim == 2 and places.dtype.kind == "f" and places.shape[1] >= 2
    if is_plain and not np.isin(places, (0.0, 1.0)).any():  # true and false would stand as these
        return np.asarray(places[:, :MOST_NUMBERS], float)
    return _careful(values)


def _careful(values: list[Json]) -> Places:
    """The same one by one: integers, positions with and without a height."""
    if not values:
        raise ValueError("环或线为空 / a ring or line is empty")
    flat = [_position(one) for one in values]
    width = min(MOST_NUMBERS, *(len(one) for one in flat))
    return np.array([one[:width] for one in flat], float)


def _position(value: Json) -> list[float]:
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError(f"坐标应为两个以上数值 / a position is two or more numbers: {value!r:.60}")
    for one in value:
        if isinstance(one, bool) or not isinstance(one, (int, float)):
            raise ValueError(f"坐标不是数值 / a coordinate is no number: {one!r:.60}")
    try:
        return [float(one) for one in value]
    except OverflowError as error:
        raise ValueError("坐标过大 / a coordinate is too large") from error


_DRAW: Mapping[str, Callable[[list[Json]], Drawn]] = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _many(_point, shapely.multipoints, shapely.MultiPoint()),
    "MultiLineString": _many(_line, shapely.multilinestrings, shapely.MultiLineString()),
    "MultiPolygon": _many(_polygon, shapely.multipolygons, shapely.MultiPolygon()),
}
