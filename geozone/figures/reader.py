"""Reading figures files: one document's tables and checks each, every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from geozone.figures.binding import unbound
from geozone.figures.kinds import KINDS
from geozone.figures.rows import (
    Frame,
    fact_rows,
    group_rows,
    lines_at,
    list_rows,
    total_row,
    unit_at,
)
from geozone.figures.units import Units, decimal_at, parse_units, toml_of
from geozone.figures.values import Book, Check, Column, Role, Source, Table
from geozone.law.errors import Fault, Refused
from geozone.rules import table as toml

_VALUE = {"zh": "数值", "en": "value"}


def parse(texts: Mapping[str, str], units: str) -> Book:
    """The book of figures files, texts by file name, and of the text of their units.

    Raises ``Refused`` with every fault of every file: syntax, unknown keys, unknown units, cells
    that are no figures, missing lines, checks that point at nothing.
    """
    faults: list[Fault] = []
    known = parse_units(units, "units.toml", faults)
    tables: list[Table] = []
    checks: list[tuple[toml.Table, Check]] = []
    for file in sorted(texts):
        raw = toml_of(texts[file], file, faults)
        if raw is not None:
            _read_file(toml.Table(raw, file, "", faults), known, tables, checks)
    constants = tuple(known.constants.values())
    book = Book(tuple(tables), tuple(check for _, check in checks), constants)
    for place, check in () if faults else checks:
        for key, what, todo in unbound(book, check):
            place.fault(key, what, todo)
    if faults:
        raise Refused(faults)
    return book


def _read_file(
    top: toml.Table,
    units: Units,
    tables: list[Table],
    checks: list[tuple[toml.Table, Check]],
) -> None:
    if top.take("schema", "number", 0, needed=True) != 1:
        top.fault("schema", "is not a schema that this version reads", "write schema = 1")
    document = top.take("document", "text", "", needed=True)
    if f"{document}.toml" != top.file:
        top.fault("document", f"{document!r} is not the file's name", "name the file after it")
    read = [_table(one, document, units) for one in top.children("table")]
    declared = [(one, _check(one)) for one in top.children("check")]
    top.close()
    _unique(top, "table", (one.id for one in read))
    _unique(top, "check", (check.id for _, check in declared))
    tables += read
    checks += declared


def _unique(table: toml.Table, key: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            table.fault(key, f"{name!r} stands {times} times", "name each one differently")


def _table(table: toml.Table, document: str, units: Units) -> Table:
    name = table.take("id", "text", "", needed=True)
    if name and not name.startswith(f"{document}."):
        table.fault("id", f"{name!r} does not begin with {document}.", f"write {document}.…")
    title = table.bilingual("title", needed=True)
    source = Source(document, table.bilingual("section", needed=True), lines_at(table))
    frame = Frame(table, name, source, _columns(table, units), units)
    grouped, groups = group_rows(frame)
    rows = list_rows(frame, "rows", Role.PART) + grouped + fact_rows(frame)
    rows += total_row(frame) + list_rows(frame, "beside", Role.BESIDE)
    note = table.bilingual("note") or None
    table.close()
    _unique(table, "rows", (row.name for row in rows))
    if not rows:
        table.fault("rows", "the table has no rows", "write rows, groups or facts")
    return Table(name, title, source, frame.columns, tuple(rows), tuple(groups), note)


def _columns(table: toml.Table, units: Units) -> tuple[Column, ...]:
    """The declared columns; a table of facts has the one column ``value``."""
    if "fact" in table.raw:
        return (Column("value", _VALUE, None),)
    columns = tuple(_column(one, units) for one in table.children("columns"))
    _unique(table, "columns", (one.id for one in columns))
    return columns


def _column(table: toml.Table, units: Units) -> Column:
    per_row = table.raw.get("unit") == "row"
    table.take("unit", "text", needed=True)
    column = Column(
        id=table.take("id", "text", "", needed=True),
        title=table.bilingual("title", needed=True),
        unit=None if per_row else unit_at(table, units),
    )
    table.close()
    return column


def _check(table: toml.Table) -> Check:
    kind = table.among("kind", KINDS, "")
    takes = KINDS[kind].takes
    check = Check(
        id=table.take("id", "text", "", needed=True),
        kind=kind,
        says=table.bilingual("says", needed=True),
        printed=table.take("printed", "text", "", needed=True),
        of=table.texts("of", needed=True),
        less=table.texts("less") if "less" in takes else (),
        increase=table.texts("increase") if "increase" in takes else (),
        per=table.take("per", "text", "", needed=True) if "per" in takes else "",
        each=table.take("each", "text", ""),
        tolerance=decimal_at(table, "tolerance") if "tolerance" in takes else Decimal(0),
        note=table.bilingual("note") or None,
    )
    if check.tolerance < 0:
        table.fault("tolerance", "is below zero", "write how far the two may lie apart")
    table.close()
    return check
