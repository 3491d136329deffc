"""Workbooks: what a sheet shows is what is read; what it hides or lost is said or refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.proposals.tables import read_csv, read_xlsx

HEAD = ["id", "lon", "lat"]
ROW = ["W1", 114.22, 38]


@pytest.fixture
def read(tmp_path):
    def reading(*rows, change=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if change:
            change(book)
        path = tmp_path / "p.xlsx"
        book.save(path)
        return told(path)

    return reading


def told(path):
    faults = Faults("p.xlsx")
    found = read_xlsx(path, faults)
    return found, [str(one) for one in faults.found]


def rows_of(found):
    return [dict(row.cells) for row in found.rows]


VALUES = [
    ("W1", "W1"),
    (" W1 ", "W1"),
    (7, "7"),
    (7.0, "7"),
    (114.22, "114.22"),
    ("38429638.00", "38429638.00"),
    (True, "True"),
    (date(2020, 1, 5), "2020-01-05"),
    (datetime(2020, 1, 5), "2020-01-05"),
    ("=W", None),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_values(read, value, text):
    found, faults = read(["id", "other"], [value, "x"])
    if text is None:
        assert "formula without a result" in faults[0]
        return
    assert faults == []
    assert found.rows[0].cells["id"] == text
    assert found.rows[0].faults.place == "row 2"


def test_codes_keep_the_zeros_that_are_shown(read):
    def shown(book):
        book.active["A2"].number_format = "0000"

    found, faults = read(["code"], [102], change=shown)
    assert (rows_of(found), faults) == ([{"code": "0102"}], [])


def test_codes_stored_as_fractions_keep_their_zeros_too(read, tmp_path):
    read(["code"], [102], change=lambda book: setattr(book.active["A2"], "number_format", "0000"))
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(tmp_path / "p.xlsx") as old, zipfile.ZipFile(saved, "w") as new:
        for one in old.infolist():
            new.writestr(one, old.read(one).replace(b"<v>102</v>", b"<v>102.0</v>"))
    found, faults = told(saved)
    assert (rows_of(found), faults) == ([{"code": "0102"}], [])


def test_text_codes_stay_text(read):
    assert rows_of(read(["code"], ["0102"])[0]) == [{"code": "0102"}]


LOST = [
    (1400002010111110012, "15 digits"),
    (time(11, 30), "time of day"),
    (timedelta(hours=112, minutes=33), "time of day"),
    ("#N/A", "error value"),
    ("#REF!", "error value"),
]


@pytest.mark.parametrize(("value", "part"), LOST)
def test_values_that_lost_their_meaning(read, value, part):
    _, faults = read(["id", "lon"], ["W1", value])
    assert part in faults[0]
    assert "row 2, column B" in faults[0]


def test_saved_results_of_formulas(read, tmp_path):
    found, faults = read(HEAD, ["W1", "=100+14.22", 38])
    assert "row 2, column B" in faults[0]
    path = tmp_path / "p.xlsx"
    saved = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for one in old.infolist():
            text = old.read(one)
            if one.filename.endswith("sheet1.xml"):
                assert b"<v></v>" in text or b"<v/>" in text or b"<v />" in text
                for empty in (b"<v></v>", b"<v/>", b"<v />"):
                    text = text.replace(empty, b"<v>114.22</v>")
            new.writestr(one, text)
    found, faults = told(saved)
    assert faults == []
    assert rows_of(found) == [{"id": "W1", "lon": "114.22", "lat": "38"}]
    assert any("formulas" in one for one in found.notes)


def test_merged_cells_are_filled_down(read):
    found, faults = read(
        ["许可证号", "点号"], ["C1", 1], [None, 2], [None, 3], ["C2", 1],
        change=lambda book: book.active.merge_cells("A2:A4"),
    )  # fmt: skip
    assert faults == []
    assert [row["许可证号"] for row in rows_of(found)] == ["C1", "C1", "C1", "C2"]
    assert any("A2:A4" in one for one in found.notes)


@pytest.mark.parametrize("area", ["A2:B2", "A1:B1", "A1:A2", "B2:C3", "B2:B3"])
def test_other_merges_are_refused(read, area):
    _, faults = read(HEAD, ROW, ROW, change=lambda book: book.active.merge_cells(area))
    assert any(area in one and "merged cells" in one for one in faults)


def test_empty_merges_are_no_matter(read):
    found, faults = read(HEAD, ROW, change=lambda book: book.active.merge_cells("E1:G9"))
    assert (len(found.rows), faults, found.notes) == (1, [], ())


def test_what_is_hidden_counts_and_is_said(read):
    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["B"].hidden = True

    found, faults = read(HEAD, ROW, ["W2", 114.3, 38], change=hide)
    assert faults == []
    assert len(found.rows) == 2
    assert any("hidden rows" in one and "3" in one for one in found.notes)
    assert any("hidden columns" in one and "B" in one for one in found.notes)


def test_hidden_sheets_count_as_filled(read):
    def hide(book):
        other = book.create_sheet("备份")
        other.append(HEAD)
        other.sheet_state = "hidden"

    with pytest.raises(UnreadableError, match=r"2 sheets.*备份（隐藏"):
        read(HEAD, ROW, change=hide)


def test_the_only_filled_sheet_may_be_hidden(read):
    def hide(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("empty")

    found, _ = read(HEAD, ROW, change=hide)
    assert any("hidden sheet" in one for one in found.notes)


def test_heads_are_trimmed_and_blank_rows_left_out(read):
    found, faults = read([], ["id ", " lon", "lat\n"], [], ROW, [None, " ", None])
    assert faults == []
    assert found.heads == ("id", "lon", "lat")
    assert [row.faults.place for row in found.rows] == ["row 4"]


def test_columns_without_a_head_are_said(read, tmp_path):
    found, _ = read(HEAD, [*ROW, None, "note"])
    assert rows_of(found) == [{"id": "W1", "lon": "114.22", "lat": "38"}]
    assert any("without a head" in one for one in found.notes)
    path = tmp_path / "p.csv"
    path.write_text(",id,lon\n0,W1,114\n", "utf-8")
    assert any("without a head" in one for one in read_csv(path, Faults("p.csv")).notes)


def test_formats_without_end_are_no_cells(read):
    def colour(book):
        book.active["XFD1048576"].number_format = "0.00"

    assert len(read(HEAD, ROW, change=colour)[0].rows) == 1


def test_empty_workbooks(read):
    with pytest.raises(UnreadableError, match="0 sheets"):
        read()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls"),
        (b"id,lon,lat\n", "cannot be read"),
        (b"PK\x03\x04" + bytes(40), "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_what_is_no_workbook(tmp_path, content, part):
    path = tmp_path / "p.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=part):
        told(path)


def test_entities_are_not_parsed(read, tmp_path):
    read(HEAD, ROW)
    spoilt = tmp_path / "spoilt.xlsx"
    with zipfile.ZipFile(tmp_path / "p.xlsx") as old, zipfile.ZipFile(spoilt, "w") as new:
        for one in old.infolist():
            text = old.read(one)
            if one.filename.endswith("workbook.xml"):
                text = b'<!DOCTYPE x [<!ENTITY e "boom">]>' + text
            new.writestr(one, text)
    with pytest.raises(UnreadableError, match="DOCTYPE"):
        told(spoilt)


def test_a_cut_workbook_is_refused(read, tmp_path):
    read(HEAD, *([ROW] * 50))
    whole = (tmp_path / "p.xlsx").read_bytes()
    for share in range(5, 100, 5):
        (tmp_path / "p.xlsx").write_bytes(whole[: len(whole) * share // 100])
        with pytest.raises(UnreadableError):
            told(tmp_path / "p.xlsx")
