"""A way in which coordinates cannot be of their CRS: which of them, why, and what would fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Picks = NDArray[np.bool_]
Shapes = NDArray[np.object_]

REGION = (55.0, 2.5, 155.0, 62.0)
"""China and what lies around it: west, south, east, north in degrees."""
HALF_TURN = 180.0
CORRECT = "改正坐标系声明 / correct the stated CRS"
SUPPLY = "补正坐标或删除 / supply the coordinates or remove the feature"


@dataclass(frozen=True, eq=False)
class Odd:
    """Which boxes (n,) cannot be where they claim to be, why, and what would fit."""

    picks: Picks
    what: str
    todo: str = CORRECT


def at_nought(picks: Picks) -> Odd:
    """Boxes at (0, 0), where nothing was ever measured."""
    return Odd(picks, "坐标为 (0, 0) / coordinates are (0, 0)", SUPPLY)


def each_once(odds: list[Odd]) -> list[Odd]:
    """Every odd with the boxes that none before it has, where any are left."""
    kept: list[Odd] = []
    taken = np.zeros(len(odds[0].picks), bool)
    for odd in odds:
        picks = odd.picks & ~taken
        if picks.any():
            kept.append(Odd(picks, odd.what, odd.todo))
        taken |= picks
    return kept
