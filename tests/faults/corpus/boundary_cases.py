"""Boundary point texts (界址点): heads that lie, lines that are lost, rings that are no rings."""

from __future__ import annotations

from typing import Any

import shapely
from corpus.ground import BLOCK, FIELD, Ground, cases

HEAD = {
    "格式版本号": "1.01版本",
    "数据产生单位": "××市自然资源局",
    "数据产生日期": "2024-05-08",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "38",
    "精度": "0.001",
    "转换参数": ",,,,,,",
}
CORNERS = [
    (4_207_500, 38_519_500),
    (4_207_500, 38_520_500),
    (4_206_500, 38_520_500),
    (4_206_500, 38_519_500),
]
"""The field, clockwise from its north-west: north, east with prefix."""
HOLE = [
    (4_207_400, 38_520_300),
    (4_207_300, 38_520_300),
    (4_207_300, 38_520_400),
    (4_207_400, 38_520_400),
]


def points(
    corners: Any = CORNERS, ring: int = 1, first: int = 1, *, close: bool = True
) -> list[str]:
    lines = [f"J{first + i},{ring},{x:.3f},{y:.3f}" for i, (x, y) in enumerate(corners)]
    return [*lines, lines[0]] if close else lines


def parcel(
    lines: list[str], *, area: str = "100.0000", name: str = "in", count: int | None = None
) -> list[str]:
    return [
        f"{count or len(lines)},{area},{name},示例地块,面,J49E013021,公用设施用地,1305,@",
        *lines,
    ]


GOOD_LINES = parcel(points())


def text(*lines: str, head: dict[str, str | None] | None = None, brackets: str = "[]") -> str:
    said = {k: v for k, v in {**HEAD, **(head or {})}.items() if v is not None}
    left, right = brackets
    top = [
        f"{left}属性描述{right}",
        *(f"{k}={v}" for k, v in said.items()),
        f"{left}地块坐标{right}",
    ]
    return "\r\n".join([*top, *(lines or GOOD_LINES)]) + "\r\n"


def put(content: str | bytes, encoding: str = "gb18030"):
    """The text as the proposals file: an exploration block on the ecological red line."""

    def make(g: Ground) -> None:
        g.subject("red.gpkg", theme="ecological_redline")
        data = content.encode(encoding) if isinstance(content, str) else content
        g.propose("parcel.txt", data, "--activity", BLOCK)

    return make


def head(**said: str | None):
    return put(text(head=said))


def lines(*changed: str):
    return put(text(*changed))


def edit(old: str, new: str, count: int = 1):
    whole = text()
    assert old in whole, old
    return put(whole.replace(old, new, count))


def swap(corners: Any) -> list[tuple[int, int]]:
    return [(y, x) for x, y in corners]


def moved(dx: int, dy: int) -> list[tuple[int, int]]:
    return [(x + dx, y + dy) for x, y in CORNERS]


