"""Zones by their numbers and codes, held against the register."""

from __future__ import annotations

import pytest

from geozone.land.survey.zones import (
    FIRST_CODES,
    NUMBERS,
    Zone,
    datum_id,
    is_east,
    is_north,
    zone_of,
    zone_of_crs,
)

EVERY = [
    Zone(number, width, datum)
    for datum in FIRST_CODES
    for width, numbers in NUMBERS.items()
    for number in (numbers[0], numbers[6], numbers[-1])
]


@pytest.mark.parametrize("zone", EVERY, ids=str)
@pytest.mark.parametrize("prefixed", [True, False])
def test_codes_are_those_of_the_register(zone, prefixed):
    crs = zone.crs(prefixed=prefixed)
    values = {one.name: one.value for one in crs.coordinate_operation.params}
    assert values["Longitude of natural origin"] == zone.meridian
    assert values["False easting"] == 500_000 + (zone.number * 1_000_000 if prefixed else 0)
    datum = crs.geodetic_crs.datum.name
    assert (
        datum
        == {"cgcs2000": "China 2000", "xian80": "Xian 1980", "beijing54": "Beijing 1954"}[
            zone.datum
        ]
    )
    assert zone_of_crs(crs) == (zone if zone.datum == "cgcs2000" else None)
    assert zone_of(zone.number) == Zone(zone.number, zone.width)


@pytest.mark.parametrize("number", [0, 12, 24, 46, 114])
def test_no_zone(number):
    assert zone_of(number) is None


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("2000国家大地坐标系", "cgcs2000"),
        ("国家2000", "cgcs2000"),
        ("CGCS 2000", "cgcs2000"),
        ("2000坐标系", "cgcs2000"),
        ("国家2000大地坐标系", "cgcs2000"),
        ("China Geodetic Coordinate System 2000", "cgcs2000"),
        ("GCS_China_Geodetic_Coordinate_System_2000", "cgcs2000"),
        ("2000国家大地坐标系(CGCS2000)", "cgcs2000"),
        ("1980西安坐标系", "xian80"),
        ("1954北京坐标系", "beijing54"),
        ("地方独立坐标系", ""),
        ("太原2000独立坐标系", ""),
        ("上海2000坐标系", ""),
        ("北京2000", ""),
        ("WGS84", ""),
        ("GCJ-02", ""),
        ("", ""),
    ],
)
def test_datums_by_name(name, datum):
    assert datum_id(name) == datum


@pytest.mark.parametrize(
    ("value", "north", "east"),
    [
        (4_196_850, True, False),
        (429_638, False, True),
        (38_429_638, False, True),
        (19_429_638, False, True),
        (24_429_638, False, False),
        (38_029_638, False, False),
        (6_000_000, False, False),
        (114.2, False, False),
        (-429_638, False, False),
        (12_714_912, False, False),
    ],
)
def test_sizes(value, north, east):
    assert (is_north(value), is_east(value)) == (north, east)
