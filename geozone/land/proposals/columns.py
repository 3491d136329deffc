"""Very many wells by column, with values that stand for many rows written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geozone.land.arrowed import numbers_of, of_numbers, of_texts
from geozone.land.proposals.proposed import ByColumn, Proposal
from geozone.law.activity import Activity

Codes = NDArray[np.int32]
TEXT = pa.string()


@dataclass(frozen=True, eq=False)
class Coded:
    """A value for each of n rows: ``values[codes[row]]``."""

    codes: Codes
    values: tuple[Any, ...]  # facts of any type, activities, words

    def at(self, row: int) -> Any:  # as above
        """The value of a row."""
        return self.values[self.codes[row]]

    def each(self, rows: NDArray[np.intp]) -> list[Any]:  # as above
        """The values of some rows."""
        return [self.values[one] for one in self.codes[rows].tolist()]

    def of(self, rows: NDArray[Any]) -> Coded:  # places, or whether each row is taken
        """The same values for some of the rows."""
        return Coded(self.codes[rows], self.values)

    def bad(self, wrong: Sequence[bool]) -> NDArray[np.bool_]:
        """Of each row whether its value is among those that are ``wrong``."""
        return np.array(wrong, bool)[self.codes]

    def followed(self, more: Sequence[Any]) -> Coded:  # values, as above
        """These rows, and below them rows of the values ``more``."""
        values, known = list(self.values), dict[tuple[type, Any], int]()
        for at, one in enumerate(values):
            known.setdefault((type(one), one), at)
        codes = np.empty(len(more), np.int32)
        for at, one in enumerate(more):
            codes[at] = known.setdefault((type(one), one), len(values))
            if codes[at] == len(values):
                values.append(one)
        return Coded(np.concatenate([self.codes, codes]), tuple(values))

    def by_appearance(self) -> Coded:
        """The same rows with the values that occur, in the order in which they first do."""
        if len(self.values) == 1 and len(self.codes):
            return self
        used, first = np.unique(self.codes, return_index=True)
        order = used[np.argsort(first)]
        places = np.zeros(len(self.values), np.int32)
        places[order] = np.arange(len(order), dtype=np.int32)
        return Coded(places[self.codes], tuple(self.values[at] for at in order.tolist()))


def coded(column: pa.DictionaryArray) -> Coded:
    """The cells of a column as they are kept: without blanks around, ``None`` where empty."""
    values = tuple(one.strip() or None for one in column.dictionary.to_pylist())
    return Coded(numbers_of(column.indices), values)


def constant(rows: int) -> Coded:
    """Rows of which none has a value."""
    return Coded(np.zeros(rows, np.int32), (None,))


@dataclass(frozen=True, eq=False)
class Columns(ByColumn):
    """Points of a table by column; one by one they are the proposals that its rows make.

    ``xy`` (n, 2) in metres of the working CRS; ``accuracy_m`` (n,); ``facts`` by id, ``None``
    where a row states none; ``rows`` (n,) are the numbers of the rows in their file, ascending.
    """

    rows: NDArray[np.int64]
    ids: pa.StringArray
    xy: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    activity: Coded
    facts: Mapping[str, Coded]
    names: Coded

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> Proposal: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Proposal]: ...
    def __getitem__(self, index: int | slice) -> Proposal | Sequence[Proposal]:
        if isinstance(index, slice):
            return tuple(self.picked(np.arange(*index.indices(len(self)))))
        return next(self.picked(np.array([range(len(self))[index]])))

    def picked(self, places: NDArray[np.intp]) -> Iterator[Proposal]:
        """The proposals of some places."""
        points, accuracies = shapely.points(self.xy[places]), self.accuracy_m[places].tolist()
        facts = [(name, one.each(places)) for name, one in self.facts.items()]
        told = zip(
            self.ids.take(of_numbers(places)).to_pylist(),
            self.activity.each(places),
            points.tolist(),
            accuracies,
            self.rows[places].tolist(),
            self.names.each(places),
            strict=True,
        )
        for at, (name, activity, point, accuracy_m, row, title) in enumerate(told):
            yield Proposal(
                id=name,
                activity=activity,
                shape=point,
                accuracy_m=accuracy_m,
                facts={fact: each[at] for fact, each in facts if each[at] is not None},
                place=f"row {row}",
                name=title or "",
            )

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities that occur, by first appearance."""
        return self.activity.values

    def stating(self, fact: str) -> Iterator[Proposal]:
        """Those that state a fact."""
        one = self.facts.get(fact)
        if one is not None:
            known = np.array([value is not None for value in one.values])
            yield from (self[int(at)] for at in np.flatnonzero(known[one.codes]))

    def with_proposals(self, rows: NDArray[np.int64], more: Sequence[Proposal]) -> Columns:
        """These and more points, by the numbers of their rows; none may have another place."""
        if not more:
            return self
        found = Columns(
            rows=np.concatenate([self.rows, rows]),
            ids=pa.concat_arrays([self.ids, of_texts([one.id.encode() for one in more], TEXT)]),
            xy=np.vstack([self.xy, shapely.get_coordinates([one.shape for one in more])]),
            accuracy_m=np.concatenate([self.accuracy_m, [one.accuracy_m for one in more]]),
            activity=self.activity.followed([one.activity for one in more]),
            facts={
                name: one.followed([each.facts.get(name) for each in more])
                for name, one in self.facts.items()
            },
            names=self.names.followed([one.name or None for one in more]),
        )
        return found.of(np.argsort(found.rows, kind="stable"))

    def of(self, rows: NDArray[Any]) -> Columns:  # places, or whether each row is taken
        """Some of these points."""
        if rows.dtype == bool and rows.all():
            return replace(self, activity=self.activity.by_appearance())
        taken = np.arange(len(self))[rows]
        return Columns(
            rows=self.rows[rows],
            ids=self.ids.take(of_numbers(taken)),
            xy=self.xy[rows],
            accuracy_m=self.accuracy_m[rows],
            activity=self.activity.of(rows).by_appearance(),
            facts={name: one.of(rows) for name, one in self.facts.items()},
            names=self.names.of(rows),
        )
