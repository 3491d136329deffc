"""Evidence: the distinct combinations of states that occur, as a canonical table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geozone.law.condition import Condition
from geozone.law.state import State

Row = tuple[State, ...]


@dataclass(frozen=True)
class Evidence:
    """Distinct rows of states, sorted; places refer to rows by index.

    ``rows[i][j]`` is the state of ``conditions[j]`` wherever a place carries index ``i``.
    """

    conditions: tuple[Condition, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.conditions) for row in self.rows):
            raise ValueError("every evidence row needs one state per condition")
        if list(self.rows) != sorted(set(self.rows)):
            raise ValueError("evidence rows must be distinct and sorted")

    @classmethod
    def of(cls, conditions: Iterable[Condition], rows: Iterable[Row]) -> Evidence:
        """The table of the rows that occur, whatever their order and repetition."""
        return cls(tuple(conditions), tuple(sorted(set(rows))))

    def index(self, row: Row) -> int:
        """The index of a row of this table."""
        return self.rows.index(row)
