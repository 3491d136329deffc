"""The order of rings and polygons; where most are in it already, only the others are sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]

FEW = 0.02
"""Of things to be sorted: so many are put in place one by one."""


def ordered(
    labels: NDArray[Any],
    shell: NDArray[Any],
    hole: NDArray[np.bool_],
    corners: tuple[Places, Places],
) -> tuple[Places, Places, Places]:
    """The order of rings in polygons, the shells in theirs, and where each polygon begins.

    Ring r has the shell ``shell[r]``, itself if it is one, and its first two corners as numbers.
    """
    first, second = corners
    shells = np.flatnonzero(shell == np.arange(len(shell)))
    shells = shells[_sorted(labels[shells], first[shells], second[shells])]
    rank = np.empty(len(shell), np.int64)
    rank[shells] = np.arange(len(shells))
    holes = np.flatnonzero(hole)
    holes = holes[_sorted(rank[shell[holes]], first[holes], second[holes])]
    polygons = np.zeros(len(shells) + 1, np.int64)
    polygons[1:] = np.cumsum(1 + np.bincount(rank[shell[holes]], minlength=len(shells)))
    order = np.empty(len(shells) + len(holes), np.int64)
    is_shell = np.zeros(len(order), bool)
    is_shell[polygons[:-1]] = True
    order[is_shell], order[~is_shell] = shells, holes
    return order, shells, polygons


def _sorted(*keys: NDArray[Any]) -> Places:
    """The order of things by their first keys, then by the others; most may be in it already."""
    before = np.ones(max(len(keys[0]) - 1, 0), bool)
    for key in reversed(keys):
        before = (key[:-1] < key[1:]) | ((key[:-1] == key[1:]) & before)
    first = len(keys[0]) if before.all() else int(np.argmin(before)) + 1
    if len(keys[0]) - first > FEW * len(keys[0]):
        return np.lexsort(keys[::-1])
    late = first + np.lexsort([key[first:] for key in reversed(keys)])
    places = [_behind(keys, first, one) for one in late.tolist()]
    return np.insert(np.arange(first), places, late)


def _behind(keys: Sequence[NDArray[Any]], count: int, one: int) -> int:
    """Behind how many of the first things, which are sorted, a thing comes."""
    low, high = 0, count
    for key in keys:
        part = key[low:high]
        ends = [int(np.searchsorted(part, key[one], side)) for side in ("left", "right")]
        low, high = low + ends[0], low + ends[1]
    return high
