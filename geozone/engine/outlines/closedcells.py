"""Square cells with their borders, and what lies in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cells:
    """Square cells of ``size`` millimetres; which are ``inside``, from column and row ``corner``.

    Columns and rows count from the origin of a ``Drawn``; nothing on the rim is inside.
    """

    size: np.int64
    corner: Places
    inside: Mask

    @classmethod
    def of(cls, places: Places, size: int) -> Cells:
        """Cells by column and row (n, 2)."""
        if not len(places):
            return cls(np.int64(size), np.zeros(2, np.int64), np.zeros((1, 1), bool))
        corner = places.min(axis=0) - 1
        cols, rows = places.max(axis=0) - corner + 2
        inside = np.zeros((int(rows), int(cols)), bool)
        inside[tuple((places - corner).T[::-1])] = True
        return cls(np.int64(size), corner, inside)

    def hold(self, places: NDArray[Any]) -> Mask:
        """Which places (n, 2) lie in one of them or on its border."""
        return self._hold(places, self.size)

    def hold_edges(self, ends: NDArray[Any]) -> Mask:
        """Which edges (n, 4) lie in one of them or on its border, each within one of all cells."""
        wide = ends.astype(np.int64)
        return self._hold(wide[:, :2] + wide[:, 2:], 2 * self.size)  # in half millimetres

    def _hold(self, places: NDArray[Any], size: np.int64) -> Mask:
        from geozone.engine.kernels.splicecut import closed_places  # noqa: PLC0415 - numba loads slowly

        found = np.empty(len(places), bool)
        closed_places(places.astype(np.int64), size, self.corner, self.inside, found)
        return found
