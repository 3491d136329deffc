"""Evidence near to limits, with the boundaries of each theme as mapped, or moved across the place.

Evidence tells where a place is within the stated accuracy of a limit, and on which side of it;
not how far. So a place either stays on its side or crosses the limit, and with it those of the
same theme that the same move brings across: outward all that it lies outside of, inward all that
it lies inside of. Areas of two classes that share a border move it together: what one loses the
other gains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geozone.law.condition import Condition
from geozone.law.evidence import Row
from geozone.law.state import State

Codes = NDArray[np.uint8]
Floats = NDArray[np.float64]

MOST_THEMES = 6
"""Near so many themes at once all moves are looked at; near more, none."""

NEAR = (State.NEAR_OUTSIDE, State.NEAR_INSIDE)
"""States of a place within the accuracy of a limit."""

_MAPPED = {State.NEAR_OUTSIDE: State.CLEAR, State.NEAR_INSIDE: State.HOLDS}
_CROSSED = {State.NEAR_OUTSIDE: State.HOLDS, State.NEAR_INSIDE: State.CLEAR}


class Move(Enum):
    """Where a theme's boundaries are, against where they were mapped."""

    NONE = "none"
    OUTWARD = "outward"
    INWARD = "inward"


@dataclass(frozen=True)
class Moved:
    """A move of a theme's boundaries, and the conditions, by number, whose limits it crosses."""

    move: Move
    crossed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Near:
    """The themes a row of evidence is near to, sorted, and of each its moves, the first none.

    ``rows`` are what the states come to, in the order of the product of the moves.
    """

    themes: tuple[str, ...]
    moves: tuple[tuple[Moved, ...], ...]
    rows: tuple[Row, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many moves each theme has."""
        return tuple(len(one) for one in self.moves)


def near_of(conditions: Sequence[Condition], row: Row) -> Near | None:
    """What a row is near to; none where to nothing, or to more than ``MOST_THEMES``."""
    found: dict[str, list[int]] = {}
    for at, state in enumerate(row):
        if state in _MAPPED:
            found.setdefault(conditions[at].theme, []).append(at)
    if not 0 < len(found) <= MOST_THEMES:
        return None
    themes = tuple(sorted(found))
    moves = tuple(_moves(conditions, row, found[one]) for one in themes)
    rows = tuple(
        _moved(row, [at for one in each for at in one.crossed]) for each in product(*moves)
    )
    return Near(themes, moves, rows)


def _moved(row: Row, crossed: Sequence[int]) -> Row:
    """The row on the mapped side of every limit but those that are crossed."""
    states = [_MAPPED.get(one, one) for one in row]
    for at in crossed:
        states[at] = _CROSSED[row[at]]
    return tuple(states)


def _moves(conditions: Sequence[Condition], row: Row, near: Sequence[int]) -> tuple[Moved, ...]:
    """The moves of one theme's boundaries that the place may see."""
    outside = tuple(at for at in near if row[at] == State.NEAR_OUTSIDE)
    inside = tuple(at for at in near if row[at] == State.NEAR_INSIDE)
    if _share_a_border([conditions[at] for at in outside], [conditions[at] for at in inside]):
        # One way only: told by the first condition, so that the same border moves as one.
        way = Move.OUTWARD if near[0] in outside else Move.INWARD
        return Moved(Move.NONE), Moved(way, tuple(near))
    told = (Moved(Move.OUTWARD, outside), Moved(Move.INWARD, inside))
    return Moved(Move.NONE), *(one for one in told if one.crossed)


def _share_a_border(outside: Sequence[Condition], inside: Sequence[Condition]) -> bool:
    """Whether a place lies outside of areas and inside of others of other classes."""
    if not outside or not inside or any(one.within_m for one in (*outside, *inside)):
        return False
    other = {name for one in inside for name in one.classes}
    return all(one.classes for one in (*outside, *inside)) and not any(
        name in other for one in outside for name in one.classes
    )


@dataclass(frozen=True, eq=False)
class Worlds:
    """What a row comes to: an axis of ``left`` (moves, …) for each theme it is near to."""

    near: Near
    left: Codes

    def hangs_on(self, code: int) -> tuple[str, ...]:
        """The themes on whose boundaries being of a code hangs."""
        found = self.left == code
        return tuple(
            theme
            for axis, theme in enumerate(self.near.themes)
            if (found != found.take([0], axis=axis)).any()
        )

    def shares(self, code: int, shifts: Mapping[str, Floats]) -> Floats:
        """The share of the row's ground that is of a code in every draw, shape (draws,).

        ``shifts`` (draws,) by theme: -1 is a whole accuracy inward, 1 one outward. Of ground near
        to a limit on the side that boundaries move to, they cross as large a share.
        """
        found: Floats = (self.left == code).astype(np.float64)[np.newaxis]
        for theme, moves in reversed(list(zip(self.near.themes, self.near.moves, strict=True))):
            likely = _likely(moves, shifts[theme])
            found = (found * np.expand_dims(likely, tuple(range(1, found.ndim - 1)))).sum(axis=-1)
        return found


def _likely(moves: Sequence[Moved], shift: Floats) -> Floats:
    """The share of ground of each move, shape (draws, moves)."""
    ways = {Move.OUTWARD: np.maximum(shift, 0.0), Move.INWARD: np.maximum(-shift, 0.0)}
    moved = [ways[one.move] for one in moves[1:]]
    return np.stack([1.0 - sum(moved), *moved], axis=-1)
