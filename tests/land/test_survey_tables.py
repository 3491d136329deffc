"""Places in tables: which columns are read as what, and what is refused."""

from __future__ import annotations

import pytest
import shapely

from geozone.land.faults import Faults
from geozone.land.proposals.heads import own_heads, read_heads
from geozone.land.proposals.places import located
from geozone.land.proposals.tables import read_csv
from geozone.rules.vocabulary import facts

EAST, NORTH = 519323.153, 4207520.859
"""A place in EPSG:4547, at 114.22 E, 38.0 N."""


@pytest.fixture
def read(tmp_path):
    def reading(text, crs=None, kind=None):
        path = tmp_path / "p.csv"
        path.write_text(text, "utf-8")
        faults = Faults("p.csv")
        table = read_csv(path, faults)
        heads = read_heads(table.heads, faults, short=False, places=True)
        found = located(table.rows, heads, crs, faults, kind=kind)
        told = [*faults.found, *(fault for row in found.rows for fault in row.faults.found)]
        return found, [str(one) for one in told]

    return reading


def test_no_head_means_two_things():
    names = [name.casefold() for names in own_heads().values() for name in names]
    known = {name.casefold() for kind in facts().values() for name in (kind.id, *kind.aliases)}
    assert len(names) == len(set(names))
    assert not set(names) & known


DEGREES = [
    ("lon,lat", "114.22,38.0"),
    ("lng,lat", "114.22,38.0"),
    ("long,lat", "114.22,38.0"),
    ("Longitude,Latitude", "114.22,38.0"),
    ("经度,纬度", "114°13′12″,38°00′00″"),
    ("东经,北纬", "114-13-12,38-00-00"),
    ("大地经度,大地纬度", "E114°13′12″,N38°"),
    ("经 度 ,纬度", "１１４．２２,38"),
    ("经度(°),纬度(°)", "114.22,38.0"),
    ("经度（度分秒）,纬度（度分秒）", "114:13:12,38:0:0"),
    ("lon(DDD.MMSS),lat(DD.MMSS)", "114.1312,38.0000"),
    ("经度(DDDMMSS),纬度(DDMMSS)", "1141312,380000"),
    ("lon(E),lat(N)", "114.22,38.0"),
    ("经度（WGS84）,纬度（WGS84）", "114.22,38.0"),
    ("经度(CGCS2000),纬度(CGCS2000)", "114°13′12″,38°"),
    ("lon,lat,angle_format", "114.1312,38,packed_dms"),
    ("lon,lat,角度格式", "114.22,38,十进制度"),
    ("x,y", "114.22,38.0"),
    ("X,Y", "38.0,114.22"),
    ("lon,lat,crs", "114.22,38.0,EPSG:4326"),
    ("lon,lat,坐标系", "114.22,38.0,2000国家大地坐标系"),
]


@pytest.mark.parametrize(("head", "row"), DEGREES)
def test_degrees(read, head, row):
    found, told = read(f"id,{head}\nW1,{row}\n")
    assert told == []
    (one,) = found.rows
    assert shapely.distance(one.shape, shapely.Point(114.22, 38.0)) < 1e-9
    assert one.crs.is_geographic
    assert bool(found.notes) is (head.lower() == "x,y")


METRES = [
    ("east,north", f"{EAST},{NORTH}", "EPSG:4547"),
    ("东坐标,北坐标", f"{EAST},{NORTH}", "EPSG:4547"),
    ("横坐标,纵坐标", f"{EAST},{NORTH}", "EPSG:4547"),
    ("x_north,y_east", f"{NORTH},38{EAST}", "EPSG:4526"),
    ("X(北),Y(东)", f"{NORTH},38{EAST}", "EPSG:4526"),
    ("x（东）,y（北）", f"{EAST},{NORTH}", "EPSG:4547"),
    ("X,Y", f"{NORTH},38{EAST}", "EPSG:4526"),
    ("X坐标(m),Y坐标(m)", f"{NORTH},38{EAST}", "EPSG:4526"),
    ("x,y", f"38{EAST},{NORTH}", "EPSG:4526"),
    ("x,y", f"{EAST},{NORTH}", "EPSG:4547"),
    ("x_north,y_east,crs", f"{NORTH},38{EAST},EPSG:4526", None),
    ("x_north,y_east,坐标系", f"{NORTH},38{EAST},2000国家大地坐标系", None),
    ("x_north,y_east,坐标系", f"{NORTH},38{EAST},CGCS2000", None),
]
OLD = [
    ("1980西安坐标系", f"{NORTH},38{EAST}", 2362),
    ("北京54", f"{NORTH},19{EAST}", 21419),
    ("1980西安坐标系", "", 4610),
    ("GCJ-02", "", None),
]


