"""What a sheet of a workbook holds, as text: cells, their faults, merged areas and remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHOWN = 10

Grid = Mapping[tuple[int, int], str]
"""Text by row and column, both from 1; empty cells are left out."""


@dataclass(frozen=True)
class CellFault:
    """A cell whose value cannot be trusted: its row and column letters, what is wrong, and what
    to do.
    """

    row: int
    column: str
    what: str
    todo: str


@dataclass(frozen=True, order=True)
class Area:
    """Merged cells: their first and last column and row, from 1, and their range as written."""

    left: int
    top: int
    right: int
    bottom: int
    written: str


@dataclass(frozen=True, eq=False)
class SheetText:
    """A sheet as text. ``merged`` areas hold text in their first cell only, or none at all."""

    name: str
    texts: Grid
    faults: tuple[CellFault, ...]
    merged: tuple[Area, ...]
    notes: tuple[str, ...]

    @property
    def top(self) -> int:
        """The first row with text, which is the head; 0 where there is no text."""
        return min((row for row, _ in self.texts), default=0)


def rows_of(texts: Grid, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The text of each filled row in these columns, by row number; ``""`` for empty cells."""
    numbers = sorted({row for row, _ in texts})
    return {row: tuple(texts.get((row, at), "") for at in columns) for row in numbers}


def columns_of(texts: Grid) -> list[int]:
    """The columns that hold text, in order."""
    return sorted({column for _, column in texts})


def listed(names: Sequence[str]) -> str:
    """The first names, and how many there are if these are not all."""
    more = f" … ({len(names)})" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
