"""The text of a large table by line: plain lines become columns, odd ones wait for a closer look.

A line is plain where it is a row of as many cells as there are heads, without quotation marks
and characters that no cell has: splitting it at the marks is all there is to reading it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as pacsv

from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.points import MARKS, table_rows
from geozone.land.proposals.heads import Heads, read_heads
from geozone.land.proposals.rows import RowFile
from geozone.land.proposals.tables import row_file

LINE, QUOTE = 10, 34
STRANGE = re.compile(
    rb"\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbf[\xbe\xbf]"
)
"""The characters above ASCII that no cell has, in UTF-8."""
PAIR_HEADS = (("lon", "lat"), ("east", "north"), ("y_east", "x_north"))
NUMEROUS = ("id", *(one for pair in PAIR_HEADS for one in pair))
"""Columns in which hardly any value stands twice."""
FEW = pa.dictionary(pa.int32(), pa.string())
PIECE = 1 << 18
"""Bytes that are looked through at a time."""
FIRST = 2
"""The number of the first row below the head."""

Places = NDArray[np.int64]


def _odd_bytes() -> NDArray[np.bool_]:
    odd = np.zeros(256, bool)
    odd[:32] = odd[[QUOTE, 127]] = True
    odd[[9, LINE]] = False
    return odd


ODD = _odd_bytes()
"""Of each byte, whether its line needs a closer look: quotation marks and control codes."""
PLAIN = bytes(np.flatnonzero(~ODD).tolist())


@dataclass(frozen=True, eq=False)
class Read:
    """Rows as they are read one by one, and their numbers in the file, (n,)."""

    file: RowFile
    numbers: Places


@dataclass(frozen=True, eq=False)
class Table:
    """A table: what its heads mean, its plain rows by column, the numbers of all others.

    ``columns`` hold text by meaning, (n,); ``rows`` (n,) are the numbers of the plain rows in
    the file (head: 1), ``odd`` (m,) those of the other lines, blank ones among them.
    """

    heads: Heads
    columns: Mapping[str, pa.Array]
    rows: Places
    odd: Places
    notes: tuple[str, ...]
    content: bytes
    ends: Places

    def text(self, numbers: Places) -> str:
        """The head, and the lines of these numbers below it."""
        head = self.content[: int(self.ends[0])]
        spans = zip(self.ends[numbers - 2].tolist(), self.ends[numbers - 1].tolist(), strict=True)
        return b"".join([head, *(self.content[at:end] for at, end in spans)]).decode("utf-8")

    def read(self, numbers: Places, file: str) -> Read:
        """The rows of these numbers as they are read one by one, without blank ones.

        Raises ``UnreadableError`` where a line is no row of its own.
        """
        text = self.text(numbers)
        try:
            table = table_rows(text)
            mark = max(MARKS, key=text.partition("\n")[0].count)
            lines = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
            if '"' in text and sum(1 for _ in lines) != lines.line_num:
                raise ValueError("a row of several lines")
        except (ValueError, csv.Error) as error:
            raise UnreadableError(str(error), "") from error
        own = numbers[np.array(table.numbers, np.int64) - FIRST]
        return Read(row_file(table.head, table.rows, own.tolist(), (), file), own)


def plain_table(content: bytes) -> Table | None:
    """A table of which a line is a row; ``None`` where it may be none, or its heads are odd."""
    found = _utf8(content)
    if found is None:
        return None
    content, notes = found
    head = content[: content.index(b"\n")]
    if b"\0" in content or ODD[np.frombuffer(head, np.uint8)].any() or STRANGE.search(head):
        return None
    line = head.decode("utf-8")
    mark = max(MARKS, key=line.count)
    written = [one.strip().lstrip("\ufeff") for one in line.split(mark)]
    heads = _heads(written)
    ends, odd = _lines(content, mark, len(written) - 1)
    if heads is None or len(ends) < FIRST:
        return None
    columns = _columns(_plain_text(content, ends, odd), mark, written, heads)
    if columns is None:
        return None
    numbers = np.arange(FIRST, len(ends) + 1, dtype=np.int64)
    return Table(heads, columns, numbers[~odd], numbers[odd], notes, content, ends)


def _heads(written: Sequence[str]) -> Heads | None:
    """What heads mean, where none is empty, unknown twice, or of the meaning of another."""
    faults = Faults("")
    heads = read_heads(written, faults, short=False, places=True)
    is_odd = faults.found or not all(written) or len(set(written)) < len(written)
    return None if is_odd or not heads.by_meaning else heads


def _utf8(content: bytes) -> tuple[bytes, tuple[str, ...]] | None:
    """The content in UTF-8 with one kind of line end, and what is to be said of it."""
    notes: tuple[str, ...] = ()
    if not content.isascii():
        try:
            text, encoding = decode(content)
        except ValueError:
            return None
        if encoding != "utf-8-sig":
            notes = (f"按 {encoding} 读取 / read as {encoding}",)
            content = text.encode("utf-8")
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not content.endswith(b"\n") or content.endswith(b"\n\n"):
        content = content.rstrip(b"\n") + b"\n"
    return content, notes


def _lines(content: bytes, mark: str, marks: int) -> tuple[Places, NDArray[np.bool_]]:
    """Where each line ends, (lines,), and whether it is odd, (lines - 1,): the head is not."""
    text = np.frombuffer(content, np.uint8)
    ends = places_of(LINE, text) + 1
    odd = _unlike(text, ord(mark), ends, marks)
    places = np.flatnonzero(ODD[text]) if content.translate(None, PLAIN) else ends[:0]
    if not content.isascii():
        strange = [one.start() for one in STRANGE.finditer(content)]
        places = np.concatenate([places, np.array(strange, np.int64)])
    odd[np.searchsorted(ends, places, side="right")] = True
    return ends, odd[1:]


def places_of(byte: int, text: NDArray[np.uint8]) -> Places:
    """Where a byte stands in a text, a piece at a time: a whole mask would be as long as it."""
    starts = range(0, max(len(text), 1), PIECE)
    return np.concatenate([np.flatnonzero(text[at : at + PIECE] == byte) + at for at in starts])


def _unlike(text: NDArray[np.uint8], mark: int, ends: Places, marks: int) -> NDArray[np.bool_]:
    """Of each line whether it has another number of marks, (lines,)."""
    starts, places = np.r_[0, ends[:-1]], places_of(mark, text)
    if marks and len(places) == marks * len(ends):
        first, last = places[::marks], places[marks - 1 :: marks]
        if (first >= starts).all() and (last < ends).all():
            return np.zeros(len(ends), bool)
    found: NDArray[np.bool_] = np.add.reduceat(text == mark, starts, dtype=np.int32) != marks
    return found


def _plain_text(content: bytes, ends: Places, odd: NDArray[np.bool_]) -> bytes | memoryview:
    """The plain lines below the head."""
    if not odd.any():
        return memoryview(content)[int(ends[0]) :]
    turns = np.flatnonzero(np.diff(np.r_[True, odd, True].astype(np.int8)))
    edges = ends[turns].reshape(-1, 2).tolist()
    return b"".join([content[at:end] for at, end in edges])


def _columns(
    plain: bytes | memoryview, mark: str, written: Sequence[str], heads: Heads
) -> Mapping[str, pa.Array] | None:
    numbers = {head: str(at) for at, head in enumerate(written)}
    wanted = {meaning: numbers[head] for meaning, head in heads.by_meaning.items()}
    if not plain:
        kinds = {name: pa.string() if name in NUMEROUS else FEW for name in wanted}
        return {name: pa.nulls(0, kind) for name, kind in kinds.items()}
    try:
        table = pacsv.read_csv(
            pa.BufferReader(plain),
            pacsv.ReadOptions(column_names=list(numbers.values())),
            pacsv.ParseOptions(delimiter=mark, quote_char=False),
            pacsv.ConvertOptions(
                column_types={
                    number: pa.string() if meaning in NUMEROUS else FEW
                    for meaning, number in wanted.items()
                },
                include_columns=list(wanted.values()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {name: table.column(number).combine_chunks() for name, number in wanted.items()}
