"""Whether proposals that state one right id can all speak of one right.

A right id is what makes several proposals one right, so that it counts once. One that the
register does not hold proves nothing by itself: what is stated beside it must fit one right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import shapely
from pyproj import CRS

from geozone.answers.plan.meeting import Meeting, local_scale, meeting
from geozone.engine.outline import shapes_array
from geozone.land.proposals.proposal import Proposal
from geozone.rules import vocabulary

NEW = "new"
HOLDING = ("holder", "holders")
"""The facts that say who holds a right, and how many do."""


def registers() -> tuple[str, ...]:
    """The objects that are rights: those of which there may be a register."""
    return tuple(one for one in sorted(vocabulary.objects()) if one in vocabulary.themes())


def claims(proposals: Iterable[Proposal]) -> Mapping[str, tuple[Proposal, ...]]:
    """The proposals of rights by the right id that they state, sorted by their ids.

    Wells and projects only name the right that they stand under.
    """
    found: dict[str, list[Proposal]] = {}
    rights = registers()
    for one in sorted(proposals, key=_id):
        name = one.facts.get("right_id")
        if name is not None and one.activity.object in rights:
            found.setdefault(str(name), []).append(one)
    return {name: tuple(each) for name, each in found.items()}


def _id(one: Proposal) -> str:
    return one.id


def disagree(same: Sequence[Proposal], crs: CRS) -> bool:
    """Whether proposals of one right id contradict one another.

    They do where they differ in activity or holder, where some are new and some are not, and
    where areas of a right that is new share ground: parts of a right lie side by side.
    """
    if len(same) < 2:
        return False
    stages = _stated(same, "stage")
    if len({one.activity for one in same}) > 1 or (NEW in stages and len(stages) > 1):
        return True
    if any(len(_stated(same, fact)) > 1 for fact in HOLDING):
        return True
    return stages <= {NEW} and _overlap(same, crs)


def _stated(same: Sequence[Proposal], fact: str) -> set[object]:
    """What is stated of a fact; a proposal that does not state it contradicts nothing."""
    return {one.facts[fact] for one in same if fact in one.facts}


def _overlap(same: Sequence[Proposal], crs: CRS) -> bool:
    """Whether any two share ground beyond their accuracy."""
    shapes = shapes_array([one.shape for one in same])
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    return any(_share(same[one], same[other], crs) for one, other in pairs if one < other)


def _share(one: Proposal, other: Proposal, crs: CRS) -> bool:
    both = one.accuracy_m + other.accuracy_m
    lies = meeting(one.shape, other.shape, both, local_scale(crs, one.shape))
    return lies >= Meeting.SHARES
