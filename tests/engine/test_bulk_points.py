"""Very many points at once: the same states and shown distances as one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine import bulkpoints
from geozone.engine.bulk import locate_points
from geozone.engine.bulkgrid import PointGrid
from geozone.engine.bulkpoints import Asked, LocatedPoints
from geozone.engine.locate import locate
from geozone.engine.states import states_at
from geozone.land.shapes.flat import Flat
from geozone.law.condition import Condition
from geozone.law.state import State

RAIL = Condition("railway", within_m=200.0)
FARM = Condition("permanent_basic_farmland")
seeds = st.integers(0, 10_000)
few = examples(5)


def corners_and_chance(land: Any, chance: Any, seed: int, regions: Any) -> np.ndarray[Any, Any]:
    """Points by chance, on corners of features, and at the limits from them."""
    draw = np.random.default_rng(seed)
    west, south, east, north = chance.area.bounds
    anywhere = draw.uniform((west - 100, south - 100), (east + 100, north + 100), (300, 2))
    shapes = [one for region in regions for group in region.groups for one in group.shapes]
    corners = shapely.get_coordinates(shapes) if shapes else anywhere
    picked = corners[draw.integers(0, len(corners), 200)]
    turn = draw.uniform(0, 2 * np.pi, 200)
    far = draw.choice([0.0, 1e-7, 1e-6, 1e-4, 1.0, 5.0, 50.0, 200.0, 205.0], 200)
    around = picked + np.column_stack([np.cos(turn), np.sin(turn)]) * far[:, None]
    return np.concatenate([anywhere, picked, around])


def from_region(found: LocatedPoints, region: int, rows: Any) -> Any:
    """Metres from points to one region."""
    asked = Asked((region,), np.zeros((1, 1), int))
    return found.distances(np.asarray(rows), np.zeros(len(rows), int), asked)[0]


@few
@given(seed=seeds)
def test_states_are_those_of_the_plain_engine(land: Any, chance: Any, seed: int) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    points = corners_and_chance(land, chance, seed, regions)
    accuracies = np.random.default_rng(seed).choice([0.0, 3.0, 20.0], len(points))
    found = locate_points(regions, points, accuracies, chance.area)
    inside = shapely.intersects_xy(chance.area, points)
    for accuracy in np.unique(accuracies):
        rows = np.flatnonzero(accuracies == accuracy)
        expected = states_at(regions, points[rows], float(accuracy))
        expected[~inside[rows]] = State.UNSEEN
        assert np.array_equal(found.states[rows], expected)


@few
@given(seed=seeds)
def test_distances_are_shown_as_one_by_one(land: Any, chance: Any, seed: int) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    points = corners_and_chance(land, chance, seed, regions)
    found = locate_points(regions, points, np.zeros(len(points)), chance.area)
    rows = np.random.default_rng(seed).integers(0, len(points), 25)
    alone = [locate(regions, shapely.Point(points[at]), 0.0, chance.area) for at in rows]
    for number in range(len(regions)):
        told = from_region(found, number, rows).tolist()
        for metres, one in zip(told, alone, strict=True):
            measure = one.measures[number]
            if measure.distance_m is None or measure.margin_m is None:
                assert np.isnan(metres)
            else:
                within = measure.condition.within_m
                assert round(metres, 3) == round(measure.distance_m, 3)
                assert round(metres - within, 3) == round(measure.margin_m, 3)


def test_the_nearest_feature_is_told_whatever_its_accuracy(land: Any) -> None:
    """One layer is asked as far as 50 m, the other as far as 110 m: the first one is nearer."""
    exact = land.layer("settlement", [land.box(53.8, -5, 60, 5)], name="exact")
    rough = land.layer("settlement", [land.box(-110, -5, -98.8, 5)], name="rough", accuracy_m=60.0)
    asks = [Condition("settlement", within_m=50.0)]
    regions, area = land.regions(exact, rough, asks=asks), land.box(-500, -500, 500, 500)
    points = land.at((0.0, 0.0))
    alone = locate(regions, shapely.Point(points[0]), 0.0, area).measures[0]
    told = from_region(locate_points(regions, points, np.zeros(1), area), 0, [0])
    assert alone.nearest == "exact#1"
    assert round(float(told[0]), 3) == round(alone.distance_m, 3) == 53.8


@few
@given(seed=seeds)
def test_each_kind_is_told_what_it_asks_for(land: Any, chance: Any, seed: int) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    points = corners_and_chance(land, chance, seed, regions)
    found = locate_points(regions, points, np.zeros(len(points)), chance.area, threads=2)
    draw, last = np.random.default_rng(seed), len(regions) - 1
    asked = Asked((last, 0), np.array([[-1, -1], [0, -1], [1, 0], [1, -1]]))
    rows, kinds = draw.integers(0, len(points), 40), draw.integers(0, 4, 40)
    told = found.distances(rows, kinds, asked)
    for place, region in enumerate(asked.regions):
        some = np.flatnonzero((asked.places[kinds] == place).any(axis=1))
        expected = from_region(found, region, rows[some])
        assert np.array_equal(told[place, some], expected, equal_nan=True)


@pytest.mark.parametrize("most", [bulkpoints.MOST_CODE, 20])
def test_points_are_alike_where_all_states_are(
    land: Any, chance: Any, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(bulkpoints, "MOST_CODE", most)
    regions = land.regions(*chance.layers(3), asks=chance.asks)
    points = corners_and_chance(land, chance, 3, regions)
    found = locate_points(regions, points, np.zeros(len(points)), chance.area)
    pairs = set(zip(found.alike().tolist(), map(bytes, found.states.tolist()), strict=True))
    kinds = {bytes(found.states_of(at).tolist()) for at in range(len(points))}
    assert len(pairs) == len(kinds) == len(set(found.alike().tolist())) > 5


@few
@given(seed=seeds)
def test_order_and_company_never_matter(land: Any, chance: Any, seed: int) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    points = corners_and_chance(land, chance, seed, regions)
    draw = np.random.default_rng(seed)
    order = draw.permutation(len(points))
    whole = locate_points(regions, points, np.zeros(len(points)), chance.area)
    mixed = locate_points(regions, points[order], np.zeros(len(points)), chance.area, threads=2)
    part = locate_points(regions, points[:7], np.zeros(7), chance.area)
    assert np.array_equal(whole.states[order], mixed.states)
    assert np.array_equal(whole.states[:7], part.states)


@few
@given(seed=seeds)
def test_rings_wind_around_what_they_hold(seed: int) -> None:
    """Overlaps, holes that touch, islands in holes; corners on the points' own coordinates."""
    draw = np.random.default_rng(seed)
    middle = np.round(draw.uniform(0, 60, (12, 2)))
    discs = shapely.buffer(shapely.points(middle), np.round(draw.uniform(2, 15, 12)), quad_segs=2)
    holes = shapely.buffer(shapely.points(middle), 1.0, cap_style="square")
    shapes = np.concatenate([shapely.difference(discs, holes), shapely.box(*middle[:2].T, 70, 70)])
    points = np.round(draw.uniform(-5, 75, (400, 2)) * 2) / 2
    grid = PointGrid.of(points)
    near, points = grid.nearness(Flat.of(shapes), 8.0), grid.points
    inside = shapely.intersects_xy(shapely.union_all(shapes), points)
    sure = ~near.unsure
    assert np.array_equal(near.inside[sure], inside[sure])
    edges = shapely.distance(shapely.union_all(shapely.boundary(shapes)), shapely.points(points))
    sure = np.abs(edges - 8.0) > 1e-9
    expected = np.where(edges <= 8.0, edges, np.inf)
    assert near.planar[sure] == pytest.approx(expected[sure], abs=1e-9)
    assert ((edges > 1e-5) & near.unsure).mean() < 0.05
    assert near.unsure[edges == 0].all()


