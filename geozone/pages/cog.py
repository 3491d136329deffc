"""Grids written as cloud optimised GeoTIFFs, band by band, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.grid import Grid
from geozone.pages.tiff import SHORT, TILE, Level, Tag, block, described, geography, write_tiff

Index = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32] | NDArray[np.float32]
Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

LEVEL = 1
"""Of zstd: the size hardly falls with more."""

IN_MEMORY = 1 << 20
"""Bytes of a level that need no file of their own."""

GREY, COLOURED = 1, 3
FLOATING_POINT = 3
"""The predictor by which neighbouring floats are made alike."""


@dataclass(frozen=True, eq=False)
class Band:
    """Rows of a grid from ``row`` on: ``index`` (rows, cols), the sheet's nodata outside."""

    row: int
    index: Index


@dataclass(frozen=True)
class Legend:
    """What the values 0, 1, 2 and so on of a grid look like and stand for."""

    colours: Sequence[Colour]
    names: Mapping[int, str]

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Palette and names."""
        return (Tag.of(262, SHORT, [COLOURED]), _palette(self.colours), described(self.names))


@dataclass(frozen=True, eq=False)
class Bands:
    """A grid of indices that comes in bands of any height, from the top, without gaps.

    float32 are numbers, unknown (NaN) where there are none; only uint8 has a legend.
    """

    grid: Grid
    nodata: float
    dtype: np.dtype[Any]  # uint8, uint16, uint32 or float32
    parts: Iterable[Band]
    legend: Legend | None = None


@dataclass(frozen=True, eq=False)
class Painted:
    """A second file of the same cells: ``values`` (n,) uint8 by index, in true colours.

    ``outside`` stands where the index is nodata; ``colours`` are red, green and blue by value.
    """

    path: Path
    values: NDArray[np.uint8]
    outside: int
    colours: Sequence[Colour]


def write_cog(path: Path, bands: Bands, painted: Sequence[Painted] = (), *, jobs: int = 1) -> None:
    """Write a COG of indices, and of what they stand for, with overviews by mode.

    Tiles of 512 x 512 cells, zstd; each overview cell has the value that most of its 2 x 2 cells
    have, of equally many the smallest; outside wins only with three of four. Overviews are for
    the eye: what is narrower than a cell of theirs may vanish. Overviews of numbers have the
    mean of the cells that are known. Painted files show the same cells at every scale.
    ``jobs`` threads compress; memory is some rows of tiles. The bytes depend on nothing but the
    cells. Temporary files without a name lie beside ``path``.

    Raises ``ValueError`` where bands are out of order, missing or of the wrong shape or type,
    ``OSError`` where the disk does not take it.
    """
    with ExitStack() as stack:
        sheets = [_Sheet.index(path, bands), *(_Sheet.of(one, bands) for one in painted)]
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        pyramid = _Pyramid(bands, sheets, pool, stack)
        try:
            for band in bands.parts:
                pyramid.take(band)
            pyramid.finish()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        for number, sheet in enumerate(sheets):
            levels = [step.level(number) for step in pyramid.steps]
            with sheet.path.open("wb") as out:
                write_tiff(out, levels, sheet.tags, sheet.bits)


@dataclass(frozen=True, eq=False)
class _Sheet:
    """One file to write: what its cells hold by index (none: the index), and its tags."""

    path: Path
    bits: int
    table: NDArray[np.uint8] | None
    tags: tuple[Tag, ...]
    known: dict[float, bytes] = field(default_factory=dict)
    """Blocks of tiles of one index."""

    @classmethod
    def index(cls, path: Path, bands: Bands) -> _Sheet:
        """The sheet of the indices themselves."""
        tags = geography(bands.grid, bands.dtype, bands.nodata)
        looks = bands.legend.tags if bands.legend else (Tag.of(262, SHORT, [GREY]),)
        if bands.dtype.kind == "f":
            looks = (*looks, Tag.of(317, SHORT, [FLOATING_POINT]))
        return cls(path, bands.dtype.itemsize * 8, None, (*looks, *tags))

    @classmethod
    def of(cls, painted: Painted, bands: Bands) -> _Sheet:
        """The sheet of what indices stand for."""
        tags = geography(bands.grid, np.dtype(np.uint8), painted.outside)
        looks = (Tag.of(262, SHORT, [COLOURED]), _palette(painted.colours))
        table = np.append(painted.values, np.uint8(painted.outside))
        return cls(painted.path, 8, table, (*looks, *tags))

    def block(self, tile: Index) -> bytes:
        """The compressed block of a tile of indices, (512, 512)."""
        from pyarrow import Codec  # noqa: PLC0415 - heavy, and only large outputs need it

        from geozone.engine.kernels.overview import looked_up  # noqa: PLC0415 - numba

        cells: NDArray[Any] = tile
        if self.table is not None:  # nodata is larger than every index
            cells = np.empty(tile.shape, np.uint8)
            looked_up(tile, self.table, cells)
        elif tile.dtype.kind == "f":
            cells = _predicted(tile)
        codec = Codec("zstd", compression_level=LEVEL)  # one for each call: threads share none
        return block(codec.compress(cells, asbytes=True))


class _Step:
    """A resolution in the making: the row of tiles that fills up, and the finished blocks."""

    def __init__(self, rows: int, cols: int, files: Sequence[IO[bytes]], blank: Index) -> None:
        self.rows, self.cols, self.files = rows, cols, files
        self.sizes: list[list[int]] = [[] for _ in files]
        self.strip, self.spare, self.filled = blank, blank.copy(), 0
        self.busy: list[Future[tuple[bytes, ...]]] = []

    def level(self, sheet: int) -> Level:
        """What was written of one sheet."""
        return Level(self.rows, self.cols, self.files[sheet], self.sizes[sheet])

    def settle(self) -> None:
        """Wait for the tiles at work and write them down in their order."""
        for future in self.busy:
            for file, sizes, made in zip(self.files, self.sizes, future.result(), strict=True):
                file.write(made)
                sizes.append(len(made) - 8)
        self.busy = []


class _Pyramid:
    """All resolutions, fed from the finest; each row of tiles fills half of one above it."""

    def __init__(
        self, bands: Bands, sheets: Sequence[_Sheet], pool: ThreadPoolExecutor, stack: ExitStack
    ) -> None:
        self.sheets, self.pool, self.nodata = sheets, pool, bands.nodata
        self.dtype, self.row, self.steps = bands.dtype, 0, list[_Step]()
        whole = self.dtype.kind != "f"
        self.is_marked = whole and self.nodata == np.iinfo(self.dtype).max
        rows, cols = bands.grid.shape.rows, bands.grid.shape.cols
        while not self.steps or max(self.steps[-1].rows, self.steps[-1].cols) > TILE:
            blank = np.full((TILE, -(-cols // TILE) * TILE), bands.nodata, bands.dtype)
            files = [stack.enter_context(_spool(sheet.path.parent)) for sheet in sheets]
            self.steps.append(_Step(rows, cols, files, blank))
            rows, cols = (rows + 1) // 2, (cols + 1) // 2

    def take(self, band: Band) -> None:
        """Add the next rows of full resolution."""
        finest, count = self.steps[0], len(band.index)
        if band.row != self.row or band.row + count > finest.rows:
            raise ValueError(f"rows from {band.row} on where {self.row} is next of {finest.rows}")
        if band.index.dtype != self.dtype or band.index.shape != (count, finest.cols):
            raise ValueError(f"a band of {band.index.shape} {band.index.dtype}")
        done = 0
        while done < count:
            part = band.index[done : done + TILE - finest.filled]
            finest.strip[finest.filled : finest.filled + len(part), : finest.cols] = part
            finest.filled += len(part)
            done += len(part)
            if finest.filled == TILE:
                self._close(0)
        self.row += count

    def finish(self) -> None:
        """Close what is open, from the finest up."""
        if self.row != self.steps[0].rows:
            raise ValueError(f"rows end at {self.row} of {self.steps[0].rows}")
        for at, step in enumerate(self.steps):
            if step.filled:
                self._close(at)
            step.settle()

    def _close(self, at: int) -> None:
        """Send a row of tiles to work; what it halves into has been sent on when it is full."""
        step, coarser = self.steps[at], None
        step.settle()
        if at + 1 < len(self.steps):
            coarser = self.steps[at + 1]
            if coarser.filled == TILE:
                self._close(at + 1)
        into = None if coarser is None else (coarser.strip, coarser.filled)
        step.busy = [
            self.pool.submit(self._tile, step.strip, (step.filled, step.cols), col, into)
            for col in range(0, step.strip.shape[1], TILE)
        ]
        if coarser is not None:
            coarser.filled += (step.filled + 1) // 2
        step.strip, step.spare, step.filled = step.spare, step.strip, 0

    def _tile(
        self, strip: Index, used: tuple[int, int], col: int, into: tuple[Index, int] | None
    ) -> tuple[bytes, ...]:
        """The blocks of a tile of every sheet, and its part of the next overview."""
        from geozone.engine.kernels.modes import halve_marked  # noqa: PLC0415 - numba
        from geozone.engine.kernels.overview import averaged, halve, is_even  # noqa: PLC0415 - numba

        rows, right = used[0], min(used[1], col + TILE)
        strip[rows:, col : col + TILE] = self.nodata  # the strip was used before
        if into is not None and self.dtype.kind == "f":
            averaged(strip, (0, col, rows, right), into[0], into[1], col // 2)
        elif into is not None and self.is_marked:
            nodata = self.dtype.type(self.nodata)
            halve_marked(strip, (0, col, rows, right), into[0], into[1], col // 2, nodata)
        elif into is not None:
            halve(strip, (0, col, rows, right), into[0], into[1], col // 2, int(self.nodata))
        tile: Any = np.ascontiguousarray(strip[:, col : col + TILE])  # of the type of the strip
        if not is_even(strip, 0, col, TILE):
            return tuple(sheet.block(tile) for sheet in self.sheets)
        value = tile[0, 0].item()
        for sheet in self.sheets:
            if value not in sheet.known:  # two threads may both find out: the same bytes
                sheet.known[value] = sheet.block(tile)
        return tuple(sheet.known[value] for sheet in self.sheets)


def _palette(colours: Sequence[Colour]) -> Tag:
    table = np.zeros((3, 256), np.int64)
    table[:, : len(colours)] = np.array(colours).T * 257
    return Tag.of(320, SHORT, table.ravel().tolist())


def _predicted(tile: NDArray[Any]) -> NDArray[np.uint8]:
    """The bytes of floats by their rank, row by row, each less the one before it."""
    rows, cols = tile.shape
    ranks = tile.astype(">f4").view(np.uint8).reshape(rows, cols, 4).transpose(0, 2, 1)
    return np.diff(ranks.reshape(rows, 4 * cols), axis=1, prepend=np.uint8(0))


def _spool(folder: Path) -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(IN_MEMORY, dir=str(folder))
