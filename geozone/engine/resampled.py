"""Rasters of factors brought to the cells of a grid, and distances of cells, by kernels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.lattice import share as share_of_steps
from geozone.land.factors.lattice import wider
from geozone.land.factors.nearest import Search
from geozone.land.factors.placed import Bent, Level, Places
from geozone.land.factors.rastertiles import PLAIN, RasterTiles
from geozone.land.factors.resampling import Cells, Values, nearest, share
from geozone.land.factors.spec import Resampling
from geozone.land.factors.vectortiles import VectorTiles
from geozone.land.factors.window import FactorTiles, Numbers

Indices = NDArray[np.int64]
Strung = tuple[Numbers, Indices, Numbers, Indices, Numbers]
At = tuple[float, float, float, float]
Sides = tuple[Indices, Indices, Numbers]
"""Of each column or row the cells on both sides of it, and how far it is to the second."""


def quick(tiles: FactorTiles) -> FactorTiles:
    """The same values, byte for byte, by kernels."""
    if isinstance(tiles, RasterTiles):
        return replace(tiles, samples=QUICK)
    return replace(tiles, search=searched) if isinstance(tiles, VectorTiles) else tiles


def searched(what: Search, found: Numbers) -> None:
    """What ``Search.run`` does, byte for byte."""
    from geozone.engine.kernels.distances import distances  # noqa: PLC0415 - numba loads slowly

    window, scale, every = what.window, what.scale, what.segments
    at = every.within(wider(window.bounds, what.far))
    if not len(at):
        return
    segments = every.x[at], every.y[at], every.dx[at], every.dy[at], every.per_square[at]
    lattice = scale.step_m, scale.first_x, scale.first_y, scale.values[0]
    distances((window.x, window.y), segments, (what.far, what.spread), lattice, found)


def _nearest(cells: Cells, places: Places) -> Values:
    from geozone.engine.kernels.resampled import bent_nearest  # noqa: PLC0415 - numba loads slowly

    if isinstance(places, Level):
        return nearest(cells, *places.apart)
    out = np.empty((len(places.y), len(places.x)), np.float32)
    first, way, at = _bent(cells, places)
    bent_nearest(cells.framed, first, way, at, out)
    return out


def _bilinear(cells: Cells, places: Places) -> Values:
    from geozone.engine.kernels.resampled import (  # noqa: PLC0415 - numba loads slowly
        bent_bilinear,
        level_bilinear,
    )

    if isinstance(places, Level):
        out = np.empty((len(places.rows), len(places.cols)), np.float32)
        cols, rows = _sides(cells, places)
        level_bilinear(cells.framed, cols, rows, out)
        return out
    out = np.empty((len(places.y), len(places.x)), np.float32)
    first, way, at = _bent(cells, places)
    bent_bilinear(cells.framed, first, way, at, out)
    return out


def _sides(cells: Cells, places: Level) -> tuple[Sides, Sides]:
    (col, across), (row, down) = share(places.cols), share(places.rows)
    return (
        (cells.cols(col), cells.cols(col + 1), across),
        (cells.rows(row), cells.rows(row + 1), down),
    )


def _bent(cells: Cells, places: Bent) -> tuple[tuple[int, int], Strung, At]:
    way, at = places.way, places.affine
    col, across = share_of_steps(places.x, way.step_m)
    row, up = share_of_steps(places.y, way.step_m)
    strung = way.values, col - way.first_x, across, row - way.first_y, up
    return (cells.row - 1, cells.col - 1), strung, (at.left, at.top, at.dx, at.dy)


QUICK = {**PLAIN, Resampling.NEAREST: _nearest, Resampling.BILINEAR: _bilinear}
