"""Shapefiles: rings, side files, counts, deleted rows, encodings; each fault alone."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely

from geozone.land.formats.dbase import read_table
from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features


def ring(x, y, size, *, cw=True):
    places = [(x, y), (x, y + size), (x + size, y + size), (x + size, y), (x, y)]
    return places if cw else places[::-1]


def polygon(rings):
    """The content of a polygon's record; of ``None`` that of a null shape."""
    if rings is None:
        return struct.pack("<i", 0)
    places = [place for one in rings for place in one]
    xs, ys = zip(*places, strict=True)
    first = np.cumsum([0, *(len(one) for one in rings)])[:-1]
    head = struct.pack("<i4d2i", 5, min(xs), min(ys), max(xs), max(ys), len(rings), len(places))
    return head + struct.pack(f"<{len(first)}i", *first) + np.array(places, "<f8").tobytes()


def head(size, kind=5):
    return struct.pack(">7i", 9994, *[0] * 5, size // 2) + struct.pack(
        "<2i8d", 1000, kind, *[0] * 8
    )


def dbf(rows, *, name=b"ID", kind=b"C", width=8, ldid=0, marks=None):
    """A table of one field."""
    field = struct.pack("<11sc4xBB14x", name, kind, width, 0)
    top = struct.pack("<4BIHH17xB2x", 3, 95, 7, 26, len(rows), 32 + len(field) + 1, 1 + width, ldid)
    marks = marks or [b" "] * len(rows)
    lines = [mark + one.ljust(width)[:width] for mark, one in zip(marks, rows, strict=True)]
    return top + field + b"\r" + b"".join(lines) + b"\x1a"


