"""Laws of burn and partition on small ground that is meant to break them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import shapely
from conftest import layer, regions_of
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from truth_grounds import (
    ASKS,
    MM,
    Drawn,
    assert_covers,
    assert_told,
    assert_whole,
    counter_of,
    cut,
    ground,
    places_in,
    polygons,
)

from geozone.engine.burn import burn
from geozone.engine.grid import grid_over
from geozone.engine.locate import locate
from geozone.engine.partition import Partition, partition
from geozone.engine.states import states_at
from geozone.law.state import State

seeds = st.integers(0, 1_000_000)
laws = examples(10)
HELD = (State.HOLDS, State.NEAR_INSIDE)
DEPTH_M = 0.002
CELLS = 60
"""Along a side of the ground."""


def as_bytes(part: Partition) -> Any:
    faces = part.faces
    arrays = (faces.label, faces.polygons, faces.rings, faces.xy)
    return part.evidence.rows, *(one.tobytes() for one in arrays)


def area_where(part: Partition, number: int, states: tuple[State, ...]) -> Any:
    """The polygons where a condition has one of some states."""
    rows = np.array(part.evidence.rows, np.uint8)[:, number]
    found = shapely.get_parts(part.shapes[np.isin(rows, states)])
    return shapely.union_all(found, grid_size=1 / MM)


@laws
@given(seed=seeds)
def test_partition_is_whole_and_what_distance_says(seed: int) -> None:
    here = ground(seed)
    part = partition(here.regions, here.area)
    assert_whole(part.faces, part.edges)
    assert_covers(part.faces, here.area)
    asked = assert_told(here.regions, part, places_in(here, part, seed))
    assert asked or here.side_m < 10


@laws
@given(seed=seeds)
def test_burned_is_what_distance_says(seed: int) -> None:
    here = ground(seed)
    grid = grid_over(here.area, here.regions[0].crs, here.side_m / CELLS)
    found = burn(here.regions, grid, here.area, band_rows=7)
    inside = shapely.dwithin(here.area, shapely.points(grid.centres), 1e-6)
    assert np.array_equal(found.inside.ravel(), inside)
    rows = np.array(found.evidence.rows)[found.index[found.inside]]
    centres = grid.centres[inside]
    wanted = states_at(here.regions, centres)
    # Within 2 mm of a depth inside a union on its grid, the union of some of it may differ.
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    around = DEPTH_M * np.column_stack([np.cos(turn), np.sin(turn)])
    for at, number in np.argwhere(rows != wanted):
        assert {rows[at, number], wanted[at, number]} == set(HELD)
        assert here.regions[number].groups[0].accuracy_m
        assert rows[at, number] in states_at(
            here.regions[number : number + 1], centres[at] + around
        )


@laws
@given(seed=seeds)
def test_located_places_are_those_of_the_partition(seed: int) -> None:
    here = ground(seed)
    part = partition(here.regions, here.area)
    regions, told = here.regions, []
    for place in places_in(here, part, seed, count=4):
        found = locate(regions, shapely.Point(place), 0.0, here.area)
        assert found.parts[0].row == tuple(states_at(regions, place)[0])
        told.append(found)
    assert told or here.side_m < 10


def with_more(here: Drawn, number: int, more: list[Any]) -> Drawn:
    """The ground with more shapes in one of its layers."""
    old = here.layers[number]
    shapes = [*old.shapes, *more]
    new = layer(old.theme, shapes, coverage=old.coverage, accuracy_m=old.accuracy_m)
    layers = (*here.layers[:number], new, *here.layers[number + 1 :])
    return replace(here, layers=layers)


@laws
@given(seed=seeds)
def test_one_more_feature_frees_nothing(seed: int) -> None:
    here, draw = ground(seed), np.random.default_rng(seed)
    number = int(draw.integers(0, len(here.layers)))
    more = with_more(
        here, number, polygons(draw, here.side_m, 0.0, 1, cracks=not here.layers[number].accuracy_m)
    )
    less, many = (partition(one.regions, here.area) for one in (here, more))
    for k, condition in enumerate(ASKS):
        if condition.theme == here.layers[number].theme:
            held, still = (area_where(one, k, HELD) for one in (less, many))
            lost = shapely.difference(held, still, grid_size=1 / MM)
            assert lost.area <= (held.length + still.length) / MM


@laws
@given(seed=seeds)
def test_a_layer_taken_away_clears_nothing(seed: int) -> None:
    here, draw = ground(seed), np.random.default_rng(seed)
    number = int(draw.integers(0, len(here.layers)))
    rest = here.layers[:number] + here.layers[number + 1 :]
    part = partition(regions_of(*rest, asks=ASKS), here.area)
    told = np.array(part.evidence.rows, np.uint8)
    for k, condition in enumerate(ASKS):
        if condition.theme == here.layers[number].theme:
            assert (told[:, k] == State.UNSEEN).all()


@laws
@given(seed=seeds)
def test_order_never_matters(seed: int) -> None:
    here, draw = ground(seed), np.random.default_rng(seed)
    mixed = []
    for at in draw.permutation(len(here.layers)):
        one = here.layers[at]
        turn = draw.permutation(len(one.shapes))
        mixed.append(replace(one, shapes=one.shapes[turn], ids=tuple(one.ids[at] for at in turn)))
    other = replace(here, layers=tuple(mixed))
    assert as_bytes(partition(here.regions, here.area)) == as_bytes(
        partition(other.regions, here.area)
    )


@laws
@given(seed=seeds)
def test_threads_and_what_is_kept_never_matter(seed: int) -> None:
    here = ground(seed)
    fresh = as_bytes(partition(here.regions, here.area))
    with TemporaryDirectory() as folder:
        for jobs in (2, 1):
            again = partition(here.regions, here.area, jobs=jobs, keep=Path(folder))
            assert as_bytes(again) == fresh


@laws
@given(seed=seeds, share=st.sampled_from([1.0, 3.3, 8.0]))
def test_cells_move_no_area(seed: int, share: float) -> None:
    """Cut in cells or whole: borders of cells are no edges, and areas are those of GEOS."""
    here = ground(seed)
    groups = [[here.area], *([*one.shapes] for one in here.layers if one.theme != "railway")]
    counters = [counter_of(one) for one in groups]
    cell_mm = max(int(here.side_m * MM / share), 50)
    for found in (cut(counters), cut(counters, cell_mm)):
        assert_whole(found.faces, found.edges)
        assert_covers(found.faces, here.area)
        for k, shapes in enumerate(groups):
            union = shapely.union_all(shapes, grid_size=1e-6)
            wanted = shapely.intersection(union, here.area, grid_size=1e-6)
            rims = sum(one.intersection(here.area.buffer(1)).length for one in shapes)
            slack = (rims + here.area.length) * 1.5 / MM + 1e-6
            assert found.area_m2(k) == pytest.approx(wanted.area, rel=1e-6, abs=slack)
