"""Which projects of one technology share a county, so that they may be dealt with together."""

from __future__ import annotations

from collections.abc import Sequence

from geozone.answers.place import adcode_at
from geozone.answers.plan import words
from geozone.answers.plan.scene import Bound, Placed, Scene
from geozone.answers.plan.told import Answer, PlanTold
from geozone.law.state import Truth

COUNTY_DIGITS = 6


def bundle_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """The bundle of each project that the rule binds; never a verdict."""
    placed = {one.proposal.id: one for one in scene.placed}
    counties = {bound.proposal.id: _county(scene, placed[bound.proposal.id]) for bound in bounds}
    return [_answer(bound, bounds, counties) for bound in bounds]


def _county(scene: Scene, one: Placed) -> str | None:
    """The county that holds all of the project; none where that cannot be said."""
    codes = {adcode_at(scene.site, part.shape) or "" for part in one.located.parts}
    counties = {code[:COUNTY_DIGITS] for code in codes}
    county = counties.pop()
    return county if not counties and len(county) == COUNTY_DIGITS else None


def _answer(bound: Bound, bounds: Sequence[Bound], counties: dict[str, str | None]) -> Answer:
    one, county = bound.proposal, counties[bound.proposal.id]
    same = [
        each
        for each in bounds
        if county is not None
        and counties[each.proposal.id] == county
        and each.proposal.activity.technology == one.activity.technology
    ]
    sure = tuple(each.proposal.id for each in same if each.trigger.truth is Truth.TRUE)
    told = PlanTold(
        bound.rule.id,
        bound.plan.check.value,
        words.bundled(county, one.activity.technology, sure, len(same) - len(sure)),
        features=(county,) if county else (),
        counted=sure,
        count=len(sure) if county else None,
        possible=len(same) - len(sure) if county else None,
    )
    concerned = _concerned(county, len(sure), len(same))
    return Answer((told,), is_silent=True, concerns=concerned)


def _concerned(county: str | None, sure: int, most: int) -> Truth:
    """Whether there is anything to bundle."""
    if county is None:
        return Truth.UNKNOWN
    if sure > 1:
        return Truth.TRUE
    return Truth.UNKNOWN if most > 1 else Truth.FALSE
