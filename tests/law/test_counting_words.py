"""Counting words: which include the number that they name."""

from __future__ import annotations

import pytest

from geozone.law.counting import comparison, counting_words, counts
from geozone.law.fact import FactTest
from geozone.law.state import Truth

BELOW, AT, ABOVE = 9.99, 10.0, 10.01

WORDS = {
    "以上": (False, True, True),
    "届满": (False, True, True),
    "不低于": (False, True, True),
    "不少于": (False, True, True),
    "不应低于": (False, True, True),
    "最低": (False, True, True),
    "以下": (True, True, False),
    "以内": (True, True, False),
    "不超过": (True, True, False),
    "只能有": (True, True, False),
    "不满": (True, False, False),
    "不足": (True, False, False),
    "小于": (True, False, False),
    "低于": (True, False, False),
    "超过": (False, False, True),
    "以外": (False, False, True),
    "大于": (False, False, True),
    "高于": (False, False, True),
}


def test_every_word_is_tried() -> None:
    assert set(WORDS) == set(counting_words())


@pytest.mark.parametrize("word", WORDS)
def test_a_word_includes_its_number_or_not(word: str) -> None:
    assert tuple(counts(word, value, AT) for value in (BELOW, AT, ABOVE)) == WORDS[word]


@pytest.mark.parametrize("word", WORDS)
def test_facts_are_tested_by_the_same_words(word: str) -> None:
    test = FactTest("depth_m", comparison(word), AT)
    found = [test.truth({"depth_m": value}) is Truth.TRUE for value in (BELOW, AT, ABOVE)]
    assert tuple(found) == WORDS[word]


def test_a_word_that_does_not_count_is_refused() -> None:
    assert comparison("is") == "is"
    with pytest.raises(KeyError):
        counts("大约", 1, 1)