@pytest.mark.parametrize(
    ("west", "state"),
    [(199.99, State.HOLDS), (200.0, State.HOLDS), (200.03, State.CLEAR), (0.0, State.HOLDS)],
)
def test_exactly_at_the_limit_is_within(land: Any, west: float, state: State) -> None:
    line = shapely.LineString(land.at((0.0, -500.0), (0.0, 500.0)))
    regions = land.regions(land.layer("railway", [line]), asks=[RAIL])
    scale = 1.0  # on the central meridian
    points = land.at((west * scale, 3.0))
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    found = locate_points(regions, points, np.zeros(1), area)
    assert found.states[0, 0] == state


def test_points_outside_the_area_are_unseen(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 100, 100)])
    regions = land.regions(farm, asks=[FARM])
    points = land.at((50.0, 50.0), (500.0, 50.0), (90_000.0, 0.0))
    found = locate_points(regions, points, np.zeros(3), land.box(-1000, -1000, 400, 400))
    assert found.states[:, 0].tolist() == [State.HOLDS, State.UNSEEN, State.UNSEEN]


def test_none_at_all_and_no_regions(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [])
    regions = land.regions(farm, asks=[FARM])
    area = land.box(-1000, -1000, 400, 400)
    assert locate_points(regions, np.empty((0, 2)), np.empty(0), area).states.shape == (0, 1)
    one = locate_points(regions, land.at((0.0, 0.0)), np.zeros(1), area)
    assert one.states.tolist() == [[State.CLEAR]]
    assert np.isnan(from_region(one, 0, [0])).all()
    with pytest.raises(ValueError, match="without regions"):
        locate_points([], np.empty((0, 2)), np.empty(0), area)
