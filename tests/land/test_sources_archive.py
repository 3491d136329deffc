"""Archives of any origin: what is unpacked, and what is refused, with its names."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib

import pytest

from geozone.land.formats.features import UnreadableError
from geozone.land.sources.archive import FOR_LAYERS, FOR_PROPOSALS, unpack
from geozone.land.sources.zipfiles import ZipLimits

SMALL = ZipLimits(entries=20, unpacked_bytes=1_000_000, ratio=50, ratio_from=10_000)
SHAPEFILE = {"路/线.shp": b"1", "路/线.shx": b"2", "路/线.dbf": b"3", "路/线.PRJ": b"4"}


def packed(files, method=zipfile.ZIP_DEFLATED):
    """A zip of names (or directory entries) and contents."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def entry(name, mode=0o100644, **marks):
    """A directory entry of a zip with marks of its own."""
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    for mark, value in marks.items():
        setattr(made, mark, value)
    return made


def with_raw_name(raw, name, wanted):
    """The same bytes with a name of the same length in another encoding, not marked UTF-8."""
    given = name.encode("ascii")
    assert len(given) == len(wanted)
    return raw.replace(given, wanted)


@pytest.fixture
def unpacked(tmp_path):
    """Unpacks bytes; what came out as a path, its notes, and all files by name."""

    def run(raw, name="a.zip", limits=SMALL, **options):
        file, into = tmp_path / name, tmp_path / "into"
        file.write_bytes(raw)
        into.mkdir()
        found = unpack(file, into, limits, **options)
        files = {
            one.relative_to(into).as_posix(): one.read_bytes()
            for one in sorted(into.rglob("*"))
            if one.is_file()
        }
        return found.path.relative_to(into).as_posix(), found.notes, files

    return run


def fault_of(unpacked, raw, **options):
    with pytest.raises(UnreadableError) as refused:
        unpacked(raw, **options)
    return refused.value


# What is read


