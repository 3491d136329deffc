"""Definitions of coordinate systems: which are taken, which are refused, and in what words."""

from __future__ import annotations

import pytest
from pyproj import CRS

from geozone.land.coordinates.crs import (
    GEOGRAPHIC,
    Operation,
    datum_of,
    label,
    named_crs,
    parse_crs,
)
from geozone.land.coordinates.crsstated import UnclearCrsError, stated_crs
from geozone.land.coordinates.datums import datums, operations
from geozone.land.coordinates.terms import Terms, refusal, same_places

SPHEROID = 'SPHEROID["CGCS2000",6378137.0,298.257222101]'
PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    f'DATUM["D_China_2000",{SPHEROID}],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
NAME = "CGCS2000_3_Degree_GK_CM_114E"
DEGREES = (
    f'GEOGCS["GCS_CGCS2000",DATUM["D_CGCS2000",{SPHEROID}],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
OPEN = "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +y_0=0 +ellps={} +units=m"

TAKEN = {
    "esri": PRJ,
    "esri_wgs84_spheroid_of_cgcs2000": PRJ.replace("D_China_2000", "D_WGS_1984"),
    "esri_degrees": DEGREES,
    "own_name_and_false_easting": PRJ.replace(NAME, "my grid").replace("500000.0", "0.0"),
    "own_name_and_latitude": PRJ.replace(NAME, "my grid").replace(
        '"Latitude_Of_Origin",0.0', '"Latitude_Of_Origin",38.0'
    ),
    "albers": "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +datum=WGS84",
    "height_aside": "EPSG:4547+5737",
    "bound_to_nothing": "+proj=longlat +datum=WGS84 +towgs84=0,0,0",
    "geojson": "OGC:CRS84",
    **{
        f"datum_{name}": PRJ.replace("D_China_2000", name)
        for name in (
            "D_CGCS2000",
            "D_CGCS_2000",
            "GCS_CGCS2000",
            "D_China_Geodetic_Coordinate_System_2000",
        )
    },
    **{
        str(code): f"EPSG:{code}"
        for code in (4490, 4326, 4480, 4979, 4547, 4526, 4508, 4498, 3857, 32649, 9056)
    },
    "esri_web_mercator": "ESRI:102100",
    **{name: name for name in ("天地图", "GPS", "wgs-84", "CGCS2000", "国家2000")},
}


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name):
    crs = parse_crs(TAKEN[name])
    assert refusal(crs) is None
    assert not crs.is_compound
    assert len(crs.axis_info) == 2


