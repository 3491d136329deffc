"""Where a layer of factors was looked at, and how far around a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.land.factors.filling import Rings, inside
from geozone.land.factors.lattice import planar_m, wider
from geozone.land.factors.nearest import Search, Searching, Segments, nearest_m
from geozone.land.factors.window import Numbers, Window
from geozone.land.shapes.flat import Flat

Picks = NDArray[np.bool_]

TOLERANCE_M = 1e-6


@dataclass(frozen=True, eq=False)
class Covered:
    """Polygons within which nothing is missed; empty where that was not declared."""

    shape: BaseGeometry
    rings: Rings
    edges: Segments

    @classmethod
    def by(cls, shape: BaseGeometry) -> Covered:
        """What a polygonal shape in the working CRS covers."""
        shapely.prepare(shape)
        flat = Flat.of(np.array([shape], object))
        return cls(shape, Rings.of(flat), Segments.of(flat))

    def at(self, window: Window) -> Picks:
        """Which cells (rows, cols) have their centres in it."""
        whole = (window.rows, window.cols)
        if shapely.covers(self.shape, shapely.box(*window.bounds)):
            return np.ones(whole, bool)
        return inside(self.rings, window)

    def as_far_as(self, metres: Numbers, window: Window, search: Searching = Search.run) -> Picks:
        """Of which cells it holds all ground within so many metres, (rows, cols) like them."""
        if not metres.size or self.shape.is_empty:
            return np.zeros(metres.shape, bool)
        most = float(metres.max())
        room = wider(window.bounds, planar_m(window.crs, window.bounds, most))
        if shapely.covers(self.shape, shapely.box(*room)):
            return np.ones(metres.shape, bool)
        deep = nearest_m(self.edges, window, most, search) >= metres - TOLERANCE_M
        found: Picks = inside(self.rings, window) & deep
        return found
