"""Reading 界址点 TXT, the boundary-point text of land surveys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.factvalues import number_from
from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.rows import Row, RowFile

PREFIX_M = 1_000_000
THREE = {zone: (4488 + zone, 4534 + zone - 25) for zone in range(25, 46)}
SIX = {zone: (4491 + zone - 13, 4502 + zone - 13) for zone in range(13, 24)}
ZONES = {"3": THREE, "6": SIX}
"""EPSG codes of CGCS2000 zones, with prefix and without, by width in degrees and zone."""
DATUM = re.compile(r"2000国家大地坐标系|国家2000|CGCS2000|China Geodetic.*2000", re.IGNORECASE)
PROJECTIONS = ("高斯克吕格", "高斯-克吕格", "高斯—克吕格", "高斯·克吕格")
SECTION = re.compile(r"[\[【]\s*(.+?)\s*[\]】]")
AREA_TOLERANCE = 0.005
SURFACE, POINT = "面", "点"


@dataclass(frozen=True)
class Point:
    """A boundary point: its ring, x north and y east in metres, and its line in the file."""

    name: str
    ring: int
    x_north: float
    y_east: float
    line: int


@dataclass(frozen=True)
class Parcel:
    """A parcel being read: the cells of its head line, then its points."""

    line: int
    head: list[str]
    points: list[Point] = field(default_factory=list)

    def cell(self, at: int) -> str:
        """A cell of the head line; empty where the line is short."""
        return self.head[at].strip() if at < len(self.head) else ""

    @property
    def id(self) -> str:
        """地块编号."""
        return self.cell(2)


def read_txt(path: Path, faults: Faults) -> RowFile:
    """The parcels of a 界址点 TXT; its header states the CRS. Raises ``UnreadableError``."""
    try:
        text, encoding = decode(path.read_bytes())
    except ValueError as error:
        raise UnreadableError(str(error), "另存为 GB18030 或 UTF-8 / save it again") from error
    notes = [] if encoding == "utf-8-sig" else ["按 GB18030 读取 / read as GB18030"]
    header, parcels = _parse(text, faults)
    crs = _crs(header, parcels, faults)
    rows = [_row(parcel, crs, faults.file, notes) for parcel in parcels]
    return RowFile(("id", "name"), tuple(rows), tuple(notes))


def is_boundary_text(path: Path) -> bool:
    """Whether a text file holds boundary points rather than a table."""
    try:
        text, _ = decode(path.read_bytes())
    except ValueError:
        return False
    return "地块坐标" in text


def _parse(text: str, faults: Faults) -> tuple[dict[str, str], list[Parcel]]:
    """The header's entries and the parcels; lines that fit neither are faults."""
    header: dict[str, str] = {}
    parcels: list[Parcel] = []
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        found = SECTION.fullmatch(line)
        if found:
            section = found.group(1)
        elif line and section == "属性描述":
            name, _, value = line.replace("＝", "=").partition("=")
            header[name.strip()] = value.strip()
        elif line:
            _take(line, number, parcels, faults.at(f"line {number}"))
    return header, parcels


def _take(line: str, number: int, parcels: list[Parcel], faults: Faults) -> None:
    """One line of the coordinates: a parcel's head, or a point of the parcel before it."""
    if "，" in line:
        faults.add("全角逗号 / full-width comma", "改为半角 / write a half-width comma")
        return
    cells = line.split(",")
    if cells[-1].strip() == "@":
        parcels.append(Parcel(number, cells[:-1]))
        return
    if not parcels or len(cells) != 4:
        faults.add(
            f"既非地块行（以 ,@ 结尾）也非界址点行 / neither a parcel line (ending in ,@) nor a "
            f"point line: {line!r}",
            "点号,圈号,X(北),Y(东)",
        )
        return
    try:
        ring = int(number_from(cells[1]))
        parcels[-1].points.append(
            Point(cells[0].strip(), ring, number_from(cells[2]), number_from(cells[3]), number)
        )
    except ValueError as error:
        faults.add(str(error), "点号,圈号,X(北),Y(东)")


