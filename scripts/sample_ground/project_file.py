"""Writing a project file (geozone.toml) for a list of sheets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sample_ground.sheet import Sheet


@dataclass(frozen=True)
class Heading:
    """The ``[project]`` table."""

    name: str
    area: str
    adcode: str
    on: date
    policies: Sequence[str]
    activities: Sequence[str]
    resolution_m: int
    crs: str
    office: Mapping[str, str]


def project_text(heading: Heading, sheets: Sequence[Sheet]) -> str:
    """The whole project file."""
    head = {
        "name": heading.name,
        "area": heading.area,
        "adcode": heading.adcode,
        "on": heading.on,
        "policies": list(heading.policies),
        "activities": list(heading.activities),
        "resolution_m": heading.resolution_m,
        "crs": heading.crs,
        "proposal_accuracy_m": 0,
        "parameters": {"well_spacing_m": 500},
        "office": dict(heading.office),
    }
    tables = [_table("[project]", head), *(_table("[[layer]]", _keys(sheet)) for sheet in sheets)]
    return (
        "# 合成示例数据 / synthetic sample ground. Built by scripts/build_layers.py;"
        " not for any real decision.\nschema = 1\n\n" + "\n".join(tables)
    )


def _keys(sheet: Sheet) -> dict[str, object]:
    keys: dict[str, object | None] = {
        "theme": sheet.theme,
        "path": sheet.file,
        "layer": sheet.stored if sheet.is_contained else None,
        "encoding": sheet.encoding or None,
        "band": 1 if sheet.raster is not None else None,
        "class": _class_key(sheet),
        "fields": dict(sheet.fields) or None,
        "coverage": sheet.coverage,
        "empty_ok": sheet.empty_ok or None,
        "complete_for": list(sheet.complete_for) or None,
        "accuracy_m": sheet.accuracy_m,
        "half_width_m": sheet.half_width_m,
        "as_of": sheet.as_of,
        "valid": list(sheet.valid) if sheet.valid else None,
        "max_age_days": sheet.max_age_days,
        "synthetic": sheet.synthetic or None,
        "source": sheet.source,
        "licence": sheet.licence,
    }
    return {key: value for key, value in keys.items() if value is not None}


def _class_key(sheet: Sheet) -> dict[str, object] | None:
    if sheet.raster is not None:
        return {"values": {str(number): name for number, name in sheet.raster.names.items()}}
    return {"field": "class", "map": dict(sheet.classes)} if sheet.classes else None


def _table(title: str, keys: Mapping[str, object]) -> str:
    return "\n".join([title, *(f"{key} = {_value(value)}" for key, value in keys.items())]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        pairs = [f"{_bare(key)} = {_value(one)}" for key, one in value.items()]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _bare(key: str) -> str:
    return (
        key
        if key.isascii() and key.replace("_", "").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )
