"""Shapes of KML elements, in degrees of WGS 84: longitude, latitude."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geozone.land.proposals.factvalues import number_from

AROUND_COMMA = re.compile(r"\s*,\s*")

Place = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A shape, how many of its rings had to be closed, and how many position lists it took."""

    shape: BaseGeometry
    unclosed: int = 0
    lists: int = 1


def shape_of(element: Element) -> Drawing:
    """The shape of a Point, LineString, LinearRing, Polygon or MultiGeometry; flat.

    Raises ``ValueError`` with what is wrong.
    """
    try:
        return GEOMETRIES[_local(element)](element)
    except ShapelyError as error:
        raise ValueError(f"{_local(element)}: {error}") from error


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _point(element: Element) -> Drawing:
    places = _places(element)
    if len(places) > 1:
        raise ValueError(f"点有 {len(places)} 个坐标 / a Point of {len(places)} places")
    return Drawing(shapely.Point(places[0]) if places else shapely.Point(), lists=_lists(element))


def _line(element: Element) -> Drawing:
    places = _places(element)
    if len(places) == 1:
        raise ValueError("线只有一个坐标 / a line of one place")
    return Drawing(shapely.LineString(places), lists=_lists(element))


def _polygon(element: Element) -> Drawing:
    outer = _rings(element, "outerBoundaryIs")
    inner = _rings(element, "innerBoundaryIs")
    if len(outer) > 1 or (inner and not outer):
        raise ValueError(f"面有 {len(outer)} 个外环 / a Polygon of {len(outer)} outer rings")
    if not outer or not outer[0]:
        return Drawing(shapely.Polygon(), lists=len(outer))
    rings = [_closed(one) for one in (*outer, *inner)]
    shape = shapely.Polygon(rings[0], [one for one in rings[1:] if one])
    closed = sum(a is not b for a, b in zip(rings, (*outer, *inner), strict=True))
    return Drawing(shape, closed, len(rings))


def _rings(element: Element, name: str) -> list[list[Place]]:
    bounds = [one for one in element if _local(one) == name]
    return [_places(ring) for one in bounds for ring in one if _local(ring) == "LinearRing"]


def _closed(places: list[Place]) -> list[Place]:
    """The ring, closed where it is not. Raises ``ValueError`` where it can have no area."""
    ring = places if not places or places[0][:2] == places[-1][:2] else [*places, places[0]]
    if ring and len(ring) < 4:
        raise ValueError(f"环只有 {len(places)} 个坐标 / a ring of {len(places)} places")
    return ring


def _collection(element: Element) -> Drawing:
    parts = [shape_of(one) for one in element if _local(one) in GEOMETRIES]
    shapes = [one.shape for one in parts]
    if any(one.is_empty for one in shapes):
        raise ValueError("含空的部分 / a part is empty")
    unclosed, lists = sum(one.unclosed for one in parts), sum(one.lists for one in parts)
    kinds = {one.geom_type for one in shapes}
    if len(parts) == 1:
        return parts[0]
    if kinds == {"Polygon"}:
        return Drawing(shapely.MultiPolygon(shapes), unclosed, lists)
    if kinds == {"LineString"}:
        return Drawing(shapely.MultiLineString(shapes), unclosed, lists)
    if kinds == {"Point"}:
        return Drawing(shapely.MultiPoint(shapes), unclosed, lists)
    return Drawing(shapely.GeometryCollection(shapes), unclosed, lists)


def _lists(element: Element) -> int:
    return sum(_local(one) == "coordinates" for one in element)


def _places(element: Element) -> list[Place]:
    """The positions of ``<coordinates>``: ``lon,lat`` or ``lon,lat,alt``, parted by spaces."""
    written = [one.text or "" for one in element if _local(one) == "coordinates"]
    if len(written) > 1:
        raise ValueError("坐标串不唯一 / more than one <coordinates>")
    text = AROUND_COMMA.sub(",", " ".join(written).strip())
    return [_place(one) for one in text.split()]


def _place(text: str) -> Place:
    numbers = tuple(number_from(one) for one in text.split(","))
    if len(numbers) not in (2, 3):
        raise ValueError(f"应为 lon,lat[,alt] / must be lon,lat[,alt]: {text[:60]!r}")
    return numbers[:2]


GEOMETRIES: dict[str, Callable[[Element], Drawing]] = {
    "Point": _point,
    "LineString": _line,
    "LinearRing": _line,
    "Polygon": _polygon,
    "MultiGeometry": _collection,
}
