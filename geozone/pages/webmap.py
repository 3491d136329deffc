"""The web map: one HTML text that holds all it shows and asks nothing of the network."""

from __future__ import annotations

import base64
import gzip
import hashlib
from typing import Any

import numpy as np

from geozone.pages import text
from geozone.pages.assets import asset
from geozone.pages.content import MapActivity, MapContent, MapProposal, RowReason
from geozone.pages.frame import (
    HEAD_SLOT,
    META_SLOT,
    SCRIPT_SLOT,
    frame,
    leaflet_script,
    leaflet_style,
)
from geozone.pages.markup import Html, joined, json_block, tag

_SCRIPTS = ("geo.js", "inflate.js", "zones.js", "card.js", "panel.js", "map.js")


def web_map(content: MapContent) -> str:
    """The map as one HTML text; the same content gives the same text.

    Data stands in escaped JSON blocks, put in after the frame is rendered; the page's script
    writes it as text nodes only. A content-security policy lets nothing else run or load.
    """
    data = joined(
        json_block("geozone-data", map_data(content)),
        json_block("geozone-index", _packed_index(content)),
    )
    style = Html(leaflet_style() + _colours() + asset("map.css"))
    script = Html("(function () {\n" + "".join(asset(name) for name in _SCRIPTS) + "})();")
    nonce = _nonce(data, style, script)
    head = joined(
        Html(f"<style>{style}</style>"),
        Html(f"<script>{leaflet_script()}</script>"),
    )
    page = frame().replace(HEAD_SLOT, head)
    page = page.replace(SCRIPT_SLOT, f"<!--geozone:data--><script>{script}</script>")
    page = page.replace("<script>", f'<script nonce="{nonce}">')
    page = page.replace("<style>", f'<style nonce="{nonce}">')
    page = page.replace(META_SLOT, _meta(content, nonce))
    return page.replace("<!--geozone:data-->", data)


def _meta(content: MapContent, nonce: str) -> Html:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    title = content.title.get("zh") or content.title.get("en") or ""
    return joined(
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
    )


def _nonce(*parts: str) -> str:
    """A nonce out of all content: nothing in the data can carry it, and it repeats."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8")).digest()
    return base64.b64encode(digest[:18]).decode("ascii")


def _colours() -> str:
    """The verdicts' colours for the style sheet."""
    rules = [f"--{code}: {colour};" for code, colour in text.VERDICT_COLOURS.items()]
    rules += [f"--{code}-ink: {colour};" for code, colour in text.VERDICT_INKS.items()]
    return ":root { " + " ".join(rules) + " }\n"


def _packed_index(content: MapContent) -> str:
    """Base64 of the gzip of the index, little-endian, row by row from the north-west."""
    wide = content.index.dtype.itemsize
    if wide not in (2, 4):
        raise ValueError("the index must be uint16 or uint32")
    raw = np.ascontiguousarray(content.index, dtype=f"<u{wide}").tobytes()
    return base64.b64encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")


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
        "grid": _grid(content),
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


def _grid(content: MapContent) -> dict[str, Any]:  # numbers and one table
    grid, projection = content.grid, content.grid.projection
    return {
        "projection": vars(projection),
        "left": grid.left,
        "top": grid.top,
        "resolution_m": grid.resolution_m,
        "rows": grid.rows,
        "cols": grid.cols,
        "bits": content.index.dtype.itemsize * 8,
        "outside": content.outside,
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
