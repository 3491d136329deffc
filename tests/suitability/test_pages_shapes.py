"""Polygons of classes: every cell lies in the polygon that says what the cell is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_strips import ZONE, cells_of, grid_of, strips_of

from geozone.answers.suitability.constraints import closed
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.engine.grid import Grid, Shape2d
from geozone.land.coordinates.scale import scale_at
from geozone.law.verdict import Verdict
from geozone.pages.geopackage import write_geopackage
from geozone.pages.scoreshapes import Drawing, class_layer, drawing_of

WORST_LAST = (
    Class.SUITABLE, Class.MODERATE, Class.UNSUITABLE, Class.UNDETERMINED, Class.CLOSED
)  # fmt: skip


def drawn(grid: Any, strips: Any, side: int = 1) -> tuple[Any, dict[str, Any]]:
    """Shapes and columns of the layer."""
    layer = class_layer(grid, strips, Drawing(side, 0))
    shapes: list[Any] = []
    values: dict[str, list[Any]] = {name: [] for name in layer.columns}
    for batch in layer.features:
        shapes += [shapely.from_wkb(bytes(one)) for one in batch.wkb().pieces()]
        for name, column in batch.values.items():
            values[name] += column
    return np.array(shapes, object), {name: np.array(one) for name, one in values.items()}


def said(grid: Any, shapes: Any, values: Any) -> tuple[Any, Any]:
    """Class and verdict of every cell by the polygon that holds its centre; it is one at most."""
    centres = shapely.points(grid.centres)
    cell, polygon = shapely.STRtree(shapes).query(centres, predicate="within")
    assert len(np.unique(cell)) == len(cell)
    codes = np.full(len(centres), OUTSIDE)
    verdicts = np.full(len(centres), OUTSIDE)
    codes[cell] = [Class[one.upper()].value for one in values["class"][polygon]]
    verdicts[cell] = [Verdict[one.upper()] for one in values["verdict"][polygon]]
    size = (grid.shape.rows, grid.shape.cols)
    return codes.reshape(size), verdicts.reshape(size)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9999), st.integers(1, 4))
@examples(25)
def test_polygons_say_what_cells_are(rows: int, cols: int, seed: int, block: int) -> None:
    classes, verdicts = cells_of(rows, cols, seed, block)
    grid, codes = grid_of(rows, cols), closed(classes, verdicts)
    shapes, values = drawn(grid, strips_of(classes, verdicts))
    assert shapely.is_valid(shapes).all()
    told, by = said(grid, shapes, values)
    assert np.array_equal(told, codes)
    assert np.array_equal(by, verdicts)
    assert shapely.area(shapes).sum() == pytest.approx((codes != OUTSIDE).sum() * 900.0)


@pytest.mark.parametrize("rows", [256, 32, 8])
def test_strips_change_nothing(rows: int) -> None:
    classes, verdicts = cells_of(150, 90, 5)
    whole = drawn(grid_of(150, 90), strips_of(classes, verdicts, 256))
    cut = drawn(grid_of(150, 90), strips_of(classes, verdicts, rows))
    assert shapely.equals(whole[0], cut[0]).all()
    assert all((whole[1][name] == cut[1][name]).all() for name in whole[1])


@pytest.mark.parametrize("side", [2, 4, 16])
def test_larger_squares_are_as_bad_as_the_worst_cell(side: int) -> None:
    classes, verdicts = cells_of(70, 51, 3, 5)
    codes = closed(classes, verdicts)
    rows, cols = -(-70 // side), -(-51 // side)
    coarse = Grid(ZONE, 391_200.0, 4_322_400.0, 30.0 * side, Shape2d(rows, cols))
    shapes, values = drawn(grid_of(70, 51), strips_of(classes, verdicts, 32), side)
    told, by = said(coarse, shapes, values)
    for i, j in np.ndindex(rows, cols):
        block = (slice(i * side, (i + 1) * side), slice(j * side, (j + 1) * side))
        held = codes[block][codes[block] != OUTSIDE]
        if not len(held):
            assert told[i, j] == OUTSIDE
            continue
        worst = max((Class(code) for code in held), key=WORST_LAST.index)
        assert told[i, j] == worst.value
        assert by[i, j] == verdicts[block][codes[block] == worst.value].max()


def test_the_finest_squares_that_fit_are_taken() -> None:
    classes, verdicts = cells_of(128, 128, 1, 2)
    strips = strips_of(classes, verdicts)
    fine = drawing_of(strips)
    assert fine.side == 1
    codes = np.pad(closed(classes, verdicts).astype(int) * 8 + verdicts, 1, constant_values=-1)
    codes[codes >= OUTSIDE * 8] = -1
    wanted = (np.diff(codes, axis=0) != 0)[:-1, 1:-1].sum() + (np.diff(codes) != 0)[
        1:-1, 1:-1
    ].sum()
    assert fine.borders == wanted
    coarse = drawing_of(strips, fine.borders - 1)
    assert coarse.side > 1
    assert coarse.borders < fine.borders
    assert drawing_of(strips, 0).side == 256


def test_hectares_are_those_of_the_ground() -> None:
    classes, verdicts = cells_of(60, 60, 9, 10)
    grid = grid_of(60, 60, 100.0)
    _, values = drawn(grid, strips_of(classes, verdicts))
    north = np.repeat(grid.y, 60)
    ground = (100.0 / scale_at(grid.crs, np.tile(grid.x, 60), north)) ** 2
    inside = (verdicts != OUTSIDE).ravel()
    assert values["hectares"].sum() == pytest.approx(ground[inside].sum() / 10_000, rel=1e-6)


def test_nothing_to_draw_is_an_empty_layer(tmp_path: Path) -> None:
    nothing = np.full((5, 5), OUTSIDE, np.uint8)
    layer = class_layer(grid_of(5, 5), strips_of(nothing, nothing), Drawing(1, 0))
    write_geopackage(tmp_path / "a.gpkg", [layer], crs=ZONE, on=date(2024, 6, 1))
    assert pyogrio.read_info(tmp_path / "a.gpkg", layer="classes")["features"] == 0
