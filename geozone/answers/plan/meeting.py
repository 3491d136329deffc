"""How two areas lie to each other, as far as their accuracy lets anybody say."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.measure import TOUCH_M
from geozone.engine.outline import TOLERANCE_M, polygonal, shapes_array, widened
from geozone.land.coordinates.scale import scale_at
from geozone.law.judgement import Cause


class Meeting(IntEnum):
    """How one area lies to another; a larger value meets more surely."""

    APART = 0
    EDGE = 1
    """A common border and no ground, where the borders are exact to the millimetre."""
    NEAR = 2
    """So close, or so little shared, that the accuracy leaves open whether ground is shared."""
    SHARES = 3
    """Ground is shared beyond the accuracy."""
    INSIDE = 4
    """All of it lies in the other, beyond the accuracy."""


def local_scale(crs: CRS, shape: BaseGeometry) -> float:
    """The projection's scale at a shape: planar metres per metre on the ground."""
    middle = shapely.centroid(shape)
    return float(np.ravel(scale_at(crs, [middle.x], [middle.y]))[0])


def is_exact(accuracy_m: float) -> bool:
    """Whether borders of this accuracy are taken as they are drawn."""
    return accuracy_m <= TOUCH_M


def unsure_cause(accuracy_m: float) -> Cause:
    """Why shapes of this accuracy, both together, cannot be said to share ground."""
    return Cause.TOUCH_ONLY if is_exact(accuracy_m) else Cause.WITHIN_ACCURACY


def meeting(one: BaseGeometry, other: BaseGeometry, accuracy_m: float, scale: float) -> Meeting:
    """How the polygon ``one`` lies to the polygon ``other``.

    ``accuracy_m`` is that of both together, in ground metres; ``scale`` the projection's.
    """
    reach = accuracy_m * scale + TOLERANCE_M
    if shapely.distance(one, other) > reach:
        return Meeting.APART
    depth = max(accuracy_m, TOUCH_M) * scale
    shared = polygonal(shapes_array([shapely.intersection(one, other)]))
    if _is_deep(shared, one, depth) or _is_deep(shared, other, depth):
        return Meeting.INSIDE if _is_inside(one, other, accuracy_m, scale) else Meeting.SHARES
    return Meeting.EDGE if is_exact(accuracy_m) and _is_line(shared) else Meeting.NEAR


def _is_deep(shared: BaseGeometry, shape: BaseGeometry, depth: float) -> bool:
    """Whether the shared ground reaches deeper into the shape than so many planar metres."""
    return bool(shapely.intersects(shared, shapely.buffer(shape, -depth)))


def _is_inside(one: BaseGeometry, other: BaseGeometry, accuracy_m: float, scale: float) -> bool:
    if is_exact(accuracy_m):
        return bool(shapely.covers(shapely.buffer(other, TOUCH_M), one))
    margin = accuracy_m * scale - TOLERANCE_M
    depth = float(shapely.distance(one, shapely.boundary(other)))
    return bool(shapely.covers(other, one)) and depth >= margin


def _is_line(shared: BaseGeometry) -> bool:
    """Whether shared ground is nothing but the noise of arithmetic along a common border."""
    return bool(shared.area <= TOLERANCE_M * shared.length)


def covered(coverage: BaseGeometry, shape: BaseGeometry, margin: float) -> bool:
    """Whether the shape, widened by a planar margin, lies in the coverage to the millimetre."""
    wide = shapely.buffer(shape, margin) if margin else shape
    if shapely.covers(coverage, wide):
        return True
    near = shapely.clip_by_rect(coverage, *widened(wide.bounds, 1.0))
    return bool(shapely.covers(shapely.buffer(near, TOUCH_M), wide))
