"""The container of a cloud optimised GeoTIFF: tags, directories, and the order of the file."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from geozone.engine.edition import text_hash
from geozone.engine.grid import Grid
from geozone.engine.keptfile import kept_bytes
from geozone.land.versions import bundled, installed

TILE = 512
"""Rows and columns of a tile."""

ZSTD = 50000
ASCII, SHORT, LONG, LONG8 = 2, 3, 4, 16
UNSIGNED, IEEE = 1, 3
"""How numbers are held."""
CLASSIC_BYTES = 2**32
_SIZES = {1: 1, ASCII: 1, SHORT: 2, LONG: 4, 5: 8, 12: 8, LONG8: 8}
_CODES = {SHORT: "H", LONG: "I", LONG8: "Q"}
_MADE_BY = ("geozone.pages", "tiff.py")
_GEOGRAPHY = frozenset({33550, 33922, 34735, 34736, 34737, 42113})
"""Pixel scale, tie point, the three tags of GeoKeys, and nodata."""

_LAYOUT = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
GHOST = b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_LAYOUT) + _LAYOUT
"""What GDAL writes after the header of its own COGs, and readers may rely on."""


@dataclass(frozen=True, order=True)
class Tag:
    """One entry of a directory; ``data`` holds ``count`` little-endian values of ``kind``."""

    code: int
    kind: int
    count: int
    data: bytes

    @classmethod
    def of(cls, code: int, kind: int, values: Sequence[int]) -> Tag:
        """A tag of whole numbers."""
        return cls(code, kind, len(values), struct.pack(f"<{len(values)}{_CODES[kind]}", *values))


@dataclass(frozen=True, eq=False)
class Level:
    """One resolution: its size in cells, and its blocks, row by row, in a file of their own.

    ``blocks`` holds every tile between its leader and its trailer; ``sizes`` (n,) are the bytes
    of the tiles without both.
    """

    rows: int
    cols: int
    blocks: IO[bytes]
    sizes: Sequence[int]

    @property
    def stored(self) -> int:
        """Bytes of all blocks."""
        return sum(self.sizes) + 8 * len(self.sizes)

    def offsets(self, start: int) -> NDArray[np.int64]:
        """Where the tiles begin when the blocks begin at ``start``."""
        sizes = np.array(self.sizes, np.int64)
        return start + np.cumsum(sizes + 8) - sizes - 4


def block(tile: bytes) -> bytes:
    """A compressed tile with its size before it and its last four bytes after it."""
    return len(tile).to_bytes(4, "little") + tile + tile[-4:]


def geography(
    grid: Grid, dtype: np.dtype[np.generic], nodata: float, kept: Path | None = None
) -> tuple[Tag, ...]:
    """The tags of a grid's place, CRS and nodata, as GDAL writes them, and of its numbers.

    In a file for what is ``kept`` they wait for the next time: GDAL loads slowly.
    """
    told = {
        "crs": grid.crs.to_wkt(),
        "transform": list(grid.transform),
        "type": dtype.name,
        "nodata": repr(nodata),
        "made by": [installed("rasterio"), *bundled("rasterio", "gdal"), text_hash(*_MADE_BY)],
    }
    content = kept_bytes(kept, told, lambda: _small_file(grid, dtype, nodata))
    kind = Tag.of(339, SHORT, [IEEE if dtype.kind == "f" else UNSIGNED])
    return (*(tag for tag in _first_directory(content) if tag.code in _GEOGRAPHY), kind)


def _small_file(grid: Grid, dtype: np.dtype[np.generic], nodata: float) -> bytes:
    """A GeoTIFF of one cell."""
    from rasterio.io import MemoryFile  # noqa: PLC0415 - heavy, and only grids need it

    with MemoryFile() as file:
        with file.open(
            driver="GTiff",
            width=1,
            height=1,
            count=1,
            dtype=dtype.name,
            crs=grid.crs.to_wkt(),
            transform=grid.transform,
            nodata=nodata,
        ):
            pass
        content: bytes = file.read()
    return content


def described(names: Mapping[int, str]) -> Tag:
    """What values stand for, by value, where GDAL shows it as metadata of the band.

    It escapes what it writes there twice, and reads it so.
    """
    items = (
        f'<Item name="CLASS_{value}" sample="0">{escape(escape(name))}</Item>'
        for value, name in names.items()
    )
    content = f"<GDALMetadata>{''.join(items)}</GDALMetadata>".encode() + b"\0"
    return Tag(42112, ASCII, len(content), content)


def _first_directory(content: bytes) -> list[Tag]:
    """The tags of a small little-endian TIFF."""
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    found = []
    for at in range(start + 2, start + 2 + 12 * count, 12):
        code, kind, number = struct.unpack_from("<HHI", content, at)
        size = number * _SIZES[kind]
        place = at + 8 if size <= 4 else struct.unpack_from("<I", content, at + 8)[0]
        found.append(Tag(code, kind, number, content[place : place + size]))
    return found


def write_tiff(out: IO[bytes], levels: Sequence[Level], tags: Sequence[Tag], bits: int) -> None:
    """Write a COG: directories, then the blocks, the smallest overview first.

    ``levels`` begins with full resolution; ``tags`` are those of every level beside its own.
    A file of 4 GB or more becomes a BigTIFF.
    """
    stored = sum(level.stored for level in levels)
    for big in (False, True):
        head = len(_head(levels, tags, bits, [0] * len(levels), big))
        if head + stored < CLASSIC_BYTES:
            break
    after = [sum(one.stored for one in levels[at + 1 :]) for at in range(len(levels))]
    out.write(_head(levels, tags, bits, [head + before for before in after], big))
    for level in reversed(levels):
        level.blocks.seek(0)
        shutil.copyfileobj(level.blocks, out, 1 << 20)


def _head(
    levels: Sequence[Level], tags: Sequence[Tag], bits: int, starts: Sequence[int], big: bool
) -> bytes:
    """Header, layout and directories of a file whose levels' blocks begin at ``starts``."""
    start = (16 if big else 8) + len(GHOST)
    start += start % 2
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, start) if big else b""
    head = (head or struct.pack("<2sHI", b"II", 42, start)) + GHOST
    for number, level in enumerate(levels):
        head += bytes(len(head) % 2)
        own = _own_tags(level, bits, starts[number], is_overview=number > 0, big=big)
        is_last = number == len(levels) - 1
        head += _directory(sorted([*tags, *own]), len(head), is_last=is_last, big=big)
    return head + bytes(len(head) % 2)


