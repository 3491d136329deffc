"""The cases of a pack: how many of each kind every rule has, and which are judged otherwise."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geozone.law.errors import Fault, Refused
from geozone.law.rule import Policy
from geozone.law.state import State
from geozone.rules import vocabulary
from geozone.rules.cases import Case, Shows, read_cases, wrong
from geozone.rules.clauses import ClauseReader
from geozone.rules.lint_words import Code, Finding
from geozone.rules.table import Table

Counts = Mapping[Shows, int]
"""How many cases there are of each kind."""


@dataclass(frozen=True)
class CaseBook:
    """The cases of one pack: those that are judged one by one, and those of plan rules."""

    cases: tuple[Case, ...]
    plans: tuple[tuple[str, Shows], ...] = ()
    """Rule and kind of each case that needs a set of proposals."""

    def counts(self, rule: str | None = None) -> Counts:
        """How many cases of each kind a rule has; without a rule: the whole pack."""
        every = [(one.rule, one.shows) for one in self.cases] + list(self.plans)
        kinds = [shows for name, shows in every if rule in (None, name)]
        return {shows: kinds.count(shows) for shows in Shows}

    @property
    def rules(self) -> set[str]:
        """The rules that have a case."""
        return {one.rule for one in self.cases} | {rule for rule, _ in self.plans}


def read_book(files: Iterable[Path]) -> CaseBook:
    """The cases in case files. Raises ``Refused`` with every fault of all files."""
    every = sorted(files)
    cases = read_cases(every)
    faults: list[Fault] = []
    plans = tuple(one for file in every for one in _plans(file, faults))
    if faults:
        raise Refused(faults)
    return CaseBook(cases, plans)


def _plans(file: Path, faults: list[Fault]) -> Iterator[tuple[str, Shows]]:
    raw: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))  # TOML tables are untyped
    table = Table(raw, f"{file.parent.name}/{file.stem}", "", faults)
    for child in table.children("plan_case"):
        rule = str(child.take("rule", "text", raw.get("rule", "")))
        yield rule, Shows(child.among("shows", list(Shows), ""))


def case_findings(
    policy: Policy, book: CaseBook, policies: Mapping[str, Policy]
) -> Iterator[Finding]:
    """Rules without cases, cases without rules, and cases that the policies judge otherwise.

    A case that names no policies is judged by all of ``policies`` that are not advisory.
    """
    known = [rule.id for rule in policy.rules]
    for stray in sorted(book.rules - set(known)):
        yield Finding("", Code.STRAY_CASE, (stray or "-",))
    for rule in known:
        missing = tuple(shows.value for shows, count in book.counts(rule).items() if not count)
        if len(missing) == len(Shows):
            yield Finding(rule, Code.NO_CASE)
        elif missing:
            yield Finding(rule, Code.MISSING_CASE, missing)
    for case in book.cases:
        told = _unfit(case, policies) or wrong(case, _deciding(case, policy, policies))
        if told and case.rule in known:
            expected = f"案例写 / the case says: {case.verdict} {case.found}".strip()
            yield Finding(case.rule, Code.CASE_FAILS, (_brief(told), expected))


def _brief(told: str) -> str:
    """What the packs say otherwise, without the whole judgement behind it."""
    return told.partition(": Judgement(")[0]


def _deciding(case: Case, policy: Policy, policies: Mapping[str, Policy]) -> dict[str, Policy]:
    if case.policies:
        return {name: policies[name] for name in case.policies}
    return {name: one for name, one in policies.items() if not one.advisory or name == policy.id}


def _unfit(case: Case, policies: Mapping[str, Policy]) -> str:
    """What keeps a case from being judged at all; empty where nothing does."""
    faults: list[Fault] = []
    table = Table({}, case.file, case.name, faults)
    try:
        vocabulary.parse_activity(case.activity)
    except ValueError as error:
        table.fault("activity", str(error), "")
    for name in sorted(set(case.policies) - set(policies)):
        table.fault("policies", f"unknown policy {name!r}", "")
    for key, state in (case.ground or {}).items():
        if str(state).upper() not in State.__members__:
            table.fault("ground", f"{key} has no state {state!r}", "")
    for fact, value in (case.facts or {}).items():
        raw = {
            "fact": fact,
            "op": "is",
            "value": list(value) if isinstance(value, tuple) else value,
        }
        ClauseReader({}).test(table.child(raw, "facts"))
    return "; ".join(f"{one.file}: {one.place}: {one.what}" for one in faults)
