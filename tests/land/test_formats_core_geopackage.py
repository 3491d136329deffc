"""GeoPackages: logs, counts, indexes, CRS of rows, curves, views, and values as they stand."""

from __future__ import annotations

import shutil
import sqlite3
import struct
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely
from pyproj import CRS

from geozone.land.formats import geopackagefile
from geozone.land.formats.features import STALE_COPY, UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.project import read_project
from geozone.law.errors import Refused

SQUARES = [shapely.box(i, 0, i + 1, 1) for i in range(3)]


@cache
def made(crs):
    """The bytes of a GeoPackage of three squares, without triggers, which need GDAL's functions."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.gpkg")
        columns = {"DLBM": ["0101", "0102", None]}
        geopandas.GeoDataFrame(columns, geometry=SQUARES, crs=crs).to_file(path)
        with closing(sqlite3.connect(path)) as base:
            asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in base.execute(asked).fetchall():
                base.execute(f'DROP TRIGGER "{name}"')
            base.commit()
        return path.read_bytes()


def written(folder, *, crs="EPSG:4547"):
    path = folder / "a.gpkg"
    path.write_bytes(made(crs))
    return path


def told(path, script):
    with closing(sqlite3.connect(path)) as base:
        base.executescript(f"PRAGMA synchronous = OFF; {script}")


def redrawn(path, change, fid=2):
    """Changes the bytes of one geometry."""
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA synchronous = OFF")
        (blob,) = base.execute("SELECT geom FROM a WHERE fid = ?", (fid,)).fetchone()
        base.execute("UPDATE a SET geom = ? WHERE fid = ?", (change(blob), fid))
        base.commit()


def fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return refused.value


def test_read_whole(tmp_path):
    found = read_features(written(tmp_path), Wanted(fields=("dlbm",)))
    assert found.columns == {"dlbm": ("0101", "0102", None)}
    assert (found.fids, found.declared, found.scanned) == ((1, 2, 3), 3, 3)
    assert (found.crs.to_epsg(), found.layer, found.driver) == (4547, "a", "GPKG")
    assert shapely.equals_exact(found.shapes, SQUARES, normalize=True).all()
    assert found.notes == found.doubts == found.warnings == ()


# Write-ahead logs


def opened_in_wal(path):
    """A database left open with one more row in its log."""
    base = sqlite3.connect(path)
    base.execute("PRAGMA synchronous = OFF")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA wal_autocheckpoint = 0")
    base.execute("INSERT INTO a (geom, DLBM) SELECT geom, 'new' FROM a WHERE fid = 1")
    base.execute("UPDATE gpkg_ogr_contents SET feature_count = 4")
    base.commit()
    return base


@pytest.fixture
def in_wal(tmp_path):
    """A folder with a copy of an open database and of its log, as bytes of both."""
    path = written(tmp_path)
    with closing(opened_in_wal(path)):
        folder = tmp_path / "copy"
        folder.mkdir()
        for name in ("a.gpkg", "a.gpkg-wal"):
            shutil.copy(tmp_path / name, folder / name)
    return folder


def test_rows_of_the_log_are_read_and_nothing_is_written(in_wal):
    before = {one.name: one.read_bytes() for one in in_wal.iterdir()}
    found = read_features(in_wal / "a.gpkg", Wanted(fields=("DLBM",)))
    assert found.columns["DLBM"] == ("0101", "0102", None, "new")
    assert found.doubts == ()
    assert {one.name: one.read_bytes() for one in in_wal.iterdir()} == before


def test_a_copy_without_its_log_is_doubted(in_wal):
    (in_wal / "a.gpkg-wal").unlink()
    found = read_features(in_wal / "a.gpkg", Wanted())
    assert [problem for problem, _ in found.doubts] == [STALE_COPY]
    assert [one.name for one in in_wal.iterdir()] == ["a.gpkg"]


def test_a_log_of_another_database_is_doubted(in_wal):
    log = in_wal / "a.gpkg-wal"
    content = bytearray(log.read_bytes())
    content[16:24] = b"\0" * 8  # the salts that its frames must carry
    log.write_bytes(content)
    found = read_features(in_wal / "a.gpkg", Wanted())
    assert [problem for problem, _ in found.doubts] == [STALE_COPY]


def test_a_log_beside_a_database_that_keeps_none_is_refused(in_wal, tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    path = written(folder)
    shutil.copy(in_wal / "a.gpkg-wal", folder / "a.gpkg-wal")
    assert "is not its own" in fault(path).what


def test_writing_that_was_not_finished_is_refused(tmp_path):
    path = written(tmp_path)
    journal = path.with_name("a.gpkg-journal")
    journal.write_bytes(bytes(512))
    assert len(read_features(path, Wanted()).fids) == 3
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504))
    assert "writing was not finished" in fault(path).what


@pytest.mark.parametrize(
    "more", [{"features": 3}, {"waive": [{"problem": STALE_COPY, "why": "x"}]}]
)
def test_a_stale_copy_is_refused_unless_settled(case, make, more):
    path = case.add("pbf.gpkg", [make["square"](2000 * i) for i in range(3)], coverage="area")
    told(path, "PRAGMA journal_mode = WAL;")
    for one in (path.with_name("pbf.gpkg-wal"), path.with_name("pbf.gpkg-shm")):
        one.unlink(missing_ok=True)
    with pytest.raises(Refused) as refused:
        read_project(case.write())
    assert [STALE_COPY in str(one) for one in refused.value.faults] == [True]
    case.layers[0].update(more)
    (layer,) = read_project(case.write()).layers
    assert len(layer.shapes) == 3
    assert layer.waived == ("waive" in more)


# What is refused: (script or change of a geometry, words, problem)

CURVE = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 5)
CURVE += b"".join(struct.pack("<2d", *p) for p in [(0, 0), (1, 1), (2, 0), (1, -1), (0, 0)])

BAD_ROWS = {
    "other_srs": (lambda b: b[:4] + struct.pack("<i", 4490) + b[8:], "another CRS", None),
    "undefined_among_defined": (lambda b: b[:4] + bytes(4) + b[8:], "another CRS", None),
    "curve": (lambda b: b[:3] + b"\1" + b[4:8] + CURVE, "curves", "invalid-geometry"),
    "extended": (lambda b: b[:3] + bytes([b[3] | 0x20]) + b[4:], "curves", "invalid-geometry"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_one_row_that_is_refused(tmp_path, name):
    change, part, problem = BAD_ROWS[name]
    path = written(tmp_path)
    redrawn(path, change)
    refused = fault(path)
    assert part in refused.what
    assert "#2" in refused.what
    assert refused.problem == problem


MALFORMED = {
    "other_magic": lambda b: b"XX" + b[2:],
    "other_version": lambda b: b[:2] + b"\x09" + b[3:],
    "cut": lambda b: b[:60],
    "head_only": lambda b: b[:8],
    "nothing": lambda b: b"",
    "text": lambda b: "POINT(1 1)",
    "unknown_envelope": lambda b: b[:3] + b"\x0b" + b[4:],
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_geometry_is_doubted(tmp_path, name):
    path = written(tmp_path)
    redrawn(path, MALFORMED[name])
    found = read_features(path, Wanted())
    ((problem, what),) = found.doubts
    assert (problem, "#2" in what) == ("invalid-geometry", True)
    assert found.shapes[1] is None


def test_a_null_geometry_is_null(tmp_path):
    path = written(tmp_path)
    redrawn(path, lambda b: None)
    found = read_features(path, Wanted())
    assert (found.shapes[1], found.doubts) == (None, ())


OTHER_EPSG = CRS.from_epsg(4548).to_wkt("WKT1_GDAL")
KRASSOVSKY = CRS.from_epsg(4214).to_wkt("WKT1_GDAL")
SRS = "UPDATE gpkg_spatial_ref_sys SET definition = '{}' WHERE srs_id = {}"
BAD_FILES = {
    "two_systems_stated": (
        "UPDATE gpkg_contents SET srs_id = 4326",
        "two coordinate systems",
        4547,
    ),
    "definition_of_another_zone": (SRS.format(OTHER_EPSG, 4547), "are different", 4547),
    "definition_of_another_datum": (SRS.format(KRASSOVSKY, 4490), "are different", 4490),
    "stored_count_of_words": (
        "UPDATE gpkg_ogr_contents SET feature_count = 'x'",
        "no number",
        4547,
    ),
    "no_contents": ("DROP TABLE gpkg_contents", "no such table", 4547),
    "no_layer": ("DELETE FROM gpkg_geometry_columns", "holds 0 layers", 4547),
    "no_table": ("DROP TABLE a", "no such table", 4547),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_contradictions_are_refused(tmp_path, name):
    script, part, crs = BAD_FILES[name]
    path = written(tmp_path, crs=crs)
    told(path, script)
    assert part in fault(path).what


def test_a_crs_of_no_definition_is_doubted(tmp_path):
    path = written(tmp_path)
    told(path, "DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 4547")
    found = read_features(path, Wanted())
    assert found.crs is None
    assert [problem for problem, _ in found.doubts] == ["driver-warning"]


@pytest.mark.parametrize("srs_id", [0, -1])
def test_an_undefined_crs_is_none(tmp_path, srs_id):
    path = written(tmp_path)
    for table in ("gpkg_contents", "gpkg_geometry_columns"):
        told(path, f"UPDATE {table} SET srs_id = {srs_id}")
    assert read_features(path, Wanted()).crs is None
    redrawn(path, lambda b: b[:4] + struct.pack("<i", 4490) + b[8:])
    assert "another CRS" in fault(path).what


# Counts and indexes


@pytest.mark.parametrize("stored", [1, 9])
def test_a_stored_count_is_told_and_not_trusted(tmp_path, stored):
    path = written(tmp_path)
    told(path, f"UPDATE gpkg_ogr_contents SET feature_count = {stored}")
    found = read_features(path, Wanted())
    assert (len(found.fids), found.declared, found.scanned) == (3, stored, 3)


DAMAGED_INDEX = {
    "row_missing": "DELETE FROM rtree_a_geom WHERE id = 2",
    "all_missing": "DELETE FROM rtree_a_geom",
    "node_gone": "DELETE FROM rtree_a_geom_node",
    "parents_wrong": "INSERT INTO rtree_a_geom_rowid VALUES (77, 1)",
}


@pytest.mark.parametrize("name", DAMAGED_INDEX)
def test_a_damaged_index_is_noted_and_not_used(tmp_path, name):
    path = written(tmp_path)
    told(path, DAMAGED_INDEX[name])
    found = read_features(path, Wanted())
    assert len(found.fids) == 3
    assert ["index is damaged" in one for one in found.notes] == [True]


def test_a_database_of_damaged_pages_is_refused(tmp_path):
    path = written(tmp_path)
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as base:
        (page,) = base.execute("SELECT rootpage FROM sqlite_master WHERE name = 'a'").fetchone()
    content[(page - 1) * 4096 : page * 4096] = b"\x55" * 4096
    path.write_bytes(content)
    assert fault(path).problem == "unreadable"


# Tables and columns

VIEW = """
CREATE VIEW v AS SELECT fid AS OGC_FID, DLBM, geom FROM a WHERE fid < 3;
INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES
  ('v', 'features', 'v', 4547);
INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4547, 0, 0);
"""


ENDLESS = VIEW.replace(
    "SELECT fid AS OGC_FID, DLBM, geom FROM a WHERE fid < 3",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS OGC_FID, DLBM, geom FROM n JOIN a ON fid = 1",
)


def test_a_view_without_end_is_given_up(tmp_path, monkeypatch):
    path = written(tmp_path)
    told(path, ENDLESS)
    monkeypatch.setattr(geopackagefile, "STEPS", 100_000)
    monkeypatch.setattr(geopackagefile, "MOST_STEPS", 1_000_000)
    assert "interrupted" in fault(path, layer="v").what


def test_views_are_read_by_name(tmp_path):
    path = written(tmp_path)
    told(path, VIEW)
    assert "holds 2 layers: a, v" in fault(path).what
    found = read_features(path, Wanted("v", ("DLBM",)))
    assert found.columns["DLBM"] == ("0101", "0102")
    assert (found.fids, found.scanned, found.declared) == ((1, 2), 2, None)


def test_tables_of_attributes_are_no_layers(tmp_path):
    path = written(tmp_path)
    told(
        path,
        "CREATE TABLE b (fid INTEGER PRIMARY KEY, x TEXT); INSERT INTO gpkg_contents "
        "(table_name, data_type, identifier) VALUES ('b', 'attributes', 'b')",
    )
    assert read_features(path, Wanted()).layer == "a"
    assert "there is no layer 'b'" in fault(path, layer="b").what


def test_a_second_column_of_shapes_is_noted(tmp_path):
    path = written(tmp_path)
    told(path, "ALTER TABLE a ADD COLUMN other POLYGON")
    (note,) = read_features(path, Wanted()).notes
    assert "other" in note


def test_a_key_of_another_name_and_gaps(tmp_path):
    path = written(tmp_path)
    told(path, "ALTER TABLE a RENAME COLUMN fid TO nr; DELETE FROM a WHERE nr = 2")
    assert read_features(path, Wanted()).fids == (1, 3)


# Values: (declared type, value in SQL, text). Drivers turn words in a number's column into 0.

VALUES = {
    "text": ("TEXT", "'0102'", "0102"),
    "spaces": ("TEXT", "'  '", None),
    "integer": ("INTEGER", "102", "102"),
    "large_integer": ("INTEGER", "9007199254740993", "9007199254740993"),
    "words_in_an_integer": ("INTEGER", "'A1'", "A1"),
    "comma_in_a_real": ("REAL", "'1,5'", "1,5"),
    "whole_real": ("REAL", "3.0", "3"),
    "real": ("REAL", "1.5", "1.5"),
    "null": ("TEXT", "NULL", None),
    "true": ("BOOLEAN", "1", "True"),
    "false": ("BOOLEAN", "0", "False"),
    "date": ("DATE", "'2020-01-05'", "2020-01-05"),
    "words_in_a_date": ("DATE", "'soon'", "soon"),
    "midnight": ("DATETIME", "'2020-01-05T00:00:00Z'", "2020-01-05"),
    "time": ("DATETIME", "'2020-01-05T10:00:00.5Z'", "2020-01-05T10:00:00.500000"),
    "words_in_a_time": ("DATETIME", "'soon'", "soon"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(tmp_path, name):
    kind, value, text = VALUES[name]
    path = written(tmp_path)
    told(path, f"ALTER TABLE a ADD COLUMN x {kind}; UPDATE a SET x = {value}")
    assert read_features(path, Wanted(fields=("X",))).columns["X"] == (text,) * 3


@pytest.mark.parametrize("value", ["x'd6d0'", "CAST(x'd6d0' AS TEXT)"])
def test_bytes_are_no_text(tmp_path, value):
    path = written(tmp_path)
    told(path, f"ALTER TABLE a ADD COLUMN x TEXT; UPDATE a SET x = {value}")
    assert fault(path, fields=("x",)).problem == "unreadable"
    assert len(read_features(path, Wanted()).fids) == 3


def test_odd_names_of_table_and_column(tmp_path):
    path = tmp_path / "b.gpkg"
    made = geopandas.GeoDataFrame({'地"类': ["x"] * 3}, geometry=SQUARES, crs=4547)
    pyogrio.write_dataframe(made, path, layer="a'b\"c")
    found = read_features(path, Wanted(fields=('地"类',)))
    assert found.columns['地"类'] == ("x",) * 3
