"""Given ground and a proposal, expected parts, distances, overlaps and causes."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from geozone.engine.locate import locate, locate_point
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

C, NO, NI, H, U = State.CLEAR, State.NEAR_OUTSIDE, State.NEAR_INSIDE, State.HOLDS, State.UNSEEN
RAIL = Condition("railway", within_m=200.0)
FARM = Condition("permanent_basic_farmland")


def one(land: Any, layer: Any, condition: Condition, shape: Any, **kw: Any) -> Any:
    """The located shape, its only measure, and its parts as state -> planar area."""
    area = kw.pop("area", None) or land.box(-20_000, -20_000, 20_000, 20_000)
    found = locate(land.regions(layer, asks=[condition]), shape, kw.pop("accuracy_m", 0.0), area)
    parts = {part.row[0]: part.shape.area for part in found.parts}
    assert len(parts) == len(found.parts)
    return found, found.measures[0], parts


def farm(land: Any, *shapes: Any, accuracy_m: float = 0.0, **kw: Any) -> Any:
    return land.layer("permanent_basic_farmland", shapes, accuracy_m=accuracy_m, **kw)


@pytest.mark.parametrize(
    ("west", "accuracy_m", "state", "cause"),
    [
        (10.0, 0.0, C, None),  # a gap of 10 m
        (0.002, 0.0, C, None),
        (0.0009, 0.0, NO, Cause.TOUCH_ONLY),
        (0.0, 0.0, NO, Cause.TOUCH_ONLY),
        (-0.0009, 0.0, NO, Cause.TOUCH_ONLY),
        (-0.003, 0.0, H, None),
        (-10.0, 0.0, H, None),
        (6.0, 5.0, C, None),
        (4.0, 5.0, NO, Cause.WITHIN_ACCURACY),
        (0.0, 5.0, NO, Cause.WITHIN_ACCURACY),
        (-4.0, 5.0, NO, Cause.WITHIN_ACCURACY),
        (-6.0, 5.0, H, None),
    ],
)
def test_sharing_ground_is_more_than_a_touch(
    land: Any, west: float, accuracy_m: float, state: State, cause: Cause | None
) -> None:
    layer = farm(land, land.box(-1000, 0, 0, 500), accuracy_m=accuracy_m)
    parcel = land.box(west, 100, west + 100, 200)
    _, measure, parts = one(land, layer, FARM, parcel)
    assert (measure.state, measure.cause) == (state, cause)
    assert sum(parts.values()) == pytest.approx(parcel.area, rel=1e-9)
    strongest = {C: {C}, NO: {NO, C}, H: {H, NI, NO, C}}[state]
    assert set(parts) <= strongest
    assert state in parts
    expected = max(-west, 0.0) * 100
    assert measure.overlap_m2 == pytest.approx(expected, abs=1e-3, rel=1e-6)


def test_touching_at_a_corner(land: Any) -> None:
    layer = farm(land, land.box(-1000, -1000, 0, 0))
    _, measure, parts = one(land, layer, FARM, land.box(0, 0, 100, 100))
    assert (measure.state, measure.cause, set(parts)) == (NO, Cause.TOUCH_ONLY, {NO})
    assert measure.features == ("permanent_basic_farmland#1",)


def test_parcel_deep_in_a_hole_touches_nothing(land: Any) -> None:
    ring = land.box(-500, -500, 500, 500).difference(land.box(-100, -100, 100, 100))
    layer = farm(land, ring)
    assert one(land, layer, FARM, land.box(-50, -50, 50, 50))[1].state is C
    assert one(land, layer, FARM, land.box(-100, -100, 100, 100))[1].cause is Cause.TOUCH_ONLY


def test_thin_feature_inside_a_parcel_is_shared_ground(land: Any) -> None:
    strip = land.box(-1000, 0, 1000, 2)
    layer = farm(land, strip, accuracy_m=5.0)
    _, measure, parts = one(land, layer, FARM, land.box(-100, -100, 100, 100))
    assert measure.state is H
    assert measure.cause is None
    assert parts[NI] == pytest.approx(400.0)


def test_parcel_thinner_than_the_accuracy_inside_a_feature(land: Any) -> None:
    layer = farm(land, land.box(-1000, -1000, 1000, 1000), accuracy_m=5.0)
    _, measure, parts = one(land, layer, FARM, land.box(-100, 0, 100, 2))
    assert measure.state is H
    assert list(parts) == [H]


def test_overlapping_features_count_once(land: Any) -> None:
    layer = farm(land, land.box(0, 0, 60, 100), land.box(40, 0, 90, 100), land.box(40, 0, 90, 100))
    _, measure, parts = one(land, layer, FARM, land.box(0, 0, 100, 100))
    assert measure.overlap_m2 == pytest.approx(9000, rel=1e-6)
    assert measure.share == pytest.approx(0.9)
    assert measure.features == tuple(f"permanent_basic_farmland#{n}" for n in (1, 2, 3))
    assert parts == {H: pytest.approx(9000), C: pytest.approx(1000)}


@pytest.mark.parametrize(
    ("gap", "state"), [(199.99, H), (200.0, H), (200.01, C), (150.0, H), (1000.0, C)]
)
def test_distance_of_a_polygon_is_that_of_its_nearest_point(
    land: Any, gap: float, state: State
) -> None:
    line = land.line((0, -3000), (0, 3000))
    rail = land.layer("railway", [line], classes=["line"])
    _, measure, parts = one(land, rail, RAIL, land.box(gap, 0, gap + 300, 100))
    assert measure.state is state
    assert state in parts
    assert measure.distance_m == pytest.approx(gap, abs=1e-4)
    assert measure.margin_m == pytest.approx(gap - 200, abs=1e-4)
    assert measure.nearest == "railway#1"
    assert measure.features == (("railway#1",) if state is H else ())


def test_bands_within_accuracy_are_parts(land: Any) -> None:
    line = land.line((0, -3000), (0, 3000))
    rail = land.layer("railway", [line], accuracy_m=5.0, half_width_m=10.0, classes=["line"])
    found, measure, parts = one(land, rail, RAIL, land.box(100, 0, 300, 100))
    wide = {H: 95.0, NI: 5.0, NO: 15.0, C: 85.0}
    assert parts == {state: pytest.approx(100 * width, abs=0.1) for state, width in wide.items()}
    assert measure.overlap_m2 == pytest.approx(10_000, rel=1e-6)
    assert sum(part.area_m2 for part in found.parts) == pytest.approx(20_000, rel=1e-6)


def test_ground_outside_the_area_is_unseen(land: Any) -> None:
    layer = farm(land, land.box(0, 0, 50, 100))
    area = land.box(-1000, -1000, 20, 1000)
    _, measure, parts = one(land, layer, FARM, land.box(0, 0, 100, 100), area=area)
    assert parts == {H: pytest.approx(2000), U: pytest.approx(8000)}
    assert measure.state is H
    found = locate(land.regions(layer, asks=[FARM]), shapely.Point(*land.at((30, 50))[0]), 0, area)
    assert found.parts[0].row == (U,)


def test_shape_wholly_outside_the_area_is_unseen(land: Any) -> None:
    layer = farm(land, land.box(0, 0, 50, 100))
    area = land.box(-1000, -1000, -500, 1000)
    _, measure, parts = one(land, layer, FARM, land.box(0, 0, 100, 100), area=area)
    assert parts == {U: pytest.approx(10_000)}
    assert (measure.state, measure.overlap_m2, measure.distance_m) == (U, 0.0, 0.0)


def test_line_through_a_parcel_is_shared_ground(land: Any) -> None:
    main = land.layer("reclaimed_water_main", [land.line((-500, 50), (500, 50))])
    asked = Condition("reclaimed_water_main")
    assert one(land, main, asked, land.box(0, 0, 100, 100))[1].state is H
    assert one(land, main, asked, land.box(0, 50, 100, 100))[1].cause is Cause.TOUCH_ONLY
    assert one(land, main, asked, land.box(0, 60, 100, 100))[1].state is C


@pytest.mark.parametrize(
    ("x", "accuracy_m", "state", "cause", "margin"),
    [
        (201.4, 5.0, NO, Cause.WITHIN_ACCURACY, 1.4),
        (198.6, 5.0, NI, Cause.WITHIN_ACCURACY, -1.4),
        (200.0, 0.0, H, None, 0.0),
        (200.01, 0.0, C, None, 0.01),
    ],
)
def test_points(
    land: Any, x: float, accuracy_m: float, state: State, cause: Cause | None, margin: float
) -> None:
    rail = land.layer("railway", [land.line((0, -3000), (0, 3000))], classes=["line"])
    regions = land.regions(rail, asks=[RAIL])
    (measure,) = locate_point(regions, shapely.Point(*land.at((x, 0))[0]), accuracy_m)
    assert (measure.state, measure.cause) == (state, cause)
    assert measure.margin_m == pytest.approx(margin, abs=1e-6)
    assert measure.overlap_m2 is None
    assert measure.share is None


def test_without_features_there_is_no_distance(land: Any) -> None:
    found, measure, _ = one(land, farm(land), FARM, shapely.Point(*land.at((0, 0))[0]))
    assert (measure.distance_m, measure.margin_m, measure.nearest) == (None, None, None)
    assert measure.state is C
    assert found.parts[0].area_m2 == 0.0


def test_cause_of_the_unseen_is_the_regions(land: Any) -> None:
    layer = farm(land, coverage=shapely.Polygon(), waived=True)
    assert one(land, layer, FARM, land.box(0, 0, 9, 9))[1].cause is Cause.WAIVED


def test_multipolygons_are_one_shape(land: Any) -> None:
    layer = farm(land, land.box(0, 0, 50, 50))
    two = shapely.union_all([land.box(10, 10, 20, 20), land.box(200, 0, 210, 10)])
    _, measure, parts = one(land, layer, FARM, two)
    assert parts == {H: pytest.approx(100), C: pytest.approx(100)}
    assert measure.share == pytest.approx(0.5)


def test_a_polygon_that_nothing_cuts_is_its_only_part(land: Any) -> None:
    layer = farm(land, land.box(-9000, -9000, 9000, 9000))
    for shape in (
        land.box(0, 0, 30, 40),
        land.box(0, 0, 100, 5000),  # an edge so long that it is a curve on the ellipsoid
        land.box(0, 0, 90, 90).difference(land.box(30, 30, 60, 60)),
        shapely.union_all([land.box(0, 0, 20, 20), land.box(50, 0, 60, 9)]),
        land.box(0, 0, 0.05, 300),
    ):
        found, measure, parts = one(land, layer, FARM, shape)
        expected = ellipsoidal_area(shape, land.crs)
        assert parts == {H: pytest.approx(shape.area, rel=1e-9)}
        assert found.parts[0].area_m2 == pytest.approx(expected, rel=1e-7)
        assert measure.overlap_m2 == pytest.approx(expected, rel=1e-7)
        assert measure.share == 1.0


@pytest.mark.parametrize("west", [0.0, 5000.0])
def test_a_polygon_that_crosses_itself_is_not_told(land: Any, west: float) -> None:
    layer = farm(land, land.box(-100, -100, 100, 100))
    corners = land.at((west, 0), (west + 60, 60), (west + 60, 0), (west, 20))
    area = land.box(-20_000, -20_000, 20_000, 20_000)
    with pytest.raises(ArithmeticError):
        locate(land.regions(layer, asks=[FARM]), shapely.Polygon(corners), 0.0, area)


@pytest.mark.parametrize("shape", [shapely.LineString([(0, 0), (1, 1)]), shapely.Polygon()])
def test_other_shapes_are_refused(land: Any, shape: Any) -> None:
    with pytest.raises(ValueError, match="cannot be located"):
        locate(land.regions(farm(land), asks=[FARM]), shape, 0.0, land.box(0, 0, 1, 1))


def test_slivers_make_no_verdict(land: Any) -> None:
    """Two zones that miss one another by 0.4 mm leave no strip between them."""
    layer = farm(land, land.box(0, 0, 50, 100), land.box(50.0004, 0, 100, 100))
    parts = one(land, layer, FARM, land.box(10, 10, 90, 90))[2]
    assert parts == {H: pytest.approx(6400)}
