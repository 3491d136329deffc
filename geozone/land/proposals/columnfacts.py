"""What the plain rows of a large table state besides their place, read by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geozone.land.arrowed import of_texts
from geozone.land.faults import Faults
from geozone.land.proposals.columns import Coded, coded, constant
from geozone.land.proposals.factvalues import fact_value
from geozone.land.proposals.heads import ACTIVITY
from geozone.land.proposals.plaintable import Table
from geozone.land.proposals.stated import names_activity, stated_activity
from geozone.law.activity import Activity
from geozone.law.fact import FactValue
from geozone.rules.vocabulary import facts, objects

Rows = NDArray[np.bool_]
SHAPES = ("point", "any")


@dataclass(frozen=True, eq=False)
class Stated:
    """What the rows of a table state, by column, and of each row what needs a word.

    ``ids`` is ``None`` where the table has none. ``no_activity`` tells rows without one, or one
    of no well; ``no_fact`` rows with a value that is none.
    """

    ids: pa.StringArray | None
    activity: Coded
    facts: Mapping[str, Coded]
    names: Coded
    no_activity: Rows
    no_fact: Rows


def stated_columns(table: Table, given: Activity | None) -> Stated:
    """Ids, activities of points and facts of the plain rows, (n,) each."""
    activity = _activities(table, given)
    is_well = [one is not None and objects()[one.object].shape in SHAPES for one in activity.values]
    known, no_fact = {}, np.zeros(len(table.rows), bool)
    for meaning, column in table.columns.items():
        if meaning in facts():
            known[meaning], wrong = _facts(meaning, coded(column))
            no_fact |= wrong
    names = coded(table.columns["name"]) if "name" in table.columns else constant(len(table.rows))
    no_activity = activity.bad([not one for one in is_well])
    return Stated(_ids(table), activity, known, names, no_activity, no_fact)


def _ids(table: Table) -> pa.StringArray | None:
    if "id" not in table.columns:
        return None
    written = table.columns["id"]
    if table.content.isascii():  # plain lines have no other blanks
        return pc.ascii_trim(written, " \t")
    return of_texts([one.strip().encode() for one in written.to_pylist()], pa.string())


def _facts(meaning: str, column: Coded) -> tuple[Coded, Rows]:
    """The values of a fact, and which rows have a text that is none."""
    values: list[FactValue | None] = []
    wrong = []
    for text in column.values:
        try:
            values.append(fact_value(facts()[meaning], text) if text else None)
            wrong.append(False)
        except ValueError:
            values.append(None)
            wrong.append(True)
    return Coded(column.codes, tuple(values)), column.bad(wrong)


def _activities(table: Table, given: Activity | None) -> Coded:
    """The activity of each row; ``None`` where it is wrong or missing."""
    named = [one for one in ACTIVITY if one in table.columns]
    columns = [coded(table.columns[one]) for one in named]
    codes = np.zeros(len(table.rows), np.int64)
    for one in columns:
        codes = codes * len(one.values) + one.codes
    first, places = _firsts(codes)
    found = list[Activity | None]()
    for row in first.tolist():
        texts = {
            table.heads.by_meaning[name]: one.at(row)
            for name, one in zip(named, columns, strict=True)
        }
        cells = {head: text for head, text in texts.items() if text}
        is_one = names_activity(cells, table.heads)  # told quickly: there may be very many
        found.append(stated_activity(cells, table.heads, given, Faults("")) if is_one else None)
    known = tuple(dict.fromkeys(found)) or (None,)
    kinds = np.array([known.index(one) for one in found], np.int32)
    return Coded(kinds[places], known)


def _firsts(codes: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first row of each code, by code, and of each row the place of its code among them."""
    if len(codes) and (codes == codes[0]).all():
        return np.zeros(1, np.intp), np.zeros(len(codes), np.intp)
    _, first, places = np.unique(codes, return_index=True, return_inverse=True)
    return first, places.ravel()
