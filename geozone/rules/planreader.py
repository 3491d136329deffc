"""Reading the ``plan`` table of a rule: a closed question about a set of proposals."""

from __future__ import annotations

from collections.abc import Mapping

from geozone.law.counting import COMPARISONS, comparison, counting_words
from geozone.law.plan import PlanCheck, PlanTest
from geozone.rules import vocabulary
from geozone.rules.clauses import ClauseReader, read_where
from geozone.rules.table import Table, suggestion

_COUNTS = ("all", "new")
_KEYS: dict[PlanCheck, tuple[str, ...]] = {
    PlanCheck.CAP: ("within", "class", "only", "excludes", "counts", "since", "op", "limit"),
    PlanCheck.ONE_RIGHT: ("within", "class", "op", "limit"),
    PlanCheck.OVERLAP: ("with",),
    PlanCheck.MIN_CELLS: ("op", "limit", "cell_arcmin"),
    PlanCheck.SPACING: ("limit",),
    PlanCheck.SAME_RESERVOIR: (),
    PlanCheck.BUNDLE: ("by",),
}


def read_plan(table: Table, reader: ClauseReader) -> PlanTest | None:
    """The plan question of a rule, ``None`` where it has none."""
    raw = table.take("plan", "table")
    if raw is None:
        return None
    child = table.child(raw, "plan")
    check = PlanCheck(child.among("check", list(PlanCheck), ""))
    found = _test(child, check, reader)
    child.close()
    return found


def _test(child: Table, check: PlanCheck, reader: ClauseReader) -> PlanTest:
    keys = _KEYS[check]
    theme = _theme(child, "within" if "within" in keys else "with", keys)
    if "by" in keys:
        child.among("by", ["county"], "county")
    if {"only", "excludes"} & set(child.raw) and not {"only", "excludes"} <= set(keys):
        child.fault("only", f"has no meaning for a {check} check", "leave it out")
    return PlanTest(
        check,
        theme,
        _classes(child, theme),
        _attributes(child, "only", theme),
        _attributes(child, "excludes", theme),
        child.among("counts", _COUNTS, "all") if "counts" in keys else "all",
        child.take("since", "date") if "since" in keys else None,
        _op(child) if "op" in keys else "",
        _number(child, "limit", reader) if "limit" in keys else 0.0,
        _number(child, "cell_arcmin", reader) if "cell_arcmin" in keys else None,
    )


def _theme(child: Table, key: str, keys: tuple[str, ...]) -> str | None:
    return child.among(key, vocabulary.themes(), "") if key in keys else None


def _classes(child: Table, theme: str | None) -> tuple[str, ...]:
    found = child.texts("class") if theme else ()
    known = vocabulary.themes()[theme].classes if theme else ()
    for one in found:
        if one not in known:
            child.fault("class", f"{theme} has no class {one!r}", suggestion(one, known))
    return found


def _attributes(child: Table, key: str, theme: str | None) -> Mapping[str, tuple[str, ...]]:
    return dict(read_where(child, key, vocabulary.themes()[theme])) if theme else {}


def _op(child: Table) -> str:
    words = [*COMPARISONS, *counting_words()]
    return comparison(child.among("op", words, ""))


def _number(child: Table, key: str, reader: ClauseReader) -> float:
    value = reader.value(child, key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        child.fault(key, f"{value!r} is not a number", "write a number or { parameter = NAME }")
        return 0.0
    return float(value)
