"""Strips of made-up classes and verdicts, as those of a scored area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pyproj import CRS

from geozone.answers.suitability.constraints import closed
from geozone.answers.suitability.model import OUTSIDE
from geozone.answers.suitability.scoring import Strip
from geozone.engine.grid import Grid, Shape2d
from geozone.law.verdict import Verdict

ZONE = CRS.from_epsg(4547)


def grid_of(rows: int, cols: int, size: float = 30.0) -> Grid:
    return Grid(ZONE, 391_200.0, 4_322_400.0, size, Shape2d(rows, cols))


def cells_of(rows: int, cols: int, seed: int, block: int = 3) -> tuple[Any, Any]:
    """Classes by score and verdicts (rows, cols) in blocks, outside beyond a slanted edge."""
    random = np.random.default_rng(seed)
    size = (rows // block + 1, cols // block + 1)
    ones = np.ones((block, block), np.uint8)
    classes = np.kron(random.integers(0, 4, size, np.uint8), ones)[:rows, :cols]
    verdicts = np.kron(random.integers(0, len(Verdict), size, np.uint8), ones)[:rows, :cols]
    outside = np.add.outer(np.arange(rows), np.arange(cols)) < (rows + cols) // 6
    classes[outside], verdicts[outside] = OUTSIDE, OUTSIDE
    return classes, verdicts


def strips_of(classes: Any, verdicts: Any, rows: int = 256) -> Callable[[], Iterator[Strip]]:
    """The same as strips of so many rows, as often as they are asked for."""
    codes = closed(classes, verdicts)
    scores = np.where(classes < 3, classes / 2, np.nan).astype(np.float32)

    def strips() -> Iterator[Strip]:
        for row in range(0, len(codes), rows):
            part = slice(row, row + rows)
            yield Strip(row, scores[part], verdicts[part], classes[part], codes[part])

    return strips
