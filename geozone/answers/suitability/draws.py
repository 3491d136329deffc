"""Weights and errors of a model, all drawn before anything is scored.

What is drawn: every weight, and one error of every factor whose values have one. An error is the
same all over the ground within a draw, as that of a calibration, a model or a shifted map would
be. For sums over much ground (hectares, means of blocks) that is the cautious choice: errors do not
cancel from cell to cell. For a cell alone it makes no difference; but that two neighbours err
apart from one another is not shown.

The zones' boundaries are drawn apart from these (``shifts``): no draw of them changes a verdict.

What is not drawn: the accuracy of factors told inside from outside or by codes, which no number
can be added to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.model import Curve, Factor, Model
from geozone.engine.chances import Drawn
from geozone.land.factors.spec import Measure

Floats = NDArray[np.float64]

MIDDLE = 0.9
"""The share of draws that an interval holds, as many left out below as above."""


def weighed(model: Model) -> tuple[Factor, ...]:
    """The factors that count, in the order of all arrays."""
    return tuple(one for one in model.factors if one.weight > 0)


def drawn(model: Model) -> Drawn:
    """All draws of a model; hang on its seed, number of draws, weights and errors alone.

    Each weight is multiplied by a lognormal number of mean 1 and standard deviation
    ``weight_spread``, and all are then brought to the sum 1. Weights so stay positive, and those
    of any two factors have a ratio whose median is the model's, as likely twice too large as twice
    too small: weights come from judgements of ratios. (A Dirichlet of one concentration would
    give small weights larger relative errors than large ones.) Bringing them to the sum makes the
    error of a large weight smaller than ``weight_spread``: a weight of 1 has none.

    Errors are normal, as large as ``error_of`` says.
    """
    factors, chance = weighed(model), model.chance
    weights = np.array([one.weight for one in factors])
    errors = np.array([error_of(one) for one in factors])
    size = (chance.draws, len(factors))
    # Two streams: other errors do not change the weights that are drawn.
    seeds = np.random.SeedSequence(chance.seed).spawn(2)
    first, second = (np.random.Generator(np.random.PCG64(one)) for one in seeds)
    width = math.sqrt(math.log1p(chance.weight_spread**2))
    times = np.exp(width * first.standard_normal(size) - width**2 / 2)
    found = weights * times
    if chance.weight_spread:  # else they are the model's, bit by bit
        found /= found.sum(axis=1, keepdims=True)
    return Drawn(found, times, errors * second.standard_normal(size))


def shifts(model: Model, names: Iterable[str]) -> dict[str, Floats]:
    """By name, where boundaries are in every draw (draws,): -1 a whole accuracy inward, 1 outward.

    Each as likely as any other, which is all that may be taken of bounds without more (JCGM
    100:2008, 4.3.7), and the same over all ground, as errors are. A name has a stream of its own:
    other names change nothing.
    """
    chance = model.chance
    return {
        name: np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([chance.seed, *name.encode()]))
        ).uniform(-1.0, 1.0, chance.draws)
        for name in names
    }


def middle(values: Floats) -> tuple[float, float]:
    """The values that bound the middle ``MIDDLE`` of those of all draws; both occur."""
    rest = (1 - MIDDLE) / 2
    low = np.quantile(values, rest, method="lower")
    return float(low), float(np.quantile(values, 1 - rest, method="higher"))


def error_of(factor: Factor) -> float:
    """The standard error of a factor's values, in its unit; 0 where none is drawn.

    Of distances it is at least the accuracy of the boundaries they are measured to.
    """
    if factor.source.measure is Measure.INSIDE or factor.membership.curve is Curve.CLASSES:
        return 0.0
    if factor.source.measure is Measure.DISTANCE:
        return max(factor.error, factor.source.accuracy_m)
    return factor.error


def without_error(model: Model) -> tuple[str, ...]:
    """Ids of factors that count and whose values are taken as right: no error is drawn."""
    return tuple(one.id for one in weighed(model) if not error_of(one))


def reach(model: Model) -> Floats:
    """Least and largest value of every factor, which errors do not leave; shape (factors, 2).

    Distances are no less than 0 and no more than their reach, densities no less than 0.
    """
    return np.array([_reach(one) for one in weighed(model)], np.float64)


def _reach(factor: Factor) -> tuple[float, float]:
    source = factor.source
    if source.measure is Measure.DISTANCE:
        return 0.0, math.inf if source.reach_m is None else source.reach_m
    return (0.0 if source.measure is Measure.DENSITY else -math.inf), math.inf
