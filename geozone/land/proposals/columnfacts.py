"""What the rows of a plain table state besides their place, read by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from geozone.land.faults import Faults
from geozone.land.proposals.columns import Coded, Table, coded, constant
from geozone.land.proposals.factvalues import fact_value
from geozone.land.proposals.heads import ACTIVITY
from geozone.land.proposals.stated import stated_activity
from geozone.law.activity import Activity
from geozone.law.fact import FactValue
from geozone.rules.vocabulary import facts, objects


@dataclass(frozen=True, eq=False)
class Stated:
    """What the rows of a table state, by column."""

    ids: tuple[str, ...]
    activity: Coded
    facts: Mapping[str, Coded] = field(default_factory=dict)
    names: Coded = field(default_factory=lambda: constant(0))


def stated_columns(table: Table, given: Activity | None) -> Stated | None:
    """Ids, activities of points and facts; ``None`` where any of them is wrong."""
    ids = _ids(table)
    activity = _activities(table, given)
    if ids is None or activity is None:
        return None
    if any(objects()[one.object].shape not in ("point", "any") for one in activity.values):
        return None
    known = {}
    for meaning, column in table.columns.items():
        if meaning in facts():
            one = _facts(meaning, coded(column))
            if one is None:
                return None
            known[meaning] = one
    names = coded(table.columns["name"]) if "name" in table.columns else constant(table.rows)
    return Stated(ids, activity, known, names)


def _ids(table: Table) -> tuple[str, ...] | None:
    if "id" not in table.columns:
        return tuple(str(number) for number in range(1, table.rows + 1))
    column = table.columns["id"]
    ids = tuple(map(str.strip, column.to_numpy(zero_copy_only=False).tolist()))
    return ids if len(set(ids)) == len(ids) and "" not in ids else None


def _facts(meaning: str, column: Coded) -> Coded | None:
    """The values of a fact; ``None`` where a text is none."""
    values: list[FactValue | None] = []
    for text in column.values:
        try:
            values.append(fact_value(facts()[meaning], text) if text else None)
        except ValueError:
            return None
    return Coded(column.codes, tuple(values))


def _activities(table: Table, given: Activity | None) -> Coded | None:
    """The activity of each row; ``None`` where one is wrong or missing."""
    named = [one for one in ACTIVITY if one in table.columns]
    columns = [coded(table.columns[one]) for one in named]
    codes = np.zeros(table.rows, np.int64)
    for one in columns:
        codes = codes * len(one.values) + one.codes
    _, first, places = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    found, faults = list[Activity | None](), Faults("")
    for row in first[order].tolist():
        texts = {
            table.heads.by_meaning[name]: one.at(row)
            for name, one in zip(named, columns, strict=True)
        }
        cells = {head: text for head, text in texts.items() if text}
        found.append(stated_activity(cells, table.heads, given, faults))
    if faults.found or None in found:
        return None
    known = tuple(dict.fromkeys(found))
    kinds = np.array([known.index(found[at]) for at in np.argsort(order).tolist()], np.int32)
    return Coded(kinds[places.ravel()], known)
