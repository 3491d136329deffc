"""What beijing makes beyond blobs at places: hills, rivers, farmland, districts, mains."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from sample_ground.base import Base, class_raster, high_ground
from sample_ground.content import Content, Makers
from sample_ground.makers import boundary, nearest_ground, shrunk, towns
from sample_ground.shapes import mosaic, strip, winding
from sample_ground.sheet import Classes, Feature, plain

HILLS_ABOVE_M = 150.0
RIVER = [(116.24, 40.13), (116.38, 40.14), (116.48, 40.08), (116.60, 40.01), (116.66, 39.93),
         (116.72, 39.82)]  # fmt: skip
STREAM = [(116.30, 39.80), (116.46, 39.79), (116.58, 39.80), (116.72, 39.76)]
MAINS = {
    "north": [(116.28, 40.12), (116.38, 40.12), (116.47, 40.10), (116.56, 40.10)],
    "east": [(116.56, 39.93), (116.63, 39.88), (116.66, 39.80), (116.64, 39.73)],
    "south": [(116.30, 39.73), (116.40, 39.73), (116.52, 39.72)],
}


def _hills(base: Base) -> BaseGeometry:
    return high_ground(base, base.sources.elevation, HILLS_ABOVE_M, step=0.01)


def _rivers(base: Base, _: Content) -> list[Feature]:
    river = strip(winding(base.frame, RIVER, base.chance("river"), levels=3), 180.0)
    stream = strip(winding(base.frame, STREAM, base.chance("stream"), levels=3), 90.0)
    return [
        (river.intersection(base.seen), {"class": "重要"}),
        (stream.intersection(base.seen) - river, {"class": "其他"}),
    ]


def _farmland(base: Base, content: Content) -> list[Feature]:
    water = shapely.union_all([shape for shape, _ in _rivers(base, content)])
    ground = base.seen - towns(base, content).buffer(200) - water.buffer(200) - _hills(base)
    return plain(mosaic(ground, 3200.0, base.chance("farmland"), keep=0.4, gap_m=400.0))


def _redline(base: Base, _: Content) -> list[Feature]:
    ridge = _hills(base).intersection(base.blob("redline/ridge", (116.20, 40.30), 6500.0))
    return plain([ridge, base.blob("redline/wetland", (116.62, 40.00), 1500.0)])


def _landform(base: Base, _: Content) -> Classes:
    raster = class_raster(base, 0.0025, [(_hills(base), 2)], 1)
    return replace(raster, names={1: "plain", 2: "mountain"})


def _mains(base: Base, _: Content) -> list[Feature]:
    lines = [
        (winding(base.frame, stops, base.chance(f"main/{name}"), levels=2), name)
        for name, stops in MAINS.items()
    ]
    return [(line.intersection(base.seen), {"name": name}) for line, name in lines]


MAKERS = Makers(
    features={
        "farmland": _farmland,
        "redline": _redline,
        "rivers": _rivers,
        "built_up": lambda base, content: shrunk(boundary(base, content), 300.0),
        "networks": lambda base, content: shrunk(boundary(base, content), 1200.0),
        "districts": nearest_ground,
        "mains": _mains,
    },
    rasters={"landform": _landform},
)
