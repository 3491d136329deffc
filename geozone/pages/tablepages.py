"""Rows put into an empty table of a GeoPackage page by page, instead of statement by statement.

SQLite's own inserts take four times as long for a province of polygons. Its file format is fixed
and public (sqlite.org/fileformat2.html, sections 1.3, 1.5, 1.6 and 2.1); everything but the rows
of features stays its own.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.faces import Wkb
from geozone.pages.layer import Same
from geozone.pages.pagesfile import PagesFile, room_for

MOST_BYTES = 1_000_000_000
"""SQLite refuses to read longer rows (its limit ``SQLITE_MAX_LENGTH``)."""

_LOCKED_BYTE = 1 << 30
_HEADER = 100
_PAGE_SIZE, _RESERVED, _PAGE_COUNT, _FIRST_FREE = 16, 20, 28, 32
_INTERIOR = 5
_INTERIOR_HEAD = 12
_LONGEST = 9
"""Bytes of a number at most."""
_INTERIOR_CELL = 2 + 4 + _LONGEST
"""Bytes of a child at most: its place, its page, its last row."""

_GATHERED = 1 << 24
"""Bytes of pages that are written at once, if no feature takes more."""

_NOTHING, _NUMBER, _DOUBLE, _TEXT, _BLOB = 0, 4, 7, 13, 12

Columns = Sequence[tuple[type, Sequence[Any]]]
"""The kind of the values of every column, and the values: texts or numbers."""


class TablePages:
    """The pages of a table whose rows are numbered from one, written behind all others.

    ``path`` is a database that nobody has open, ``root`` the root page of the empty table. Its
    columns are the rows' number, a blob, and texts or doubles; or another number alone.
    """

    def __init__(self, path: Path, root: int) -> None:
        with path.open("rb") as file:
            head = file.read(_HEADER)
        self._path, self._root = path, root
        size = _number(head, _PAGE_SIZE, 2)
        self._size = 65536 if size == 1 else size
        self._room = self._size - head[_RESERVED]
        self._lock = _LOCKED_BYTE // self._size + 1
        self._state = np.array([_number(head, _PAGE_COUNT, 4), 0, 0, 0], np.int64)
        self._ended: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
        self.count = 0
        # The leaf that was open when pages were last written comes first, then all after them.
        self._opened, self._before = 0, int(self._state[0])
        room = max(_GATHERED // self._size, 2) * self._size
        self._out, self._spare, self._used = room_for(room), room_for(room), 0

    def add(self, file: PagesFile, blobs: Wkb, columns: Columns) -> None:
        """Add rows. Raises ``OSError`` where one is longer than SQLite reads."""
        sizes = np.diff(blobs.offsets)
        kinds, starts, pool = _stored(sizes, columns)
        starts[:, 0] = blobs.offsets[:-1]
        _check(kinds)
        self._lay(file, kinds, starts, blobs.data, pool)

    def add_numbers(self, file: PagesFile, numbers: NDArray[np.int64]) -> None:
        """Add rows of a number each, instead, of four bytes."""
        kinds = np.full((len(numbers), 1), _NUMBER, np.int64)
        starts = np.arange(len(numbers)).reshape(-1, 1) * _NUMBER
        data = numbers.astype(">i4").view(np.uint8)
        self._lay(file, kinds, starts, data, data[:0])

    def _lay(
        self,
        file: PagesFile,
        kinds: NDArray[np.int64],
        starts: NDArray[np.int64],
        first_values: NDArray[np.uint8],
        pool: NDArray[np.uint8],
    ) -> None:
        """Lay rows on pages; the rest is as in ``fill_rows``."""
        from geozone.engine.kernels.tablepages import fill_rows, place_rows  # noqa: PLC0415 - numba loads slowly

        placed, ended = np.empty((len(kinds), 4), np.int64), np.empty((len(kinds), 2), np.int64)
        first, (last, leaf, *_) = self.count + 1, self._state.tolist()
        full = place_rows(kinds, first, self._room, self._lock, self._state, placed, ended)
        self._ended.append(ended[:full])
        self._make_room(file, last, leaf)
        pages = (self._size, self._room, self._lock, self._opened, self._before)
        fill_rows(kinds, starts, first_values, pool, first, pages, placed, self._out)
        self.count += len(kinds)

    def _make_room(self, file: PagesFile, last: int, leaf: int) -> None:
        """Write the pages up to the last one before, if those that came do not fit behind them."""
        if self._end(int(self._state[0])) <= len(self._out):
            return
        self._flush(file, last, leaf)
        wanted = self._end(int(self._state[0]))
        if wanted > len(self._out):
            old, self._out = self._out, room_for(wanted)
            self._out[: self._size] = old[: self._size]

    def _flush(self, file: PagesFile, last: int, leaf: int) -> None:
        """Begin to write the pages up to the last one, in other room than what comes; the leaf
        stays open.
        """
        end, out = self._end(last), self._out
        open_leaf = self._page(leaf).copy() if leaf else None
        parts = [(self._before * self._size, out[self._size : end])]
        if self._opened:
            parts.append(((self._opened - 1) * self._size, out[: self._size]))
        file.begin([one for one in parts if len(one[1])])
        self._out, self._spare = self._spare, out
        self._out[: self._used], self._used = 0, end
        if open_leaf is not None:
            self._out[: self._size] = open_leaf
        self._opened, self._before = leaf, last

    def _page(self, page: int) -> NDArray[np.uint8]:
        """What a page that is not written yet holds."""
        at = 0 if page == self._opened else (page - self._before) * self._size
        return self._out[at : at + self._size]

    def _end(self, last: int) -> int:
        return (last - self._before + 1) * self._size

    def finish(self, file: PagesFile) -> None:
        """Write what is left, and link the pages to the table; the database is whole again."""
        if not self.count:
            return
        last, leaf, *_ = self._state.tolist()
        whole = self._page(leaf).tobytes()
        self._flush(file, last, leaf)
        file.settle()
        held = np.concatenate([*self._ended, [(leaf, self.count)]])
        with self._path.open("r+b") as stream:
            if len(held) == 1:
                self._write(stream, self._root, whole)
                self._set_free(stream, leaf)
            else:
                self._hold(stream, held)
            _set_number(stream, _PAGE_COUNT, int(self._state[0]))

    def _hold(self, stream: BinaryIO, held: NDArray[np.int64]) -> None:
        """Write the pages above others, given with their last rows, up to the root."""
        from geozone.engine.kernels.tablepages import page_after  # noqa: PLC0415 - as above

        most = (self._room - _INTERIOR_HEAD) // _INTERIOR_CELL
        while len(held) > most:
            above = []
            for some in np.array_split(held, -(-len(held) // most)):
                page = self._state[0] = page_after(int(self._state[0]), self._lock)
                self._write(stream, page, self._interior(some))
                above.append((page, some[-1, 1]))
            held = np.array(above)
        self._write(stream, self._root, self._interior(held))

    def _interior(self, held: NDArray[np.int64]) -> bytes:
        """A page above others: the last one stands in its head."""
        cells, right = held[:-1], int(held[-1, 0])
        rows, sizes = _varints(cells[:, 1])
        pages = cells[:, 0].astype(">u4").view(np.uint8).reshape(-1, 4)
        told = np.hstack([pages, rows])
        ends = self._room - np.cumsum(4 + sizes)
        head = bytes([_INTERIOR, 0, 0]) + len(cells).to_bytes(2, "big")
        head += int(ends[-1]).to_bytes(2, "big") + bytes(1) + right.to_bytes(4, "big")
        head += ends.astype(">u2").tobytes()
        filled = np.arange(told.shape[1]) < (4 + sizes)[:, None]
        whole = told[::-1][filled[::-1]].tobytes()
        page: bytes = head + bytes(self._room - len(head) - len(whole)) + whole
        return page.ljust(self._size, b"\0")

    def _set_free(self, stream: BinaryIO, page: int) -> None:
        """Tell a page free: it holds no others, and the ones free before follow it."""
        stream.seek(0)
        head = stream.read(_HEADER)
        follows = head[_FIRST_FREE : _FIRST_FREE + 4]
        self._write(stream, page, follows.ljust(self._size, b"\0"))
        _set_number(stream, _FIRST_FREE, page)
        _set_number(stream, _FIRST_FREE + 4, _number(head, _FIRST_FREE + 4, 4) + 1)

    def _write(self, stream: BinaryIO, page: int, content: bytes) -> None:
        stream.seek((page - 1) * self._size)
        stream.write(content)


def _number(head: bytes, offset: int, size: int) -> int:
    return int.from_bytes(head[offset : offset + size], "big")


def _set_number(stream: BinaryIO, offset: int, value: int) -> None:
    stream.seek(offset)
    stream.write(value.to_bytes(4, "big"))


def _check(kinds: NDArray[np.int64]) -> None:
    longest = int((kinds // 2).sum(axis=1).max(initial=0))
    if longest > MOST_BYTES:
        said = f"a feature of {longest:,} bytes: GeoPackages take {MOST_BYTES:,} at most"
        raise OSError(errno.EFBIG, said)


def root_page(base: sqlite3.Connection, table: str, names: Sequence[str]) -> int:
    """The root page of a table with these columns. Raises ``ValueError`` where they differ."""
    found = [name for (name,) in base.execute("SELECT name FROM pragma_table_info(?)", (table,))]
    if found != list(names):
        raise ValueError(f"table {table} has columns {found}, not {list(names)}")
    ask = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?"
    ((root,),) = base.execute(ask, (table,)).fetchall()
    return int(root)


def _stored(
    sizes: NDArray[np.int64], columns: Columns
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Serial types (n, c) of blobs of these sizes and of columns, where each column's value begins
    in a pool of bytes (n, c), and the pool.
    """
    kinds = np.empty((len(sizes), len(columns) + 1), np.int64)
    starts = np.zeros_like(kinds)
    kinds[:, 0] = _BLOB + 2 * sizes
    pools, begin = [b""], 0
    for column, (kind, values) in enumerate(columns, 1):
        make = _STORED[kind]
        kinds[:, column], starts[:, column], pool = make(values)
        starts[:, column] += begin
        begin += len(pool)
        pools.append(pool)
    return kinds, starts, np.frombuffer(b"".join(pools), np.uint8)


