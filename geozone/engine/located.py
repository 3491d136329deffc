"""What is said of a proposal on the ground: its parts by evidence row, its measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from shapely.geometry.base import BaseGeometry

from geozone.engine.measure import Measure, Reach
from geozone.engine.region import Region
from geozone.land.layers.later import Deferred, Later
from geozone.law.evidence import Row
from geozone.law.judgement import Cause
from geozone.law.state import State


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Ground of one evidence row: its shape in the working CRS and ellipsoidal area."""

    shape: Deferred[BaseGeometry] = Deferred()  # noqa: RUF009 - a descriptor
    row: Row
    area_m2: Deferred[float] = Deferred()  # noqa: RUF009 - a descriptor


@dataclass(frozen=True, eq=False)
class Located:
    """The parts of a shape, by row, and one measure per region. A point is one part."""

    parts: tuple[Part, ...]
    measures: Sequence[Measure]


class Overlap(NamedTuple):
    """The ellipsoidal area that a polygon has within a limit, and its share of the polygon.

    ``touch``: the polygon and the features only touch. ``None`` of a point, and the share of a
    polygon without area.
    """

    area_m2: float | None
    share: float | None
    touch: bool = False

    @classmethod
    def of(cls, area_m2: float, total: float, *, touch: bool = False) -> Overlap:
        """The area of a polygon of ``total`` square metres."""
        return cls(area_m2, area_m2 / total if total else None, touch)


OF_POINT = Overlap(None, None)
NOTHING = Overlap(0.0, 0.0)


class _Reached(Later[Any]):  # a value for each of several fields
    """What lies near a shape, measured once, when one of its fields is first asked for."""

    __slots__ = ("_told", "_within_m")

    def __init__(self, find: Callable[[], Reach], within_m: float) -> None:
        self.build = find
        self._within_m = within_m
        self._told: Reach | None = None

    def of(self, field: str) -> Any:  # as the field
        """The value of a field of ``Measure``."""
        if self._told is None:
            self._told = self.build()
        if field != "margin_m":
            return getattr(self._told, field)
        distance_m = self._told.distance_m
        return None if distance_m is None else distance_m - self._within_m


def measure_of(
    region: Region, find: Callable[[], Reach], state: State, overlap: Overlap = OF_POINT
) -> Measure:
    """How a region stands for a shape of a known state; ``find`` measures distances, once."""
    # What ``Measure`` makes of them, without a call for each field: of a parcel come many.
    measure = Measure.__new__(Measure)
    told = vars(measure)
    told["condition"], told["state"] = region.condition, state
    found = _Reached(find, region.condition.within_m)
    told["distance_m"] = told["margin_m"] = told["features"] = told["nearest"] = found
    told["overlap_m2"], told["share"], touch = overlap
    plain = state is State.CLEAR or state is State.HOLDS  # as most are
    told["cause"] = None if plain else _cause(region, state, touch=touch)
    return measure


def _cause(region: Region, state: State, *, touch: bool) -> Cause:
    """Why a state is not certain."""
    if state == State.UNSEEN:
        return region.cause
    return Cause.TOUCH_ONLY if touch else Cause.WITHIN_ACCURACY
