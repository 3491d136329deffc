"""A suitability model as plain values: factors, how each counts, and how they come together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from geozone.land.factors.spec import FactorSource
from geozone.law.activity import Activity


class Curve(Enum):
    """How a membership runs from a factor's value to 0 (worst) … 1 (best)."""

    LINEAR = "linear"
    S_SHAPED = "s_shaped"
    TRAPEZOID = "trapezoid"
    TABLE = "table"
    CLASSES = "classes"


class Combination(Enum):
    """How memberships become one score."""

    WEIGHTED_SUM = "weighted_sum"
    OWA = "owa"
    TOPSIS = "topsis"


class Breaks(Enum):
    """How scores become classes."""

    THRESHOLDS = "thresholds"
    NATURAL = "natural_breaks"


@dataclass(frozen=True)
class Label:
    """A name as officers and others read it."""

    zh: str
    en: str


@dataclass(frozen=True)
class Membership:
    """What a value is worth.

    ``points`` are (value, worth), values rising, worths 0 to 1:
    ``LINEAR`` two points, between which the worth runs straight, beyond which it stays;
    ``S_SHAPED`` two points, between which it runs as Zadeh's S-curve (two parabolas);
    ``TRAPEZOID`` four points, straight between them; ``TABLE`` any number of steps: from each value
    on its worth, below the first value the worth is that of ``below``;
    ``CLASSES`` codes of a raster, or 0 and 1 of ``inside``: the worth of exactly these values,
    any other is unknown.
    """

    curve: Curve
    points: tuple[tuple[float, float], ...]
    below: float = 0.0


@dataclass(frozen=True)
class Cite:
    """Where a number comes from; ``verify``: nobody has held it against the source yet."""

    source: str
    verify: bool = False


@dataclass(frozen=True)
class Factor:
    """One thing that makes ground better or worse.

    ``weight`` is its share of the whole: those of all factors sum to 1. ``error`` is the standard
    error of its values in ``unit``, 0 where none is stated.
    """

    id: str
    label: Label
    group: str
    unit: str
    source: FactorSource
    membership: Membership
    weight: float
    cite: Cite
    error: float = 0.0


@dataclass(frozen=True)
class Group:
    """Factors that are weighed against one another, then together against other groups.

    ``ratio`` is the consistency ratio of the pairwise matrix, none where weights are given.
    """

    id: str
    label: Label
    weight: float
    ratio: float | None = None


@dataclass(frozen=True)
class Classes:
    """Three classes of suitability, told apart by two limits that are found or given.

    A score of ``limits[1]`` or more is suitable, of ``limits[0]`` or more moderate. Of natural
    breaks there are none until the scores are known.
    """

    breaks: Breaks
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chance:
    """How uncertainty is drawn: how often, from which seed, and how far weights are off.

    ``weight_spread`` is the relative standard error of every weight.
    """

    draws: int = 200
    seed: int = 1
    weight_spread: float = 0.1
    resolution_m: float = 100.0


@dataclass(frozen=True)
class Model:
    """A suitability model, its factors and groups in the order of their ids.

    ``cite`` says where weights and classes come from. ``order_weights`` (factors,) serve OWA: of
    the best membership first.
    """

    id: str
    label: Label
    activity: Activity
    factors: tuple[Factor, ...]
    groups: tuple[Group, ...]
    combination: Combination
    classes: Classes
    chance: Chance
    cite: Cite = Cite("")
    order_weights: tuple[float, ...] = ()
    ratio: float | None = None
    """The consistency ratio of the groups' pairwise matrix."""
    resolution_m: float | None = None
    """Of the grid; without one that of the project."""


class Class(Enum):
    """What a cell comes to, worst first; the value is its code in grids."""

    UNSUITABLE = 0
    MODERATE = 1
    SUITABLE = 2
    UNDETERMINED = 3
    """A factor is unknown there, or the zones leave the ground undetermined."""
    CLOSED = 4
    """The zones prohibit the activity there."""


OUTSIDE = 255
"""Code of cells outside the study area."""
