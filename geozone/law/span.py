"""The validity of a document: four dates, because texts leave start and end open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Phase(StrEnum):
    """How a document stands on a date."""

    BEFORE = "before"
    STARTING = "starting"
    IN_FORCE = "in_force"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True)
class Span:
    """Validity in four inclusive dates; ``None`` at the end means open."""

    earliest: date
    certain: date
    certain_until: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        ends = [day for day in (self.certain_until, self.latest) if day is not None]
        if len(ends) == 1 or [self.earliest, self.certain, *ends] != sorted(
            [self.earliest, self.certain, *ends]
        ):
            raise ValueError("a span needs earliest <= certain <= certain_until <= latest")

    def phase(self, on: date) -> Phase:
        """How the document stands on the day ``on``."""
        if on < self.earliest:
            return Phase.BEFORE
        if on < self.certain:
            return Phase.STARTING
        if self.latest is not None and on > self.latest:
            return Phase.ENDED
        if self.certain_until is not None and on > self.certain_until:
            return Phase.ENDING
        return Phase.IN_FORCE
