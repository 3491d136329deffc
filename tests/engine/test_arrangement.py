"""The arrangement against windings counted one by one, and against GEOS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from geozone.engine import arrangement
from geozone.engine.arrangement import Bounds, CellEdges, Counter, arrange
from geozone.engine.kernels.arrange import cell_edges
from geozone.engine.kernels.binning import nearest
from geozone.engine.kernels.noding_snap import passes_through

SLOW = 4
"""Examples here cost this many times those of the law."""
few = settings(max_examples=max(20, settings().max_examples // SLOW))
DRIFT_MM = 3.0
"""Farther than this from every outline, no label may be moved by rounding."""

Ring = Sequence[tuple[float, float]]


def counter(*rings: Ring) -> Counter:
    """A counter of rings in metres, closed here; each counts +1 inside unless it runs clockwise."""
    arrays = [np.array([*ring, ring[0]], float) for ring in rings]
    starts = np.cumsum([0, *(len(one) for one in arrays)]).astype(np.int64)
    xy = np.concatenate(arrays) if arrays else np.empty((0, 2))
    return Counter(xy, starts, np.ones(len(arrays), np.int8))


def of_shapes(shapes: Iterable[Any]) -> Counter:
    """The counter of polygons, whichever way their rings run."""
    parts = shapely.get_parts(np.array(list(shapes), object))
    rings, owner = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=len(rings)))])
    shell = np.concatenate([[True], owner[1:] != owner[:-1]])[: len(rings)]
    sign = np.where(shell == shapely.is_ccw(rings), 1, -1).astype(np.int8)
    return Counter(np.ascontiguousarray(xy), starts.astype(np.int64), sign)


def square(west: float, south: float, side: float, *, ccw: bool = True) -> Ring:
    ring = [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    return ring if ccw else ring[::-1]


def over(counters: Sequence[Counter], bounds: Bounds, **options: Any) -> list[CellEdges]:
    return list(arrange(counters, bounds, **options))


def as_bytes(cells: Iterable[CellEdges]) -> list[tuple[object, ...]]:
    return [
        (one.col, one.row, *(part.tobytes() for part in (one.ends, one.left, one.right, one.table)))
        for one in cells
    ]


def twice_mm2(cell: CellEdges) -> list[int]:
    """Twice the area of each set of a cell, exactly."""
    x0, y0, x1, y1 = cell.ends.astype(np.int64).T
    twice = x0 * y1 - x1 * y0
    found = [0] * (len(cell.table) + 1)
    for label, sign in ((cell.left, 1), (cell.right, -1)):
        for number in range(len(found) - 1):
            found[number] += sign * int(twice[label == number].sum())
    return found[:-1]


def counter_areas_m2(cells: Iterable[CellEdges], count: int) -> Any:
    """The area of each counter, square metres."""
    found = np.zeros(count)
    for cell in cells:
        for words, area in zip(cell.table, twice_mm2(cell), strict=True):
            found += bits_of(words, count) * (area / 2e6)
    return found


def bits_of(words: Any, count: int) -> Any:
    return np.array([int(words[at // 64]) >> (at % 64) & 1 for at in range(count)], bool)


def windings(one: Counter, points: Any) -> Any:
    """Windings at points (n, 2) in mm, none on the grid's lines, by counting every crossing."""
    found = np.zeros(len(points), int)
    mm = np.rint(one.xy * 1000.0)
    x, y = points[:, 0, None], points[:, 1, None]
    for ring, sign in enumerate(one.sign):
        part = mm[one.starts[ring] : one.starts[ring + 1]]
        (x0, y0), (x1, y1) = part[:-1].T, part[1:].T
        up, down = (y0 <= y) & (y < y1), (y1 <= y) & (y < y0)
        with np.errstate(divide="ignore", invalid="ignore"):
            west = x0 + (x1 - x0) * (y - y0) / (y1 - y0) < x
        found += sign * ((down & west).sum(1) - (up & west).sum(1))
    return found


