"""A policy as text: its timeline, then every rule with its source, ground, facts and office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from geozone.law.errors import Fault, Refused
from geozone.law.fact import FactTest
from geozone.law.rule import Policy, Rule, Silence
from geozone.law.span import Span
from geozone.pages import text as words
from geozone.pages.policywords import (
    ASKS_NAMES,
    EFFECT_NAMES,
    HOLDS_NAMES,
    activity_lines,
    all_of,
    binding_lines,
    ground_lines,
    listed,
    named,
    plan_line,
    span_words,
    territory_words,
    tests_lines,
)
from geozone.pages.text import Text
from geozone.rules import vocabulary
from geozone.rules.lint_source import Parameter, Source
from geozone.rules.outcome import decides
from geozone.rules.program import SITING
from geozone.rules.standing import of_rule
from geozone.rules.table import suggestion
from geozone.rules.timeline import Holds, Stretch, holds, stretches

_MARKS = {Holds.IN_FORCE: "██", Holds.LAPSED: "░░", Holds.HISTORY: "··", Holds.NOT_BEGUN: "  "}
_OPEN = "▒▒"


def show_lines(source: Source, on: date | None = None, rule: str | None = None) -> list[str]:
    """A policy with its timeline and its rules; with ``rule`` that rule alone.

    Raises ``Refused`` for a rule that the policy does not have.
    """
    policy = source.policy
    lines = [*_head(policy), *timeline_lines(policy, on)]
    if rule:
        return [*lines, "", *rule_lines(_one(source, rule))]
    lines += _own_dates(policy, on)
    if source.parameters:
        lines += ["", "可声明参数 / parameters:"]
        lines += [line for one in source.parameters for line in _parameter_lines(one)]
    if policy.silences:
        lines += ["", "有意不作规定 / silent on purpose:"]
        lines += [line for one in policy.silences for line in _silence_lines(one)]
    lines += ["", f"规则 / rules: {len(policy.rules)}"]
    return lines + [line for one in policy.rules for line in ("", *rule_lines(one))]


def _one(source: Source, name: str) -> Rule:
    rules = {one.id: one for one in source.policy.rules}
    if name not in rules:
        what = f"没有这条规则 / has no rule {name!r}"
        raise Refused([Fault(source.file, "--rule", what, suggestion(name, rules))])
    return rules[name]


def _head(policy: Policy) -> list[str]:
    lines = [
        f"{policy.id}  {policy.title['zh']}",
        f"    {policy.title['en']}",
        f"    文号 / number: {policy.number or '—'}",
        f"    行政区 / territory: {territory_words(policy)}",
    ]
    if policy.advisory:
        lines.append("    仅作提示，不参与判断 / advisory: hints only, decides nothing")
    return lines


# ------------------------------------------------------------------ timeline


def timeline_lines(policy: Policy, on: date | None = None) -> list[str]:
    """The document's time, drawn downwards: its dates, and what holds between them."""
    found = stretches(policy)
    drawn = [(one.first, 1, _bar(policy, one)) for one in found]
    drawn += [
        (day, 0 if _begins(found, day) else 2, _event(day, *said)) for day, said in _dates(policy)
    ]
    if on is not None:
        drawn.append((on, 3, f"    {on}  ◆  {_said(policy, holds(policy, on))}"))
    first = f"    {'':10}  {_MARKS[Holds.NOT_BEGUN]} {_said(policy, Holds.NOT_BEGUN)}"
    return ["", "时间轴 / timeline:", first, *(line for _, _, line in sorted(drawn))]


def _begins(found: Sequence[Stretch], day: date) -> bool:
    return any(one.first == day for one in found)


def _event(day: date, zh: str, en: str) -> str:
    return f"    {day}  ├─ {zh} / {en}"


def _bar(policy: Policy, one: Stretch) -> str:
    told = f"    {'':10}  {_MARKS.get(one.holds, _OPEN)} {_said(policy, one.holds)}"
    return f"{told}（{'、'.join(one.earlier)}）" if one.earlier else told


def _said(policy: Policy, stands: Holds) -> str:
    """What holds, in words; of a document that is history the rules that stay open."""
    said = HOLDS_NAMES[stands]
    leaves = policy.superseded.leaves if policy.superseded else ()
    left = f"；仍存疑 / still open: {', '.join(leaves)}"
    return f"{said['zh']} / {said['en']}" + (left if leaves and stands is Holds.HISTORY else "")


def _dates(policy: Policy) -> Iterator[tuple[date, tuple[str, str]]]:
    """The dates of the document, of earlier ones and of the one that follows, with their words."""
    yield from _four(policy.span, "", "")
    for one in policy.predecessors:
        yield from _four(one.span, f"前一文件 {one.id} ", f"earlier document {one.id}: ")
    if policy.superseded:
        by = policy.superseded.by
        yield from _four(policy.superseded.since, f"后一文件 {by} ", f"followed by {by}: ")


