"""Everything that is said of one parcel: every activity, measured once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geozone.answers.assess import Assessment, assess_located
from geozone.answers.finding import findings, gaps
from geozone.answers.procedures import PermitTold, besides, merged, permits
from geozone.answers.site import Site
from geozone.engine.locate import Located, locate
from geozone.land.proposals.proposal import Proposal
from geozone.law.activity import Activity
from geozone.law.judgement import Judgement, Listed
from geozone.law.rule import Rule
from geozone.law.state import State
from geozone.rules import vocabulary
from geozone.rules.judge import judge, judge_ground

MATRIX_OBJECTS = (
    "well_exploration",
    "well_production",
    "well_reinjection",
    "block_exploration",
    "block_mining",
    "project",
)
_LAND = "parcel"

Json = dict[str, Any]  # JSON of the contract


@dataclass(frozen=True, eq=False)
class Cell:
    """The ground verdict of one activity on all of a parcel, with its reasons."""

    activity: Activity
    assessment: Assessment
    judgements: tuple[Judgement, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that decide the verdict."""
        deciding = (one for one in self.judgements if one.verdict is self.assessment.ground)
        return tuple(sorted({rule for one in deciding for rule in one.rules}))

    @property
    def causes(self) -> tuple[str, ...]:
        """Why the verdict is open, where it is."""
        deciding = (one for one in self.judgements if one.verdict is self.assessment.ground)
        return tuple(sorted({cause for one in deciding for cause in one.causes}))

    @property
    def needs(self) -> tuple[str, ...]:
        """What a proposal must show, as ``RULE:fact``."""
        found = {f"{rule}:{fact}" for one in self.judgements for rule, fact in one.needs}
        return tuple(sorted(found))


@dataclass(frozen=True)
class Beside:
    """A rule listed beside the verdicts, with the technologies that it concerns.

    ``applies``: none where ground or facts leave it open for all of them.
    """

    rule: Rule
    technologies: tuple[str, ...]
    applies: bool | None


@dataclass(frozen=True, eq=False)
class ParcelAnswer:
    """A parcel on the ground, and the ground verdict of every activity there.

    ``land``: judgements of the parcel as land to be supplied, by technology.
    """

    site: Site
    parcel: Proposal
    located: Located
    cells: tuple[Cell, ...]
    land: Mapping[str, tuple[Judgement, ...]]

    def findings(self) -> list[Json]:
        """What the ground holds against any activity, each with the activities it concerns."""
        return _gathered(
            (cell.activity, one.to_dict())
            for cell in self.cells
            for one in findings(cell.judgements, self._measures())
        )

    def gaps(self) -> list[Json]:
        """What cannot be said for any activity, each with the activities it concerns."""
        rules = self.site.rules
        return _gathered(
            (cell.activity, one.to_dict())
            for cell in self.cells
            for one in gaps(cell.judgements, self._measures(), rules)
        )

    def beside(self) -> tuple[Beside, ...]:
        """Duties, procedures, incentives and the like, sorted by rule id."""
        found: dict[str, dict[str, Listed]] = {}
        for technology, judgements in self._by_technology().items():
            listed = (one for each in judgements for one in (*each.listed, *each.operation))
            for one in merged(listed):
                found.setdefault(one.rule.id, {})[technology] = one
        return tuple(_beside(found[name]) for name in sorted(found))

    def permits(self) -> dict[str, tuple[PermitTold, ...]]:
        """What the documents say of permits, by technology; technologies without any left out."""
        found = {
            technology: permits(besides(judgements))
            for technology, judgements in self._by_technology().items()
        }
        return {technology: told for technology, told in found.items() if told}

    def history(self) -> tuple[Rule, ...]:
        """Rules that are over, sorted by id."""
        judgements = (one for each in self._by_technology().values() for one in each)
        rules = {rule.id: rule for judged in judgements for rule in judged.history}
        return tuple(rules[name] for name in sorted(rules))

    def _by_technology(self) -> dict[str, tuple[Judgement, ...]]:
        found: dict[str, tuple[Judgement, ...]] = {}
        for cell in self.cells:
            technology = cell.activity.technology
            found[technology] = found.get(technology, ()) + cell.judgements
        for technology, judgements in self.land.items():
            found[technology] = found.get(technology, ()) + judgements
        return found

    def clear_themes(self) -> dict[str, tuple[float | None, str | None]]:
        """Themes that are clear and do not touch the parcel, with the nearest feature's distance.

        A theme of which another class lies on the parcel is not named: it would mislead.
        """
        themes: dict[str, list[Any]] = {}  # measures by theme
        for one in self.located.measures:
            themes.setdefault(one.condition.theme, []).append(one)
        found: dict[str, tuple[float | None, str | None]] = {}
        for theme, measures in sorted(themes.items()):
            if all(one.state is State.CLEAR for one in measures) and not self._meets(theme):
                near = [(one.distance_m, one.nearest) for one in measures if one.nearest]
                found[theme] = min(near, default=(None, None))
        return found

    def _meets(self, theme: str) -> bool:
        """Whether any feature of the theme, of whatever class, touches the parcel."""
        shape, layers = self.parcel.shape, self.site.ground.theme(theme).layers
        return any(shapely.intersects(one.near(shape.bounds)[1], shape).any() for one in layers)

    def _measures(self) -> dict[Any, Any]:  # measures by condition
        return {one.condition: one for one in self.located.measures}


def notice_activities() -> tuple[Activity, ...]:
    """The activities of the verdict matrix, and the parcel itself under every technology."""
    wanted = (*MATRIX_OBJECTS, _LAND)
    return tuple(one for one in vocabulary.activities() if one.object in wanted)


def answer_parcel(site: Site, parcel: Proposal) -> ParcelAnswer:
    """The parcel measured once and judged for every activity of the site, as new ground.

    As land to be supplied it is judged with the facts that it states.
    """
    located = locate(site.regions, parcel.shape, parcel.accuracy_m, site.project.area)
    cells, land = [], {}
    for activity, program in site.programs.items():
        rows = [part.row for part in located.parts]
        if activity.object == _LAND:
            told = [judge(program, row, parcel.facts, site.causes) for row in rows]
            land[activity.technology] = tuple(told)
            continue
        asked = replace(parcel, activity=activity, facts={})
        judged = tuple(judge_ground(program, row, site.causes) for row in rows)
        cells.append(Cell(activity, assess_located(site, asked, located), judged))
    return ParcelAnswer(site, parcel, located, tuple(cells), land)


def _beside(by_technology: Mapping[str, Listed]) -> Beside:
    listed = list(by_technology.values())
    applies = True if any(one.applies for one in listed) else None
    concerned = [name for name, one in by_technology.items() if one.applies is applies]
    return Beside(listed[0].rule, tuple(sorted(concerned)), applies)


def _gathered(entries: Iterable[tuple[Activity, Json]]) -> list[Json]:
    """Entries that say the same, once, with all the activities they were said for."""
    found: dict[str, Json] = {}
    for activity, one in entries:
        kept = found.setdefault(repr(sorted(one.items())), {**one, "activities": []})
        if str(activity) not in kept["activities"]:
            kept["activities"].append(str(activity))
    return list(found.values())
