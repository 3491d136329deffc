"""Very many assessments as a CSV table and as lines: what points of a kind share is told once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from geozone.answers.assess import Assessment
from geozone.answers.bulk import BulkAssessed
from geozone.law.condition import Condition
from geozone.pages.files import beside
from geozone.pages.flatrow import flat_row, neutral

AT_ONCE = 1 << 16
"""Rows that are held as text at a time."""
ODD_ID = re.compile('[,"]|(?:^|\n)[=+\\-@\t＝＋－＠]')
"""Ids that a table writes otherwise than they are."""
SLOT = re.compile("\0(-?\\d+)\0")
LEAST = -1
"""Stands for the least margin of a row among the numbers of its slots."""


@dataclass(frozen=True)
class Pattern:
    """The row of a kind, without its id: text with a ``%b`` for each of ``slots``.

    A slot is the place of a region whose distance stands there, or ``LEAST``; ``margins`` are
    the regions whose margins count.
    """

    text: bytes
    slots: tuple[int, ...]
    margins: tuple[int, ...]

    @property
    def regions(self) -> set[int]:
        """The regions whose distance it tells."""
        return {*self.slots, *self.margins} - {LEAST}


def write_bulk_csv(path: Path, judged: BulkAssessed) -> None:
    """The table that ``write_csv`` writes of the same assessments."""
    patterns = [_pattern(judged, one) for one in judged.kinds]
    with beside(path) as draft, draft.open("wb") as out:
        out.write(b"\xef\xbb\xbf" + _line(list(flat_row(judged.kinds[0].to_dict()))).encode())
        for at in range(0, len(judged), AT_ONCE):
            _write_rows(out, judged, patterns, slice(at, at + AT_ONCE))


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
    slots = tuple(int(one) for one in SLOT.findall(text))
    return Pattern(SLOT.sub("%b", text.replace("%", "%%")).encode(), slots, tuple(margins))


def _place(judged: BulkAssessed, condition: Condition | None) -> int | None:
    """The region of a condition, if it has any feature to be near to."""
    at = judged.places[condition.key] if condition else None
    has_features = at is not None and any(
        one.certain_count for one in judged.site.regions[at].groups
    )
    return at if has_features else None


def _write_rows(
    out: IO[bytes], judged: BulkAssessed, patterns: Sequence[Pattern], part: slice
) -> None:
    ids, codes = _cells(judged.columns.ids[part]), judged.codes[part]
    rows: list[bytes] = [b""] * len(ids)
    order = np.argsort(codes, kind="stable")
    kinds, starts = np.unique(codes[order], return_index=True)
    metres = _metres(judged, patterns, codes, part.start)
    for kind, chosen in zip(kinds.tolist(), np.split(order, starts[1:]), strict=True):
        pattern, places = patterns[kind], chosen.tolist()
        if not pattern.slots:
            text = pattern.text % ()
            for at in places:
                rows[at] = ids[at] + text
            continue
        slots = _slots(judged, pattern, {one: metres[one][chosen] for one in pattern.regions})
        for at, values in zip(places, zip(*slots, strict=True), strict=True):
            rows[at] = ids[at] + pattern.text % values
    out.write(b"".join(rows))


def _metres(
    judged: BulkAssessed, patterns: Sequence[Pattern], codes: NDArray[np.int64], start: int
) -> dict[int, NDArray[np.float64]]:
    """Ground metres to the regions whose distance is told of any of some rows, shape (n,)."""
    found = {}
    for region in sorted({one for kind in np.unique(codes) for one in patterns[kind].regions}):
        tells = np.array([region in one.regions for one in patterns])
        rows = np.flatnonzero(tells[codes])
        found[region] = np.zeros(len(codes))
        found[region][rows] = judged.located.distances(region, rows + start)
    return found


def _cells(ids: Sequence[str]) -> list[bytes]:
    """Ids as the first cells of rows."""
    text = "\n".join(ids)
    if ODD_ID.search(text):
        return [_line([neutral(one), ""])[:-2].encode() for one in ids]
    return text.encode().split(b"\n")


def _slots(
    judged: BulkAssessed, pattern: Pattern, metres: dict[int, NDArray[np.float64]]
) -> list[list[bytes]]:
    """What stands in the slots of some rows of a kind, by slot."""
    texts = {one: _texts(_shown(metres[one])) for one in pattern.slots if one != LEAST}
    if LEAST in pattern.slots:
        margins = [_shown(metres[one] - _limit(judged, one)) for one in pattern.margins]
        texts[LEAST] = _texts([min(each) for each in zip(*margins, strict=True)])
    return [texts[one] for one in pattern.slots]


def _shown(metres: NDArray[np.float64]) -> list[float]:
    return [round(one, 3) for one in metres.tolist()]


def _limit(judged: BulkAssessed, region: int) -> float:
    return judged.site.regions[region].condition.within_m


def _texts(values: Sequence[float]) -> list[bytes]:
    return ",".join(map(repr, values)).encode().split(b",")


def bulk_lines(judged: BulkAssessed, tails: Sequence[str]) -> Iterator[str]:
    """One line per point, many at a time; ``tails`` says what follows the id, by kind."""
    for at in range(0, len(judged), AT_ONCE):
        ids, codes = judged.columns.ids[at : at + AT_ONCE], judged.codes[at : at + AT_ONCE]
        yield "\n".join(
            [f"  {name:12} {tails[kind]}" for name, kind in zip(ids, codes.tolist(), strict=True)]
        )
