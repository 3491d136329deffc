"""Fields burned on small grids are what the definition says at every cell centre."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from plain import burn as plainly
from rasterio.features import rasterize

from geozone.engine.burn import Burned, assembled, burn, burn_runs, fitted_around, numbered
from geozone.engine.fields import Field, asked
from geozone.engine.grid import Grid, Shape2d, grid_over
from geozone.engine.runs import Runs, expanded
from geozone.engine.scalefit import ScaleFit
from geozone.land.shapes.flat import Flat
from geozone.law.condition import Condition
from geozone.law.state import State

TINY = 1e-6
REACHES = (TINY, TINY, 0.05, 2.5, 5.0 - TINY, 5.0 + TINY, 17.3, 60.0, 230.0)
seeds = st.integers(0, 10_000)
few = examples(60)


@pytest.fixture(scope="module")
def grid(land: Any) -> Grid:
    """Centres at 5, 15, ... metres east and north of (-200, -150)."""
    return Grid(land.crs, land.east - 200, land.north + 150, 10.0, Shape2d(30, 40))


def field(shapes: Any, reach_m: float = TINY, *, solid: bool = True) -> Field:
    given = np.empty(len(shapes), object)
    given[:] = shapes
    return Field(Flat.of(given), reach_m, solid)


def shape_by_chance(draw: np.random.Generator, land: Any) -> Any:
    """One shape, often with corners on centres and edges along rows of centres."""
    step = float(draw.choice([5.0, 5.0, 10.0, 0.001]))
    west, south = np.round(draw.uniform((-260, -210), (220, 170)) / step) * step
    wide, high = np.round(draw.uniform(5, 150, 2) / step) * step
    far = float(draw.choice([1e4, 3e6, 1e9]))
    corners = np.round(draw.uniform(-160, 160, (3, 2)) / step) * step
    made = (
        lambda: land.box(west, south, west + wide, south + high),
        lambda: land.box(west, south, west + far, south + far),
        lambda: land.box(west - far, south - far, west + wide, south + high),
        lambda: land.box(far, south, far + 50, south + 50),
        lambda: land.polygon((west, south), (west + 1e-4, south + high), (west + wide, south)),
        lambda: land.polygon((west, south), (west + 300, south + 1.3e-5), (west + 300, south)),
        lambda: land.polygon(
            (west, south),
            (west + 90, south),
            (west + 90, south + 90),
            (west, south + 90),
            holes=[[(west, south), (west + 60, south + 20), (west + 20, south + 60)]],
        ).union(land.box(west + 30, south + 30, west + 40, south + 40)),
        lambda: shapely.make_valid(land.polygon(*map(tuple, corners)).union(land.box(0, 0, 9, 9))),
        lambda: land.line((west, south), (west + wide, south)),
        lambda: land.line((west, south), (west, south + high), (west + wide, south + high)),
        lambda: land.line((west, south), (west + 100, south + 1e-7), (west + 200, south)),
        lambda: land.line((west, south), (west, south), (west + far, south + far / 3)),
        lambda: land.line(*map(tuple, corners)),
        lambda: shapely.Point(land.at((west, south))[0]),
        lambda: shapely.MultiPoint(land.at(*map(tuple, corners))),
    )
    return made[draw.integers(len(made))]()


def fields_by_chance(draw: np.random.Generator, land: Any, count: int) -> list[tuple[Any, Field]]:
    made: list[tuple[Any, Field]] = []
    for _ in range(count):
        shapes = [shape_by_chance(draw, land) for _ in range(draw.integers(0, 7))]
        shapes += shapes[:1]
        reach, solid = float(draw.choice(REACHES)), bool(draw.random() < 0.7)
        made.append((shapes, field(shapes, reach, solid=solid)))
        if draw.random() < 0.4:
            flat = made[-1][1].flat
            made.append(
                (shapes, Field(flat, float(draw.choice(REACHES)), bool(draw.random() < 0.8)))
            )
    return made


def by_definition(shapes: Any, one: Field, grid: Grid, scale: ScaleFit) -> Any:
    """The answers at all centres, shape (cells,), segment by segment."""
    points, flat = grid.centres, one.flat
    found = np.zeros(len(points), bool)
    for start, stop in zip(flat.starts[:-1], flat.starts[1:], strict=True):
        xy = flat.xy[start:stop] if stop - start > 1 else np.repeat(flat.xy[start:stop], 2, axis=0)
        for begin, end in pairwise(xy):
            along, whole = (points - begin) @ (end - begin), (end - begin) @ (end - begin)
            share = np.clip(along / whole if whole > 0 else np.zeros(len(points)), 0, 1)
            off = begin + share[:, None] * (end - begin) - points
            planar = np.hypot(*off.T)
            near = planar <= one.reach_m * 1.3  # beyond, the scale is not known
            middle = (points + off / 2)[near]
            found[near] |= planar[near] <= one.reach_m * scale(*middle.T)
    for shape in shapes if one.solid else ():
        found |= shapely.intersects_xy(shape, points) & (shapely.get_dimensions(shape) == 2)
    return found


def bits_of(bands: Any, grid: Grid) -> Any:
    """The answers of runs at all centres, shape (cells, fields)."""
    found = []
    for runs in bands:
        for row in range(runs.shape.rows):
            part = slice(runs.starts[row], runs.starts[row + 1])
            lengths = np.diff(np.append(runs.cols[part], grid.shape.cols))
            found.append(runs.bits[np.repeat(runs.ids[part], lengths)])
    return np.concatenate(found)


def burned(fields: Any, grid: Grid, **how: Any) -> Any:
    return bits_of(burn_runs(fields, grid, fitted_around(grid, fields), **how), grid)


@few
@given(seed=seeds)
def test_fields_are_what_the_definition_says(land: Any, grid: Grid, seed: int) -> None:
    made = fields_by_chance(np.random.default_rng(seed), land, 5)
    fields = [one for _, one in made]
    scale = fitted_around(grid, fields)
    found = bits_of(burn_runs(fields, grid, scale), grid)
    for number, (shapes, one) in enumerate(made):
        expected = by_definition(shapes, one, grid, scale)
        wrong = np.flatnonzero(found[:, number] != expected)
        assert not len(wrong), (one.reach_m, one.solid, shapes, grid.centres[wrong[:3]])


@few
@given(seed=seeds)
def test_a_scale_that_changes_fast_is_asked_cell_by_cell(land: Any, grid: Grid, seed: int) -> None:
    """No projection is as bad, but then nearly every end of a stretch is in doubt."""
    coefs = np.zeros((6, 6))
    coefs[:3, 0], coefs[0, 1], coefs[1, 1] = (1.0, 0.05, 0.02), -0.03, 0.01
    scale = ScaleFit(coefs, land.east, land.north, 500.0)
    made = fields_by_chance(np.random.default_rng(seed), land, 4)
    found = bits_of(burn_runs([one for _, one in made], grid, scale), grid)
    for number, (shapes, one) in enumerate(made):
        assert np.array_equal(found[:, number], by_definition(shapes, one, grid, scale))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_burned_is_burned_plainly(land: Any, chance: Any, seed: int) -> None:
    regions = land.regions(*chance.layers(seed), asks=chance.asks)
    grid = grid_over(chance.area, land.crs, 20.0)
    ours, theirs = (one(regions, grid, chance.area) for one in (burn, plainly.burn))
    assert ours.evidence == theirs.evidence
    assert ours.index.tobytes() == theirs.index.tobytes()
    assert ours.inside.tobytes() == theirs.inside.tobytes()


@few
@given(seed=seeds)
def test_bands_and_threads_change_nothing(land: Any, grid: Grid, seed: int) -> None:
    fields = [one for _, one in fields_by_chance(np.random.default_rng(seed), land, 4)]
    whole = burned(fields, grid, band_rows=30)
    assert np.array_equal(whole, burned(fields, grid, band_rows=1))
    assert np.array_equal(whole, burned(fields, grid, band_rows=7, jobs=3))


@few
@given(seed=seeds)
def test_clean_polygons_are_burned_as_gdal_does(land: Any, grid: Grid, seed: int) -> None:
    draw = np.random.default_rng(seed)
    spots = shapely.points(land.at(*map(tuple, draw.uniform(-250, 250, (12, 2)))))
    shapes = shapely.buffer(spots, draw.uniform(2, 90, 12), quad_segs=3)
    size = (grid.shape.rows, grid.shape.cols)
    expected = rasterize(shapes, out_shape=size, transform=grid.transform, dtype="uint8")
    assert np.array_equal(burned([field(shapes)], grid)[:, 0], expected.ravel() == 1)


@pytest.mark.parametrize("off_m", [-1e9, -3e6, 3e6, 1e9])
def test_ground_far_away_costs_nothing_and_changes_nothing(
    land: Any, grid: Grid, off_m: float
) -> None:
    near = land.box(0, 0, 50, 50)
    far = [
        shapely.transform(near, lambda xy, move=move: xy + move)
        for move in ((off_m, 0.0), (0.0, off_m), (off_m, off_m))
    ]
    for reach in (TINY, 40.0):
        alone = burned([field([near], reach)], grid)
        assert np.array_equal(alone, burned([field([*far, near], reach)], grid))


@pytest.mark.parametrize(
    ("edge", "expected"), [(0.0, 3), (9e-7, 3), (-9e-7, 3), (1.2e-6, 2), (-1.2e-6, 3)]
)
def test_edges_along_a_row_of_centres_hold_them(
    land: Any, grid: Grid, edge: float, expected: int
) -> None:
    found = burned([field([land.box(-15, 5 + edge, 15, 25)])], grid)
    assert found.sum() == expected * 4


def test_scale_decides_along_a_long_line(land: Any) -> None:
    """A line along a row, at a distance that the reach covers on part of the row only."""
    east = land.east + 130_000
    grid = Grid(land.crs, east, land.north + 260, 20.0, Shape2d(20, 600))
    line = shapely.LineString([(east - 9000, land.north - 150), (east + 40_000, land.north - 150)])
    scale = fitted_around(grid, [field([line], 400.0)])
    reach = 400.0 / float(scale(east + 6000, land.north + 50))
    one = field([line], reach)
    found = burned([one], grid)[:, 0]
    assert 0 < found[:600].sum() < 600
    assert np.array_equal(found, by_definition([line], one, grid, scale))


def test_more_fields_than_a_word_has_bits(land: Any, grid: Grid) -> None:
    draw = np.random.default_rng(4)
    made = fields_by_chance(draw, land, 110)
    fields = [one for _, one in made]
    assert len(fields) > 128
    scale = fitted_around(grid, fields)
    found = burned(fields, grid)
    for number, (shapes, one) in enumerate(made):
        assert np.array_equal(found[:, number], by_definition(shapes, one, grid, scale))


def test_fields_of_nothing(land: Any, grid: Grid) -> None:
    nothing, all_of_it = field([]), field([land.box(-1e6, -1e6, 1e6, 1e6)])
    found = burned([nothing, all_of_it, field([shapely.Polygon()], 50.0)], grid)
    assert found.all(axis=0).tolist() == [False, True, False]
    assert found.any(axis=0).tolist() == [False, True, False]
    assert burned([], grid).shape == (1200, 0)


def test_one_cell(land: Any) -> None:
    grid = Grid(land.crs, land.east, land.north, 1.0, Shape2d(1, 1))
    assert burned([field([land.box(0, -1, 1, 0)])], grid).tolist() == [[True]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_no_numbers_are_refused(land: Any, grid: Grid, value: float) -> None:
    flat = Flat.of(np.array([land.box(0, 0, 50, 50), land.box(50, 0, 90, 50)]))
    flat.xy[7, 1] = value
    with pytest.raises(ValueError, match="no finite numbers"):
        burned([Field(flat, TINY, True)], grid)


def test_room_grows_as_bands_need_it(
    land: Any, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geozone.engine.kernels import rows_bands

    fields = [one for _, one in fields_by_chance(np.random.default_rng(9), land, 12)]
    plenty = burned(fields, grid)
    monkeypatch.setattr(rows_bands, "ROOM_EVENTS", 2)
    monkeypatch.setattr(rows_bands, "ROOM_NAMES", 1)
    assert np.array_equal(plenty, burned(fields, grid, jobs=2))


def test_progress_is_told_by_band(land: Any, grid: Grid) -> None:
    told: list[tuple[int, int]] = []
    burned([field([])], grid, band_rows=8, progress=lambda *both: told.append(both))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_who_stops_early_waits_for_nothing(land: Any, grid: Grid) -> None:
    bands = burn_runs([field([])], grid, fitted_around(grid, []), band_rows=1, jobs=2)
    first: Runs = next(bands)
    bands.close()
    assert (first.row, first.shape) == (0, Shape2d(1, 40))


def test_no_regions_and_no_cells(land: Any, grid: Grid) -> None:
    none = burn((), grid, land.box(0, 0, 50, 50))
    assert (none.evidence.rows, none.inside.sum()) == (((),), 25)
    assert not none.index[none.inside].any()
    asks = [Condition("settlement")]
    away: Burned = burn(land.regions(asks=asks), grid, land.box(900, 900, 950, 950))
    assert (away.evidence.rows, away.inside.any()) == ((), False)


def test_index_is_filled_and_nodata_outside(land: Any, grid: Grid) -> None:
    area, town = land.box(-100, -100, 100, 100), land.box(0, 0, 300, 300)
    regions = land.regions(land.layer("settlement", [town]), asks=[Condition("settlement")])
    ask = asked(regions, area)
    scale = fitted_around(grid, ask.fields)
    bands = list(burn_runs(ask.fields, grid, scale, band_rows=7))
    told = numbered([regions[0].condition], ask, (one.table for one in bands))
    assert told.evidence.rows == ((State.CLEAR,), (State.HOLDS,))
    whole = assembled(grid, bands, told, jobs=2)
    assert (whole.inside.sum(), whole.index[whole.inside].sum()) == (400, 100)
    out = np.full((7, 40), 9, np.uint16)
    expanded(bands[0], *told.of(bands[0].table), out, outside=whole.outside)
    assert np.array_equal(out, whole.index[:7])
    assert np.array_equal(whole.inside, shapely.intersects_xy(area, grid.centres).reshape(30, 40))


def test_grid_over_an_area_is_burned_to_its_edge(land: Any) -> None:
    area = land.polygon((0, 0), (95, 3), (50, 91))
    grid = grid_over(area, land.crs, 1.0)
    inside = burn((), grid, area).inside.ravel()
    assert np.array_equal(inside, shapely.intersects_xy(area, grid.centres))


@pytest.mark.parametrize("size", [0.01, 0.05, 0.3, 1.0, 10.0])
@pytest.mark.parametrize("cells", [0.0, 0.2, 2.0, 6.0])
def test_corners_on_rows_of_small_cells_lose_no_inside(
    land: Any, size: float, cells: float
) -> None:
    """Rows and corners that are the same number are not the same number of cells, by rounding."""
    grid = grid_over(land.box(0, 0, 60 * size, 50 * size), land.crs, size)
    draw, scale = np.random.default_rng(5), fitted_around(grid, ())
    for _ in range(40):
        turn = np.sort(draw.uniform(0, 2 * np.pi, 9))
        far = draw.uniform(4, 24, 9) * size
        xy = np.column_stack([np.cos(turn) * far, np.sin(turn) * far])
        xy += (land.east + 30 * size, land.north + 25 * size)
        xy[:, 1] = grid.y[np.abs(grid.y[:, None] - xy[:, 1]).argmin(axis=0)]
        shape = shapely.Polygon(xy)
        if not shape.is_valid:
            continue
        (runs,) = burn_runs([field([shape], cells * size + TINY)], grid, scale, band_rows=200)
        held = np.zeros((grid.shape.rows, grid.shape.cols), np.uint16)
        expanded(runs, np.ones(len(runs.table), np.uint32), runs.bits[:, 0], held)
        inside = shapely.contains_xy(shape, grid.centres[:, 0], grid.centres[:, 1])
        assert held.ravel()[inside].all()
