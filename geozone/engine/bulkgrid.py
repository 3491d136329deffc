"""Very many points sorted into cells, and how near they lie to shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.land.shapes.flat import Flat, picked

Mask = NDArray[np.bool_]

EXACT_M = 1e-5
"""Planar distances are right to far less than this."""

Chains = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int8]]
"""``xy``, ``starts`` and ``sign`` as in ``Flat``."""

PER_CELL = 2.0
MOST_CELLS = 1 << 22
LEAST_SIZE_M = 1.0


@dataclass(frozen=True, eq=False)
class Nearness:
    """How shapes lie to n points; arrays of shape (n,).

    ``planar``: metres to the nearest line, ring or point of them, where that is within
    ``reach_m`` (else infinity). ``inside``: whether a point lies in one of their polygons.
    ``unsure``: where ``inside`` cannot be told.
    """

    planar: NDArray[np.float64]
    inside: Mask
    unsure: Mask
    reach_m: float = np.inf
    """Planar; infinity where there are no shapes."""

    def distances(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Planar metres from some points to the shapes, polygons with their inside."""
        return np.where(self.inside[rows], 0.0, self.planar[rows])


@dataclass(frozen=True, eq=False)
class PointGrid:
    """Points (n, 2) in metres, sorted by cell; ``order`` tells which was which."""

    points: NDArray[np.float64]
    order: NDArray[np.int64]
    cells: NDArray[np.int64]
    grid: NDArray[np.float64]
    shape: NDArray[np.int64]

    @classmethod
    def of(cls, xy: NDArray[np.float64]) -> PointGrid:
        """The points in cells of a few points each."""
        x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
        low = np.array([x.min(), y.min()]) if len(xy) else np.zeros(2)
        wide, high = (x.max() - low[0], y.max() - low[1]) if len(xy) else (0.0, 0.0)
        size = max(np.sqrt(PER_CELL * wide * high / max(len(xy), 1)), LEAST_SIZE_M)
        size = max(size, np.sqrt(wide * high / MOST_CELLS), max(wide, high) / MOST_CELLS * 4)
        # Off any round number, so that no corner of the ground lies on the lines of the grid.
        west, south = low - size * np.array([0.3819660, 0.2360679])
        col, row = (((x - west) / size).astype(np.int64), ((y - south) / size).astype(np.int64))
        rows, cols = int(row.max(initial=0)) + 1, int(col.max(initial=0)) + 1
        cell = row * cols + col
        order = np.argsort(cell, kind="stable")
        cells = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=rows * cols))])
        return cls(
            np.ascontiguousarray(xy[order]),
            order,
            cells.astype(np.int64),
            np.array([west, south, size]),
            np.array([rows, cols], np.int64),
        )

    def nearness(self, flat: Flat, reach_m: float) -> Nearness:
        """How the shapes lie to the points, in the points' own order; ``reach_m`` is planar."""
        square, wound, unsure = self._told((flat.xy, flat.starts, flat.sign), reach_m)
        planar = np.where(square <= reach_m * reach_m, np.sqrt(square), np.inf)
        return Nearness(planar, wound > 0, unsure, reach_m if len(flat.sign) else np.inf)

    def wound(self, chains: Chains) -> tuple[NDArray[np.int32], Mask]:
        """How often rings wind around each point (n,), and where that cannot be told."""
        from geozone.engine.kernels.winding import few_wound  # noqa: PLC0415 - as below

        count = len(self.points)
        wound, unsure = np.zeros(count, np.int32), np.zeros(count, bool)
        xy, starts, sign = np.ascontiguousarray(chains[0]), chains[1], chains[2]
        left = few_wound(
            xy, starts, sign, self.points, self.cells, self.grid, self.shape, wound, unsure
        )
        back = self._back
        found, doubt = wound[back], unsure[back]
        if left.any():
            _, more, unsure = self._told((*picked(xy, starts, left), sign[left]), 0.0)
            found, doubt = found + more, doubt | unsure
        return found, doubt

    @property
    def _back(self) -> NDArray[np.int64]:
        found = np.empty_like(self.order)
        found[self.order] = np.arange(len(self.order))
        return found

    def _told(
        self, chains: Chains, reach_m: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int32], Mask]:
        """Squared distances, windings and doubts, in the points' own order."""
        # Kernels load late: single proposals are measured without them.
        from geozone.engine.kernels.near import nearness  # noqa: PLC0415

        count = len(self.points)
        square = np.full(count, np.inf)
        wound, unsure = np.zeros(count, np.int32), np.zeros(count, bool)
        xy, starts, sign = chains
        nearness(
            np.ascontiguousarray(xy),
            starts,
            sign,
            self.points,
            self.cells,
            self.grid,
            self.shape,
            float(reach_m),
            square,
            wound,
            unsure,
        )
        unsure |= square < EXACT_M * EXACT_M
        near = np.flatnonzero((square < np.inf) | (wound != 0) | unsure)  # mostly few
        rows = self.order[near]
        found = np.full(count, np.inf), np.zeros(count, np.int32), np.zeros(count, bool)
        for whole, told in zip(found, (square, wound, unsure), strict=True):
            whole[rows] = told[near]
        return found
