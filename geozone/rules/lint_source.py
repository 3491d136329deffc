"""A pack as its file has it: the policy, and what it declares beside the rules."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from geozone.law.errors import Fault, Refused
from geozone.law.fact import Scalar
from geozone.law.rule import Policy, Text
from geozone.rules.packfile import pack_text
from geozone.rules.reader import parse_pack
from geozone.rules.shipped import shipped_ids
from geozone.rules.table import suggestion


@dataclass(frozen=True)
class Parameter:
    """A number that a pack declares and that a project may declare otherwise."""

    name: str
    value: Scalar
    unit: str
    note: Text
    least: Scalar | None
    most: Scalar | None
    used_by: tuple[str, ...]
    """Ids of the rules that refer to it, in the pack's order."""


@dataclass(frozen=True)
class Source:
    """A pack: where it was read from, its policy and its declared numbers."""

    file: str
    policy: Policy
    parameters: tuple[Parameter, ...]


def shipped_source(pack: str) -> Source:
    """A shipped pack by its id."""
    text = files("geozone.policies").joinpath(f"{pack}.toml").read_text("utf-8")
    return _source(text, f"{pack}.toml", parse_pack(text, f"{pack}.toml"))


def read_source(path: Path) -> Source:
    """The pack in a file. Raises ``Refused`` with every fault of the file."""
    text = pack_text(path)
    return _source(text, str(path), parse_pack(text, path.name))


def find_source(name: str) -> Source:
    """A shipped pack by its id, or the pack in a file. Raises ``Refused`` for anything else."""
    if name in shipped_ids():
        return shipped_source(name)
    if name.endswith(".toml"):
        return read_source(Path(name))
    what = "不是随附的政策文件，也不是 .toml 文件 / is no shipped policy and no .toml file"
    raise Refused([Fault(name, "", what, suggestion(name, shipped_ids()))])


def shipped_sources() -> tuple[Source, ...]:
    """Every shipped pack, sorted by id. Raises ``Refused`` with the faults of all packs."""
    return _all(shipped_ids())


def _all(packs: Iterable[str]) -> tuple[Source, ...]:
    found: list[Source] = []
    faults: list[Fault] = []
    for pack in packs:
        try:
            found.append(shipped_source(pack))
        except Refused as refused:
            faults.extend(refused.faults)
    if faults:
        raise Refused(faults)
    return tuple(found)


def _source(text: str, file: str, policy: Policy) -> Source:
    raw = tomllib.loads(text)
    declared = raw.get("parameters", {})
    users = {rule["id"]: set(_named(rule)) for rule in raw.get("rule", [])}
    return Source(
        file,
        policy,
        tuple(_parameter(name, declared[name], users) for name in policy.parameters),
    )


def _parameter(name: str, raw: Mapping[str, Any], users: Mapping[str, set[str]]) -> Parameter:
    return Parameter(
        name,
        raw["value"],
        raw.get("unit", ""),
        raw["note"],
        raw.get("min"),
        raw.get("max"),
        tuple(rule for rule, names in users.items() if name in names),
    )


def _named(raw: Any) -> Iterator[str]:  # a TOML value of any type
    """The parameters to which a part of a pack refers."""
    if isinstance(raw, dict):
        if set(raw) == {"parameter"}:
            yield raw["parameter"]
        for one in raw.values():
            yield from _named(one)
    elif isinstance(raw, list):
        for one in raw:
            yield from _named(one)
