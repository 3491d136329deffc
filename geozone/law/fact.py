"""Facts that a proposal states, and tests of them in three values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from geozone.law.counting import COMPARE
from geozone.law.state import Truth


@dataclass(frozen=True)
class Below:
    """Some number under a limit, the limit excluded (all that a technology's name implies)."""

    limit: float


Scalar = str | float | bool | date
FactValue = Scalar | tuple[str, ...] | Below
Facts = Mapping[str, FactValue]


@dataclass(frozen=True, order=True)
class FactTest:
    """A closed question about one fact: ``{fact, op, value}``."""

    fact: str
    op: str
    value: Scalar | tuple[str, ...] | None = None

    def truth(self, facts: Facts) -> Truth:
        """True, false, or unknown where the fact is not stated."""
        stated = facts.get(self.fact)
        if stated is None:
            return Truth.UNKNOWN
        if self.op == NAMED:
            return Truth.TRUE if approval(facts, str(self.value)) else Truth.UNKNOWN
        if isinstance(stated, Below):
            return _BELOW[self.op](stated.limit, self.value)
        return Truth.TRUE if OPERATIONS[self.op](stated, self.value) else Truth.FALSE


DENIALS = ("no", "否", "无", "false")
"""Words that state that there is no document."""

NAMED = "named"
"""Asks the recorded approvals for one that names a rule; none that does states nothing."""


def approval(facts: Facts, rule: str) -> str | None:
    """The document recorded as approving what a rule would stop: ``RULE=document id``."""
    named = (doc for name, doc in approvals(facts) if name == rule)
    return next((doc for doc in named if doc and doc.casefold() not in DENIALS), None)


def approvals(facts: Facts) -> list[tuple[str, str]]:
    """The recorded approvals as pairs of the rule named and the document."""
    stated = facts.get("approvals", ())
    entries = stated if isinstance(stated, tuple) else (str(stated),)
    pairs = (entry.partition("=") for entry in entries)
    return [(name.strip(), doc.strip()) for name, _, doc in pairs]


def _among(stated: object, value: object) -> bool:
    named = stated if isinstance(stated, tuple) else (stated,)
    wanted = value if isinstance(value, tuple) else (value,)
    return any(one in wanted for one in named)


def _shown(stated: object, _value: object) -> bool:
    return stated is not False and str(stated).casefold() not in DENIALS


# A comparison gets values of the fact's own type: the readers see to that.
OPERATIONS: dict[str, Callable[..., bool]] = {
    "is": _among,
    "is_not": lambda stated, value: not _among(stated, value),
    "in": _among,
    "not_in": lambda stated, value: not _among(stated, value),
    **COMPARE,
    "shown": _shown,
    NAMED: _shown,
}


def _never_or_open(limit: float, value: object) -> Truth:
    assert isinstance(value, (int, float))  # noqa: S101 - the pack reader checked the type
    return Truth.FALSE if limit <= value else Truth.UNKNOWN


_BELOW: dict[str, Callable[[float, object], Truth]] = {
    "ge": _never_or_open,
    "gt": _never_or_open,
    "lt": lambda limit, value: _never_or_open(limit, value).negated(),
    "le": lambda limit, value: _never_or_open(limit, value).negated(),
}
