"""What is drawn of a model, and what is made of counts of draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_models import CODES, factor, model_of

from geozone.answers.suitability.chance import NO_FACTOR, _decides, _percents
from geozone.answers.suitability.draws import drawn, error_of, reach, without_error
from geozone.answers.suitability.model import Chance, Factor
from geozone.land.factors.spec import Measure

THREE = (factor("a", 0.6, 2.0), factor("b", 0.3), factor("c", 0.1, 0.5))


def test_weights_are_drawn_around_their_values() -> None:
    found = drawn(model_of(*THREE, chance=Chance(draws=10_000, weight_spread=0.1)))
    given = np.array([0.6, 0.3, 0.1])
    assert np.allclose(found.weights.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert (found.weights > 0).all()
    assert np.allclose(found.times.mean(axis=0), 1.0, atol=0.005)
    assert np.allclose(found.times.std(axis=0), 0.1, rtol=0.03)
    assert np.allclose(found.weights.mean(axis=0), given, rtol=0.01)
    # What bringing them to the sum leaves of the spread, to first order.
    left = np.sqrt((1 - given) ** 2 + (given**2).sum() - given**2)
    assert np.allclose(found.weights.std(axis=0) / given, 0.1 * left, rtol=0.05)
    ratios = found.weights[:, 0] / found.weights[:, 2]
    assert np.median(ratios) == pytest.approx(6.0, rel=0.01)


def test_errors_are_drawn_once_for_all_ground() -> None:
    found = drawn(model_of(*THREE, chance=Chance(draws=10_000)))
    assert found.errors.shape == (10_000, 3)
    assert np.allclose(found.errors.std(axis=0), [2.0, 0.0, 0.5], rtol=0.03)
    assert np.allclose(found.errors.mean(axis=0), 0.0, atol=0.07)
    assert np.abs(np.corrcoef(found.errors[:, 0], found.times[:, 0])[0, 1]) < 0.04


@examples(20)
@given(seed=st.integers(0, 2**70), draws=st.integers(1, 30))
def test_draws_hang_on_the_seed(seed: int, draws: int) -> None:
    chance = Chance(draws=draws, seed=seed)
    one, other = drawn(model_of(*THREE, chance=chance)), drawn(model_of(*THREE, chance=chance))
    third = drawn(model_of(*THREE, chance=replace(chance, seed=seed + 1)))
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.errors, other.errors)
    assert not np.array_equal(one.weights, third.weights)


def test_errors_do_not_change_the_weights_that_are_drawn() -> None:
    chance = Chance(draws=20)
    without = tuple(replace(one, error=0.0) for one in THREE)
    one, other = drawn(model_of(*THREE, chance=chance)), drawn(model_of(*without, chance=chance))
    assert np.array_equal(one.weights, other.weights)


def test_a_factor_without_weight_changes_no_draw() -> None:
    chance = Chance(draws=20)
    more = (*THREE[:1], factor("aa", 0.0, 3.0), *THREE[1:])
    one, other = drawn(model_of(*THREE, chance=chance)), drawn(model_of(*more, chance=chance))
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.errors, other.errors)


def test_without_spread_weights_are_the_models_bit_by_bit() -> None:
    factors = tuple(factor(name, 1 / 7) for name in "abcdefg")
    found = drawn(model_of(*factors, chance=Chance(draws=3, weight_spread=0.0)))
    assert np.array_equal(found.weights, np.full((3, 7), 1 / 7))
    assert np.array_equal(found.times, np.ones((3, 7)))
    assert not found.errors.any()


DISTANCE, INSIDE = Measure.DISTANCE, Measure.INSIDE


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (factor("a", 1.0), 0.0),
        (factor("a", 1.0, 3.0), 3.0),
        (factor("a", 1.0, 3.0, accuracy_m=50.0), 3.0),
        (factor("a", 1.0, measure=DISTANCE, accuracy_m=50.0), 50.0),
        (factor("a", 1.0, 20.0, measure=DISTANCE, accuracy_m=50.0), 50.0),
        (factor("a", 1.0, 80.0, measure=DISTANCE, accuracy_m=50.0), 80.0),
        (factor("a", 1.0, 1.0, measure=INSIDE, accuracy_m=50.0, membership=CODES), 0.0),
        (factor("a", 1.0, 1.0, measure=INSIDE), 0.0),
        (factor("a", 1.0, 1.0, membership=CODES), 0.0),
    ],
)
def test_which_error_is_drawn(one: Factor, wanted: float) -> None:
    assert error_of(one) == wanted


def test_factors_taken_as_right_are_named() -> None:
    assert without_error(model_of(*THREE, factor("d", 0.0), chance=Chance())) == ("b",)


def test_errors_do_not_leave_what_can_be() -> None:
    factors = (
        factor("a", 0.5),
        factor("b", 0.2, measure=DISTANCE, reach_m=5000.0),
        factor("c", 0.3, measure=Measure.DENSITY, reach_m=1000.0),
    )
    wanted = [[-np.inf, np.inf], [0.0, 5000.0], [0.0, np.inf]]
    assert reach(model_of(*factors, chance=Chance())).tolist() == wanted


@pytest.mark.parametrize(
    ("reached", "draws", "wanted"),
    [
        ((0, 0), 200, (100, 0, 0)),
        ((200, 200), 200, (0, 0, 100)),
        ((200, 0), 200, (0, 100, 0)),
        ((150, 50), 200, (25, 50, 25)),
        ((199, 0), 200, (1, 99, 0)),
        ((1, 1), 1000, (99, 0, 1)),
        ((9999, 9999), 10_000, (1, 0, 99)),
        ((2, 1), 3, (33, 34, 33)),
    ],
)
def test_percents_sum_to_100(reached: tuple[int, int], draws: int, wanted: tuple[int, ...]) -> None:
    given = np.array(reached, np.uint16)[:, np.newaxis]
    assert tuple(_percents(given, draws)[:, 0].tolist()) == wanted


@examples(50)
@given(draws=st.integers(1, 10_000), seed=st.integers(0, 1000))
def test_percents_are_near_the_shares(draws: int, seed: int) -> None:
    reached = np.random.default_rng(seed).integers(0, draws + 1, (2, 50))
    reached = -np.sort(-reached, axis=0).astype(np.int64)
    found = _percents(reached.astype(np.uint16), draws).astype(int)
    moderate, suitable = reached
    shares = 100 * np.stack([draws - moderate, moderate - suitable, suitable]) / draws
    assert (found.sum(axis=0) == 100).all()
    assert (found >= 0).all()
    assert (np.abs(found - shares) <= 1.5).all()
    assert (shares[found == 100] == 100).all()


def test_the_factor_of_most_variance_decides() -> None:
    nan = np.nan
    spread = np.array([[1, 0, 3, 1e-14, nan], [3, 0, 3, 0, nan]], np.float32)
    deciding, share = _decides(spread)
    assert deciding.tolist() == [1, NO_FACTOR, 0, NO_FACTOR, NO_FACTOR]
    assert share.tolist() == [75, 0, 50, 0, 0]
