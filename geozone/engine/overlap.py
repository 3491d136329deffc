"""What a group of features says of the faces of a polygon: overlaps, touches, nearest points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.faces import LEAST_WIDTH_M, thin
from geozone.engine.measure import TOUCH_M, ground_distances, touch_m
from geozone.engine.outline import (
    TOLERANCE_M,
    Shapes,
    near_window,
    polygons_of,
    shapes_array,
    union_of,
    widened,
)
from geozone.engine.region import SCALE_SLACK, Group, Limits
from geozone.engine.states import Mask, Spots, States, group_states
from geozone.land.layers.later import Deferred
from geozone.law.state import State

PLAIN = 1.5
"""Places that lie so many times deeper than a touch are deep however corners are rounded."""

SCALE_BEND = 1e-5
"""How much the scale may differ between a shape's middle and its nearest point."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ground:
    """The faces of a polygon inside the study area, with a spot inside each.

    ``shape`` is their union; ``scale`` the projection's mean scale there.
    """

    shape: Deferred[BaseGeometry] = Deferred()  # noqa: RUF009 - a descriptor
    faces: Shapes
    spots: Spots
    scale: float
    accuracy_m: float
    crs: CRS

    @cached_property
    def depths(self) -> NDArray[np.float64]:
        """How far from the edge of the polygon each spot lies; planar metres, shape (n,)."""
        found: NDArray[np.float64] = shapely.distance(
            shapely.boundary(self.shape), self.spots.points
        )
        return found


@dataclass(frozen=True, eq=False)
class Said:
    """What one group says: the state of each face, which faces lie within the limit, and
    whether the polygon overlaps the features for certain, or only touches them."""

    states: States
    within: Mask
    deep: bool
    touch: bool


def said(group: Group, within_m: float, ground: Ground) -> Said:
    """The states of the faces of a polygon by one group."""
    limits = group.limits(within_m, ground.accuracy_m)
    states = group_states(group, ground.spots, limits)
    within = states >= State.NEAR_INSIDE
    if within_m > 0:
        return Said(_nearest(group, ground, limits, states), within, False, False)
    return _overlap(group, ground, limits, states, within)


def _near(group: Group, shapes: Shapes, planar: float) -> Mask:
    """Which shapes lie at most so many planar metres from the group's features."""
    found = np.zeros(len(shapes), bool)
    found[group.tree.query(shapes, predicate="dwithin", distance=planar)[0]] = True
    return found


def _nearest(group: Group, ground: Ground, limits: Limits, states: States) -> States:
    """The states, with what the nearest point says where no face has the ground to show it."""
    broad = ~thin(ground.faces)
    top = states[broad].max(initial=State.CLEAR)
    if top == State.HOLDS:
        return states
    distance = _distance(group, ground, limits.near)
    for limit, state in (
        (limits.near, State.NEAR_OUTSIDE),
        (limits.held, State.NEAR_INSIDE),
        (limits.holds, State.HOLDS),
    ):
        if limit >= 0 and state > top and distance <= limit + TOLERANCE_M:
            reach = distance * ground.scale * (1 + SCALE_BEND) + LEAST_WIDTH_M
            nearest = broad & _near(group, ground.faces, reach)
            states = np.where(nearest, np.maximum(states, state), states)
    return states


def _distance(group: Group, ground: Ground, limit: float) -> float:
    """Ground metres to the nearest feature, infinite where all are beyond the limit."""
    planar = limit * SCALE_SLACK + LEAST_WIDTH_M
    near = group.tree.query(ground.shape, predicate="dwithin", distance=planar)
    distances = ground_distances(ground.crs, ground.shape, group.shapes[near])
    return float(distances.min(initial=np.inf))


def _overlap(group: Group, ground: Ground, limits: Limits, states: States, within: Mask) -> Said:
    """The states where the limit is the feature's own edge: ground must be shared to hold."""
    touch = touch_m(group, ground.accuracy_m) * ground.scale
    crossed = _crossed(group, ground, touch)
    deep = _deep_faces(group, ground, within, touch) | crossed
    found = np.where(within & ~deep, np.uint8(State.NEAR_OUTSIDE), states)
    found[crossed] = State.HOLDS
    if deep.any():
        return Said(found, within, True, False)
    near = _near(group, ground.faces, TOUCH_M + TOLERANCE_M)
    found[near] = np.maximum(found[near], State.NEAR_OUTSIDE)
    exact = group.accuracy_m + ground.accuracy_m <= TOUCH_M
    return Said(found, within, False, bool(near.any()) and exact)


def _crossed(group: Group, ground: Ground, touch: float) -> Mask:
    """The faces crossed by a line that enters the polygon deeper than a touch."""
    lines = group.shapes[shapely.get_dimensions(group.shapes) == 1]
    if not len(lines):
        return np.zeros(len(ground.faces), bool)
    core = shapely.buffer(ground.shape, -touch)
    inner = shapely.intersection(lines[shapely.intersects(lines, core)], core)
    found = np.zeros(len(ground.faces), bool)
    for line in inner:
        found |= shapely.intersects(ground.faces, line)
    return found


def _deep_faces(group: Group, ground: Ground, within: Mask, touch: float) -> Mask:
    """The faces within the features whose overlap is deeper than a touch.

    An overlap is deep where it holds ground deeper than ``touch`` (planar metres) inside
    the polygon, or deeper than it inside the features.
    """
    found = np.zeros(len(ground.faces), bool)
    if not within.any():
        return found
    if (ground.depths[within] > touch * PLAIN).all():
        return within.copy()
    core = shapely.buffer(ground.shape, -touch)
    window = widened(ground.shape.bounds, 2 * touch + 1.0)
    features = union_of(polygons_of(near_window(group.shapes, window)))
    kernel = shapely.buffer(features, -touch)
    inside = np.flatnonzero(within)
    joined = shapely.coverage_union_all(ground.faces[inside])
    overlaps = shapes_array(shapely.get_parts(joined))
    deep = overlaps[shapely.intersects(overlaps, core) | shapely.intersects(overlaps, kernel)]
    shapely.prepare(deep)
    for overlap in deep:
        found[inside] |= shapely.intersects(overlap, ground.spots.points[inside])
    return found
