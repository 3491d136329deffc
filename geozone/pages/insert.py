"""Many rows put into a table of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

AT_ONCE = 16
"""Rows of a statement: what each statement costs besides is shared by them."""


def insert_rows(
    base: sqlite3.Connection,
    table: str,
    names: Sequence[str],
    rows: Iterator[tuple[Any, ...]],  # texts, numbers and blobs
    count: int,
) -> None:
    """Insert ``count`` rows with these columns, in their order. Table and names are not checked."""
    into = ", ".join(f'"{name}"' for name in names)
    marks = f"({', '.join('?' * len(names))})"
    insert = f'INSERT INTO "{table}" ({into}) VALUES '  # noqa: S608 - names are ours
    values = chain.from_iterable(islice(rows, count - count % AT_ONCE))
    grouped = zip(*[values] * (AT_ONCE * len(names)), strict=True)
    base.executemany(insert + ", ".join([marks] * AT_ONCE), grouped)
    base.executemany(insert + marks, rows)
