"""How many features a FlatGeobuf states and holds: a walk from feature to feature."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geozone.land.formats.counts import Counts

MAGIC = b"fgb\x03fgb"
HEAD_AT = 12
"""Behind the magic bytes and the length of the header."""
MOST_HEAD_BYTES = 10 << 20
COUNT_FIELD, NODE_FIELD = 8, 9
NODE_SIZE = 16
"""Entries of an index node where the header does not say."""
NODE = np.dtype([("box", "<f8", 4), ("at", "<u8")])


@dataclass(frozen=True)
class Head:
    """What the header states: features (0: not stated), entries of an index node (0: none)."""

    count: int
    node_size: int
    ends: int


def flatgeobuf_counts(path: Path, _layer: str) -> Counts:
    """The stated and the walked count of a FlatGeobuf. Raises ``ValueError`` where it is cut."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        head = _head(held)
        return Counts(head.count or None, len(_starts(held, _first(head))))


def has_sound_index(path: Path) -> bool:
    """Whether the index points at every feature, or there is none. Raises ``ValueError``."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as held:
        head = _head(held)
        first = _first(head)
        if not head.count or not head.node_size or first > len(held):
            return True
        leaves = np.frombuffer(held[first - head.count * NODE.itemsize : first], NODE)
        starts = np.array(_starts(held, first), np.uint64) - np.uint64(first)
        return np.array_equal(np.sort(leaves["at"]), starts)


def _head(held: mmap.mmap) -> Head:
    """The header's two numbers, out of its flat table."""
    (size,) = struct.unpack_from("<I", held, len(MAGIC) + 1) if len(held) > HEAD_AT else (0,)
    if not 0 < size <= min(MOST_HEAD_BYTES, len(held) - HEAD_AT):
        raise ValueError("文件头不完整 / the header is cut")
    try:
        count = _number(held, COUNT_FIELD, "<Q", 0)
        return Head(count, _number(held, NODE_FIELD, "<H", NODE_SIZE), HEAD_AT + size)
    except struct.error as error:
        raise ValueError(f"文件头损坏 / the header is damaged: {error}") from error


def _number(held: mmap.mmap, field: int, form: str, default: int) -> int:
    """A number of the header by the place of its field; ``default`` where it is left out."""
    table = HEAD_AT + int(struct.unpack_from("<I", held, HEAD_AT)[0])
    places = table - int(struct.unpack_from("<i", held, table)[0])
    if places < HEAD_AT or 4 + 2 * field >= struct.unpack_from("<H", held, places)[0]:
        return default
    (offset,) = struct.unpack_from("<H", held, places + 4 + 2 * field)
    return int(struct.unpack_from(form, held, table + offset)[0]) if offset else default


def _first(head: Head) -> int:
    """Where the first feature begins: behind the header and the index."""
    if not head.count or not head.node_size:
        return head.ends
    if head.node_size == 1:
        raise ValueError("索引损坏 / the index is damaged")
    level = -(-head.count // head.node_size)
    nodes = head.count + level
    while level > 1:
        level = -(-level // head.node_size)
        nodes += level
    return head.ends + nodes * NODE.itemsize


def _starts(held: mmap.mmap, first: int) -> list[int]:
    """Where each feature begins; they must fill the file to its end."""
    starts, at, end = [], first, len(held)
    while at < end:
        starts.append(at)
        at += 4 + (int.from_bytes(held[at : at + 4], "little") if at + 4 <= end else end)
    if at != end:
        raise ValueError(
            f"文件不完整：第 {len(starts) or 1} 个要素 / the file is cut: "
            f"feature {len(starts) or 1}"
        )
    return starts
