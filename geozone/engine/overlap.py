"""What a group of features says of the faces of a polygon: overlaps, touches, nearest points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.faces import LEAST_WIDTH_M, thin
from geozone.engine.measure import TOUCH_M, touch_m
from geozone.engine.outline import (
    TOLERANCE_M,
    Shapes,
    near_window,
    polygons_of,
    shapes_array,
    union_of,
    widened,
)
from geozone.engine.region import Group, Limits
from geozone.engine.states import Mask, Spots, States, group_states
from geozone.law.state import State


@dataclass(frozen=True, eq=False)
class Ground:
    """The faces of a polygon inside the study area, with a spot inside each.

    ``shape`` is their union; ``scale`` the projection's mean scale there.
    """

    shape: BaseGeometry
    faces: Shapes
    spots: Spots
    scale: float
    accuracy_m: float


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


def _planar(group: Group, shapes: Shapes) -> NDArray[np.float64]:
    """Planar distances from shapes to the nearest feature of the group, infinite without one."""
    found = np.full(len(shapes), np.inf)
    if len(group.shapes):
        (shape, _), distance = group.tree.query_nearest(
            shapes, all_matches=False, return_distance=True
        )
        found[shape] = distance
    return found


def _nearest(group: Group, ground: Ground, limits: Limits, states: States) -> States:
    """The states, with what the nearest point says where no face has the ground to show it."""
    distance = _planar(group, ground.faces) / ground.spots.scale
    top = _by_distance(distance - TOLERANCE_M, limits).max(initial=State.CLEAR)
    broad = ~thin(ground.faces)
    if top <= states[broad].max(initial=State.CLEAR):
        return states
    nearest = broad & (_by_distance(distance - LEAST_WIDTH_M, limits) >= top)
    return np.where(nearest, np.maximum(states, top), states)


def _by_distance(distance: NDArray[np.float64], limits: Limits) -> States:
    found = np.zeros(len(distance), np.uint8)
    found[distance <= limits.near] = State.NEAR_OUTSIDE
    found[distance <= limits.held] = State.NEAR_INSIDE
    if limits.holds >= 0:
        found[distance <= limits.holds] = State.HOLDS
    return found


def _overlap(group: Group, ground: Ground, limits: Limits, states: States, within: Mask) -> Said:
    """The states where the limit is the feature's own edge: ground must be shared to hold."""
    touch = touch_m(group, ground.accuracy_m) * ground.scale
    core = shapely.buffer(ground.shape, -touch)
    crossed = _crossed(group, ground, core)
    deep = _deep_faces(group, ground, within, touch) | crossed
    found = np.where(within & ~deep, np.uint8(State.NEAR_OUTSIDE), states)
    found[crossed] = State.HOLDS
    if deep.any():
        return Said(found, within, True, False)
    near = _planar(group, ground.faces) <= (TOUCH_M + TOLERANCE_M) * ground.scale
    found[near] = np.maximum(found[near], State.NEAR_OUTSIDE)
    exact = group.accuracy_m + ground.accuracy_m <= TOUCH_M
    return Said(found, within, False, bool(near.any()) and exact)


def _crossed(group: Group, ground: Ground, core: BaseGeometry) -> Mask:
    """The faces crossed by a line that enters the polygon."""
    lines = group.shapes[shapely.get_dimensions(group.shapes) == 1]
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
