"""What people write for a fact, brought to the fact's own type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from geozone.land.faults import did_you_mean
from geozone.law.fact import FactValue
from geozone.rules.vocabulary import FactKind

YES = frozenset({"yes", "是", "true", "1", "y"})
NO = frozenset({"no", "否", "false", "0", "n"})
NO_DOCUMENT = NO | {"无", "暂无", "没有", "未办理", "未批准", "none", "n/a", "-", "/"}
PENDING = frozenset(
    (
        *("待定", "待办", "待办理", "待批", "办理中", "申请中", "审批中", "在办", "拟办", "补办中"),
        *("未知", "不详", "tbd", "pending", "unknown", "nan", "null", "?", "？", "--", "—", "——"),
    )
)
"""Words that stand where a document is still to come, or is not known."""
ERRORS = frozenset(("#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#spill!"))
"""What a spreadsheet writes where a formula failed."""
BARE_YES = frozenset({"yes", "是", "true", "有"})
PERCENT = re.compile(r"(.+?)\s*[%％]")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DAYS = (
    re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(T00:00:00| 00:00:00)?", re.ASCII),
    re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
)
BETWEEN = re.compile(r"[;；、,，|]")


def fact_value(kind: FactKind, text: str) -> FactValue:
    """The value of a fact from text that is not empty.

    choice: its id; choices: ids as a tuple; boolean: bool; number and count: float; date:
    ``date``; document: its id, or ``False`` for "there is none"; approvals: a tuple of
    ``RULE=document``. Raises ``ValueError`` where the text is none of that.
    """
    plain = text.strip()
    if plain.casefold() in ERRORS:
        raise ValueError(f"错误值 / an error value of a spreadsheet: {plain}")
    return READERS[kind.type](kind, plain)


def number_from(text: str) -> float:
    """A plain decimal number. Raises ``ValueError``."""
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(f"不是数字 / not a number: {text!r}")
    return float(text)


def day_from(text: str) -> date:
    """A day: ``2024-06-01``, ``2024/6/1``, ``2024.6.1``, ``2024年6月1日`` or ``20240601``.

    Raises ``ValueError``.
    """
    for pattern in DAYS:
        found = pattern.fullmatch(text.strip())
        if found:
            return date(*(int(one) for one in found.groups()[:3]))
    raise ValueError(f"不是日期 / not a date: {text!r} (2024-06-01)")


def yes_or_no(text: str) -> bool:
    """Yes or no, in the ways that tables write it. Raises ``ValueError``."""
    word = text.strip().casefold()
    if word not in YES | NO:
        raise ValueError(f"不是是/否 / neither yes nor no: {text!r}")
    return word in YES


def _number(kind: FactKind, text: str) -> float:
    share = PERCENT.fullmatch(text) if kind.ratio else None
    value = number_from(share[1]) / 100 if share else number_from(text)
    if (kind.min is not None and value < kind.min) or (kind.max is not None and value > kind.max):
        low, high = kind.min, "" if kind.max is None else f"{kind.max:g}"
        raise ValueError(f"超出范围 / out of range {low:g}…{high}: {text}")
    return value


def _count(kind: FactKind, text: str) -> float:
    value = _number(kind, text)
    if not value.is_integer():
        raise ValueError(f"不是整数 / not a whole number: {text}")
    return value


def _choice(kind: FactKind, text: str) -> str:
    for name, zh in kind.choices.items():
        if text.casefold() in (name, zh.casefold()):
            return name
    known = [*kind.choices, *kind.choices.values()]
    raise ValueError(f"未知的值 / unknown value {text!r}; {did_you_mean(text, known)}")


def _choices(kind: FactKind, text: str) -> tuple[str, ...]:
    given = {_choice(kind, one.strip()) for one in BETWEEN.split(text) if one.strip()}
    if not given:
        raise ValueError(f"未知的值 / unknown value {text!r}")
    return tuple(name for name in kind.choices if name in given)


def _boolean(_kind: FactKind, text: str) -> bool:
    return yes_or_no(text)


def _day(_kind: FactKind, text: str) -> date:
    return day_from(text)


def _text(_kind: FactKind, text: str) -> str:
    return text


def _document(_kind: FactKind, text: str) -> str | bool:
    word = text.casefold()
    if word in BARE_YES:
        raise ValueError(f"应写文号，不能只写 {text!r} / name the document, {text!r} names none")
    if word in PENDING:
        raise ValueError(f"尚无文件 / {text!r} names no document; write its number, or no")
    return False if word in NO_DOCUMENT else text


def _approvals(_kind: FactKind, text: str) -> tuple[str, ...]:
    pairs = []
    for one in re.split(r"[;；\n]", text):
        rule, _, document = (part.strip() for part in one.replace("＝", "=").partition("="))
        if not one.strip():
            continue
        if not rule or not document:
            raise ValueError(f"应写 规则=文号 / must be RULE=document: {one.strip()!r}")
        if document.casefold() in NO_DOCUMENT | BARE_YES | PENDING | ERRORS:
            raise ValueError(
                f"应写批准文件的文号 / name the approving document, {one.strip()!r} names none"
            )
        pairs.append(f"{rule}={document}")
    return tuple(dict.fromkeys(pairs))


READERS: dict[str, Callable[[FactKind, str], FactValue]] = {
    "choice": _choice,
    "choices": _choices,
    "boolean": _boolean,
    "number": _number,
    "count": _count,
    "date": _day,
    "text": _text,
    "document": _document,
    "approvals": _approvals,
}


def written(value: FactValue) -> str:
    """A fact's value as canonical text: ``yes``/``no``, ISO days, lists joined by ``|``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "|".join(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
