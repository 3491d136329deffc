"""Laws of the engine on ground drawn by chance: the same answer by every road."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from plain import partition as plainly

from geozone.engine.burn import burn
from geozone.engine.grid import grid_over
from geozone.engine.locate import locate
from geozone.engine.outlines.areas import areas, label_areas
from geozone.engine.partition import Partition, partition
from geozone.engine.states import states_at
from geozone.law.state import State

EDGE_M = 0.02
seeds = st.integers(0, 10_000)
few = examples(5)
HELD = (State.HOLDS, State.NEAR_INSIDE)


def regions_of(land: Any, chance: Any, seed: int) -> Any:
    return land.regions(*chance.layers(seed), asks=chance.asks)


def points_in(chance: Any, seed: int, count: int) -> Any:
    draw = np.random.default_rng(seed)
    west, south, east, north = chance.area.bounds
    points = draw.uniform((west, south), (east, north), (count, 2))
    return points[shapely.intersects_xy(chance.area, points)]


def shuffled(layer: Any, draw: np.random.Generator) -> Any:
    order = draw.permutation(len(layer.shapes))
    return replace(
        layer,
        shapes=layer.shapes[order],
        classes=tuple(layer.classes[at] for at in order),
        ids=tuple(layer.ids[at] for at in order),
    )


def away_from_edges(cut: Partition, points: Any) -> Any:
    """The points at least ``EDGE_M`` from every edge, and the row each lies in."""
    edges = shapely.get_parts(shapely.boundary(cut.shapes))
    near = shapely.STRtree(edges).query(shapely.points(points), "dwithin", distance=EDGE_M)[0]
    kept = np.delete(points, np.unique(near), axis=0)
    shape, point = shapely.STRtree(shapely.points(kept)).query(cut.shapes, "intersects")[::-1], None
    point, shape = shape[0], shape[1]
    order = np.argsort(point)
    assert np.array_equal(point[order], np.arange(len(kept))), "a point in none or in two faces"
    return kept, cut.index[shape[order]]


@few
@given(seed=seeds)
def test_order_never_matters(land: Any, chance: Any, seed: int) -> None:
    layers, draw = chance.layers(seed), np.random.default_rng(seed)
    mixed = [shuffled(layers[at], draw) for at in draw.permutation(len(layers))]
    turn = draw.permutation(len(chance.asks))
    points = points_in(chance, seed, 2000)
    plain = states_at(land.regions(*layers, asks=chance.asks), points)
    other = states_at(land.regions(*mixed, asks=[chance.asks[at] for at in turn]), points)
    assert np.array_equal(plain[:, turn], other)


@few
@given(seed=seeds)
def test_together_is_one_by_one(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    points = points_in(chance, seed, 60)
    alone = np.concatenate([states_at(regions, point) for point in points])
    assert np.array_equal(alone, states_at(regions, points))


@few
@given(seed=seeds)
def test_burned_is_states_at_every_centre(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    grid = grid_over(chance.area, land.crs, 12.5)
    burned = burn(regions, grid, chance.area)
    inside = shapely.dwithin(chance.area, shapely.points(grid.centres), 1e-6)
    assert np.array_equal(burned.inside.ravel(), inside)
    found = np.array(burned.evidence.rows)[burned.index[burned.inside]]
    assert np.array_equal(found, states_at(regions, grid.centres[inside]))


@few
@given(seed=seeds)
def test_burned_in_bands_is_burned_whole(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    grid = grid_over(chance.area, land.crs, 25.0)
    whole = burn(regions, grid, chance.area)
    tiled = burn(regions, grid, chance.area, band_rows=7)
    assert tiled.evidence == whole.evidence
    assert tiled.index.tobytes() == whole.index.tobytes()
    assert tiled.inside.tobytes() == whole.inside.tobytes()


@few
@given(seed=seeds)
def test_partition_is_whole(land: Any, chance: Any, seed: int) -> None:
    cut = partition(regions_of(land, chance, seed), chance.area)
    planar = shapely.area(cut.shapes)
    whole = shapely.transform(chance.area, lambda xy: np.rint(xy * 1000) / 1000)
    assert planar.sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.is_valid(cut.shapes).all()
    assert sorted(cut.index) == list(range(len(cut.evidence.rows)))
    one, other = shapely.STRtree(cut.shapes).query(cut.shapes, "intersects")
    apart = one < other
    shared = shapely.intersection(cut.shapes[one[apart]], cut.shapes[other[apart]])
    assert shapely.area(shared).max(initial=0) < 1e-6
    assert cut.area_m2.sum() == pytest.approx(planar.sum(), rel=1e-4)
    traced = label_areas(cut.faces.label, areas(cut.faces, cut.fit), len(cut.evidence.rows))
    assert cut.area_m2 == pytest.approx(traced, rel=1e-8, abs=1e-4)
    again = partition(regions_of(land, chance, seed), chance.area, jobs=3)
    assert np.array_equal(again.area_m2, cut.area_m2)


@few
@given(seed=seeds)
def test_partition_is_the_plain_partition(land: Any, chance: Any, seed: int) -> None:
    """Edges of both run within a centimetre of where the exact distance decides."""
    regions = regions_of(land, chance, seed)
    cut = partition(regions, chance.area)
    plain = plainly.partition(regions, chance.area, tile_m=5000)
    ours, theirs = (_by_row(one) for one in (cut, plain))
    nothing = shapely.MultiPolygon()
    for row in {*ours, *theirs}:
        one, other = ours.get(row, nothing), theirs.get(row, nothing)
        rims = one.length + other.length
        assert shapely.area(shapely.symmetric_difference(one, other)) <= EDGE_M * rims + 1e-6


def _by_row(cut: Any) -> dict[Any, Any]:
    return dict(zip(cut.evidence.rows, cut.shapes, strict=True))


@few
@given(seed=seeds)
def test_partition_is_states_at_away_from_edges(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    cut = partition(regions, chance.area)
    points, rows = away_from_edges(cut, points_in(chance, seed, 20_000))
    assert len(points) > 10_000
    assert np.array_equal(np.array(cut.evidence.rows)[rows], states_at(regions, points))


@few
@given(seed=seeds)
def test_edges_of_the_partition_are_where_states_change(land: Any, chance: Any, seed: int) -> None:
    """Points just over 2 cm on either side of an edge have the state of their face."""
    regions = regions_of(land, chance, seed)
    cut = partition(regions, chance.area)
    edges = shapely.get_parts(shapely.boundary(cut.shapes))
    draw = np.random.default_rng(seed)
    picked = draw.choice(edges, 3000)
    on = shapely.line_interpolate_point(picked, draw.random(3000), normalized=True)
    aside = shapely.get_coordinates(on) + draw.normal(0, 0.03, (3000, 2))
    aside = aside[shapely.intersects_xy(chance.area, aside)]
    points, rows = away_from_edges(cut, aside)
    assert len(points) > 500
    assert np.array_equal(np.array(cut.evidence.rows)[rows], states_at(regions, points))


@few
@given(seed=seeds)
def test_located_points_are_states_at(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    for point in points_in(chance, seed, 20):
        found = locate(regions, shapely.Point(point), 1.0, chance.area)
        assert found.parts[0].row == tuple(states_at(regions, point, 1.0)[0])
        assert tuple(one.state for one in found.measures) == found.parts[0].row


@few
@given(seed=seeds)
def test_located_polygons_are_whole_and_agree_with_points(
    land: Any, chance: Any, seed: int
) -> None:
    regions = regions_of(land, chance, seed)
    middle = points_in(chance, seed, 5)[0]
    parcel = shapely.Point(middle).buffer(150, quad_segs=3)
    found = locate(regions, parcel, 1.0, chance.area)
    shapes = np.array([part.shape for part in found.parts])
    assert shapely.area(shapes).sum() == pytest.approx(parcel.area, abs=1e-6 * parcel.length)
    for part in found.parts:
        draw = np.random.default_rng(seed)
        west, south, east, north = part.shape.bounds
        points = draw.uniform((west, south), (east, north), (200, 2))
        core = part.shape.buffer(-EDGE_M)
        points = points[
            shapely.intersects_xy(core, points) & shapely.intersects_xy(chance.area, points)
        ]
        at = states_at(regions, points, 1.0)
        row = np.array(part.row, np.uint8)
        # Only a bare touch may tell a face otherwise, and only as near the feature.
        assert ((at == row) | (row == State.NEAR_OUTSIDE)).all()


@few
@given(seed=seeds)
def test_every_polygon_keeps_its_class(land: Any, chance: Any, seed: int) -> None:
    regions = regions_of(land, chance, seed)
    cut = partition(regions, chance.area)
    rows = np.array(cut.evidence.rows)
    for number, region in enumerate(regions):
        flat = region.shapes[shapely.get_dimensions(region.shapes) == 2]
        inner = shapely.get_coordinates(shapely.point_on_surface(flat))
        inner = inner[shapely.intersects_xy(chance.area, inner)]
        _, found = away_from_edges(cut, inner)
        assert np.isin(rows[found, number], HELD).all()


def test_processes_change_nothing(land: Any, chance: Any) -> None:
    regions = regions_of(land, chance, 7)
    grid = grid_over(chance.area, land.crs, 2.0)
    told: list[tuple[int, int]] = []
    one = burn(regions, grid, chance.area)
    many = burn(regions, grid, chance.area, jobs=2, progress=lambda *both: told.append(both))
    assert one.index.tobytes() == many.index.tobytes()
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    alone = partition(regions, chance.area)
    shared = partition(regions, chance.area, jobs=2)
    assert list(shapely.to_wkb(alone.shapes)) == list(shapely.to_wkb(shared.shapes))
    assert alone.area_m2.tolist() == shared.area_m2.tolist()
