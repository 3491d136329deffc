"""Soundness of a FileGDB folder, table by table, before a driver reads it; its counts."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio.raw
from numpy.typing import NDArray

from geozone.land.formats.counts import Counts

CATALOGUE = "GDB_SystemCatalog"
FIRST_TABLE = 9
"""Tables before belong to the system; some have no file in sound databases."""
VERSIONS = (3, 4)
TABLE_HEAD = struct.Struct("<iiiiiiqq")
INDEX_HEAD = struct.Struct("<4i")
PAGE_ROWS = 1024
TAIL_BYTES = 16
ROW_LENGTH_BYTES = 4
WRITING = (".wr.lock", ".ed.lock")
"""What is left beside tables while somebody edits them."""


@dataclass(frozen=True)
class Table:
    """An entry of the catalogue; ``form`` is 0 where it is kept in a file of its own."""

    number: int
    name: str
    form: int

    @property
    def is_needed(self) -> bool:
        """Whether a sound database has its file."""
        return self.number >= FIRST_TABLE or self.form == 0


@dataclass(frozen=True)
class Rows:
    """Rows of a table: as its header states, and as its index of rows points at them."""

    declared: int | None
    scanned: int | None


def check_filegdb(path: Path) -> None:
    """Raises ``ValueError`` where a table of the database is missing or cut."""
    if list(path.glob("*.cdf")):
        raise ValueError("压缩的数据库，请先解压缩 / a compressed geodatabase: uncompress it first")
    if not (path / _name(1)).is_file():
        raise ValueError(f"缺少 {_name(1)} / {_name(1)} is missing")
    for table in sorted(path.glob("*.gdbtable")):
        rows_of(table)
    absent = [one.name for one in _catalogue(path) if one.is_needed and not _there(path, one)]
    if absent:
        raise ValueError(f"表文件缺失 / the files of tables are missing: {', '.join(absent)}")


def locks(path: Path) -> tuple[str, ...]:
    """The names of locks that tell of writing under way."""
    return tuple(sorted(one.name for one in path.iterdir() if one.name.endswith(WRITING)))


def filegdb_counts(path: Path, layer: str) -> Counts:
    """The stated and the scanned count of a feature class. Raises ``ValueError``."""
    alike = [one for one in _catalogue(path) if one.name.casefold() == layer.casefold()]
    if len(alike) != 1:
        raise ValueError(f"目录中没有 / not in the catalogue: {layer!r}")
    rows = rows_of(path / _name(alike[0].number))
    return Counts(rows.declared, rows.scanned)


def _catalogue(path: Path) -> list[Table]:
    _, numbers, _, data = pyogrio.raw.read(
        path, layer=CATALOGUE, return_fids=True, LIST_ALL_TABLES="YES"
    )
    return [
        Table(int(number), str(name), int(form))
        for number, name, form in zip(numbers, *data, strict=True)
    ]


def _name(number: int) -> str:
    return f"a{number:08x}.gdbtable"


def _there(path: Path, table: Table) -> bool:
    return (path / _name(table.number)).is_file()


def rows_of(table: Path) -> Rows:
    """The rows of one table file, with its ``.gdbtablx``. Raises ``ValueError`` if it is cut."""
    size = table.stat().st_size
    with table.open("rb") as stream:
        head = stream.read(TABLE_HEAD.size)
    if len(head) < TABLE_HEAD.size:
        raise ValueError(f"{table.name} 不完整 / is cut")
    version, rows, _, _, _, _, stated, _ = TABLE_HEAD.unpack(head)
    if version not in VERSIONS:
        raise ValueError(f"{table.name} 损坏 / is damaged")
    if stated > size:
        raise ValueError(
            f"{table.name} 不完整：{size} 字节，载明 {stated} / is cut: {size} of {stated} bytes"
        )
    index = table.with_suffix(".gdbtablx")
    if not index.is_file():
        raise ValueError(f"缺少 {index.name} / {index.name} is missing")
    if version != VERSIONS[0]:
        return Rows(None, None)
    return Rows(rows, _pointed(index, table, size))


def _pointed(index: Path, table: Path, size: int) -> int:
    """How many rows the index points at; each must lie within the table."""
    content = index.read_bytes()
    if len(content) < INDEX_HEAD.size:
        raise ValueError(f"{index.name} 不完整 / is cut")
    _, pages, _, width = INDEX_HEAD.unpack_from(content)
    length = pages * PAGE_ROWS * width
    least = INDEX_HEAD.size + length + (TAIL_BYTES if pages else 0)
    if width not in (4, 5, 6) or pages < 0 or len(content) < least:
        raise ValueError(f"{index.name} 不完整 / is cut")
    wide = np.zeros((pages * PAGE_ROWS, 8), np.uint8)
    cells = np.frombuffer(content, np.uint8, length, INDEX_HEAD.size)
    wide[:, :width] = cells.reshape(-1, width)
    at = wide.view("<u8")[:, 0]
    at = at[at > 0]
    _check_rows(at, table, size)
    return len(at)


def _check_rows(at: NDArray[np.uint64], table: Path, size: int) -> None:
    """Raises ``ValueError`` unless every row lies within the table, and is pointed at once."""
    if not len(at):
        return
    if int(at.max()) + ROW_LENGTH_BYTES > size:
        raise ValueError(f"{table.name} 不完整：行在文件之外 / is cut: rows lie beyond its end")
    held = np.memmap(table, np.uint8, "r")
    bytes_ = np.stack([held[at + np.uint64(i)] for i in range(ROW_LENGTH_BYTES)], axis=1)
    ends = at + bytes_.copy().view("<u4")[:, 0] + np.uint64(ROW_LENGTH_BYTES)
    if int(ends.max()) > size or len(np.unique(at)) < len(at):
        raise ValueError(f"{table.name} 行损坏 / has damaged rows")
