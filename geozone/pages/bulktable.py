"""Very many assessments as a CSV table and as lines: what points of a kind share is told once."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geozone.answers.assess import Assessment
from geozone.answers.bulk import BulkAssessed
from geozone.land.arrowed import of_numbers, of_texts
from geozone.law.condition import Condition
from geozone.pages.files import beside
from geozone.pages.flatrow import flat_row, neutral
from geozone.pages.shownmetres import NOTHING, TEXT, rounded, texts

AT_ONCE = 1 << 15
"""Rows of which a thread makes the text at a time."""
JOINED = 1 << 12
"""Rows whose text is joined at a time, so little that it stays near the processor."""
MOST_THREADS = 4
"""More would only hold text that waits to be written."""
ODD_ID = '[,"]|^[=+\\-@\t＝＋－＠]'
"""Ids that a table writes otherwise than they are."""
SLOT = re.compile("\0(-?\\d+)\0")
LEAST = -1
"""Stands for the least margin of a row among the numbers of its slots."""

Codes = NDArray[np.int64]
Metres = NDArray[np.float64]


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
    waiting: deque[Future[list[pa.Buffer]]] = deque()
    threads = min(max(judged.threads, 1), MOST_THREADS)
    with (
        beside(path) as draft,
        draft.open("wb") as out,
        ThreadPoolExecutor(threads) as pool,
    ):
        out.write(b"\xef\xbb\xbf" + _line(list(flat_row(judged.kinds[0].to_dict()))).encode())
        for at in range(0, len(judged), AT_ONCE):
            waiting.append(pool.submit(table.rows, at))
            if len(waiting) > threads:
                out.writelines(waiting.popleft().result())
        for one in waiting:
            out.writelines(one.result())


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
    at = judged.places[condition.key] if condition else None
    has_features = at is not None and any(
        one.certain_count for one in judged.site.regions[at].groups
    )
    return at if has_features else None


@dataclass(frozen=True, eq=False)
class _Table:
    """The rows of all points: what each kind tells, by column of its pieces and numbers.

    ``pieces`` hold one text per kind, ``slots`` and ``margins`` (kinds, most) the places in
    ``regions`` of those whose metres are told; after them stand ``LEAST`` and none.
    """

    judged: BulkAssessed
    regions: tuple[int, ...]
    pieces: tuple[pa.Array, ...]
    slots: Codes
    margins: Codes

    @classmethod
    def of(cls, judged: BulkAssessed, patterns: Sequence[Pattern]) -> _Table:
        """The table of the patterns of all kinds."""
        regions = {at for one in patterns for at in (*one.slots, *one.margins)} - {LEAST}
        known = {at: place for place, at in enumerate((*sorted(regions), LEAST))}
        most = max(len(one.slots) for one in patterns)
        return cls(
            judged,
            tuple(sorted(regions)),
            tuple(
                of_texts([b"".join(one.pieces[at : at + 1]) for one in patterns], TEXT)
                for at in range(most + 1)
            ),
            _filled([[known[at] for at in one.slots] for one in patterns], len(known)),
            _filled([[known[at] for at in one.margins] for one in patterns], len(known)),
        )

    def rows(self, start: int) -> list[pa.Buffer]:
        """The text of the rows from ``start`` on, as many as are made at once."""
        part = slice(start, start + AT_ONCE)
        codes = self.judged.codes[part]
        numbers = self._numbers(codes, start)
        ids, found = _cells(self.judged.columns.ids[part]), []
        for at in range(0, len(codes), JOINED):
            kinds = of_numbers(codes[at : at + JOINED])
            told = [self.pieces[0].take(kinds)]
            for number, piece in zip(numbers, self.pieces[1:], strict=True):
                told += [number[at : at + JOINED], piece.take(kinds)]
            joined = pc.binary_join_element_wise(ids[at : at + JOINED], *told, NOTHING)
            found.append(_letters(joined))
        return found

    def _numbers(self, codes: Codes, start: int) -> list[pa.Array]:
        """What stands in each slot of some rows, nothing where a kind has no such slot."""
        metres, margins = self._metres(codes, start)
        least = np.full(len(codes), np.inf)
        rows = np.arange(len(codes))
        for places in self.margins[codes].T:
            margin = margins[places, rows]
            least = np.where(margin < least, margin, least)
        metres[len(self.regions)] = least
        found = []
        for places in self.slots[codes].T:
            is_told = places <= len(self.regions)
            told = np.flatnonzero(is_told)
            numbers = pa.nulls(len(codes), TEXT).fill_null(NOTHING)
            shown = texts(metres[places[told], told])
            found.append(pc.replace_with_mask(numbers, of_numbers(is_told), shown))
        return found

    def _metres(self, codes: Codes, start: int) -> tuple[Metres, Metres]:
        """Ground metres to the regions, and less their limits, as they are shown.

        Shape (regions + 2, n), infinite where a row tells none.
        """
        count = len(self.regions)
        metres = np.full((count + 2, len(codes)), np.inf)
        margins = metres.copy()
        for place, region in enumerate(self.regions):
            tells = (self.slots == place).any(axis=1) | (self.margins == place).any(axis=1)
            rows = np.flatnonzero(tells[codes])
            told = self.judged.located.distances(region, rows + start)
            limit = self.judged.site.regions[region].condition.within_m
            metres[place, rows], margins[place, rows] = rounded(told), rounded(told - limit)
        return metres, margins


def _filled(places: Sequence[Sequence[int]], none: int) -> Codes:
    """Lists of places as rows of one table, filled up with ``none``."""
    found = np.full((len(places), max(map(len, places), default=0)), none, np.int64)
    for row, each in zip(found, places, strict=True):
        row[: len(each)] = each
    return found


def _letters(joined: pa.Array) -> pa.Buffer:
    """All texts of an array, one behind the other."""
    _, ends, letters = joined.buffers()
    return letters.slice(0, int(np.frombuffer(ends, np.int64)[len(joined)]))


def _cells(ids: pa.StringArray) -> pa.Array:
    """Ids as the first cells of rows."""
    if pc.any(pc.match_substring_regex(ids, ODD_ID)).as_py():
        return of_texts([_line([neutral(one), ""])[:-2].encode() for one in ids.to_pylist()], TEXT)
    return ids.cast(pa.large_string()).cast(TEXT)
