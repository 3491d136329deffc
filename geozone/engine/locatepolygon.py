"""How regions stand for a polygon: it is cut where their states may change, and each face asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.edges import coverage_edges, feature_edges
from geozone.engine.faces import WHOLE, faces_between, inner_points, merged, spread, stretches
from geozone.engine.located import NOTHING, Located, Overlap, Part, measure_of
from geozone.engine.measure import LateMeasures, Measure, reach
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
    strongest,
)
from geozone.land.coordinates.scale import ellipsoidal_areas, ring_area
from geozone.land.layers.later import Later
from geozone.law.state import State

STATES = tuple(State)

SPARE_M = 1.0
"""Deeper inside the study area than this, no edge of it can cut a polygon."""

GRID_OF_M = 1 / TOLERANCE_M

VALID = "Valid Geometry"
"""The reason that GEOS gives for what is valid."""

LEAST_M = 0.1
"""The mean width from which a polygon that nothing cuts is one face, whatever is rounded."""


def located_polygon(
    regions: Sequence[Region], shape: BaseGeometry, accuracy_m: float, area: BaseGeometry
) -> Located:
    """A polygon as its parts, those outside the study area unseen."""
    around = nearby(regions).around(shape, accuracy_m)
    shapely.prepare(area)
    window = shapely.box(*widened(around.bounds, SPARE_M))
    within = bool(shapely.contains_properly(area, window))
    if within and None not in around.still and _is_plain(shape):
        return _uncut(around, shape)
    return _cut(around, shape, None if within else area)


def _is_plain(shape: BaseGeometry) -> bool:
    """Whether a polygon is one ring of some width."""
    if shape.geom_type != "Polygon" or shapely.get_num_interior_rings(shape):
        return False
    # ``is_valid`` would silence warnings each time.
    return 2 * shape.area > LEAST_M * shape.length and bool(shapely.is_valid_reason(shape) == VALID)


@dataclass(frozen=True, eq=False)
class _Uncut:
    """A polygon of one row, of which nothing but a feature that holds all of it takes a share."""

    around: Around
    shape: BaseGeometry
    row: tuple[State, ...]

    @cached_property
    def area_m2(self) -> float:
        """Of a plain polygon; as faces are, on the grid of the arithmetic tolerance."""
        xy = np.rint(shapely.get_coordinates(self.shape) * GRID_OF_M) / GRID_OF_M
        return ring_area(xy, self.around.near.regions[0].crs)

    def located(self) -> Located:
        """The polygon as its only part."""
        whole = Later(lambda: _merged(_faces(self.shape, [])[0]))
        part = Part(shape=whole, row=self.row, area_m2=Later(lambda: self.area_m2))
        return Located((part,), LateMeasures(len(self.row), self.measure))

    def measure(self, at: int) -> Measure:
        """How a region stands for it."""
        overlap = NOTHING
        if self.around.held[at]:
            overlap = Overlap(self.area_m2, 1.0)
        return _measured(self.around, self.shape, at, self.row[at], overlap)


def _uncut(around: Around, shape: BaseGeometry) -> Located:
    """A plain polygon inside the study area in which no state changes: it is its only face."""
    row = tuple([State.CLEAR if one is None else one for one in around.still])
    return _Uncut(around, shape, row).located()


def _cut(around: Around, shape: BaseGeometry, area: BaseGeometry | None) -> Located:
    """A polygon cut along all lines on which a state may change, and the edge of the ``area``."""
    accuracy_m = around.accuracy_m
    regions = around.near.regions
    local = {at: around.local(at) for at in around.stirred}
    lines = [] if area is None else [shapes_array(shapely.get_parts(shapely.boundary(area)))]
    for at, region in local.items():
        lines += feature_edges(region, around.bounds, accuracy_m)
        if around.ground[at] is None:
            lines += coverage_edges(region, around.bounds, accuracy_m)
    faces, spots = _faces(shape, lines)
    sizes = ellipsoidal_areas(faces, regions[0].crs)
    inside = np.ones(len(faces), bool)
    if area is not None:
        inside = shapely.intersects_xy(area, spots)
    told: list[Said | None] = [None] * len(regions)
    states = np.full((len(faces), len(regions)), State.UNSEEN, np.uint8)
    states[inside] = [State.CLEAR if state is None else state for state in around.still]
    if local:
        ground = _ground(regions[0].crs, faces[inside], spots[inside], accuracy_m)
        for at, region in local.items():
            here = told[at] = _told(region, ground, around.ground[at])
            states[inside, at] = here.states
    states = spread(faces, states)
    found = _Cut(around, shape, states, told, sizes[inside], float(sizes.sum()))
    return Located(_parts(faces, states, sizes), LateMeasures(len(regions), found.measure))


@dataclass(frozen=True, eq=False)
class _Cut:
    """The faces of a polygon with the states of regions (n, regions), and what regions said.

    ``sizes`` are the ellipsoidal areas of those in the study area, ``total`` is that of all.
    """

    around: Around
    shape: BaseGeometry
    states: States
    told: Sequence[Said | None]
    sizes: NDArray[np.float64]
    total: float

    def measure(self, at: int) -> Measure:
        """How a region stands for the polygon."""
        column, told = self.states[:, at], self.told[at]
        if told is None and len(self.sizes) == len(column):
            # No face lies outside the area, and nothing changes the state in any.
            shared = self.total if self.around.held[at] else 0.0
            overlap = Overlap.of(shared, self.total)
            return _measured(self.around, self.shape, at, STATES[column[0]], overlap)
        if told is None:
            held = self.around.held[at] and len(self.sizes) > 0
            deep = held and self.around.near.regions[at].condition.within_m == 0
            told = Said(column, np.full(len(self.sizes), held), deep, False)
        overlap = Overlap.of(float(self.sizes[told.within].sum()), self.total, touch=told.touch)
        return _measured(self.around, self.shape, at, _whole_state(column, told), overlap)


def _measured(
    around: Around, shape: BaseGeometry, at: int, state: State, overlap: Overlap
) -> Measure:
    region = around.near.regions[at]
    find = lambda: reach(region, shape, around.accuracy_m, few=around.groups(at))  # noqa: E731
    return measure_of(region, find, state, overlap)


def _whole_state(column: States, told: Said) -> State:
    if told.deep:
        return State.HOLDS
    return State(int(column[np.argmax(STRENGTH[column])]))


def _faces(shape: BaseGeometry, lines: Sequence[Shapes]) -> tuple[Shapes, NDArray[np.float64]]:
    """The shape cut along lines, all where a state may change; and a place in each face, (n, 2)."""
    own = shapes_array(shapely.get_parts(shapely.boundary(shape)))
    cut = any(len(one) for one in lines)
    faces = faces_between(stretches([own, *lines], shape.bounds) if cut else own)
    spots = inner_points(faces)
    if cut or len(faces) != 1:
        shapely.prepare(shape)
        mine = shapely.intersects_xy(shape, spots)
        faces, spots = faces[mine], spots[mine]
    if abs(shapely.area(faces).sum() - shape.area) > WHOLE * shape.area + 1e-6 * shape.length:
        raise ArithmeticError("the parts of a shape do not add up to it")
    return shapes_array(faces), spots


def _ground(crs: CRS, faces: Shapes, xy: NDArray[np.float64], accuracy_m: float) -> Ground:
    spots = Spots.of(crs, xy)
    scale = float(spots.scale.mean()) if len(spots) else 1.0
    whole = Later(partial(shapely.coverage_union_all, faces))
    return Ground(
        shape=whole, faces=faces, spots=spots, scale=scale, accuracy_m=accuracy_m, crs=crs
    )


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
