"""Reading the dates of a document or rule, and the numbers that a pack declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from geozone.law.fact import Scalar
from geozone.law.span import Span
from geozone.rules.table import Table


def read_parameters(table: Table, overrides: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The declared numbers of a pack by name, a project's own ones in their place.

    A number outside the range that the pack gives is a fault.
    """
    found: dict[str, Scalar] = {}
    for name, raw in table.take("parameters", "table", {}).items():
        child = table.child(raw, f"parameters.{name}")
        found[name] = overrides.get(name, child.take("value", "number", 0.0, needed=True))
        child.take("unit", "text", "")
        child.bilingual("note", needed=True)
        _check_range(child, found[name])
        child.close()
    return found


def _check_range(table: Table, value: Scalar) -> None:
    low, high = table.take("min", "number"), table.take("max", "number")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = number and (low is None or value >= low) and (high is None or value <= high)
    if not fits:
        bounds = f"from {'any' if low is None else low} to {'any' if high is None else high}"
        todo = f"give a number {bounds}, in the pack or in project.parameters"
        table.fault("value", f"{value!r} is outside the declared range", todo)


def read_span(table: Table) -> Span:
    """The four dates of a table; an end left out is open. Dates out of order are a fault."""
    earliest = table.take("earliest", "date", None, needed=True)
    certain = table.take("certain", "date", earliest)
    until = table.take("certain_until", "date")
    latest = table.take("latest", "date", until)
    if earliest is None:
        return Span(date.max, date.max)
    try:
        return Span(earliest, certain, until, latest)
    except ValueError as error:
        table.fault("", str(error), "order the four dates")
        return Span(earliest, earliest)
