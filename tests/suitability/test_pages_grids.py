"""Grids of scores and of classes as GeoTIFFs: what GDAL reads of them at every scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.engine.grid import Grid, Shape2d
from geozone.engine.kernels.overview import averaged
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands, Legend

ZONE = CRS.from_epsg(4547)
COLOURS = [(1, 2, 3), (40, 50, 60), (200, 100, 0)]


def write(path: Path, cells: Any, rows: int, legend: Legend | None = None, jobs: int = 1) -> Path:
    grid = Grid(ZONE, 391_200.0, 4_322_400.0, 30.0, Shape2d(*cells.shape))
    nodata = float("nan") if cells.dtype.kind == "f" else 255
    parts = (Band(row, cells[row : row + rows]) for row in range(0, len(cells), rows))
    write_cog(path, Bands(grid, nodata, cells.dtype, parts, legend), jobs=jobs)
    return path


def plain_mean(cells: Any) -> Any:
    """Means of the known ones of 2 x 2 cells, said slowly."""
    rows, cols = ((side + 1) // 2 for side in cells.shape)
    found = np.full((rows, cols), np.nan, np.float32)
    for i, j in np.ndindex(rows, cols):
        block = cells[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].astype(float)
        if np.isfinite(block).any():
            found[i, j] = np.nanmean(block)
    return found


def scores(rows: int, cols: int) -> Any:
    random = np.random.default_rng(7)
    made = random.random((rows, cols)).astype(np.float32)
    made[random.random(made.shape) < 0.2] = np.nan
    made[: rows // 3, : cols // 3] = np.nan
    made[-rows // 4 :, -cols // 4 :] = 0.25
    return made


@pytest.mark.parametrize("shape", [(700, 1111), (1030, 520), (3, 5)])
def test_scores_are_read_as_they_were(tmp_path: Path, shape: tuple[int, int]) -> None:
    cells = scores(*shape)
    path = write(tmp_path / "a.tif", cells, 256)
    with rasterio.open(path) as opened:
        assert opened.dtypes == ("float32",)
        assert np.isnan(opened.nodata)
        assert opened.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert np.array_equal(opened.read(1), cells, equal_nan=True)
        levels = len(opened.overviews(1))
    wanted = cells
    for level in range(levels):
        wanted = plain_mean(wanted)
        with rasterio.open(path, overview_level=level) as opened:
            assert np.allclose(opened.read(1), wanted, rtol=1e-6, atol=0, equal_nan=True)
    assert levels == (max(shape) > 512) + (max(shape) > 1024)


def test_threads_and_bands_change_no_byte(tmp_path: Path) -> None:
    cells = scores(700, 1111)
    one = write(tmp_path / "a.tif", cells, 700).read_bytes()
    assert write(tmp_path / "b.tif", cells, 31, jobs=3).read_bytes() == one


def test_even_tiles_of_different_scores_stay_different(tmp_path: Path) -> None:
    cells = np.repeat(np.array([[0.25, 0.75]], np.float32), 512, axis=1).repeat(512, axis=0)
    with rasterio.open(write(tmp_path / "a.tif", cells, 512)) as opened:
        assert np.array_equal(opened.read(1), cells)


@given(st.lists(st.sampled_from([0.0, 0.25, 1.0, np.nan]), min_size=1, max_size=30), st.data())
@examples(20)
def test_an_unknown_cell_counts_for_nothing(flat: list[float], data: st.DataObject) -> None:
    cols = data.draw(st.integers(1, len(flat)))
    cells = np.array(flat[: len(flat) // cols * cols], np.float32).reshape(-1, cols)
    rows, cols = cells.shape
    into = np.zeros(((rows + 1) // 2, (cols + 1) // 2), np.float32)
    averaged(cells, (0, 0, rows, cols), into, 0, 0)
    assert np.allclose(into, plain_mean(cells), rtol=1e-6, equal_nan=True)


def test_classes_carry_colours_and_names(tmp_path: Path) -> None:
    cells = np.random.default_rng(1).integers(0, 3, (600, 700)).astype(np.uint8)
    cells[:, :200] = 255
    names = {0: "不适宜 / <unsuitable>", 2: "适宜 & suitable"}
    path = write(tmp_path / "a.tif", cells, 600, Legend(COLOURS, names))
    with rasterio.open(path) as opened:
        assert opened.nodata == 255
        assert np.array_equal(opened.read(1), cells)
        assert [opened.colormap(1)[code][:3] for code in range(3)] == COLOURS
        tags = opened.tags(1)
        assert {code: tags[f"CLASS_{code}"] for code in names} == names
    with rasterio.open(path, overview_level=0) as opened:
        assert set(np.unique(opened.read(1))) <= {0, 1, 2, 255}
