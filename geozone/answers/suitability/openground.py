"""The cells of a study area, strip by strip: what the zones say of them, and values of factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.answers.site import Site
from geozone.answers.suitability.constraints import Closed
from geozone.answers.suitability.draws import weighed
from geozone.answers.suitability.maps import GroundCells
from geozone.answers.suitability.model import Model
from geozone.answers.working import Working, exactly
from geozone.engine.burn import BAND_ROWS
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.runs import Runs
from geozone.land.factors.window import FactorTiles, Window

STRIP_ROWS = 256
"""Rows that a thread works on at a time: a multiple of the rows of the engine's bands."""

TILE_COLS = 2048
"""Columns of factors that are read at a time."""

Codes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Values = NDArray[np.float32]
Part = tuple[slice, slice]
"""Rows and columns."""


@dataclass(frozen=True, eq=False)
class Block:
    """Values (factors, n) of chosen cells, row by row, and their ground (n,) in square metres.

    ``rows`` says where each band of the grid begins among them, and where the last ends: bands
    have the same rows however the grid is cut, so that sums over them have the same bytes.
    """

    values: NDArray[np.float32]
    ground: NDArray[np.float64]
    rows: NDArray[np.int64]


class OpenGround:
    """The cells of a study area, of the draws' resolution if not of another.

    Raises ``Refused`` where the grid is too fine, or cannot be judged exactly.
    """

    def __init__(
        self,
        site: Site,
        model: Model,
        tiles: Mapping[str, FactorTiles],
        how: Working | None = None,
        *,
        resolution_m: float | None = None,
    ) -> None:
        from geozone.engine.resampled import quick  # noqa: PLC0415 - rasterio loads slowly

        self.site, self.model, self.how = site, model, how or Working()
        self._tiles = [quick(tiles[one.id]) for one in weighed(model)]
        with exactly(site.project):
            size = resolution_m or model.chance.resolution_m
            self._closed = Closed.of(site, model.activity, size, self.how)
            self._ground = GroundCells.of(self.grid)

    @property
    def zones(self) -> Closed:
        """What the zones say of the cells."""
        return self._closed

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self._closed.grid

    @property
    def strips(self) -> int:
        """How many strips there are."""
        return -(-self.grid.shape.rows // STRIP_ROWS)

    def rows(self) -> Iterator[tuple[int, int]]:
        """The first row of every strip from the top, and how many it has."""
        whole = self.grid.shape.rows
        for row in range(0, whole, STRIP_ROWS):
            yield row, min(STRIP_ROWS, whole - row)

    def bands(self) -> Iterator[tuple[int, tuple[Runs, ...]]]:
        """The first row of every strip from the top, and what ``verdicts`` is told of it by."""
        for (row, _), band in zip(self.rows(), self._closed.bands(STRIP_ROWS), strict=True):
            yield row, band

    def verdicts(self, band: tuple[Runs, ...]) -> Codes:
        """The verdicts (rows, cols) of a strip as ``Closed.cells`` gives them; from any thread."""
        return self._closed.cells(band)

    def values(self, row: int, col: int, chosen: Mask) -> Iterator[tuple[Part, Values]]:
        """Values (factors, rows, cols) of the tiles of a window that have chosen cells.

        ``chosen`` (rows, cols) is told of cells from a row and column on; each tile comes with its
        rows and columns there. From any thread. Raises ``Refused``.
        """
        grid, size = self.grid, self.grid.resolution_m
        left, top = grid.left + col * size, grid.top - row * size
        rows, cols = chosen.shape
        whole = Window(left, top, size, rows, cols, grid.crs)
        for cells, window in whole.parts(STRIP_ROWS, TILE_COLS):
            if chosen[cells].any():
                values = np.empty((len(self._tiles), window.rows, window.cols), np.float32)
                for at, one in enumerate(self._tiles):
                    values[at] = one.tile(window)
                yield cells, values

    def block(self, row: int, col: int, chosen: Mask) -> Block:
        """What is known of the chosen cells of a window (rows, cols) from a row and column on.

        Nothing is read where none is chosen; from any thread. Raises ``Refused``.
        """
        found = np.full((len(self._tiles), *chosen.shape), np.nan, np.float32)
        for cells, values in self.values(row, col, chosen):
            found[:, *cells] = values
        return Block(found[:, chosen], self._metres(row, col, chosen), _bands(row, chosen))

    def metres(self, row: int, rows: int) -> NDArray[np.float64]:
        """Square metres of the ground of all cells (rows, cols) from a row on."""
        return self._ground.window(row, 0, Shape2d(rows, self.grid.shape.cols))

    def _metres(self, row: int, col: int, chosen: Mask) -> NDArray[np.float64]:
        """Row by row: what a cell has is the same whatever is asked with it."""
        one, at = Shape2d(1, self.grid.shape.cols), slice(col, col + chosen.shape[1])
        found = [
            self._ground.window(row + number, 0, one)[0, at][cells]
            for number, cells in enumerate(chosen)
            if cells.any()
        ]
        return np.concatenate(found) if found else np.empty(0)


def _bands(row: int, chosen: Mask) -> NDArray[np.int64]:
    """Where the engine's bands begin and end among the chosen cells of rows from ``row`` on."""
    last = row + len(chosen)
    edges = [row, *range((row // BAND_ROWS + 1) * BAND_ROWS, last, BAND_ROWS), last]
    risen = np.concatenate([[0], np.cumsum(chosen.sum(axis=1))])
    found: NDArray[np.int64] = risen[np.array(edges) - row].astype(np.int64)
    return found
