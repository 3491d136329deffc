"""Very many points in a study area: what cells settle is what GEOS says of each point alone."""

from __future__ import annotations

from threading import get_ident

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import geozone as gz
from geozone.land.coordinates.crsways import Ways
from geozone.land.project import Project
from geozone.land.proposals import inarea, pointways
from geozone.land.proposals.inarea import ACROSS, lie_in

seeds = st.integers(0, 10_000)


def area_by(draw: np.random.Generator) -> shapely.Geometry:
    """Some circles and boxes, far from the origin, with holes."""
    middles = draw.uniform((500_000, 4_000_000), (501_000, 4_001_000), (6, 2))
    rounds = shapely.buffer(shapely.points(middles), draw.uniform(50, 400, 6))
    holes = shapely.buffer(shapely.points(middles), 20.0)
    return shapely.union_all([*rounds, shapely.box(500_000, 4_000_000, 500_300, 4_000_200)]) - (
        shapely.union_all(holes)
    )


@examples(20)
@given(seed=seeds)
def test_points_lie_in_an_area_as_each_does_alone(seed: int) -> None:
    draw = np.random.default_rng(seed)
    area = area_by(draw)
    west, south, east, north = area.bounds
    wide, tall = east - west, north - south
    anywhere = draw.uniform((west - wide, south - tall), (east + wide, north + tall), (400, 2))
    corners = shapely.get_coordinates(area)
    steps = draw.integers(-1, ACROSS + 2, (200, 2)) / ACROSS
    on_lines = np.array([west, south]) + steps * (wide, tall)
    odd = np.array([[np.nan, south], [west, np.inf], [-np.inf, np.nan], [1e300, -1e300]])
    points = np.concatenate([anywhere, corners, on_lines, odd])
    draw.shuffle(points)
    expected = shapely.intersects_xy(area, points) & np.isfinite(points).all(axis=1)
    assert np.array_equal(lie_in(area, points), expected)


def test_points_of_several_pieces_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inarea, "AT_ONCE", 7)
    area = shapely.box(0, 0, 10, 10)
    points = np.column_stack([np.arange(-5.0, 15.0), np.full(20, 5.0)])
    points[3] = np.inf
    assert np.flatnonzero(lie_in(area, points)).tolist() == list(range(5, 16))
    assert not len(lie_in(area, np.empty((0, 2))))


@pytest.fixture
def project() -> Project:
    return gz.open("layers/hebei-demo").project


def test_one_thread_asks_the_area_that_all_share(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, south, east, north = project.area.bounds
    draw = np.random.default_rng(1)
    points = draw.uniform((west, south), (east, north), (1000, 2))
    asking, ask = set(), shapely.intersects_xy
    monkeypatch.setattr(pointways, "AT_ONCE", 10)
    monkeypatch.setattr(shapely, "intersects_xy", lambda *of: asking.add(get_ident()) or ask(*of))
    found = pointways.moved(
        points,
        project.crs,
        np.zeros(len(points)),
        project=project,
        ways=Ways(project.crs),
        threads=4,
    )
    assert np.array_equal(found.inside, ask(project.area, points))
    assert asking == {get_ident()}