def away(counters: Sequence[Counter], points: Any) -> Any:
    """The points farther than ``DRIFT_MM`` from every segment."""
    lines = [
        shapely.linestrings(np.rint(one.xy[a:b] * 1000.0))
        for one in counters
        for a, b in zip(one.starts[:-1], one.starts[1:], strict=True)
    ]
    if not lines:
        return points
    near = shapely.STRtree(lines).query(shapely.points(points), "dwithin", distance=DRIFT_MM)[0]
    return np.delete(points, np.unique(near), axis=0)


def labels_at(cell: CellEdges, points: Any) -> Any:
    """The row of the table at points (n, 2) in mm from the cell's corner, by the next edge west."""
    x0, y0, x1, y1 = cell.ends.astype(float).T
    x, y = points[:, 0, None], points[:, 1, None]
    across = (np.minimum(y0, y1) <= y) & (y < np.maximum(y0, y1))
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(across, x0 + (x1 - x0) * (y - y0) / (y1 - y0), np.inf)
    at[~(at < x)] = -np.inf
    nearest = at.argmax(1)
    return np.where(y1[nearest] > y0[nearest], cell.right[nearest], cell.left[nearest])


def assert_planar(cell: CellEdges, size: int) -> None:
    """Edges meet at their ends only, lie in the cell and have ends in order."""
    ends = cell.ends.astype(np.int64)
    assert ends.min() >= 0
    assert ends.max() <= size
    key = ends[:, [0, 2]] * (size + 1) + ends[:, [1, 3]]
    assert (key[:, 0] < key[:, 1]).all()
    assert (np.diff(key[:, 0]) >= 0).all()
    assert len(set(map(tuple, ends))) == len(ends)

    def side(at: Any, x: Any, y: Any) -> Any:
        a, b, c, d = (one[:, None] for one in at.T)
        return np.sign((c - a) * (y - b) - (d - b) * (x - a))

    first, last = side(ends, *ends[:, :2].T), side(ends, *ends[:, 2:].T)
    crossing = (first * last < 0) & ((first * last).T < 0)
    assert not crossing.any()
    for column, where in ((0, first), (2, last)):
        x, y = ends[:, column], ends[:, column + 1]
        a, b, c, d = (one[:, None] for one in ends.T)
        box = (x >= a) & (x <= c) & (y >= np.minimum(b, d)) & (y <= np.maximum(b, d))
        end = ((x == a) & (y == b)) | ((x == c) & (y == d))
        assert not ((where == 0) & box & ~end).any()


def assert_right(
    counters: Sequence[Counter], bounds: Bounds, cell_mm: int, *, seed: int = 0
) -> list[CellEdges]:
    """Cells are planar and whole, and every label is what windings say."""
    cells = over(counters, bounds, cell_mm=cell_mm)
    draw = np.random.default_rng(seed)
    for cell in cells:
        assert_planar(cell, cell_mm)
        assert sum(twice_mm2(cell)) == 2 * cell_mm**2
        assert min(twice_mm2(cell)) > 0
        assert len(np.unique(cell.table, axis=0)) == len(cell.table)
        inner = (cell.left >= 0) & (cell.right >= 0)
        assert (cell.left != cell.right).all()
        assert inner.sum() + 4 <= len(cell.ends)
        corner = np.array((cell.col, cell.row)) * cell_mm
        points = draw.integers(0, cell_mm, (40, 2)) + draw.uniform(0.3, 0.7, (40, 2)) + corner
        points = away(counters, points)
        if len(points):
            found = cell.table[labels_at(cell, points - corner)]
            bits = np.array([bits_of(words, len(counters)) for words in found])
            wanted = np.array([windings(one, points) > 0 for one in counters]).T
            assert np.array_equal(bits, wanted & wanted[:, :1])
    return cells


AREA = counter(square(-30, -30, 80))
HERE = Bounds(-9, -9, 31, 33)


