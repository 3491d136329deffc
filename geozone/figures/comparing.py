"""Making one check: the printed figure, what the others make of it, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext

from geozone.figures.address import (
    ROW,
    figure_at,
    figures_at,
    names_at,
    rows_at,
    sources_at,
)
from geozone.figures.kinds import KINDS, Operands
from geozone.figures.values import Book, Bound, Check, Comparison, Figure, Source, Unit

_DIGITS = 40
_BEYOND = 2
"""Digits that a computed figure shows beyond the printed ones."""

_WORDS = Unit(id="words", zh="文字", en="words", base="", factor=Decimal(1))


def comparisons(book: Book, check: Check) -> tuple[Comparison, ...]:
    """What one check finds, for each row where it says so; a row with blanks gives nothing.

    Raises ``Refused`` if an address points at nothing, ``ArithmeticError`` if it divides by zero.
    """
    make = _compare_names if check.kind == "names" else _compare_numbers
    with localcontext(prec=_DIGITS):
        found = [make(book, check, row) for row in rows_of(book, check)]
    return tuple(one for one in found if one is not None)


def rows_of(book: Book, check: Check) -> list[str]:
    """The rows that a check walks over; one empty name if it walks over none."""
    return [row.name for row in book.table(check.each).rows] if check.each else [""]


def _compare_numbers(book: Book, check: Check, row: str) -> Comparison | None:
    printed = figure_at(book, check.printed.replace(ROW, row))
    operands = _operands(book, check, row, printed)
    if operands is None or printed.value is None:
        return None
    kind = KINDS[check.kind]
    computed = kind.compute(operands) / printed.unit.factor
    meets = _within if kind.limit else _agrees
    return Comparison(
        check=check,
        table=printed.table,
        row=printed.row,
        printed=f"{printed.value:f}",
        computed=_text(computed, printed.value),
        difference=_text(printed.value - computed, printed.value),
        unit=printed.unit,
        holds=meets(printed.bound, printed.value, computed, check.tolerance),
        sources=_sources(book, check, row),
    )


def _compare_names(book: Book, check: Check, row: str) -> Comparison:
    address = check.printed.replace(ROW, row)
    printed = names_at(book, address)
    others = tuple(
        dict.fromkeys(name for one in check.of for name in names_at(book, _on(one, row)))
    )
    only = [f"+{one}" for one in printed if one not in others]
    only += [f"-{one}" for one in others if one not in printed]
    table, *rest = address.split("/")
    return Comparison(
        check=check,
        table=table,
        row=rest[0] if len(rest) > 1 else "",
        printed="、".join(printed),
        computed="、".join(others),
        difference="、".join(only),
        unit=_WORDS,
        holds=not only,
        sources=_sources(book, check, row),
    )


def _operands(book: Book, check: Check, row: str, printed: Figure) -> Operands | None:
    """The numbers of a check, ``None`` where a blank leaves nothing to compare."""
    if check.kind == "count":
        counted = tuple(Decimal(1) for one in check.of for _ in rows_at(book, _on(one, row)))
        return Operands(counted)
    at = figures_at if check.kind == "sum" else _one_at
    of, less, increase = (
        tuple(one for each in key for one in at(book, _on(each, row)))
        for key in (check.of, check.less, check.increase)
    )
    blank = any(one.value is None for one in (printed, *of, *less, *increase))
    if blank and (check.kind != "sum" or not _numbers(of)):
        return None
    per = {one.id: one.value for one in book.constants}.get(check.per, Decimal(1))
    numbers = _numbers(of), _numbers(less), _numbers(increase)
    return Operands(*numbers, per=per, printed=printed.base_value or Decimal(0))


def _one_at(book: Book, address: str) -> tuple[Figure, ...]:
    return (figure_at(book, address),)


def _numbers(figures: Iterable[Figure]) -> tuple[Decimal, ...]:
    return tuple(one.base_value for one in figures if one.base_value is not None)


def _sources(book: Book, check: Check, row: str) -> tuple[Source, ...]:
    addresses = (check.printed, *check.of, *check.less, *check.increase)
    found = (one for each in addresses for one in sources_at(book, _on(each, row)))
    sources: list[Source] = []
    for one in found:
        if one not in sources:
            sources.append(one)
    return tuple(sources)


def _on(address: str, row: str) -> str:
    return address.replace(ROW, row)


def _agrees(_bound: Bound, printed: Decimal, computed: Decimal, tolerance: Decimal) -> bool:
    return abs(printed - computed) <= tolerance


def _within(bound: Bound, printed: Decimal, computed: Decimal, tolerance: Decimal) -> bool:
    """Whether a computed figure keeps to the printed limit; a figure that is none is equalled."""
    if bound is Bound.BELOW:
        return computed < printed + tolerance
    if bound is Bound.ABOVE:
        return computed > printed - tolerance
    if bound is Bound.AT_LEAST:
        return computed >= printed - tolerance
    return _agrees(bound, printed, computed, tolerance)


def _text(value: Decimal, like: Decimal) -> str:
    """A number with at most two digits more than the printed one, trailing zeros left off."""
    exponent = like.as_tuple().exponent
    digits = max(0, -exponent if isinstance(exponent, int) else 0) + _BEYOND
    text = f"{round(value, digits) + 0:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
