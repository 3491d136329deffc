"""Addresses of figures: ``table/rows/column``, or ``table/rows`` for the rows themselves.

``rows`` is a row's name, ``*`` for every part of the table (totals and what stands beside them left
out), or ``@group`` for the parts under one heading. In a check made for each row, ``{row}`` stands
for its name.
"""

from __future__ import annotations

from geozone.figures.values import Book, Figure, Row, Source, Table
from geozone.law.errors import Fault, Refused

ROW = "{row}"


def rows_at(book: Book, address: str) -> tuple[Row, ...]:
    """The rows at an address. Raises ``Refused`` if it points at nothing."""
    table, selector, _ = _split(book, address)
    rows = _select(table, selector)
    if not rows:
        raise _nothing(address, f"no row {selector!r} in {table.id}")
    return rows


def figures_at(book: Book, address: str) -> tuple[Figure, ...]:
    """The figures at an address with a column. Raises ``Refused`` if it points at nothing."""
    table, _, column = _split(book, address)
    place = table.column(column)
    if place is None:
        raise _nothing(address, f"no column {column!r} in {table.id}")
    return tuple(row.figures[place] for row in rows_at(book, address))


def figure_at(book: Book, address: str) -> Figure:
    """The one figure at an address. Raises ``Refused`` if there is none, or more than one."""
    figures = figures_at(book, address)
    if len(figures) != 1:
        raise _nothing(address, f"{len(figures)} figures stand here")
    return figures[0]


def names_at(book: Book, address: str) -> tuple[str, ...]:
    """What is printed at an address: cells if it has a column, otherwise the rows' names."""
    if _split(book, address)[2]:
        return tuple(figure.printed for figure in figures_at(book, address))
    return tuple(row.name for row in rows_at(book, address))


def sources_at(book: Book, address: str) -> tuple[Source, ...]:
    """Where what stands at an address comes from: its figures, or its table."""
    table, _, column = _split(book, address)
    if column:
        return tuple(figure.source for figure in figures_at(book, address))
    return (table.source,)


def _split(book: Book, address: str) -> tuple[Table, str, str]:
    name, _, rest = address.partition("/")
    selector, _, column = rest.partition("/")
    return book.table(name), selector, column


def _select(table: Table, selector: str) -> tuple[Row, ...]:
    if selector == "*":
        return table.parts()
    if selector.startswith("@"):
        return table.parts(selector.removeprefix("@"))
    return tuple(row for row in table.rows if row.name == selector)


def _nothing(address: str, what: str) -> Refused:
    return Refused([Fault("figures", address, what, "write table/rows/column as in the files")])
