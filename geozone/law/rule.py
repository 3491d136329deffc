"""A rule of a document, as data: whom it binds, where and when, and its one effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.fact import FactTest
from geozone.law.plan import PlanTest
from geozone.law.span import Span
from geozone.law.verdict import Verdict

Text = Mapping[str, str]
"""The same words by language: ``zh`` and ``en``."""

Tests = tuple[tuple[FactTest, ...], ...]
"""Any of all of."""


class Effect(StrEnum):
    """What a rule does. Only the first four, and a duty with ``unless``, touch verdicts."""

    PROHIBITS = "prohibits"
    RESTRICTS = "restricts"
    QUESTIONS = "questions"
    EXEMPTS = "exempts"
    DUTY = "duty"
    PROCEDURE = "procedure"
    PRIORITY = "priority"
    INCENTIVE = "incentive"
    INFO = "info"
    SCOPE = "scope"
    DEFINITION = "definition"
    NOTES = "notes"
    """A remark shown where it holds; never a verdict."""


class Asks(StrEnum):
    """What a rule looks at."""

    GROUND = "ground"
    PROPOSAL = "proposal"
    PLAN = "plan"
    OPERATION = "operation"


@dataclass(frozen=True)
class Ask:
    """A condition as a rule asks it; ``outside`` asks for its absence."""

    condition: Condition
    outside: bool = False


@dataclass(frozen=True)
class Binding:
    """Activities that a rule binds, where the facts in ``when`` do not rule it out."""

    activities: frozenset[Activity]
    when: Tests = ()


@dataclass(frozen=True)
class Cite:
    """Where the text stands: document, place in it, lines of the text file."""

    document: str
    place: str
    lines: str = ""


@dataclass(frozen=True)
class Permits:
    """Permits, by their ids in the vocabulary, that a rule asks for or spares."""

    needs: tuple[str, ...] = ()
    waives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule with one effect."""

    id: str
    says: Text
    cite: Cite
    office: Text
    asks: Asks
    effect: Effect
    binds: tuple[Binding, ...]
    any: tuple[tuple[Ask, ...], ...] = ()
    when: Tests = ()
    spares: tuple[FactTest, ...] = ()
    """The rule stands unless all of these are shown."""
    unless: tuple[FactTest, ...] = ()
    """What lifts a restriction or meets a duty: all of them."""
    otherwise: Verdict = Verdict.PROHIBITED
    """What follows when something in ``unless`` is stated and fails (``else`` in packs)."""
    names: tuple[str, ...] = ()
    in_principle: bool = False
    note: Text = field(default_factory=dict)
    reading: Text = field(default_factory=dict)
    """Where the rule is our reading rather than the text's words: why."""
    only_if_stated: bool = False
    """The rule is silent while the facts of ``when`` are not stated (values that fit no class)."""
    territory: tuple[str, ...] = ()
    """Adcode prefixes that narrow the document's territory; none: all of it."""
    valid: Span | None = None
    """The rule's own dates inside the document's."""
    ends_with: str = ""
    """Code of the event by which the text names the rule's end, where it names no date."""
    permits: Permits = field(default_factory=Permits)
    dossier: tuple[Text, ...] = ()
    """What an application contains."""
    plan: PlanTest | None = None

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def has_force(self) -> bool:
        """Whether this is a duty that decides a verdict."""
        return self.effect is Effect.DUTY and bool(self.unless) and self.asks is Asks.PROPOSAL


@dataclass(frozen=True)
class Silence:
    """Activities on which a document is silent on purpose about some themes, and why."""

    activities: frozenset[Activity]
    themes: frozenset[str]
    reason: Text
    masks: tuple[str, ...] = ()
    """Rules whose ground is shown as a no-well mask inside the shape."""


@dataclass(frozen=True)
class Predecessor:
    """An earlier document that this one follows and whose text is not supplied."""

    id: str
    title: Text
    span: Span


class AfterEnd(StrEnum):
    """What a document means once its time is over."""

    UNDETERMINED = "undetermined"
    HISTORY = "history"


@dataclass(frozen=True)
class Superseded:
    """A later document that turns a lapsed one into history, but for the rules left open."""

    by: str
    since: Span
    leaves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A document with its rules."""

    id: str
    title: Text
    number: str
    territory: tuple[str, ...]
    span: Span
    after_end: AfterEnd
    rules: tuple[Rule, ...]
    predecessors: tuple[Predecessor, ...] = ()
    silences: tuple[Silence, ...] = ()
    superseded: Superseded | None = None
    advisory: bool = False
    parameters: tuple[str, ...] = ()
    """Names of the numbers that the pack declares and a project may declare otherwise."""
