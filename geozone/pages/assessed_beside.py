"""What stands beside a verdict on the page of judged proposals: plan, permits, duties, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geozone.law.rule import Rule
from geozone.pages import text as words
from geozone.pages.markup import Html, joined, tag
from geozone.pages.tongue import Tongue

Json = Mapping[str, Any]  # JSON of the contract
Rules = Mapping[str, Rule]

_KINDS = ("procedure", "duty", "exempts", "priority", "incentive", "info", "scope", "definition")


def beside_html(one: Json, rules: Rules, tongue: Tongue) -> Html:
    """Everything beside the verdict of one assessment, folded away until it is asked for."""
    return joined(
        _plan(one["plan"], tongue),
        _folded(("许可与手续", "Permits and steps"), _permits(one["permits"], tongue), tongue),
        _folded(
            ("手续、义务、优先与激励", "Procedures, duties, priorities and incentives"),
            [part for kind in _KINDS for part in _kind(kind, one["duties"], rules, tongue)],
            tongue,
        ),
        _folded(("申请材料", "Dossier"), _dossier(one["dossier"], tongue), tongue),
        _folded(
            ("已失效，仅供查考", "No longer in force, for the record"),
            [_said(each["rule"], rules, tongue) for each in one["history"]],
            tongue,
        ),
    )


def _folded(title: tuple[str, str], items: Sequence[Html], tongue: Tongue) -> Html | None:
    if not items:
        return None
    return tag(
        "details",
        tag("summary", tongue.line(*title), f"（{len(items)}）"),
        tag("ul", *items),
    )


def _plan(told: Sequence[Json], tongue: Tongue) -> Html | None:
    """What was counted and measured over the whole file; never folded."""
    if not told:
        return None
    items = [
        tag("li", tag("span", each["rule"], class_="code"), " ", tongue.say(each["says"]))
        for each in told
    ]
    title = tongue.line(
        "与其他申报和已有权利一并核查", "Checked together with other proposals and rights"
    )
    return tag("div", tag("p", title), tag("ul", *items), class_="plan")


def _permits(told: Sequence[Json], tongue: Tongue) -> list[Html]:
    return [
        tag(
            "li",
            tag("b", tongue.say(words.PERMIT_MARKS[each["status"]])),
            " ",
            tongue.say(words.permit_name(each["permit"])),
            tag("span", f"（{', '.join(each['rules'])}）", class_="measure"),
        )
        for each in told
    ]


def _kind(kind: str, duties: Sequence[Json], rules: Rules, tongue: Tongue) -> list[Html]:
    """Rules of one kind; those of which nobody can say whether they apply say so."""
    found = [each for each in duties if each["kind"] == kind]
    label = tag("b", tongue.say(words.name_of(words.KIND_NAMES, kind)))
    return [_said(each["rule"], rules, tongue, label, _mark(each, tongue)) for each in found]


def _mark(one: Json, tongue: Tongue) -> Html | None:
    """Whether a duty is met, and what would settle whether it applies."""
    if one["applies"] is None:
        names = [words.fact_name(fact) for fact in one["open"]]
        zh = "是否适用需核实" + ("：" + "、".join(each["zh"] for each in names) if names else "")
        en = "may apply" + (": " + ", ".join(each["en"] for each in names) if names else "")
        return tag("span", tongue.line(zh, en), class_="undetermined")
    if one["met"] is None:
        return None
    met = ("已满足", "met") if one["met"] else ("未满足", "not met")
    return tag("span", tongue.line(*met), class_="allowed" if one["met"] else "prohibited")


def _said(
    name: str, rules: Rules, tongue: Tongue, label: Html | None = None, mark: Html | None = None
) -> Html:
    rule = rules[name]
    cite = f"[{name} · {rule.cite.document} {rule.cite.place}]"
    return tag("li", label, " ", tag("span", cite, class_="code"), " ", tongue.say(rule.says), mark)


def _dossier(told: Sequence[Json], tongue: Tongue) -> list[Html]:
    return [
        tag("li", tongue.say(part), tag("span", f"（{each['rule']}）", class_="measure"))
        for each in told
        for part in each["parts"]
    ]
