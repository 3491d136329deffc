"""Assessing proposals: each on all of its ground, then all together under the plan rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.finding import ByCondition, Found, Open, advisories, clear_of, findings, gaps
from geozone.answers.judging import Judging
from geozone.answers.parts import AssessedPart, assessed_parts, masked
from geozone.answers.plan.checks import plan_answers
from geozone.answers.plan.decide import NOTHING_PLANNED, PlanAnswer
from geozone.answers.plan.scene import Placed
from geozone.answers.plan.told import PlanTold
from geozone.answers.procedures import beside
from geozone.answers.site import Site
from geozone.answers.together import located_together
from geozone.engine.locate import locate
from geozone.engine.located import Located
from geozone.land.proposals.proposal import Proposal, Proposals
from geozone.law.fact import approvals
from geozone.law.judgement import Cause, Gap, Judgement
from geozone.law.rule import Text
from geozone.law.verdict import Verdict, severest

Progress = Callable[[int, int], None]
"""Told how much is done: (done, total)."""


@dataclass(frozen=True, eq=False)
class Assessment:
    """What is said of one proposal, with every reason."""

    proposal: Proposal
    verdict: Verdict
    ground: Verdict
    findings: tuple[Found, ...]
    gaps: tuple[Open, ...]
    clear: tuple[str, ...]
    judgements: tuple[Judgement, ...]
    parts: tuple[AssessedPart, ...]
    masks: dict[str, float]
    advisories: dict[str, Text]
    located: Located
    plan: tuple[PlanTold, ...] = ()
    """What the plan rules looked at: sets of proposals and rights, not this one alone."""

    def to_dict(self) -> dict[str, Any]:  # JSON of the contract
        """The assessment as the contract writes it: lists sorted, codes beside words."""
        return {
            "id": self.proposal.id,
            "activity": str(self.proposal.activity),
            "verdict": self.verdict.code,
            "ground": self.ground.code,
            "findings": [one.to_dict() for one in self.findings],
            "gaps": [one.to_dict() for one in self.gaps],
            "clear": list(self.clear),
            "lifted": _sorted(
                {"rule": lift.rule, "by": lift.by} for one in self.judgements for lift in one.lifted
            ),
            "operation": _sorted(
                {"rule": each.rule.id, "met": each.met}
                for one in self.judgements
                for each in one.operation
            ),
            "masks": [
                {"rule": rule, "area_m2": round(area, 2)} for rule, area in self.masks.items()
            ],
            "advisories": [
                {"rule": rule, "says": dict(says)} for rule, says in self.advisories.items()
            ],
            "parts": [
                {
                    "verdict": one.verdict.code,
                    "area_m2": round(one.area_m2, 2),
                    "share": round(one.share, 6),
                    "adcode": one.adcode,
                }
                for one in self.parts
            ],
            "plan": [one.to_dict() for one in self.plan],
            **beside(self.judgements),
        }


def assess(
    site: Site,
    proposals: Iterable[Proposal],
    progress: Progress | None = None,
    *,
    whole: bool = True,
    jobs: int = 1,
) -> tuple[Assessment, ...]:
    """The proposals judged one by one, in the order given, then together as a plan.

    ``whole`` is false where rows of their file were refused: what counts rights or wells
    cannot be clear then. ``jobs`` threads share what is located together.
    """
    wanted = tuple(proposals)
    found, judging = [], Judging(site)
    located = located_together(site, wanted, jobs)
    for at, proposal in enumerate(wanted):
        found.append(assess_one(site, proposal, judging, located.get(at)))
        if progress:
            progress(at + 1, len(wanted))
    return planned(site, found, whole=whole)


def planned(
    site: Site, found: Sequence[Assessment], *, whole: bool = True
) -> tuple[Assessment, ...]:
    """Assessments of a whole file with what the plan rules add to each."""
    placed = [Placed(one.proposal, one.located) for one in found]
    answers = plan_answers(site, placed, whole=whole)
    return tuple(_planned(site, *pair) for pair in zip(found, answers, strict=True))


def _planned(site: Site, one: Assessment, answer: PlanAnswer) -> Assessment:
    """The assessment with what the plan rules add to it; they never make it milder."""
    judged = answer.judgement
    if answer == NOTHING_PLANNED:
        return replace(one, judgements=(*one.judgements, judged))
    notes = advisories([judged], site.rules)
    for rule, says in answer.remarks:
        notes[rule] = _joined(notes.get(rule, {}), says)
    return replace(
        one,
        verdict=severest([one.verdict, judged.verdict]),
        findings=tuple(sorted([*one.findings, *answer.findings], key=_finding_key)),
        gaps=tuple(sorted([*one.gaps, *answer.gaps], key=_gap_key)),
        clear=tuple(sorted({*one.clear, *answer.clear})),
        judgements=(*one.judgements, judged),
        advisories=dict(sorted({**one.advisories, **notes}.items())),
        plan=answer.told,
    )


def _finding_key(one: Found) -> tuple[str, str]:
    return (one.rule, one.held.condition.key if one.held.condition else "")


def _gap_key(one: Open) -> tuple[str, ...]:
    gap = one.gap
    condition = gap.condition.key if gap.condition else ""
    return (gap.rule or "", gap.theme or "", gap.cause.value, gap.fact or "", condition)


def _joined(one: Text, other: Text) -> Text:
    """Two texts one after the other, language by language."""
    return {key: f"{one.get(key, '')} {text}".strip() for key, text in other.items()}


def strange_approvals(site: Site, proposals: Proposals) -> tuple[str, ...]:
    """A remark on each approval that names no rule of the site's documents: it lifts nothing."""
    return tuple(
        f"{one.place}: 批准所写的规则不存在，不起作用 / the approval {name!r} names no rule here"
        for one in proposals.stating("approvals")
        for name, _ in approvals(one.facts)
        if name not in site.rules
    )


