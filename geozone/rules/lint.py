"""The lint of packs: every rule by itself, the rules between them, what is declared, the cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geozone.law.rule import Effect, Policy
from geozone.rules.lint_cases import CaseBook, case_findings, read_book
from geozone.rules.lint_pairs import pair_findings
from geozone.rules.lint_rule import rule_findings
from geozone.rules.lint_source import Source, find_source, shipped_sources
from geozone.rules.lint_words import Code, Finding, Level
from geozone.rules.shipped import shipped_case_files, shipped_ids


@dataclass(frozen=True)
class Linted:
    """A pack with its cases and everything that was found, errors first."""

    source: Source
    book: CaseBook
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings have to be mended."""
        return sum(one.level is Level.ERROR for one in self.findings)


def lint_shipped() -> tuple[Linted, ...]:
    """The lint of every shipped pack. Raises ``Refused`` with the faults of packs or cases."""
    sources = shipped_sources()
    policies = _by_id(sources)
    return tuple(lint(one, _shipped_book(one), policies) for one in sources)


def lint_named(name: str, cases: Path | None = None) -> Linted:
    """The lint of a shipped pack by its id, or of a pack file.

    The cases of a file are in ``cases``, by default ``cases/<ID>`` beside it. Those that name no
    policies are judged by the pack and the shipped ones together. Raises ``Refused`` with every
    fault of the pack, or of its cases.
    """
    source = find_source(name)
    policies = {**_by_id(shipped_sources()), source.policy.id: source.policy}
    if cases is None and name in shipped_ids():
        return lint(source, _shipped_book(source), policies)
    folder = cases or Path(name).parent / "cases" / source.policy.id
    return lint(source, read_book(folder.rglob("*.toml")), policies)


def shipped_books() -> tuple[tuple[Source, CaseBook], ...]:
    """Every shipped pack with its cases."""
    return tuple((one, _shipped_book(one)) for one in shipped_sources())


def effects_of(policy: Policy) -> Mapping[Effect, int]:
    """How many rules of a policy have each effect, in the order of effects."""
    counted = Counter(rule.effect for rule in policy.rules)
    return {effect: counted[effect] for effect in Effect if counted[effect]}


def lint(source: Source, book: CaseBook, policies: Mapping[str, Policy]) -> Linted:
    """Everything that is wrong with a pack, its cases judged by ``policies``."""
    policy = source.policy
    found = [
        *_declared(source),
        *rule_findings(policy),
        *pair_findings(policy),
        *case_findings(policy, book, policies),
    ]
    order = ["", *(rule.id for rule in policy.rules)]
    ranks = list(Level)
    found.sort(key=lambda one: (ranks.index(one.level), order.index(one.rule), one.code, one.about))
    return Linted(source, book, tuple(found))


def _declared(source: Source) -> Iterator[Finding]:
    unused = (one.name for one in source.parameters if not one.used_by)
    return (Finding("", Code.UNUSED_PARAMETER, (name,)) for name in unused)


def _by_id(sources: Iterable[Source]) -> dict[str, Policy]:
    return {one.policy.id: one.policy for one in sources}


def _shipped_book(source: Source) -> CaseBook:
    return read_book(one for one in shipped_case_files() if source.policy.id in one.parts)
