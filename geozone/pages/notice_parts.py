"""Parts one to five of the notice: the parcel and what the layers say of it."""

from __future__ import annotations

from collections.abc import Iterable

from geozone.pages import text as words
from geozone.pages.markup import Html, joined, tag
from geozone.pages.notice_cells import (
    Json,
    Writer,
    metres,
    percent,
    square_metres,
)

_ABSENT = ("no_layer", "outside_coverage", "stale_layer", "waived")


def parcel_part(content: Json, write: Writer, picture: Html | None) -> Html:
    """Part one: name, use, supply, areas, coordinate system and location map."""
    one, crs, line = content["parcel"], content["parcel"]["crs"], write.tongue.line
    legal = one["legal_area_m2"]
    zone = "—" if crs["zone"] is None else str(crs["zone"])
    return joined(
        write.facts(
            [
                (line("项目名称", "Project"), content["project"]["name"]),
                (line("宗地名称", "Parcel"), one["name"] or "—"),
                (line("宗地编号", "Parcel code"), one["id"]),
                (line("用地单位", "Land user"), one["user"] or "—"),
                (line("坐落", "Location"), one["location"] or "—"),
                (line("规划用途", "Planned use"), one["planned_use"] or "—"),
                (line("供地方式", "Land supply"), one["supply"] or "—"),
                (line("登记（法定）面积", "Legal area"), square_metres(legal)),
                (line("计算面积（椭球面积）", "Computed area (ellipsoidal)"), _areas(one)),
                (
                    line("投影平面面积", "Area on the projection plane"),
                    square_metres(one["planar_area_m2"]),
                ),
                (line("坐标系", "Coordinate system"), crs["name"]),
                (
                    line("带号；中央经线", "Zone; central meridian"),
                    f"{zone}；{crs['central_meridian']:g}°E",
                ),
                (line("界址点", "Boundary points"), _points_line(one, write)),
            ]
        ),
        _figure(picture, write) if picture else None,
    )


def _areas(one: Json) -> str:
    return f"{one['area_m2']:,.2f} m²（{one['area_ha']:.4f} 公顷 ha，{one['area_mu']:.2f} 亩 mu）"


def _points_line(one: Json, write: Writer) -> Html:
    many = len(one["points"])
    return write.tongue.line(f"{many} 个，见附件1", f"{many}, see annex 1")


def _figure(picture: Html, write: Writer) -> Html:
    caption = tag("figcaption", write.tongue.line("宗地位置示意图", "Location sketch"))
    return tag("figure", picture, caption)


def findings_part(content: Json, write: Writer) -> Html:
    """Part three: per theme the relation and its measures, then the rules that are met."""
    if not content["findings"]:
        return write.none(
            "已收到的图层中未触及管控规定。", "No rule is met on the layers received."
        )
    by_theme: dict[str | None, list[Json]] = {}
    for one in content["findings"]:
        by_theme.setdefault(one["theme"], []).append(one)
    return joined(
        *(_theme(theme, rules, content, write) for theme, rules in by_theme.items()),
    )


def _theme(theme: str | None, rules: list[Json], content: Json, write: Writer) -> Html:
    title = write.theme(theme) if theme else write.tongue.line("其他规定", "Other rules")
    measures = [one for one in content["measures"] if one["theme"] == theme]
    heads = (
        ("规则、结论", "Rule, verdict"),
        ("与宗地关系", "Relation"),
        ("管控要求", "Requirement"),
        ("依据、责任机关", "Basis, office"),
    )
    rows = [_finding(one, measures, write) for one in rules]
    return tag("section", tag("h3", title), write.table(heads, rows, "findings"), class_="theme")


def _finding(one: Json, measures: list[Json], write: Writer) -> tuple[Html, Html, Html, Html]:
    principle = write.tongue.line("原则上", "in principle") if one.get("in_principle") else None
    return (
        joined(
            tag("p", one["rule"], class_="code"),
            write.chip(one["verdict"]),
            tag("p", principle, class_="small") if principle else None,
        ),
        _relation(one, measures, write),
        joined(
            tag("p", write.tongue.say(one.get("says") or {})),
            write.needs(one.get("needs") or ()),
            write.activities(one["activities"]),
        ),
        joined(write.cited(one.get("cite")), tag("p", one.get("office") or "", class_="small")),
    )


