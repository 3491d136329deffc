"""Areas on the ellipsoid of whole partitions at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.arrangement import BlockEdges
from geozone.engine.outline import Bounds
from geozone.engine.outlines.edges import MM
from geozone.engine.outlines.faces import Faces, Polygons, parts
from geozone.engine.scalefit import LEAST_HALF_M, ScaleFit

DEGREE = 6
SAMPLES = 14
EXACT = 1e-10
"""Largest error of the fit, as a share."""

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
    return summed(faces, ring_sizes(faces.xy, faces.rings, fit, jobs=jobs))


def summed(given: Polygons, sizes: Areas) -> Areas:
    """The area of every polygon, shape (p,), from those of all rings, those of holes negative."""
    return np.add.reduceat(sizes, given.polygons[:-1]) if len(given.label) else sizes


def part_sizes(given: Polygons, fit: AreaFit, *, jobs: int = 1) -> Areas:
    """``ring_sizes`` of all rings of polygons, of which a part a thread is in metres at a time."""

    def work(ends: tuple[int, int]) -> Areas:
        one = given.part(*ends)
        return ring_sizes(one.xy, one.rings, fit)

    with ThreadPoolExecutor(jobs) as pool:
        return np.concatenate([np.empty(0), *pool.map(work, parts(given, 0, len(given.label)))])


def ring_sizes(
    xy: NDArray[np.float64],
    rings: NDArray[np.int64],
    fit: AreaFit,
    *,
    jobs: int = 1,
) -> Areas:
    """The area of every ring on the ellipsoid in square metres, counter-clockwise positive."""
    from geozone.engine.kernels.traceareas import ring_areas  # noqa: PLC0415 - numba loads slowly

    found = np.empty(len(rings) - 1)
    xy = np.ascontiguousarray(xy)
    shares = np.linspace(0, rings[-1], jobs + 1)[1:-1]
    cuts = [0, *np.searchsorted(rings, shares).tolist(), len(found)]

    def work(part: int) -> None:
        first, end = cuts[part], cuts[part + 1]
        ring_areas(rings[first : end + 1], xy, fit.coefs, fit.frame, found[first:end])

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, range(jobs)))
    return found


def block_areas(block: BlockEdges, fit: AreaFit, cell_mm: int) -> Areas:
    """The area of every set of a block of cells on the ellipsoid in square metres, shape (t,).

    Right to 1e-8, without polygons being traced.
    """
    from geozone.engine.kernels.traceareas import cell_areas  # noqa: PLC0415 - numba loads slowly

    side_m, found = np.float64(cell_mm / MM), np.zeros(len(block.table))
    corners = block.places.astype(np.float64) * side_m
    sides = (block.starts, block.ends, block.left, block.right)
    cell_areas(*sides, corners, side_m, fit.coefs, fit.frame, found)
    return np.maximum(found, 0.0)


def label_areas(labels: NDArray[np.int32], sizes: Areas, count: int) -> Areas:
    """The summed area of every label 0 to ``count`` - 1, where ground i has ``labels[i]``."""
    told = labels >= 0
    return np.asarray(np.bincount(labels[told], sizes[told], minlength=count), np.float64)