@pytest.mark.parametrize(("datum", "row", "code"), OLD)
def test_other_datums_are_named_for_those_who_refuse_or_shift_them(read, datum, row, code):
    head, row = ("x_north,y_east", row) if row else ("lon,lat", "114.2,38")
    found, told = read(f"id,{head},坐标系\nW1,{row},{datum}\n")
    assert told == []
    assert found.rows[0].crs.to_epsg() == code


@pytest.mark.parametrize(("head", "row", "crs"), METRES)
def test_metres(read, head, row, crs):
    found, told = read(f"id,{head}\nW1,{row}\n", crs)
    assert told == []
    (one,) = found.rows
    prefix = 38e6 if one.crs.to_epsg() == 4526 else 0.0
    assert one.crs.to_epsg() in (4526, 4547)
    assert shapely.distance(one.shape, shapely.Point(prefix + EAST, NORTH)) < 1e-6
    plain = head.split("(")[0].lower().replace("坐标", "")
    assert bool(found.notes) is (plain in ("x,y", "x") and "北" not in head)


BAD = {
    "letters_swapped": ("id,lon,lat\nW1,N38°,E114°\n", None, ["swapped"]),
    "south": ("id,lon,lat\nW1,114.2,S38°\n", None, ["south"]),
    "sixty_one": ("id,lon,lat\nW1,114°61′,38\n", None, ["60"]),
    "packed_undeclared": ("id,lon,lat\nW1,1141312,380000\n", None, ["column lon", "packed_dms"]),
    "not_as_declared": ("id,lon(度分秒),lat\nW1,114.22,38\n", None, ["column lon"]),
    "formats_differ": (
        "id,lon(DDD.MMSS),lat,angle_format\nW1,114.22,38,decimal\n", None, ["two angle formats"],
    ),
    "unknown_format": ("id,lon,lat,angle_format\nW1,114.22,38,gon\n", None, ["angle format"]),
    "decimal_comma": ('id,lon,lat\nW1,"114,22",38\n', None, ["not a number"]),
    "exponent": ("id,lon,lat\nW1,1.1422E+02,38\n", None, ["not a number"]),
    "metres_exponent": ("id,east,north\nW1,5.19E+05,4207520\n", "EPSG:4547", ["exponents"]),
    "metres_thousands": (
        'id,east,north\nW1,"519,323.1",4207520\n', "EPSG:4547", ["thousands"],
    ),
    "x_y_contradict": (
        f"id,x,y\nW1,{NORTH},38{EAST}\nW2,38{EAST},{NORTH}\n", "EPSG:4526", ["lon,lat", "row 3"],
    ),
    "x_y_of_no_size": ("id,x,y\nW1,12345,67890\n", "EPSG:4547", ["x,y", "do not"]),
    "x_y_web_mercator": ("id,x,y\nW1,12714912,4579425\n", "EPSG:3857", ["x,y"]),
    "x_y_empty": ("id,x,y\nW1,,\n", "EPSG:4547", ["x,y"]),
    "x_y_text": (f"id,x,y\nW1,{NORTH},38{EAST}\nW2,abc,38{EAST}\n", "EPSG:4526", ["row 3", "abc"]),
    "unknown_bracket": ("id,lon(GCJ02),lat(GCJ02)\nW1,114.2,38\n", None, ["no coordinate columns"]),
    "datum_without_zone": (
        f"id,x_north,y_east,crs\nW1,{NORTH},{EAST},CGCS2000\n", None, ["the easting has no zone"],
    ),
    "serialised": ("id,区域坐标\nA,\"1,4,1,4207520,38519323\"\n", None, ["column 区域坐标", "wkt"]),
    "two_kinds": ("id,lon,lat,east,north\nA,114,38,1,2\n", None, ["more than one"]),
    "same_twice": ("id,lon,经度,lat\nA,114,114,38\n", None, ["two columns"]),
    "units_row_below_the_head": ("id,lon,lat\n,°,°\nA,114.2,38\n", None, ["row 2", "column lon"]),
    "two_head_rows": ("id,lon,lat\n编号,经度,纬度\nA,114.2,38\n", None, ["row 2", "经度"]),
    "error_value": ("id,lon,lat\nA,#N/A,38\n", None, ["row 2", "column lon", "#N/A"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_places(read, name):
    text, crs, parts = BAD[name]
    _, told = read(text, crs)
    assert any(all(part in one for part in parts) for one in told), told


def test_both_bad_cells_of_a_row_are_told(read):
    _, told = read("id,lon,lat\nW1,abc,S1\nW2,,\n")
    assert len(told) == 4


def test_other_columns_beside_a_contract_pair_are_left(read):
    found, told = read(f"id,lon,lat,x,y\nW1,114.22,38,{NORTH},38{EAST}\n")
    assert told == []
    assert found.rows[0].shape.equals(shapely.Point(114.22, 38))
    assert any("x, y" in one and "not used" in one for one in found.notes)


@pytest.mark.parametrize(
    ("head", "rows", "warned"),
    [
        ("lon,lat", ["114.1312,38.0000", "114.2212,38.0130"], True),
        ("lon,lat", ["114.1312,38.0000", "114.2275,38.0130"], False),
        ("lon,lat", ["114.22,38.0"], False),
        ("lon(°),lat(°)", ["114.1312,38.0000"], True),
        ("lon(十进制),lat(十进制)", ["114.1312,38.0000"], False),
        ("lon(DDD.MMSS),lat(DD.MMSS)", ["114.1312,38.0000"], False),
        ("x,y", ["114.1312,38.0000"], True),
    ],
)
def test_decimals_that_could_be_packed_are_warned_of(read, head, rows, warned):
    text = "".join(f"W{i},{row}\n" for i, row in enumerate(rows))
    found, told = read(f"id,{head}\n{text}")
    assert told == []
    assert any("DDD.MMSSss" in one for one in found.notes) is warned


def test_columns_of_corners_in_a_list_of_wells_are_said(read):
    found, told = read("id,lon,lat,矿区\nW1,114.22,38,东区\n")
    assert told == []
    assert any("矿区" in one for one in found.notes)


def test_carried_sixties_are_said_with_their_row(read):
    found, told = read("id,lon,lat\nW1,114°12′60″,38\n")
    assert told == []
    assert any("row 2" in one and "60" in one for one in found.notes)


# Rectangles of licences

BOX = "许可证号,东经起,东经止,北纬起,北纬止\n"


def test_rectangles(read):
    found, told = read(f"{BOX}T1,114°12′00″,114°14′00″,37°59′00″,38°01′00″\n")
    assert told == []
    west, south, east, north = found.rows[0].shape.bounds
    assert (west, east) == (pytest.approx(114.2), pytest.approx(114 + 14 / 60))
    assert (south, north) == (pytest.approx(37 + 59 / 60), pytest.approx(38 + 1 / 60))
    assert found.rows[0].crs.is_geographic


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("T1,114°14′,114°12′,37°59′,38°01′", "start"),
        ("T1,114°12′,114°12′,37°59′,38°01′", "start"),
        ("T1,114°12′,114°14′,38°01′,37°59′", "start"),
        ("T1,37°59′,38°01′,114°12′,114°14′", "beyond 90"),
        ("T1,114°12′,,37°59′,38°01′", "missing"),
        ("T1,1141200,1141400,375900,380100", "packed_dms"),
    ],
)
def test_bad_rectangles(read, row, part):
    _, told = read(f"{BOX}{row}\n")
    assert any(part in one for one in told), told


# Corner tables


def corners(*points, head="编号,点号,X,Y", before="K1"):
    """A corner table of (number, north, east) points."""
    rows = [
        f"{before},{name},{NORTH + north:.2f},38{EAST + east:.2f}" for name, north, east in points
    ]
    return "\n".join([head, *rows, ""])


SQUARE = [(1, 0, 0), (2, 0, 100), (3, -100, 100), (4, -100, 0)]
CRS = "EPSG:4526"


def inner(start=5, north=-40, east=40, size=20):
    """A square within, or beside, the first."""
    spots = [(0, 0), (0, size), (-size, size), (-size, 0)]
    return [(start + i, north + n, east + e) for i, (n, e) in enumerate(spots)]


def test_corners_become_a_polygon(read):
    found, told = read(corners(*SQUARE), CRS)
    assert told == []
    (one,) = found.rows
    assert one.shape.area == pytest.approx(10_000)
    assert one.cells == {"编号": "K1"}
    assert one.faults.place == "K1 (row 2 … row 5)"


@pytest.mark.parametrize(
    ("text", "area", "holes"),
    [
        (corners(*SQUARE, (1, 0, 0)), 10_000, 0),
        (corners(*SQUARE, head="许可证号,拐点编号,X坐标(m),Y坐标(m)"), 10_000, 0),
        (corners(*reversed(SQUARE)), 10_000, 0),
        (corners(*SQUARE, head="编号,矿区面积,点号,X,Y", before="K1,0.0100"), 10_000, 0),
        (
            corners(*SQUARE, head="编号,区号,点号,X,Y", before="K1,矿区1")
            + corners(*inner(east=200), before="K1,矿区2").split("\n", 1)[1],
            10_400,
            0,
        ),
        (
            corners(*SQUARE, head="编号,区号,点号,X,Y", before="K1,矿区1")
            + corners(*inner(), before="K1,挖空1").split("\n", 1)[1],
            9_600,
            1,
        ),
        (
            corners(*SQUARE, head="编号,矿区,扣除,点号,X,Y", before="K1,1,否")
            + corners(*inner(), before="K1,2,是").split("\n", 1)[1],
            9_600,
            1,
        ),
        (
            corners(*SQUARE, head="编号,圈号,点号,X,Y", before="K1,1")
            + corners(*inner(), before="K1,2").split("\n", 1)[1],
            9_600,
            1,
        ),
    ],
    ids=["closed", "licence", "descending", "area", "two_areas", "hole", "deducted", "rings"],
)
def test_corner_tables(read, text, area, holes):
    found, told = read(text, CRS)
    assert told == []
    (one,) = found.rows
    assert one.shape.area == pytest.approx(area)
    assert sum(len(part.interiors) for part in shapely.get_parts(one.shape)) == holes


def test_corners_in_degrees(read):
    rows = ["114°13′00″,38°00′00″", "114°14′00″,38°00′00″", "114°14′00″,37°59′00″"]
    text = "许可证号,点号,经度,纬度,矿种\n" + "".join(
        f"C1,{i},{row},地热\n" for i, row in enumerate(rows, 1)
    )
    found, told = read(text)
    assert told == []
    assert found.heads.cell(found.rows[0].cells, "id") == "C1"
    assert found.heads.cell(found.rows[0].cells, "right_id") == "C1"
    assert found.rows[0].shape.area == pytest.approx(0.5 / 3600)


def test_facts_of_a_polygon_are_those_of_its_rows(read):
    text = "编号,点号,x_north,y_east,depth_m,上标高,下标高\n"
    text += f"K1,1,{NORTH},38{EAST},1800,780,-2500\nK1,2,{NORTH + 9},38{EAST},,780,-2500\n"
    text += f"K1,3,{NORTH + 9},38519400,1800,780,-2500\n"
    found, told = read(text, CRS)
    assert told == []
    assert found.rows[0].cells == {
        "编号": "K1", "depth_m": "1800", "上标高": "780", "下标高": "-2500",
    }  # fmt: skip
    assert found.heads.unknown == ("上标高", "下标高")


@pytest.mark.parametrize(
    ("kind", "activity", "outcome"),
    [
        ("polygon", "", 1),
        ("point", "", 4),
        (None, "bathing:parcel", 1),
        (None, "middeep_reinjection:well_production", 4),
        ("any", "", "rows may be places"),
        (None, "", "rows may be places"),
    ],
)
def test_without_ids_the_activity_says_what_corners_are(read, kind, activity, outcome):
    head = "activity,点号,X,Y"
    found, told = read(corners(*SQUARE, head=head, before=activity), CRS, kind)
    if isinstance(outcome, str):
        assert any(outcome in one for one in told)
        return
    assert told == []
    assert len(found.rows) == outcome


def test_numbered_places_with_ids_of_their_own_stay_places(read):
    text = f"编号,点号,X,Y\nW1,1,{NORTH},38{EAST}\nW2,2,{NORTH},38{EAST}\n"
    found, told = read(text, CRS, "point")
    assert told == []
    assert len(found.rows) == 2


BAD_CORNERS = {
    "two_corners": (corners(*SQUARE[:2]), ["too few"]),
    "area_differs": (
        corners(*SQUARE, head="编号,矿区面积,点号,X,Y", before="K1,0.0200"), ["0.0100 km²"],
    ),
    "area_no_number": (
        corners(*SQUARE, head="编号,矿区面积(km²),点号,X,Y", before="K1,1公顷"), ["not a number"],
    ),
    "corner_left_out": (corners(*SQUARE[:1], *SQUARE[2:], (5, -50, -50)), ["missing", "1, 3"]),
    "sorted_as_text": (
        corners((1, 0, 0), (10, -90, 10), (11, -95, 5), (2, 0, 100), (3, -100, 100)),
        ["sorted as text"],
    ),
    "number_at_two_places": (corners(*SQUARE, (3, -120, 50)), ["two places"]),
    "bad_cell": (corners(*SQUARE).replace(f"{NORTH - 100:.2f}", "x", 1), ["row 4", "not a number"]),
    "no_id": (corners(*SQUARE) + f",5,{NORTH},38{EAST}\n", ["id is missing"]),
    "crossing": (corners(SQUARE[0], (2, -100, 100), (3, 0, 100), (4, -100, 0)), ["invalid"]),
    "facts_differ": (
        corners(*SQUARE, head="编号,点号,X,Y,depth_m").replace("\nK1,1", "\nK1,1", 1)
        .replace(f"38{EAST:.2f}\n", f"38{EAST:.2f},1800\n", 1)
        .replace(f"38{EAST + 100:.2f}\n", f"38{EAST + 100:.2f},1900\n", 1),
        ["depth_m", "differ"],
    ),
    "hole_outside": (
        corners(*SQUARE, head="编号,区号,点号,X,Y", before="K1,矿区1")
        + corners(*inner(east=200), before="K1,挖空1").split("\n", 1)[1],
        ["in no ring"],
    ),
    "area_inside": (
        corners(*SQUARE, head="编号,区号,点号,X,Y", before="K1,矿区1")
        + corners(*inner(), before="K1,矿区2").split("\n", 1)[1],
        ["not declared a hole"],
    ),
    "ring_closes_early": (corners(*SQUARE, (1, 0, 0), *inner(5, 200)), ["more points follow"]),
    "crs_differ": (
        corners(*SQUARE, head="编号,点号,X,Y,crs")
        .replace(f"38{EAST:.2f}\n", f"38{EAST:.2f},EPSG:4526\n")
        .replace(f"38{EAST + 100:.2f}\n", f"38{EAST + 100:.2f},EPSG:4527\n"),
        ["differ in their CRS"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CORNERS)
def test_bad_corner_tables(read, name):
    text, parts = BAD_CORNERS[name]
    found, told = read(text, CRS)
    assert any(all(part in one for part in parts) for one in told), told
    assert all(row.faults.found for row in found.rows if row.shape is None)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(read, tmp_path, end):
    path = tmp_path / "q.csv"
    path.write_bytes(f"id,lon,lat{end}W1,114.22,38{end}".encode())
    assert [dict(row.cells) for row in read_csv(path, Faults("q.csv")).rows] == [
        {"id": "W1", "lon": "114.22", "lat": "38"}
    ]
