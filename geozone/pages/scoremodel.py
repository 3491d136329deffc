"""The model in the report of a score: groups, weights and factors with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geozone.pages.markup import Html, joined, tag
from geozone.pages.scoretable import checked, number, table
from geozone.pages.scorewords import CURVE_NAMES, MEASURE_NAMES, WEIGHTED
from geozone.pages.tongue import Tongue

Json = Mapping[str, Any]  # the summary


def model_table(told: Json, tongue: Tongue) -> Html:
    """How the model combines, its groups with weights and consistency ratios, its source."""
    model = told["model"]
    heads = (
        ("组", "group", ""), ("权重", "weight", "number"),
        ("一致性比率 CR", "consistency ratio", "number"),
    )  # fmt: skip
    groups = [
        tag("tr", tag("th", tongue.say(one)), number(f"{one['weight']:.4f}"), _ratio(one["ratio"]))
        for one in model["groups"]
    ]
    whole = tag(
        "tr", tag("th", tongue.line("各组之间", "between groups")), number("1"),
        _ratio(model["ratio"]),
    )  # fmt: skip
    return joined(
        tag("p", tongue.line("合成方式：", "combined by "), tongue.say(WEIGHTED[model["combine"]])),
        table(heads, [*groups, whole], tongue),
        tag("p", checked(model["verify"]), " ", model["source"], class_="note"),
    )


def _ratio(ratio: float | None) -> Html:
    return number("—" if ratio is None else f"{ratio:.4f}")


def factors_table(told: Json, tongue: Tongue) -> Html:
    """Every factor: weight, what is read and worth, share unknown, source."""
    heads = (
        ("指标", "factor", ""), ("权重", "weight", "number"),
        ("取法与隶属函数", "measure, worth", ""), ("缺数据", "unknown", "number"),
        ("依据", "source", ""),
    )  # fmt: skip
    rows = [_factor(one, told["unknown"], tongue) for one in told["factors"]]
    return table(heads, rows, tongue)


def _factor(one: Json, unknown: Mapping[str, float], tongue: Tongue) -> Html:
    worth, reach = one["membership"], one["reach_m"]
    points = "  ".join(f"{value:g}→{share:g}" for value, share in worth["points"])
    if worth["curve"] == "table":
        points = f"<{worth['points'][0][0]:g}→{worth['below']:g}  {points}"
    share = unknown.get(one["id"])
    return tag(
        "tr",
        tag("th", tongue.say(one), tag("div", f"{one['id']}  {one['unit']}", class_="code")),
        number(f"{one['weight']:.4f}"),
        tag(
            "td",
            tag(
                "div",
                tongue.plain(MEASURE_NAMES[one["measure"]]),
                f" ≤ {reach:g} m" if reach else None,
            ),
            tag("div", tongue.plain(CURVE_NAMES[worth["curve"]])),
            tag("div", points, class_="code"),
        ),
        number("—" if share is None else f"{share:.2%}"),
        tag("td", checked(one["verify"]), " ", one["source"]),
    )
