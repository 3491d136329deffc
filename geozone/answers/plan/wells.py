"""How far wells stand from one another, and whether those of one right share a reservoir."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.answers.plan import words
from geozone.answers.plan.meeting import local_scale
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.engine.measure import TOUCH_M, ground_distances
from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array
from geozone.engine.region import SCALE_SLACK
from geozone.land.proposal import Proposal
from geozone.law.judgement import Cause
from geozone.law.plan import REGISTERS, PlanCheck
from geozone.law.rule import Rule

REGISTER = REGISTERS[PlanCheck.SPACING]
NEW = "new"
PARTNERS = {"well_production": "well_reinjection", "well_reinjection": "well_production"}


@dataclass(frozen=True, eq=False)
class Wells:
    """Wells, proposed or registered; arrays of one length, metres of the working CRS."""

    ids: tuple[str, ...]
    shapes: Shapes
    accuracy_m: NDArray[np.float64]
    registered: NDArray[np.bool_]


@dataclass(frozen=True)
class Apart:
    """The ground distance to another well, and how much it may be off."""

    distance_m: float
    unsure_m: float
    well: str


def spacing_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """How near the next well is, for each well that the rule binds."""
    wells = _wells(scene, bounds[0].rule)
    return [_spaced(scene, bound, wells) for bound in bounds]


def _wells(scene: Scene, rule: Rule) -> Wells:
    """The registered wells, and the proposed ones of the kinds that the rule speaks of."""
    kinds = {activity.object for binding in rule.binds for activity in binding.activities}
    found = [
        (False, one.id, one.accuracy_m, one.shape)
        for one in scene.proposals
        if one.activity.object in kinds
    ]
    found += [
        (True, name, layer.accuracy_m, shape)
        for layer in scene.site.ground.theme(REGISTER).layers
        for name, shape in zip(layer.ids, layer.shapes, strict=True)
    ]
    return Wells(
        tuple(name for _, name, _, _ in found),
        shapes_array([shape for _, _, _, shape in found]),
        np.array([accuracy for _, _, accuracy, _ in found], float),
        np.array([registered for registered, _, _, _ in found], bool),
    )


def _spaced(scene: Scene, bound: Bound, wells: Wells) -> Answer:
    limit, one = bound.plan.limit, bound.proposal
    gaps = _gaps(scene.site.project.crs, one, wells, limit)
    nearest = min(gaps, key=lambda gap: (gap.distance_m, gap.well), default=None)
    told = _told(scene, bound, nearest)
    if limit <= 0:
        return Answer((told,), is_silent=True)
    sure = [gap for gap in gaps if gap.distance_m + gap.unsure_m < limit - TOLERANCE_M]
    if sure:
        names = tuple(sorted(gap.well for gap in sure))
        distance = min(gap.distance_m for gap in sure)
        return Answer((told,), broken=Where(REGISTER, names, distance, limit))
    near = [gap for gap in gaps if gap.distance_m - gap.unsure_m < limit - TOLERANCE_M]
    return Answer((told,), doubts=_unsure(near, limit) + _unregistered(scene, one, limit))


def _unsure(near: Sequence[Apart], limit: float) -> tuple[Doubt, ...]:
    """Wells whose distance cannot be told from the limit."""
    if not near:
        return ()
    names = tuple(sorted(gap.well for gap in near))
    distance = min(gap.distance_m for gap in near)
    return (Doubt(Cause.WITHIN_ACCURACY, REGISTER, "", names, distance, limit),)


def _told(scene: Scene, bound: Bound, nearest: Apart | None) -> PlanTold:
    limit, well = bound.plan.limit, nearest.well if nearest else None
    distance = nearest.distance_m if nearest else None
    is_registered = scene.site.ground.theme(REGISTER).cause is None
    return PlanTold(
        bound.rule.id,
        bound.plan.check.value,
        words.spaced(well, distance, limit, is_registered=is_registered),
        features=(well,) if well else (),
        limit=limit,
        distance_m=distance,
    )


def _gaps(crs: CRS, one: Proposal, wells: Wells, limit: float) -> list[Apart]:
    """The nearest other wells, and all that may be nearer than the limit."""
    planar = shapely.distance(wells.shapes, one.shape)
    unsure = wells.accuracy_m + one.accuracy_m
    scale = local_scale(crs, one.shape)
    planar[_own(one, wells, planar / scale, unsure)] = np.inf
    reach = np.maximum(planar.min(initial=np.inf), (limit + unsure) * scale) * SCALE_SLACK
    near = np.flatnonzero((planar <= reach) & np.isfinite(planar))
    distances = ground_distances(crs, one.shape, wells.shapes[near])
    return [
        Apart(float(distance), float(unsure[at]), wells.ids[at])
        for distance, at in zip(distances, near, strict=True)
    ]


def _own(
    one: Proposal, wells: Wells, distance_m: NDArray[np.float64], unsure_m: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """The proposal itself, and its entry in the register if it exists and stands there."""
    stage = one.facts.get("stage")
    exists = stage is not None and stage != NEW
    there = wells.registered & (distance_m <= np.maximum(unsure_m, TOUCH_M))
    itself = ~wells.registered & (np.array(wells.ids, str) == one.id)
    own: NDArray[np.bool_] = itself | (there & exists)
    return own


def _unregistered(scene: Scene, one: Proposal, limit: float) -> tuple[Doubt, ...]:
    """Why wells may stand near that are not known."""
    scale = local_scale(scene.site.project.crs, one.shape)
    margin = (limit + scene.accuracy_m(REGISTER) + one.accuracy_m) * scale
    return scene.unregistered(REGISTER, one.shape, margin)


def reservoir_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """Whether a well shares its reservoir with a well of the other kind under the same right.

    One such partner is enough: a right may use several reservoirs, each with its own pair.
    """
    return [_paired(scene, bound) for bound in bounds]


def _paired(scene: Scene, bound: Bound) -> Answer:
    one, right = bound.proposal, bound.proposal.facts.get("right_id")
    other_kind = PARTNERS.get(one.activity.object)
    partners = [
        each
        for each in sorted(scene.proposals, key=lambda each: each.id)
        if right is not None
        and each.activity.object == other_kind
        and each.facts.get("right_id") == right
    ]
    names = tuple(each.id for each in partners)
    truths = [_shares(one, each) for each in partners]
    told = PlanTold(
        bound.rule.id,
        bound.plan.check.value,
        words.paired(None if right is None else str(right), names, truths),
        features=names,
        count=truths.count(True),
        possible=truths.count(None),
    )
    if not partners:
        return Answer((told,), is_silent=True)
    if True in truths:
        return Answer((told,))
    if None in truths:
        doubt = Doubt(Cause.FACT_NOT_STATED, REGISTER, "reservoir", names)
        return Answer((told,), doubts=(doubt,))
    return Answer((told,), broken=Where(REGISTER, names))


def _shares(one: Proposal, other: Proposal) -> bool | None:
    """Whether two wells name a reservoir in common; none where one of them names none."""
    mine, theirs = one.facts.get("reservoir"), other.facts.get("reservoir")
    if mine is None or theirs is None:
        return None
    return bool(_named(mine) & _named(theirs))


def _named(value: object) -> set[str]:
    return {str(one) for one in value} if isinstance(value, tuple) else {str(value)}