@pytest.mark.parametrize(
    ("files", "main", "names"),
    [
        ({"roads.gpkg": b"x"}, "data.gpkg", {"data.gpkg"}),
        ({"./roads.gpkg": b"x"}, "data.gpkg", {"data.gpkg"}),
        ({"a/": b"", "a/b/roads.GeoJSON": b"x"}, "data.geojson", {"data.geojson"}),
        (SHAPEFILE, "data.shp", {"data.shp", "data.shx", "data.dbf", "data.prj"}),
        ({"R.SHP": b"1", "r.dbf": b"2", "s.dbf": b"3"}, "data.shp", {"data.shp", "data.dbf"}),
        (
            {"r.gpkg": b"1", "r.gpkg-wal": b"2", "r.gpkg-shm": b"3"},
            "data.gpkg",
            {"data.gpkg", "data.gpkg-wal"},
        ),
        (
            {"r.tif": b"1", "r.tfw": b"2", "r.tif.msk": b"3"},
            "data.tif",
            {"data.tif", "data.tif.msk"},
        ),
        (
            {"x.gdb/a00000001.gdbtable": b"1", "x.gdb/gdb": b"2", "x.gdb/u.rd.sr.lock": b""},
            "data.gdb",
            {"data.gdb/a00000001.gdbtable", "data.gdb/gdb"},
        ),
        ({"a00000001.gdbtable": b"1", "gdb": b"2"}, "data.gdb", None),
        (
            {
                "__MACOSX/._r.shp": b"",
                ".DS_Store": b"",
                "Thumbs.db": b"",
                "r.shp": b"1",
                "r.shp.xml": b"",
                "r.sbn": b"",
                "r.qml": b"",
                "readme.txt": b"",
                "图.pdf": b"",
            },
            "data.shp",
            {"data.shp"},
        ),
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_one_data_set_is_unpacked_under_generated_names(unpacked, files, main, names, method):
    found, notes, written = unpacked(packed(files, method))
    assert found == main
    assert names is None or set(written) == names
    assert bool(notes) == (len(written) < sum(not one.endswith("/") for one in files))


def test_what_is_left_is_named(unpacked):
    _, (note,), _ = unpacked(packed({"r.gpkg": b"", "图.pdf": b"", "r.qml": b""}))
    assert "图.pdf、r.qml" in note
    assert "r.gpkg" not in note


def test_content_comes_out_as_it_went_in(unpacked):
    content = os.urandom(3 << 20)
    limits = FOR_LAYERS
    assert unpacked(packed({"r.gpkg": content}), limits=limits)[2] == {"data.gpkg": content}


def test_a_kmz_holds_one_kml_among_pictures(unpacked):
    raw = packed({"doc.kml": b"<kml/>", "files/a.png": b"", "files/b.tif": b""})
    assert unpacked(raw, name="a.kmz")[0] == "data.kml"


@pytest.mark.parametrize(
    ("files", "texts", "says"),
    [
        ({"地块.txt": b"x"}, True, None),
        ({"地块.txt": b"x", "readme.txt": b"", "说明.txt": b""}, True, None),
        ({"地块.txt": b"x"}, False, "no data that are read"),
        ({"地块.txt": b"x", "r.shp": b""}, False, None),
        ({"地块.txt": b"x", "r.shp": b""}, True, "地块.txt"),
    ],
)
def test_texts_are_data_of_proposals_only(unpacked, files, texts, says):
    if says is None:
        unpacked(packed(files), texts=texts)
    else:
        assert says in fault_of(unpacked, packed(files), texts=texts).what


@pytest.mark.parametrize(
    "encoded", ["一级".encode("gb18030"), "红线".encode("gb18030"), "é".encode() * 2]
)
def test_names_without_a_mark_are_utf8_or_gb18030(unpacked, encoded):
    raw = with_raw_name(packed({"abcd.gpkg": b"", "abcd.txt": b""}), "abcd", encoded)
    _, (note,), _ = unpacked(raw)
    told = "éé" if encoded.startswith(b"\xc3\xa9") else encoded.decode("gb18030")
    assert f"{told}.txt" in note


def test_side_files_meet_whatever_the_encoding_of_their_names(unpacked):
    raw = packed({"abcd.shp": b"1", "abcd.dbf": b"2"})
    raw = with_raw_name(raw, "abcd", "红线".encode("gb18030"))
    assert set(unpacked(raw)[2]) == {"data.shp", "data.dbf"}


# What is refused by its names


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "damaged"),
        ({"a/": b""}, "no data that are read"),
        ({"r.docx": b""}, "no data that are read"),
        ({"r.dbf": b"", "r.shx": b""}, "no data that are read"),
        ({"a.shp": b"", "b.shp": b""}, "a.shp、b.shp"),
        ({"a.gpkg": b"", "b.csv": b""}, "a.gpkg、b.csv"),
        ({"a.gpkg": b"", "b.mdb": b""}, "a.gpkg、b.mdb"),
        ({"a.gdb/gdb": b"", "b.gdb/gdb": b""}, "a.gdb、b.gdb"),
        ({"a.gdb/gdb": b"", "r.tif": b""}, "a.gdb、r.tif"),
        ({"r.gpkg": b"", "in.zip": b""}, "holds an archive: in.zip"),
        ({"in.KMZ": b""}, "holds an archive: in.KMZ"),
        ({"r.gpkg": b"", "in.tar.gz": b""}, "holds an archive: in.tar.gz"),
        ({"r.gpkg": b"", "r.vrt": b""}, "VRT"),
        ({"../r.gpkg": b""}, "unsafe"),
        ({"a/../../r.gpkg": b""}, "unsafe"),
        ({"/etc/r.gpkg": b""}, "unsafe"),
        ({"C:/r.gpkg": b""}, "unsafe"),
        ({"a\\r.gpkg": b""}, "unsafe"),
        ({"..\\r.gpkg": b""}, "unsafe"),
        ({"a//r.gpkg": b""}, "unsafe"),
        ({"r\n.gpkg": b""}, "unsafe"),
        ({"r.gpkg": b"", "R.GPKG": b""}, "same name"),
        ({"é.gpkg": b"", "e\u0301.gpkg": b""}, "same name"),
        ({"r.gpkg": b"", "r.gpkg/": b""}, "same name"),
        ({f"{i}.pdf": b"" for i in range(21)}, "too many entries (21 > 20)"),
        ({"r.gpkg": os.urandom(1_000_001)}, "too large unpacked"),
        ({"r.gpkg": bytes(900_000)}, "compressed beyond belief"),
    ],
)
def test_what_its_names_and_sizes_forbid_is_refused_unwaivably(unpacked, files, says, tmp_path):
    error = fault_of(unpacked, packed(files))
    assert says in error.what
    assert error.problem == ("unreadable" if says == "damaged" else None)
    assert not [one for one in (tmp_path / "into").rglob("*") if one.is_file()]
    assert {one.name for one in tmp_path.iterdir()} == {"a.zip", "into"}


