"""Which ring is the innermost around a place: the same for few places as for many."""

from __future__ import annotations

import numpy as np
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.kernels.spliceinside import MANY, innermost

ANY = np.iinfo(np.int64).max


def nested(draw, corners):
    """Rings around one another, millimetres: the smaller ones mostly inside the larger."""
    angles = np.sort(draw.uniform(0, 2 * np.pi, corners))
    rings = []
    for size in draw.integers(20, 4_000, 4):
        reach = size * draw.uniform(0.5, 1.0, corners)
        ring = np.rint(np.column_stack([reach * np.cos(angles), reach * np.sin(angles)]))
        rings.append(np.append(ring, ring[:1], axis=0).astype(np.int32))
    return rings


def asked(rings, places, limits=None):
    xy, starts = np.concatenate(rings), np.cumsum([0, *map(len, rings)])
    boxes = np.array([[*one.min(axis=0), *one.max(axis=0)] for one in rings], np.int32)
    twice = np.array([round(2 * shapely.area(shapely.Polygon(one))) for one in rings])
    shells = np.argsort(twice, kind="stable")
    found = np.empty(len(places), np.int64)
    given_limits = np.full(len(places), ANY) if limits is None else limits
    innermost(places, given_limits, shells, boxes, twice, starts, xy, found)
    return found.tolist()


@given(st.integers(0, 1_000_000))
@examples(40)
def test_many_places_are_found_as_each_alone_is(seed):
    draw = np.random.default_rng(seed)
    rings = nested(draw, 300)
    places = draw.integers(-8_000, 8_000, (400, 2))
    places[:50] = 2 * rings[0][draw.integers(0, len(rings[0]), 50)]  # on a ring
    places[50:90, 1] = 2 * rings[1][draw.integers(0, len(rings[1]), 40), 1]  # as high as a corner
    assert len(rings[0]) * len(places) > MANY
    limits = np.where(draw.random(400) < 0.5, ANY, draw.integers(0, 10**8, 400))
    wanted = [asked(rings, places[at : at + 1], limits[at : at + 1])[0] for at in range(400)]
    assert asked(rings, places, limits) == wanted


@given(st.integers(0, 1_000_000))
@examples(20)
def test_the_innermost_is_the_smallest_around(seed):
    draw = np.random.default_rng(seed)
    rings = nested(draw, 12)
    places = draw.integers(-8_000, 8_000, (40, 2))
    shapes = [shapely.Polygon(one * 2) for one in rings]
    order = sorted(range(len(rings)), key=lambda one: shapes[one].area)
    for place, found in zip(places, asked(rings, places), strict=True):
        around = [one for one in order if shapes[one].contains(shapely.Point(place))]
        assert found == (around[0] if around else -1)
