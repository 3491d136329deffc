"""The parts of a rule in words: whom it binds, where, under which facts; both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.fact import FactTest, Scalar
from geozone.law.plan import PlanCheck, PlanTest
from geozone.law.rule import Ask, Asks, Effect, Policy, Rule, Tests
from geozone.law.span import Span
from geozone.pages import text as words
from geozone.pages.text import Text, text
from geozone.rules import vocabulary
from geozone.rules.timeline import Holds

EFFECT_NAMES: Mapping[str, Text] = {
    **{effect.value: words.KIND_NAMES.get(effect.value, {}) for effect in Effect},
    Effect.PROHIBITS: text("禁止", "prohibits"),
    Effect.RESTRICTS: text("限制", "restricts"),
    Effect.QUESTIONS: text("存疑", "questions"),
    Effect.EXEMPTS: text("免除", "exempts"),
}
ASKS_NAMES: Mapping[str, Text] = {
    Asks.GROUND: text("看选址", "asks the ground"),
    Asks.PROPOSAL: text("看项目", "asks the proposal"),
    Asks.PLAN: text("看成批项目和已有权利", "asks sets of proposals and rights"),
    Asks.OPERATION: text("看能否投运", "asks whether it may run"),
}
HOLDS_NAMES: Mapping[str, Text] = {
    Holds.NOT_BEGUN: text("未施行", "not begun"),
    Holds.EARLIER: text(
        "存疑：前一文件有效，文本未提供", "open: an earlier document, not supplied"
    ),
    Holds.STARTING: text("存疑：施行起始日待核实", "open: the start is uncertain"),
    Holds.IN_FORCE: text("有效", "in force"),
    Holds.ENDING: text("存疑：届满日待核实", "open: the end is uncertain"),
    Holds.BETWEEN: text("存疑：已到期，后一文件尚未确定施行", "open: between two documents"),
    Holds.LAPSED: text("已失效，需核实", "lapsed, has to be checked"),
    Holds.HISTORY: text("历史", "history"),
}
CHECK_NAMES: Mapping[str, Text] = {
    PlanCheck.CAP: text("采矿权个数", "number of mining rights"),
    PlanCheck.ONE_RIGHT: text("一个区块的采矿权个数", "mining rights in one block"),
    PlanCheck.OVERLAP: text("与已有权利重叠", "overlap with a right"),
    PlanCheck.MIN_CELLS: text("基本单位区块个数", "number of basic unit blocks"),
    PlanCheck.SPACING: text("井距（米）", "well spacing (m)"),
    PlanCheck.SAME_RESERVOIR: text("采、灌井同一热储", "wells of one right in one reservoir"),
    PlanCheck.BUNDLE: text("同县项目合并", "projects of one county together"),
}

_COMPARED = {"lt": ("小于", "<"), "le": ("不超过", "≤"), "gt": ("大于", ">"), "ge": ("不小于", "≥")}
_SET = {
    "is": ("为", "is"),
    "in": ("为", "is"),
    "is_not": ("不为", "is not"),
    "not_in": ("不为", "is not"),
}
_TRUTHS = {True: text("是", "yes"), False: text("否", "no")}


def named(names: Mapping[str, Text], code: str) -> str:
    """A code's words, Chinese first: ``禁止 prohibits``."""
    said = words.name_of(names, code)
    return f"{said['zh']} {said['en'].lower()}"


def binding_lines(rule: Rule) -> list[str]:
    """Whom a rule binds: objects with their technologies, and the facts that narrow a binding."""
    lines = []
    for binding in rule.binds:
        lines += activity_lines(binding.activities)
        lines += [f"    {line}" for line in tests_lines(binding.when)]
    return lines


def activity_lines(activities: Iterable[Activity]) -> list[str]:
    """Activities in words: objects that go with the same technologies share a line."""
    pairs = set(activities)
    by_names: dict[tuple[str, ...], list[str]] = {}
    for thing in vocabulary.objects().values():
        names = [one for one in vocabulary.technologies() if Activity(one, thing.id) in pairs]
        whole = set(names) == thing.technologies
        if names:
            by_names.setdefault(() if whole else tuple(names), []).append(thing.id)
    every = [text("全部适用技术", "every technology that goes with it")]
    return [
        both(
            listed([words.object_name(one) for one in objects]),
            listed([words.technology_name(one) for one in names] or every),
        )
        for names, objects in by_names.items()
    ]


def listed(texts: Sequence[Text]) -> Text:
    """Several texts as a list."""
    return text("、".join(one["zh"] for one in texts), ", ".join(one["en"] for one in texts))


def both(name: Text, told: Text) -> str:
    """A name and what is told of it, in both languages: ``井：甲 / Well: a``."""
    return f"{name['zh']}：{told['zh']} / {name['en']}: {told['en']}"


