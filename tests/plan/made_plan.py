"""Made ground for plan rules: features as boxes in metres around an origin, no files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.assess import Assessment, assess
from geozone.answers.site import Site
from geozone.engine.region import survey
from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, point_from_degrees, working_crs
from geozone.land.layers.ground import ground
from geozone.land.layers.layer import Layer
from geozone.land.project import Project
from geozone.land.proposals.proposal import Proposal
from geozone.land.receipt import Receipt
from geozone.land.spec import LayerSpec
from geozone.law.judgement import Cause
from geozone.law.rule import Policy
from geozone.rules import vocabulary
from geozone.rules.compiling import compile_programs
from geozone.rules.reader import parse_pack

CONTRADICTED = Cause.FACTS_CONTRADICT
Row = Mapping[str, Any]  # a table of a case file
ON = date(2024, 6, 1)
ORIGIN = (115.5, 38.0)
HALF_M = 30_000.0
"""Half the side of the made study area."""

_PLACE = ("id", "class", "box_m", "box_min", "at_m")


@dataclass(frozen=True)
class Made:
    """Ground as a case writes it: rows by theme; what is left out has no layer.

    ``accuracy_m`` by theme; ``covered``: a box in metres by theme, else all around the area;
    ``stale``: themes whose layer is too old; ``rasters``: those drawn as cells.
    """

    ground: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    accuracy_m: Mapping[str, float] = field(default_factory=dict)
    covered: Mapping[str, Sequence[float]] = field(default_factory=dict)
    stale: Sequence[str] = ()
    adcode: str | None = "13"
    origin: Sequence[float] = ORIGIN
    on: date = ON
    complete_for: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rasters: Sequence[str] = ()

    @property
    def crs(self) -> CRS:
        return working_crs(self.origin[0])

    @property
    def zero(self) -> shapely.Point:
        return point_from_degrees(self.origin[0], self.origin[1], self.crs)

    def box(self, *sides: float) -> BaseGeometry:
        """A box by west, south, east, north in metres from the origin."""
        x, y = self.zero.x, self.zero.y
        west, south, east, north = sides
        return shapely.box(x + west, y + south, x + east, y + north)

    def degrees(self, *sides: float) -> BaseGeometry:
        """A box by its sides in minutes of arc from the origin."""
        lon, lat = self.origin
        west, south, east, north = (side / 60 for side in sides)
        box = shapely.box(lon + west, lat + south, lon + east, lat + north)
        return shapely.transform(box, Operation(GEOGRAPHIC, self.crs))

    def shape(self, row: Row) -> BaseGeometry:
        """The shape of a row: a box in metres or minutes, or a point in metres."""
        if "box_m" in row:
            return self.box(*row["box_m"])
        if "box_min" in row:
            return self.degrees(*row["box_min"])
        east, north = row["at_m"]
        return shapely.Point(self.zero.x + east, self.zero.y + north)


def layer_of(made: Made, theme: str, number: int) -> Layer:
    """One layer of a made theme."""
    rows = made.ground[theme]
    names = dict.fromkeys(key for row in rows for key in row if key not in _PLACE)
    reach = made.covered.get(theme)
    wide = HALF_M + 5_000
    old = date(2001, 1, 1) if theme in made.stale else None
    complete = made.complete_for.get(theme)
    spec = LayerSpec(
        number,
        theme,
        (f"{theme}.{'tif' if theme in made.rasters else 'gpkg'}",),
        made.accuracy_m.get(theme, 0.0),
        as_of=old,
        max_age_days=30 if old else None,
    )
    return Layer(
        theme=theme,
        name=theme,
        shapes=np.array([made.shape(row) for row in rows], object),
        classes=tuple(row.get("class") for row in rows),
        attributes={name: tuple(_text(row.get(name)) for row in rows) for name in names},
        ids=tuple(row["id"] for row in rows),
        coverage=made.box(*(reach or (-wide, -wide, wide, wide))),
        complete_for=frozenset(complete) if complete else None,
        accuracy_m=spec.accuracy_m,
        half_width_m=0.0,
        raster=None,
        receipt=Receipt("", ()),
        spec=spec,
    )


def _text(value: object) -> str | None:
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)


def project_of(made: Made) -> Project:
    """A project that holds the made ground."""
    return Project(
        file=Path("geozone.toml"),
        name="made",
        area=made.box(-HALF_M, -HALF_M, HALF_M, HALF_M),
        crs=made.crs,
        adcode=made.adcode,
        on=made.on,
        policies=None,
        activities=(),
        resolution_m=30.0,
        proposal_accuracy_m=0.0,
        parameters={},
        office={},
        layers=tuple(layer_of(made, one, n) for n, one in enumerate(sorted(made.ground), 1)),
        warnings=(),
    )


def proposal_of(made: Made, row: Row) -> Proposal:
    """One proposal of a row: id, activity, place, facts, accuracy_m."""
    facts = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in row.get("facts", {}).items()
    }
    return Proposal(
        id=row["id"],
        activity=vocabulary.parse_activity(row["activity"]),
        shape=made.shape(row),
        accuracy_m=float(row.get("accuracy_m", 0.0)),
        facts=facts,
        place="",
    )


def site_of(made: Made, policies: Iterable[Policy], proposals: Sequence[Proposal]) -> Site:
    """The site of made ground under some policies."""
    project, packs = project_of(made), tuple(sorted(policies, key=lambda one: one.id))
    here = ground(project, made.on)
    wanted = tuple(dict.fromkeys(one.activity for one in proposals))
    layered = bool(here.theme("jurisdiction").layers)
    programs = compile_programs(packs, wanted, on=made.on, adcode=None if layered else made.adcode)
    regions = survey(here, programs[0].conditions if programs else ())
    return Site(project, made.on, here, packs, dict(zip(wanted, programs, strict=True)), regions)


def judged(
    made: Made, rows: Sequence[Row], policies: Iterable[Policy], *, whole: bool = True
) -> dict[str, Assessment]:
    """The assessments of proposals on made ground, by id."""
    proposals = [proposal_of(made, row) for row in rows]
    site = site_of(made, policies, proposals)
    return {one.proposal.id: one for one in assess(site, proposals, whole=whole)}


def said(one: Assessment, rule: str) -> set[str]:
    """What one rule adds to an assessment, in the words that cases use.

    A contradiction among the facts is no rule's matter: it stands beside every rule.
    """
    found = {held.held.verdict.code for held in one.findings if held.rule == rule}
    found |= {f"gap:{gap.gap.cause}" for gap in one.gaps if gap.rule == rule}
    found |= {f"gap:{gap.gap.cause}" for gap in one.gaps if gap.gap.cause is CONTRADICTED}
    found |= {"lifted" for each in one.judgements for lift in each.lifted if lift.rule == rule}
    found |= {"clear" for name in one.clear if name == rule}
    listed = [each for one_of in one.judgements for each in one_of.listed if each.rule.id == rule]
    found |= {"listed" if each.applies else "open" for each in listed}
    return found or {"absent"}


PACK = """
schema = 1
id = "P1"
number = ""
title = { zh = "试", en = "test" }
territory = ["13"]
after_end = "undetermined"
[valid]
earliest = 2022-10-23
certain = 2023-01-01
certain_until = 2025-12-31
latest = 2025-12-31
[parameters.spacing]
value = 0
min = 0
max = 10000
unit = "m"
note = { zh = "井距", en = "spacing" }
[[rule]]
id = "P-0"
says = { zh = "限", en = "limit" }
place = "1"
office = { zh = "甲", en = "a" }
asks = "proposal"
effect = "prohibits"
binds = [ { technologies = ["middeep"], objects = [
  "right_mining", "right_exploration", "block_exploration", "well_production",
  "well_reinjection", "project",
] } ]
when = [{ fact = "holders", op = "超过", value = 1 }]
[[silent]]
technologies = ["middeep"]
objects = [
  "right_mining", "right_exploration", "block_exploration", "well_production",
  "well_reinjection", "project",
]
themes = THEMES
reason = { zh = "试", en = "test" }
"""
THEMES = [name for name, one in vocabulary.themes().items() if one.protected]

RULE = """
[[rule]]
id = "{id}"
says = {{ zh = "计", en = "count" }}
place = "1"
office = {{ zh = "甲", en = "a" }}
asks = "plan"
effect = "{effect}"
binds = [ {{ technologies = ["{technologies}"], objects = {objects}{when} }} ]
plan = {plan}
{more}
"""

NEW_ONLY = ', when = [{ fact = "stage", op = "is", value = "new" }]'


def rule_text(
    plan: str,
    *,
    id: str = "P-1",
    effect: str = "prohibits",
    technologies: str = "hydrothermal",
    objects: str = '["right_mining"]',
    when: str = NEW_ONLY,
    more: str = "",
) -> str:
    """The text of one plan rule."""
    return RULE.format(
        id=id,
        effect=effect,
        technologies=technologies,
        objects=objects,
        when=when,
        plan=plan,
        more=more,
    )


def pack(*rules: str, parameters: Mapping[str, float] | None = None, head: str = PACK) -> Policy:
    """A small pack of plan rules beside one plain rule that governs, silent on all else."""
    text = head.replace("THEMES", json.dumps(THEMES)) + "".join(rules)
    return parse_pack(text, "P1.toml", dict(parameters or {}))


RIGHT = "middeep_reinjection:right_mining"
BLOCK = "middeep_reinjection:block_exploration"
PRODUCES = "middeep_reinjection:well_production"
RETURNS = "middeep_reinjection:well_reinjection"
VILLAGE = {"id": "村A", "class": "village", "box_m": [0, 0, 1000, 1000]}
HELD = {"id": "r1", "right_id": "C1", "box_m": [0, 0, 400, 400]}
CAP = (
    '{ check = "cap", within = "settlement", class = ["village"], counts = "all", '
    'op = "只能有", limit = 1 }'
)
Rows = Sequence[Mapping[str, Any]]


def right(name: str = "R1", *box: float, **facts: Any) -> dict[str, Any]:
    """A proposed mining right, new where nothing else is said, in a corner of the village."""
    stated = {"stage": "new", "holders": 1.0} | facts
    return {
        "id": name,
        "activity": RIGHT,
        "box_m": box or (500, 500, 900, 900),
        "facts": {key: value for key, value in stated.items() if value is not None},
    }


def outcome(policy: Policy, made: Made, *rows: Mapping[str, Any], rule: str = "P-1") -> Any:
    """What the rule says of every row, by id."""
    return {name: said(one, rule) for name, one in judged(made, rows, [policy]).items()}
