"""The data debt of a project: themes that its rules ask for and that nothing supplies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geozone.answers.site import Site
from geozone.law.judgement import Cause
from geozone.law.rule import Rule, Text
from geozone.rules.program import Clause


@dataclass(frozen=True)
class Waiting:
    """Rules of one document that wait for a theme, and the office that the text names for them."""

    document: str
    office: Text
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Debt:
    """A theme of which nothing is seen anywhere, why, who waits for it and who owns the rules.

    ``classes``: the classes that are not supplied; empty where no class is, or none was asked.
    ``protected``: no permission comes without it, whatever the rules say.
    """

    theme: str
    cause: Cause
    classes: tuple[str, ...]
    protected: bool
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True)
class _Want:
    """One question to the ground that cannot be answered anywhere, and who asks it."""

    theme: str
    cause: Cause
    classes: tuple[str, ...] = ()
    rule: Rule | None = None


def debts(site: Site) -> tuple[Debt, ...]:
    """Every theme that the site's rules or guards ask for and that is unseen everywhere, sorted."""
    wants = [one for program in site.programs.values() for one in _wants(site, program.clauses)]
    guards = list(_guards(site))
    keys = sorted({(one.theme, one.cause) for one in (*wants, *guards)})
    protected = {one.theme for one in guards}
    return tuple(
        _debt(
            [one for one in wants if (one.theme, one.cause) == key],
            theme=key[0],
            cause=key[1],
            protected=key[0] in protected,
        )
        for key in keys
    )


def _debt(wants: list[_Want], *, theme: str, cause: Cause, protected: bool) -> Debt:
    rules = {one.rule.id: one.rule for one in wants if one.rule}
    offices = sorted({(rule.cite.document, tuple(rule.office.items())) for rule in rules.values()})
    whole = any(not one.classes for one in wants) or not wants
    classes = set() if whole else {name for one in wants for name in one.classes}
    return Debt(
        theme,
        cause,
        tuple(sorted(classes)),
        protected,
        tuple(
            Waiting(
                document,
                dict(office),
                tuple(sorted(name for name, one in rules.items() if _owns(one, document, office))),
            )
            for document, office in offices
        ),
    )


def _owns(rule: Rule, document: str, office: tuple[tuple[str, str], ...]) -> bool:
    return rule.cite.document == document and tuple(rule.office.items()) == office


def _wants(site: Site, clauses: tuple[Clause, ...]) -> Iterator[_Want]:
    for clause in clauses:
        for index in sorted({term.index for group in clause.alternatives for term in group}):
            region = site.regions[index]
            if region.seen.is_empty:
                one = region.condition
                yield _Want(one.theme, region.cause, one.classes, clause.rule)
        counted = clause.rule.plan.within if clause.rule.plan else None
        cause = site.ground.theme(counted).cause if counted else None
        if counted and cause:
            yield _Want(counted, cause, (), clause.rule)


def _guards(site: Site) -> Iterator[_Want]:
    for program in site.programs.values():
        for guard in program.guards:
            region = site.regions[guard.index]
            if region.seen.is_empty:
                yield _Want(guard.theme, region.cause)
