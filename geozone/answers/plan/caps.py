"""How many mining rights lie in one settlement, inside one boundary, in one planned block."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely

from geozone.answers.plan import words
from geozone.answers.plan.claims import NEW
from geozone.answers.plan.features import Feature, Features, features_of
from geozone.answers.plan.meeting import Meeting, local_scale, unsure_cause
from geozone.answers.plan.rights import Met, Right
from geozone.answers.plan.scene import Bound, Scene
from geozone.answers.plan.spans import span_doubts, told_spans
from geozone.answers.plan.told import Answer, Doubt, PlanTold, Where
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.land.proposals.proposal import Proposal
from geozone.law.counting import counts
from geozone.law.judgement import Cause
from geozone.law.plan import PlanCheck, PlanTest
from geozone.law.state import Truth

_COUNTS: Mapping[PlanCheck, Mapping[Meeting, Truth]] = {
    PlanCheck.CAP: {
        Meeting.APART: Truth.FALSE,
        Meeting.EDGE: Truth.UNKNOWN,
        Meeting.NEAR: Truth.UNKNOWN,
        Meeting.SHARES: Truth.UNKNOWN,
        Meeting.INSIDE: Truth.TRUE,
    },
    PlanCheck.ONE_RIGHT: {
        Meeting.APART: Truth.FALSE,
        Meeting.EDGE: Truth.FALSE,
        Meeting.NEAR: Truth.UNKNOWN,
        Meeting.SHARES: Truth.TRUE,
        Meeting.INSIDE: Truth.TRUE,
    },
}
"""Whether a right counts in a feature. A settlement counts what lies wholly inside it, and
leaves open what lies partly inside. Blocks tile the plane and are held by whoever shares
their ground; an exact common border is no ground."""


@dataclass(frozen=True, eq=False)
class Tally:
    """The rights of one feature: those that surely count, and those that may, with why.

    ``unseen``: why there may be more than are known.
    """

    sure: tuple[Right, ...]
    maybe: Mapping[Right, tuple[Doubt, ...]]
    unseen: tuple[Doubt, ...]

    def holds(self, right: Right) -> bool:
        """Whether the right counts, or may."""
        return right in self.sure or right in self.maybe


def cap_answers(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    """What a cap, or one right for one block, comes to for each proposal that it binds."""
    features = features_of(scene, bounds[0].plan)
    tallies: dict[int, Tally] = {}
    found = []
    for bound in bounds:
        met = _concerned(bound, features)
        for at in met:
            if at not in tallies:
                tallies[at] = _tally(scene, bound, features.items[at])
        held = [(features.items[at], tallies[at]) for at in met]
        found.append(_answer(scene, bound, features, held))
    return found


def _concerned(bound: Bound, features: Features) -> list[int]:
    met = features.met(bound.ground, bound.proposal.accuracy_m)
    table = _COUNTS[bound.plan.check]
    return [at for at, lies in met.items() if table[lies] is not Truth.FALSE]


def _tally(scene: Scene, bound: Bound, feature: Feature) -> Tally:
    sure, maybe = [], {}
    for at, met in scene.mining.met(feature.shape, feature.accuracy_m).items():
        right = scene.mining.items[at]
        truth, doubts = _counted(scene, bound, right, _standing(bound.plan, feature, met))
        if truth is Truth.TRUE:
            sure.append(right)
        elif truth is Truth.UNKNOWN:
            maybe[right] = doubts
    theme = scene.mining.theme
    margin = feature.accuracy_m + scene.accuracy_m(theme)
    planar = margin * local_scale(scene.site.project.crs, feature.shape)
    return Tally(tuple(sure), maybe, scene.unregistered(theme, feature.shape, planar))


Standing = tuple[Truth, tuple[Doubt, ...]]
"""Whether something counts, and what leaves that open."""


def _standing(plan: PlanTest, feature: Feature, met: Met) -> Standing:
    """Whether a right counts in the feature by where it lies."""
    truth = _COUNTS[plan.check][met.lies]
    if truth is not Truth.UNKNOWN:
        return truth, ()
    shares = met.lies is Meeting.SHARES
    why = Cause.TEXT_AMBIGUOUS if shares else unsure_cause(met.accuracy_m)
    return truth, (Doubt(why, plan.within or "", "", (feature.id,)),)


def _counted(scene: Scene, bound: Bound, right: Right, standing: Standing) -> Standing:
    """Whether a right counts, by where it lies, when it was granted and what it is called."""
    truth, doubts = standing
    if bound.plan.counts == NEW:
        added, open_ = right.is_new(scene.mining.theme, scene.since(bound.rule))
        truth, doubts = min(truth, added), doubts + open_
    if right.doubt is not None:
        truth, doubts = min(truth, Truth.UNKNOWN), (*doubts, right.doubt)
    return truth, doubts


def _answer(
    scene: Scene, bound: Bound, features: Features, held: Sequence[tuple[Feature, Tally]]
) -> Answer:
    mine = scene.mining.of(bound.proposal) if _is_right(scene, bound.proposal) else None
    concerned = [(one, tally) for one, tally in held if mine is None or tally.holds(mine)]
    broken, doubts = [], list(_unseen(scene, bound, features))
    unseen = bool(doubts)
    for feature, tally in concerned:
        is_broken, open_ = _weighed(bound.plan, feature, tally, mine)
        broken += [feature] * is_broken
        doubts += open_
    spans = span_doubts(bound, features, mine) if mine and _is_one_each(bound.plan) else ()
    told = [_told(scene, bound, feature, tally) for feature, tally in concerned]
    told += told_spans(bound, spans)
    where = _where(scene, bound, broken) if broken else None
    doubts += [*spans, *scene.contradicted(bound.proposal)]
    return Answer(tuple(told) or (_none(bound, is_unseen=unseen),), where, tuple(doubts))


def _is_one_each(plan: PlanTest) -> bool:
    """Whether the rule matches one right with one feature, which binds both ways."""
    return plan.check is PlanCheck.ONE_RIGHT


def _is_right(scene: Scene, proposal: Proposal) -> bool:
    return proposal.activity.object == scene.mining.theme


def _unseen(scene: Scene, bound: Bound, features: Features) -> tuple[Doubt, ...]:
    """Why the proposal may lie in features that are not known, and rights there neither."""
    scale = local_scale(scene.site.project.crs, bound.ground)
    accuracy = bound.proposal.accuracy_m
    margin = (features.accuracy_m + accuracy) * scale
    found = scene.unseen(features.condition, bound.ground, margin)
    if not found:
        return ()
    theme = scene.mining.theme
    rights = (scene.accuracy_m(theme) + accuracy) * scale
    return found + scene.unregistered(theme, bound.ground, rights)


def _weighed(
    plan: PlanTest, feature: Feature, tally: Tally, mine: Right | None
) -> tuple[bool, tuple[Doubt, ...]]:
    """Whether the feature surely holds too many for this proposal, else why that is open."""
    least = len(tally.sure)
    most = math.inf if tally.unseen else least + len(tally.maybe)
    fits = {counts(plan.op, number, plan.limit) for number in (least, most)}
    if fits == {True}:
        return False, ()
    if fits == {False}:
        own = tally.maybe.get(mine, ()) if mine is not None else ()
        return not (own or feature.doubts), own + feature.doubts
    others = tuple(doubt for each in tally.maybe.values() for doubt in each)
    return False, others + tally.unseen + feature.doubts


def _told(scene: Scene, bound: Bound, feature: Feature, tally: Tally) -> PlanTold:
    plan = bound.plan
    possible = None if tally.unseen else len(tally.maybe)
    return PlanTold(
        bound.rule.id,
        plan.check.value,
        words.counted(feature.id, plan, len(tally.sure), possible, feature.lacks),
        features=(feature.id,),
        counted=tuple(sorted(one.label for one in tally.sure)),
        count=len(tally.sure),
        possible=possible,
        limit=plan.limit,
        area_m2=_shared(scene, bound, [feature]),
    )


def _none(bound: Bound, *, is_unseen: bool) -> PlanTold:
    plan = bound.plan
    says = words.unseen(plan.within or "") if is_unseen else words.outside(plan.within or "")
    count = None if is_unseen else 0
    return PlanTold(
        bound.rule.id, plan.check.value, says, count=count, possible=count, limit=plan.limit
    )


def _where(scene: Scene, bound: Bound, broken: Sequence[Feature]) -> Where:
    shared = _shared(scene, bound, broken)
    whole = ellipsoidal_area(bound.proposal.shape, scene.site.project.crs)
    names = tuple(one.id for one in broken)
    return Where(
        bound.plan.within, names, overlap_m2=shared, share=shared / whole if whole else None
    )


def _shared(scene: Scene, bound: Bound, features: Sequence[Feature]) -> float:
    """Ground that the proposal shares with the features, overlapping ones once."""
    union = shapely.union_all([one.shape for one in features])
    overlap = shapely.intersection(bound.ground, union)
    return ellipsoidal_area(overlap, scene.site.project.crs)
