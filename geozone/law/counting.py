"""Counting words of Chinese drafting: which of them include the number that they name.

Source: the Civil Code's rule on counting words (民法典 第1259条), a convention of this product.
"""

from __future__ import annotations

from collections.abc import Callable

_INCLUDING = {
    "ge": ("以上", "届满", "不低于", "不少于", "不应低于", "最低"),
    "le": ("以下", "以内", "不超过", "只能有"),
}
_EXCLUDING = {"lt": ("不满", "不足", "小于", "低于"), "gt": ("超过", "以外", "大于", "高于")}


def counting_words() -> dict[str, str]:
    """Every counting word with the comparison that it stands for."""
    both = (*_INCLUDING.items(), *_EXCLUDING.items())
    return {word: comparison for comparison, words in both for word in words}


def comparison(word: str) -> str:
    """The comparison (``lt``, ``le``, ``gt``, ``ge``) that a word, or a comparison, stands for.

    Any other word is given back as it is.
    """
    return counting_words().get(word, word)


def counts(word: str, value: float, limit: float) -> bool:
    """Whether ``value`` is ``word`` ``limit``: 200 is 以内 200, 25 is not 不足 25.

    Raises ``KeyError`` for a word that does not count.
    """
    return COMPARE[comparison(word)](value, limit)


COMPARE: dict[str, Callable[..., bool]] = {
    "lt": lambda value, limit: value < limit,
    "le": lambda value, limit: value <= limit,
    "gt": lambda value, limit: value > limit,
    "ge": lambda value, limit: value >= limit,
}

COMPARISONS = tuple(COMPARE)
