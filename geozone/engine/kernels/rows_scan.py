"""Events of a band made runs: from which column on which answers hold, and what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.rows import Chain, Heads, Marks

NONE = -1

WORD = 64
TOP = np.uint64(58)
"""All but six bits."""

DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
ONE = np.uint64(1)
ZERO = np.int64(0)
"""A number, not a literal: one compilation less."""
PLACES = np.zeros(WORD, np.int64)
"""Which bit a word has, by the top six bits of its product with ``DE_BRUIJN``."""
for _bit in range(WORD):
    PLACES[((int(DE_BRUIJN) << _bit) % (1 << WORD)) >> (WORD - 6)] = _bit

MIX = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)


Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]


@njit(cache=True, nogil=True, error_model="numpy")
def scanned(  # noqa: PLR0912 (calls that pass arrays cost more than the work)
    head: Heads,
    marks: Marks,
    chain: Chain,
    slots: Ints,
    speaks: Ints,
    fields: int,
    table: Words,
    places: Ints,
    starts: Longs,
    cols: Ints,
    ids: Ints,
) -> tuple[int, int]:
    """Fills the runs of a band and takes its events down; how many runs and answers there are.

    Slot s speaks for the fields ``speaks[slots[s]:slots[s + 1]]``. Row r of the band has the runs
    from ``starts[r]`` on, each its first column and its answer's row of ``table`` (room, words).
    Where there are more answers than room the band is to be done again.
    """
    counts = np.zeros(len(slots) - 1, np.int32)
    holding = np.zeros(fields, np.int32)
    answer = np.zeros(table.shape[1], np.uint64)
    mask = len(places) - 1
    count, used = 0, int(ZERO)
    for row in range(head.shape[0]):
        starts[row] = count
        for slot in range(len(counts)):
            counts[slot] = 0
        for at in range(len(holding)):
            holding[at] = 0
        for at in range(len(answer)):
            answer[at] = 0
        name = NONE
        marks[row, 0] |= ONE
        for word in range(marks.shape[1]):
            left = marks[row, word]
            marks[row, word] = 0
            while left != 0:
                lowest = left & (~left + ONE)
                left ^= lowest
                col = word * WORD + PLACES[(lowest * DE_BRUIJN) >> TOP]
                event = head[row, col]
                head[row, col] = NONE
                changed = col == 0
                while event >= 0:
                    code = chain[event, 1]
                    event = chain[event, 0]
                    slot, step = code >> 1, 1 - 2 * (code & 1)
                    before = counts[slot]
                    counts[slot] = before + step
                    if (before > 0) != (before + step > 0):
                        for at in range(slots[slot], slots[slot + 1]):
                            field = speaks[at]
                            holding[field] += step
                            if holding[field] + (step < 0) == 1:
                                answer[field >> 6] ^= ONE << np.uint64(field & 63)
                                changed = True
                if changed:
                    mixed = np.uint64(0)
                    for at in range(len(answer)):
                        mixed = (mixed ^ answer[at]) * MIX
                        mixed ^= mixed >> HALF
                    place = np.int64(mixed & np.uint64(mask))
                    found = int(places[place])
                    same = found >= 0
                    if same:
                        for at in range(len(answer)):
                            same &= table[found, at] == answer[at]
                    if not same:
                        found, used = named(table, places, used, answer)
                    if found != name:
                        name = found
                        cols[count], ids[count] = col, name
                        count += 1
    starts[head.shape[0]] = count
    return count, used


@njit(cache=True, nogil=True, error_model="numpy")
def named(table: Words, places: Ints, used: int, answer: Words) -> tuple[int, int]:
    """The row of an answer in a table of ``used`` rows, and how many are used then.

    ``places``, a power of two of them, is where rows are looked for. Rows for which there is no
    room are counted, not kept.
    """
    mask = len(places) - 1
    mixed = np.uint64(0)
    for at in range(len(answer)):
        mixed = (mixed ^ answer[at]) * MIX
        mixed ^= mixed >> HALF
    place = np.int64(mixed & np.uint64(mask))
    while places[place] >= 0:
        known = places[place]
        same = True
        for at in range(len(answer)):
            same &= table[known, at] == answer[at]
        if same:
            return int(known), used
        place = (place + 1) & mask
    if used < len(table):
        places[place] = used
        for at in range(len(answer)):
            table[used, at] = answer[at]
    return used, used + 1


@njit(cache=True, nogil=True, error_model="numpy")
def blended(
    old: tuple[Longs, Ints, Ints, Words],
    new: tuple[Longs, Ints, Ints, Words],
    mask: Words,
    table: Words,
    places: Ints,
    starts: Longs,
    cols: Ints,
    ids: Ints,
) -> tuple[int, int]:
    """Fills the runs of old answers with the bits of a mask taken from new ones.

    ``old`` and ``new`` are starts, columns, rows of their table, and table; the rest and the
    answer as of ``scanned``.
    """
    old_starts, old_cols, old_ids, old_table = old
    new_starts, new_cols, new_ids, new_table = new
    answer = np.zeros(len(mask), np.uint64)
    count, used = 0, int(ZERO)
    for row in range(len(old_starts) - 1):
        starts[row] = count
        one, other = old_starts[row], new_starts[row]
        name = NONE
        while one < old_starts[row + 1]:
            col = max(old_cols[one], new_cols[other])
            for at in range(len(mask)):
                kept = old_table[old_ids[one], at] & ~mask[at]
                answer[at] = kept | (new_table[new_ids[other], at] & mask[at])
            found, used = named(table, places, used, answer)
            if found != name:
                name = found
                cols[count], ids[count] = col, name
                count += 1
            ends = one + 1 == old_starts[row + 1]
            if other + 1 == new_starts[row + 1]:
                one += 1
            elif ends or new_cols[other + 1] < old_cols[one + 1]:
                other += 1
            else:
                if new_cols[other + 1] == old_cols[one + 1]:
                    other += 1
                one += 1
    starts[len(old_starts) - 1] = count
    return count, used


@njit(cache=True, nogil=True, error_model="numpy")
def filled(
    starts: Longs, cols: Ints, ids: Ints, numbers: Longs, out: NDArray[np.unsignedinteger[Any]]
) -> None:
    """Writes the number of every run's answer into its cells, ``out`` of shape (rows, cols)."""
    for row in range(len(starts) - 1):
        for run in range(starts[row], starts[row + 1]):
            number = numbers[ids[run]]
            end = cols[run + 1] if run + 1 < starts[row + 1] else out.shape[1]
            for col in range(cols[run], end):
                out[row, col] = number
