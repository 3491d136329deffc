"""Scores of many cells under many draws of weights and errors, all drawn beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geozone.engine.scores import Floats, Scorer, Singles

if TYPE_CHECKING:
    from geozone.engine.kernels.chances import Draws
    from geozone.engine.kernels.combined import Way
    from geozone.engine.kernels.moved import Curves

SOME = 16
"""Draws by which the factor that decides is told where scores are no weighted sums."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Weights and errors of many draws, arrays (draws, factors), factors as the scorer has them.

    ``weights`` sum to 1 in every draw; ``times`` is what each weight was multiplied by before they
    were brought to that sum; ``errors`` are added to the factors' values.
    """

    weights: Floats
    times: Floats
    errors: Floats


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What n cells come to under all draws.

    ``scores`` (n,) are those without errors, NaN where a factor is unknown: the rest says nothing
    there. ``reached`` (2, n): draws whose score reaches each of the limits. ``spread``
    (factors, n): the variance of the score over the draws where that factor's weight and error
    alone are drawn.
    """

    scores: Floats
    reached: NDArray[np.uint16]
    spread: Singles


class Gambler:
    """Scores cells under draws.

    ``reach`` (factors, 2): least and largest value of each factor, which errors do not leave.
    A score is compared with the two ``limits`` as float32, as scores are kept.
    """

    def __init__(
        self, scorer: Scorer, drawn: Drawn, reach: Floats, limits: tuple[float, float]
    ) -> None:
        self._scorer, self._drawn, self._reach = scorer, drawn, reach
        self._least = np.array([least_reaching(one) for one in limits])

    @cached_property
    def _asked(self) -> tuple[Curves, Way, Draws]:
        """What the kernels take."""
        from geozone.engine.kernels.chances import Draws  # noqa: PLC0415 - numba loads slowly
        from geozone.engine.kernels.combined import way_of  # noqa: PLC0415 - as above
        from geozone.engine.kernels.moved import curves_of  # noqa: PLC0415 - as above

        scorer, drawn = self._scorer, self._drawn
        return (
            curves_of(*scorer.curves, self._reach),
            way_of(int(scorer.way), scorer.risen, len(scorer.weights)),
            Draws(drawn.weights, drawn.errors, self._least),
        )

    def chances(self, values: Singles) -> Outcomes:
        """Of values (factors, n), NaN where one is unknown; from any thread."""
        from geozone.engine.kernels.chances import Alone, chances  # noqa: PLC0415 - as above

        factors, cells = values.shape
        found = Outcomes(
            np.empty(cells),
            np.empty((2, cells), np.uint16),
            np.empty((factors, cells), np.float32),
        )
        weights, times = self._scorer.weights, self._drawn.times
        alone = Alone(weights, _shares(weights, times), _alone(weights, times[:SOME]))
        given = np.ascontiguousarray(values, np.float32)
        chances(given, *self._asked, alone, found.scores, found.reached, found.spread)
        return found

    def totals(self, values: Singles, rows: NDArray[np.int64], ground: Floats) -> Floats:
        """What each draw comes to over rows of cells, shape (rows, draws, 4); from any thread.

        Row r has the cells of ``values`` (factors, n) and ``ground`` (n,) from ``rows[r]`` to
        ``rows[r + 1]``. Given are: ground that reaches the lower and the upper limit, the sum of
        ground times score, and ground whose score is known.
        """
        from geozone.engine.kernels.chances import totals  # noqa: PLC0415 - as above

        out = np.zeros((len(rows) - 1, len(self._drawn.weights), 4))
        totals(np.ascontiguousarray(values, np.float32), rows, ground, *self._asked, out)
        return out


def least_reaching(limit: float) -> float:
    """The least number that, as a float32, reaches a limit as a float32."""
    wanted = np.float32(limit)
    middle = (float(wanted) + float(np.nextafter(wanted, np.float32(-np.inf)))) / 2
    return middle if np.float32(middle) >= wanted else float(np.nextafter(middle, np.inf))


def _shares(weights: Floats, times: Floats) -> Floats:
    """Per draw (draws, 2, factors): a factor's weight where it alone is multiplied, the others
    brought down so that the sum stays; first by how much it rises against them."""
    down = 1.0 / (1.0 - weights + weights * times)
    share = weights * times * down
    found: Floats = np.stack([share - weights * down, share], axis=1)
    return found


def _alone(weights: Floats, times: Floats) -> Floats:
    """All weights (draws, factors, factors) where one factor's alone is multiplied."""
    factors = len(weights)
    found = np.tile(weights, (len(times), factors, 1))
    at = np.arange(factors)
    found[:, at, at] *= times
    brought: Floats = found / found.sum(axis=2, keepdims=True)
    return brought
