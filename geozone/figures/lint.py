"""The arithmetic lint: where a document's figures do not agree with what they are made of."""

from __future__ import annotations

from decimal import Decimal

from geozone.figures.address import figure_at, figures_at
from geozone.figures.comparing import comparisons
from geozone.figures.values import Book, Comparison, Inconsistency, Role, Total
from geozone.law.errors import Fault, Refused


def lint(book: Book) -> tuple[Inconsistency, ...]:
    """What does not agree in the documents, in the order of documents and checks.

    Nothing is corrected: both sides are given. What differs by rounding only, within the tolerance
    that a check declares, is not among them.
    """
    return tuple(_inconsistency(one) for one in compare(book) if not one.holds)


def compare(book: Book) -> tuple[Comparison, ...]:
    """Every check with its printed and computed figures, whether they agree or not."""
    return tuple(one for check in book.checks for one in comparisons(book, check))


def totals(book: Book, table: str, column: str, *, group: str = "") -> Total:
    """The printed total of a column and the sum of its parts, of one group if it is named.

    Both are in the column's unit; blanks are left out. Raises ``Refused`` if table, column or group
    is unknown, or if the column has no one unit to add up in.
    """
    address = f"{table}/{f'@{group}' if group else '*'}/{column}"
    parts = figures_at(book, address)
    if len({one.unit for one in parts}) > 1 or not parts[0].unit.base:
        todo = "take a column of numbers in one unit"
        raise Refused([Fault("figures", address, "does not add up", todo)])
    rows = () if group else book.table(table).rows
    printed = [
        figure_at(book, f"{table}/{row.name}/{column}") for row in rows if row.role is Role.TOTAL
    ]
    numbers = (one.value for one in parts if one.value is not None)
    return Total(printed[0] if printed else None, sum(numbers, Decimal(0)), parts[0].unit)


def _inconsistency(found: Comparison) -> Inconsistency:
    return Inconsistency(
        check=found.check.id,
        table=found.table,
        row=found.row,
        what=found.check.says,
        printed=found.printed,
        computed=found.computed,
        difference=found.difference,
        unit={"zh": found.unit.zh, "en": found.unit.en},
        place=found.sources[0].place,
        sources=found.sources,
        note=found.check.note,
    )
