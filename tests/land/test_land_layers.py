"""Good layers: what is read, and what the receipt says of it."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import CRS

from geozone.land.coordinates.crs import Operation
from geozone.land.layers.ground import ground
from geozone.land.layers.select import answering, matching, seen
from geozone.land.project import read_project
from geozone.law.condition import Condition
from geozone.law.judgement import Cause

LON, LAT = 114.2, 38.0


def test_working_crs_is_the_zone_nearest_the_middle(case):
    read = read_project(case.write())
    assert read.crs.to_epsg() == 4547
    assert read.area.area == pytest.approx(4e8)
    assert read.layers == ()


def test_folder_or_file(case):
    case.write()
    assert read_project(case.folder).file == read_project(case.folder / "geozone.toml").file


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp"])
def test_formats_agree(case, make, ending):
    made = make["frame"]([make["square"]()], NAME=["x"])
    case.add(f"pbf.{ending}", made.to_crs(4326) if ending == "geojson" else made, coverage="area")
    (layer,) = read_project(case.write()).layers
    assert layer.name == "pbf"
    assert layer.ids == ("pbf#1",)
    assert layer.classes == (None,)
    # an edge that is straight in degrees bends by centimetres a kilometre in the working CRS
    most = 0.05 if ending == "geojson" else 1e-3
    assert shapely.hausdorff_distance(layer.shapes[0], make["square"]()) < most
    assert layer.coverage.area == pytest.approx(4e8)
    assert (layer.receipt.read, layer.receipt.kept, layer.receipt.nulls) == (1, 1, 0)


def test_csv_points_and_wkt(case, make):
    (case.folder / "wells.csv").write_text(f"no,lon,lat\n1,{LON},{LAT}\n", "utf-8")
    case.add("wells.csv", None, theme="geothermal_well")
    text = f'id;wkt\n1;"{make["square"]().wkt}"\n'
    (case.folder / "pbf.csv").write_bytes(text.encode("gb18030"))
    case.add("pbf.csv", None, crs="EPSG:4547")
    wells, farmland = read_project(case.write()).layers
    assert wells.shapes[0].geom_type == "Point"
    assert farmland.shapes[0].area == pytest.approx(1e6)


def test_receipt_states_hash_crs_and_versions(case, make):
    path = case.add("pbf.gpkg", [make["square"]()], sha256="")
    case.layers[0]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    case.layers[0]["features"] = 1
    (layer,) = read_project(case.write()).layers
    told = layer.receipt.to_dict()
    assert told["sha256"] == case.layers[0]["sha256"]
    assert (told["driver"], told["declared"], told["crs"]) == ("GPKG", 1, "EPSG:4547")
    assert told["size"] == path.stat().st_size
    assert {"geos", "proj", "gdal (pyogrio)"} <= set(told["versions"])
    assert list(told) == list(layer.receipt.to_dict())


def test_shapefile_hash_is_of_all_side_files(case, make):
    case.add("pbf.shp", [make["square"]()])
    (layer,) = read_project(case.write()).layers
    files = [case.folder / f"pbf.{end}" for end in ("shp", "shx", "dbf", "prj", "cpg")]
    lines = sorted(f"{p.name} {hashlib.sha256(p.read_bytes()).hexdigest()}\n" for p in files)
    assert layer.receipt.sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_classes_attributes_and_adcode_become_canonical(case, make):
    squares = [make["square"](2000 * i) for i in range(3)]
    made = make["frame"](
        squares, JB=["一级", "二级", "?"], SY=["地下水", "surface", None], JZ=["是", "0", ""]
    )
    case.add(
        "water.gpkg",
        made,
        theme="drinking_water_zone",
        **{
            "class": {
                "field": "jb",
                "map": {"一级": "primary", "二级": "secondary", "?": "unknown"},
            }
        },
        fields={"source": "SY", "centralised": "JZ"},
    )
    case.add(
        "towns.gpkg",
        make["frame"](squares[:2], XZQDM=[130000, 130102]),
        theme="jurisdiction",
        fields={"adcode": "XZQDM"},
    )
    water, towns = read_project(case.write()).layers
    assert water.classes == ("primary", "secondary", None)
    assert water.attributes == {
        "source": ("groundwater", "surface", None),
        "centralised": ("yes", "no", None),
    }
    assert towns.attributes["adcode"] == ("13", "130102")


def test_register_fields_are_facts(case, make):
    made = make["frame"]([make["square"]()], KQR=[" 甲 "], FZRQ=["2020/1/5"], MJ=[3.0])
    case.add(
        "rights.gpkg",
        made,
        theme="right_mining",
        fields={"holder": "KQR", "granted_on": "FZRQ", "depth_m": "MJ"},
    )
    (layer,) = read_project(case.write()).layers
    assert layer.attributes == {
        "holder": ("甲",),
        "granted_on": ("2020-01-05",),
        "depth_m": ("3",),
    }


def test_chinese_shapefile_by_declared_encoding(case, make):
    made = make["frame"]([make["square"]()], 级别=["重要"])
    path = case.folder / "river.shp"
    made.to_file(path, encoding="GB18030")
    path.with_suffix(".cpg").unlink()
    case.add(
        "river.shp",
        None,
        theme="river_lake_management",
        encoding="GBK",
        **{"class": {"field": "级别", "map": {"重要": "important"}}},
    )
    (layer,) = read_project(case.write()).layers
    assert layer.classes == ("important",)
    assert layer.receipt.encoding == "gb18030"


def test_repairs_are_counted(case, make):
    x, y = 520_000, 4_207_000
    ring = f"{x} {y} 1, {x + 9} {y} 1, {x + 9} {y} 1, {x + 9} {y + 9} 1, {x} {y} 1"
    case.add("pbf.gpkg", [shapely.from_wkt(f"POLYGON Z (({ring}))")])
    read = read_project(case.write())
    assert read.layers[0].receipt.repairs == (("dropped Z or M", 1), ("repeated vertices", 1))
    assert not read.layers[0].shapes[0].has_z
    assert any("repeated vertices" in one for one in read.warnings)


def test_open_ring_is_closed_and_counted(case):
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        '"geometry":{"type":"Polygon","coordinates":[[[114.2,38],[114.21,38],[114.21,38.01]]]}}]}'
    )
    (case.folder / "pbf.geojson").write_text(text, "utf-8")
    case.add("pbf.geojson", None)
    (layer,) = read_project(case.write()).layers
    assert layer.receipt.repairs == (("closed rings", 1),)
    assert layer.shapes[0].area > 0


def test_sheets_are_one_layer(case, make):
    for i in range(2):
        make["frame"]([make["square"](3000 * i)]).to_file(case.folder / f"sheet{i}.gpkg")
    case.layers.append(
        {
            "theme": "scenic_area",
            "paths": ["sheet0.gpkg", "sheet1.gpkg"],
            "accuracy_m": 2,
            "features": 2,
            "coverage": "area",
        }
    )
    (layer,) = read_project(case.write()).layers
    assert layer.ids == ("sheet0#1", "sheet1#1")
    assert layer.receipt.read == 2


def test_names_stay_apart(case, make):
    for folder in ("a", "b"):
        (case.folder / folder).mkdir()
        case.add(f"{folder}/x.gpkg", [make["square"]()])
    assert [layer.name for layer in read_project(case.write()).layers] == ["a/x", "b/x"]


def test_empty_layer_that_was_surveyed(case, make):
    case.add("pbf.gpkg", [make["square"](50_000)], empty_ok=True, coverage="area")
    (layer,) = read_project(case.write()).layers
    assert len(layer.shapes) == 1
    assert not layer.coverage.is_empty


def test_coverage_file(case, make):
    make["frame"]([make["square"](0, 0, 4000)]).to_file(case.folder / "cover.gpkg")
    case.add("pbf.gpkg", [make["square"]()], coverage="cover.gpkg")
    case.add("scenic.gpkg", [make["square"]()], theme="scenic_area")
    read = read_project(case.write())
    assert read.layers[0].coverage.area == pytest.approx(64e6)
    assert len(read.layers[0].receipt.coverage_sha256) == 64
    assert read.layers[1].coverage.is_empty
    assert any("no coverage" in one for one in read.warnings)


def test_world_layer_is_cut_to_the_reach_of_the_working_crs(case, make):
    here = make["frame"]([make["square"]()]).to_crs(4326).geometry[0]
    made = make["frame"]([here, shapely.box(20, -5, 28, 5)], "EPSG:4326")
    case.add("pbf.gpkg", made)
    (layer,) = read_project(case.write()).layers
    assert layer.ids == ("pbf#1",)
    assert layer.receipt.repairs == (("beyond the working CRS, left out", 1),)


# Rasters


def write_raster(path, values, crs="EPSG:4490", nodata=255):
    rows, cols = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cols,
        height=rows,
        count=1,
        dtype=values.dtype,
        crs=crs,
        nodata=nodata,
        transform=Affine(0.05, 0, 114.1, 0, -0.05, 38.1),
    ) as file:
        file.write(values, 1)


CELLS = np.array([[0, 1, 1, 255], [0, 1, 2, 2], [0, 0, 2, 2], [0, 0, 0, 0]], np.uint8)


def test_class_raster(case):
    write_raster(case.folder / "spring.tif", CELLS)
    values = {"0": "none", "1": "key", "2": "general"}
    case.add("spring.tif", None, theme="spring_zone", **{"class": {"values": values}})
    (layer,) = read_project(case.write()).layers
    assert layer.classes == ("key", "general")
    assert layer.ids == ("spring#1", "spring#2")
    assert layer.receipt.read == 15
    assert layer.raster is None
    whole = shapely.union_all(layer.shapes)
    assert shapely.difference(whole, layer.coverage).area < 1.0
    assert shapely.intersection(*layer.shapes).area < 1e-6


def test_raster_coverage_is_cut_by_what_is_declared(case):
    write_raster(case.folder / "pbf.tif", CELLS)
    values = {"0": "none", "1": "present", "2": "unknown"}
    case.add("pbf.tif", None, coverage="area", **{"class": {"values": values}})
    (layer,) = read_project(case.write()).layers
    area = read_project(case.write()).area
    assert shapely.difference(layer.coverage, area).area < 1e-3
    assert layer.classes == (None,)
    # 255 is not seen, and 2 is unknown: neither is covered
    assert layer.coverage.area < area.area


def test_value_raster_answers_above_and_below(case):
    values = np.array([[10, 20], [30, np.nan]], np.float32)
    write_raster(case.folder / "slope.tif", values, nodata=None)
    case.add("slope.tif", None, theme="landform")
    read = read_project(case.write())
    (layer,) = read.layers
    here = ground(read, date(2024, 1, 1)).theme("landform")
    above = Condition("landform", above=15)
    told, certain, maybe = answering(layer, above)
    cells = told.shapes
    assert len(cells) == len(told.ids) == len(certain) == 2  # they meet at a corner only
    assert len(maybe) == 0
    assert layer.shapes.size == 0
    assert shapely.union_all(cells).area == pytest.approx(2 / 3 * layer.coverage.area, rel=1e-2)
    assert not seen(here, above)[0].is_empty
    assert seen(here, Condition("landform", ("plain",)))[0].is_empty


# Ground and selection


def test_snapshots_and_age(case, make):
    old = {"valid": [date(2020, 1, 1), date(2021, 12, 31)]}
    new = {"valid": [date(2022, 1, 1), date(2023, 12, 31)]}
    aged = {"as_of": date(2022, 6, 1), "max_age_days": 10, "theme": "scenic_area"}
    for name, more in {"old": old, "new": new, "aged": aged}.items():
        case.add(f"{name}.gpkg", [make["square"]()], coverage="area", **more)
    read = read_project(case.write())
    names = {
        on: [one.name for one in ground(read, on).theme("permanent_basic_farmland").layers]
        for on in (date(2021, 12, 31), date(2022, 1, 1), date(2024, 1, 1))
    }
    assert list(names.values()) == [["old"], ["new"], []]
    causes = {
        (theme, on): ground(read, on).theme(theme).cause
        for theme in ("permanent_basic_farmland", "scenic_area", "railway")
        for on in (date(2022, 6, 11), date(2024, 1, 1))
    }
    stale, none = Cause.STALE_LAYER, Cause.NO_LAYER
    assert list(causes.values()) == [None, stale, None, stale, none, none]


def test_data_of_a_later_day_are_as_stale_as_those_of_an_earlier(case, make):
    """A slip of the pen in the year must not make a layer fresh for ever."""
    aged = {"as_of": date(2204, 1, 1), "max_age_days": 730}
    case.add("typed.gpkg", [make["square"]()], coverage="area", **aged)
    there = ground(read_project(case.write()), date(2024, 6, 1))
    assert there.theme("permanent_basic_farmland").cause is Cause.STALE_LAYER


def test_stale_sister_keeps_the_theme_from_being_clear(case, make):
    case.add("fresh.gpkg", [make["square"]()], coverage="area")
    aged = {"as_of": date(2020, 1, 1), "max_age_days": 10}
    case.add("aged.gpkg", [make["square"](3000)], coverage="area", **aged)
    here = ground(read_project(case.write()), date(2024, 1, 1)).theme("permanent_basic_farmland")
    assert [one.name for one in here.layers] == ["fresh"]
    assert here.cause is None
    shape, cause = seen(here, Condition("permanent_basic_farmland"))
    assert (shape.is_empty, cause) == (True, Cause.STALE_LAYER)


def rail(make, **columns):
    lines = [shapely.LineString([(519_000, y), (521_000, y)]) for y in (4_206_000, 4_207_000)]
    return make["frame"](lines, **columns)


def test_seen_is_the_intersection_of_the_layers_that_claim_a_class(case, make):
    make["frame"]([make["square"](0, 0, 4000)]).to_file(case.folder / "cover.gpkg")
    common = {"theme": "railway", "half_width_m": 0}
    mapping = {"class": {"field": "T", "map": {"a": "line", "b": "metro"}}}
    made = rail(make, T=["a", "b"])
    case.add("all.gpkg", made, coverage="area", complete_for=["line"], **common, **mapping)
    case.add("part.gpkg", made, coverage="cover.gpkg", complete_for=["line"], **common, **mapping)
    here = ground(read_project(case.write()), date(2024, 1, 1)).theme("railway")
    line, metro, any_class = (
        seen(here, Condition("railway", classes)) for classes in (("line",), ("metro",), ())
    )
    assert line[0].area == pytest.approx(64e6)
    assert metro[0].is_empty
    assert any_class[0].is_empty
    assert line[1] is metro[1] is Cause.OUTSIDE_COVERAGE


def test_matching_by_class_attribute_and_division(case, make):
    squares = [make["square"](2000 * i) for i in range(4)]
    made = make["frame"](
        squares, JB=["1", "2", "?", "1"], SY=["groundwater", "groundwater", "groundwater", None]
    )
    mapping = {"1": "primary", "2": "secondary", "?": "unknown"}
    case.add(
        "water.gpkg",
        made,
        theme="drinking_water_zone",
        fields={"source": "SY"},
        **{"class": {"field": "JB", "map": mapping}},
    )
    codes = ["1401", "140102", "14", "13"]
    towns = make["frame"](squares, XZQDM=codes)
    case.add("towns.gpkg", towns, theme="jurisdiction", fields={"adcode": "XZQDM"})
    water, divisions = read_project(case.write()).layers

    def asked(layer, condition):
        certain, maybe = matching(layer, condition)
        return certain.tolist(), maybe.tolist()

    theme = "drinking_water_zone"
    ground_water = (("source", ("groundwater",)),)
    yes = (("centralised", ("yes",)),)
    assert asked(water, Condition(theme)) == ([0, 1, 2, 3], [])
    assert asked(water, Condition(theme, ("primary",))) == ([0, 3], [2])
    assert asked(water, Condition(theme, ("primary",), ground_water)) == ([0], [2, 3])
    assert asked(water, Condition(theme, ("quasi",), yes)) == ([], [2])
    shanxi = Condition("jurisdiction", (), (("adcode", ("1401",)),))
    assert asked(divisions, shanxi) == ([0, 1], [2])
    assert asked(water, Condition(theme, above=1)) == ([], [])


def test_edges_straight_in_degrees_stay_so_in_every_working_crs(case, make):
    """A block along the middle of a long edge only touches; a point on the edge is on it."""
    box = shapely.box(LON - 0.01, LAT - 0.09, LON, LAT + 0.09)
    case.add("red.geojson", make["frame"]([box], crs=4490), theme="ecological_redline")
    (layer,) = read_project(case.write()).layers
    middle = shapely.Point(LON, LAT)
    placed = shapely.transform(np.array([middle]), Operation(CRS(4490), CRS(4547)))[0]
    assert layer.shapes[0].boundary.distance(placed) < 1e-6
    assert len(layer.shapes[0].exterior.coords) > 20


def test_ground_without_any_landform_is_not_seen(case, make):
    """Plain drawn alone does not make the rest mountain, nor free it of both."""
    case.add(
        "lf.gpkg",
        make["frame"]([make["square"]()], NAME=["p"]),
        theme="landform",
        coverage="area",
        **{"class": {"field": "NAME", "map": {"p": "plain"}}},
    )
    read = read_project(case.write())
    theme = ground(read, date(2024, 1, 1)).theme("landform")
    whole, _ = seen(theme, Condition("landform", ("plain",)))
    assert whole.area == pytest.approx(make["square"]().area)
