"""What is said of a proposal on the ground: its parts by evidence row, its measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

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
    area_m2: float


@dataclass(frozen=True, eq=False)
class Located:
    """The parts of a shape, by row, and one measure per region. A point is one part."""

    parts: tuple[Part, ...]
    measures: Sequence[Measure]


@dataclass(frozen=True)
class Overlap:
    """The ellipsoidal area that a polygon of ``total`` square metres has within a limit.

    ``touch``: the polygon and the features only touch.
    """

    area_m2: float
    total: float
    touch: bool

    @property
    def share(self) -> float | None:
        """Its part of the polygon; ``None`` of one without area."""
        return self.area_m2 / self.total if self.total else None


def measure_of(
    region: Region, find: Callable[[], Reach], state: State, overlap: Overlap | None = None
) -> Measure:
    """How a region stands for a shape of a known state; ``find`` measures distances, once."""
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
        overlap_m2=None if overlap is None else overlap.area_m2,
        share=None if overlap is None else overlap.share,
        cause=_cause(region, state, touch=overlap is not None and overlap.touch),
    )


def _cause(region: Region, state: State, *, touch: bool) -> Cause | None:
    if state is State.UNSEEN:
        return region.cause
    if state in (State.NEAR_INSIDE, State.NEAR_OUTSIDE):
        return Cause.TOUCH_ONLY if touch else Cause.WITHIN_ACCURACY
    return None