def _relation(one: Json, measures: list[Json], write: Writer) -> Html:
    """Relation, shared area and share, distance, limit and margin; what is not known is left."""
    line = write.tongue.line
    bounds = _bounds(one, measures)
    share = percent(one.get("share"), *bounds)
    pairs = [
        (line("涉及面积", "shared"), one.get("overlap_m2"), square_metres(one.get("overlap_m2"))),
        (line("占宗地", "of parcel"), one.get("share"), share),
        (line("最近距离", "distance"), one.get("distance_m"), metres(one.get("distance_m"))),
        (line("限距", "limit"), one.get("limit_m") or None, metres(one.get("limit_m"))),
        (line("余量", "margin"), one.get("margin_m"), metres(one.get("margin_m"))),
    ]
    return joined(
        tag("p", write.tongue.say(_lies(one))),
        *(
            tag("p", name, " ", shown, class_="small")
            for name, value, shown in pairs
            if value is not None
        ),
        _features(one.get("features") or ()),
    )


def _lies(one: Json) -> words.Text:
    """How the parcel lies to what the rule speaks of; rules without a theme ask no place."""
    if one.get("theme") is None:
        return words.text("不以具体位置为条件", "applies whatever the place")
    return words.name_of(words.RELATION_NAMES, one["relation"])


def _bounds(one: Json, measures: list[Json]) -> tuple[float | None, float | None]:
    for each in measures:
        if each["share"] is not None and each["share"] == one.get("share"):
            return each["share_low"], each["share_high"]
    return None, None


def _features(features: Iterable[str]) -> Html:
    names = list(features)
    shown = "，".join(names[:4]) + (f" … ({len(names)})" if len(names) > 4 else "")
    return tag("p", shown, class_="small code") if names else Html("")


def clear_part(content: Json, write: Writer) -> Html:
    """Part four: themes that cover the parcel and do not touch it."""
    if not content["clear"]:
        return write.none("无。", "None.")
    none_near = write.tongue.line("覆盖范围内无该要素", "no such feature within the coverage")
    rows = [
        (
            write.theme(one["theme"]),
            none_near if one["distance_m"] is None else metres(one["distance_m"]),
            one["nearest"] or "—",
            "—" if one["accuracy_m"] is None else f"±{one['accuracy_m']:g} m",
        )
        for one in content["clear"]
    ]
    heads = (
        ("管控要素", "Theme"),
        ("与最近要素距离", "Distance to the nearest"),
        ("最近要素", "Nearest feature"),
        ("数据精度", "Accuracy"),
    )
    return write.table(heads, rows)


def gaps_part(content: Json, write: Writer) -> Html:
    """Part five: what could not be checked, why, and whom to ask."""
    if not content["gaps"]:
        return write.none("无。", "None.")
    groups: dict[tuple[str, str], list[Json]] = {}
    for one in content["gaps"]:
        groups.setdefault((one.get("theme") or "", one["cause"]), []).append(one)
    heads = (
        ("管控要素", "Theme"),
        ("原因", "Cause"),
        ("所涉规定", "Rules concerned"),
        ("核实单位", "Whom to ask"),
    )
    rows = [_gap(theme, cause, members, write) for (theme, cause), members in groups.items()]
    return joined(write.table(heads, rows, "gaps"), _absent_note(groups, write))


def _gap(theme: str, cause: str, members: list[Json], write: Writer) -> tuple[Html, ...]:
    rules = sorted({one["rule"] for one in members if one.get("rule")})
    facts = sorted({one["fact"] for one in members if one.get("fact")})
    offices = sorted({one["office"] for one in members if one.get("office")})
    margins = [one["margin_m"] for one in members if one.get("margin_m") is not None]
    activities = sorted({key for one in members for key in one.get("activities") or ()})
    ask = write.tongue.line(
        "所列文件未指明，请向主管部门核实", "not named; ask the competent office"
    )
    return (
        write.theme(theme or None),
        joined(
            tag("p", write.tongue.say(words.name_of(words.CAUSE_NAMES, cause))),
            *(tag("p", write.tongue.say(words.fact_name(one)), class_="small") for one in facts),
            tag("p", write.tongue.line("余量", "margin"), " ", metres(min(margins)), class_="small")
            if margins
            else None,
        ),
        joined(tag("p", " ".join(rules) or "—", class_="code"), write.activities(activities)),
        joined(*(tag("p", one) for one in offices)) if offices else ask,
    )


def _absent_note(groups: Iterable[tuple[str, str]], write: Writer) -> Html:
    if not any(cause in _ABSENT for _, cause in groups):
        return Html("")
    said = write.tongue.line(
        "上列要素未收到数据或数据不覆盖本宗地，不得视为没有影响。",
        "No data for these themes reached us here; this must not be read as no effect.",
    )
    return tag("p", said, class_="note")
