"""The records of a ``.shp``: whether its index fits them, and which of their rings are holes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

HEAD_BYTES, RECORD_HEAD_BYTES, ENTRY_BYTES = 100, 8, 8
CODE, VERSION = 9994, 1000
POLYGONS = (5, 15, 25)
KINDS = (0, 1, 3, 8, 11, 13, 18, 21, 23, 28, *POLYGONS)
"""Null, points, lines, multipoints and polygons, flat, with Z and with M; no multipatches."""
BOX_BYTES = 32
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Records:
    """The n records of a ``.shp``: the file's bytes, where each begins and its length in bytes.

    ``kind`` is the shape type of all that are not null; ``gaps`` tells whether bytes of the file
    belong to no record.
    """

    held: NDArray[np.uint8]
    starts: Ints
    lengths: Ints
    kind: int
    gaps: bool

    def rings(self, at: int) -> list[NDArray[np.float64]]:
        """The rings (k, 2) of a polygon's record. Raises ``ValueError`` where it is damaged."""
        begin, length = int(self.starts[at]) + 4 + BOX_BYTES, int(self.lengths[at])
        parts, points = (int(one) for one in self._integers(begin, 2))
        if parts < 0 or points < 0 or 44 + 4 * parts + 16 * points > length:
            raise ValueError(f"记录 {at + 1} 损坏 / record {at + 1} is damaged")
        first = self._integers(begin + 8, parts)
        if np.any(np.diff([*first, points]) < 0) or (parts and first[0] != 0):
            raise ValueError(f"记录 {at + 1} 损坏 / record {at + 1} is damaged")
        flat = self.held[begin + 8 + 4 * parts :][: 16 * points].tobytes()
        return np.split(np.frombuffer(flat, "<f8").reshape(-1, 2), first[1:])

    def _integers(self, begin: int, count: int) -> NDArray[np.int32]:
        return np.frombuffer(self.held[begin : begin + 4 * count].tobytes(), "<i4")


def read_records(shp: Path, shx: Path) -> Records:
    """The records of a ``.shp`` by its index. Raises ``ValueError`` where the two disagree."""
    held = np.memmap(shp, np.uint8, "r")
    _check_head(held[:HEAD_BYTES].tobytes(), shp, len(held))
    index = shx.read_bytes()
    _check_head(index[:HEAD_BYTES], shx, len(index))
    entries = np.frombuffer(index, ">i4", offset=HEAD_BYTES).astype(np.int64).reshape(-1, 2)
    begins, lengths = 2 * entries[:, 0], 2 * entries[:, 1]
    ends = begins + RECORD_HEAD_BYTES + lengths
    if len(entries) and (begins.min() < HEAD_BYTES or lengths.min() < 4 or ends.max() > len(held)):
        raise ValueError(f"{shp.name} 不完整，或 .shx 不配套 / is cut, or the .shx is another's")
    _check_lengths(held, begins, lengths, shp.name)
    order = np.argsort(begins)
    if np.any(begins[order][1:] < ends[order][:-1]):
        raise ValueError(f"{shx.name} 的记录重叠 / has records that overlap")
    filled = HEAD_BYTES + int((ends - begins).sum())
    kind = int(struct.unpack_from("<i", held[:HEAD_BYTES].tobytes(), 32)[0])
    found = Records(held, begins + RECORD_HEAD_BYTES, lengths, kind, filled != len(held))
    _check_kinds(found, shp.name)
    return found


def _check_head(head: bytes, path: Path, size: int) -> None:
    """Raises ``ValueError`` unless the head is whole and states the size of the file."""
    if len(head) < HEAD_BYTES or struct.unpack_from(">i", head)[0] != CODE:
        raise ValueError(f"{path.name} 文件头损坏 / has a damaged head")
    if struct.unpack_from("<i", head, 28)[0] != VERSION:
        raise ValueError(f"{path.name} 文件头损坏 / has a damaged head")
    stated = 2 * struct.unpack_from(">I", head, 24)[0]
    if stated != size or (path.suffix.lower() == ".shx" and (size - HEAD_BYTES) % ENTRY_BYTES):
        raise ValueError(
            f"{path.name} 载明 {stated} 字节，实有 {size} / states {stated} bytes and has {size}"
        )


