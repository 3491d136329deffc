"""One proposal on the ground: its parts with their evidence, and every distance and overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from geozone.engine.measure import Measure, Reach, reach
from geozone.engine.outline import Shapes, shapes_array
from geozone.engine.overlap import Ground, Said, said
from geozone.engine.region import Region
from geozone.engine.states import (
    STRENGTH,
    Mask,
    Spots,
    States,
    background,
    region_states,
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
    measures: tuple[Measure, ...]


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
    return tuple(_point_measure(region, point, spots, accuracy_m) for region in regions)


def _located_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float, area: BaseGeometry
) -> Located:
    measures = locate_point(regions, point, accuracy_m)
    outside = not area.intersects(point)
    row = tuple(State.UNSEEN if outside else measure.state for measure in measures)
    return Located((Part(point, row, 0.0),), measures)


def _point_measure(
    region: Region, point: shapely.Point, spots: Spots, accuracy_m: float
) -> Measure:
    state = State(int(region_states(region, spots, accuracy_m)[0]))
    found = reach(region, point, accuracy_m, float(spots.scale[0]))
    return _measure(region, found, state)


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
    local = [region.cut(shape.bounds, accuracy_m) for region in regions]
    faces = _faces(local, shape, area, accuracy_m)
    inside = shapely.intersects(area, shapely.points(inner_points(faces)))
    sizes = np.array([ellipsoidal_area(face, regions[0].crs) for face in faces])
    ground = _ground(regions[0], faces[inside], accuracy_m)
    told = [_told(region, ground) for region in local]
    states = np.full((len(faces), len(regions)), State.UNSEEN, np.uint8)
    states[inside] = np.column_stack([one.states for one in told])
    states = spread(faces, states)
    total = float(sizes.sum())
    measures = tuple(
        _measure(
            region,
            reach(region, shape, accuracy_m),
            _whole_state(column, one),
            overlap=float(sizes[inside][one.within].sum()),
            total=total,
            touch=one.touch,
        )
        for region, column, one in zip(regions, states.T, told, strict=True)
    )
    return Located(_parts(faces, states, sizes), measures)


def _whole_state(column: States, told: Said) -> State:
    if told.deep:
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
