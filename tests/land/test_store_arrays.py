"""Shapes and texts as arrays: what comes out is what went in, all of it or some."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geozone.land.layers.later import Later
from geozone.land.project import read_project
from geozone.land.shapes.flat import Flat
from geozone.land.store.columns import Column, Names
from geozone.land.store.packed import packed

NUMBERS = st.floats(-1e7, 1e7, allow_subnormal=False) | st.sampled_from([0.0, -0.0, 1e-9, 5e5])
PLACES = st.tuples(NUMBERS, NUMBERS)
TEXTS = st.none() | st.text(max_size=4) | st.sampled_from(["", "甲", "\udcff", "a\0b"])


def ring(places: list[Any]) -> list[Any]:
    return [*places, places[0]]


LINES = st.lists(PLACES, min_size=2, max_size=5)
RINGS = st.lists(PLACES, min_size=3, max_size=6).map(ring)
POLYGONS = st.builds(shapely.Polygon, RINGS, st.lists(RINGS, max_size=3))
"""Not valid ones: arrays keep the vertices, whatever they draw."""
KINDS = {
    "point": st.builds(shapely.Point, PLACES),
    "points": st.builds(shapely.MultiPoint, st.lists(PLACES, min_size=1, max_size=4)),
    "line": st.builds(shapely.LineString, LINES),
    "lines": st.builds(shapely.MultiLineString, st.lists(LINES, min_size=1, max_size=3)),
    "polygon": POLYGONS,
    "polygons": st.builds(shapely.MultiPolygon, st.lists(POLYGONS, min_size=1, max_size=3)),
}
ALIKE = [("point", "points"), ("line", "lines"), ("polygon", "polygons"), tuple(KINDS)]


def array(shapes: list[Any]) -> Any:
    made = np.empty(len(shapes), object)
    made[:] = shapes
    return made


def bits(shapes: Any) -> list[bytes]:
    """Kind and every bit of every coordinate."""
    return [shapely.to_wkb(one) for one in shapes]


@pytest.mark.parametrize("kinds", ALIKE, ids="-".join)
@given(data=st.data())
def test_packed_shapes_come_out_as_they_went_in(kinds, data):
    one = st.one_of([KINDS[kind] for kind in kinds])
    shapes = array(data.draw(st.lists(one, max_size=6)))
    made = packed(shapes)
    assert made is not None
    assert bits(made.all()) == bits(shapes)
    wanted = np.array(data.draw(st.lists(st.integers(0, 99), max_size=5)), np.intp)
    wanted = wanted % len(shapes) if len(shapes) else wanted[:0]
    assert bits(made.some(wanted)) == bits(shapes[wanted])
    np.testing.assert_array_equal(made.bounds, shapely.bounds(shapes))
    flat = Flat.of(shapes)
    for name in ("xy", "starts", "sign", "owner"):
        np.testing.assert_array_equal(getattr(made.flat, name), getattr(flat, name), name)


@given(data=st.data())
def test_many_shapes_are_packed_as_few_are(data):
    """Rings are looked at some at a time."""
    shapes = array(data.draw(st.lists(POLYGONS, min_size=3, max_size=9)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geozone.land.store.packed.AT_ONCE", 2)
        made = packed(shapes)
    wanted = Flat.of(shapes)
    assert made is not None
    for name in ("xy", "starts", "sign", "owner"):
        np.testing.assert_array_equal(getattr(made.flat, name), getattr(wanted, name))


def test_islands_in_holes_keep_their_place():
    box = shapely.box
    ground = shapely.MultiPolygon(
        [box(0, 0, 9, 9) - box(1, 1, 8, 8), box(2, 2, 7, 7) - box(3, 3, 4, 4) - box(5, 5, 6, 6)]
    )
    shapes = array([box(0, 0, 1, 1), ground, box(3, 3, 4, 4), ground])
    made = packed(shapes)
    assert made is not None
    assert made.parts.tolist() == [0, 1, 3, 6, 7, 9, 12]
    assert made.firsts.tolist() == [0, 1, 3, 4, 6]
    assert bits(made.some(np.array([3, 0]))) == bits(shapes[[3, 0]])


@pytest.mark.parametrize(
    "strange",
    [
        None,
        shapely.Polygon(),
        shapely.MultiPolygon(),
        shapely.from_wkt("MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))"),
        shapely.from_wkt("MULTIPOINT (EMPTY, (0 0))"),
        shapely.Point(1, 2, 3),
        shapely.LinearRing([(0, 0), (1, 0), (1, 1)]),
        shapely.GeometryCollection([shapely.Point(0, 0)]),
    ],
    ids=str,
)
def test_what_arrays_cannot_tell_is_not_packed(strange):
    assert packed(array([shapely.box(0, 0, 1, 1), strange])) is None


@given(st.lists(TEXTS, max_size=8))
def test_columns_keep_every_text(texts):
    column = Column.of(texts)
    assert column.texts == tuple(texts)
    assert len(set(column.words)) == len(column.words)
    numbers = {one: at for at, one in enumerate(column.words)}
    found = column.mapped(numbers.__getitem__, none=-7)
    assert found.tolist() == [-7 if one is None else numbers[one] for one in texts]


@given(st.lists(TEXTS.filter(lambda one: one is not None), max_size=8), st.data())
def test_names_keep_every_text(texts, data):
    names = Names.of(texts)
    assert names.texts == tuple(texts)
    places = st.lists(st.integers(0, len(texts) - 1), max_size=4) if texts else st.just([])
    wanted = np.array(data.draw(places), np.intp)
    assert names.some(wanted) == tuple(texts[at] for at in wanted)


def test_a_field_is_built_once_when_it_is_asked_for(case, make):
    case.add("pbf.gpkg", [make["square"]()])
    (layer,) = read_project(case.write()).layers
    assert isinstance(vars(layer)["shapes"], Later)
    assert layer.shapes is layer.shapes
    with pytest.raises(AttributeError):
        layer.shapes = np.array([])
