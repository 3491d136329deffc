"""Looking around once for all regions says what cutting each of them to the shape says."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import plain.locate as plainly
import pytest
import shapely
import shapely.affinity
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine import measure
from geozone.engine.bareshapes import Stand, piece_of, standing
from geozone.engine.boxgrid import BoxGrid, gaps
from geozone.engine.locate import locate
from geozone.engine.nearby import nearby
from geozone.engine.outline import widened
from geozone.engine.states import states_at
from geozone.land.layers.later import Later
from geozone.land.store.columns import Column, Names
from geozone.land.store.held import Held
from geozone.land.store.packed import packed
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

few = examples(7, each=8)
seeds = st.integers(0, 10_000)


def as_kept(layer: Any) -> Any:
    """The layer as it comes from the store: its shapes are arrays until somebody asks for them."""
    shapes, arrays = layer.shapes, packed(layer.shapes)
    columns = {name: Column.of(texts) for name, texts in layer.attributes.items()}
    held = arrays and Held(arrays, Column.of(layer.classes), columns, Names.of(layer.ids))
    return replace(layer, shapes=Later(lambda: shapes), held=held)


def shapes_by_chance(land: Any, regions: Any, draw: np.random.Generator) -> list[Any]:
    """Parcels of every size: anywhere, across borders, in holes, along the edges of features."""
    found = []
    for size in (3.0, 40.0, 40.0, 300.0, 1500.0):
        west, south = draw.uniform(-1100, 1000, 2)
        found.append(land.box(west, south, west + size, south + size * draw.uniform(0.05, 1.0)))
    features = [one for region in regions for one in region.shapes]
    for feature in draw.choice(np.array(features, object), 3):
        west, south, east, north = feature.bounds
        side = draw.choice([0.0005, 0.0, -0.0005, 30.0, -30.0])
        found.append(shapely.box(east - side, south, east + 80.0, (south + north) / 2))
    turned = shapely.affinity.rotate(found[2], 33.0)
    holed = found[3].difference(found[3].buffer(-20.0))
    pair = shapely.MultiPolygon([found[1], shapely.affinity.translate(found[1], 500.0, 20.0)])
    return [*found, turned, holed, pair]


@few
@given(seed=seeds, accuracy_m=st.sampled_from([0.0, 5.0]), kept=st.booleans())
def test_polygons_are_those_of_the_plain_engine(
    land: Any, chance: Any, seed: int, accuracy_m: float, kept: bool
) -> None:
    layers = chance.layers(seed)
    regions = land.regions(*(map(as_kept, layers) if kept else layers), asks=chance.asks)
    draw = np.random.default_rng(seed)
    for shape in shapes_by_chance(land, regions, draw):
        found = locate(regions, shape, accuracy_m, chance.area)
        expected = plainly.locate(regions, shape, accuracy_m, chance.area)
        areas = {part.row: part.area_m2 for part in found.parts}
        for row in {*areas, *expected.areas}:
            off = abs(areas.get(row, 0.0) - expected.areas.get(row, 0.0))
            assert off <= 0.01 + 1e-9 * shape.area
        told = zip(found.measures, expected.near, expected.overlaps, strict=True)
        for at, (one, near, overlap) in enumerate(told):
            assert (one.distance_m, one.nearest, one.features) == (
                near.distance_m,
                near.nearest,
                near.features,
            )
            assert one.overlap_m2 == pytest.approx(overlap, abs=0.01)
            touches = one.cause is Cause.TOUCH_ONLY
            assert touches == (expected.touches[at] and one.state is State.NEAR_OUTSIDE)


@few
@given(seed=seeds, accuracy_m=st.sampled_from([0.0, 1.0, 30.0]), kept=st.booleans())
def test_points_are_those_of_the_plain_engine(
    land: Any, chance: Any, seed: int, accuracy_m: float, kept: bool
) -> None:
    layers = chance.layers(seed)
    regions = land.regions(*(map(as_kept, layers) if kept else layers), asks=chance.asks)
    draw = np.random.default_rng(seed)
    corners = shapely.get_coordinates(np.concatenate([one.shapes for one in regions]))
    anywhere = draw.uniform(-1100, 1100, (25, 2)) + np.array((land.east, land.north))
    beside = draw.choice(corners, 10) + draw.normal(0, 9, (10, 2))
    for place in np.concatenate([anywhere, draw.choice(corners, 10), beside]):
        point = shapely.Point(place)
        found = locate(regions, point, accuracy_m, chance.area)
        if chance.area.intersects(point):
            assert found.parts[0].row == tuple(states_at(regions, place, accuracy_m)[0])
        near = [plainly.reach(one, point, accuracy_m) for one in regions]
        for one, other in zip(found.measures, near, strict=True):
            assert one.features == other.features
            assert (one.distance_m is None) == (other.distance_m is None)
            assert (one.distance_m or 0.0) == pytest.approx(other.distance_m or 0.0, rel=1e-12)


def features_by_chance(draw: np.random.Generator) -> list[Any]:
    """Discs with and without holes, several in one, and lines."""
    found: list[Any] = []
    for _ in range(int(draw.integers(1, 9))):
        middle, far = shapely.Point(draw.uniform(-100, 100, 2)), draw.lognormal(4, 1)
        disc = middle.buffer(far, quad_segs=int(draw.integers(1, 9)))
        kind = draw.integers(4)
        if kind == 1:
            disc = disc.difference(middle.buffer(far * draw.uniform(0.1, 0.9)))
        elif kind == 2:
            disc = shapely.MultiPolygon([disc, shapely.affinity.translate(disc, 2.5 * far)])
        found.append(disc if kind < 3 else shapely.LineString(draw.uniform(-200, 200, (5, 2))))
    return found


@few
@given(seed=seeds)
def test_bare_features_hold_a_box_or_stay_clear_of_it(land: Any, seed: int) -> None:
    draw, told = np.random.default_rng(seed), Counter[Stand]()
    for _ in range(12):
        layer = as_kept(land.layer("settlement", features_by_chance(draw)))
        pieces = [piece_of(layer, at) for at in range(layer.count)]
        assert all(pieces)
        west, south = draw.uniform(-150, 150, 2)
        bounds = (west, south, west + draw.uniform(0, 30), south + draw.uniform(0, 30))
        margins = draw.choice([[1.0], [1.0, 20.0]][seed % 2], layer.count).tolist()
        stands = standing(pieces, bounds, margins)
        for shape, margin, one in zip(layer.shapes, margins, stands, strict=True):
            box, wide = shapely.box(*bounds), shapely.box(*widened(bounds, margin))
            told[one] += 1
            if one is Stand.HOLDS:
                assert shape.contains_properly(wide)
            elif one is Stand.CLEAR:
                assert shape.distance(box) > margin
    assert told[Stand.OPEN] < told.total()


def test_what_is_sooner_asked_as_a_shape(land: Any) -> None:
    many = shapely.Point(0, 0).buffer(9.0, quad_segs=600)
    shapes = [many, shapely.Point(0, 0), land.box(0, 0, 9, 9)]
    plain = land.layer("settlement", shapes)
    assert [piece_of(as_kept(plain), at) is None for at in range(3)] == [True, True, False]
    assert piece_of(plain, 2) is None


@few
@given(
    seed=seeds,
    count=st.sampled_from([0, 1, 600, 3000, 40_000]),
    far=st.sampled_from([0.0, 1e6, 1e12]),
    thin=st.sampled_from([1.0, 1e-4]),
)
def test_boxes_are_found_as_by_looking_at_each(
    seed: int, count: int, far: float, thin: float
) -> None:
    draw = np.random.default_rng(seed)
    low = draw.choice([draw.uniform(0, 1e4, (count, 2)), np.zeros((count, 2))])
    size = draw.lognormal(draw.uniform(-2, 5), 2, (count, 2))
    boxes = np.hstack([low, low + size * (draw.random((count, 1)) < 0.9)])
    boxes[:, 1::2] *= thin
    boxes[: count // 100] += draw.uniform(-far, far, (count // 100, 1))
    boxes[: count // 300, 2:] += far
    grid = BoxGrid.of(boxes)
    for _ in range(20):
        west, south = draw.uniform(-2e3, 1.2e4, 2)
        wide, high = draw.lognormal(4, 3, 2)
        window = (west, south, west + wide, south + high)
        if count and draw.random() < 0.5:  # along the edges of some box
            west, south = draw.choice(boxes)[[2, 1]]
            window = (west, south - high, west + wide, south)
        expected = np.flatnonzero(gaps(boxes, window) == 0.0)
        assert np.array_equal(grid.meeting(window), expected)


@few
@given(seed=seeds, count=st.sampled_from([3, 65, 400]), step=st.sampled_from([0.001, 50.0]))
def test_the_nearest_of_many_are_those_of_a_tree(
    land: Any, seed: int, count: int, step: float
) -> None:
    draw = np.random.default_rng(seed)
    places = np.round(draw.uniform(-3000, 3000, (count, 2)) / step) * step  # many at one distance
    places[: count // 4] = places[count // 4 : count // 4 * 2]
    sides = draw.choice([10.0, 40.0, 900.0], count)
    boxes = [land.box(x, y, x + side, y + side) for (x, y), side in zip(places, sides, strict=True)]
    lines = [land.line((x, y), (x + 3000, y + 10)) for x, y in places[:70]]
    layers = [land.layer("permanent_basic_farmland", one) for one in (boxes, lines)]
    (region,) = land.regions(*layers, asks=[Condition("permanent_basic_farmland")])
    (group,) = region.groups
    for at in range(12):
        x, y = draw.uniform(-9000, 9000, 2)
        shape = land.box(x, y, x + 30 * at, y + 700) if at % 2 else land.box(x, y, x, y).centroid
        among, near = measure._near(region, group, shape, 0.0, None)
        told = sorted((among.ids[one], among.shapes[one].wkb) for one in near)
        nearest = shapely.STRtree(group.shapes).query_nearest(shape)
        assert told == sorted((group.ids[one], group.shapes[one].wkb) for one in nearest)
        assert (among is group) == (len(group.shapes) <= measure.MANY)


def test_after_many_questions_a_tree_is_made(land: Any) -> None:
    layer = land.layer("permanent_basic_farmland", [land.box(x, 0, x + 5, 5) for x in range(99)])
    (region,) = land.regions(layer, asks=[Condition("permanent_basic_farmland")])
    (group,) = region.groups
    for at in range(measure.FIRST + 2):
        among, _ = measure._near(region, group, land.box(-50, 0, -40, 5), 0.0, None)
        assert (among is group) == (at >= measure.FIRST)


def test_a_parcel_that_lines_hold_all_over_is_one_part(land: Any) -> None:
    rail = land.layer("railway", [land.line((0, -3000), (0, 3000))], classes=["line"])
    regions = land.regions(rail, asks=[Condition("railway", within_m=200.0)])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    for west, expected in ((20.0, {State.HOLDS}), (150.0, {State.HOLDS, State.CLEAR})):
        shape = land.box(west, 0, west + 100, 100)
        around = nearby(regions).around(shape, 0.0)
        assert (not around.stirred) == (len(expected) == 1)
        found = locate(regions, shape, 0.0, area)
        assert {part.row[0] for part in found.parts} == expected
        assert found.measures[0].distance_m == pytest.approx(west, abs=1e-3)


def test_features_that_may_match_keep_a_place_open(land: Any) -> None:
    zone = land.layer("drinking_water_zone", [land.box(-500, -500, 500, 500)], classes=[None])
    regions = land.regions(zone, asks=[Condition("drinking_water_zone", ("primary",))])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    for west, rows in ((0, {State.UNSEEN}), (600, {State.CLEAR})):
        shape = land.box(west, 0, west + 100, 100)
        found = locate(regions, shape, 0.0, area)
        assert {part.row[0] for part in found.parts} == rows
    across = locate(regions, land.box(450, 0, 550, 100), 0.0, area)
    assert {part.row[0] for part in across.parts} == {State.UNSEEN, State.CLEAR}


def test_what_was_looked_at_stays_in_its_process(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 100, 100)])
    regions = land.regions(farm, asks=[Condition("permanent_basic_farmland")])
    kept = nearby(regions)
    assert nearby(list(regions)) is kept
    assert nearby(regions[:1]) is kept
    other = land.regions(farm, asks=[Condition("permanent_basic_farmland")])
    assert nearby((*regions, *other)) is not kept
    copy = pickle.loads(pickle.dumps(regions[0].company))
    assert (copy.regions, copy.told) == ((), None)
