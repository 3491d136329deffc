"""A surface as files: values, standard errors beside them, a picture, and how it was made."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.answers.suitability.surfaces import Surface
from geozone.land.factors.covered import Covered, Picks
from geozone.land.factors.window import Window
from geozone.law.errors import Fault, Refused
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands
from geozone.pages.files import Held, staged
from geozone.pages.surfacecharts import Sheet, surface_picture
from geozone.pages.tables import json_text

VALUE, ERROR, PICTURE, SUMMARY = "value.tif", "standard_error.tif", "surface.png", "surface.json"
SURFACE_FILES = (VALUE, ERROR, PICTURE, SUMMARY)
ROWS = 256
MOST_PIXELS = 600
"""Of the longer side of a map in the picture."""

Cells = NDArray[np.float32]
Json = Mapping[str, Any]  # JSON of the contract
Step = Callable[[int, int], None]


def write_surface(
    folder: Path | Held,
    surface: Surface,
    area: BaseGeometry,
    told: Json,
    *,
    jobs: int = 1,
    step: Step | None = None,
) -> Json:
    """Write ``SURFACE_FILES``, all or none, and give what the last one says.

    That is what was ``told``, and of the cells in ``area`` (of the grid's CRS). Both grids are
    float32 with overviews, NaN where nothing is said; cells are worked out once and wait in a file
    without a name. Raises ``Refused`` where the folder cannot be written to, where nothing is said
    of any cell in the area, or without matplotlib.
    """
    shape = (2, surface.grid.shape.rows, surface.grid.shape.cols)
    seen = _Seen()
    with staged(folder, last=SUMMARY) as drafts:
        with tempfile.TemporaryFile(dir=drafts) as file:
            cells = np.memmap(file, np.float32, "w+", shape=shape)
        covered = Covered.by(area)
        for row, values, errors in surface.bands(ROWS, jobs=jobs):
            part = slice(row, row + len(values))
            cells[0, part], cells[1, part] = values, errors
            seen.add(values, errors, covered.at(_window(surface, row, len(values))))
            if step:
                step(part.stop, shape[1])
        told = {**told, "cells": seen.told()}
        for name, grid in zip((VALUE, ERROR), cells, strict=True):
            write_cog(drafts / name, _bands(surface, grid), jobs=jobs)
        maps = (_small(cells[0]), _small(cells[1]))
        sheet = Sheet(maps, surface.grid.bounds, surface.points.places, area)
        (drafts / PICTURE).write_bytes(surface_picture(told, sheet))
        (drafts / SUMMARY).write_bytes(json_text(told).encode("utf-8"))
    return told


def _window(surface: Surface, row: int, rows: int) -> Window:
    grid, size = surface.grid, surface.grid.resolution_m
    return Window(grid.left, grid.top - row * size, size, rows, grid.shape.cols, grid.crs)


@dataclass
class _Seen:
    """What the cells within the study area come to, gathered band by band."""

    inside: int = 0
    known: int = 0
    sums: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))
    ends: NDArray[np.float64] = field(default_factory=lambda: np.array([[math.inf, -math.inf]] * 2))

    def add(self, values: Cells, errors: Cells, here: Picks) -> None:
        """Counts the cells of a band that lie in the area."""
        self.inside += int(here.sum())
        chosen = here & np.isfinite(values)
        if not chosen.any():
            return
        both = np.stack([values[chosen], errors[chosen]]).astype(np.float64)
        self.known += both.shape[1]
        self.sums += [both[0].sum(), (both[1] ** 2).sum()]
        self.ends[:, 0] = np.minimum(self.ends[:, 0], both.min(axis=1))
        self.ends[:, 1] = np.maximum(self.ends[:, 1], both.max(axis=1))

    def told(self) -> Json:
        """The sums as JSON values. Raises ``Refused`` where no cell is known."""
        if not self.inside:
            what = "没有像元的中心在研究区内 / no cell has its middle in the study area"
            raise Refused([Fault("surface", "--resolution", what, "取更小的像元 / smaller cells")])
        if not self.known:
            what = "研究区内没有一个像元在变程之内 / no cell of the study area is within range"
            todo = "补充区内的点 / add points in the area"
            raise Refused([Fault("surface", "points", what, todo)])
        mean, square = (self.sums / self.known).tolist()
        (least, most), (low, high) = self.ends.tolist()
        return {
            "known_share": round(self.known / self.inside, 6),
            "value": {"least": _digits(least), "mean": _digits(mean), "most": _digits(most)},
            "standard_error": {
                "least": _digits(low),
                "root_mean_square": _digits(math.sqrt(square)),
                "most": _digits(high),
            },
        }


def _digits(value: float) -> float:
    """A number to six digits: cells are float32."""
    return float(f"{value:.6g}")


def _small(cells: Cells) -> Cells:
    """Every so many cells of a grid, as many as a picture shows."""
    pace = max(math.ceil(max(cells.shape) / MOST_PIXELS), 1)
    return np.array(cells[::pace, ::pace])


def _bands(surface: Surface, cells: np.ndarray[Any, np.dtype[np.float32]]) -> Bands:
    """The rows of a grid from the top."""

    def parts() -> Iterator[Band]:
        for row in range(0, len(cells), ROWS):
            yield Band(row, np.array(cells[row : row + ROWS]))

    return Bands(surface.grid, float("nan"), np.dtype(np.float32), parts())
