"""The size of a grid's cells: given or the project's, and never too many of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shapely

from geozone.answers.grids import MOST_CELLS, MOST_WHOLE, check_size, whole_grid
from geozone.law.errors import Refused

SITE: Any = SimpleNamespace(
    project=SimpleNamespace(
        area=shapely.box(0, 0, 20_000, 10_000), resolution_m=30.0, file=Path("geozone.toml")
    )
)


@pytest.mark.parametrize(
    ("given", "most", "size"),
    [
        (None, MOST_CELLS, 30.0),
        (25.0, MOST_CELLS, 25.0),
        (100_000.0, MOST_CELLS, 100_000.0),
        (0.25, MOST_CELLS, 0.25),
        (0.5, MOST_WHOLE, 0.5),
    ],
)
def test_cells_are_as_given_or_as_in_the_project(
    given: float | None, most: float, size: float
) -> None:
    assert check_size(SITE, given, most) == size


@pytest.mark.parametrize(
    ("given", "most", "todo"),
    [
        (0.0, MOST_CELLS, "at most 100000 m"),
        (-1.0, MOST_CELLS, "at most 100000 m"),
        (float("nan"), MOST_CELLS, "at most 100000 m"),
        (100_000.1, MOST_CELLS, "at most 100000 m"),
        (0.2, MOST_CELLS, "at least 0.23 m"),
        (0.25, MOST_WHOLE, "at least 0.45 m"),
    ],
)
def test_cells_of_no_size_and_too_many_are_refused(given: float, most: float, todo: str) -> None:
    with pytest.raises(Refused) as refused:
        check_size(SITE, given, most)
    assert todo in str(refused.value)


def test_a_grid_that_memory_cannot_hold_is_refused_before_it_is_burned() -> None:
    with pytest.raises(Refused, match=r"at most 1e\+09"):
        whole_grid(SITE, 0.25)
