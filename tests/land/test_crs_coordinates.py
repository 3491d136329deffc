"""Coordinates that cannot be of their CRS: refused, with the numbers and with what would fit."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, named_crs
from geozone.land.coordinates.plausible import shapes_fit, units_fit
from geozone.land.faults import Faults

PLACE = (114.22, 38.0)


def at(epsg, lon=PLACE[0], lat=PLACE[1]):
    """A place in a CRS, x east and y north."""
    return tuple(Operation(GEOGRAPHIC, CRS.from_epsg(epsg))(np.array([[lon, lat]]))[0])


def told(points, crs):
    """The faults of points that are said to be of a CRS, as texts."""
    faults = Faults("x.gpkg")
    shapes = np.array([shapely.Point(one) for one in points], object)
    names = tuple(f"x#{i}" for i in range(1, len(points) + 1))
    fits = shapes_fit(shapes, names, named_crs(crs), faults)
    assert fits == (not faults.found)
    return [str(one) for one in faults.found]


X, Y = at(4547)  # 519 318, 4 207 494
PX = at(4526)[0]  # 38 519 318
MX, MY = at(3857)

FITS = {
    "without_prefix": ([(X, Y)], "EPSG:4547"),
    "with_prefix": ([(PX, Y)], "EPSG:4526"),
    "degrees": ([PLACE], "EPSG:4490"),
    "degrees_of_the_south_sea": ([(112.3, 4.0)], "EPSG:4490"),
    "the_far_west_in_one_zone": ([at(4547, 74, 39)], "EPSG:4547"),
    "the_far_east_in_one_zone": ([at(4547, 134.5, 48)], "EPSG:4547"),
    "a_province_beyond_its_zone": ([at(4526, 122.7, 37)], "EPSG:4526"),
    "mercator": ([(MX, MY)], "EPSG:3857"),
    "utm": ([at(32649)], "EPSG:32649"),
    "world": ([(-70, -33), (20, 60), PLACE], "EPSG:4326"),
    "origin_in_china": ([(0.0, 0.0), (50.0, 20.0)], "+proj=aea +lat_0=36 +lat_1=25 +lat_2=47 "
                        "+lon_0=105 +datum=WGS84"),
}  # fmt: skip


@pytest.mark.parametrize("name", FITS)
def test_fits(name):
    points, crs = FITS[name]
    assert told(points, crs) == []


ODD = {
    "prefix_in_a_crs_without": (
        [(PX, Y)],
        "EPSG:4547",
        ["坐标带有带号 38，EPSG:4547 无带号", '写 crs = "EPSG:4526"', f"x {PX:.10g}"],
    ),
    "no_prefix_in_a_crs_with": (
        [(X, Y)],
        "EPSG:4526",
        ["EPSG:4526 带有带号 38，坐标没有", '写 crs = "EPSG:4547"'],
    ),
    "six_degree_prefix": ([at(4497, 110.5)], "EPSG:4546", ["带号 19", "六度带 19 带", "EPSG:4497"]),
    "six_degree_crs_without_prefix": ([at(4508, 110.5)], "EPSG:4497", ["带号 19", "EPSG:4508"]),
    "another_prefix": (
        [at(4525, 111.2)],
        "EPSG:4526",
        ["another zone", "三度带 37 带", "EPSG:4525"],
    ),
    "swapped_with_prefix": ([(Y, PX)], "EPSG:4526", ["swapped", "x 为北，y 为东", "EPSG:4526"]),
    "swapped_without_prefix": ([(Y, X)], "EPSG:4547", ["seem swapped"]),
    "swapped_with_prefix_in_a_crs_without": ([(Y, PX)], "EPSG:4547", ["seem swapped", "EPSG:4526"]),
    "swapped_without_prefix_in_a_crs_with": ([(Y, X)], "EPSG:4526", ["seem swapped"]),
    "mercator_as_gauss": ([(MX, MY)], "EPSG:4547", ["Web Mercator", "EPSG:3857"]),
    "prefix_as_mercator": ([(PX, Y)], "EPSG:3857", ["EPSG:4526"]),
    "northing_without_its_millions": ([(X, Y - 4_000_000)], "EPSG:4547", ["cannot be in"]),
    "kilometres": ([(X / 1000, Y / 1000)], "EPSG:4547", ["cannot be in"]),
    "degrees_as_metres": ([PLACE], "EPSG:4547", ["degrees in the metric CRS", "114.22"]),
    "metres_as_degrees": ([(X, Y)], "EPSG:4490", ["are not degrees", "EPSG:4534"]),
    "prefixed_metres_as_degrees": ([(PX, Y)], "EPSG:4490", ["are not degrees", "EPSG:4526"]),
    "swapped_metres_as_degrees": ([(Y, PX)], "EPSG:4490", ["not degrees", "swapped", "EPSG:4526"]),
    "mercator_as_degrees": ([(MX, MY)], "EPSG:4490", ["are not degrees", "EPSG:3857"]),
    "swapped_degrees": ([PLACE[::-1]], "EPSG:4490", ["longitude and latitude are swapped"]),
    "turned_round": ([(245.78, 38.0)], "EPSG:4490", ["-180"]),
    "pole": ([(114.22, 90.0)], "EPSG:4490", ["pole"]),
    "seconds_of_arc": ([(114.22 * 3600, 38 * 3600)], "EPSG:4490", ["are not degrees"]),
    "packed_degrees": ([(1141312, 380000)], "EPSG:4490", ["are not degrees"]),
    "null_island": ([(0.0, 0.0)], "EPSG:4490", ["(0, 0)"]),
    "null_island_in_metres": ([(0.0, 0.0)], "EPSG:4547", ["(0, 0)"]),
    "null_island_with_prefix": ([(0.0, 0.0)], "EPSG:4526", ["(0, 0)"]),
    "false_origin": ([(500_000.0, 0.0)], "EPSG:4547", ["cannot be in"]),
}


@pytest.mark.parametrize("name", ODD)
def test_odd(name):
    points, crs, parts = ODD[name]
    (fault,) = told(points, crs)
    assert [part for part in ("x.gpkg", "crs", *parts) if part not in fault] == []


@pytest.mark.parametrize("name", ODD)
def test_one_odd_place_among_good_ones_is_named(name):
    points, crs, _ = ODD[name]
    good = PLACE if crs == "EPSG:4490" else at(int(crs[5:]))
    (fault,) = told([good, good, *points, good], crs)
    assert "1 of 4 features: x#3" in fault
    assert "4 个要素中的 1 个" in fault


def test_a_western_place_swapped_among_others():
    """44° N, 87° E with its axes swapped is no impossible place, but in the Arctic."""
    (fault,) = told([(87.6, 43.8), (43.8, 87.6)], "EPSG:4490")
    assert "swapped" in fault


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        (shapely.box(-179, 30, 179, 31), "antimeridian"),
        (shapely.LineString([(170, 40), (-170, 41)]), "antimeridian"),
        (shapely.box(100, 30, 190, 31), "-180"),
        (shapely.box(100, 30, 101, 90), "pole"),
    ],
)
def test_round_the_globe(shape, part):
    faults = Faults("x")
    assert not shapes_fit(np.array([shape], object), ("x#1",), GEOGRAPHIC, faults)
    assert part in str(faults.found[0])


def test_a_country_on_both_sides_of_the_antimeridian_is_none_of_our_business():
    shape = shapely.MultiPolygon([shapely.box(170, 60, 180, 61), shapely.box(-180, 60, -170, 61)])
    assert shapes_fit(np.array([shape], object), ("x#1",), GEOGRAPHIC, Faults("x"))


def test_an_odd_vertex_is_found_in_its_polygon():
    for x, y in ((PX, Y), (0.0, 0.0), PLACE, (Y, X)):
        shape = shapely.Polygon([(X, Y), (X + 100, Y), (x, y)])
        assert not shapes_fit(np.array([shape], object), (), CRS.from_epsg(4547), Faults("x"))


RASTERS = {
    "good": ((X, Y, X + 9e3, Y + 9e3), "EPSG:4547", ""),
    "national_with_margins": ((-2e6, 1.8e6, 2.6e6, 6e6), "EPSG:4547", ""),
    "global": ((-180, -90, 180, 90), "EPSG:4326", ""),
    "round_the_globe": ((0, -90, 360, 90), "EPSG:4326", "-180"),
    "prefix": ((PX, Y, PX + 9e3, Y + 9e3), "EPSG:4547", "EPSG:4526"),
    "no_prefix": ((X, Y, X + 9e3, Y + 9e3), "EPSG:4526", "EPSG:4547"),
    "swapped": ((Y, X, Y + 9e3, X + 9e3), "EPSG:4547", "swapped"),
    "degrees": ((114, 38, 115, 39), "EPSG:4547", "degrees"),
    "metres": ((X, Y, X + 9e3, Y + 9e3), "EPSG:4490", "not degrees"),
}


@pytest.mark.parametrize("name", RASTERS)
def test_rasters_by_their_bounds(name):
    bounds, crs, part = RASTERS[name]
    faults = Faults("x.tif")
    assert units_fit(np.array(bounds), named_crs(crs), faults) == (not part)
    assert all(part in str(one) for one in faults.found)
