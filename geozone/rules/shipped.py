"""The packs that geozone ships, and those that a project names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from geozone.law.errors import Fault, Refused
from geozone.law.fact import Scalar
from geozone.law.rule import Policy
from geozone.rules.compiled import compiled
from geozone.rules.reader import parse_pack, read_pack
from geozone.rules.table import suggestion

_PARAMETER = re.compile(r"^\[parameters\.(\w+)\]", re.MULTILINE)


@cache
def shipped_ids() -> tuple[str, ...]:
    """Ids of the packs that come with geozone, sorted."""
    folder = files("geozone.policies")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def shipped(pack: str, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """A shipped pack by its id, with the declared numbers in the place of its own."""
    own = _own(pack)
    if not set(parameters or {}) & set(own.parameters):
        return own
    return parse_pack(_file(pack).read_text("utf-8"), f"{pack}.toml", parameters)


@cache
def _own(pack: str) -> Policy:
    found: Policy = compiled(_file(pack), lambda text: parse_pack(text, f"{pack}.toml"))
    return found


def _file(pack: str) -> Traversable:
    return files("geozone.policies") / f"{pack}.toml"


def load_policies(
    names: Iterable[str] | None,
    *,
    folder: Path,
    file: str,
    parameters: Mapping[str, Scalar] | None = None,
) -> tuple[Policy, ...]:
    """The policies that a project works under, sorted by id.

    ``names`` are ids of shipped packs or pack files relative to ``folder``; ``None`` means every
    shipped pack that is not advisory. Raises ``Refused`` with the faults of all packs.
    """
    policies: list[Policy] = []
    faults: list[Fault] = []
    for name in _standard() if names is None else names:
        try:
            policies.append(_named(name, folder, file, parameters))
        except Refused as refused:
            faults.extend(_at_home(one, file, parameters or {}) for one in refused.faults)
    faults += _clashes(policies, file)
    if faults:
        raise Refused(faults)
    _check_parameters(policies, file, parameters)
    return tuple(sorted(policies, key=lambda one: one.id))


def _standard() -> list[str]:
    return [name for name in shipped_ids() if not shipped(name).advisory]


def _at_home(fault: Fault, file: str, parameters: Mapping[str, Scalar]) -> Fault:
    """The fault of a declared number, told where the project declares it."""
    name = fault.place.removeprefix("parameters.").removesuffix(".value")
    if name == fault.place or name not in parameters:
        return fault
    return replace(fault, file=file, place=f"project.parameters.{name}")


def _clashes(policies: Iterable[Policy], file: str) -> list[Fault]:
    """Packs or rules of the same id: one would stand for the other, so they are refused."""
    packs = Counter(one.id for one in policies)
    homes: dict[str, dict[str, None]] = {}
    for policy in policies:
        for rule in policy.rules:
            homes.setdefault(rule.id, {})[policy.id] = None
    told = [
        f"the pack {name!r} is named {count} times" for name, count in packs.items() if count > 1
    ]
    told += [
        f"the rule {name!r} stands in {' and '.join(found)}"
        for name, found in homes.items()
        if len(found) > 1
    ]
    todo = "leave one of them out, or give it an id of its own"
    return [Fault(file, "project.policies", one, todo) for one in told]


def _check_parameters(
    policies: Iterable[Policy], file: str, parameters: Mapping[str, Scalar] | None
) -> None:
    """A parameter that no pack declares would be silently ignored: refuse it."""
    known = {name for one in policies for name in one.parameters}
    if not set(parameters or {}) - known:
        return
    known |= {name for one in shipped_ids() for name in _declared(one)}
    faults = [
        Fault(file, f"project.parameters.{name}", "unknown parameter", suggestion(name, known))
        for name in sorted(parameters or {})
        if name not in known
    ]
    if faults:
        raise Refused(faults)


def _declared(pack: str) -> list[str]:
    """The names of the numbers that a shipped pack declares, without reading all of it."""
    return _PARAMETER.findall(_file(pack).read_text("utf-8"))


def _named(
    name: str,
    folder: Path,
    file: str,
    parameters: Mapping[str, Scalar] | None,
) -> Policy:
    """The pack of a name, with the declared numbers in the place of its own."""
    if name in shipped_ids():
        return shipped(name, parameters)
    if name.endswith(".toml"):
        return read_pack(folder / name, parameters)
    todo = suggestion(name, shipped_ids())
    raise Refused([Fault(file, "project.policies", f"unknown policy {name!r}", todo)])


def shipped_case_files() -> tuple[Path, ...]:
    """The files of cases that come with the packs, sorted."""
    folder = Path(str(files("geozone.policies"))) / "cases"
    return tuple(sorted(folder.rglob("*.toml")))
