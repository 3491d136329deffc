"""What a plan rule comes to for one proposal: what was counted, what is broken, what is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from geozone.law.judgement import Cause
from geozone.law.rule import Text
from geozone.law.state import Truth


@dataclass(frozen=True)
class PlanTold:
    """One line of the report: what a plan rule looked at and what it found.

    ``features``: ids of what was looked at (a settlement, a block, another right, a well);
    ``counted``: ids of the rights or projects that surely count; ``possible``: how many more
    may count, none where that cannot be said. Ground metres and ellipsoidal square metres.
    """

    rule: str
    check: str
    says: Text
    features: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    count: int | None = None
    possible: int | None = None
    limit: float | None = None
    distance_m: float | None = None
    area_m2: float | None = None
    cells: float | None = None

    def to_dict(self) -> dict[str, Any]:  # JSON of the contract
        """The line as the contract writes it."""
        return {
            "rule": self.rule,
            "check": self.check,
            "features": list(self.features),
            "counted": list(self.counted),
            "count": self.count,
            "possible": self.possible,
            "limit": self.limit,
            "distance_m": None if self.distance_m is None else round(self.distance_m, 3),
            "area_m2": None if self.area_m2 is None else round(self.area_m2, 2),
            "cells": None if self.cells is None else round(self.cells, 4),
            "says": dict(self.says),
        }


@dataclass(frozen=True)
class Where:
    """The ground on which a plan rule is broken; metres on the ground, ellipsoidal areas."""

    theme: str | None = None
    features: tuple[str, ...] = ()
    distance_m: float | None = None
    limit_m: float = 0.0
    overlap_m2: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Doubt:
    """Why a plan rule cannot be said to be met: the cause, the theme or fact, the features."""

    cause: Cause
    theme: str = ""
    fact: str = ""
    features: tuple[str, ...] = ()
    distance_m: float | None = None
    limit_m: float = 0.0


@dataclass(frozen=True)
class Answer:
    """What one plan rule comes to for one proposal, before the rule's effect is weighed."""

    told: tuple[PlanTold, ...] = ()
    broken: Where | None = None
    doubts: tuple[Doubt, ...] = ()
    is_silent: bool = False
    """Nothing was judged, so nothing is clear either."""
    concerns: Truth = Truth.TRUE
    """Whether a rule that only lists something has anything to list here."""
    remark: Text = field(default_factory=dict)
    """Advice that decides nothing."""
