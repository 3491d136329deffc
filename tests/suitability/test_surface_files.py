"""A surface's files: both grids as they are worked out, the same bytes again, all or none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from pyproj import CRS

from geozone.answers.suitability.kriging import Shape, Variogram
from geozone.answers.suitability.measured import Measured
from geozone.answers.suitability.surfaces import Preparation, Surface, surface
from geozone.engine.grid import Grid, Shape2d
from geozone.law.errors import Refused
from geozone.pages.surfacefiles import SURFACE_FILES, write_surface

pytest.importorskip("pykrige", reason="pykrige is not installed")

UTM = CRS.from_epsg(4547)
AREA = shapely.box(500_000, 4_160_000, 540_000, 4_200_000)
SAID = {"synthetic": True}


@pytest.fixture(scope="module")
def made() -> Surface:
    draw = np.random.default_rng(8)
    xy = np.array([500_000.0, 4_160_000.0]) + draw.uniform(0, 40_000, (12, 2))
    names = tuple(f"Q{number}" for number in range(12))
    points = Measured(xy, draw.normal(60, 8, 12), names, UTM, "mW/m2")
    grid = Grid(UTM, 490_000.0, 4_210_000.0, 200.0, Shape2d(300, 300))
    return surface(points, grid, Preparation(Variogram(Shape.SPHERICAL, 60.0, 15_000.0, 4.0)))


def test_files_hold_what_was_worked_out(made: Surface, tmp_path: Path) -> None:
    told = write_surface(tmp_path / "out", made, AREA, {**made.to_dict(), **SAID})
    assert sorted(one.name for one in (tmp_path / "out").iterdir() if one.suffix) == sorted(
        SURFACE_FILES
    )
    wanted = made.window(0, 0, made.grid.shape)
    for name, cells in zip(SURFACE_FILES[:2], wanted, strict=True):
        with rasterio.open(tmp_path / "out" / name) as file:
            assert file.read(1).tobytes() == cells.tobytes()
            assert file.dtypes == ("float32",)
            assert np.isnan(file.nodata)
            assert file.transform == made.grid.transform
            assert file.crs.to_epsg() == 4547
    assert np.isnan(wanted[0]).any()
    assert np.isfinite(wanted[0]).any()
    written = json.loads((tmp_path / "out" / "surface.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(told))
    assert (written["method"], written["points"]) == ("ordinary_kriging", 12)
    assert (tmp_path / "out" / "surface.png").read_bytes().startswith(b"\x89PNG")


def test_cells_of_the_area_are_told(made: Surface, tmp_path: Path) -> None:
    """Those whose middles lie in it: 200 x 200 of 300 x 300."""
    told = write_surface(tmp_path / "out", made, AREA, {**made.to_dict(), **SAID})["cells"]
    values, errors = (one[50:250, 50:250] for one in made.window(0, 0, made.grid.shape))
    known = np.isfinite(values)
    assert told["known_share"] == pytest.approx(known.mean(), abs=1e-6)
    assert told["value"]["least"] == pytest.approx(np.nanmin(values), rel=1e-5)
    assert told["value"]["most"] == pytest.approx(np.nanmax(values), rel=1e-5)
    assert told["value"]["mean"] == pytest.approx(values[known].mean(dtype=float), rel=1e-5)
    square = (errors[known].astype(float) ** 2).mean()
    assert told["standard_error"]["root_mean_square"] == pytest.approx(square**0.5, rel=1e-5)
    assert told["standard_error"]["most"] == pytest.approx(np.nanmax(errors), rel=1e-5)


def test_a_surface_that_says_nothing_of_the_area_is_refused(made: Surface, tmp_path: Path) -> None:
    far = shapely.box(490_000, 4_209_000, 491_000, 4_210_000)
    with pytest.raises(Refused, match="within range"):
        write_surface(tmp_path / "out", made, far, {**made.to_dict(), **SAID})
    between = shapely.box(490_110, 4_209_110, 490_190, 4_209_190)  # no middle of a cell lies in it
    with pytest.raises(Refused, match="smaller cells"):
        write_surface(tmp_path / "out", made, between, {**made.to_dict(), **SAID})
    assert not (tmp_path / "out").exists()


def test_the_same_bytes_again(made: Surface, tmp_path: Path) -> None:
    for name in ("one", "two"):
        jobs = 2 if name == "two" else 1
        write_surface(tmp_path / name, made, AREA, {**made.to_dict(), **SAID}, jobs=jobs)
    for name in SURFACE_FILES:
        one, two = (tmp_path / folder / name for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
