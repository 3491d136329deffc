"""Three-valued weighing of facts and ground terms, with what keeps them open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from geozone.law.condition import Condition
from geozone.law.evidence import Row
from geozone.law.fact import Facts, FactTest
from geozone.law.judgement import Cause, Gap
from geozone.law.rule import Tests
from geozone.law.state import State, Truth, truth
from geozone.rules.program import Term


@dataclass(frozen=True)
class Weighed:
    """A truth, and the facts that would settle it where it is unknown."""

    truth: Truth
    open: tuple[str, ...] = ()


_TRUE = Weighed(Truth.TRUE)


@dataclass(frozen=True)
class Scales:
    """Weighs terms against one row and tests against stated facts.

    With ``best`` (ground verdicts) a fact not stated is taken as the proposal would wish, and
    what it must show is listed instead.
    """

    conditions: tuple[Condition, ...]
    row: Row
    facts: Facts
    best: bool = False
    causes: Mapping[str, Cause] = field(default_factory=dict)

    def as_stated(self) -> Scales:
        """The same scales, on which a fact not stated stays unknown."""
        return replace(self, best=False) if self.best else self

    def all_of(self, tests: tuple[FactTest, ...], *, wish: Truth) -> Weighed:
        """Whether all tests hold; ``wish`` is what the proposal would want."""
        if not tests:
            return _TRUE
        truths = [(test.fact, test.truth(self.facts)) for test in tests]
        found = min(one for _, one in truths)
        if found is not Truth.UNKNOWN:
            return Weighed(found)
        open_ = tuple(dict.fromkeys(fact for fact, one in truths if one is Truth.UNKNOWN))
        return Weighed(wish if self.best else Truth.UNKNOWN, open_)

    def any_of(self, groups: Tests, *, wish: Truth) -> Weighed:
        """Whether any group of tests holds; no groups hold always."""
        if not groups:
            return _TRUE
        weighed = [self.all_of(group, wish=wish) for group in groups]
        found = max(one.truth for one in weighed)
        open_ = (
            ()
            if found is Truth.TRUE and not self.best
            else tuple(dict.fromkeys(fact for one in weighed for fact in one.open))
        )
        return Weighed(found, open_)

    def term(self, term: Term) -> Truth:
        """How one condition of the row counts."""
        return truth(self.row[term.index], term.polarity, outside=term.outside)

    def group(self, terms: tuple[Term, ...]) -> Truth:
        """How conditions that must all hold count together."""
        return min((self.term(term) for term in terms), default=Truth.TRUE)

    def groups(self, alternatives: tuple[tuple[Term, ...], ...]) -> Truth:
        """How any of all of the conditions counts; none at all holds everywhere."""
        return max((self.group(one) for one in alternatives), default=Truth.TRUE)

    def cause(self, index: int) -> Cause:
        """Why a condition of the row cannot be said."""
        if self.row[index] is State.UNSEEN:
            return self.unseen(self.conditions[index].theme)
        return Cause.WITHIN_ACCURACY

    def unseen(self, theme: str) -> Cause:
        """Why a theme is not seen."""
        return self.causes.get(theme, Cause.OUTSIDE_COVERAGE)

    def gaps(self, rule: str, terms: tuple[Term, ...]) -> list[Gap]:
        """One gap for each condition that cannot be said."""
        return [
            Gap(
                self.cause(term.index),
                rule,
                self.conditions[term.index].theme,
                condition=self.conditions[term.index],
            )
            for term in terms
            if self.term(term) is Truth.UNKNOWN
        ]
