"""Ground distance and ellipsoidal area."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from geozone.land.coordinates.crs import point_from_degrees, working_crs
from geozone.land.coordinates.scale import ellipsoidal_area, ellipsoidal_areas, scale_at

PARCEL = shapely.Polygon(
    [(429638, 4196850), (429838, 4196850), (429838, 4196700), (429638, 4196700)],
    [[(429700, 4196790), (429700, 4196770), (429725, 4196770), (429725, 4196790)]],
)


def test_scale_by_distance_from_the_meridian():
    scale = scale_at(CRS.from_epsg(4547), [500_000, 629_000, 371_000], [4.2e6] * 3)
    assert scale == pytest.approx([1.0, 1.000205, 1.000205], abs=1e-6)
    assert scale_at(CRS.from_epsg(4547), 500_000, 4.2e6).shape == ()


@pytest.mark.parametrize("epsg", [4547, 4526, 32650, 3857])
def test_scale_turns_planar_into_ground_distance(epsg):
    crs = CRS.from_epsg(epsg)
    one, other = (point_from_degrees(lon, 37.0, crs) for lon in (113.6, 113.6001))
    ground = Geod(ellps="GRS80").inv(113.6, 37.0, 113.6001, 37.0)[2]
    middle = scale_at(crs, one.x, one.y)
    rel = 3e-3 if epsg == 3857 else 1e-6  # Web Mercator is not conformal on the ellipsoid
    assert one.distance(other) / middle == pytest.approx(ground, rel=rel)


def test_parcel_of_the_survey_example():
    area = ellipsoidal_area(PARCEL, CRS.from_epsg(4547))
    assert area == pytest.approx(29_496.4, abs=0.1)
    assert PARCEL.area / area - 1 == pytest.approx(122e-6, abs=1e-6)


def test_area_is_that_of_the_ground_in_any_crs():
    corners = [(115, 37), (115.1, 37), (115, 37.1)]
    crss = [CRS.from_epsg(code) for code in (4547, 4548)]
    shapes = [shapely.Polygon([point_from_degrees(*at, crs) for at in corners]) for crs in crss]
    areas = [ellipsoidal_area(shape, crs) for shape, crs in zip(shapes, crss, strict=True)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-5)
    others = [shapes[0], shapely.Point(0, 0), shapely.Polygon(), shapely.MultiPolygon()]
    assert ellipsoidal_areas(np.array(others), crss[0]).tolist() == [areas[0], 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("longitude", "epsg"), [(112.4, 4546), (112.6, 4547), (115.4, 4547), (115.6, 4548), (75, 4534)]
)
def test_zone_nearest_a_longitude(longitude, epsg):
    assert working_crs(longitude).to_epsg() == epsg


def test_no_zone_outside_china():
    with pytest.raises(ValueError, match="3-degree"):
        working_crs(10)
