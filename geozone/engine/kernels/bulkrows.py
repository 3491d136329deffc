"""Rows of a table as text: what rows of a kind share, with each row's own name and metres."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

STEPS = 1000
"""Metres are shown to the millimetre."""
WIDEST = 20
"""Letters that a value below ``LARGEST_M`` never exceeds."""
LARGEST_M = 1e9
"""Below it thousandths of a metre are told apart far more finely than ``NEAR_TIE``."""
NEAR_TIE = 1e-3
"""In thousandths: a value this near to the middle of two is rounded by itself."""
ZERO, MINUS, POINT = 48, 45, 46

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _to_step(value: float) -> tuple[float, bool]:
    """A value as ``round`` gives it to the millimetre, and whether it has to be rounded so."""
    steps = value * STEPS
    tie = abs(abs(steps - math.floor(steps)) - 0.5)
    return np.rint(steps) / STEPS, not (tie > NEAR_TIE and abs(value) < LARGEST_M)


@njit(cache=True, nogil=True)
def rounded(
    kinds: Ints,
    places: Ints,
    limits: Floats,
    metres: Floats,
    margins: Floats,
    odd: NDArray[np.bool_],
) -> int:
    """Rounds the metres (m, n) that rows are asked for, and writes what they exceed ``limits`` by.

    ``places`` (kinds, most) are of each of ``kinds`` (n,) the places whose metres count; negative
    ones end them. ``odd`` (m, n) are those left as they are; how many these are.
    """
    count = 0
    for row in range(len(kinds)):
        for place in places[kinds[row]]:
            if place < 0:
                break
            value = metres[place, row]
            shown, open_ = _to_step(value)
            margin, doubtful = _to_step(value - limits[place])
            odd[place, row] = open_ or doubtful
            count += odd[place, row]
            metres[place, row] = value if odd[place, row] else shown
            margins[place, row] = margin
    return count


@njit(cache=True, nogil=True)
def leasts(codes: Ints, places: Ints, values: Floats, found: Floats) -> None:
    """Of each row (n,) the least of the values (m, n) whose ``places`` (kinds, most) its kind has.

    Of equal ones the first, infinity of none; negative places end them.
    """
    for row in range(len(codes)):
        found[row] = np.inf
        for place in places[codes[row]]:
            if place < 0:
                break
            if values[place, row] < found[row]:  # noqa: PLR1730 - of 0.0 and -0.0 the first
                found[row] = values[place, row]


@njit(cache=True, nogil=True)
def _copied(letters: Bytes, begin: int, end: int, out: Bytes, at: int) -> int:
    """Where a stretch of letters ends in ``out`` that is written from ``at`` on."""
    size = end - begin
    # Views that begin at 0 are copied many letters at a time.
    here, there = letters[begin:end], out[at : at + size]
    for place in range(size):
        there[place] = here[place]
    return at + size


@njit(cache=True, nogil=True)
def _metres(shown: float, out: Bytes, at: int) -> int:
    """Where the text of a rounded value ends, as ``repr`` gives it."""
    if math.copysign(1.0, shown) < 0.0:
        out[at] = MINUS
        at += 1
    steps = int(np.rint(abs(shown) * STEPS))
    whole, rest = steps // STEPS, steps % STEPS
    digits, left = 1, whole // 10
    while left > 0:
        digits += 1
        left //= 10
    for place in range(at + digits - 1, at - 1, -1):
        out[place] = ZERO + whole % 10
        whole //= 10
    at += digits
    out[at], out[at + 1] = POINT, ZERO + rest // 100
    at += 2
    if rest % 100:
        out[at] = ZERO + rest // 10 % 10
        at += 1
    if rest % 10:
        out[at] = ZERO + rest % 10
        at += 1
    return at


@njit(cache=True, nogil=True)
def rows_text(
    codes: Ints,
    names: tuple[Ints, Bytes],
    pieces: tuple[Ints, Bytes],
    slots: Ints,
    metres: Floats,
    out: Bytes,
) -> int:
    """How many letters the rows (n,) have that are written to ``out``.

    Row k begins with its name, ``names[1]`` from ``names[0][k]`` to ``names[0][k + 1]``. Of its
    kind are the pieces that follow, of which p stands from ``pieces[0][kind, p]`` to ``pieces[0]
    [kind, p + 1]`` of ``pieces[1]``; between two of them stands the value of a row of ``metres``
    (places, n) that ``slots`` (kinds, most) tells; negative ones end them. -1 where a value is
    too large for ``LARGEST_M``: what is written means nothing then.
    """
    (ends, own), (begins, letters) = names, pieces
    at = 0
    for row in range(len(codes)):
        kind = codes[row]
        at = _copied(own, ends[row], ends[row + 1], out, at)
        at = _copied(letters, begins[kind, 0], begins[kind, 1], out, at)
        for slot in range(slots.shape[1]):
            place = slots[kind, slot]
            if place < 0:
                break
            if not abs(metres[place, row]) < LARGEST_M:
                return -1
            at = _metres(metres[place, row], out, at)
            at = _copied(letters, begins[kind, slot + 1], begins[kind, slot + 2], out, at)
    return at
