"""Which of very many points lie in a study area: cells of it that are all ground settle most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

ACROSS = 64
"""Cells along each side of the area's bounds."""
AT_ONCE = 1 << 16
"""Points that are looked up at a time."""
SLACK = 1e-6
"""Of a cell's size: by so much each is taken larger than it is, so that rounding cannot matter."""
OUT, IN, EITHER = 0, 1, 2

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cells:
    """The bounds of an area and one cell more around them, cut into cells of one size.

    ``corner`` and ``size`` (2,) in metres, x before y; ``told`` (rows * cols,) says of each cell
    whether it lies in the area: ``OUT``, ``IN`` or ``EITHER``. What lies beyond is out.
    """

    area: BaseGeometry
    corner: Numbers
    size: Numbers
    told: NDArray[np.uint8]

    @classmethod
    def of(cls, area: BaseGeometry) -> Cells:
        """The cells of an area that has an extent."""
        shapely.prepare(area)
        bounds = np.array(shapely.bounds(area))
        size = (bounds[2:] - bounds[:2]) / ACROSS
        corner, steps = bounds[:2] - size, np.arange(ACROSS + 2)
        rows, cols = (each.ravel() for each in np.meshgrid(steps, steps, indexing="ij"))
        low = corner + np.column_stack([cols, rows]) * size - SLACK * size
        high = low + size * (1.0 + 2.0 * SLACK)
        boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
        told = np.where(shapely.intersects(area, boxes), EITHER, OUT).astype(np.uint8)
        told[shapely.covers(area, boxes)] = IN
        return cls(area, corner, size, told)

    def hold(self, xy: Numbers) -> Mask:
        """Whether points (n, 2), all finite, lie in the area or on its edge."""
        place = np.zeros(len(xy), np.int64)
        for axis in (1, 0):
            steps = (xy[:, axis] - self.corner[axis]) / self.size[axis]
            place *= ACROSS + 2
            place += np.clip(steps, 0, ACROSS + 1, out=steps).astype(np.int64)
        told = self.told[place]
        found: Mask = told == IN
        open_ = np.flatnonzero(told == EITHER)
        found[open_] = shapely.intersects_xy(self.area, xy[open_, 0], xy[open_, 1])
        return found


def lie_in(area: BaseGeometry, xy: Numbers) -> Mask:
    """Whether points (n, 2) lie in an area or on its edge; what is not finite does not.

    One thread asks: what GEOS prepares of a shape is made when it is first asked for, and must
    not be asked for by two threads at once.
    """
    found = np.zeros(len(xy), bool)
    cells = Cells.of(area)
    for at in range(0, len(xy), AT_ONCE):
        piece = xy[at : at + AT_ONCE]
        if np.isfinite(piece.sum()):
            found[at : at + len(piece)] = cells.hold(piece)
        else:
            finite = np.flatnonzero(np.isfinite(piece).all(axis=1))
            found[at + finite] = cells.hold(piece[finite])
    return found