def written(folder, records, *, table=None, cpg=None, kind=5):
    """A shapefile of polygons from the rings of its records."""
    contents = [one if isinstance(one, bytes) else polygon(one) for one in records]
    body, index, at = b"", b"", 50
    for number, one in enumerate(contents, 1):
        body += struct.pack(">2i", number, len(one) // 2) + one
        index += struct.pack(">2i", at, len(one) // 2)
        at += 4 + len(one) // 2
    path = folder / "a.shp"
    path.write_bytes(head(100 + len(body), kind) + body)
    path.with_suffix(".shx").write_bytes(head(100 + len(index), kind) + index)
    rows = [b"%d" % i for i in range(len(records))]
    path.with_suffix(".dbf").write_bytes(table or dbf(rows))
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return refused.value


SQUARE = [ring(0, 0, 10)]

# Rings: (rings of one record, area that is read, or a problem)

RINGS = {
    "outer": (SQUARE, 100),
    "outer_wound_the_other_way": ([ring(0, 0, 10, cw=False)], 100),
    "two_outer": ([ring(0, 0, 10), ring(20, 0, 5)], 125),
    "hole": ([ring(0, 0, 10), ring(2, 2, 4, cw=False)], 84),
    "hole_first": ([ring(2, 2, 4, cw=False), ring(0, 0, 10)], 84),
    "island_in_a_hole": ([ring(0, 0, 10), ring(2, 2, 6, cw=False), ring(4, 4, 2)], 68),
    "null": (None, None),
}


@pytest.mark.parametrize("name", RINGS)
def test_rings_are_read_as_drawn(tmp_path, name):
    rings, area = RINGS[name]
    found = read_features(written(tmp_path, [SQUARE, rings]), Wanted())
    assert found.doubts == found.notes == found.warnings == ()
    assert (None if found.shapes[1] is None else found.shapes[1].area) == area


def test_two_outer_rings_wound_the_other_way_are_noted(tmp_path):
    turned = [ring(0, 0, 10, cw=False), ring(20, 0, 5, cw=False)]
    found = read_features(written(tmp_path, [SQUARE, turned]), Wanted())
    assert found.shapes[1].area == 125
    assert found.notes == ("rings wound the other way: #2",)
    assert found.doubts == found.warnings == ()


TORN = {
    "hole_outside_its_shell": [ring(0, 0, 10), ring(20, 2, 4, cw=False)],
    "hole_beside_two_outer": [ring(0, 0, 10), ring(20, 2, 4, cw=False), ring(40, 0, 5)],
    "outer_and_hole_exchanged": [ring(0, 0, 10, cw=False), ring(2, 2, 4)],
    "outer_within_outer": [ring(0, 0, 10), ring(2, 2, 4)],
    "all_the_other_way_nested": [ring(0, 0, 10, cw=False), ring(2, 2, 4, cw=False)],
    "island_wound_as_a_hole": [
        ring(0, 0, 10),
        ring(2, 2, 6, cw=False),
        ring(4, 4, 2, cw=False),
    ],
    "one_ring_twice": [ring(0, 0, 10), ring(0, 0, 10)],
    "one_ring_there_and_back": [ring(0, 0, 10), ring(0, 0, 10, cw=False)],
    "ring_of_three": [ring(0, 0, 10), [(1, 1), (2, 2), (1, 1)]],
}


@pytest.mark.parametrize("name", TORN)
def test_rings_that_cannot_be_told_apart_are_doubted_or_invalid(tmp_path, name):
    found = read_features(written(tmp_path, [SQUARE, TORN[name]]), Wanted())
    doubted = any(problem == "invalid-geometry" and "#2" in what for problem, what in found.doubts)
    assert doubted or not shapely.is_valid(found.shapes[1])


def test_an_open_ring_is_closed_and_counted(tmp_path):
    found = read_features(written(tmp_path, [[ring(0, 0, 10)[:-1]]]), Wanted())
    assert (found.shapes[0].area, found.unclosed) == (100, 1)


# Side files and counts


def renamed(ending, new):
    return lambda path: path.with_suffix(ending).rename(path.with_name(new))


def patched(ending, at, new):
    def spoil(path):
        one = path.with_suffix(ending)
        content = bytearray(one.read_bytes())
        content[at : at + len(new)] = new
        one.write_bytes(content)

    return spoil


def cut(ending, count):
    def spoil(path):
        one = path.with_suffix(ending)
        one.write_bytes(one.read_bytes()[:-count])

    return spoil


def swapped_index(path):
    index = path.with_suffix(".shx")
    content = index.read_bytes()
    index.write_bytes(content[:100] + content[108:116] * 2 + content[116:])


SPOILED = {
    "no_shx": (lambda path: path.with_suffix(".shx").unlink(), ".shx is missing", "unreadable"),
    "no_dbf": (lambda path: path.with_suffix(".dbf").unlink(), ".dbf is missing", "unreadable"),
    "stem_in_capitals": (renamed(".dbf", "A.DBF"), "name it a.dbf", "unreadable"),
    "ending_of_both_cases": (renamed(".dbf", "a.Dbf"), "name it a.dbf", "unreadable"),
    "two_tables": (
        lambda path: path.with_name("a.DBF").write_bytes(path.with_suffix(".dbf").read_bytes()),
        "one of each kind",
        "unreadable",
    ),
    "prj_of_another_case": (
        lambda path: path.with_name("A.prj").write_text("x"),
        "name it a.prj",
        "unreadable",
    ),
    "shp_cut": (cut(".shp", 40), "has", "unreadable"),
    "shx_cut": (cut(".shx", 8), "has", "unreadable"),
    "shx_points_twice_at_one": (swapped_index, "overlap", "unreadable"),
    "shx_points_elsewhere": (patched(".shx", 108, b"\0\0\0\x40"), "disagree", "unreadable"),
    "shx_beyond_the_end": (patched(".shx", 108, b"\0\x7f\0\0"), "cut", "unreadable"),
    "record_of_another_kind": (patched(".shp", 108, b"\x03"), "another type", "unreadable"),
    "no_shapefile": (patched(".shp", 0, b"PK"), "damaged head", "unreadable"),
    "dbf_cut": (cut(".dbf", 4), "states 3 records", "count-mismatch"),
    "dbf_states_fewer": (patched(".dbf", 4, b"\x02"), "states 2 records", "count-mismatch"),
    "dbf_states_more": (patched(".dbf", 4, b"\x04"), "states 4 records", "count-mismatch"),
    "dbf_head_damaged": (patched(".dbf", 48, b"\x07"), "damaged head", "unreadable"),
    "dbf_row_damaged": (patched(".dbf", 65, b"x"), "record 1 is damaged", "unreadable"),
    "cpg_of_no_encoding": (
        lambda path: path.with_suffix(".cpg").write_text("KLINGON"),
        "unknown encoding",
        "unreadable",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_files_are_refused(tmp_path, name):
    spoil, part, problem = SPOILED[name]
    path = written(tmp_path, [SQUARE] * 3)
    spoil(path)
    refused = fault(path)
    assert part in f"{refused.what} -> {refused.todo}"
    assert refused.problem == problem


def test_a_table_of_another_number_of_rows_is_refused(tmp_path):
    path = written(tmp_path, [SQUARE] * 3, table=dbf([b"1", b"2"]))
    assert fault(path).problem == "count-mismatch"


def test_multipatches_are_refused(tmp_path):
    patch = struct.pack("<i", 31) + polygon(SQUARE)[4:]
    assert "shape type 31" in fault(written(tmp_path, [patch], kind=31)).what


def test_deleted_rows_are_left_out_and_doubted(tmp_path):
    table = dbf([b"a", b"b", b"c"], marks=[b" ", b"*", b" "])
    records = [SQUARE, [ring(50, 0, 1)], [ring(90, 0, 3)]]
    found = read_features(written(tmp_path, records, table=table), Wanted(fields=("ID",)))
    assert found.columns["ID"] == ("a", "c")
    assert [one.area for one in found.shapes] == [100, 9]
    assert found.fids == (1, 3)
    ((problem, what),) = found.doubts
    assert problem == "count-mismatch"
    assert "1 records" in what


def test_bytes_of_no_record_are_doubted(tmp_path):
    path = written(tmp_path, [SQUARE] * 2)
    index = path.with_suffix(".shx").read_bytes()
    path.with_suffix(".shx").write_bytes(head(108) + index[108:])
    path.with_suffix(".dbf").write_bytes(dbf([b"b"]))
    found = read_features(path, Wanted())
    assert [problem for problem, _ in found.doubts] == ["count-mismatch"]


@pytest.mark.parametrize("names", ["A.SHP A.SHX A.DBF", "a.shp a.SHX a.DBF", "a.SHP a.shx a.dbf"])
def test_endings_in_capitals(tmp_path, names):
    path = written(tmp_path, [SQUARE] * 2)
    for ending, new in zip(
        (".shx", ".dbf", ".shp"), names.split()[1:] + names.split()[:1], strict=True
    ):
        path.with_suffix(ending).rename(tmp_path / new)
    found = read_features(tmp_path / names.split()[0], Wanted(fields=("id",)))
    assert found.columns["id"] == ("0", "1")


def test_no_record_at_all(tmp_path):
    found = read_features(written(tmp_path, []), Wanted(fields=("ID",)))
    assert (len(found.shapes), found.columns["ID"], found.declared, found.crs) == (0, (), 0, None)


def test_rows_behind_the_end_mark_do_not_count(tmp_path):
    path = written(tmp_path, [SQUARE])
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes() + bytes(64))
    assert len(read_features(path, Wanted()).shapes) == 1


# Encodings: (bytes of the value, .cpg, language byte, declared) -> (text, encoding, note)

GBK, UTF8 = "正线".encode("gb18030"), "正线".encode()
READ = {
    "utf8_by_cpg": (UTF8, "UTF-8", 0, None, "utf-8", ""),
    "utf8_by_code_page": (UTF8, "65001", 0, None, "utf-8", ""),
    "gbk_by_cpg": (GBK, "GBK", 0, None, "gb18030", ""),
    "gbk_by_936": (GBK, "936", 0, None, "gb18030", ""),
    "gbk_by_ansi_936": (GBK, "ANSI 936", 0, None, "gb18030", ""),
    "gbk_by_language": (GBK, None, 0x4D, None, "gb18030", ""),
    "gbk_by_windows_language": (GBK, None, 0x7A, None, "gb18030", ""),
    "gbk_by_ldid_in_cpg": (GBK, "LDID/77", 0, None, "gb18030", ""),
    "cpg_before_language": (UTF8, "UTF-8", 0x4D, None, "utf-8", ""),
    "empty_cpg": (GBK, "", 0x4D, None, "gb18030", ""),
    "declared": (GBK, None, 0, "GBK", "gb18030", ""),
    "declared_like_the_cpg": (GBK, "936", 0, "GB18030", "gb18030", ""),
    "declared_beside_western": (GBK, "ISO-8859-1", 0, "GB18030", "gb18030", ""),
    "utf8_unstated": (UTF8, None, 0, None, "utf-8", "no encoding is stated"),
    "gbk_unstated": (GBK, None, 0, None, "gb18030", "no encoding is stated"),
    "gbk_of_the_system": (GBK, None, 0x57, None, "gb18030", "no encoding is stated"),
    "gbk_under_western": (GBK, "ISO-8859-1", 0, None, "gb18030", "no encoding is stated"),
    "gbk_under_a_western_language": (GBK, None, 0x03, None, "gb18030", "no encoding is stated"),
    "gbk_and_cpg_says_utf8": (GBK, "UTF-8", 0, None, "gb18030", "the file states utf-8"),
    "utf8_and_cpg_says_gbk": (UTF8, "GBK", 0, None, "utf-8", "the file states gb18030"),
    "utf8_and_language_says_gbk": (UTF8, None, 0x4D, None, "utf-8", "the file states gb18030"),
    "big5_by_language": ("正線".encode("cp950"), None, 0x4F, None, "cp950", ""),
    "gbk_that_looks_like_utf8": ("路".encode("gb18030"), None, 0, None, "gb18030", "no encoding"),
    "gbk_stated_that_looks_like_utf8": ("路".encode("gb18030"), "GBK", 0, None, "gb18030", ""),
    "ascii": (b"line", None, 0, None, "ascii", ""),
}


@pytest.mark.parametrize("name", READ)
def test_encodings(tmp_path, name):
    value, cpg, ldid, declared, encoding, note = READ[name]
    path = written(tmp_path, [SQUARE], table=dbf([value], ldid=ldid), cpg=cpg)
    found = read_features(path, Wanted(fields=("ID",), encoding=declared))
    assert (found.columns["ID"], found.encoding) == ((value.decode(encoding),), encoding)
    assert note in " ".join(found.notes)
    assert bool(found.notes) == bool(note)


UNREAD = {
    "declared_wrongly": (GBK, None, "UTF-8", "text is not utf-8"),
    "declared_against_the_cpg": (UTF8, "UTF-8", "GB18030", "the file states utf-8"),
    "neither": (b"\xff\xff\xff", None, None, "text is not UTF-8 or GB18030"),
    "declared_unknown": (GBK, None, "KLINGON", "unknown encoding"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_encodings_that_do_not_fit(tmp_path, name):
    value, cpg, declared, part = UNREAD[name]
    path = written(tmp_path, [SQUARE], table=dbf([value]), cpg=cpg)
    assert part in fault(path, fields=("ID",), encoding=declared).what


def test_names_cut_within_a_letter(tmp_path):
    name = "行政区划代码".encode()[:10]  # three letters and the first byte of the fourth
    path = written(tmp_path, [SQUARE], table=dbf([b"1401"], name=name), cpg="UTF-8")
    assert read_features(path, Wanted(fields=("XZQDM",))).columns["XZQDM"] == ("1401",)


# Values: (kind of the field, bytes, text)

VALUES = {
    "text": (b"C", b" 0102 ", "0102"),
    "blank": (b"C", b"", None),
    "zero_bytes": (b"C", b"a\0b", "a"),
    "whole_number": (b"N", b"     102", "102"),
    "leading_zeros_stay": (b"N", b"0102", "0102"),
    "more_digits_than_a_float_holds": (b"N", b"9007199254740993001", "9007199254740993001"),
    "decimals": (b"N", b"1.50", "1.5"),
    "whole_with_decimals": (b"N", b"3.000", "3"),
    "negative": (b"N", b"-12", "-12"),
    "no_number": (b"N", b"", None),
    "stars": (b"N", b"****", None),
    "float": (b"F", b"1.5e+003", "1500"),
    "date": (b"D", b"20200105", "2020-01-05"),
    "no_date": (b"D", b"00000000", None),
    "blank_date": (b"D", b"", None),
    "true": (b"L", b"T", "True"),
    "false": (b"L", b"n", "False"),
    "neither": (b"L", b"?", None),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_of_a_table(tmp_path, name):
    kind, value, text = VALUES[name]
    width = {b"D": 8, b"L": 1}.get(kind, 20)
    (tmp_path / "a.dbf").write_bytes(dbf([value], kind=kind, width=width))
    assert read_table(tmp_path / "a.dbf").texts(0, "utf-8") == (text,)


@pytest.mark.parametrize(
    ("kind", "value"), [(b"L", b"x"), (b"N", b"1,5"), (b"M", b"1"), (b"I", b"1")]
)
def test_values_that_are_not_read(tmp_path, kind, value):
    path = written(tmp_path, [SQUARE], table=dbf([value], kind=kind))
    assert fault(path, fields=("ID",)).problem == "unreadable"
    assert len(read_features(path, Wanted()).shapes) == 1
