"""What goes with an activity beside its verdict: duties, permits, incentives, dossiers, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geozone.law.judgement import Judgement, Listed
from geozone.law.rule import Rule
from geozone.law.verdict import Verdict
from geozone.rules import vocabulary

Json = dict[str, Any]  # JSON of the contract


@dataclass(frozen=True)
class PermitTold:
    """A permit and what the documents say of it.

    ``status``: ``needed``, ``waived``, or ``open`` where that hangs on facts or ground that
    cannot be said, or where documents say both.
    """

    permit: str
    status: str
    rules: tuple[str, ...]


def merged(listed: Iterable[Listed]) -> tuple[Listed, ...]:
    """Each rule once, by id: it applies if it does on any part, and is open if it may."""
    found: dict[str, Listed] = {}
    for one in listed:
        kept = found.get(one.rule.id)
        if kept is None:
            found[one.rule.id] = _alone(one)
            continue
        applies = True if kept.applies or one.applies else None
        met = kept.met if kept.met == one.met else None
        open_ = () if applies else tuple(dict.fromkeys(kept.open + one.open))
        if (applies, met, open_) != (kept.applies, kept.met, kept.open):
            found[one.rule.id] = replace(kept, applies=applies, met=met, open=open_)
    return tuple(found[name] for name in sorted(found))


def _alone(one: Listed) -> Listed:
    """A rule that is listed once: what applies has nothing open."""
    applies = True if one.applies else None
    open_ = () if applies else tuple(dict.fromkeys(one.open))
    same = one.applies is applies and one.open == open_
    return one if same else replace(one, applies=applies, open=open_)


def permits(listed: Iterable[Listed]) -> tuple[PermitTold, ...]:
    """Every permit that the listed rules ask for or spare, in the vocabulary's order."""
    told = [one for one in listed if one.rule.permits.needs or one.rule.permits.waives]
    named = {name for one in told for name in (*one.rule.permits.needs, *one.rule.permits.waives)}
    return tuple(_permit(name, told) for name in vocabulary.permits() if name in named)


def _permit(name: str, listed: Sequence[Listed]) -> PermitTold:
    needed = [one for one in listed if name in one.rule.permits.needs]
    waived = [one for one in listed if name in one.rule.permits.waives]
    rules = tuple(sorted({one.rule.id for one in (*needed, *waived)}))
    return PermitTold(name, _status(needed, waived), rules)


def _status(needed: Sequence[Listed], waived: Sequence[Listed]) -> str:
    """Only what surely applies is said; a permit is never waived on a guess."""
    surely_waived = any(one.applies for one in waived)
    if any(one.applies for one in needed):
        return "open" if surely_waived else "needed"
    return "waived" if surely_waived and not needed else "open"


def besides(judgements: Sequence[Judgement]) -> tuple[Listed, ...]:
    """Every rule that may speak of permits: those listed, and restrictions that are held."""
    return merged((*_listed(judgements), *_restricting(judgements)))


def _listed(judgements: Iterable[Judgement]) -> list[Listed]:
    return [one for judged in judgements for one in judged.listed]


def _restricting(judgements: Iterable[Judgement]) -> list[Listed]:
    return [
        Listed(one.rule)
        for judged in judgements
        for one in judged.held
        if one.verdict is Verdict.RESTRICTED
    ]


def beside(judgements: Sequence[Judgement]) -> Json:
    """Duties, permits, dossiers and history of one activity over all parts of its ground."""
    every, held = _listed(judgements), _restricting(judgements)
    listed = merged(every)
    telling = merged((*every, *held)) if held else listed
    over: dict[str, Rule] = {rule.id: rule for judged in judgements for rule in judged.history}
    return {
        "duties": [
            {
                "rule": one.rule.id,
                "kind": one.rule.effect.value,
                "met": one.met,
                "applies": one.applies,
                "open": list(one.open),
                "ends_with": one.rule.ends_with or None,
            }
            for one in listed
        ],
        "permits": [
            {"permit": one.permit, "status": one.status, "rules": list(one.rules)}
            for one in permits(telling)
        ],
        "dossier": [
            {"rule": one.rule.id, "parts": [dict(part) for part in one.rule.dossier]}
            for one in listed
            if one.rule.dossier
        ],
        "history": [{"rule": name, "document": over[name].cite.document} for name in sorted(over)],
    }