def _check_lengths(held: NDArray[np.uint8], begins: Ints, lengths: Ints, name: str) -> None:
    """Raises ``ValueError`` where a record's own number or length is not that of the index."""
    places = begins[:, None] + np.arange(RECORD_HEAD_BYTES)
    said = np.ascontiguousarray(held[places]).view(">i4").reshape(-1, 2)
    wrong = np.flatnonzero(2 * said[:, 1].astype(np.int64) != lengths)
    if len(wrong):
        raise ValueError(
            f"{name} 与 .shx 不符：第 {wrong[0] + 1} 条 / and the .shx disagree on record "
            f"{wrong[0] + 1}"
        )


def _check_kinds(records: Records, name: str) -> None:
    """Raises ``ValueError`` where a record is of another kind than the file."""
    if records.kind not in KINDS:
        raise ValueError(
            f"{name} 的图形类型 {records.kind} 不支持 / has shape type {records.kind}, not read"
        )
    places = records.starts[:, None] + np.arange(4)
    kinds = np.ascontiguousarray(records.held[places]).view("<i4").ravel()
    wrong = np.flatnonzero((kinds != records.kind) & (kinds != 0))
    if len(wrong):
        raise ValueError(
            f"{name} 第 {wrong[0] + 1} 条记录类型不同 / record {wrong[0] + 1} is of another type"
        )


@dataclass(frozen=True)
class Winding:
    """Records (positions from 0) whose rings wind against the rule, and what was made of them.

    ``turned``: all outer rings, only wound the other way. ``torn``: read as other outer rings
    and holes than the file draws.
    """

    turned: tuple[int, ...]
    torn: tuple[int, ...]


def winding(records: Records, shapes: NDArray[np.object_], at: Ints) -> Winding:
    """How the rings of polygons agree with ``shapes`` (n,), which were read of records ``at``.

    Outer rings wind clockwise; how a lone ring winds says nothing. Raises ``ValueError``
    where a record is damaged.
    """
    turned: list[int] = []
    torn: list[int] = []
    asked = np.flatnonzero(_parts(records, at) > 1)
    outer, inner = shapely.get_num_geometries(shapes[asked]), _holes(shapes[asked])
    for place, shells, holes in zip(at[asked].tolist(), outer, inner, strict=True):
        signs = [_area(ring) for ring in records.rings(place)]
        clockwise = sum(one < 0 for one in signs)
        if (shells, holes) == (clockwise, len(signs) - clockwise):
            continue
        all_outer = shells == len(signs) and not clockwise
        (turned if all_outer else torn).append(place)
    return Winding(tuple(turned), tuple(torn))


def _parts(records: Records, at: Ints) -> Ints:
    """The number of rings that each polygon's record states; 0 for records without room."""
    counts = np.zeros(len(at), np.int64)
    room = records.lengths[at] >= 4 + BOX_BYTES + 4
    places = records.starts[at][room][:, None] + 4 + BOX_BYTES + np.arange(4)
    counts[room] = np.ascontiguousarray(records.held[places]).view("<i4").ravel()
    return counts


def _holes(shapes: NDArray[np.object_]) -> Ints:
    """The number of holes of each shape, in all its parts."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    counts = np.bincount(whose, shapely.get_num_interior_rings(parts), len(shapes))
    return counts.astype(np.int64)


def _area(ring: NDArray[np.float64]) -> float:
    """Twice the signed area of a ring (k, 2): negative where it winds clockwise."""
    if len(ring) < 3:
        return 0.0
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
