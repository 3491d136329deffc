"""Finding places of interest on the finished ground: clear, inside something, at a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from sample_ground.base import Base
from sample_ground.shapes import Place, blob
from sample_ground.sheet import Sheet

PROTECTED = (
    "permanent_basic_farmland",
    "ecological_redline",
    "scenic_area",
    "drinking_water_zone",
    "river_lake_management",
    "geoheritage",
    "cultural_relic",
    "protected_area",
    "spring_zone",
    "forbidden_abstraction_zone",
    "abstraction_prohibited_scope",
)
EARTH = Geod(ellps="GRS80")
ROOM_M = 60.0
REACH_M = 15_000.0


@dataclass(frozen=True, eq=False)
class Siting:
    """The ground of a project by theme, in metres."""

    base: Base
    themes: Mapping[str, BaseGeometry]

    def avoided(self, themes: Sequence[str], window: BaseGeometry, room_m: float) -> BaseGeometry:
        """What lies in the window of several themes, with room, and 500 m beside traffic lines."""
        rooms = {name: room_m for name in themes if name in self.themes}
        rooms |= {"railway": 500.0, "expressway": 500.0}
        return shapely.union_all(
            [self.themes[name].intersection(window).buffer(room) for name, room in rooms.items()]
        )

    def spot(
        self,
        near: Place,
        *,
        inside: Sequence[str] = (),
        within: BaseGeometry | None = None,
        also: Sequence[str] = (),
        room_m: float = ROOM_M,
    ) -> Point:
        """The place nearest to ``near`` that is clear of protected ground, ``also`` and lines.

        ``inside`` names themes in which it must lie; those do not count as protected.
        """
        avoid = [name for name in (*PROTECTED, *also) if name not in inside]
        window = self.base.point(*near).buffer(REACH_M, quad_segs=1)
        ground = (self.base.area.buffer(-3000) if within is None else within) & window
        for name in inside:
            ground = ground.intersection(self.themes[name])
        ground = (ground - self.avoided(avoid, window, room_m)).buffer(-room_m)
        if ground.is_empty:
            raise ValueError(f"no such spot near {near}")
        return nearest_points(ground, self.base.point(*near))[0]

    def beside(self, theme: str, near: Place, distance_m: float, *, away_from: str) -> Point:
        """A clear place at exactly this ground distance from the lines of a theme."""
        lines = self.themes[theme]
        avoid = [name for name in PROTECTED if name in self.themes]
        closed = shapely.union_all([self.themes[name].buffer(ROOM_M) for name in avoid])
        closed = closed | self.themes[away_from].buffer(600)
        places = [
            place
            for part in shapely.get_parts(lines)
            for place in self._offsets(part, distance_m)
            if not closed.contains(place) and self.base.area.buffer(-3000).contains(place)
            and abs(lines.distance(place) - distance_m) < 0.002 * distance_m
        ]  # fmt: skip
        return min(places, key=lambda place: place.distance(self.base.point(*near)))

    def _offsets(self, line: BaseGeometry, distance_m: float) -> list[Point]:
        found = []
        for at in np.arange(500, line.length - 500, 500):
            foot, ahead = line.interpolate(at), line.interpolate(at + 1)
            if foot.equals(ahead):
                continue
            feet = shapely.get_coordinates(self.base.frame.degrees(shapely.union(foot, ahead)))
            azimuth = EARTH.inv(*feet[0], *feet[1])[0]
            for turn in (-90, 90):
                lon, lat, _ = EARTH.fwd(feet[0][0], feet[0][1], azimuth + turn, distance_m)
                found.append(self.base.point(lon, lat))
        return found

    def block(self, name: str, middle: Point, radius_m: float) -> Polygon:
        """A block of irregular shape about a middle."""
        return blob(middle, radius_m, self.base.chance(f"block/{name}"), corners=7)


def siting_of(base: Base, sheets: Sequence[Sheet]) -> Siting:
    """The themes of the sheets as unions; snapshots that ended before others are all counted."""
    names = dict.fromkeys(sheet.theme for sheet in sheets)
    return Siting(
        base,
        {
            name: shapely.union_all([sheet.union() for sheet in sheets if sheet.theme == name])
            for name in names
        },
    )
