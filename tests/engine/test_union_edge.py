"""The edge of a union: by plain libraries and by kernels the same, and no cracks in it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.engine import fields
from geozone.engine.burn import burn
from geozone.engine.fields import asked
from geozone.engine.grid import grid_over
from geozone.engine.outline import CLOSED_M, closed_m, outline
from geozone.engine.outlines.merging import union_edge
from geozone.engine.scalefit import fitted
from geozone.land.shapes.flat import Flat

STEP_M = 0.004
"""What round and square corners of 5 mm, and whole millimetres, may differ by."""

EAST, NORTH = 500_000.0, 4_200_000.0
ORIGIN = np.array([EAST, NORTH])
few = examples(5)


def drawn(seed: int) -> Any:
    """Squares on and off the grid, some shared, some overlapping, some holed, some apart."""
    draw = np.random.default_rng(seed)
    found = []
    for step in (50.0, 50.0, 0.5, 1e-9):
        for corner in draw.uniform(0, 400, (6, 2)) + ORIGIN:
            west, south = np.round(corner / step) * step
            shape = shapely.box(west, south, west + 50 + draw.integers(3) * 25, south + 50)
            hole = shapely.box(west + 10, south + 10, west + 20, south + 30)
            found.append(shape.difference(hole) if draw.random() < 0.3 else shape)
    return np.array(found, object)


def edge_of(polygons: Any) -> Any:
    """The edge by kernels, as lines."""
    rings = Flat.of(np.asarray(polygons, object)).rings
    west, south, east, north = rings.xy.min(axis=0).tolist() + rings.xy.max(axis=0).tolist()
    scale = fitted(CRS.from_epsg(4547), (west, south, east, north))
    x, y = EAST, NORTH
    return lines_of(union_edge(rings, closed_m(CRS.from_epsg(4547), x, y), scale))


def lines_of(flat: Flat) -> Any:
    chains = zip(flat.starts[:-1], flat.starts[1:], strict=True)
    return shapely.union_all([shapely.LineString(flat.xy[at:to]) for at, to in chains])


@few
@given(seed=st.integers(0, 10_000))
def test_kernels_find_the_edge_that_plain_libraries_find(seed: int) -> None:
    polygons = drawn(seed)
    edge = edge_of(polygons)
    plain = shapely.union_all(outline(polygons))
    assert shapely.hausdorff_distance(edge, plain, densify=0.01) <= STEP_M
    assert edge.length == pytest.approx(plain.length, rel=1e-4)


def boxes(*bounds: Any) -> Any:
    return np.array([shapely.box(*one) for one in np.array(bounds) + np.tile(ORIGIN, 2)])


@pytest.mark.parametrize("gap", [0.0, 1e-10, 1e-4, 4e-4, 0.009])
def test_neighbours_that_almost_meet_leave_no_crack(gap: float) -> None:
    east = 100 + gap
    polygons = boxes((0, 0, 100, 100), (east, 0, 200, 33.3), (east, 33.3, 200, 100))
    around = boxes((-CLOSED_M, -CLOSED_M, 200 + CLOSED_M, 100 + CLOSED_M))[0].boundary
    for edge in (shapely.union_all(outline(polygons)), edge_of(polygons)):
        assert shapely.hausdorff_distance(edge, around) <= STEP_M
        assert edge.length == pytest.approx(600.0, abs=0.06)


@pytest.mark.parametrize("turn", [0.1, 12.345, 44.9])
def test_a_long_shared_border_leaves_no_crack_however_it_is_rounded(turn: float) -> None:
    """Vertices on it lie beside it once they are rounded, by less than a millimetre."""
    way = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    side = np.array([-way[1], way[0]])
    start = ORIGIN
    places = [np.round(start + way * 30_000 * share, 3) for share in (0.0, 0.21, 0.53, 0.8, 1.0)]
    one = shapely.Polygon([places[0], places[-1], places[-1] + side * 50, places[0] + side * 50])
    pairs = pairwise(places)
    others = [shapely.Polygon([a, a - side * 50, b - side * 50, b]) for a, b in pairs]
    polygons = np.array([one, *others], object)
    inner = shapely.LineString([places[0] + way * 100, places[-1] - way * 100])
    for edge in (shapely.union_all(outline(polygons)), edge_of(polygons)):
        assert shapely.distance(edge, inner) > 40


def test_a_crack_of_more_than_a_centimetre_stays() -> None:
    polygons = boxes((0, 0, 100, 100), (100.02, 0, 200, 100))
    assert shapely.length(outline(polygons)).sum() == pytest.approx(800.04, abs=0.01)


def test_depth_is_the_same_by_kernels(land: Any, chance: Any, tmp_path: Path) -> None:
    """All unions by kernels, kept or not, give the evidence that plain unions give."""
    for seed in range(3):
        regions = land.regions(*chance.layers(seed), asks=chance.asks)
        grid = grid_over(chance.area, land.crs, 7.3)
        plain = burn(regions, grid, chance.area)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fields, "FEW_VERTICES", 0)
            ask = asked(regions, chance.area, fields.Making(2, tmp_path))
            assert {one.reach_m for one in ask.fields}
            fast = burn(regions, grid, chance.area, jobs=2)
        assert plain.evidence == fast.evidence
        assert plain.index.tobytes() == fast.index.tobytes()
    assert list(tmp_path.rglob("*.block"))
