"""Given small inputs, expected grids, tables, unions, outlines and lines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import shapely

from geozone.engine import burn as burning
from geozone.engine.burn import burn
from geozone.engine.edges import grown_edges
from geozone.engine.faces import faces_between, inner_points, spread, stretches
from geozone.engine.grid import Shape2d, grid_over
from geozone.engine.locate import locate
from geozone.engine.outline import CLOSED_M, outline, shapes_array, union_of
from geozone.engine.partition import partition
from geozone.engine.runner import WAITING, ahead, reported
from geozone.engine.table import distinct
from geozone.land.coordinates.scale import scale_at
from geozone.law.condition import Condition
from geozone.law.state import State

FARM = Condition("permanent_basic_farmland")


@pytest.mark.parametrize(
    ("bounds", "resolution", "left", "top", "rows", "cols"),
    [
        ((500_000, 4_200_000, 500_090, 4_200_060), 30, 499_980, 4_200_060, 2, 4),
        ((0, 0, 90, 60), 30, 0, 60, 2, 3),
        ((-1, -1, 1, 1), 10, -10, 10, 2, 2),
        ((5, 5, 6, 6), 10, 0, 10, 1, 1),
    ],
)
def test_grids_stand_on_multiples(
    land: Any, bounds: Any, resolution: float, left: float, top: float, rows: int, cols: int
) -> None:
    grid = grid_over(shapely.box(*bounds), land.crs, resolution)
    assert (grid.left, grid.top, grid.shape) == (left, top, Shape2d(rows, cols))
    assert grid.centres[0].tolist() == [left + resolution / 2, top - resolution / 2]
    assert (grid.transform.c, grid.transform.f) == (left, top)
    assert grid.bounds[2] == left + cols * resolution


@pytest.mark.parametrize(("area", "size"), [(shapely.Polygon(), 10), (shapely.box(0, 0, 1, 1), 0)])
def test_grids_of_nothing_are_refused(land: Any, area: Any, size: float) -> None:
    with pytest.raises(ValueError, match="needs an area"):
        grid_over(area, land.crs, size)


def test_window_is_cut_at_the_edge(land: Any) -> None:
    grid = grid_over(shapely.box(0, 0, 100, 50), land.crs, 10)
    part = grid.window(3, 8, Shape2d(4, 4))
    assert (part.left, part.top, part.shape) == (80, 20, Shape2d(2, 2))


def test_tables_are_sorted_and_of_any_width() -> None:
    draw = np.random.default_rng(1)
    columns = [draw.integers(0, 5, 400).astype(np.uint8) for _ in range(70)]
    table = distinct(columns, 400)
    assert list(table.rows) == sorted(set(table.rows))
    assert np.array_equal(np.array(table.rows)[table.index], np.column_stack(columns))


@pytest.mark.parametrize(("count", "rows"), [(0, 0), (7, 1)])
def test_tables_without_columns(count: int, rows: int) -> None:
    table = distinct([], count)
    assert (len(table.rows), len(table.index)) == (rows, count)


def test_index_widens(land: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    farm = land.layer("permanent_basic_farmland", [land.box(0, 0, 50, 50)])
    regions = land.regions(farm, asks=[FARM])
    area = land.box(0, 0, 100, 100)
    grid = grid_over(area, land.crs, 10)
    assert burn(regions, grid, area).index.dtype == np.uint16
    monkeypatch.setattr(burning, "index_type", lambda rows: np.dtype(np.uint32))
    wide = burn(regions, grid, area)
    assert (wide.index.dtype, wide.outside) == (np.uint32, 2**32 - 1)
    assert wide.inside.all()


@pytest.mark.parametrize("edge", [0.0, 0.0005, -0.0005, 2e-6])
def test_cells_on_an_edge_are_exact(land: Any, edge: float) -> None:
    """Centres at 5, 15, ... metres: edges through them and 0.5 mm beside them."""
    farm = land.layer("permanent_basic_farmland", [land.box(15 + edge, 25, 55, 65 + edge)])
    area = land.box(0, 0, 100, 100)
    burned = burn(land.regions(farm, asks=[FARM]), grid_over(area, land.crs, 10), area)
    cols = 5 if edge <= 1e-6 else 4
    rows = 5 if edge >= -1e-6 else 4
    assert burned.index.sum() == rows * cols


def test_area_with_cells_outside(land: Any) -> None:
    area = land.polygon((0, 0), (100, 0), (0, 100))
    burned = burn(land.regions(asks=[FARM]), grid_over(area, land.crs, 10), area)
    assert burned.inside.sum() == 55
    assert burned.evidence.rows == ((State.UNSEEN,),)


def test_union_keeps_every_polygon(land: Any) -> None:
    shapes = shapes_array([land.box(0, 0, 10, 10), land.box(5, 5, 20, 20), land.box(30, 0, 31, 1)])
    assert union_of(shapes).area == pytest.approx(301)
    assert union_of(shapes_array([])).is_empty


def test_lost_polygons_are_noticed(land: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = shapes_array([land.box(0, 0, 10, 10), land.box(50, 50, 60, 60)])
    grids: list[float | None] = []

    def loses(given: Any, grid_size: float | None = None) -> Any:
        grids.append(grid_size)
        return given[0]

    monkeypatch.setattr(shapely, "union_all", loses)
    with pytest.raises(ArithmeticError, match="loses a polygon"):
        union_of(shapes)
    assert grids == [None, 0.001]


def test_outline_has_no_line_between_neighbours(land: Any) -> None:
    shapes = shapes_array([land.box(0, 0, 10, 10), land.box(10, 0, 20, 10), land.box(50, 0, 60, 9)])
    assert shapely.length(outline(shapes)).sum() == pytest.approx(60 + 38 + 16 * CLOSED_M)


@pytest.mark.parametrize("metres", [5.0, 200.0, 1000.0])
@pytest.mark.parametrize("off_m", [0.0, 130_000.0, 325_000.0])
def test_grown_edges_are_right_to_the_centimetre(land: Any, metres: float, off_m: float) -> None:
    turn = np.cumsum(np.random.default_rng(3).normal(0, 0.5, 80))
    xy = np.cumsum(np.column_stack([np.cos(turn), np.sin(turn)]) * 60, axis=0)
    walk = shapely.LineString(xy + land.at((off_m, 0)))
    bounds = walk.buffer(metres + 50).bounds
    edges = grown_edges(shapes_array([walk, walk.buffer(20)]), metres, bounds, land.crs)
    points = shapely.get_coordinates(shapely.segmentize(edges, 5.0))
    planar = shapely.distance(walk.buffer(20), shapely.points(points))
    ground = planar / scale_at(land.crs, points[:, 0], points[:, 1])
    assert np.abs(ground - metres).max() < 0.02


def test_stretches_keep_what_meets_the_bounds() -> None:
    lines = shapely.linestrings([[(-9, 0), (-5, 0), (0, 0), (3, 0), (30, 0), (30, 9), (2, 9)]])
    found = stretches([shapes_array(lines)], (-1, -1, 4, 10))
    assert [line.wkt for line in found] == [
        "LINESTRING (-5 0, 0 0, 3 0, 30 0)",
        "LINESTRING (30 9, 2 9)",
    ]
    assert len(stretches([shapes_array(lines)], (50, 50, 60, 60))) == 0


def test_faces_and_their_points_keep_off_tails() -> None:
    ring = shapely.box(0, 0, 80, 6).union(shapely.box(0, 0, 0.0001, 100))
    (face,) = faces_between(shapes_array([ring.boundary]))
    (point,) = inner_points(shapes_array([face]))
    assert face.boundary.distance(shapely.Point(point)) > 1


def test_thin_faces_are_told_like_their_neighbour() -> None:
    faces = shapes_array(
        [shapely.box(0, 0, 10, 5), shapely.box(10, 0, 10.0004, 10), shapely.box(0, 5, 10, 10)]
    )
    given = np.array([[3], [1], [0]], np.uint8)
    assert spread(faces, given).tolist() in ([[3], [3], [0]], [[3], [0], [0]])
    assert spread(faces[1:2], given[1:2]).tolist() == [[1]]


def test_partition_of_unmarked_ground_is_the_area(land: Any) -> None:
    area = land.box(-500, -500, 700, 500)
    cut = partition(land.regions(asks=[FARM]), area)
    assert cut.evidence.rows == ((State.UNSEEN,),)
    assert shapely.equals(cut.shapes[0], area)
    assert len(shapely.get_parts(cut.shapes[0])) == 1


def test_areas_do_not_rest_on_how_far_else_is_asked(land: Any) -> None:
    rails = land.layer("railway", [land.line((-400, 0), (400, 30))])
    asks = [Condition("railway", within_m=metres) for metres in (50.0, 9000.0)]
    near, far = (
        partition(land.regions(rails, asks=asks[:many]), land.box(-500, -500, 700, 500))
        for many in (1, 2)
    )
    assert near.fit.coefs.tobytes() == far.fit.coefs.tobytes()
    assert near.fit.frame.tolist() == far.fit.frame.tolist()


def test_nothing_to_ask_is_refused(land: Any) -> None:
    with pytest.raises(ValueError, match="at least one region"):
        partition((), land.box(0, 0, 1, 1))
    with pytest.raises(ValueError, match="without regions"):
        locate((), land.box(0, 0, 1, 1), 0.0, land.box(0, 0, 1, 1))


def test_progress_is_told_as_answers_come() -> None:
    told: list[tuple[int, int]] = []
    found = reported(map(abs, [-3, 2, -1]), 3, lambda *both: told.append(both))
    assert next(found) == 3
    assert told == [(1, 3)]
    assert list(found) == [2, 1]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(reported([5], 1, None)) == [5]


@pytest.mark.parametrize("jobs", [1, 3])
def test_answers_come_in_order_a_few_ahead_of_who_takes_them(jobs: int) -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        return -number

    with ThreadPoolExecutor(jobs) as pool:
        found = ahead(pool, work, range(40), jobs)
        assert [next(found) for _ in range(5)] == [0, -1, -2, -3, -4]
        assert len(begun) <= 5 + jobs * WAITING
        assert list(found) == [-number for number in range(5, 40)]
    assert sorted(begun) == list(range(40))
