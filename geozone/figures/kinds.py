"""The closed list of what a check may compute, in base units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import prod


@dataclass(frozen=True)
class Operands:
    """What goes into a check, in base units; blanks are left out."""

    of: tuple[Decimal, ...]
    less: tuple[Decimal, ...] = ()
    increase: tuple[Decimal, ...] = ()
    per: Decimal = Decimal(1)
    printed: Decimal = Decimal(0)


@dataclass(frozen=True)
class Kind:
    """A kind of check: how it computes, how many addresses it takes, how it compares.

    ``same_base``: what it adds or compares must be of the printed figure's base unit. ``limit``:
    a printed limit is met rather than equalled. ``takes``: keys besides those of every check.
    """

    compute: Callable[[Operands], Decimal]
    addresses: range
    same_base: bool = False
    limit: bool = False
    takes: frozenset[str] = frozenset({"tolerance"})


def _sum(one: Operands) -> Decimal:
    return sum(one.of, Decimal(0)) - sum(one.less, Decimal(0))


def _same(one: Operands) -> Decimal:
    return one.of[0]


def _product(one: Operands) -> Decimal:
    rise = one.increase[1] - one.increase[0] if one.increase else Decimal(1)
    return prod(one.of, start=rise)


def _ratio(one: Operands) -> Decimal:
    return one.of[0] / one.of[1]


def _growth(one: Operands) -> Decimal:
    return one.of[1] / one.of[0] - 1


def _conversion(one: Operands) -> Decimal:
    return one.of[0] / one.per


def _share(one: Operands) -> Decimal:
    return (one.printed * one.of[0]).to_integral_value() / one.of[0]


def _count(one: Operands) -> Decimal:
    return Decimal(len(one.of))


ANY = range(1, 100)
ONE = range(1, 2)
TWO = range(2, 3)

KINDS = {
    "sum": Kind(_sum, ANY, same_base=True, takes=frozenset({"tolerance", "less"})),
    "equal": Kind(_same, ONE, same_base=True),
    "limit": Kind(_same, ONE, same_base=True, limit=True),
    "product": Kind(_product, ANY, takes=frozenset({"tolerance", "increase"})),
    "ratio": Kind(_ratio, TWO),
    "growth": Kind(_growth, TWO, limit=True),
    "conversion": Kind(_conversion, ONE, takes=frozenset({"tolerance", "per"})),
    "share": Kind(_share, ONE),
    "count": Kind(_count, ANY, takes=frozenset()),
    "names": Kind(_count, ANY, takes=frozenset()),
}
"""``sum`` adds ``of`` and takes off ``less``; ``equal`` is another printing of the same figure;
``limit`` keeps within it; ``product`` multiplies ``of``, and by the rise from the first to the
second of ``increase``; ``ratio`` divides the first of ``of`` by the second; ``growth`` is the rise
from the first to the second, over the first; ``conversion`` divides by a constant (``per``);
``share`` is the printed share of a whole number of things; ``count`` counts rows; ``names``
compares what is printed as sets."""
