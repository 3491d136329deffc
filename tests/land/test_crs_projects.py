"""The CRS guard at work on whole projects: layers, areas, coverages, rasters, proposals."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from geozone.land.project import read_project
from geozone.land.proposals.proposal import read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.activity import Activity
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
BARE = pytest.mark.filterwarnings("ignore:'crs' was not provided")


def faults_of(case):
    with pytest.raises(Refused) as refused:
        read_project(case.write())
    return [str(one) for one in refused.value.faults]


def moved(shape, dx=0.0, dy=0.0):
    return shapely.transform(shape, lambda at: at + np.array([dx, dy]))


def swapped(shape):
    return shapely.transform(shape, lambda at: at[:, ::-1])


# Wrong zones, and which would fit

FAR = {
    "next_zone_to_the_east": ("EPSG:4548", {}, ["far-from-area", "114", 'crs = "EPSG:4547"']),
    "next_zone_to_the_west": ("EPSG:4546", {}, ["far-from-area", 'crs = "EPSG:4547"']),
    "six_degree_zone": ("EPSG:4508", {}, ["far-from-area", "EPSG:4547"]),
    "mercator": ("EPSG:3857", {}, ["far-from-area", "EPSG:4547"]),
    "far_and_surveyed": ("EPSG:4548", {"empty_ok": True}, ["far-from-area", "EPSG:4547"]),
}


@pytest.mark.parametrize("name", FAR)
def test_a_far_layer_is_told_which_zone_would_fit(case, make, name):
    crs, more, parts = FAR[name]
    case.add("x.gpkg", make["frame"]([make["square"]()], crs), **more)
    (fault,) = faults_of(case)
    assert [part for part in parts if part not in fault] == []


def test_a_far_utm_layer_is_told_its_zone(case, make):
    there = make["frame"]([make["square"]()]).to_crs(32649).geometry
    case.add("x.gpkg", geopandas.GeoDataFrame(geometry=list(there), crs="EPSG:32650"))
    (fault,) = faults_of(case)
    assert "EPSG:32649" in fault


def test_a_far_western_layer_is_told_that_it_is_swapped(tmp_path, make, case):
    area = shapely.box(87.4, 43.7, 87.6, 43.9)
    make["frame"]([area], "EPSG:4490").to_file(case.folder / "area.gpkg")
    case.add("x.gpkg", make["frame"]([swapped(area.buffer(-0.05))], "EPSG:4490"))
    (fault,) = faults_of(case)
    assert "longitude and latitude swapped" in fault


def test_a_coverage_of_the_next_zone(case, make):
    make["frame"]([make["square"]()], "EPSG:4548").to_file(case.folder / "cover.gpkg")
    case.add("x.gpkg", [make["square"]()], coverage="cover.gpkg")
    assert any("cover.gpkg" in one and "EPSG:4547" in one for one in faults_of(case))


PROPOSALS = {
    "next_zone": ("east,north,crs", "519323.153,4207520.859,EPSG:4548", "EPSG:4547"),
    "swapped_in_metres": ("east,north,crs", "4207520.859,519323.153,EPSG:4547", "swapped"),
    "prefix": ("east,north,crs", "38519323.153,4207520.859,EPSG:4547", "EPSG:4526"),
    "no_prefix": ("x_north,y_east,crs", "4207520.859,519323.153,EPSG:4526", "EPSG:4547"),
    "null_island": ("lon,lat", "0,0", "(0, 0)"),
    "gcj": ("lon,lat,crs", "114.22,38.0,高德", "position_accuracy_m = 720"),
    "bd": ("lon,lat,crs", "114.22,38.0,BD-09", "position_accuracy_m = 1530"),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_proposals_are_told_what_would_fit(case, name):
    head, row, part = PROPOSALS[name]
    path = case.folder / "p.csv"
    path.write_text(f"id,activity,{head}\nW1,{WELL},{row}\n", "utf-8")
    with pytest.raises(Refused) as refused:
        read_proposals(path, read_project(case.write()))
    (fault,) = refused.value.faults
    assert part in str(fault)


@pytest.mark.parametrize("empty_ok", [False, True])
def test_a_layer_beyond_the_working_crs_altogether(case, make, empty_ok):
    """Everything is left out as too far to draw: no more reason to clear the ground."""
    made = make["frame"]([shapely.box(20, -5, 28, 5)], "EPSG:4326")
    case.add("x.gpkg", made, coverage="area", empty_ok=empty_ok)
    (fault,) = faults_of(case)
    assert "far-from-area" in fault


# Offset datums, on the accuracy that is written

SHIFTED = {
    "layer_stating_wgs84": ("EPSG:4326", {"crs": "GCJ-02"}, 720),
    "layer_stating_cgcs2000": ("EPSG:4490", {"crs": "腾讯"}, 720),
    "layer_stating_none": (None, {"crs": "bd-09"}, 1530),
    "source_is_a_shifted_map": ("EPSG:4490", {"source": "高德地图 POI"}, 720),
    "source_is_another": ("EPSG:4490", {"source": "Baidu Map"}, 1530),
}


@BARE
@pytest.mark.parametrize("name", SHIFTED)
def test_offset_layers(case, make, name):
    crs, keys, error_m = SHIFTED[name]
    shape = make["frame"]([make["square"]()]).to_crs(4490).geometry[0]
    case.add("x.gpkg", make["frame"]([shape], crs), accuracy_m=error_m - 1, **keys)
    (fault,) = faults_of(case)
    assert f"accuracy_m = {error_m}" in fault
    case.layers[0]["accuracy_m"] = error_m
    (layer,) = read_project(case.write()).layers
    assert layer.accuracy_m == error_m
    assert layer.shapes[0].centroid.distance(shapely.Point(520_000, 4_207_000)) < 0.01
    if "crs" in keys:
        assert "as it stands" in layer.receipt.operation


@pytest.mark.parametrize("source", ["百度网盘下载，省自然资源厅", "天地图", "腾讯文档收集"])
def test_sources_that_are_no_shifted_maps(case, make, source):
    case.add("x.gpkg", [make["square"]()], source=source)
    assert len(read_project(case.write()).layers) == 1


@pytest.mark.parametrize("where", ["column", "option", "project"])
def test_offset_proposals_count_with_their_error(case, where):
    if where == "project":
        case.project["proposal_accuracy_m"] = 720
    head, row = {
        "column": (",crs,点位精度", ",GCJ-02,800"),
        "option": (",点位精度", ",720"),
        "project": (",crs", ",GCJ-02"),
    }[where]
    path = case.folder / "p.csv"
    path.write_text(f"id,activity,lon,lat{head}\nW1,{WELL},114.22,38.0{row}\n", "utf-8")
    given = Given(crs="高德" if where == "option" else None)
    found = read_proposals(path, read_project(case.write()), given=given)
    assert found.items[0].accuracy_m == (800 if where == "column" else 720)
    assert "as it stands" in found.inputs[0].receipt.operation


def test_an_option_of_projected_columns_says_nothing_of_degrees(case):
    path = case.folder / "p.csv"
    path.write_text(f"id,activity,lon,lat\nW1,{WELL},114.22,38.0\n", "utf-8")
    project = read_project(case.write())
    assert len(read_proposals(path, project, given=Given(crs="EPSG:4547")).items) == 1
    with pytest.raises(Refused, match="720"):
        read_proposals(path, project, given=Given(crs="GCJ-02"))


def test_an_offset_vector_file(case, make):
    path = case.folder / "p.geojson"
    made = make["frame"]([make["square"]()], id=["a"]).to_crs(4326)
    made.to_file(path)
    parcel = Activity("middeep_reinjection", "parcel")
    project = read_project(case.write())
    assert len(read_proposals(path, project, activity=parcel).items) == 1
    with pytest.raises(Refused, match="720"):
        read_proposals(path, project, activity=parcel, given=Given(crs="GCJ-02"))


# Mixtures, areas, rasters, the working CRS


def test_a_mixture_names_its_features(case, make):
    case.add("x.gpkg", [make["square"](), moved(make["square"](), 38e6), make["square"](2000)])
    (fault,) = faults_of(case)
    assert "1 of 3 features: x#2" in fault


def test_declared_six_degrees_over_three(case, make):
    there = make["frame"]([make["square"]()]).to_crs(4548)
    case.add("x.gpkg", there, crs="EPSG:4509")
    assert len(read_project(case.write()).layers) == 1


AREAS = {
    "prefix": (lambda one: moved(one, 38e6), "EPSG:4526"),
    "swapped": (swapped, "swapped"),
}


@pytest.mark.parametrize("name", AREAS)
def test_areas(case, make, name):
    spoil, part = AREAS[name]
    make["frame"]([spoil(make["square"]())]).to_file(case.folder / "area.gpkg")
    (fault,) = faults_of(case)
    assert "area.gpkg" in fault
    assert part in fault


def raster(case, crs, left, top, **keys):
    with rasterio.open(
        case.folder / "x.tif", "w", driver="GTiff", width=20, height=20, count=1, dtype="uint8",
        crs=crs, nodata=255, transform=Affine(500, 0, left, 0, -500, top),
    ) as file:  # fmt: skip
        file.write(np.ones((20, 20), np.uint8), 1)
    values = {"class": {"values": {"0": "none", "1": "present"}}}
    case.add("x.tif", None, **values, **keys)


@pytest.mark.parametrize(
    ("crs", "left", "part"),
    [("EPSG:4547", 515_000, ""), ("EPSG:4547", 38_515_000, "EPSG:4526"),
     ("EPSG:4548", 515_000, "EPSG:4547")],
)  # fmt: skip
def test_rasters(case, crs, left, part):
    raster(case, crs, left, 4_212_000)
    if not part:
        assert len(read_project(case.write()).layers) == 1
        return
    (fault,) = faults_of(case)
    assert part in fault


@pytest.mark.parametrize(
    "crs", ["EPSG:3857", "+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +datum=WGS84"]
)
def test_a_working_crs_has_one_scale(case, crs):
    case.project["crs"] = crs
    (fault,) = faults_of(case)
    assert "not conformal" in fault


@pytest.mark.parametrize("crs", ["EPSG:3395", "EPSG:32646", "EPSG:32654"])
def test_a_working_crs_is_true_to_scale(case, crs):
    """Conformal, but so stretched that what looks 200 m around a place would miss some of it."""
    case.project["crs"] = crs
    (fault,) = faults_of(case)
    assert "stretches lengths" in fault


@pytest.mark.parametrize("crs", ["EPSG:4526", "EPSG:32650", "EPSG:4508", "EPSG:4549"])
def test_other_working_systems(case, crs):
    case.project["crs"] = crs
    assert read_project(case.write()).area.area > 0
