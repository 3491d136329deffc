"""Tiles of a grid: what is asked for, how a tile is made of cells, and its part of overviews."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.grid import Grid
from geozone.pages.tiff import SHORT, TILE, Tag, block, described, geography

Index = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32] | NDArray[np.float32]
Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

LEVEL = 1
"""Of zstd: the size hardly falls with more."""

TAGS = "tags"
"""Where the tags of a grid are kept."""

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
class Named:
    """Bands of ``rows`` rows each, of which equal ``names`` mean equal cells; ``some`` gives them
    by number. What is made of their tiles may be kept in ``folder``.
    """

    names: Sequence[str]
    rows: int
    some: Callable[[Sequence[int]], Iterable[Band]]
    folder: Path


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
    named: Named | None = None


@dataclass(frozen=True, eq=False)
class Painted:
    """A second file of the same cells: ``values`` (n,) uint8 by index, in true colours.

    ``outside`` stands where the index is nodata; ``colours`` are red, green and blue by value.
    """

    path: Path
    values: NDArray[np.uint8]
    outside: int
    colours: Sequence[Colour]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One file to write: what its cells hold by index (none: the index), and its tags."""

    path: Path
    bits: int
    table: NDArray[np.uint8] | None
    tags: tuple[Tag, ...]
    known: dict[float, bytes] = field(default_factory=dict)
    """Blocks of tiles of one index."""

    @classmethod
    def index(cls, path: Path, bands: Bands) -> Sheet:
        """The sheet of the indices themselves."""
        kept = bands.named.folder / TAGS if bands.named else None
        tags = geography(bands.grid, bands.dtype, bands.nodata, kept)
        looks = bands.legend.tags if bands.legend else (Tag.of(262, SHORT, [GREY]),)
        if bands.dtype.kind == "f":
            looks = (*looks, Tag.of(317, SHORT, [FLOATING_POINT]))
        return cls(path, bands.dtype.itemsize * 8, None, (*looks, *tags))

    @classmethod
    def of(cls, painted: Painted, bands: Bands) -> Sheet:
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


@dataclass(frozen=True, eq=False)
class Tiler:
    """What makes tiles of cells of a type: their blocks for some sheets, and overviews."""

    sheets: Sequence[Sheet]
    dtype: np.dtype[Any]
    nodata: float

    @property
    def is_marked(self) -> bool:
        """Whether nodata is the largest value of the type."""
        return self.dtype.kind != "f" and self.nodata == np.iinfo(self.dtype).max

    def blank(self, cols: int) -> Index:
        """A row of tiles over so many columns, all nodata."""
        found: Index = np.full((TILE, -(-cols // TILE) * TILE), self.nodata, self.dtype)
        return found

    def tile(
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
