"""The five verdicts, in order of severity."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """What the documents say of an activity at a place; a larger value is severer."""

    NO_RULE = 0
    ALLOWED = 1
    RESTRICTED = 2
    UNDETERMINED = 3
    PROHIBITED = 4

    @property
    def code(self) -> str:
        """The word used in files: ``prohibited``, ``no_rule``, ..."""
        return self.name.lower()

    def __str__(self) -> str:
        return self.code


def severest(verdicts: Iterable[Verdict]) -> Verdict:
    """The severest of the verdicts; ``no_rule`` of none."""
    return max(verdicts, default=Verdict.NO_RULE)
