"""Ordinary kriging: the variogram fitted or given, estimates and their errors.

PyKrige has the models of variograms, and is what tests hold the answers against. Its own estimates
invert all equations anew for every block of cells; here that is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.library import library
from geozone.law.errors import Fault, Refused

PACKAGE = "geozone[surfaces]"
LEAST_FITTED, LEAST_GIVEN = 10, 3
"""Points without which no variogram is fitted, or nothing is estimated at all."""
MOST_POINTS = 3_000
"""The equations of more take more than half a GB."""
LAGS, LEAST_LAGS = 12, 4
SEEN = 0.5
"""Of the longest distance: pairs farther apart are few, and lie at the edges."""
LONGEST = 2.0
"""The longest range that is fitted, of the distances seen; and where it is looked for first."""
GUESSES = (0.15, 0.4, 0.9)
LEAST_STRUCTURE = 0.01
"""A fitted sill that is less than this share of the whole says nothing of places."""
UNSOUND = 1e-6
"""Largest error of the solved equations, as a share."""

Places = NDArray[np.float64]
Values = NDArray[np.float64]


class Shape(Enum):
    """Models of variograms that end at a range."""

    SPHERICAL = "spherical"
    EXPONENTIAL = "exponential"
    GAUSSIAN = "gaussian"


@dataclass(frozen=True)
class Variogram:
    """How values differ with distance: ``nugget`` at once, ``sill`` more at ``range_m`` and beyond.

    Sill and nugget are squares of the unit of the values. An exponential has 95 % of its sill at
    the range, a Gaussian of PyKrige's convention nearly all. ``lags`` are distances in metres
    and the mean semivariances found there, empty where the variogram was given.
    """

    shape: Shape
    sill: float
    range_m: float
    nugget: float = 0.0
    lags: tuple[tuple[float, float], ...] = ()

    @property
    def is_fitted(self) -> bool:
        """Whether it was fitted to the points."""
        return bool(self.lags)

    def semivariance(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Half the mean squared difference of values so far apart; the nugget at 0 too."""
        found: NDArray[np.float64] = _model(self.shape)(
            [self.sill, self.range_m, self.nugget], distance_m
        )
        return found


def _model(shape: Shape) -> Callable[[list[float], Any], Any]:  # of a library without types
    models = library("pykrige.variogram_models", PACKAGE)
    model: Callable[[list[float], Any], Any] = getattr(models, f"{shape.value}_variogram_model")
    return model


def fitted_variogram(places: Places, values: Values, shape: Shape) -> Variogram:
    """The variogram of values (n,) at places (n, 2) in metres.

    Least squares over the mean semivariances of 12 equal lags up to half of the longest distance,
    each weighing as its pairs over its distance squared (the custom of gstat; PyKrige would fit
    all distances alike, among them the few longest, where a trend hides the range). Distances
    and values are brought to 1 before: units change nothing. Raises ``Refused`` where there are
    too few points, or no structure in them.
    """
    _check(values, is_given=False)
    spread = float(values.std())
    ends = np.array([(far.min(), far.max()) for far, _ in _pairs(places, values)])
    nearest, length = ends[:, 0].min(), float(ends[:, 1].max()) * SEEN
    lags = _lags((one / length, half / spread**2) for one, half in _pairs(places, values))
    sill, reach, nugget = _least_squares(lags, shape)
    if sill < LEAST_STRUCTURE * (sill + nugget) or reach * length < nearest:
        what = "值与距离无关，插值无意义 / values have nothing to do with distance"
        todo = (
            "换模型或给定变差函数 / take another model (--model), or give a variogram (--variogram)"
        )
        raise _refused(what, todo)
    told = tuple((lag * length, half * spread**2) for lag, half, _ in lags.T.tolist())
    return Variogram(shape, sill * spread**2, reach * length, nugget * spread**2, told)


def _pairs(places: Places, values: Values) -> Iterator[tuple[Values, Values]]:
    """Distances and half squared differences of every point from all after it, point by point."""
    for at in range(len(values) - 1):
        far = np.hypot(*(places[at + 1 :] - places[at]).T)
        yield far, (values[at + 1 :] - values[at]) ** 2 / 2


def _lags(pairs: Iterable[tuple[Values, Values]]) -> NDArray[np.float64]:
    """Mean distance, mean semivariance and number of pairs of every lag, shape (3, lags).

    The lags divide the distances up to 1; pairs farther apart are left out.
    """
    sums = np.zeros((3, LAGS))
    for far, halves in pairs:
        at = np.ceil(far * LAGS).astype(np.int64) - 1
        near = at < LAGS
        sums += [
            np.bincount(at[near], weights=weights[near], minlength=LAGS)
            for weights in (far, halves, np.ones(len(far)))
        ]
    distances, means, counts = sums[:, sums[2] > 0]
    if len(counts) < LEAST_LAGS:
        raise _refused(
            "点只在少数距离上成对 / pairs of points are of few distances only",
            "给定变差函数 / give a variogram (--variogram)",
        )
    return np.array([distances / counts, means / counts, counts])


