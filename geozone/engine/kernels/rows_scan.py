"""Events of a band made runs: from which column on which answers hold, and what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.rows_order import DIGIT, HALF, Events, Keys, by_column, by_row

NONE = -1

ZERO = np.int64(0)
"""A number, not a literal: one compilation less."""

MIX = np.uint64(0x9E3779B97F4A7C15)
LOW = np.uint64((1 << 32) - 1)

STORED = 16
"""Cells that are written at once."""


Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint64]


@njit(cache=True, nogil=True, error_model="numpy")
def scanned(
    events: Events,
    hung: int,
    keys: Keys,
    spare: Keys,
    shape: tuple[int, int],
    slots: int,
    table: Words,
    places: Ints,
    starts: Longs,
    cols: Ints,
    ids: Ints,
) -> int:
    """Fills the runs of a band of so many events; how many answers there are.

    An answer here says which ``slots`` count more than nothing. Row r of the band has the runs
    from ``starts[r]`` on, each its first column and its answer's row of ``table`` (room, words).
    Where there are more answers than room the band is to be done again.
    """
    counts, digits = np.zeros(slots, np.int32), np.empty(1 << DIGIT, np.int64)
    answer = np.zeros(table.shape[1], np.uint64)
    mask = len(places) - 1
    bounds = np.empty(shape[0] + 1, np.int64)
    by_row(events, hung, bounds, keys)
    count, used = 0, int(ZERO)
    for row in range(shape[0]):
        starts[row] = count
        counts[:] = 0
        answer[:] = 0
        first, end = bounds[row], bounds[row + 1]
        line = by_column(keys[first:end], spare[: end - first], shape[1], digits)
        name = NONE
        if len(line) == 0 or line[0] >> HALF != 0:
            name, used = named(table, places, used, answer)
            cols[count], ids[count] = 0, name
            count += 1
        for event in range(len(line)):
            key = line[event]
            code, col = np.int64(key & LOW), key >> HALF
            slot = code >> 1
            before = counts[slot]
            after = before + 1 - 2 * (code & 1)
            counts[slot] = after
            flip = np.uint64((before > 0) != (after > 0))
            answer[slot >> 6] ^= flip << np.uint64(slot & 63)
            if event + 1 < len(line) and line[event + 1] >> HALF == col:
                continue
            mixed = np.uint64(0)
            for at in range(len(answer)):
                mixed = (mixed ^ answer[at]) * MIX
                mixed ^= mixed >> HALF
            found = int(places[np.int64(mixed & np.uint64(mask))])
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
    starts[shape[0]] = count
    return used


@njit(cache=True, nogil=True, error_model="numpy")
def joined(starts: Longs, cols: Ints, ids: Ints, places: Ints) -> int:
    """Gives every run the number ``places[id]``, makes one of equal neighbours; their number."""
    count = 0
    for row in range(len(starts) - 1):
        first, name = starts[row], NONE
        starts[row] = count
        for run in range(first, starts[row + 1]):
            col, found = cols[run], places[ids[run]]
            if found != name:
                cols[count], ids[count] = col, found
                count, name = count + 1, found
    starts[len(starts) - 1] = count
    return count


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
) -> int:
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
    return used


@njit(cache=True, nogil=True, error_model="numpy")
def filled(
    starts: Longs,
    cols: Ints,
    ids: Ints,
    numbers: NDArray[np.unsignedinteger[Any]],
    out: NDArray[np.unsignedinteger[Any]],
) -> None:
    """Writes the number of every run's answer into its cells, ``out`` of shape (rows, cols).

    As many cells at once as one store holds, even if the run is shorter: the next one comes after.
    """
    width, flat, step = np.uint64(out.shape[1]), out.reshape(-1), np.uint64(STORED)
    for row in range(len(starts) - 1):
        first = np.uint64(row) * width
        stop = first + width
        for run in range(starts[row], starts[row + 1]):
            number = numbers[ids[run]]
            at, end = first + np.uint64(cols[run]), stop
            if run + 1 < starts[row + 1]:
                end = first + np.uint64(cols[run + 1])
            while at < end and at + step <= stop:
                for cell in range(STORED):
                    flat[at + np.uint64(cell)] = number
                at += step
            while at < end:
                flat[at] = number
                at += np.uint64(1)
