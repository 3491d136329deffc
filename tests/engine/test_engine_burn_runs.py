"""Runs: canonical, and merged from old and new answers as if burned afresh."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.burn import burn_runs, fitted_around
from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.runs import Runs, distinct_words, merged, packed, places_of, unpacked
from geozone.land.shapes.flat import Flat

seeds = st.integers(0, 10_000)
few = examples(30)


@pytest.fixture(scope="module")
def grid(land: Any) -> Grid:
    return Grid(land.crs, land.east - 300, land.north + 200, 10.0, Shape2d(40, 60))


def fields(draw: np.random.Generator, land: Any, count: int) -> list[Field]:
    """Fields of discs, lines and on-grid boxes."""
    made = []
    for _ in range(count):
        middle = land.at(*map(tuple, np.round(draw.uniform(-300, 300, (6, 2)) / 5) * 5))
        shapes = [*shapely.buffer(shapely.points(middle[:4]), draw.uniform(5, 90, 4), quad_segs=2)]
        shapes += [shapely.box(*middle[0], *(middle[0] + 50)), shapely.LineString(middle[4:])]
        given_shapes = np.empty(draw.integers(0, 7), object)
        given_shapes[:] = shapes[: len(given_shapes)]
        reach = float(draw.choice([1e-6, 12.0]))
        made.append(Field(Flat.of(given_shapes), reach, bool(draw.random() < 0.7)))
    return made


def bands(given_fields: list[Field], grid: Grid, **how: Any) -> list[Runs]:
    scale = fitted_around(grid, given_fields)
    return list(burn_runs(given_fields, grid, scale, band_rows=16, **how))


def told(runs: Runs) -> tuple[Any, ...]:
    """All of runs, byte for byte."""
    arrays = (runs.starts, runs.cols, runs.ids, runs.table)
    return (runs.row, runs.shape, runs.fields, *((one.dtype, one.tobytes()) for one in arrays))


@few
@given(seed=seeds, count=st.sampled_from([0, 1, 5, 66]))
def test_runs_are_canonical(land: Any, grid: Grid, seed: int, count: int) -> None:
    for runs in bands(fields(np.random.default_rng(seed), land, count), grid):
        known = [tuple(row) for row in runs.table.tolist()]
        assert known == sorted(set(known))
        assert set(runs.ids) == set(range(len(runs.table)))
        firsts = runs.starts[:-1]
        assert (runs.cols[firsts] == 0).all()
        later = np.setdiff1d(np.arange(len(runs.cols)), firsts)
        assert (runs.cols[later] > runs.cols[later - 1]).all()
        assert (runs.ids[later] != runs.ids[later - 1]).all()
        assert runs.starts[-1] == len(runs.cols) == len(runs.ids)


@few
@given(seed=seeds, count=st.sampled_from([1, 4, 70]))
def test_merged_is_burned_afresh(land: Any, grid: Grid, seed: int, count: int) -> None:
    draw = np.random.default_rng(seed)
    before = fields(draw, land, count)
    chosen = sorted({int(one) for one in draw.integers(0, count, draw.integers(0, count + 1))})
    after, other = list(before), fields(draw, land, count)
    for one in chosen:
        after[one] = other[one]
    old, fresh = bands(before, grid), bands(after, grid, jobs=2)
    new = bands(after, grid, only=chosen)
    for one, two, three in zip(old, new, fresh, strict=True):
        assert told(merged(one, two, chosen)) == told(three)
        assert told(merged(one, three, chosen)) == told(three)


def test_only_some_fields_are_burned(land: Any, grid: Grid) -> None:
    made = fields(np.random.default_rng(3), land, 5)
    whole, some = bands(made, grid), bands(made, grid, only=(3, 1, 3))
    for one, other in zip(whole, some, strict=True):
        assert not other.bits[:, [0, 2, 4]].any()
        assert set(map(tuple, other.bits[:, [1, 3]])) == set(map(tuple, one.bits[:, [1, 3]]))


def test_runs_of_other_bands_are_not_merged(land: Any, grid: Grid) -> None:
    first, second, *_ = bands(fields(np.random.default_rng(3), land, 2), grid)
    with pytest.raises(ValueError, match="burn the same band"):
        merged(first, second, [0])


@pytest.mark.parametrize("fields", [1, 63, 64, 65, 130])
def test_answers_are_packed_and_found(fields: int) -> None:
    draw = np.random.default_rng(fields)
    given_bits = draw.random((50, fields)) < 0.3
    table = packed(given_bits)
    for field in range(fields):
        bit = table[:, field // 64] >> np.uint64(field % 64) & np.uint64(1)
        assert np.array_equal(bit.astype(bool), given_bits[:, field])
    assert np.array_equal(unpacked(table, fields), given_bits)
    known = distinct_words(table)
    assert known.tolist() == [list(one) for one in sorted({tuple(row) for row in table.tolist()})]
    assert np.array_equal(known[places_of(table, known)], table)
