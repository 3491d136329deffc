"""Every cell of a raster that may be read, looked at once before anything is made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.factors.filling import Rings, inside
from geozone.land.factors.placed import Limits, Placed
from geozone.land.factors.window import Window
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.rasterfile import OpenBand, Read, fillers_in, refuse_fillers
from geozone.land.shapes.flat import Flat

MOST_CELLS = 1 << 22
"""Looked at together, about."""
STRAIGHT_M = 1000.0
LARGEST_WHOLE = 1 << 24
"""Beyond it single precision does not tell whole numbers apart."""


@dataclass(frozen=True)
class Seen:
    """Cells looked at, known and not, tiles that the file lacks, and the share of the area known.

    ``share`` is about right: cells count where their middles lie in the area.
    """

    known: int
    unknown: int
    missing_tiles: int
    share: float


def scan(
    band: OpenBand, limits: Limits, placed: Placed, area: BaseGeometry, faults: Faults
) -> Seen:
    """What the cells within limits hold; fillers and numbers too large to be kept are faults."""
    ground = _Ground.of(in_cells(placed, area), placed.operation.source)
    fillers, seen, known, within = Counter[float](), 0, 0, 0.0
    missing, largest = set[tuple[int, int]](), 0
    for part in _portions(band, limits):
        read = band.read(part.window)
        fillers.update(fillers_in(read.values, read.valid))
        seen += read.valid.size
        known += int(np.count_nonzero(read.valid))
        within += ground.known(read.valid, part)
        missing |= read.missing_tiles
        largest = max(largest, _largest(read))
    try:
        refuse_fillers(fillers)
    except UnreadableError as error:
        faults.add(f"{error.what}（查看 {seen} 个像元 / of {seen} cells looked at）", error.todo)
    if largest > LARGEST_WHOLE:
        faults.add(
            f"整数值过大，单精度不能区分 / whole numbers too large for single precision: {largest}",
            f"改用 {LARGEST_WHOLE} 以内的代码 / use numbers up to {LARGEST_WHOLE}",
        )
    expected = float(shapely.area(ground.shape))
    return Seen(known, seen - known, len(missing), min(within / expected, 1.0))


@dataclass(frozen=True, eq=False)
class _Ground:
    """The study area in cells of a raster, one metre wide for windows of a CRS."""

    shape: BaseGeometry
    rings: Rings
    crs: CRS

    @classmethod
    def of(cls, shape: BaseGeometry, crs: CRS) -> _Ground:
        return cls(shape, Rings.of(Flat.of(np.array([shape], object))), crs)

    def known(self, valid: NDArray[np.bool_], part: Limits) -> float:
        """How many known cells of a part lie in it: by area, or those whose middles do."""
        if valid.all():
            box = (part.col, -part.low, part.right, -part.row)
            return float(shapely.area(shapely.clip_by_rect(self.shape, *box)))
        rows, cols = valid.shape
        here = Window(float(part.col), float(-part.row), 1.0, rows, cols, self.crs)
        return float(np.count_nonzero(valid & inside(self.rings, here)))


def in_cells(placed: Placed, shape: BaseGeometry) -> BaseGeometry:
    """A shape of the grid's CRS in columns and, downwards, negative rows of the raster."""

    def turned(places: NDArray[np.float64]) -> NDArray[np.float64]:
        cols, rows = placed.at(*places.T)
        return np.column_stack([cols, -rows])

    found: BaseGeometry = shapely.transform(shapely.segmentize(shape, STRAIGHT_M), turned)
    return found


def _portions(band: OpenBand, limits: Limits) -> Iterator[Limits]:
    """Parts of the limits that end where the file's tiles do."""
    high, wide = band.file.block_shapes[band.number - 1]
    cols = max(min(limits.right - limits.col, MOST_CELLS // high) // wide, 1) * wide
    rows = max(MOST_CELLS // cols // high, 1) * high
    for row in range(limits.row // rows * rows, limits.low, rows):
        for col in range(limits.col // cols * cols, limits.right, cols):
            yield limits.meet(Limits(row, col, row + rows, col + cols))


def _largest(read: Read) -> int:
    kind = read.values.dtype
    if kind.kind not in "iu" or kind.itemsize <= 2 or not read.valid.any():
        return 0
    known = read.values[read.valid]
    return max(abs(int(known.min())), abs(int(known.max())))
