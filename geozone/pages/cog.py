"""Grids written as cloud optimised GeoTIFFs, band by band, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from geozone.pages.cogtiles import Band, Bands, Index, Painted, Sheet, Tiler
from geozone.pages.kepttiles import Tiles, keep, remade, row_names, steps_of
from geozone.pages.tiff import TILE, Level, write_tiff

IN_MEMORY = 1 << 20
"""Bytes of a level that need no file of their own."""


def write_cog(path: Path, bands: Bands, painted: Sequence[Painted] = (), *, jobs: int = 1) -> None:
    """Write a COG of indices, and of what they stand for, with overviews by mode.

    Tiles of 512 x 512 cells, zstd; each overview cell has the value that most of its 2 x 2 cells
    have, of equally many the smallest; outside wins only with three of four. Overviews are for
    the eye: what is narrower than a cell of theirs may vanish. Overviews of numbers have the
    mean of the cells that are known. Painted files show the same cells at every scale.
    ``jobs`` threads compress; memory is some rows of tiles. The bytes depend on nothing but the
    cells. Of bands that are named the tiles are kept, and made again only where cells changed.
    Temporary files without a name lie beside ``path``.

    Raises ``ValueError`` where bands are out of order, missing or of the wrong shape or type,
    ``OSError`` where the disk does not take it.
    """
    with ExitStack() as stack:
        sheets = [Sheet.index(path, bands), *(Sheet.of(one, bands) for one in painted)]
        tiler = Tiler(sheets, bands.dtype, bands.nodata)
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        tiles = None if painted else remade(bands, tiler, pool)
        if tiles is None:
            steps = _steps(bands, tiler, pool, stack)
            if not painted:
                tiles = _kept(steps, bands)
            every = [[step.level(number) for step in steps] for number in range(len(sheets))]
        else:
            every = [tiles.levels(bands.grid)]
        if tiles is not None:
            keep(tiles, bands)
        for sheet, levels in zip(sheets, every, strict=True):
            with sheet.path.open("wb") as out:
                write_tiff(out, levels, sheet.tags, sheet.bits)


def _steps(
    bands: Bands, tiler: Tiler, pool: ThreadPoolExecutor, stack: ExitStack
) -> Sequence[_Step]:
    """All resolutions, made of all bands."""
    pyramid = _Pyramid(bands, tiler, pool, stack)
    try:
        for band in bands.parts:
            pyramid.take(band)
        pyramid.finish()
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    return pyramid.steps


def _kept(steps: Sequence[_Step], bands: Bands) -> Tiles | None:
    """The tiles of the only sheet, if they may be kept."""
    if bands.named is None:
        return None
    data = []
    for step in steps:
        step.files[0].seek(0)
        data.append(step.files[0].read())
    sizes = [size for step in steps for size in step.sizes[0]]
    return Tiles.of(row_names(bands.named), bands.grid, sizes, b"".join(data))


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
        self, bands: Bands, tiler: Tiler, pool: ThreadPoolExecutor, stack: ExitStack
    ) -> None:
        self.tiler, self.pool, self.row = tiler, pool, 0
        self.steps = [
            _Step(
                rows,
                cols,
                [stack.enter_context(_spool(sheet.path.parent)) for sheet in tiler.sheets],
                tiler.blank(cols),
            )
            for rows, cols in steps_of(bands.grid)
        ]

    def take(self, band: Band) -> None:
        """Add the next rows of full resolution."""
        finest, count = self.steps[0], len(band.index)
        if band.row != self.row or band.row + count > finest.rows:
            raise ValueError(f"rows from {band.row} on where {self.row} is next of {finest.rows}")
        if band.index.dtype != self.tiler.dtype or band.index.shape != (count, finest.cols):
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
            self.pool.submit(self.tiler.tile, step.strip, (step.filled, step.cols), col, into)
            for col in range(0, step.strip.shape[1], TILE)
        ]
        if coarser is not None:
            coarser.filled += (step.filled + 1) // 2
        step.strip, step.spare, step.filled = step.spare, step.strip, 0


def _spool(folder: Path) -> SpooledTemporaryFile[bytes]:
    return SpooledTemporaryFile(IN_MEMORY, dir=str(folder))
