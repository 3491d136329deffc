"""Findings and gaps with their measures: what a person reads of a judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from geozone.engine.measure import Measure
from geozone.law.condition import Condition
from geozone.law.judgement import Cause, Gap, Held, Judgement
from geozone.law.rule import Rule, Text

Measures = Mapping[Condition, Measure]


@dataclass(frozen=True)
class Found:
    """A rule that is held, with the measured ground behind it."""

    held: Held
    measure: Measure | None

    @property
    def rule(self) -> str:
        """The id of the rule that is held."""
        return self.held.rule.id

    def to_dict(self) -> dict[str, Any]:  # JSON of the contract
        """The finding as the contract writes it."""
        rule, measure = self.held.rule, self.measure
        condition = self.held.condition
        return {
            "rule": rule.id,
            "verdict": self.held.verdict.code,
            "theme": condition.theme if condition else None,
            "features": list(measure.features) if measure else [],
            "distance_m": _metres(measure.distance_m if measure else None),
            "limit_m": condition.within_m if condition else None,
            "margin_m": _metres(measure.margin_m if measure else None),
            "overlap_m2": _square(measure.overlap_m2 if measure else None),
            "share": _share(measure.share if measure else None),
            "needs": list(self.held.needs),
            "in_principle": rule.in_principle,
            **told(rule),
        }


@dataclass(frozen=True)
class Open:
    """Something that keeps a verdict open, with its margin where it is a matter of metres."""

    gap: Gap
    measure: Measure | None
    source: Rule | None

    @property
    def rule(self) -> str | None:
        """The id of the rule that stays open, if it is a rule's matter."""
        return self.gap.rule

    def to_dict(self) -> dict[str, Any]:  # JSON of the contract
        """The gap as the contract writes it."""
        return {
            "rule": self.gap.rule,
            "theme": self.gap.theme,
            "cause": self.gap.cause.value,
            "fact": self.gap.fact,
            "margin_m": _metres(self.measure.margin_m if self.measure else None),
            "features": list(self.measure.features) if self.measure else [],
            "office": office(self.source) if self.source else "",
            "says": dict(self.source.says) if self.source else {},
        }


def told(rule: Rule) -> dict[str, Any]:
    """Where a rule stands, who answers for it and what it says."""
    return {
        "cite": {
            "document": rule.cite.document,
            "place": rule.cite.place,
            "lines": rule.cite.lines,
        },
        "office": office(rule),
        "says": dict(rule.says),
    }


@lru_cache(maxsize=4096)
def office(rule: Rule) -> str:
    """The office that a document names for a rule, Chinese first."""
    return " / ".join(dict.fromkeys(one for one in rule.office.values() if one))


def findings(judgements: Iterable[Judgement], measures: Measures) -> tuple[Found, ...]:
    """Every rule held in any part, once per condition, sorted."""
    held = dict.fromkeys(one for judgement in judgements for one in judgement.held)
    found = [Found(one, measures.get(one.condition) if one.condition else None) for one in held]
    return tuple(sorted(found, key=_by_rule))


def gaps(
    judgements: Iterable[Judgement], measures: Measures, rules: Mapping[str, Rule]
) -> tuple[Open, ...]:
    """Everything left open in any part, once, sorted; touches are told from near misses."""
    all_gaps = dict.fromkeys(_told_touch(gap, measures) for one in judgements for gap in one.gaps)
    found = [
        Open(
            gap,
            measures.get(gap.condition) if gap.condition and gap.cause in _MEASURED else None,
            rules.get(gap.rule or ""),
        )
        for gap in all_gaps
    ]
    return tuple(sorted(found, key=lambda one: _order(one.gap)))


_MEASURED = (Cause.WITHIN_ACCURACY, Cause.TOUCH_ONLY, Cause.OUTSIDE_DOCUMENTS)


def _told_touch(gap: Gap, measures: Measures) -> Gap:
    """The gap with cause ``touch_only`` where the shape only touches the feature."""
    if gap.cause is not Cause.WITHIN_ACCURACY or not gap.condition:
        return gap
    measure = measures.get(gap.condition)
    touched = measure is not None and measure.cause is Cause.TOUCH_ONLY
    return replace(gap, cause=Cause.TOUCH_ONLY) if touched else gap


class ByCondition(Mapping[Condition, Measure]):
    """Measures by their condition, each taken from its place when it is asked for."""

    def __init__(self, places: Mapping[Condition, int], measures: Sequence[Measure]) -> None:
        self._places, self._measures = places, measures

    def __getitem__(self, condition: Condition) -> Measure:
        return self._measures[self._places[condition]]

    def __iter__(self) -> Iterator[Condition]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _order(gap: Gap) -> tuple[str, ...]:
    condition = gap.condition.key if gap.condition else ""
    return (gap.rule or "", gap.theme or "", gap.cause, gap.fact or "", condition)


def _by_rule(found: Found) -> tuple[str, str]:
    condition = found.held.condition
    return (found.held.rule.id, condition.key if condition else "")


def clear_of(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """Rules that are clear in every part."""
    parts = [set(one.clear) for one in judgements]
    return tuple(sorted(set.intersection(*parts))) if parts else ()


def advisories(judgements: Iterable[Judgement], rules: Mapping[str, Rule]) -> dict[str, Text]:
    """Notes that hold here, and the notes of the rules that are held or open."""
    found: dict[str, Text] = {}
    for one in judgements:
        for rule in one.notes:
            found[rule.id] = rule.note or rule.says
        touched = [held.rule.id for held in one.held] + [gap.rule or "" for gap in one.gaps]
        for name in touched:
            if name in rules and rules[name].note:
                found[name] = rules[name].note
    return dict(sorted(found.items()))


def _metres(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _square(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
