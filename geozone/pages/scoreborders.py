"""How much open ground hangs on the accuracy of the zones' boundaries, as JSON and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geozone.answers.suitability.borders import BordersFound, Spread
from geozone.answers.suitability.draws import MIDDLE
from geozone.answers.suitability.model import Class
from geozone.pages.markup import Html, joined, tag
from geozone.pages.scoretable import NUMBER, Head, number, table
from geozone.pages.scorewords import CLASS_NAMES, CLASSES, code_of
from geozone.pages.text import text, theme_name
from geozone.pages.tongue import Tongue

Json = Mapping[str, Any]  # JSON of the contract

NOTES = (
    text(
        "界线精度之内的地块按边界移动后的情形另行判定。这只说明开放地块有多少取决于边界精度："
        "不改变任何管控结论，也不是许可；需核实、禁止的地块仍为需核实、禁止。",
        "Ground within the accuracy of a limit is judged again with boundaries moved. That tells "
        "how much open ground hangs on their accuracy; it changes no verdict and is no "
        "permission: undetermined and prohibited ground stays so.",
    ),
    text(
        "抽样时，同一主题的边界全区一同外移或内移，移动量在精度之内等可能（JCGM 100:2008，4.3.7）；"
        "移动一侧精度之内的地块按同一比例越界。各主题互不相关。",
        "In a draw the boundaries of a theme move outward or inward together, by any share of "
        "their accuracy as likely as another (JCGM 100:2008, 4.3.7); of the ground within their "
        "accuracy on that side as large a share is crossed. Themes move apart from one another.",
    ),
    text(
        "资料覆盖不到的地块与边界精度无关，不在此列。",
        "Ground that coverage does not reach is unknown however exact boundaries are; it does not "
        "count here.",
    ),
)
_SUPPOSED = {
    "zoned": text("按管控结论", "as the zones leave it"),
    "mapped": text("边界恰如图示", "boundaries exactly as mapped"),
    "least": text("精度之内最不利", "worst within their accuracy"),
    "most": text("精度之内最有利", "best within their accuracy"),
}
_SCORED = CLASSES[:3]


def borders_told(
    found: BordersFound, *, has_limits: bool
) -> dict[str, Any]:  # JSON of the contract
    """What the summary says; without limits of classes hectares by class are none."""
    supposed = {name: _sizes(getattr(found, name)) for name in _SUPPOSED}
    drawn = {code_of(one): _spread(found.drawn[one]) for one in _SCORED}
    return {
        "hectares": supposed if has_limits else None,
        "drawn": {"open": _spread(found.opened), **drawn} if has_limits else None,
        "middle": MIDDLE,
        "hangs_ha": round(found.hangs_ha, 4),
        "themes": [
            {"theme": name, **theme_name(name), "hangs_ha": round(size, 4)}
            for name, size in found.themes
        ],
        "untold_ha": round(found.untold_ha, 4),
        "notes": [dict(one) for one in NOTES],
    }


def _sizes(hectares: Mapping[Class, float]) -> dict[str, float]:
    return {code_of(one): round(hectares[one], 4) for one in CLASSES}


def _spread(one: Spread) -> dict[str, float]:
    return {
        "mean": round(one.mean_ha, 4), "low": round(one.low_ha, 4), "high": round(one.high_ha, 4)
    }  # fmt: skip


def borders_part(told: Json, tongue: Tongue) -> Html:
    """What open ground comes to where boundaries lie elsewhere, and on which themes it hangs."""
    title = tag("h3", tongue.line("边界精度", "Accuracy of boundaries"))
    notes = tag("ul", *(tag("li", tongue.say(one)) for one in told["notes"]), class_="note")
    tables = [_supposed(told, tongue), _drawn(told, tongue)] if told["hectares"] else []
    return joined(title, *tables, _hangs(told, tongue), notes)


def _supposed(told: Json, tongue: Tongue) -> Html:
    heads: list[Head] = [("假设（公顷）", "supposed, hectares")]
    heads += [(CLASS_NAMES[one]["zh"], CLASS_NAMES[one]["en"], NUMBER) for one in CLASSES]
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(said)),
            *(number(f"{told['hectares'][name][code_of(one)]:,.1f}") for one in CLASSES),
        )
        for name, said in _SUPPOSED.items()
    ]
    return table(heads, rows, tongue)


def _drawn(told: Json, tongue: Tongue) -> Html:
    share = f"{told['middle']:.0%}"
    heads: tuple[Head, ...] = (
        ("开放地块（公顷）", "open ground, hectares"), ("均值", "mean", NUMBER),
        (f"居中 {share} 抽样的下限", f"low of the middle {share} of draws", NUMBER),
        ("上限", "high", NUMBER),
    )  # fmt: skip
    names = {"open": text("合计", "all"), **{code_of(one): CLASS_NAMES[one] for one in _SCORED}}
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(said)),
            *(number(f"{told['drawn'][name][one]:,.1f}") for one in ("mean", "low", "high")),
        )
        for name, said in names.items()
    ]
    return table(heads, rows, tongue)


def _hangs(told: Json, tongue: Tongue) -> Html:
    parts = [
        tongue.line(
            f"是否开放取决于边界精度的地块：{told['hangs_ha']:,.1f} 公顷。",
            f"Ground whose being open hangs on the accuracy of boundaries: "
            f"{told['hangs_ha']:,.1f} ha.",
        )
    ]
    if told["untold_ha"]:
        parts.append(
            tongue.line(
                f"另有 {told['untold_ha']:,.1f} 公顷同时临近过多主题，按管控结论计。",
                f"{told['untold_ha']:,.1f} ha more are near to too many themes at once and taken "
                "as the zones leave them.",
            )
        )
    heads: tuple[Head, ...] = (
        ("宜先测准的主题", "theme worth surveying first"),
        ("取决于它的公顷", "hectares that hang on it", NUMBER),
    )
    rows = [
        tag("tr", tag("th", tongue.say(one)), number(f"{one['hangs_ha']:,.1f}"))
        for one in told["themes"]
    ]
    lines = [tag("p", one) for one in parts]
    return joined(*lines, table(heads, rows, tongue) if rows else None)
