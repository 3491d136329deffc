"""What the notice shows of a parcel, gathered from its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import shapely
from pyproj import CRS

from geozone.answers.parcel import ParcelAnswer
from geozone.answers.site import Site
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.land.proposals.proposal import Proposal
from geozone.land.receipt import Input
from geozone.law.rule import Policy
from geozone.law.span import Phase
from geozone.law.state import State
from geozone.pages.content import (
    BoundaryPoint,
    ClearTheme,
    MatrixCell,
    Nearby,
    Parcel,
    ParcelMeasure,
    ParcelView,
)
from geozone.pages.parcelduties import told_duties, told_history, told_permits, validity_of
from geozone.pages.receipts import inputs, receipts
from geozone.pages.text import CLASS_NAMES, Text, name_of, text, theme_name
from geozone.version import VERSION

AROUND_M = 1500.0
"""How far around the parcel the location map reaches for neighbours, in metres."""

RESOURCES = (
    "geothermal_field",
    "suitable_zone",
    "key_exploration_area",
    "key_exploitation_area",
    "development_area",
    "priority_replacement_area",
)

Json = dict[str, Any]  # JSON of the contract


def parcel_view(answer: ParcelAnswer, files: Sequence[Input] = ()) -> ParcelView:
    """All that the notice tells of the parcel; ``files`` are those that it was read from."""
    site, project = answer.site, answer.site.project
    return ParcelView(
        project=project.name,
        on=site.on.isoformat(),
        parcel=_parcel(site, answer.parcel),
        matrix=tuple(
            MatrixCell(
                cell.activity.technology,
                cell.activity.object,
                cell.assessment.ground.code,
                cell.rules,
                cell.causes,
                cell.needs,
            )
            for cell in answer.cells
        ),
        findings=tuple(answer.findings()),
        gaps=tuple(answer.gaps()),
        measures=_measures(answer),
        clear=_clear(answer),
        changes=tuple(change for policy in site.policies for change in _changes(policy, site)),
        resources=_resources(site, answer.parcel),
        duties=told_duties(answer),
        permits=told_permits(answer),
        history=told_history(answer),
        receipts=tuple(_receipts(site)),
        inputs=tuple(inputs(site, files)),
        policies=tuple(_policy(policy, site) for policy in site.policies),
        office=project.office.get("name", ""),
        contact=project.office.get("contact", ""),
        adcode=project.adcode,
        synthetic=any(layer.spec.synthetic for layer in project.layers),
        engine=f"geozone {VERSION}",
        area=project.area,
        nearby=_nearby(site, answer.parcel),
    )


def _parcel(site: Site, parcel: Proposal) -> Parcel:
    crs = site.project.crs
    meridian, zone = _zone(crs)
    return Parcel(
        id=parcel.id,
        name=parcel.name or parcel.id,
        shape=parcel.shape,
        area_m2=ellipsoidal_area(parcel.shape, crs),
        planar_area_m2=float(parcel.shape.area),
        crs=f"{crs.name} ({crs.to_string()})",
        zone=zone,
        central_meridian=meridian,
        points=_points(parcel),
        supply=str(parcel.facts.get("land_supply") or ""),
    )


def _zone(crs: CRS) -> tuple[float, int | None]:
    """The central meridian, and the number of the 3-degree zone where the CRS is one."""
    operation = crs.coordinate_operation
    values = {one.name: float(one.value) for one in operation.params} if operation else {}
    meridian = values.get("Longitude of natural origin", 0.0)
    narrow = re.search(r"3-degree", crs.name) is not None
    return meridian, round(meridian / 3) if narrow else None


def _points(parcel: Proposal) -> tuple[BoundaryPoint, ...]:
    found: list[BoundaryPoint] = []
    for polygon in shapely.get_parts(parcel.shape):
        rings = [polygon.exterior, *polygon.interiors]
        for number, ring in enumerate(rings, start=1):
            for x, y in list(ring.coords)[:-1]:
                found.append(BoundaryPoint(f"J{len(found) + 1}", number, round(y, 3), round(x, 3)))
    return tuple(found)


def _measures(answer: ParcelAnswer) -> tuple[ParcelMeasure, ...]:
    return tuple(
        ParcelMeasure(
            one.condition.theme,
            one.condition.key,
            one.state.name.lower(),
            one.distance_m,
            one.nearest,
            one.overlap_m2,
            one.share,
            one.condition.within_m,
        )
        for one in answer.located.measures
        if one.state is not State.CLEAR
    )


def _clear(answer: ParcelAnswer) -> tuple[ClearTheme, ...]:
    found = []
    for theme, (distance, nearest) in answer.clear_themes().items():
        layers = answer.site.ground.theme(theme).layers
        accuracy = max((layer.accuracy_m for layer in layers), default=None)
        found.append(ClearTheme(theme, distance, nearest, accuracy))
    return tuple(found)


def _policy(policy: Policy, site: Site) -> Json:
    return {
        "id": policy.id,
        "title": dict(policy.title),
        "number": policy.number,
        "validity": validity_of(policy.span),
        "phase": policy.span.phase(site.on).value,
    }


def _changes(policy: Policy, site: Site) -> list[Json]:
    """What of a document is not simply in force, and when it changes."""
    phase, span = policy.span.phase(site.on), policy.span
    if not any(
        code.startswith(site.project.adcode or "") or (site.project.adcode or "").startswith(code)
        for code in policy.territory
    ):
        return []
    turning = {
        Phase.BEFORE: span.earliest,
        Phase.STARTING: span.certain,
        Phase.IN_FORCE: span.certain_until,
        Phase.ENDING: span.latest,
        Phase.ENDED: span.latest,
    }[phase]
    if turning is None:
        return []
    words = _TURNS[phase]
    return [
        {
            "policy": policy.id,
            "title": dict(policy.title),
            "phase": phase.value,
            "date": turning.isoformat(),
            "says": {lang: said.format(turning) for lang, said in words.items()},
        }
    ]


_TURNS = {
    Phase.BEFORE: text("最早自{}起施行", "in force from {} at the earliest"),
    Phase.STARTING: text("至迟自{}起施行", "in force from {} at the latest"),
    Phase.IN_FORCE: text("有效至{}，其后须重新核查", "in force until {}; check again after"),
    Phase.ENDING: text("至迟于{}到期，须核实后续文件", "ends by {}; ask what follows"),
    Phase.ENDED: text("已于{}到期，须核实后续文件", "ended on {}; ask what follows"),
}


def _resources(site: Site, parcel: Proposal) -> tuple[Json, ...]:
    """Fields, suitable zones and plan areas in which the parcel lies, with their source."""
    found = []
    for theme in RESOURCES:
        for layer in site.ground.theme(theme).layers:
            places, shapes = layer.near(parcel.shape.bounds)
            hits = places[shapely.intersects(shapes, parcel.shape)]
            for index, feature in zip(hits.tolist(), layer.named(hits), strict=True):
                value = _named(theme, layer.classes[index], feature)
                source = layer.spec.source or layer.name
                found.append({"theme": theme, "value": value, "source": source})
    return tuple(found)


def _named(theme: str, kind: str | None, feature: str) -> Text:
    """A feature by theme and class in words, its id behind."""
    name, known = theme_name(theme), name_of(CLASS_NAMES, kind) if kind else text("", "")
    zh = f"{name['zh']}（{known['zh']}）" if kind else name["zh"]
    en = f"{name['en']} ({known['en']})" if kind else name["en"]
    return text(f"{zh} {feature}", en)


def _receipts(site: Site) -> list[Json]:
    """Receipts of the day's layers with their source and licence."""
    specs = {
        (theme, layer.name): layer.spec
        for theme, ground in site.ground.themes.items()
        for layer in ground.layers
    }
    found = []
    for one in receipts(site):
        spec = specs[one["theme"], one["name"]]
        found.append({**one, "source": spec.source or "", "licence": spec.licence or ""})
    return found


def _nearby(site: Site, parcel: Proposal) -> tuple[Nearby, ...]:
    """Features around the parcel, theme by theme, for the location map."""
    around = shapely.box(*parcel.shape.bounds).buffer(AROUND_M)
    found = []
    for theme, ground in sorted(site.ground.themes.items()):
        close = (layer.near(around.bounds)[1] for layer in ground.layers)
        shapes = [one for some in close for one in some[shapely.intersects(some, around)]]
        if shapes and theme not in ("jurisdiction", "landform"):
            found.append(Nearby(theme, tuple(shapes)))
    return tuple(found)