ODD = [CORNERS[i] for i in (0, 2, 1, 3)]
NAME = "parcel.txt"
REST = points()[1:]
TABLE = {
    "xian_80": (head(坐标系="1980西安坐标系"), NAME),
    "beijing_54": (head(坐标系="1954北京坐标系"), NAME),
    "local_grid": (head(坐标系="地方独立坐标系"), NAME),
    "grid_unknown": (head(坐标系="WGS84"), NAME, "refused"),
    "grid_left_out": (head(坐标系=None), NAME),
    "zone_against_the_prefix": (head(带号="39"), NAME),
    "zone_of_six_degrees_against_the_prefix": (head(几度分带="6"), NAME),
    "width_of_no_zone": (head(几度分带="5"), NAME),
    "zone_a_word": (head(带号="三十八"), NAME),
    "no_zone_and_no_prefix": (
        put(text(*parcel(points(moved(0, -38_000_000))), head={"带号": None, "几度分带": None})),
        NAME,
    ),
    "unit_of_kilometres": (head(计量单位="千米"), NAME),
    "projection_unknown": (head(投影类型="墨卡托"), NAME),
    "shift_parameters_given": (head(转换参数="15.8,-154.4,-82.3,0,0,0,0"), NAME),
    "head_with_a_full_width_comma": (head(转换参数="0，0，0，0，0，0，0"), "", "refused or held"),
    "north_and_east_swapped": (lines(*parcel(points(swap(CORNERS)))), NAME),
    "one_line_swapped": (
        edit("J2,1,4207500.000,38520500.000", "J2,1,38520500.000,4207500.000"),
        NAME,
    ),
    "one_line_without_its_prefix": (edit("38520500.000", "520500.000"), NAME),
    "one_line_of_another_zone": (edit("38520500.000", "39520500.000"), NAME),
    "degrees_for_metres": (
        lines(
            *parcel(["J1,1,38.0,114.2", "J2,1,38.0,114.3", "J3,1,37.9,114.3", "J1,1,38.0,114.2"])
        ),
        NAME,
    ),
    "outside_the_area": (lines(*parcel(points(moved(100_000, 0)))), NAME),
    "full_width_comma": (edit("J2,1,", "J2，1，"), NAME),
    "decimal_comma": (edit("4207500.000", "4207500,000"), NAME),
    "thousands": (edit("4207500.000", "4 207 500.000"), NAME),
    "exponent": (edit("4207500.000", "4.2075e6"), "", "refused or held"),
    "nan": (edit("4207500.000", "NaN"), NAME),
    "word_for_a_number": (edit("4207500.000", "北"), NAME),
    "number_missing": (edit("J2,1,4207500.000,38520500.000", "J2,1,4207500.000"), NAME),
    "number_empty": (edit("J2,1,4207500.000,38520500.000", "J2,1,,38520500.000"), NAME),
    "ring_number_a_word": (edit("J2,1,", "J2,a,"), NAME),
    "ring_number_zero": (lines(*parcel(points(ring=0))), "", "refused or held"),
    "ring_numbers_interleaved": (
        lines(
            *parcel([p for pair in zip(points(), points(HOLE, 2, 5), strict=True) for p in pair])
        ),
        "",
        "refused or held",
    ),
    "stray_text_among_the_points": (edit("J3,1,", "备注：下略\r\nJ3,1,"), NAME),
    "sign_missing": (edit(",@", ""), NAME),
    "sign_in_full_width": (edit(",@", "，＠"), NAME),
    "too_few_points": (lines(*parcel(points(CORNERS[:2]))), NAME),
    "one_point": (lines(*parcel(points(CORNERS[:1], close=False))), NAME),
    "no_points": (lines(*parcel([])), NAME),
    "no_parcel": (put(text("").rstrip() + "\r\n"), NAME),
    "section_missing": (edit("[地块坐标]", ""), NAME),
    "section_misspelt": (edit("[地块坐标]", "[地块座标]"), NAME),
    "points_before_the_parcel": (lines(*points(), *GOOD_LINES), NAME),
    "count_of_another_file": (lines(*parcel(points(), count=99)), NAME, "refused or held"),
    "cut_in_the_last_parcel": (lines(*GOOD_LINES[:-2]), "", "refused or held"),
    "cut_in_a_line": (put(text()[:-14]), NAME),
    "area_that_does_not_fit": (lines(*parcel(points(), area="5.0000")), NAME),
    "area_negative": (lines(*parcel(points(), area="-100.0000")), NAME),
    "area_a_word": (lines(*parcel(points(), area="约100")), NAME),
    "crossing_itself": (lines(*parcel(points(ODD), area="")), NAME),
    "hole_across_the_ring": (
        lines(*parcel([*points(), *points([(x + 150, y) for x, y in HOLE], 2, 5)], area="")),
        NAME,
    ),
    "shape_says_line": (edit(",面,", ",线,"), NAME),
    "id_twice": (lines(*GOOD_LINES, *GOOD_LINES), NAME),
    "id_empty": (lines(*parcel(points(), name="")), NAME, "refused or held"),
    "point_twice_with_two_places": (edit("J3,1,", "J2,1,"), "", "refused or held"),
    "utf_16": (put(text(), "utf-16"), "", "refused or held"),
    "nul_bytes": (edit("示例地块", "示\x00例"), NAME),
    "rubbish_bytes": (put(text().encode("gb18030") + b"\xff\xff\xfe"), NAME),
    "empty": (put(""), NAME),
    "only_a_head": (put(text("").partition("[地块")[0]), NAME),
    "without_an_activity": (
        lambda g: (put(text())(g), setattr(g, "options", [])),
        "activity",
    ),
    "activity_of_a_well": (
        lambda g: (
            put(text())(g),
            setattr(g, "options", ["--activity", BLOCK.replace("block", "well")]),
        ),
        "",
    ),
}
NORTH, EAST = zip(*CORNERS, strict=True)
assert FIELD.equals(shapely.box(min(EAST) - 38e6, min(NORTH), max(EAST) - 38e6, max(NORTH)))
GOOD = {
    "plain": (put(text()),),
    "utf8": (put(text(), "utf-8"),),
    "utf8_with_a_bom": (put(text(), "utf-8-sig"),),
    "unix_line_ends": (put(text().replace("\r\n", "\n")),),
    "old_mac_line_ends": (put(text().replace("\r\n", "\r")),),
    "trailing_spaces": (put(text().replace("\r\n", "  \r\n")),),
    "full_width_brackets": (put(text(brackets="【】")),),
    "version_in_full_width": (head(格式版本号="1．01版本"),),
    "date_in_chinese": (head(数据产生日期="2024年5月6日"),),
    "accuracy_of_three": (head(精度="3"),),
    "shift_parameters_zero": (head(转换参数="0,0,0,0,0,0,0"),),
    "shift_named_otherwise": (put(text(head={"转换参数": None, "转换坐标": "0,0,0,0,0,0"})),),
    "without_a_prefix_by_the_zone": (lines(*parcel(points(moved(0, -38_000_000)))),),
    "ring_not_closed": (lines(*parcel(points(close=False), area="100.0000")),),
    "count_without_the_closing_point": (lines(*parcel(points(), count=4)),),
    "area_in_square_metres": (lines(*parcel(points(), area="1000000.00")),),
    "area_left_empty": (lines(*parcel(points(), area="")),),
    "wound_the_other_way": (lines(*parcel(points(CORNERS[::-1]))),),
    "point_twice_in_a_row": (lines(*parcel([points()[0], *points()])),),
    "with_a_hole": (lines(*parcel([*points(), *points(HOLE, 2, 5)], area="99.0000")),),
    "thirteen_fields": (
        lines("5,100.0000,in,示例,面,J49E013021,用途,1305,图斑,1,2,3,备注,@", *points()),
    ),
}
CASES = [*cases("boundary", TABLE), *cases("boundary", GOOD, "good, one place")]
