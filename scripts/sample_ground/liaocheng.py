"""What liaocheng makes beyond blobs at places: the Yellow River, canal, scopes, farmland."""

from __future__ import annotations

from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from sample_ground.base import Base, class_raster
from sample_ground.content import Content, Makers
from sample_ground.makers import boundary, shrunk, towns, villages
from sample_ground.shapes import mosaic, scattered, strip, winding
from sample_ground.sheet import Classes, Feature, plain

CANAL = [(115.98, 36.02), (115.96, 36.45), (115.72, 36.82), (115.66, 36.95)]
DITCH = [(115.50, 36.10), (115.85, 36.33), (116.10, 36.68), (116.40, 36.95)]


def _yellow_river(base: Base) -> BaseGeometry:
    rivers = base.sources.rivers
    lines = rivers.loc[rivers["name"].str.startswith("Huang"), "geometry"]
    whole = shapely.union_all([base.frame.metres(line) for line in lines])
    return strip(whole, 900.0).intersection(base.seen)


def _farmland(base: Base, content: Content) -> list[Feature]:
    ground = base.seen - towns(base, content).buffer(200) - _yellow_river(base).buffer(200)
    return plain(mosaic(ground, 3600.0, base.chance("farmland"), keep=0.5, gap_m=300.0))


def _redline(base: Base, _: Content) -> list[Feature]:
    wetland = base.blob("redline/wetland", (115.86, 36.62), 3200.0)
    return plain([_yellow_river(base).buffer(250), wetland])


def _rivers(base: Base, _: Content) -> list[Feature]:
    yellow = _yellow_river(base)
    canal = strip(winding(base.frame, CANAL, base.chance("canal")), 220.0)
    ditch = strip(winding(base.frame, DITCH, base.chance("ditch")), 120.0)
    canal = canal.intersection(base.seen) - yellow
    ditch = ditch.intersection(base.seen) - yellow - canal
    return [
        (yellow, {"class": "重要", "name": "黄河"}),
        (canal, {"class": "重要", "name": "运河"}),
        (ditch, {"class": "其他", "name": "徒骇河"}),
    ]


def _restricted_scope(base: Base, _: Content) -> list[Feature]:
    banned = [("城区禁取", (115.985, 36.455), 5200.0), ("牛角店", (116.30, 36.42), 5000.0)]
    inner = shapely.union_all([base.blob(f"banned/{n}", at, r) for n, at, r in banned])
    return [
        (base.blob("held/west", (115.60, 36.40), 17000.0) - inner, {"name": "西部限取"}),
        (base.blob("held/city", (115.985, 36.455), 9500.0) - inner, {"name": "城郊限取"}),
    ]


def _villages(base: Base, content: Content) -> list[Feature]:
    ground = base.area.buffer(-1500) - towns(base, content).buffer(1000)
    heads = scattered(ground, 110, base.chance("villages"), apart_m=4500.0)
    return villages(base, heads, radius_m=380.0, more_m=12.0)


def _shallow(base: Base, content: Content) -> list[Feature]:
    return [(shape.buffer(3000), {"class": "浅层"}) for shape, _ in boundary(base, content)]


def _middeep(base: Base, _: Content) -> Classes:
    good = base.blob("suitable", (116.05, 36.55), 30000.0)
    return replace(class_raster(base, 0.01, [(good, 1)], 0), names={0: "none", 1: "middeep"})


MAKERS = Makers(
    features={
        "farmland": _farmland,
        "redline": _redline,
        "rivers": _rivers,
        "restricted_scope": _restricted_scope,
        "boundary": boundary,
        "built_up": lambda base, content: shrunk(boundary(base, content), 700.0),
        "villages": _villages,
        "shallow": _shallow,
    },
    rasters={"middeep": _middeep},
)
