"""The values of the documents' tables: figures as printed, with unit and source, and their checks.

A number is a ``Decimal``, read from the printed digits; nothing is rounded or corrected on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from geozone.law.errors import Fault, Refused
from geozone.law.rule import Text
from geozone.rules.table import suggestion


class Bound(StrEnum):
    """How the document words a number: as it stands, about, or as a limit."""

    EXACT = "exact"
    ABOUT = "about"
    BELOW = "below"
    ABOVE = "above"
    AT_LEAST = "at_least"


class Role(StrEnum):
    """What a row is to its table: a part, the printed total, or printed beside the total."""

    PART = "part"
    TOTAL = "total"
    BESIDE = "beside"


@dataclass(frozen=True)
class Unit:
    """A unit as printed (``zh``), in symbols (``en``), and as ``factor`` times a ``base`` unit.

    An empty ``base`` stands for words: such a figure has no number.
    """

    id: str
    zh: str
    en: str
    base: str
    factor: Decimal


@dataclass(frozen=True)
class Constant:
    """A number that converts one base unit to another, ``value`` in ``unit``, with its source."""

    id: str
    value: Decimal
    unit: str
    source: Text


@dataclass(frozen=True)
class Source:
    """Where a figure stands: document, section or table, lines of the document's text."""

    document: str
    section: Text
    lines: str

    @property
    def place(self) -> Text:
        """The place in words, ``zh`` and ``en``."""
        return {
            "zh": f"{self.document} {self.section['zh']}（{self.lines}）",
            "en": f"{self.document} {self.section['en']} ({self.lines})",
        }


@dataclass(frozen=True)
class Column:
    """A column of a table; ``unit`` is ``None`` where each row states its own."""

    id: str
    title: Text
    unit: Unit | None


@dataclass(frozen=True)
class Figure:
    """One cell: the text as printed, its number in ``unit``, and where it stands.

    ``value`` is ``None`` for a blank cell and for words. ``at`` is the figure's address.
    """

    at: str
    printed: str
    value: Decimal | None
    bound: Bound
    unit: Unit
    source: Source

    @property
    def table(self) -> str:
        """The id of the figure's table."""
        return self.at.split("/")[0]

    @property
    def row(self) -> str:
        """The name of the figure's row."""
        return self.at.split("/")[1]

    @property
    def base_value(self) -> Decimal | None:
        """The number in the unit's base, ``None`` for a blank."""
        return None if self.value is None else self.value * self.unit.factor


@dataclass(frozen=True)
class Row:
    """A row: its name as printed (for a fact in running text: a key, with our title)."""

    name: str
    figures: tuple[Figure, ...]
    role: Role
    group: str
    title: Text | None


@dataclass(frozen=True)
class Table:
    """A table, box or list of facts of one document, in printed order.

    ``title`` is in our words. ``groups`` gives the headings under which rows stand.
    """

    id: str
    title: Text
    source: Source
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    groups: tuple[tuple[str, Text], ...] = ()
    note: Text | None = None

    def parts(self, group: str = "") -> tuple[Row, ...]:
        """The rows that a total covers, of one group if it is named."""
        rows = (row for row in self.rows if row.role is Role.PART)
        return tuple(row for row in rows if not group or row.group == group)

    def column(self, name: str) -> int | None:
        """The place of a column by its id, ``None`` if there is none."""
        ids = [one.id for one in self.columns]
        return ids.index(name) if name in ids else None


@dataclass(frozen=True)
class Check:
    """A declared check: a printed figure against what other figures make of it.

    Addresses are ``table/rows/column``. ``tolerance`` is in the printed figure's unit. With
    ``each``, the check is made for every row of that table, written ``{row}`` in the addresses.
    """

    id: str
    kind: str
    says: Text
    printed: str
    of: tuple[str, ...]
    less: tuple[str, ...] = ()
    increase: tuple[str, ...] = ()
    per: str = ""
    each: str = ""
    tolerance: Decimal = Decimal(0)
    note: Text | None = None


@dataclass(frozen=True)
class Comparison:
    """What a check found: printed and computed, as texts in ``unit``, and whether they agree.

    ``difference`` is printed minus computed; for names, what only one side has (``+`` printed,
    ``-`` the other). ``table`` and ``row`` name the printed figure; ``sources`` begins with its.
    """

    check: Check
    table: str
    row: str
    printed: str
    computed: str
    difference: str
    unit: Unit
    holds: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Inconsistency:
    """A place where a document disagrees with itself, or with another; both sides are kept.

    ``what`` says what should agree, ``place`` where the printed figure stands (``zh``, ``en``);
    ``difference`` is printed minus computed in ``unit``.
    """

    check: str
    table: str
    row: str
    what: Text
    printed: str
    computed: str
    difference: str
    unit: Text
    place: Text
    sources: tuple[Source, ...]
    note: Text | None = None
    id: str = "source_inconsistency"


@dataclass(frozen=True)
class Total:
    """The printed total of a column, ``None`` if none is printed, and the sum of its parts."""

    printed: Figure | None
    computed: Decimal
    unit: Unit


@dataclass(frozen=True)
class Book:
    """All tables and checks that were read together, sorted by document."""

    tables: tuple[Table, ...]
    checks: tuple[Check, ...]
    constants: tuple[Constant, ...]

    def table(self, name: str) -> Table:
        """A table by its id. Raises ``Refused`` if there is none."""
        ids = [one.id for one in self.tables]
        if name not in ids:
            what = f"unknown table {name!r}"
            raise Refused([Fault("figures", name, what, suggestion(name, ids))])
        return self.tables[ids.index(name)]
