"""Zones: the ground of a study area by verdict and reasons, one set per activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.answers.site import Site
from geozone.answers.working import Working, exactly
from geozone.engine.drawings import Called
from geozone.engine.outlines.faces import Polygons, multipolygons
from geozone.engine.partition import Partition, partition
from geozone.law.activity import Activity
from geozone.law.evidence import Evidence, Row
from geozone.law.judgement import Judgement
from geozone.law.rule import Asks
from geozone.law.verdict import Verdict
from geozone.rules.manyrows import Cases
from geozone.rules.program import bound

SQUARE_METRES_PER_HECTARE = 10_000.0
AHEAD = 1
"""Activities whose kept polygons are read before they are asked for: a province's take 100 MB."""


@dataclass(frozen=True)
class Reason:
    """What one zone says: a verdict and the rules, causes and needs behind it."""

    verdict: Verdict
    rules: tuple[str, ...]
    causes: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Zone:
    """Ground with one verdict for one reason; ``area_m2`` is ellipsoidal."""

    reason: Reason
    shape: BaseGeometry
    area_m2: float


@dataclass(frozen=True, eq=False)
class Sorted:
    """The evidence rows of a partition sorted by what they come to, severest first.

    ``labels[i]`` is the place among ``reasons`` of row i; ``area_m2`` is what each reason has.
    """

    reasons: tuple[Reason, ...]
    labels: NDArray[np.int32]
    area_m2: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Zoning:
    """The zones of every activity over a study area, drawn from one partition."""

    site: Site
    partition: Partition
    judgements: Mapping[Activity, tuple[Judgement, ...]]

    def judged(self, activity: Activity) -> dict[Row, Judgement]:
        """What every evidence row of the partition comes to."""
        rows = self.partition.evidence.rows
        return dict(zip(rows, self.judgements[activity], strict=True))

    @cached_property
    def sorted(self) -> dict[Activity, Sorted]:
        """What each activity's judgements come to."""
        return {activity: self._sorted(activity) for activity in self.judgements}

    def _sorted(self, activity: Activity) -> Sorted:
        told = [reason(one) for one in self.judgements[activity]]
        reasons = tuple(sorted(set(told), key=_order))
        place = {why: number for number, why in enumerate(reasons)}
        labels = np.array([place[why] for why in told], np.int32)
        return Sorted(reasons, labels, self.partition.summed(labels, len(reasons)))

    def sized(self, activity: Activity) -> tuple[Polygons, NDArray[np.float64]]:
        """The polygons of the zones of an activity and their areas, as far as kept from before."""
        told = self.sorted[activity]
        called = Called(drawing_name(activity), tuple(map(repr, told.reasons)))
        return self.partition.sized(told.labels, called)

    def of(self, activity: Activity) -> tuple[Zone, ...]:
        """The zones of an activity, severest first; drawn anew each time."""
        told = self.sorted[activity]
        shapes = multipolygons(self.partition.zones(told.labels), len(told.reasons))
        return tuple(
            Zone(why, shape, float(area))
            for why, shape, area in zip(told.reasons, shapes, told.area_m2, strict=True)
        )

    @cached_property
    def zones(self) -> dict[Activity, tuple[Zone, ...]]:
        """The zones of all activities."""
        return {activity: self.of(activity) for activity in self.judgements}

    def summary(self) -> dict[str, dict[str, float]]:
        """Hectares (ellipsoidal) per activity and verdict."""
        return {str(activity): self._hectares(activity) for activity in self.judgements}

    def _hectares(self, activity: Activity) -> dict[str, float]:
        told = self.sorted[activity]
        areas = dict.fromkeys((one.code for one in reversed(Verdict)), 0.0)
        for why, area in zip(told.reasons, told.area_m2.tolist(), strict=True):
            areas[why.verdict.code] += area / SQUARE_METRES_PER_HECTARE
        return {code: round(area, 4) for code, area in areas.items()}


def reason(judgement: Judgement) -> Reason:
    """The reason that a judgement of ground comes to."""
    needs = tuple(sorted(f"{rule}:{fact}" for rule, fact in judgement.needs))
    return Reason(judgement.verdict, judgement.rules, judgement.causes, needs)


def judge_rows(
    site: Site, evidence: Evidence, known: Zoning | None = None
) -> dict[Activity, tuple[Judgement, ...]]:
    """The ground judgement of every activity on every row of an evidence table.

    Rows that a zoning of the same site has judged are not judged again.
    """
    found = {}
    for activity, program in site.programs.items():
        told = known.judged(activity) if known else {}
        cases = Cases(program, site.causes)
        found[activity] = tuple(told.get(row) or cases.best(row) for row in evidence.rows)
    return found


def zone(site: Site, how: Working | None = None) -> Zoning:
    """The exact zones of the site's activities over its study area."""
    way = how or Working()
    with exactly(site.project):
        cut = partition(
            site.regions,
            site.project.area,
            jobs=way.jobs,
            keep=way.cells,
            drawings=[drawing_name(one) for one in site.programs][:AHEAD] if way.jobs > 1 else (),
            progress=way.progress,
        )
    return Zoning(site, cut, judge_rows(site, cut.evidence))


def _order(why: Reason) -> tuple[Any, ...]:  # a mixed sort key
    return (-why.verdict, why.rules, why.causes, why.needs)


def drawing_name(activity: Activity) -> str:
    """What the polygons of an activity are kept as."""
    return f"zones {activity}"


def not_judged(site: Site) -> list[dict[str, str]]:
    """Rules that zones do not speak of: plan rules and operation rules of the activities."""
    return [
        {"rule": rule.id, "asks": rule.asks.value}
        for policy in site.policies
        for rule in policy.rules
        if rule.asks in (Asks.PLAN, Asks.OPERATION)
        and any(bound(rule, activity) is not None for activity in site.programs)
    ]
