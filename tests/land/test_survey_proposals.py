"""Survey texts and tables as proposals of a project: where they come to lie, and on what terms."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

import geozone as gz
from geozone.land.project import read_project
from geozone.land.proposals.proposal import read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.activity import Activity
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
MINING = Activity("middeep_reinjection", "right_mining")
PARCEL = Activity("middeep_reinjection", "parcel")
PLACE = shapely.Point(519323.153, 4207520.859)
"""114.22 E, 38.0 N in the working CRS of the project."""
TXT = """[属性描述]
坐标系={datum}
几度分带=3
带号=38
[地块坐标]
4,1.0000,A,x,面,,,,@
J1,1,4207500.000,38519300.000
J2,1,4207500.000,38519400.000
J3,1,4207400.000,38519400.000
J4,1,4207400.000,38519300.000
"""
SHIFT = """method = "four"
from = "EPSG:2362"
to = "EPSG:4526"
rotation = "clockwise"
dx_east_m = 50
dy_north_m = 100
rotation_arcsec = 0
scale_ppm = 0
accuracy_m = 0.5
"""
CORNERS = "许可证号,点号,X,Y\n" + "".join(
    f"C1,{i},{north},385{east}\n"
    for i, (north, east) in enumerate(
        [(4207500, 19300), (4207500, 19400), (4207400, 19400), (4207400, 19300)], 1
    )
)


@pytest.fixture
def read(case):
    project = read_project(case.write())

    def reading(text, name="p.csv", encoding="gb18030", **options):
        path = project.file.parent / name
        path.write_bytes(text.encode(encoding))
        return read_proposals(path, project, **options)

    return reading


@pytest.mark.parametrize(
    "row",
    [
        "114°13′12″,38°00′00″,",
        "E114-13-12,N38-00-00,",
        "东经114度13分12秒,北纬38度,",
        "114.1312,38.0000,packed_dms",
        "1141312,380000,DDDMMSS",
        "114.22,38,decimal",
    ],
)
def test_angles_come_to_lie_where_they_say(read, row):
    found = read(f"id,经度,纬度,角度格式,activity\nW1,{row},{WELL}\n")
    assert found.items[0].shape.distance(PLACE) < 0.002
    assert not any("DDD.MMSSss" in one for one in found.notes)


def test_doubtful_angles_are_warned_of(read):
    found = read(f"id,lon,lat,activity\nW1,114.2200,38.0000,{WELL}\n")
    assert found.items[0].shape.distance(PLACE) < 0.002
    assert any("DDD.MMSSss" in one for one in found.notes)


DECIMAL, IF_PACKED = PLACE.x - 6_145, PLACE.x + 2_634
"""East of 114.15 and of 114°15′ at 38 degrees north."""
PACKED = "id,lon,lat,activity\nW1,114.1500,38.0000,middeep_reinjection:well_exploration\n"
SURVEYED = {
    "railway": "line",
    "expressway": "line",
    "ecological_redline": None,
    "scenic_area": None,
    "drinking_water_zone": "primary",
    "river_lake_management": "important",
    "geoheritage": None,
    "cultural_relic": None,
    "protected_area": "core",
    "spring_zone": "key",
    "forbidden_abstraction_zone": None,
    "abstraction_prohibited_scope": None,
}
"""Themes surveyed and empty, with a class of those that have classes."""


def judged_of(case, make, farmland_at, text):
    """The only proposal of a text, with basic farmland around a place of that easting."""
    farm = shapely.box(farmland_at - 500, PLACE.y - 500, farmland_at + 500, PLACE.y + 500)
    case.add("farm.gpkg", make["frame"]([farm]), coverage="area", empty_ok=True)
    (case.folder / "none.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    for theme, word in SURVEYED.items():
        classes = {"class": {"field": "L", "map": {"a": word}}} if word else {}
        fields = {} if word is None else {"crs": None}
        table = {"theme": theme, "coverage": "area", "empty_ok": True, **classes, **fields}
        case.add("none.geojson", None, **{k: v for k, v in table.items() if v is not None})
    case.project |= {"policies": ["HB21"], "on": date(2024, 6, 1)}
    path = case.folder / "wells.csv"
    path.write_text(text, "utf-8")
    return gz.open(case.write()).assess(path)[0]


@pytest.mark.parametrize(
    ("farmland_at", "verdict", "facts"),
    [
        (PLACE.x + 5_000, "allowed", []),
        (IF_PACKED, "undetermined", ["angle_format"]),
        (DECIMAL, "prohibited", ["angle_format"]),
    ],
)
def test_angles_of_two_readings_are_judged_in_both_places(case, make, farmland_at, verdict, facts):
    found = judged_of(case, make, farmland_at, PACKED)
    assert found.proposal.shape.x == pytest.approx(DECIMAL, abs=5)
    assert found.proposal.other.x == pytest.approx(IF_PACKED, abs=5)
    assert found.verdict.code == verdict
    assert [one.gap.fact for one in found.gaps if one.gap.fact == "angle_format"] == facts


@pytest.mark.parametrize(
    ("row", "said"),
    [("114.23,38.01,", True), ("114°13′,38°00′,", True), ("114.22312,38.01,", False)],
)
def test_coarse_degrees_are_warned_of(read, row, said):
    found = read(f"id,lon,lat,position_accuracy,activity\nW1,{row},{WELL}\n")
    assert any("few digits" in one for one in found.notes) is said
    assert (found.items[0].accuracy_m > 500) is said


def test_coarse_degrees_of_stated_accuracy_are_not(read):
    found = read(f"id,lon,lat,position_accuracy_m,activity\nW1,114.23,38.01,600,{WELL}\n")
    assert not any("few digits" in one for one in found.notes)
    assert found.items[0].accuracy_m == 600


def test_a_text_of_a_spreadsheet_in_utf_16_is_read(read):
    text = f"id\tlon\tlat\tactivity\nW1\t114.2213\t38.0712\t{WELL}\n"
    found = read(text, name="u.csv", encoding="utf-16")
    assert len(found.items) == 1
    assert any("UTF-16" in one for one in found.notes)


def test_declared_angles_are_judged_in_one_place(case, make):
    text = PACKED.replace("lat,", "lat,angle_format,").replace("38.0000,", "38.0000,decimal,")
    found = judged_of(case, make, IF_PACKED, text)
    assert (found.verdict.code, found.proposal.other) == ("allowed", None)


def test_corners_of_two_readings_are_refused(read):
    text = "id,点号,经度,纬度\n" + "".join(
        f"C1,{number},{lon},{lat}\n"
        for number, (lon, lat) in enumerate(
            [("114.1500", "38.0000"), ("114.1600", "38.0000"), ("114.1600", "38.0100")], 1
        )
    )
    with pytest.raises(Refused, match="angle_format"):
        read(text, activity=MINING)


def test_a_licence_is_one_proposal(read):
    found = read(CORNERS, activity=MINING, given=Given(crs="EPSG:4526"))
    (one,) = found.items
    assert (one.id, one.facts) == ("C1", {"right_id": "C1"})
    assert one.shape.area == pytest.approx(10_000, abs=1)
    assert one.place == "C1 (row 2 … row 5)"
    assert any("by their size" in note for note in found.notes)


def test_a_bad_corner_keeps_its_whole_polygon_out(read):
    second = CORNERS.split("\n", 1)[1].replace("C1", "C2").replace("C2,3,4207400", "C2,3,x")
    given = Given(crs="EPSG:4526")
    found = read(CORNERS + second, activity=MINING, given=given, keep_going=True)
    assert [one.id for one in found.items] == ["C1"]
    assert len(found.faults) == 1
    with pytest.raises(Refused, match=r"row 8.*not a number"):
        read(CORNERS + second, activity=MINING, given=given)


def test_corners_are_no_wells(read):
    with pytest.raises(Refused, match="must be point"):
        read(CORNERS, activity=Activity(*WELL.split(":")), given=Given(crs="EPSG:4526"))


def test_corners_without_a_crs(read):
    with pytest.raises(Refused, match="no CRS"):
        read(CORNERS, activity=MINING)


@pytest.mark.parametrize(
    ("datum", "text", "name"),
    [
        ("1980西安坐标系", TXT, "p.txt"),
        ("1954北京坐标系", TXT, "p.txt"),
        ("地方独立坐标系", TXT, "p.txt"),
        ("1980西安坐标系", "id,x_north,y_east,crs\nA,4207500,38519300,{datum}\n", "p.csv"),
        ("1980西安坐标系", "id,lon,lat,crs\nA,114.22,38,{datum}\n", "p.csv"),
        ("GCJ-02", "id,lon,lat,crs\nA,114.22,38,{datum}\n", "p.csv"),
        ("百度", "id,lon,lat,crs\nA,114.22,38,{datum}\n", "p.csv"),
    ],
)
def test_other_datums_are_refused_as_they_stand(read, datum, text, name):
    with pytest.raises(Refused) as refused:
        read(text.format(datum=datum), name, activity=PARCEL)
    assert "crs" in str(refused.value) or "坐标系" in str(refused.value)


def test_an_old_datum_moves_by_the_declared_shift(read, case):
    shift = case.folder / "shift.toml"
    shift.write_text(SHIFT, "utf-8")
    given = Given(datum_shift=shift)
    (moved,) = read(TXT.format(datum="1980西安坐标系"), "p.txt", activity=PARCEL, given=given).items
    (plain,) = read(TXT.format(datum="2000国家大地坐标系"), "p.txt", activity=PARCEL).items
    away = moved.shape.centroid.distance(plain.shape.centroid)
    assert away == pytest.approx(111.8, abs=0.5)
    assert moved.accuracy_m == plain.accuracy_m + 0.5


def test_boundary_text_and_the_crs_of_the_caller(read):
    text = TXT.format(datum="2000国家大地坐标系")
    given = Given(crs="EPSG:4547")
    assert len(read(text, "p.txt", activity=PARCEL, given=given).items) == 1
    with pytest.raises(Refused, match="--crs says"):
        read(text, "p.txt", activity=PARCEL, given=Given(crs="EPSG:4548"))


def test_rectangles_follow_their_parallels(read):
    text = "许可证号,东经起,东经止,北纬起,北纬止\nT1,114°10′,114°15′,38°00′,38°02′\n"
    (one,) = read(text, activity=Activity("middeep_reinjection", "right_exploration")).items
    assert one.id == "1"
    assert shapely.get_num_coordinates(one.shape) > 5
    assert one.shape.exterior.distance(PLACE) < 0.002
