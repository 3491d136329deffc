"""What a project lacks: themes that rules ask for and no layer supplies."""

from __future__ import annotations

from dataclasses import dataclass

from geozone.answers.site import Site
from geozone.law.judgement import Cause


@dataclass(frozen=True)
class Lack:
    """A theme that cannot be said anywhere, why, and which rules wait for it."""

    theme: str
    cause: Cause
    rules: tuple[str, ...]
    protected: bool


def lacks(site: Site) -> tuple[Lack, ...]:
    """Every theme that the site's programs ask for and that is unseen everywhere, sorted."""
    rules: dict[str, set[str]] = {}
    protected: set[str] = set()
    for program in site.programs.values():
        for clause in program.clauses:
            for theme in clause.themes(program.conditions):
                rules.setdefault(theme, set()).add(clause.rule.id)
        protected |= {guard.theme for guard in program.guards}
    found = []
    for theme in sorted({*rules, *protected}):
        cause = site.ground.theme(theme).cause
        if cause is not None:
            waiting = tuple(sorted(rules.get(theme, ())))
            found.append(Lack(theme, cause, waiting, theme in protected))
    return tuple(found)
