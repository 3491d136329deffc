"""Reading the rows of a table: names and cells as printed, each cell with unit and source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from geozone.figures.cells import BLANKS, bound_of, number, value_of
from geozone.figures.units import Units
from geozone.figures.values import Column, Figure, Role, Row, Source, Unit
from geozone.law.rule import Text
from geozone.rules import table as toml
from geozone.rules.table import suggestion

NOWHERE = Unit(id="", zh="", en="", base="", factor=Decimal(1))
"""Stands in for a unit that was faulted."""

_LINES = re.compile(r"L\d+(-\d+)?(; L\d+(-\d+)?)*")
_RESERVED = ("*", "@", "{")


@dataclass(frozen=True)
class Frame:
    """What the rows of one table share."""

    table: toml.Table
    id: str
    source: Source
    columns: tuple[Column, ...]
    units: Units


@dataclass(frozen=True)
class Entry:
    """One row as written: its name, its cells, and what it states for itself."""

    place: str
    name: str
    cells: Sequence[str]
    values: Sequence[str]
    unit: Unit | None
    source: Source
    title: Text | None


def list_rows(frame: Frame, key: str, role: Role) -> list[Row]:
    """The rows of a list such as ``rows`` or ``beside``."""
    raw = frame.table.take(key, "list", [])
    return [_row(frame, one, f"{key}[{n}]", role) for n, one in enumerate(raw, start=1)]


def total_row(frame: Frame) -> list[Row]:
    """The printed total, if the table has one."""
    raw = frame.table.untyped("total")
    return [] if raw is None else [_row(frame, raw, "total", Role.TOTAL)]


def group_rows(frame: Frame) -> tuple[list[Row], list[tuple[str, Text]]]:
    """The rows under headings, and the headings."""
    rows: list[Row] = []
    groups: list[tuple[str, Text]] = []
    for table in frame.table.children("group"):
        name = table.take("id", "text", "", needed=True)
        groups.append((name, table.bilingual("title", needed=True)))
        inside = replace(frame, table=table)
        rows += [replace(row, group=name) for row in list_rows(inside, "rows", Role.PART)]
        table.close()
    return rows, groups


def fact_rows(frame: Frame) -> list[Row]:
    """Facts of running text: each with a key, our title, one printed figure, unit and lines."""
    return [
        _finish(frame, _fact(frame, table), Role.PART) for table in frame.table.children("fact")
    ]


def unit_at(table: toml.Table, units: Units) -> Unit:
    """The unit that a table names, with a fault if it is not known."""
    name = table.take("unit", "text", "", needed=True)
    if name and name not in units.units:
        table.fault("unit", f"unknown unit {name!r}", suggestion(name, units.units))
    return units.units.get(name, NOWHERE)


def lines_at(table: toml.Table, default: str = "") -> str:
    """The lines that a table names, with a fault if they are not written as lines."""
    lines = str(table.take("lines", "text", default, needed=not default))
    if lines and not _LINES.fullmatch(lines):
        table.fault("lines", f"{lines!r} names no lines", 'write them as "L12" or "L19-129; L325"')
    return lines


def _row(frame: Frame, raw: object, place: str, role: Role) -> Row:
    if isinstance(raw, dict):
        return _finish(frame, _long(frame, frame.table.child(raw, place)), role)
    if isinstance(raw, list) and raw and all(isinstance(one, str) for one in raw):
        entry = Entry(place, raw[0], raw[1:], (), None, frame.source, None)
        return _finish(frame, entry, role)
    frame.table.fault(place, "is no row", 'write ["name", "cell", ...] with texts as printed')
    return Row("", (), role, "", None)


def _long(frame: Frame, table: toml.Table) -> Entry:
    """A row that states its own unit or lines."""
    lines = lines_at(table, frame.source.lines)
    unit = unit_at(table, frame.units) if "unit" in table.raw else None
    entry = Entry(
        place=table.place.removeprefix(f"{frame.table.place}."),
        name=table.take("name", "text", "", needed=True),
        cells=table.texts("cells"),
        values=table.texts("values"),
        unit=unit,
        source=replace(frame.source, lines=lines),
        title=None,
    )
    table.close()
    return entry


def _fact(frame: Frame, table: toml.Table) -> Entry:
    section = table.bilingual("section") or frame.source.section
    entry = Entry(
        place=table.place.removeprefix(f"{frame.table.place}."),
        name=table.take("id", "text", "", needed=True),
        cells=(table.take("printed", "text", "", needed=True),),
        values=(value,) if (value := table.take("value", "text", "")) else (),
        unit=unit_at(table, frame.units),
        source=Source(frame.source.document, section, lines_at(table)),
        title=table.bilingual("title", needed=True),
    )
    table.close()
    return entry


def _finish(frame: Frame, entry: Entry, role: Role) -> Row:
    name = entry.name
    if not name or "/" in name or name.startswith(_RESERVED):
        todo = "write the name as printed, without / and not beginning with * @ {"
        frame.table.fault(entry.place, f"{name!r} cannot name a row", todo)
    if len(entry.cells) != len(frame.columns):
        what = f"{name!r} has {len(entry.cells)} cells for {len(frame.columns)} columns"
        frame.table.fault(entry.place, what, "write one cell for each column")
    if entry.values and len(entry.values) != len(entry.cells):
        frame.table.fault(entry.place, "values and cells differ in number", "write as many values")
    cells = zip(frame.columns, entry.cells, entry.values or entry.cells, strict=False)
    figures = tuple(_figure(frame, entry, *one) for one in cells)
    return Row(name, figures, role, "", entry.title)


def _figure(frame: Frame, entry: Entry, column: Column, cell: str, as_number: str) -> Figure:
    unit = column.unit or entry.unit
    if unit is None:
        todo = f"column {column.id} leaves it to the row: write {{ name, unit, cells }}"
        frame.table.fault(entry.place, "the row states no unit", todo)
    unit = unit or NOWHERE
    has_number = unit.base and cell not in BLANKS
    value = (number if entry.values else value_of)(as_number) if has_number else None
    if has_number and value is None:
        todo = "write a figure as printed, or its number in values"
        frame.table.fault(entry.place, f"{as_number!r} is not a figure", todo)
    at = f"{frame.id}/{entry.name}/{column.id}"
    return Figure(at, cell, value, bound_of(cell), unit, entry.source)