def assess_one(
    site: Site,
    proposal: Proposal,
    judging: Judging | None = None,
    located: Located | None = None,
) -> Assessment:
    """One proposal judged on all of its ground, without the plan rules.

    Where it may lie in either of two places and these differ, it stays open. ``judging`` keeps
    what is judged from one proposal to the next; ``located`` is its ground if that is known.
    """
    judging = judging or Judging(site)
    if located is None:
        located = locate(site.regions, proposal.shape, proposal.accuracy_m, site.project.area)
    first = assess_located(site, proposal, located, judging=judging)
    if proposal.other is None:
        return first
    second = assess_one(site, replace(proposal, shape=proposal.other, other=None), judging)
    if _alike(first, second):
        return first
    return assess_located(site, proposal, located, (ANGLES,), judging=judging)


ANGLES = Gap(Cause.FACT_NOT_STATED, fact="angle_format")
"""It is not stated whether angles are decimal or packed digits."""


def _alike(one: Assessment, other: Assessment) -> bool:
    """Whether two places are judged the same, for the same rules and with the same needs."""
    pairs = [
        (each.verdict, each.ground, each.clear, {found.rule for found in each.findings})
        for each in (one, other)
    ]
    return pairs[0] == pairs[1]


def assess_located(
    site: Site,
    proposal: Proposal,
    located: Located,
    doubts: tuple[Gap, ...] = (),
    *,
    judging: Judging | None = None,
) -> Assessment:
    """One proposal judged on ground that is already measured; ``doubts`` keep it open."""
    judging = judging or Judging(site)
    judged = [judging.stated(proposal, part.row) for part in located.parts]
    best = [judging.best(proposal, part.row) for part in located.parts]
    measures = ByCondition(site.places, located.measures)
    rules = site.rules
    leaves = _leaves(proposal.shape, site.project.area)
    extra = [*doubts, *_whole_gaps(judged, leaves=leaves)]
    ground_extra = [*doubts, *_whole_gaps(best, leaves=leaves)]
    bare = Judgement(Verdict.UNDETERMINED, gaps=tuple(extra))
    undetermined = [Verdict.UNDETERMINED]
    return Assessment(
        proposal=proposal,
        verdict=severest([one.verdict for one in judged] + undetermined * bool(extra)),
        ground=severest([one.verdict for one in best] + undetermined * bool(ground_extra)),
        findings=findings(judged, measures),
        gaps=gaps([*judged, bare], measures, rules),
        clear=clear_of(judged),
        judgements=tuple(judged),
        parts=assessed_parts(site, located.parts, judged),
        masks=masked(located.parts, judged),
        advisories=advisories(judged, rules),
        located=located,
    )


def _whole_gaps(judged: list[Judgement], *, leaves: bool) -> list[Gap]:
    """What is open about a shape as a whole: it leaves the area, or is partly without a rule."""
    found = []
    if leaves:
        found.append(Gap(Cause.OUTSIDE_COVERAGE))
    kinds = {one.verdict is Verdict.NO_RULE for one in judged}
    if len(kinds) == 2:
        found.append(Gap(Cause.OUTSIDE_DOCUMENTS))
    return found


def _leaves(shape: BaseGeometry, area: BaseGeometry) -> bool:
    """Whether ground of a shape lies outside the study area."""
    if not shape.area:
        return False
    shapely.prepare(area)
    if shapely.covers(area, shape):
        return False
    return bool(shape.difference(area).area > _SLIVER_M2)


_SLIVER_M2 = 1e-3
"""A strip a millimetre wide and a metre long is no ground."""


def _sorted(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries once each, in a stable order."""
    unique = {tuple([(key, str(one[key])) for key in sorted(one)]): one for one in entries}
    return [unique[key] for key in sorted(unique)]
