"""The web map: one HTML text that holds all it shows and asks nothing of the network."""

from __future__ import annotations

from typing import Any

from geozone.pages import text
from geozone.pages.content import (
    MapActivity,
    MapContent,
    MapGrid,
    MapProposal,
    MapScore,
    RowReason,
)
from geozone.pages.mappage import map_page, packed, packed_index

_SCRIPTS = ("geo.js", "inflate.js", "zones.js", "card.js", "panel.js", "map.js")


def web_map(content: MapContent) -> str:
    """The map as one HTML text; the same content gives the same text."""
    blocks = {"geozone-data": map_data(content), "geozone-index": packed_index(content)}
    if content.score:
        blocks["geozone-score"] = packed(content.score.codes)
    title = content.title.get("zh") or content.title.get("en") or ""
    return map_page(title, blocks, scripts=_SCRIPTS, styles=("map.css",))


def map_data(content: MapContent) -> dict[str, Any]:  # JSON values of mixed types
    """All that the page's script reads, but for the index itself."""
    return {
        "title": dict(content.title),
        "on": content.on,
        "synthetic": content.synthetic,
        "engine": content.engine,
        "sample": text.SYNTHETIC,
        "limits": text.LIMITS,
        "verdicts": _verdicts(),
        "causes": {code: dict(name) for code, name in text.CAUSE_NAMES.items()},
        "policies": [
            {"id": one.id, "title": dict(one.title), "number": one.number}
            for one in content.policies
        ],
        "grid": _grid(content.grid, content.index.dtype.itemsize, content.outside),
        "score": _score(content.score) if content.score else None,
        "activities": [_activity(one) for one in content.activities],
        "rules": {
            name: {"says": dict(one.says), "cite": one.cite, "office": dict(one.office)}
            for name, one in content.rules.items()
        },
        "themes": {name: dict(one) for name, one in content.themes.items()},
        "facts": {name: dict(one) for name, one in content.facts.items()},
        "places": {name: dict(one) for name, one in content.places.items()},
        "outline": dict(content.outline),
        "proposals": [_proposal(one) for one in content.proposals],
        "attributions": list(content.attributions),
        "layers": list(content.receipts),
    }


def _verdicts() -> list[dict[str, str]]:
    """The five verdicts, severest first."""
    return [
        {
            "code": code,
            **text.VERDICT_NAMES[code],
            "mark": text.VERDICT_MARKS[code],
            "colour": text.VERDICT_COLOURS[code],
        }
        for code in text.VERDICTS
    ]


def _score(score: MapScore) -> dict[str, Any]:  # JSON values of mixed types
    return {
        "title": dict(score.title),
        "grid": _grid(score.grid, 1, 255),
        "classes": [
            {
                "value": one.value,
                "code": one.code,
                **one.name,
                "colour": one.colour,
                "hectares": one.hectares,
            }
            for one in score.classes
        ],
        "notes": [dict(one) for one in score.notes],
    }


def _grid(grid: MapGrid, wide: int, outside: int) -> dict[str, Any]:  # numbers and one table
    return {
        "projection": vars(grid.projection),
        "left": grid.left,
        "top": grid.top,
        "resolution_m": grid.resolution_m,
        "rows": grid.rows,
        "cols": grid.cols,
        "bits": wide * 8,
        "outside": outside,
    }


def _activity(one: MapActivity) -> dict[str, Any]:  # JSON values of mixed types
    """An activity with its distinct reasons, and per evidence row the place of its reason."""
    places: dict[RowReason, int] = {}
    rows = [places.setdefault(row, len(places)) for row in one.rows]
    return {
        "key": one.key,
        "name": dict(one.name),
        "hectares": dict(one.hectares),
        "rows": rows,
        "reasons": [
            {
                "verdict": reason.verdict,
                "rules": list(reason.rules),
                "causes": list(reason.causes),
                "needs": list(reason.needs),
            }
            for reason in places
        ],
    }


def _proposal(one: MapProposal) -> dict[str, Any]:  # JSON values of mixed types
    return {
        "id": one.id,
        "name": one.name,
        "activity": one.activity,
        "activity_name": dict(one.activity_name),
        "verdict": one.verdict,
        "ground": one.ground,
        "geometry": dict(one.geometry),
        "findings": [vars(each) | {"says": dict(each.says)} for each in one.findings],
        "gaps": [dict(vars(each)) for each in one.gaps],
    }
