"""Features far outside a small study area change nothing in it, and are no trouble either."""

from __future__ import annotations

from typing import Any

import numpy as np
import plain.partition as plainly
import pytest
import shapely

from geozone.engine import fields
from geozone.engine.burn import burn
from geozone.engine.grid import grid_over
from geozone.engine.parcels import locate_polygons
from geozone.engine.partition import partition
from geozone.law.condition import Condition
from geozone.law.state import State

FARM = Condition("permanent_basic_farmland")
RAIL, TOWN = Condition("railway", within_m=200.0), Condition("settlement", within_m=50.0)
FAR = (60e3, 300e3, 700e3, 2e6, 9e6)


def regions_of(land: Any, *, far: bool, accuracy_m: float) -> Any:
    """A line through the area and on for 2,000 km, polygons in it and everywhere else."""
    draw = np.random.default_rng(3)
    rail, farms = (
        [land.line((-4900, 100), (-900, 300), (1500, 420))],
        [land.box(-700, -700, 100, 50)],
    )
    towns = [land.polygon((200, 200), (700, 210), (650, 800), (330, 500))]
    holed = land.box(-2000, -2000, 300, -300).difference(land.box(-1000, -900, -300, -500))
    farms.append(holed)
    if far:
        rail = [land.line((-2000900, -99700), (-900, 300), (1500, 420), (9e5, 4e5))]
        rail += [land.line((x, -5000), (x + 800, 9000), (x, 9e5)) for x in FAR]
        for x in (*FAR, *(-one for one in FAR)):
            y = draw.uniform(-1e5, 1e5)
            farms += [land.box(x, y, x + 3000, y + 500), land.box(x + 2000, y, x + 9000, y + 400)]
            towns.append(land.polygon((x, y), (x + 4e4, y + 10), (x, y + 5e4)))
    layers = (
        land.layer("railway", rail, classes=["line"] * len(rail), accuracy_m=accuracy_m),
        land.layer("permanent_basic_farmland", farms, accuracy_m=accuracy_m),
        land.layer("settlement", towns, accuracy_m=accuracy_m),
    )
    return land.regions(*layers, asks=[FARM, RAIL, TOWN])


@pytest.fixture(params=[0.0, 5.0])
def grounds(land: Any, request: pytest.FixtureRequest) -> Any:
    return [regions_of(land, far=far, accuracy_m=request.param) for far in (True, False)]


@pytest.fixture(autouse=True)
def kernels_unite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "FEW_VERTICES", 0)


def by_row(found: Any) -> dict[Any, float]:
    return dict(zip(found.evidence.rows, found.area_m2.tolist(), strict=True))


def test_a_partition_is_that_of_what_is_near(land: Any, grounds: Any) -> None:
    area = land.box(-1000, -1000, 1000, 1000)
    far, near = (by_row(partition(regions, area)) for regions in grounds)
    assert far.keys() == near.keys()
    plain = plainly.partition(grounds[1], area, tile_m=5000.0)
    for row, size in far.items():
        assert size == pytest.approx(near[row], abs=1e-3 * 4000)
        at = plain.evidence.rows.index(row)
        assert size == pytest.approx(float(plain.area_m2[at]), abs=0.01 * 4000)


def test_a_line_around_the_area_that_comes_nowhere_near(land: Any) -> None:
    area = land.box(-1000, -1000, 1000, 1000)
    around = land.line((-6e4, -6e4), (-6e4, 6e4), (6e4, 6e4), (6e4, -6e4))
    rail = land.layer("railway", [around], classes=["line"])
    found = partition(land.regions(rail, asks=[RAIL]), area)
    assert found.evidence.rows == ((State.CLEAR,),)


def test_a_grid_is_that_of_what_is_near(land: Any, grounds: Any) -> None:
    area = land.box(-1000, -1000, 1000, 1000)
    grid = grid_over(area, land.crs, 7.0)
    far, near = (burn(regions, grid, area) for regions in grounds)
    assert np.array_equal(far.inside, near.inside)
    rows = [np.array(one.evidence.rows, np.uint8)[one.index[one.inside]] for one in (far, near)]
    assert np.array_equal(*rows)


def test_parcels_are_told_what_is_near(land: Any, grounds: Any) -> None:
    area = land.box(-1000, -1000, 1000, 1000)
    squares = [land.box(x, y, x + 150, y + 170) for x in range(-950, 900, 313) for y in (-900, 250)]
    shapes = np.array([*squares, land.box(8e4, 0, 8.1e4, 100), land.box(3e6, 0, 3.1e6, 9)], object)
    far, near = (locate_polygons(one, shapes, np.zeros(len(shapes)), area) for one in grounds)
    for one, other in zip(far, near, strict=True):
        sizes = [{part.row: part.area_m2 for part in each.parts} for each in (one, other)]
        assert sizes[0] == pytest.approx(sizes[1], abs=1e-3)
    assert shapely.area(shapes).min() > 0
