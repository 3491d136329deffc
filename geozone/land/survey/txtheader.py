"""What the header of a 界址点 TXT and its eastings say together of the coordinate system."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pyproj import CRS

from geozone.land.coordinates.crs import label, named_crs
from geozone.land.faults import Faults
from geozone.land.survey.numbers import plain_number
from geozone.land.survey.txtlines import Point
from geozone.land.survey.zones import Zone, datum_id, is_east, is_north, prefix_of, zone_of

PROJECTIONS = ("高斯克吕格", "高斯克里格", "高斯", "GAUSSKRUGER", "GAUSSKRÜGER")
UNITS = ("米", "m", "meter", "metre", "米(m)")
WIDTHS = {"3": "3", "三": "3", "6": "6", "六": "6"}
WHOLE = re.compile(r"CGCS2000([36])DEGREEGK(?:CM(\d{2,3})E?|ZONE(\d{2}))")
"""A datum entry that names zone and width as well, as desktop programs write it."""
MOST_LINES = 50
"""Wrong lines named one by one; the rest are counted."""


def crs_of(
    header: Mapping[str, str], points: Sequence[Point], asked: str | None, faults: Faults
) -> CRS | None:
    """The CRS that header and eastings state together, of any datum; ``None`` with faults.

    ``asked`` is what the caller says: it serves a header without a datum, and must agree with
    one that states it.
    """
    before = len(faults.found)
    header = _spelled_out(header, faults)
    _check_words(header, faults, datum_needed=asked is None)
    _check_shift(header.get("转换参数", ""), faults)
    if not points:
        faults.add("没有界址点 / there are no boundary points", "检查文件 / check the file")
    _check_places(points, faults)
    found = _zone(header, points, faults)
    if found is None or len(faults.found) > before:
        return None
    zone = replace(found, datum=datum_id(header.get("坐标系", "")) or found.datum)
    crs = zone.crs(prefixed=prefix_of(points[0].y_east) > 0)
    return _agreed(crs, zone, asked, faults)


def _spelled_out(header: Mapping[str, str], faults: Faults) -> Mapping[str, str]:
    """The header with datum, width and zone apart where its datum names a whole CRS."""
    plain = re.sub(r"[\s_\-]", "", header.get("坐标系", "")).upper()
    found = WHOLE.fullmatch(plain)
    if found is None:
        return header
    width, meridian, number = found.groups()
    number = number or str((int(meridian) + (3 if width == "6" else 0)) // int(width))
    stated = header.get("带号", "")
    if stated and stated != number:
        faults.at("带号").add(
            f"带号 {stated} 与坐标系 {header['坐标系']} 不符 / "
            "带号 is not the zone that 坐标系 names",
            "核对 / check them",
        )
    return {"几度分带": width, **header, "坐标系": "CGCS2000", "带号": number}


def _agreed(crs: CRS, zone: Zone, asked: str | None, faults: Faults) -> CRS | None:
    """The CRS of the file, unless the caller names another."""
    if asked is None:
        return crs
    try:
        other = named_crs(asked)
    except ValueError as error:
        faults.at("crs").add(str(error), f"--crs {label(crs)}")
        return None
    if other not in (zone.crs(prefixed=True), zone.crs(prefixed=False)):
        faults.at("crs").add(
            f"文件坐标系 {label(crs)}，--crs {label(other)} / the file states {label(crs)}, "
            f"--crs says {label(other)}",
            "去掉 --crs / leave --crs out",
        )
        return None
    return crs


def _check_words(header: Mapping[str, str], faults: Faults, *, datum_needed: bool) -> None:
    datum = header.get("坐标系", "")
    if (datum or datum_needed) and not datum_id(datum):
        faults.at("坐标系").add(
            f"坐标系应为 2000国家大地坐标系 / the datum must be CGCS2000: {datum or '?'}",
            "转换到 CGCS2000 / convert it to CGCS2000",
        )
    projection = header.get("投影类型", "")
    bare = re.sub(r"[\s\-—–·.投影]", "", projection).upper()
    if bare and bare not in PROJECTIONS:
        faults.at("投影类型").add(f"不支持 / not read: {projection}", "高斯克吕格")
    unit = header.get("计量单位", "")
    if unit and unit.casefold() not in UNITS:
        faults.at("计量单位").add(f"不支持 / not read: {unit}", "米")


def _check_shift(written: str, faults: Faults) -> None:
    """Parameters that are not nought say that coordinates still have to be moved.

    They are never repeated: such parameters are not public.
    """
    cells = [one.strip() for one in re.split(r"[,，;；\s]", written) if one.strip()]
    try:
        moved = any(plain_number(one) != 0 for one in cells)
    except ValueError:
        moved = True
    if moved:
        faults.at("转换参数").add(
            "转换参数不为零：不清楚坐标是否已转换 / they are not nought, and do not tell whether "
            "the coordinates are already moved",
            "坐标已是 CGCS2000 的全写 0 / write noughts if the coordinates are CGCS2000",
        )


def _check_places(points: Sequence[Point], faults: Faults) -> None:
    """Every point that cannot be x north, y east in metres of a zone in China."""
    wrong = [point for point in points if not (is_north(point.x_north) and is_east(point.y_east))]
    for point in wrong[:MOST_LINES]:
        swapped = is_north(point.y_east) and is_east(point.x_north)
        what = (
            "X（北）与 Y（东）颠倒 / X (north) and Y (east) are swapped"
            if swapped
            else "不是中国境内的米制坐标 / not metres of a place in China"
        )
        faults.at(f"line {point.line}").add(
            f"{what}: X={point.x_north:.3f}, Y={point.y_east:.3f}",
            "X 为北 7 位，Y 为东 6 或 8 位 / X north has 7 digits, Y east 6 or 8",
        )
    if len(wrong) > MOST_LINES:
        more = len(wrong) - MOST_LINES
        faults.add(f"另有 {more} 行坐标有误 / {more} more lines are wrong", "改正 / correct them")


def _zone(header: Mapping[str, str], points: Sequence[Point], faults: Faults) -> Zone | None:
    """The zone of the file: its eastings and its header must name one and the same."""
    here = faults.at("带号")
    prefixes = {prefix_of(point.y_east) for point in points if is_east(point.y_east)}
    if len(prefixes) > 1:
        here.add(
            f"Y 带号前缀不一 / Y prefixes differ: {sorted(prefixes)}", "分成多个文件 / split it"
        )
    if len(prefixes) != 1:
        return None
    prefix, stated = prefixes.pop(), header.get("带号", "").removeprefix("第").removesuffix("带")
    if not prefix and not stated:
        here.add("Y 无带号前缀，也没有带号 / Y has no prefix and 带号 is missing", "带号=38")
        return None
    number = int(stated) if stated.isascii() and stated.isdigit() else 0
    if stated and (not number or (prefix and number != prefix)):
        here.add(
            f"带号 {stated} 与 Y 前缀 {prefix or '?'} 不符 / 带号 and prefix differ",
            "核对 / check them",
        )
        return None
    return _checked_zone(number or prefix, header, faults)


def _checked_zone(number: int, header: Mapping[str, str], faults: Faults) -> Zone | None:
    zone = zone_of(number)
    stated = header.get("几度分带", "")
    bare = re.sub(r"[\s°度分带]", "", stated)
    if zone is None or (stated and WIDTHS.get(bare) != zone.width):
        faults.at("几度分带").add(
            f"带号 {number} 与几度分带 {stated or '?'} 不符 / "
            f"zone {number} is none of {stated or '?'} degrees",
            "三度带 25–45，六度带 13–23 / 3 degrees: 25-45, 6 degrees: 13-23",
        )
        return None
    meridian = re.sub(r"[\s°度E东经]", "", header.get("中央子午线", ""))
    if meridian and meridian.removesuffix(".0") != str(zone.meridian):
        faults.at("中央子午线").add(
            f"中央子午线 {meridian} 与带号 {number}（{zone.meridian}°）不符 / the central meridian "
            f"is not that of zone {number}",
            "核对 / check them",
        )
        return None
    return zone
