"""Laws of the CRS guard, on random places: ways agree, and no spoiled layer passes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, named_crs
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.datums import datums
from geozone.land.coordinates.plausible import shapes_fit
from geozone.land.coordinates.zones import SIX, THREE, grid_of
from geozone.land.faults import Faults

LONGITUDES, LATITUDES = st.floats(74.0, 134.9), st.floats(18.2, 53.5)


def crs(epsg):
    return CRS.from_epsg(epsg)


def at(epsg, lon, lat):
    return Operation(GEOGRAPHIC, crs(epsg))(np.array([[lon, lat]]))[0]


def zone_at(lon):
    return min(THREE, key=lambda zone: abs(zone.meridian - lon))


def test_zones_are_what_their_codes_say():
    for zone in (*THREE, *SIX):
        assert grid_of(crs(zone.epsg(prefixed=True))).zone == zone
        assert zone in grid_of(crs(zone.epsg(prefixed=False))).unprefixed


@given(LONGITUDES, LATITUDES)
def test_prefix_and_width_are_ways_of_writing(lon, lat):
    three = zone_at(lon)
    x, y = at(three.epsg(prefixed=False), lon, lat)
    px, py = at(three.epsg(prefixed=True), lon, lat)
    assert (px - x, py) == pytest.approx((three.number * 1e6, y), abs=1e-3)
    for six in SIX:
        if six.meridian == three.meridian:
            assert at(six.epsg(prefixed=False), lon, lat) == pytest.approx((x, y), abs=1e-3)
            sx, _ = at(six.epsg(prefixed=True), lon, lat)
            assert sx - x == pytest.approx(six.number * 1e6, abs=1e-3)


@given(LONGITUDES, LATITUDES, st.sampled_from([4547, 4526, 4508, 4497, 32649, 3857, 4326]))
def test_there_and_back(lon, lat, epsg):
    if epsg not in (3857, 4326):
        lon = grid_of(crs(epsg)).meridian + (lon - 104.5) / 10
    place = np.array([[lon, lat]])
    back = Operation(crs(epsg), GEOGRAPHIC)(Operation(GEOGRAPHIC, crs(epsg))(place))
    assert back == pytest.approx(place, abs=1e-9)


# Spoiled layers: refused at once, or so far off that the meeting check has them, with the cure

SPOILED = {
    "prefix_added": (lambda x, y, z: (x + z.number * 1e6, y), False, True),
    "prefix_lost": (lambda x, y, z: (x % 1e6, y), True, False),
    "swapped": (lambda x, y, _: (y, x), False, False),
    "swapped_with_prefix": (lambda x, y, _: (y, x), True, True),
    "swapped_and_prefix_added": (lambda x, y, z: (y, x + z.number * 1e6), False, True),
    "swapped_and_prefix_lost": (lambda x, y, _: (y, x % 1e6), True, None),
}


@pytest.mark.parametrize("name", SPOILED)
@given(lon=LONGITUDES, lat=LATITUDES)
def test_a_spoiled_place_is_refused_with_the_cure(name, lon, lat):
    spoil, prefixed, cure = SPOILED[name]
    zone = zone_at(lon)
    x, y = spoil(*at(zone.epsg(prefixed=prefixed), lon, lat), zone)
    faults = Faults("x")
    shapes = np.array([shapely.Point(x, y)], object)
    assert not shapes_fit(shapes, (), crs(zone.epsg(prefixed=prefixed)), faults)
    (fault,) = map(str, faults.found)
    if cure is not None and cure != prefixed:
        assert f"EPSG:{zone.epsg(prefixed=cure)}" in fault
    if name.startswith("swapped"):
        assert "swapped" in fault


@given(LONGITUDES, LATITUDES)
def test_degrees_and_metres_are_told_apart(lon, lat):
    zone = zone_at(lon)
    for prefixed in (False, True):
        code = zone.epsg(prefixed=prefixed)
        metres = np.array([shapely.Point(*at(code, lon, lat))], object)
        degrees = np.array([shapely.Point(lon, lat)], object)
        assert shapes_fit(metres, (), crs(code), Faults("x"))
        assert shapes_fit(degrees, (), GEOGRAPHIC, Faults("x"))
        assert not shapes_fit(metres, (), GEOGRAPHIC, Faults("x"))
        assert not shapes_fit(degrees, (), crs(code), Faults("x"))


@given(LONGITUDES, LATITUDES, st.sampled_from([-6, -3, 3, 6]))
def test_a_wrong_zone_is_far_off_and_the_right_one_named(lon, lat, off):
    right = zone_at(lon)
    number = right.number + off // 3
    if not THREE[0].number <= number <= THREE[-1].number:
        return
    wrong = crs(THREE[number - THREE[0].number].epsg(prefixed=False))
    working = crs(right.epsg(prefixed=False))
    place = np.array([at(right.epsg(prefixed=False), lon, lat)])
    area = shapely.Point(place[0]).buffer(5_000)
    there = np.array([shapely.Point(Operation(wrong, working)(place)[0])], object)
    assert shapely.distance(there[0], area) > 100_000
    assert f"EPSG:{right.epsg(prefixed=False)}" in hint(there, area, crs=working, source=wrong)


# How far the shifted maps are off: the published formulas


def _waves(value, parts):
    return sum(size * math.sin(value * rate * math.pi) for size, rate in parts) * 2 / 3


def gcj02(lon, lat):
    """The published formulas by which such maps are shifted (degrees in, degrees out)."""
    a, e2 = 6378245.0, 0.00669342162296594323
    x, y = lon - 105, lat - 35
    root = math.sqrt(abs(x))
    both = _waves(x, ((20, 6), (20, 2)))
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    d_lat += _waves(y, ((20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)))
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    d_lon += _waves(x, ((20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)))
    magic = 1 - e2 * math.sin(math.radians(lat)) ** 2
    radius = a / math.sqrt(magic)
    return (
        lon + math.degrees(d_lon / (radius * math.cos(math.radians(lat)))),
        lat + math.degrees(d_lat / (a * (1 - e2) / (magic * math.sqrt(magic)))),
    )


def bd09(lon, lat):
    x, y = gcj02(lon, lat)
    rate = math.pi * 3000 / 180
    far = math.hypot(x, y) + 2e-5 * math.sin(y * rate)
    turn = math.atan2(y, x) + 3e-6 * math.cos(x * rate)
    return far * math.cos(turn) + 0.0065, far * math.sin(turn) + 0.006


GEOD = named_crs("CGCS2000").get_geod()


@given(st.floats(73.0, 136.0), st.floats(3.0, 54.0))
def test_the_stated_error_bounds_every_offset(lon, lat):
    for key, shifted in (("gcj02", gcj02), ("bd09", bd09)):
        off = GEOD.inv(lon, lat, *shifted(lon, lat))[2]
        assert off <= datums()[key].error_m


def test_the_formulas_are_the_published_ones():
    """556 m at Taiyuan and 509 m at Liaocheng, as measured elsewhere."""
    for (lon, lat), off_m in (((112.55, 37.87), 557.0), ((115.985, 36.456), 509.2)):
        assert GEOD.inv(lon, lat, *gcj02(lon, lat))[2] == pytest.approx(off_m, abs=0.1)
    assert datums()["gcj02"].error_m - GEOD.inv(131.4, 53.88, *gcj02(131.4, 53.88))[2] < 2
