"""Potential beside a score as JSON values, a table and a line: by area, and beside documents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from geozone.answers.suitability.crosscheck import Told, beside, told_tables
from geozone.answers.suitability.model import Class
from geozone.answers.suitability.potential import (
    Ground,
    Potential,
    Stated,
    UnitHeat,
    Volume,
    ground_of,
    potentials,
)
from geozone.answers.suitability.potentialreader import Asked
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.figures import Book
from geozone.law.verdict import Verdict
from geozone.pages.flatrow import neutral
from geozone.pages.scorewords import both
from geozone.pages.text import Text, text

Json = Mapping[str, Any]  # JSON of the contract

WHOLE = text("全区", "whole study area")
METHODS: Mapping[str, Text] = {
    "volume": text("体积法（热储法）", "volume method (heat in place)"),
    "unit_heat": text("面积乘以单位面积热量", "area times the heat of a unit of area"),
}
NUMBERS: Mapping[str, tuple[Text, str]] = {
    "thickness_m": (text("热储厚度", "thickness of the reservoir"), "m"),
    "porosity": (text("孔隙率", "porosity"), ""),
    "rock_heat": (text("岩石体积热容", "heat capacity of the rock"), "J/(m³·K)"),
    "water_heat": (text("水体积热容", "heat capacity of the water"), "J/(m³·K)"),
    "reservoir_degc": (text("热储温度", "temperature of the reservoir"), "℃"),
    "reference_degc": (text("基准温度", "reference temperature"), "℃"),
    "recovery": (text("可采系数", "share that can be recovered"), ""),
    "years": (text("开采年限", "years it is spread over"), "a"),
    "heat": (text("单位面积热量", "heat of a unit of area"), "{unit}/m²"),
}
NOTES = (
    text(
        "只计所列类别的允许、限制地块；需核实、禁止及未查明的地块一律不计入，面积另列。",
        "Only open ground of the classes listed counts; undetermined and prohibited ground, and "
        "ground nobody looked at, never does: its area stands apart.",
    ),
    text(
        "全部地块用同一组参数；下限与上限为各参数同取最不利、最有利界限时的值，不是概率区间。",
        "One set of numbers for all ground; low and high are where every number stands at its "
        "worst or best limit, no interval of probability.",
    ),
    text(
        "潜力不是许可，也不是可采储量或探明储量。",
        "Potential is no permission, and no proven or recoverable reserve.",
    ),
)
COLUMNS = (
    "区域 area", "计入公顷 counted_ha", "其中限制公顷 restricted_ha", "未计入的未知公顷 unknown_ha",
    "热量 heat", "下限 low", "上限 high", "单位 unit", "方法 method",
)  # fmt: skip
_SHUT = {
    Verdict.PROHIBITED: Class.CLOSED,
    Verdict.UNDETERMINED: Class.UNDETERMINED,
    Verdict.NO_RULE: Class.UNDETERMINED,
}


def with_potential(
    told: Json, asked: Asked, book: Book, *, adcode: str | None, names: Mapping[str, str]
) -> dict[str, Any]:  # JSON of the contract
    """The summary with potential: of the whole, of its ``areas``, beside documents.

    ``told`` is the summary so far; ``names`` are those of areas by id.
    """
    found = _potential(told, asked, book, adcode, names)
    doubted = any(one["verify"] for one in found["numbers"])
    return {
        **told,
        "potential": found,
        "to_verify": [*told["to_verify"], *(["potential"] if doubted else [])],
        "synthetic": told["synthetic"] or asked.synthetic,
    }


def _potential(
    told: Json, asked: Asked, book: Book, adcode: str | None, names: Mapping[str, str]
) -> dict[str, Any]:  # as above
    method = asked.method
    grounds = [_whole(told["hectares"], asked), *_areas(told.get("areas", ()), asked)]
    whole, *areas = potentials(grounds, method)
    value, low, high = method.per_m2()
    technology = told["model"]["activity"].partition(":")[0]
    return {
        "method": "volume" if isinstance(method, Volume) else "unit_heat",
        "classes": [one.name.lower() for one in asked.classes],
        "unit": method.unit,
        "per_m2": {"value": value, "low": low, "high": high},
        "numbers": [_number(name, one, method.unit) for name, one in _numbers(method)],
        "whole": whole.to_dict(),
        "areas": [one.to_dict() for one in areas],
        "beside": [
            _beside(one, _named(whole, areas, asked.whole, names), book)
            for one in told_tables()
            if one.speaks_of(technology, adcode)
        ],
        "notes": [dict(one) for one in NOTES],
    }


def _whole(told: Mapping[str, Mapping[str, float]], asked: Asked) -> Ground:
    """The study area, from hectares by verdict and class of score."""
    parts: dict[tuple[Class, Verdict | None], float] = {}
    for verdict in Verdict:
        for name, size in told[verdict.code].items():
            key = (_SHUT.get(verdict, Class[name.upper()]), verdict)
            parts[key] = parts.get(key, 0.0) + size
    return ground_of(both(WHOLE), parts, asked.classes)


def _areas(told: Sequence[Json], asked: Asked) -> Iterator[Ground]:
    codes = {one.code: one for one in Verdict}
    for area in told:
        parts = {
            (Class[one["class"].upper()], codes.get(one["verdict"])): one["hectares"]
            for one in area["ground"]
        }
        unseen = area["outside_ha"] + area["beyond_ha"]
        yield ground_of(area["id"], parts, asked.classes, unseen_ha=unseen)


def _numbers(method: Volume | UnitHeat) -> Iterator[tuple[str, Stated]]:
    for one in fields(method):
        value = getattr(method, one.name)
        if isinstance(value, Stated):
            yield one.name, value


def _number(name: str, one: Stated, unit: str) -> Json:
    words, measured = NUMBERS[name]
    return {
        "id": name,
        **words,
        "unit": measured.format(unit=unit),
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "source": one.cite.source,
        "verify": one.cite.verify,
    }


def _named(
    whole: Potential, areas: Sequence[Potential], row: str | None, names: Mapping[str, str]
) -> list[Potential]:
    """Estimates under the names that a table may have them by: areas, then the whole."""
    named = [_called(one, names.get(one.ground.name) or one.ground.name) for one in areas]
    return named if row is None else [*named, _called(whole, row)]


def _called(one: Potential, name: str) -> Potential:
    return replace(one, ground=replace(one.ground, name=name))


def _beside(told: Told, ours: list[Potential], book: Book) -> Json:
    """A table's figures beside ours; where no name is in it, ``rows`` is empty.

    Where every part of the table has its estimate, their sum stands beside its total.
    """
    given = book.table(told.table)
    by_name = {one.ground.name: one for one in ours}
    parts = [by_name.get(row.name) for row in given.parts()]
    if told.row not in by_name and all(parts):
        ours = [*ours, _summed(told.row, [one for one in parts if one is not None])]
    rows = [row.name for row in given.rows]
    is_there = any(one.ground.name in rows for one in ours)
    return {
        "table": told.table,
        **given.title,
        "place": given.source.place["zh"],
        "rows": [one.to_dict() for one in (beside(ours, told, book) if is_there else ())],
        "names": rows,
        "not_given": [dict(one) for one in told.not_given],
    }


def _summed(name: str, parts: Sequence[Potential]) -> Potential:
    grounds = [one.ground for one in parts]
    return Potential(
        Ground(
            name,
            sum(one.square_m for one in grounds),
            sum(one.unknown_m2 for one in grounds),
            sum(one.restricted_m2 for one in grounds),
        ),
        sum(one.value for one in parts),
        sum(one.low for one in parts),
        sum(one.high for one in parts),
        parts[0].unit,
    )


def potential_csv(told: Json) -> str:
    """The estimates of a summary as a UTF-8 table with byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    method = both(METHODS[told["method"]])
    for one in (told["whole"], *told["areas"]):
        sizes = [hectares(one[name]) for name in ("area_m2", "restricted_m2", "unknown_m2")]
        heats = [float(f"{one[name]:.6g}") for name in ("heat", "low", "high")]
        cells = [one["name"], *sizes, *heats, one["unit"], method]
        writer.writerow([neutral(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def hectares(square_m: float) -> float:
    """Square metres in hectares, as tables have them."""
    return round(square_m / SQUARE_METRES_PER_HECTARE, 4)


HEATS: Mapping[str, Text] = {
    "GJ": text("万吉焦", "10⁴ GJ"),
    "GJ/a": text("万吉焦/年", "10⁴ GJ/a"),
}
"""How heat is shown, by its unit in files."""
SHOWN_GJ = 1e4


def shown(value: float) -> str:
    """A number for reading: four digits, or all whole ones."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def potential_line(told: Json) -> str:
    """What the command prints of potential: that of the whole, and what does not count."""
    one = told["whole"]
    heats = "  ".join(shown(one[name] / SHOWN_GJ) for name in ("low", "heat", "high"))
    return (
        f"潜力（下限 值 上限）/ potential (low, value, high): {heats} {both(HEATS[one['unit']])}；"
        f"未知不计入 / unknown, not counted: {hectares(one['unknown_m2']):,.2f} ha"
    )