def _own_tags(level: Level, bits: int, start: int, *, is_overview: bool, big: bool) -> list[Tag]:
    return [
        Tag.of(254, LONG, [int(is_overview)]),
        Tag.of(256, LONG, [level.cols]),
        Tag.of(257, LONG, [level.rows]),
        Tag.of(258, SHORT, [bits]),
        Tag.of(259, SHORT, [ZSTD]),
        Tag.of(277, SHORT, [1]),
        Tag.of(284, SHORT, [1]),
        Tag.of(322, SHORT, [TILE]),
        Tag.of(323, SHORT, [TILE]),
        Tag.of(324, LONG8 if big else LONG, level.offsets(start).tolist()),
        Tag.of(325, LONG, level.sizes),
    ]


def _directory(tags: Sequence[Tag], at: int, *, is_last: bool, big: bool) -> bytes:
    """A directory that begins at a place, its long values behind it, and the way to the next."""
    number, entry, room = ("<Q", "<HHQ", 8) if big else ("<H", "<HHI", 4)
    fixed = struct.calcsize(number) + len(tags) * (struct.calcsize(entry) + room) + room
    entries, values = b"", b""
    for tag in tags:
        held = tag.data.ljust(room, b"\0")
        if len(tag.data) > room:
            held = (at + fixed + len(values)).to_bytes(room, "little")
            values += tag.data + bytes(len(tag.data) % 2)
        entries += struct.pack(entry, tag.code, tag.kind, tag.count) + held
    following = 0 if is_last else at + fixed + len(values)
    return struct.pack(number, len(tags)) + entries + following.to_bytes(room, "little") + values
