"""Zones: the ground of a study area by verdict and reasons, one set per activity."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.answers.site import Site
from geozone.engine.burn import Burned, burn
from geozone.engine.grid import Grid, grid_over
from geozone.engine.partition import Partition, partition
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.activity import Activity
from geozone.law.errors import Fault, Refused
from geozone.law.evidence import Evidence
from geozone.law.judgement import Judgement
from geozone.law.rule import Asks
from geozone.law.verdict import Verdict
from geozone.rules.judge import judge_ground
from geozone.rules.program import bound

Progress = Callable[[int, int], None]
"""Told how much is done: (done, total)."""

TILE_M = 20_000.0
"""Side of a working tile in metres."""

MAX_CELLS = 2e9
"""Most cells of an evidence grid."""

SQUARE_METRES_PER_HECTARE = 10_000.0


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
class Zoning:
    """The zones of every activity over a study area, drawn from one partition."""

    site: Site
    partition: Partition
    judgements: Mapping[Activity, tuple[Judgement, ...]]
    zones: Mapping[Activity, tuple[Zone, ...]] = field(default_factory=dict)

    def summary(self) -> dict[str, dict[str, float]]:
        """Hectares (ellipsoidal) per activity and verdict."""
        return {
            str(activity): {
                verdict.code: round(
                    sum(one.area_m2 for one in zones if one.reason.verdict is verdict)
                    / SQUARE_METRES_PER_HECTARE,
                    4,
                )
                for verdict in reversed(Verdict)
            }
            for activity, zones in self.zones.items()
        }


def reason(judgement: Judgement) -> Reason:
    """The reason that a judgement of ground comes to."""
    needs = tuple(sorted(f"{rule}:{fact}" for rule, fact in judgement.needs))
    return Reason(judgement.verdict, judgement.rules, judgement.causes, needs)


def judge_rows(site: Site, evidence: Evidence) -> dict[Activity, tuple[Judgement, ...]]:
    """The ground judgement of every activity on every row of an evidence table."""
    causes = site.causes
    return {
        activity: tuple(judge_ground(program, row, causes) for row in evidence.rows)
        for activity, program in site.programs.items()
    }


def zone(site: Site, *, jobs: int = 1, progress: Progress | None = None) -> Zoning:
    """The exact zones of the site's activities over its study area."""
    cut = partition(site.regions, site.project.area, tile_m=TILE_M, jobs=jobs, progress=progress)
    judged = judge_rows(site, cut.evidence)
    zones = {activity: _zones(site, cut, rows) for activity, rows in judged.items()}
    return Zoning(site, cut, judged, zones)


def _zones(site: Site, cut: Partition, rows: tuple[Judgement, ...]) -> tuple[Zone, ...]:
    groups: dict[Reason, list[BaseGeometry]] = {}
    for shape, index in zip(cut.shapes, cut.index, strict=True):
        groups.setdefault(reason(rows[int(index)]), []).append(shape)
    found = []
    for why in sorted(groups, key=_order):
        shape = shapely.union_all(groups[why])
        found.append(Zone(why, shape, ellipsoidal_area(shape, site.project.crs)))
    return tuple(found)


def _order(why: Reason) -> tuple[Any, ...]:  # a mixed sort key
    return (-why.verdict, why.rules, why.causes, why.needs)


def raster(
    site: Site,
    resolution_m: float | None = None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> tuple[Grid, Burned]:
    """The evidence of the site's study area on a grid, cell centres decide."""
    size = resolution_m or site.project.resolution_m
    _check_size(site, size)
    grid = grid_over(site.project.area, site.project.crs, size)
    return grid, burn(site.regions, grid, site.project.area, jobs=jobs, progress=progress)


def _check_size(site: Site, size: float) -> None:
    """Raise ``Refused`` for cells of no size, or so small that no machine holds the grid."""
    left, low, right, high = site.project.area.bounds
    cells = (right - left) / size * ((high - low) / size) if math.isfinite(size) else 0.0
    if not 0 < cells <= MAX_CELLS:
        what = f"格网过密或无效 / {cells:.3g} cells of {size:g} m"
        todo = (
            f"加大网格，至多 {MAX_CELLS:.0e} 格 / "
            f"choose cells so large that at most {MAX_CELLS:.0e} cover the area"
        )
        raise Refused([Fault(str(site.project.file), "resolution_m", what, todo)])


def not_judged(site: Site) -> list[dict[str, str]]:
    """Rules that zones do not speak of: plan rules and operation rules of the activities."""
    return [
        {"rule": rule.id, "asks": rule.asks.value}
        for policy in site.policies
        for rule in policy.rules
        if rule.asks in (Asks.PLAN, Asks.OPERATION)
        and any(bound(rule, activity) is not None for activity in site.programs)
    ]
