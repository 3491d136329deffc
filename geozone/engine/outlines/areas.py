"""Areas on the ellipsoid of whole partitions at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds
from geozone.engine.outlines.edges import MM, Edges
from geozone.engine.outlines.faces import Faces
from geozone.engine.scalefit import LEAST_HALF_M, ScaleFit

DEGREE = 6
SAMPLES = 14
EXACT = 1e-10
"""Largest error of the fit, as a share."""

AT_ONCE = 1 << 18
"""Edges that a thread sums at a time."""

Areas = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AreaFit:
    """What a planar square metre is worth on the ground, 1 / k², over bounds.

    ``coefs`` (7, 7): the sum of ``coefs[i, j] * u**i * v**j`` for i + j up to 6, where u and v
    are metres from ``frame[0]`` east and ``frame[1]`` north, divided by ``frame[2]``.
    """

    coefs: NDArray[np.float64]
    frame: NDArray[np.float64]

    @classmethod
    def of(cls, scale: ScaleFit, bounds: Bounds) -> AreaFit:
        """The fit over bounds within those of the scale.

        Raises ``ArithmeticError`` where it is more than 1e-10 off.
        """
        west, south, east, north = bounds
        middle = ((west + east) / 2, (south + north) / 2)
        sides = [max((east - west) / 2, LEAST_HALF_M), max((north - south) / 2, LEAST_HALF_M)]
        half = max(sides)
        nodes = np.cos(np.pi * (np.arange(SAMPLES) + 0.5) / SAMPLES)
        u, v = (
            one.ravel() for one in np.meshgrid(nodes * sides[0] / half, nodes * sides[1] / half)
        )
        given = scale(u * half + middle[0], v * half + middle[1]) ** -2.0
        powers = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
        terms = np.column_stack([u**i * v**j for i, j in powers])
        solved = np.linalg.lstsq(terms, given, rcond=1e-14)[0]
        error = float(np.abs(terms @ solved - given).max())
        if not error <= EXACT:
            raise ArithmeticError(f"areas of the projection are no polynomial here: {error:.1e}")
        coefs = np.zeros((DEGREE + 1, DEGREE + 1))
        coefs[tuple(np.transpose(powers))] = solved
        return cls(coefs, np.array([*middle, half]))


def areas(faces: Faces, fit: AreaFit, *, jobs: int = 1) -> Areas:
    """The area of every polygon on the ellipsoid in square metres, shape (p,).

    Right to 1e-8 for edges that are straight in the projection. ``jobs`` threads share the work.
    """
    from geozone.engine.kernels.traceareas import ring_areas  # noqa: PLC0415 - numba loads slowly

    found = np.empty(len(faces.rings) - 1)
    xy = np.ascontiguousarray(faces.xy)
    shares = np.linspace(0, faces.rings[-1], jobs + 1)[1:-1]
    cuts = [0, *np.searchsorted(faces.rings, shares).tolist(), len(found)]

    def work(part: int) -> None:
        first, end = cuts[part], cuts[part + 1]
        ring_areas(faces.rings[first : end + 1], xy, fit.coefs, fit.frame, found[first:end])

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, range(jobs)))
    sizes: Areas = np.add.reduceat(found, faces.polygons[:-1]) if len(faces) else found
    return sizes


def sides_areas(edges: Edges, fit: AreaFit, count: int, *, jobs: int = 1) -> Areas:
    """The area of every label 0 to ``count`` - 1 on the ellipsoid in square metres.

    The labels of edges are those of a whole ground, without polygons being traced: right to
    1e-8, and to a square centimetre where ground is small. ``jobs`` threads share the work;
    their number changes nothing.
    """
    from geozone.engine.kernels.traceareas import side_areas  # noqa: PLC0415 - as above

    east, north = edges.origin / MM
    frame = fit.frame - np.array([east, north, 0.0])

    def work(first: int) -> Areas:
        some, found = slice(first, first + AT_ONCE), np.zeros(count)
        side_areas(edges.ends[some], edges.left[some], edges.right[some], frame, fit.coefs, found)
        return found

    total = np.zeros(count)
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(work, range(0, len(edges), AT_ONCE)):
            total += found
    return np.maximum(total, 0.0)


def label_areas(labels: NDArray[np.int32], sizes: Areas, count: int) -> Areas:
    """The summed area of every label 0 to ``count`` - 1, where ground i has ``labels[i]``."""
    return np.asarray(np.bincount(labels, weights=sizes, minlength=count), np.float64)
