"""Very many points sorted into cells, and how near they lie to shapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds
from geozone.land.shapes.flat import Flat

Mask = NDArray[np.bool_]

Chains = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int8]]
"""``xy``, ``starts`` and ``sign`` as in ``Flat``."""

PER_CELL = 2.0
MOST_CELLS = 1 << 22
LEAST_SIZE_M = 1.0


def bounds_of(xy: NDArray[np.float64]) -> Bounds:
    """West, south, east and north of points (n, 2), zeros without any."""
    if not len(xy):
        return 0.0, 0.0, 0.0, 0.0
    x, y = xy[:, 0], xy[:, 1]  # column by column: pairs are compared slowly
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


@dataclass(frozen=True, eq=False)
class Nearness:
    """How shapes lie to the n points of a grid, in its order; arrays of shape (n,).

    ``planar``: metres to the nearest line, ring or point of them, where that is within
    ``reach_m`` (else infinity). ``inside``: whether a point lies in one of their polygons.
    ``unsure``: where ``inside`` cannot be told.
    """

    planar: NDArray[np.float64]
    inside: Mask
    unsure: Mask
    reach_m: float = np.inf
    """Planar; infinity where there are no shapes."""

    @property
    def told(self) -> tuple[NDArray[np.float64], Mask, Mask]:
        """The arrays, as kernels take them."""
        return self.planar, self.inside, self.unsure


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
        # Kernels load late: single proposals are measured without them.
        from geozone.engine.kernels.bulkpoints import by_cell  # noqa: PLC0415

        xy, bounds = np.ascontiguousarray(xy), bounds_of(xy)
        low, high = np.array(bounds[:2]), np.array(bounds[2:])
        wide, tall = (high - low).tolist()
        size = max(np.sqrt(PER_CELL * wide * tall / max(len(xy), 1)), LEAST_SIZE_M)
        size = max(size, np.sqrt(wide * tall / MOST_CELLS), max(wide, tall) / MOST_CELLS * 4)
        # Off any round number, so that no corner of the ground lies on the lines of the grid.
        west, south = (low - size * np.array([0.3819660, 0.2360679])).tolist()
        grid = np.array([west, south, size])
        shape = ((high[::-1] - (south, west)) / size).astype(np.int64) + 1
        points, order, cells = by_cell(xy, grid, shape)
        return cls(points, order, cells, grid, shape)

    @property
    def place(self) -> NDArray[np.int64]:
        """Where in the grid each point stands, (n,)."""
        found = np.empty_like(self.order)
        found[self.order] = np.arange(len(self.order))
        return found

    def nearness(
        self, flat: Flat, reach_m: float, metres: NDArray[np.float64] | None = None
    ) -> Nearness:
        """How the shapes lie to the points; ``reach_m`` is planar.

        ``metres`` (n,) is written where the answer is to stand there.
        """
        planar = np.empty(len(self.points)) if metres is None else metres
        inside, unsure, _ = self._told((flat.xy, flat.starts, flat.sign), reach_m, planar)
        return Nearness(planar, inside, unsure, reach_m if len(flat.sign) else np.inf)

    def wound(self, chains: Chains) -> tuple[NDArray[np.int32], Mask]:
        """How often rings wind around each point (n,), and where that cannot be told.

        In the points' own order.
        """
        place = self.place
        _, unsure, wound = self._told(chains, 0.0, np.empty(len(place)))
        return wound[place], unsure[place]

    def _told(
        self, chains: Chains, reach_m: float, found: NDArray[np.float64]
    ) -> tuple[Mask, Mask, NDArray[np.int32]]:
        """Insides, doubts and windings; distances are written to ``found`` (n,)."""
        from geozone.engine.kernels.bulkpoints import settled  # noqa: PLC0415 - as above
        from geozone.engine.kernels.near import nearness  # noqa: PLC0415 - as above

        count = len(self.points)
        found.fill(np.inf)
        wound = np.zeros(count, np.int32)
        inside, unsure = np.empty(count, bool), np.zeros(count, bool)
        points = (self.points, self.cells, self.grid, self.shape)
        bare = (np.ascontiguousarray(chains[0]), chains[1], chains[2])
        nearness(bare, points, float(reach_m), (found, wound, unsure))
        settled(found, wound, unsure, inside, float(reach_m))
        return inside, unsure, wound