def _doubles(values: Sequence[float | None]) -> tuple[Any, Any, bytes]:
    """Numbers; what is none is nothing."""
    numbers = np.array(values, ">f8")
    kinds = np.where(np.isnan(numbers), _NOTHING, _DOUBLE)
    return kinds, 8 * np.arange(len(numbers)), numbers.tobytes()


def _texts(values: Sequence[str | None]) -> tuple[Any, Any, bytes]:
    """Texts, each of them stored once."""
    if isinstance(values, Same):
        text = values.text.encode("utf-8")
        return _TEXT + 2 * len(text), 0, text
    place = {value: number for number, value in enumerate(dict.fromkeys(values))}
    encoded = [b"" if value is None else value.encode("utf-8") for value in place]
    sizes = np.array([len(one) for one in encoded], np.int64)
    kinds = _TEXT + 2 * sizes
    if None in place:
        kinds[place[None]] = _NOTHING
    which = np.fromiter(map(place.__getitem__, values), np.int64, len(values))
    return kinds[which], (np.cumsum(sizes) - sizes)[which], b"".join(encoded)


_STORED: dict[type, Callable[[Sequence[Any]], tuple[Any, Any, bytes]]] = {
    float: _doubles,
    str: _texts,
}


def _varints(values: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Numbers (n,) as SQLite writes them, each from the begin of its row on, and their lengths."""
    sizes = 1 + (values[:, None] >= 1 << np.arange(7, 56, 7)).sum(axis=1)
    place = np.arange(_LONGEST)
    digits = values[:, None] >> np.maximum(7 * (sizes[:, None] - 1 - place), 0) & 127
    digits[place < sizes[:, None] - 1] |= 128
    return digits.astype(np.uint8), sizes
