"""Potential in the report of a score: estimates, what they rest on, the documents' own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geozone.answers.suitability.model import Class
from geozone.pages.markup import Html, joined, tag
from geozone.pages.scorepotential import HEATS, METHODS, SHOWN_GJ, hectares, shown
from geozone.pages.scoretable import NUMBER, Head, checked, number, table
from geozone.pages.scorewords import CLASS_NAMES
from geozone.pages.text import Text, text
from geozone.pages.tongue import Tongue

Json = Mapping[str, Any]  # JSON of the contract

SIZES = ("area_m2", "restricted_m2", "unknown_m2")
COMPARED: Mapping[str, Text] = {
    "area": text("面积", "area"),
    "heat": text("热量", "heat"),
    "coal": text("折合标煤", "as standard coal"),
}


def potential_part(told: Json, tongue: Tongue) -> Html:
    """The estimates in the report: by area, their numbers, beside the documents."""
    counted = [CLASS_NAMES[Class[one.upper()]] for one in told["classes"]]
    method = METHODS[told["method"]]
    zh, en = "、".join(one["zh"] for one in counted), ", ".join(one["en"] for one in counted)
    said = tongue.line(
        f"方法：{method['zh']}；计入类别：{zh}。",
        f"Method: {method['en']}; classes that count: {en}.",
    )
    return joined(
        tag("p", said),
        _estimates(told, tongue),
        tag("ul", *(tag("li", tongue.say(one)) for one in told["notes"]), class_="note"),
        _rests_on(told["numbers"], tongue),
        *(_compared(one, tongue) for one in told["beside"]),
        None if told["beside"] else _nothing(tongue),
    )


def _estimates(told: Json, tongue: Tongue) -> Html:
    unit = HEATS[told["unit"]]
    heads: list[Head] = [
        ("区域", "area"), ("计入公顷", "counted ha", NUMBER),
        ("其中限制", "of it restricted", NUMBER),
        ("未知，不计入", "unknown, not counted", NUMBER), (f"下限（{unit['zh']}）", "low", NUMBER),
        ("值", f"value, {unit['en']}", NUMBER), ("上限", "high", NUMBER),
    ]  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("th", one["name"]),
            *(number(f"{hectares(one[name]):,.1f}") for name in SIZES),
            *(number(shown(one[name] / SHOWN_GJ)) for name in ("low", "heat", "high")),
        )
        for one in (told["whole"], *told["areas"])
    ]
    return table(heads, rows, tongue)


def _rests_on(numbers: Sequence[Json], tongue: Tongue) -> Html:
    heads: list[Head] = [
        ("参数", "number"), ("值", "value", NUMBER), ("下限–上限", "low to high", NUMBER),
        ("依据", "source"),
    ]  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(one), tag("div", one["unit"], class_="code")),
            number(f"{one['value']:.6g}"),
            number("—" if one["low"] == one["high"] else f"{one['low']:.6g}–{one['high']:.6g}"),
            tag("td", checked(one["verify"]), " ", one["source"]),
        )
        for one in numbers
    ]
    return table(heads, rows, tongue)


def _nothing(tongue: Tongue) -> Html:
    said = tongue.line(
        "随附文件的表格没有此处此类技术的潜力，无从对照。",
        "No table of the shipped documents gives the potential of this technology here: there is "
        "nothing to hold the estimate against.",
    )
    return tag("p", said, class_="note")


def _compared(told: Json, tongue: Tongue) -> Html:
    title = tag(
        "p",
        tag("b", tongue.line(f"对照 {told['place']}：{told['zh']}", f"beside: {told['en']}")),
    )
    if not told["rows"]:
        known = "、".join(told["names"])
        said = tongue.line(
            f"没有区域与该表的行同名（{known}），未对照；全区用 whole = “行名” 指明。",
            f"No area bears the name of one of its rows ({known}), so nothing is compared; for the "
            "whole study area name a row: whole.",
        )
        return joined(title, tag("p", said, class_="note"))
    heads: list[Head] = [
        ("区域", "area"), ("项目", "what"), ("本估算", "ours", NUMBER),
        ("下限–上限", "low to high", NUMBER), ("文件所印", "as printed", NUMBER),
        ("差（本估算减文件）", "ours less theirs", NUMBER), ("单位与说明", "unit, remark"),
    ]  # fmt: skip
    lacking = "；".join(one["zh"] for one in told["not_given"])
    lacks = "; ".join(one["en"] for one in told["not_given"])
    said = tongue.line(
        f"两数各按原样列出，仅供参照：文件未给出{lacking}。",
        f"Both numbers as they are, for orientation only: the document does not give {lacks}.",
    )
    rows = [_beside_row(one, tongue) for one in told["rows"] if one["printed"] is not None]
    return joined(
        title, table(heads, rows, tongue), tag("p", said, class_="note"), _missing(told, tongue)
    )


def _missing(told: Json, tongue: Tongue) -> Html | None:
    """Estimates that the table has nothing to hold against."""
    names = list(dict.fromkeys(one["name"] for one in told["rows"] if one["printed"] is None))
    if not names:
        return None
    said = tongue.line(
        f"文件未给出：{'、'.join(names)}。", f"The document does not give: {', '.join(names)}."
    )
    return tag("p", said, class_="note")


def _beside_row(one: Json, tongue: Tongue) -> Html:
    off = one["difference"]
    limits = "—" if one["low"] is None else f"{shown(one['low'])}–{shown(one['high'])}"
    doubts = [
        tongue.line(
            f"文件自相矛盾：所印 {each['printed']}，计算得 {each['computed']}",
            f"the document disagrees with itself: printed {each['printed']}, computed "
            f"{each['computed']}",
        )
        for each in one["doubts"]
    ]
    remarks = [*([tongue.say(one["why"])] if one["why"] else []), *doubts]
    return tag(
        "tr",
        tag("th", one["name"]),
        tag("td", tongue.say(COMPARED[one["what"]])),
        number(shown(one["ours"])),
        number(limits),
        number(one["printed"] or "—"),
        number("—" if off is None else f"{'+' if off > 0 else ''}{shown(off)}"),
        tag("td", one["unit"], *(tag("div", each, class_="note") for each in remarks)),
    )
