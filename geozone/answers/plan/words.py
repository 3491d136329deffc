"""What the report of a plan rule says, Chinese first with English beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geozone.law.plan import PlanTest
from geozone.law.rule import Text
from geozone.law.state import Truth
from geozone.rules import vocabulary


def counted(
    feature: str, plan: PlanTest, count: int, possible: int | None, lacks: Sequence[str] = ()
) -> Text:
    """How many rights one feature holds; ``possible``: how many more may count.

    ``lacks``: what the layer does not say of the feature, though the rule asks for it.
    """
    added = plan.counts == "new"
    zh = f"{_theme(plan.within)[0]} {feature}：{'新增' if added else ''}采矿权 {count} 个"
    en = f"{_theme(plan.within)[1]} {feature}: {count} {'added ' if added else ''}mining right(s)"
    more, missing = _more(possible), _missing(lacks)
    return {
        "zh": f"{zh}{more['zh']}，限 {plan.limit:g} 个{missing['zh']}",
        "en": f"{en}{more['en']}; limit {plan.limit:g}{missing['en']}",
    }


def _missing(names: Sequence[str]) -> Text:
    if not names:
        return {"zh": "", "en": ""}
    return {
        "zh": f"；图层未给出该要素的 {'、'.join(names)}，请补充",
        "en": f"; the layer does not give its {', '.join(names)}: supply it",
    }


def _more(possible: int | None) -> Text:
    if possible is None:
        return {
            "zh": "，登记资料不全，可能更多",
            "en": ", maybe more: the register is not complete here",
        }
    if possible:
        return {"zh": f"，另有 {possible} 个可能计入", "en": f", {possible} more may count"}
    return {"zh": "", "en": ""}


def outside(theme: str | None) -> Text:
    """That the proposal meets no feature of a theme that the rule counts in."""
    zh, en = _theme(theme)
    return {"zh": f"未涉及本条所指的{zh}", "en": f"it meets none that the rule counts in: {en}"}


def spans(features: Sequence[str], theme: str | None) -> Text:
    """That one right takes up several features, where one is to carry one right."""
    zh, en = _theme(theme)
    return {
        "zh": f"一个采矿权跨 {len(features)} 个{zh}：{'、'.join(features)}，须核实",
        "en": f"one right takes up {len(features)} features ({en}): {', '.join(features)}; "
        "has to be checked",
    }


def unseen(theme: str | None) -> Text:
    """That a theme is not known on the proposal's ground."""
    zh, en = _theme(theme)
    return {
        "zh": f"{zh}资料不全，无法计数",
        "en": f"not known on this ground, so nothing is counted: {en}",
    }


def overlaps(rights: Sequence[str], possible: int | None) -> Text:
    """Which rights share ground with the proposal; ``possible``: how many more may."""
    names = "、".join(rights)
    more = _more(possible)
    if not rights:
        return {
            "zh": f"未见与其他矿业权重叠{more['zh']}",
            "en": f"shares no ground with a known right{more['en']}",
        }
    return {
        "zh": f"与 {names} 重叠{more['zh']}",
        "en": f"shares ground with {', '.join(rights)}{more['en']}",
    }


def sized(area_m2: float, cell_m2: float, cells: float, limit: float) -> Text:
    """The area of a block, that of one cell at its latitude, and the number of cells."""
    km2, one = area_m2 / 1e6, cell_m2 / 1e6
    return {
        "zh": f"面积 {km2:.4f} km²，当地单个区块 {one:.4f} km²，合 {cells:.4g} 个，限 {limit:g} 个",
        "en": f"{km2:.4f} km2, one cell here {one:.4f} km2: {cells:.4g} cells, limit {limit:g}",
    }


def unaligned() -> Text:
    """That the borders of a block do not follow the graticule."""
    return {
        "zh": "未与基本单位区块网格对齐",
        "en": "the block is not aligned with the grid of basic unit blocks",
    }


def spaced(
    well: str | None, distance_m: float | None, limit: float, *, is_registered: bool
) -> Text:
    """How near the next well is, and the spacing that the project declares."""
    zh = "未见其他地热井" if well is None else f"最近的井 {well}，相距 {distance_m:.2f} m"
    en = (
        "no other well is known"
        if well is None
        else f"nearest well {well}, {distance_m:.2f} m away"
    )
    declared = f"，声明井距 {limit:g} m" if limit > 0 else "，未声明井距，不作判断"
    stated = f"; declared spacing {limit:g} m" if limit > 0 else "; no spacing declared, no verdict"
    missing = "" if is_registered else "；未收到地热井登记"
    lacking = "" if is_registered else "; no register of wells was supplied"
    return {"zh": zh + declared + missing, "en": en + stated + lacking}


def paired(right: str | None, wells: Sequence[str], fits: Truth) -> Text:
    """Which wells of the other kind the right has, and whether the reservoirs match."""
    if right is None:
        return {
            "zh": "未说明许可证号，无法与开采井或回灌井配对，不作判断",
            "en": "no right id stated, so it is paired with no well; no verdict",
        }
    if not wells:
        return {
            "zh": f"许可证号 {right} 下没有可配对的井，不作判断",
            "en": f"right {right} has no well of the other kind in the file; no verdict",
        }
    names = f"{'、'.join(wells)}"
    zh, en = _RESERVOIR[fits]
    return {"zh": f"与 {names}：{zh}", "en": f"with {', '.join(wells)}: {en}"}


_RESERVOIR: Mapping[Truth, tuple[str, str]] = {
    Truth.TRUE: ("热储层相同", "same reservoir"),
    Truth.FALSE: (
        "热储层不同，或有热储层没有对应的井",
        "other reservoir, or a reservoir without a well of the other kind",
    ),
    Truth.UNKNOWN: (
        "热储层未说明到层位，或不全对应，无法判断",
        "reservoir not stated to the formation, or matched in part: cannot be said",
    ),
}


def bundled(county: str | None, technology: str, sure: Sequence[str], possible: int) -> Text:
    """The projects of one technology in one county."""
    kind = vocabulary.technologies()[technology]
    if county is None:
        return {
            "zh": "所在县（市、区）不明，无法归组",
            "en": "the county is not known, so it is put in no bundle",
        }
    more = _more(possible)
    return {
        "zh": f"{county} 内{kind.zh}项目 {len(sure)} 个：{'、'.join(sure)}{more['zh']}",
        "en": f"{kind.en} in {county}: {len(sure)} project(s): {', '.join(sure)}{more['en']}",
    }


def _theme(theme: str | None) -> tuple[str, str]:
    known = vocabulary.themes()[theme or ""]
    return known.zh, known.en
