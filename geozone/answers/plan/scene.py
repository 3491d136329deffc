"""The set that plan rules look at: all proposals with the rules that bind each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.plan.claims import registers
from geozone.answers.plan.meeting import covered
from geozone.answers.plan.rights import Rights, rights_of
from geozone.answers.plan.told import Doubt
from geozone.answers.site import Site
from geozone.engine.locate import Located
from geozone.land.layers.select import seen
from geozone.land.proposals.proposal import Proposal
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.plan import REGISTERS, PlanCheck, PlanTest
from geozone.law.rule import Rule
from geozone.law.state import Truth
from geozone.rules.outcome import trigger
from geozone.rules.program import Clause
from geozone.rules.silence import reach
from geozone.rules.weigh import Scales, Weighed

MINING = REGISTERS[PlanCheck.CAP]


@dataclass(frozen=True, eq=False)
class Placed:
    """A proposal measured on the ground."""

    proposal: Proposal
    located: Located


@dataclass(frozen=True, eq=False)
class Bound:
    """A plan rule as it reaches one proposal.

    ``plan``: what the rule asks; ``reach``: whether the document's territory holds the
    proposal, or some part of it; ``ground``: the proposal's shape as far as it does;
    ``trigger``: whether the facts make the rule bind.
    """

    proposal: Proposal
    clause: Clause
    plan: PlanTest
    scales: Scales
    reach: Truth
    trigger: Weighed
    ground: BaseGeometry

    @property
    def rule(self) -> Rule:
        """The rule that binds."""
        return self.clause.rule


@dataclass(frozen=True, eq=False)
class Scene:
    """The site with every proposal of the file.

    ``whole`` is false where rows of the file were refused: they might count as well.
    """

    site: Site
    placed: tuple[Placed, ...]
    whole: bool = True

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """All proposals of the file."""
        return tuple(one.proposal for one in self.placed)

    @cached_property
    def mining(self) -> Rights:
        """The mining rights of the register and of the file."""
        return self._rights(MINING)

    def rights(self, theme: str) -> Rights:
        """The rights of a theme: of its register and of the file."""
        return self.mining if theme == MINING else self._rights(theme)

    def _rights(self, theme: str) -> Rights:
        register = self.site.ground.theme(theme)
        return rights_of(register, self.proposals, self.site.project.crs)

    def contradicted(self, proposal: Proposal) -> tuple[Doubt, ...]:
        """What the file states against itself of a proposed right; else none."""
        found = self._contradictions.get(proposal.id)
        return (found,) if found else ()

    @cached_property
    def _contradictions(self) -> Mapping[str, Doubt]:
        found = {}
        for theme in registers():
            proposed = [one for one in self.proposals if one.activity.object == theme]
            rights = self.rights(theme)
            for one in proposed:
                right = rights.of(one)
                if right.contradicts:
                    found[one.id] = right.contradiction(theme)
        return found

    def refused(self, theme: str) -> tuple[Doubt, ...]:
        """Why the file may hold more than is known: rows of it were refused; else none."""
        return () if self.whole else (Doubt(Cause.OUTSIDE_COVERAGE, theme),)

    def unseen(self, condition: Condition, shape: BaseGeometry, margin: float) -> tuple[Doubt, ...]:
        """Why not every feature on the shape, widened by planar metres, is known; else none.

        Features are counted, so a raster does not do: its cells are no features.
        """
        theme = self.site.ground.theme(condition.theme)
        coverage, cause = seen(theme, condition)
        if any(layer.spec.is_raster for layer in theme.layers):
            return (Doubt(Cause.NO_LAYER, condition.theme),)
        if covered(coverage, shape, margin):
            return ()
        return (Doubt(cause, condition.theme),)

    def unregistered(self, theme: str, shape: BaseGeometry, margin: float) -> tuple[Doubt, ...]:
        """Why more rights may lie on the shape than are known; else none."""
        return self.refused(theme) or self.unseen(Condition(theme), shape, margin)

    def accuracy_m(self, theme: str) -> float:
        """The worst accuracy of a theme's layers."""
        return max((one.accuracy_m for one in self.site.ground.theme(theme).layers), default=0.0)

    def since(self, rule: Rule) -> date:
        """The day from which rights count as added: the rule's own, else its document's first."""
        if rule.plan is not None and rule.plan.since is not None:
            return rule.plan.since
        home = (one for one in self.site.policies if rule in one.rules)
        return next(home).span.earliest


def bound_rules(site: Site, one: Placed) -> tuple[Bound, ...]:
    """The plan rules of documents in force that reach a proposal, by rule id.

    A document that cannot be said to be in force adds nothing here where it governs the
    activity by other rules: its own gap says so.
    """
    clauses = site.planning[one.proposal.activity]
    found = (_bound(site, one, each, each.rule.plan) for each in clauses if each.rule.plan)
    return tuple(each for each in found if each.reach is not Truth.FALSE)


def _bound(site: Site, one: Placed, clause: Clause, plan: PlanTest) -> Bound:
    program = site.programs[one.proposal.activity]
    document = program.documents[clause.document]
    parts = one.located.parts
    scales = [
        Scales(program.conditions, part.row, one.proposal.facts, causes=site.causes)
        for part in parts
    ]
    reaches = [reach(document, each) for each in scales]
    far = max(reaches)
    inside = [
        part.shape for part, each in zip(parts, reaches, strict=True) if each is not Truth.FALSE
    ]
    ground = one.proposal.shape
    if Truth.FALSE in reaches and inside:
        ground = shapely.union_all(inside)
    chosen = scales[reaches.index(far)]
    return Bound(one.proposal, clause, plan, chosen, far, trigger(clause, chosen), ground)


def by_rule(bounds: Sequence[Bound]) -> dict[str, list[Bound]]:
    """The bindings gathered by rule, in the order of the rules' ids."""
    found: dict[str, list[Bound]] = {}
    for one in sorted(bounds, key=lambda each: (each.rule.id, each.proposal.id)):
        found.setdefault(one.rule.id, []).append(one)
    return found
