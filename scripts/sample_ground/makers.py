"""Shapes that several projects make alike: boundaries, villages, built-up ground, districts."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from sample_ground.base import Base
from sample_ground.content import Content
from sample_ground.sheet import Feature


def boundary(base: Base, content: Content) -> list[Feature]:
    """The urban development boundary of each town."""
    return [
        (base.blob(f"udb/{town.name}", town.place, town.radius_m), _town(town.kind, town.name))
        for town in content.towns
    ]


def _town(kind: str, name: str) -> dict[str, str]:
    return {"class": kind, "name": name}


def shrunk(features: Sequence[Feature], by_m: float) -> list[Feature]:
    """The features with their rim taken off, without class; those that vanish are left out."""
    inner = [(shape.buffer(-by_m), {"name": given["name"]}) for shape, given in features]
    return [(shape, given) for shape, given in inner if not shape.is_empty]


def towns(base: Base, content: Content) -> BaseGeometry:
    """The ground of all towns."""
    return shapely.union_all([shape for shape, _ in boundary(base, content)])


def villages(
    base: Base, heads: Sequence[Point], *, radius_m: float, more_m: float
) -> list[Feature]:
    """A village at each point, every sixth a town."""
    return [
        (
            base.blob(
                f"village/{i}", base.frame.degrees(head).coords[0], radius_m + more_m * (i % 30)
            ),
            {"class": "镇" if i % 6 == 0 else "村"},
        )
        for i, head in enumerate(heads)
    ]


def nearest_ground(base: Base, content: Content) -> list[Feature]:
    """The ground nearest to each town that has an adcode: synthetic limits of jurisdictions."""
    heads = [(town, base.point(*town.place)) for town in content.towns if town.adcode]
    middles = MultiPoint([point for _, point in heads])
    cells = shapely.get_parts(shapely.voronoi_polygons(middles, extend_to=base.window(40000)))
    return [
        (cell.intersection(base.seen), {"XZQDM": town.adcode, "XZQMC": town.name})
        for town, point in heads
        for cell in cells
        if cell.contains(point)
    ]
