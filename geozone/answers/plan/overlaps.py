"""Whether a proposed right shares ground with another right.

A border that two rights share to the millimetre, both drawn exactly, is no overlap: blocks tile
the plane, and so do the rights in them. Once an accuracy is stated, a border closer than it
leaves the question open.
"""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from geozone.answers.plan import words
from geozone.answers.plan.meeting import Meeting, local_scale, unsure_cause
from geozone.answers.plan.rights import Right, Rights
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.land.coordinates.scale import ellipsoidal_area


def overlap_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """What the ban on overlaps comes to for each proposal that it binds."""
    rights = scene.rights(bounds[0].plan.within or "")
    return [_answer(scene, bound, rights) for bound in bounds]


def _answer(scene: Scene, bound: Bound, rights: Rights) -> Answer:
    one = bound.proposal
    mine = rights.of(one) if one.activity.object == rights.theme else None
    met = rights.met(bound.ground, one.accuracy_m)
    others = {rights.items[at]: found for at, found in met.items() if rights.items[at] is not mine}
    shared = [right for right, each in others.items() if each.lies >= Meeting.SHARES]
    doubts = [
        Doubt(unsure_cause(each.accuracy_m), rights.theme, "", (right.label,))
        for right, each in others.items()
        if each.lies is Meeting.NEAR
    ]
    scale = local_scale(rights.crs, bound.ground)
    margin = (scene.accuracy_m(rights.theme) + one.accuracy_m) * scale
    unseen = () if shared else scene.unregistered(rights.theme, bound.ground, margin)
    told = _told(bound, rights, shared, None if unseen else len(doubts))
    doubts += scene.contradicted(one)
    where = _where(bound, rights, shared) if shared else None
    return Answer((told,), where, (*doubts, *unseen))


def _told(bound: Bound, rights: Rights, shared: list[Right], possible: int | None) -> PlanTold:
    names = tuple(sorted(one.label for one in shared))
    return PlanTold(
        bound.rule.id,
        bound.plan.check.value,
        words.overlaps(names, possible),
        features=names,
        counted=names,
        count=len(names),
        possible=possible,
        limit=0.0,
        area_m2=_shared_m2(bound, rights, shared),
    )


def _where(bound: Bound, rights: Rights, shared: list[Right]) -> Where:
    overlap = _shared_m2(bound, rights, shared)
    whole = ellipsoidal_area(bound.proposal.shape, rights.crs)
    names = tuple(sorted(one.label for one in shared))
    return Where(rights.theme, names, 0.0, 0.0, overlap, overlap / whole if whole else None)


def _shared_m2(bound: Bound, rights: Rights, shared: list[Right]) -> float:
    union = shapely.union_all([piece.shape for one in shared for piece in one.pieces])
    return ellipsoidal_area(shapely.intersection(bound.ground, union), rights.crs)
