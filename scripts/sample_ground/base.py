"""What the sample projects share: the ground they start from, and common layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry import Point, box
from shapely.geometry.base import BaseGeometry

from sample_ground.network import Net, way
from sample_ground.shapes import Frame, Place, blob, chance, snapped
from sample_ground.sheet import Classes, Feature, Sheet, plain
from sample_ground.sources import Elevation, Sources

BEYOND_M = 2500.0
EDGE_M = 3000.0
"""Long edges are cut, so that they are the same in degrees and in metres."""
OSM = "OpenStreetMap contributors, from PyPI scgraph-data 2.0.0"
ODBL = "ODbL 1.0, see osm/NOTICE.md"
OSM_DATE = date(2024, 4, 19)


@dataclass(frozen=True, eq=False)
class Base:
    """A study area in metres, and the real ground under it."""

    name: str
    seed: int
    frame: Frame
    area: BaseGeometry
    sources: Sources
    net: Net

    @property
    def seen(self) -> BaseGeometry:
        """What the layers cover: the area and some two kilometres around it."""
        return snapped(self.area.buffer(BEYOND_M, quad_segs=4).simplify(100.0))

    def chance(self, name: str) -> np.random.Generator:
        """The generator of one named thing of this project."""
        return chance(self.seed, f"{self.name}/{name}")

    def point(self, lon: float, lat: float) -> Point:
        """A place in metres."""
        return self.frame.point((lon, lat))

    def blob(self, name: str, place: Place, radius_m: float) -> BaseGeometry:
        """An irregular shape at a place, cut to what the layers cover."""
        return blob(self.point(*place), radius_m, self.chance(name)).intersection(self.seen)

    def window(self, beyond_m: float = 5000.0) -> BaseGeometry:
        """The bounding box of the area and some ground around, in metres."""
        return box(*self.area.bounds).buffer(beyond_m, join_style="mitre")


def blobs(
    base: Base, theme: str, places: Sequence[tuple[str, float, float, float]], **attributes: str
) -> list[Feature]:
    """One irregular shape for each (name, lon, lat, radius in metres)."""
    return [
        (base.blob(f"{theme}/{name}", (lon, lat), radius), {**attributes, "name": name})
        for name, lon, lat, radius in places
    ]


def rings(
    base: Base, name: str, place: Place, reaches: Sequence[tuple[str, float]], **attributes: str
) -> list[Feature]:
    """Nested zones about a place, the inner cut out of the outer: (class, radius in metres)."""
    inner: BaseGeometry = Point()
    features: list[Feature] = []
    for kind, radius in reaches:
        whole = blob(base.point(*place), radius, base.chance(f"rings/{name}"))
        cut = snapped(whole).difference(inner).intersection(base.seen)
        features.append((cut, {"class": kind, "name": name, **attributes}))
        inner = shapely.union(inner, snapped(whole))
    return features


def railway_sheet(base: Base) -> Sheet:
    """The real railways, all as open lines, since the source has no classes."""
    reach = base.seen.buffer(BEYOND_M, quad_segs=4).simplify(100.0)
    degrees = base.frame.degrees(reach)
    shapely.prepare(degrees)
    lines = [one for one in base.sources.railways if degrees.intersects(one)]
    cut = base.frame.metres(shapely.union_all(lines)).intersection(reach)
    merged = shapely.line_merge(cut).segmentize(EDGE_M)
    return Sheet(
        theme="railway",
        file=f"../osm/railway-{base.name}.geojson",
        title="铁路 / railways",
        features=plain([merged], **{"class": "铁路"}),
        geometry="LineString",
        classes={"铁路": "line"},
        accuracy_m=50,
        half_width_m=10,
        as_of=OSM_DATE,
        synthetic=False,
        source=OSM,
        licence=ODBL,
    )


def expressway_sheet(base: Base, routes: Sequence[tuple[str, Sequence[Place]]]) -> Sheet:
    """A few through-routes on the real net: real lines, synthetic choice."""
    window = base.window()
    features: list[Feature] = []
    for name, stops in routes:
        line = base.frame.metres(way(base.net, stops)).intersection(window)
        features.append(
            (shapely.line_merge(line).segmentize(EDGE_M), {"class": "高速公路", "name": name})
        )
    return Sheet(
        theme="expressway",
        file=f"../osm/expressway-{base.name}.geojson",
        title="高速公路（最短路径选线）/ through-routes picked as expressways by shortest path",
        features=features,
        geometry="LineString",
        classes={"高速公路": "line", "规划高速公路": "planned"},
        accuracy_m=50,
        half_width_m=20,
        as_of=OSM_DATE,
        source=OSM + "; 选线为合成示例 / the choice of routes is a synthetic sample",
        licence=ODBL,
    )


def class_raster(
    base: Base, step: float, inside: Sequence[tuple[BaseGeometry, int]], other: int
) -> Classes:
    """Class numbers by cell centre: the last shape (metres) that holds it, else ``other``."""
    west, south, east, north = base.frame.degrees(base.seen.segmentize(5000)).bounds
    west, north = np.floor(west / step) * step, np.ceil(north / step) * step
    cols, rows = int((east - west) / step) + 1, int((north - south) / step) + 1
    lon = west + step * (np.arange(cols) + 0.5)
    lat = north - step * (np.arange(rows) + 0.5)
    x, y = np.meshgrid(lon, lat)
    centres = shapely.points(x.ravel(), y.ravel())
    values = np.full(centres.shape, other, np.uint8)
    for shape, number in inside:
        degrees = base.frame.degrees(shape)
        shapely.prepare(degrees)
        values[shapely.contains(degrees, centres)] = number
    reach = base.frame.degrees(base.seen.buffer(2 * step * 111_000).simplify(200))
    shapely.prepare(reach)
    values[~shapely.contains(reach, centres)] = 255
    return Classes(values.reshape(rows, cols), float(west), float(north), step, {})


def high_ground(base: Base, elevation: Elevation, limit_m: float, *, step: float) -> BaseGeometry:
    """The ground above a height, from the real elevation, smoothed; in metres."""
    west, south, east, north = base.frame.degrees(base.seen.segmentize(5000)).bounds
    lon = np.arange(west - 2 * step, east + 2 * step, step)
    lat = np.arange(south - 2 * step, north + 2 * step, step)
    x, y = np.meshgrid(lon, lat)
    high = elevation.at(x, y) > limit_m
    half = step / 2
    cells = shapely.box(x[high] - half, y[high] - half, x[high] + half, y[high] + half)
    whole = base.frame.metres(shapely.union_all(cells, grid_size=1e-6))
    smooth = step * 111_000
    return (
        whole.buffer(-0.6 * smooth)
        .buffer(1.2 * smooth, quad_segs=2)
        .buffer(-0.6 * smooth)
        .simplify(0.25 * smooth)
    )
