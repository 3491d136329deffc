"""The closed vocabulary: technologies, objects, themes and facts, read from data files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from geozone.law.activity import Activity
from geozone.law.fact import Below, Facts, FactTest, FactValue
from geozone.rules.compiled import compiled


@dataclass(frozen=True)
class Technology:
    """A way to use geothermal energy, and what its name implies for the ground it may use."""

    id: str
    zh: str
    en: str
    implies: Facts
    contradicted_by: tuple[tuple[FactTest, ...], ...]


@dataclass(frozen=True)
class Object:
    """What is sited: a well, a block, a right, a project or a parcel."""

    id: str
    zh: str
    en: str
    shape: str
    technologies: frozenset[str]


@dataclass(frozen=True)
class Theme:
    """A kind of layer: what it may hold and whether it is protected."""

    id: str
    zh: str
    en: str
    shapes: tuple[str, ...]
    classes: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    border: bool = False
    exhaustive: bool = False
    half_width: bool = False
    protected: bool = False
    protected_class: tuple[str, ...] = ()
    protected_objects: tuple[str, ...] = ()
    protected_within_m: float = 0.0


@dataclass(frozen=True)
class FactKind:
    """A fact that a proposal may state: its type, its range and its other names."""

    id: str
    type: str
    zh: str
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    min: float | None = None
    max: float | None = None
    ratio: bool = False
    """Whether 1.0 is 100 %, so that a number with a percent sign can be read."""


@dataclass(frozen=True)
class Permit:
    """A permit or step that rules ask for or spare."""

    id: str
    zh: str
    en: str


def _read(name: str) -> dict[str, Any]:  # TOML tables are untyped
    found: dict[str, Any] = compiled(files("geozone.vocabulary") / name, tomllib.loads)
    return found


@cache
def groups() -> Mapping[str, frozenset[str]]:
    """Technologies by group name, groups of groups resolved."""
    raw: dict[str, list[str]] = _read("technologies.toml")["groups"]

    def members(name: str) -> frozenset[str]:
        if name not in raw:
            return frozenset({name})
        return frozenset().union(*(members(one) for one in raw[name]))

    return {name: members(name) for name in raw}


@cache
def group_names() -> Mapping[frozenset[str], Mapping[str, str]]:
    """The names (``zh``, ``en``) of the groups that have one, by their members."""
    names: dict[str, dict[str, str]] = _read("technologies.toml")["group_names"]
    return {groups()[group]: name for group, name in names.items()}


def expand(names: Iterable[str]) -> frozenset[str]:
    """The technologies that ids and group names stand for."""
    return frozenset().union(*(groups().get(name, frozenset({name})) for name in names))


def tests(raw: Iterable[Mapping[str, Any]]) -> tuple[FactTest, ...]:
    """Fact tests from their tables; lists become tuples."""
    return tuple(
        FactTest(one["fact"], one["op"], _frozen(one["value"]) if "value" in one else None)
        for one in raw
    )


def _frozen(value: Any) -> Any:  # a TOML value of any type
    return tuple(value) if isinstance(value, list) else value


def _implied(value: Any) -> FactValue:  # a TOML value of any type
    if isinstance(value, dict):
        return Below(float(value["below"]))
    frozen: FactValue = value
    return frozen


@cache
def technologies() -> Mapping[str, Technology]:
    """Every technology by id."""
    raw = _read("technologies.toml")
    table = {name: one for name, one in raw.items() if name not in ("groups", "group_names")}
    return {
        name: Technology(
            name,
            one["zh"],
            one["en"],
            {fact: _implied(value) for fact, value in one.get("implies", {}).items()},
            tuple(tests(group) for group in one.get("contradicted_by", [])),
        )
        for name, one in table.items()
    }


@cache
def objects() -> Mapping[str, Object]:
    """Every object by id."""
    return {
        name: Object(name, one["zh"], one["en"], one["shape"], expand(one["technologies"]))
        for name, one in _read("objects.toml").items()
    }


@cache
def themes() -> Mapping[str, Theme]:
    """Every theme by id."""
    return {
        name: Theme(
            name,
            **{key: _frozen(value) for key, value in one.items() if key != "attributes"},
            attributes={key: tuple(value) for key, value in one.get("attributes", {}).items()},
        )
        for name, one in _read("themes.toml").items()
    }


@cache
def facts() -> Mapping[str, FactKind]:
    """Every fact by id."""
    return {
        name: FactKind(name, **{key: _frozen(value) for key, value in one.items()})
        for name, one in _read("facts.toml").items()
    }


@cache
def permits() -> Mapping[str, Permit]:
    """Every permit by id."""
    return {name: Permit(name, **one) for name, one in _read("permits.toml").items()}


@cache
def activities() -> tuple[Activity, ...]:
    """Every pair of technology and object that makes sense, in the vocabulary's order."""
    return tuple(
        Activity(technology, thing.id)
        for technology in technologies()
        for thing in objects().values()
        if technology in thing.technologies
    )


def parse_activity(text: str) -> Activity:
    """The activity written ``technology:object``.

    Raises ``ValueError`` with a suggestion where it is unknown or makes no sense.
    """
    technology, _, thing = text.strip().partition(":")
    found = Activity(technology.strip(), thing.strip())
    if found in activities():
        return found
    known = [str(one) for one in activities()]
    if found.technology in technologies() and found.object in objects():
        known = [str(one) for one in activities() if one.technology == found.technology]
    near = get_close_matches(str(found), known, n=3, cutoff=0.3) or known[:3]
    shown = ", ".join(near)
    raise ValueError(f"未知的活动 / unknown activity {text!r}; 是否想写 / did you mean {shown}?")
