"""Writing 界址点 TXT: one normal form, whatever the parcels came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.faults import Faults
from geozone.land.survey.zones import Zone

FORBIDDEN = re.compile(r"[,，@＠\x00-\x1f\x7f\ufeff]")
END = "\r\n"
Corner = tuple[int, int]
"""A corner in whole millimetres, east and north: sums of them are exact."""


@dataclass(frozen=True, eq=False)
class Lot:
    """A parcel to be written; ``shape`` in metres of the zone with its prefix."""

    id: str
    shape: BaseGeometry
    name: str = ""
    sheet: str = ""
    use: str = ""
    land_class: str = ""


@dataclass(frozen=True)
class Heading:
    """What the header says beside the zone: who made the data, and on which day."""

    maker: str = ""
    made_on: str = ""


@dataclass(frozen=True)
class Written:
    """The text, and the planar area of each parcel in square metres as its corners give it."""

    text: str
    areas_m2: tuple[Decimal, ...]


def write_txt(lots: Sequence[Lot], zone: Zone, heading: Heading, faults: Faults) -> Written:
    """The parcels as 界址点 TXT: corners to the millimetre, rings closed.

    Outer rings run clockwise, holes counter-clockwise, each from its north-west corner; corners
    are numbered through all rings of a parcel; areas are planar hectares. What cannot be
    written is a fault.
    """
    parcels = [_parcel(lot, faults.at(lot.id or "?")) for lot in lots]
    for name, text in (("数据产生单位", heading.maker), ("数据产生日期", heading.made_on)):
        _check_text(name, text, faults)
    lines = [*_header(zone, heading), *(line for one, _ in parcels for line in one)]
    return Written(END.join([*lines, ""]), tuple(area for _, area in parcels))


def encoded(text: str, encoding: str, faults: Faults) -> bytes:
    """The text as bytes; a character that the encoding lacks is a fault that names it."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        lacking = sorted({one for one in text if not _has(encoding, one)})
        shown = ", ".join(f"{one} (U+{ord(one):04X})" for one in lacking)
        faults.at("--encoding").add(
            f"{error.encoding} 没有字符 / has no character: {shown}", "--encoding gb18030"
        )
        return b""


def _has(encoding: str, character: str) -> bool:
    try:
        return bool(character.encode(encoding))
    except UnicodeEncodeError:
        return False


def _header(zone: Zone, heading: Heading) -> list[str]:
    return [
        "[属性描述]",
        "格式版本号=1.01版本",
        f"数据产生单位={heading.maker}",
        f"数据产生日期={heading.made_on}",
        "坐标系=2000国家大地坐标系",
        f"几度分带={zone.width}",
        "投影类型=高斯克吕格",
        "计量单位=米",
        f"带号={zone.number}",
        "精度=0.001",
        "转换参数=0,0,0,0,0,0,0",
        "[地块坐标]",
    ]


def _parcel(lot: Lot, faults: Faults) -> tuple[list[str], Decimal]:
    """The lines of a parcel and its area in square metres."""
    texts = (lot.id, lot.name, lot.sheet, lot.use, lot.land_class)
    for name, text in zip(("id", "name", "图幅号", "地块用途", "地类编码"), texts, strict=True):
        _check_text(name, text, faults)
    polygons = sorted(map(_rings, shapely.get_parts(lot.shape)), key=lambda one: _order(one[0]))
    rings = [ring for polygon in polygons for ring in polygon]
    _check_rings(polygons, faults)
    area = sum((_area_m2(ring) for ring in rings), Decimal(0))
    points, number = [], 0
    for at, ring in enumerate(rings, 1):
        names = [f"J{number + i}" for i in range(1, len(ring) + 1)]
        closed = zip([*names, *names[:1]], [*ring, *ring[:1]], strict=True)
        points += [f"{name},{at},{_metres(y)},{_metres(x)}" for name, (x, y) in closed]
        number += len(ring)
    head = f"{len(points)},{_hectares(area)},{lot.id},{lot.name},面,{lot.sheet},{lot.use}"
    return [f"{head},{lot.land_class},@", *points], area


def _rings(polygon: shapely.Polygon) -> list[list[Corner]]:
    """The outer ring, then the holes from the north-west, as corners without the closing one."""
    holes = [_normal(one, clockwise=False) for one in polygon.interiors]
    return [_normal(polygon.exterior, clockwise=True), *sorted(holes, key=_order)]


def _normal(ring: BaseGeometry, *, clockwise: bool) -> list[Corner]:
    """The corners in millimetres without repetition, in the wanted turn, north-west first."""
    whole = [(round(x * 1000), round(y * 1000)) for x, y in shapely.get_coordinates(ring)[:-1]]
    corners = [one for i, one in enumerate(whole) if one != whole[i - 1]] or whole[:1]
    if (_twice_area(corners) < 0) is not clockwise:
        corners.reverse()
    west, north = min(x for x, _ in corners), max(y for _, y in corners)
    start = min(
        range(len(corners)),
        key=lambda at: ((corners[at][0] - west) ** 2 + (north - corners[at][1]) ** 2, corners[at]),
    )
    return [*corners[start:], *corners[:start]]


def _order(ring: Sequence[Corner]) -> tuple[int, int]:
    """From north to south, then from west to east, by the first corner."""
    return (-ring[0][1], ring[0][0])


def _twice_area(corners: Sequence[Corner]) -> int:
    """Twice the area in square millimetres; negative for clockwise corners."""
    following = [*corners[1:], *corners[:1]]
    return sum(x * v - u * y for (x, y), (u, v) in zip(corners, following, strict=True))


def _area_m2(corners: Sequence[Corner]) -> Decimal:
    """The area of an outer ring; of a hole less than nought."""
    return Decimal(-_twice_area(corners)) / 2 / 10**6


def _check_rings(polygons: Iterable[Sequence[Sequence[Corner]]], faults: Faults) -> None:
    """What the millimetre makes of the shape must still be one."""
    made = [shapely.Polygon(one[0], one[1:]) for one in polygons if all(len(r) > 2 for r in one)]
    whole = shapely.MultiPolygon(made) if made else None
    if whole is None or len(made) < len(list(polygons)) or not whole.is_valid:
        faults.add(
            "取整到毫米后图形无效 / to the millimetre the shape is no longer valid",
            "改正细小部分 / correct its smallest parts",
        )


def _check_text(name: str, text: str, faults: Faults) -> None:
    found = FORBIDDEN.findall(text)
    if found:
        shown = ", ".join(f"U+{ord(one):04X}" for one in sorted(set(found)))
        faults.at(name).add(
            f"含此格式不能写的字符 / characters that the format cannot hold: {shown}",
            "改名 / rename it",
        )


def _metres(value: int) -> str:
    return f"{value // 1000}.{value % 1000:03d}"


def _hectares(area_m2: Decimal) -> str:
    return str((area_m2 / 10_000).quantize(Decimal("0.0001"), ROUND_HALF_UP))
