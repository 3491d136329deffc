"""Scores of many cells at once: the curves and weights of a model as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
Codes = NDArray[np.uint8]
Pair = tuple[int, int]


class Kind(IntEnum):
    """How worths follow from values; as the kernels number them."""

    STRAIGHT = 0
    S_SHAPED = 1
    STEPS = 2
    CODES = 3


class Way(IntEnum):
    """How worths come together; as the kernels number them."""

    SUM = 0
    ORDERED = 1
    CLOSENESS = 2


@dataclass(frozen=True)
class CurveOf:
    """A curve: (value, worth) pairs, values rising; ``below`` counts before the first step."""

    kind: Kind
    points: tuple[tuple[float, float], ...]
    below: float = 0.0


class Scorer:
    """Scores cells by curves and weights above 0, one a factor.

    ``order_weights`` serve ``Way.ORDERED``. The answers are those of plain numpy in the same
    order of factors, bit by bit but for the rounding of the score to float32. ``weights``
    (factors,), ``way`` and ``risen``, the quantifier at even steps, are there to be read.
    """

    def __init__(
        self,
        curves: Sequence[CurveOf],
        weights: Sequence[float],
        way: Way,
        order_weights: Sequence[float] = (),
    ) -> None:
        if len(curves) != len(weights) or not curves or min(weights) <= 0:
            raise ValueError("every factor needs a curve and a weight above 0")
        longest = max(len(one.points) for one in curves)
        self._kinds = np.array([one.kind for one in curves], np.int64)
        self._counts = np.array([len(one.points) for one in curves], np.int64)
        self._points = np.zeros((len(curves), longest, 2))
        for number, one in enumerate(curves):
            self._points[number, : len(one.points)] = one.points
        self._below = np.array([one.below for one in curves], np.float64)
        self.weights = np.array(weights, np.float64)
        self.way = way
        self.risen = np.concatenate([[0.0], np.cumsum(np.array(order_weights, np.float64))])

    def scores(self, values: Singles) -> Singles:
        """The scores (…) of values (factors, …), NaN where one is unknown; from any thread."""
        return self.within(values, np.ones(values.shape[1:], np.bool_))[0]

    def within(self, values: Singles, inside: Mask) -> tuple[Singles, Counts]:
        """The same of cells that are ``inside`` (…); others have no score.

        And in how many of those cells each factor's worth is unknown, (factors,).
        """
        from geozone.engine.kernels.scores import scored  # noqa: PLC0415 - numba loads slowly

        flat = np.ascontiguousarray(values, np.float32).reshape(len(values), -1)
        out, unknown = np.empty(flat.shape[1], np.float32), np.zeros(len(flat), np.int64)
        chosen, how = np.ascontiguousarray(inside).ravel(), int(self.way)
        scored(flat, chosen, self.curves, self.weights, how, self.risen, out, unknown)
        return out.reshape(inside.shape), unknown

    @property
    def curves(self) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64], Floats]:
        """Kinds, points, numbers of points and what comes below steps, as the kernels take them."""
        return self._kinds, self._points, self._counts, self._below

    def worths(self, factor: int, values: Singles) -> Floats:
        """The worths (n,) of one factor's values (n,)."""
        from geozone.engine.kernels.scores import worths  # noqa: PLC0415 - as above

        out = np.empty(len(values))
        points = self._points[factor, : self._counts[factor]]
        worths(values, self._kinds[factor], points, self._below[factor], out)
        return out


def ground_by_class(verdicts: Codes, classes: Codes, metres: Floats, shape: Pair) -> Floats:
    """The sums of ``metres`` by verdict and class, of ``shape``; arrays of cells (rows, cols).

    Verdicts that are none of so many are left out.
    """
    from geozone.engine.kernels.scores import summed  # noqa: PLC0415 - numba loads slowly

    sums = np.zeros(shape)
    summed(verdicts, classes, metres, sums)
    return sums


def binned(scores: Singles, chosen: Mask, bins: int) -> Counts:
    """How many of the chosen scores (…) lie in each of so many even bins from 0 to 1.

    What is no finite number is left out; what is beyond counts in the outermost bins.
    """
    from geozone.engine.kernels.scores import binned as counted  # noqa: PLC0415 - as above

    counts = np.zeros(bins, np.int64)
    given = np.ascontiguousarray(scores, np.float32).ravel()
    counted(given, np.ascontiguousarray(chosen).ravel(), counts)
    return counts
