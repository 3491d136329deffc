"""What ``geozone policy list`` and ``lint`` print: packs, counts of cases, findings, data debt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from unicodedata import east_asian_width

from geozone.answers.debt import Debt
from geozone.figures import Inconsistency
from geozone.law.rule import Policy
from geozone.pages import text as words
from geozone.pages.policywords import EFFECT_NAMES, HOLDS_NAMES, named, span_words, territory_words
from geozone.pages.text import Text
from geozone.rules.cases import Shows
from geozone.rules.lint import Linted, effects_of
from geozone.rules.lint_cases import CaseBook, Counts
from geozone.rules.lint_source import Source
from geozone.rules.lint_words import Finding, Level
from geozone.rules.timeline import holds

LEVEL_NAMES: dict[str, Text] = {
    Level.ERROR: words.text("错误", "error"),
    Level.NOTE: words.text("提示", "note"),
}
SHOWS_NAMES: dict[str, Text] = {
    Shows.POSITIVE: words.text("正例", "positive"),
    Shows.NEGATIVE: words.text("反例", "negative"),
    Shows.LEFT_OUT: words.text("缺项", "left out"),
}


Packs = Sequence[tuple[Source, CaseBook]]


def list_lines(packs: Packs, on: date | None = None, *, rules: bool = False) -> list[str]:
    """Every pack in short, with how it stands on a day, then its cases by kind.

    With ``rules`` the cases of every rule as well.
    """
    lines = [f"政策文件 / policy packs: {len(packs)}"]
    for source, book in packs:
        lines += ["", *_pack_lines(source.policy, on)]
        lines += _rule_counts(source.policy, book) if rules else []
    return [*lines, "", *count_lines(packs)]


def _pack_lines(policy: Policy, on: date | None) -> list[str]:
    advisory = "  仅作提示 advisory" if policy.advisory else ""
    effects = [f"{named(EFFECT_NAMES, one)} {count}" for one, count in effects_of(policy).items()]
    lines = [
        f"{policy.id}  {policy.title['zh']}{advisory}",
        f"    {policy.title['en']}",
        f"    文号 / number: {policy.number or '—'}",
        f"    行政区 / territory: {territory_words(policy)}",
        f"    有效期 / valid: {span_words(policy.span)}",
    ]
    if on is not None:
        said = HOLDS_NAMES[holds(policy, on)]
        lines.append(f"    {on}: {said['zh']} / {said['en']}")
    return [*lines, f"    规则 / rules: {len(policy.rules)}（{' · '.join(effects)}）"]


# ------------------------------------------------------------------ cases


def count_lines(packs: Packs) -> list[str]:
    """How many cases of each kind every pack has, as a table."""
    head = ("文件 / pack", "规则 / rules", *(_said(SHOWS_NAMES[one]) for one in Shows))
    counted = [
        (source.policy.id, [len(source.policy.rules), *_numbers(book.counts())])
        for source, book in packs
    ]
    columns = zip(*(numbers for _, numbers in counted), strict=True)
    counted.append(("合计 / total", [sum(column) for column in columns]))
    told = [(name, *map(str, numbers)) for name, numbers in counted]
    return ["案例数 / number of cases", *_table(head, told)]


def _rule_counts(policy: Policy, book: CaseBook) -> list[str]:
    head = ("规则 / rule", *(_said(SHOWS_NAMES[one]) for one in Shows))
    rows = [(one.id, *map(str, _numbers(book.counts(one.id)))) for one in policy.rules]
    return _table(head, rows)


def _numbers(counts: Counts) -> list[int]:
    return [counts[one] for one in Shows]


def _said(name: Text) -> str:
    return f"{name['zh']} / {name['en']}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows beneath a head; the first column to the left, numbers to the right."""
    widths = [max(_width(row[place]) for row in (head, *rows)) for place in range(len(head))]
    return [
        "    "
        + "  ".join(
            _padded(cell, width, right=place > 0)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def _padded(cell: str, width: int, *, right: bool) -> str:
    blank = " " * (width - _width(cell))
    return blank + cell if right else cell + blank


def _width(cell: str) -> int:
    """How many columns of a terminal a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in cell)


# ------------------------------------------------------------------ lint


def lint_lines(packs: Sequence[Linted]) -> list[str]:
    """The findings of every pack, and how many cases it has."""
    lines = [line for one in packs for line in _linted_lines(one)]
    return [*lines, *count_lines([(one.source, one.book) for one in packs])]


def total_line(packs: Sequence[Linted]) -> str:
    """How much has to be mended in all packs, and how much is worth a look."""
    errors = sum(one.errors for one in packs)
    notes = sum(len(one.findings) for one in packs) - errors
    return f"合计 / total: {_counted(errors, notes)}"


def _linted_lines(one: Linted) -> list[str]:
    notes = len(one.findings) - one.errors
    lines = [f"{one.source.policy.id}  {_counted(one.errors, notes)}  {one.source.file}"]
    return [*lines, *(line for each in one.findings for line in _finding_lines(each)), ""]


def _counted(errors: int, notes: int) -> str:
    return f"错误 / errors {errors} · 提示 / notes {notes}"


def _finding_lines(one: Finding) -> list[str]:
    level = LEVEL_NAMES[one.level]
    return [
        f"    {level['zh']} {level['en']}  [{one.code}]  {one.rule or '—'}  {one.what['zh']}",
        f"        {one.what['en']}",
        f"        → {one.todo['zh']} / {one.todo['en']}",
    ]


# ------------------------------------------------------------------ data debt


def debt_lines(debts: Sequence[Debt], on: date) -> list[str]:
    """Themes that nothing supplies on a day, the rules that wait for them and their offices."""
    lines = ["", f"数据欠账 / data debt ({on}): {len(debts)}"]
    for one in debts:
        name = words.theme_name(one.theme)
        kinds = f"（{'、'.join(one.classes)}）" if one.classes else ""
        guarded = "；受保护要素 / protected theme" if one.protected else ""
        lines.append(f"    {one.theme}  {name['zh']}{kinds} / {name['en']}{guarded}")
        lines.append(f"        {_said(words.CAUSE_NAMES[one.cause])}")
        for each in one.waiting:
            office = _said(each.office)
            lines.append(f"        {each.document} {', '.join(each.rules)}  ← {office}")
    return lines


# ------------------------------------------------------------------ figures of the documents


def figure_lines(found: Sequence[Inconsistency]) -> list[str]:
    """Where the printed figures of the documents do not agree with each other; both are kept."""
    lines = ["", f"文本数字不一致 / figures of the documents that do not agree: {len(found)}"]
    for one in found:
        lines += [
            f"    [{one.id}]  {one.place['zh']} / {one.place['en']}  {one.row}".rstrip(),
            f"        {one.what['zh']} / {one.what['en']}",
            f"        原文 / printed {one.printed} · 推算 / computed {one.computed} · "
            f"差 / difference {one.difference}（{_said(one.unit)}）",
        ]
        lines += [f"        {_said(one.note)}"] if one.note else []
    return lines
