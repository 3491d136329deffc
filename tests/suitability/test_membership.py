"""What values are worth: by hand at every edge, and what scale and gaps may not change."""

from __future__ import annotations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import Curve, Membership

NAN = float("nan")
RISING = Membership(Curve.LINEAR, ((10, 0), (20, 1)))
FALLING = Membership(Curve.LINEAR, ((10, 1), (20, 0.2)))
BENT = Membership(Curve.S_SHAPED, ((0, 0), (10, 1)))
BENT_DOWN = Membership(Curve.S_SHAPED, ((500, 1), (3000, 0.4)))
HILL = Membership(Curve.TRAPEZOID, ((0, 0), (10, 1), (20, 1), (40, 0.5)))
STEPS = Membership(Curve.TABLE, ((30, 0.0), (50, 0.5), (100, 1.0)), below=0.7)
CODES = Membership(Curve.CLASSES, ((0, 0.2), (1, 1.0), (7, 0.0)))
TABLE = [
    (RISING, [9.99, 10, 15, 20, 21, NAN], [0, 0, 0.5, 1, 1, NAN]),
    (FALLING, [0, 10, 15, 20, 99], [1, 1, 0.6, 0.2, 0.2]),
    (BENT, [-1, 0, 2.5, 5, 5.5, 7.5, 10, 11], [0, 0, 0.125, 0.5, 0.595, 0.875, 1, 1]),
    (BENT_DOWN, [0, 500, 1750, 3000, 5000], [1, 1, 0.7, 0.4, 0.4]),
    (HILL, [-5, 5, 10, 15, 20, 30, 40, 99], [0, 0.5, 1, 1, 1, 0.75, 0.5, 0.5]),
    (STEPS, [0, 29.99, 30, 49.99, 50, 99.99, 100, 1e9, NAN], [0.7, 0.7, 0, 0, 0.5, 0.5, 1, 1, NAN]),
    (CODES, [0, 1, 7, 2, 0.5, -1, 8, NAN], [0.2, 1, 0, NAN, NAN, NAN, NAN, NAN]),
    (RISING, [float("inf"), -float("inf")], [NAN, NAN]),
]


@pytest.mark.parametrize(("membership", "values", "expected"), TABLE)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_by_hand(membership, values, expected, kind):
    found = worths(np.array([values], dtype=kind), membership)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [expected], atol=1e-6 if kind is np.float32 else 1e-12)


@pytest.mark.parametrize("value", [0.1, 0.3, 0.7, 0.8, 1.1])
def test_a_step_is_reached_by_the_raster_that_says_the_same(value):
    steps = Membership(Curve.TABLE, ((value, 1.0),))
    codes = Membership(Curve.CLASSES, ((value, 1.0),))
    for kind in (np.float32, np.float64):
        assert worths(np.array([value], dtype=kind), steps)[0] == 1
        assert worths(np.array([value], dtype=kind), codes)[0] == 1


def test_what_is_given_is_left_as_it_is():
    values = np.array([[1.0, NAN]], dtype=np.float32)
    worths(values, RISING)
    np.testing.assert_array_equal(values, np.array([[1.0, NAN]], dtype=np.float32))


COUNTS = {Curve.LINEAR: 2, Curve.S_SHAPED: 2, Curve.TRAPEZOID: 4, Curve.TABLE: 3, Curve.CLASSES: 3}


@st.composite
def memberships(draw):
    curve = draw(st.sampled_from(list(Curve)))
    count = COUNTS[curve]
    steps = draw(st.lists(st.integers(1, 50), min_size=count, max_size=count))
    shares = draw(st.lists(st.integers(0, 8), min_size=count, max_size=count))
    start = draw(st.integers(-100, 100))
    xs = start + np.cumsum(steps)
    return Membership(
        curve, tuple((float(x), y / 8) for x, y in zip(xs, shares, strict=True)), 0.25
    )


VALUES = st.lists(st.one_of(st.integers(-400, 400).map(lambda n: n / 2), st.just(NAN)), min_size=1)


@given(memberships(), VALUES)
@examples(100)
def test_worths_lie_between_those_of_the_points(membership, values):
    found = worths(np.array(values), membership)
    told = [worth for _, worth in membership.points]
    told += [membership.below] if membership.curve is Curve.TABLE else []
    known = found[~np.isnan(found)]
    assert np.all((known >= min(told)) & (known <= max(told)))
    assert np.all(np.isnan(found[np.isnan(values)]))
    if membership.curve is not Curve.CLASSES:
        assert not np.any(np.isnan(found[~np.isnan(values)]))


@given(memberships(), VALUES, st.integers(-8, 8), st.integers(-64, 64))
@examples(100)
def test_another_unit_of_the_factor_changes_nothing(membership, values, power, shift):
    """Scaled by a power of 2 and shifted by halves nothing is rounded, so steps stay exact."""
    scale = 2.0**power
    moved = Membership(
        membership.curve,
        tuple(((x + shift) * scale, y) for x, y in membership.points),
        membership.below,
    )
    found = worths((np.array(values) + shift) * scale, moved)
    np.testing.assert_allclose(found, worths(np.array(values), membership), atol=1e-12)


@given(memberships(), VALUES)
@examples(60)
def test_curves_have_no_jumps_but_at_steps(membership, values):
    if membership.curve in (Curve.TABLE, Curve.CLASSES):
        return
    near = worths(np.array(values) + 1e-6, membership)
    np.testing.assert_allclose(near, worths(np.array(values), membership), atol=1e-5)
