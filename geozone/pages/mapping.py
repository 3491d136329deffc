"""The web map of a project: evidence, reasons and proposals gathered for the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geozone.answers.assess import Assessment
from geozone.answers.finding import Found, Open
from geozone.answers.site import Site
from geozone.answers.zoning import judge_rows
from geozone.engine.burn import Burned
from geozone.engine.grid import Grid
from geozone.land.coordinates.scale import to_degrees
from geozone.law.activity import Activity
from geozone.law.judgement import Judgement
from geozone.law.rule import Rule
from geozone.pages.content import (
    GeoJson,
    MapActivity,
    MapContent,
    MapFinding,
    MapGap,
    MapGrid,
    MapPolicy,
    MapProposal,
    MapRule,
    MapScore,
    Projection,
    RowReason,
)
from geozone.pages.receipts import receipts
from geozone.pages.text import Text, fact_name, object_name, technology_name, text, theme_name
from geozone.pages.webmap import web_map
from geozone.rules import vocabulary
from geozone.version import VERSION

Hectares = Mapping[str, Mapping[str, float]]
"""Ellipsoidal hectares per activity and verdict code."""
TOLD = ("theme", "name", "sha256", "features", "as_of", "accuracy_m", "synthetic")
"""What a map tells of a layer: whoever opens it need not know how its file was read."""


def map_html(
    site: Site,
    grid: Grid,
    burned: Burned,
    proposals: Sequence[Assessment] = (),
    hectares: Hectares | None = None,
    *,
    score: MapScore | None = None,
) -> str:
    """The page; ``hectares`` stand in the legend. Raises ``ValueError`` off Gauss-Krüger."""
    content = map_content(site, grid, burned, proposals, hectares or {})
    return web_map(replace(content, score=score))


def map_content(
    site: Site,
    grid: Grid,
    burned: Burned,
    proposals: Sequence[Assessment],
    hectares: Hectares,
) -> MapContent:
    """All that the page shows, drawn from the same evidence and judgements as the zones."""
    judged = judge_rows(site, burned.evidence)
    project = site.project
    return MapContent(
        title=text(project.name, project.name),
        on=site.on.isoformat(),
        grid=MapGrid(
            Projection.of(grid.crs),
            grid.left,
            grid.top,
            grid.resolution_m,
            grid.shape.rows,
            grid.shape.cols,
        ),
        index=burned.index,
        outside=burned.outside,
        activities=tuple(
            MapActivity(
                str(activity),
                activity_name(activity),
                tuple(_reason(one) for one in rows),
                hectares.get(str(activity), {}),
            )
            for activity, rows in judged.items()
        ),
        rules={rule.id: _rule(rule) for policy in site.policies for rule in policy.rules},
        outline=_geojson(site, project.area.simplify(grid.resolution_m / 4)),
        policies=tuple(MapPolicy(one.id, one.title, one.number) for one in site.policies),
        proposals=tuple(_proposal(site, one) for one in proposals),
        themes={name: theme_name(name) for name in vocabulary.themes()},
        facts={name: fact_name(name) for name in vocabulary.facts()},
        attributions=_attributions(site),
        receipts=tuple({key: one[key] for key in TOLD} for one in receipts(site)),
        synthetic=any(layer.spec.synthetic for layer in project.layers),
        engine=f"geozone {VERSION}",
    )


def activity_name(activity: Activity) -> Text:
    """An activity in both languages."""
    technology, thing = technology_name(activity.technology), object_name(activity.object)
    return text(
        f"{technology['zh']} · {thing['zh']}",
        f"{technology['en']} · {thing['en']}",
    )


def cited(rule: Rule) -> str:
    """Where a rule stands: document and place."""
    return f"{rule.cite.document} {rule.cite.place}".strip()


def _reason(judged: Judgement) -> RowReason:
    causes = (
        {f"{gap.cause.value}:{gap.theme}" if gap.theme else gap.cause.value for gap in judged.gaps}
        if judged.causes
        else set()
    )
    needs = tuple(sorted(f"{rule}:{fact}" for rule, fact in judged.needs))
    return RowReason(judged.verdict.code, judged.rules, tuple(sorted(causes)), needs)


def _rule(rule: Rule) -> MapRule:
    return MapRule(rule.says, cited(rule), rule.office)


def _geojson(site: Site, shape: BaseGeometry) -> GeoJson:
    """A shape of the working CRS in degrees, seven decimals: about a centimetre."""
    degrees = to_degrees(shape, site.project.crs)
    found: GeoJson = mapping(shapely.set_precision(degrees, 1e-7))
    return found


def _proposal(site: Site, one: Assessment) -> MapProposal:
    return MapProposal(
        id=one.proposal.id,
        name=one.proposal.name,
        activity=str(one.proposal.activity),
        activity_name=activity_name(one.proposal.activity),
        verdict=one.verdict.code,
        ground=one.ground.code,
        geometry=_geojson(site, one.proposal.shape),
        findings=tuple(_finding(each) for each in one.findings),
        gaps=tuple(_gap(each) for each in one.gaps),
    )


def _finding(one: Found) -> MapFinding:
    told = one.to_dict()
    return MapFinding(
        told["rule"],
        told["verdict"],
        told["theme"],
        told["says"],
        cited(one.held.rule),
        told["distance_m"],
        told["limit_m"],
        told["overlap_m2"],
    )


def _gap(one: Open) -> MapGap:
    told = one.to_dict()
    return MapGap(told["cause"], told["rule"], told["theme"], told["fact"], told["margin_m"])


def _attributions(site: Site) -> tuple[str, ...]:
    """Source and licence of every layer, once each."""
    told: Iterable[str] = (
        " — ".join(one for one in (layer.spec.source, layer.spec.licence) if one)
        for layer in site.project.layers
    )
    return tuple(sorted({one for one in told if one}))
