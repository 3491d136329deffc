"""The states of conditions at very many points, by how near shapes lie to them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geozone.law.state import State

EXACT_M = 1e-5
"""Planar distances are right to far less than this."""
TOLERANCE_M = 1e-6
"""Of arithmetic, as ``outline.TOLERANCE_M``."""
BEND = 1e-8
"""How far off a distance is, by the square of it, when one end's scale is taken for all of it."""

CLEAR, UNSEEN, HOLDS = int(State.CLEAR), int(State.UNSEEN), int(State.HOLDS)
NEAR_INSIDE, NEAR_OUTSIDE = int(State.NEAR_INSIDE), int(State.NEAR_OUTSIDE)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]
States = NDArray[np.uint8]
Near = tuple[Floats, Masks, Masks]
"""Of each point planar metres to shapes, whether it is in them, and where that cannot be told."""
Places = tuple[Floats, Floats]
"""Of each point its accuracy in metres, and the scale there."""


@njit(cache=True, nogil=True, inline="always")
def _within(near: Near, at: int, limit: float, scale: float) -> tuple[bool, bool]:
    """Whether a point is within a ground limit, and whether that is not plain."""
    planar, inside, unsure = near[0][at], near[1][at], near[2][at]
    reach, slack = (limit + TOLERANCE_M) * scale, BEND * limit * limit + EXACT_M
    return inside or planar <= reach, unsure or (not inside and abs(planar - reach) <= slack)


@njit(cache=True, nogil=True)
def seen_states(near: Near, rim_m: float, places: Places, found: States, doubt: Masks) -> None:
    """Clear inside a coverage, deeper than ``rim_m`` and the accuracy of a point; else unseen."""
    (planar, inside, unsure), (accuracy_m, scale) = near, places
    for at in range(len(found)):
        rim = rim_m + accuracy_m[at]
        far = (rim - TOLERANCE_M) * scale[at]
        clear = inside[at] and (planar[at] > far or rim <= 0.0)
        found[at] = CLEAR if clear else UNSEEN
        doubt[at] |= unsure[at] or (rim > 0.0 and abs(planar[at] - far) < EXACT_M)


@njit(cache=True, nogil=True)
def maybe_states(near: Near, limit_m: float, places: Places, found: States, doubt: Masks) -> None:
    """Unseen within a limit of shapes that may match."""
    accuracy_m, scale = places
    for at in range(len(found)):
        within, open_ = _within(near, at, limit_m + accuracy_m[at], scale[at])
        if within:
            found[at] = UNSEEN
        doubt[at] |= open_


@njit(cache=True, nogil=True)
def group_states(
    near: Near,
    limits: tuple[float, float, float],
    places: Places,
    strength: States,
    found: States,
    doubt: Masks,
) -> None:
    """What a group says at points, as ``states.group_states``, where it says more than others do.

    ``limits`` are the distance asked for, the half width and the accuracy of the group;
    ``strength`` tells by state how much it says.
    """
    (planar, inside, unsure), (accuracy_m, scale) = near, places
    within_m, half_width_m, group_m = limits
    for at in range(len(found)):
        if not inside[at] and np.isinf(planar[at]) and not unsure[at]:
            continue
        off, said = group_m + accuracy_m[at], CLEAR
        for state in (NEAR_OUTSIDE, NEAR_INSIDE, HOLDS):
            limit = within_m
            if state != NEAR_INSIDE:
                limit += half_width_m + off if state == NEAR_OUTSIDE else -off
            if limit >= 0.0:
                within, open_ = _within(near, at, limit, scale[at])
                if within:
                    said = state
                doubt[at] |= open_
        depth = (off - within_m) * scale[at]
        if inside[at] and depth > 0.0:
            if planar[at] > depth + EXACT_M:
                said = HOLDS
            if planar[at] <= depth + EXACT_M + BEND * depth * depth:
                doubt[at] = True
        if strength[said] > strength[found[at]]:
            found[at] = said


@njit(cache=True, nogil=True)
def told(near: Near) -> None:
    """Makes planar metres 0 in the shapes, and NaN where that cannot be told."""
    planar, inside, unsure = near
    for at in range(len(planar)):
        if unsure[at]:
            planar[at] = np.nan
        elif inside[at]:
            planar[at] = 0.0


@njit(cache=True, nogil=True)
def distances(
    points: tuple[Ints, Floats, Floats],
    regions: tuple[Ints, Floats, Floats],
    asked: tuple[Ints, Ints],
    shown: tuple[float, float, float],
    found: Floats,
    doubt: Masks,
) -> int:
    """Ground metres from points to regions, (regions, points), and how many are in ``doubt``:
    they might be shown otherwise than they are.

    ``points``: their places, and by place scales and planar metres (sets, places) as ``told``.
    ``regions``: the sets of each, how far these are measured, and the limit asked for. ``asked``:
    the kind of each point, and the regions (kinds, most) that each kind asks for, ended by a
    negative one. ``shown``: how near to the middle of two shown values is too near, in metres and
    as a share of the distance, and how many of those a metre has.
    """
    (places, scale, near), (sets, reach, within_m), (kinds, wanted) = points, regions, asked
    tie_m, tie_share, steps = shown
    doubts = 0
    for at in range(len(places)):
        place = places[at]
        for region in wanted[kinds[at]]:
            if region < 0:
                break
            planar, doubtful = np.inf, False
            for one in sets[region]:
                if one >= 0:
                    doubtful = doubtful or np.isnan(near[one, place])
                    planar = min(planar, near[one, place])
            doubtful = doubtful or planar > reach[region]
            metres = planar / scale[place]
            margin, tie = metres - within_m[region], tie_m + tie_share * metres
            for value in (metres * steps, margin * steps):
                # What is no number is doubtful too.
                doubtful = doubtful or not abs(value - np.floor(value) - 0.5) > tie * steps
            doubtful = doubtful or (abs(margin) < tie and metres > 0.0)
            found[region, at], doubt[region, at] = metres, doubtful
            doubts += doubtful
    return doubts
