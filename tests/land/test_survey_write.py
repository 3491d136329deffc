"""界址点 TXT as written: one normal form, read back as it was, whatever it came from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geozone.cli import main
from geozone.land.faults import Faults
from geozone.land.proposals.rows import Given
from geozone.land.survey.boundary import boundary
from geozone.land.survey.txt import read_txt
from geozone.land.survey.txtwrite import Heading, Lot, encoded, write_txt
from geozone.land.survey.zones import Zone
from geozone.law.errors import Refused

DATA = Path(__file__).parent / "survey_data"
ZONE = Zone(38, "3")
HEADING = Heading("某市自然资源局", "2026-05-08")
EAST, NORTH = 38_429_700.0, 4_196_800.0


def written(lots, zone=ZONE):
    faults = Faults("p.txt")
    found = write_txt(lots, zone, HEADING, faults)
    return found, [str(one) for one in faults.found]


def read(path, text, encoding="gb18030"):
    path.write_bytes(text.encode(encoding))
    faults = Faults("p.txt")
    found = read_txt(path, faults, Given())
    assert faults.found == []
    assert [row.faults.found for row in found.rows] == [[]] * len(found.rows)
    return found


@pytest.mark.parametrize("name", sorted(one.name for one in (DATA / "input").glob("*.*")))
def test_normal_form_of_files(tmp_path, name):
    out = tmp_path / "out.txt"
    command = ["boundary", str(DATA / "input" / name), "--out", str(out), "--encoding", "utf-8"]
    command += ["--maker", HEADING.maker, "--made-on", HEADING.made_on]
    if name.startswith("corners"):
        command += ["--crs", "EPSG:4526"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    expected = (DATA / "expected" / name).with_suffix(".txt")
    assert out.read_bytes().decode() == expected.read_bytes().decode()
    again = tmp_path / "again.txt"
    command[1], command[3] = str(out), str(again)
    command = [one for one in command if one not in ("--crs", "EPSG:4526")]
    assert CliRunner().invoke(main, command).exit_code == 0
    assert again.read_bytes() == out.read_bytes()


@st.composite
def polygons(draw):
    """Star-shaped polygons, some with a hole about their middle."""
    x, y = EAST + draw(st.integers(0, 5000)), NORTH + draw(st.integers(0, 5000))
    radii = draw(st.lists(st.integers(30_000, 60_000), min_size=3, max_size=9))
    shell = star(x, y, radii, draw(st.floats(0, 6)))
    if not draw(st.booleans()):
        return shapely.Polygon(shell)
    inner = draw(st.lists(st.integers(3_000, 9_000), min_size=3, max_size=6))
    return shapely.Polygon(shell, [star(x, y, inner, draw(st.floats(0, 6)))])


def star(x, y, radii_mm, turn):
    """Corners about a middle, to the tenth of a millimetre."""
    angles = [turn + 2 * 3.141592653589793 * i / len(radii_mm) for i in range(len(radii_mm))]
    spots = shapely.get_coordinates(
        [
            shapely.affinity.rotate(
                shapely.Point(x + r / 1000, y), angle, origin=(x, y), use_radians=True
            )
            for r, angle in zip(radii_mm, angles, strict=True)
        ]
    )
    return [(round(float(a), 4), round(float(b), 4)) for a, b in spots]


@given(st.lists(polygons(), min_size=1, max_size=3), st.booleans())
def test_reading_back_and_writing_again_gives_the_same_text(tmp_path_factory, shapes, reverse):
    lots = [Lot(f"D{i}", shape) for i, shape in enumerate(shapes)]
    if reverse:
        lots = [Lot(one.id, one.shape.reverse()) for one in lots]
    first, faults = written(lots)
    assert faults == []
    path = tmp_path_factory.getbasetemp() / "p.txt"
    rows = read(path, first.text).rows
    for lot, row in zip(lots, rows, strict=True):
        assert shapely.hausdorff_distance(lot.shape, row.shape) < 0.00075
        assert row.crs.to_epsg() == 4526
    second, _ = written([Lot(row.cells["id"], row.shape) for row in rows])
    assert second == first


def test_parts_and_islands_come_back(tmp_path):
    def box(x, y, half):
        return shapely.box(EAST + x - half, NORTH + y - half, EAST + x + half, NORTH + y + half)

    shape = shapely.MultiPolygon(
        [
            box(0, 0, 10),
            box(0, 0, 100).difference(box(0, 0, 50)),
            box(300, 0, 20).difference(box(300, 0, 5)),
        ]
    )
    first, faults = written([Lot("A", shape)])
    assert faults == []
    (row,) = read(tmp_path / "p.txt", first.text).rows
    assert shapely.equals(row.shape, shape)
    assert written([Lot("A", row.shape)])[0] == first


@pytest.mark.parametrize(
    ("text", "part"),
    [("甲,乙", "U+002C"), ("甲，乙", "U+FF0C"), ("甲\n乙", "U+000A"), ("甲@", "U+0040")],
)
def test_names_that_the_format_cannot_hold(text, part):
    _, faults = written([Lot("A", shapely.box(EAST, NORTH, EAST + 9, NORTH + 9), name=text)])
    assert any(part in one for one in faults)


def test_shapes_that_a_millimetre_undoes():
    thin = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH), (EAST + 9, NORTH + 0.0004)])
    _, faults = written([Lot("A", thin)])
    assert any("millimetre" in one for one in faults)


def test_characters_that_an_encoding_lacks_are_named():
    faults = Faults("p.txt")
    assert encoded("㑇𠀀A", "gbk", faults) == b""
    assert "𠀀 (U+20000)" in str(faults.found[0])
    assert encoded("𠀀", "gb18030", Faults("")).decode("gb18030") == "𠀀"


# From other formats, and the command


def geojson(path, shapes, **more):
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"A{i}", **more},
            "geometry": shapely.geometry.mapping(one),
        }
        for i, one in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def degrees(shape, code=4526):
    move = Transformer.from_crs(code, 4490, always_xy=True).transform
    return shapely.transform(shape, lambda xy: np.column_stack(move(*xy.T)))


def test_degrees_go_to_the_nearest_zone(tmp_path):
    square = shapely.box(EAST, NORTH, EAST + 200, NORTH + 150)
    made = boundary(str(geojson(tmp_path / "p.geojson", [degrees(square)])), Given())
    assert made.zone == ZONE
    assert float(made.planar_m2[0]) == pytest.approx(30_000, abs=0.5)
    assert made.ellipsoidal_m2[0] == pytest.approx(30_000 * (1 - 122e-6), rel=2e-5)
    assert "EPSG:4526" in made.lines()[0]


def test_a_file_keeps_its_zone(tmp_path):
    text = "编号,点号,X,Y\n" + "".join(
        f"K1,{i},{NORTH + n},{y}\n"
        for i, (n, y) in enumerate([(0, 429_700), (0, 429_800), (-90, 429_800)], 1)
    )
    path = tmp_path / "p.csv"
    path.write_text(text, "utf-8")
    made = boundary(str(path), Given(crs="EPSG:4547"))
    assert made.zone == ZONE
    assert b",4196800.000,38429700.000\r\n" in made.content
    six = boundary(str(path), Given(crs="EPSG:4508"))
    assert six.zone == Zone(19, "6")


BAD = {
    "points.csv": ("id,lon,lat\nA,114.2,38\n", ["polygon"]),
    "nothing.csv": ("id,lon,lat\n", ["no parcels"]),
    "no_crs.csv": ("id,wkt\nA,\"POLYGON ((0 0,1 0,1 1,0 0))\"\n", ["no CRS"]),
    "abroad.csv": (
        "id,crs,wkt\nA,EPSG:4490,\"POLYGON ((10 50,11 50,11 51,10 50))\"\n", ["zones"],
    ),
    "torn.csv": (
        "id,crs,wkt\nA,EPSG:4490,\"POLYGON ((114 38,114.1 38.1,114.1 38,114 38.1,114 38))\"\n",
        ["Self-intersection"],
    ),
    "old.csv": (
        "id,crs,wkt\nA,EPSG:4610,\"POLYGON ((114 38,114.1 38,114.1 38.1,114 38))\"\n", ["refused"],
    ),
    "twice.csv": (
        "id,crs,wkt\n" + 2 * "A,EPSG:4490,\"POLYGON ((114 38,114.1 38,114.1 38.1,114 38))\"\n",
        ["repeated"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_written_is_refused_and_nothing_written(tmp_path, name):
    text, parts = BAD[name]
    (tmp_path / name).write_text(text, "utf-8")
    out = tmp_path / "out.txt"
    done = CliRunner().invoke(main, ["boundary", str(tmp_path / name), "--out", str(out)])
    assert done.exit_code == 2
    assert all(part in done.stderr for part in (name, *parts)), done.stderr
    assert not out.exists()


def test_every_fault_at_once(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,crs,wkt\nA,EPSG:4490,POINT (1\nB,EPSG:99,POINT (114 38)\n", "utf-8")
    with pytest.raises(Refused) as refused:
        boundary(str(path), Given())
    assert len(refused.value.faults) == 2


def test_command(tmp_path):
    source, out = DATA / "input" / "parcel.txt", tmp_path / "out.txt"
    done = CliRunner().invoke(main, ["boundary", str(source), "--out", str(out)])
    assert done.exit_code == 0
    assert "planar 2.9500 ha = 44.25 亩" in done.stdout
    assert "ellipsoidal 2.9496 ha" in done.stdout
    assert "示例供热站地块" in out.read_bytes().decode("gbk")
    assert out.read_bytes().count(b"\r\n") == out.read_bytes().count(b"\n")
    quiet = CliRunner().invoke(main, ["boundary", str(source), "--out", str(out), "--quiet"])
    assert quiet.output == ""
    for bad in (["--out", "out.csv"], []):
        assert CliRunner().invoke(main, ["boundary", str(source), *bad]).exit_code == 2
