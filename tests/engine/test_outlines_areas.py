"""Areas of flat polygons are those of the ellipsoid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geozone.engine.outlines.areas import AreaFit, areas, label_areas
from geozone.engine.outlines.faces import Faces
from geozone.engine.scalefit import fitted
from geozone.land.coordinates.scale import ellipsoidal_area, scale_at

BOUNDS = (200_000.0, 3_700_000.0, 800_000.0, 4_400_000.0)
CRS_3_DEGREES = CRS.from_epsg(4547)


@pytest.fixture(scope="module")
def fit() -> AreaFit:
    return AreaFit.of(fitted(CRS_3_DEGREES, BOUNDS), BOUNDS)


def faces_of(polygons: Any, labels: Any) -> Faces:
    rings, owner = shapely.get_rings(shapely.orient_polygons(polygons), return_index=True)
    counts = np.bincount(owner, minlength=len(polygons))
    corners = shapely.get_num_coordinates(rings)
    return Faces(
        np.array(labels, np.int32),
        np.concatenate([[0], np.cumsum(counts)]),
        np.concatenate([[0], np.cumsum(corners)]),
        shapely.get_coordinates(rings),
    )


def star(size_m: float, east: float, seed: int) -> Any:
    """A polygon with a hole, about so large."""
    draw = np.random.default_rng(seed)
    turn = np.sort(draw.uniform(0, 2 * np.pi, 30))
    ways = np.column_stack([np.cos(turn), np.sin(turn)]) * draw.uniform(0.5, 1, (30, 1))
    shell = (east, 4_050_000.0) + ways * size_m / 2
    return shapely.Polygon(shell, [(shell - shell.mean(axis=0)) * 0.2 + shell.mean(axis=0)])


@pytest.mark.parametrize("east", [350_000.0, 500_000.0, 640_000.0])
@pytest.mark.parametrize("size_m", [3e3, 3e4, 3e5])
def test_areas_are_those_of_the_ellipsoid(fit: AreaFit, size_m: float, east: float) -> None:
    polygon = star(size_m, east, 1)
    # Geodesics are not straight in the projection: short edges tell the two apart by nothing.
    fine = shapely.segmentize(polygon, max(20.0, size_m / 1000))
    (found,) = areas(faces_of(np.array([polygon]), [0]), fit)
    assert found == pytest.approx(ellipsoidal_area(fine, CRS_3_DEGREES), rel=1e-8)


@pytest.mark.parametrize("east", [210_000.0, 500_000.0, 790_000.0])
@pytest.mark.parametrize("size_m", [0.01, 1.0, 100.0])
def test_small_areas_are_planar_ones_by_the_scale(fit: AreaFit, size_m: float, east: float) -> None:
    polygon = star(size_m, east, 2)
    (found,) = areas(faces_of(np.array([polygon]), [0]), fit)
    middle = polygon.centroid
    scale = float(scale_at(CRS_3_DEGREES, middle.x, middle.y))
    assert found == pytest.approx(polygon.area / scale**2, rel=1e-8 if size_m >= 1 else 1e-6)


def test_areas_add_up_by_label_whatever_the_threads(fit: AreaFit) -> None:
    polygons = np.array([star(10.0**power, 500_000.0, power) for power in range(1, 6)])
    faces = faces_of(polygons, [0, 0, 2, 2, 2])
    one, many = areas(faces, fit), areas(faces, fit, jobs=3)
    assert np.array_equal(one, many)
    assert label_areas(faces.label, one, 4).tolist() == [one[:2].sum(), 0, one[2:].sum(), 0]


def test_parts_have_the_area_of_the_whole(fit: AreaFit) -> None:
    whole = shapely.box(250_000, 3_800_000, 750_000, 4_300_000)
    parts = np.array([shapely.box(*one) for one in _quarters(*whole.bounds)])
    found = areas(faces_of(np.append(parts, whole), np.zeros(5)), fit)
    assert found[:4].sum() == pytest.approx(found[4], rel=1e-11)


def _quarters(west: float, south: float, east: float, north: float) -> Any:
    x, y = west + (east - west) / 3, south + (north - south) / 5
    return [(west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north)]


def test_no_polygons_have_no_area(fit: AreaFit) -> None:
    none = Faces(np.empty(0, np.int32), np.zeros(1, int), np.zeros(1, int), np.empty((0, 2)))
    assert len(areas(none, fit)) == 0
