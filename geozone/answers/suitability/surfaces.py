"""Points to surfaces: measurements kriged over a grid, with the standard error beside."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.kriging import (
    Kriged,
    Shape,
    Variogram,
    fitted_variogram,
    misfits,
)
from geozone.answers.suitability.measured import Measured
from geozone.answers.suitability.settled import BY_REFUSING, Settling, settled
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.runner import ahead
from geozone.land.faults import Faults

Cells = NDArray[np.float32]

AT_ONCE = 1 << 21
"""Numbers of one block of equations' right hand sides: 16 MB."""
WIDEST, NARROWEST = 128, 8
FEW_POINTS = 30
"""A variogram fitted to fewer rests on little."""
ALL = 0.99
ODD = 2.0
"""Mean squares of errors over standard errors beyond this, either way, are remarked on."""


@dataclass(frozen=True)
class Preparation:
    """A given variogram, or the model to fit; and what becomes of points that need a decision."""

    variogram: Variogram | None = None
    shape: Shape = Shape.SPHERICAL
    settling: Settling = BY_REFUSING


PLAIN = Preparation()


@dataclass(frozen=True)
class LeftOut:
    """One point told from all the others, and how far off that is, in the values' unit."""

    name: str
    value: float
    estimate: float
    standard_error: float

    @property
    def off(self) -> float:
        """The estimate less the value."""
        return self.estimate - self.value


