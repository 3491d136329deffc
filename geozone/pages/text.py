"""The words and colours of codes: verdicts, causes, phases and kinds, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from geozone.rules import vocabulary

Text = Mapping[str, str]
"""The same words by language: ``zh`` and ``en``."""


def text(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


VERDICTS = ("prohibited", "undetermined", "restricted", "allowed", "no_rule")
"""Codes of the verdicts, severest first."""

VERDICT_NAMES: Mapping[str, Text] = {
    "prohibited": text("禁止", "Prohibited"),
    "undetermined": text("需核实", "Undetermined"),
    "restricted": text("限制", "Restricted"),
    "allowed": text("允许", "Allowed"),
    "no_rule": text("无规定", "No rule"),
}

VERDICT_MARKS: Mapping[str, str] = {
    "prohibited": "禁",
    "undetermined": "核",
    "restricted": "限",
    "allowed": "允",
    "no_rule": "无",
}
"""One character each, so that no verdict rests on colour alone."""

VERDICT_COLOURS: Mapping[str, str] = {
    "prohibited": "#b23a2e",
    "undetermined": "#8d86b8",
    "restricted": "#e3a32b",
    "allowed": "#2f9c7d",
    "no_rule": "#cfd4da",
}
"""Told apart with every common colour blindness: they differ in lightness and in blue."""

VERDICT_INKS: Mapping[str, str] = {
    "prohibited": "#8f2a20",
    "undetermined": "#574f86",
    "restricted": "#7d5300",
    "allowed": "#17664f",
    "no_rule": "#4c5560",
}
"""The same hues, dark enough to be read as letters on white."""

VERDICT_HINTS: Mapping[str, Text] = {
    "prohibited": text("现行文件禁止", "a document in force prohibits it"),
    "undetermined": text("现有资料无法判定，需核实", "cannot be said from what was supplied"),
    "restricted": text("满足所列条件方可", "only where the listed conditions are shown"),
    "allowed": text("以所列文件为限", "as far as the listed documents go"),
    "no_rule": text("所列文件未作规定", "the listed documents do not govern it"),
}

CAUSE_NAMES: Mapping[str, Text] = {
    "no_layer": text(
        "未收到该要素数据，需核实", "no data received for this theme; has to be checked"
    ),
    "outside_coverage": text(
        "未收到该处的要素数据（超出图层覆盖范围），需核实",
        "no data received here (outside the layer's coverage); has to be checked",
    ),
    "stale_layer": text(
        "未收到决策日有效的要素数据（图层过旧），需核实",
        "no data valid on the decision date (layer too old); has to be checked",
    ),
    "waived": text(
        "数据问题经书面豁免，相应范围需核实",
        "a data problem was waived in writing; this ground has to be checked",
    ),
    "within_accuracy": text(
        "距离处于数据精度范围内，需核实", "the distance lies within the accuracy of the data"
    ),
    "touch_only": text("仅接触边界，需核实", "it only touches the boundary"),
    "fact_not_stated": text("项目情况未说明", "a fact of the proposal is not stated"),
    "facts_contradict": text("所述情况相互矛盾", "the stated facts contradict one another"),
    "rule_lapsed": text("规定已到期，需核实后续文件", "the rule has lapsed; ask what follows it"),
    "between_policies": text("处于新旧文件衔接期", "between an old and a new document"),
    "text_ambiguous": text("文本含义不明确，需核实", "the text is ambiguous"),
    "text_not_supplied": text(
        "所引文件文本未提供，需核实", "the text referred to was not supplied"
    ),
    "outside_documents": text(
        "所列文件未涵盖，需核实", "the listed documents do not speak to it; has to be checked"
    ),
}

PHASE_NAMES: Mapping[str, Text] = {
    "before": text("尚未施行", "not yet in force"),
    "starting": text("施行起始日待核实", "start of force uncertain"),
    "in_force": text("现行有效", "in force"),
    "ending": text("有效期届满日待核实", "end of force uncertain"),
    "ended": text("已到期", "ended"),
    "superseded": text("已被替代", "superseded"),
    "announced": text("已公布、待施行", "announced"),
}

KIND_NAMES: Mapping[str, Text] = {
    "restricts": text("条件", "Condition"),
    "duty": text("义务", "Duty"),
    "procedure": text("手续", "Permit or filing"),
    "exempts": text("免办事项", "Waived"),
    "priority": text("优先", "Priority"),
    "incentive": text("激励", "Incentive"),
    "info": text("信息", "Information"),
    "scope": text("适用范围", "Scope"),
    "definition": text("定义", "Definition"),
    "notes": text("提示", "Note"),
}

PERMIT_MARKS: Mapping[str, Text] = {
    "needed": text("须办理", "needed"),
    "waived": text("免办", "waived"),
    "open": text("需核实", "to be checked"),
}

RELATION_NAMES: Mapping[str, Text] = {
    "within": text("位于范围内", "lies within"),
    "overlaps": text("部分位于范围内", "partly within"),
    "touches": text("接触边界", "touches"),
    "near": text("相邻", "near"),
    "unknown": text("关系待核实", "relation to be checked"),
}

CLASS_NAMES: Mapping[str, Text] = {
    "shallow": text("浅层", "shallow"),
    "middeep": text("中深层", "mid-deep"),
    "key": text("重点", "key"),
    "restricted": text("限制", "restricted"),
    "general": text("一般", "general"),
}

SYNTHETIC = text(
    "合成示例数据，不得用于任何实际决策", "synthetic sample, not for any real decision"
)
LIMITS = text("允许仅以所列文件为限", "Allowed only as far as the listed documents go")
INTERNAL = text("内部使用", "internal use")
MAP_NUMBER = text(
    "审图号：________（公开发布前须依法送审）",
    "Map approval No.: ________ (required by law before publication)",
)
NOT_RECEIVED = CAUSE_NAMES["no_layer"]


def name_of(names: Mapping[str, Text], code: str) -> Text:
    """The words of a code; a code that has none stands for itself."""
    return names.get(code) or text(code, code)


def permit_name(permit: str) -> Text:
    """The name of a permit; its id where the vocabulary does not know it."""
    known = vocabulary.permits().get(permit)
    return text(known.zh, known.en) if known else text(permit, permit)


def theme_name(theme: str) -> Text:
    """The name of a theme."""
    known = vocabulary.themes().get(theme)
    return text(known.zh, known.en) if known else text(theme, theme)


def technology_name(technology: str) -> Text:
    """The name of a technology."""
    known = vocabulary.technologies().get(technology)
    return text(known.zh, known.en) if known else text(technology, technology)


def object_name(siting_object: str) -> Text:
    """The name of what is sited."""
    known = vocabulary.objects().get(siting_object)
    return text(known.zh, known.en) if known else text(siting_object, siting_object)


def fact_name(fact: str) -> Text:
    """The name of a fact; its English is its id in words."""
    known = vocabulary.facts().get(fact)
    return text(known.zh if known else fact, fact.replace("_", " "))
