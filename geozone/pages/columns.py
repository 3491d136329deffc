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
    """The rows below their heads and a rule; the columns of numbers stand to the right.

    A head may have several lines; the last one stands on the rule.
    """
    above = _stacked(heads)
    grid = [*above, *(list(row) for row in rows)]
    wide = [max(width(row[at]) for row in grid) for at in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        cells = [
            padded(cell, cells, right=at in numbers)
            for at, (cell, cells) in enumerate(zip(row, wide, strict=True))
        ]
        return GAP.join(cells).rstrip()

    ruled = [*map(line, above), GAP.join("-" * cells for cells in wide)]
    return [*ruled, *map(line, grid[len(above) :])]


def _stacked(heads: Sequence[str]) -> list[list[str]]:
    """The lines of the heads, the short ones filled up from above."""
    split = [head.split("\n") for head in heads]
    most = max(len(one) for one in split)
    filled = [[""] * (most - len(one)) + one for one in split]
    return [list(line) for line in zip(*filled, strict=True)]
