"""Answers of a band of cells as runs: where along each row they change, and to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.grid import Shape2d

Words = NDArray[np.uint64]
"""Answers as bits, shape (k, words): field f is bit ``f % 64`` of word ``f // 64``."""

WORD = 64


@dataclass(frozen=True, eq=False)
class Runs:
    """The answers to ``fields`` fields in the rows of a grid from ``row`` on.

    Row r of the band has the runs ``starts[r]`` to ``starts[r + 1]``. A run begins at column
    ``cols`` and ends where the next begins; all its cells have the answers ``table[ids]``.
    Canonical: runs are as long as can be, the table is sorted, distinct and used throughout, so
    the same answers are the same arrays.
    """

    row: int
    shape: Shape2d
    starts: NDArray[np.int64]
    cols: NDArray[np.int32]
    ids: NDArray[np.int32]
    table: Words
    fields: int

    @property
    def bits(self) -> NDArray[np.bool_]:
        """The answers of the table, shape (k, fields)."""
        return unpacked(self.table, self.fields)


def unpacked(table: Words, fields: int) -> NDArray[np.bool_]:
    """Answers as truth values, shape (k, fields)."""
    given = np.ascontiguousarray(table, "<u8").view(np.uint8).reshape(-1, table.shape[1] * 8)
    return np.unpackbits(given, axis=1, bitorder="little")[:, :fields].astype(bool)


def packed(bits: NDArray[np.bool_]) -> Words:
    """Truth values, shape (k, fields), as answers."""
    fields = bits.shape[1]
    wide = np.zeros((len(bits), words_of(fields) * WORD), bool)
    wide[:, :fields] = bits
    found = np.packbits(wide, axis=1, bitorder="little").view("<u8")
    return np.ascontiguousarray(found.astype(np.uint64))


def words_of(fields: int) -> int:
    """How many words so many fields take, one at least."""
    return max(-(-fields // WORD), 1)


def distinct_words(table: Words) -> Words:
    """The distinct answers, sorted by their first word, then the next."""
    if not len(table):
        return table
    ordered = table[np.lexsort(table.T[::-1])]
    new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    return np.ascontiguousarray(ordered[new])


def places_of(wanted: Words, table: Words) -> NDArray[np.intp]:
    """Where each wanted answer stands in a sorted table that holds them all."""
    if table.shape[1] == 1:  # numbers are found sooner
        return np.searchsorted(table[:, 0], wanted[:, 0])
    return np.searchsorted(_keys(table), _keys(wanted))


def _keys(table: Words) -> NDArray[np.void]:
    """Answers as single values that sort as the words do, shape (k,)."""
    wide = np.ascontiguousarray(table.astype(">u8"))
    return wide.view(f"V{wide.shape[1] * 8}").ravel()


def merged(old: Runs, new: Runs, chosen: Iterable[int]) -> Runs:
    """Old runs in which the answers to the chosen fields are those of new runs.

    Both are of the same band and number the same fields; what new runs say of other fields is
    not looked at. Raises ``ValueError`` for runs of different bands or fields.
    """
    if (old.row, old.shape, old.fields) != (new.row, new.shape, new.fields):
        raise ValueError(
            f"rows {old.row} ({old.shape}, {old.fields} fields) cannot take answers from rows "
            f"{new.row} ({new.shape}, {new.fields} fields): burn the same band and fields again"
        )
    from geozone.engine.kernels.rows_bands import blended_runs  # noqa: PLC0415 (loads numba)

    mask = np.zeros((1, old.fields), bool)
    mask[0, list(chosen)] = True
    return blended_runs(old, new, packed(mask)[0])


def expanded(
    runs: Runs,
    numbers: NDArray[np.uint32],
    inside: NDArray[np.bool_],
    out: NDArray[np.uint16] | NDArray[np.uint32],
    *,
    outside: int = 0,
) -> None:
    """Writes into the cells of a band the number of their answers.

    ``numbers`` and ``inside`` have one entry per row of the table; ``out`` (rows, cols) is
    C-contiguous; cells whose answers are not inside get ``outside``.
    """
    from geozone.engine.kernels.rows_scan import filled  # noqa: PLC0415 (loads numba)

    told = np.full(len(numbers), outside, out.dtype)
    told[inside] = numbers[inside]
    filled(runs.starts, runs.cols, runs.ids, told, out)
