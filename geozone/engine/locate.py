"""One proposal on the ground: its parts with their evidence, and every distance and overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.edges import coverage_edges, feature_edges
from geozone.engine.faces import WHOLE, faces_between, inner_points, merged, spread, stretches
from geozone.engine.measure import LateMeasures, Measure, Reach, reach
from geozone.engine.nearby import Around, nearby
from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array, widened
from geozone.engine.overlap import Ground, Said, said
from geozone.engine.region import Region
from geozone.engine.states import (
    STRENGTH,
    Mask,
    Spots,
    States,
    background,
    group_states,
    region_states,
    states_at,
    strongest,
)
from geozone.land.coordinates.scale import ellipsoidal_areas
from geozone.land.layers.later import Deferred, Later
from geozone.law.evidence import Row
from geozone.law.judgement import Cause
from geozone.law.state import State

__all__ = ["Located", "Part", "locate", "locate_point", "point_measure", "states_at"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Ground of one evidence row: its shape in the working CRS and ellipsoidal area."""

    shape: Deferred[BaseGeometry] = Deferred()  # noqa: RUF009 - a descriptor
    row: Row
    area_m2: float


STATES = tuple(State)


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
    return tuple(_PointGround(regions, point, accuracy_m).measures)


class _PointGround:
    """How regions stand for a point; its scale is looked up where anything is near."""

    def __init__(self, regions: Sequence[Region], point: shapely.Point, accuracy_m: float) -> None:
        self.point, self.accuracy_m = point, accuracy_m
        self.around = nearby(regions).around(point, accuracy_m)
        self.states = tuple(
            self._state(at) if state is None else state
            for at, state in enumerate(self.around.still)
        )
        self.measures = LateMeasures(partial(self._measure, at) for at in range(len(regions)))

    @cached_property
    def spots(self) -> Spots:
        """The point with its scale."""
        return Spots.of(self.around.near.regions[0].crs, shapely.get_coordinates(self.point))

    def _state(self, at: int) -> State:
        """The state of a region that stirs around the point."""
        region = self.around.near.regions[at]
        groups = [one for one in self.around.groups(at) if one is not None]
        ground = self.around.ground[at]
        if ground is None and not groups:
            return _lonely_state(region, self.spots, self.accuracy_m)
        if ground is None or any(one.maybe_count for one in groups):
            local = self.around.local(at)
            return State(int(region_states(local, self.spots, self.accuracy_m)[0]))
        found = np.array([ground], np.uint8)
        for group in groups:
            limits = group.limits(region.condition.within_m, self.accuracy_m)
            found = strongest(found, group_states(group, self.spots, limits))
        return State(int(found[0]))

    def _measure(self, at: int) -> Measure:
        return _measure(self.around.near.regions[at], partial(self._reach, at), self.states[at])

    def _reach(self, at: int) -> Reach:
        region, scale = self.around.near.regions[at], float(self.spots.scale[0])
        return reach(region, self.point, self.accuracy_m, scale, self.around.groups(at))


def _located_point(
    regions: Sequence[Region], point: shapely.Point, accuracy_m: float, area: BaseGeometry
) -> Located:
    ground = _PointGround(regions, point, accuracy_m)
    shapely.prepare(area)
    inside = bool(shapely.intersects(area, point))
    row = ground.states if inside else (State.UNSEEN,) * len(ground.states)
    return Located((Part(shape=point, row=row, area_m2=0.0),), ground.measures)


def _lonely_state(region: Region, spots: Spots, accuracy_m: float) -> State:
    """The state of a region at a single spot that no feature is near, as ``background``."""
    point, clearance = spots.points[0], region.clearance_m(accuracy_m)
    if not shapely.dwithin(region.seen, point, TOLERANCE_M):
        return State.UNSEEN
    far = (clearance - TOLERANCE_M) * float(spots.scale[0])
    if clearance > 0 and shapely.dwithin(region.seen_edge, point, far):
        return State.UNSEEN
    return State.CLEAR


def point_measure(region: Region, state: State) -> Measure:
    """How a region stands for a point of a known state, distance and features left open."""
    return _measure(region, lambda: Reach(None, None, ()), state)