def _least_squares(lags: NDArray[np.float64], shape: Shape) -> tuple[float, float, float]:
    """Sill, range and nugget that fit lags best, from several first guesses of the range."""
    far, halves, counts = lags
    model, weights = _model(shape), np.sqrt(counts) / far
    most = float(halves.max())

    def off(numbers: Values) -> Values:
        found: Values = weights * (model(numbers.tolist(), far) - halves)
        return found

    bounds = ([0.0, far[0] * LEAST_STRUCTURE, 0.0], [10 * most, LONGEST, most])
    solve = library("scipy.optimize", PACKAGE).least_squares
    found = [
        solve(off, [most * 0.7, guess, most * 0.3], bounds=bounds, x_scale="jac")
        for guess in GUESSES
    ]
    sill, reach, nugget = min(found, key=lambda one: float(one.cost)).x.tolist()
    return sill, reach, nugget


def misfits(values: Values, *, is_given: bool) -> Iterator[tuple[str, str]]:
    """Why values (n,) cannot be interpolated, and what to do: too few, too many, all the same.

    ``is_given``: the variogram is not fitted to them.
    """
    least, why = LEAST_FITTED, "拟合变差函数 / to fit a variogram"
    todo = "补充点，或给定变差函数 / add points, or give a variogram (--variogram)"
    if is_given:
        least, why, todo = LEAST_GIVEN, "插值 / to interpolate", "补充点 / add points"
    if len(values) > MOST_POINTS:
        todo = "合并相近的点 / put points that are near to one another together"
    if not least <= len(values) <= MOST_POINTS:
        what = f"点数 {len(values)} 不适合{why} / {len(values)} points, {least} to {MOST_POINTS}"
        yield f"{what} wanted", todo
    if not is_given and len(values) > 1 and not values.std() > 0:
        yield (
            f"所有值相同（{values[0]:g}） / all values are the same",
            "核对字段，或给定变差函数 / check the column, or give a variogram (--variogram)",
        )


def _check(values: Values, *, is_given: bool) -> None:
    """Raises ``Refused`` for values that cannot be interpolated."""
    for what, todo in misfits(values, is_given=is_given):
        raise _refused(what, todo)


def _refused(what: str, todo: str) -> Refused:
    return Refused([Fault("points", "", what, todo)])


@dataclass(frozen=True, eq=False)
class Kriged:
    """Solved equations of ordinary kriging: ``inverse`` (n + 1, n + 1), in values' spreads."""

    places: Places
    values: Values
    variogram: Variogram
    inverse: NDArray[np.float64]

    @classmethod
    def of(cls, places: Places, values: Values, variogram: Variogram) -> Kriged:
        """The equations of points that differ. Raises ``Refused`` where they cannot be solved."""
        count = len(values)
        _check(values, is_given=True)
        size = variogram.sill + variogram.nugget
        if not (size > 0 and variogram.range_m > 0 and min(variogram.sill, variogram.nugget) >= 0):
            raise _refused("变差函数无效 / the variogram is none", "改正参数 / correct its numbers")
        matrix = np.ones((count + 1, count + 1))
        matrix[:count, :count] = -_halves(variogram, _apart(places, places)) / size
        matrix[count, count] = 0.0
        try:
            inverse = np.asarray(np.linalg.inv(matrix), np.float64)
            error = float(np.abs(matrix @ inverse - np.eye(count + 1)).max())
        except np.linalg.LinAlgError:
            error = np.inf
        if not error <= UNSOUND:
            what = f"方程组病态 / the equations cannot be solved: {error:.1e}"
            todo = "给块金值，或换模型 / give a nugget, or take another model"
            raise _refused(what, todo)
        return cls(places, values, variogram, inverse)

    @property
    def size(self) -> float:
        """The whole sill, by which semivariances are divided."""
        return self.variogram.sill + self.variogram.nugget

    def at(self, places: Places) -> tuple[Values, Values]:
        """Estimates and their standard errors at places (m, 2), NaN beyond the range of all.

        At a point itself its value, with error 0. Takes memory of some m x n numbers.
        """
        far = _apart(places, self.places)
        near = far.min(axis=1) <= self.variogram.range_m
        estimates, errors = np.full((2, len(places)), np.nan)
        if near.any():
            sides = np.ones((len(places), len(self.values) + 1))
            sides[:, :-1] = -_halves(self.variogram, far) / self.size
            weights = sides @ self.inverse
            middle = self.values.mean()
            estimates[near] = (middle + weights[:, :-1] @ (self.values - middle))[near]
            square = -np.einsum("ij,ij->i", weights, sides) * self.size
            errors[near] = np.sqrt(np.maximum(square, 0.0))[near]
        return estimates, errors

    def left_out(self) -> tuple[Values, Values]:
        """At every point the estimate from all others, and its standard error, shapes (n,).

        With the same variogram, by Dubrule's shortcut: no equations are solved again.
        """
        count = len(self.values)
        spread = np.append(self.values - self.values.mean(), 0.0)
        diagonal = np.diag(self.inverse)[:count]
        off = (self.inverse @ spread)[:count] / diagonal
        return self.values - off, np.sqrt(np.maximum(self.size / diagonal, 0.0))


def _apart(one: Places, other: Places) -> NDArray[np.float64]:
    """Planar distances (m, n) between places (m, 2) and (n, 2)."""
    x = one[:, 0, None] - other[:, 0]
    y = one[:, 1, None] - other[:, 1]
    x *= x
    y *= y
    x += y
    return np.sqrt(x, out=x)


def _halves(variogram: Variogram, far: NDArray[np.float64]) -> NDArray[np.float64]:
    """Semivariances over distances, 0 over none: a point agrees with itself."""
    return np.where(far == 0, 0.0, variogram.semivariance(far))
