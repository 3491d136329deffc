"""How far wells stand from one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.plan import words
from geozone.answers.plan.claims import NEW
from geozone.answers.plan.meeting import local_scale
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.engine.measure import TOUCH_M, ground_distances
from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array
from geozone.engine.region import SCALE_SLACK
from geozone.land.proposals.proposal import Proposal
from geozone.law.judgement import Cause
from geozone.law.plan import REGISTERS, PlanCheck
from geozone.law.rule import Rule

REGISTER = REGISTERS[PlanCheck.SPACING]


@dataclass(frozen=True, eq=False)
class Wells:
    """Wells, proposed or registered; arrays of one length, metres of the working CRS."""

    ids: tuple[str, ...]
    shapes: Shapes
    accuracy_m: NDArray[np.float64]
    registered: NDArray[np.bool_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Of ``shapes``."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def worst_m(self) -> float:
        """The accuracy of the wells that are known worst."""
        return float(self.accuracy_m.max(initial=0.0))

    def around(self, shape: BaseGeometry, planar: float) -> Wells:
        """The wells within planar metres of a shape, in their order."""
        at = np.sort(self.tree.query(shape, predicate="dwithin", distance=planar))
        ids = tuple(self.ids[one] for one in at.tolist())
        return Wells(ids, self.shapes[at], self.accuracy_m[at], self.registered[at])


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
    scale = local_scale(crs, one.shape)
    unsure = wells.worst_m + one.accuracy_m
    planar = ((max(limit, 0.0) + unsure) * scale + 1.0) * SCALE_SLACK
    for _ in range(WIDER):
        near = wells.around(one.shape, planar)
        found = _gaps_among(crs, one, near, limit, scale)
        if found[1] * SCALE_SLACK <= planar:
            return found[0]
        planar *= 4
    return _gaps_among(crs, one, wells, limit, scale)[0]


WIDER = 4
"""How often wells are looked for farther out before all of them are measured."""


def _gaps_among(
    crs: CRS, one: Proposal, wells: Wells, limit: float, scale: float
) -> tuple[list[Apart], float]:
    """The same among some wells, and the planar metres to the nearest of them."""
    planar = shapely.distance(wells.shapes, one.shape)
    unsure = wells.accuracy_m + one.accuracy_m
    planar[~wells.registered & (np.array(wells.ids, str) == one.id)] = np.inf
    own = _own(one, wells, planar / scale, unsure)
    if len(own):
        planar[own[0]] = np.inf
        unsure[own] = unsure[own].max()
    nearest = float(planar.min(initial=np.inf))
    reach = np.maximum(nearest, (limit + unsure) * scale) * SCALE_SLACK
    near = np.flatnonzero((planar <= reach) & np.isfinite(planar))
    distances = ground_distances(crs, one.shape, wells.shapes[near])
    found = [
        Apart(float(distance), float(unsure[at]), wells.ids[at])
        for distance, at in zip(distances, near, strict=True)
    ]
    return found, nearest


def _own(
    one: Proposal, wells: Wells, distance_m: NDArray[np.float64], unsure_m: NDArray[np.float64]
) -> NDArray[np.intp]:
    """The entries of the register that may be the proposal's own, if it exists: nearest first.

    Only one of them is. Which one cannot be said, so the others are as unsure as the worst:
    then whatever is too near for certain without the nearest is so without another, too.
    """
    stage = one.facts.get("stage")
    if stage is None or stage == NEW:
        return np.empty(0, np.intp)
    there = wells.registered & (distance_m <= np.maximum(unsure_m, TOUCH_M))
    found = np.flatnonzero(there)
    order: NDArray[np.intp] = found[
        np.lexsort((np.array(wells.ids, str)[found], distance_m[found]))
    ]
    return order


def _unregistered(scene: Scene, one: Proposal, limit: float) -> tuple[Doubt, ...]:
    """Why wells may stand near that are not known."""
    scale = local_scale(scene.site.project.crs, one.shape)
    margin = (limit + scene.accuracy_m(REGISTER) + one.accuracy_m) * scale
    return scene.unregistered(REGISTER, one.shape, margin)
