"""Proposals in further vector formats, read by the confined child."""

from __future__ import annotations

import warnings
import zipfile

import geopandas
import pyogrio
import pytest
import shapely

from geozone.land.formats.features import UnreadableError
from geozone.land.project import read_project
from geozone.land.proposals.proposal import read_proposals
from geozone.land.proposals.rows import Given
from geozone.land.strangers.records import read_file
from geozone.law.activity import Activity
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
ACTIVITY = Activity(*WELL.split(":"))
PLACE = (519323.153, 4207520.859)
LON, LAT = 114.22, 38.0


def wells(count=1):
    columns = {
        "id": [f"W{i}" for i in range(count)],
        "activity": [WELL] * count,
        "lon": [0.0] * count,
        "井深": [1800 + i for i in range(count)],
    }
    places = [shapely.Point(PLACE[0] + i, PLACE[1]) for i in range(count)]
    return geopandas.GeoDataFrame(columns, geometry=places, crs="EPSG:4547")


def flatgeobuf(folder):
    pyogrio.write_dataframe(wells(2), folder / "p.fgb")
    return folder / "p.fgb"


def filegdb(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks of the driver on what it writes
        pyogrio.write_dataframe(wells(2), folder / "p.gdb", driver="OpenFileGDB", layer="井")
    return folder / "p.gdb"


def zipped(folder):
    made = filegdb(folder)
    with zipfile.ZipFile(folder / "p.zip", "w") as archive:
        for one in sorted(made.iterdir()):
            archive.write(one, f"井.gdb/{one.name}")
    return folder / "p.zip"


def parquet(folder):
    wells(2).to_parquet(folder / "p.parquet")
    return folder / "p.parquet"


def native(folder):
    wells(2).to_parquet(folder / "p.geoparquet", geometry_encoding="geoarrow")
    return folder / "p.geoparquet"


def kml(folder):
    marks = "".join(
        f'<Placemark><ExtendedData><Data name="id"><value>W{i}</value></Data><Data name="activity">'
        f'<value>{WELL}</value></Data><Data name="井深"><value>{1800 + i}</value></Data>'
        f"</ExtendedData><Point><coordinates>{LON},{LAT},0</coordinates></Point></Placemark>"
        for i in range(2)
    )
    folders = f"<kml><Document><Folder>{marks}</Folder><Folder/></Document></kml>"
    (folder / "p.kml").write_text(folders, "utf-8")
    return folder / "p.kml"


@pytest.mark.parametrize("write", [flatgeobuf, filegdb, zipped, parquet, native, kml])
def test_formats_agree(case, write):
    project = read_project(case.write())
    found = read_proposals(write(case.folder), project).items
    assert sorted((one.id, str(one.activity), one.facts["depth_m"]) for one in found) == [
        ("W0", WELL, 1800.0),
        ("W1", WELL, 1801.0),
    ]
    assert all(one.shape.distance(shapely.Point(PLACE)) < 1.1 for one in found)


def test_drawing_needs_a_crs_and_an_activity(case):
    project = read_project(case.write())
    point = f"  0\nPOINT\n  8\n井\n 10\n{PLACE[0]}\n 20\n{PLACE[1]}\n"
    text = f"  0\nSECTION\n  2\nENTITIES\n{point}  0\nENDSEC\n  0\nEOF\n"
    path = case.folder / "p.dxf"
    path.write_bytes(text.encode("gb18030"))
    with pytest.raises(Refused, match="no CRS"):
        read_proposals(path, project, activity=ACTIVITY)
    given = Given(crs="EPSG:4547")
    (one,) = read_proposals(path, project, given=given, activity=ACTIVITY).items
    assert one.shape.equals(shapely.Point(PLACE))
    path.write_bytes(text.replace("POINT", "CIRCLE").encode("gb18030"))
    with pytest.raises(Refused, match="1 CIRCLE"):
        read_proposals(path, project, given=given, activity=ACTIVITY)


def test_bad_records_are_faults_of_their_rows(case):
    project = read_project(case.write())
    good = f"<Placemark><Point><coordinates>{LON},{LAT}</coordinates></Point></Placemark>"
    bad = "<Placemark><name>坏</name><Point><coordinates>114 38</coordinates></Point></Placemark>"
    path = case.folder / "p.kml"
    path.write_text(f"<kml><Document>{good}{bad}<Placemark/></Document></kml>", "utf-8")
    with pytest.raises(Refused) as refused:
        read_proposals(path, project, activity=ACTIVITY)
    told = [(one.place, one.what) for one in refused.value.faults]
    assert [place for place, _ in told] == ["feature 2", "feature 3"]
    assert "lon,lat" in told[0][1]
    assert "no geometry" in told[1][1]
    kept = read_proposals(path, project, activity=ACTIVITY, keep_going=True)
    assert len(kept.items) == 1


def fault(path):
    with pytest.raises(UnreadableError) as refused:
        read_file(path)
    return refused.value.what


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("p.fgb", "cannot be read"),
        ("p.gdb", "missing"),
        ("p.parquet", "cannot be read"),
        ("p.kml", "DOCTYPE"),
        ("p.dxf", "binary"),
    ],
)
def test_damaged_files_of_strangers(tmp_path, name, word):
    path = tmp_path / name
    if path.suffix == ".gdb":
        path.mkdir()
    else:
        start = {"p.kml": b"<!DOCTYPE kml><kml/>", "p.dxf": b"AutoCAD Binary DXF"}
        path.write_bytes(start.get(name, b"x"))
    assert word in fault(path)


def test_several_feature_classes_are_refused(tmp_path):
    path = filegdb(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks of the driver on what it writes
        pyogrio.write_dataframe(wells(), path, driver="OpenFileGDB", layer="other")
    assert "2 layers" in fault(path)


def test_cut_flatgeobuf_is_refused(tmp_path):
    path = flatgeobuf(tmp_path)
    content = path.read_bytes()
    for size in range(0, len(content), 41):
        path.write_bytes(content[:size])
        fault(path)


def test_bytes_and_nested_values_are_text(tmp_path):
    made = wells()
    made["raw"] = [b"\xff\x00"]
    made["list"] = [["a", "b"]]
    made.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(UnreadableError):
        read_file(tmp_path / "p.parquet")
    made["raw"] = ["甲".encode()]
    made.to_parquet(tmp_path / "p.parquet")
    cells = read_file(tmp_path / "p.parquet")["rows"][0]["cells"]
    assert (cells["raw"], cells["list"]) == ("甲", "a;b")
