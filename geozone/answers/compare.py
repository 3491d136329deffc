"""Comparing two sides of the law over one ground: where verdicts change, and by which rules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from geozone.answers.changedby import Told, changed_by
from geozone.answers.sides import Side, read_sides
from geozone.answers.site import Site, activities_of, open_site
from geozone.answers.working import Working, exactly
from geozone.engine.outlines.edges import NOWHERE
from geozone.engine.outlines.faces import multipolygons
from geozone.engine.partition import Partition, partition
from geozone.engine.region import Region
from geozone.land.project import Project
from geozone.law.activity import Activity
from geozone.law.errors import Fault, Refused
from geozone.law.evidence import Evidence, Row
from geozone.law.judgement import Judgement
from geozone.law.verdict import Verdict


@dataclass(frozen=True)
class Half:
    """What one side says of a piece of ground."""

    verdict: Verdict
    rules: tuple[str, ...]
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What both sides say, and what makes the difference.

    ``by``: ids of rules, or of documents where no rule decides. ``layers``: themes in the
    reasons whose layers differ between the two days.
    """

    a: Half
    b: Half
    by: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()

    @property
    def verdict_changes(self) -> bool:
        """Whether the two verdicts differ."""
        return self.a.verdict is not self.b.verdict


@dataclass(frozen=True, eq=False)
class ChangedZone:
    """Ground with one change; ``area_m2`` is ellipsoidal, the shape in the working CRS."""

    change: Change
    shape: BaseGeometry
    area_m2: float


@dataclass(frozen=True, eq=False)
class Pair:
    """Two sites over one ground, and the regions that they ask, each once.

    ``places_a[i]`` is the place in ``regions`` of the region that condition ``i`` of site A
    asks. ``differing``: asked themes whose layers are not the same on both days.
    """

    a: Site
    b: Site
    regions: tuple[Region, ...]
    places_a: tuple[int, ...]
    places_b: tuple[int, ...]
    differing: frozenset[str]

    @property
    def joint(self) -> Site:
        """A site without programs that asks the regions of both: for grids and maps."""
        return replace(self.b, regions=self.regions, programs={})


@dataclass(frozen=True, eq=False)
class Comparison:
    """Where the verdicts of two sides differ over a study area, drawn from one partition.

    ``changes`` come severest new verdict first; ``unchanged`` is what is not in them, in
    ellipsoidal square metres per verdict.
    """

    side_a: Side
    side_b: Side
    pair: Pair
    changes: Mapping[Activity, tuple[ChangedZone, ...]]
    unchanged: Mapping[Activity, Mapping[Verdict, float]]


def compare(
    project: Project,
    a: str,
    b: str,
    activities: Iterable[str] = (),
    *,
    on: date | None = None,
    rules: bool = False,
    how: Working | None = None,
) -> Comparison:
    """The ground of a project on which verdicts change from side ``a`` to side ``b``.

    Sides are written as ``read_sides`` takes them; without activities (``TECH:OBJECT``) those
    of the project are compared. With ``rules`` also ground whose verdict stays while the rules
    behind it change. Raises ``Refused`` with every fault of sides and activities.
    """
    sides, wanted = _question(project, (a, b), activities, on)
    pair = paired(*(open_site(project, wanted, one.on, one.policies) for one in sides))
    way = how or Working()
    with exactly(project):
        cut = partition(
            pair.regions, project.area, jobs=way.jobs, keep=way.cells, progress=way.progress
        )
    changes, unchanged = {}, {}
    for activity, told in judge_pairs(pair, cut.evidence).items():
        said = [one if _counts(one, rules) else None for one, _, _ in told]
        changes[activity] = _zones(cut, said)
        unchanged[activity] = _rest(cut, said, [one.a.verdict for one, _, _ in told])
    return Comparison(*sides, pair, changes, unchanged)


def _question(
    project: Project, given: tuple[str, str], activities: Iterable[str], on: date | None
) -> tuple[tuple[Side, Side], tuple[Activity, ...]]:
    faults: list[Fault] = []
    wanted: tuple[Activity, ...] = ()
    try:
        wanted = activities_of(project, activities)
    except Refused as refused:
        faults += refused.faults
    try:
        sides = read_sides(project, *given, on)
    except Refused as refused:
        raise Refused([*faults, *refused.faults]) from refused
    if faults:
        raise Refused(faults)
    return sides, wanted


