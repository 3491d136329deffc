"""Our potential beside the figures of documents: both as they are, and what differs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from geozone.answers.suitability.potential import Potential
from geozone.figures import Book, Figure, Inconsistency, lint
from geozone.law.rule import Text

COAL = "coal_equivalent"
_AREA = "area"


@dataclass(frozen=True)
class Told:
    """A table of potential in a document: which column holds what, and what is not given."""

    table: str
    row: str
    """Its total."""
    columns: Mapping[str, str]
    not_given: tuple[Text, ...]


@cache
def told_tables() -> tuple[Told, ...]:
    """The tables of potential in the shipped documents."""
    text = files("geozone.answers.suitability").joinpath("potential.toml").read_text("utf-8")
    return tuple(
        Told(one["id"], one["row"], one["columns"], tuple(one["not_given"]))
        for one in tomllib.loads(text)["table"]
    )


@dataclass(frozen=True)
class Beside:
    """One of our numbers beside the document's, both in the document's unit.

    ``printed`` is the document's text, none where it gives nothing: then only ``ours`` is said,
    in its own unit. ``difference`` is ours less the document's; none, with ``why`` not, where they
    cannot be compared. ``doubts`` are places where the document disagrees with itself here.
    """

    name: str
    what: str
    ours: float
    printed: str | None
    value: float | None
    difference: float | None
    unit: str
    source: str
    why: Text | None = None
    doubts: tuple[Inconsistency, ...] = ()

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The comparison as JSON values."""
        return {
            "name": self.name,
            "what": self.what,
            "ours": self.ours,
            "printed": self.printed,
            "value": self.value,
            "difference": self.difference,
            "unit": self.unit,
            "source": self.source,
            "why": dict(self.why) if self.why else None,
            "doubts": [
                {"check": one.check, "printed": one.printed, "computed": one.computed}
                for one in self.doubts
            ],
        }


NOT_GIVEN: Text = {"zh": "文件未给出", "en": "the document does not give it"}


def beside(found: Iterable[Potential], told: Told, book: Book) -> tuple[Beside, ...]:
    """Area and heat of every ground beside what the row of its name has, column by column.

    A ground of another name stands beside nothing, which is said. Raises ``Refused`` where the
    book has no such table.
    """
    book.table(told.table)
    doubts = [one for one in lint(book) if one.table == told.table]
    return tuple(
        _beside(potential, (what, column), _Page(book, told.table, tuple(doubts)))
        for potential in found
        for what, column in told.columns.items()
    )


@dataclass(frozen=True)
class _Page:
    """A table of a book, and where it disagrees with itself."""

    book: Book
    table: str
    doubts: tuple[Inconsistency, ...]

    def figure(self, row: str, column: str) -> Figure | None:
        """The figure of a row and column; none where there is no such row or column."""
        table = self.book.table(self.table)
        place = table.column(column)
        rows = [one for one in table.rows if one.name == row]
        return rows[0].figures[place] if rows and place is not None else None

    def doubted(self, row: str, column: str) -> tuple[Inconsistency, ...]:
        """Disagreements in a row in which a column takes part."""
        parts = {
            check.id: {one.rpartition("/")[2] for one in (check.printed, *check.of)}
            for check in self.book.checks
        }
        return tuple(one for one in self.doubts if one.row == row and column in parts[one.check])


def _beside(ours: Potential, asked: tuple[str, str], page: _Page) -> Beside:
    """One of our numbers, what it is and its column, beside the document's figure."""
    what, column = asked
    name = ours.ground.name
    value, base = (ours.ground.square_m, "m²") if what == _AREA else (ours.value, ours.unit)
    figure = page.figure(name, column)
    if figure is None or figure.value is None:
        printed = figure.printed if figure is not None else None
        return Beside(name, what, value, printed, None, None, base, "", NOT_GIVEN)
    source, given = figure.source.place["zh"], float(figure.value)
    doubts = page.doubted(name, column)
    turned = _turned(value, base, figure, page.book)
    if turned is None:
        why = _mixed(base, figure)
        return Beside(name, what, value, figure.printed, given, None, base, source, why, doubts)
    off, unit = turned - given, figure.unit.zh
    return Beside(name, what, turned, figure.printed, given, off, unit, source, doubts=doubts)


def _turned(value: float, base: str, figure: Figure, book: Book) -> float | None:
    """A value of a base unit in the figure's unit; none where they measure different things."""
    factor = float(figure.unit.factor)
    if figure.unit.base == base:
        return value / factor
    coal = {one.id: one for one in book.constants}[COAL]
    per, of = coal.unit.split("/")  # GJ/tce
    if base.startswith(per) and figure.unit.base == base.replace(per, of, 1):
        return value / float(coal.value) / factor
    return None


def _mixed(base: str, figure: Figure) -> Text:
    unit = figure.unit
    return {
        "zh": f"单位不同类：本估算为 {base}，文件为 {unit.zh}，不比较",
        "en": f"not of one kind: ours is in {base}, the document's in {unit.en}; not compared",
    }
