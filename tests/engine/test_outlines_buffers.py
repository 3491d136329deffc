"""Rings within a reach hold exactly the ground that is so near."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.engine.outlines.buffers import buffer_rings
from geozone.engine.outlines.lines import covered_ends, joined
from geozone.engine.scalefit import ScaleFit, fitted
from geozone.land.shapes.flat import Flat

BOUNDS = (150_000.0, 3_700_000.0, 850_000.0, 4_400_000.0)
EXACT_M = 0.008
"""Arcs, changes of the scale and bent segments may be 7 mm off; a centimetre is promised."""
few = examples(12)


@pytest.fixture(scope="module")
def scale() -> ScaleFit:
    return fitted(CRS.from_epsg(4547), BOUNDS)


def winding(flat: Flat, places: Any) -> Any:
    """The signed number of rings around each place."""
    found = np.zeros(len(places), int)
    for ring in range(len(flat.sign)):
        corners = flat.xy[flat.starts[ring] : flat.starts[ring + 1]]
        assert (corners[0] == corners[-1]).all()
        inside = ((places >= corners.min(axis=0)) & (places <= corners.max(axis=0))).all(axis=1)
        x, y = places[inside].T[:, :, None]
        (ax, ay), (bx, by) = corners[:-1].T, corners[1:].T
        side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
        up, down = (ay <= y) & (by > y) & (side > 0), (ay > y) & (by <= y) & (side < 0)
        found[inside] += flat.sign[ring] * (up.sum(axis=1) - down.sum(axis=1))
    return found


def distances(shapes: Any, places: Any, scale: ScaleFit, *, solid: bool) -> Any:
    """Ground distances from places to the nearest of shapes."""
    points, found = shapely.points(places), np.full(len(places), np.inf)
    for shape in shapes:
        goal = shape if solid or shapely.get_dimensions(shape) < 2 else shape.boundary
        line = shapely.get_coordinates(shapely.shortest_line(goal, points)).reshape(-1, 4)
        middle = (line[:, :2] + line[:, 2:]) / 2
        planar = np.hypot(*(line[:, 2:] - line[:, :2]).T)
        found = np.minimum(found, planar / scale(middle[:, 0], middle[:, 1]))
    return found


def check(shapes: list[Any], reach_m: float, scale: ScaleFit, *, solid: bool, seed: int) -> Flat:
    """The rings, once they hold what is near and nothing else, most closely at their own edge."""
    flat = Flat.of(np.array(shapes, object))
    rings = buffer_rings(flat, reach_m, scale, solid=solid, jobs=2)
    assert (np.diff(rings.owner) >= 0).all()
    draw = np.random.default_rng(seed)
    at = draw.integers(0, len(rings.xy) - 1, 300)
    noise = draw.normal(0, 0.02, (2, 300, 2))
    middles = (rings.xy[at] + rings.xy[at + 1]) / 2
    low, high = rings.xy.min(axis=0), rings.xy.max(axis=0)
    places = np.concatenate(
        [rings.xy[at] + noise[0], middles + noise[1], draw.uniform(low, high, (300, 2))]
    )
    beyond = distances(shapes, places, scale, solid=solid) - reach_m
    around = winding(rings, places)
    assert (around >= 0).all()
    wrong = np.abs(beyond[(around > 0) != (beyond <= 0)])
    assert not (wrong > EXACT_M).any(), wrong.max()
    return rings


def walk(draw: np.random.Generator, at: Any, step_m: float, count: int = 60) -> Any:
    turn = np.cumsum(draw.normal(0, draw.choice([0.05, 0.3, 1.0]), count))
    return np.cumsum(np.column_stack([np.cos(turn), np.sin(turn)]) * step_m, axis=0) + at


def blob(draw: np.random.Generator, at: Any, size_m: float) -> Any:
    turn = np.sort(draw.uniform(0, 2 * np.pi, 25))
    ways = np.column_stack([np.cos(turn), np.sin(turn)]) * draw.uniform(0.4, 1, (25, 1))
    return ways * size_m + at


reaches = st.sampled_from([0.5, 5.0, 30.0, 200.0, 3000.0])
easts = st.sampled_from([250_000.0, 500_000.0, 780_000.0])


@few
@given(seed=st.integers(0, 100_000), reach_m=reaches, east=easts)
def test_around_lines_and_points(scale: ScaleFit, seed: int, reach_m: float, east: float) -> None:
    draw, at = np.random.default_rng(seed), (east, 4e6)
    step = float(draw.choice([0.1, 1.0, 20.0, 300.0]))
    path = walk(draw, at, step)
    back = np.concatenate([path[:9], path[7:3:-1], path[4:5], path[4:12]])
    shapes = [shapely.LineString(path), shapely.Point(path[0] + 3 * reach_m)]
    shapes.append(shapely.LineString(back + 4 * reach_m))
    check(shapes, reach_m, scale, solid=True, seed=seed)


@few
@given(seed=st.integers(0, 100_000), reach_m=reaches, east=easts, solid=st.booleans())
def test_around_polygons(
    scale: ScaleFit, seed: int, reach_m: float, east: float, *, solid: bool
) -> None:
    draw, at = np.random.default_rng(seed), (east, 4e6)
    size = float(draw.choice([1.0, 100.0, 5000.0]))
    ring = blob(draw, at, size)
    holed = shapely.Polygon(ring, [(ring - at) * 0.3 + at])
    pair = shapely.MultiPolygon([shapely.Polygon(blob(draw, at, size)), holed])
    alone = shapely.Polygon(blob(draw, at, size / 3) + size)
    check([pair if pair.is_valid else holed, alone], reach_m, scale, solid=solid, seed=seed)


@few
@given(seed=st.integers(0, 100_000), reach_m=reaches)
def test_around_lines_that_meet(scale: ScaleFit, seed: int, reach_m: float) -> None:
    """Ends at ends, at inner vertices, at themselves, repeated vertices, lines that are a place."""
    draw = np.random.default_rng(seed)
    step = float(draw.choice([3.0, 100.0, 2000.0]))
    nodes = (5e5, 4e6) + draw.integers(0, 4, (12, 2)) * step
    lines = []
    for _ in range(draw.integers(2, 9)):
        picked = nodes[draw.integers(0, len(nodes), draw.integers(2, 6))]
        lines.append(
            shapely.LineString(np.repeat(picked, draw.integers(1, 3, len(picked)), axis=0))
        )
    loop = [nodes[0], nodes[0] + (step, 0), nodes[0] + (0, step), nodes[0]]
    lines += [shapely.LineString(loop), shapely.LineString([*loop[1:], loop[2]])]
    check(lines, reach_m, scale, solid=True, seed=seed)


@pytest.mark.parametrize("reach_m", [0.5, 30.0, 200.0, 3000.0])
def test_around_lines_that_turn_straight_back(scale: ScaleFit, reach_m: float) -> None:
    """Where rounding took such a turn for one to the right, ground within reach was left out."""
    turning = np.array([(0, 200), (100, 0), (200, 300), (300, 300), (100, 300)], float)
    for number in range(8):
        turn = np.exp(1j * number)
        for path in (turning, turning[2:]):
            way = path @ np.array([[turn.real, turn.imag], [-turn.imag, turn.real]])
            shape = shapely.LineString(np.round(way * (1 + number % 7), 3) + np.array([5e5, 4e6]))
            check([shape], reach_m, scale, solid=True, seed=number)


COVERED = {
    "alone": ([[(0, 0), (9, 0)]], [[0, 0]]),
    "end to end": ([[(0, 0), (9, 0)], [(9, 0), (9, 9)]], [[0, 0], [1, 0]]),
    "three in a place": (
        [[(0, 0), (9, 0)], [(9, 9), (9, 0)], [(9, 0), (20, 0)]],
        [[0, 0], [0, 1], [1, 0]],
    ),
    "at an inner vertex": ([[(5, 0), (5, 9)], [(0, 0), (5, 0), (9, 0)]], [[1, 0], [0, 0]]),
    "on a segment": ([[(5, 0), (5, 9)], [(0, 0), (9, 0)]], [[0, 0], [0, 0]]),
    "a loop": ([[(0, 0), (9, 0), (9, 9), (0, 0)]], [[0, 1]]),
    "a lasso": ([[(0, 0), (9, 0), (9, 9), (9, 0)]], [[0, 1]]),
    "a vertex said twice": ([[(0, 0), (0, 0), (9, 0), (9, 0)]], [[0, 0]]),
    "a place": ([[(3, 3), (3, 3)], [(3, 3), (9, 9)]], [[0, 0], [1, 0]]),
    "a point": ([[(3, 3)], [(3, 3), (9, 9)]], [[0, 0], [1, 0]]),
}


@pytest.mark.parametrize("name", COVERED)
def test_ends_that_others_cover(name: str) -> None:
    chains, covered = COVERED[name]
    xy = np.array([place for one in chains for place in one], float)
    starts = np.cumsum([0, *map(len, chains)])
    assert covered_ends(xy, starts).astype(int).tolist() == covered


def joined_of(*chains: Any, blunt: Any = None) -> tuple[list[Any], list[int], list[Any]]:
    xy = np.array([place for one in chains for place in one], float)
    starts = np.cumsum([0, *map(len, chains)])
    rough = np.zeros((len(chains), 2), bool) if blunt is None else np.array(blunt, bool)
    xy, starts, owner, rough = joined(xy, starts, np.arange(len(chains)), rough)
    parts = [xy[a:b].tolist() for a, b in pairwise(starts.tolist())]
    return parts, owner.tolist(), rough.astype(int).tolist()


def test_lines_are_joined_where_they_meet() -> None:
    a, b, c, d, e = ([float(at), 0.0] for at in range(5))
    assert joined_of([a, b], [d, c], [c, b]) == ([[a, b, b, c, c, d]], [0], [[0, 0]])
    parts, owner, _ = joined_of([d, e], [b, a], [a, d], [b, e])  # a loop of four
    assert [parts[0][0], len(parts), len(parts[0])] == [parts[0][-1], 1, 8]
    assert owner == [0]
    parts, owner, _ = joined_of([a, c], [b, c], [d, c], [e, c])  # a crossing
    assert parts == [[a, c, c, b], [d, c, c, e]]
    assert owner == [0, 2]
    closed = [a, b, c, a]
    assert joined_of(closed, [a, d])[0] == [closed, [a, d]]
    assert joined_of([d, c], [a, b], [b, c], blunt=[[1, 0], [0, 1], [0, 0]])[2] == [[0, 1]]


@few
@given(seed=st.integers(0, 100_000))
def test_the_same_lines_are_joined_in_whatever_order(scale: ScaleFit, seed: int) -> None:
    draw = np.random.default_rng(seed)
    nodes = (5e5, 4e6) + draw.integers(0, 3, (9, 2)) * 100.0
    lines = [shapely.LineString(nodes[draw.integers(0, 9, draw.integers(2, 5))]) for _ in range(12)]
    drawn = []
    for order in (np.arange(12), draw.permutation(12)):
        rings = buffer_rings(Flat.of(np.array(lines, object)[order]), 30.0, scale)
        ends = zip(rings.starts[:-1].tolist(), rings.starts[1:].tolist(), strict=True)
        drawn.append(sorted(rings.xy[first:last].tobytes() for first, last in ends))
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("reach_m", [5.0, 200.0, 5000.0])
def test_long_lines_and_large_polygons_follow_the_scale(scale: ScaleFit, reach_m: float) -> None:
    line = shapely.LineString([(200_000, 3_900_000), (260_000, 4_050_000), (800_000, 4_060_000)])
    corners = [(160_000, 4_100_000), (800_000, 4_120_000), (780_000, 4_350_000)]
    check([line], reach_m, scale, solid=False, seed=1)
    check([shapely.Polygon(corners)], reach_m, scale, solid=True, seed=2)


def test_a_small_hole_and_a_ring_within_reach_of_itself_count(scale: ScaleFit) -> None:
    box = shapely.box(5e5, 4e6, 5e5 + 100, 4e6 + 100)
    holed = box.difference(shapely.Point(5e5 + 50, 4e6 + 50).buffer(3))
    for shape, solid in ((holed, True), (holed, False), (box.exterior, False)):
        check([shape], 80.0, scale, solid=solid, seed=3)


def test_no_reach_leaves_the_rings(scale: ScaleFit) -> None:
    flat = Flat.of(np.array([shapely.box(5e5, 4e6, 5e5 + 9, 4e6 + 9), shapely.Point(5e5, 4e6)]))
    assert buffer_rings(flat, 1e-6, scale).xy.tolist() == flat.xy[:5].tolist()
    assert not len(buffer_rings(flat, 1e-6, scale, solid=False).sign)


@pytest.mark.parametrize("reach_m", [10_001.0, float("nan"), float("inf")])
def test_reaches_that_would_not_be_exact_are_refused(scale: ScaleFit, reach_m: float) -> None:
    flat = Flat.of(np.array([shapely.Point(5e5, 4e6)]))
    with pytest.raises(ValueError, match="exact up to"):
        buffer_rings(flat, reach_m, scale)


def test_nothing_has_no_surroundings(scale: ScaleFit) -> None:
    flat = Flat.of(np.empty(0, object))
    for reach_m in (0.0, 5.0):
        assert not len(buffer_rings(flat, reach_m, scale).sign)


def test_shapes_keep_their_numbers_and_threads_do_not_matter(scale: ScaleFit) -> None:
    draw = np.random.default_rng(4)
    shapes = [
        make(blob(draw, (5e5 + 900.0 * at, 4e6), 300.0))
        for at, make in enumerate([shapely.Polygon, shapely.LineString] * 4)
    ]
    flat = Flat.of(np.array(shapes, object))
    one, many = (buffer_rings(flat, 7.0, scale, jobs=jobs) for jobs in (1, 3))
    assert one.owner.tolist() == list(range(8))
    assert one.xy.tobytes() == many.xy.tobytes()
    for ring, shape in enumerate(shapes):
        part = one.xy[one.starts[ring] : one.starts[ring + 1]]
        assert shape.distance(shapely.Point(part[0])) < 8
