"""FlatGeobuf and FileGDB: what is read, and what is noticed of damaged ones."""

from __future__ import annotations

import struct
import warnings

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features

SQUARES = [shapely.box(i, 0, i + 1, 1) for i in range(3)]


def written(path, shapes=SQUARES, **more):
    columns = {"DLBM": [f"010{i}" for i in range(len(shapes))]}
    made = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4547")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a driver's remarks on what it writes
        pyogrio.write_dataframe(made, path, **more)
    return path


def fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return f"{refused.value.what} -> {refused.value.todo}"


def curve():
    """A half disc as WKB: a curve polygon of one circular string."""
    places = [(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)]
    ring = struct.pack("<BII", 1, 8, len(places)) + b"".join(struct.pack("<2d", *p) for p in places)
    return struct.pack("<BII", 1, 10, 1) + ring


# FlatGeobuf


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 256, 257])
@pytest.mark.parametrize("index", ["YES", "NO"])
def test_flatgeobuf_is_walked_from_feature_to_feature(tmp_path, count, index):
    shapes = [shapely.box(i, 0, i + 1, 1) for i in range(count)]
    path = written(tmp_path / "a.fgb", shapes, SPATIAL_INDEX=index, geometry_type="Polygon")
    found = read_features(path, Wanted(fields=("dlbm",)))
    assert (len(found.fids), found.scanned, found.declared or 0) == (count, count, count)
    assert found.crs.to_epsg() == 4547
    assert sorted(found.columns["dlbm"]) == sorted(f"010{i}" for i in range(count))
    assert found.notes == ()


@pytest.mark.parametrize("index", ["YES", "NO"])
def test_flatgeobuf_cut_anywhere_is_noticed(tmp_path, index):
    path = written(tmp_path / "a.fgb", SPATIAL_INDEX=index)
    content = path.read_bytes()
    for size in {*range(0, len(content), 7), *range(len(content) - 8, len(content))}:
        path.write_bytes(content[:size])
        try:
            found = read_features(path, Wanted())
        except UnreadableError:
            continue
        assert found.scanned != found.declared, size


def test_flatgeobuf_with_more_behind_it_is_noticed(tmp_path):
    path = written(tmp_path / "a.fgb")
    path.write_bytes(path.read_bytes() + b"\x01\x02\x03")
    assert "cut" in fault(path)


def test_damaged_index_of_flatgeobuf_is_noted_and_loses_nothing(tmp_path):
    path = written(tmp_path / "a.fgb")
    content = bytearray(path.read_bytes())
    (size,) = struct.unpack_from("<I", content, 8)
    first_leaf = 12 + size + 40  # behind the root node
    struct.pack_into("<Q", content, first_leaf + 32, 1)
    path.write_bytes(content)
    found = read_features(path, Wanted())
    assert len(found.shapes) == found.scanned == 3
    assert "index is damaged" in found.notes[0]


def test_other_content_under_the_ending_is_refused(tmp_path):
    (tmp_path / "a.fgb").write_bytes(b"SQLite format 3\x00")
    assert "not FlatGeobuf" in fault(tmp_path / "a.fgb")


def test_curves_are_refused(tmp_path):
    path = tmp_path / "a.fgb"
    blobs = np.array([curve()], object)
    pyogrio.raw.write(
        path, blobs, [], [], geometry_type="Unknown", driver="FlatGeobuf", crs="EPSG:4547"
    )
    assert "curves" in fault(path)


# FileGDB


@pytest.fixture
def gdb(tmp_path):
    return written(tmp_path / "a.gdb", driver="OpenFileGDB", layer="DLTB")


def test_filegdb_feature_class(gdb):
    found = read_features(gdb, Wanted(fields=("DLBM",)))
    assert (found.driver, found.layer) == ("OpenFileGDB", "DLTB")
    assert (found.declared, found.scanned, len(found.shapes)) == (3, 3, 3)
    assert found.columns == {"DLBM": ("0100", "0101", "0102")}
    assert found.crs.to_epsg() == 4547
    assert found.fids == (1, 2, 3)


def test_one_of_several_feature_classes_must_be_named(gdb):
    written(gdb, SQUARES[:1], driver="OpenFileGDB", layer="STBHHX", append=False)
    assert "2 layers" in fault(gdb)
    assert len(read_features(gdb, Wanted("STBHHX")).shapes) == 1
    assert len(read_features(gdb, Wanted("DLTB")).shapes) == 3
    assert "STBHHX" in fault(gdb, layer="stbhh")


@pytest.mark.parametrize("cut", [None, 0, 10, 0.5, -20, -1])
@pytest.mark.parametrize("number", [1, 3, 4, 9])
@pytest.mark.parametrize("ending", ["gdbtable", "gdbtablx"])
def test_missing_and_cut_tables_are_refused(gdb, number, ending, cut):
    table = gdb / f"a{number:08x}.{ending}"
    content = table.read_bytes()
    table.unlink()
    if cut is not None:
        size = int(cut * len(content)) if isinstance(cut, float) else cut
        table.write_bytes(content[:size])
    said = fault(gdb)
    assert table.name.partition(".")[0] in said or "tables are missing" in said


def test_row_taken_out_of_the_index_is_a_deleted_one(gdb):
    index, table = gdb / "a00000009.gdbtablx", gdb / "a00000009.gdbtable"
    content = bytearray(index.read_bytes())
    width = struct.unpack_from("<4i", content)[3]
    content[16 + width : 16 + 2 * width] = bytes(width)
    index.write_bytes(content)
    found = read_features(gdb, Wanted())
    assert (found.declared, found.scanned, len(found.shapes)) == (3, 2, 2)
    head = bytearray(table.read_bytes())
    struct.pack_into("<i", head, 4, 2)
    table.write_bytes(head)
    assert read_features(gdb, Wanted()).declared == 2
    assert read_features(gdb, Wanted()).fids == (1, 3)


def test_index_that_points_beyond_its_table_is_refused(gdb):
    index = gdb / "a00000009.gdbtablx"
    content = bytearray(index.read_bytes())
    content[16:19] = b"\xff\xff\xff"
    index.write_bytes(content)
    assert "a00000009.gdbtable" in fault(gdb)


def test_locks_of_writing_are_doubts_and_of_reading_none(gdb):
    (gdb / "a00000009.gdbtable.PC.1.2.sr.lock").touch()
    assert read_features(gdb, Wanted()).doubts == ()
    (gdb / "a00000009.gdbtable.PC.1.2.ed.lock").touch()
    ((problem, what),) = read_features(gdb, Wanted()).doubts
    assert problem == "driver-warning"
    assert "being edited" in what


def test_compressed_database_is_refused(gdb):
    (gdb / "a00000009.cdf").touch()
    assert "uncompress" in fault(gdb)


def test_folder_that_is_none(tmp_path):
    (tmp_path / "x.gdb").mkdir()
    assert "missing" in fault(tmp_path / "x.gdb")


# Endings that are not read


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a.mdb", "请转 GDB/SHP"),
        ("a.DWG", "DXF"),
        ("a.mif", "GeoPackage"),
        ("a.tab", "GeoPackage"),
        ("a.gml", "GeoPackage"),
        ("a.vrt", "elsewhere"),
        ("a.geodatabase", "请转 GDB/SHP"),
        ("a.xls", "XLSX"),
        ("a.foo", ".gpkg"),
        ("a", ".gpkg"),
    ],
)
def test_endings_that_are_not_read_say_what_to_convert_to(tmp_path, name, word):
    (tmp_path / name).write_bytes(b"x")
    assert word in fault(tmp_path / name)
