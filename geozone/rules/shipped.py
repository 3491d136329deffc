"""The packs that geozone ships, and those that a project names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from geozone.law.errors import Fault, Refused
from geozone.law.fact import Scalar
from geozone.law.rule import Policy
from geozone.rules.reader import parse_pack, read_pack
from geozone.rules.table import suggestion


def shipped_ids() -> tuple[str, ...]:
    """Ids of the packs that come with geozone, sorted."""
    folder = files("geozone.policies")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def shipped(pack: str, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """A shipped pack by its id."""
    text = files("geozone.policies").joinpath(f"{pack}.toml").read_text("utf-8")
    return parse_pack(text, f"{pack}.toml", parameters)


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
    every = [shipped(one, parameters) for one in shipped_ids()]
    if names is None:
        _check_parameters(every, file, parameters)
        return tuple(one for one in every if not one.advisory)
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for name in names:
        try:
            policy = _named(name, folder, file, parameters)
            policies[policy.id] = policy
        except Refused as refused:
            faults.extend(refused.faults)
    if faults:
        raise Refused(faults)
    _check_parameters([*every, *policies.values()], file, parameters)
    return tuple(policies[one] for one in sorted(policies))


def _check_parameters(
    policies: Iterable[Policy], file: str, parameters: Mapping[str, Scalar] | None
) -> None:
    """A parameter that no pack declares would be silently ignored: refuse it."""
    known = {name for one in policies for name in one.parameters}
    faults = [
        Fault(file, f"project.parameters.{name}", "unknown parameter", suggestion(name, known))
        for name in sorted(parameters or {})
        if name not in known
    ]
    if faults:
        raise Refused(faults)


def _named(name: str, folder: Path, file: str, parameters: Mapping[str, Scalar] | None) -> Policy:
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
