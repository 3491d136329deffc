"""One assessment as one row of a table: the same content, in words and codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that some spreadsheet runs; some take the wide signs for the plain ones."""


def neutral(value: Any) -> Any:  # a cell of any type
    """A text cell that a spreadsheet would run as a formula, made plain; numbers stay."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def flat_row(told: dict[str, Any]) -> dict[str, Any]:  # JSON of the contract, a row of a table
    """An assessment of the result document as one row."""
    findings, gaps = told["findings"], told["gaps"]
    margins = [each["margin_m"] for each in findings + gaps if each["margin_m"] is not None]
    return {
        "id": told["id"],
        "activity": told["activity"],
        "verdict": told["verdict"],
        "ground": told["ground"],
        "rules": "; ".join(each["rule"] for each in findings),
        "findings": "; ".join(_finding(each) for each in findings),
        "gaps": "; ".join(_gap(each) for each in gaps),
        "needs": "; ".join(dict.fromkeys(need for each in findings for need in each["needs"])),
        "least_margin_m": min(margins, default=None),
        "clear": "; ".join(told["clear"]),
        "lifted": "; ".join(f"{each['rule']}<{each['by']}" for each in told["lifted"]),
        "duties": _rules(one for one in told["duties"] if one["applies"]),
        "may_apply": _rules(one for one in told["duties"] if not one["applies"]),
        "permits": "; ".join(f"{each['permit']}={each['status']}" for each in told["permits"]),
        "history": _rules(told["history"]),
        "plan": "; ".join(f"{each['rule']} {each['says']['zh']}" for each in told["plan"]),
        "operation": "; ".join(each["rule"] for each in told["operation"]),
        "masks": "; ".join(f"{each['rule']} {each['area_m2']} m2" for each in told["masks"]),
        "advisories": "; ".join(each["says"].get("zh", "") for each in told["advisories"]),
        "parts": "; ".join(
            f"{each['verdict']} {each['area_m2']} m2 {each['share']:.2%}" for each in told["parts"]
        ),
    }


def _rules(entries: Iterable[dict[str, Any]]) -> str:
    return "; ".join(each["rule"] for each in entries)


def _finding(one: dict[str, Any]) -> str:
    distance = "" if one["distance_m"] is None else f" {one['distance_m']}/{one['limit_m']} m"
    overlap = "" if one["overlap_m2"] is None else f" {one['overlap_m2']} m2"
    says = one["says"].get("zh", "")
    return f"{one['rule']} {one['verdict']} {one['theme'] or ''}{distance}{overlap} {says}".strip()


def _gap(one: dict[str, Any]) -> str:
    parts = (one["rule"], one["theme"], one["cause"], one["fact"])
    return " ".join(part for part in parts if part)
