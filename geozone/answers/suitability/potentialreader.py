"""From a file's numbers, each with its source, to a method of estimating potential."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from geozone.answers.suitability.model import Cite, Class
from geozone.answers.suitability.potential import BEST, Method, Stated, UnitHeat, Volume
from geozone.figures import Book
from geozone.land.faults import Faults
from geozone.land.keys import Key, flag, list_of, number, one_of, read_table, text
from geozone.law.errors import Refused

SCHEMA = 1
COUNTED = (Class.SUITABLE, Class.MODERATE, Class.UNSUITABLE)

_NUMBER = {
    "value": Key(number, required=True),
    "low": Key(number),
    "high": Key(number),
    "source": Key(text, required=True),
    "verify": Key(flag),
}
_FIGURES = {name: Key(text, required=True) for name in ("table", "row", "heat", "area")}
_NEEDED = [one.name for one in fields(Volume) if one.name != "years"]


def _whole(value: Any) -> Any:  # a table, checked further on
    return value


_VOLUME = {name: Key(_whole, required=name in _NEEDED) for name in (*_NEEDED, "years")}
_UNIT_HEAT = {"heat": Key(_whole, required=True), "unit": Key(text, required=True)}
_METHODS = ("volume", "unit_heat", "figures")
_TOP = {
    "schema": Key(number, required=True),
    "classes": Key(list_of(one_of([one.name.lower() for one in COUNTED]), least=1)),
    "whole": Key(text),
    "synthetic": Key(flag),
    **{name: Key(_whole) for name in _METHODS},
}


@dataclass(frozen=True)
class Asked:
    """How potential is to be estimated, and the classes of ground that count.

    ``whole`` is the row of documents' tables that is about the whole study area, if any is.
    """

    method: Method
    classes: tuple[Class, ...] = BEST
    whole: str | None = None
    synthetic: bool = False


def read_potential(path: Path | str, book: Book) -> Asked:
    """The method of a file: ``[volume]``, ``[unit_heat]`` or ``[figures]``, one of them.

    Every number is a table: ``value``, ``source``, and ``low``, ``high``, ``verify`` where there is
    something to say; ``[figures]`` names a table, row and columns of a document. ``classes`` are
    those that count, ``whole`` the row of tables that the whole area stands beside. Raises
    ``Refused`` with every fault.
    """
    faults = Faults(str(path))
    raw = _toml(Path(path), faults)
    faults.settle()
    top = read_table(raw, _TOP, faults)
    faults.settle()
    if top.get("schema", SCHEMA) != SCHEMA:
        faults.at("schema").add("应为 1 / must be 1", f"schema = {SCHEMA}")
    given = [name for name in _METHODS if name in top]
    method = None
    if len(given) != 1:
        what = f"应有且只有一种方法 / one method is wanted, here are {len(given)}"
        faults.add(what, f"写一个 / write one of: {', '.join(f'[{one}]' for one in _METHODS)}")
    else:
        method = _method(given[0], top[given[0]], faults.at(given[0]), book)
    faults.settle()
    if method is None:
        raise AssertionError("without a method there is a fault")
    names = top.get("classes")
    chosen = tuple(Class[one.upper()] for one in dict.fromkeys(names)) if names else BEST
    return Asked(method, chosen, top.get("whole"), top.get("synthetic", False))


def _toml(path: Path, faults: Faults) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:  # also of endless digits and nesting
        faults.add(f"无法读取 / cannot be read: {error}", "检查文件 / check the file")
        return {}


def _method(name: str, raw: object, faults: Faults, book: Book) -> Method | None:
    """A method from its table; none, with faults, where it is wrong."""
    before = len(faults.found)
    try:
        if name == "figures":
            told = read_table(raw, _FIGURES, faults)
            if len(faults.found) > before:
                return None
            return UnitHeat.of_figures(
                book, told["table"], heat=told["heat"], area=told["area"], row=told["row"]
            )
        table = read_table(raw, _VOLUME if name == "volume" else _UNIT_HEAT, faults)
        unit = table.pop("unit", "")
        numbers = {key: _stated(one, faults.at(key)) for key, one in table.items()}
        if len(faults.found) > before:
            return None
        known = {key: one for key, one in numbers.items() if one is not None}
        return Volume(**known) if name == "volume" else UnitHeat(known["heat"], unit)
    except Refused as refused:
        for one in refused.faults:
            faults.at(one.place).add(one.what, one.todo)
        return None


def _stated(raw: object, faults: Faults) -> Stated | None:
    """A number with its limits and its source."""
    before = len(faults.found)
    told = read_table(raw, _NUMBER, faults)
    if len(faults.found) > before:
        return None
    value = told["value"]
    cite = Cite(told["source"], told.get("verify", False))
    return Stated(value, told.get("low", value), told.get("high", value), cite)
