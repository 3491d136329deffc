"""Coordinates that are not where their CRS says: zones, prefixes, axes, datums, degrees, metres."""

from __future__ import annotations

from typing import Any

import pyproj
import shapely
from corpus.ground import CRS, FAR, FIELD, Ground, cases, degrees, frame, moved, shifted, swapped

PREFIX = 38_000_000
BOTH = (FAR, FIELD)


def stored(crs: Any, shapes: Any = BOTH, /, **keys: Any):
    """Coordinates as given, in a GeoPackage that states this CRS."""

    def make(g: Ground) -> None:
        g.layer("pbf.gpkg", **keys)
        g.vector("pbf.gpkg", list(shapes), crs)

    return make


def one(shape: Any, crs: Any = CRS, good: Any = FAR):
    """One good feature, and one whose coordinates are of another kind."""
    return stored(crs, (good, shape))


def in_crs(crs: str, /, **keys: Any):
    return stored(crs, [moved(shape, crs) for shape in BOTH], **keys)


def said(**keys: Any):
    """A good layer with something said of its coordinates."""
    return stored(CRS, BOTH, **keys)


def times(shape: Any, factor: Any) -> Any:
    return shapely.transform(shape, lambda at: at * factor)


def area(crs: Any, shape: Any):
    def make(g: Ground) -> None:
        g.subject("pbf.gpkg")
        frame([shape], crs).to_file(g.folder / "other.gpkg")
        g.project["area"] = "other.gpkg"

    return make


def working(crs: str):
    return lambda g: g.project.update(crs=crs)


AREA_M = FIELD.buffer(9000, cap_style="square")
MERIDIAN = (
    "+proj=tmerc +lat_0=0 +lon_0=114 +k={k} +x_0=500000 +y_0=0 +ellps={e} +units={u} +no_defs"
)
CUSTOM = (
    pyproj.CRS.from_epsg(4547).to_wkt().replace("CGCS2000 / 3-degree Gauss-Kruger CM 114E", "x")
)
CUSTOM = CUSTOM[: CUSTOM.rindex("USAGE")].rstrip(" ,\n") + "]"
ENGINEERING = 'LOCAL_CS["city grid",UNIT["metre",1]]'
BOUND = pyproj.CRS.from_proj4(
    "+proj=tmerc +lat_0=0 +lon_0=114 +k=1 +x_0=500000 +ellps=krass "
    "+towgs84=15.8,-154.4,-82.3,0,0,0,0"
)

