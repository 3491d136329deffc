"""Judged proposals as one HTML page: a table, then every reason; no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geozone.answers.site import Site
from geozone.pages import text as words
from geozone.pages.assessed_beside import beside_html
from geozone.pages.files import write_text
from geozone.pages.markup import Html, joined, static_policy, tag
from geozone.pages.tongue import Tongue

if TYPE_CHECKING:  # of signatures alone: what judges proposals is heavy
    from geozone.answers.assess import Assessment

Json = Mapping[str, Any]  # JSON of the contract
_IN_PRINCIPLE = words.text(
    "原则性规定：只有记录在案、写明本条的批准可以解除",
    "in principle: lifted only by a recorded approval that names this rule",
)
_CLEAR = words.text("所列规则均不涉及", "every listed rule is clear")
_UNGOVERNED = words.text(
    "当日没有现行文件规定此类活动，不等于允许",
    "no document in force on the day governs this activity, which is no permission",
)
TITLE = words.text("地热项目选址核查", "Assessment of geothermal proposals")


def write_html(path: Path, site: Site, told: Json, assessments: Sequence[Assessment]) -> None:
    """Write the page of judged proposals."""
    write_text(path, assessed_html(site, told))


def assessed_html(site: Site, told: Json) -> str:
    """The page for a result document of the contract; every text in it is escaped."""
    tongue = Tongue("both")
    style = files("geozone.pages.assets").joinpath("assessed.css").read_text("utf-8")
    colours = "".join(
        f".{code}{{border-left:6px solid {words.VERDICT_COLOURS[code]};"
        f"color:{words.VERDICT_INKS[code]}}}"
        for code in words.VERDICTS
    )
    made = any(layer["synthetic"] for layer in told["layers"])
    body = joined(
        tag("p", tongue.say(words.SYNTHETIC), class_="synthetic") if made else None,
        tag("h1", tongue.say(TITLE)),
        tag("p", f"{site.project.name} · {told['on']} · {', '.join(told['policies'])}"),
        tag("p", tongue.say(words.LIMITS), class_="limits"),
        _table(told["assessments"], tongue),
        *(_reasons(one, site, tongue) for one in told["assessments"]),
        tag("footer", told["engine"]),
    )
    page = tag("html", _head(style + colours, tongue), tag("body", tag("main", body)), lang="zh-CN")
    return f"<!DOCTYPE html>\n{page}\n"


def _head(style: str, tongue: Tongue) -> Html:
    return tag(
        "head",
        Html('<meta charset="utf-8">'),
        static_policy(style),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", tongue.plain(TITLE)),
        Html(f"<style>{style}</style>"),
    )


def _table(assessments: Sequence[Json], tongue: Tongue) -> Html:
    heads = (("编号", "id"), ("活动", "activity"), ("结论", "verdict"), ("选址", "ground"))
    rows = [
        tag(
            "tr",
            tag("td", tag("a", str(one["id"]), href=f"#p{number}")),
            tag("td", _activity(one["activity"], tongue)),
            tag("td", tongue.say(words.VERDICT_NAMES[one["verdict"]]), class_=one["verdict"]),
            tag("td", tongue.say(words.VERDICT_NAMES[one["ground"]]), class_=one["ground"]),
        )
        for number, one in enumerate(assessments, start=1)
    ]
    numbered = [tag("th", tongue.line(zh, en)) for zh, en in heads]
    return tag("table", tag("thead", tag("tr", *numbered)), tag("tbody", *rows))


def _activity(key: str, tongue: Tongue) -> Html:
    technology, thing = key.split(":")
    return joined(
        tongue.say(words.technology_name(technology)), " · ", tongue.say(words.object_name(thing))
    )


def _reasons(one: Json, site: Site, tongue: Tongue) -> Html:
    entries = [_finding(each, tongue) for each in one["findings"]]
    entries += [_gap(each, tongue) for each in one["gaps"]]
    entries += [tag("li", tongue.say(each["says"])) for each in one["advisories"]]
    none = tag("li", tongue.say(_UNGOVERNED if one["verdict"] == "no_rule" else _CLEAR))
    verdict = words.VERDICT_NAMES[one["verdict"]]
    return tag(
        "section",
        tag("h2", str(one["id"]), " ", tag("b", tongue.say(verdict), class_=one["verdict"])),
        tag("ul", *(entries or [none])),
        _clear(one["clear"], tongue),
        beside_html(one, site.rules, tongue),
    )


def _clear(rules: Sequence[str], tongue: Tongue) -> Html | None:
    if not rules:
        return None
    heading = tongue.line("已核查且不触及：", "checked and clear: ")
    return tag("p", heading, ", ".join(rules), class_="clear")


def _finding(one: Json, tongue: Tongue) -> Html:
    cite = f"[{one['rule']} · {one['cite']['document']} {one['cite']['place']}] "
    return tag(
        "li",
        tag("b", tongue.say(words.VERDICT_NAMES[one["verdict"]]), class_=one["verdict"]),
        " ",
        cite,
        tongue.say(one["says"]),
        tag("span", tongue.say(_IN_PRINCIPLE), class_="measure") if one["in_principle"] else None,
        tag("span", _measured(one), class_="measure"),
    )


def _measured(one: Json) -> str:
    """Distance, limit, overlap and needs in one line."""
    parts = []
    if one["distance_m"] is not None:
        parts.append(f"距离 {one['distance_m']:.2f} m / 限值 {one['limit_m']:g} m")
    if one["overlap_m2"]:
        parts.append(f"重叠 {one['overlap_m2']:,.2f} m² ({one['share'] or 0:.2%})")
    if one["needs"]:
        names = [words.fact_name(fact)["zh"] for fact in one["needs"]]
        parts.append(f"需出示 {'、'.join(names)}")
    return f"（{'；'.join(parts)}）" if parts else ""


def _gap(one: Json, tongue: Tongue) -> Html:
    about = [one["rule"] or ""]
    if one["theme"]:
        about.append(words.theme_name(one["theme"])["zh"])
    if one["fact"]:
        about.append(words.fact_name(one["fact"])["zh"])
    return tag(
        "li",
        tag("b", tongue.say(words.VERDICT_NAMES["undetermined"]), class_="undetermined"),
        " ",
        f"[{' · '.join(part for part in about if part)}] ",
        tongue.say(words.name_of(words.CAUSE_NAMES, one["cause"])),
    )