def _four(span: Span, zh: str, en: str) -> Iterator[tuple[date, tuple[str, str]]]:
    if span.earliest == span.certain:
        yield span.earliest, (f"{zh}施行", f"{en}begins")
    else:
        yield span.earliest, (f"{zh}最早施行", f"{en}begins at the earliest")
        yield span.certain, (f"{zh}至迟施行", f"{en}has surely begun")
    if span.certain_until and span.latest:
        if span.certain_until == span.latest:
            yield span.latest, (f"{zh}有效期最后一天", f"{en}last day")
        else:
            yield span.certain_until, (f"{zh}确定有效的最后一天", f"{en}last day that is sure")
            yield span.latest, (f"{zh}可能有效的最后一天", f"{en}last day that is possible")


def _own_dates(policy: Policy, on: date | None) -> list[str]:
    own = [one for one in policy.rules if one.valid is not None]
    lines = ["", "自有日期的规则 / rules with their own dates:"]
    for one in own:
        phase = words.PHASE_NAMES[of_rule(one, on)] if on else None
        told = f"  ◆ {phase['zh']} / {phase['en']}" if phase else ""
        lines.append(f"    {one.id}  {_rule_span(one)}{told}")
    return lines if own else []


def _rule_span(rule: Rule) -> str:
    event = f"；终止于 / ends with: {rule.ends_with}" if rule.ends_with else ""
    return f"{span_words(rule.valid)}{event}" if rule.valid else ""


# ------------------------------------------------------------------ what is declared


def _parameter_lines(one: Parameter) -> list[str]:
    bounds = [f"≥ {one.least}" if one.least is not None else ""]
    bounds += [f"≤ {one.most}" if one.most is not None else ""]
    limits = " ".join(each for each in bounds if each)
    told = f"    {one.name} = {one.value} {one.unit}".rstrip()
    return [
        told + (f"  ({limits})" if limits else "") + f"  → {', '.join(one.used_by) or '—'}",
        *_two(one.note, "        "),
    ]


def _silence_lines(one: Silence) -> list[str]:
    themes = listed([words.theme_name(name) for name in sorted(one.themes)])
    lines = [f"    {themes['zh']} / {themes['en']}"]
    lines += [f"        {line}" for line in activity_lines(one.activities)]
    if one.masks:
        lines.append(f"        块内禁井范围 / no-well masks: {', '.join(one.masks)}")
    return lines + _two(one.reason, "        ")


def _two(said: Text, indent: str) -> list[str]:
    return [f"{indent}{said[lang]}" for lang in ("zh", "en") if said.get(lang)]


# ------------------------------------------------------------------ one rule


def rule_lines(rule: Rule) -> list[str]:
    """Everything that a rule says, one part to a line."""
    lead = " · ".join([named(EFFECT_NAMES, rule.effect), named(ASKS_NAMES, rule.asks)])
    lines = [f"{rule.id}  {lead}", *_two(rule.says, "    ")]
    cited = f" ({rule.cite.lines})" if rule.cite.lines else ""
    lines.append(f"    出处 / place: {rule.cite.document} {rule.cite.place}{cited}")
    lines.append(f"    部门 / office: {rule.office['zh']} / {rule.office['en']}")
    for title, told in _blocks(rule):
        lines += [f"    {title}:", *(f"        {line}" for line in told)] if told else []
    return lines


def _blocks(rule: Rule) -> Iterator[tuple[str, Sequence[str]]]:
    """The parts of a rule that it may have, each under its title."""
    yield "约束 / binds", binding_lines(rule)
    yield "范围（任一）/ where, any of", ground_lines(rule)
    yield "事实（任一）/ facts, any of", tests_lines(rule.when)
    yield "不约束，须全部说明 / spared where all is stated", _group(rule.spares)
    yield "须说明或出示，全部 / to be stated or shown, all", _group(rule.unless)
    if rule.unless and decides(rule) and rule.asks in SITING:
        failed = words.VERDICT_NAMES[rule.otherwise.code]
        yield "说明而不符的 / where it is stated and fails", [f"{failed['zh']} / {failed['en']}"]
    if rule.in_principle:
        yield (
            "原则 / in principle",
            ["经批准文件点名的改为限制 / restricted where an approval names it"],
        )
    yield "免除下列规则 / exempts from", rule.names
    yield "计划检查 / plan check", [plan_line(rule.plan)] if rule.plan else []
    yield "须办许可 / permits needed", _permits(rule.permits.needs)
    yield "免办许可 / permits waived", _permits(rule.permits.waives)
    yield "申请材料 / dossier", [f"{one['zh']} / {one['en']}" for one in rule.dossier]
    yield "本条日期 / own dates", [_rule_span(rule)] if rule.valid else []
    yield "本条地域 / own territory", rule.territory
    yield "理解 / reading", _two(rule.reading, "")
    yield "说明 / note", _two(rule.note, "")


def _group(tests: tuple[FactTest, ...]) -> list[str]:
    return [all_of(tests)] if tests else []


def _permits(names: Sequence[str]) -> list[str]:
    known = vocabulary.permits()
    return [f"{known[name].zh} / {known[name].en}" for name in names]
