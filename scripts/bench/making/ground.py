"""The study area and where things stand on it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from zlib import crc32

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from making.outlines import Numbers, noise, rounded
from making.sizes import Size

CENTRE = np.array([560_000.0, 4_150_000.0])
"""East and north in EPSG:4546, in the middle of Shanxi."""
BESIDE_M = 1_500.0
"""Features stand up to this far outside the area."""
FEW = 30
WELL_INSIDE = 0.1
"""Fewer stand at least this share of the area's side inside, so that none is missed by it."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A study area (metres, one polygon) with its size and the seed of all that stands on it."""

    size: Size
    seed: int
    area: BaseGeometry

    def chance(self, name: str) -> Generator:
        """The random numbers of one layer: others do not change when one does."""
        return np.random.default_rng([self.seed, crc32(name.encode())])

    def places(self, rng: Generator, count: int, margin_m: float | None = None) -> Numbers:
        """Places (count, 2), even over the area and a little (``margin_m``) beside it."""
        if margin_m is None:
            inside_m = -WELL_INSIDE * sqrt(self.area.area)
            margin_m = BESIDE_M if count >= FEW else inside_m
        wide = shapely.buffer(shapely.simplify(self.area, 100.0), margin_m, quad_segs=2)
        shapely.prepare(wide)
        west, south, east, north = wide.bounds
        found = np.empty((0, 2))
        while len(found) < count:
            more = rng.uniform((west, south), (east, north), (2 * count + 16, 2))
            inside = shapely.contains_xy(wide, more[:, 0], more[:, 1])
            found = np.concatenate([found, more[inside]])
        return found[:count]

    def cells(self, rng: Generator, count: int, side_m: float) -> Numbers:
        """Lower left corners (count, 2) of squares on a lattice over the area."""
        west, south, east, north = self.area.bounds
        x = west + np.arange(ceil((east - west) / side_m)) * side_m
        y = south + np.arange(ceil((north - south) / side_m)) * side_m
        corners = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        middle = corners + side_m / 2
        kept = corners[shapely.contains_xy(self.area, middle[:, 0], middle[:, 1])]
        chosen = rng.choice(len(kept), count, replace=len(kept) < count)
        return kept[np.sort(chosen)]


def ground(size: Size, seed: int) -> Ground:
    """The area of a size: one wiggly outline of exactly so many square kilometres."""
    rng = np.random.default_rng([seed, 0])
    vertices = int(np.clip(40 * sqrt(size.area_km2) / 8, 200, 2_000))
    reach = np.exp(0.08 * noise(rng, 1, vertices, 1.3)[0].clip(-2.5, 2.5))
    turn = np.arange(vertices) * (2 * np.pi / vertices)
    ring = np.column_stack([reach * np.cos(turn), size.stretch * reach * np.sin(turn)])
    lean = np.radians(20.0)
    ring = ring @ np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    scale = sqrt(size.area_km2 * 1e6 / shapely.Polygon(ring).area)
    return Ground(size, seed, shapely.Polygon(rounded(ring * scale + CENTRE)))
