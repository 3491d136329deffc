"""Whether one right takes up several planned blocks, where one block is to carry one right.

A limit on the rights of each block does not see this: the match of block and right goes both
ways, but nothing says what follows where a right is larger than its block.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry.base import BaseGeometry

from geozone.answers.plan import words
from geozone.answers.plan.features import Feature, Features
from geozone.answers.plan.meeting import Meeting, unsure_cause
from geozone.answers.plan.rights import Met, Right
from geozone.answers.plan.scene import Bound
from geozone.answers.plan.told import Doubt, PlanTold
from geozone.law.judgement import Cause

MANY = 2


def span_doubts(bound: Bound, features: Features, right: Right) -> tuple[Doubt, ...]:
    """Why the right may take up more than one of the features; none where it surely does not."""
    met = _met(bound, features, right)
    found = [(features.items[at], met[at]) for at in sorted(met)]
    sure = [one for one, each in found if each.lies >= Meeting.SHARES and not one.doubts]
    if len(sure) >= MANY:
        names = tuple(sorted(one.id for one in sure))
        return (Doubt(Cause.TEXT_AMBIGUOUS, bound.plan.within or "", "", names),)
    if len(found) < MANY:
        return ()
    theme = bound.plan.within or ""
    return tuple(doubt for one, each in found for doubt in _open(one, each, theme))


def _open(feature: Feature, met: Met, theme: str) -> tuple[Doubt, ...]:
    """Why it cannot be said that the right takes up the feature; none where it does."""
    if met.lies >= Meeting.SHARES:
        return feature.doubts
    return (*feature.doubts, Doubt(unsure_cause(met.accuracy_m), theme, "", (feature.id,)))


def _met(bound: Bound, features: Features, right: Right) -> dict[int, Met]:
    """The features with which some piece of the right shares ground, or may."""
    found: dict[int, Met] = {}
    for shape, accuracy_m in _pieces(bound, right):
        for at, lies in features.met(shape, accuracy_m).items():
            met = Met(lies, features.items[at].accuracy_m + accuracy_m)
            if lies > Meeting.EDGE:
                found[at] = max(met, found.get(at, met))
    return found


def _pieces(bound: Bound, right: Right) -> Iterator[tuple[BaseGeometry, float]]:
    """The areas of the right, the proposal's own as far as the document's territory reaches."""
    for one in right.pieces:
        own = one.shape is bound.proposal.shape
        yield bound.ground if own else one.shape, one.accuracy_m


def told_spans(bound: Bound, doubts: tuple[Doubt, ...]) -> tuple[PlanTold, ...]:
    """The line that names the blocks of a right that takes up several for certain."""
    names = [one.features for one in doubts if one.cause is Cause.TEXT_AMBIGUOUS]
    return tuple(
        PlanTold(
            bound.rule.id,
            bound.plan.check.value,
            words.spans(each, bound.plan.within),
            features=each,
            limit=bound.plan.limit,
        )
        for each in names
    )
