"""Models and factors made up in a line or two."""

from __future__ import annotations

from geozone.answers.suitability.model import (
    Breaks,
    Chance,
    Cite,
    Classes,
    Combination,
    Curve,
    Factor,
    Label,
    Membership,
    Model,
)
from geozone.land.factors.spec import FactorSource, Measure
from geozone.law.activity import Activity

ACTIVITY = Activity("middeep_reinjection", "well_production")
LIMITS = (0.4, 0.7)
NAME = Label("示例", "example")
STRAIGHT = Membership(Curve.LINEAR, ((0.0, 0.0), (10.0, 1.0)))
CODES = Membership(Curve.CLASSES, ((0.0, 0.0), (1.0, 1.0)))


def factor(
    name: str,
    weight: float,
    error: float = 0.0,
    *,
    membership: Membership = STRAIGHT,
    measure: Measure = Measure.VALUE,
    accuracy_m: float = 0.0,
    reach_m: float | None = None,
) -> Factor:
    """A factor of data that nobody reads."""
    source = FactorSource("made", measure, accuracy_m=accuracy_m, reach_m=reach_m)
    return Factor(name, NAME, "all", "", source, membership, weight, Cite("made"), error)


def model_of(
    *factors: Factor, chance: Chance | None = None, resolution_m: float | None = None
) -> Model:
    """Their weighted sum, with classes from ``LIMITS`` on."""
    return Model(
        id="example",
        label=NAME,
        activity=ACTIVITY,
        factors=factors,
        groups=(),
        combination=Combination.WEIGHTED_SUM,
        classes=Classes(Breaks.THRESHOLDS, LIMITS),
        chance=chance or Chance(),
        resolution_m=resolution_m,
    )
