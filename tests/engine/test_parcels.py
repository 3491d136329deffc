"""Very many polygons at once are told what each is told alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from test_nearby import shapes_by_chance

from geozone.engine.locate import locate
from geozone.engine.located import Located
from geozone.engine.parcels import locate_polygons
from geozone.engine.shares import shares_of
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

few = examples(7, each=8)
seeds = st.integers(0, 10_000)
BUFFER_M = 0.01
"""How far the edge of a drawn buffer may lie from where the distance decides."""

FARM, SPRINGS = Condition("permanent_basic_farmland"), Condition("spring_zone")
RAIL = Condition("railway", within_m=200.0)


def many(land: Any, regions: Any, draw: np.random.Generator) -> Any:
    shapes = [one for _ in range(3) for one in shapes_by_chance(land, regions, draw)]
    return np.array([one for one in shapes if shapely.is_valid(one) and one.area > 0], object)


def assert_alike(found: Located, alone: Located, slack_m2: float) -> None:
    """The same parts in the same order, and the same measures."""
    assert [one.row for one in found.parts] == [one.row for one in alone.parts]
    for one, other in zip(found.parts, alone.parts, strict=True):
        assert one.area_m2 == pytest.approx(other.area_m2, abs=slack_m2)
    for one, other in zip(found.measures, alone.measures, strict=True):
        assert (one.state, one.cause, one.features, one.nearest, one.distance_m) == (
            other.state,
            other.cause,
            other.features,
            other.nearest,
            other.distance_m,
        )
        assert one.overlap_m2 == pytest.approx(other.overlap_m2, abs=slack_m2)
        assert one.share == pytest.approx(other.share, abs=slack_m2)


@few
@given(seed=seeds, jobs=st.sampled_from([1, 2]))
def test_polygons_are_told_what_each_is_told_alone(
    land: Any, chance: Any, seed: int, jobs: int
) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    shapes = many(land, regions, np.random.default_rng(seed))
    accuracy = np.where(np.arange(len(shapes)) % 5 == 4, 3.0, 0.0)
    found = locate_polygons(regions, shapes, accuracy, chance.area, jobs=jobs)
    assert len(found) == len(shapes)
    overlaps = found.overlaps()
    for at, (shape, one) in enumerate(zip(shapes, found, strict=True)):
        alone = locate(regions, shape, float(accuracy[at]), chance.area)
        edge = 4 * (shape.length + 2000.0) * BUFFER_M / 10
        assert_alike(one, alone, edge)
        told = [measure.overlap_m2 for measure in alone.measures]
        assert overlaps[at] == pytest.approx(told, abs=edge)


def grid_of_squares(land: Any, count: int, side: float, step: float) -> Any:
    return np.array(
        [
            land.box(col * step, row * step, col * step + side, row * step + side)
            for row in range(count)
            for col in range(count)
        ],
        object,
    )


def test_most_polygons_are_cut_at_once(land: Any) -> None:
    farm = land.layer(
        "permanent_basic_farmland",
        [
            land.polygon((3, 5), (907, 11), (511, 801)),
            land.polygon((101, 7), (990, 950), (60, 700)),
        ],
    )
    rail = land.layer("railway", [land.line((-500, 333), (1500, 777))], classes=["line"])
    regions = land.regions(farm, rail, asks=[FARM, RAIL])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    shapes = grid_of_squares(land, 12, 71.3, 90.7)
    found = shares_of(regions, shapes, area)
    assert found.done.mean() > 0.95
    sizes = np.bincount(found.whose, weights=found.ground, minlength=len(shapes))
    planar = shapely.area(shapes)
    assert sizes[found.done] == pytest.approx(planar[found.done], rel=1e-3)
    union = shapely.union_all(farm.shapes)
    shared = shapely.area(shapely.intersection(shapes, union))
    held = found.ground * (found.rows[found.row, 0] == State.HOLDS)
    told = np.bincount(found.whose, weights=held, minlength=len(shapes))
    scale = sizes[found.done] / planar[found.done]
    assert told[found.done] == pytest.approx(shared[found.done] * scale, rel=1e-8, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("a shared border off its corners", ((100, 20), (200, 20), (200, 80), (100, 80))),
        ("a corner on an edge", ((40, 100), (90, 150), (20, 150))),
        ("a corner a centimetre off an edge", ((40, 100.01), (90, 150), (20, 150))),
        ("an edge half a centimetre within", ((99.995, 20), (200, 20), (200, 80), (99.995, 80))),
        ("a strip of ten centimetres", ((50, 50), (50.1, 50), (50.1, 150), (50, 150))),
        ("a crossing where two features cross", ((60, 90), (160, 110), (60, 110))),
    ],
)
def test_what_cannot_be_told_apart_is_located_alone(land: Any, name: str, shape: Any) -> None:
    features = [land.box(0, 0, 100, 100), land.polygon((110, 90), (110, 110), (10, 0))]
    farm = land.layer("permanent_basic_farmland", features)
    regions = land.regions(farm, asks=[FARM])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    shapes = np.array([land.polygon(*shape), land.box(-300, -300, -200, -200)], object)
    found = locate_polygons(regions, shapes, np.zeros(2), area)
    assert list(found.alone) == [0], name
    assert_alike(found[0], locate(regions, shapes[0], 0.0, area), 1e-9)


PASSES = ((45, 60), (50, 99.996), (56, 150), (90, 150), (90, 60))
"""A way that passes through a border at y = 100 near its second corner."""


@pytest.mark.parametrize(
    ("name", "shape", "feature"),
    [
        ("a corner before the border", PASSES, None),
        ("a corner behind it", ((45, 60), (50, 100.004), (56, 150), (90, 150), (90, 60)), None),
        ("a corner on it", ((45, 60), (50, 100), (56, 150), (90, 150), (90, 60)), None),
        (
            "a corner of the border beside a way",
            ((40, 60), (40, 150), (90, 150), (90, 60)),
            ((0, 0), (100, 0), (100, 99), (40.005, 100), (0, 98)),
        ),
        (
            "a border that is told twice changes nothing",
            ((20, 50), (40, 50.004), (60, 50), (60, 60), (20, 60)),
            ((0, 0), (100, 0), (100, 50), (0, 50)),
        ),
    ],
)
def test_ways_that_pass_through_near_a_corner_are_cut_at_once(
    land: Any, name: str, shape: Any, feature: Any
) -> None:
    features = [land.polygon(*feature) if feature else land.box(0, 0, 100, 100)]
    if "twice" in name:
        features.append(land.polygon((0, 50), (100, 50), (100, 100), (0, 100)))
    regions = land.regions(land.layer("permanent_basic_farmland", features), asks=[FARM])
    area, shapes = land.box(-20_000, -20_000, 20_000, 20_000), np.array([land.polygon(*shape)])
    found = locate_polygons(regions, shapes, np.zeros(1), area)
    assert not found.alone, name
    assert_alike(found[0], locate(regions, shapes[0], 0.0, area), 1e-4)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("it turns back", ((45, 60), (50, 100.004), (56, 60))),
        ("it hardly leaves the border", ((10, 60), (50, 99.996), (99, 101), (99, 60))),
        ("the border ends near", ((95, 60), (99.99, 99.996), (97, 150), (20, 150), (20, 60))),
        ("another border is near", ((25, 160), (30, 199.996), (36, 250), (90, 250), (90, 160))),
    ],
)
def test_ways_that_may_not_pass_through_are_located_alone(land: Any, name: str, shape: Any) -> None:
    features = [land.box(0, 0, 100, 100), land.box(0, 160, 200, 200)]
    farm = land.layer("permanent_basic_farmland", features)
    spring = land.layer("spring_zone", [land.box(0, 170, 200, 200.012)])
    regions = land.regions(farm, spring, asks=[FARM, SPRINGS])
    area, shapes = land.box(-20_000, -20_000, 20_000, 20_000), np.array([land.polygon(*shape)])
    found = locate_polygons(regions, shapes, np.zeros(1), area)
    assert list(found.alone) == [0], name


@few
@given(seed=seeds)
def test_corners_near_borders_are_told_what_they_are_told_alone(land: Any, seed: int) -> None:
    draw = np.random.default_rng(seed)
    farm = land.layer(
        "permanent_basic_farmland",
        [land.polygon((0, 0), (300, 10), (290, 305), (-5, 290)), land.box(300, 10, 500, 300)],
    )
    spring = land.layer("spring_zone", [land.polygon((150, -50), (420, 150), (160, 350))])
    rail = land.layer("railway", [land.line((-500, 333), (200, 420), (900, 340))], classes=["line"])
    regions = land.regions(farm, spring, rail, asks=[FARM, SPRINGS, RAIL])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    borders = [one.exterior for layer in (farm, spring) for one in layer.shapes]
    borders.append(shapely.buffer(rail.shapes[0], 200.0).exterior)
    shapes = [corner_near(borders[at % len(borders)], draw) for at in range(40)]
    plain = np.array([one for one in shapes if one.is_valid], object)
    found = locate_polygons(regions, plain, np.zeros(len(plain)), area)
    for shape, one in zip(plain, found, strict=True):
        alone = locate(regions, shape, 0.0, area)
        assert_alike(one, alone, shape.length * BUFFER_M)


def corner_near(border: Any, draw: np.random.Generator) -> Any:
    """A polygon of which a corner lies up to 1.2 cm off a border, or a side off its corner."""
    place = border.interpolate(draw.uniform(0, border.length))
    if draw.random() < 0.4:
        place = shapely.Point(border.coords[int(draw.integers(len(border.coords)))])
    x, y = np.array([place.x, place.y]) + draw.normal(0, 0.006, 2)
    angles = np.sort(draw.uniform(0, 2 * np.pi, 4))
    reach = draw.uniform(20, 120, 4)
    ring = np.column_stack([x + reach * np.cos(angles), y + reach * np.sin(angles)])
    if draw.random() < 0.7:
        ring[0] = x, y
    else:
        ring[1] = 2 * np.array([x, y]) - ring[0]
    return shapely.Polygon(ring)


def test_a_border_of_the_same_corners_is_cut_at_once(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 100, 100)])
    spring = land.layer("spring_zone", [land.box(0, 0, 100, 100), land.box(100, 0, 200, 100)])
    regions = land.regions(farm, spring, asks=[FARM, SPRINGS])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    shapes = np.array([land.box(0, 0, 100, 100), land.box(100, 0, 200, 100)], object)
    found = locate_polygons(regions, shapes, np.zeros(2), area)
    assert list(found.alone) == [1], "the second one only touches farmland"
    for one, shape in zip(found, shapes, strict=True):
        assert_alike(one, locate(regions, shape, 0.0, area), 1e-6)


def test_a_corner_that_meets_a_corner_is_a_touch(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 100, 100)])
    regions = land.regions(farm, asks=[FARM])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    shapes = np.array([land.box(100, 100, 200, 200), land.box(0, 0, 55, 45)], object)
    found = locate_polygons(regions, shapes, np.zeros(2), area)
    assert found[0].measures[0].cause is Cause.TOUCH_ONLY
    for one, shape in zip(found, shapes, strict=True):
        assert_alike(one, locate(regions, shape, 0.0, area), 1e-6)


def test_lines_that_a_polygon_may_cross_are_looked_at_alone(land: Any) -> None:
    fault = land.layer("railway", [land.line((-50, 50), (150, 50))], classes=["line"])
    point = land.layer("cultural_relic", [shapely.Point(*land.at((350.0, 50.0))[0])])
    asks = [Condition("railway"), Condition("cultural_relic")]
    regions = land.regions(fault, point, asks=asks)
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    shapes = np.array([land.box(x, 0, x + 100, 100) for x in (0, 300, 600)], object)
    found = locate_polygons(regions, shapes, np.zeros(3), area)
    assert list(found.alone) == [0, 1]
    assert found[0].parts[0].row[0] is State.HOLDS
    assert found[2].parts[0].row == (State.CLEAR, State.CLEAR)


def test_shallow_overlaps_are_looked_at_alone(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 100, 100)], accuracy_m=5.0)
    regions = land.regions(farm, asks=[FARM])
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    places = [(97, 20, 150, 80), (1, 20, 4, 80), (20, 20, 80, 80), (300, 300, 400, 400)]
    shapes = np.array([land.box(*one) for one in places], object)
    found = locate_polygons(regions, shapes, np.zeros(4), area)
    assert list(found.alone) == [0, 1]
    for one, shape in zip(found, shapes, strict=True):
        assert_alike(one, locate(regions, shape, 0.0, area), 1e-6)


def test_ground_outside_the_area_is_unseen_and_shares_nothing(land: Any) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(-500, -500, 500, 500)])
    regions = land.regions(farm, asks=[FARM])
    area = land.box(-100, -100, 103, 107)
    shapes = np.array([land.box(50, 50, 151, 149), land.box(300, 300, 400, 400)], object)
    found = locate_polygons(regions, shapes, np.zeros(2), area)
    assert not found.alone
    assert {part.row[0] for part in found[0].parts} == {State.HOLDS, State.UNSEEN}
    assert [part.row[0] for part in found[1].parts] == [State.UNSEEN]
    for one, shape in zip(found, shapes, strict=True):
        assert_alike(one, locate(regions, shape, 0.0, area), 1e-6)


def test_threads_and_order_change_nothing(land: Any, chance: Any) -> None:
    regions = land.regions(*chance.layers(7), asks=chance.asks)
    shapes = many(land, regions, np.random.default_rng(7))
    one, two = (shares_of(regions, shapes, chance.area, jobs=jobs) for jobs in (1, 2))
    for field in ("whose", "row", "ground", "rows", "done"):
        assert np.array_equal(getattr(one, field), getattr(two, field))
    back = shares_of(regions, shapes[::-1], chance.area)
    assert np.array_equal(back.done[::-1], one.done)


def test_polygons_need_regions(land: Any) -> None:
    with pytest.raises(ValueError, match="without regions"):
        locate_polygons(
            (), np.array([land.box(0, 0, 1, 1)], object), np.zeros(1), land.box(0, 0, 9, 9)
        )
