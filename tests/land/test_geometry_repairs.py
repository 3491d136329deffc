"""What is repaired of a shape: nothing but repeated vertices, spikes of no width, Z and M."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geozone.land.coordinates.crs import Operation, parse_crs
from geozone.land.faults import Faults
from geozone.land.problems import Problems
from geozone.land.project import read_project
from geozone.land.shapes.geometry import check_shapes
from geozone.land.shapes.remarks import _alike
from geozone.land.shapes.spikes import without_spikes
from geozone.law.errors import Refused

SQUARE = "POLYGON((0 0,10 0,10 10,0 10,0 0))"
HOLED = "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1))"


def checked(*wkt):
    """The checked shapes, and the codes and texts of what was reported."""
    faults = Faults("x.gpkg")
    names = tuple(f"x#{i}" for i in range(1, len(wkt) + 1))
    shapes = np.array([one and shapely.from_wkt(one) for one in wkt], object)
    return check_shapes(shapes, names, Problems(faults, {})), [str(one) for one in faults.found]


GOOD = {
    "square": (SQUARE, SQUARE, ()),
    "wound the other way": ("POLYGON((0 0,0 10,10 10,10 0,0 0))", SQUARE, ()),
    "hole wound like the shell": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1))",
        HOLED,
        (),
    ),
    "Z": ("POLYGON Z((0 0 1,10 0 1,10 10 1,0 10 1,0 0 1))", SQUARE, ("dropped Z or M",)),
    "M": ("POLYGON M((0 0 1,10 0 1,10 10 1,0 10 1,0 0 1))", SQUARE, ("dropped Z or M",)),
    "repeated": ("POLYGON((0 0,0 0,10 0,10 10,10 10,0 10,0 0))", SQUARE, ("repeated vertices",)),
    "repeated in a line": (
        "LINESTRING(0 0,0 0,5 5)",
        "LINESTRING(0 0,5 5)",
        ("repeated vertices",),
    ),
    "spike outward": (
        "POLYGON((0 0,10 0,10 5,20 5,10 5,10 10,0 10,0 0))",
        SQUARE,
        ("zero-width spikes",),
    ),
    "spike inward": (
        "POLYGON((0 0,10 0,10 5,5 5,10 5,10 10,0 10,0 0))",
        SQUARE,
        ("zero-width spikes",),
    ),
    "spike on an edge's own line": (
        "POLYGON((0 0,15 0,10 0,10 10,0 10,0 0))",
        SQUARE,
        ("zero-width spikes",),
    ),
    "spike of several vertices": (
        "POLYGON((0 0,10 0,10 5,12 5,20 8,12 5,10 5,10 10,0 10,0 0))",
        SQUARE,
        ("zero-width spikes",),
    ),
    "spike at the first vertex": (
        "POLYGON((-5 0,0 0,10 0,10 10,0 10,0 0,-5 0))",
        SQUARE,
        ("zero-width spikes",),
    ),
    "spike of a hole": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 5,5 5,8 5,8 1,1 1))",
        HOLED,
        ("zero-width spikes",),
    ),
    "spike of one part": (
        "MULTIPOLYGON(((0 0,10 0,10 5,20 5,10 5,10 10,0 10,0 0)),((50 0,60 0,60 9,50 0)))",
        f"MULTIPOLYGON({SQUARE[7:]},((50 0,60 0,60 9,50 0)))",
        ("zero-width spikes",),
    ),
    "parts that touch": (
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 2)))",
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 2)))",
        (),
    ),
    "sliver": ("POLYGON((0 0,9 0,9 1e-5,0 0))", "POLYGON((0 0,9 0,9 1e-5,0 0))", ()),
    "ring as a line": ("LINEARRING(0 0,5 5,5 0,0 0)", "LINESTRING(0 0,5 5,5 0,0 0)", ()),
    "crossing line": ("LINESTRING(0 0,5 5,5 0,0 5)", "LINESTRING(0 0,5 5,5 0,0 5)", ()),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_or_repaired(name):
    given_wkt, wanted, repairs = GOOD[name]
    found, told = checked(given_wkt)
    assert told == []
    assert found.good.tolist() == [True]
    assert shapely.is_valid(found.shapes[0])
    assert shapely.equals(found.shapes[0], shapely.from_wkt(wanted))
    assert tuple(one.what for one in found.mends) == repairs
    assert all(one.names == ("x#1",) for one in found.mends)


REFUSED = {
    "null": (None, "null-geometry"),
    "empty": ("POLYGON EMPTY", "empty-geometry"),
    "empty part": ("MULTIPOLYGON(EMPTY,((0 0,2 0,2 2,0 0)))", "empty-geometry"),
    "empty hole": ("POLYGON((0 0,2 0,2 2,0 0),EMPTY)", "empty-geometry"),
    "empty line part": ("MULTILINESTRING(EMPTY,(0 0,1 1))", "empty-geometry"),
    "NaN": ("POLYGON((0 0,nan 0,2 2,0 0))", "not a number"),
    "infinite": ("POLYGON((0 0,inf 0,2 2,0 0))", "not a number"),
    "beyond": ("POLYGON((0 0,1e13 0,2 2,0 0))", "not a number"),
    "bow-tie": ("POLYGON((0 0,1 1,1 0,0 1,0 0))", "自相交"),
    "crossing itself": ("POLYGON((0 0,4 0,4 4,1 -1,0 4,0 0))", "自相交"),
    "touching itself": ("POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", "自相接"),
    "eight": ("POLYGON((0 0,2 2,4 0,4 4,2 2,0 4,0 0))", "自相接"),
    "collapsed to a line": ("POLYGON((0 0,1 0,2 0,0 0))", "invalid-geometry"),
    "collapsed there and back": ("POLYGON((0 0,1 0,0 0,0 0))", "塌缩"),
    "collapsed to a point": ("POLYGON((3 3,3 3,3 3,3 3))", "塌缩"),
    "line to a point": ("LINESTRING(1 1,1 1)", "塌缩"),
    "collection": (f"GEOMETRYCOLLECTION({SQUARE})", "几何集合 / geometry collection"),
    "collection with height": (
        "GEOMETRYCOLLECTION Z(POINT Z(1 1 1),LINESTRING Z(0 0 0,1 1 1))",
        "几何集合 / geometry collection",
    ),
    "hole outside": ("POLYGON((0 0,1 0,1 1,0 1,0 0),(5 5,6 5,6 6,5 5))", "洞在外环之外"),
    "hole crossing": ("POLYGON((0 0,4 0,4 4,0 4,0 0),(2 2,6 2,6 3,2 2))", "自相交"),
    "hole in a hole": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(2 2,3 2,3 3,2 2))",
        "洞中有洞",
    ),
    "hole twice": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1),(1 1,2 1,2 2,1 1))",
        "invalid-geometry",
    ),
    "hole as large as the shell": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 0,9 0,9 9,0 9,0 0))",
        "invalid-geometry",
    ),
    "hole that is a spike": (
        "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,1 1,1 1))",
        "invalid-geometry",
    ),
    "overlapping parts": (
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))",
        "重叠",
    ),
    "the same part twice": (
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((0 0,2 0,2 2,0 2,0 0)))",
        "invalid-geometry",
    ),
    "a part in a part": (
        "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((2 2,3 2,3 3,2 2)))",
        "嵌套",
    ),
    "parts sharing an edge": (
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 0,4 0,4 2,2 2,2 0)))",
        "invalid-geometry",
    ),
    "bridge to a hole": (
        "POLYGON((0 0,9 0,9 9,0 9,0 4,3 4,3 6,6 6,6 4,3 4,0 4,0 0))",
        "invalid-geometry",
    ),
}


@pytest.mark.filterwarnings("ignore:invalid value encountered in from_wkt")
@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_place_and_never_repaired(name):
    wkt, part = REFUSED[name]
    found, told = checked(SQUARE, wkt)
    assert found.good.tolist() == [True, False]
    (fault,) = told
    assert part in fault
    assert "x#2" in fault
    assert "x#1" not in fault
    assert " / " in fault
    assert found.mends == ()


def test_many_bad_shapes_are_listed_briefly():
    found, told = checked(*["POLYGON((0 0,1 1,1 0,0 1,0 0))"] * 10_000, *[None] * 10_000)
    assert not found.good.any()
    assert len(told) == 7
    assert "x#10001, x#10002, x#10003, x#10004, x#10005 … (10000)" in told[0]
    assert "9995" in told[-1]


def test_areas_before_and_after_stand_in_the_repair():
    found, _ = checked(
        "POLYGON Z((500000 4e6 1,500010 4e6 1,500010 4000010 1,500010 4000010 1,500000 4000010 1,"
        "500000 4e6 1))",
        "POLYGON((500000 4e6,500010 4e6,500010 4000005,500020 4000005,500010 4000005,"
        "500010 4000010,500000 4000010,500000 4e6))",
    )
    operation = Operation(parse_crs("EPSG:4547"), parse_crs("EPSG:4547"))
    repairs = {one.what: one.repair(operation) for one in found.mends}
    assert list(repairs) == ["dropped Z or M", "repeated vertices", "zero-width spikes"]
    for what, name in zip(repairs, ("x#1", "x#1", "x#2"), strict=True):
        assert repairs[what].features == (name,)
        assert repairs[what].area_before_m2 == pytest.approx(100, abs=1e-6)
        assert repairs[what].area_after_m2 == pytest.approx(100, abs=1e-6)
        assert "100.000 -> 100.000 m²" in str(repairs[what])


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4547"])
def test_a_collection_ends_in_a_fault_of_its_layer(case, make, crs):
    whole = shapely.GeometryCollection([make["square"](), shapely.Point(520_000, 4_207_000)])
    made = make["frame"]([make["square"](2000), whole]).to_crs(crs)
    made.to_file(case.folder / "pbf.geojson" if crs == "EPSG:4490" else case.folder / "pbf.gpkg")
    case.add("pbf.geojson" if crs == "EPSG:4490" else "pbf.gpkg", None)
    with pytest.raises(Refused) as told:
        read_project(case.write())
    (fault,) = told.value.faults
    assert "geometry collection: pbf#2" in fault.what


def test_lines_where_areas_are_needed_are_named(case, make):
    lines = [make["square"]().exterior.segmentize(100), make["square"](2000)]
    case.add("pbf.gpkg", make["frame"]([shapely.LineString(lines[0]), lines[1]]))
    with pytest.raises(Refused) as told:
        read_project(case.write())
    (fault,) = told.value.faults
    assert "线line: pbf#1" in fault.what
    assert "closed ones too" in fault.todo


# Properties

WHOLE = st.integers(-1000, 1000)


@st.composite
def stars(draw):
    """A simple polygon around the origin, its vertices on whole metres."""
    count = draw(st.integers(3, 12))
    turns = sorted(draw(st.sets(st.integers(0, 359), min_size=count, max_size=count)))
    reach = [draw(st.integers(200, 1000)) for _ in turns]
    ring = [
        (round(r * math.cos(math.radians(t))), round(r * math.sin(math.radians(t))))
        for t, r in zip(turns, reach, strict=True)
    ]
    shape = shapely.Polygon(ring)
    return shape if shape.is_valid and shape.area > 1 else shapely.box(-100, -100, 100, 100)


@st.composite
def spoiled(draw):
    """A simple polygon, and the same with vertices repeated and spikes of no width put on."""
    shape = draw(stars())
    ring = []
    for vertex in list(shape.exterior.coords)[:-1]:
        ring.append(vertex)
        how = draw(st.sampled_from(["as it is", "repeated", "spike", "long spike"]))
        away = [(float(draw(WHOLE)), float(draw(WHOLE))) for _ in range(2)]
        if how == "repeated":
            ring.append(vertex)
        elif how == "spike":
            ring += [away[0], vertex]
        elif how == "long spike":
            ring += [away[0], away[1], away[0], vertex]
    turned = draw(st.integers(0, len(ring) - 1))
    return shape, shapely.Polygon(ring[turned:] + ring[:turned])


@given(spoiled())
def test_a_repaired_polygon_covers_the_same_ground(pair):
    shape, worse = pair
    found, told = checked(worse.wkt)
    assert told == []
    assert found.good.all()
    repaired = found.shapes[0]
    assert repaired.is_valid
    assert shapely.symmetric_difference(repaired, shape).area == 0
    inner = shapely.point_on_surface(shape)
    assert shapely.contains(repaired, inner)
    assert repaired.area == pytest.approx(shape.area, rel=1e-12)


@given(stars())
def test_a_sound_polygon_stays_as_it_is(shape):
    assert without_spikes(np.array([shape], object))[0] == shape
    found, told = checked(shape.wkt)
    assert (found.mends, told) == ((), [])
    assert found.shapes[0] == shape


@given(stars(), st.floats(1e-6, 1e-3))
def test_a_narrow_tail_is_no_spike(shape, width):
    """A spike that has a width is ground, or crosses something; it is never taken off."""
    (x, y), *_ = shape.exterior.coords
    ring = list(shape.exterior.coords)[:-1]
    tail = shapely.Polygon(
        [(x, y), (x * 3, y * 3), (x * 3 - y * width, y * 3 + x * width), *ring[1:]]
    )
    found, _ = checked(tail.wkt)
    assert all(one.what != "zero-width spikes" for one in found.mends)
    if found.good[0]:
        assert shapely.get_num_coordinates(found.shapes[0]) == len(tail.exterior.coords)


BAD = {
    "nothing": None,
    "infinite": "LINESTRING(0 0,1 inf)",
    "huge": "POINT(1e12 0)",
    "repeated": "POLYGON((0 0,10 0,10 10,10 10,0 10,0 0))",
    "ends where the next begins": "LINESTRING(5 5,0 0)",
    "crossed": "POLYGON((0 0,10 10,10 0,0 10,0 0))",
}


@given(st.lists(st.sampled_from([SQUARE, HOLED, *BAD.values()]), max_size=9))
def test_many_shapes_are_checked_as_few_are(wkt):
    """Vertices are looked at some shapes at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geozone.land.shapes.geometry.AT_ONCE", 2)
        found, told = checked(*wkt)
    wanted, said = checked(*wkt)
    assert told == said
    assert found.good.tolist() == wanted.good.tolist()
    assert shapely.to_wkb(found.shapes).tolist() == shapely.to_wkb(wanted.shapes).tolist()
    assert [(one.what, one.names) for one in found.mends] == [
        (one.what, one.names) for one in wanted.mends
    ]


BOXES = st.tuples(*[st.sampled_from([0.0, -0.0, 1.0, 5e5, 5e5 + 1e-9, np.nan])] * 4)


@given(st.lists(BOXES, min_size=1, max_size=12))
def test_equal_boxes_are_among_those_that_may_be_equal(boxes):
    found = _alike(np.array(boxes))
    for at, box in enumerate(boxes):
        others = [one for number, one in enumerate(boxes) if number != at]
        assert found[at] or box not in others
