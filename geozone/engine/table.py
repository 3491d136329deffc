"""Distinct rows of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.states import States
from geozone.law.evidence import Row
from geozone.law.state import State

PER_WORD = 21
"""States of three bits in a 64-bit word."""

STATES = tuple(sorted(State))

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Table:
    """Distinct rows, sorted, and the row of every place (shape (n,))."""

    rows: tuple[Row, ...]
    index: Index


def distinct(states: Sequence[States], count: int) -> Table:
    """The table of columns of states of ``count`` places each; exact, no hashing."""
    starts = _changes(states, count)
    keys = np.zeros(len(starts), np.int64)
    for first in range(0, len(states), PER_WORD):
        word = np.zeros(len(starts), np.uint64)
        for column in states[first : first + PER_WORD]:
            word = (word << np.uint64(3)) | column[starts].astype(np.uint64)
        values, inverse = np.unique(word, return_inverse=True)
        _, keys = np.unique(keys * len(values) + inverse, return_inverse=True)
    firsts = starts[np.unique(keys, return_index=True)[1]]
    found = np.empty((len(firsts), len(states)), np.uint8)
    for number, column in enumerate(states):
        found[:, number] = column[firsts]
    rows = tuple(tuple(map(STATES.__getitem__, row)) for row in found.tolist())
    return Table(rows, np.repeat(keys, np.diff(np.append(starts, count))))


def _changes(states: Sequence[States], count: int) -> Index:
    """Places that differ from the one before, the first among them."""
    changed = np.zeros(count, bool)
    changed[:1] = True
    for column in states:
        changed[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)
