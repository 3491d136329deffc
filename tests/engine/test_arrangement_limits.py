"""What the arrangement refuses, what it names, and what costs it nothing."""

from __future__ import annotations

import numpy as np
import pytest
from arranged import AREA, HERE, bits_of, counter, over, square

from geozone.engine import arrangement
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.kernels.arrange import cell_edges


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
