"""What conditions of the ground say of each other: one inside another, or against itself."""

from __future__ import annotations

from itertools import product

from geozone.law.condition import Condition
from geozone.law.rule import Ask

Group = tuple[Ask, ...]
"""Conditions that must all hold."""

Alternatives = tuple[Group, ...]
"""Any of all of; none at all holds everywhere."""


def inside(narrow: Alternatives, wide: Alternatives) -> bool:
    """Whether all ground of ``narrow`` surely is ground of ``wide``, whatever the layers hold."""
    if not wide:
        return True
    groups = [each for group in narrow for each in _by_class(group)]
    return bool(groups) and all(any(_group_inside(one, other) for other in wide) for one in groups)


def against_itself(group: Group) -> bool:
    """Whether conditions that must all hold never do."""
    empty = any(_empty(one.condition) for one in group if not one.outside)
    asked = [one.condition for one in group if not one.outside]
    barred = [one.condition for one in group if one.outside]
    return empty or any(_inside(one, other) for one in asked for other in barred)


def themes(alternatives: Alternatives) -> set[str]:
    """The themes that conditions ask about."""
    return {one.condition.theme for group in alternatives for one in group}


def _by_class(group: Group) -> list[Group]:
    """A group of conditions as groups that ask of one class each: the same ground."""
    return [tuple(one) for one in product(*(_classed(ask) for ask in group))]


def _classed(ask: Ask) -> list[Ask]:
    if ask.outside or not ask.condition.classes:
        return [ask]
    one = ask.condition
    return [
        Ask(Condition(one.theme, (name,), one.attributes, one.within_m, one.above, one.below))
        for name in one.classes
    ]


def _group_inside(narrow: Group, wide: Group) -> bool:
    return all(any(_ask_inside(one, other) for one in narrow) for other in wide)


def _ask_inside(narrow: Ask, wide: Ask) -> bool:
    if narrow.outside != wide.outside:
        return False
    if narrow.outside:
        return _inside(wide.condition, narrow.condition)
    return _inside(narrow.condition, wide.condition)


def _inside(narrow: Condition, wide: Condition) -> bool:
    """Whether the wide condition holds wherever the narrow one does."""
    asked = dict(narrow.attributes)
    return (
        narrow.theme == wide.theme
        and _of_class(narrow, wide)
        and all(
            name in asked and set(asked[name]) <= set(values) for name, values in wide.attributes
        )
        and narrow.within_m <= wide.within_m
        and (wide.above is None or (narrow.above is not None and narrow.above >= wide.above))
        and (wide.below is None or (narrow.below is not None and narrow.below <= wide.below))
    )


def _of_class(narrow: Condition, wide: Condition) -> bool:
    """A feature whose class nobody knows answers only to a condition that asks no class."""
    if not wide.classes:
        return True
    return bool(narrow.classes) and set(narrow.classes) <= set(wide.classes)


def _empty(condition: Condition) -> bool:
    """Whether no value lies above the one limit and below the other."""
    low, high = condition.above, condition.below
    return low is not None and high is not None and low >= high
