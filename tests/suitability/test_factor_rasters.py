"""Rasters as values of factors: by hand, by windows, and never made of what is unknown."""

from __future__ import annotations

import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from rasterio.env import get_gdal_config
from rasterio.windows import Window as FileWindow

from geozone.engine.resampled import quick
from geozone.land.coordinates.crs import GEOGRAPHIC, Operation
from geozone.land.factors.lattice import way_over
from geozone.land.factors.source import open_factor
from geozone.land.factors.spec import FactorSource, Measure, Resampling
from geozone.land.factors.use import Use
from geozone.land.factors.window import Window
from geozone.land.faults import Faults
from geozone.land.layers.rasterfile import fillers_in, opened_band
from geozone.law.errors import Refused

UTM = "EPSG:4547"
WORKING = CRS.from_epsg(4547)
LEFT, TOP = 510_000.0, 4_217_010.0
AREA = shapely.box(LEFT, TOP - 900, LEFT + 900, TOP)
GRID = Window(LEFT, TOP, 30.0, 30, 30, WORKING)
NONE = np.nan


def write(folder, name, cells, left=LEFT, top=TOP, size=30.0, crs=UTM, **options):
    """A GeoTIFF of cells (rows, cols) from an upper left corner on."""
    cells = np.asarray(cells)
    more = {"transform": Affine(size, 0, left, 0, -size, top), "crs": crs, **options}
    with rasterio.open(
        folder / name,
        "w",
        driver="GTiff",
        width=cells.shape[1],
        height=cells.shape[0],
        count=1,
        dtype=cells.dtype,
        **more,
    ) as file:
        file.write(cells, 1)


def opened(folder, name="x.tif", *, area=AREA, use=None, **more):
    """The factor of a file, and the faults found."""
    faults = Faults("model.toml")
    source = FactorSource(name, Measure.VALUE, **more)
    tiles = open_factor(source, folder, area, WORKING, faults, use=use or Use())
    return tiles, [str(one) for one in faults.found]


def values(folder, window=GRID, **more):
    tiles, faults = opened(folder, **more)
    assert faults == []
    return tiles.tile(window)


def same(one, other):
    assert np.array_equal(one, np.asarray(other, np.float32), equal_nan=True), one


def rough(rows, cols, seed=1, unknown=0.0):
    """Values that differ everywhere, a share of them unknown."""
    drawn = np.random.default_rng(seed)
    cells = drawn.integers(0, 9, (rows, cols)).astype(np.float32)
    cells[drawn.random((rows, cols)) < unknown] = NONE
    return cells


def test_cells_of_the_grid_are_copied_as_they_are(tmp_path):
    cells = rough(40, 50, unknown=0.2)
    write(tmp_path, "x.tif", cells, left=LEFT - 300, top=TOP + 90)
    same(values(tmp_path), cells[3:33, 10:40])
    same(values(tmp_path, resampling=Resampling.AVERAGE), cells[3:33, 10:40])


def test_south_up_and_integers_with_nodata(tmp_path):
    cells = np.arange(900).reshape(30, 30).astype(np.int16)
    at = Affine(30, 0, LEFT, 0, 30, TOP - 900)
    write(tmp_path, "x.tif", cells[::-1], transform=at, nodata=7)
    same(values(tmp_path), np.where(cells == 7, NONE, cells))


def test_grid_beyond_the_raster_is_unknown(tmp_path):
    write(tmp_path, "x.tif", rough(30, 30))
    found = values(tmp_path, Window(LEFT - 90, TOP + 60, 30.0, 5, 5, WORKING))
    assert np.isnan(found).sum() == 25 - 3 * 2
    assert np.isnan(values(tmp_path, Window(0.0, 0.0, 30.0, 4, 4, WORKING))).all()


