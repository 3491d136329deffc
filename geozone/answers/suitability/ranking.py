"""Candidate blocks in order of their scores, with the verdicts of their judged ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from geozone.answers.assess import Assessment, assess
from geozone.answers.site import Site, open_site
from geozone.answers.suitability.maps import ScoreMaps
from geozone.answers.suitability.model import Class
from geozone.answers.suitability.statistics import Tract, TractStatistics, tract_statistics
from geozone.land.proposals.proposal import Proposal
from geozone.law.activity import Activity
from geozone.law.errors import Fault, Refused
from geozone.law.judgement import Cause
from geozone.law.verdict import Verdict

DIGITS = 9
"""Scores and hectares that agree so far are equal: the rest is the order of adding up."""


class RankBy(Enum):
    """What puts one block before another."""

    MEAN = "mean"
    """The mean score of its open ground."""
    SUITABLE = "suitable_ha"
    """How many hectares are of the best class."""


class Standing(Enum):
    """Where a block stands, best first; only the first two have places among themselves."""

    OPEN = "open"
    """Its verdict is allowed or restricted."""
    TO_SHOW = "to_show"
    """Its ground is, but facts that decide its verdict are not stated."""
    UNSCORED = "unscored"
    """Too little of its ground that is not closed is open and has a score."""
    UNDETERMINED = "undetermined"
    NO_RULE = "no_rule"
    PROHIBITED = "prohibited"


@dataclass(frozen=True)
class RankedBlock:
    """A block, where it stands, and its place from 1 there: equals share one; apart it has none.

    ``verdict`` is what was assessed, ``ground`` that of its ground; ``to_show`` are rule and fact
    of what was not stated.
    """

    id: str
    activity: Activity
    standing: Standing
    place: int | None
    verdict: Verdict
    ground: Verdict
    to_show: tuple[tuple[str, str], ...]
    statistics: TractStatistics

    @property
    def mean(self) -> float | None:
        """The mean score of its open ground; none where no score is known there."""
        return self.statistics.open_scores.mean if self.statistics.open_scores else None

    @property
    def suitable_ha(self) -> float:
        """Hectares of the best class."""
        return self.statistics.classes[Class.SUITABLE]

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The block as JSON values, keys always in the same order."""
        return {
            "id": self.id,
            "activity": str(self.activity),
            "standing": self.standing.value,
            "place": self.place,
            "verdict": self.verdict.code,
            "ground": self.ground.code,
            "to_show": [{"rule": rule, "fact": fact} for rule, fact in self.to_show],
            "mean": None if self.mean is None else round(self.mean, 6),
            "suitable_ha": round(self.suitable_ha, 4),
            "statistics": self.statistics.to_dict(),
        }


def rank_blocks(
    site: Site,
    maps: ScoreMaps,
    blocks: Sequence[Proposal],
    *,
    activity: Activity,
    by: RankBy = RankBy.MEAN,
    least_known: float = 0.5,
    jobs: int = 1,
) -> tuple[RankedBlock, ...]:
    """The blocks of a file assessed together, scored and ranked as ``ranked`` does.

    Each is assessed for what it is for, as a right or a project; ``activity`` is the model's,
    whose technology it must have. Raises ``Refused`` for blocks that are no polygons, that are of
    another technology, or whose ids are repeated; ``ValueError`` for maps of another CRS.
    """
    if maps.grid.crs != site.project.crs:
        raise ValueError("maps and blocks are of different CRSs")
    faults = [
        Fault("blocks", one.place, f"活动是 {one.activity} / is of {one.activity}", _todo(activity))
        for one in blocks
        if one.activity.technology != activity.technology
    ]
    if faults:
        raise Refused(faults)
    tracts = [Tract(one.id, one.shape) for one in blocks]
    found = tract_statistics(tracts, maps, site.project.area)
    asked = open_site(site.project, (one.activity for one in blocks), site.on, site.policies)
    judged = assess(asked, blocks, jobs=jobs)
    return ranked(zip(judged, found, strict=True), by=by, least_known=least_known)


def _todo(activity: Activity) -> str:
    name = activity.technology
    return f"模型针对技术 {name}，请去掉或改正 / the model is for {name}: leave it out or correct"


def ranked(
    blocks: Iterable[tuple[Assessment, TractStatistics]],
    *,
    by: RankBy = RankBy.MEAN,
    least_known: float = 0.5,
) -> tuple[RankedBlock, ...]:
    """Blocks by standing, then by score; which came first in the file changes nothing.

    No score lifts a block over one of a better standing, and no unknown ground counts as zero: a
    block whose ``open_share`` is less than ``least_known`` stands apart. Of equal
    scores the one with more suitable hectares (by those: the higher mean) is told first, then by
    id; they share a place.
    """
    order = list(Standing)
    rows = sorted(
        ((_standing(one, told, least_known), *_keys(told, by), one, told) for one, told in blocks),
        key=lambda row: (order.index(row[0]), -row[1], -row[2], row[3].proposal.id),
    )
    found: list[RankedBlock] = []
    first: dict[Standing, tuple[int, float, int]] = {}  # counted, the last score and its place
    for standing, score, _, one, told in rows:
        count, last, place = first.get(standing, (0, float("nan"), 0))
        place = place if score == last else count + 1
        first[standing] = (count + 1, score, place)
        has_place = standing in (Standing.OPEN, Standing.TO_SHOW)
        found.append(_block(one, told, standing, place if has_place else None))
    return tuple(found)


def _keys(told: TractStatistics, by: RankBy) -> tuple[float, float]:
    """The score that decides, and what decides between equals; less than any where unknown."""
    mean = round(told.open_scores.mean, DIGITS) if told.open_scores else -1.0
    suitable = round(told.classes[Class.SUITABLE], DIGITS)
    return (mean, suitable) if by is RankBy.MEAN else (suitable, mean)


def _block(
    one: Assessment, told: TractStatistics, standing: Standing, place: int | None
) -> RankedBlock:
    unstated = {
        (gap.rule or "", gap.gap.fact or "")
        for gap in one.gaps
        if gap.gap.cause is Cause.FACT_NOT_STATED
    }
    return RankedBlock(
        one.proposal.id,
        one.proposal.activity,
        standing,
        place,
        one.verdict,
        one.ground,
        tuple(sorted(unstated)),
        told,
    )


def _standing(one: Assessment, told: TractStatistics, least_known: float) -> Standing:
    """Where a block stands, from its judged ground and verdict; the score lifts nothing."""
    worst = max(one.ground, one.verdict)
    if worst is Verdict.PROHIBITED:
        return Standing.PROHIBITED
    if one.ground is Verdict.UNDETERMINED:
        return Standing.UNDETERMINED
    if Verdict.NO_RULE in (one.ground, one.verdict):
        return Standing.NO_RULE
    if one.verdict is Verdict.UNDETERMINED and not _is_unstated(one):
        return Standing.UNDETERMINED
    if told.open_share < least_known or told.open_scores is None:
        return Standing.UNSCORED
    return Standing.TO_SHOW if one.verdict is Verdict.UNDETERMINED else Standing.OPEN


def _is_unstated(one: Assessment) -> bool:
    """Whether nothing but facts that nobody stated keeps a verdict open."""
    return bool(one.gaps) and all(gap.gap.cause is Cause.FACT_NOT_STATED for gap in one.gaps)
