"""The two sides of a comparison: which documents, on which day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from geozone.answers.site import decision_date, policies_of
from geozone.land.project import Project
from geozone.law.errors import Fault, Refused
from geozone.law.rule import Policy
from geozone.rules.shipped import load_policies, shipped_ids
from geozone.rules.table import suggestion

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PACK_FILE = ".toml"
HOW = "write a date (YYYY-MM-DD), packs (SX23,SX26 or draft.toml), or packs@date"


@dataclass(frozen=True, eq=False)
class Side:
    """Documents on a day; ``given`` is how the side was written."""

    given: str
    on: date
    policies: tuple[Policy, ...]


def read_sides(project: Project, a: str, b: str, on: date | None = None) -> tuple[Side, Side]:
    """The two sides as they are written: a date, packs, or packs@date.

    A side without a date takes ``on``, else the project's; one without packs takes the
    project's policies. Raises ``Refused`` with every fault of both sides.
    """
    found: list[Side] = []
    faults: list[Fault] = []
    for name, given in (("A", a), ("B", b)):
        try:
            found.append(_side(project, name, given, on))
        except Refused as refused:
            faults.extend(refused.faults)
    if faults:
        raise Refused(faults)
    return found[0], found[1]


def _side(project: Project, name: str, given: str, on: date | None) -> Side:
    packs, day = _parted(given.strip())
    faults: list[Fault] = []
    if not packs and day is None:
        raise Refused([Fault(name, given, "此侧为空 / the side is empty", HOW)])
    decided = _day(project, name, given, on if day is None else day, faults)
    policies = _policies(project, name, packs, faults)
    if faults or decided is None:
        raise Refused(faults)
    return Side(given, decided, policies)


def _parted(given: str) -> tuple[str, str | None]:
    """The packs and the day of a side as texts; a file name may hold an ``@`` of its own."""
    if _DATE.fullmatch(given):
        return "", given
    packs, at, day = given.rpartition("@")
    return (packs, day) if at and not day.endswith(_PACK_FILE) else (given, None)


def _day(
    project: Project, name: str, given: str, day: str | date | None, faults: list[Fault]
) -> date | None:
    if isinstance(day, str):
        try:
            return date.fromisoformat(day if _DATE.fullmatch(day) else "")
        except ValueError:
            what = f"不是日期 / no date: {day!r}"
            faults.append(Fault(name, given, what, "write YYYY-MM-DD"))
            return None
    try:
        return decision_date(project, day)
    except Refused as refused:
        todo = "add @YYYY-MM-DD to the side, give --on, or add on = … to the project"
        faults += [Fault(name, given, one.what, todo) for one in refused.faults]
        return None


def _policies(project: Project, name: str, packs: str, faults: list[Fault]) -> tuple[Policy, ...]:
    """The policies of a side; what is wrong with them is added to the faults."""
    try:
        if not packs:
            return policies_of(project)
        return _named(project, name, [one.strip() for one in packs.split(",")])
    except Refused as refused:
        faults += refused.faults
        return ()


def _named(project: Project, name: str, packs: list[str]) -> tuple[Policy, ...]:
    faults: list[Fault] = []
    found = [_located(project, name, one, faults) for one in packs]
    if faults:
        raise Refused(faults)
    try:
        return load_policies(
            found, folder=Path(), file=str(project.file), parameters=project.parameters
        )
    except Refused as refused:
        raise Refused([_on_side(one, project, name, packs) for one in refused.faults]) from refused


def _on_side(fault: Fault, project: Project, name: str, packs: list[str]) -> Fault:
    """A fault of the packs together, told of the side that names them."""
    together = (fault.file, fault.place) == (str(project.file), "project.policies")
    return replace(fault, file=name, place=",".join(packs)) if together else fault


def _located(project: Project, name: str, pack: str, faults: list[Fault]) -> str:
    """The pack's id, or the path of its file: beside the project, or as given."""
    if pack in shipped_ids():
        return pack
    if not pack.endswith(_PACK_FILE):
        what = f"未知政策 / unknown pack {pack!r}" if pack else "名称为空 / an empty pack name"
        faults.append(Fault(name, pack, what, f"{suggestion(pack, shipped_ids())}; or {HOW}"))
        return pack
    places = (project.file.parent / pack, Path(pack))
    there = [one for one in places if one.is_file()]
    if not there:
        what = "没有此文件 / there is no such pack file"
        todo = f"looked for {' and '.join(dict.fromkeys(map(str, places)))}; give its path"
        faults.append(Fault(name, pack, what, todo))
    elif len(there) == 2 and not there[0].samefile(there[1]):
        what = f"有两个同名文件 / two files: {there[0]} and {there[1]}"
        faults.append(Fault(name, pack, what, "give the whole path of the one that you mean"))
    return str(there[0]) if there else pack
