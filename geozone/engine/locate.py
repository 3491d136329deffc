"""One proposal on the ground: its parts with their evidence, and every distance and overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.edges import state_edges
from geozone.engine.faces import (
    WHOLE,
    faces_between,
    inner_points,
    merged,
    spread,
    stretches,
)
from geozone.engine.measure import LateMeasures, Measure, Reach, reach
from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array, widened
from geozone.engine.overlap import Ground, Said, said
from geozone.engine.region import SCALE_SLACK, Region
from geozone.engine.states import (
    STRENGTH,
    Mask,
    Spots,
    States,
    background,
    region_states,
    scale_slack,
    states_at,
    strongest,
)
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.evidence import Row
from geozone.law.judgement import Cause
from geozone.law.state import State

__all__ = ["Located", "Part", "locate", "locate_point", "point_measure", "states_at"]


@dataclass(frozen=True, eq=False)
class Part:
    """Ground of one evidence row: its shape in the working CRS and ellipsoidal area."""

    shape: BaseGeometry
    row: Row
    area_m2: float


@dataclass(frozen=True, eq=False)
class Located:
    """The parts of a shape, by row, and one measure per region. A point is one part."""

    parts: tuple[Part, ...]
    measures: Sequence[Measure]


def locate(
    regions: Sequence[Region], shape: BaseGeometry, accuracy_m: float, area: BaseGeometry
) -> Located:
    """How every region stands for a point or a polygon known to ``accuracy_m``.

    ``shape`` and ``area`` are in the working CRS of the regions. Ground outside the study
    area is unseen. Raises ``ValueError`` for other kinds of shapes and without regions.
    """
    if not regions:
        raise ValueError("a shape cannot be located without regions")
    if shape.geom_type == "Point":
        return _located_point(regions, shape, accuracy_m, area)
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise ValueError(f"a {shape.geom_type} cannot be located; give a point or a polygon")
    return _located_polygon(regions, shape, accuracy_m, area)


def locate_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float
) -> tuple[Measure, ...]:
    """How every region stands for a point of the working CRS known to ``accuracy_m``."""
    spots = Spots.of(regions[0].crs, shapely.get_coordinates(point))
    states = _point_states(regions, spots, accuracy_m)
    scale = float(spots.scale[0])
    return tuple(
        _reached(region, point, accuracy_m, scale, state)
        for region, state in zip(regions, states, strict=True)
    )


def _located_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float, area: BaseGeometry
) -> Located:
    spots = Spots.of(regions[0].crs, shapely.get_coordinates(point))
    states = _point_states(regions, spots, accuracy_m)
    scale = float(spots.scale[0])
    measures = LateMeasures(
        [
            partial(_reached, region, point, accuracy_m, scale, state)
            for region, state in zip(regions, states, strict=True)
        ]
    )
    row = states if area.intersects(point) else (State.UNSEEN,) * len(states)
    return Located((Part(point, row, 0.0),), measures)


def _point_states(regions: Sequence[Region], spots: Spots, accuracy_m: float) -> tuple[State, ...]:
    return tuple(
        _lonely_state(one, spots, accuracy_m)
        if _is_lonely(one, spots, accuracy_m)
        else State(int(region_states(one, spots, accuracy_m)[0]))
        for one in regions
    )


def _is_lonely(region: Region, spots: Spots, accuracy_m: float) -> bool:
    """Whether no feature of a region is near a single spot, as ``pairs_within`` looks."""
    for group in region.groups:
        near = group.limits(region.condition.within_m, accuracy_m).near
        reach = (near + TOLERANCE_M) * float(spots.scale[0]) + scale_slack(near)
        point = spots.points[0]
        if group.certain_count and len(group.tree.query(point, "dwithin", distance=reach)):
            return False
        if group.maybe_count and len(group.maybe_tree.query(point, "dwithin", distance=reach)):
            return False
    return True


def _lonely_state(region: Region, spots: Spots, accuracy_m: float) -> State:
    """The state of a region at a single spot that no feature is near, as ``background``."""
    point, clearance = spots.points[0], region.clearance_m(accuracy_m)
    if not shapely.dwithin(region.seen, point, TOLERANCE_M):
        return State.UNSEEN
    far = (clearance - TOLERANCE_M) * float(spots.scale[0])
    if clearance > 0 and shapely.dwithin(region.seen_edge, point, far):
        return State.UNSEEN
    return State.CLEAR


def _reached(
    region: Region, shape: BaseGeometry, accuracy_m: float, scale: float, state: State
) -> Measure:
    return _measure(region, reach(region, shape, accuracy_m, scale), state)


def point_measure(region: Region, state: State) -> Measure:
    """How a region stands for a point of a known state, distance and features left open."""
    return _measure(region, Reach(None, None, ()), state)


def _measure(
    region: Region,
    found: Reach,
    state: State,
    *,
    overlap: float | None = None,
    total: float = 0.0,
    touch: bool = False,
) -> Measure:
    distance = found.distance_m
    return Measure(
        condition=region.condition,
        state=state,
        distance_m=distance,
        margin_m=None if distance is None else distance - region.condition.within_m,
        features=found.features,
        nearest=found.nearest,
        overlap_m2=overlap,
        share=None if overlap is None or not total else overlap / total,
        cause=_cause(region, state, touch),
    )


def _cause(region: Region, state: State, touch: bool) -> Cause | None:
    if state is State.UNSEEN:
        return region.cause
    if state in (State.NEAR_INSIDE, State.NEAR_OUTSIDE):
        return Cause.TOUCH_ONLY if touch else Cause.WITHIN_ACCURACY
    return None


def _located_polygon(
    regions: Sequence[Region], shape: BaseGeometry, accuracy_m: float, area: BaseGeometry
) -> Located:
    still = [_still(region, shape, accuracy_m) for region in regions]
    stirred = [at for at, state in enumerate(still) if state is None]
    local = {at: regions[at].cut(shape.bounds, accuracy_m) for at in stirred}
    faces = _faces([local[at] for at in stirred], shape, area, accuracy_m)
    inside = shapely.intersects(area, shapely.points(inner_points(faces)))
    sizes = np.array([ellipsoidal_area(face, regions[0].crs) for face in faces])
    told: list[Said | None] = [None] * len(regions)
    states = np.full((len(faces), len(regions)), State.UNSEEN, np.uint8)
    states[inside] = [State.CLEAR if state is None else state for state in still]
    if stirred:
        ground = _ground(regions[0], faces[inside], accuracy_m)
        for at in stirred:
            said = told[at] = _told(local[at], ground)
            states[inside, at] = said.states
    states = spread(faces, states)
    size = _Sizes(sizes, inside, float(sizes.sum()))
    measures = LateMeasures(
        [
            partial(_area_measure, region, shape, accuracy_m, size, column, one)
            for region, column, one in zip(regions, states.T, told, strict=True)
        ]
    )
    return Located(_parts(faces, states, sizes), measures)


def _still(region: Region, shape: BaseGeometry, accuracy_m: float) -> State | None:
    """The state of a region around a shape where it is one all over, as ``Region.cut`` sees it."""
    reach = region.clearance_m(accuracy_m) * SCALE_SLACK + 1.0
    window = shapely.box(*widened(shape.bounds, reach))
    for group in region.groups:
        if group.certain_count and len(group.tree.query(window)):
            return None
        if group.maybe_count and len(group.maybe_tree.query(window)):
            return None
    if shapely.covers(region.seen, window):
        return State.CLEAR
    return None if shapely.intersects(region.seen, window) else State.UNSEEN


@dataclass(frozen=True, eq=False)
class _Sizes:
    """The ellipsoidal areas of faces, which of them lie in the study area, and the sum."""

    faces: NDArray[np.float64]
    inside: NDArray[np.bool_]
    total: float


def _area_measure(  # noqa: PLR0917 - bound in this order, taken late
    region: Region,
    shape: BaseGeometry,
    accuracy_m: float,
    size: _Sizes,
    column: States,
    told: Said | None,
) -> Measure:
    within = told.within if told else np.zeros(int(size.inside.sum()), bool)
    return _measure(
        region,
        reach(region, shape, accuracy_m),
        _whole_state(column, told),
        overlap=float(size.faces[size.inside][within].sum()),
        total=size.total,
        touch=told.touch if told else False,
    )


def _whole_state(column: States, told: Said | None) -> State:
    if told and told.deep:
        return State.HOLDS
    return State(int(column[np.argmax(STRENGTH[column])]))


def _faces(
    regions: Sequence[Region], shape: BaseGeometry, area: BaseGeometry, accuracy_m: float
) -> Shapes:
    """The shape cut along every line where a state may change."""
    own = shapes_array(shapely.get_parts(shapely.boundary(shape)))
    lines = [own, shapes_array(shapely.get_parts(shapely.boundary(area)))]
    lines += [state_edges(region, shape.bounds, accuracy_m) for region in regions]
    faces = faces_between(stretches(lines, shape.bounds))
    shapely.prepare(shape)
    faces = faces[shapely.intersects(shape, shapely.points(inner_points(faces)))]
    if abs(shapely.area(faces).sum() - shape.area) > WHOLE * shape.area + 1e-6 * shape.length:
        raise ArithmeticError("the parts of a shape do not add up to it")
    return shapes_array(faces)


def _ground(region: Region, faces: Shapes, accuracy_m: float) -> Ground:
    whole = shapely.coverage_union_all(faces)
    spots = Spots.of(region.crs, inner_points(faces))
    scale = float(spots.scale.mean()) if len(spots) else 1.0
    return Ground(whole, faces, spots, scale, accuracy_m, region.crs)


def _told(region: Region, ground: Ground) -> Said:
    """What all groups of a region say together, coverage included."""
    states = background(region, ground.spots, ground.accuracy_m)
    within: Mask = np.zeros(len(ground.faces), bool)
    deep, touch = False, False
    for group in region.groups:
        one = said(group, region.condition.within_m, ground)
        states = strongest(states, one.states)
        within |= one.within
        deep, touch = deep or one.deep, touch or one.touch
    return Said(states, within, deep, touch and not deep)


def _parts(faces: Shapes, states: States, sizes: NDArray[np.float64]) -> tuple[Part, ...]:
    rows, labels = np.unique(states, axis=0, return_inverse=True)
    shapes = merged(faces, labels.ravel(), len(rows))
    areas = np.bincount(labels.ravel(), sizes, len(rows))
    return tuple(
        Part(shape, tuple(State(int(value)) for value in row), float(size))
        for shape, row, size in zip(shapes, rows, areas, strict=True)
    )
