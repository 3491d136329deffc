"""How many cells of a graticule a block is as large as.

A cell spans the same minutes of arc both ways, so it is smaller in the north: a block is held
against the cell around its own middle, so that moving it along the graticule changes nothing.
The area decides. A block whose borders run along the lines that quarter the sides of the cells
is on the grid: its cells are counted in sixteenths, and its area may be short by what the
rounding of its corners explains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.plan import words
from geozone.answers.plan.meeting import local_scale
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.land.coordinates.crs import GEOGRAPHIC, Operation
from geozone.land.coordinates.scale import ellipsoidal_area, to_degrees
from geozone.law.counting import counts
from geozone.law.judgement import Cause
from geozone.law.plan import PlanTest

MINUTES = 60.0

QUARTERS = 4
"""The lines of the grid stand so many to the side of a cell."""

ALIGNED_M = 0.1
"""A corner this near the grid stands on it: six decimals of a degree are no finer."""

ROUNDED_M = 0.006
"""A border may be off by half the last digit: of seven decimals of a degree, of centimetres."""

NOISE = 1e-9
"""Of arithmetic, as a part of a cell: some thousandths of a square metre."""

Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class Size:
    """A block in ellipsoidal square metres, beside the cell at its latitude.

    ``border_m``: its length on the ground; ``filled``: the cells that it is made of, in
    sixteenths, where it is on the grid; ``whole``: the graticule's cells that lie wholly
    inside. ``unsure_m2``: how much the area may be off, given the accuracy of its border.
    """

    area_m2: float
    cell_m2: float
    border_m: float
    filled: float | None
    whole: int
    unsure_m2: float

    @property
    def cells(self) -> float:
        """How many cells the block is as large as."""
        return self.area_m2 / self.cell_m2

    @property
    def slack(self) -> float:
        """How many cells arithmetic, and on the grid the rounding of corners, may take away."""
        rounded = 0.0 if self.filled is None else self.border_m * ROUNDED_M / self.cell_m2
        return max(rounded, NOISE)


def cell_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """What a least size comes to for each block that it binds."""
    return [_answer(bound, scene.site.project.crs) for bound in bounds]


def _answer(bound: Bound, crs: CRS) -> Answer:
    plan, block = bound.plan, bound.proposal
    size = block_size(block.shape, crs, plan.cell_arcmin or 0.0, block.accuracy_m)
    told = PlanTold(
        bound.rule.id,
        plan.check.value,
        words.sized(size.area_m2, size.cell_m2, size.cells, plan.limit),
        limit=plan.limit,
        area_m2=size.area_m2,
        cells=size.whole if size.filled is None else size.filled,
    )
    if _is_unsure(plan, size):
        return Answer((told,), doubts=(Doubt(Cause.WITHIN_ACCURACY),))
    if not counts(plan.op, _level(plan, size), plan.limit):
        return Answer((told,), broken=Where())
    return Answer((told,), remark=words.unaligned() if size.filled is None else {})


def _is_unsure(plan: PlanTest, size: Size) -> bool:
    """Whether the limit lies within what the area may be off."""
    ends = (size.area_m2 - size.unsure_m2, size.area_m2 + size.unsure_m2)
    fits = {counts(plan.op, area / size.cell_m2, plan.limit) for area in ends}
    return size.unsure_m2 > 0 and len(fits) > 1


def _level(plan: PlanTest, size: Size) -> float:
    """The number of cells; the limit itself where only rounding tells them apart."""
    return plan.limit if abs(size.cells - plan.limit) <= size.slack else size.cells


def block_size(shape: BaseGeometry, crs: CRS, minutes: float, accuracy_m: float) -> Size:
    """The size of a block in cells of so many minutes of arc; ``crs`` is the shape's."""
    degrees, side = to_degrees(shape, crs), minutes / MINUTES
    cell = _cell_around(shapely.centroid(degrees), side, crs)
    scale = local_scale(crs, shape)
    west, south, east, north = cell.bounds
    step_m = np.array([east - west, north - south]) / scale / QUARTERS
    filled = _filled(degrees, side / QUARTERS, ALIGNED_M / step_m)
    border = shape.length / scale
    return Size(
        area_m2=ellipsoidal_area(shape, crs),
        cell_m2=ellipsoidal_area(cell, crs),
        border_m=border,
        filled=filled,
        whole=_whole_cells(degrees, side) if filled is None else 0,
        unsure_m2=accuracy_m * border,
    )


def _cell_around(point: shapely.Point, side: float, crs: CRS) -> BaseGeometry:
    """A cell around a point given in degrees, in the working CRS."""
    half = side / 2
    cell = shapely.box(point.x - half, point.y - half, point.x + half, point.y + half)
    turned: BaseGeometry = shapely.transform(cell, Operation(GEOGRAPHIC, crs))
    return turned


def _filled(degrees: BaseGeometry, step: float, slack: Coordinates) -> float | None:
    """The cells that a block is made of; none where its borders do not fit the grid.

    ``slack``: how far east and north a border may be off, in steps of the grid.
    """
    squares = 0.0
    for part in shapely.get_parts(degrees):
        for ring, sign in [(part.exterior, 1), *((hole, -1) for hole in part.interiors)]:
            found = _ring_squares(shapely.get_coordinates(ring) / step, slack)
            if found is None:
                return None
            squares += sign * found
    return squares / QUARTERS**2


def _ring_squares(places: Coordinates, slack: Coordinates) -> float | None:
    """Grid squares within a ring of shape (n, 2) in grid steps; none where it leaves the lines."""
    lines = np.round(places)
    on = np.abs(places - lines) <= slack
    along = on[:-1] & on[1:] & (lines[:-1] == lines[1:])
    if not along.any(axis=1).all():
        return None
    x, y = (np.where(on, lines, places) - lines[0]).T
    return float(round(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2))


def _whole_cells(degrees: BaseGeometry, side: float) -> int:
    """How many of the graticule's cells lie wholly inside."""
    west, south, east, north = (math.floor(one / side) for one in degrees.bounds)
    column, row = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    x, y = column.ravel() * side, row.ravel() * side
    shapely.prepare(degrees)
    return int(shapely.covers(degrees, shapely.box(x, y, x + side, y + side)).sum())
