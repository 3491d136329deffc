"""Weights from judgements: published examples, an independent library, refusals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pymcdm.weights.subjective import AHP

from geozone.answers.suitability.weights import (
    LARGEST,
    RANDOM_INDEX,
    entry,
    faults_of,
    inconsistency,
    pairwise,
)


def matrix(text):
    return tuple(tuple(float(Fraction(one)) for one in row.split()) for row in text.split("|"))


# Saaty 2008, Decision making with the analytic hierarchy process, Int. J. Services Sciences 1:1:
# how much of seven drinks is drunk in the United States.
DRINKS = matrix(
    "1 9 5 2 1 1 1/2 | 1/9 1 1/3 1/9 1/9 1/9 1/9 | 1/5 3 1 1/3 1/4 1/3 1/9 | 1/2 9 3 1 1/2 1 1/3"
    "| 1 9 4 2 1 2 1/2 | 1 9 3 1 1/2 1 1/3 | 2 9 9 3 2 3 1"
)
# Saaty 1990, How to make a decision, Eur. J. Operational Research 48: buying a house.
HOUSE = matrix(
    "1 5 3 7 6 6 1/3 1/4 | 1/5 1 1/3 5 3 3 1/5 1/7 | 1/3 3 1 6 3 4 6 1/5"
    "| 1/7 1/5 1/6 1 1/3 1/4 1/7 1/8 | 1/6 1/3 1/3 3 1 1/2 1/5 1/6 | 1/6 1/3 1/4 4 2 1 1/5 1/6"
    "| 3 5 1/6 7 5 5 1 1/2 | 4 7 5 8 6 6 2 1"
)
# Wikipedia, Analytic hierarchy process - leader example: choosing a leader.
LEADER = matrix("1 4 3 7 | 1/4 1 1/3 3 | 1/3 3 1 5 | 1/7 1/3 1/5 1")
# Haas and Meixner, An illustrated guide to the analytic hierarchy process: choosing a car.
CAR = matrix("1 1/2 3 | 2 1 4 | 1/3 1/4 1")
PUBLISHED = {
    "drinks": (DRINKS, [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], 0.022),
    "house": (HOUSE, [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333], 0.169),
    "leader": (LEADER, [0.547, 0.127, 0.270, 0.056], 0.044),
    "car": (CAR, [0.3196, 0.5584, 0.1220], None),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples(name):
    rows, weights, ratio = PUBLISHED[name]
    found = pairwise(rows)
    # half a unit of the third place, and as much again: some sources make the column sum to 1
    assert found.weights == pytest.approx(weights, abs=0.00061)
    assert sum(found.weights) == pytest.approx(1, abs=1e-12)
    if ratio is not None:
        assert found.ratio == pytest.approx(ratio, abs=0.0005)


def test_the_house_is_told_with_its_numbers_and_its_worst_judgement():
    found = pairwise(HOUSE)
    assert (round(found.lambda_max, 3), round(found.index, 3)) == (9.669, 0.238)
    assert not found.is_consistent
    names = ["size", "transport", "place", "age", "yard", "facilities", "condition", "money"]
    told = inconsistency(found, names)
    assert "λmax = 9.669, CI = 0.238, RI = 1.41, CR = 0.169" in told
    assert "place:condition = 6" in told
    assert "1.13" in told


def test_random_indices():
    assert list(RANDOM_INDEX) == list(range(3, LARGEST + 1))
    assert list(RANDOM_INDEX.values())[:7] == [0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45]


@pytest.mark.parametrize(("ratio", "agrees"), [(0.0999, True), (0.10, False), (0.1001, False)])
def test_a_ratio_of_a_tenth_is_too_much(ratio, agrees):
    assert replace(pairwise(LEADER), ratio=ratio).is_consistent is agrees


SAATY = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1.0, 3.0, 5.0, 7.0, 9.0]


@st.composite
def judgements(draw, most=9):
    """Reciprocal matrices of Saaty's scale, consistent or not."""
    count = draw(st.integers(1, most))
    rows = np.ones((count, count))
    for i in range(count):
        for j in range(i + 1, count):
            rows[i, j] = draw(st.sampled_from(SAATY))
            rows[j, i] = 1 / rows[i, j]
    return rows


