"""Repairs: what was changed of a layer's shapes, on which of them, and that no area changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.placing import place
from geozone.land.problems import SHOWN

Shapes = NDArray[np.object_]

NAMES = {
    "closed rings": "闭合的环",
    "dropped Z or M": "去除高程或量测值",
    "repeated vertices": "去除重复点",
    "zero-width spikes": "去除零宽尖刺",
}


@dataclass(frozen=True)
class Repair:
    """One kind of repair: how many features had it, the first of them, and their area.

    Areas are planar, in square metres of the working CRS, of all these features together.
    """

    what: str
    count: int
    features: tuple[str, ...]
    area_before_m2: float
    area_after_m2: float

    def __str__(self) -> str:
        shown = ", ".join(self.features) + (" …" if self.count > len(self.features) else "")
        return (
            f"{NAMES.get(self.what, self.what)} / {self.what}: {self.count} ({shown}); "
            f"{self.area_before_m2:.3f} -> {self.area_after_m2:.3f} m²"
        )

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The repair as JSON values; areas to the square millimetre."""
        return {
            "what": self.what,
            "count": self.count,
            "features": list(self.features),
            "area_before_m2": round(self.area_before_m2, 6),
            "area_after_m2": round(self.area_after_m2, 6),
        }


@dataclass(frozen=True, eq=False)
class Mend:
    """Shapes (n,) before and after one kind of repair, in the CRS of their file."""

    what: str
    names: tuple[str, ...]
    before: Shapes
    after: Shapes

    def repair(self, operation: Operation) -> Repair:
        """The repair with its areas in the target of the operation; what lies beyond counts 0."""
        return Repair(
            self.what,
            len(self.names),
            self.names[:SHOWN],
            _planar_m2(self.before, operation),
            _planar_m2(self.after, operation),
        )


def _planar_m2(shapes: Shapes, operation: Operation) -> float:
    placed = place(shapely.force_2d(shapes), operation)
    return float(shapely.area(placed.shapes[placed.there]).sum())


def joined_repairs(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """The repairs of several files as those of one layer, sorted by their kind."""
    found: dict[str, list[Repair]] = {}
    for one in repairs:
        found.setdefault(one.what, []).append(one)
    return tuple(_sum(found[what]) for what in sorted(found))


def _sum(alike: list[Repair]) -> Repair:
    return Repair(
        alike[0].what,
        sum(one.count for one in alike),
        tuple(name for one in alike for name in one.features)[:SHOWN],
        sum(one.area_before_m2 for one in alike),
        sum(one.area_after_m2 for one in alike),
    )
