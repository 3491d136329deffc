"""界址点 TXT: every variant in the wild is read as it means, or refused with its line."""

from __future__ import annotations

import pytest
import shapely

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.proposals.rows import Given
from geozone.land.survey.txt import is_boundary_text, read_txt

HEAD = """[属性描述]
格式版本号=1.01版本
数据产生单位=××市自然资源局
数据产生日期=2026-05-08
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
"""
PARCEL = "10,2.9500,DK001,示例供热站地块,面,J49E013021,公用设施用地,1305,@\n"
OUTER = """J1,1,4196850.000,38429638.000
J2,1,4196850.000,38429838.000
J3,1,4196700.000,38429838.000
J4,1,4196700.000,38429638.000
J1,1,4196850.000,38429638.000
"""
HOLE = """J5,2,4196790.000,38429700.000
J6,2,4196770.000,38429700.000
J7,2,4196770.000,38429725.000
J8,2,4196790.000,38429725.000
J5,2,4196790.000,38429700.000
"""
TEXT = HEAD + PARCEL + OUTER + HOLE
NOTHING = Given()
FIRST = len(HEAD.splitlines()) + 2
"""The line of the first point."""


@pytest.fixture
def read(tmp_path):
    def reading(content, given=NOTHING):
        path = tmp_path / "p.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        faults = Faults("p.txt")
        found = read_txt(path, faults, given)
        told = [*faults.found, *(fault for row in found.rows for fault in row.faults.found)]
        return found, [str(one) for one in told]

    return reading


def ring(number, north, east, size=40, start=1, closed=True):
    """A square ring from its north-west corner."""
    corners = [(north, east), (north, east + size), (north - size, east + size)]
    corners.append((north - size, east))
    names = [f"J{start + i}" for i in range(4)]
    if closed:
        corners.append(corners[0])
        names.append(names[0])
    return "".join(
        f"{name},{number},{n:.3f},{e:.3f}\n" for name, (n, e) in zip(names, corners, strict=True)
    )


N, E = 4196800, 38429700
SINGLE = HEAD + ",,A,x,面,,,,@\n"


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(read, encoding, end):
    text = TEXT.replace("××", "某").replace("\n", end)
    found, told = read(text.encode(encoding))
    assert told == []
    (row,) = found.rows
    assert row.crs.to_epsg() == 4526
    assert row.shape.area == pytest.approx(29_500, abs=1e-6)
    assert row.shape.bounds[:2] == (38429638.0, 4196700.0)
    said = [one for one in found.notes if " as " in one]
    assert bool(said) is (encoding not in ("utf-8", "utf-8-sig"))


def swap(old, new, text=TEXT):
    assert old in text
    return text.replace(old, new)


