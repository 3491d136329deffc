"""What holds of a document on a day, and in which stretches of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from geozone.law.judgement import Cause
from geozone.law.rule import Policy
from geozone.law.span import Phase, Span
from geozone.rules.standing import absent, doubt, predecessors

_DAY = timedelta(days=1)


class Holds(StrEnum):
    """How a document stands on a day."""

    NOT_BEGUN = "not_begun"
    EARLIER = "earlier"
    """An earlier document was in force, whose text is not supplied."""
    STARTING = "starting"
    IN_FORCE = "in_force"
    ENDING = "ending"
    BETWEEN = "between"
    """It is over and the one that follows has not surely begun."""
    LAPSED = "lapsed"
    HISTORY = "history"


_PHASES = {
    Phase.STARTING: Holds.STARTING,
    Phase.IN_FORCE: Holds.IN_FORCE,
    Phase.ENDING: Holds.ENDING,
}


@dataclass(frozen=True)
class Stretch:
    """Days, both included, on which the same holds; ``last`` is none where it stays so."""

    first: date
    last: date | None
    holds: Holds
    earlier: tuple[str, ...] = ()
    """Earlier documents in force in these days, their texts not supplied."""


def holds(policy: Policy, on: date) -> Holds:
    """How the document stands on the day."""
    phase = policy.span.phase(on)
    if phase in _PHASES:
        return _PHASES[phase]
    if phase is Phase.BEFORE:
        return Holds.EARLIER if predecessors(policy, on) else Holds.NOT_BEGUN
    followed = policy.superseded is not None and policy.superseded.since.phase(on) is Phase.IN_FORCE
    if absent(policy, on) or followed:
        return Holds.HISTORY
    return Holds.LAPSED if doubt(policy, on) is Cause.RULE_LAPSED else Holds.BETWEEN


def stretches(policy: Policy) -> tuple[Stretch, ...]:
    """The document's time, from the first day on which anything held, without a break."""
    spans = [policy.span, *(one.span for one in policy.predecessors)]
    spans += [policy.superseded.since] if policy.superseded else []
    days = sorted({day for span in spans for day in _turns(span)})
    told = [(_standing(policy, day), day) for day in days]
    starts = [(standing, next(each)[1]) for standing, each in groupby(told, key=lambda one: one[0])]
    ends = [first - _DAY for _, first in starts[1:]]
    return tuple(
        Stretch(first, last, *standing)
        for (standing, first), last in zip(starts, [*ends, None], strict=True)
    )


def _standing(policy: Policy, on: date) -> tuple[Holds, tuple[str, ...]]:
    return holds(policy, on), tuple(one.id for one in predecessors(policy, on))


def _turns(span: Span) -> Iterator[date]:
    """The days on which something changes."""
    yield span.earliest
    yield span.certain
    for last in (span.certain_until, span.latest):
        if last is not None and last < date.max:
            yield last + _DAY