def _counts(change: Change, rules: bool) -> bool:
    return change.verdict_changes or (rules and bool(change.by))


def paired(a: Site, b: Site) -> Pair:
    """The two sites with the regions of both; what both ask of the same ground is asked once."""
    differing = frozenset(one for one in _asked(a) | _asked(b) if not _same_layers(a, b, one))

    def key(site: Site, region: Region) -> tuple[Any, ...]:  # a mixed sort key
        day = site.on.isoformat() if region.condition.theme in differing else ""
        return (region.condition.sort_key, day)

    keyed = {key(site, region): region for site in (b, a) for region in site.regions}
    order = {one: place for place, one in enumerate(sorted(keyed))}
    places_a, places_b = (tuple(order[key(site, one)] for one in site.regions) for site in (a, b))
    return Pair(a, b, tuple(keyed[one] for one in order), places_a, places_b, differing)


def _asked(site: Site) -> set[str]:
    return {one.condition.theme for one in site.regions}


def _same_layers(a: Site, b: Site, theme: str) -> bool:
    here, there = a.ground.theme(theme), b.ground.theme(theme)
    return (here.layers, here.cause, here.partly_stale) == (
        there.layers,
        there.cause,
        there.partly_stale,
    )


ToldPair = tuple[Change, Judgement, Judgement]


def judge_pairs(pair: Pair, evidence: Evidence) -> dict[Activity, tuple[ToldPair, ...]]:
    """Per activity, what both sides say of every row of evidence of the pair's regions."""
    rows_a = [tuple(row[place] for place in pair.places_a) for row in evidence.rows]
    rows_b = [tuple(row[place] for place in pair.places_b) for row in evidence.rows]
    found = {}
    for activity in pair.a.programs:
        told_a, told_b = _told(pair.a, activity, rows_a), _told(pair.b, activity, rows_b)
        found[activity] = tuple(
            (_change(pair, told_a[a], told_b[b]), told_a[a].judged, told_b[b].judged)
            for a, b in zip(rows_a, rows_b, strict=True)
        )
    return found


def _told(site: Site, activity: Activity, rows: Iterable[Row]) -> dict[Row, Told]:
    program, causes = site.programs[activity], site.causes
    return {row: Told(program, row, causes) for row in set(rows)}


def _change(pair: Pair, a: Told, b: Told) -> Change:
    layers = pair.differing & {*_themes(a.judged), *_themes(b.judged)}
    return Change(_half(a.judged), _half(b.judged), changed_by(a, b), tuple(sorted(layers)))


def _half(judged: Judgement) -> Half:
    return Half(judged.verdict, judged.rules, judged.causes)


def _themes(judged: Judgement) -> set[str]:
    """The themes that the deciding reasons speak of."""
    held = {
        one.condition.theme
        for one in judged.held
        if one.condition and one.verdict is judged.verdict
    }
    return held | {gap.theme for gap in judged.gaps if gap.theme and judged.causes}


def _zones(cut: Partition, said: Sequence[Change | None]) -> tuple[ChangedZone, ...]:
    changes = sorted({one for one in said if one is not None}, key=_order)
    place: dict[Change | None, int] = {one: number for number, one in enumerate(changes)}
    labels = np.array([place.get(one, NOWHERE) for one in said], np.int32)
    shapes = multipolygons(cut.zones(labels), len(changes))
    return tuple(
        ChangedZone(change, shape, math.fsum(cut.area_m2[labels == number]))
        for number, (change, shape) in enumerate(zip(changes, shapes, strict=True))
    )


def _rest(
    cut: Partition, said: Sequence[Change | None], verdicts: Sequence[Verdict]
) -> dict[Verdict, float]:
    """Square metres per verdict of the ground that is in no zone, severest first."""
    groups: dict[Verdict, list[float]] = {}
    for change, verdict, area in zip(said, verdicts, cut.area_m2.tolist(), strict=True):
        if change is None:
            groups.setdefault(verdict, []).append(area)
    return {one: math.fsum(groups[one]) for one in sorted(groups, reverse=True)}


def _order(change: Change) -> tuple[Any, ...]:  # a mixed sort key
    a, b = change.a, change.b
    return (-b.verdict, -a.verdict, b.rules, a.rules, b.causes, a.causes, change.by, change.layers)
