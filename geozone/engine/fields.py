"""Regions as yes/no questions about bare coordinates, and the states that answers come to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import (
    TOLERANCE_M,
    Bounds,
    closed_m,
    outline,
    polygons_of,
    shapes_array,
    widened,
)
from geozone.engine.region import SCALE_SLACK, Group, Region
from geozone.engine.scalefit import ScaleFit, fitted
from geozone.engine.states import Mask, States, strongest
from geozone.land.shapes.flat import Flat
from geozone.law.state import State

Name = tuple[object, ...]

FEW_VERTICES = 20_000
"""Up to so many the plain libraries find the edge of a union sooner than kernels load."""

ROOM_M = 10_000.0
"""Around a ground the scale is fitted this far, or whole multiples of it where fields reach
farther: so it is the same whatever else is asked."""

AREA = 0
"""The field that says what lies in the study area."""


@dataclass(frozen=True, eq=False)
class Field:
    """Whether a place lies within so many ground metres of shapes, the limit included.

    ``reach_m`` holds the tolerance of arithmetic already. Of a ``solid`` field rings count
    with their inside, overlapping ones as their union; else only lines and the rings themselves.
    Around the ends of lines that are ``blunt`` (m, 2) nobody asks.
    """

    flat: Flat
    reach_m: float
    solid: bool
    blunt: Mask | None = None


def scale_over(crs: CRS, bounds: Bounds, fields: Sequence[Field]) -> ScaleFit:
    """The projection's scale over bounds, and around them as far as fields reach.

    Raises ``ArithmeticError`` where that is too far for the projection.
    """
    return fitted(crs, _roomy(bounds, max((one.reach_m for one in fields), default=0.0)))


def _roomy(bounds: Bounds, reach_m: float) -> Bounds:
    return widened(bounds, max(math.ceil(reach_m * SCALE_SLACK / ROOM_M), 1) * ROOM_M)


@dataclass(frozen=True)
class GroupBits:
    """Fields of a group: near, held and holding; with ``rim``, what holds is not within it."""

    near: int
    held: int
    holds: int
    rim: int | None = None


@dataclass(frozen=True)
class RegionBits:
    """Fields of a region. Without ``seen``, ``always`` tells the ground that nothing is near."""

    groups: tuple[GroupBits, ...]
    maybe: tuple[int, ...]
    seen: int | None
    rim: int | None
    always: State = State.UNSEEN


@dataclass(frozen=True, eq=False)
class Asked:
    """All fields that regions need, each asked once; field ``AREA`` is the study area."""

    fields: tuple[Field, ...]
    regions: tuple[RegionBits, ...]

    def states(self, bits: Mask) -> States:
        """The states of the regions, shape (k, regions), for answers of shape (k, fields)."""
        found = [_states(bits, one) for one in self.regions]
        return np.column_stack(found) if found else np.zeros((len(bits), 0), np.uint8)


def _states(bits: Mask, region: RegionBits) -> States:
    found = _background(bits, region)
    for group in region.groups:
        said = np.zeros(len(bits), np.uint8)
        said[bits[:, group.near]] = State.NEAR_OUTSIDE
        said[bits[:, group.held]] = State.NEAR_INSIDE
        holds = bits[:, group.holds]
        said[holds if group.rim is None else holds & ~bits[:, group.rim]] = State.HOLDS
        found = strongest(found, said)
    return found


def _background(bits: Mask, region: RegionBits) -> States:
    clear = np.full(len(bits), region.always is State.CLEAR)
    if region.seen is not None:
        clear = bits[:, region.seen]
    if region.rim is not None:
        clear = clear & ~bits[:, region.rim]
    for one in region.maybe:
        clear = clear & ~bits[:, one]
    return np.where(clear, np.uint8(State.CLEAR), np.uint8(State.UNSEEN))


@dataclass(frozen=True)
class Making:
    """How fields are made ready: threads, and the folder where what takes long is kept."""

    jobs: int = 1
    keep: Path | None = None


def asked(regions: Iterable[Region], area: BaseGeometry, how: Making | None = None) -> Asked:
    """The fields of regions over a study area, for places that are themselves exactly known.

    Places outside the area are never asked for, so coverage that reaches beyond it asks nothing.
    """
    given = tuple(regions)  # kept whole: names of fields rest on what is in memory
    fields = _Fields(given[0].crs if given else None, area, how or Making())
    fields.shape(area, TOLERANCE_M)
    told = tuple(_region(fields, region, area) for region in given)
    return Asked(tuple(fields.found), told)


class _Fields:
    """The fields as they are found, each once."""

    def __init__(self, crs: CRS | None, area: BaseGeometry, how: Making) -> None:
        self.crs, self.how, self.bounds = crs, how, area.bounds
        middle = area.envelope.centroid
        self.closed_m = closed_m(crs, middle.x, middle.y) if crs and not area.is_empty else 0.0
        self.found: list[Field] = []
        self._place: dict[tuple[Name, float, bool], int] = {}
        self._flats: dict[Name, Flat] = {}

    def of(self, name: Name, make: Callable[[], Flat], reach_m: float, *, solid: bool) -> int:
        """The number of a field of named coordinates."""
        key = (name, reach_m, solid)
        if key not in self._place:
            if name not in self._flats:
                self._flats[name] = make()
            self._place[key] = len(self.found)
            self.found.append(Field(self._flats[name], reach_m, solid))
        return self._place[key]

    def shape(self, shape: BaseGeometry, reach_m: float, *, solid: bool = True) -> int:
        """The number of a field of one shape."""
        name = ("shape", bytes(shapely.to_wkb(shape)))
        return self.of(name, lambda: Flat.of(shapes_array([shape])), reach_m, solid=solid)


def _name(what: str, group: Group) -> Name:
    """What tells the shapes of groups apart; regions, and so their layers, outlive the names."""
    return (what, *((id(one.layer), getattr(one, what).tobytes()) for one in group.parts))


def _region(fields: _Fields, region: Region, area: BaseGeometry) -> RegionBits:
    within_m = region.condition.within_m
    groups = [one for one in region.groups if one.certain_count]
    unknown = [one for one in region.groups if one.maybe_count]
    told = tuple(_group(fields, one, within_m) for one in groups)
    maybe = tuple(_maybe(fields, one, one.limits(within_m, 0.0).near) for one in unknown)
    return _covered(fields, region, area, RegionBits(told, maybe, None, None))


def _maybe(fields: _Fields, group: Group, metres: float) -> int:
    name = _name("maybe", group)
    return fields.of(name, lambda: group.maybe_flat, metres + TOLERANCE_M, solid=True)


def _covered(fields: _Fields, region: Region, area: BaseGeometry, bare: RegionBits) -> RegionBits:
    """The region with what its coverage asks, which is nothing where it covers all or nothing."""
    clearance = region.clearance_m(0.0)
    reach = max(clearance - TOLERANCE_M, 0.0)
    needed: Bounds = widened(area.bounds, clearance * SCALE_SLACK + 1.0)
    if shapely.is_empty(region.seen):
        return bare
    if shapely.covers(region.seen, shapely.box(*needed)):
        return RegionBits(bare.groups, bare.maybe, None, None, State.CLEAR)
    seen = fields.shape(region.seen, TOLERANCE_M)
    rim = fields.shape(region.seen, reach, solid=False) if reach > 0 else None
    return RegionBits(bare.groups, bare.maybe, seen, rim)


def _group(fields: _Fields, group: Group, within_m: float) -> GroupBits:
    name = _name("certain", group)

    def within(metres: float) -> int:
        return fields.of(name, lambda: group.flat, metres + TOLERANCE_M, solid=True)

    limits = group.limits(within_m, 0.0)
    near, held = within(limits.near), within(limits.held)
    if limits.holds >= 0:
        return GroupBits(near, held, within(limits.holds))
    inside = fields.of(("rings", *name), lambda: group.flat.rings, TOLERANCE_M, solid=True)
    depth = -limits.holds + fields.closed_m - TOLERANCE_M
    rim = fields.of(("edge", *name), lambda: _edge(group, fields), depth, solid=False)
    return GroupBits(near, held, inside, rim)


def _edge(group: Group, fields: _Fields) -> Flat:
    """The edge of the union of a group's polygons, grown as ``outline`` says.

    Of many polygons only what comes as near to the area as their accuracy, which no depth exceeds.
    """
    rings, how = group.flat.rings, fields.how
    if len(rings.xy) <= FEW_VERTICES or fields.crs is None:
        return Flat.of(outline(polygons_of(group.shapes)))
    from geozone.engine.outlines.merging import union_edge  # noqa: PLC0415 - kernels load slowly

    scale = fitted(fields.crs, _roomy(fields.bounds, group.accuracy_m + fields.closed_m))
    return union_edge(rings, fields.closed_m, scale, jobs=how.jobs, keep=how.keep)