@given(judgements())
@examples(200)
def test_an_independent_library_finds_the_same_weights_and_index(rows):
    found = pairwise(rows)
    other = AHP(matrix=rows)
    assert found.weights == pytest.approx(other(), abs=1e-9)
    count = len(rows)
    if count < 3:
        assert found.ratio == other.get_cr() == 0
    else:  # its random indices have four decimals (Tummala and Ling 1998), ours Saaty's two
        assert found.index == pytest.approx(other.get_cr() * AHP.RI_M[count - 1], abs=1e-9)
        assert RANDOM_INDEX[count] == pytest.approx(AHP.RI_M[count - 1], abs=0.021)


@given(judgements(), st.randoms(use_true_random=False))
@examples(60)
def test_the_order_of_names_changes_no_weight(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    turned = pairwise(rows[np.ix_(order, order)])
    assert turned.weights == pytest.approx([pairwise(rows).weights[i] for i in order], abs=1e-12)
    assert turned.ratio == pytest.approx(pairwise(rows).ratio, abs=1e-9)


@given(st.lists(st.floats(1, 3), min_size=2, max_size=LARGEST))
@examples(60)
def test_consistent_judgements_give_back_their_weights(parts):
    share = np.array(parts) / sum(parts)
    found = pairwise(share[:, None] / share[None, :])
    assert found.weights == pytest.approx(share, abs=1e-12)
    assert found.ratio == pytest.approx(0, abs=1e-9)
    assert found.is_consistent


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=4, max_size=9), st.data())
@examples(60)
def test_the_one_judgement_that_is_wrong_is_named(parts, data):
    share = np.array(parts)
    rows = share[:, None] / share[None, :]
    i = data.draw(st.integers(0, len(rows) - 2))
    j = data.draw(st.integers(i + 1, len(rows) - 1))
    rows[i, j], rows[j, i] = 9.0, 1 / 9
    worst = pairwise(rows).worst
    assert (worst.row, worst.column, worst.written) == (i, j, 9.0)


def test_a_worst_judgement_is_told_from_the_side_that_is_larger():
    rows = matrix("1 1/9 1 1 | 9 1 1 1 | 1 1 1 1 | 1 1 1 1")
    worst = pairwise(rows).worst
    assert (worst.row, worst.column) == (1, 0)


GOOD_ENTRIES = {1: 1.0, 9: 9.0, 0.5: 0.5, "1/3": 1 / 3, " 2/7 ": 2 / 7, "3": 3.0, "1/9": 1 / 9}
BAD_ENTRIES = [
    "",
    "1/0",
    "a",
    "10",
    9.01,
    "1/10",
    0,
    -1,
    True,
    None,
    [1],
    "nan",
    float("nan"),
    1e999,
]


@pytest.mark.parametrize("written", GOOD_ENTRIES)
def test_entries(written):
    assert entry(written) == GOOD_ENTRIES[written]


@pytest.mark.parametrize("written", BAD_ENTRIES, ids=lambda one: repr(one)[:12])
def test_bad_entries(written):
    with pytest.raises(ValueError, match="1/9"):
        entry(written)


BAD_ROWS = {
    "not square": ("1 2 | 1/2", ["2 by 2"]),
    "too few rows": ("1 2", ["2 by 2"]),
    "diagonal": ("2 2 | 1/2 1", ["against itself"]),
    "not reciprocal": ("1 3 | 1/2 1", ["must be 0.3333"]),
    "rounded": ("1 3 | 0.33 1", ["not reciprocal"]),
    "two at once": ("2 3 | 1 3", ["against itself", "against itself", "not reciprocal"]),
    "fine": ("1 3 | 1/3 1", []),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_shape_and_pairs(name):
    text, told = BAD_ROWS[name]
    found = faults_of(matrix(text), ["a", "b"])
    assert len(found) == len(told)
    assert all(part in one for part, one in zip(told, found, strict=True))


def test_too_many_things_are_refused():
    names = [f"f{i}" for i in range(LARGEST + 1)]
    assert "groups" in faults_of(((1.0,) * len(names),) * len(names), names)[0]