def test_padded_text_may_be_small_for_its_size(unpacked):
    assert unpacked(packed({"r.dbf": bytes(9_999), "r.shp": b""}))[0] == "data.shp"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_special_files_are_refused(unpacked, kind):
    error = fault_of(unpacked, packed({entry("r.gpkg", kind | 0o777): b"/etc/passwd"}))
    assert "links or special files" in error.what


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(unpacked):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("r.gpkg", b"1")
        archive.writestr("r.gpkg", b"2")
    assert "same name" in fault_of(unpacked, raw.getvalue()).what


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_compressions_are_refused(unpacked, method):
    assert (
        "compression that is not read" in fault_of(unpacked, packed({"r.gpkg": b"x"}, method)).what
    )


# What is refused by its bytes


def directory_at(raw):
    return raw.index(b"PK\x01\x02")


def changed(raw, at, form, value):
    """The bytes with one number in place of another."""
    return raw[:at] + struct.pack(form, value) + raw[at + struct.calcsize(form) :]


def test_encrypted_entries_are_refused(unpacked):
    raw = packed({"r.gpkg": b"x"})
    raw = changed(changed(raw, 6, "<H", 1), directory_at(raw) + 8, "<H", 1)
    assert "encrypted" in fault_of(unpacked, raw).what


def lying(raw, *, size=None, crc=None, packed_size=None):
    """An archive of one entry whose directory states other figures."""
    at = directory_at(raw)
    for value, offset in ((crc, 16), (packed_size, 20), (size, 24)):
        if value is not None:
            raw = changed(raw, at + offset, "<I", value)
    return raw


CONTENT = bytes(range(256)) * 40


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: lying(raw, size=100, crc=zlib.crc32(CONTENT[:100])),
        lambda raw: lying(raw, size=len(CONTENT) + 1),
        lambda raw: lying(raw, crc=1),
        lambda raw: lying(raw, packed_size=10),
        lambda raw: lying(raw, packed_size=len(raw)),
        lambda raw: changed(raw, 0, "<I", 0),
        lambda raw: changed(raw, 8, "<H", 99),
        lambda raw: raw[:30] + b"s" + raw[31:],
        lambda raw: b"MZ" + raw,
        lambda raw: changed(raw, len(raw) - 12, "<H", 7),
        lambda raw: changed(raw, len(raw) - 18, "<H", 1),
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: b"",
        lambda raw: b"PK\x03\x04",
        lambda raw: b"Rar!\x1a\x07\x00" + raw,
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damage_and_lies_are_refused(unpacked, spoil, method):
    raw = packed({"r.gpkg": CONTENT}, method)
    assert "damaged" in fault_of(unpacked, spoil(raw), limits=FOR_LAYERS).what


def test_a_size_beyond_measure_is_refused_before_anything_is_written(unpacked):
    raw = lying(packed({"r.gpkg": CONTENT}), size=0xFFFFFFFF)
    assert "too large unpacked" in fault_of(unpacked, raw, limits=FOR_LAYERS).what


@pytest.mark.parametrize("at", [0, -1])
def test_a_damaged_name_of_a_side_file_is_not_a_file_less(unpacked, at):
    raw = packed(SHAPEFILE)
    names = [i for i in range(len(raw)) if raw.startswith(b".dbf", i)]
    spoiled = changed(raw, names[at], "4s", b".dbx")
    assert "differs from the directory" in fault_of(unpacked, spoiled).what


def test_a_cut_anywhere_is_refused(unpacked, tmp_path):
    raw = packed(SHAPEFILE)
    for length in range(0, len(raw), 7):
        error = fault_of(unpacked, raw[:length])
        assert error.what
        (tmp_path / "into").rmdir()


def test_an_entry_that_inflates_beyond_what_it_states_stops_there(unpacked, tmp_path):
    raw = lying(packed({"r.gpkg": bytes(50 << 20)}), size=1000)
    error = fault_of(unpacked, raw, limits=FOR_PROPOSALS)
    assert "larger than stated" in error.what
    assert sum(one.stat().st_size for one in (tmp_path / "into").iterdir()) <= 1000


def test_entries_that_share_bytes_are_refused(unpacked):
    raw = packed({"a.dbf": CONTENT, "a.shp": CONTENT})
    second = raw.index(b"PK\x01\x02", directory_at(raw) + 4)
    overlapping = changed(raw, second + 42, "<I", 0)
    assert "entries overlap" in fault_of(unpacked, overlapping).what
