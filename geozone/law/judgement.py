"""What judging one evidence row gives: a verdict with every reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geozone.law.condition import Condition
from geozone.law.rule import Rule
from geozone.law.verdict import Verdict


class Cause(StrEnum):
    """Why something cannot be said."""

    NO_LAYER = "no_layer"
    OUTSIDE_COVERAGE = "outside_coverage"
    STALE_LAYER = "stale_layer"
    WAIVED = "waived"
    WITHIN_ACCURACY = "within_accuracy"
    TOUCH_ONLY = "touch_only"
    FACT_NOT_STATED = "fact_not_stated"
    FACTS_CONTRADICT = "facts_contradict"
    RULE_LAPSED = "rule_lapsed"
    BETWEEN_POLICIES = "between_policies"
    TEXT_AMBIGUOUS = "text_ambiguous"
    TEXT_NOT_SUPPLIED = "text_not_supplied"
    OUTSIDE_DOCUMENTS = "outside_documents"


@dataclass(frozen=True)
class Held:
    """A rule that prohibits or restricts here; ``condition`` is what the ground answered."""

    rule: Rule
    verdict: Verdict
    condition: Condition | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that keeps the verdict open: a rule or document, and the cause."""

    cause: Cause
    rule: str | None = None
    theme: str | None = None
    fact: str | None = None
    condition: Condition | None = None


@dataclass(frozen=True)
class Lifted:
    """A rule that would hold, and the exemption or document that lifts it."""

    rule: str
    by: str


@dataclass(frozen=True)
class Listed:
    """A rule that goes with the activity without deciding its verdict, such as a duty."""

    rule: Rule
    met: bool | None = None
    """Whether what it asks is shown; none: not stated, or it asks nothing that facts state."""
    applies: bool | None = True
    """None: whether it concerns the case cannot be said from the ground and the facts."""
    open: tuple[str, ...] = ()
    """Facts, not stated, that would settle whether it applies."""


@dataclass(frozen=True)
class Judgement:
    """The verdict on one row, with everything that was weighed."""

    verdict: Verdict
    held: tuple[Held, ...] = ()
    gaps: tuple[Gap, ...] = ()
    clear: tuple[str, ...] = ()
    lifted: tuple[Lifted, ...] = ()
    listed: tuple[Listed, ...] = ()
    operation: tuple[Listed, ...] = ()
    masks: tuple[str, ...] = ()
    notes: tuple[Rule, ...] = ()
    history: tuple[Rule, ...] = ()
    """Rules that are over: told for the record, without a verdict."""
    needs: tuple[tuple[str, str], ...] = ()
    """What a proposal must show here, as pairs of rule id and fact."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that decide the verdict."""
        held = [one.rule.id for one in self.held if one.verdict is self.verdict]
        open_ = [gap.rule for gap in self.gaps if gap.rule] if self._is_open else []
        return tuple(sorted({*held, *open_}))

    @property
    def causes(self) -> tuple[str, ...]:
        """Causes of an undetermined verdict."""
        return tuple(sorted({gap.cause.value for gap in self.gaps})) if self._is_open else ()

    @property
    def _is_open(self) -> bool:
        return self.verdict is Verdict.UNDETERMINED
