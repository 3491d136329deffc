"""All plan rules asked of all proposals of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from geozone.answers.plan.bundles import bundle_answers
from geozone.answers.plan.caps import cap_answers
from geozone.answers.plan.cells import cell_answers
from geozone.answers.plan.decide import (
    NOTHING_PLANNED,
    PlanAnswer,
    contradicted,
    decided,
    together,
    unasked,
)
from geozone.answers.plan.overlaps import overlap_answers
from geozone.answers.plan.reservoirs import reservoir_answers
from geozone.answers.plan.scene import Bound, Placed, Scene, bound_rules, by_rule
from geozone.answers.plan.told import Answer
from geozone.answers.plan.wells import spacing_answers
from geozone.answers.site import Site, is_doubtful
from geozone.land.proposals.proposal import Proposal
from geozone.law.plan import PlanCheck
from geozone.law.state import Truth
from geozone.rules.outcome import decides

Check = Callable[[Scene, Sequence[Bound]], list[Answer]]
"""What one rule comes to for each proposal that it binds, in their order."""

CHECKS: Mapping[PlanCheck, Check] = {
    PlanCheck.CAP: cap_answers,
    PlanCheck.ONE_RIGHT: cap_answers,
    PlanCheck.OVERLAP: overlap_answers,
    PlanCheck.MIN_CELLS: cell_answers,
    PlanCheck.SPACING: spacing_answers,
    PlanCheck.SAME_RESERVOIR: reservoir_answers,
    PlanCheck.BUNDLE: bundle_answers,
}

RIGHTS = (PlanCheck.CAP, PlanCheck.ONE_RIGHT, PlanCheck.OVERLAP)


def plan_answers(
    site: Site, placed: Sequence[Placed], *, whole: bool = True
) -> tuple[PlanAnswer, ...]:
    """What the plan rules say of each proposal of a file, in the order given.

    ``whole`` is false where rows of the file were refused: they might count as well.
    """
    bounds = {at: bound_rules(site, one) for at, one in enumerate(placed)}
    place = {bound: at for at, each in bounds.items() for bound in each}
    if not place:
        return (NOTHING_PLANNED,) * len(placed)
    scene = Scene(site, tuple(placed), whole)
    found: list[list[PlanAnswer]] = [[] for _ in placed]
    for each in by_rule(list(place)).values():
        asked = [one for one in each if is_asked(one)]
        for one in each:
            if not is_asked(one):
                found[place[one]].append(unasked(one))
        for one, answer in zip(asked, _asked(scene, asked), strict=True):
            found[place[one]].append(decided(one, answer))
    if any(_counts_rights(one) for one in place):
        for answers, proposal in zip(found, scene.proposals, strict=True):
            answers.append(_contradicted(scene, proposal))
    return tuple(together(each) for each in found)


def _counts_rights(one: Bound) -> bool:
    """Whether the rule rests on right ids: then they must not be stated of two rights."""
    return one.plan.check in RIGHTS and decides(one.rule) and not is_doubtful(one.clause)


def _contradicted(scene: Scene, proposal: Proposal) -> PlanAnswer:
    """What a right states against the file, even where no rule is asked of it."""
    return PlanAnswer(gaps=tuple(contradicted(one) for one in scene.contradicted(proposal)))


def is_asked(one: Bound) -> bool:
    """Whether a rule that binds a proposal has to look at the file."""
    return one.trigger.truth is not Truth.FALSE and not is_doubtful(one.clause)


def _asked(scene: Scene, bounds: Sequence[Bound]) -> list[Answer]:
    return CHECKS[bounds[0].plan.check](scene, bounds) if bounds else []
