"""A polygon on the ground, with every region cut to it and every overlap worked out in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.edges import state_edges
from geozone.engine.faces import faces_between, inner_points, spread, stretches
from geozone.engine.measure import Reach, reach
from geozone.engine.outline import polygons_of, shapes_array, union_of
from geozone.engine.overlap import Ground, said
from geozone.engine.region import Region
from geozone.engine.states import Spots, States, background, strongest
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.state import State


@dataclass(frozen=True, eq=False)
class Plain:
    """Ellipsoidal square metres by evidence row; per region what is near and shared."""

    areas: dict[tuple[State, ...], float]
    near: tuple[Reach, ...]
    overlaps: tuple[float, ...]
    touches: tuple[bool, ...]


def locate(
    regions: Sequence[Region], shape: BaseGeometry, accuracy_m: float, area: BaseGeometry
) -> Plain:
    """How regions stand for a polygon."""
    local = [one.cut(shape.bounds, accuracy_m) for one in regions]
    lines = [shapes_array(shapely.get_parts(shapely.boundary(one))) for one in (shape, area)]
    lines += [state_edges(one, shape.bounds, accuracy_m) for one in regions]
    faces = faces_between(stretches(lines, shape.bounds))
    faces = faces[shapely.intersects(shape, shapely.points(inner_points(faces)))]
    inside = shapely.intersects(area, shapely.points(inner_points(faces)))
    sizes = np.array([ellipsoidal_area(one, regions[0].crs) for one in faces])
    states = np.full((len(faces), len(regions)), State.UNSEEN, np.uint8)
    overlaps, touches = [], []
    for at, region in enumerate(local):
        states[inside, at], within, touch = _told(region, faces[inside], accuracy_m)
        overlaps.append(float(sizes[inside][within].sum()))
        touches.append(touch)
    states = spread(faces, states)
    areas: dict[tuple[State, ...], float] = {}
    for row, size in zip(states.tolist(), sizes.tolist(), strict=True):
        key = tuple(State(one) for one in row)
        areas[key] = areas.get(key, 0.0) + size
    near = tuple(reach(one, shape, accuracy_m) for one in regions)
    return Plain(areas, near, tuple(overlaps), tuple(touches))


def _told(
    region: Region, faces: NDArray[np.object_], accuracy_m: float
) -> tuple[States, NDArray[np.bool_], bool]:
    within, deep, touch = np.zeros(len(faces), bool), False, False
    if not len(faces):
        return np.empty(0, np.uint8), within, touch
    spots = Spots.of(region.crs, inner_points(faces))
    whole = union_of(polygons_of(faces))
    ground = Ground(
        shape=whole,
        faces=faces,
        spots=spots,
        scale=float(spots.scale.mean()),
        accuracy_m=accuracy_m,
        crs=region.crs,
    )
    # No place is plainly deep: cores and kernels decide.
    vars(ground)["depths"] = np.zeros(len(faces))
    states = background(region, spots, accuracy_m)
    for group in region.groups:
        one = said(group, region.condition.within_m, ground)
        states = strongest(states, one.states)
        within |= one.within
        deep, touch = deep or one.deep, touch or one.touch
    return states, within, touch and not deep
