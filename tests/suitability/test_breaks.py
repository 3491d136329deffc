"""Limits between classes: natural breaks against a library, tiles, edges of limits."""

from __future__ import annotations

import jenkspy
import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.answers.suitability.breaks import BINS, classified, counted, natural_breaks
from geozone.answers.suitability.model import Class

NAN = float("nan")


def spread(scores, limits):
    """The deviation within classes (root of the mean square)."""
    parts = np.split(np.sort(scores), np.searchsorted(np.sort(scores), limits))
    squares = sum(((part - part.mean()) ** 2).sum() for part in parts if len(part))
    return float(np.sqrt(squares / len(scores)))


def best(scores):
    """The least deviation, by Fisher's and Jenks's breaks of the scores themselves."""
    found = jenkspy.jenks_breaks(np.asarray(scores, dtype=np.float64), n_classes=3)
    return spread(scores, [np.nextafter(one, 2) for one in found[1:-1]])


ON_BINS = st.integers(0, BINS - 1).map(lambda n: (n + 0.5) / BINS)


@given(st.lists(ON_BINS, min_size=3, max_size=80))
@examples(150)
def test_breaks_of_scores_amid_bins_are_those_of_the_library(scores):
    found = natural_breaks(counted(np.array(scores)))
    if len(set(scores)) < 3:
        assert found is None
    else:
        assert spread(scores, found) == pytest.approx(best(scores), abs=1e-9)


@given(st.lists(st.floats(0, 1, width=32), min_size=3, max_size=80))
@examples(150)
def test_breaks_of_any_scores_are_as_good_but_for_one_bin(scores):
    found = natural_breaks(counted(np.array(scores)))
    if found is not None:
        assert spread(scores, found) <= best(scores) + 1 / BINS


def test_two_hills_and_a_plain_by_hand():
    scores = np.repeat([0.1, 0.12, 0.5, 0.52, 0.9], [5, 5, 7, 7, 3])
    low, high = natural_breaks(counted(scores))
    assert 0.12 < low <= 0.5
    assert 0.52 < high <= 0.9


@given(st.lists(st.tuples(st.floats(width=32), st.booleans()), max_size=60))
@examples(60)
def test_only_chosen_scores_are_counted(pairs):
    scores = np.array([one for one, _ in pairs], np.float32)
    chosen = np.array([one for _, one in pairs], bool)
    known = scores[chosen & np.isfinite(scores)].astype(np.float64)
    bins = np.clip(np.floor(np.clip(known, -1, 2) * BINS), 0, BINS - 1).astype(int)
    assert np.array_equal(counted(scores, chosen), np.bincount(bins, minlength=BINS))


def test_counts_weigh():
    few, many = np.array([0.1, 0.3, 0.45, 0.7]), np.array([1, 1000, 1000, 1])
    counts = counted(np.repeat(few, many))
    assert natural_breaks(counts) != natural_breaks(counted(few))
    scores = np.repeat(few, many)
    assert spread(scores, natural_breaks(counts)) == pytest.approx(best(scores), abs=1 / BINS)


def test_tiles_and_their_order_change_nothing():
    scores = np.random.default_rng(3).beta(2, 3, (60, 80)).astype(np.float32)
    scores[10:20, 5:9] = NAN
    whole = counted(scores)
    assert whole.sum() == np.isfinite(scores).sum()
    for rows, cols in [(7, 80), (60, 13), (11, 9)]:
        tiles = [
            counted(scores[top : top + rows, left : left + cols])
            for top in range(0, 60, rows)
            for left in range(0, 80, cols)
        ]
        np.testing.assert_array_equal(sum(tiles[::-1]), whole)


def test_scores_a_hair_above_1_and_unknown_ones():
    counts = counted(np.array([[0.0, 1.0], [1 + 1e-7, NAN]]))
    assert (len(counts), counts[0], counts[-1], counts.sum()) == (BINS, 1, 2, 3)


def test_of_equally_good_limits_the_lowest_are_taken():
    counts = np.zeros(BINS, dtype=np.int64)
    counts[[10, 20, 30, 40]] = 1
    assert natural_breaks(counts) == (20 / BINS, 30 / BINS)


@pytest.mark.parametrize("scores", [[], [NAN], [0.5] * 9, [0.2, 0.9, 0.9]])
def test_too_few_scores_have_no_breaks(scores):
    assert natural_breaks(counted(np.array(scores, dtype=np.float64))) is None


CLASSES = [
    (0.3999, Class.UNSUITABLE),
    (0.4, Class.MODERATE),
    (0.6999, Class.MODERATE),
    (0.7, Class.SUITABLE),
    (0.1 + 0.2 + 0.4, Class.SUITABLE),  # 0.7000000000000001
    (0.7 * 0.1 + 0.7 * 0.2 + 0.7 * 0.7, Class.SUITABLE),  # 0.7 but for the last bits
    (1.0, Class.SUITABLE),
    (0.0, Class.UNSUITABLE),
    (NAN, Class.UNDETERMINED),
]


@pytest.mark.parametrize(("score", "expected"), CLASSES)
def test_classes_at_and_next_to_limits(score, expected):
    for kind in (np.float32, np.float64):
        found = classified(np.array([[score]], dtype=kind), (0.4, 0.7))
        assert found.dtype == np.uint8
        assert found[0, 0] == expected.value


@given(st.lists(st.floats(0, 1), min_size=1))
@examples(60)
def test_classes_follow_from_the_kept_scores(scores):
    whole = np.array(scores)
    np.testing.assert_array_equal(
        classified(whole, (0.4, 0.7)), classified(whole.astype(np.float32), (0.4, 0.7))
    )