GOOD = {
    "as_it_should_be": (TEXT, ""),
    "wide_brackets": (swap("[", "【").replace("]", "】"), ""),
    "wide_equals": (swap("几度分带=3", "几度分带＝３"), ""),
    "wide_colon": (swap("坐标系=", "坐标系："), ""),
    "colon": (swap("坐标系=", "坐标系: "), ""),
    "wide_version": (swap("1.01版本", "１．０１版本"), ""),
    "blanks": (swap("\n", "  \n").replace("J2,1,", " J2 , 1 , "), ""),
    "tabs": (swap("J2,1,", "\tJ2,\t1,\t"), ""),
    "wide_blank": (swap("J2,1,", "\u3000J2,1,"), ""),
    "keys_in_any_order": (
        "[属性描述]\n带号=38\n几度分带=3\n坐标系=2000国家大地坐标系\n[地块坐标]\n"
        + PARCEL + OUTER + HOLE, "",
    ),
    "decimals_as_precision": (swap("精度=0.001", "精度=3"), ""),
    "six_noughts": (swap("转换参数=0,0,0,0,0,0,0", "转换坐标=0,0,0,0,0,0"), ""),
    "blank_parameters": (swap("转换参数=0,0,0,0,0,0,0", "转换参数=,,,,,,"), ""),
    "no_parameters": (swap("转换参数=0,0,0,0,0,0,0\n", ""), ""),
    "long_date": (swap("2026-05-08", "2024年5月6日"), ""),
    "zone_in_words": (swap("带号=38", "带号=38带").replace("几度分带=3", "几度分带=三度带"), ""),
    "meridian": (swap("带号=38", "带号=38\n中央子午线=114"), ""),
    "spelling_1": (swap("2000国家大地坐标系", "CGCS2000"), ""),
    "spelling_2": (swap("2000国家大地坐标系", "国家2000坐标系"), ""),
    "spelling_3": (swap("2000国家大地坐标系", "CGCS2000_3_Degree_GK_CM_114E"), ""),
    "spelling_4": (swap("高斯克吕格", "高斯-克吕格投影"), ""),
    "thirteen_fields": (swap("1305,@", "1305,图斑,类,质,整,备注,@"), "9th"),
    "thirteen_empty": (swap("1305,@", "1305,,,,,,@"), ""),
    "empty_fields": (swap("J49E013021,公用设施用地,1305,@", ",,,@"), ""),
    "comma_behind_at": (swap("1305,@", "1305,@,"), ""),
    "no_kind": (swap(",面,", ",,"), "taken as"),
    "no_count": (swap("\n10,", "\n,"), ""),
    "count_without_closing": (swap("\n10,", "\n8,"), "closing points"),
    "hectares_rounded": (swap("2.9500", "2.95"), ""),
    "square_metres": (swap("2.9500", "29500"), "m²"),
    "mu": (swap("2.9500", "44.25"), "mu"),
    "no_area": (swap("2.9500", ""), ""),
    "area_of_nought": (swap("2.9500", "0"), "not checked"),
    "ellipsoidal_area": (swap("2.9500", "2.9496"), ""),
    "open_rings": (swap("J1,1,4196850.000,38429638.000\nJ5", "J5"), "open"),
    "closing_name_differs": (
        swap("J1,1,4196850.000,38429638.000\nJ5", "J9,1,4196850.000,38429638.000\nJ5"),
        "another name",
    ),
    "repeated_point": (
        swap("\n10,", "\n11,").replace("J2,1", "J2,1,4196850.000,38429838.000\nJ2,1"), "repeated",
    ),
    "repeated_and_not_counted": (
        swap("J2,1", "J2,1,4196850.000,38429838.000\nJ2,1"), "repeated",
    ),
    "name_at_two_places": (swap("J3,1,", "J2,1,"), "more than one place: J2"),
    "fifth_column": (swap("838.000\n", "838.000,0.05\n"), "5th"),
    "fifth_column_empty": (swap("838.000\n", "838.000,\n"), ""),
    "wide_digits": (swap("J2,1,4196850.000", "J2,１,４１９６８５０．０００"), ""),
    "no_prefix": (swap(",38429", ",429"), ""),
    "no_zone": (swap("带号=38\n", ""), ""),
    "no_width": (swap("几度分带=3\n", ""), ""),
    "unknown_key": (swap("带号=38", "带号=38\n高程基准=1985"), "unknown key"),
    "title_before": ("某市项目\n" + TEXT, "not used"),
    "mark_inside": (HEAD + "\ufeff" + PARCEL + OUTER + HOLE, "byte order"),
    "header_twice": (HEAD + HEAD + PARCEL + OUTER + HOLE, ""),
    "rings_from_nought": (
        HEAD + PARCEL + OUTER.replace(",1,", ",0,") + HOLE.replace(",2,", ",1,"), "run from 1",
    ),
    "names_left_out": (HEAD + PARCEL + (OUTER + HOLE).replace("J", "").replace("5,2", ",2"), ""),
    "small_parcel_rounded": (SINGLE.replace(",,A", "5,0.0012,A") + ring(1, N, E, 3.5), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_texts(read, name):
    text, note = GOOD[name]
    if name == "rings_from_nought":  # the hole is ring 1 here, which says that it is the outer one
        assert any("not declared" in one for one in read(text)[1])
        return
    found, told = read(text)
    assert told == []
    assert len(found.rows) == 1
    assert shapely.is_valid(found.rows[0].shape)
    if name != "small_parcel_rounded":
        assert found.rows[0].shape.area == pytest.approx(29_500, abs=1e-6)
    assert any(note in one for one in found.notes) if note else found.notes == ()


def line(number):
    return f"line {FIRST + number}"


BAD = {
    "wide_comma": (swap("J2,1,", "J2，1,"), [line(1), "full-width"]),
    "wide_comma_in_a_name": (swap("示例", "示，例"), ["line 13", "full-width"]),
    "no_at": (swap(",@", ","), ["line 13", "@"]),
    "wide_at": (swap(",@", ",＠"), ["line 13", "@"]),
    "at_without_comma": (swap("1305,@", "1305@"), ["line 13", "@"]),
    "seven_fields": (swap("1305,@", "@"), ["line 13", "7 fields"]),
    "fourteen_fields": (swap("1305,@", "1305,1,2,3,4,5,6,@"), ["line 13", "14 fields"]),
    "comma_in_a_name": (swap("示例供热站", "示例,供热站"), ["kind"]),
    "three_cells": (swap("J2,1,4196850.000", "J2,4196850.000"), [line(1), "neither"]),
    "six_cells": (swap("J2,1,", "J2,1,0,0,"), [line(1), "neither"]),
    "thousands": (swap("J2,1,4196850.000", "J2,1,4,196,850.000"), [line(1)]),
    "decimal_comma": (swap("J2,1,4196850.000,", "J2,1,4196850,000,"), [line(1)]),
    "exponent": (swap("J2,1,4196850.000", "J2,1,4.19685E+06"), [line(1), "exponents"]),
    "nan": (swap("J2,1,4196850.000", "J2,1,NaN"), [line(1), "not a number"]),
    "text": (swap("J2,1,4196850.000", "J2,1,419685O.000"), [line(1), "not a number"]),
    "empty_cell": (swap("J2,1,4196850.000", "J2,1,"), [line(1), "not a number"]),
    "ring_no_number": (swap("J2,1,", "J2,A,"), [line(1), "whole number"]),
    "ring_negative": (swap("J2,1,", "J2,-1,"), [line(1), "whole number"]),
    "number_first": (
        HEAD + PARCEL + "".join(f"{i},{one}\n" for i, one in enumerate(OUTER.splitlines(), 1)),
        [line(0), "whole number"],
    ),
    "points_before_parcel": (HEAD + OUTER, ["line 13", "before any parcel"]),
    "points_in_the_header": (TEXT.replace("[地块坐标]\n", ""), ["before [地块坐标]"]),
    "no_section": (TEXT.replace("[地块坐标]\n", ""), ["section is missing"]),
    "unknown_section": (swap("J6,2", "[其他]\nJ6,2"), ["unknown section", "其他"]),
    "comment": (swap("J2,1,", "# J2,1,"), [line(1), "remark"]),
    "empty_file": (HEAD, ["no boundary points"]),
    "parcel_without_points": (TEXT + PARCEL.replace("DK001", "DK002"), ["DK002", "no boundary"]),
    "columns_swapped_everywhere": (
        HEAD + PARCEL + "J1,1,38429638,4196850\nJ2,1,38429838,4196850\nJ3,1,38429838,4196700\n",
        [line(0), "swapped"],
    ),
    "columns_swapped_once": (
        swap("J2,1,4196850.000,38429838.000", "J2,1,38429838.000,4196850.000"),
        [line(1), "swapped"],
    ),
    "columns_swapped_without_prefix": (
        HEAD + PARCEL + "J1,1,429638,4196850\nJ2,1,429838,4196850\nJ3,1,429838,4196700\n",
        [line(2), "swapped"],
    ),
    "degrees": (HEAD + PARCEL + "J1,1,37.9,114.2\nJ2,1,37.9,114.3\nJ3,1,37.8,114.3\n", [line(0)]),
    "digit_lost": (swap("J2,1,4196850.000", "J2,1,419685.000"), [line(1), "not metres"]),
    "digit_too_many": (swap("J2,1,4196850.000", "J2,1,41968500.000"), [line(1), "not metres"]),
    "negative": (swap("J2,1,4196850.000", "J2,1,-4196850.000"), [line(1), "not metres"]),
    "half_prefixed": (swap("J2,1,4196850.000,38", "J2,1,4196850.000,"), ["prefixes differ"]),
    "prefixes_differ": (swap("J2,1,4196850.000,38", "J2,1,4196850.000,39"), ["prefixes differ"]),
    "unknown_prefix": (TEXT.replace(",38429", ",24429").replace("=38", "=24"), ["not metres"]),
    "zone_against_prefix": (swap("带号=38", "带号=39"), ["39", "38"]),
    "zone_no_number": (swap("带号=38", "带号=?"), ["带号"]),
    "neither_prefix_nor_zone": (
        TEXT.replace(",38429", ",429").replace("带号=38\n", ""), ["带号 is missing"],
    ),
    "six_degrees": (swap("几度分带=3", "几度分带=6"), ["几度分带"]),
    "other_width": (swap("几度分带=3", "几度分带=1.5"), ["几度分带"]),
    "meridian_differs": (swap("带号=38", "带号=38\n中央子午线=117"), ["中央子午线"]),
    "datum_names_another_zone": (
        swap("2000国家大地坐标系", "CGCS2000_3_Degree_GK_CM_117E"), ["带号"],
    ),
    "unknown_datum": (swap("2000国家大地坐标系", "1990某坐标系"), ["坐标系", "1990"]),
    "local": (swap("2000国家大地坐标系", "太原2000独立坐标系"), ["坐标系"]),
    "no_datum": (swap("坐标系=2000国家大地坐标系\n", ""), ["坐标系"]),
    "empty_datum": (swap("坐标系=2000国家大地坐标系\n", "坐标系=\n"), ["坐标系"]),
    "projection": (swap("高斯克吕格", "墨卡托"), ["墨卡托"]),
    "unit": (swap("计量单位=米", "计量单位=公里"), ["公里"]),
    "parameters": (swap("转换参数=0,0", "转换参数=12.345,0"), ["转换参数", "nought"]),
    "parameters_in_words": (swap("转换参数=0,0", "转换参数=见附件,0"), ["转换参数"]),
    "header_twice_and_differs": (
        TEXT + HEAD.replace("38", "39") + PARCEL.replace("DK001", "DK002") + OUTER, ["differs"],
    ),
    "area_differs": (swap("2.9500", "2.8000"), ["DK001", "2.9500 ha"]),
    "area_no_number": (swap("2.9500", "2.95公顷"), ["地块面积"]),
    "count_differs": (swap("\n10,", "\n12,"), ["12 points stated, 10 read"]),
    "count_no_number": (swap("\n10,", "\n十,"), ["界址点数"]),
    "point_lost": (swap("J3,1,4196700.000,38429838.000\n", ""), ["10 points stated, 9 read"]),
    "no_number": (swap("DK001", ""), ["地块编号"]),
    "line_kind": (swap(",面,", ",线,"), ["线"]),
    "many_points": (swap(",面,", ",点,"), ["one parcel for each"]),
    "two_points": (SINGLE + "J1,1,4196850,38429638\nJ2,1,4196850,38429838\n", ["too few"]),
    "closing_point_elsewhere": (
        swap("J1,1,4196850.000,38429638.000\nJ5", "J1,1,4196850.000,38429648.000\nJ5"),
        [line(4), "elsewhere"],
    ),
    "open_and_unvouched": (SINGLE + ring(1, N, E, closed=False), ["may be cut", "open"][1:]),
    "interleaved": (
        SINGLE + "J1,1,4196850,38429638\nJ5,2,4196790,38429700\nJ2,1,4196850,38429838\n"
        "J6,2,4196770,38429700\nJ3,1,4196700,38429838\nJ7,2,4196770,38429725\n",
        ["goes on after another"],
    ),
    "one_number_for_two_rings": (SINGLE + ring(1, N, E) + ring(1, N, E + 90, start=5), ["closes"]),
    "bow_tie": (
        SINGLE + "J1,1,4196850,38429638\nJ2,1,4196700,38429838\nJ3,1,4196850,38429838\n"
        "J4,1,4196700,38429638\nJ1,1,4196850,38429638\n",
        ["ring 1", "Self-intersection"],
    ),
    "flat": (
        SINGLE + "J1,1,4196850,38429638\nJ2,1,4196850,38429738\nJ3,1,4196850,38429838\n"
        "J1,1,4196850,38429638\n",
        ["ring 1", "invalid"],
    ),
    "rings_overlap": (SINGLE + ring(1, N, E) + ring(2, N - 20, E + 20, start=5), ["overlap"]),
    "same_ring_twice": (SINGLE + ring(1, N, E) + ring(2, N, E), ["overlap"]),
    "outer_inside_second": (
        SINGLE + ring(1, N - 10, E + 10, 10) + ring(2, N, E), ["ring 1", "not declared"],
    ),
    "hole_on_the_edge": (SINGLE + ring(1, N, E) + ring(2, N, E, 10), ["no valid polygon"]),
    "parts_share_an_edge": (SINGLE + ring(1, N, E) + ring(2, N, E + 40), ["no valid polygon"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_texts(read, name):
    text, parts = BAD[name]
    _, told = read(text)
    assert any(all(part in one for part in parts) for one in told), told
    assert all(one.startswith("p.txt") for one in told)


def test_parameters_are_never_repeated(read):
    _, told = read(BAD["parameters"][0])
    assert "12.345" not in " ".join(told)


def test_every_wrong_line_is_told(read):
    text = swap("J2,1,4196850", "J2,1,x").replace("J6,2,", "J6；2，").replace("J7,2,", "J7,2,9")
    _, told = read(text)
    assert [one.split("[line ")[1].split("]")[0].split(",")[0] for one in told] == [
        "15",
        "20",
        "21",
    ]


def test_many_wrong_lines_are_counted(read):
    points = "".join(f"J{i},1,38429638,{4196850 + i}\n" for i in range(200))
    _, told = read(SINGLE + points)
    assert len([one for one in told if "swapped" in one]) == 50
    assert any("150 more" in one for one in told)


SHAPES = {
    "second_part": (ring(1, N, E) + ring(2, N, E + 90, start=5), 2, 0, 3200, "another part"),
    "two_holes": (
        ring(1, N, E) + ring(2, N - 5, E + 5, 5) + ring(3, N - 20, E + 20, 5), 1, 2, 1550, "",
    ),
    "island": (
        ring(1, N, E) + ring(2, N - 5, E + 5, 30) + ring(3, N - 10, E + 10, 10), 2, 1, 800,
        "island",
    ),
    "hole_before_its_part": (
        ring(1, N, E) + ring(2, N - 10, E + 100, 10) + ring(3, N, E + 90), 2, 1, 3100,
        "another part",
    ),
    "touching_parts": (ring(1, N, E) + ring(2, N - 40, E + 40), 2, 0, 3200, "another part"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_rings_are_placed_by_what_they_cover(read, name):
    points, parts, holes, area, note = SHAPES[name]
    found, told = read(SINGLE + points)
    assert told == []
    shape = found.rows[0].shape
    polygons = shapely.get_parts(shape)
    assert len(polygons) == parts
    assert sum(len(one.interiors) for one in polygons) == holes
    assert shape.area == pytest.approx(area)
    assert any(note in one for one in found.notes) if note else found.notes == ()


def test_parcels_of_one_file(read):
    text = TEXT + PARCEL.replace("DK001", "DK002") + OUTER + HOLE + "1,,W1,井,点,,,,@\n"
    found, told = read(text + "J1,1,4196850.000,38429638.000\n")
    assert told == []
    assert [row.cells["id"] for row in found.rows] == ["DK001", "DK002", "W1"]
    assert [row.shape.geom_type for row in found.rows] == ["Polygon", "Polygon", "Point"]
    assert found.rows[0].cells["地类编码"] == "1305"


CRS_GIVEN = [
    (TEXT, "EPSG:4526", ""),
    (TEXT, "EPSG:4547", ""),
    (TEXT, "EPSG:4548", "--crs says"),
    (TEXT, "EPSG:4490", "--crs says"),
    (TEXT, "EPSG:4549999", "unknown"),
    (TEXT.replace("坐标系=2000国家大地坐标系\n", ""), "EPSG:4526", ""),
    (TEXT.replace("2000国家大地坐标系", "1980西安坐标系"), "EPSG:4526", "--crs says"),
]


@pytest.mark.parametrize(("text", "crs", "part"), CRS_GIVEN)
def test_what_the_caller_says_must_agree(read, text, crs, part):
    found, told = read(text, Given(crs=crs))
    assert any(part in one for one in told) if part else told == []
    assert part or found.rows[0].crs.to_epsg() == 4526


PLAIN = TEXT.replace(",38429", ",429")
SIX = TEXT.replace(",38429", ",19429").replace("带号=38", "带号=19").replace("分带=3", "分带=6")
OLD = [
    ("1980西安坐标系", TEXT, 2362),
    ("西安80", PLAIN, 2383),
    ("1980西安坐标系", SIX, 2333),
    ("1954北京坐标系", TEXT, 2414),
    ("北京54", PLAIN, 2435),
    ("1954北京坐标系", SIX, 21419),
]


@pytest.mark.parametrize(("datum", "text", "code"), OLD)
def test_old_datums_are_named_for_those_who_refuse_or_shift_them(read, datum, text, code):
    found, told = read(text.replace("2000国家大地坐标系", datum))
    assert told == []
    assert found.rows[0].crs.to_epsg() == code
    assert ("Xian 1980" in found.rows[0].crs.name) is ("80" in datum)


UNREADABLE = [
    TEXT.encode("utf-16-le"),
    TEXT.encode("utf-16")[:-1],
    TEXT.encode("big5", "ignore") + b"\xff\xff",
    TEXT.replace("示例", "示\0例").encode(),
]


@pytest.mark.parametrize("content", UNREADABLE)
def test_unreadable_texts(read, content):
    with pytest.raises(UnreadableError):
        read(content)


@pytest.mark.parametrize(
    ("text", "known"),
    [(TEXT, True), (TEXT.replace("[地块坐标]\n", ""), True), ("id,lon,lat\n", False)],
)
def test_what_is_boundary_text(tmp_path, text, known):
    path = tmp_path / "p.txt"
    path.write_text(text, "gb18030", errors="replace")
    assert is_boundary_text(path) is known
