"""The scale of a projection as a polynomial, for kernels that cannot ask PROJ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from geozone.engine.outline import Bounds
from geozone.land.coordinates.scale import scale_at

TERMS = 6
SAMPLES = 14
EXACT = 1e-10
"""Largest error of the fit, as a share: 20 nanometres in 200 m."""

LEAST_HALF_M = 10_000.0
"""Places a little beyond small bounds are no extrapolation either."""


@dataclass(frozen=True, eq=False)
class ScaleFit:
    """The point scale factor k over bounds: ground distance = planar distance / k.

    ``coefs`` has shape (6, 6): k is the sum of ``coefs[i, j] * u**i * v**j`` where u and v are
    the metres from ``x0`` and ``y0``, divided by ``half``. It holds within ``bounds`` and a
    little around them; far from them it is no number to go by.
    """

    coefs: NDArray[np.float64]
    x0: float
    y0: float
    half: float
    bounds: Bounds = (-np.inf, -np.inf, np.inf, np.inf)

    def __call__(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """k at places of metres east and north, arrays of one shape."""
        u = (np.asarray(x, float) - self.x0) / self.half
        v = (np.asarray(y, float) - self.y0) / self.half
        found = np.polynomial.polynomial.polyval2d(u, v, self.coefs)
        return np.asarray(found, np.float64)


def fitted(crs: CRS, bounds: Bounds) -> ScaleFit:
    """The fit of a projection's scale over bounds in its metres.

    Raises ``ArithmeticError`` where a polynomial is more than ``EXACT`` off: the bounds reach
    too far for the projection.
    """
    west, south, east, north = bounds
    x0, y0 = (west + east) / 2, (south + north) / 2
    wide = max((east - west) / 2, LEAST_HALF_M)
    high = max((north - south) / 2, LEAST_HALF_M)
    half = max(wide, high)
    nodes = np.cos(np.pi * (np.arange(SAMPLES) + 0.5) / SAMPLES)
    u, v = (one.ravel() for one in np.meshgrid(nodes * wide / half, nodes * high / half))
    terms = np.polynomial.polynomial.polyvander2d(u, v, [TERMS - 1, TERMS - 1])
    given = scale_at(crs, u * half + x0, v * half + y0)
    coefs = np.linalg.lstsq(terms, given, rcond=1e-14)[0].reshape(TERMS, TERMS)
    within = (x0 - wide, y0 - high, x0 + wide, y0 + high)
    found = ScaleFit(np.ascontiguousarray(coefs), x0, y0, half, within)
    _check(found, crs, bounds)
    return found


def _check(fit: ScaleFit, crs: CRS, bounds: Bounds) -> None:
    west, south, east, north = bounds
    x, y = np.meshgrid(np.linspace(west, east, 11), np.linspace(south, north, 11))
    error = float(np.abs(fit(x, y) - scale_at(crs, x, y)).max())
    if not error <= EXACT:
        raise ArithmeticError(f"the scale of the projection is no polynomial here: {error:.1e}")
