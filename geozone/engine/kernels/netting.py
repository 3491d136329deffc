"""Edges that lie on one another as one, without those that change nothing."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
OWN = 0
"""The place of the polygon itself among what its edges turn around."""

FEW = 64
"""So many edges are sorted one by one."""


@njit(cache=True, nogil=True)
def _by_first_x(ends: Floats) -> Ints:
    """The order of edges by their first x; equal ones stay in order."""
    count = len(ends)
    if count > FEW:
        return np.argsort(ends[:, 0], kind="mergesort")
    order = np.empty(count, np.int64)
    for at in range(count):
        x, to = ends[at, 0], at
        while to > 0 and ends[order[to - 1], 0] > x:
            order[to] = order[to - 1]
            to -= 1
        order[to] = at
    return order


@njit(cache=True, nogil=True)
def joined(ends: Floats) -> tuple[Floats, Ints]:
    """Edges of the same ends as one, sorted by their first x, and which one each has become."""
    order = _by_first_x(ends)
    found, place = np.empty_like(ends), np.empty(len(ends), np.int64)
    count = 0
    for at in order:
        known = count - 1
        while known >= 0 and found[known, 0] == ends[at, 0]:
            if (
                found[known, 1] == ends[at, 1]
                and found[known, 2] == ends[at, 2]
                and found[known, 3] == ends[at, 3]
            ):
                break
            known -= 1
        if known < 0 or found[known, 0] != ends[at, 0]:
            known = count
            found[count] = ends[at]
            count += 1
        place[at] = known
    return found[:count], place


@njit(cache=True, nogil=True)
def netted(edges: Floats, turn: Ints, counter: Ints) -> tuple[Floats, Ints, tuple[Ints, Ints], int]:
    """The distinct edges across which anything changes, by their first x.

    ``turn`` (m,) is by how much the winding of ``counter`` (m,) is more left of an edge than right
    of it; of edges that lie on one another it becomes the sum, in the first of them. Comes with
    that of the polygon itself (n,), 0 for edges not its own; with the first change of each edge
    and the next one after each change, or -1; and with the number of edges of the polygon that
    do not part it from what is outside.
    """
    distinct, place = joined(edges)
    heads, nexts = np.full(len(distinct), NONE, np.int64), np.full(len(place), NONE, np.int64)
    turned, own = np.zeros(len(distinct), np.int64), np.zeros(len(distinct), np.bool_)
    for at in range(len(place)):
        edge = place[at]
        if counter[at] == OWN:
            turned[edge] += turn[at]
            own[edge] = True
            continue
        one = heads[edge]
        while one >= 0 and counter[one] != counter[at]:
            one = nexts[one]
        if one >= 0:
            turn[one] += turn[at]
        else:
            nexts[at], heads[edge] = heads[edge], at
    count, odd = 0, 0
    for edge in range(len(distinct)):
        odd += int(own[edge] and abs(turned[edge]) != 1)
        changes, one = own[edge], heads[edge]
        while one >= 0 and not changes:
            changes = turn[one] != 0
            one = nexts[one]
        if changes:
            distinct[count], heads[count] = distinct[edge], heads[edge]
            turned[count] = turned[edge]
            count += 1
    return distinct[:count], turned[:count], (heads[:count], nexts), odd


@njit(cache=True, nogil=True)
def told_apart(turned: Ints) -> tuple[Ints, Ints]:
    """The edges where that is not 0, and the others."""
    own, others = np.empty(len(turned), np.int64), np.empty(len(turned), np.int64)
    mine = 0
    for at in range(len(turned)):
        if turned[at] != 0:
            own[mine] = at
            mine += 1
        else:
            others[at - mine] = at
    return own[:mine], others[: len(turned) - mine]
