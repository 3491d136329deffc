"""The lines of a 界址点 TXT: header entries, parcels and points, with their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from geozone.land.faults import Faults
from geozone.land.survey.numbers import half_width, plain_count, plain_number

HEADER, PLACES = "属性描述", "地块坐标"
KEYS = {
    "转换坐标": "转换参数",
    "坐标系统": "坐标系",
    "中央经线": "中央子午线",
}
"""Header keys by the names that other programs write."""
KNOWN = frozenset(
    (
        *("格式版本号", "数据产生单位", "数据产生日期", "坐标系", "几度分带", "投影类型"),
        *("计量单位", "带号", "精度", "转换参数", "中央子午线"),
    )
)
SECTION = re.compile(r"[\[【［〔]\s*(.+?)\s*[\]】］〕]")
BREAK = re.compile(r"\r\n|\r|\n")
ENTRY = re.compile(r"([^=:]*)[=:](.*)")
REMARKS = ("#", "//", ";")
LIKE_DATA = re.compile(r"@|,.*,")
FIELDS, MOST_FIELDS = 8, 13
TODO_POINT = "点号,圈号,X(北),Y(东)"
TODO_PARCEL = (
    "界址点数,地块面积,地块编号,地块名称,图形属性,图幅号,地块用途,地类编码,@（半角） / "
    "eight fields, then @"
)


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
    head: tuple[str, ...]
    points: list[Point] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)
    """Its lines that could not be read."""

    def cell(self, at: int) -> str:
        """A cell of the head line; empty where the line is short."""
        return self.head[at] if at < len(self.head) else ""

    @property
    def id(self) -> str:
        """地块编号."""
        return self.cell(2)


@dataclass(frozen=True)
class Survey:
    """What a 界址点 TXT holds: header entries by key, parcels in order, remarks."""

    header: dict[str, str] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def survey_from(text: str, faults: Faults) -> Survey:
    """The entries and parcels of a text; every line that fits neither is a fault."""
    found = Survey()
    section = ""
    for number, raw in enumerate(BREAK.split(text), 1):
        line = _clean(raw, number, found.notes)
        here = faults.at(f"line {number}")
        title = SECTION.fullmatch(line)
        if title:
            section = title.group(1)
            if section not in (HEADER, PLACES):
                here.add(f"未知的段 / unknown section: {section!r}", f"[{HEADER}], [{PLACES}]")
        elif line and section == PLACES:
            _take(line, number, found, here)
        elif line:
            _take_entry(line, number, found, here)
    if section != PLACES:
        faults.add(f"没有 [{PLACES}] 段 / the section is missing", f"[{PLACES}]")
    return found


def _clean(raw: str, number: int, notes: list[str]) -> str:
    """A line without the blanks around it; marks of byte order inside are dropped and said."""
    if "\ufeff" in raw:
        notes.append(f"第 {number} 行的 BOM 已去除 / line {number}: byte order mark dropped")
    return raw.replace("\ufeff", "").strip().strip("\u3000").strip()


def _take_entry(line: str, number: int, found: Survey, faults: Faults) -> None:
    """A header line ``key=value``; a coordinate line that stands in the header is a fault."""
    plain = half_width(line)
    entry = ENTRY.fullmatch(plain)
    if entry is None:
        if LIKE_DATA.search(plain):
            faults.add(
                f"坐标行在 [{PLACES}] 之前 / coordinates before [{PLACES}]: {line!r}",
                f"补 [{PLACES}] 行 / add the line",
            )
        else:
            found.notes.append(f"第 {number} 行未使用 / line {number} is not used: {line!r}")
        return
    key, value = "".join(entry.group(1).split()), entry.group(2).strip()
    name = KEYS.get(key, key)
    if name not in KNOWN:
        found.notes.append(f"第 {number} 行：未知的键 / line {number}: unknown key {name!r}")
        return
    if found.header.setdefault(name, value) != value:
        faults.add(
            f"{name} 写了两次且不同 / is written twice and differs",
            "一个文件一个坐标系 / one header for a file",
        )


def _take(line: str, number: int, found: Survey, faults: Faults) -> None:
    """One line of the coordinates: a parcel's head, or a point of the parcel before it."""
    before, parcels = len(faults.found), len(found.parcels)
    _sort(line, number, found, faults)
    if len(faults.found) > before and 0 < parcels == len(found.parcels):
        found.parcels[-1].bad.append(number)


def _sort(line: str, number: int, found: Survey, faults: Faults) -> None:
    if "，" in line:
        faults.add("全角逗号 / full-width comma", "改为半角 / write a half-width comma")
        return
    if line.startswith(REMARKS):
        faults.add(f"注释行 / a remark among the points: {line!r}", "删去该行 / remove the line")
        return
    cells = [cell.strip() for cell in line.split(",")]
    while len(cells) > FIELDS and not cells[-1]:
        cells.pop()
    if cells[-1] == "@":
        _take_parcel(cells[:-1], number, found, faults)
    elif "@" in line or "＠" in line or len(cells) > 6:
        faults.add(f"地块行须以半角 ,@ 结尾 / a parcel line must end in ,@: {line!r}", TODO_PARCEL)
    elif not found.parcels:
        faults.add(f"界址点前没有地块行 / a point before any parcel: {line!r}", TODO_PARCEL)
    else:
        _take_point(cells, number, found, faults)


def _take_parcel(cells: list[str], number: int, found: Survey, faults: Faults) -> None:
    found.parcels.append(Parcel(number, tuple(cells)))
    if not FIELDS <= len(cells) <= MOST_FIELDS:
        faults.add(
            f"地块行有 {len(cells)} 项，应为 8 至 13 项 / {len(cells)} fields in the parcel "
            "line, 8 to 13 are due",
            TODO_PARCEL,
        )
    elif len(cells) > FIELDS and any(cells[FIELDS:]):
        found.notes.append(
            f"第 {number} 行第 9 项起未使用 / line {number}: fields from the 9th are not used"
        )


def _take_point(cells: list[str], number: int, found: Survey, faults: Faults) -> None:
    """A point; a fifth cell (height or accuracy) is said and not used."""
    if len(cells) == 5 and cells[4]:
        note = "界址点行第 5 项（高程或精度）未使用 / the 5th field of points is not used"
        if note not in found.notes:
            found.notes.append(note)
    if len(cells) not in (4, 5):
        faults.add(
            f"既非地块行（以 ,@ 结尾）也非界址点行 / neither a parcel line (ending in ,@) nor a "
            f"point line: {','.join(cells)!r}",
            TODO_POINT,
        )
        return
    before = len(faults.found)
    ring = _read(plain_count, cells[1], "圈号", faults)
    x_north = _read(plain_number, cells[2], "X", faults)
    y_east = _read(plain_number, cells[3], "Y", faults)
    if len(cells) == 5 and cells[4]:
        _read(plain_number, cells[4], "5", faults)
    if len(faults.found) == before:
        found.parcels[-1].points.append(Point(cells[0], int(ring), x_north, y_east, number))


def _read(reader: Callable[[str], float], text: str, name: str, faults: Faults) -> float:
    """What the reader makes of a cell; 0 beside a fault."""
    try:
        return reader(text)
    except ValueError as error:
        faults.at(name).add(str(error), TODO_POINT)
        return 0.0
