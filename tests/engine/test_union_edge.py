"""The edge of a union: by plain libraries and by kernels the same, and no cracks in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geozone.engine import fields
from geozone.engine.burn import burn
from geozone.engine.fields import asked
from geozone.engine.grid import grid_over
from geozone.engine.outline import outline
from geozone.engine.outlines.merging import union_edge
from geozone.land.shapes.flat import Flat

STEP_M = 0.002
few = settings(max_examples=max(5, settings().max_examples // 20))


def drawn(seed: int) -> Any:
    """Squares on and off the grid, some shared, some overlapping, some holed, some apart."""
    draw = np.random.default_rng(seed)
    found = []
    for step in (50.0, 50.0, 0.5, 1e-9):
        for corner in draw.uniform(0, 400, (6, 2)):
            west, south = np.round(corner / step) * step
            shape = shapely.box(west, south, west + 50 + draw.integers(3) * 25, south + 50)
            hole = shapely.box(west + 10, south + 10, west + 20, south + 30)
            found.append(shape.difference(hole) if draw.random() < 0.3 else shape)
    return np.array(found, object)


def lines_of(flat: Flat) -> Any:
    chains = zip(flat.starts[:-1], flat.starts[1:], strict=True)
    return shapely.union_all([shapely.LineString(flat.xy[at:to]) for at, to in chains])


@few
@given(seed=st.integers(0, 10_000))
def test_kernels_find_the_edge_that_plain_libraries_find(seed: int) -> None:
    polygons = drawn(seed)
    edge = lines_of(union_edge(Flat.of(polygons).rings))
    plain = shapely.union_all(outline(polygons))
    assert shapely.hausdorff_distance(edge, plain, densify=0.01) <= STEP_M
    assert edge.length == pytest.approx(plain.length, rel=1e-4)


@pytest.mark.parametrize("gap", [0.0, 1e-10, 1e-4, 4e-4])
def test_neighbours_that_almost_meet_leave_no_crack(gap: float) -> None:
    left = shapely.box(0, 0, 100, 100)
    right = [shapely.box(100 + gap, 0, 200, 33.3), shapely.box(100 + gap, 33.3, 200, 100)]
    polygons = np.array([left, *right], object)
    around = shapely.box(0, 0, 200, 100).boundary
    for edge in (shapely.union_all(outline(polygons)), lines_of(union_edge(Flat.of(polygons)))):
        assert shapely.hausdorff_distance(edge, around) <= STEP_M
        assert edge.length == pytest.approx(600.0, abs=0.01)


def test_a_crack_of_a_centimetre_stays() -> None:
    polygons = np.array([shapely.box(0, 0, 100, 100), shapely.box(100.01, 0, 200, 100)], object)
    assert shapely.length(outline(polygons)).sum() == pytest.approx(799.98, abs=0.01)


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
    assert list(tmp_path.rglob("*.cell"))
