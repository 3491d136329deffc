"""Judgements that are kept from one proposal of a file to the next."""

from __future__ import annotations

from geozone.answers.site import Site
from geozone.land.proposals.proposal import Proposal
from geozone.law.evidence import Row
from geozone.law.fact import FactValue
from geozone.law.judgement import Judgement
from geozone.rules.judge import judge, judge_ground


class Judging:
    """The judgements of a site, each made once: most ground of a file is of few kinds."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stated: dict[object, Judgement] = {}
        self._best: dict[object, Judgement] = {}

    def stated(self, proposal: Proposal, row: Row) -> Judgement:
        """What a proposal's ground comes to with the facts that it states."""
        key = (proposal.activity, row, tuple(sorted(proposal.facts.items(), key=_name)))
        if key not in self._stated:
            program = self._site.programs[proposal.activity]
            self._stated[key] = judge(program, row, proposal.facts, self._site.causes)
        return self._stated[key]

    def best(self, proposal: Proposal, row: Row) -> Judgement:
        """The best that its activity could reach there."""
        key = (proposal.activity, row)
        if key not in self._best:
            program = self._site.programs[proposal.activity]
            self._best[key] = judge_ground(program, row, self._site.causes)
        return self._best[key]


def _name(fact: tuple[str, FactValue]) -> str:
    return fact[0]