def _crs(header: Mapping[str, str], parcels: Sequence[Parcel], faults: Faults) -> CRS | None:
    """The CRS that header and prefix state together; ``None`` with faults."""
    before = len(faults.found)
    _check_header(header, faults)
    points = [point for parcel in parcels for point in parcel.points]
    if not points:
        faults.add("没有界址点 / there are no boundary points", "检查文件 / check the file")
    if any(point.x_north >= PREFIX_M * 13 for point in points):
        faults.add(
            "X（北）与 Y（东）颠倒 / X (north) and Y (east) are swapped", "对调两列 / swap them"
        )
    if len(faults.found) > before:
        return None
    prefixes = {int(point.y_east // PREFIX_M) for point in points}
    zone, width = header.get("带号", ""), header.get("几度分带", "").removesuffix("度")
    here = faults.at("带号")
    if len(prefixes) != 1:
        here.add(
            f"Y 带号前缀不一 / Y prefixes differ: {sorted(prefixes)}", "分成多个文件 / split it"
        )
        return None
    prefix = prefixes.pop()
    if not prefix and not zone:
        here.add("Y 无带号前缀，也没有带号 / Y has no prefix and 带号 is missing", "带号=38")
        return None
    if prefix and zone and zone != str(prefix):
        here.add(
            f"带号 {zone} 与 Y 前缀 {prefix} 不符 / 带号 and prefix differ", "核对 / check them"
        )
        return None
    return _zone_crs(str(prefix or zone), width, bool(prefix), faults)


def _zone_crs(zone: str, width: str, prefixed: bool, faults: Faults) -> CRS | None:
    number = int(zone) if zone.isascii() and zone.isdigit() else 0
    found = [name for name, zones in ZONES.items() if number in zones]
    if not found or (width and width != found[0]):
        faults.at("几度分带").add(
            f"带号 {zone} 与几度分带 {width or '?'} 不符 / "
            f"zone {zone} is none of {width or '?'} degrees",
            "三度带 25–45，六度带 13–23 / 3 degrees: 25-45, 6 degrees: 13-23",
        )
        return None
    return CRS.from_epsg(ZONES[found[0]][number][0 if prefixed else 1])


def _check_header(header: Mapping[str, str], faults: Faults) -> None:
    datum = header.get("坐标系", "")
    if not DATUM.search(datum):
        faults.at("坐标系").add(
            f"坐标系应为 2000国家大地坐标系 / the datum must be CGCS2000: {datum or '?'}",
            "转换到 CGCS2000 / convert it to CGCS2000",
        )
    projection = header.get("投影类型", "")
    if projection and projection not in PROJECTIONS:
        faults.at("投影类型").add(f"不支持 / not read: {projection}", "高斯克吕格")
    unit = header.get("计量单位", "")
    if unit and unit not in ("米", "m"):
        faults.at("计量单位").add(f"不支持 / not read: {unit}", "米")


def _row(parcel: Parcel, crs: CRS | None, file: str, notes: list[str]) -> Row:
    faults = Faults(file, f"{parcel.id or '?'} (line {parcel.line})")
    cells = {"id": parcel.id, "name": parcel.cell(3)}
    shape = _shape(parcel, faults, notes)
    if shape is not None and crs is not None:
        _check_area(parcel, shape, faults)
    return Row({name: text for name, text in cells.items() if text}, faults, shape, crs)


def _shape(parcel: Parcel, faults: Faults, notes: list[str]) -> BaseGeometry | None:
    kind = parcel.cell(4)
    if kind == POINT and len(parcel.points) == 1:
        return shapely.Point(parcel.points[0].y_east, parcel.points[0].x_north)
    if kind not in (SURFACE, ""):
        faults.add(f"不支持的图形属性 / kind is not read: {kind!r}", "面")
        return None
    rings: dict[int, list[Point]] = {}
    for point in parcel.points:
        rings.setdefault(point.ring, []).append(point)
    closed = {ring: _closed(parcel, ring, points, notes) for ring, points in rings.items()}
    if not rings or any(len(points) < 4 for points in closed.values()):
        faults.add(
            "圈的点数不足 / a ring has too few points", "至少 3 个界址点 / 3 points at least"
        )
        return None
    _check_count(parcel, closed, faults)
    return _assembled(parcel, closed, notes, faults)


def _closed(
    parcel: Parcel, ring: int, points: list[Point], notes: list[str]
) -> list[tuple[float, float]]:
    """A ring's vertices, x east and y north, closed; said where the file left it open."""
    found = [(point.y_east, point.x_north) for point in points]
    if found[0] != found[-1]:
        notes.append(f"{parcel.id}: 圈 {ring} 未闭合，已闭合 / ring {ring} was open, closed")
        found.append(found[0])
    return found


def _check_count(
    parcel: Parcel, rings: Mapping[int, Sequence[tuple[float, float]]], faults: Faults
) -> None:
    """The stated count may include the closing points or not."""
    stated, distinct = parcel.cell(0), sum(len(one) - 1 for one in rings.values())
    if stated and stated not in {
        str(distinct),
        str(distinct + len(rings)),
        str(len(parcel.points)),
    }:
        faults.add(
            f"界址点数 {stated}，读到 {len(parcel.points)} / {stated} points stated, "
            f"{len(parcel.points)} read",
            "核对点数 / check the points",
        )


def _assembled(
    parcel: Parcel,
    rings: Mapping[int, Sequence[tuple[float, float]]],
    notes: list[str],
    faults: Faults,
) -> BaseGeometry | None:
    """Rings inside an earlier one are its holes; others are parts of their own."""
    parts: list[tuple[Sequence[tuple[float, float]], list[Sequence[tuple[float, float]]]]] = []
    for ring in sorted(rings):
        face = shapely.Polygon(rings[ring])
        if not face.is_valid:
            reason = shapely.is_valid_reason(face)
            faults.add(f"圈 {ring} 无效 / ring {ring} is invalid: {reason}", "改正 / correct it")
            return None
        home = next((one for one in parts if shapely.Polygon(one[0]).covers(face)), None)
        if home is not None:
            home[1].append(rings[ring])
            continue
        if parts:
            notes.append(f"{parcel.id}: 圈 {ring} 在外，作为另一部分 / ring {ring} is another part")
        parts.append((rings[ring], []))
    polygons = [shapely.Polygon(shell, holes) for shell, holes in parts]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _check_area(parcel: Parcel, shape: BaseGeometry, faults: Faults) -> None:
    """The stated area, in hectares or square metres, must be the computed one."""
    stated = parcel.cell(1)
    if not stated or not shape.area:
        return
    try:
        area = number_from(stated)
    except ValueError as error:
        faults.add(str(error), "地块面积（公顷） / area in hectares")
        return
    fits = [abs(area * unit - shape.area) <= AREA_TOLERANCE * shape.area for unit in (1e4, 1.0)]
    if area and not any(fits):
        faults.add(
            f"地块面积 {stated} 与坐标面积 {shape.area / 1e4:.4f} 公顷不符 / "
            f"the stated area {stated} is not that of the points, {shape.area / 1e4:.4f} ha",
            "核对面积与坐标 / check area and points",
        )
