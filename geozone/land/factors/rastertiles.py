"""A raster as values of a factor, read by windows and brought to the cells of a grid."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.covered import Covered
from geozone.land.factors.placed import Limits, Placed, Places
from geozone.land.factors.resampling import (
    Cells,
    Spans,
    Values,
    average_of_places,
    average_of_spans,
    bilinear,
    mode_of_places,
    mode_of_spans,
    nearest,
)
from geozone.land.factors.spec import Resampling
from geozone.land.factors.window import Window
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.rasterfile import OpenBand, Read, open_band, reading
from geozone.land.receipt import Receipt
from geozone.law.errors import Fault, Refused

MOST_READ = 1 << 22
"""Cells of a raster that are in memory at a time, about."""
MOST_STACKED = 1 << 23
MOST_CELLS = 1 << 20

AREAL = (Resampling.AVERAGE, Resampling.MODE)

Sample = Callable[[Cells, Places], Values]
"""Values (rows, cols) at places of a window, one of each of its cells."""

PLAIN: Mapping[Resampling, Sample] = {
    Resampling.NEAREST: lambda cells, places: nearest(cells, *places.apart),
    Resampling.BILINEAR: lambda cells, places: bilinear(cells, *places.apart),
}
"""What faster samples are held against."""


class BandFile:
    """A band of a file that several threads may read: one after the other, from one handle.

    So what was unpacked for one window serves the next. It is opened when it is first read.
    """

    def __init__(self, path: Path, band: int) -> None:
        self.path, self._number = path, band
        self._lock = Lock()
        self._open: OpenBand | None = None

    def read(self, limits: Limits) -> Read:
        """The cells within limits. Raises ``UnreadableError``."""
        with self._lock, reading():
            if self._open is None:
                self._open = open_band(self.path, self._number, most_cells=np.inf)
                weakref.finalize(self, self._open.file.close)
            return self._open.read(limits.window)


@dataclass(frozen=True, eq=False)
class RasterTiles:
    """A band of a raster; only cells within ``limits`` were checked, and are ever read.

    ``keep`` holds what was unpacked or fetched for as long as this lives. ``samples`` bring single
    places to values.
    """

    file: BandFile
    written: str
    placed: Placed
    limits: Limits
    resampling: Resampling | None
    covered: Covered | None
    receipt: Receipt
    keep: ExitStack
    samples: Mapping[Resampling, Sample] = field(default_factory=lambda: PLAIN)

    def tile(self, window: Window) -> NDArray[np.float32]:
        """Values (rows, cols) at the cells of a window; NaN where nothing is known.

        Cells that are those of the raster are copied as they are. Raises ``Refused`` where they
        are not and no resampling is named, and where the file can no longer be read.
        """
        way = Resampling.NEAREST if self.placed.is_aligned(window) else self.resampling
        try:
            if way is None:
                raise unnamed_resampling(window.resolution_m)
            found = self._values(window, way)
        except UnreadableError as error:
            raise Refused([Fault(self.written, "", error.what, error.todo)]) from error
        if self.covered is not None:
            found[~self.covered.at(window)] = np.nan
        return found

    def _values(self, window: Window, way: Resampling) -> NDArray[np.float32]:
        """Values of a window, part by part: so much of the raster at a time as memory may hold."""
        ratio = window.resolution_m / self.placed.cell_m
        most = min(MOST_CELLS, MOST_READ / ratio**2)
        if way in AREAL:
            most = min(most, MOST_STACKED / (2 * ratio + 2) ** 2)
        rows = max(min(window.rows, int(np.sqrt(most))), 1)
        found = np.empty((window.rows, window.cols), np.float32)
        for cells, part in window.parts(rows, max(int(most / rows), 1)):
            found[cells] = self._areal(part, way) if way in AREAL else self._single(part, way)
        return found

    def _single(self, window: Window, way: Resampling) -> Values | float:
        (places,) = self.placed.places(window, 1)
        cells = self._cells(Limits.around([places.ends]))
        return np.nan if cells is None else self.samples[way](cells, places)

    def _areal(self, window: Window, way: Resampling) -> Values | float:
        is_mean = way is Resampling.AVERAGE
        if self.placed.is_same:
            across, down = (Spans.between(one) for one in self.placed.edges(window))
            cells = self._cells(_spanned(across, down))
            spans = average_of_spans if is_mean else mode_of_spans
            return np.nan if cells is None else spans(cells, across, down)
        places = self.placed.places(window, self.placed.count(window.resolution_m))
        cells = self._cells(Limits.around(one.ends for one in places))
        several = average_of_places if is_mean else mode_of_places
        return np.nan if cells is None else several(cells, [one.apart for one in places])

    def _cells(self, need: Limits) -> Cells | None:
        """What is needed of the raster; ``None`` where that is none of its cells."""
        limits = need.meet(self.limits)
        if limits.is_empty:
            return None
        read = self.file.read(limits)
        return Cells.of(read.values, read.valid, limits.row, limits.col)


def unnamed_resampling(resolution_m: float) -> UnreadableError:
    """That cells of a raster are not those of a grid, and nothing says how they come to them."""
    return UnreadableError(
        f"像元与 {resolution_m:g} m 网格不一致，须指明重采样 / its cells are not those of the "
        f"grid of {resolution_m:g} m: a resampling has to be named",
        'resampling = "nearest", "bilinear", "average", "mode"',
        problem=None,
    )


def _spanned(across: Spans, down: Spans) -> Limits:
    (col, right), (row, low) = (
        (int(one.first.min()), int(one.first.max()) + len(one.weights)) for one in (across, down)
    )
    return Limits(row, col, low, right)
