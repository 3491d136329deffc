"""Rows of a database as a GeoParquet 1.1 file, with a hash that their order does not change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

from geozone.land.receipt import HashedFile

BATCH = 10_000
NULL = b"\xff" * 8
FID = b"geozone:fids"
"""Names the column of feature numbers in the metadata of the file."""


@dataclass(frozen=True, eq=False)
class TableHead:
    """What a table is called, its columns, and the CRS of its shapes.

    ``asked`` is how it was asked for: the geometry column is called so in the file, because a
    GeoParquet has geometry columns where a container has layers.
    """

    name: str
    asked: str
    columns: tuple[str, ...]
    crs: CRS | None


@dataclass(frozen=True)
class Row:
    """A feature: its number, its shape as WKB, and its cells in the order of the columns."""

    fid: int
    shape: bytes | None
    cells: tuple[str | None, ...]


def write_table(head: TableHead, rows: Iterable[Row], target: Path) -> tuple[HashedFile, int]:
    """Writes rows to a file; the hash of their content, and how many there were.

    The hash is the SHA-256 of the head and of the sorted SHA-256 of every row: columns by
    name, each cell with its length before it. ``size`` counts the bytes of all rows.
    """
    fids = _free_name(head)
    digests: list[bytes] = []
    size = 0
    order = sorted(range(len(head.columns)), key=head.columns.__getitem__)
    with pq.ParquetWriter(target, _schema(head, fids)) as writer:
        for batch in _batches(rows):
            for row in batch:
                packed = _packed(row, order)
                size += len(packed)
                digests.append(hashlib.sha256(packed).digest())
            writer.write_batch(_record_batch(batch, writer.schema))
    crs = head.crs.to_string() if head.crs is not None else ""
    whole = hashlib.sha256(json.dumps([sorted(head.columns), crs]).encode())
    for digest in sorted(digests):
        whole.update(digest)
    return HashedFile(head.name, whole.hexdigest(), size), len(digests)


def _free_name(head: TableHead) -> str:
    name = "fid"
    while name in (head.asked, *head.columns):
        name += "_"
    return name


def _schema(head: TableHead, fids: str) -> Any:  # pyarrow is untyped
    geo = {
        "version": "1.1.0",
        "primary_column": head.asked,
        "columns": {
            head.asked: {
                "encoding": "WKB",
                "geometry_types": [],
                "crs": head.crs.to_json_dict() if head.crs is not None else None,
            }
        },
    }
    return pa.schema(
        [
            (fids, pa.int64()),
            (head.asked, pa.binary()),
            *((name, pa.string()) for name in head.columns),
        ],
        metadata={b"geo": json.dumps(geo).encode(), FID: fids.encode()},
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _record_batch(batch: Sequence[Row], schema: Any) -> Any:
    columns = [
        [row.fid for row in batch],
        [row.shape for row in batch],
        *zip(*(row.cells for row in batch), strict=True),
    ]
    arrays = [pa.array(one, field.type) for one, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _packed(row: Row, order: Sequence[int]) -> bytes:
    """The shape and the cells of a row as bytes that say where each of them ends."""
    cells = (row.cells[at] for at in order)
    parts = [row.shape, *(None if one is None else one.encode() for one in cells)]
    return b"".join(NULL if one is None else len(one).to_bytes(8, "big") + one for one in parts)
