"""The arrangement against windings counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from arranged import AREA, HERE, Ring, assert_right, counter, counter_areas_m2, square
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine import arrangement
from geozone.engine.cutting import Bounds, Counter

few = examples(20)

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


def test_a_hundred_counters() -> None:
    draw = np.random.default_rng(5)
    counters = [counter(square(*draw.uniform(-5, 40, 2), draw.uniform(1, 30))) for _ in range(99)]
    cells = assert_right([AREA, *counters, counter()], HERE, 20_000)
    assert {one.table.shape[1] for one in cells} == {2}
    assert max(len(one.table) for one in cells) > 500
