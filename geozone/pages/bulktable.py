"""Very many assessments as a CSV table: what points of a kind share is told once."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
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
from geozone.engine.bulkpoints import Asked
from geozone.land.arrowed import letters_of, of_texts
from geozone.law.condition import Condition
from geozone.pages.files import beside
from geozone.pages.flatrow import flat_row, neutral
from geozone.pages.shownmetres import (
    Kinds,
    Letters,
    Metres,
    below,
    most_letters,
    rounded,
    rows_of,
    table_of,
)

AT_ONCE = 1 << 13
"""Rows whose metres a thread tells at a time."""
TOGETHER = 1 << 10
"""Rows whose text is made at a time: so little that it is still at hand when it is written."""
AHEAD = 16
"""A table that grows takes in at least one in so many kinds, so that it is not made too often."""
SYNCED = 1 << 26
"""Letters after which the file is synced so far."""
MOST_THREADS = 4
"""More would only hold text that waits to be written."""
ODD_ID = '[,"]|^[=+\\-@\t＝＋－＠]'
"""Ids that a table writes otherwise than they are."""
PLAIN = bytes(sorted({*range(256)} - {*b',"=+-@\t\xef'}))
"""Bytes that no such id is told by."""
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
    """The table that ``write_csv`` writes of the same assessments.

    While kinds are judged, the rows of those before them are written.
    """
    threads, written = min(max(judged.threads, 1), MOST_THREADS), list[Future[None]]()
    with (
        beside(path) as draft,
        draft.open("wb") as out,
        _Synced(out) as synced,
        ThreadPoolExecutor(threads) as pool,
    ):
        out.write(b"\xef\xbb\xbf" + _line(list(flat_row(judged.kinds[0].to_dict()))).encode())
        try:
            for at, table in _tables(judged):
                last = written[-1] if written else None
                written.append(pool.submit(table.write, at, synced, last))
            written[-1].result()  # each asks for the one before it
        finally:
            pool.shutdown(cancel_futures=True)


def _tables(judged: BulkAssessed) -> Iterator[tuple[int, _Table]]:
    """Where rows begin that are written together, and a table that has their kinds."""
    table = _Table.of(judged)
    for at in range(0, len(judged), AT_ONCE):
        known, needed = len(table.margins), int(judged.codes[at : at + AT_ONCE].max()) + 1
        if needed > known:
            more = judged.kinds[known : max(needed, known + known // AHEAD)]
            table = table.more([_pattern(judged, one) for one in more])
        yield at, table


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
    """The rows of all points, and what the first kinds tell.

    The slots of ``kinds`` are 0 for the least margin, of those of the places ``margins`` (kinds,
    most) in the regions that are ``asked``, and one more than such a place for its metres.
    """

    judged: BulkAssessed
    asked: Asked
    kinds: Kinds
    margins: Codes

    @classmethod
    def of(cls, judged: BulkAssessed) -> _Table:
        """A table that has no kinds yet."""
        none = table_of([])
        return cls(judged, Asked((), none), Kinds.of([], none), none)

    def more(self, patterns: Sequence[Pattern]) -> _Table:
        """The same with the patterns of kinds that follow."""
        told = [sorted({*one.slots, *one.margins} - {LEAST}) for one in patterns]
        regions = dict.fromkeys([*self.asked.regions, *(at for each in told for at in each)])
        known = {at: place for place, at in enumerate((LEAST, *regions))}
        slots = table_of([[known[at] for at in one.slots] for one in patterns])
        margins = table_of([[known[at] - 1 for at in one.margins] for one in patterns])
        places = table_of([[known[at] - 1 for at in each] for each in told])
        return _Table(
            self.judged,
            Asked(tuple(regions), below(self.asked.places, places)),
            self.kinds.followed(Kinds.of([one.pieces for one in patterns], slots)),
            below(self.margins, margins),
        )

    def write(self, start: int, out: _Synced, before: Future[None] | None) -> None:
        """Write the rows from ``start`` on after those before them, as many as at once."""
        codes = self.judged.codes[start : start + AT_ONCE]
        metres = self._metres(codes, start)
        if before is not None:
            before.result()
        room = np.empty(0, np.uint8)
        for at in range(0, len(codes), TOGETHER):
            some = slice(at, at + TOGETHER)
            names = _cells(self.judged.columns.ids[start + at : start + at + len(codes[some])])
            letters = most_letters(codes[some], names, self.kinds)
            room = room if len(room) >= letters else np.empty(letters * 5 // 4, np.uint8)
            shown = np.ascontiguousarray(metres[:, some])
            out.write(rows_of(codes[some], names, self.kinds, shown, room))

    def _metres(self, codes: Codes, start: int) -> Metres:
        """Least margins, and ground metres to the regions as they are shown.

        Shape (1 + regions, n); what a row does not tell means nothing.
        """
        from geozone.engine.kernels.bulkrows import leasts  # noqa: PLC0415 - numba loads slowly

        regions, rows = self.judged.site.regions, np.arange(start, start + len(codes))
        metres = self.judged.located.distances(rows, codes, self.asked)
        limits = np.array([regions[at].condition.within_m for at in self.asked.regions], float)
        margins = rounded(codes, self.asked.places, limits, metres)
        found = np.empty(len(codes))
        leasts(codes, self.margins, margins, found)
        return np.vstack([found, metres])


def _cells(ids: pa.StringArray) -> tuple[Codes, Letters]:
    """Ids as the first cells of rows: where each begins, and their letters."""
    begins, letters = letters_of(ids)
    may_be_odd = letters[begins[0] : begins[-1]].tobytes().translate(None, PLAIN)
    if may_be_odd and pc.any(pc.match_substring_regex(ids, ODD_ID)).as_py():
        texts = [_line([neutral(one), ""])[:-2].encode() for one in ids.to_pylist()]
        return letters_of(of_texts(texts, TEXT))
    return begins, letters
