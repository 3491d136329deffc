"""Local frames in which ground distance is plain distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.scalefit import ScaleFit

STEP_M = 1000.0
"""Over which the change of the scale is measured."""

Complex = NDArray[np.complex128]
Index = NDArray[np.int64]
Places = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Frames:
    """For each of n chains, a conformal map of its surroundings to a plane.

    A place z (metres from the middle, east + i north) goes to w = z + bend / 2 * z². Between
    two places \\|w1 - w0\\| is exactly the planar distance times \\|1 + bend * middle\\|, which
    is the scale at the chain's middle over the scale midway between them, but for second
    derivatives: distances in w divided by ``scale`` are distances on the ground.
    """

    middle: Complex
    bend: Complex
    scale: Places

    @classmethod
    def of(cls, middles: Places, fit: ScaleFit) -> Frames:
        """The frames about middles of shape (n, 2), in metres of the working CRS."""
        x, y = middles[:, 0], middles[:, 1]
        scale = fit(x, y)
        east = (fit(x + STEP_M, y) - fit(x - STEP_M, y)) / (2 * STEP_M)
        north = (fit(x, y + STEP_M) - fit(x, y - STEP_M)) / (2 * STEP_M)
        bend = np.asarray(-(east - 1j * north) / scale, complex)
        return cls(np.asarray(x + 1j * y, complex), bend, scale)

    def bent(self, xy: Places, chain: Index) -> Places:
        """Places (m, 2) of the CRS in the frames of their chains (m,)."""
        z = xy[:, 0] + 1j * xy[:, 1] - self.middle[chain]
        return _pairs(z + self.bend[chain] / 2 * z * z)


def _pairs(places: Complex) -> Places:
    return np.column_stack([places.real, places.imag])