PLAIN = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 2, 2], [9, 1, 2, 3]], np.float32)
HOLED = np.where(PLAIN == 6, NONE, PLAIN)
BY_HAND = {
    "average_halves": (PLAIN, Resampling.AVERAGE, 60.0, [[3.5, 5.5], [7.0, 2.25]]),
    "average_of_what_is_unknown": (HOLED, Resampling.AVERAGE, 60.0, [[NONE, 5.5], [7, 2.25]]),
    "mode_halves": (PLAIN, Resampling.MODE, 60.0, [[1, 3], [9, 2]]),
    "mode_of_what_is_unknown": (HOLED, Resampling.MODE, 60.0, [[NONE, 3], [9, 2]]),
    "nearest_at_corners_goes_on": (PLAIN, Resampling.NEAREST, 60.0, [[6, 8], [1, 3]]),
    "bilinear_between_four": (PLAIN, Resampling.BILINEAR, 60.0, [[3.5, 5.5], [7.0, 2.25]]),
    "bilinear_of_what_is_unknown": (HOLED, Resampling.BILINEAR, 60.0, [[NONE, 5.5], [7, 2.25]]),
    "average_of_a_finer_grid": (
        PLAIN[:2, :2],
        Resampling.AVERAGE,
        20.0,
        [[1, 1.5, 2], [3, 3.5, 4], [5, 5.5, 6]],
    ),
    "mode_of_a_finer_grid_least_of_equals": (
        PLAIN[:2, :2],
        Resampling.MODE,
        20.0,
        [[1, 1, 2], [1, 1, 2], [5, 5, 6]],
    ),
    "bilinear_beyond_the_last_middle": (
        PLAIN[:2, :2],
        Resampling.BILINEAR,
        20.0,
        [[NONE, NONE, NONE], [NONE, 3.5, NONE], [NONE, NONE, NONE]],
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_resampling_by_hand(tmp_path, name):
    cells, way, size, expected = BY_HAND[name]
    left, top = 510_000.0, 4_217_040.0  # a multiple of all sizes
    write(tmp_path, "x.tif", cells, left=left, top=top)
    window = Window(left, top, size, *np.shape(expected), WORKING)
    area = shapely.box(left, top - 60, left + 60, top)
    found = values(tmp_path, window, resampling=way, area=area)
    assert np.allclose(found, expected, equal_nan=True, rtol=1e-6), found


def test_bilinear_in_the_middle_of_a_cell_needs_only_that(tmp_path):
    write(tmp_path, "x.tif", HOLED, left=LEFT - 30, top=TOP + 30, size=90.0)
    window = Window(LEFT, TOP, 30.0, 1, 1, WORKING)
    same(values(tmp_path, window, resampling=Resampling.BILINEAR), [[1.0]])
    write(tmp_path, "x.tif", HOLED, left=LEFT - 30.3, top=TOP + 30.3, size=90.6)
    same(values(tmp_path, window, resampling=Resampling.BILINEAR), [[1.0]])


WAYS = st.sampled_from(list(Resampling))


@given(
    way=WAYS,
    size=st.sampled_from([7.0, 30.0, 41.0, 100.0]),
    to=st.sampled_from([10.0, 30.0, 90.0]),
    shift=st.floats(-100, 100),
    degrees=st.booleans(),
    part=st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
@examples(40, each=4)
def test_tile_by_tile_is_whole_at_once(tmp_path_factory, way, size, to, shift, degrees, part):
    folder = tmp_path_factory.mktemp("tiles")
    count = int(1400 / size)
    cells = rough(count, count, unknown=0.02)
    if degrees:
        west, north = Operation(WORKING, GEOGRAPHIC)(np.array([[LEFT - 200, TOP + 200]]))[0]
        step = size / 100_000
        place = {"left": west + shift * 1e-6, "top": north, "size": step, "crs": "EPSG:4490"}
    else:
        place = {"left": LEFT - 200 + shift, "top": TOP + 200, "size": size}
    write(folder, "x.tif", cells, **place)
    tiles, faults = opened(folder, resampling=way)
    assert faults == []
    window = Window(510_030.0, 4_216_950.0, to, 11, 23, WORKING)
    whole = tiles.tile(window)
    found = np.zeros_like(whole)
    for where, one in window.parts(*part):
        found[where] = tiles.tile(one)
    assert found.tobytes() == whole.tobytes()


@given(
    way=st.sampled_from([Resampling.NEAREST, Resampling.BILINEAR]),
    size=st.sampled_from([7.0, 30.0, 41.0, 90.0]),
    shift=st.sampled_from([0.0, 15.0, -100.0, 33.333]),
    kind=st.sampled_from(["uint8", "int16", "int32", "float32", "float64"]),
    place=st.sampled_from([UTM, "EPSG:4490", "EPSG:4548"]),
    away=st.sampled_from([0.0, 700.0, 1e7]),
)
@examples(40, each=4)
def test_kernels_give_the_bytes_of_plain_numpy(
    tmp_path_factory, way, size, shift, kind, place, away
):
    folder = tmp_path_factory.mktemp("kernels")
    below = 0.0 if kind == "uint8" else 30.8
    cells = (rough(80, 90) * 7.7 - below).astype(kind)
    corner = np.array([[LEFT - 200 + shift, TOP + 200]])
    left, top = Operation(WORKING, CRS.from_user_input(place))(corner)[0]
    step = size / 100_000 if place == "EPSG:4490" else size
    write(folder, "x.tif", cells, left, top, step, place, nodata=15)
    plain, faults = opened(folder, resampling=way)
    assert faults == []
    window = Window(510_030.0 + away, 4_216_950.0, 30.0, 31, 43, WORKING)
    assert quick(plain).tile(window).tobytes() == plain.tile(window).tobytes()


def test_what_is_no_raster_stays_as_it_is():
    assert quick(GRID) is GRID


def test_average_is_the_mean_of_the_ground(tmp_path):
    cells = rough(126, 126)
    write(tmp_path, "x.tif", cells, left=LEFT - 90, top=TOP + 90, size=10.0)
    found = values(tmp_path, resampling=Resampling.AVERAGE)
    blocks = cells[9:99, 9:99].reshape(30, 3, 30, 3).mean(axis=(1, 3))
    assert np.allclose(found, blocks, rtol=1e-6)


def test_other_crs_by_places_of_their_own(tmp_path):
    """A plane in degrees comes out as the plane, each cell transformed by itself."""
    step, west, north = 1 / 3600, 114.05, 38.12
    rows, cols = np.mgrid[0:400, 0:400]
    write(tmp_path, "x.tif", (rows + 3.0 * cols), left=west, top=north, size=step, crs="EPSG:4326")
    x, y = np.meshgrid(GRID.x, GRID.y)
    lon, lat = Operation(WORKING, GEOGRAPHIC).apart(x.ravel(), y.ravel())
    plane = ((north - lat) / step - 0.5) + 3 * ((lon - west) / step - 0.5)
    exact = plane.reshape(30, 30)
    found = values(tmp_path, resampling=Resampling.BILINEAR)
    assert np.abs(found - exact).max() < 1e-3
    quarter = (3 + 1) / 4  # places stand for no more than that much of a cell around them
    assert np.abs(values(tmp_path, resampling=Resampling.AVERAGE) - exact).max() < quarter
    nearest = np.floor((north - lat) / step) + 3 * np.floor((lon - west) / step)
    assert (values(tmp_path, resampling=Resampling.NEAREST).ravel() == nearest).mean() > 0.999


@given(x=st.floats(-180_000, 180_000), y=st.floats(2_200_000, 5_800_000), seed=st.integers(0, 99))
@examples(30)
def test_places_between_nodes_are_off_by_millimetres(x, y, seed):
    operation = Operation(WORKING, CRS.from_epsg(4546))
    corner = np.array([500_000 + x, y])
    places = corner + np.random.default_rng(seed).uniform(0, 3000, (50, 2))
    low, high = places.min(axis=0), places.max(axis=0)
    found = np.column_stack(way_over(operation, (*low, *high))(*places.T))
    assert np.hypot(*(found - operation(places)).T).max() < 0.005


def test_resampling_has_to_be_named(tmp_path):
    write(tmp_path, "x.tif", rough(30, 30))
    assert opened(tmp_path, use=Use((30.0,)))[1] == []
    _, faults = opened(tmp_path, use=Use((30.0, 100.0)))
    assert len(faults) == 1
    assert "100 m" in faults[0]
    assert "[resampling]" in faults[0]
    tiles, _ = opened(tmp_path)
    with pytest.raises(Refused, match="resampling"):
        tiles.tile(Window(LEFT, TOP, 100.0, 2, 2, WORKING))


@pytest.mark.parametrize("way", [Resampling.BILINEAR, Resampling.AVERAGE])
def test_codes_are_not_mixed(tmp_path, way):
    write(tmp_path, "x.tif", rough(30, 30).astype(np.uint8))
    assert "mixed" in opened(tmp_path, resampling=way, use=Use(codes=True))[1][0]
    with rasterio.open(tmp_path / "x.tif", "r+") as file:
        file.write_colormap(1, {0: (0, 0, 0), 1: (9, 9, 9)})
    assert "mixed" in opened(tmp_path, resampling=way)[1][0]
    assert opened(tmp_path, resampling=Resampling.MODE)[1] == []


def test_fillers_are_refused_where_they_may_be_read_and_counted(tmp_path):
    cells = rough(400, 400)
    cells[390:, :] = -9999
    write(tmp_path, "x.tif", cells, left=LEFT - 300, top=TOP + 300)
    assert opened(tmp_path)[1] == []  # far south of the area: never read
    cells[5, 5] = -9999
    write(tmp_path, "x.tif", cells, left=LEFT - 300, top=TOP + 300)
    (fault,) = opened(tmp_path)[1]
    assert "-9999 (1)" in fault
    assert "cells looked at" in fault


FILLING = {
    "uint8": [],  # 255 is a value of many
    "int8": [],
    "uint16": [65535],
    "int16": [-9999, -32768, 32767],
    "uint32": [4294967295],
    "int32": [-9999, -99999, -999999, -2147483648, 2147483647],
    "float32": [-9999, -99999, -999999, 1e20, -3.4e38],
    "float64": [-9999, -99999, -999999, 1e20, -1.7e308],
}


@pytest.mark.parametrize("kind", FILLING)
def test_fillers_of_every_type(kind):
    ends = np.iinfo(kind) if np.dtype(kind).kind in "iu" else np.finfo(kind)
    plain = [one for one in (0, 1, 254, 9999, -9998, 32766, 1e19) if ends.min <= one <= ends.max]
    cells = np.array([*plain, *FILLING[kind]] * 2).astype(kind)
    valid = np.ones(len(cells), bool)
    assert fillers_in(cells, valid) == {
        float(np.array(one).astype(kind)): 2 for one in FILLING[kind]
    }
    assert not fillers_in(cells, ~valid)


NODATA = [(kind, one) for kind in FILLING for one in (None, 0, 7, 7.5, 110, -1)]


@pytest.mark.parametrize(
    ("kind", "nodata"), [one for one in NODATA if one[1] != -1 or not one[0].startswith("u")]
)
def test_what_is_valid_is_what_the_driver_says(tmp_path, kind, nodata):
    cells = np.arange(900).reshape(30, 30) % 120
    write(tmp_path, "x.tif", cells.astype(kind), nodata=nodata)
    with rasterio.open(tmp_path / "x.tif") as file:
        told = file.read_masks(1) > 0
    with opened_band(tmp_path / "x.tif", None) as band:
        assert np.array_equal(band.read().valid, told)
        assert np.array_equal(band.read(FileWindow(3, 4, 9, 8)).valid, told[4:12, 3:12])


def test_side_files_are_not_looked_at(tmp_path):
    cells = rough(30, 30)
    write(tmp_path, "x.tif", cells)
    band = '<PAMRasterBand band="1"><NoDataValue>3</NoDataValue></PAMRasterBand>'
    (tmp_path / "x.tif.aux.xml").write_text(f"<PAMDataset>{band}</PAMDataset>", "utf-8")
    with rasterio.open(tmp_path / "x.tif") as file:
        assert file.nodata == 3
    same(values(tmp_path), cells)


def test_the_cache_of_the_driver_is_left_as_it_was(tmp_path):
    write(tmp_path, "x.tif", rough(30, 30))
    before = get_gdal_config("GDAL_CACHEMAX")
    with opened_band(tmp_path / "x.tif", None) as band:
        band.read()
    assert get_gdal_config("GDAL_CACHEMAX") == before


def test_tiles_left_out_of_the_file_are_unknown(tmp_path):
    at = Affine(30, 0, LEFT, 0, -30, TOP)
    options = {"tiled": True, "blockxsize": 16, "blockysize": 16, "SPARSE_OK": "TRUE"}
    with rasterio.open(
        tmp_path / "x.tif",
        "w",
        driver="GTiff",
        width=32,
        height=32,
        count=1,
        dtype="uint8",
        crs=UTM,
        transform=at,
        **options,
    ) as file:
        file.write(np.ones((16, 32), np.uint8), 1, window=FileWindow(0, 0, 32, 16))
    tiles, faults = opened(tmp_path)
    assert faults == []
    assert dict(tiles.receipt.repairs) == {"missing tiles, unseen": 2}
    found = tiles.tile(GRID)
    assert (found[:16] == 1).all()
    assert np.isnan(found[16:]).all()


def test_the_share_of_the_area_without_values_is_told(tmp_path):
    cells = rough(30, 30)
    cells[:, 12:] = NONE
    write(tmp_path, "x.tif", cells)
    tiles, _ = opened(tmp_path)
    assert any("60.0%" in one for one in tiles.receipt.remarks)
    assert (tiles.receipt.read, tiles.receipt.nulls) == (360, 540)
    assert np.isnan(tiles.tile(GRID)).sum() == 540


def test_coverage_cuts(tmp_path):
    import geopandas

    geopandas.GeoDataFrame(
        geometry=[shapely.box(LEFT, TOP - 900, LEFT + 300, TOP)], crs=UTM
    ).to_file(tmp_path / "seen.gpkg")
    write(tmp_path, "x.tif", rough(30, 30))
    found = values(tmp_path, coverage="seen.gpkg")
    assert np.isnan(found).sum() == 600
    assert np.isnan(values(tmp_path, coverage="area")).sum() == 0


def test_only_windows_of_a_raster_beyond_the_limit_for_whole_ones_are_read(tmp_path):
    side = 60_000
    at = Affine(30, 0, LEFT - 900_000, 0, -30, TOP + 900_000)
    options = {"tiled": True, "SPARSE_OK": "TRUE", "BIGTIFF": "YES"}
    with rasterio.open(
        tmp_path / "x.tif",
        "w",
        driver="GTiff",
        width=side,
        height=side,
        count=1,
        dtype="float32",
        crs=UTM,
        transform=at,
        **options,
    ) as file:
        file.write(rough(256, 256), 1, window=FileWindow(29_952, 29_952, 256, 256))
    tracemalloc.start()
    tiles, faults = opened(tmp_path)
    assert faults == []
    assert np.isfinite(tiles.tile(GRID)).all()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 30 << 20


def test_an_unpacked_raster_stays_for_as_long_as_it_is_asked(tmp_path):
    cells = rough(30, 30)
    write(tmp_path, "y.tif", cells)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.write(tmp_path / "y.tif", "y.tif")
    tiles, faults = opened(tmp_path, name="x.zip", band=1)
    assert faults == []
    same(tiles.tile(GRID), cells)
    folder = tiles.file.path.parent
    assert folder.is_dir()
    del tiles
    assert not folder.exists()


def test_threads_get_the_same(tmp_path):
    write(tmp_path, "x.tif", rough(80, 80, unknown=0.1), left=LEFT - 100, top=TOP + 50, size=17.0)
    tiles, _ = opened(tmp_path, resampling=Resampling.AVERAGE)
    parts = [one for _, one in GRID.parts(3, 7)]
    alone = [tiles.tile(one).tobytes() for one in parts]
    with ThreadPoolExecutor(4) as pool:
        assert [one.tobytes() for one in pool.map(tiles.tile, parts)] == alone


def test_a_raster_that_went_away_is_refused(tmp_path):
    write(tmp_path, "x.tif", rough(30, 30))
    tiles, _ = opened(tmp_path)
    (tmp_path / "x.tif").unlink()
    with pytest.raises(Refused, match=r"x\.tif"):
        tiles.tile(GRID)


@pytest.mark.parametrize("size", [0.1, 0.7, 30.0, 1000.0])
def test_a_cell_has_the_same_centre_in_every_window(size):
    whole = Window(5_100_007 * size, 42_000_013 * size, size, 400, 300, WORKING)
    part = whole.part(123, 45, 67, 89)
    assert (part.x == whole.x[45:134]).all()
    assert (part.y == whole.y[123:190]).all()
    assert (part.x_edges == whole.x_edges[45:135]).all()


FAULTS = {
    "missing": ({}, {"name": "no.tif"}, "does not exist"),
    "no_such_band": ({}, {"band": 2}, "no band 2"),
    "other_hash": ({}, {"sha256": "0" * 64}, "another hash"),
    "no_crs": ({"crs": None}, {}, "CRS"),
    "old_datum": ({"crs": "EPSG:2435"}, {}, "Beijing"),
    "degrees_said_metres": ({"crs": "EPSG:4490"}, {}, "not degrees"),
    "far_away": ({"left": 400_000.0, "top": 3_000_000.0}, {}, "does not meet"),
    "all_unknown": ({"cells": np.full((30, 30), NONE, np.float32)}, {}, "no value"),
    "rotated": ({"transform": Affine(30, 9, LEFT, 9, -30, TOP)}, {}, "rotated"),
    "too_large_for_single": (
        {"cells": np.full((30, 30), 1 << 25, np.int32)},
        {},
        "single precision",
    ),
    "field_of_a_raster": ({}, {"field": "v"}, "raster has no"),
    "virtual_path": ({}, {"name": "/vsizip/x.zip/x.tif"}, "virtual paths"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_raster_is_refused(tmp_path, name):
    written, asked, part = FAULTS[name]
    written = {"cells": rough(30, 30), **written}
    write(tmp_path, "x.tif", written.pop("cells"), **written)
    tiles, faults = opened(tmp_path, **asked)
    assert tiles is None
    assert any(part in one for one in faults), faults


def test_every_fault_is_told_at_once(tmp_path):
    write(tmp_path, "x.tif", np.full((30, 30), -9999, np.float32))
    _, faults = opened(tmp_path, sha256="0" * 64, use=Use((100.0,)))
    assert len(faults) == 3, faults


def test_distance_is_not_asked_of_a_raster(tmp_path):
    write(tmp_path, "x.tif", rough(30, 30))
    faults = Faults("model.toml")
    source = FactorSource("x.tif", Measure.DISTANCE, reach_m=100.0)
    assert open_factor(source, tmp_path, AREA, WORKING, faults) is None
    assert "value" in str(faults.found[0])
