"""The words and colours of classes of suitability, and what a score is not."""

from __future__ import annotations

from collections.abc import Mapping

from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.pages.cogtiles import Legend
from geozone.pages.style import Look, rgb
from geozone.pages.text import VERDICT_COLOURS, Text, text

CLASSES = (
    Class.SUITABLE, Class.MODERATE, Class.UNSUITABLE, Class.UNDETERMINED, Class.CLOSED
)  # fmt: skip
"""As they are listed, the best first."""

CLASS_NAMES: Mapping[Class, Text] = {
    Class.SUITABLE: text("适宜", "Suitable"),
    Class.MODERATE: text("较适宜", "Moderately suitable"),
    Class.UNSUITABLE: text("不适宜", "Unsuitable"),
    Class.UNDETERMINED: text("需核实", "Undetermined"),
    Class.CLOSED: text("禁止", "Prohibited"),
}

CLASS_COLOURS: Mapping[Class, str] = {
    Class.SUITABLE: "#14705a",
    Class.MODERATE: "#86c59b",
    Class.UNSUITABLE: "#ead9a0",
    Class.UNDETERMINED: VERDICT_COLOURS["undetermined"],
    Class.CLOSED: VERDICT_COLOURS["prohibited"],
}
"""The three of scores differ in lightness; the two of zones have the colours of verdicts."""

WEIGHTED = {
    "weighted_sum": text("加权求和", "weighted sum"),
    "owa": text("有序加权平均（OWA）", "ordered weighted averages (OWA)"),
    "topsis": text("逼近理想解（TOPSIS）", "closeness to the ideal (TOPSIS)"),
}

BREAK_NAMES = {
    "thresholds": text("给定界限", "given limits"),
    "natural_breaks": text("自然断点", "natural breaks"),
}

NO_LIMITS = text(
    "可用地块的不同得分少于三档，自然断点无从确定：不分级，全部可用地块列为“需核实”；"
    "可改用给定界限（thresholds）。",
    "Open ground has fewer than three different scores, so that there are no natural breaks: "
    "nothing is classified and all of it is undetermined; give limits instead (thresholds).",
)
"""Of a score whose classes could not be told apart."""

MEASURE_NAMES = {
    "value": text("取值", "value"),
    "distance": text("距离", "distance to"),
    "density": text("密度", "density"),
    "inside": text("范围内", "inside"),
}

CURVE_NAMES = {
    "linear": text("线性", "linear"),
    "s_shaped": text("S 形", "S-shaped"),
    "trapezoid": text("梯形", "trapezoid"),
    "table": text("分级表", "table"),
    "classes": text("类别", "classes"),
}

IS_NOT: tuple[Text, ...] = (
    text(
        "适宜性不是许可：它只在管控结论为允许或限制的地块上比较优劣，不改变任何管控结论，也不能代替审批。",
        "Suitability is not permission: it compares ground that the zones leave open, changes no "
        "verdict and stands in for no approval.",
    ),
    text(
        "禁止地块与需核实地块没有得分；任一指标缺数据的地块为“需核实”，从不按零分或按较好的一类处理。",
        "Prohibited and undetermined ground has no score; ground where any factor is unknown is "
        "undetermined, never zero and never of a better class.",
    ),
    text(
        "限制地块保留其类别，但须满足所列条件；结论并列给出。",
        "Restricted ground keeps its class, yet only where the listed conditions are shown; the "
        "verdict stands beside it.",
    ),
    text(
        "得分取决于所选指标、权重与隶属函数；标为“待核对”的数值使用前须对照原文。",
        "Scores hang on the factors, weights and memberships chosen; numbers marked as to be "
        "verified have to be held against their sources before use.",
    ),
)


def colour_legend() -> Legend:
    """Colours and names of the codes of a class grid; outside has neither."""
    ranked = sorted(CLASSES, key=lambda one: one.value)
    names = {one.value: both(CLASS_NAMES[one]) for one in ranked}
    colours = [rgb(CLASS_COLOURS[one]) for one in ranked]
    return Legend(colours, {**names, OUTSIDE: "研究区外 / outside the study area"})


def looks() -> list[Look]:
    """The classes as a legend of QGIS shows them, by ``code_of``."""
    return [Look(code_of(one), both(CLASS_NAMES[one]), CLASS_COLOURS[one]) for one in CLASSES]


def code_of(one: Class) -> str:
    """The word of a class in files."""
    return one.name.lower()


def both(words: Text) -> str:
    """Both languages, Chinese first."""
    return f"{words['zh']} / {words['en']}"
