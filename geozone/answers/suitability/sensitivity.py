"""What comes of one change at a time: every weight up and down, every factor off by its error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.draws import Floats, error_of, weighed
from geozone.answers.suitability.model import Model
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.chances import Drawn

STEPS = (-0.2, -0.1, 0.1, 0.2)
"""By what share each weight is changed."""

ERRORS = (-1.0, 1.0)
"""By how many standard errors the values of each factor are changed."""

WHOLE = 1.0 - 1e-9


class Changed(Enum):
    """What of a factor is changed."""

    WEIGHT = "weight"
    """Its weight, by a share of itself; the others keep their ratios and the sum stays 1."""
    ERROR = "error"
    """Its values everywhere, by so many standard errors."""


@dataclass(frozen=True)
class Change:
    """One change of one factor."""

    factor: str
    what: Changed
    step: float


@dataclass(frozen=True)
class Level:
    """What the model comes to on open ground whose score is known; no hectares without limits."""

    suitable_ha: float | None
    moderate_ha: float | None
    mean: float | None


@dataclass(frozen=True)
class Sensitivity:
    """A change, and by how much it moves hectares of open ground and their mean score.

    ``suitable_ha`` and ``moderate_ha`` are differences, none without limits of classes.
    """

    change: Change
    suitable_ha: float | None
    moderate_ha: float | None
    mean: float

    @property
    def effect(self) -> tuple[float, float]:
        """Net hectares that pass the two limits, then how far the mean score moves."""
        up, middle = self.suitable_ha or 0.0, self.moderate_ha or 0.0
        return abs(up) + abs(up + middle), abs(self.mean)

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The row as JSON values."""
        return {
            "factor": self.change.factor,
            "changed": self.change.what.value,
            "step": self.change.step,
            "suitable_ha": _rounded(self.suitable_ha, 4),
            "moderate_ha": _rounded(self.moderate_ha, 4),
            "mean": round(self.mean, 9),
        }


@dataclass(frozen=True)
class Bar:
    """What the largest steps down and up of one thing come to; none where there is no such step."""

    factor: str
    what: Changed
    less: Sensitivity | None
    more: Sensitivity | None


@dataclass(frozen=True)
class Table:
    """What the model comes to as it is, and all changes, those of most effect first."""

    base: Level
    rows: tuple[Sensitivity, ...]

    @property
    def bars(self) -> tuple[Bar, ...]:
        """A tornado's bars, those of most effect first."""
        found: dict[tuple[str, Changed], list[Sensitivity]] = {}
        for row in self.rows:
            found.setdefault((row.change.factor, row.change.what), []).append(row)
        return tuple(_bar(*of, rows) for of, rows in found.items())

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The table as JSON values."""
        return {
            "suitable_ha": _rounded(self.base.suitable_ha, 4),
            "moderate_ha": _rounded(self.base.moderate_ha, 4),
            "mean": _rounded(self.base.mean, 9),
            "rows": [one.to_dict() for one in self.rows],
        }


def changes(model: Model) -> tuple[Change, ...]:
    """All changes of a model; a weight that would become the whole, or is it, is not changed."""
    return tuple(_changes(model))


def _changes(model: Model) -> Iterator[Change]:
    for one in weighed(model):
        for step in STEPS:
            if one.weight < WHOLE and one.weight * (1 + step) < WHOLE:
                yield Change(one.id, Changed.WEIGHT, step)
        for step in ERRORS:
            if error_of(one):
                yield Change(one.id, Changed.ERROR, step)


def changed(model: Model) -> Drawn:
    """The model as it is, then under each of its ``changes``, as draws."""
    factors, rows = weighed(model), changes(model)
    at = {one.id: number for number, one in enumerate(factors)}
    base = np.array([one.weight for one in factors])
    weights, errors = np.tile(base, (len(rows) + 1, 1)), np.zeros((len(rows) + 1, len(base)))
    for number, row in enumerate(rows, start=1):
        factor = at[row.factor]
        if row.what is Changed.WEIGHT:
            own = base[factor] * (1 + row.step)
            weights[number] *= (base.sum() - own) / (base.sum() - base[factor])
            weights[number, factor] = own
        else:
            errors[number, factor] = row.step * error_of(factors[factor])
    return Drawn(weights, np.ones_like(weights), errors)


def table(model: Model, totals: Floats, *, has_limits: bool) -> Table:
    """The table of the totals (changes + 1, 4) that ``Gambler.totals`` gives for ``changed``.

    The totals are of square metres that reach the lower and the upper limit, of square metres
    times score, and of square metres whose score is known. Where none is, there are no rows.
    """
    levels = [_level(one, has_limits=has_limits) for one in totals]
    base = levels[0]
    rows = [
        Sensitivity(
            change,
            _less(level.suitable_ha, base.suitable_ha),
            _less(level.moderate_ha, base.moderate_ha),
            level.mean - base.mean,
        )
        for change, level in zip(changes(model), levels[1:], strict=True)
        if level.mean is not None and base.mean is not None
    ]
    rows.sort(key=lambda row: (*(-one for one in row.effect), *_name(row.change)))
    return Table(base, tuple(rows))


def _bar(factor: str, what: Changed, rows: Sequence[Sensitivity]) -> Bar:
    down = [one for one in rows if one.change.step < 0]
    up = [one for one in rows if one.change.step > 0]
    return Bar(
        factor,
        what,
        min(down, key=lambda one: one.change.step, default=None),
        max(up, key=lambda one: one.change.step, default=None),
    )


def _level(totals: NDArray[np.float64], *, has_limits: bool) -> Level:
    moderate, suitable, scored, known = (float(one) for one in totals)
    return Level(
        suitable / SQUARE_METRES_PER_HECTARE if has_limits else None,
        (moderate - suitable) / SQUARE_METRES_PER_HECTARE if has_limits else None,
        scored / known if known else None,
    )


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _name(change: Change) -> tuple[str, str, float]:
    return change.factor, change.what.value, change.step
