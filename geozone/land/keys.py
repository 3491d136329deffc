"""Reading a TOML table by a list of its keys: types, ranges, unknown keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geozone.land.faults import Faults, did_you_mean

Check = Callable[[Any], Any]  # TOML values are untyped; a check raises ValueError


@dataclass(frozen=True)
class Key:
    """A key of a table: how its value is checked, and whether it must be there."""

    check: Check
    required: bool = False


def read_table(raw: object, keys: Mapping[str, Key], faults: Faults) -> dict[str, Any]:
    """The checked values of a table by key; what is wrong goes to ``faults`` and is left out."""
    if not isinstance(raw, dict):
        faults.add("应为表 / must be a table", f"写成 {{ {', '.join(keys)} }} / write a table")
        return {}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in keys:
            faults.at(name).add(
                f"未知的键 {name!r} / unknown key {name!r}", did_you_mean(name, keys)
            )
            continue
        try:
            values[name] = keys[name].check(value)
        except ValueError as error:
            faults.at(name).add(f"{error} (= {value!r})", "改正该值 / correct the value")
    for name, key in keys.items():
        if key.required and name not in raw:
            faults.at(name).add(
                f"缺少必填键 {name!r} / required key {name!r} is missing", "补写 / add it"
            )
    return values


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应为非空文本 / must be a text that is not empty")
    return value.strip()


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("应为 true 或 false / must be true or false")
    return value


def number(value: Any) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("应为数字 / must be a finite number")
    return float(value)


def metres(value: Any) -> float:
    """A length of 0 or more, in metres."""
    length = number(value)
    if length < 0:
        raise ValueError("应为 0 或正数（米） / must be 0 or more metres")
    return length


def positive(value: Any) -> float:
    """A number above 0."""
    size = number(value)
    if size <= 0:
        raise ValueError("应大于 0 / must be above 0")
    return size


def whole(value: Any) -> int:
    """A whole number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("应为非负整数 / must be a whole number of 0 or more")
    return value


def counting(value: Any) -> int:
    """A whole number of 1 or more."""
    if whole(value) < 1:
        raise ValueError("应为正整数 / must be a whole number of 1 or more")
    return int(value)


def day(value: Any) -> date:
    """A calendar day, as a TOML date or ISO text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError("应为日期 YYYY-MM-DD / must be a date YYYY-MM-DD")


def list_of(check: Check, *, least: int = 0) -> Check:
    """A list of values that pass ``check``, as a tuple."""

    def checked(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise ValueError(f"应为列表（至少 {least} 项） / must be a list of {least} or more")
        return tuple(check(one) for one in value)

    return checked


def table_of(check: Check) -> Check:
    """A table with free keys whose values pass ``check``."""

    def checked(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("应为表 / must be a table")
        return {name: check(one) for name, one in value.items()}

    return checked


def one_of(known: Collection[str]) -> Check:
    """A text from a closed list."""

    def checked(value: Any) -> str:
        if value not in known:
            raise ValueError(f"不在词表中；{did_you_mean(str(value), known)}")
        return str(value)

    return checked
