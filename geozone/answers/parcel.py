"""Everything that is said of one parcel: every activity, measured once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import shapely

from geozone.answers.assess import Assessment, assess_located
from geozone.answers.finding import findings, gaps
from geozone.answers.site import Site
from geozone.engine.locate import Located, locate
from geozone.land.proposal import Proposal
from geozone.law.activity import Activity
from geozone.law.judgement import Judgement
from geozone.law.rule import Rule
from geozone.law.state import State
from geozone.rules import vocabulary
from geozone.rules.judge import judge_ground

MATRIX_OBJECTS = (
    "well_exploration",
    "well_production",
    "well_reinjection",
    "block_exploration",
    "block_mining",
    "project",
)

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


@dataclass(frozen=True, eq=False)
class ParcelAnswer:
    """A parcel on the ground, and the ground verdict of every activity there."""

    site: Site
    parcel: Proposal
    located: Located
    cells: tuple[Cell, ...]

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

    def duties(self) -> dict[str, tuple[Rule, set[str]]]:
        """Duties, procedures and incentives by rule id, with the technologies they concern."""
        found: dict[str, tuple[Rule, set[str]]] = {}
        for cell in self.cells:
            for judged in cell.judgements:
                for one in (*judged.listed, *judged.operation):
                    _, names = found.setdefault(one.rule.id, (one.rule, set()))
                    names.add(cell.activity.technology)
        return dict(sorted(found.items()))

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
        layers = self.site.ground.theme(theme).layers
        return any(shapely.intersects(one.shapes, self.parcel.shape).any() for one in layers)

    def _measures(self) -> dict[Any, Any]:  # measures by condition
        return {one.condition: one for one in self.located.measures}


def matrix_activities() -> tuple[Activity, ...]:
    """The activities of the verdict matrix, by technology and object."""
    return tuple(one for one in vocabulary.activities() if one.object in MATRIX_OBJECTS)


def answer_parcel(site: Site, parcel: Proposal) -> ParcelAnswer:
    """The parcel measured once and judged for every activity of the site, as new ground."""
    located = locate(site.regions, parcel.shape, parcel.accuracy_m, site.project.area)
    cells = []
    for activity, program in site.programs.items():
        asked = replace(parcel, activity=activity, facts={})
        judged = tuple(judge_ground(program, part.row, site.causes) for part in located.parts)
        cells.append(Cell(activity, assess_located(site, asked, located), judged))
    return ParcelAnswer(site, parcel, located, tuple(cells))


def _gathered(entries: Iterable[tuple[Activity, Json]]) -> list[Json]:
    """Entries that say the same, once, with all the activities they were said for."""
    found: dict[str, Json] = {}
    for activity, one in entries:
        kept = found.setdefault(repr(sorted(one.items())), {**one, "activities": []})
        if str(activity) not in kept["activities"]:
            kept["activities"].append(str(activity))
    return list(found.values())
