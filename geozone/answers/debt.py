"""The data debt of a project: themes that its rules ask for and that nothing supplies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geozone.answers.site import Site
from geozone.law.condition import Condition
from geozone.law.judgement import Cause
from geozone.law.plan import REGISTERS, PlanCheck, PlanTest
from geozone.law.rule import Rule, Text
from geozone.rules import vocabulary
from geozone.rules.program import Program


@dataclass(frozen=True)
class Waiting:
    """Rules of one document that wait for a theme, and the office that the text names for them."""

    document: str
    office: Text
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Debt:
    """A theme that is seen nowhere as rules ask for it: why, who waits for it, who owns the rules.

    ``classes``: where layers supply the theme, the classes asked for that none is complete for.
    ``protected``: no permission comes without the theme, whatever the rules say.
    """

    theme: str
    cause: Cause
    classes: tuple[str, ...]
    protected: bool
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True)
class _Want:
    """One question to the ground that cannot be answered anywhere, and the rule that asks it.

    Without a rule it is asked of a protected theme.
    """

    condition: Condition
    cause: Cause
    rule: Rule | None


def debts(site: Site) -> tuple[Debt, ...]:
    """Every theme that the site's rules or guards ask for and that is seen nowhere, sorted."""
    found: dict[tuple[str, Cause], list[_Want]] = {}
    for program in site.programs.values():
        for one in _wants(site, program):
            found.setdefault((one.condition.theme, one.cause), []).append(one)
    return tuple(_debt(site, found[key]) for key in sorted(found))


def _debt(site: Site, wants: list[_Want]) -> Debt:
    theme = wants[0].condition.theme
    layers = site.ground.theme(theme).layers
    every = vocabulary.themes()[theme].classes
    asked = {name for one in wants for name in one.condition.classes or every}
    claimed = {name for one in layers for name in one.complete_for or every}
    return Debt(
        theme,
        wants[0].cause,
        tuple(sorted(asked - claimed)) if layers else (),
        any(one.rule is None for one in wants),
        _waiting({one.rule.id: one.rule for one in wants if one.rule}),
    )


def _waiting(rules: Mapping[str, Rule]) -> tuple[Waiting, ...]:
    """The rules by document and office."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for name in sorted(rules):
        rule = rules[name]
        key = (rule.cite.document, rule.office["zh"], rule.office["en"])
        found.setdefault(key, []).append(name)
    return tuple(
        Waiting(document, {"zh": zh, "en": en}, tuple(found[document, zh, en]))
        for document, zh, en in sorted(found)
    )


def _wants(site: Site, program: Program) -> Iterator[_Want]:
    asked = [
        (term.index, clause.rule)
        for clause in program.clauses
        for group in clause.alternatives
        for term in group
    ]
    for index, rule in [*asked, *((guard.index, None) for guard in program.guards)]:
        region = site.regions[index]
        if region.seen.is_empty:
            yield _Want(region.condition, region.cause, rule)
    for clause in program.clauses:
        for theme in _looked_at(clause.rule.plan):
            cause = site.ground.theme(theme).cause
            if cause:
                yield _Want(Condition(theme), cause, clause.rule)


def _looked_at(plan: PlanTest | None) -> tuple[str, ...]:
    """The themes that a plan rule looks at: where it counts, and the register of what it counts."""
    if plan is None:
        return ()
    register = REGISTERS.get(plan.check)
    if plan.check is PlanCheck.SPACING and not plan.limit:
        register = None
    return tuple(one for one in (plan.within, register) if one)