def tests_lines(tests: Tests) -> list[str]:
    """Fact tests, one line for each alternative."""
    return [all_of(group) for group in tests]


def all_of(group: Iterable[FactTest]) -> str:
    """Fact tests that must all hold."""
    told = [test_words(one) for one in group]
    zh, en = "，且".join(one["zh"] for one in told), " and ".join(one["en"] for one in told)
    return f"{zh} / {en}"


def test_words(test: FactTest) -> Text:
    """One fact test: ``阶段为新建``, ``stage is new``."""
    name = words.fact_name(test.fact)
    if test.op == "shown":
        return text(f"出示{name['zh']}", f"{name['en']} shown")
    if test.op == "named":
        return text(f"{name['zh']}点名{test.value}", f"{name['en']} name {test.value}")
    if test.op in _COMPARED:
        zh, en = _COMPARED[test.op]
        return text(
            f"{name['zh']}{zh}{_plain(test.value)}", f"{name['en']} {en} {_plain(test.value)}"
        )
    zh, en = _SET[test.op]
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    told = [_value(test.fact, one) for one in values]
    chosen = "或".join(one["zh"] for one in told), " or ".join(one["en"] for one in told)
    return text(f"{name['zh']}{zh}{chosen[0]}", f"{name['en']} {en} {chosen[1]}")


def _value(fact: str, value: Scalar | None) -> Text:
    if isinstance(value, bool):
        return _TRUTHS[value]
    choices = vocabulary.facts()[fact].choices
    return text(choices.get(str(value), _plain(value)), _plain(value))


def _plain(value: Any) -> str:  # a fact's value, of its own type
    return f"{value:g}" if isinstance(value, float) else str(value)


def ground_lines(rule: Rule) -> list[str]:
    """Where a rule holds: one line for each alternative."""
    lines = []
    for group in rule.any:
        told = [ask_words(one) for one in group]
        zh, en = "，且".join(one["zh"] for one in told), " and ".join(one["en"] for one in told)
        lines.append(f"{zh} / {en}")
    return lines


def ask_words(ask: Ask) -> Text:
    """One condition of the ground: ``铁路（line）200 m 以内（含）``."""
    one = ask.condition
    name = words.theme_name(one.theme)
    kinds = [*one.classes, *(f"{key}={'|'.join(values)}" for key, values in one.attributes)]
    zh = name["zh"] + (f"（{'、'.join(kinds)}）" if kinds else "")
    en = name["en"] + (f" [{', '.join(kinds)}]" if kinds else "")
    near, far = _reach(one, ask.outside)
    limits = [
        text(f"{word[0]}{limit:g}", f"{word[1]} {limit:g}")
        for word, limit in ((("高于", "above"), one.above), (("低于", "below"), one.below))
        if limit is not None
    ]
    more = listed(limits) if limits else text("", "")
    return text(zh + near + more["zh"], f"{far} {en} {more['en']}".strip())


def _reach(condition: Condition, outside: bool) -> tuple[str, str]:
    if condition.within_m:
        metres = f"{condition.within_m:g} m"
        zh = f" {metres} 以外" if outside else f" {metres} 以内（含）"
        return zh, f"beyond {metres} of" if outside else f"within {metres} (included) of"
    return ("之外", "outside") if outside else ("范围内", "in")


def plan_line(plan: PlanTest) -> str:
    """What a plan rule checks, and its limit."""
    parts = [named(CHECK_NAMES, plan.check)]
    if plan.within:
        name = words.theme_name(plan.within)
        parts.append(f"{name['zh']} {name['en']} {'|'.join(plan.classes)}".strip())
    for label, pairs in (("仅 only", plan.only), ("除外 excludes", plan.excludes)):
        parts += [f"{label} {key}={'|'.join(values)}" for key, values in sorted(pairs.items())]
    if plan.counts == "new":
        parts.append("只计新增 new rights only")
    if plan.op:
        parts.append(f"{_COMPARED[plan.op][0]} {_COMPARED[plan.op][1]} {plan.limit:g}")
    elif plan.limit:
        parts.append(f"{plan.limit:g}")
    if plan.cell_arcmin is not None:
        parts.append(f"{plan.cell_arcmin:g}′")
    return " · ".join(parts)


def territory_words(policy: Policy) -> str:
    """The adcode prefixes of a document's territory; the empty prefix is the whole country."""
    return ", ".join(code or "全国 / the whole country" for code in policy.territory)


def span_words(span: Span) -> str:
    """Four dates in one line; what is uncertain at either end is said."""
    start = f"{span.earliest}"
    if span.certain != span.earliest:
        start += f"（至迟 at the latest {span.certain}）"
    if span.certain_until is None:
        return f"{start} …"
    end = f"{span.certain_until}"
    if span.latest != span.certain_until:
        end += f"（至迟 at the latest {span.latest}）"
    return f"{start} … {end}"
