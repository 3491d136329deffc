"""Given ground and a point, expected state: limits, accuracy, half widths, coverage, unknowns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from geozone.engine.states import states_at
from geozone.land.coordinates.scale import scale_at
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.state import State

C, NO, NI, H, U = State.CLEAR, State.NEAR_OUTSIDE, State.NEAR_INSIDE, State.HOLDS, State.UNSEEN
RAIL = Condition("railway", within_m=200.0)
FARM = Condition("permanent_basic_farmland")


def states(regions: Any, points: Any) -> list[list[int]]:
    return states_at(regions, points).tolist()


def distances(land: Any, layer: Any, condition: Condition, given: list[float]) -> list[int]:
    """States at points so far east of the y axis."""
    regions = land.regions(layer, asks=[condition])
    return states_at(regions, land.at(*((one, 0.0) for one in given)))[:, 0].tolist()


@pytest.mark.parametrize("off", [0.0, 1.5, 3.7])
@pytest.mark.parametrize(
    ("ground_m", "expected"), [(199.99, H), (200.0, H), (200.000002, C), (200.01, C), (0.0, H)]
)
def test_limit_is_ground_distance_and_included(
    land: Any, off: float, ground_m: float, expected: State
) -> None:
    x, y = Transformer.from_crs(4490, land.crs, always_xy=True).transform(114 + off, 37.9)
    line = shapely.LineString([(x, y - 5000), (x, y + 5000)])
    rail = land.layer("railway", [line], coverage=line.buffer(20_000), classes=["line"])
    planar = ground_m
    for _ in range(4):
        planar = ground_m * float(scale_at(land.crs, x + planar / 2, y))
    found = states_at(land.regions(rail, asks=[RAIL]), np.array([[x + planar, y]]))
    assert found.tolist() == [[expected]]


@pytest.mark.parametrize("off", [0.0, 1.5, 3.7])
@pytest.mark.parametrize(("geodesic_m", "expected"), [(199.99, H), (200.01, C)])
def test_limit_agrees_with_geodesics(
    land: Any, off: float, geodesic_m: float, expected: State
) -> None:
    onto = Transformer.from_crs(4490, land.crs, always_xy=True)
    x, y = onto.transform(114 + off, 37.9)
    ends = onto.transform([x, x + 200], [y, y], direction="INVERSE")
    geodesic = Geod(ellps="GRS80").inv(ends[0][0], ends[1][0], ends[0][1], ends[1][1])[2]
    line = shapely.LineString([(x, y - 5000), (x, y + 5000)])
    rail = land.layer("railway", [line], coverage=line.buffer(20_000), classes=["line"])
    point = np.array([[x + 200 * geodesic_m / geodesic, y]])
    assert states_at(land.regions(rail, asks=[RAIL]), point).tolist() == [[expected]]


BOX_HALVES = [(-600.0, -600.0, 0.0, 0.0), (-600.0, 0.0, 0.0, 600.0)]


@pytest.mark.parametrize(
    ("made", "condition", "expected"),
    [
        ({"accuracy_m": 5.0}, RAIL, {194.9: H, 195.1: NI, 198.6: NI, 201.4: NO, 205.1: C}),
        ({"half_width_m": 10.0}, RAIL, {199.9: H, 200.1: NO, 209.9: NO, 210.1: C}),
        (
            {"accuracy_m": 5.0, "half_width_m": 10.0},
            RAIL,
            {194.9: H, 195.1: NI, 200.1: NO, 214.9: NO, 215.1: C},
        ),
        ({"accuracy_m": 5.0}, Condition("railway"), {0.0: NI, 0.1: NO, 4.9: NO, 5.1: C}),
        ({"accuracy_m": 5.0}, Condition("railway", within_m=5.0), {0.0: H, 0.1: NI, 9.9: NO}),
        ({}, Condition("railway"), {0.0: H, 0.000002: C}),
    ],
)
def test_lines(
    land: Any, made: dict[str, float], condition: Condition, expected: dict[float, State]
) -> None:
    line = land.line((0, -3000), (0, 3000))
    rail = land.layer("railway", [line], classes=["line"], **made)
    assert distances(land, rail, condition, list(expected)) == list(expected.values())


@pytest.mark.parametrize(
    ("accuracy_m", "expected"),
    [
        (0.0, {-500.0: H, 0.0: H, 0.000002: C}),
        (5.0, {-5.1: H, -5.0: H, -4.9: NI, 0.0: NI, 0.1: NO, 5.1: C}),
        (400.0, {-300.0: NI, 0.0: NI, 399.0: NO, 401.0: C}),
    ],
)
def test_polygons_are_deep_in_their_union(
    land: Any, accuracy_m: float, expected: dict[float, State]
) -> None:
    halves = [land.box(*one) for one in BOX_HALVES]
    farm = land.layer("permanent_basic_farmland", halves, accuracy_m=accuracy_m)
    assert distances(land, farm, FARM, list(expected)) == list(expected.values())


def test_touching_tiles_have_no_band_on_their_shared_edge(land: Any) -> None:
    tiles = [land.box(0, 0, 100, 100), land.box(100, 0, 200, 100)]
    farm = land.layer("permanent_basic_farmland", tiles, accuracy_m=5.0)
    points = land.at((100, 50), (98, 50), (100, 94.9), (100, 96), (100, 103), (196, 50))
    found = states_at(land.regions(farm, asks=[FARM]), points)
    assert found[:, 0].tolist() == [H, H, H, NI, NO, NI]


def test_proposal_accuracy_adds_to_the_layers(land: Any) -> None:
    line = land.line((0, -3000), (0, 3000))
    rail = land.layer("railway", [line], accuracy_m=3.0, classes=["line"])
    regions = land.regions(rail, asks=[RAIL])
    points = land.at((194.9, 0), (196, 0), (204, 0), (205.1, 0))
    assert states_at(regions, points, 2.0)[:, 0].tolist() == [H, NI, NO, C]


@pytest.mark.parametrize(
    ("edge_m", "expected"), [(214.9, U), (215.0, C), (215.1, C), (10.0, U), (-1.0, U)]
)
def test_coverage_is_eroded_by_distance_accuracy_and_half_width(
    land: Any, edge_m: float, expected: State
) -> None:
    far = land.line((-4000, -3000), (-4000, 3000))
    seen = land.box(-5000, -5000, 0, 5000)
    rail = land.layer(
        "railway", [far], coverage=seen, accuracy_m=5.0, half_width_m=10.0, classes=["line"]
    )
    assert distances(land, rail, RAIL, [-edge_m]) == [expected]


def test_features_hold_where_nothing_is_seen(land: Any) -> None:
    farm = land.layer(
        "permanent_basic_farmland", [land.box(0, 0, 100, 100)], coverage=shapely.Polygon()
    )
    found = states(land.regions(farm, asks=[FARM]), land.at((50, 50), (100, 50), (101, 50)))
    assert found == [[H], [H], [U]]


def test_unknown_class_is_unseen_near_it_and_clear_beyond(land: Any) -> None:
    lines = [land.line((0, -3000), (0, 3000)), land.line((1000, -3000), (1000, 3000))]
    rail = land.layer("railway", lines, classes=[None, "line"], accuracy_m=5.0)
    asked = Condition("railway", ("line",), within_m=200.0)
    given = [0.0, 204.9, 205.1, 790.0, 796.0, 900.0]
    assert distances(land, rail, asked, given) == [U, U, C, C, NO, H]


def test_unknown_attribute_never_hides_what_holds(land: Any) -> None:
    zones = [land.box(0, 0, 100, 100), land.box(50, 0, 150, 100)]
    layer = land.layer(
        "drinking_water_zone",
        zones,
        classes=["primary", "primary"],
        attributes={"source": ("groundwater", None)},
    )
    asked = Condition("drinking_water_zone", attributes=(("source", ("groundwater",)),))
    found = states(land.regions(layer, asks=[asked]), land.at((75, 50), (125, 50), (200, 50)))
    assert found == [[H], [U], [C]]


def test_several_layers_keep_the_strongest_and_see_the_intersection(land: Any) -> None:
    rough = land.layer("settlement", [land.box(0, 0, 500, 500)], name="rough", accuracy_m=50.0)
    exact = land.layer(
        "settlement",
        [land.box(0, 0, 100, 100)],
        name="exact",
        coverage=land.box(-1000, -1000, 1000, 1000),
    )
    asked = Condition("settlement")
    points = land.at((20, 20), (120, 20), (120, 120), (540, 0), (700, 0), (960, 0), (2000, 0))
    found = states_at(land.regions(rough, exact, asks=[asked]), points)[:, 0].tolist()
    assert found == [H, NI, H, NO, C, U, U]


def test_sheets_are_one_layer_with_one_coverage(land: Any) -> None:
    sheets = shapely.union_all([land.box(-1000, -1000, 0, 1000), land.box(0, -1000, 1000, 1000)])
    far = land.line((-900, -900), (-900, 900))
    rail = land.layer("railway", [far], coverage=sheets, classes=["line"])
    assert distances(land, rail, RAIL, [-1.0, 0.0, 1.0, 799.0, 801.0]) == [C, C, C, C, U]


def test_theme_without_layer_is_unseen_with_its_cause(land: Any) -> None:
    regions = land.regions(asks=[FARM])
    assert states(regions, land.at((0, 0))) == [[U]]
    assert regions[0].cause is Cause.NO_LAYER


def test_island_in_a_hole_and_hole_that_touches_its_shell(land: Any) -> None:
    shell = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    touching = [(0, 0), (300, 100), (300, 300)]
    farm = land.layer(
        "permanent_basic_farmland",
        [
            land.polygon(*shell, holes=[touching, [(500, 500), (900, 500), (900, 900)]]),
            land.box(760, 600, 780, 620),
        ],
    )
    regions = land.regions(farm, asks=[FARM])
    points = land.at((250, 200), (0, 0), (100, 600), (770, 610), (750, 610), (500, 500))
    assert [row[0] for row in states(regions, points)] == [C, H, H, H, C, H]


def test_no_points_and_no_regions(land: Any) -> None:
    regions = land.regions(land.layer("settlement", [land.box(0, 0, 1, 1)]), asks=[FARM])
    assert states_at(regions, np.empty((0, 2))).shape == (0, 1)
    assert states_at((), land.at((0, 0))).shape == (1, 0)
