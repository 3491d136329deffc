"""What fact tests can come to together: whether any statement of facts satisfies them.

A value of each fact is tried around every limit that the tests name, with the law's own tests, so
nothing here knows an operator. A fact that nobody states satisfies no test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import combinations, pairwise, product
from math import ceil, floor
from typing import Any

from geozone.law.fact import DENIALS, FactTest, FactValue
from geozone.law.rule import Tests
from geozone.law.state import Truth
from geozone.rules import vocabulary
from geozone.rules.vocabulary import FactKind

Group = tuple[FactTest, ...]
"""Tests that must all hold."""

_OTHER = "·"
"""Stands for any text that no test names."""


def possible(tests: Group, none_of: Iterable[Group] = ()) -> bool:
    """Whether facts can be stated so that all tests hold and no group of ``none_of`` does."""
    return any(_stateable(tests, escaped) for escaped in product(*none_of))


def implies(narrow: Tests, wide: Tests) -> bool:
    """Whether ``wide`` holds under every statement of facts under which ``narrow`` does."""
    return all(not possible(group, wide or ((),)) for group in narrow or ((),))


def _stateable(tests: Group, escaped: Sequence[FactTest]) -> bool:
    """Whether each fact of the tests has a value that meets them and none of ``escaped``."""
    return all(
        _has_value(
            fact,
            [one for one in tests if one.fact == fact],
            [one for one in escaped if one.fact == fact],
        )
        for fact in sorted({one.fact for one in tests})
    )


def _has_value(fact: str, tests: list[FactTest], escaped: list[FactTest]) -> bool:
    def holds(test: FactTest, value: FactValue) -> bool:
        return test.truth({fact: value}) is Truth.TRUE

    return any(
        all(holds(test, value) for test in tests)
        and not any(holds(test, value) for test in escaped)
        for value in _values(vocabulary.facts()[fact], [*tests, *escaped])
    )


def _values(kind: FactKind, tests: Iterable[FactTest]) -> list[FactValue]:
    """Values of a fact among which every outcome of the tests occurs."""
    named = [each for test in tests for each in _listed(test.value)]
    return _VALUES.get(kind.type, _texts)(kind, named)


def _listed(value: Any) -> tuple[Any, ...]:  # a fact's value, of its own type
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _booleans(_kind: FactKind, _named: list[Any]) -> list[FactValue]:
    return [True, False]


def _choice(kind: FactKind, _named: list[Any]) -> list[FactValue]:
    return list(kind.choices)


def _choices(kind: FactKind, _named: list[Any]) -> list[FactValue]:
    return _subsets(kind.choices)


def _approvals(_kind: FactKind, named: list[Any]) -> list[FactValue]:
    return [(), *_subsets(f"{rule}={_OTHER}" for rule in dict.fromkeys(named))]


def _subsets(words: Iterable[str]) -> list[FactValue]:
    known = tuple(words)
    return [some for size in range(len(known)) for some in combinations(known, size + 1)]


def _numbers(kind: FactKind, named: list[Any]) -> list[FactValue]:
    bounds = [one for one in (kind.min, kind.max) if one is not None]
    limits = sorted({0.0, *map(float, [*named, *bounds])})
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return [
        one
        for one in (*limits, *between, limits[0] - 1, limits[-1] + 1)
        if (kind.min is None or one >= kind.min) and (kind.max is None or one <= kind.max)
    ]


def _counts(kind: FactKind, named: list[Any]) -> list[FactValue]:
    whole = {
        each + step for one in named for each in (floor(one), ceil(one)) for step in (-1, 0, 1)
    }
    return [float(one) for one in sorted({0, *whole}) if kind.min is None or one >= kind.min]


def _dates(_kind: FactKind, named: list[Any]) -> list[FactValue]:
    last = date.max.toordinal()
    days = {one.toordinal() + step for one in named for step in (-1, 0, 1)}
    return [date.fromordinal(min(max(one, 1), last)) for one in sorted(days)]


def _texts(_kind: FactKind, named: list[Any]) -> list[FactValue]:
    """Texts and documents: what the tests name, a denial, and any other text."""
    return [*dict.fromkeys(named), DENIALS[0], _OTHER]


_VALUES: dict[str, Callable[[FactKind, list[Any]], list[FactValue]]] = {
    "boolean": _booleans,
    "choice": _choice,
    "choices": _choices,
    "number": _numbers,
    "count": _counts,
    "date": _dates,
    "approvals": _approvals,
}
