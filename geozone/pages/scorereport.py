"""The report of a scored study area: one HTML file, without script, asking for nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from geozone.pages import text as words
from geozone.pages.assets import asset
from geozone.pages.markup import Html, joined, static_policy, tag
from geozone.pages.scorechance import chance_table, sensitivity_table
from geozone.pages.scorecharts import Charts
from geozone.pages.scorecontent import OPEN
from geozone.pages.scoremodel import factors_table, model_table
from geozone.pages.scorepotentialpart import potential_part
from geozone.pages.scoretable import number, table
from geozone.pages.scoretracts import areas_table, blocks_table, stability_table
from geozone.pages.scorewords import (
    BREAK_NAMES,
    CLASS_COLOURS,
    CLASS_NAMES,
    CLASSES,
    code_of,
)
from geozone.pages.style import colour_variables
from geozone.pages.text import VERDICT_NAMES, VERDICTS, Text
from geozone.pages.tongue import Tongue

TITLE = words.text("地热开发适宜性评价", "Suitability for geothermal development")
SKETCH = words.text("示意图，不作为量算依据", "a sketch that nothing can be measured on")
CAPTIONS: Mapping[str, Text] = {
    "map.png": SKETCH,
    "histogram.png": words.text(
        "只计管控结论为允许或限制、且各指标均有数据的单元",
        "only cells that the zones leave open and whose factors are all known",
    ),
    "weights.png": words.text("权重合计为 1", "weights sum to 1"),
    "tornado.png": words.text(
        "每次只改变一项，其余按比例调整", "one thing is changed at a time, the others in proportion"
    ),
}

Json = Mapping[str, Any]  # the summary


def report_html(told: Json, charts: Charts, *, lang: str = "both") -> str:
    """The report of a summary. Every text is escaped; pictures stand in the file.

    Raises ``ValueError`` for an unknown ``lang``.
    """
    tongue = Tongue(lang)
    style = colour_variables() + _swatches() + asset("score.css")
    page = tag(
        "html",
        tag("head", _meta(style, told, tongue), tag("style", Html(style))),
        tag("body", tag("main", *_parts(told, charts, tongue))),
        lang="zh-CN" if lang != "en" else "en",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _swatches() -> str:
    return "".join(
        f".of-{code_of(one)} {{ background: {CLASS_COLOURS[one]}; }}\n" for one in CLASSES
    )


def _meta(style: str, told: Json, tongue: Tongue) -> Html:
    policy = static_policy(style).replace("style-src", "img-src data:; style-src", 1)
    return joined(
        Html('<meta charset="utf-8">'),
        Html(policy),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", f"{tongue.plain(TITLE)} · {told['project']}"),
    )


def _parts(told: Json, charts: Charts, tongue: Tongue) -> list[Html | None]:
    return [
        tag("p", tongue.say(words.SYNTHETIC), class_="synthetic", role="note")
        if told["synthetic"]
        else None,
        _heading(told, tongue),
        tag("ul", *(tag("li", tongue.say(one)) for one in told["is_not"]), class_="not"),
        _title(tongue, "结果", "Result"),
        _left(told, tongue),
        _picture("map.png", charts, tongue),
        tag("p", tongue.say(words.MAP_NUMBER), class_="note"),
        _title(tongue, "管控结论与类别（公顷）", "Hectares by verdict and class of score"),
        _crossed(told, tongue),
        _picture("histogram.png", charts, tongue),
        _title(tongue, "模型", "Model"),
        model_table(told, tongue),
        _picture("weights.png", charts, tongue),
        _title(tongue, "指标", "Factors"),
        factors_table(told, tongue),
        *_moved(told, charts, tongue),
        *_beside(told, tongue),
        _title(tongue, "数据与依据", "Data and sources"),
        _data(told, tongue),
        _footer(told, charts, tongue),
    ]


def _title(tongue: Tongue, zh: str, en: str) -> Html:
    return tag("h2", tongue.line(zh, en))


def _heading(told: Json, tongue: Tongue) -> Html:
    grid = told["grid"]
    return tag(
        "header",
        tag("h1", tongue.say(TITLE)),
        tag("p", tag("b", told["project"]), class_="of"),
        tag("p", tongue.say(told["model"]), class_="of"),
        tag(
            "p",
            tongue.line("决策日期", "decision date"),
            f" {told['on']}　",
            tongue.line("单元", "cells"),
            f" {grid['resolution_m']:g} m　",
            tag("span", told["model"]["activity"], class_="code"),
            class_="of",
        ),
    )


def _left(told: Json, tongue: Tongue) -> Html:
    total = sum(told["left"].values()) or 1.0
    rows = [
        tag(
            "tr",
            tag(
                "th", tag("span", class_=f"swatch of-{code_of(one)}"), tongue.say(CLASS_NAMES[one])
            ),
            number(f"{told['left'][code_of(one)]:,.2f}"),
            number(f"{told['left'][code_of(one)] / total:.1%}"),
        )
        for one in CLASSES
    ]
    heads = (("类别", "class", ""), ("公顷", "hectares", "number"), ("占比", "share", "number"))
    return joined(table(heads, rows, tongue), _limits(told, tongue))


def _swatch(code: str) -> Html:
    return tag("span", class_=f"swatch of-{code}")


def _limits(told: Json, tongue: Tongue) -> Html:
    classes = told["classes"]
    how = BREAK_NAMES[classes["breaks"]]
    if not classes["limits"]:
        return tag("p", tag("b", tongue.say(classes["note"])))
    low, high = classes["limits"]
    return tag(
        "p",
        tongue.line(
            f"得分不低于 {high:.4g} 为适宜，不低于 {low:.4g} 为较适宜（{how['zh']}）。",
            f"A score of {high:.4g} or more is suitable, of {low:.4g} or more moderately suitable "
            f"({how['en']}).",
        ),
        class_="note",
    )


def _crossed(told: Json, tongue: Tongue) -> Html:
    kinds = CLASSES[:4]
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(VERDICT_NAMES[verdict])),
            *(number(f"{told['hectares'][verdict][code_of(one)]:,.2f}") for one in kinds),
            class_=None if verdict in OPEN else "shut",
        )
        for verdict in VERDICTS
    ]
    unknown = words.text("得分未知", "score unknown")
    named = [*(_by_score(CLASS_NAMES[one]) for one in kinds[:3]), unknown]
    heads = [("管控结论", "verdict", ""), *((one["zh"], one["en"], "number") for one in named)]
    said = tongue.line(
        "按得分统计；只有“限制”“允许”两行有效，灰色各行的地块已被管控关闭，得分不起作用。",
        "By score; only restricted and allowed ground keeps its class. Ground of the grey rows is "
        "closed by the zones, whatever its score.",
    )
    return joined(table(heads, rows, tongue), tag("p", said, class_="note"))


def _moved(told: Json, charts: Charts, tongue: Tongue) -> list[Html | None]:
    """Chances and sensitivity, where they were worked out."""
    if "chance" not in told:
        return []
    return [
        _title(tongue, "不确定性", "Uncertainty"),
        chance_table(told, tongue),
        _title(tongue, "敏感性", "Sensitivity"),
        _picture("tornado.png", charts, tongue),
        sensitivity_table(told, tongue),
    ]


def _beside(told: Json, tongue: Tongue) -> list[Html]:
    """Blocks, areas and potential, where they were asked for."""
    found = []
    if "blocks" in told:
        title = _title(tongue, "候选区块", "Candidate blocks")
        found += [title, blocks_table(told["blocks"], tongue)]
    if "stability" in told:
        found.append(stability_table(told["stability"], tongue))
    if "areas" in told:
        title = _title(tongue, "分区统计（公顷）", "Areas, hectares by class")
        found += [title, areas_table(told["areas"], tongue)]
    if "potential" in told:
        found += [_title(tongue, "潜力", "Potential"), potential_part(told["potential"], tongue)]
    return found


def _by_score(name: Text) -> Text:
    return words.text(f"得分属{name['zh']}", f"score is {name['en'].lower()}")


def _data(told: Json, tongue: Tongue) -> Html:
    heads = (
        ("指标", "factor", ""), ("文件", "file", ""), ("时点", "as of", ""), ("SHA-256", "", ""),
        ("许可", "licence", ""),
    )  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(one)),
            tag("td", tag("div", one["data"]["file"], class_="code"), *_remarks(one)),
            tag("td", one["data"]["as_of"] or "—"),
            tag("td", one["data"]["sha256"] or "—", class_="code"),
            tag("td", one["data"]["licence"], _made_up(one, tongue)),
        )
        for one in told["factors"]
    ]
    rules = ", ".join(told["policies"])
    return joined(
        table(heads, rows, tongue),
        tag("p", tongue.line(f"管控依据：{rules}", f"rules: {rules}"), class_="note"),
    )


def _remarks(one: Json) -> list[Html]:
    """What the receipt of a factor's data tells the user."""
    told = (one["data"]["receipt"] or {}).get("remarks", ())
    return [tag("div", remark, class_="note") for remark in told]


def _made_up(one: Json, tongue: Tongue) -> Html | None:
    made = words.text("合成示例", "synthetic")
    return tag("span", tongue.plain(made), class_="check") if one["data"]["synthetic"] else None


def _footer(told: Json, charts: Charts, tongue: Tongue) -> Html:
    return tag(
        "footer",
        tag("p", tongue.say(words.LIMITS), "　", tongue.say(words.INTERNAL)),
        tag("p", tongue.say(charts.remark)) if charts.remark else None,
        tag("p", told["engine"]),
    )


def _picture(name: str, charts: Charts, tongue: Tongue) -> Html | None:
    if name not in charts.files:
        return None
    content = base64.b64encode(charts.files[name]).decode("ascii")
    said = CAPTIONS[name]
    picture = Html(f'<img alt="{tongue.plain(said)}" src="data:image/png;base64,{content}">')
    return tag("figure", picture, tag("figcaption", tongue.say(said)))
