"""What a plan rule asks of a set of proposals and the rights that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class PlanCheck(StrEnum):
    """The kinds of question that plan rules ask."""

    CAP = "cap"
    """How many mining rights lie in one feature of a theme."""
    ONE_RIGHT = "one_right"
    """How many mining rights lie in one planned block, and how many blocks one right spans."""
    OVERLAP = "overlap"
    """Whether a right shares ground with another."""
    MIN_CELLS = "min_cells"
    """How many cells of a graticule a block is as large as."""
    SPACING = "spacing"
    """How far apart wells stand."""
    SAME_RESERVOIR = "same_reservoir"
    """Whether every reservoir that a right produces from has its reinjection wells."""
    BUNDLE = "bundle"
    """Which projects of one kind share a county."""


REGISTERS: Mapping[PlanCheck, str] = {
    PlanCheck.CAP: "right_mining",
    PlanCheck.ONE_RIGHT: "right_mining",
    PlanCheck.SPACING: "geothermal_well",
}
"""The theme that holds what exists already of what a check counts or measures."""


@dataclass(frozen=True)
class PlanTest:
    """One plan question: the check, where it counts, and the limit in the text's own word."""

    check: PlanCheck
    within: str | None = None
    """Theme whose features are counted in (a cap, one right per block)."""
    classes: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attributes that a counted feature must have; an unknown one leaves the count open."""
    excludes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Attributes of features that are not counted in; an unknown one excludes nothing."""
    counts: str = "all"
    """``all`` rights, or ``new`` ones only."""
    since: date | None = None
    """First day of grant of a ``new`` right; none: the day on which the document began."""
    op: str = ""
    """The comparison that a permitted number meets: ``le`` or ``ge``."""
    limit: float = 0.0
    cell_arcmin: float | None = None
    """Side of a graticule cell in minutes of arc, for ``min_cells``."""