TABLE = {
    "none_stated": (stored(None), "no CRS"),
    "unknown_declared": (stored(None, crs="EPSG:999999"), "EPSG:999999"),
    "word_declared": (stored(None, crs="国家2000"), "crs"),
    "gcj02_declared": (stored(None, crs="GCJ-02"), "GCJ-02"),
    "bd09_declared": (stored(None, crs="BD-09"), "BD-09"),
    "gcj02_shift_and_source_amap": (
        stored("EPSG:4490", [shifted(degrees(s), 0.0062, 0.0012) for s in BOTH], source="高德地图"),
        "",
    ),
    "bd09_shift_and_source_baidu": (
        stored("EPSG:4490", [shifted(degrees(s), 0.0127, 0.0072) for s in BOTH], source="百度地图"),
        "",
    ),
    "beijing_54": (stored("EPSG:2435"), "Beijing"),
    "beijing_54_degrees": (stored("EPSG:4214", [degrees(s) for s in BOTH]), "Beijing"),
    "xian_80": (stored("EPSG:2383"), "Xian"),
    "xian_80_degrees": (stored("EPSG:4610", [degrees(s) for s in BOTH]), "Xian"),
    "new_beijing": (stored("EPSG:4555", [degrees(s) for s in BOTH]), "Beijing"),
    "bound_to_wgs84_by_shifts": (stored(BOUND), ""),
    "only_an_ellipsoid": (stored(MERIDIAN.format(k=1, e="GRS80", u="m")), ""),
    "nad_27": (stored("EPSG:4267", [degrees(s) for s in BOTH]), ""),
    "etrs_89": (stored("EPSG:4258", [degrees(s) for s in BOTH]), ""),
    "engineering": (stored(ENGINEERING), ""),
    "geocentric": (stored("EPSG:4479"), ""),
    "declared_against_the_file": (said(crs="EPSG:4548"), "EPSG:4547"),
    "declared_degrees_against_the_file": (said(crs="EPSG:4490"), "EPSG:4547"),
    "zone_next_to_the_east": (stored("EPSG:4548"), "far-from-area"),
    "zone_next_to_the_west": (stored("EPSG:4546"), "far-from-area"),
    "zone_declared_wrongly": (stored(None, crs="EPSG:4546"), "far-from-area"),
    "six_degree_zone": (stored("EPSG:4508"), "far-from-area"),
    "prefix_in_an_unprefixed_crs": (stored(CRS, [shifted(s, PREFIX) for s in BOTH]), ""),
    "no_prefix_in_a_prefixed_crs": (stored("EPSG:4526"), ""),
    "no_prefix_and_declared_prefixed": (stored(None, crs="EPSG:4526"), ""),
    "prefix_of_another_zone": (stored("EPSG:4526", [shifted(s, 39_000_000) for s in BOTH]), ""),
    "axes_swapped_in_metres": (stored(CRS, [swapped(s) for s in BOTH]), ""),
    "axes_swapped_with_a_prefix": (
        stored("EPSG:4526", [swapped(shifted(s, PREFIX)) for s in BOTH]),
        "",
    ),
    "axes_swapped_in_degrees": (stored("EPSG:4490", [swapped(degrees(s)) for s in BOTH]), ""),
    "degrees_in_a_metric_crs": (stored(CRS, [degrees(s) for s in BOTH]), "degrees"),
    "metres_in_degrees": (stored("EPSG:4490"), "not degrees"),
    "metres_of_web_mercator_as_gauss": (
        stored(CRS, [moved(s, "EPSG:3857") for s in BOTH]),
        "",
    ),
    "gauss_as_web_mercator": (stored("EPSG:3857"), ""),
    "utm_as_gauss": (stored(CRS, [moved(s, "EPSG:32649") for s in BOTH]), ""),
    "one_feature_in_degrees": (one(degrees(FIELD)), ""),
    "one_feature_with_a_prefix": (one(shifted(FIELD, PREFIX)), ""),
    "one_feature_without_a_prefix": (one(FIELD, "EPSG:4526", shifted(FAR, PREFIX)), ""),
    "one_feature_swapped": (one(swapped(FIELD)), ""),
    "one_feature_swapped_in_degrees": (one(swapped(degrees(FIELD)), "EPSG:4490", degrees(FAR)), ""),
    "one_feature_in_metres": (one(FIELD, "EPSG:4490", degrees(FAR)), ""),
    "one_feature_at_zero": (one(shifted(FIELD, -520_000, -4_207_000)), ""),
    "kilometres": (stored(CRS, [times(s, 0.001) for s in BOTH]), ""),
    "centimetres": (stored(CRS, [times(s, 100) for s in BOTH]), ""),
    "seconds_of_arc": (
        stored("EPSG:4490", [times(degrees(s), 3600) for s in BOTH]),
        "not degrees",
    ),
    "longitude_west": (
        stored("EPSG:4490", [times(degrees(s), (-1, 1)) for s in BOTH]),
        "",
    ),
    "latitude_south": (
        stored("EPSG:4490", [times(degrees(s), (1, -1)) for s in BOTH]),
        "",
    ),
    "area_without_a_crs": (area(None, AREA_M), "no CRS"),
    "area_in_another_zone": (area("EPSG:4548", AREA_M), ""),
    "area_swapped": (area(CRS, swapped(AREA_M)), ""),
    "area_in_an_old_datum": (area("EPSG:2435", AREA_M), "Beijing"),
    "area_in_degrees_of_metres": (area("EPSG:4490", AREA_M), "not degrees"),
    "working_crs_in_degrees": (working("EPSG:4490"), "crs"),
    "working_crs_unknown": (working("EPSG:0"), "crs"),
    "working_crs_of_an_old_datum": (working("EPSG:2435"), "Beijing"),
    "working_crs_far_off": (working("EPSG:4534"), "", "refused or prohibited"),
    "working_crs_web_mercator": (working("EPSG:3857"), "", "refused or prohibited"),
    "working_crs_in_feet": (working("EPSG:2230"), "crs"),
}
GOOD = {
    "without_prefix": (stored(CRS),),
    "with_prefix": (in_crs("EPSG:4526"),),
    "cgcs2000_degrees": (in_crs("EPSG:4490"),),
    "wgs84_degrees": (in_crs("EPSG:4326"),),
    "neighbouring_zone_rightly_stated": (in_crs("EPSG:4548"),),
    "six_degree_zone_rightly_stated": (in_crs("EPSG:4508"),),
    "six_degree_zone_with_prefix": (in_crs("EPSG:4497"),),
    "utm_of_wgs84": (in_crs("EPSG:32650"),),
    "web_mercator": (in_crs("EPSG:3857"),),
    "declared_where_none_is_stated": (stored(None, crs="EPSG:4547"),),
    "declared_as_stated": (said(crs="EPSG:4547"),),
    "own_definition_of_the_zone": (stored(CUSTOM),),
    "degrees_in_three_dimensions": (stored("EPSG:4480", [degrees(s) for s in BOTH]),),
    "with_a_height_system": (stored("EPSG:4547+5737"),),
    "far_feature_in_the_next_province": (
        stored("EPSG:4490", [degrees(FIELD), shifted(degrees(FAR), 4, -3)]),
    ),
    "working_crs_of_the_next_zone": (working("EPSG:4548"),),
    "working_crs_with_prefix": (working("EPSG:4526"),),
    "area_in_degrees": (area("EPSG:4490", degrees(AREA_M)),),
    "area_with_prefix": (area("EPSG:4526", shifted(AREA_M, PREFIX)),),
}
CASES = [*cases("crs", TABLE), *cases("crs", GOOD, "good")]