CASES = {
    "nothing": [counter()],
    "overlapping": [counter(square(0, 0, 10), square(5, 5, 10))],
    "the same twice": [counter(square(0, 0, 10), square(0, 0, 10)), counter(square(0, 0, 10))],
    "hole": [counter(square(0, 0, 20), square(5, 5, 10, ccw=False))],
    "hole that touches at a corner": [
        counter([(0, 0), (20, 0), (20, 20), (0, 20)], [(0, 0), (5, 10), (10, 5)])
    ],
    "hole that touches along": [counter(square(0, 0, 20), square(0, 5, 10, ccw=False))],
    "island in a hole": [
        counter(square(0, 0, 30), square(5, 5, 20, ccw=False), square(10, 10, 10))
    ],
    "island level with the corner of its hole": [
        counter(
            square(0, 0, 30),
            [(5, 15), (15, 25), (25, 15), (15, 5)],
            [(12, 15), (14, 13), (16, 15), (14, 18)],
        )
    ],
    "bow tie at a corner": [counter(square(0, 0, 10), square(10, 10, 10))],
    "neighbours": [counter(square(0, 0, 10), square(10, 0, 10))],
    "neighbours of two kinds": [counter(square(0, 0, 10)), counter(square(10, 0, 10))],
    "on the borders of cells": [counter(square(0, 0, 16)), counter(square(8, 8, 8))],
    "corner to corner": [counter([(0, 0), (16, 16), (0, 16)]), counter([(8, 0), (0, 8), (16, 8)])],
    "around everything": [counter(square(-300, -300, 600))],
    "much of it far away": [counter([(-9e8, -9e8), (9e8, -8e8), (1, 2)])],
    "sliver": [counter([(-25, -25.001), (45, 45), (-25, -25)])],
    "thinner than the grid": [counter([(-25, -25.0001), (45.0003, 45), (-25, -25)])],
    "a spike": [counter([(0, 0), (10, 0), (10, 10), (30, 10), (10, 10), (0, 10)])],
    "smaller than the grid": [counter(square(0.0001, 0.0001, 0.0003))],
    "islands only": [counter(square(1, 1, 1), square(3, 3, 1), square(3, 1, 1), square(1, 3, 0.5))],
    "flat": [counter([(0, 3), (10, 3), (20, 3)], [(3, 0), (3, 9), (3, 4)])],
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("cell_mm", [8000, 4003, 100_000])
def test_labels_are_the_windings(name: str, cell_mm: int) -> None:
    counters = [AREA, *CASES[name]]
    cells = assert_right(counters, HERE, cell_mm)
    turned = [
        Counter(np.ascontiguousarray(one.xy[:, ::-1]), one.starts, -one.sign) for one in counters
    ]
    other = assert_right(turned, HERE, cell_mm)
    areas = counter_areas_m2(cells, len(counters))
    assert areas == pytest.approx(counter_areas_m2(other, len(counters)), abs=0.3)


FUZZ = st.integers(0, 40)
GRIDS = {"coarse": 1.0, "millimetre": 0.001, "off the grid": 0.000_37, "wide": 0.7301}


@st.composite
def rings(draw: st.DrawFn) -> Ring:
    scale = draw(st.sampled_from(list(GRIDS.values())))
    shift = draw(st.sampled_from([0.0, 8.0, 3.9985]))
    points = draw(st.lists(st.tuples(FUZZ, FUZZ), min_size=3, max_size=7))
    return [(x * scale + shift, y * scale + shift) for x, y in points]


many = st.lists(st.lists(rings(), max_size=4).map(lambda found: counter(*found)), max_size=4)


@few
@given(counters=many, cell_mm=st.sampled_from([8000, 4001, 37, 100_000]), seed=st.integers(0, 99))
def test_any_rings(counters: list[Counter], cell_mm: int, seed: int) -> None:
    wide = cell_mm > 100
    bounds = HERE if wide else Bounds(3.99, 3.99, 4.05, 4.06)
    assert_right([AREA, *counters], bounds, cell_mm, seed=seed)
    if counters:
        assert_right(counters, bounds, cell_mm, seed=seed)


spans = st.integers(-(2**41), 2**41)


@given(start=spans, span=spans, part=st.integers(0, 2**41), whole=st.integers(1, 2**41))
def test_a_cut_is_the_nearest_millimetre(start: int, span: int, part: int, whole: int) -> None:
    part = min(part, whole)
    found = nearest(start, span, part, whole)
    assert found == floor(start + Fraction(span * part, whole) + Fraction(1, 2))


def square_hit(ends: Any, x: int, y: int) -> bool:
    """Whether a segment has a point that rounds to (x, y), by cutting it with fractions."""
    x0, y0, x1, y1 = map(int, ends)
    cuts = {Fraction(0), Fraction(1)}
    half = Fraction(1, 2)
    for start, span, middle in ((x0, x1 - x0, x), (y0, y1 - y0, y)):
        if span:
            cuts |= {(middle - half - start) / span, (middle + half - start) / span}
    steps = sorted(one for one in cuts if 0 <= one <= 1)
    steps += [(one + two) / 2 for one, two in pairwise(steps)]
    points = [(x0 + one * (x1 - x0), y0 + one * (y1 - y0)) for one in steps]
    return any((floor(px + half), floor(py + half)) == (x, y) for px, py in points)


near_ends = st.tuples(*[st.integers(0, 9)] * 4)


@given(ends=near_ends, x=st.integers(0, 9), y=st.integers(0, 9))
def test_a_square_is_hit_where_a_point_rounds_to_its_middle(
    ends: tuple[int, ...], x: int, y: int
) -> None:
    segment = np.array(ends, np.int32)
    assert passes_through(segment, x, y) == square_hit(segment, x, y)


@few
@given(seed=st.integers(0, 10_000), count=st.integers(2, 12))
def test_long_slivers_come_to_rest(seed: int, count: int) -> None:
    """Long lines within a millimetre of one another, crossing all along."""
    draw = np.random.default_rng(seed)
    slivers = []
    for _ in range(count):
        middle = draw.integers(0, 2, (2, 2)) * [7000, 5000] + draw.uniform(0, 0.003, (2, 2))
        along = draw.random((6, 1)) ** 3
        ring = middle[0] + along * (middle[1] - middle[0]) + draw.normal(0, 0.0007, (6, 2))
        slivers.append(counter(list(map(tuple, ring))))
    area = counter(square(-10, -10, 9000))
    bounds = Bounds(0, 0, 7000, 5000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "PASSES", 8)
        assert_right([area, *slivers], bounds, 8_192_000, seed=seed)


def drawn(seed: int, side: float = 300.0, count: int = 4) -> list[list[Any]]:
    """Polygons of several kinds: round, drawn at random, with shared borders, holed, multiple."""
    draw = np.random.default_rng(seed)
    edges = np.round(np.sort(draw.uniform(0, side, 6)), int(draw.integers(0, 4)))
    parcels = [
        shapely.box(west, south, east, north)
        for west, east in pairwise(edges)
        for south, north in pairwise(edges)
        if east > west and north > south and draw.random() < 0.6
    ]
    found = [parcels]
    for _ in range(count):
        middles = draw.uniform(0, side, (int(draw.integers(1, 9)), 2))
        lines = [shapely.LineString(one + draw.normal(0, 40, (6, 2))) for one in middles]
        round_ones = list(shapely.buffer(lines, draw.uniform(1, 20, len(lines)), quad_segs=18))
        parts = shapely.get_parts(np.array(round_ones, object))
        found.append([one for one in parts if draw.random() < 0.8])
    turned = [shapely.affinity.rotate(one, 45, origin=(0, 0)) for one in parcels]
    return [*found, turned, [one.difference(one.buffer(-3)) for one in parcels]]


def ground(seed: int) -> tuple[list[Counter], list[list[Any]], Bounds]:
    area = shapely.box(20, 20, 280, 270).difference(shapely.box(100, 100, 130, 120))
    shapes = [[area], *drawn(seed)]
    return [of_shapes(one) for one in shapes], shapes, Bounds(*area.bounds)


laws = settings(max_examples=max(5, settings().max_examples // 20))
seeds = st.integers(0, 10_000)
CELL = 40_007


def mixed(one: Counter, draw: np.random.Generator) -> Counter:
    """The same rings in another order, begun elsewhere and some of them run the other way."""
    rings, sign = [], []
    for at in draw.permutation(len(one.sign)):
        ring = np.roll(one.xy[one.starts[at] : one.starts[at + 1] - 1], draw.integers(9), axis=0)
        turn = int(draw.choice([-1, 1]))
        rings.append(np.concatenate([ring, ring[:1]])[::turn])
        sign.append(one.sign[at] * turn)
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    xy = np.ascontiguousarray(np.concatenate(rings)) if rings else np.empty((0, 2))
    return Counter(xy, starts.astype(np.int64), np.array(sign, np.int8))


def twice(one: Counter) -> Counter:
    starts = np.concatenate([one.starts, one.starts[1:] + len(one.xy)])
    return Counter(np.concatenate([one.xy] * 2), starts, np.concatenate([one.sign] * 2))


@laws
@given(seed=seeds)
def test_order_repetition_and_threads_change_no_byte(seed: int) -> None:
    counters, _, bounds = ground(seed)
    draw = np.random.default_rng(seed)
    whole = as_bytes(over(counters, bounds, cell_mm=CELL))
    assert as_bytes(over([mixed(one, draw) for one in counters], bounds, cell_mm=CELL)) == whole
    assert as_bytes(over([twice(one) for one in counters], bounds, cell_mm=CELL)) == whole
    assert as_bytes(over(counters, bounds, cell_mm=CELL, jobs=3)) == whole


@laws
@given(seed=seeds)
def test_cells_do_not_depend_on_their_neighbours(seed: int) -> None:
    counters, _, bounds = ground(seed)
    step = CELL / 1000
    whole = {(one.col, one.row): one for one in over(counters, bounds, cell_mm=CELL)}
    for col, row in list(whole)[:: len(whole) // 4]:
        west, south = (col + 0.5) * step, (row + 0.5) * step
        some = over(counters, Bounds(west, south, west + step, south + 1), cell_mm=CELL)
        assert (col, row) in {(one.col, one.row) for one in some}
        assert as_bytes(some) == as_bytes(whole[one.col, one.row] for one in some)
    mosaic = over(counters, bounds, cell_mm=CELL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "BAND", 500)
        assert as_bytes(over(counters, bounds, cell_mm=CELL)) == as_bytes(mosaic)


@laws
@given(seed=seeds)
def test_areas_are_those_of_geos(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    snapped = [shapely.set_precision(one, 0.001, mode="pointwise") for one in map(merged, shapes)]
    found = counter_areas_m2(over(counters, bounds, cell_mm=CELL), len(counters))
    for number, one in enumerate(snapped):
        inside = shapely.intersection(one, snapped[0])
        assert found[number] == pytest.approx(inside.area, abs=0.001 * inside.length + 1e-6)


def merged(shapes: list[Any]) -> Any:
    return shapely.union_all(np.array(shapes, object))


@laws
@given(seed=seeds)
def test_areas_of_sets_are_those_of_faces_of_geos(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    unions = [merged(one) for one in shapes]
    faces = shapely.get_parts(
        shapely.polygonize([shapely.union_all([shapely.boundary(one) for one in unions])])
    )
    inner = shapely.point_on_surface(faces)
    faces, inner = (one[shapely.intersects(unions[0], inner)] for one in (faces, inner))
    held = np.column_stack([shapely.intersects(one, inner) for one in unions])
    wanted: dict[tuple[bool, ...], list[float]] = {}
    for bits, face in zip(held, faces, strict=True):
        area = wanted.setdefault(tuple(map(bool, bits)), [0.0, 1e-6])
        area[0], area[1] = area[0] + face.area, area[1] + 0.002 * face.length
    found: dict[tuple[bool, ...], float] = {}
    for cell in over(counters, bounds, cell_mm=CELL):
        for words, area in zip(cell.table, twice_mm2(cell), strict=True):
            key = tuple(map(bool, bits_of(words, len(counters))))
            found[key] = found.get(key, 0.0) + area / 2e6
    for key in {key for key in (*wanted, *found) if key[0]}:
        area, slack = wanted.get(key, (0.0, 0.01))
        assert found.get(key, 0.0) == pytest.approx(area, abs=slack)


@laws
@given(seed=seeds)
def test_every_polygon_keeps_its_counter(seed: int) -> None:
    counters, shapes, bounds = ground(seed)
    cells = {(one.col, one.row): one for one in over(counters, bounds, cell_mm=CELL)}
    for number, some in enumerate(shapes):
        points = shapely.get_coordinates(shapely.point_on_surface(some)) * 1000
        points = away(counters[:1], away([counters[number]], np.floor(points) + 0.37))
        points = points[shapely.intersects_xy(shapes[0][0], points / 1000)]
        for point in points:
            place = np.floor(point / CELL).astype(int)
            cell = cells[tuple(place)]
            words = cell.table[labels_at(cell, (point - place * CELL)[None])[0]]
            assert bits_of(words, len(counters))[number]


def test_a_hundred_counters() -> None:
    draw = np.random.default_rng(5)
    counters = [counter(square(*draw.uniform(-5, 40, 2), draw.uniform(1, 30))) for _ in range(99)]
    cells = assert_right([AREA, *counters, counter()], HERE, 20_000)
    assert {one.table.shape[1] for one in cells} == {2}
    assert max(len(one.table) for one in cells) > 500


def test_ground_outside_the_area_costs_nothing() -> None:
    far = [counter(square(-5e8 + at, at, 3e5)) for at in range(20)]
    around = counter(square(-1e6, -1e6, 2e6))
    cells = over([counter(square(2, 2, 2)), *far, around], Bounds(-8e5, -8e5, 8e5, 8e5))
    assert [(one.col, one.row) for one in cells] == [(0, 0)]
    inside = [row for row in cells[0].table if row.any()]
    assert [list(bits_of(row, 22).nonzero()[0]) for row in inside] == [[0, 21]]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1.1e9])
def test_impossible_coordinates_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="ring 1 of counter 1"):
        over([AREA, counter(square(0, 0, 1), [(0, 0), (bad, 0), (0, 1)])], HERE)


def test_open_rings_are_refused() -> None:
    ring = Counter(np.arange(6.0).reshape(3, 2), np.array([0, 3]), np.ones(1, np.int8))
    with pytest.raises(ValueError, match="ring 0 of counter 0 is open"):
        over([ring], HERE)


def test_no_counter_is_refused() -> None:
    with pytest.raises(ValueError, match="study area"):
        over([], HERE)


def test_progress_ends_with_all_cells() -> None:
    told: list[tuple[int, int]] = []
    over([AREA], Bounds(-100, -30, 50, 50), cell_mm=9000, progress=lambda *both: told.append(both))
    assert told == sorted(told)
    assert told[-1] == (told[-1][1],) * 2 == (18 * 10,) * 2


def test_a_cell_that_does_not_come_to_rest_is_named() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "PASSES", 1)
        with pytest.raises(ArithmeticError, match="column 0, row 0 still has crossings"):
            over([AREA, counter(square(3, 3, 2))], Bounds(1, 1, 2, 2))


def test_windings_that_contradict_are_found() -> None:
    torn = np.array([[100, 100, 200, 300, 1, 1, 0], [200, 300, 300, 100, 1, 1, 0]], np.int32)
    with pytest.raises(ArithmeticError, match="contradict"):
        cell_edges(torn, np.array([1, 0], np.int32), 8000, 64)
