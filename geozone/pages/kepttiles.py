"""Tiles of a grid that are kept: where few of its rows changed, only theirs are made again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from geozone.engine.edition import text_hash
from geozone.engine.grid import Grid
from geozone.engine.keptfile import name_of, read_kept, write_kept
from geozone.land.versions import installed
from geozone.pages.cogtiles import LEVEL, Bands, Index, Named, Tiler
from geozone.pages.tiff import TILE, Level

FILE = "tiles"
_MADE_BY = ("geozone.pages", "cogtiles.py", "kepttiles.py", "tiff.py")
"""A folder, and the texts in it that say what tiles are."""

_AROUND = 4
"""Bytes of a block before its tile, and after it."""

MOST_CHANGED = 0.125
"""Of the rows of tiles: where more changed, all are made at once."""

Blocks = memoryview | bytes


@dataclass(frozen=True, eq=False)
class Tiles:
    """All blocks of a file: ``blocks[step][row]`` are those of a row of tiles, finest step first.

    ``sizes[step]`` (rows, cols) are the bytes of tiles without what is around them; ``names``
    tell of each of the finest rows all that its cells depend on.
    """

    names: tuple[str, ...]
    sizes: tuple[NDArray[np.int64], ...]
    blocks: tuple[list[Blocks], ...]

    @classmethod
    def of(cls, names: Sequence[str], grid: Grid, sizes: Iterable[int], data: Blocks) -> Tiles:
        """The tiles of a grid from their blocks one behind the other, and from their sizes."""
        flat, found, blocks, first, at = np.array(list(sizes), np.int64), [], [], 0, 0
        for rows, cols in steps_of(grid):
            own = flat[first : first + _tiles(rows) * _tiles(cols)].reshape(-1, _tiles(cols))
            ends = at + np.cumsum((own + 2 * _AROUND).sum(axis=1))
            pairs = zip([at, *ends[:-1].tolist()], ends.tolist(), strict=True)
            blocks.append([data[begin:end] for begin, end in pairs])
            found.append(own)
            first, at = first + own.size, int(ends[-1])
        if first != len(flat) or at != len(data):
            raise ValueError("blocks of another grid")
        return cls(tuple(names), tuple(found), tuple(blocks))

    def levels(self, grid: Grid) -> list[Level]:
        """The resolutions, as they are written."""
        every = zip(steps_of(grid), self.blocks, self.sizes, strict=True)
        return [
            Level(*shape, BytesIO(b"".join(blocks)), sizes.ravel().tolist())
            for shape, blocks, sizes in every
        ]

    def strip(self, step: int, row: int, blank: Index) -> Index:
        """The cells of a row of tiles, in place of those of ``blank``."""
        from pyarrow import Codec, py_buffer  # noqa: PLC0415 - heavy

        whole, at, size = self.blocks[step][row], 0, TILE * TILE * blank.itemsize
        for col, packed in enumerate(self.sizes[step][row].tolist()):
            given = py_buffer(whole[at + _AROUND : at + _AROUND + packed])
            cells = Codec("zstd").decompress(given, decompressed_size=size)
            tile = np.frombuffer(cells, blank.dtype).reshape(TILE, TILE)
            blank[:, col * TILE : (col + 1) * TILE] = tile
            at += packed + 2 * _AROUND
        return blank


def steps_of(grid: Grid) -> list[tuple[int, int]]:
    """Rows and columns of a grid and of its overviews, until one fits a tile."""
    rows, cols = grid.shape.rows, grid.shape.cols
    found = [(rows, cols)]
    while max(found[-1]) > TILE:
        rows, cols = (rows + 1) // 2, (cols + 1) // 2
        found.append((rows, cols))
    return found


def remade(bands: Bands, tiler: Tiler, pool: ThreadPoolExecutor) -> Tiles | None:
    """The tiles of bands that are much as those that are kept of them, if that is so."""
    old = None if bands.named is None else _read(bands, bands.named)
    if old is None or bands.named is None:
        return None
    names = row_names(bands.named)
    pairs = enumerate(zip(old.names, names, strict=True))
    changed = [row for row, (before, now) in pairs if before != now]
    if len(changed) > MOST_CHANGED * len(names):
        return None
    new = Tiles(names, tuple(one.copy() for one in old.sizes), tuple(map(list, old.blocks)))
    strips: Iterable[tuple[int, Index]] = _strips(bands, bands.named, changed, tiler)
    for step, (rows, cols) in enumerate(steps_of(bands.grid)):
        above: dict[int, Index] = {}
        for row, strip in strips:
            into = None
            if step + 1 < len(new.blocks):
                if row // 2 not in above:
                    blank = tiler.blank((cols + 1) // 2)
                    above[row // 2] = old.strip(step + 1, row // 2, blank)
                into = (above[row // 2], TILE // 2 * (row % 2))
            used = (min(TILE, rows - row * TILE), cols)
            found = [
                pool.submit(tiler.tile, strip, used, col, into)
                for col in range(0, strip.shape[1], TILE)
            ]
            made = [one.result()[0] for one in found]
            new.blocks[step][row] = b"".join(made)
            new.sizes[step][row] = [len(one) - 2 * _AROUND for one in made]
        strips = above.items()
    return new


def keep(tiles: Tiles, bands: Bands) -> None:
    """Keep tiles in place of those before, if bands say where."""
    if bands.named is None:
        return
    sizes = np.concatenate([one.ravel() for one in tiles.sizes])
    data = np.frombuffer(b"".join(one for step in tiles.blocks for one in step), np.uint8)
    told = {"frame": _frame(bands), "names": tiles.names}
    with suppress(OSError):  # what cannot be kept is made again
        arrays = {"sizes": sizes, "data": data}
        write_kept(bands.named.folder / FILE, told, arrays, packs=False)


def row_names(named: Named) -> tuple[str, ...]:
    """What the cells of each row of tiles depend on."""
    each = TILE // named.rows
    return tuple(
        name_of(*named.names[first : first + each]) for first in range(0, len(named.names), each)
    )


def _read(bands: Bands, named: Named) -> Tiles | None:
    found = read_kept(named.folder / FILE)
    if found is None or found[0].get("frame") != _frame(bands):
        return None
    return Tiles.of(
        found[0]["names"], bands.grid, found[1]["sizes"].tolist(), found[1]["data"].data
    )


def _frame(bands: Bands) -> str:
    """All that tiles depend on beside their cells."""
    shape = (bands.grid.shape.rows, bands.grid.shape.cols, bands.dtype.str, bands.nodata)
    return name_of(repr(shape), str(LEVEL), installed("pyarrow"), text_hash(*_MADE_BY))


def _strips(
    bands: Bands, named: Named, rows: Sequence[int], tiler: Tiler
) -> Iterator[tuple[int, Index]]:
    """Rows of tiles, cell by cell."""
    each = TILE // named.rows
    for row in rows:
        strip = tiler.blank(bands.grid.shape.cols)
        for band in named.some(range(row * each, min((row + 1) * each, len(named.names)))):
            first = band.row - row * TILE
            strip[first : first + len(band.index), : bands.grid.shape.cols] = band.index
        yield row, strip


def _tiles(cells: int) -> int:
    return -(-cells // TILE)
