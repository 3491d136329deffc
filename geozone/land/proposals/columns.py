"""Very many wells of a plain table, read by column instead of row by row.

What is taken here is only what needs no repair, no doubt and no remark: a table of points in
one system, every cell of the plainest kind. Anything else is left to the reader of rows, which
tells what is wrong; so both give the same proposals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyarrow import csv as pacsv
from pyproj import CRS

from geozone.land.coordinates.plausible import plainly_fits
from geozone.land.faults import Faults
from geozone.land.formats.decode import decode
from geozone.land.formats.points import MARKS
from geozone.land.proposals.heads import RECTANGLE, Heads, read_heads
from geozone.land.proposals.places import Systems, Way, way_of
from geozone.land.proposals.proposed import ByColumn, Proposal
from geozone.land.proposals.rows import Row
from geozone.land.survey.angles import may_be_packed
from geozone.land.survey.zones import datum_id
from geozone.law.activity import Activity

LEAST_LETTER = 32
BLANKS = (b"\t", b"\n", b"\r")
REFUSED = (b'"', b"\x7f")
"""Quotation marks, and a control code that no cell has."""
STRANGE = (
    *(b"\xc2" + bytes([one]) for one in range(0x80, 0xA0)),
    *(b"\xe2\x80" + bytes([one]) for one in (0x8E, 0x8F, *range(0xAA, 0xAF))),
    *(b"\xe2\x81" + bytes([one]) for one in range(0xA6, 0xAA)),
    *(b"\xef\xbf" + bytes([one]) for one in (0xBE, 0xBF)),
)
"""The other characters that no cell has, in UTF-8."""
POINT, ZERO, NINE = 46, 48, 57
FINE = 4
"""Decimals of degrees that are no coarse ones."""
PAIR_HEADS = (("lon", "lat"), ("east", "north"), ("y_east", "x_north"))
ODD_COLUMNS = (*RECTANGLE, "wkt", "corner", "angle_format")
SOME = 4096
"""How many angles are looked at at once for one that cannot be packed digits."""

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Coded:
    """A value for each of n rows: ``values[codes[row]]``."""

    codes: Codes
    values: tuple[Any, ...]  # facts of any type, activities, words

    def at(self, row: int) -> Any:  # as above
        """The value of a row."""
        return self.values[self.codes[row]]


@dataclass(frozen=True, eq=False)
class Columns(ByColumn):
    """Points of a table by column; one by one they are the proposals that its rows make.

    ``xy`` (n, 2) in metres of the working CRS; ``accuracy_m`` (n,); ``facts`` by id, ``None``
    where a row states none.
    """

    ids: tuple[str, ...]
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
            return tuple(self[at] for at in range(*index.indices(len(self))))
        at = range(len(self))[index]
        stated = {name: one.at(at) for name, one in self.facts.items()}
        return Proposal(
            id=self.ids[at],
            activity=self.activity.at(at),
            shape=shapely.Point(self.xy[at]),
            accuracy_m=float(self.accuracy_m[at]),
            facts={name: value for name, value in stated.items() if value is not None},
            place=f"row {at + 2}",
            name=self.names.at(at) or "",
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


@dataclass(frozen=True, eq=False)
class Table:
    """A plain table: what its heads mean, its columns as text by meaning, and its remarks."""

    heads: Heads
    columns: Mapping[str, pa.Array]
    rows: int
    notes: tuple[str, ...]


def plain_table(content: bytes) -> Table | None:
    """The columns of a table without quotation marks, blank rows or ragged ones; else ``None``."""
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
    if not _is_plain(content):
        return None
    line = content.partition(b"\n")[0].decode("utf-8").rstrip("\r")
    mark = max(MARKS, key=line.count)
    written = [one.strip().lstrip("\ufeff") for one in line.split(mark)]
    faults = Faults("")
    heads = read_heads(written, faults, short=False, places=True)
    if faults.found or not all(written) or len(set(written)) < len(written):
        return None
    return _columns(content, mark, written, heads, notes)


def _is_plain(content: bytes) -> bool:
    """Whether lines are rows and no cell holds what none may hold."""
    whole = content.rstrip(b"\r\n")
    if not whole or whole.startswith((b"\n", b"\r")) or any(one in whole for one in REFUSED):
        return False
    low = int(np.count_nonzero(np.frombuffer(whole, np.uint8) < LEAST_LETTER))
    if low != sum(whole.count(one) for one in BLANKS) or b"\n\n" in whole:
        return False
    if b"\r" in whole and (b"\n\r\n" in whole or whole.count(b"\r") != whole.count(b"\r\n")):
        return False
    return whole.isascii() or not any(one in whole for one in STRANGE)


def _columns(
    content: bytes, mark: str, written: list[str], heads: Heads, notes: tuple[str, ...]
) -> Table | None:
    numbers = {head: str(at) for at, head in enumerate(written)}
    wanted = {meaning: numbers[head] for meaning, head in heads.by_meaning.items()}
    try:
        table = pacsv.read_csv(
            pa.BufferReader(content),
            pacsv.ReadOptions(skip_rows=1, column_names=list(numbers.values())),
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
    if not table.num_rows or not table.num_columns:
        return None
    columns = {name: table.column(number).combine_chunks() for name, number in wanted.items()}
    return Table(heads, columns, table.num_rows, notes)


NUMEROUS = ("id", *(one for pair in PAIR_HEADS for one in pair))
"""Columns in which hardly any value stands twice."""
FEW = pa.dictionary(pa.int32(), pa.string())


def coded(column: pa.DictionaryArray) -> Coded:
    """The cells of a column as they are kept: without blanks around, ``None`` where empty."""
    values = tuple(one.strip() or None for one in column.dictionary.to_pylist())
    return Coded(np.asarray(column.indices.to_numpy(), np.int32), values)


def constant(rows: int) -> Coded:
    """Rows of which none has a value."""
    return Coded(np.zeros(rows, np.int32), (None,))


@dataclass(frozen=True, eq=False)
class Placed:
    """The points of a table in its CRS, shape (n, 2), and the way in which it tells them."""

    xy: NDArray[np.float64]
    crs: CRS
    way: Way
    notes: tuple[str, ...] = ()


def placed_columns(table: Table, given: str | None) -> Placed | None:
    """Where the rows of a table lie; ``None`` where anything about it needs a word."""
    heads, faults, notes = table.heads, Faults(""), list[str]()
    if heads.writings or any(one in heads.by_meaning for one in ODD_COLUMNS):
        return None
    if not any(heads.has(*pair) for pair in PAIR_HEADS):
        return None
    way = way_of((), heads, notes, faults)
    if way is None or faults.found or not way.is_points or notes:
        return None
    xy = _numbers([table.columns[one] for one in way.columns], degrees=bool(way.degrees))
    systems = coded(table.columns["crs"]) if "crs" in heads.by_meaning else constant(1)
    used = {systems.values[code] for code in np.unique(systems.codes)}
    if xy is None or len(used) != 1:
        return None
    stated = used.pop()
    cells = {heads.by_meaning["crs"]: stated} if stated else {}
    crs = Systems(given).of(Row(cells, faults, shapely.Point(xy[0])), heads, way)
    if crs is None or faults.found or (not way.degrees and _hangs_on_rows(stated or given)):
        return None
    return Placed(xy, crs, way) if plainly_fits(_box(xy), crs) else None


def _hangs_on_rows(system: str | None) -> bool:
    """Whether a system is only a datum, whose zone each easting tells."""
    return bool(system and datum_id(system))


def _box(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """West, south, east and north of points, shape (1, 4)."""
    return np.hstack([xy.min(axis=0), xy.max(axis=0)]).reshape(1, 4)


def _numbers(columns: Sequence[pa.StringArray], *, degrees: bool) -> NDArray[np.float64] | None:
    """Two columns of plain numbers, shape (n, 2); ``None`` where any cell is none, or doubtful."""
    x, y = (_decimals(one, 3 if degrees else 9) for one in columns)
    if x is None or y is None:
        return None
    if degrees and (np.maximum(x, y).min() < FINE or _may_be_packed(columns)):
        return None
    found = np.column_stack([pc.cast(one, pa.float64()).to_numpy() for one in columns])
    return found if not degrees or (found <= np.array([180.0, 90.0])).all() else None


def _decimals(column: pa.StringArray, most: int) -> NDArray[np.int64] | None:
    """How many decimals each number has; ``None`` where a cell is not digits, point, digits."""
    _, ends, letters = column.buffers()
    at = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1]
    text = np.frombuffer(letters, np.uint8)[at[0] : at[-1]]
    points = np.flatnonzero(text == POINT) + at[0]
    if len(points) != len(column) or (text > NINE).any():
        return None
    if np.count_nonzero(text < ZERO) != len(points):
        return None
    before, after = points - at[:-1], at[1:] - points - 1
    fits = (before >= 1) & (before <= most) & (after >= 1)
    return after.astype(np.int64) if fits.all() else None


def _may_be_packed(columns: Sequence[pa.StringArray]) -> bool:
    """Whether all angles could as well be packed digits; mostly some of the first cannot."""
    rows = len(columns[0])
    return all(
        may_be_packed([text for one in columns for text in one.slice(at, SOME).to_pylist()])
        for at in range(0, rows, SOME)
    )
