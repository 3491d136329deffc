"""A surface as files: its values, its standard errors beside, and how it was made."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from geozone.answers.suitability.surfaces import Surface
from geozone.pages.cog import Band, Bands, write_cog
from geozone.pages.files import Held, staged
from geozone.pages.tables import json_text

SURFACE_FILES = ("value.tif", "standard_error.tif", "surface.json")
ROWS = 256


def write_surface(folder: Path | Held, surface: Surface, *, jobs: int = 1) -> dict[str, Any]:
    """Write ``SURFACE_FILES``, all or none, and give what the last one says.

    Both grids are float32 with overviews, NaN where nothing is said; cells are worked out once
    and wait in a file without a name. Raises ``Refused`` where the folder cannot be written to.
    """
    told = surface.to_dict()  # JSON values of mixed types
    shape = (2, surface.grid.shape.rows, surface.grid.shape.cols)
    with staged(folder, last="surface.json") as drafts:
        with tempfile.TemporaryFile(dir=drafts) as file:
            cells = np.memmap(file, np.float32, "w+", shape=shape)
        for row, values, errors in surface.bands(ROWS):
            part = slice(row, row + len(values))
            cells[0, part], cells[1, part] = values, errors
        for name, grid in zip(SURFACE_FILES, cells, strict=False):
            write_cog(drafts / name, _bands(surface, grid), jobs=jobs)
        (drafts / "surface.json").write_bytes(json_text(told).encode("utf-8"))
    return told


def _bands(surface: Surface, cells: np.ndarray[Any, np.dtype[np.float32]]) -> Bands:
    """The rows of a grid from the top."""

    def parts() -> Iterator[Band]:
        for row in range(0, len(cells), ROWS):
            yield Band(row, np.array(cells[row : row + ROWS]))

    return Bands(surface.grid, float("nan"), np.dtype(np.float32), parts())
