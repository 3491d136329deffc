"""What hebei-demo makes beyond blobs at places: hills, lake, river, farmland, villages."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from sample_ground.base import Base, class_raster, high_ground
from sample_ground.content import Content, Makers
from sample_ground.makers import boundary, shrunk, towns, villages
from sample_ground.shapes import mosaic, scattered, strip, winding
from sample_ground.sheet import Classes, Feature, plain

HILLS_ABOVE_M = 62.0
RIVER = [(115.12, 38.985), (115.30, 38.985), (115.50, 38.945), (115.72, 38.93), (115.86, 38.90)]
BROOK = [(115.40, 39.10), (115.58, 39.03), (115.74, 38.98), (115.86, 38.92)]


def _lake(base: Base) -> BaseGeometry:
    return base.blob("lake", (115.895, 38.885), 5600.0)


def hills(base: Base) -> BaseGeometry:
    """The mountain ground, in metres."""
    return high_ground(base, base.sources.elevation, HILLS_ABOVE_M, step=0.01)


def _farmland(base: Base, content: Content) -> list[Feature]:
    ground = base.seen - _lake(base).buffer(300) - towns(base, content).buffer(100) - hills(base)
    plots = mosaic(ground, 1900.0, base.chance("farmland"), keep=0.5, gap_m=140.0)
    kinds = ["水浇地", "旱地"]
    return [
        (plot, {"BSM": f"13{i:06d}", "DLMC": kinds[i % 2]}) for i, plot in enumerate(plots, start=1)
    ]


def _redline(base: Base, _: Content) -> list[Feature]:
    ridge = hills(base).intersection(base.blob("redline/ridge", (115.20, 39.00), 4300.0))
    return plain([base.blob("redline/lake", (115.90, 38.885), 4800.0), ridge])


def _rivers(base: Base, _: Content) -> list[Feature]:
    river = winding(base.frame, RIVER, base.chance("river"))
    brook = winding(base.frame, BROOK, base.chance("brook"))
    scope = shapely.union(strip(river, 160.0).intersection(base.seen), _lake(base))
    minor = strip(brook, 60.0).intersection(base.seen) - scope
    pond = base.blob("pond", (115.44, 38.985), 700.0)
    return [(scope, {"class": "重要"}), (minor, {"class": "其他"}), (pond, {"class": "未定"})]


def _overdraft(base: Base, _: Content) -> list[Feature]:
    severe = base.blob("overdraft/severe", (115.50, 38.90), 7500.0)
    mild = base.blob("overdraft/general", (115.55, 38.96), 15000.0) - severe
    return [(severe, {"class": "严重"}), (mild, {"class": "一般"})]


def _older_boundary(base: Base, content: Content) -> list[Feature]:
    return [(shape.buffer(-350), given) for shape, given in boundary(base, content)]


def _villages(base: Base, content: Content) -> list[Feature]:
    ground = base.area - hills(base) - _lake(base) - towns(base, content).buffer(800)
    heads = scattered(ground, 64, base.chance("villages"), apart_m=2200.0)
    return villages(base, heads, radius_m=260.0, more_m=9.0)


def _landform(base: Base, _: Content) -> Classes:
    raster = class_raster(base, 0.0025, [(hills(base), 2)], 1)
    return replace(raster, names={1: "plain", 2: "mountain"})


MAKERS = Makers(
    features={
        "farmland": _farmland,
        "redline": _redline,
        "rivers": _rivers,
        "overdraft": _overdraft,
        "boundary": boundary,
        "older_boundary": _older_boundary,
        "built_up": lambda base, content: shrunk(boundary(base, content), 600.0),
        "villages": _villages,
    },
    rasters={"landform": _landform},
)
