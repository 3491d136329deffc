"""Rings around chains and shells, drawn vertex by vertex: fast where a reach is short.

A ring walks around a shell, or up one side of a chain and down the other, always so far to the
right of it. Where the way turns left it follows the circle around the vertex; where it turns
right it goes straight on to where the next offset crosses, or if that is too far by way of the
vertex. So it is the sum of a rectangle per segment, cut at most where the next one goes on, of
a sector per left turn, and of the shell: all of them count +1, and their union is exactly
what is within reach. Nothing is counted down, so rounding opens no cracks inside.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SPARE_M = 0.01
"""What is left, at least, of an offset whose ends are cut where the next ones cross."""

BLUNT = np.pi / 4
"""Chords of an end whose shape does not matter, in radians."""

BACK = 1e-12
"""Below this, 1 plus the cosine of a turn is rounding: the way goes straight back."""

MITRE_M = 0.001
"""How far beyond the reach a corner may lie that stands for a short arc."""


@njit(cache=True, nogil=True)
def _distinct(
    xy: NDArray[np.float64], first: int, end: int, shell: bool, out: NDArray[np.float64]
) -> int:
    """The vertices of a chain that differ from the one before; shells open, counter-clockwise."""
    count = 0
    for at in range(first, end):
        if count and xy[at, 0] == out[count - 1, 0] and xy[at, 1] == out[count - 1, 1]:
            continue
        out[count] = xy[at]
        count += 1
    if shell and count > 1:
        count -= int(out[0, 0] == out[count - 1, 0] and out[0, 1] == out[count - 1, 1])
        twice = 0.0
        for at in range(1, count - 1):
            ax, ay = out[at, 0] - out[0, 0], out[at, 1] - out[0, 1]
            bx, by = out[at + 1, 0] - out[0, 0], out[at + 1, 1] - out[0, 1]
            twice += ax * by - ay * bx
        if twice < 0:
            out[:count] = out[:count][::-1].copy()
    return count


@njit(cache=True, nogil=True, inline="always")
def _emit(out: NDArray[np.float64], at: int, x: float, y: float) -> int:
    """Writes a vertex; gives the place of the next one."""
    out[at, 0], out[at, 1] = x, y
    return at + 1


@njit(cache=True, nogil=True)
def _arc(
    centre_x: float,
    centre_y: float,
    start: tuple[float, float],
    turn: float,
    steps: int,
    out: NDArray[np.float64],
    at: int,
) -> int:
    """Vertices of an arc counter-clockwise from an offset, its last one included."""
    cos, sin = np.cos(turn / steps), np.sin(turn / steps)
    x, y = start
    for _ in range(steps):
        x, y = x * cos - y * sin, x * sin + y * cos
        at = _emit(out, at, centre_x + x, centre_y + y)
    return at


@njit(cache=True, nogil=True)
def _corner(
    line: NDArray[np.float64],
    places: tuple[int, int, int],
    radius: float,
    widest: float,
    out: NDArray[np.float64],
    at: int,
) -> int:
    """The vertices of the ring where the way comes by one vertex.

    ``places`` in the line are those of the vertices before, here and after.
    """
    before, here, after = places
    x, y = line[here, 0], line[here, 1]
    ax, ay = x - line[before, 0], y - line[before, 1]
    bx, by = line[after, 0] - x, line[after, 1] - y
    long, long_after = np.hypot(ax, ay), np.hypot(bx, by)
    shorter = min(long, long_after)
    along, ahead = radius / long, radius / long_after
    ax, ay, bx, by = ay * along, -ax * along, by * ahead, -bx * ahead
    square = radius * radius
    cross, dot = (ax * by - ay * bx) / square, (ax * bx + ay * by) / square
    # The offsets' lines meet at (a + b) / (1 + dot), radius / cos(half the turn) away.
    if cross < 0:
        meets = shorter * (1 + dot) > -2 * radius * cross + SPARE_M * (1 + dot)
        meets = meets and 1 + dot > BACK
    else:
        meets = dot > 0 and radius * (np.sqrt(2 / (1 + dot)) - 1) <= MITRE_M
    if meets:
        share = 1 / (1 + dot)
        return _emit(out, at, x + (ax + bx) * share, y + (ay + by) * share)
    at = _emit(out, at, x + ax, y + ay)
    if cross < 0:
        at = _emit(out, at, x, y)
        return _emit(out, at, x + bx, y + by)
    turn = np.arctan2(abs(cross), dot)
    return _arc(x, y, (ax, ay), turn, int(np.ceil(turn / widest)), out, at)


@njit(cache=True, nogil=True)
def _roomy(out: NDArray[np.float64], used: int, more: int) -> NDArray[np.float64]:
    """The vertices so far, with room for more."""
    if used + more <= len(out):
        return out
    found = np.empty((2 * len(out) + more, 2))
    found[:used] = out[:used]
    return found


@njit(cache=True, nogil=True)
def _straight(out: NDArray[np.float64], first: int, end: int, half: complex) -> None:
    """Turns w back to z where w = z + half * z²; exact to a nanometre.

    The inverse as a series, whose coefficients are Catalan's numbers: half * w is small.
    """
    for at in range(first, end):
        w = complex(out[at, 0], out[at, 1])
        t = half * w
        z = w * (1.0 - t * (1.0 - t * (2.0 - t * (5.0 - t * (14.0 - 42.0 * t)))))
        out[at, 0], out[at, 1] = z.real, z.imag


@njit(cache=True, nogil=True)
def grow(
    xy: NDArray[np.float64],
    starts: NDArray[np.int64],
    radius: NDArray[np.float64],
    widest: float,
    shell: bool,
    blunt: NDArray[np.bool_],
    halves: NDArray[np.complex128],
    middles: NDArray[np.float64],
    firsts: NDArray[np.int64],
) -> NDArray[np.float64]:
    """One closed ring around every chain, or every shell; its vertices in the working CRS.

    Chain k has the vertices ``starts[k]:starts[k + 1]``, in the frame about ``middles[k]`` whose
    half bend is ``halves[k]``, and the reach ``radius[k]``; arcs have chords of at most
    ``widest`` radians, but for the ends of chains that are ``blunt`` (n, 2). Ring k goes to
    ``firsts[k]:firsts[k + 1]``.
    """
    longest, steps = 1, int(np.ceil(2 * np.pi / widest))
    for one in range(len(starts) - 1):
        longest = max(longest, starts[one + 1] - starts[one])
    line, out = np.empty((longest, 2)), np.empty((4 * len(xy) + steps + 2, 2))
    at = 0
    for one in range(len(starts) - 1):
        firsts[one] = at
        count = _distinct(xy, starts[one], starts[one + 1], shell, line)
        if count == 1:
            out = _roomy(out, at, steps + 1)
            at = _arc(line[0, 0], line[0, 1], (radius[one], 0.0), 2 * np.pi, steps, out, at)
        else:
            around = count if shell and count > 2 else 2 * (count - 1)
            for step in range(around):
                middle = step if step < count else 2 * (count - 1) - step
                ahead = step + 1 if step + 1 < around else 0
                ahead = ahead if ahead < count else 2 * (count - 1) - ahead
                back = step - 1 if step > 0 else around - 1
                back = back if back < count else 2 * (count - 1) - back
                # A corner turns by half a circle at most.
                out = _roomy(out, at, steps + 4)
                wide = widest
                if around > count and (
                    (middle == 0 and blunt[one, 0]) or (middle == count - 1 and blunt[one, 1])
                ):
                    wide = BLUNT
                at = _corner(line, (back, middle, ahead), radius[one], wide, out, at)
        _straight(out, firsts[one], at, halves[one])
        for vertex in range(firsts[one], at):
            out[vertex, 0] += middles[one, 0]
            out[vertex, 1] += middles[one, 1]
        out = _roomy(out, at, 1)
        at = _emit(out, at, out[firsts[one], 0], out[firsts[one], 1])
    firsts[len(starts) - 1] = at
    return out[:at].copy()
