"""Whether the production and reinjection wells of one right use the same reservoirs.

Every reservoir that a production well opens must be opened by a reinjection well of the same
right: mixed water does not go back into both of its reservoirs by going back into one. A
reinjection well fits where one of the wells that it serves does; whether it may also open a
reservoir from which nothing is produced is not said, so that stays open.

Only a formation, or the bedrock, names a reservoir. Sandstone names a rock, so that two wells in
sandstone may stand in two formations of it. Other reservoirs may be two, and of sandstone, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geozone.answers.plan import words
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.land.proposals.proposal import Proposal
from geozone.law.fact import FactValue
from geozone.law.judgement import Cause
from geozone.law.plan import REGISTERS, PlanCheck
from geozone.law.state import Truth

REGISTER = REGISTERS[PlanCheck.SPACING]
PRODUCES, RETURNS = "well_production", "well_reinjection"
PARTNERS = {PRODUCES: RETURNS, RETURNS: PRODUCES}

ROCK, OTHER, BEDROCK = "sandstone", "other", "bedrock"
Names = frozenset[str | None]
"""Reservoirs by name; none stands for one that is not stated."""
VAGUE: Names = frozenset({None, ROCK, OTHER})
"""What does not say which reservoir is meant."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """The wells of one kind under one right, by their ids, with all their reservoirs."""

    wells: tuple[Proposal, ...] = ()
    names: Names = frozenset()


Key = tuple[FactValue | None, str | None]
Wells = Mapping[Key, Pairs]
"""By right id and kind of well."""


def reservoir_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """Whether each well shares its reservoirs with the wells that it goes with."""
    wells = _wells(scene.proposals)
    return [_answer(scene, bound, wells) for bound in bounds]


def _wells(proposals: Iterable[Proposal]) -> Wells:
    found: dict[Key, list[Proposal]] = {}
    for one in sorted(proposals, key=_id):
        if "right_id" in one.facts and one.activity.object in PARTNERS:
            found.setdefault(_key(one, one.activity.object), []).append(one)
    return {
        key: Pairs(tuple(each), frozenset().union(*(_names(one) for one in each)))
        for key, each in found.items()
    }


def _id(one: Proposal) -> str:
    return one.id


def _key(one: Proposal, kind: str | None) -> Key:
    return one.facts.get("right_id"), kind


def _answer(scene: Scene, bound: Bound, wells: Wells) -> Answer:
    one, kind = bound.proposal, bound.proposal.activity.object
    own = wells.get(_key(one, kind), Pairs())
    partners = wells.get(_key(one, PARTNERS.get(kind)), Pairs())
    truth = _fits(one, own, partners)
    told = _told(bound, partners, truth)
    refused = scene.refused(REGISTER) if "right_id" in one.facts else ()
    if not partners.wells:
        return Answer((told,), doubts=refused, is_silent=True)
    if truth is Truth.FALSE:
        return Answer((told,), Where(REGISTER, told.features), refused)
    if truth is Truth.TRUE:
        return Answer((told,), doubts=refused)
    return Answer((told,), doubts=(_doubt(own.names | partners.names, told.features), *refused))


def _doubt(names: Names, wells: tuple[str, ...]) -> Doubt:
    """Why it cannot be said: no reservoir stated that one could tell, or the text is silent."""
    if names & VAGUE:
        return Doubt(Cause.FACT_NOT_STATED, REGISTER, "reservoir", wells)
    return Doubt(Cause.TEXT_AMBIGUOUS, REGISTER, "", wells)


def _told(bound: Bound, partners: Pairs, truth: Truth) -> PlanTold:
    right, names = bound.proposal.facts.get("right_id"), tuple(one.id for one in partners.wells)
    shares = [_shares(bound.proposal, one) for one in partners.wells]
    return PlanTold(
        bound.rule.id,
        bound.plan.check.value,
        words.paired(None if right is None else str(right), names, truth),
        features=names,
        count=shares.count(Truth.TRUE),
        possible=shares.count(Truth.UNKNOWN),
    )


def _fits(one: Proposal, own: Pairs, partners: Pairs) -> Truth:
    """Whether a well is matched, and some well that it goes with is as well."""
    found = (min(_shares(one, each), _matched(each, own.names)) for each in partners.wells)
    return min(_matched(one, partners.names), max(found, default=Truth.FALSE))


def _matched(one: Proposal, partners: Names) -> Truth:
    """Whether the partners open every reservoir of a well."""
    found = {_any(name, partners) for name in _names(one)}
    if one.activity.object == RETURNS and found != {Truth.FALSE}:
        return max(min(found), Truth.UNKNOWN)
    return min(found)


def _shares(one: Proposal, other: Proposal) -> Truth:
    """Whether two wells have a reservoir in common."""
    return max(_any(name, _names(other)) for name in _names(one))


def _names(one: Proposal) -> Names:
    """The reservoirs that a well is stated to open."""
    stated = one.facts.get("reservoir")
    names = stated if isinstance(stated, tuple) else (stated,)
    return frozenset(None if name is None else str(name) for name in names)


def _any(name: str | None, others: Names) -> Truth:
    return max((_same(name, other) for other in others), default=Truth.FALSE)


def _same(one: str | None, other: str | None) -> Truth:
    """Whether two names stand for one reservoir."""
    if one is None or other is None:
        return Truth.UNKNOWN
    if ROCK in (one, other):
        return Truth.FALSE if BEDROCK in (one, other) else Truth.UNKNOWN
    if one != other:
        return Truth.FALSE
    return Truth.UNKNOWN if one == OTHER else Truth.TRUE
