"""CSV, TSV and XLSX as layers: places by the columns of proposals, codes as they stand."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.project import read_project
from geozone.land.proposals.workbook import MOST_CELLS

X, Y = 519323.153, 4207520.859


def read(folder, content, name="a.csv", **wanted):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_features(path, Wanted(**wanted))


def book(folder, *rows, sheets=(), change=None):
    made = openpyxl.Workbook()
    made.active.title = "井"
    for row in rows:
        made.active.append(row)
    for name, lines in sheets:
        sheet = made.create_sheet(name)
        for row in lines:
            sheet.append(row)
    if change:
        change(made.active)
    made.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def fault(folder, content, name="a.csv", **wanted):
    with pytest.raises(UnreadableError) as refused:
        read(folder, content, name, **wanted)
    return f"{refused.value.what} -> {refused.value.todo}"


def book_fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return f"{refused.value.what} -> {refused.value.todo}"


# Places


@pytest.mark.parametrize(
    ("head", "row", "crs"),
    [
        ("lon,lat", "114.22,38", 4490),
        ("经度,纬度", "114.22,38", 4490),
        ("LON,Lat", "114°13′12″,38°00′00″", 4490),
        ("lon,lat,crs", "114.22,38,EPSG:4326", 4326),
        ("east,north", f"{X},{Y}", None),
        ("x_north,y_east", f"{Y},{X}", None),
        ("X,Y", f"{Y},38{X}", None),
        ("east,north,crs", f"{X},{Y},EPSG:4547", 4547),
        ("x_north,y_east,坐标系", f"{Y},38{X},CGCS2000", 4526),
        ("wkt", "POINT (114.22 38)", None),
        ("wkt,crs", "POINT (114.22 38),EPSG:4490", 4490),
        ("东经起,东经止,北纬起,北纬止", "114.2,114.3,38,38.1", 4490),
    ],
)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_ways_to_write_a_place(tmp_path, head, row, crs, mark):
    text = f"编码,{head}\n0102,{row}\n".replace(",", mark)
    found = read(tmp_path, text, "a.tsv" if mark == "\t" else "a.csv", fields=("编码",))
    assert found.doubts == ()
    assert found.columns == {"编码": ("0102",)}
    assert (found.crs and found.crs.to_epsg()) == crs
    x, y = found.shapes[0].centroid.coords[0]
    assert (round(x % 1_000_000), round(y)) in {(114, 38), (round(X), round(Y))}


def test_corner_numbers_leave_points_points(tmp_path):
    text = "id,点号,lon,lat\n1,J1,114.2,38\n1,J2,114.3,38\n1,J3,114.3,38.1\n"
    found = read(tmp_path, text, fields=("点号",))
    assert [one.geom_type for one in found.shapes] == ["Point"] * 3
    assert found.columns["点号"] == ("J1", "J2", "J3")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("114.2,", "row 3, column lat"),
        (",38", "row 3, column lon"),
        ("114.2x,38", "row 3, column lon"),
        ("NaN,38", "row 3, column lon"),
        ("W114.2,38", "row 3, column lon"),
    ],
)
def test_wrong_places_are_doubts_with_their_row(tmp_path, row, word):
    found = read(tmp_path, f"lon,lat\n114.2,38\n{row}\n")
    assert [one is None for one in found.shapes] == [False, True]
    ((problem, what),) = found.doubts
    assert problem == "invalid-geometry"
    assert word in what


def test_many_wrong_places_are_counted(tmp_path):
    found = read(tmp_path, "lon,lat\n" + "x,38\n" * 8)
    assert len(found.doubts) == 6
    assert "3 more" in found.doubts[-1][1]


def test_row_without_any_place_is_null(tmp_path):
    found = read(tmp_path, "id,lon,lat\n1,,\n2,114.2,38\n")
    assert ([one is None for one in found.shapes], found.doubts) == ([True, False], ())
    assert found.crs.to_epsg() == 4490


def test_broken_and_curved_wkt_is_a_doubt(tmp_path):
    for wkt in ("POINT (1", "CIRCULARSTRING (0 0, 1 1, 2 0)"):
        found = read(tmp_path, f'id,wkt\n1,"{wkt}"\n')
        assert found.doubts[0][0] == "invalid-geometry"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("id,name\n1,a\n", "no coordinate columns"),
        ("lon,lat,east,north\n1,2,3,4\n", "more than one kind"),
        ("lon,lat,lon\n1,2,3\n", "heads are repeated"),
        ("lon,经度,lat\n1,2,3\n", "two columns mean lon"),
        ("wkt,crs\nPOINT (1 2),EPSG:4490\nPOINT (1 2),EPSG:4547\n", "different CRSs"),
        ("lon,lat\n1,2,3\n", "row 2 has more cells"),
        ('lon,lat,n\n1,2,"a\n', "unexpected end"),
        ("lon,lat,n\n1,2,a\0b\n", "NUL"),
        ("", "empty"),
        ("\n\n", "empty"),
        ("lon,lat,n\n1,2,é\n".encode("utf-16")[:-1], "broken UTF-16"),
        ('lon,lat,n\n1,2,"7寸\n1,2,8\n1,2,"\n', "not closed"),
    ],
)
def test_tables_that_are_refused(tmp_path, text, word):
    assert word in fault(tmp_path, text)


def test_unknown_field_is_refused(tmp_path):
    assert "no field 'JB'" in fault(tmp_path, "lon,lat\n1,2\n", fields=("JB",))


@pytest.mark.parametrize(
    "text", ["id,lon,lat,n\n1,114.2,38,a\n2,114.2,38", "id,lon,lat\n1\n2,1,2\n"]
)
def test_short_rows_are_doubts(tmp_path, text):
    """A table that was cut in its last row has fewer cells there."""
    found = read(tmp_path, text)
    assert found.doubts[0][0] == "driver-warning"
    assert "fewer cells" in found.doubts[0][1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(tmp_path, encoding):
    text = "级别,lon,lat\n一级,114.2,38\n"
    assert read(tmp_path, text.encode(encoding), fields=("级别",)).columns["级别"] == ("一级",)
    if encoding == "gb18030":
        found = read(tmp_path, text.encode(encoding), fields=("级别",), encoding="GBK")
        assert found.encoding == "gb18030"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path, ends):
    found = read(tmp_path, ends.join(["id,lon,lat", "1,114.2,38", '"a', 'b",114.3,38', ""]))
    assert (len(found.shapes), found.doubts) == (2, ())


# Workbooks

HEAD = ("编码", "lon", "lat")


def test_workbook_rows_and_codes(tmp_path):
    def change(sheet):
        sheet["A3"].number_format = "0000"
        sheet["A4"].number_format = "000000"

    rows = [HEAD, ("0102", 114.2, 38), (103, 114.2, 38.0), (14, "114°12′", "38"), (5.0, 1, 2)]
    found = read_features(book(tmp_path, *rows, change=change), Wanted(fields=("编码",)))
    assert found.columns["编码"] == ("0102", "0103", "000014", "5")
    assert (found.driver, found.layer, found.crs.to_epsg()) == ("XLSX", "井", 4490)
    assert found.shapes[2].wkt == "POINT (114.2 38)"
    assert (found.doubts, found.notes, found.fids) == ((), (), (1, 2, 3, 4))


def test_long_cells_and_line_breaks_of_shapes_are_read(tmp_path):
    corners = [f"{114 + at / 1e6} 38" for at in range(15_000)]
    ring = ",\n".join([*corners, "114.01 38.01", corners[0]])
    path = tmp_path / "a.csv"
    path.write_text(f'wkt,编码\n"POLYGON (({ring}))",1\n', "utf-8")
    (shape,) = read_features(path, Wanted(fields=("编码",))).shapes
    assert len(shape.exterior.coords) == 15_002


def test_values_of_cells(tmp_path):
    head = (*HEAD, "日", "时", "否", "空")
    row = ("a ", 114.2, 38, date(2024, 1, 5), datetime(2024, 1, 5, 6, 7), True, None)
    found = read_features(book(tmp_path, head, row), Wanted(fields=("编码", *head[3:])))
    assert [one[0] for one in found.columns.values()] == [
        "a",
        "2024-01-05",
        "2024-01-05T06:07:00",
        "True",
        None,
    ]


def test_one_of_several_sheets_must_be_named(tmp_path):
    path = book(tmp_path, HEAD, ("a", 1, 2), sheets=[("线", [HEAD, ("b", 1, 2)]), ("空", [])])
    assert "2 sheets are filled: 井, 线" in book_fault(path)
    assert read_features(path, Wanted("线", ("编码",))).columns["编码"] == ("b",)
    assert "井、线" in book_fault(path, layer="空")


def test_hidden_content_is_read_and_noted(tmp_path):
    def change(sheet):
        sheet.row_dimensions[2].hidden = True

    found = read_features(book(tmp_path, HEAD, ("a", 1, 2), change=change), Wanted())
    assert len(found.shapes) == 1
    assert "hidden" in found.notes[0]


def test_cells_in_doubt(tmp_path):
    def change(sheet):
        sheet.merge_cells("A2:A3")
        sheet["B4"] = "=1+1"
        sheet["A5"] = "#N/A"

    rows = [HEAD, ("a", 1, 2), (None, 1, 2), ("c", None, 2), ("d", 1, 2)]
    told = read_features(book(tmp_path, *rows, change=change), Wanted()).doubts
    text = "\n".join(what for _, what in told)
    assert "merged cells: A2:A3" in text
    assert "B4: 公式没有计算结果" in text
    assert "A5: 错误值" in text
    assert "row 4, column lon" in text


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (1400002010111110012, "15 digits"),
        (time(11, 30), "time of day"),
        ("#REF!", "error value"),
    ],
)
def test_values_that_lost_their_meaning_are_doubts(tmp_path, value, word):
    found = read_features(book(tmp_path, HEAD, (value, 1, 2)), Wanted(fields=("编码",)))
    ((problem, what),) = found.doubts
    assert problem == "driver-warning"
    assert what.startswith("A2: ")
    assert word in what
    assert found.columns["编码"] == (None,)


def test_a_sheet_of_faults_alone_has_no_rows(tmp_path):
    path = book(tmp_path, HEAD, ("a", 1, 2), sheets=[("坏", [["#N/A"]])])
    assert "the table is empty: A1" in book_fault(path, layer="坏")


def test_any_merge_of_a_layer_is_a_doubt(tmp_path):
    def change(sheet):
        sheet.merge_cells("E1:G9")

    found = read_features(book(tmp_path, HEAD, ("a", 1, 2), change=change), Wanted())
    assert [what for _, what in found.doubts] == ["合并单元格 / merged cells: E1:G9"]


def test_truth_values_are_no_codes(tmp_path):
    def change(sheet):
        sheet["A2"].number_format = "00000"

    path = book(tmp_path, HEAD, (True, 1, 2), change=change)
    assert read_features(path, Wanted(fields=("编码",))).columns["编码"] == ("True",)


def test_formats_without_end_are_no_rows(tmp_path):
    def change(sheet):
        sheet["XFD1048576"].number_format = "0.00"

    found = read_features(book(tmp_path, HEAD, ("a", 1, 2), change=change), Wanted())
    assert (len(found.shapes), found.doubts) == (1, ())


def test_only_hidden_cells_with_text_are_noted(tmp_path):
    def change(sheet):
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[9].hidden = True

    found = read_features(book(tmp_path, HEAD, ("a", 1, 2), change=change), Wanted())
    assert found.notes == ("隐藏的列也已读取 / hidden columns are read: B",)


def test_too_many_cells_are_refused_before_they_are_parsed(tmp_path):
    path = book(tmp_path, HEAD, ("a", 1, 2))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/more.xml", f"<d>{'<c/>' * (MOST_CELLS + 1)}</d>")
    assert "too many cells" in book_fault(path)


def test_blank_rows_and_a_head_further_down(tmp_path):
    found = read_features(book(tmp_path, (), HEAD, ("a", 1, 2), (), ("b", 1, 2)), Wanted())
    assert len(found.shapes) == 2


def test_two_head_rows_and_cells_without_a_head_are_refused(tmp_path):
    title = ("地热井一览表",)
    assert "cells without a head: B2, C2, B3" in book_fault(
        book(tmp_path, title, HEAD, ("a", 1, 2))
    )
    assert "cells without a head: D2" in book_fault(book(tmp_path, HEAD, ("a", 1, 2, "x")))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 99])
def test_broken_workbooks(tmp_path, content):
    assert "cannot be read" in fault(tmp_path, content, "a.xlsx")


def test_empty_workbook(tmp_path):
    assert "0 sheets" in book_fault(book(tmp_path))


def test_cut_workbook(tmp_path):
    path = book(tmp_path, HEAD, ("a", 1, 2))
    content = path.read_bytes()
    for size in range(0, len(content), 401):
        path.write_bytes(content[:size])
        assert "cannot be read" in book_fault(path)


def test_document_types_in_workbooks_are_never_parsed(tmp_path):
    path = book(tmp_path, HEAD, ("a", 1, 2))
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts[name]
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
    assert "DOCTYPE" in book_fault(path)


def test_tables_as_layers_of_a_project(case):
    (case.folder / "w.csv").write_text("编号,east,north\n1,520000,4207000\n", "utf-8")
    case.add("w.csv", None, theme="geothermal_well", crs="EPSG:4547")
    book(case.folder, ("编号", "lon", "lat"), ("1", 114.22, 38.0))
    case.add("a.xlsx", None, theme="geothermal_well", crs="EPSG:4326")
    one, two = read_project(case.write()).layers
    assert one.shapes[0].wkt == "POINT (520000 4207000)"
    assert two.receipt.driver == "XLSX"