def _measure(
    region: Region,
    find: Callable[[], Reach],
    state: State,
    *,
    overlap: float | None = None,
    total: float = 0.0,
    touch: bool = False,
) -> Measure:
    found = cache(find)

    def margin() -> float | None:
        distance = found().distance_m
        return None if distance is None else distance - region.condition.within_m

    return Measure(
        condition=region.condition,
        state=state,
        distance_m=Later(lambda: found().distance_m),
        margin_m=Later(margin),
        features=Later(lambda: found().features),
        nearest=Later(lambda: found().nearest),
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
    around = nearby(regions).around(shape, accuracy_m)
    local = {at: around.local(at) for at in around.stirred}
    shapely.prepare(area)
    within = bool(shapely.contains_properly(area, shapely.box(*widened(shape.bounds, 1.0))))
    lines = [] if within else [shapes_array(shapely.get_parts(shapely.boundary(area)))]
    for at, region in local.items():
        lines += feature_edges(region, shape.bounds, accuracy_m)
        if around.ground[at] is None:
            lines += coverage_edges(region, shape.bounds, accuracy_m)
    faces = _faces(shape, lines)
    sizes = ellipsoidal_areas(faces, regions[0].crs)
    inside = np.ones(len(faces), bool)
    if not within:
        inside = shapely.intersects(area, shapely.points(inner_points(faces)))
    told: list[Said | None] = [None] * len(regions)
    states = np.full((len(faces), len(regions)), State.UNSEEN, np.uint8)
    states[inside] = [State.CLEAR if state is None else state for state in around.still]
    if local:
        ground = _ground(regions[0], faces[inside], accuracy_m)
        for at, region in local.items():
            said = told[at] = _told(region, ground, around.ground[at])
            states[inside, at] = said.states
    states = spread(faces, states)
    size = _Sizes(sizes, inside, float(sizes.sum()))
    measures = LateMeasures(
        partial(_area_measure, around, shape, at, size, states[:, at], told[at])
        for at in range(len(regions))
    )
    return Located(_parts(faces, states, sizes), measures)


@dataclass(frozen=True, eq=False)
class _Sizes:
    """The ellipsoidal areas of faces, which of them lie in the study area, and the sum."""

    faces: NDArray[np.float64]
    inside: NDArray[np.bool_]
    total: float


def _area_measure(  # noqa: PLR0917 - bound in this order, taken late
    around: Around, shape: BaseGeometry, at: int, size: _Sizes, column: States, told: Said | None
) -> Measure:
    region, count = around.near.regions[at], int(size.inside.sum())
    if told is None:
        held = around.held[at] and count > 0
        deep = held and region.condition.within_m == 0
        told = Said(column, np.full(count, held), deep, False)
    return _measure(
        region,
        lambda: reach(region, shape, around.accuracy_m, few=around.groups(at)),
        _whole_state(column, told),
        overlap=float(size.faces[size.inside][told.within].sum()),
        total=size.total,
        touch=told.touch,
    )


def _whole_state(column: States, told: Said) -> State:
    if told.deep:
        return State.HOLDS
    return State(int(column[np.argmax(STRENGTH[column])]))


def _faces(shape: BaseGeometry, lines: Sequence[Shapes]) -> Shapes:
    """The shape cut along lines, all where a state may change."""
    own = shapes_array(shapely.get_parts(shapely.boundary(shape)))
    cut = any(len(one) for one in lines)
    faces = faces_between(stretches([own, *lines], shape.bounds) if cut else own)
    if cut or len(faces) != 1:
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


def _told(region: Region, ground: Ground, still: State | None) -> Said:
    """What all groups of a region say together, coverage included: ``still`` where it is known."""
    if still is None or any(one.maybe_count for one in region.groups):
        states = background(region, ground.spots, ground.accuracy_m)
    else:
        states = np.full(len(ground.faces), still, np.uint8)
    within: Mask = np.zeros(len(ground.faces), bool)
    deep, touch = False, False
    for group in region.groups:
        one = said(group, region.condition.within_m, ground)
        states = strongest(states, one.states)
        within |= one.within
        deep, touch = deep or one.deep, touch or one.touch
    return Said(states, within, deep, touch and not deep)


def _parts(faces: Shapes, states: States, sizes: NDArray[np.float64]) -> tuple[Part, ...]:
    if len(faces) == 1:
        row = tuple(STATES[one] for one in states[0].tolist())
        return (Part(shape=Later(partial(_merged, faces)), row=row, area_m2=float(sizes[0])),)
    keys = [row.tobytes() for row in states]
    found = []
    for key in sorted(set(keys)):
        here = np.flatnonzero([one == key for one in keys])
        row = tuple(STATES[one] for one in key)
        area = float(np.bincount(np.zeros(len(here), np.intp), sizes[here])[0])
        found.append(Part(shape=Later(partial(_merged, faces[here])), row=row, area_m2=area))
    return tuple(found)


def _merged(faces: Shapes) -> BaseGeometry:
    whole: BaseGeometry = merged(faces, np.zeros(len(faces), np.intp), 1)[0]
    return whole
