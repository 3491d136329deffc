"""Seeded shapes in metres: outlines, blobs, strips and mosaics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

GRID_M = 0.01
Place = tuple[float, float]
"""Longitude and latitude in degrees."""


def chance(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each named thing, so that adding one leaves the others."""
    return np.random.default_rng([seed, crc32(name.encode())])


@dataclass(frozen=True, eq=False)
class Frame:
    """Turns degrees into the metres of one projected CRS and back."""

    crs: str

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        """Degrees to metres."""
        return _moved(shape, Transformer.from_crs("EPSG:4490", self.crs, always_xy=True))

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """Metres to degrees."""
        return _moved(shape, Transformer.from_crs(self.crs, "EPSG:4490", always_xy=True))

    def point(self, place: Place) -> Point:
        """A place in metres."""
        return self.metres(Point(place))


def _moved(shape: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    return shapely.transform(shape, lambda xy: np.column_stack(transformer.transform(*xy.T)))


def snapped(shape: BaseGeometry) -> BaseGeometry:
    """The shape on a centimetre grid, still valid."""
    return shapely.set_precision(shape, GRID_M)


def polygons(shape: BaseGeometry, *, min_m2: float = 0.0) -> list[Polygon]:
    """The polygons of a shape that are at least so large."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [p for p in parts if isinstance(p, Polygon) and p.area > min_m2]


def blob(center: Point, radius_m: float, rng: np.random.Generator, *, corners: int = 18) -> Polygon:
    """An irregular round shape about a middle."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    waves = sum(
        rng.uniform(-0.5, 0.5) / k * np.cos(k * turn + rng.uniform(0, 6.3)) for k in (1, 2, 3, 5)
    )
    reach = radius_m * (1 + 0.55 * waves + rng.uniform(-0.06, 0.06, corners))
    ring = np.column_stack([center.x + reach * np.cos(turn), center.y + reach * np.sin(turn)])
    return Polygon(ring)


def roughened(
    ring: NDArray[np.float64], rng: np.random.Generator, *, levels: int, share: float
) -> NDArray[np.float64]:
    """The ring (n, 2) with midpoints moved sideways by a share of their edge, again and again."""
    for _ in range(levels):
        following = np.roll(ring, -1, axis=0)
        edge = following - ring
        sideways = np.column_stack([-edge[:, 1], edge[:, 0]])
        middle = (ring + following) / 2 + sideways * rng.uniform(-share, share, (len(ring), 1))
        ring = np.stack([ring, middle], axis=1).reshape(-1, 2)
    return ring


def outline(
    frame: Frame, corners: Sequence[Place], rng: np.random.Generator, *, levels: int = 3
) -> Polygon:
    """A natural-looking outline through corners given in degrees; in metres."""
    ring = shapely.get_coordinates(frame.metres(LineString(corners)))
    for _ in range(20):
        shape = Polygon(roughened(ring, rng, levels=levels, share=0.12))
        if shape.is_valid:
            return shape
    raise ValueError("no simple outline was found for these corners")


def winding(
    frame: Frame, stops: Sequence[Place], rng: np.random.Generator, *, levels: int = 4
) -> LineString:
    """A winding line through stops given in degrees; in metres."""
    line = shapely.get_coordinates(frame.metres(LineString(stops)))
    closed = roughened(line, rng, levels=levels, share=0.16)
    return LineString(closed[: 1 - 2**levels])


def strip(line: BaseGeometry, half_width_m: float) -> BaseGeometry:
    """The ground on both sides of a line."""
    return shapely.buffer(line, half_width_m, quad_segs=2)


def mosaic(
    ground: BaseGeometry, cell_m: float, rng: np.random.Generator, *, keep: float, gap_m: float
) -> list[Polygon]:
    """Irregular four-cornered plots over the ground, with tracks between them."""
    west, south, east, north = ground.bounds
    cols, rows = int((east - west) / cell_m) + 2, int((north - south) / cell_m) + 2
    grid = np.stack(np.meshgrid(np.arange(cols + 1), np.arange(rows + 1)), axis=-1) * cell_m
    nodes = grid + np.array([west - cell_m / 2, south - cell_m / 2])
    nodes = nodes + rng.uniform(-0.22, 0.22, nodes.shape) * cell_m
    kept = rng.random((rows, cols)) < keep
    plots = [
        Polygon([nodes[r, c], nodes[r, c + 1], nodes[r + 1, c + 1], nodes[r + 1, c]])
        for r, c in np.argwhere(kept)
    ]
    plots = [p.buffer(-gap_m / 2, join_style="mitre") for p in plots]
    cut = shapely.intersection(np.array(plots), shapely.simplify(ground, 20.0))
    return [part for shape in cut for part in polygons(shape, min_m2=0.05 * cell_m**2)]


def scattered(
    ground: BaseGeometry, count: int, rng: np.random.Generator, *, apart_m: float
) -> list[Point]:
    """So many points inside the ground, no two nearer than asked."""
    west, south, east, north = ground.bounds
    shapely.prepare(ground)
    found: list[Point] = []
    for _ in range(200 * count):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        near = any(point.distance(other) < apart_m for other in found)
        if ground.contains(point) and not near:
            found.append(point)
        if len(found) == count:
            break
    return found
