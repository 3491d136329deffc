"""Faces as features of a layer: what is written of them."""

from __future__ import annotations

import numpy as np
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_faces import faces_of
from shapely.geometry import MultiPolygon, Polygon, box

from geozone.engine.outlines.faces import parts, vertices
from geozone.pages.layer import Features
from geozone.pages.zonelayers import hundredths, single, together

few = examples(10, each=6)


def holed(count):
    return [
        Polygon(
            box(at * 100, 0, at * 100 + 60, 50 + at).exterior,
            [box(at * 100 + 9, 9, at * 100 + 20, 20).exterior],
        )
        for at in range(count)
    ]


def read_of(features):
    """What others read of features, and the same as they write it."""
    pieces = [bytes(one) for one in features.wkb().pieces()]
    shapes = shapely.from_wkb(pieces)
    assert shapely.to_wkb(shapes, byte_order=1).tolist() == pieces
    return shapes


def test_faces_become_features():
    shapes = holed(9)
    one, many = together(faces_of(shapes), {}), single(faces_of(shapes), {})
    assert read_of(one)[0].equals(MultiPolygon(shapes))
    read = read_of(many)
    assert shapely.equals(read, np.array([MultiPolygon([each]) for each in shapes])).all()
    assert (many.bounds == shapely.bounds(read)).all()
    assert one.bounds.tolist() == [list(shapely.total_bounds(read))]


def test_features_begin_anywhere_in_their_faces():
    shapes = holed(9)
    some = Features(faces_of(shapes), np.array([2, 3, 7, 8]), {})
    wanted = np.array([MultiPolygon(shapes[a:b]) for a, b in ((2, 3), (3, 7), (7, 8))])
    assert shapely.equals(read_of(some), wanted).all()
    assert (some.bounds == shapely.bounds(wanted)).all()
    assert len(some) == 3


def test_heads_stand_before_each_feature():
    some = single(faces_of(holed(3)), {})
    heads = np.arange(15, dtype=np.uint8).reshape(3, 5)
    wanted = [bytes(head) + piece for head, piece in zip(heads, some.wkb().pieces(), strict=True)]
    assert list(some.wkb(heads).pieces()) == wanted


@few
@given(st.lists(st.floats(0, 1e13) | st.integers(0, 10**9).map(lambda one: one / 1000)))
def test_hundredths_are_those_of_round(sizes):
    halves = [*sizes, 0.005, 1.005, 2.675, 0.125, *np.nextafter([0.125, 2.675], 0).tolist()]
    assert hundredths(np.array(halves)).tolist() == [round(one, 2) for one in halves]


@few
@given(st.integers(0, 30), st.integers(1, 60))
def test_parts_hold_all_faces_in_order(count, most):
    faces = faces_of(holed(count))
    found = [faces.part(*one) for one in parts(faces, 0, count, most)]
    assert sum(len(part) for part in found) == count
    assert (
        np.concatenate([np.empty((0, 2)), *(part.xy for part in found)]).tolist()
        == faces.xy.tolist()
    )
    assert all(len(part.xy) <= most or len(part) == 1 for part in found)
    assert vertices(faces, 0, count) == len(faces.xy)
    some = list(parts(faces, count // 3, count, most))
    assert [at for one in some for at in range(*one)] == list(range(count // 3, count))
    texts = [bytes(text) for part in found for text in single(part, {}).wkb().pieces()]
    assert texts == [bytes(text) for text in single(faces, {}).wkb().pieces()]
