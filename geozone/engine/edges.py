"""The lines along which the state of a region may change."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import (
    CLOSED_M,
    Bounds,
    Shapes,
    near_window,
    outline,
    polygons_of,
    shapes_array,
    union_of,
    widened,
)
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.land.coordinates.scale import scale_at

ARC_M = 0.003
"""How far an arc's chords may stay behind the arc; GEOS doubles some of them."""

RADIUS_M = 0.006
"""How far a radius may be off because the scale changes along a window."""

STEEPEST = 1e-8
"""Change of scale per metre that no Gauss-Krueger zone exceeds within its area of use."""

MOST_ROWS = 64
FEWEST = 8
"""Segments of a quarter circle."""


def state_edges(region: Region, bounds: Bounds, accuracy_m: float) -> Shapes:
    """Lines that hold every change of state of the region within the bounds.

    They run within 1 cm of where the exact distance decides; they may reach beyond the
    bounds, and some of them part nothing.
    """
    local = region.cut(bounds, accuracy_m)
    lines = [*coverage_edges(local, bounds, accuracy_m), *feature_edges(local, bounds, accuracy_m)]
    return shapes_array(np.concatenate(lines) if lines else [])


def feature_edges(region: Region, bounds: Bounds, accuracy_m: float) -> Iterator[Shapes]:
    """The lines that come of the features of a region that is cut to the bounds."""
    for group in region.groups:
        yield from _group_edges(region, group, bounds, accuracy_m)


def coverage_edges(region: Region, bounds: Bounds, accuracy_m: float) -> Iterator[Shapes]:
    """The lines that come of the coverage of a region that is cut to the bounds."""
    clearance = region.clearance_m(accuracy_m)
    edges = shapes_array(shapely.get_parts(region.seen_edge))
    yield grown_edges(edges, clearance, bounds, region.crs)


def _group_edges(
    region: Region, group: Group, bounds: Bounds, accuracy_m: float
) -> Iterator[Shapes]:
    limits = group.limits(region.condition.within_m, accuracy_m)
    for limit in sorted({limits.holds, limits.held, limits.near}):
        if limit > 0:
            yield grown_edges(group.shapes, limit, bounds, region.crs)
        elif limit == 0:
            yield shapes_array(shapely.get_parts(shapely.boundary(polygons_of(group.shapes))))
        else:
            margin = -limit * SCALE_SLACK + 1.0
            polygons = near_window(polygons_of(group.shapes), widened(bounds, margin))
            near = polygons_of(polygons)
            yield grown_edges(outline(near), -limit + CLOSED_M, bounds, region.crs)
    if len(group.maybe):
        yield grown_edges(group.maybe, limits.near, bounds, region.crs)


def grown_edges(shapes: Shapes, metres: float, bounds: Bounds, crs: CRS) -> Shapes:
    """The edges of everything within so many ground metres of shapes, right within the bounds."""
    if not len(shapes):
        return shapes
    if metres == 0:
        lines = shapely.boundary(polygons_of(shapes))
        curves = shapes[shapely.get_dimensions(shapes) == 1]
        return shapes_array(np.concatenate([shapely.get_parts(lines), shapely.get_parts(curves)]))
    if _hold_all(shapes, metres, bounds):
        return shapes[:0]
    # Less than the window that regions are cut to, whose own edge is no edge of the ground.
    near = near_window(shapes, widened(bounds, metres * SCALE_SLACK + 0.5), many=0)
    if not len(near):
        return near
    windows, segments = list(_windows(near, metres, crs)), _segments(metres)
    if len(windows) == 1:  # which holds all of them
        pieces = shapely.buffer(near, metres * windows[0][1], quad_segs=segments)
    else:
        found = [(near_window(near, window, many=0), scale) for window, scale in windows]
        some = [shapely.buffer(one, metres * scale, quad_segs=segments) for one, scale in found]
        pieces = np.concatenate(some)
    whole: BaseGeometry = pieces[0] if len(pieces) == 1 else union_of(shapes_array(pieces))
    return shapes_array(shapely.get_parts(shapely.boundary(whole)))


def _hold_all(shapes: Shapes, metres: float, bounds: Bounds) -> bool:
    """Whether all places in the bounds surely lie within so many ground metres of one shape."""
    west, south, east, north = bounds
    far = metres / SCALE_SLACK - 1.0 - math.hypot(east - west, north - south) / 2
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    return far > 0 and bool(shapely.dwithin(shapes, middle, far).any())


def _segments(metres: float) -> int:
    """Segments in a quarter circle that keep its chords within ``ARC_M`` of the arc."""
    behind = min(ARC_M / metres, 0.1)
    return max(FEWEST, math.ceil(math.pi / 4 / math.acos(1 - behind)))


def _windows(shapes: Shapes, metres: float, crs: CRS) -> Iterator[tuple[Bounds, float]]:
    """Windows that together hold the shapes, each with the scale in its middle.

    They stand on fixed lines from west to east, so that tiles agree on them, and are cut
    from south to north where the scale changes that way.
    """
    around = shapely.bounds(shapes)
    west, south = around[:, :2].min(axis=0).tolist()
    east, north = around[:, 2:].max(axis=0).tolist()
    width = 2.0 ** math.floor(math.log2(2 * RADIUS_M / (metres * STEEPEST)))
    columns = np.arange(math.floor(west / width), math.floor(east / width) + 1)
    # The scales upward, and those in the middles of windows that need not be cut that way.
    x = np.concatenate([np.full(9, (west + east) / 2), columns * width + width / 2])
    middles = np.full(len(columns), (south + north) / 2)
    y = np.concatenate([np.linspace(south, north, 9), middles])
    scales = scale_at(crs, x, y)
    spread = metres * float(np.ptp(scales[:9])) / 2
    if spread <= RADIUS_M:
        for at, scale in zip((columns * width).tolist(), scales[9:].tolist(), strict=True):
            yield (at, south, at + width, north), scale
        return
    sides = np.linspace(south, north, min(math.ceil(spread / RADIUS_M), MOST_ROWS) + 1)
    left, low = (one.ravel() for one in np.meshgrid(columns * width, sides[:-1]))
    high = np.meshgrid(columns, sides[1:])[1].ravel()
    scale = scale_at(crs, left + width / 2, (low + high) / 2)
    windows = np.column_stack([left, low, left + width, high]).tolist()
    yield from zip(windows, scale.tolist(), strict=True)
