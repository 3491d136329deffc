"""What shanxi makes beyond blobs at places: basins, ridges, real rivers, cities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from sample_ground.base import Base, class_raster, high_ground
from sample_ground.content import Content, Makers
from sample_ground.makers import boundary, nearest_ground, shrunk, towns, villages
from sample_ground.shapes import mosaic, polygons, scattered, strip
from sample_ground.sheet import Classes, Feature, plain

RIDGES_ABOVE_M = 1650.0
RIVERS = ("Fen", "Sanggan", "Qin", "Zhang", "Huang")
SEVERE = ("太原市", "运城市", "大同市")


def _basins(base: Base, content: Content) -> list[tuple[str, BaseGeometry]]:
    return [
        (
            one["name"],
            _band(base, one["name"], base.frame.metres(LineString(one["stops"])), one["reach_m"]),
        )
        for one in content.table["basins"]
    ]


def _band(base: Base, name: str, line: BaseGeometry, reach_m: float) -> BaseGeometry:
    """An irregular band along the middle line of a basin."""
    rng = base.chance(f"basin/{name}")
    beads = [
        line.interpolate(at).buffer(reach_m * rng.uniform(0.75, 1.1), quad_segs=3)
        for at in np.arange(0, line.length + 1, 0.7 * reach_m)
    ]
    whole = shapely.union_all([*beads, line.buffer(0.7 * reach_m, quad_segs=2)])
    return whole.simplify(600.0).intersection(base.seen)


def _lowland(base: Base, content: Content) -> BaseGeometry:
    return shapely.union_all([shape for _, shape in _basins(base, content)])


def _farmland(base: Base, content: Content) -> list[Feature]:
    ground = _lowland(base, content) - towns(base, content)
    return plain(mosaic(ground, 5200.0, base.chance("farmland"), keep=0.45, gap_m=500.0))


def _redline(base: Base, _: Content) -> list[Feature]:
    ridges = high_ground(base, base.sources.elevation, RIDGES_ABOVE_M, step=0.04)
    return plain(polygons(ridges.intersection(base.seen), min_m2=4e6))


def _rivers(base: Base, _: Content) -> list[Feature]:
    rivers = base.sources.rivers
    strips = [
        (strip(base.frame.metres(line), 350.0).intersection(base.seen), name)
        for name, line in zip(rivers["name"], rivers.geometry, strict=True)
        if name in RIVERS
    ]
    return [
        (shape, {"class": "重要", "name": name}) for shape, name in strips if not shape.is_empty
    ]


def _overdraft(base: Base, content: Content) -> list[Feature]:
    severe: list[Feature] = [
        (
            base.blob(f"severe/{town.name}", town.place, 1.3 * town.radius_m),
            {"class": "严重", "name": town.name},
        )
        for town in content.towns
        if town.name in SEVERE
    ]
    hard = shapely.union_all([shape for shape, _ in severe])
    mild: list[Feature] = [
        (shape.buffer(-6000) - hard, {"class": "一般", "name": name})
        for name, shape in _basins(base, content)[:5]
    ]
    return [*severe, *mild]


def _villages(base: Base, content: Content) -> list[Feature]:
    ground = _lowland(base, content) & base.area
    heads = scattered(ground, 90, base.chance("villages"), apart_m=7000.0)
    return villages(base, heads, radius_m=500.0, more_m=20.0)


def _shallow(base: Base, content: Content) -> list[Feature]:
    return [
        (
            base.blob(f"shallow/{town.name}", town.place, 2.2 * town.radius_m),
            {"class": "浅层", "name": town.name},
        )
        for town in content.towns
        if town.adcode not in ("", "1403")
    ]


def _middeep(base: Base, content: Content) -> Classes:
    raster = class_raster(base, 0.02, [(shape, 1) for _, shape in _basins(base, content)], 0)
    return replace(raster, names={0: "none", 1: "middeep"})


MAKERS = Makers(
    features={
        "farmland": _farmland,
        "redline": _redline,
        "rivers": _rivers,
        "overdraft": _overdraft,
        "boundary": boundary,
        "built_up": lambda base, content: shrunk(boundary(base, content), 800.0),
        "networks": lambda base, content: shrunk(boundary(base, content), 1500.0),
        "villages": _villages,
        "shallow": _shallow,
        "cities": nearest_ground,
    },
    rasters={"middeep": _middeep},
)
