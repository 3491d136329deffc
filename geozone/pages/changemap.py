"""The web map of a comparison: changed ground by its new verdict, and why it changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geozone.answers.compare import Comparison, ToldPair, judge_pairs
from geozone.answers.sides import Side
from geozone.answers.site import Site
from geozone.engine.burn import Burned
from geozone.engine.grid import Grid
from geozone.law.activity import Activity
from geozone.law.judgement import Judgement
from geozone.law.verdict import Verdict
from geozone.pages.comparison import from_to, hectares, sums
from geozone.pages.content import MapContent
from geozone.pages.mappage import map_page, packed_index
from geozone.pages.mapping import activity_name, cited, map_content
from geozone.pages.text import PHASE_NAMES, text
from geozone.pages.webmap import map_data

Json = dict[str, Any]  # JSON values of mixed types

_SCRIPTS = (
    "geo.js", "inflate.js", "zones.js", "card.js", "panel.js", "map.js", "changes.js",
)  # fmt: skip
_STYLES = ("map.css", "changes.css")

SAME, RULES = "same", "rules"
"""What is painted where the verdict stays, and where only the rules behind it change."""

_STAYS = (
    {"code": RULES, **text("结论不变、依据改变", "Same verdict, other rules"), "mark": "≈",
     "colour": "#b9ad93"},
    {"code": SAME, **text("未变化", "Unchanged"), "mark": "＝", "colour": "#e6e3dc"},
)  # fmt: skip


def change_map(found: Comparison, grid: Grid, burned: Burned) -> str:
    """The page as one HTML text that asks nothing of the network.

    ``burned`` is the evidence of the pair's joint site. Raises ``ValueError`` off Gauss-Krüger.
    """
    content = map_content(found.pair.joint, grid, burned, (), {})
    data = _data(found, content, judge_pairs(found.pair, burned.evidence))
    blocks = {"geozone-data": data, "geozone-index": packed_index(content)}
    return map_page(data["title"]["zh"], blocks, scripts=_SCRIPTS, styles=_STYLES)


def _data(
    found: Comparison, content: MapContent, told: Mapping[Activity, tuple[ToldPair, ...]]
) -> Json:
    """What the page's script reads: the map's own data, with two reasons instead of one."""
    data = map_data(content)
    a, b = found.side_a, found.side_b
    return data | {
        "title": text(
            f"{found.pair.b.project.name} · 政策对比",
            f"policies compared: A {a.given} → B {b.given}",
        ),
        "on": f"A {a.on.isoformat()} → B {b.on.isoformat()}",
        "verdicts": [*data["verdicts"], *_STAYS],
        "policies": [*_policies("A", a), *_policies("B", b)],
        "rules": {},
        "sides": {"a": _side(a, found.pair.a), "b": _side(b, found.pair.b)},
        "activities": [_activity(found, one, rows) for one, rows in told.items()],
    }


def _policies(name: str, side: Side) -> list[Json]:
    found = []
    for one in side.policies:
        phase = PHASE_NAMES[one.span.phase(side.on).value]
        number = " · ".join(each for each in (one.number, phase["zh"], phase["en"]) if each)
        found.append({"id": f"{name} {one.id}", "title": dict(one.title), "number": number})
    return found


def _side(side: Side, site: Site) -> Json:
    rules = {
        rule.id: {"says": dict(rule.says), "cite": cited(rule), "office": dict(rule.office)}
        for rule in site.rules.values()
    }
    return {"given": side.given, "on": side.on.isoformat(), "rules": rules}


def _activity(found: Comparison, activity: Activity, rows: tuple[ToldPair, ...]) -> Json:
    """An activity with its distinct reasons, and per evidence row the place of its reason."""
    with_rules = any(not one.change.verdict_changes for one in found.changes[activity])
    told = [_reason(row, with_rules) for row in rows]
    keys = [json.dumps(one, sort_keys=True) for one in told]
    reasons = dict(zip(keys, told, strict=True))
    place = {key: number for number, key in enumerate(reasons)}
    areas = sums(found, activity)
    turns = from_to(found, activity)
    stays = {SAME: hectares(areas["none"]), RULES: hectares(areas["rules"])}
    return {
        "key": str(activity),
        "name": dict(activity_name(activity)),
        "hectares": stays | _by_new_verdict(turns),
        "turns": [
            {"was": a.code, "now": b.code, "hectares": hectares(area)}
            for (a, b), area in turns.items()
        ],
        "rows": [place[key] for key in keys],
        "reasons": list(reasons.values()),
    }


def _by_new_verdict(turns: Mapping[tuple[Verdict, Verdict], float]) -> dict[str, float]:
    """Hectares of changed ground per new verdict."""
    areas: dict[str, float] = {}
    for (_, now), area in turns.items():
        areas[now.code] = areas.get(now.code, 0.0) + area
    return {code: hectares(area) for code, area in areas.items()}


def _reason(told: ToldPair, with_rules: bool) -> Json:
    """What is told of a row; ``verdict`` is what it is painted as."""
    change, a, b = told
    stays = RULES if with_rules and change.by else SAME
    return {
        "verdict": change.b.verdict.code if change.verdict_changes else stays,
        "a": _half(a),
        "b": _half(b),
        "by": list(change.by) if change.verdict_changes or stays == RULES else [],
        "layers": list(change.layers),
    }


def _half(judged: Judgement) -> Json:
    gaps = judged.gaps if judged.causes else ()
    causes = {f"{one.cause.value}:{one.theme}" if one.theme else one.cause.value for one in gaps}
    return {
        "verdict": judged.verdict.code,
        "rules": list(judged.rules),
        "causes": sorted(causes),
    }
