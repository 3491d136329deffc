"""Reading 界址点 TXT, the boundary-point text of land surveys."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.proposals.rows import Given, Row, RowFile
from geozone.land.survey.rings import Corner, Loop, Ring, assembled, closed_loop
from geozone.land.survey.txtareas import check_area, check_count
from geozone.land.survey.txtheader import crs_of
from geozone.land.survey.txtlines import HEADER, PLACES, Parcel, Point, survey_from

SURFACE, POINT = "面", "点"
CELLS = {"id": 2, "name": 3, "图幅号": 5, "地块用途": 6, "地类编码": 7}
"""What is kept of a parcel's head line, by its position."""
ANYTHING_GIVEN = Given()


def read_txt(path: Path, faults: Faults, given: Given = ANYTHING_GIVEN) -> RowFile:
    """The parcels of a 界址点 TXT; header and eastings state the CRS together.

    Raises ``UnreadableError``.
    """
    try:
        text, encoding = _text(path.read_bytes())
    except ValueError as error:
        raise UnreadableError(str(error), "另存为 GB18030 或 UTF-8 / save it again") from error
    notes = [] if encoding == "utf-8-sig" else [f"按 {encoding} 读取 / read as {encoding}"]
    survey = survey_from(text, faults)
    points = [point for parcel in survey.parcels for point in parcel.points]
    crs = crs_of(survey.header, points, given.crs, faults)
    notes += survey.notes
    rows = [_row(parcel, crs, faults.file, notes) for parcel in survey.parcels]
    return RowFile(("id", "name"), tuple(rows), tuple(notes))


def is_boundary_text(path: Path) -> bool:
    """Whether a text file holds boundary points rather than a table."""
    try:
        text, _ = _text(path.read_bytes())
    except ValueError:
        return False
    return PLACES in text or HEADER in text


def _text(content: bytes) -> tuple[str, str]:
    """The text and its encoding. Raises ``ValueError`` where there is none, or NUL in it."""
    text, encoding = decode(content)
    if "\0" in text:
        raise ValueError("含空字符，可能为 UTF-16 / NUL characters, perhaps UTF-16 without mark")
    return text, encoding


def _row(parcel: Parcel, crs: CRS | None, file: str, notes: list[str]) -> Row:
    faults = Faults(file, f"{parcel.id or '?'} (line {parcel.line})")
    cells = {name: parcel.cell(at) for name, at in CELLS.items()}
    if not parcel.id:
        faults.at("地块编号").add("没有地块编号 / the parcel has no number", "补写 / add it")
    said: list[str] = []
    shape = None if parcel.bad else _shape(parcel, said, faults, places_known=crs is not None)
    notes += [f"{parcel.id}: {one}" for one in said]
    return Row({name: text for name, text in cells.items() if text}, faults, shape, crs)


def _shape(
    parcel: Parcel, notes: list[str], faults: Faults, *, places_known: bool
) -> BaseGeometry | None:
    """The shape of a parcel, x east; its area is checked where the places are sound."""
    kind = parcel.cell(4)
    if kind == POINT and len(parcel.points) == 1:
        return shapely.Point(parcel.points[0].y_east, parcel.points[0].x_north)
    if kind not in (SURFACE, ""):
        todo = "每个点一个地块 / one parcel for each point" if kind == POINT else SURFACE
        faults.add(f"不支持的图形属性 / kind is not read: {kind!r}", todo)
        return None
    if not kind:
        notes.append("图形属性为空，按面 / the kind is empty, taken as 面")
    loops = _loops(parcel, notes, faults)
    if loops is None:
        return None
    counted = check_count(parcel.cell(0), loops, notes, faults)
    shape = assembled(loops, notes, faults)
    if shape is None or not places_known:
        return shape
    vouched = check_area(parcel.cell(1), shape.area, notes, faults) or counted
    if not vouched and not all(one.closed for one in loops):
        faults.add(
            "圈未闭合，又无界址点数与面积可核，文件可能不全 / a ring is open, and no count or area "
            "tells that the file is whole",
            "补界址点数或面积，或闭合 / state one of them, or close the ring",
        )
    return shape


def _loops(parcel: Parcel, notes: list[str], faults: Faults) -> list[Loop] | None:
    """The loops of a parcel's rings in their order; ``None`` with faults."""
    runs = [(ring, list(points)) for ring, points in groupby(parcel.points, lambda one: one.ring)]
    numbers = [ring for ring, _ in runs]
    if not runs:
        faults.add("没有界址点 / there are no boundary points", "补写 / add them")
        return None
    again = [points[0] for at, (ring, points) in enumerate(runs) if ring in numbers[:at]]
    for point in again:
        faults.at(f"line {point.line}").add(
            f"圈号 {point.ring} 中断后又出现 / ring {point.ring} goes on after another ring",
            "同一圈的点连续书写 / write the points of a ring together",
        )
    if again:
        return None
    if numbers[0] != 1 or numbers != sorted(numbers):
        notes.append(f"圈号依次为 {numbers} / ring numbers do not run from 1")
    for ring, points in runs:
        _say_twice(ring, points, notes)
    found = [closed_loop(_ring(ring, points), notes, faults) for ring, points in runs]
    loops = [one for one in found if one is not None]
    for loop in loops:
        if not loop.closed:
            notes.append(f"{loop.ring.label} 未闭合，已闭合 / the ring was open, closed")
    return loops if len(loops) == len(found) else None


def _say_twice(ring: int, points: list[Point], notes: list[str]) -> None:
    """A remark on names that stand at more than one place of a ring, its closing point aside."""
    spots = {(one.name, one.x_north, one.y_east) for one in points[:-1] if one.name}
    twice = sorted(name for name, n in Counter(name for name, *_ in spots).items() if n > 1)
    if twice:
        names = ", ".join(twice[:5])
        notes.append(f"圈 {ring}：点号重复而位置不同 / names at more than one place: {names}")


def _ring(number: int, points: list[Point]) -> Ring:
    corners = [Corner(one.name, one.y_east, one.x_north, f"line {one.line}") for one in points]
    return Ring(f"圈 {number} / ring {number}", tuple(corners), hole=False if number == 1 else None)
