"""Rasters as they come: what is refused, what is not seen, and what is taken."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from geozone.land.project import read_project
from geozone.law.errors import Refused

AT = Affine(0.05, 0, 114.1, 0, -0.05, 38.1)
CELLS = np.array([[0, 1], [1, 7]], np.uint8)
WORDS = {"class": {"values": {"0": "none", "1": "present", "7": "unknown"}}}
SLOPES = np.array([[1.5, 2], [3, 4]], np.float32)
QUIET = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")


def write(path, bands, more=None, **options):
    """A GeoTIFF of bands (rows, cols); ``more`` is called on the open file."""
    bands = [bands] if isinstance(bands, np.ndarray) else bands
    rows, cols = bands[0].shape
    profile = {
        "driver": "GTiff",
        "width": cols,
        "height": rows,
        "count": len(bands),
        "dtype": bands[0].dtype,
        "crs": "EPSG:4490",
        "transform": AT,
    } | options
    with rasterio.open(path, "w", **{k: v for k, v in profile.items() if v is not None}) as file:
        for number, band in enumerate(bands, 1):
            file.write(band, number)
        if more:
            more(file)


def layer_of(case, **table):
    case.add("x.tif", None, **{**WORDS, **table})
    return read_project(case.write()).layers[0]


def place_by_points(file):
    corners = [(0, 0, 114.1, 38.1), (0, 2, 114.2, 38.1), (2, 0, 114.1, 38.0)]
    points = [GroundControlPoint(row=r, col=c, x=x, y=y) for r, c, x, y in corners]
    file.gcps = (points, "EPSG:4490")


def scale(file):
    file.scales = (0.1,)


FAULTS = {
    "no_georeference": (CELLS, {"transform": None}, {}, "georeference"),
    "control_points": (CELLS, {"transform": None, "more": place_by_points}, {}, "control points"),
    "scaled": (CELLS, {"more": scale}, {}, "scale or offset"),
    "complex": (CELLS.astype(np.complex64), {}, {}, "complex"),
    "two_bands": ([CELLS, CELLS], {}, {}, "2 bands"),
    "pretty_picture": ([CELLS] * 3, {"photometric": "RGB"}, {}, "3 bands"),
    "no_such_band": (CELLS, {}, {"band": 2}, "no band 2"),
    "unmapped_nodata": (np.where(CELLS == 0, 255, CELLS).astype(np.uint8), {}, {}, "255"),
    "degrees_in_metres": (CELLS, {"crs": "EPSG:4547"}, {}, "degrees"),
    "metres_in_degrees": (
        CELLS,
        {"transform": Affine(30, 0, 500_000, 0, -30, 4_200_000)},
        {},
        "not degrees",
    ),
    "old_datum": (CELLS, {"crs": "EPSG:4610"}, {}, "Xian 1980"),
}


@QUIET
@pytest.mark.parametrize("name", FAULTS)
def test_raster_is_refused(case, name):
    bands, written, table, part = FAULTS[name]
    write(case.folder / "x.tif", bands, **written)
    with pytest.raises(Refused) as refused:
        layer_of(case, **table)
    told = [str(one) for one in refused.value.faults]
    assert any(part in one and "x.tif" in one for one in told), told


FILLERS = {
    "-9999": np.array([[1.5, -9999]], np.float32),
    "least_float": np.array([[1.5, -3.4028235e38]], np.float32),
    "int16_end": np.array([[15, -32768]], np.int16),
    "uint16_end": np.array([[15, 65535]], np.uint16),
}


@pytest.mark.parametrize("name", FILLERS)
def test_undeclared_nodata_among_values_is_refused(case, name):
    write(case.folder / "x.tif", FILLERS[name])
    with pytest.raises(Refused, match="nodata"):
        layer_of(case, theme="landform", **{"class": None})


def test_declared_nodata_and_nan_are_not_seen(case):
    write(case.folder / "x.tif", np.array([[1.5, -9999], [np.nan, 4]], np.float32), nodata=-9999)
    case.add("x.tif", None, theme="landform")
    layer = read_project(case.write()).layers[0]
    assert layer.raster.valid.tolist() == [[True, False], [False, True]]
    assert (layer.receipt.read, layer.receipt.nulls) == (2, 2)


def test_limits_exclude_themselves_in_single_precision(case):
    write(case.folder / "x.tif", np.array([[0.1, 0.2]], np.float32))
    case.add("x.tif", None, theme="landform")
    raster = read_project(case.write()).layers[0].raster
    stored = float(np.float32(0.1))
    assert [len(raster.where(limit, None)) for limit in (0.09, stored, 0.2)] == [1, 1, 1]
    assert len(raster.where(float(np.float32(0.2)), None)) == 0


def test_side_files_change_nothing(case):
    path = case.folder / "x.tif"
    write(path, CELLS)
    before = layer_of(case).coverage
    path.with_name("x.tif.aux.xml").write_text(
        '<PAMDataset><SRS>EPSG:32650</SRS><PAMRasterBand band="1"><NoDataValue>1</NoDataValue>'
        "</PAMRasterBand></PAMDataset>"
    )
    path.with_suffix(".tfw").write_text("30\n0\n0\n-30\n0\n0\n")
    assert read_project(case.folder).layers[0].coverage.equals(before)


def test_world_file_alone_is_no_georeference(case):
    path = case.folder / "x.tif"
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        write(path, CELLS, transform=None)
    path.with_suffix(".tfw").write_text("0.05\n0\n0\n-0.05\n114.125\n38.075\n")
    with pytest.raises(Refused, match=r"\.tfw"):
        layer_of(case)


def test_outside_mask_is_refused(case):
    write(case.folder / "x.tif", CELLS)
    (case.folder / "x.tif.msk").write_bytes(b"II*\x00")
    with pytest.raises(Refused, match=r"\.msk"):
        layer_of(case)


def test_virtual_raster_in_disguise_is_refused(case):
    secret = case.folder / "secret.tif"
    write(secret, CELLS)
    (case.folder / "x.tif").write_text(
        '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>{secret}</SourceFilename></SimpleSource>"
        "</VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(Refused, match="GeoTIFF"):
        layer_of(case)


def test_declared_size_is_refused_before_anything_is_allocated(case):
    path = case.folder / "x.tif"
    options = {"width": 400_000, "height": 400_000, "tiled": True, "SPARSE_OK": "TRUE"}
    with rasterio.open(
        path, "w", driver="GTiff", count=1, dtype="uint8", crs="EPSG:4490", transform=AT, **options
    ):
        pass
    tracemalloc.start()
    with pytest.raises(Refused, match="400000"):
        layer_of(case)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50 << 20


@pytest.mark.parametrize("nodata", [None, 0])
def test_tiles_left_out_of_the_file_are_not_seen(case, nodata):
    """A driver reads such tiles as zeros: surveyed, nothing found."""
    at = Affine(0.0005, 0, 114.22, 0, -0.0005, 38.02)
    with rasterio.open(
        case.folder / "x.tif",
        "w",
        driver="GTiff",
        width=64,
        height=16,
        count=1,
        dtype="uint8",
        crs="EPSG:4490",
        transform=at,
        tiled=True,
        blockxsize=16,
        blockysize=16,
        nodata=nodata,
        SPARSE_OK="TRUE",
    ) as file:
        file.write(np.ones((16, 32), np.uint8), 1, window=Window(0, 0, 32, 16))
    layer = layer_of(case)
    assert dict(layer.receipt.repairs) == {"missing tiles, unseen": 2}
    assert (layer.receipt.read, layer.receipt.nulls) == (512, 512)
    assert shapely.get_parts(layer.coverage).size == 1
    assert layer.coverage.equals(layer.shapes[0])


def transparency(file):
    file.colorinterp = (ColorInterp.gray, ColorInterp.alpha)


GOOD = {
    "tiled_and_deflated": (CELLS, {"compress": "deflate"}, {}),
    "floats": (CELLS.astype(np.float32), {}, {}),
    "turned_by_rounding": (CELLS, {"transform": Affine(0.05, 1e-12, 114.1, 0, -0.05, 38.1)}, {}),
    "south_up": (CELLS[::-1], {"transform": Affine(0.05, 0, 114.1, 0, 0.05, 38.0)}, {}),
    "wgs84": (CELLS, {"crs": "EPSG:4326"}, {}),
    "crs_declared": (CELLS, {"crs": None}, {"crs": "EPSG:4490"}),
    "big_tiff": (CELLS, {"BIGTIFF": "YES"}, {}),
    "point_cells": (CELLS, {"more": lambda file: file.update_tags(AREA_OR_POINT="Point")}, {}),
    "second_band": ([CELLS * 0, CELLS], {}, {"band": 2}),
    "alpha": ([CELLS, np.full((2, 2), 255, np.uint8)], {"more": transparency}, {}),
}


@pytest.mark.parametrize("name", GOOD)
def test_raster_is_taken(case, name):
    bands, written, table = GOOD[name]
    write(case.folder / "x.tif", bands, **written)
    layer = layer_of(case, **table)
    west, south, east, north = shapely.total_bounds(layer.shapes)
    assert len(layer.shapes) == 2
    assert east - west == pytest.approx(8_780, abs=20)
    assert north - south == pytest.approx(11_105, abs=20)


def test_sheets_of_different_cell_sizes_join(case):
    write(case.folder / "x.tif", np.ones((2, 1), np.uint8), transform=AT)
    fine = Affine(0.01, 0, 114.15, 0, -0.01, 38.1)
    write(case.folder / "y.tif", np.ones((10, 5), np.uint8), transform=fine)
    case.add("x.tif", None, path=None, paths=["x.tif", "y.tif"], **WORDS)
    case.layers[0] = {key: value for key, value in case.layers[0].items() if value is not None}
    layer = read_project(case.write()).layers[0]
    assert layer.receipt.read == 52
    whole = shapely.union_all(layer.shapes)
    assert shapely.area(shapely.symmetric_difference(whole, layer.coverage)) < 1.0
