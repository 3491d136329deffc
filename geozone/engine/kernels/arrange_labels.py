"""The set of counters that hold in every face: windings carried from face to face."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.engine.kernels.binning import Whole

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Words = NDArray[np.uint64]


@njit(cache=True, nogil=True, inline="always")
def mixed(number: Whole) -> Whole:
    """A fixed pseudo-random word for a number (splitmix64)."""
    word = np.uint64(number + 1) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def _toggled(words: Words, counter: Whole) -> Whole:
    """Turn a counter's bit and give the word by which the set's key changes; beyond the set, 0."""
    word = counter >> 6
    if word >= len(words):
        return np.uint64(0)
    words[word] ^= np.uint64(1) << np.uint64(counter & 63)
    return mixed(counter)


@njit(cache=True, nogil=True)
def _crossed(
    step: Whole, segment: Whole, at: Ints, changes: Small, winding: Small, words: Words
) -> Whole:
    """Change windings and set by ``step`` times what a segment changes; the key's change."""
    turned = np.uint64(0)
    for place in range(at[segment], at[segment + 1]):
        counter = changes[place, 0]
        before = winding[counter]
        after = before + step * changes[place, 1]
        winding[counter] = after
        if (before > 0) != (after > 0):
            turned ^= _toggled(words, counter)
    return turned


@njit(cache=True, nogil=True)
def _numbered(words: Words, key: Whole, table: Words, slots: Small, used: Whole) -> Whole:
    """The number of a set in the table of ``used`` sets, where a new one is added."""
    room = np.uint64(len(slots) - 1)
    slot = np.uint64(key) & room
    while slots[slot] >= 0:
        same = True
        for word in range(len(words)):
            same = same and table[slots[slot], word] == words[word]
        if same:
            return slots[slot]
        slot = (slot + np.uint64(1)) & room
    slots[slot] = used
    for word in range(len(words)):
        table[used, word] = words[word]
    return used


@njit(cache=True, nogil=True)
def _families(order: Small, came: Small) -> tuple[Small, Small]:
    """The first child of each cycle and the next child of its parent's, -1 for none."""
    child, sibling = np.full(len(came), -1, np.int32), np.full(len(came), -1, np.int32)
    for place in range(1, len(order)):
        one = order[place]
        parent = came[one, 0]
        sibling[one] = child[parent]
        child[parent] = one
    return child, sibling


@njit(cache=True, nogil=True)
def labelled(
    base: Small, order: Small, came: Small, at: Ints, changes: Small
) -> tuple[Small, Words]:
    """The number of the set that holds in each cycle's face, -1 if not reached, and the sets.

    ``base`` (counters + 1,) holds the windings on the far side of the first cycle's half-edge; its
    last counter is the frame and in no set. Where counter 0 does not hold, the set is empty.
    Depth first, so one row of windings is enough.
    """
    size, used = (len(base) - 1 + 63) // 64, 0
    winding, words, empty = base.copy(), np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    key = np.uint64(0)
    for counter in range(len(base) - 1):
        if winding[counter] > 0:
            key ^= _toggled(words, counter)
    slots = np.int64(4)
    while slots < 2 * len(came):
        slots *= 2
    table, slot = np.empty((len(came), size), np.uint64), np.full(slots, -1, np.int32)
    label = np.full(len(came), -1, np.int32)
    child, sibling = _families(order, came)
    here, down = order[0], True
    while True:
        half = came[here, 1]
        step = 1 if half & 1 else -1
        if down:
            if half >= 0:
                key ^= _crossed(step, half >> 1, at, changes, winding, words)
            if winding[0] > 0:
                label[here] = _numbered(words, key, table, slot, used)
            else:
                label[here] = _numbered(empty, np.uint64(0), table, slot, used)
            used = max(used, label[here] + 1)
            if child[here] >= 0:
                here = child[here]
                continue
        if half >= 0:
            key ^= _crossed(-step, half >> 1, at, changes, winding, words)
        if here == order[0]:
            return label, table[:used]
        down = sibling[here] >= 0
        here = sibling[here] if down else came[here, 0]


@njit(cache=True, nogil=True)
def consistent(order: Small, came: Small, cycle: Small, at: Ints, changes: Small) -> bool:
    """Whether the windings of every two faces differ by just what the segment between changes.

    Windings are compared by a fingerprint: their sum, each times a fixed pseudo-random word.
    The cycle of half-edge 0 is the outside of the frame, which is not one face, and left out.
    """
    jumps = np.zeros(len(at) - 1, np.uint64)
    for one in range(len(jumps)):
        for place in range(at[one], at[one + 1]):
            jumps[one] += np.uint64(np.int64(changes[place, 1])) * mixed(changes[place, 0])
    prints = np.zeros(len(came), np.uint64)
    for place in range(1, len(order)):
        here = order[place]
        prints[here] = prints[came[here, 0]]
        if came[here, 1] >= 0:
            jump = jumps[came[here, 1] >> 1]
            prints[here] += jump if came[here, 1] & 1 else np.uint64(0) - jump
    for one in range(len(jumps)):
        left, right = cycle[2 * one], cycle[2 * one + 1]
        if cycle[0] not in (left, right) and prints[left] - prints[right] != jumps[one]:
            return False
    return True
