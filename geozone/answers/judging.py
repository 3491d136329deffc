"""Judgements that are kept from one proposal of a file to the next."""

from __future__ import annotations

from geozone.answers.site import Site
from geozone.land.proposals.proposal import Proposal
from geozone.law.activity import Activity
from geozone.law.evidence import Row
from geozone.law.fact import FactValue
from geozone.law.judgement import Judgement
from geozone.rules.judge import judge, judge_ground
from geozone.rules.manyrows import Cases


class Judging:
    """The judgements of a site, each made once: most ground of a file is of few kinds.

    With ``many``, what rows of evidence have in common is weighed once too.
    """

    def __init__(self, site: Site, *, many: bool = False) -> None:
        self._site, self._many = site, many
        self._cases: dict[Activity, Cases] = {}
        self._stated: dict[object, Judgement] = {}
        self._best: dict[object, Judgement] = {}

    def stated(self, proposal: Proposal, row: Row) -> Judgement:
        """What a proposal's ground comes to with the facts that it states."""
        activity, facts = proposal.activity, tuple(sorted(proposal.facts.items(), key=_name))
        key = (activity, row, facts)
        if key not in self._stated:
            program = self._site.programs[activity]
            self._stated[key] = (
                self._together(activity).stated(row, facts)
                if self._many
                else judge(program, row, proposal.facts, self._site.causes)
            )
        return self._stated[key]

    def best(self, proposal: Proposal, row: Row) -> Judgement:
        """The best that its activity could reach there."""
        activity = proposal.activity
        if (activity, row) not in self._best:
            program = self._site.programs[activity]
            self._best[activity, row] = (
                self._together(activity).best(row)
                if self._many
                else judge_ground(program, row, self._site.causes)
            )
        return self._best[activity, row]

    def _together(self, activity: Activity) -> Cases:
        if activity not in self._cases:
            self._cases[activity] = Cases(self._site.programs[activity], self._site.causes)
        return self._cases[activity]


def _name(fact: tuple[str, FactValue]) -> str:
    return fact[0]
