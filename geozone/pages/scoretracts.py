"""Candidate blocks and other areas beside a score: what each holds, as JSON, tables and pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geozone.answers.suitability.maps import of_strips
from geozone.answers.suitability.openground import OpenGround
from geozone.answers.suitability.ranking import Standing, rank_blocks
from geozone.answers.suitability.scoring import Scored
from geozone.answers.suitability.stability import stability
from geozone.answers.suitability.statistics import Tract, tract_statistics
from geozone.answers.working import Working
from geozone.land.proposals.proposed import Proposal
from geozone.pages.flatrow import neutral
from geozone.pages.mapping import activity_name
from geozone.pages.markup import Html, joined, tag
from geozone.pages.scoretable import NUMBER, Head, number, table
from geozone.pages.scorewords import CLASS_NAMES, CLASSES, code_of
from geozone.pages.text import VERDICT_NAMES, text
from geozone.pages.tongue import Tongue
from geozone.rules.vocabulary import parse_activity

Json = Mapping[str, Any]  # JSON of the contract

STANDINGS = {
    Standing.OPEN: text("可比选", "open"),
    Standing.TO_SHOW: text("待出示材料", "facts to be shown"),
    Standing.UNSCORED: text("可评地块不足", "too little is open and known"),
    Standing.UNDETERMINED: text("需核实", "undetermined"),
    Standing.NO_RULE: text("无规定", "no rule"),
    Standing.PROHIBITED: text("禁止", "prohibited"),
}
HECTARES = tuple(f"{code_of(one)}_ha" for one in CLASSES)
COLUMNS = {
    "blocks": (
        "place", "id", "activity", "standing", "verdict", "ground", "to_show", "mean_score",
        *HECTARES, "hectares", "open_share", "first_share", "least_rank", "greatest_rank",
    ),
    "areas": ("id", "mean_score", "least_score", "most_score", "deviation", *HECTARES,
              "hectares", "unknown_ha", "outside_ha"),
}  # fmt: skip

BLOCK_CELLS = ("place", "id", "activity", "standing", "verdict", "ground")


@dataclass(frozen=True, eq=False)
class Beside:
    """Polygons to be told of beside the whole: blocks that are judged and ranked, and areas."""

    blocks: tuple[Proposal, ...] = ()
    areas: tuple[Tract, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of the summary that there will be; each has a table."""
        return tuple(name for name in COLUMNS if getattr(self, name))


def told_beside(
    scored: Scored, beside: Beside, ground: OpenGround | None, how: Working
) -> dict[str, Any]:  # JSON of the contract
    """What blocks and areas hold, for the summary; without any nothing.

    On the ``ground`` of draws the ranking is drawn too, of blocks that have places. Raises
    ``Refused`` for blocks of another technology than the model's, shapes that are no polygons, and
    without exactextract.
    """
    found: dict[str, Any] = {}
    if not beside.names:
        return found
    maps = of_strips(scored.grid, scored.strips(), how.folder)
    if beside.blocks:
        activity = scored.model.activity
        ranked = rank_blocks(scored.site, maps, beside.blocks, activity=activity, jobs=how.jobs)
        found["blocks"] = [one.to_dict() for one in ranked]
        placed = {one.id for one in ranked if one.place is not None}
        if ground is not None and placed:
            tracts = [Tract(one.id, one.shape) for one in beside.blocks if one.id in placed]
            found["stability"] = stability(ground, tracts).to_dict()
    if beside.areas:
        found["areas"] = [one.to_dict() for one in tract_statistics(beside.areas, maps)]
    return found


def csv_text(name: str, told: Json) -> str:
    """``blocks`` or ``areas`` of a summary as a UTF-8 table with byte order mark."""
    places = {one["id"]: one for one in told.get("stability", {}).get("places", ())}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS[name], restval="", lineterminator="\n")
    writer.writeheader()
    for one in told[name]:
        row = _block_row(one) | _drawn_row(places.get(one["id"])) if name == "blocks" else _row(one)
        writer.writerow({key: neutral(row[key]) for key in COLUMNS[name]})
    return "\ufeff" + out.getvalue()


def _block_row(one: Json) -> dict[str, Any]:  # cells of any type
    return {
        **_row(one["statistics"]),
        **{name: one[name] for name in BLOCK_CELLS},
        "to_show": "; ".join(f"{each['rule']}:{each['fact']}" for each in one["to_show"]),
        "mean_score": one["mean"],
    }


