"""Parcels of farmland: a bent lattice whose neighbours share every vertex of their border."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator

from making.outlines import Numbers, Shapes, rounded

JITTER = 0.2
"""How far a corner strays, in sides of a parcel."""
BEND = 0.05
"""How far a border strays from the straight line between its corners, in its length."""


@dataclass(frozen=True)
class Lattice:
    """A block of ``side`` by ``side`` parcels of ``cell_m``; ``between`` vertices on a border."""

    west: float
    south: float
    side: int
    cell_m: float
    between: int


def parcels(rng: Generator, make: Lattice, kept: float) -> Shapes:
    """The parcels of a block, a share of them: the field stays half open where it is small."""
    corners = _corners(rng, make)
    east = _borders(rng, corners[:, :-1], corners[:, 1:], make.between)
    north = _borders(rng, corners[:-1, :], corners[1:, :], make.between)
    rings = np.concatenate(
        [
            east[:-1],
            north[:, 1:],
            east[1:, :, ::-1],
            north[:, :-1, ::-1],
        ],
        axis=2,
    )
    # Each border ends where the next begins: the doubled corners go.
    length = make.between + 2
    once = np.arange(4 * length) % length != length - 1
    flat = rings.reshape(-1, 4 * length, 2)[:, once]
    closed = np.concatenate([flat, flat[:, :1]], axis=1)
    chosen = rng.random(len(closed)) < kept
    found: Shapes = shapely.polygons(closed[chosen])
    return found[shapely.is_valid(found)]


def _corners(rng: Generator, make: Lattice) -> Numbers:
    """Corners (side + 1, side + 1, 2), row by row northwards."""
    steps = np.arange(make.side + 1) * make.cell_m
    x, y = np.meshgrid(make.west + steps, make.south + steps)
    stray = rng.uniform(-JITTER, JITTER, (*x.shape, 2)) * make.cell_m
    return rounded(np.stack([x, y], axis=-1) + stray)


def _borders(rng: Generator, start: Numbers, end: Numbers, between: int) -> Numbers:
    """Borders (rows, cols, between + 2, 2) from corner to corner, both included."""
    share = np.linspace(0.0, 1.0, between + 2)
    run = end - start
    across = np.stack([-run[..., 1], run[..., 0]], axis=-1)
    stray = rng.uniform(-BEND, BEND, (*start.shape[:2], between + 2)) * np.sin(np.pi * share)
    line = start[:, :, None, :] + share[:, None] * run[:, :, None, :]
    bent = rounded(line + stray[..., None] * across[:, :, None, :])
    bent[:, :, 0], bent[:, :, -1] = start, end
    return bent
