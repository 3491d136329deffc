"""Part eight of the notice: permits, conditions, duties and incentives, by technology."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geozone.pages import text as words
from geozone.pages.markup import Html, joined, tag
from geozone.pages.notice_cells import NOTHING, Json, Writer, as_text, validity

EMPTY = Html("")
_KINDS = ("restricts", "duty", "procedure", "exempts", "priority", "incentive")


def duties_part(content: Json, write: Writer) -> Html:
    """Part eight: permits first, then what the listed rules say, and what is history."""
    if not content["duties"] and not content["permits"] and not content["history"]:
        return write.none("所列文件没有相应规定。", "The listed documents hold none.")
    sure = [one for one in content["duties"] if one["applies"]]
    kinds = [one for one in _KINDS if any(each["kind"] == one for each in sure)]
    return joined(
        _standing(content, write),
        _permits(content["permits"], write),
        *(_kind(kind, [one for one in sure if one["kind"] == kind], write) for kind in kinds),
        _shorts(_OPEN, [one for one in content["duties"] if not one["applies"]], write),
        _shorts(_BACKGROUND, [one for one in sure if one["kind"] not in _KINDS], write),
        _shorts(_HISTORY, content["history"], write),
    )


def _standing(content: Json, write: Writer) -> Html:
    """The documents that this part cites and how they stand, once for all its rules."""
    cited = {str((one.get("cite") or {}).get("document")) for one in content["duties"]}
    items = [
        tag(
            "li",
            tag("span", name, class_="code"),
            " ",
            write.tongue.say(as_text(write.policies[name].get("title"))),
            " ",
            write.standing(write.policies[name]),
        )
        for name in sorted(cited & set(write.policies))
    ]
    return tag("ul", *items, class_="short") if items else EMPTY


def _permits(told: Iterable[Json], write: Writer) -> Html:
    """Technologies by permits; a dash where the documents say nothing."""
    cells = {(one["technology"], one["permit"]): one for one in told}
    if not cells:
        return EMPTY
    technologies = list(dict.fromkeys(one for one, _ in cells))
    permits = list(dict.fromkeys(one for _, one in cells))
    table = write.by_technology(
        technologies,
        [words.permit_name(one) for one in permits],
        lambda one: [_permit(cells.get((one, permit)), write) for permit in permits],
        "permits",
    )
    note = write.tongue.line(
        "“—”表示所列文件没有提到，不等于免办；免办的只是手续，不是选址要求。",
        "“—”: the listed documents do not mention it, which waives nothing; a waiver spares the "
        "permit, not the rules on siting.",
    )
    return tag(
        "section",
        tag("h3", write.tongue.line("许可与手续", "Permits and steps")),
        table,
        tag("p", note, class_="note"),
        class_="theme",
    )


def _permit(one: Json | None, write: Writer) -> Html:
    if one is None:
        return tag("td", NOTHING, class_="void")
    mark = tag("b", write.tongue.say(words.PERMIT_MARKS[one["status"]]))
    rules = tag("p", " ".join(one["rules"]), class_="rules")
    return tag("td", mark, rules, data_status=one["status"])


def _kind(kind: str, listed: list[Json], write: Writer) -> Html:
    heads = (
        ("规则", "Rule"),
        ("内容", "Statement"),
        ("适用技术", "Technologies"),
        ("依据、效力", "Basis, validity"),
    )
    return tag(
        "section",
        tag("h3", write.tongue.say(words.name_of(words.KIND_NAMES, kind))),
        write.table(heads, [_duty(one, write) for one in listed], "duties"),
        class_="theme",
    )


def _duty(one: Json, write: Writer) -> tuple[Html, Html, Html, Html]:
    among = {each for names in write.matrix.values() for each in names}
    listed = write.technologies(one.get("technologies") or (), among)
    cite = one.get("cite") or {}
    parts = [tag("li", write.tongue.say(part)) for part in one.get("dossier") or ()]
    return (
        tag("p", str(one["rule"]), class_="code"),
        joined(write.tongue.say(as_text(one.get("says"))), tag("ol", *parts) if parts else None),
        write.small(listed),
        joined(
            tag("p", f"{cite.get('document') or ''} {cite.get('place') or ''}", class_="small"),
            _own_dates(one, write),
        ),
    )


def _own_dates(one: Json, write: Writer) -> Html | None:
    """The rule's dates where they are not its document's."""
    policy = write.policies.get(str((one.get("cite") or {}).get("document")), {})
    valid = one.get("validity")
    if not isinstance(valid, Mapping) or valid == policy.get("validity"):
        return None
    return tag("p", write.tongue.pair(validity(valid))[0], class_="small")


_OPEN = words.text(
    "可能适用，需核实（取决于未收到的图层或未说明的事项）",
    "May apply, to be checked: it hangs on layers not received or facts not stated",
)
_BACKGROUND = words.text("背景信息", "Background")
_HISTORY = words.text("已失效，仅供查考", "No longer in force, for the record")


def _shorts(title: words.Text, listed: list[Json], write: Writer) -> Html:
    """Rules in a plain list under a title; nothing where there are none."""
    if not listed:
        return EMPTY
    return tag(
        "section",
        tag("h3", write.tongue.say(title)),
        tag("ul", *(_short(one, write) for one in listed), class_="short"),
        class_="theme",
    )


def _short(one: Json, write: Writer) -> Html:
    return tag(
        "li",
        tag("span", str(one["rule"]), class_="code"),
        " ",
        write.tongue.say(as_text(one.get("says"))),
    )
