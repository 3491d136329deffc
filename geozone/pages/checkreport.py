"""What ``check`` tells of a project: receipts, remarks and what is missing, as text and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from string import ascii_uppercase
from typing import Any

import shapely

from geozone.answers.debt import Debt
from geozone.land.layers.ground import Ground, ground
from geozone.land.layers.layer import Layer
from geozone.land.project import Project
from geozone.land.receipt import Input, Receipt
from geozone.law.errors import Fault
from geozone.pages.columns import table_lines
from geozone.pages.policytext import debt_lines
from geozone.pages.receipts import layer_receipt, versions_of

Json = dict[str, Any]  # JSON of the schema

HASH_LETTERS = 12
LAYER_HEADS = (
    "要素\ntheme",
    "图层\nlayer",
    "读/载明\nread/stated",
    "保留\nkept",
    "空\nnull",
    "修复\nmended",
    "精度 m\naccuracy",
    "覆盖\nseen",
    "天\ndays old",
    "格式\ndriver",
    "SHA-256",
    "坐标\nCRS",
    "状态\nstate",
)
LAYER_NUMBERS = frozenset({2, 3, 4, 5, 6, 7, 8})
INPUT_HEADS = ("输入\ninput", "文件\nfile", "读\nread", "SHA-256", "坐标\nCRS")
LONGEST_NAME = 24
STATES = {"current": "有效 current", "stale": "过期 stale", "waived": "豁免 waived"}


def check_lines(project: Project, owed: Sequence[Debt], on: date) -> list[str]:
    """The receipts of all files as tables, remarks, and the themes that rules wait for."""
    there = ground(project, on)
    ways = _ways(project)
    layers = [_layer_row(layer, there, ways) for layer in project.layers]
    inputs = [_input_row(one, ways) for one in project.inputs]
    remarks = [f"    {one}" for one in _warnings(project, on)]
    return [
        f"项目 / project: {project.name}",
        f"工作坐标系 / working CRS: {project.crs.to_string()} {project.crs.name}",
        f"决策日期 / decision date: {on}",
        "",
        *table_lines(INPUT_HEADS, inputs, frozenset({2})),
        "",
        *(table_lines(LAYER_HEADS, layers, LAYER_NUMBERS) if layers else ["没有图层 / no layers"]),
        "",
        "坐标系与转换 / CRS and operation:",
        *(f"    {letter}  {way}" for way, letter in ways.items()),
        "",
        f"注意 / notes: {len(remarks)}",
        *remarks,
        *debt_lines(owed, on),
    ]


def check_result(project: Project, owed: Sequence[Debt], on: date) -> Json:
    """The same as JSON (``check.schema.json``)."""
    there = ground(project, on)
    return {
        "schema": 1,
        "project": project.name,
        "on": on.isoformat(),
        "crs": project.crs.to_string(),
        "inputs": [one.to_dict() for one in project.inputs],
        "layers": [_layer(layer, there) for layer in project.layers],
        "versions": versions_of(_receipts(project)),
        "warnings": _warnings(project, on),
        "missing": [_debt(one) for one in owed],
    }


def refused_result(faults: Sequence[Fault]) -> Json:
    """What was wrong with refused input, as JSON of the same schema."""
    return {
        "schema": 1,
        "refused": [
            {"file": one.file, "place": one.place, "what": one.what, "todo": one.todo}
            for one in faults
        ],
    }


def _layer(layer: Layer, there: Ground) -> Json:
    spec = layer.spec
    return layer_receipt(layer) | {
        "declared_coverage": spec.coverage or "",
        "coverage_share": _share(layer, there),
        "complete_for": sorted(layer.complete_for) if layer.complete_for is not None else None,
        "valid": [day.isoformat() for day in spec.valid] if spec.valid else None,
        "max_age_days": spec.max_age_days,
        "age_days": _age_days(layer, there.on),
        "state": _state(layer, there),
        "source": spec.source or "",
        "licence": spec.licence or "",
    }


def _debt(one: Debt) -> Json:
    return {
        "theme": one.theme,
        "cause": one.cause.value,
        "classes": list(one.classes),
        "protected": one.protected,
        "waiting": [
            {"document": each.document, "office": dict(each.office), "rules": list(each.rules)}
            for each in one.waiting
        ],
    }


def _share(layer: Layer, there: Ground) -> float:
    """The share of the study area that the layer's coverage holds."""
    seen = shapely.intersection(layer.coverage, there.area)
    return round(min(float(seen.area / there.area.area), 1.0), 6)


def _age_days(layer: Layer, on: date) -> int | None:
    return None if layer.spec.as_of is None else (on - layer.spec.as_of).days


def _state(layer: Layer, there: Ground) -> str:
    """``waived``; else ``current``, or ``stale``: too old for the date, or not valid on it."""
    if layer.waived:
        return "waived"
    return "current" if layer in there.theme(layer.theme).layers else "stale"


def _layer_row(layer: Layer, there: Ground, ways: Mapping[str, str]) -> tuple[str, ...]:
    receipt, age = layer.receipt, _age_days(layer, there.on)
    declared = "—" if receipt.declared is None else str(receipt.declared)
    made = "，合成 synthetic" if layer.spec.synthetic else ""
    return (
        layer.theme,
        _short(layer.name),
        f"{receipt.read}/{declared}",
        str(receipt.kept),
        str(receipt.nulls),
        str(sum(count for _, count in receipt.repairs)),
        f"±{layer.accuracy_m:g}",
        f"{_share(layer, there):.1%}",
        "—" if age is None else str(age),
        receipt.driver or "—",
        receipt.sha256[:HASH_LETTERS] or "—",
        ways[_way(receipt)],
        f"{STATES[_state(layer, there)]}{made}",
    )


def _input_row(one: Input, ways: Mapping[str, str]) -> tuple[str, ...]:
    receipt = one.receipt
    return (
        one.role,
        one.name,
        str(receipt.read),
        receipt.sha256[:HASH_LETTERS],
        ways[_way(receipt)],
    )


def _warnings(project: Project, on: date) -> list[str]:
    """What a user should hear of the project, and of layers that are younger than the date."""
    late = [one for one in project.layers if one.spec.as_of is not None and one.spec.as_of > on]
    return [
        *project.warnings,
        *(
            f"{one.spec.place} {one.name}: as_of {one.spec.as_of} 晚于决策日期 / is later than the "
            f"decision date {on}"
            for one in late
        ),
    ]


def _receipts(project: Project) -> list[Receipt]:
    return [*(one.receipt for one in project.inputs), *(one.receipt for one in project.layers)]


def _short(name: str) -> str:
    """A layer's name, its middle left out where it is long; the JSON has it whole."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _ways(project: Project) -> dict[str, str]:
    """A letter for each CRS and operation of the project, in the order of the tables."""
    found = dict.fromkeys(_way(one) for one in _receipts(project))
    return {way: _letter(at) for at, way in enumerate(found)}


def _letter(number: int) -> str:
    """``A`` … ``Z``, then ``A1`` and so on."""
    round_, at = divmod(number, len(ascii_uppercase))
    return f"{ascii_uppercase[at]}{round_ or ''}"


def _way(receipt: Receipt) -> str:
    """The CRS of a file and how it was brought to the working one, said once."""
    crs, operation = receipt.crs, receipt.operation
    if not crs:
        return "—"
    if operation in ("", "none"):
        return f"{crs}（不转换 none）"
    return operation if operation.startswith(crs) else f"{crs}: {operation}"
