"""Angles: every way of writing one that is read, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geozone.land.survey.angles import degrees_from, may_be_packed, writing_of, written_to_deg

READ = [
    "112.55",
    "112.55°",
    "112．55",
    "+112.55",
    "112°33′00″",
    "112°33'00.00\"",
    "112°33'00''",
    "112°33’00”",
    "112º33´00",
    "112度33分00秒",
    "112度33分",
    "１１２°３３′００″",
    "１１２．５５",
    "112°33′",
    "112:33:00",
    "112 33 00",
    "112-33-00",
    "E112-33-00",
    "E112°33′00″",
    "112°33′00″E",
    "112.55 e",
    "东经112°33′00″",
    "东经：112°33′00″",
    "112°33′00″ 东经",
    " 112°33′00″ ",
    "112° 33′ 00″",
]


@pytest.mark.parametrize("text", READ)
def test_longitudes(text):
    angle = degrees_from(text, "lon")
    assert (angle.value, angle.note) == (pytest.approx(112.55, abs=1e-12), None)


@pytest.mark.parametrize("text", ["37°52′12″N", "N37-52-12", "北纬37度52分12秒", "37.87"])
def test_latitudes(text):
    assert degrees_from(text, "lat").value == pytest.approx(37.87, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "value"), [("112°33′60″", 112 + 34 / 60), ("112°60′", 113), ("112°59′60″", 113)]
)
def test_sixty_is_carried_and_said(text, value):
    angle = degrees_from(text)
    assert angle.value == pytest.approx(value, abs=1e-12)
    assert "60" in (angle.note or "")


PACKED = {
    "1123300": 112.55,
    "1123300.50": 112.55 + 0.5 / 3600,
    "112.3300": 112.55,
    "112.33": 112.55,
    "112.330036": 112.55 + 0.36 / 3600,
    "375212": 37.87,
    "37.5212": 37.87,
    "E1123300": 112.55,
    "112": 112.0,
}


@pytest.mark.parametrize("text", PACKED)
def test_packed_angles_where_declared(text):
    assert degrees_from(text, writing="packed_dms").value == pytest.approx(PACKED[text], abs=1e-12)


REFUSED = [
    ("112°61′", None, "60"),
    ("112°33′61″", None, "60"),
    ("112.6100", "packed_dms", "60"),
    ("1126100", "packed_dms", "60"),
    ("S37°52′", None, "south"),
    ("112°33′W", None, "west"),
    ("西经112°33′", None, "west"),
    ("-112.55", None, "negative"),
    ("－112°33′", None, "negative"),
    ("E112°33′E", None, "twice"),
    ("N112.55", None, "swapped"),
    ("112.5°33′", None, "not an angle"),
    ("112°33.5′10″", None, "whole"),
    ("1123300", None, "packed_dms"),
    ("375212", None, "packed_dms"),
    ("181", None, "180"),
    ("112.55", "dms", "degrees, minutes"),
    ("112°33′00″", "decimal", "decimal"),
    ("112°33′00″", "packed_dms", "neither"),
    ("1.1255e2", None, "not a number"),
    ("112,55", None, "not a number"),
    ("nan", None, "not a number"),
    ("inf", None, "not a number"),
    ("", None, "not a number"),
    ("abc", None, "not a number"),
    ("112°33′00″ 37°52′", None, "not a number"),
    ("0x70", None, "not a number"),
]


@pytest.mark.parametrize(("text", "writing", "part"), REFUSED)
def test_refused_angles(text, writing, part):
    with pytest.raises(ValueError, match=part):
        degrees_from(text, "lon", writing)


def test_latitudes_end_at_ninety():
    with pytest.raises(ValueError, match="90"):
        degrees_from("114.2", "lat")


@pytest.mark.parametrize(
    ("declared", "writing"),
    [
        ("decimal", "decimal"),
        ("十进制度", "decimal"),
        ("°", "decimal"),
        ("度分秒", "dms"),
        ("DDD°MM′SS″", "dms"),
        ("DDD.MMSS", "packed_dms"),
        ("ddmmss", "packed_dms"),
        ("packed_dms", "packed_dms"),
    ],
)
def test_declared_writings(declared, writing):
    assert writing_of(declared) == writing


def test_unknown_writing():
    with pytest.raises(ValueError, match="packed_dms"):
        writing_of("gon")


@pytest.mark.parametrize(
    ("texts", "ambiguous"),
    [
        (["112.3300", "37.5212"], True),
        (["112.33", "37.5212"], True),
        (["112.330012", "37.521234"], True),
        (["112.3300", "37.8712"], False),
        (["112.3375", "37.5212"], False),
        (["112.33", "37.52"], False),
        (["112.330012345", "37.5212"], False),
        (["112°33′", "37.5212"], False),
        ([], False),
    ],
)
def test_decimals_that_could_be_packed(texts, ambiguous):
    assert may_be_packed(texts) is ambiguous


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 5999))
def test_every_writing_tells_the_same_angle(degrees, minutes, hundredths):
    seconds = f"{hundredths // 100:02d}.{hundredths % 100:02d}"
    value = degrees + minutes / 60 + hundredths / 360_000
    written = [f"{degrees}°{minutes:02d}′{seconds}″", f"E{degrees}-{minutes:02d}-{seconds}"]
    packed = [
        f"{degrees:03d}{minutes:02d}{seconds}",
        f"{degrees}.{minutes:02d}{seconds.replace('.', '')}",
    ]
    found = [degrees_from(one, "lon") for one in written]
    found += [degrees_from(one, "lon", "packed_dms") for one in packed]
    assert [one.value for one in found] == [pytest.approx(value, abs=1e-9)] * 4


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("114.23", 0.005),
        ("114", 0.5),
        ("114.223456", 5e-7),
        ("114°13′", 1 / 60),
        ("114°13.5′", 1 / 600),
        ("E114-13-12", 1 / 3600),
        ("１１４度13分12.5秒", 1 / 36000),
    ],
)
def test_how_far_an_angle_may_be_from_what_it_says(text, off):
    assert written_to_deg(text) == pytest.approx(off)