REFUSED = {
    "xian_80": ("EPSG:2384", ["Xian 1980", "datum_shift"]),
    "xian_80_in_words": ("西安80", ["1980西安坐标系"]),
    "beijing_54": ("EPSG:4214", ["Beijing 1954", "refused"]),
    "new_beijing": ("EPSG:4555", ["New Beijing"]),
    "nad_83": ("EPSG:4269", ["North American"]),
    "datum_of_another_name": (PRJ.replace("D_China_2000", "D_Xian_1980"), ["Xian 1980"]),
    "krassovsky_as_cgcs2000": (
        PRJ.replace(SPHEROID, 'SPHEROID["Krassovsky_1940",6378245.0,298.3]'),
        ["Krassovsky", "ellipsoid"],
    ),
    "xian_by_its_name": (PRJ.replace(NAME, "Xian_1980_3_Degree_GK_CM_114E"), ["does not go with"]),
    "another_meridian_than_its_name": (PRJ.replace("114.0", "117.0"), ["parameters differ"]),
    "another_easting_than_its_name": (PRJ.replace("500000.0", "500100.0"), ["parameters differ"]),
    "no_datum": (PRJ.replace("D_China_2000", "D_Unknown"), ["which datum", "declare"]),
    "only_an_ellipsoid": (OPEN.format("GRS80"), ["which datum", "declare"]),
    "old_ellipsoid": (OPEN.format("krass"), ["Krassovsky", "datum_shift"]),
    "grads": (
        DEGREES.replace('"Degree",0.0174532925199433', '"Grad",0.01570796326794897'),
        ["Grad", "degrees"],
    ),
    "feet": (PRJ.replace(NAME, "ft").replace('"Meter",1.0', '"Foot",0.3048'), ["foot"]),
    "paris": (DEGREES.replace('"Greenwich",0.0', '"Paris",2.33722917'), ["Paris"]),
    "geocentric": ("EPSG:4479", ["Geocentric"]),
    "vertical": ("EPSG:5737", ["Vertical"]),
    "engineering": ('LOCAL_CS["city grid",UNIT["metre",1]]', ["Engineering", "独立坐标系"]),
    "rotated_pole": (
        "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39 +lon_0=18 +datum=WGS84",
        ["Derived"],
    ),
    "gcj02": ("GCJ-02", ["720", "accuracy_m = 720"]),
    "amap": ("高德", ["accuracy_m = 720"]),
    "tencent": ("腾讯", ["accuracy_m = 720"]),
    "mars": ("火星坐标", ["accuracy_m = 720"]),
    "bd09": ("bd-09", ["accuracy_m = 1530"]),
    "baidu": ("百度", ["accuracy_m = 1530"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    written, parts = REFUSED[name]
    crs = named_crs(written)
    found = refusal(crs)
    assert found is not None
    assert [part for part in parts if part not in f"{found.what} -> {found.todo}"] == []


@pytest.mark.parametrize("name", [one for one in REFUSED if one not in ("grads", "feet", "paris")])
def test_no_operation_leads_from_what_is_refused(name):
    """What ``refusal`` refuses for its datum has no way either."""
    crs = named_crs(REFUSED[name][0])
    datum = datum_of(crs)
    if datum is not None and datum.kind in ("taken", "offset"):
        return
    with pytest.raises(ValueError, match="refused"):
        Operation(crs, GEOGRAPHIC)


def test_a_shift_inside_a_definition_is_refused_and_not_told():
    secret = "+towgs84=15.8,-154.4,-82.3,0,0,0,0"
    for text in (
        f"+proj=longlat +ellps=krass {secret}",
        f"+proj=tmerc +lon_0=114 +x_0=500000 +ellps=GRS80 {secret}",
        f"BOUNDCRS[SOURCECRS[{CRS.from_epsg(4490).to_wkt()}],TARGETCRS["
        f'{CRS.from_epsg(4326).to_wkt()}],ABRIDGEDTRANSFORMATION["x",METHOD["Geocentric '
        'translations (geog2D domain)",ID["EPSG",9603]],PARAMETER["X-axis translation",15.8],'
        'PARAMETER["Y-axis translation",-154.4],PARAMETER["Z-axis translation",-82.3]]]',
    ):
        found = refusal(named_crs(text))
        assert found is not None
        assert "154" not in found.what + found.todo


@pytest.mark.parametrize(
    ("datum", "accuracy_m", "is_taken"),
    [("GCJ-02", 719.9, False), ("GCJ-02", 720, True), ("BD09", 720, False), ("BD09", 1530, True)],
)
def test_an_offset_datum_is_taken_with_its_error_as_accuracy(datum, accuracy_m, is_taken):
    found = refusal(named_crs(datum), Terms(accuracy_m, key="position_accuracy_m"))
    assert (found is None) == is_taken
    assert is_taken or "position_accuracy_m" in found.todo
    says = Operation(named_crs(datum), CRS.from_epsg(4547)).says
    assert "as it stands" in says
    assert f"{datums()['gcj02' if 'GCJ' in datum else 'bd09'].error_m:g} m" in says


@pytest.mark.parametrize("name", ["unknown datum", "EPSG:999999", "", "GCJ", "+proj=nothing"])
def test_unknown_names(name):
    with pytest.raises(ValueError, match="unknown CRS"):
        named_crs(name)


STATED = {  # what the file states, what is declared, what counts (None: a fault)
    "none_stated": (None, "EPSG:4547", "EPSG:4547"),
    "none_declared": ("EPSG:4547", None, "EPSG:4547"),
    "the_same": ("EPSG:4547", "EPSG:4547", "EPSG:4547"),
    "six_and_three_degrees_of_111": ("EPSG:4508", "EPSG:4546", "EPSG:4508"),
    "six_and_three_degrees_of_117": ("EPSG:4548", "EPSG:4509", "EPSG:4548"),
    "wgs84_and_cgcs2000": ("EPSG:4326", "EPSG:4490", "EPSG:4326"),
    "esri_and_epsg": (PRJ.replace("D_China_2000", "D_CGCS2000"), "EPSG:4547", None),
    "open_datum": (OPEN.format("GRS80"), "EPSG:4547", "EPSG:4547"),
    "gcj_behind_degrees": ("EPSG:4326", "高德", "GCJ-02"),
    "neither": (None, None, None),
    "another_zone": ("EPSG:4547", "EPSG:4548", None),
    "prefix_or_not": ("EPSG:4547", "EPSG:4526", None),
    "degrees_or_metres": ("EPSG:4547", "EPSG:4490", None),
    "gcj_behind_metres": ("EPSG:4547", "GCJ-02", None),
    "old_datum_over_new": ("EPSG:4547", "EPSG:2383", None),
    "new_datum_over_old": ("EPSG:2383", "EPSG:4547", None),
    "open_datum_of_another_zone": (OPEN.format("GRS80"), "EPSG:4548", None),
    "open_datum_of_an_old_ellipsoid": (OPEN.format("krass"), "EPSG:4547", None),
    "open_datum_as_an_old_one": (OPEN.format("krass"), "EPSG:2435", None),
    "unknown_declared": ("EPSG:4547", "EPSG:999999", None),
}
STATED["esri_and_epsg"] = (*STATED["esri_and_epsg"][:2], "CGCS2000 / 3-degree Gauss-Kruger CM 114E")


@pytest.mark.parametrize("name", STATED)
def test_what_counts(name):
    stored, declared, counts = STATED[name]
    crs = named_crs(stored) if stored else None
    if counts is None:
        with pytest.raises(UnclearCrsError):
            stated_crs(crs, declared)
        return
    assert label(stated_crs(crs, declared)) == counts


def test_same_places():
    assert same_places(CRS.from_epsg(4508), CRS.from_epsg(4546))
    assert same_places(CRS.from_epsg(4490), CRS.from_epsg(4326))
    assert not same_places(CRS.from_epsg(4547), CRS.from_epsg(32650))
    assert not same_places(CRS.from_epsg(4490), CRS.from_epsg(4610))
    assert same_places(CRS.from_epsg(2370), CRS.from_epsg(2338))
    assert not same_places(CRS.from_epsg(2370), CRS.from_epsg(4534))


def test_operations_are_told_with_their_accuracy():
    says = Operation(CRS.from_epsg(4490), CRS.from_epsg(4547)).says
    assert says == "EPSG:4490 -> EPSG:4547, projection (accuracy 0.001 m)"
    says = Operation(CRS.from_epsg(3857), CRS.from_epsg(4547)).says
    assert says.startswith("EPSG:3857 -> EPSG:4547, WGS 84 = CGCS2000 by policy (accuracy 1 m)")
    assert set(operations()) == {"projection", "identity", "offset", "seven", "four"}