def _drawn_row(place: Json | None) -> dict[str, Any]:  # cells of any type
    if place is None:
        return dict.fromkeys(("first_share", "least_rank", "greatest_rank"))
    low, high = place["ranks"]
    return {"first_share": place["first"], "least_rank": low, "greatest_rank": high}


def _row(one: Json) -> dict[str, Any]:  # cells of any type
    scores = one["open_scores"] or {}
    return {
        "id": one["id"],
        "mean_score": scores.get("mean"),
        "least_score": scores.get("least"),
        "most_score": scores.get("most"),
        "deviation": scores.get("deviation"),
        **{f"{name}_ha": size for name, size in one["classes"].items()},
        "hectares": one["hectares"],
        "open_share": round(one["open_share"], 4),
        "unknown_ha": one["unknown_ha"],
        "outside_ha": round(one["outside_ha"] + one["beyond_ha"], 4),
    }


def blocks_table(told: Sequence[Json], tongue: Tongue) -> Html:
    """Blocks as they rank; those that stand apart have no place."""
    heads: list[Head] = [
        ("名次", "place", NUMBER), ("区块", "block"), ("活动", "activity"), ("管控结论", "verdict"),
        ("归类", "standing"), ("平均得分", "mean score", NUMBER),
        ("适宜公顷", "suitable ha", NUMBER), ("可评占比", "open share", NUMBER),
    ]  # fmt: skip
    rows = []
    for one in told:
        row = _block_row(one)
        mean = "—" if row["mean_score"] is None else f"{row['mean_score']:.3f}"
        rows.append(
            tag(
                "tr",
                number("—" if one["place"] is None else str(one["place"])),
                tag("th", one["id"]),
                tag("td", tongue.say(activity_name(parse_activity(one["activity"])))),
                tag("td", tongue.say(VERDICT_NAMES[one["verdict"]])),
                tag("td", tongue.say(STANDINGS[Standing(one["standing"])])),
                number(mean),
                number(f"{row['suitable_ha']:,.2f}"),
                number(f"{row['open_share']:.0%}"),
            )
        )
    said = tongue.line(
        "名次只在可比选的区块之间、待出示材料的区块之间各自排列；得分再高也不改变管控结论。"
        "平均得分只计管控开放的地块；可评占比是其占未禁止地块的比例。",
        "Places are given among open blocks, and among those with facts to be shown; no score "
        "changes a verdict. Mean scores are of open ground; the open share is that of all ground "
        "which is not prohibited.",
    )
    return joined(table(heads, rows, tongue), tag("p", said, class_="note"))


def stability_table(told: Json, tongue: Tongue) -> Html:
    """How places hold under the draws."""
    heads: list[Head] = [
        ("区块", "block"), ("名次", "rank", NUMBER), ("平均得分", "mean score", NUMBER),
        ("标准差", "deviation", NUMBER), ("居首的抽样", "draws in which it is first", NUMBER),
        ("名次区间（90%）", "ranks, 90 % of draws", NUMBER),
    ]  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("th", one["id"]),
            number(str(one["rank"])),
            number(f"{one['mean']:.3f}"),
            number(f"{one['deviation']:.3f}"),
            number(f"{one['first']:.0%}"),
            number("–".join(map(str, one["ranks"]))),
        )
        for one in told["places"]
    ]
    tau = "—" if told["tau"] is None else f"{told['tau']:.3f}"
    least = "—" if told["least_tau"] is None else f"{told['least_tau']:.3f}"
    said = tongue.line(
        f"名次稳定性：各次抽样与基准排序的肯德尔 τ 平均 {tau}，最低 {least}；"
        "此处只计区块内可用地块的得分。",
        f"Stability: Kendall's tau of the draws against the ranking is {tau} on average, {least} "
        "at least; only open ground of the blocks counts here.",
    )
    return joined(table(heads, rows, tongue), tag("p", said, class_="note"))


def areas_table(told: Sequence[Json], tongue: Tongue) -> Html:
    """Areas with their hectares by class."""
    named = [(CLASS_NAMES[one]["zh"], CLASS_NAMES[one]["en"], NUMBER) for one in CLASSES]
    heads: list[Head] = [("区域", "area"), ("平均得分", "mean score", NUMBER), *named]
    rows = []
    for one in told:
        row = _row(one)
        mean = "—" if row["mean_score"] is None else f"{row['mean_score']:.3f}"
        sizes = (number(f"{row[name]:,.1f}") for name in HECTARES)
        rows.append(tag("tr", tag("th", one["id"]), number(mean), *sizes))
    return table(heads, rows, tongue)
