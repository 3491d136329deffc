"""What makes a verdict change: the rules of the severer side, and what answers them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from geozone.law.evidence import Row
from geozone.law.judgement import Cause, Judgement
from geozone.law.rule import Rule
from geozone.law.state import Truth
from geozone.law.verdict import Verdict
from geozone.rules.judge import Causes, judge_ground
from geozone.rules.program import SPEAKING, Clause, Program
from geozone.rules.silence import certain, reach
from geozone.rules.weigh import Scales

Substance = tuple[object, ...]
"""What of a rule can touch a verdict: all but its prose."""


@dataclass(frozen=True, eq=False)
class Told:
    """A row of evidence and what a program says of it."""

    program: Program
    row: Row
    causes: Causes

    @cached_property
    def judged(self) -> Judgement:
        """The ground judgement."""
        return judge_ground(self.program, self.row, self.causes)

    def standing(self, rule: str) -> frozenset[tuple[object, ...]]:
        """How a rule is held or left open here, with its substance; nothing where it is not."""
        held = {(one.verdict,) for one in self.judged.held if one.rule.id == rule}
        open_ = {(one.cause, one.theme, one.fact) for one in self.judged.gaps if one.rule == rule}
        texts = {_substance(one.rule) for one in self.program.clauses if one.rule.id == rule}
        return frozenset(held | open_ | texts) if held or open_ else frozenset()

    @cached_property
    def scales(self) -> Scales:
        """What weighs this row as ground verdicts do."""
        program = self.program
        return Scales(program.conditions, self.row, program.implied, best=True, causes=self.causes)

    @property
    def in_force(self) -> list[Clause]:
        """The clauses of documents that are in force here beyond doubt."""
        return [one for one in self.program.clauses if certain(self.program, one, self.scales)]


def changed_by(a: Told, b: Told) -> tuple[str, ...]:
    """Ids of the rules that make the difference; of documents, where no rule decides.

    The severest verdict wins, so a verdict changes by what makes the severer side as severe
    as it is, and by what lifts or answers that on the milder side. Where the verdict stays:
    by the rules that decide it on one side only, or not alike. Mirrored sides give the same.
    """
    if a.judged.verdict is b.judged.verdict:
        return tuple(sorted(_differing(a, b) | _differing(b, a)))
    severer, milder = (a, b) if a.judged.verdict > b.judged.verdict else (b, a)
    rules = set(severer.judged.rules)
    lifting = {one.by for one in milder.judged.lifted if one.rule in rules}
    found = rules | lifting | _unspoken(severer, milder) or _governing(a, b)
    return tuple(sorted(found))


def _substance(rule: Rule) -> Substance:
    return (
        rule.asks,
        rule.effect,
        rule.binds,
        rule.any,
        rule.when,
        rule.spares,
        rule.unless,
        rule.otherwise,
        rule.names,
        rule.in_principle,
        rule.only_if_stated,
        rule.territory,
    )


def _differing(here: Told, there: Told) -> set[str]:
    """Rules that decide here and do not stand there as they do here."""
    return {one for one in here.judged.rules if here.standing(one) != there.standing(one)}


def _unspoken(here: Told, there: Told) -> set[str]:
    """Rules and silences there that speak to protected ground of which nothing here speaks."""
    themes = _open_themes(here) - _open_themes(there)
    rules = {
        one.rule.id
        for one in there.in_force
        if one.rule.effect in SPEAKING and themes & _touched(one, there.scales)
    }
    documents = there.program.documents
    silent = {
        documents[number].policy
        for number, silence in there.program.silences
        if themes & silence.themes
        and reach(documents[number], there.scales, frees=True) is Truth.TRUE
    }
    return rules | silent


def _open_themes(told: Told) -> set[str]:
    """Protected themes on account of which the verdict is open."""
    if told.judged.verdict is not Verdict.UNDETERMINED:
        return set()
    return {
        gap.theme or ""
        for gap in told.judged.gaps
        if gap.cause is Cause.OUTSIDE_DOCUMENTS and gap.rule is None
    }


def _touched(clause: Clause, scales: Scales) -> set[str]:
    """The themes of the ground that the clause speaks of here."""
    return {
        scales.conditions[term.index].theme
        for group in clause.alternatives
        if scales.group(group) is not Truth.FALSE
        for term in group
    }


def _governing(a: Told, b: Told) -> set[str]:
    """Documents that govern the activity on one side and not, or not so, on the other."""
    acting = [
        {(one.rule.cite.document, _substance(one.rule)) for one in told.in_force if one.acts}
        for told in (a, b)
    ]
    return {document for document, _ in acting[0] ^ acting[1]}
