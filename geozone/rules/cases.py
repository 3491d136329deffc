"""Cases of rules: what a pack says of a made-up proposal, written so that a lawyer can read it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from geozone.law.condition import Condition
from geozone.law.errors import Fault, Refused
from geozone.law.evidence import Row
from geozone.law.fact import Facts
from geozone.law.judgement import Cause, Judgement
from geozone.law.rule import Policy
from geozone.law.state import State
from geozone.rules import vocabulary
from geozone.rules.compiling import compile_programs
from geozone.rules.judge import judge
from geozone.rules.program import Program
from geozone.rules.table import Table, suggestion


class Shows(StrEnum):
    """What a case is there for."""

    POSITIVE = "positive"
    """The rule is held or listed, or leaves its question open."""
    NEGATIVE = "negative"
    """The rule does not touch the proposal, or is lifted."""
    LEFT_OUT = "left_out"
    """A fact or a layer that the rule asks for is left out: it is never freed by that."""


@dataclass(frozen=True)
class Case:
    """One example: an activity on a day, its ground and facts, and what follows."""

    file: str
    rule: str
    name: str
    shows: Shows
    activity: str
    on: date
    verdict: str
    found: str = ""
    ground: Mapping[str, str] | None = None
    facts: Facts | None = None
    missing: tuple[str, ...] = ()
    adcode: str | None = None
    policies: tuple[str, ...] = ()


def read_cases(files: Iterable[Path]) -> tuple[Case, ...]:
    """The cases of case files. Raises ``Refused`` with every fault of all files."""
    faults: list[Fault] = []
    found = [one for file in sorted(files) for one in _read_file(file, faults)]
    if faults:
        raise Refused(faults)
    return tuple(found)


def _read_file(file: Path, faults: list[Fault]) -> list[Case]:
    name = f"{file.parent.name}/{file.stem}"
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        faults.append(Fault(name, "", f"cannot be read: {error}", "mend the file"))
        return []
    table = Table(raw, name, "", faults)
    rule = str(table.take("rule", "text", ""))
    table.take("conflict", "text", "")
    table.bilingual("says")
    table.take("plan_case", "list", [])
    cases = [_case(child, rule) for child in table.children("case")]
    table.close()
    return cases


def _case(table: Table, rule: str) -> Case:
    facts = table.take("facts", "table", {})
    for fact in facts:
        if fact not in vocabulary.facts():
            table.fault("facts", f"unknown fact {fact!r}", suggestion(fact, vocabulary.facts()))
    on = table.take("on", "date", None, needed=True)
    found = Case(
        table.file,
        str(table.take("rule", "text", rule, needed=not rule)),
        str(table.take("name", "text", "", needed=True)),
        Shows(table.among("shows", list(Shows), "")),
        str(table.take("activity", "text", "", needed=True)),
        on or date.min,
        str(table.take("verdict", "text", "", needed=True)),
        str(table.take("found", "text", "")),
        table.take("ground", "table", {}),
        {name: tuple(one) if isinstance(one, list) else one for name, one in facts.items()},
        table.texts("missing"),
        table.take("adcode", "text"),
        table.texts("policies"),
    )
    table.close()
    return found


def wrong(case: Case, policies: Mapping[str, Policy]) -> str:
    """What the packs say otherwise than the case expects; empty where they agree."""
    home = _home(case, policies)
    if home is None:
        return f"{case.file}: no pack has a rule {case.rule!r}"
    asked = [policies[one] for one in case.policies or policies if one in policies]
    program = compile_programs(
        asked,
        [vocabulary.parse_activity(case.activity)],
        on=case.on,
        adcode=case.adcode or home.territory[0],
    )[0]
    row, unused = row_of(program, case.ground or {}, case.missing)
    if unused:
        return f"{case.file}: {case.name}: no condition is named {', '.join(unused)}"
    judgement = judge(program, row, case.facts or {}, dict.fromkeys(case.missing, Cause.NO_LAYER))
    return _differs(case, judgement)


def _home(case: Case, policies: Mapping[str, Policy]) -> Policy | None:
    return next(
        (one for one in policies.values() if any(rule.id == case.rule for rule in one.rules)), None
    )


def _differs(case: Case, judgement: Judgement) -> str:
    found = contribution(case.rule, judgement)
    told = f"{case.file}: {case.name}: {judgement.verdict.code}, {sorted(found)}: {judgement}"
    if judgement.verdict.code != case.verdict or (case.found and case.found not in found):
        return told
    return "" if _fits(case.shows, found) else f"does not show {case.shows}: {told}"


_FREE = {"clear", "absent", "lifted"}


def _fits(shows: Shows, found: set[str]) -> bool:
    """Whether the rule's part in the judgement is of the kind that the case claims to show."""
    if shows is Shows.NEGATIVE:
        return bool(found & _FREE)
    return bool(found - _FREE)


_NAME = re.compile(r"^(?P<theme>\w+)(\[(?P<cls>[^\]]+)\])?(\{(?P<attr>\w+)=(?P<value>[^}]+)\})?$")


def _matches(key: str, condition: Condition) -> bool:
    """Whether a short name such as ``railway[line]`` means the condition."""
    if key == condition.key:
        return True
    found = _NAME.match(key)
    if not found or found["theme"] != condition.theme:
        return False
    if found["cls"] and not set(found["cls"].split("|")) & set(condition.classes):
        return False
    values = dict(condition.attributes).get(found["attr"] or "", ())
    return not found["attr"] or found["value"] in values


def row_of(
    program: Program, ground: Mapping[str, str], missing: tuple[str, ...] = ()
) -> tuple[Row, list[str]]:
    """The row in which the named conditions stand as said and all others are clear.

    With it, the names that fit no condition.
    """
    used: set[str] = set()
    states = []
    for condition in program.conditions:
        state = State.UNSEEN if condition.theme in missing else State.CLEAR
        for key, name in ground.items():
            if _matches(key, condition):
                used.add(key)
                state = State[name.upper()]
        states.append(state)
    return tuple(states), sorted(set(ground) - used)


def contribution(rule: str, judgement: Judgement) -> set[str]:
    """What one rule adds to a judgement, in the words that cases use."""
    found = {held.verdict.code for held in judgement.held if held.rule.id == rule}
    found |= {f"gap:{gap.cause}" for gap in judgement.gaps if gap.rule == rule}
    found |= {"lifted" for lift in judgement.lifted if lift.rule == rule}
    found |= {"lifts" for lift in judgement.lifted if lift.by == rule}
    found |= {"clear" for one in judgement.clear if one == rule}
    found |= {"history" for one in judgement.history if one.id == rule}
    if not found - {"clear"}:
        listed: list[Any] = [*judgement.listed, *judgement.operation]  # rules as listed
        found |= {"listed" if one.applies else "open" for one in listed if one.rule.id == rule}
        found |= {"listed" for one in judgement.notes if one.id == rule}
    return found or {"absent"}
