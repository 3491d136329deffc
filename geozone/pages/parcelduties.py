"""What goes with a parcel beside its verdicts, as the notice's JSON: duties, permits, history."""

from __future__ import annotations

from typing import Any

from geozone.answers.parcel import ParcelAnswer
from geozone.answers.site import Site
from geozone.law.rule import Rule
from geozone.law.span import Span

Json = dict[str, Any]  # JSON of the contract


def told_duties(answer: ParcelAnswer) -> tuple[Json, ...]:
    """Rules listed beside the verdicts, each with the technologies that it concerns."""
    return tuple(
        {
            "rule": one.rule.id,
            "kind": one.rule.effect.value,
            "technologies": list(one.technologies),
            "applies": one.applies,
            "says": dict(one.rule.says),
            "dossier": [dict(part) for part in one.rule.dossier],
            "cite": {"document": one.rule.cite.document, "place": one.rule.cite.place},
            "validity": _validity_of(answer.site, one.rule),
        }
        for one in answer.beside()
    )


def told_permits(answer: ParcelAnswer) -> tuple[Json, ...]:
    """Permits by technology: needed, waived, or to be checked."""
    return tuple(
        {
            "technology": technology,
            "permit": one.permit,
            "status": one.status,
            "rules": list(one.rules),
        }
        for technology, told in answer.permits().items()
        for one in told
    )


def told_history(answer: ParcelAnswer) -> tuple[Json, ...]:
    """Rules that are over, for the record."""
    return tuple(
        {
            "rule": rule.id,
            "says": dict(rule.says),
            "cite": {"document": rule.cite.document, "place": rule.cite.place},
            "validity": _validity_of(answer.site, rule),
        }
        for rule in answer.history()
    )


def validity_of(span: Span) -> Json:
    """The four dates of a document or rule; an open end is null."""
    names = ("earliest", "certain", "certain_until", "latest")
    days = {name: getattr(span, name) for name in names}
    return {name: day.isoformat() if day else None for name, day in days.items()}


def _validity_of(site: Site, rule: Rule) -> Json:
    policy = next(one for one in site.policies if one.id == rule.cite.document)
    return validity_of(rule.valid or policy.span)
