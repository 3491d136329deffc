"""A comparison as table and JSON: the ground where verdicts change, and the rules behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from geozone.answers.compare import ChangedZone, Comparison
from geozone.answers.finding import told
from geozone.answers.sides import Side
from geozone.answers.site import Site
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE, not_judged
from geozone.law.activity import Activity
from geozone.law.verdict import Verdict
from geozone.pages.receipts import inputs, receipts, versions
from geozone.pages.tables import neutral
from geozone.pages.text import LIMITS, VERDICT_NAMES
from geozone.version import VERSION

COLUMNS = (
    "activity", "change", "from", "to", "from_zh", "to_zh", "hectares", "area_m2", "rules_a",
    "rules_b", "changed_by", "causes_a", "causes_b", "layers", "says",
)  # fmt: skip


def hectares(area_m2: float) -> float:
    """Square metres as hectares, to a square metre."""
    return round(area_m2 / SQUARE_METRES_PER_HECTARE, 4)


def is_synthetic(found: Comparison) -> bool:
    """Whether any layer of the project is a made-up sample."""
    return any(layer.spec.synthetic for layer in found.pair.a.project.layers)


def kind(one: ChangedZone) -> str:
    """What changes: the verdict, or only the rules behind it."""
    return "verdict" if one.change.verdict_changes else "rules"


def sums(found: Comparison, activity: Activity) -> dict[str, float]:
    """Square metres of an activity by what changes: verdict, rules, none; and of all ground."""
    areas = {"verdict": 0.0, "rules": 0.0, "none": sum(found.unchanged[activity].values())}
    for one in found.changes[activity]:
        areas[kind(one)] += one.area_m2
    return {**areas, "all": sum(areas.values())}


def from_to(found: Comparison, activity: Activity) -> dict[tuple[Verdict, Verdict], float]:
    """Square metres per old and new verdict, the largest first; only verdicts that change."""
    areas: dict[tuple[Verdict, Verdict], float] = {}
    for one in found.changes[activity]:
        if one.change.verdict_changes:
            key = (one.change.a.verdict, one.change.b.verdict)
            areas[key] = areas.get(key, 0.0) + one.area_m2
    return dict(sorted(areas.items(), key=lambda each: (-each[1], each[0])))


def codes(one: ChangedZone) -> dict[str, tuple[str, ...]]:
    """The codes of a zone's reasons, by the names that tables and layers give them."""
    change = one.change
    return {
        "rules_a": change.a.rules,
        "rules_b": change.b.rules,
        "changed_by": change.by,
        "causes_a": change.a.causes,
        "causes_b": change.b.causes,
        "layers": change.layers,
    }


def csv_text(found: Comparison) -> str:
    """A UTF-8 table with byte order mark; the areas of an activity sum to the study area."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for activity, zones in found.changes.items():
        rows = [_row(found, one) for one in zones]
        rows += [
            {"change": "none", **_verdicts(verdict, verdict), **_area(area)}
            for verdict, area in found.unchanged[activity].items()
        ]
        for row in rows:
            full = {"activity": str(activity), **row}
            writer.writerow({key: neutral(value) for key, value in full.items()})
    return "\ufeff" + text.getvalue()


def _verdicts(a: Verdict, b: Verdict) -> dict[str, str]:
    names = {"from_zh": VERDICT_NAMES[a.code]["zh"], "to_zh": VERDICT_NAMES[b.code]["zh"]}
    return {"from": a.code, "to": b.code, **names}


def _area(area_m2: float) -> dict[str, float]:
    return {"hectares": hectares(area_m2), "area_m2": round(area_m2, 2)}


def _row(found: Comparison, one: ChangedZone) -> dict[str, Any]:  # a row of a table
    return {
        "change": kind(one),
        **_verdicts(one.change.a.verdict, one.change.b.verdict),
        **_area(one.area_m2),
        **{key: "; ".join(each) for key, each in codes(one).items()},
        "says": "; ".join(_says(found, rule) for rule in one.change.by),
    }


def _says(found: Comparison, rule: str) -> str:
    """What a rule says on the sides that have it; both texts where they differ."""
    known = [site.rules for site in (found.pair.a, found.pair.b)]
    texts = [rules[rule].says.get("zh", "") for rules in known if rule in rules]
    return f"{rule} {' → '.join(dict.fromkeys(texts))}".strip()


def result(found: Comparison) -> dict[str, Any]:  # JSON of mixed types
    """The comparison as one document, codes beside words."""
    return {
        "schema": 1,
        "project": found.pair.b.project.name,
        "engine": f"geozone {VERSION}",
        "area": "ellipsoidal",
        "a": _side(found, found.side_a, found.pair.a),
        "b": _side(found, found.side_b, found.pair.b),
        "layers_differ": sorted(found.pair.differing),
        "limits": dict(LIMITS),
        "synthetic": is_synthetic(found),
        "activities": [_activity(found, one) for one in found.changes],
    }


def _side(found: Comparison, side: Side, site: Site) -> dict[str, Any]:  # JSON of mixed types
    rules = site.rules
    return {
        "given": side.given,
        "on": side.on.isoformat(),
        "policies": [
            {
                "id": one.id,
                "title": dict(one.title),
                "number": one.number,
                "phase": one.span.phase(side.on).value,
            }
            for one in side.policies
        ],
        "rules": {one: told(rules[one]) for one in _mentioned(found) if one in rules},
        "not_judged": not_judged(site),
        "layers": receipts(site),
        "inputs": inputs(site),
        "versions": versions(site),
    }


def _mentioned(found: Comparison) -> list[str]:
    changes = [one.change for zones in found.changes.values() for one in zones]
    return sorted({rule for one in changes for rule in (*one.a.rules, *one.b.rules, *one.by)})


def _activity(found: Comparison, activity: Activity) -> dict[str, Any]:  # JSON of mixed types
    return {
        "activity": str(activity),
        "hectares": {name: hectares(area) for name, area in sums(found, activity).items()},
        "unchanged": _by_code(found.unchanged[activity]),
        "from_to": [
            {"from": a.code, "to": b.code, "hectares": hectares(area)}
            for (a, b), area in from_to(found, activity).items()
        ],
        "changes": [
            {
                "change": kind(one),
                "from": one.change.a.verdict.code,
                "to": one.change.b.verdict.code,
                **{key: list(each) for key, each in codes(one).items()},
                **_area(one.area_m2),
            }
            for one in found.changes[activity]
        ],
    }


def _by_code(areas: Mapping[Verdict, float]) -> dict[str, float]:
    return {verdict.code: hectares(area) for verdict, area in areas.items()}
