"""Columns of plain text that line up where Chinese letters are twice as wide."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

GAP = "  "


def width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text if not combining(one))


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """The text filled up with blanks, behind it or, to the right edge, before it."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def table_lines(
    heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: frozenset[int] = frozenset()
) -> list[str]:
    """The rows below their heads and a rule; the columns of numbers stand to the right."""
    grid = [list(heads), *(list(row) for row in rows)]
    wide = [max(width(row[at]) for row in grid) for at in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        cells = [
            padded(cell, cells, right=at in numbers)
            for at, (cell, cells) in enumerate(zip(row, wide, strict=True))
        ]
        return GAP.join(cells).rstrip()

    return [line(grid[0]), GAP.join("-" * cells for cells in wide), *map(line, grid[1:])]
