"""Every activity at one place, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from geozone.answers.finding import Found, Open, findings, gaps
from geozone.answers.site import Site
from geozone.engine.locate import locate
from geozone.law.activity import Activity
from geozone.law.errors import Fault, Refused
from geozone.law.judgement import Judgement
from geozone.rules.judge import judge_ground


@dataclass(frozen=True, eq=False)
class Explained:
    """The ground verdict of one activity at a place, measured."""

    activity: Activity
    judgement: Judgement
    findings: tuple[Found, ...]
    gaps: tuple[Open, ...]


def explain(site: Site, point: shapely.Point) -> tuple[Explained, ...]:
    """What the ground allows at a point (working CRS) for every activity of the site.

    Raises ``Refused`` outside the study area.
    """
    if not site.project.area.intersects(point):
        what = "该点不在研究区内 / the point lies outside the study area"
        fault = Fault(
            str(site.project.file),
            "LON LAT",
            what,
            "给出研究区内的点 / give a point inside project.area",
        )
        raise Refused([fault])
    located = locate(site.regions, point, 0.0, site.project.area)
    measures = {one.condition: one for one in located.measures}
    rules = site.rules
    found = []
    for activity, program in site.programs.items():
        judged = judge_ground(program, located.parts[0].row, site.causes)
        found.append(
            Explained(
                activity, judged, findings([judged], measures), gaps([judged], measures, rules)
            )
        )
    return tuple(found)
