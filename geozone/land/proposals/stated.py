"""What a row of a proposals file states: its activity and its facts."""

from __future__ import annotations

from collections.abc import Mapping

from geozone.land.faults import Faults
from geozone.land.proposals.factvalues import fact_value
from geozone.land.proposals.heads import ACTIVITY, Heads
from geozone.law.activity import Activity
from geozone.law.fact import FactValue
from geozone.rules.vocabulary import activities, facts, objects, parse_activity, technologies

Cells = Mapping[str, str]


def stated_activity(
    cells: Cells, heads: Heads, given: Activity | None, faults: Faults
) -> Activity | None:
    """The activity of a row, else the one given for the file; ``None`` with a fault."""
    whole, technology, thing = (heads.cell(cells, name) for name in ACTIVITY)
    try:
        parsed = _parsed(whole) if whole else None
        if technology or thing:
            parts = _parsed(f"{technology or ''}:{thing or ''}")
            if parsed is not None and parts != parsed:
                raise ValueError(f"两处活动不同 / two activities are stated: {parsed}, {parts}")
            parsed = parts
    except ValueError as error:
        faults.at("activity").add(str(error), "technology:object")
        return None
    if parsed is None and given is None:
        faults.at("activity").add(
            "没有活动 / no activity is stated", "加 activity 列或 --activity / add it or --activity"
        )
    return parsed or given


def names_activity(cells: Cells, heads: Heads) -> bool:
    """Whether what a row writes of its activity, if anything, is one each time."""
    whole, technology, thing = (heads.cell(cells, name) for name in ACTIVITY)
    parts = f"{technology or ''}:{thing or ''}" if technology or thing else None
    return all(_named(one) in activities() for one in (whole, parts) if one)


def _parsed(text: str) -> Activity:
    """An activity written with ids or with Chinese names. Raises ``ValueError``."""
    return parse_activity(str(_named(text)))


def _named(text: str) -> Activity:
    """What a text names by ids or by Chinese names, whether there is such an activity or not."""
    technology, _, thing = (part.strip() for part in text.replace("：", ":").partition(":"))
    by_zh = {one.zh: one.id for one in technologies().values()}
    things = {one.zh: one.id for one in objects().values()}
    technology, thing = by_zh.get(technology, technology), things.get(thing, thing)
    return Activity(technology.casefold(), thing.casefold())


def stated_facts(cells: Cells, heads: Heads, faults: Faults) -> dict[str, FactValue]:
    """The facts of a row by id; a value of the wrong type or range is a fault."""
    stated: dict[str, FactValue] = {}
    for meaning, head in heads.by_meaning.items():
        kind = facts().get(meaning)
        text = cells.get(head)
        if kind is None or text is None:
            continue
        try:
            stated[meaning] = fact_value(kind, text)
        except ValueError as error:
            todo = f"{kind.zh}（{kind.type}）：改正或留空 / correct it or leave it empty"
            faults.at(f"column {head}").add(str(error), todo)
    return stated
