"""How a condition stands at a place, and what a rule may conclude from it."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class State(IntEnum):
    """The state of one condition at one place."""

    CLEAR = 0
    NEAR_OUTSIDE = 1
    """Clear, but within the stated accuracy of the limit."""
    NEAR_INSIDE = 2
    """Held, but within the stated accuracy of the limit."""
    HOLDS = 3
    UNSEEN = 4
    """Coverage, shrunk by distance and accuracy, does not reach."""


class Truth(IntEnum):
    """Kleene's three values: ``min`` is *and*, ``max`` is *or*."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def negated(self) -> Truth:
        """The opposite; unknown stays unknown."""
        return Truth(2 - self)


class Polarity(StrEnum):
    """Which way an error at the limit must fall for a rule to fail safe."""

    BINDS = "binds"
    """Prohibits or restricts: near inside is held, near outside cannot be said."""
    FREES = "frees"
    """Exempts: near inside cannot be said, near outside is clear."""
    BORDER = "border"
    """A border between two regimes (plain, territory): neither side can be said."""


_TRUTH: dict[Polarity, tuple[Truth, Truth, Truth, Truth, Truth]] = {
    # clear, near outside, near inside, holds, unseen
    Polarity.BINDS: (Truth.FALSE, Truth.UNKNOWN, Truth.TRUE, Truth.TRUE, Truth.UNKNOWN),
    Polarity.FREES: (Truth.FALSE, Truth.FALSE, Truth.UNKNOWN, Truth.TRUE, Truth.UNKNOWN),
    Polarity.BORDER: (Truth.FALSE, Truth.UNKNOWN, Truth.UNKNOWN, Truth.TRUE, Truth.UNKNOWN),
}

_MIRROR = {
    State.CLEAR: State.HOLDS,
    State.NEAR_OUTSIDE: State.NEAR_INSIDE,
    State.NEAR_INSIDE: State.NEAR_OUTSIDE,
    State.HOLDS: State.CLEAR,
    State.UNSEEN: State.UNSEEN,
}


def truth(state: State, polarity: Polarity, *, outside: bool = False) -> Truth:
    """Whether the condition (or, with ``outside``, its absence) counts as true."""
    return _TRUTH[polarity][_MIRROR[state] if outside else state]
