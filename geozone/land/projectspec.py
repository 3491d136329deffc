"""From the ``[project]`` table to a ``ProjectSpec``."""

from __future__ import annotations

from typing import Any

from geozone.land.faults import Faults
from geozone.land.keys import (
    Key,
    day,
    list_of,
    metres,
    number,
    positive,
    read_table,
    table_of,
    text,
)
from geozone.land.spec import ProjectSpec
from geozone.law.activity import Activity
from geozone.rules.vocabulary import parse_activity

RESOLUTION_M = 30.0
OFFICE_KEYS = ("name", "contact", "phone", "address", "email")


def adcode(value: Any) -> str:
    """A division code of 2, 4 or 6 digits; ``140000`` is the province ``14``."""
    code = text(value)
    if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6)):
        raise ValueError(
            "行政区划代码应为 2、4 或 6 位数字文本 / an adcode is a text of 2, 4 or 6 digits"
        )
    return short_adcode(code)


def short_adcode(code: str) -> str:
    """The code without its trailing pairs of zeros: ``140100`` is ``1401``."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _activity(value: Any) -> Activity:
    return parse_activity(text(value))


def _parameter(value: Any) -> float | str:
    return text(value) if isinstance(value, str) else number(value)


def _office(value: Any) -> dict[str, str]:
    office: dict[str, str] = table_of(text)(value)
    strange = [name for name in office if name not in OFFICE_KEYS]
    if strange:
        raise ValueError(f"未知的键 / unknown key {strange[0]!r}; known: {', '.join(OFFICE_KEYS)}")
    return office


PROJECT_KEYS = {
    "name": Key(text, required=True),
    "area": Key(text, required=True),
    "adcode": Key(adcode),
    "on": Key(day),
    "policies": Key(list_of(text, least=1)),
    "activities": Key(list_of(_activity)),
    "resolution_m": Key(positive),
    "crs": Key(text),
    "proposal_accuracy_m": Key(metres),
    "parameters": Key(table_of(_parameter)),
    "office": Key(_office),
}


def project_spec(raw: object, faults: Faults) -> ProjectSpec:
    """The ``[project]`` table; wrong values go to ``faults`` and count as not written."""
    values = read_table(raw, PROJECT_KEYS, faults.at("project"))
    return ProjectSpec(
        name=values.get("name", ""),
        area=values.get("area", ""),
        adcode=values.get("adcode"),
        on=values.get("on"),
        policies=values.get("policies"),
        activities=values.get("activities", ()),
        resolution_m=values.get("resolution_m", RESOLUTION_M),
        crs=values.get("crs"),
        proposal_accuracy_m=values.get("proposal_accuracy_m", 0.0),
        parameters=values.get("parameters", {}),
        office=values.get("office", {}),
    )
