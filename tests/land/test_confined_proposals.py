"""Proposals of strangers: read in confinement, from archives too, and trusted only on demand."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import openpyxl
import pytest
import shapely

from geozone.land.faults import Faults
from geozone.land.proposals.rowfiles import CONTROL, read_rows
from geozone.land.proposals.rows import Given
from geozone.land.strangers import confined
from geozone.land.strangers.sandbox import Limits
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
TABLE = f"id,lon,lat,activity\nW1,114.22,38.0,{WELL}\n"
TXT = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
[地块坐标]
4,4.0000,DK1,地块,面,,,,@
J1,1,4207100.000,38520100.000
J2,1,4207100.000,38520300.000
J3,1,4206900.000,38520300.000
J4,1,4206900.000,38520100.000
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "strangers"
    made.mkdir()
    return made


def packed(**files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def read(folder, name, content, **given):
    """What a file of this content holds. Raises ``Refused`` for faults of rows, too."""
    path = folder / name
    path.write_bytes(content)
    faults = Faults(str(path))
    found, files = read_rows(str(path), Given(**given), faults)
    assert files[0].name == name
    faults.found.extend(fault for row in found.rows for fault in row.faults.found)
    faults.settle()
    return found


def ids(found):
    return [row.cells["id"] for row in found.rows]


def faults_of(folder, name, content, **given):
    with pytest.raises(Refused) as refused:
        read(folder, name, content, **given)
    return [str(one) for one in refused.value.faults]


def wells(make, **columns):
    shapes = [shapely.Point(520_000, 4_207_000), shapely.Point(520_100, 4_207_000)]
    given = {"id": ["W1", "W2"], "activity": [WELL] * 2, **columns}
    return make["frame"](shapes, **given)


def written(make, folder, file, **columns):
    """The bytes of every file that a driver writes for two wells."""
    place = folder / "given"
    place.mkdir()
    wells(make, **columns).to_file(place / file)
    return {one.name: one.read_bytes() for one in sorted(place.iterdir())}


# Formats


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.geojson", "a.fgb", "a.parquet", "a.gdb"])
def test_every_driver_reads_what_it_should_while_confined(folder, make, tmp_path, name):
    if name.endswith(".parquet"):
        wells(make).to_parquet(folder / name)
    else:
        driver = {"driver": "OpenFileGDB"} if name.endswith(".gdb") else {}
        wells(make).to_file(folder / name, **driver)
    found, files = read_rows(str(folder / name), Given(), Faults(name))
    places = {row.cells["id"]: row.shape.x for row in found.rows}
    assert places == {"W1": 520_000, "W2": 520_100}
    assert {one.name.split("/")[0].partition(".")[0] for one in files} == {"a"}


@pytest.mark.parametrize("name", ["a.gpkg", "a.gdb", "a.xlsx", "a.kml"])
def test_a_layer_of_several_is_read_where_it_is_named(folder, make, name):
    frame = wells(make)
    places = frame.to_crs(4490).geometry
    if name == "a.xlsx":
        book = openpyxl.Workbook()
        for sheet, one in (("wells", "W"), ("others", "X")):
            book.create_sheet(sheet).append(["id", "activity", "lon", "lat"])
            book[sheet].append([f"{one}1", WELL, places.x[0], places.y[0]])
        book.save(folder / name)
    elif name == "a.kml":
        marks = "".join(
            f"<Folder><name>{layer}</name><Placemark><ExtendedData><Data name='id'>"
            f"<value>{one}1</value></Data></ExtendedData>"
            f"<Point><coordinates>114.2,38.0</coordinates></Point></Placemark></Folder>"
            for layer, one in (("wells", "W"), ("others", "X"))
        )
        head = "<kml xmlns='http://www.opengis.net/kml/2.2'><Document>"
        (folder / name).write_text(f"{head}{marks}</Document></kml>", "utf-8")
    else:
        driver = {"driver": "OpenFileGDB"} if name == "a.gdb" else {}
        frame.to_file(folder / name, layer="wells", **driver)
        frame.assign(id=["X1", "X2"]).to_file(folder / name, layer="others", mode="a", **driver)
    found, _ = read_rows(str(folder / name), Given(layer="others"), Faults(name))
    assert {one[0] for one in ids(found)} == {"X"}
    with pytest.raises(Refused, match=r"没有|no (layer|sheet|folder)"):
        read_rows(str(folder / name), Given(layer="nowhere"), Faults(name))


def test_a_text_has_no_layers(folder):
    (told,) = faults_of(folder, "a.csv", b"id,lon,lat\nW1,114,38\n", layer="wells")
    assert "has no layers: .csv -> 去掉 --layer / leave --layer out" in told


# Archives


def test_vector_files_are_read_from_archives(folder, make, tmp_path):
    files = written(make, tmp_path, "井.shp")
    found = read(folder, "a.zip", packed(**files, **{"图.pdf": b""}))
    assert ids(found) == ["W1", "W2"]
    assert [row.shape.x for row in found.rows] == [520_000, 520_100]
    assert "图.pdf" in found.notes[0]


def test_tables_are_read_from_archives(folder):
    (row,) = read(folder, "a.zip", packed(**{"井.csv": TABLE})).rows
    assert (row.cells["id"], row.faults.place) == ("W1", "row 2")


def test_workbooks_are_read_from_archives(folder):
    book = workbook([["W1", 114.22, 38.0, WELL]])
    (row,) = read(folder, "a.zip", packed(**{"井.xlsx": book})).rows
    assert (row.cells["id"], row.faults.place) == ("W1", "row 2")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"a.csv": TABLE, "b.csv": TABLE}, "a.csv、b.csv"),
        ({"../a.csv": TABLE}, "unsafe"),
        ({"in.zip": b""}, "holds an archive"),
        ({"a.docx": b""}, "no data that are read"),
        ({"a.csv": bytes(80 << 20)}, "compressed beyond belief"),
    ],
)
def test_bad_archives_are_refused(folder, files, says):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    (fault,) = faults_of(folder, "a.zip", raw.getvalue())
    assert says in fault


def test_nothing_is_left_behind(folder, make, tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    files = written(make, tmp_path, "a.shp")
    read(folder, "a.zip", packed(**files))
    faults_of(folder, "b.zip", packed(**files)[:-30])
    faults_of(folder, "c.gpkg", b"no")
    assert list(place.iterdir()) == []


# Workbooks


def workbook(rows, head=("id", "lon", "lat", "activity")):
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_faults_of_a_workbook_keep_their_rows(folder):
    rows = [["W1", "=1+1", 38.0, WELL], ["W2", "=2+2", 38.0, WELL]]
    told = faults_of(folder, "a.xlsx", workbook(rows))
    assert any("row 2" in one and "=1+1" in one for one in told)
    assert any("row 3" in one and "=2+2" in one for one in told)
    assert all(one.startswith(str(folder / "a.xlsx")) for one in told)


# Geopackages that are still being written


def logged(content, folder, *, keep_log):
    """A GeoPackage in write-ahead mode whose second well stands in the log."""
    path = folder / "logged.gpkg"
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("DROP TRIGGER IF EXISTS rtree_a_geom_update7")
        (table,) = base.execute("SELECT table_name FROM gpkg_contents").fetchone()
        base.create_function("ST_IsEmpty", 1, lambda _: 0)
        for bound in ("MinX", "MaxX", "MinY", "MaxY"):
            base.create_function(f"ST_{bound}", 1, lambda _: 0.0)
        base.execute(f"UPDATE \"{table}\" SET id = 'W9' WHERE id = 'W2'")
        base.commit()
        log = path.with_name("logged.gpkg-wal").read_bytes() if keep_log else b""
        return path.read_bytes(), log


@pytest.mark.parametrize(("keep_log", "names"), [(True, ["W1", "W9"]), (False, ["W1", "W2"])])
def test_a_log_beside_a_geopackage_is_read_with_it(folder, make, tmp_path, keep_log, names):
    content, log = logged(written(make, tmp_path, "a.gpkg")["a.gpkg"], tmp_path, keep_log=keep_log)
    if log:
        (folder / "b.gpkg-wal").write_bytes(log)
    found = read(folder, "b.gpkg", content)
    assert ids(found) == names
    assert bool(found.notes) is not keep_log
    assert {one.name for one in folder.glob("b.gpkg*")} == {"b.gpkg", "b.gpkg-wal"} - (
        set() if log else {"b.gpkg-wal"}
    )
    assert (folder / "b.gpkg").read_bytes() == content


# Text


@pytest.mark.parametrize(
    ("letter", "code"),
    [("\x07", "U+0007"), ("\x1b", "U+001B"), ("\x85", "U+0085"), ("\u202e", "U+202E")],
)
def test_control_characters_are_refused_by_row_and_column(folder, letter, code):
    table = TABLE.replace("W1", f'"W{letter}1"')
    (fault,) = faults_of(folder, "a.csv", table.encode())
    assert code in fault
    assert "row 2, id" in fault


def test_control_characters_are_refused_by_feature_and_field(folder, make, tmp_path):
    files = written(make, tmp_path, "b.geojson", name=["好", "坏\x85井"])
    (fault,) = faults_of(folder, "b.geojson", files["b.geojson"])
    assert "feature 2, name" in fault


def test_control_characters_in_heads_are_refused(folder):
    told = faults_of(folder, "a.csv", TABLE.replace("activity", "activity,a\x07b").encode())
    assert any("a?b" in one and "U+0007" in one for one in told)


@pytest.mark.parametrize("letter", ["\ud800", "\ufffe", "\x00", "\u2066", "\x7f"])
def test_what_no_text_holds(letter):
    assert CONTROL.findall(f"好{letter}") == [letter]


def test_lines_and_tabs_in_cells_are_text(folder):
    table = TABLE.replace("activity\n", "activity,name\n").replace(
        f"{WELL}\n", f'{WELL},"a\nb\tc"\n'
    )
    (row,) = read(folder, "a.csv", table.encode()).rows
    assert row.cells["name"] == "a\nb\tc"


def test_large_tables_are_refused(folder, monkeypatch):
    monkeypatch.setattr("geozone.land.proposals.rowfiles.MOST_TEXT_BYTES", 50)
    (fault,) = faults_of(folder, "a.csv", TABLE.encode())
    assert "too large" in fault


# Trust


@pytest.fixture
def without_limits(monkeypatch):
    monkeypatch.setattr(confined, "lacking", lambda: ("断网 / cutting off the network",))


@pytest.mark.parametrize("name", ["a.gpkg", "a.zip", "a.kmz", "a.xlsx"])
def test_without_limits_files_are_refused(folder, without_limits, name):
    (fault,) = faults_of(folder, name, b"")
    assert "cutting off the network" in fault
    assert "--trust" in fault


def test_without_limits_files_are_read_if_they_are_trusted(folder, make, tmp_path, without_limits):
    files = written(make, tmp_path, "a.shp")
    assert ids(read(folder, "a.zip", packed(**files), trust=True)) == ["W1", "W2"]
    book = workbook([["W1", 114.22, 38.0, WELL]])
    assert ids(read(folder, "a.xlsx", book, trust=True)) == ["W1"]


def test_without_limits_tables_are_read(folder, without_limits):
    assert read(folder, "a.csv", TABLE.encode()).rows


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"cpu_s": 0}, "broke down"),
        ({"memory_bytes": 100 << 20}, "broke down|memory"),
        ({"wall_s": 0.01}, "too long"),
        ({"told_bytes": 10}, "too much"),
    ],
)
def test_limits_end_in_faults(folder, make, tmp_path, monkeypatch, limits, says):
    monkeypatch.setattr(confined, "LIMITS", replace(Limits(), **limits))
    raw = written(make, tmp_path, "a.gpkg")["a.gpkg"]
    with pytest.raises(Refused, match=says):
        read(folder, "b.gpkg", raw)


def test_large_files_are_given_more_time():
    assert Limits().given(0).cpu_s == Limits().cpu_s
    assert Limits().given(40 << 20).cpu_s == Limits().cpu_s + 10
