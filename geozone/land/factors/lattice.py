"""Smooth functions of place, asked at the nodes of a fixed lattice and straight between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.scale import scale_at

Numbers = NDArray[np.float64]
Function = Callable[[Numbers, Numbers], tuple[Numbers, ...]]
Bounds = tuple[float, float, float, float]
"""West, south, east, north."""

SCALE_STEP_M = 1000.0
"""Between nodes of the scale: it is 3e-9 of itself off at most, 0.2 mm in 50 km."""
ROUNDS, SAMPLES, SPARE = 3, 5, 1.001
WAY_STEP_M = 256.0
"""Between nodes of a change of CRS: a place is 2 mm off at most."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Values (k, rows, cols) at multiples of ``step_m`` from ``first_x`` and ``first_y`` steps on.

    The nodes are multiples of the step, so a place has the same value whatever bounds it is in.
    """

    step_m: float
    first_x: int
    first_y: int
    values: Numbers

    @classmethod
    def over(cls, bounds: Bounds, step_m: float, function: Function) -> Lattice:
        """The lattice over west, south, east, north, in metres."""
        low = np.floor(np.array(bounds[:2]) / step_m).astype(int)
        high = np.floor(np.array(bounds[2:]) / step_m).astype(int) + 2
        x, y = (np.arange(a, b) * step_m for a, b in zip(low, high, strict=True))
        across, up = np.meshgrid(x, y)
        found = function(across.ravel(), up.ravel())
        values = np.stack([np.asarray(one, float).reshape(across.shape) for one in found])
        return cls(step_m, int(low[0]), int(low[1]), values)

    def __call__(self, x: Numbers, y: Numbers) -> tuple[Numbers, ...]:
        """The k values at places within the bounds; arrays that fit together."""
        col, across = share(x, self.step_m)
        row, up = share(y, self.step_m)
        wide = self.values.shape[2]
        at = (row - self.first_y) * wide + (col - self.first_x)
        return tuple(_between(one.ravel(), at, wide, up, across) for one in self.values)


def share(x: Numbers, step_m: float) -> tuple[NDArray[np.intp], Numbers]:
    """The last whole step at or before places, and how much of the next one they are beyond it."""
    steps = x / step_m
    whole = np.floor(steps)
    return whole.astype(np.intp), steps - whole


def _between(
    nodes: Numbers, at: NDArray[np.intp], wide: int, up: Numbers, across: Numbers
) -> Numbers:
    low, high = nodes.take(at), nodes.take(at + wide)
    low += across * (nodes.take(at + 1) - low)
    high += across * (nodes.take(at + wide + 1) - high)
    high -= low
    high *= up
    low += high
    return low


def scale_over(crs: CRS, bounds: Bounds) -> Lattice:
    """The point scale factor of a projection over bounds in its metres."""
    return Lattice.over(bounds, SCALE_STEP_M, lambda x, y: (scale_at(crs, x, y),))


def planar_m(crs: CRS, bounds: Bounds, metres: float) -> float:
    """Planar metres within which lies all that is so many ground metres from places in bounds.

    A projection stretches most at some edge of a box, so it is asked there alone.
    """
    planar = metres
    for _ in range(ROUNDS):
        west, south, east, north = wider(bounds, planar)
        x, y = np.meshgrid(np.linspace(west, east, SAMPLES), np.linspace(south, north, SAMPLES))
        planar = metres * float(scale_at(crs, x, y).max()) * SPARE
    return planar


def wider(bounds: Bounds, metres: float) -> Bounds:
    """Bounds moved outwards on all sides."""
    west, south, east, north = bounds
    return west - metres, south - metres, east + metres, north + metres


def way_over(operation: Operation, bounds: Bounds) -> Lattice:
    """Coordinates of an operation's target over bounds in metres of its source."""
    return Lattice.over(bounds, WAY_STEP_M, operation.apart)
