"""The parcel notice as one HTML text: printable on A4, without script, asking for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geozone.pages import notice_more as more
from geozone.pages import notice_parts as parts
from geozone.pages import text as words
from geozone.pages.assets import asset
from geozone.pages.markup import Html, joined, static_policy, tag
from geozone.pages.notice_cells import Writer
from geozone.pages.notice_duties import duties_part
from geozone.pages.notice_matrix import matrix_part
from geozone.pages.style import colour_variables
from geozone.pages.tongue import Tongue

TITLE = words.text(
    "地热能开发利用条件告知书", "Notice of conditions for developing geothermal energy"
)
_TITLES = (
    ("一、宗地概况", "1. Parcel"),
    ("二、选址结论矩阵", "2. Verdict matrix"),
    ("三、触及的管控要素", "3. Findings"),
    ("四、已核查且未触及的要素", "4. Checked and clear"),
    ("五、未能核查的要素", "5. Not checked"),
    ("六、规定的变化", "6. Changes of the rules"),
    ("七、地热资源条件", "7. Resource conditions"),
    ("八、开发利用要求", "8. Conditions, permits, duties and incentives"),
    ("九、替代位置", "9. Alternatives"),
    ("十、数据与方法", "10. Data and method"),
)


def notice_html(
    content: Mapping[str, Any],  # JSON of the contract
    *,
    lang: str = "both",
    picture_svg: Html | None = None,
) -> str:
    """The notice of ``notice_content`` as HTML; ``picture_svg`` is that of ``location_picture``.

    Every text is escaped and no template reads it. Raises ``ValueError`` for an unknown ``lang``.
    """
    tongue = Tongue(lang)
    policies = {str(one["id"]): one for one in content["data"]["policies"]}
    write = Writer(tongue, policies, _by_object(content))
    style = colour_variables() + asset("notice.css")
    body = joined(
        _banner(content, tongue),
        _heading(content, tongue),
        _summary(content, write),
        *_parts(content, write, picture_svg),
        _signature(content, tongue),
        tag("h2", tongue.line("附件1　界址点成果表", "Annex 1. Boundary points"), class_="annex"),
        more.points_annex(content, write),
    )
    page = tag(
        "html",
        tag("head", _meta(style, content, tongue), Html(f"<style>{style}</style>")),
        tag("body", tag("main", body)),
        lang="en" if lang == "en" else "zh-CN",
    )
    return f"<!DOCTYPE html>\n{page}\n"


def _by_object(content: Mapping[str, Any]) -> dict[str, set[str]]:  # JSON
    found: dict[str, set[str]] = {}
    for one in content["matrix"]:
        found.setdefault(one["object"], set()).add(one["technology"])
    return found


def _meta(style: str, content: Mapping[str, Any], tongue: Tongue) -> Html:  # JSON
    title = f"{tongue.plain(TITLE)} · {content['parcel']['name'] or content['parcel']['id']}"
    return joined(
        Html('<meta charset="utf-8">'),
        static_policy(style),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="referrer" content="no-referrer">'),
        tag("title", title),
    )


def _banner(content: Mapping[str, Any], tongue: Tongue) -> Html | None:  # JSON
    if not content["synthetic"]:
        return None
    return tag("p", tongue.say(words.SYNTHETIC), class_="synthetic", role="note")


def _heading(content: Mapping[str, Any], tongue: Tongue) -> Html:  # JSON
    year = content["on"][:4]
    name = content["parcel"]["name"] or content["parcel"]["id"]
    return tag(
        "header",
        tag("h1", tongue.say(TITLE)),
        tag("p", tongue.line(f"编号：________〔{year}〕第____号", "No. ________"), class_="number"),
        tag(
            "p",
            tongue.line("宗地", "Parcel"),
            " ",
            tag("b", name),
            "　",
            tongue.line("决策日期", "decision date"),
            " ",
            tag("b", content["on"]),
            class_="of",
        ),
    )


def _summary(content: Mapping[str, Any], write: Writer) -> Html:  # JSON
    """The three lists counted: met, clear, not checked."""
    met = {one["theme"] or one["rule"] for one in content["findings"]}
    unseen = {one.get("theme") or one.get("rule") or one["cause"] for one in content["gaps"]}
    line = write.tongue.line
    counts = (
        ("met", len(met), line("项触及管控规定", "met")),
        ("clear", len(content["clear"]), line("项已核查且未触及", "checked and clear")),
        ("open", len(unseen), line("项未能核查，需核实", "not checked, to be asked for")),
    )
    return tag(
        "ul",
        *(tag("li", tag("b", str(many)), name, class_=kind) for kind, many, name in counts),
        class_="summary",
    )


def _parts(content: Mapping[str, Any], write: Writer, picture: Html | None) -> list[Html]:  # JSON
    bodies = (
        parts.parcel_part(content, write, picture),
        matrix_part(content, write),
        parts.findings_part(content, write),
        parts.clear_part(content, write),
        parts.gaps_part(content, write),
        more.changes_part(content, write),
        more.resources_part(content, write),
        duties_part(content, write),
        more.alternatives_part(content, write),
        more.data_part(content, write),
    )
    return [
        tag("section", tag("h2", write.tongue.line(*title)), body, id=f"part-{number}")
        for number, (title, body) in enumerate(zip(_TITLES, bodies, strict=True), start=1)
    ]


def _signature(content: Mapping[str, Any], tongue: Tongue) -> Html:  # JSON
    """Office, room for the seal, and the decision date; no seal is ever drawn."""
    year, month, day = (int(one) for one in content["on"].split("-"))
    office = content["project"]["office"] or tongue.plain(
        words.text("自然资源主管部门", "Natural-resources department")
    )
    contact = content["project"]["contact"]
    return tag(
        "footer",
        tag("p", office),
        tag("p", tongue.line("（盖章）", "(seal)"), class_="seal"),
        tag("p", tongue.line(f"{year}年{month}月{day}日", content["on"])),
        tag("p", tongue.line("联系方式", "Contact"), " ", contact, class_="contact")
        if contact
        else None,
        tag("p", tongue.say(words.INTERNAL), "　", tongue.say(words.MAP_NUMBER), class_="contact"),
    )
