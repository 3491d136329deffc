"""Our potential beside the figures of documents: both as they are, and what differs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    adcode: str
    """Of the ground that it speaks of."""
    technologies: tuple[str, ...]
    """Those whose heat it gives."""

    def speaks_of(self, technology: str, adcode: str | None) -> bool:
        """Whether it gives the heat of a technology where an adcode lies; of no adcode: may be."""
        return technology in self.technologies and (adcode or self.adcode).startswith(self.adcode)


@cache
def told_tables() -> tuple[Told, ...]:
    """The tables of potential in the shipped documents."""
    text = files("geozone.answers.suitability").joinpath("potential.toml").read_text("utf-8")
    return tuple(
        Told(
            one["id"],
            one["row"],
            one["columns"],
            tuple(one["not_given"]),
            one["adcode"],
            tuple(one["technologies"]),
        )
        for one in tomllib.loads(text)["table"]
    )


@dataclass(frozen=True)
class Beside:
    """One of our numbers beside the document's, both in the document's unit.

    ``printed`` is the document's text, none where it gives nothing: then only ``ours`` is said,
    in its own unit. ``difference`` is ours less the document's; none, with ``why`` not, where they
    cannot be compared. ``limits`` are the least and most that ours may be, in the unit of ``ours``;
    none of areas. ``doubts`` are places where the document disagrees with itself here.
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
    limits: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The comparison as JSON values."""
        return {
            "name": self.name,
            "what": self.what,
            "ours": self.ours,
            "low": self.limits[0] if self.limits else None,
            "high": self.limits[1] if self.limits else None,
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
    is_area = what == _AREA
    values = (ours.ground.square_m,) if is_area else (ours.value, ours.low, ours.high)
    base = "m²" if is_area else ours.unit
    figure = page.figure(ours.ground.name, column)
    factor = None if figure is None else _factor(base, figure, page.book)
    told, *limits = (one * (factor or 1.0) for one in values)
    found = Beside(
        name=ours.ground.name,
        what=what,
        ours=told,
        printed=figure.printed if figure is not None else None,
        value=None,
        difference=None,
        unit=base,
        source="",
        why=NOT_GIVEN,
        limits=(limits[0], limits[1]) if limits else None,
    )
    if figure is None or figure.value is None:
        return found
    given, doubts = float(figure.value), page.doubted(ours.ground.name, column)
    known = replace(found, value=given, source=figure.source.place["zh"], doubts=doubts)
    if factor is None:
        return replace(known, why=_mixed(base, figure))
    return replace(known, difference=told - given, unit=figure.unit.zh, why=None)


def _factor(base: str, figure: Figure, book: Book) -> float | None:
    """What turns a base unit into the figure's; none where they measure different things."""
    factor = float(figure.unit.factor)
    if figure.unit.base == base:
        return 1.0 / factor
    coal = {one.id: one for one in book.constants}[COAL]
    per, of = coal.unit.split("/")  # GJ/tce
    if base.startswith(per) and figure.unit.base == base.replace(per, of, 1):
        return 1.0 / float(coal.value) / factor
    return None


def _mixed(base: str, figure: Figure) -> Text:
    unit = figure.unit
    return {
        "zh": f"单位不同类：本估算为 {base}，文件为 {unit.zh}，不比较",
        "en": f"not of one kind: ours is in {base}, the document's in {unit.en}; not compared",
    }
