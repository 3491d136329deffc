"""Which rows of a large table have to be read closely, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geozone.land.arrowed import letters_of, numbers_of, of_texts
from geozone.land.proposals.columnfacts import Stated
from geozone.land.proposals.columnplaces import Placed
from geozone.land.proposals.plaintable import Table

Doubts = NDArray[np.uint8]
Numbers = NDArray[np.int64]
WORD = 8
"""Bytes of a text that are taken together."""
FIRST_BYTES = np.array([(1 << 8 * count) - 1 for count in range(WORD + 1)], np.uint64)
MIXER = np.uint64(0x9E3779B97F4A7C15)
LONGEST = 64
"""Of longer texts it is not told."""
MOST_ALIKE = 1000
"""Rows of one set of doubts that are read closely before all of them are."""


class Doubt(IntFlag):
    """Why a row has to be read closely."""

    LINE = 1
    """Not as many cells as heads, quotation marks, or characters that no cell has."""
    NUMBER = 2
    SYSTEM = 4
    ACTIVITY = 8
    FACT = 16
    ID = 32
    PLACE = 64
    """It cannot be moved to the working CRS, or lies outside the study area."""
    WITNESS = 128
    """None at all: the row shows among those read closely that angles are no packed digits."""


SURE = Doubt.ACTIVITY | Doubt.FACT
"""Doubts that are faults."""


@dataclass(frozen=True, eq=False)
class Ids:
    """Of each row whether its id is doubtful (n,); ``kin`` (n,) is the same for the same id."""

    doubtful: NDArray[np.bool_]
    kin: Numbers


@dataclass(frozen=True, eq=False)
class Doubtful:
    """Rows to be read closely: their numbers in the file (m,), ascending, and their doubts.

    ``kin`` (m,) is the same for rows of the same id.
    """

    rows: Numbers
    doubts: Doubts
    kin: Numbers

    @cached_property
    def some(self) -> Numbers:
        """The numbers of the first rows of each set of doubts, ascending; kin stay together.

        The witness is among them.
        """
        alike = self.doubts & ~np.uint8(Doubt.WITNESS)
        at = np.lexsort((self.rows, self.kin, alike))
        _, starts = np.unique(alike[at], return_index=True)
        places = [one[:MOST_ALIKE] for one in np.split(at, starts[1:])]
        return np.unique(self.rows[np.concatenate([*places, np.flatnonzero(alike != self.doubts)])])


def cell_doubts(rows: int, placed: Placed, stated: Stated) -> Doubts:
    """What the cells of each plain row raise by themselves, (n,)."""
    doubts = np.zeros(rows, np.uint8)
    for doubt, where in (
        (Doubt.NUMBER, placed.unread),
        (Doubt.SYSTEM, placed.elsewhere),
        (Doubt.ACTIVITY, stated.no_activity),
        (Doubt.FACT, stated.no_fact),
    ):
        doubts[where] |= doubt.value
    if placed.witness is not None:
        doubts[placed.witness] |= Doubt.WITNESS.value
    return doubts


def checked_ids(ids: pa.StringArray, others: Collection[str]) -> Ids:
    """Which rows have an id that is missing, stands twice or is one of ``others``."""
    is_doubtful = np.diff(letters_of(ids)[0]) == 0
    if others:
        shared = of_texts([one.encode() for one in others], pa.string())
        is_doubtful |= numbers_of(pc.is_in(ids, value_set=shared))
    if not is_doubtful.any() and (all_differ(ids) or len(ids.unique()) == len(ids)):
        return Ids(is_doubtful, np.arange(len(ids)))
    kin = numbers_of(ids.dictionary_encode().indices).astype(np.int64)
    return Ids(is_doubtful | (np.bincount(kin) > 1)[kin], kin)


def all_differ(texts: pa.StringArray) -> bool:
    """Whether no text stands twice; where it is false, one may.

    Every text is told by one number, the same for the same text: numbers sort fast.
    """
    begins, letters = letters_of(texts)
    sizes = np.diff(begins)
    most = int(sizes.max(initial=0))
    if most > LONGEST:
        return False
    held = np.concatenate([letters[begins[0] : begins[-1]], np.zeros(most + WORD, np.uint8)])
    words = np.ndarray(len(held) - WORD + 1, "<u8", held, strides=(1,))
    found = np.zeros(len(sizes), np.uint64)
    for at in range(0, most, WORD):
        found ^= words[begins[:-1] - begins[0] + at] & FIRST_BYTES[np.clip(sizes - at, 0, WORD)]
        found *= MIXER
        found ^= found >> np.uint64(29)
    found.sort()
    return bool((found[1:] != found[:-1]).all())


def doubtful(table: Table, doubts: Doubts, ids: Ids | None) -> Doubtful:
    """The rows of a table that have to be read closely: odd lines, and rows with doubts (n,)."""
    at = np.flatnonzero(doubts)
    kin = table.rows if ids is None else ids.kin
    rows = np.concatenate([table.odd, table.rows[at]])
    order = np.argsort(rows, kind="stable")
    return Doubtful(
        rows[order],
        np.concatenate([np.full(len(table.odd), Doubt.LINE, np.uint8), doubts[at]])[order],
        np.concatenate([table.odd, kin[at]])[order],
    )