@dataclass(frozen=True, eq=False)
class Surface:
    """Values and standard errors over a grid, worked out where they are asked for.

    Nothing is said farther from every point than the range of the variogram. Cells off land are
    told like others: who has no use for them cuts them off.
    """

    grid: Grid
    points: Measured
    kriged: Kriged
    notes: tuple[str, ...]

    @property
    def variogram(self) -> Variogram:
        """How values differ with distance, as fitted or given."""
        return self.kriged.variogram

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Every point told from all the others, with the same variogram."""
        rows = (self.points.values, *self.kriged.left_out())
        columns = (one.tolist() for one in rows)
        return tuple(
            LeftOut(name, *row) for name, *row in zip(self.points.names, *columns, strict=True)
        )

    @property
    def errors(self) -> dict[str, float | None]:
        """Of ``left_out``: ``bias``, ``rmse``, and ``ratio``, the mean square of errors over
        standard errors, 1 where these say neither too much nor too little; none over 0."""
        off = np.array([one.off for one in self.left_out])
        stated = np.array([one.standard_error for one in self.left_out])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = float(np.mean((off / stated) ** 2))
        return {
            "bias": float(off.mean()),
            "rmse": float(np.sqrt(np.mean(off**2))),
            "ratio": ratio if np.isfinite(ratio) else None,
        }

    def window(self, row: int, col: int, size: Shape2d) -> tuple[Cells, Cells]:
        """Values and standard errors of a window of the grid, NaN = unknown.

        The same bytes whatever the window: cells are worked out in fixed blocks of the grid.
        """
        values, errors = np.full((2, size.rows, size.cols), np.nan, np.float32)
        side = _side(len(self.points.values))
        for top in range(row // side * side, row + size.rows, side):
            for left in range(col // side * side, col + size.cols, side):
                block = self._block(top, left, side)
                there = (_cut(top, row, side, size.rows), _cut(left, col, side, size.cols))
                here = (_cut(row, top, size.rows, side), _cut(col, left, size.cols, side))
                values[there], errors[there] = block[0][here], block[1][here]
        return values, errors

    def _block(self, top: int, left: int, side: int) -> tuple[Cells, Cells]:
        """A block of the grid, whole even where it leaves the grid."""
        grid = self.grid
        steps = np.arange(side) + 0.5
        x = grid.left + (left + steps) * grid.resolution_m
        y = grid.top - (top + steps) * grid.resolution_m
        places = np.column_stack([one.ravel() for one in np.meshgrid(x, y)])
        values, errors = self.kriged.at(places)
        shape = (side, side)
        return values.astype(np.float32).reshape(shape), errors.astype(np.float32).reshape(shape)

    def bands(self, rows: int = 256, *, jobs: int = 1) -> Iterator[tuple[int, Cells, Cells]]:
        """The whole grid from the top: first row, values and standard errors of so many rows."""

        def band(row: int) -> tuple[int, Cells, Cells]:
            size = Shape2d(min(rows, shape.rows - row), shape.cols)
            return (row, *self.window(row, 0, size))

        shape = self.grid.shape
        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            yield from ahead(pool, band, range(0, shape.rows, rows), jobs)

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """How the surface was made, and how good it is, as JSON values."""
        one = self.variogram
        return {
            "method": "ordinary_kriging",
            "points": len(self.points.values),
            "unit": self.points.unit,
            "variogram": {
                "model": one.shape.value,
                "fitted": one.is_fitted,
                "sill": one.sill,
                "range_m": one.range_m,
                "nugget": one.nugget,
                "lags": [{"metres": lag, "semivariance": half} for lag, half in one.lags],
            },
            "left_out": {**self.errors, "points": [vars(each) for each in self.left_out]},
            "off_land": list(self.points.off_land),
            "notes": list(self.notes),
        }


def _side(points: int) -> int:
    """Cells along a block, a power of 2: fewer of more points; it rests on nothing else."""
    fit = int(np.sqrt(AT_ONCE / (points + 1)))
    return int(np.clip(1 << max(fit.bit_length() - 1, 0), NARROWEST, WIDEST))


def _cut(first: int, base: int, size: int, room: int) -> slice:
    """Where ``size`` cells from ``first`` lie among ``room`` cells from ``base``."""
    return slice(max(first - base, 0), min(first - base + size, room))


def prepared(given: Measured, how: Preparation, faults: Faults) -> Measured:
    """The points to interpolate; why they cannot be goes to ``faults``."""
    points = settled(given, how.settling, faults=faults)
    for what, todo in misfits(points.values, is_given=how.variogram is not None):
        faults.add(what, todo)
    return points


def surface(given: Measured, grid: Grid, how: Preparation = PLAIN) -> Surface:
    """Measurements as a surface over a grid of the same CRS, by ordinary kriging.

    Distances are planar metres of that CRS. Nothing is drawn yet: windows are worked out when
    they are asked for.
    Raises ``ValueError`` for another CRS, ``Refused`` for points that do not serve.
    """
    if given.crs != grid.crs:
        raise ValueError("points and grid are of different CRSs")
    faults = Faults("points")
    points = prepared(given, how, faults)
    faults.settle()
    variogram = how.variogram or fitted_variogram(points.places, points.values, how.shape)
    kriged = Kriged.of(points.places, points.values, variogram)
    found = Surface(grid, points, kriged, points.notes)
    return replace(found, notes=(*points.notes, *_remarks(found)))


def _remarks(found: Surface) -> list[str]:
    """What should be known of a surface before it is believed."""
    told, values, variogram = [], found.points.values, found.variogram
    if variogram.is_fitted and len(values) < FEW_POINTS:
        told.append(
            f"变差函数只据 {len(values)} 点拟合 / the variogram rests on {len(values)} points only"
        )
    if variogram.is_fitted and variogram.range_m > variogram.lags[-1][0]:
        told.append(
            "变程超出所见距离，可能存在趋势 / the range is longer than the distances it was fitted "
            "to: values may carry a trend"
        )
    if variogram.is_fitted and variogram.range_m < variogram.lags[1][0]:
        told.append(
            "变程短于第二个距离组，块金值不可靠 / the range is shorter than the second lag: the "
            "nugget rests on little"
        )
    errors = found.errors
    if (errors["rmse"] or 0.0) > ALL * values.std():
        told.append(
            "留一误差不小于值的离散程度，不优于均值 / left out, points are told no better than the "
            "mean of all tells them"
        )
    ratio = errors["ratio"]
    if ratio is not None and not 1 / ODD <= ratio <= ODD:
        told.append(
            f"留一误差约为标准误的 {ratio**0.5:.1f} 倍 / left out, points are off by "
            f"{ratio**0.5:.1f} standard errors"
        )
    return told
