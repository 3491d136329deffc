"""Rows put on a table's pages at once: what SQLite reads of them is what it would have written."""

from __future__ import annotations

import math
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine.outlines.faces import Wkb
from geozone.pages import tablepages
from geozone.pages.layer import Same
from geozone.pages.pagesfile import PagesFile
from geozone.pages.tablepages import TablePages, root_page

few = examples(40, each=10)
NAMES = ("fid", "geom", "word", "number")
TABLE = (
    "CREATE TABLE t (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom BLOB, word TEXT,"
    " number REAL)"
)
words = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
numbers = st.one_of(st.none(), st.floats(allow_nan=False), st.integers(-9, 9).map(float))
lengths = st.one_of(st.integers(0, 40), st.integers(400, 600), st.integers(3_900, 12_500))
rows = st.lists(st.tuples(lengths, words, numbers), max_size=60)


def made(path, *, page_size=4096):
    """A database with the empty table between others."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as base:
        base.execute(f"PRAGMA page_size = {page_size}")
        base.execute("CREATE TABLE before (a, b)")
        base.execute("INSERT INTO before VALUES (1, 'x')")
        base.execute(TABLE)
        base.execute("CREATE TABLE after (a)")
        base.commit()
    return path


def blob(number, length):
    """Bytes that are nowhere else the same."""
    return np.random.default_rng(number).bytes(length)


def put(path, batches):
    """Fill the table; gives its rows as they should be read."""
    wanted = []
    with closing(sqlite3.connect(path)) as base:
        root = root_page(base, "t", NAMES)
    table = TablePages(path, root)
    with PagesFile(path) as file:
        for batch in batches:
            blobs = [blob(len(wanted) + at, row[0]) for at, row in enumerate(batch)]
            offsets = np.concatenate([[0], np.cumsum([len(one) for one in blobs])]).astype(np.int64)
            data = np.frombuffer(b"".join(blobs), np.uint8)
            columns = [(str, [row[1] for row in batch]), (float, [row[2] for row in batch])]
            table.add(file, Wkb(offsets, data), columns)
            first = len(wanted) + 1
            wanted += [
                (first + at, one, row[1], row[2])
                for at, (one, row) in enumerate(zip(blobs, batch, strict=True))
            ]
        table.finish(file)
    return wanted


def check(path, wanted, key="fid"):
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute(f"SELECT * FROM t ORDER BY {key}").fetchall() == wanted
        for at in range(0, len(wanted), max(len(wanted) // 7, 1)):
            asked = base.execute(f"SELECT * FROM t WHERE {key} = ?", wanted[at][:1])
            assert asked.fetchall() == wanted[at : at + 1]


@few
@given(st.lists(rows, max_size=4), st.sampled_from([512, 1024, 4096, 65536]))
def test_sqlite_reads_what_was_put(tmp_path_factory, batches, page_size):
    path = made(tmp_path_factory.mktemp("t") / "t.sqlite", page_size=page_size)
    check(path, put(path, batches))


@few
@given(rows, st.integers(1, 60))
def test_batches_leave_no_mark(tmp_path_factory, given_rows, most):
    folder = tmp_path_factory.mktemp("t")
    parts = [given_rows[at : at + most] for at in range(0, len(given_rows), most)]
    put(made(folder / "parts"), parts)
    put(made(folder / "whole"), [given_rows])
    assert (folder / "parts").read_bytes() == (folder / "whole").read_bytes()


@pytest.mark.parametrize("near", range(-3, 4))
@pytest.mark.parametrize("page_size", [512, 4096])
def test_rows_at_the_limits_of_a_page(tmp_path, page_size, near):
    """Where a row fits a page just so, or what stays of it in the leaf changes."""
    least = (page_size - 12) * 32 // 255 - 23
    limits = (page_size - 35, page_size - 4 + least, page_size - 39 + page_size, 126, 16383)
    # A record's head: its own length, the row's number, three types.
    lengths = [one + near - 8 for one in limits for _ in range(3)]
    path = made(tmp_path / "t", page_size=page_size)
    check(path, put(path, [[(one, None, None) for one in lengths]]))


def test_a_table_of_three_levels_takes_more_rows(tmp_path):
    path = made(tmp_path / "t", page_size=512)
    wanted = put(path, [[(40, f"词 {at % 7}", at / 7) for at in range(20_000)]])
    check(path, wanted)
    with closing(sqlite3.connect(path)) as base:
        base.execute("INSERT INTO t VALUES (?, ?, ?, ?)", (20_001, b"new", "new", 1.5))
        base.execute("DELETE FROM t WHERE fid % 3 = 0")
        base.execute("DROP TABLE before")
        base.commit()
        base.execute("VACUUM")
    left = [row for row in [*wanted, (20_001, b"new", "new", 1.5)] if row[0] % 3]
    check(path, left)


def test_two_tables_are_filled_one_after_the_other(tmp_path):
    path = made(tmp_path / "t")
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE u (fid INTEGER PRIMARY KEY, geom BLOB, word TEXT, number REAL)")
        base.commit()
        other = root_page(base, "u", NAMES)
    wanted = put(path, [[(3_000, "a", 1.0)] * 50])
    table = TablePages(path, other)
    with PagesFile(path) as file:
        table.add(
            file, Wkb(np.array([0, 2]), np.frombuffer(b"xy", np.uint8)), [(str, "z"), (float, [2])]
        )
        table.finish(file)
    check(path, wanted)
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("SELECT * FROM u").fetchall() == [(1, b"xy", "z", 2.0)]


def test_a_page_that_is_not_needed_is_used_again(tmp_path):
    """Of a table of one leaf, which the root takes."""
    path = made(tmp_path / "t")
    check(path, put(path, [[(9, "a", 1.0)]]))
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA freelist_count").fetchall() == [(1,)]
        pages = base.execute("PRAGMA page_count").fetchall()
        base.execute("CREATE TABLE more (a)")
        assert base.execute("PRAGMA page_count").fetchall() == pages
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("count", [0, 1, 3_000])
def test_rows_of_a_number_each(tmp_path, count):
    path = tmp_path / "t"
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE t (rowid INTEGER PRIMARY KEY, nodeno)")
        base.commit()
        root = root_page(base, "t", ("rowid", "nodeno"))
    numbers = np.random.default_rng(0).integers(0, 1 << 31, count)
    table = TablePages(path, root)
    with PagesFile(path) as file:
        for some in np.array_split(numbers, 3):
            table.add_numbers(file, some)
        table.finish(file)
    check(path, list(enumerate(numbers.tolist(), start=1)), key="rowid")


def test_numbers_that_are_none_are_nothing(tmp_path):
    path = made(tmp_path / "t")
    put(path, [[(1, "a", math.nan), (1, "b", math.inf)]])
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("SELECT number FROM t").fetchall() == [(None,), (math.inf,)]


def test_other_columns_are_not_filled(tmp_path):
    path = made(tmp_path / "t")
    with closing(sqlite3.connect(path)) as base, pytest.raises(ValueError, match="has columns"):
        root_page(base, "t", ("fid", "geom", "number", "word"))


def test_what_sqlite_would_not_read_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(tablepages, "MOST_BYTES", 5_000)
    path = made(tmp_path / "t")
    before = path.read_bytes()
    with pytest.raises(OSError, match="5,000 at most"):
        put(path, [[(10, "a", 1.0), (5_001, "b", 1.0)]])
    assert path.read_bytes() == before


def test_the_page_that_sqlite_locks_is_passed_over(tmp_path):
    """It holds the byte 2^30; the file is mostly a hole."""
    path = made(tmp_path / "t", page_size=65536)
    locked = 2**30 // 65536 + 1
    with path.open("r+b") as file:
        told = int.from_bytes(file.read(32)[28:], "big")
        free = list(range(told + 1, locked - 2))
        trunk = free.pop(0)  # pages up to there are free, as after much was deleted
        assert len(free) <= 65536 // 4 - 8
        file.seek((trunk - 1) * 65536)
        file.write(np.array([0, len(free), *free], ">u4").tobytes())
        file.seek(28)
        file.write(np.array([locked - 3, trunk, len(free) + 1], ">u4").tobytes())
        file.truncate((locked - 3) * 65536)
    rows = [(400_000, "long", 1.0), *[(30_000, "leaf", 2.0)] * 9]
    check(path, put(path, [rows[:2], rows[2:]]))
    with path.open("rb") as file:
        file.seek((locked - 1) * 65536)
        assert not any(file.read(65536))


def varint(value: int) -> bytes:
    """As SQLite's documentation has it: seven bits a byte, all but the last with the high bit."""
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))


@given(st.lists(st.integers(0, 2**56 - 1), min_size=1))
def test_numbers_are_written_as_sqlite_writes_them(values):
    rows, sizes = tablepages._varints(np.array(values, np.int64))
    assert [bytes(row[:size]) for row, size in zip(rows, sizes, strict=True)] == [
        varint(value) for value in values
    ]


@given(st.text(max_size=3), st.integers(0, 5), st.slices(5), st.integers(-7, 7))
def test_a_column_of_one_text_is_a_list_of_it(text, times, part, at):
    found, wanted = Same(text, times), [text] * times
    assert list(found) == wanted
    assert list(found[part]) == wanted[part]
    if -times <= at < times:
        assert found[at] == text
    else:
        with pytest.raises(IndexError):
            found[at]
    stored = list(tablepages._texts(found)[:2])
    if times:
        assert [one[0] for one in tablepages._texts(wanted)[:2]] == stored
