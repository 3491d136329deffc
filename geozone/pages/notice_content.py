"""The content of the parcel notice: one JSON value that every format of it is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from geozone.pages.content import BoundaryPoint, MatrixCell, Parcel, ParcelMeasure, ParcelView
from geozone.pages.text import VERDICTS, text
from geozone.rules import vocabulary

SQUARE_METRES_PER_HECTARE = 10000.0
MU_PER_HECTARE = 15.0
_WHOLE = 1.0 - 1e-9

NOT_COMPUTED = text(
    "本版本不计算替代位置；未列出替代位置不表示不存在。",
    "This version computes no alternatives; that none is listed does not mean that none exists.",
)
CANNOT_DETECT = (
    (
        "shifted_coordinates",
        text(
            "文件本身无法显示坐标是否经过偏移（如GCJ-02、BD-09），须由数据提供单位确认。",
            "A file cannot show whether its coordinates were shifted (GCJ-02, BD-09); "
            "its supplier has to confirm.",
        ),
    ),
    (
        "missing_sheets",
        text(
            "未交付的图幅或要素无法从已交付的文件中发现；结论以登记的覆盖范围为准。",
            "Sheets or features that were not delivered cannot be found in what was; "
            "the stated coverage is relied on.",
        ),
    ),
    (
        "later_changes",
        text(
            "数据日期之后的变化不在其内；成果更新后应重新核查。",
            "Changes after the date of the data are not in it; check again after updates.",
        ),
    ),
)
HASH_METHOD = text(
    "校验值为本告知书JSON内容去掉hash键后，按键名排序、无空格、UTF-8编码的SHA-256。",
    "The hash is the SHA-256 of the notice's JSON without the key hash: keys sorted, no spaces, "
    "UTF-8.",
)


def notice_content(view: ParcelView) -> dict[str, Any]:  # JSON of the contract
    """The notice as the contract's JSON, with its hash; lists sorted, numbers rounded.

    Raises ``ValueError`` for numbers that JSON does not know.
    """
    content = _plain(
        {
            "schema": 1,
            "on": view.on,
            "synthetic": view.synthetic,
            "project": {
                "name": view.project,
                "adcode": view.adcode,
                "office": view.office,
                "contact": view.contact,
            },
            "parcel": _parcel(view.parcel),
            "matrix": [_cell(one) for one in sorted(view.matrix, key=_cell_order)],
            "findings": sorted((_finding(one) for one in view.findings), key=_finding_order),
            "measures": [_measure(one) for one in sorted(view.measures, key=_measure_order)],
            "clear": [
                {**vars(one), "distance_m": _rounded(one.distance_m, 2)}
                for one in sorted(view.clear, key=lambda each: each.theme)
            ],
            "gaps": _sorted(view.gaps, "theme", "cause", "rule", "fact"),
            "changes": _sorted(view.changes, "date", "policy", "phase"),
            "resources": _sorted(view.resources, "theme", "source"),
            "duties": _sorted(view.duties, "kind", "rule"),
            "permits": _sorted(view.permits, "technology", "permit"),
            "history": _sorted(view.history, "rule"),
            "alternatives": {"status": "not_computed", "says": NOT_COMPUTED},
            "data": _data(view),
        }
    )
    return {**content, "hash": content_hash(content)}


def content_hash(content: Mapping[str, Any]) -> str:
    """The SHA-256, as hex, of the canonical JSON of a notice without its key ``hash``.

    Canonical: keys sorted, separators without spaces, no ASCII escapes, UTF-8.
    """
    bare = {key: value for key, value in content.items() if key != "hash"}
    raw = json.dumps(
        bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def is_intact(content: Mapping[str, Any]) -> bool:
    """Whether a notice still has the content that its hash was made of."""
    return content.get("hash") == content_hash(content)


def relation(distance_m: float | None, overlap_m2: float | None, share: float | None) -> str:
    """How a parcel lies to a theme: within, overlaps, touches, near or unknown."""
    if share is not None and share >= _WHOLE:
        return "within"
    if overlap_m2:
        return "overlaps"
    if distance_m is None:
        return "unknown"
    return "near" if distance_m > 0 else "touches"


def _parcel(one: Parcel) -> dict[str, Any]:  # JSON of the contract
    hectares = one.area_m2 / SQUARE_METRES_PER_HECTARE
    return {
        "id": one.id,
        "name": one.name,
        "user": one.user,
        "location": one.location,
        "planned_use": one.planned_use,
        "supply": one.supply,
        "legal_area_m2": _rounded(one.legal_area_m2, 2),
        "area_m2": round(one.area_m2, 2),
        "area_ha": round(hectares, 4),
        "area_mu": round(hectares * MU_PER_HECTARE, 2),
        "planar_area_m2": round(one.planar_area_m2, 2),
        "crs": {"name": one.crs, "zone": one.zone, "central_meridian": one.central_meridian},
        "points": [_point(each) for each in one.points],
    }


def _point(one: BoundaryPoint) -> dict[str, Any]:  # texts and numbers
    return {
        "name": one.name,
        "ring": one.ring,
        "x_north": round(one.x_north, 3),
        "y_east": round(one.y_east, 3),
    }


def _cell(one: MatrixCell) -> dict[str, Any]:  # JSON of the contract
    lists = {"rules": list(one.rules), "causes": list(one.causes), "needs": list(one.needs)}
    return {"technology": one.technology, "object": one.object, "ground": one.ground, **lists}


def _finding(one: Mapping[str, Any]) -> dict[str, Any]:  # JSON of the contract
    lies = relation(one.get("distance_m"), one.get("overlap_m2"), one.get("share"))
    return {**one, "relation": lies, "activities": sorted(one.get("activities", ()))}


def _measure(one: ParcelMeasure) -> dict[str, Any]:  # texts and numbers
    metres = {
        key: _rounded(getattr(one, key), 2) for key in ("distance_m", "limit_m", "overlap_m2")
    }
    shares = {key: _share(getattr(one, key)) for key in ("share", "share_low", "share_high")}
    lies = relation(one.distance_m, one.overlap_m2, one.share)
    return {**vars(one), **metres, **shares, "relation": lies}


def _share(value: float | None) -> float | None:
    """A share of the parcel, never above the whole."""
    return None if value is None else round(min(value, 1.0), 6)


def _data(view: ParcelView) -> dict[str, Any]:  # JSON of the contract
    return {
        "engine": view.engine,
        "policies": _sorted(view.policies, "id"),
        "layers": _sorted(view.receipts, "theme", "name", "sha256"),
        "inputs": _sorted(view.inputs, "role", "name", "sha256"),
        "cannot_detect": [{"code": code, "says": says} for code, says in CANNOT_DETECT],
        "hash_method": HASH_METHOD,
    }


def _plain(value: dict[str, Any]) -> dict[str, Any]:  # JSON values of mixed types
    """The value as JSON reads it back: tuples are lists, mappings are tables."""
    plain: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False))
    return plain


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def _sorted(entries: Iterable[Mapping[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """The entries by the given keys, then by all they hold, so that their order never matters."""

    def order(one: Mapping[str, Any]) -> list[str]:
        whole = json.dumps(dict(one), ensure_ascii=False, sort_keys=True)
        return [*(str(one.get(key) or "") for key in keys), whole]

    return [dict(one) for one in sorted(entries, key=order)]


def _cell_order(one: MatrixCell) -> tuple[int, int, str, str]:
    return (
        _place(list(vocabulary.technologies()), one.technology),
        _place(list(vocabulary.objects()), one.object),
        one.technology,
        one.object,
    )


def _place(known: list[str], name: str) -> int:
    return known.index(name) if name in known else len(known)


def _finding_order(one: Mapping[str, Any]) -> tuple[int, str, str, str]:
    severity = _place(list(VERDICTS), str(one.get("verdict")))
    whole = json.dumps(dict(one), ensure_ascii=False, sort_keys=True)
    return (severity, str(one.get("theme") or ""), str(one.get("rule")), whole)


def _measure_order(one: ParcelMeasure) -> tuple[str, str]:
    return (one.theme, one.condition)
