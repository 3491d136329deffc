"""Very many assessments as a CSV table: what points of a kind share is told once."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geozone.answers.assess import Assessment
from geozone.answers.bulk import BulkAssessed
from geozone.engine.bulk import Asked
from geozone.land.arrowed import letters_of, of_texts
from geozone.law.condition import Condition
from geozone.pages.files import beside
from geozone.pages.flatrow import flat_row, neutral
from geozone.pages.shownmetres import (
    Kinds,
    Letters,
    Metres,
    most_letters,
    rounded,
    rows_of,
    table_of,
)

AT_ONCE = 1 << 13
"""Rows of which a thread makes the text at a time."""
SYNCED = 1 << 26
"""Letters after which the file is synced so far."""
MOST_THREADS = 4
"""More would only hold text that waits to be written."""
ODD_ID = '[,"]|^[=+\\-@\t＝＋－＠]'
"""Ids that a table writes otherwise than they are."""
SLOT = re.compile("\0(-?\\d+)\0")
LEAST = -1
"""Stands for the least margin of a row among the numbers of its slots."""

Codes = NDArray[np.int64]
TEXT = pa.large_binary()


@dataclass(frozen=True)
class Pattern:
    """The row of a kind, without its id: ``pieces`` of text with a slot between any two.

    A slot is the place of a region whose distance stands there, or ``LEAST``; ``margins`` are
    the regions whose margins count.
    """

    pieces: tuple[bytes, ...]
    slots: tuple[int, ...]
    margins: tuple[int, ...]


def write_bulk_csv(path: Path, judged: BulkAssessed) -> None:
    """The table that ``write_csv`` writes of the same assessments."""
    table = _Table.of(judged, [_pattern(judged, one) for one in judged.kinds])
    waiting: deque[tuple[Future[Letters], _Room]] = deque()
    threads = min(max(judged.threads, 1), MOST_THREADS)
    rooms = [_Room() for _ in range(threads + 1)]
    with (
        beside(path) as draft,
        draft.open("wb") as out,
        ThreadPoolExecutor(threads) as pool,
        _Synced(out) as synced,
    ):
        out.write(b"\xef\xbb\xbf" + _line(list(flat_row(judged.kinds[0].to_dict()))).encode())
        for at in range(0, len(judged), AT_ONCE):
            if not rooms:
                rooms.append(_written(synced, *waiting.popleft()))
            waiting.append((pool.submit(table.rows, at, rooms[-1]), rooms.pop()))
        for one in waiting:
            _written(synced, *one)


class _Synced:
    """A file that is brought to the disk while more of it is made."""

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._pool = out, ThreadPoolExecutor(1)
        self._ahead: Future[None] | None = None
        self._letters = 0

    def __enter__(self) -> _Synced:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        if self._ahead is not None:
            self._ahead.result()  # what a disk says of a file it says once

    def write(self, text: Letters) -> None:
        """Writes the next letters of the file."""
        self._out.write(text.data)
        self._letters += len(text)
        if self._letters >= SYNCED and (self._ahead is None or self._ahead.done()):
            if self._ahead is not None:
                self._ahead.result()
            self._letters = 0
            self._ahead = self._pool.submit(os.fsync, self._out.fileno())


class _Room:
    """Memory for text, used again: memory that is new takes longer to touch than to fill."""

    def __init__(self) -> None:
        self._held = np.empty(0, np.uint8)

    def of(self, letters: int) -> Letters:
        """Room for so many letters."""
        if len(self._held) < letters:
            self._held = np.empty(letters * 5 // 4, np.uint8)
        return self._held


def _written(out: _Synced, text: Future[Letters], room: _Room) -> _Room:
    """The room of a text that is written."""
    out.write(text.result())
    return room


def _line(values: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _pattern(judged: BulkAssessed, kind: Assessment) -> Pattern:
    """The row of a kind with a mark in place of whatever is each point's own."""
    told, margins = kind.to_dict(), list[int]()
    for shown, held in zip(told["findings"], kind.findings, strict=True):
        place = _place(judged, held.held.condition) if held.measure else None
        if place is not None:
            shown["distance_m"] = f"\0{place}\0"
            margins.append(place)
    for gap in kind.gaps:
        place = _place(judged, gap.gap.condition) if gap.measure else None
        margins += [] if place is None else [place]
    row = flat_row(told)
    row["least_margin_m"] = f"\0{LEAST}\0" if margins else None
    cells = [neutral(value) for name, value in row.items() if name != "id"]
    text = _line(["", *cells])
    pieces = SLOT.split(text)
    slots = tuple(map(int, pieces[1::2]))
    return Pattern(tuple(one.encode() for one in pieces[::2]), slots, tuple(margins))


def _place(judged: BulkAssessed, condition: Condition | None) -> int | None:
    """The region of a condition, if it has any feature to be near to."""
    at = judged.site.places[condition] if condition else None
    has_features = at is not None and any(
        one.certain_count for one in judged.site.regions[at].groups
    )
    return at if has_features else None


@dataclass(frozen=True, eq=False)
class _Table:
    """The rows of all points, and what each kind tells.

    The slots of ``kinds`` are places in the regions that are ``asked``; the one after them is
    that of the least margin, of those whose places ``margins`` (kinds, most) has. ``limits``
    (regions,) are the metres asked for.
    """

    judged: BulkAssessed
    asked: Asked
    kinds: Kinds
    margins: Codes
    limits: Metres

    @classmethod
    def of(cls, judged: BulkAssessed, patterns: Sequence[Pattern]) -> _Table:
        """The table of the patterns of all kinds."""
        told = [{*one.slots, *one.margins} - {LEAST} for one in patterns]
        regions = sorted(set[int]().union(*told))
        known = {at: place for place, at in enumerate((*regions, LEAST))}

        def places(found: Iterable[Iterable[int]]) -> Codes:
            return table_of([[known[at] for at in one] for one in found])

        return cls(
            judged,
            Asked(tuple(regions), places(map(sorted, told))),
            Kinds.of([one.pieces for one in patterns], places(one.slots for one in patterns)),
            places(one.margins for one in patterns),
            np.array([judged.site.regions[at].condition.within_m for at in regions], float),
        )

    def rows(self, start: int, room: _Room) -> Letters:
        """The text of the rows from ``start`` on, as many as are made at once."""
        codes = self.judged.codes[start : start + AT_ONCE]
        names = _cells(self.judged.columns.ids[start : start + AT_ONCE])
        out = room.of(most_letters(codes, names, self.kinds))
        return rows_of(codes, names, self.kinds, self._metres(codes, start), out)

    def _metres(self, codes: Codes, start: int) -> Metres:
        """Ground metres to the regions as they are shown, and least margins.

        Shape (regions + 1, n); what a row does not tell means nothing.
        """
        from geozone.engine.kernels.bulkrows import leasts  # noqa: PLC0415 - numba loads slowly

        rows = np.arange(start, start + len(codes))
        told = self.judged.located.distances(rows, codes, self.asked)
        metres = np.concatenate([told, np.empty((1, len(codes)))])
        margins = rounded(codes, self.asked.places, self.limits, metres)
        leasts(codes, self.margins, margins, metres[-1])
        return metres


def _cells(ids: pa.StringArray) -> tuple[Codes, Letters]:
    """Ids as the first cells of rows: where each begins, and their letters."""
    if pc.any(pc.match_substring_regex(ids, ODD_ID)).as_py():
        ids = of_texts([_line([neutral(one), ""])[:-2].encode() for one in ids.to_pylist()], TEXT)
    return letters_of(ids)
