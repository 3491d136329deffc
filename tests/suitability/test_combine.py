"""Scores by hand, against an independent library, and what order and other cells may not change."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pymcdm.methods import TOPSIS

from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.model import Combination

NAN = float("nan")
# Three factors on a grid of 2 rows and 3 columns, weights 0.5, 0.3 and 0.2.
WORTHS = np.array(
    [
        [[1.0, 0.8, 0.0], [0.5, 0.0, NAN]],
        [[1.0, 0.6, 0.0], [0.5, 0.0, 1.0]],
        [[1.0, 0.1, 0.0], [0.5, 1.0, 1.0]],
    ]
)
WEIGHTS = (0.5, 0.3, 0.2)
ORDER = (0.2, 0.3, 0.5)
# By hand. Sum: 0.4 + 0.18 + 0.02. OWA: the quantifier runs through (1/3, 0.2), (2/3, 0.5), (1, 1);
# second cell: weights in order 0.5, 0.3, 0.2 reach 0.35, 0.7, 1: 0.35*0.8 + 0.35*0.6 + 0.3*0.1;
# fifth cell: the best has weight 0.2 and reaches 0.12.
# TOPSIS, second cell: worst = (0.4, 0.18, 0.02), best = (0.1, 0.12, 0.18).
NEAR, FAR = np.sqrt(0.16 + 0.0324 + 0.0004), np.sqrt(0.01 + 0.0144 + 0.0324)
BY_HAND = {
    Combination.WEIGHTED_SUM: [[1.0, 0.6, 0.0], [0.5, 0.2, NAN]],
    Combination.OWA: [[1.0, 0.52, 0.0], [0.5, 0.12, NAN]],
    Combination.TOPSIS: [
        [1.0, NEAR / (NEAR + FAR), 0.0],
        [0.5, 0.2 / (0.2 + np.sqrt(0.34)), NAN],
    ],
}


@pytest.mark.parametrize("how", Combination)
def test_a_grid_by_hand(how):
    np.testing.assert_allclose(combined(WORTHS, WEIGHTS, how, ORDER), BY_HAND[how], atol=1e-12)


@pytest.mark.parametrize("how", Combination)
def test_a_factor_of_no_weight_is_not_looked_at(how):
    strange = np.concatenate([WORTHS, np.full((1, 2, 3), NAN)])
    order = ORDER if how is not Combination.OWA else (*ORDER, 0.0)
    found = combined(strange, (*WEIGHTS, 0.0), how, order)
    assert np.isnan(found[1, 2])
    if how is not Combination.OWA:
        np.testing.assert_array_equal(found, combined(WORTHS, WEIGHTS, how, ORDER))


def cells(factors):
    return st.lists(
        st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=factors, max_size=factors),
        min_size=1,
        max_size=8,
    ).map(lambda rows: np.array(rows).T)


@st.composite
def shares(draw, count):
    parts = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    return tuple(part / sum(parts) for part in parts)


CASES = st.integers(1, 5).flatmap(lambda n: st.tuples(cells(n), shares(n), shares(n)))
HOW = st.sampled_from(Combination)


@given(CASES, HOW)
@examples(100)
def test_scores_lie_between_the_worst_and_the_best_membership(case, how):
    worths, weights, order = case
    found = combined(worths, weights, how, order)
    assert np.all(found <= 1 + 1e-12)
    assert np.all(found >= 0)
    if how is not Combination.TOPSIS:
        assert np.all(found <= worths.max(axis=0) + 1e-12)
        assert np.all(found >= worths.min(axis=0) - 1e-12)


@given(CASES, HOW, st.randoms(use_true_random=False))
@examples(100)
def test_the_order_of_factors_changes_nothing(case, how, random):
    worths, weights, order = case
    turn = list(range(len(weights)))
    random.shuffle(turn)
    turned = combined(worths[turn], [weights[i] for i in turn], how, order)
    np.testing.assert_allclose(turned, combined(worths, weights, how, order), atol=1e-12)


@given(CASES, HOW)
@examples(60)
def test_a_cell_alone_scores_as_among_others(case, how):
    worths, weights, order = case
    whole = combined(worths, weights, how, order)
    alone = [combined(worths[:, i : i + 1], weights, how, order)[0] for i in range(whole.size)]
    np.testing.assert_array_equal(whole, alone)


@given(CASES, HOW, st.integers(0, 4))
@examples(100)
def test_a_better_membership_never_lowers_a_score(case, how, which):
    worths, weights, order = case
    better = worths.copy()
    better[which % len(weights)] = np.minimum(1, better[which % len(weights)] + 0.05)
    gain = combined(better, weights, how, order) - combined(worths, weights, how, order)
    assert np.all(gain >= -1e-12)


@given(CASES, HOW, st.data())
@examples(60)
def test_one_unknown_factor_makes_the_score_unknown(case, how, data):
    worths, weights, order = case
    holed = worths.copy()
    i = data.draw(st.integers(0, worths.shape[0] - 1))
    j = data.draw(st.integers(0, worths.shape[1] - 1))
    holed[i, j] = NAN
    found = combined(holed, weights, how, order)
    assert np.isnan(found[j])
    assert np.isnan(found).sum() == 1


@given(st.integers(2, 5).flatmap(lambda n: st.tuples(cells(n), shares(n))))
@examples(60)
def test_owa_with_equal_order_weights_is_the_weighted_sum(case):
    worths, weights = case
    order = (1 / len(weights),) * len(weights)
    expected = combined(worths, weights, Combination.WEIGHTED_SUM)
    np.testing.assert_allclose(
        combined(worths, weights, Combination.OWA, order), expected, atol=1e-12
    )


@given(st.integers(2, 5).flatmap(lambda n: st.tuples(cells(n), shares(n))))
@examples(60)
def test_owa_with_equal_weights_is_the_plain_owa(case):
    worths, order = case
    weights = (1 / len(order),) * len(order)
    expected = np.sort(worths, axis=0)[::-1].T @ np.array(order)
    np.testing.assert_allclose(
        combined(worths, weights, Combination.OWA, order), expected, atol=1e-12
    )


@pytest.mark.parametrize(("order", "pick"), [((1, 0, 0), np.max), ((0, 0, 1), np.min)])
def test_owa_from_the_best_to_the_worst(order, pick):
    for worths in permutations((0.2, 0.5, 0.9)):
        grid = np.array(worths)[:, None]
        assert combined(grid, (1 / 3,) * 3, Combination.OWA, order)[0] == pytest.approx(
            pick(worths)
        )


def test_owa_counts_all_of_weights_that_sum_to_1_within_rounding():
    ones = np.ones((3, 1))
    found = combined(ones, (0.333333, 0.333333, 0.333333), Combination.OWA, (0, 0, 1))
    assert found[0] == 1


def test_owa_has_no_jump_where_two_memberships_are_equal():
    """The same limit whichever of two factors of unlike weight comes to lie ahead."""
    weights, order = (0.7, 0.2, 0.1), (0.6, 0.3, 0.1)
    ahead = combined(np.array([[0.5 + 1e-9], [0.5], [0.1]]), weights, Combination.OWA, order)
    behind = combined(np.array([[0.5], [0.5 + 1e-9], [0.1]]), weights, Combination.OWA, order)
    assert ahead[0] == pytest.approx(behind[0], abs=1e-8)


@pytest.mark.filterwarnings("ignore:Alternatives with indices")  # the ideal dominates, as it must
@given(st.integers(2, 5).flatmap(lambda n: st.tuples(cells(n), shares(n))))
@examples(100)
def test_topsis_is_that_of_an_independent_library_with_ideal_and_anti_ideal_added(case):
    worths, weights = case
    count = len(weights)
    table = np.vstack([worths.T, np.ones(count), np.zeros(count)])
    expected = TOPSIS()(table, np.array(weights), np.ones(count))[:-2]
    found = combined(worths, weights, Combination.TOPSIS)
    np.testing.assert_allclose(found, expected, atol=1e-12)
