"""The coverages of regions, each asked once for all that share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.engine.outline import Bounds, widened
from geozone.engine.region import Region
from geozone.law.state import State


@dataclass(frozen=True, eq=False)
class Cover:
    """A coverage that regions share."""

    seen: BaseGeometry
    regions: list[int]


def covers_of(regions: Sequence[Region]) -> list[Cover]:
    """The distinct coverages of regions that see any ground."""
    found: list[Cover] = []
    for at, region in enumerate(regions):
        if not region.seen.is_empty:
            same = (one for one in found if shapely.equals_identical(one.seen, region.seen))
            cover = next(same, None)
            if cover is None:
                found.append(cover := Cover(region.seen, []))
            cover.regions.append(at)
    return found


def said_by(seen: BaseGeometry, bounds: Bounds, reach: float) -> State | None:
    """What a coverage says of a window all over, if it says one thing."""
    window = shapely.box(*widened(bounds, reach))
    if shapely.covers(seen, window):
        return State.CLEAR
    return None if shapely.intersects(seen, window) else State.UNSEEN
