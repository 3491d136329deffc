"""Shapes of DXF entities that are drawn straight; a closed line stays a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.proposals.factvalues import number_from

Group = tuple[int, str]
Place = tuple[float, float]

CLOSED, FITTED, MESH = 1, 2 | 4, 16 | 64
"""Flags of a polyline: closed, drawn as a curve, a surface."""
POLYLINE_PATH, LINE_EDGE = 2, 1
"""A hatch boundary that is a polyline; an edge of one that is a straight line."""
ODD_PARITY = 0
"""Hatch style where every second nested boundary is a hole."""


@dataclass(frozen=True)
class Entity:
    """One entity: its kind, its group codes with values, and the entities within it."""

    kind: str
    groups: tuple[Group, ...]
    parts: tuple[Entity, ...] = ()

    def text(self, code: int) -> str | None:
        """The first value of a code."""
        return next((value for at, value in self.groups if at == code), None)

    def whole(self, code: int, default: int = 0) -> int:
        """The first value of a code as a whole number. Raises ``ValueError``."""
        found = self.text(code)
        return default if found is None else int(found)


def dxf_shape(entity: Entity) -> BaseGeometry:
    """The shape of an entity, flat. Raises ``ValueError`` where it is curved, tilted or broken."""
    across = (_number(entity, 210, 0), _number(entity, 220, 0), _number(entity, 230, 1))
    if across != (0, 0, 1):
        raise ValueError("拉伸方向不是竖直 / it is drawn on a tilted or mirrored plane")
    return SHAPES[entity.kind](entity)


def _number(entity: Entity, code: int, default: float | None = None) -> float:
    found = entity.text(code)
    if found is None and default is not None:
        return default
    if found is None:
        raise ValueError(f"缺组码 {code} / group {code} is missing")
    return number_from(found)


def _corner(entity: Entity, code: int) -> Place:
    return _number(entity, code), _number(entity, code + 10)


def _point(entity: Entity) -> BaseGeometry:
    return shapely.Point(_corner(entity, 10))


def _line(entity: Entity) -> BaseGeometry:
    return shapely.LineString([_corner(entity, 10), _corner(entity, 11)])


def _light_polyline(entity: Entity) -> BaseGeometry:
    places = _places(entity.groups)
    if entity.text(90) is not None and entity.whole(90) != len(places):
        raise ValueError(
            f"载明 {entity.whole(90)} 个顶点，实有 {len(places)} / vertices are missing"
        )
    return _joined(places, entity.whole(70))


def _polyline(entity: Entity) -> BaseGeometry:
    flags = entity.whole(70)
    if flags & MESH:
        raise ValueError("网格 / it is a mesh")
    if flags & FITTED:
        raise ValueError("拟合曲线 / it is fitted to a curve")
    return _joined([place for one in entity.parts for place in _places(one.groups)], flags)


def _joined(places: list[Place], flags: int) -> BaseGeometry:
    if len(places) < 2:
        raise ValueError(f"线只有 {len(places)} 个顶点 / a line of {len(places)} vertices")
    return shapely.LineString([*places, places[0]] if flags & CLOSED else places)


def _places(groups: Sequence[Group]) -> list[Place]:
    """The vertices among group codes. Raises ``ValueError`` for arcs between them."""
    found: list[Place] = []
    x: float | None = None
    for code, value in groups:
        if code == 10:
            x = number_from(value)
        elif code == 20 and x is not None:
            found.append((x, number_from(value)))
            x = None
        elif code == 42 and number_from(value) != 0:
            raise ValueError("含圆弧段 / it has arcs")
    if x is not None:
        raise ValueError("坐标不成对 / half a coordinate")
    return found


def _solid(entity: Entity) -> BaseGeometry:
    last = 13 if entity.text(13) is not None else 12
    return shapely.Polygon([_corner(entity, code) for code in (10, 11, last, 12)])


def _hatch(entity: Entity) -> BaseGeometry:
    """The hatched area: one boundary, or boundaries of which every second nested one is a hole."""
    rings = _boundaries(entity)
    if len(rings) > 1 and entity.whole(75) != ODD_PARITY:
        raise ValueError("填充的孤岛样式不是“普通” / the island style of the hatch is not 'normal'")
    polygons = sorted((shapely.Polygon(one) for one in rings), key=lambda one: -one.area)
    if not all(one.is_valid and one.area > 0 for one in polygons):
        raise ValueError(
            "填充边界自交或无面积 / a boundary of the hatch crosses itself or has no area"
        )
    outer, holes = polygons[0], polygons[1:]
    for at, hole in enumerate(holes):
        alone = not any(one.intersects(hole) for one in holes[:at])
        if not (outer.contains_properly(hole) and alone):
            raise ValueError(
                "填充边界不是一个外环加洞 / the hatch is more than one ring with holes"
            )
    return shapely.Polygon(outer.exterior, [one.exterior for one in holes])


def _boundaries(entity: Entity) -> list[list[Place]]:
    """The rings of a hatch. Raises ``ValueError`` for edges that are curved or do not meet."""
    starts = [at for at, (code, _) in enumerate(entity.groups) if code == 92]
    end = next((at for at, (code, _) in enumerate(entity.groups) if code == 75), None)
    if not starts or end is None or entity.whole(91) != len(starts):
        raise ValueError("填充边界不完整 / the boundaries of the hatch are incomplete")
    return [
        _boundary(entity.groups[at:to]) for at, to in zip(starts, [*starts[1:], end], strict=True)
    ]


def _boundary(groups: Sequence[Group]) -> list[Place]:
    ends = next((at for at, (code, _) in enumerate(groups) if code == 97), len(groups))
    path = Entity("path", tuple(groups[:ends]))
    if path.whole(92) & POLYLINE_PATH:
        places = _places(path.groups)
        stated, held = path.whole(93), len(places)
    else:
        if any(code == 72 and int(value) != LINE_EDGE for code, value in path.groups):
            raise ValueError("含曲线边 / it has curved edges")
        edges = [(code, value) for code, value in path.groups if code in (10, 20)]
        others = [(code - 1, value) for code, value in path.groups if code in (11, 21)]
        places, ends_at = _places(edges), _places(others)
        if ends_at != [*places[1:], *places[:1]]:
            raise ValueError("边不首尾相接 / its edges do not meet")
        stated, held = path.whole(93), len(places)
    if stated != held or held < 3:
        raise ValueError(f"边界载明 {stated} 个顶点，实有 {held} / a boundary lacks vertices")
    return places


SHAPES: dict[str, Callable[[Entity], BaseGeometry]] = {
    "POINT": _point,
    "LINE": _line,
    "LWPOLYLINE": _light_polyline,
    "POLYLINE": _polyline,
    "SOLID": _solid,
    "HATCH": _hatch,
}
