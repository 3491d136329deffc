"""Rows put into an empty table of a GeoPackage page by page, instead of statement by statement.

SQLite's own inserts take four times as long for a province of polygons. Its file format is fixed
and public (sqlite.org/fileformat2.html, sections 1.3, 1.5, 1.6 and 2.1); everything but the rows
of features stays its own.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.faces import Wkb

MOST_BYTES = 1_000_000_000
"""SQLite refuses to read longer rows (its limit ``SQLITE_MAX_LENGTH``)."""

_LOCKED_BYTE = 1 << 30
_PAGE_SIZE, _RESERVED, _PAGE_COUNT, _FIRST_FREE = 16, 20, 28, 32
_INTERIOR = 5
_INTERIOR_HEAD = 12
_INTERIOR_CELL = 2 + 4 + 9
"""Bytes of a child at most: its place, its page, its last row."""

_NOTHING, _DOUBLE, _TEXT, _BLOB = 0, 7, 13, 12

Columns = Sequence[tuple[type, Sequence[Any]]]
"""The kind of the values of every column, and the values: texts or numbers."""


class TablePages:
    """The pages of a table whose rows are numbered from one, written behind all others.

    ``file`` is a database that nobody has open, ``root`` the root page of the empty table. Its
    columns are the rows' number, a blob, and texts or doubles.
    """

    def __init__(self, file: BinaryIO, root: int) -> None:
        self._file, self._root = file, root
        size = self._header(_PAGE_SIZE, 2)
        self._size = 65536 if size == 1 else size
        self._room = self._size - self._header(_RESERVED, 1)
        self._lock = _LOCKED_BYTE // self._size + 1
        self._state = np.array([self._header(_PAGE_COUNT, 4), 0, 0, 0], np.int64)
        self._leaf = np.zeros(self._size, np.uint8)
        self._ended: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
        self.count = 0

    def add(self, blobs: Wkb, columns: Columns) -> None:
        """Add rows. Raises ``OSError`` where one is longer than SQLite reads."""
        from geozone.engine.kernels.tablepages import (  # noqa: PLC0415 - numba loads slowly
            LAST,
            OPEN,
            fill_rows,
            place_rows,
        )

        sizes = np.diff(blobs.offsets)
        kinds, starts, pool = _stored(sizes, columns)
        starts[:, 0] = blobs.offsets[:-1]
        self._check(kinds)
        opened, before = int(self._state[OPEN]), int(self._state[LAST])
        placed, ended = np.empty((len(sizes), 4), np.int64), np.empty((len(sizes), 2), np.int64)
        first = self.count + 1
        full = place_rows(kinds, first, self._room, self._lock, self._state, placed, ended)
        self._ended.append(ended[:full])
        # The leaf that is open comes first, the new pages behind it.
        out = np.zeros((int(self._state[LAST]) - before + 1) * self._size, np.uint8)
        out[: self._size] = self._leaf
        pages = (self._size, self._room, self._lock, opened, before)
        fill_rows(kinds, starts, blobs.data, pool, first, pages, placed, out)
        if opened:
            self._write(opened, out[: self._size])
        self._write(before + 1, out[self._size :])
        leaf = int(self._state[OPEN])
        at = 0 if leaf == opened else (leaf - before) * self._size
        self._leaf = out[at : at + self._size].copy()
        self.count += len(sizes)

    def finish(self) -> None:
        """Link the pages to the table; the database is whole again."""
        from geozone.engine.kernels.tablepages import LAST, OPEN  # noqa: PLC0415 - numba loads slowly

        if not self.count:
            return
        leaf = [(int(self._state[OPEN]), self.count)]
        held = np.concatenate([*self._ended, leaf])
        if len(held) == 1:
            self._write(self._root, self._leaf)
            self._set_free(int(held[0, 0]))
        else:
            self._hold(held)
        self._set_header(_PAGE_COUNT, int(self._state[LAST]))

    def _hold(self, held: NDArray[np.int64]) -> None:
        """Write the pages above others, given with their last rows, up to the root."""
        from geozone.engine.kernels.tablepages import LAST, page_after  # noqa: PLC0415 - as above

        most = (self._room - _INTERIOR_HEAD) // _INTERIOR_CELL
        while len(held) > most:
            above = []
            for some in np.array_split(held, -(-len(held) // most)):
                page = self._state[LAST] = page_after(int(self._state[LAST]), self._lock)
                self._write(page, self._interior(some))
                above.append((page, some[-1, 1]))
            held = np.array(above)
        self._write(self._root, self._interior(held))

    def _interior(self, held: NDArray[np.int64]) -> bytes:
        """A page above others: the last one stands in its head."""
        *cells, (right, _) = held.tolist()
        content = [page.to_bytes(4, "big") + _varint(row) for page, row in cells]
        ends = self._room - np.cumsum([len(one) for one in content])
        head = bytes([_INTERIOR, 0, 0]) + len(cells).to_bytes(2, "big")
        head += int(ends[-1]).to_bytes(2, "big") + bytes(1) + right.to_bytes(4, "big")
        head += ends.astype(">u2").tobytes()
        whole = b"".join(reversed(content))
        page: bytes = head + bytes(self._room - len(head) - len(whole)) + whole
        return page.ljust(self._size, b"\0")

    def _set_free(self, page: int) -> None:
        """Tell a page free: it holds no others, and the ones free before follow it."""
        follows, count = self._header(_FIRST_FREE, 4), self._header(_FIRST_FREE + 4, 4)
        self._write(page, follows.to_bytes(4, "big").ljust(self._size, b"\0"))
        self._set_header(_FIRST_FREE, page)
        self._set_header(_FIRST_FREE + 4, count + 1)

    def _check(self, kinds: NDArray[np.int64]) -> None:
        longest = int((kinds // 2).sum(axis=1).max(initial=0))
        if longest > MOST_BYTES:
            said = f"a feature of {longest:,} bytes: GeoPackages take {MOST_BYTES:,} at most"
            raise OSError(errno.EFBIG, said)

    def _header(self, offset: int, size: int) -> int:
        self._file.seek(offset)
        return int.from_bytes(self._file.read(size), "big")

    def _set_header(self, offset: int, value: int) -> None:
        self._file.seek(offset)
        self._file.write(value.to_bytes(4, "big"))

    def _write(self, page: int, content: NDArray[np.uint8] | bytes) -> None:
        self._file.seek((page - 1) * self._size)
        self._file.write(content if isinstance(content, bytes) else content.data)


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


def _varint(value: int) -> bytes:
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))
