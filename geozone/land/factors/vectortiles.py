"""Shapes as values of a factor: distance, density, what lies inside, and attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.covered import Covered
from geozone.land.factors.density import KM, UNITS_PER_M, Around, per_km2, pieces_of, points_of
from geozone.land.factors.density import within as lying_within
from geozone.land.factors.filling import Rings, inside, values_of
from geozone.land.factors.nearest import Search, Searching, Segments, nearest_m
from geozone.land.factors.spec import Measure
from geozone.land.factors.window import Numbers, Window
from geozone.land.receipt import Receipt
from geozone.land.shapes.flat import Flat


@dataclass(frozen=True, eq=False)
class VectorTiles:
    """Shapes of a layer, n of them, measured on the cells of any window.

    ``values`` (n,) are those of the attribute, NaN where it says nothing; ``reach_m`` is 0
    where nothing is measured around a cell. ``search`` finds what is nearest.
    """

    measure: Measure
    flat: Flat
    covered: Covered
    receipt: Receipt
    reach_m: float = 0.0
    values: Numbers | None = None
    search: Searching = Search.run

    def tile(self, window: Window) -> NDArray[np.float32]:
        """Values (rows, cols) at the centres of the cells; NaN where nothing is known.

        A distance is known where all ground that near was looked at, and 0 in a polygon;
        a density where all ground within reach was looked at; whether a cell is inside where
        it is, and elsewhere where it was looked at. An attribute is known in polygons that say
        it, and not where polygons that say different things overlap.
        """
        return MEASURES[self.measure](self, window).astype(np.float32)

    @cached_property
    def rings(self) -> Rings:
        """The edges of polygons."""
        return Rings.of(self.flat)

    @cached_property
    def segments(self) -> Segments:
        """All edges, and points."""
        return Segments.of(self.flat)

    @cached_property
    def codes(self) -> tuple[Numbers, NDArray[np.intp]]:
        """Every value once, and last that nothing is known; and of each shape its place."""
        given = np.empty(0) if self.values is None else self.values
        every, codes = np.unique(given, return_inverse=True)
        return np.append(every, np.nan), codes.astype(np.intp)


def _distance(tiles: VectorTiles, window: Window) -> Numbers:
    found = nearest_m(tiles.segments, window, tiles.reach_m, tiles.search)
    within = inside(tiles.rings, window)
    found[within] = 0.0
    found = np.minimum(found, tiles.reach_m)
    return np.where(tiles.covered.as_far_as(found, window, tiles.search) | within, found, np.nan)


def _density(tiles: VectorTiles, window: Window) -> Numbers:
    around = Around.of(window, tiles.reach_m)
    single = np.diff(tiles.flat.starts) == 1
    if single.all():
        found = lying_within(points_of(tiles.flat, around), around)
    else:
        found = lying_within(pieces_of(tiles.flat, around), around) / (UNITS_PER_M * KM)
    reach = np.full(found.shape, tiles.reach_m)
    seen = tiles.covered.as_far_as(reach, window, tiles.search)
    return np.where(seen, per_km2(found, tiles.reach_m), np.nan)


def _inside(tiles: VectorTiles, window: Window) -> Numbers:
    within = inside(tiles.rings, window)
    return np.where(within, 1.0, np.where(tiles.covered.at(window), 0.0, np.nan))


def _value(tiles: VectorTiles, window: Window) -> Numbers:
    every, codes = tiles.codes
    found: Numbers = every[values_of(tiles.rings, codes, window)]
    return found


MEASURES: Mapping[Measure, Callable[[VectorTiles, Window], Numbers]] = {
    Measure.DISTANCE: _distance,
    Measure.DENSITY: _density,
    Measure.INSIDE: _inside,
    Measure.VALUE: _value,
}
