"""Units and constants, read from ``units.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from geozone.figures.cells import number
from geozone.figures.values import Constant, Unit
from geozone.law.errors import Fault
from geozone.rules import table as toml


@dataclass(frozen=True)
class Units:
    """Units and constants by id."""

    units: Mapping[str, Unit]
    constants: Mapping[str, Constant]


def parse_units(text: str, file: str, faults: list[Fault]) -> Units:
    """The units and constants in a text; what is wrong with it goes to ``faults``."""
    top = toml.Table(toml_of(text, file, faults) or {}, file, "", faults)
    units = [_unit(one) for one in top.children("unit")]
    constants = [_constant(one) for one in top.children("constant")]
    top.close()
    return Units({one.id: one for one in units}, {one.id: one for one in constants})


def toml_of(text: str, file: str, faults: list[Fault]) -> Mapping[str, object] | None:
    """The TOML in a text, ``None`` with a fault if it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(file, "", f"is not TOML: {error}", "mend the syntax"))
        return None


def decimal_at(table: toml.Table, key: str) -> Decimal:
    """The number written as text at a key, 1 with a fault if there is none."""
    text = table.take(key, "text", "1", needed=True)
    value = number(text)
    if value is None:
        table.fault(key, f"{text!r} is not a number", 'write a number as text, such as "0.5"')
        return Decimal(1)
    return value


def _unit(table: toml.Table) -> Unit:
    unit = Unit(
        id=table.take("id", "text", "", needed=True),
        zh=table.take("zh", "text", "", needed=True),
        en=table.take("en", "text", "", needed=True),
        base=table.take("base", "text", "", needed=True),
        factor=decimal_at(table, "factor"),
    )
    if unit.factor <= 0:
        table.fault("factor", f"{unit.factor} is not above zero", "write how many base units")
    table.close()
    return unit


def _constant(table: toml.Table) -> Constant:
    constant = Constant(
        id=table.take("id", "text", "", needed=True),
        value=decimal_at(table, "value"),
        unit=table.take("unit", "text", "", needed=True),
        source=table.bilingual("source", needed=True),
    )
    if constant.value <= 0:
        table.fault("value", f"{constant.value} is not above zero", "write the constant")
    table.close()
    return constant
