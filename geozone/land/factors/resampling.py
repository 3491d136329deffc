"""How cells of a raster come to those of a grid; NaN is unknown, and never mixed in.

Places are told in cells of the raster: column 2.5 is the middle of the third. Every function
gives the same at a cell whatever others it is asked with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.window import Numbers

Indices = NDArray[np.intp]
Values = NDArray[np.floating]
"""Of single precision where the raster's type fits into it, else of double."""

ON_CELL = 1e-6
"""What is this near to an edge of the raster's cells, in those cells, lies on it."""
BEYOND = 1e12
EQUAL = 1e-9
"""Shares of ground that differ by less are the same."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Values of a raster from the cell ``row``, ``col`` on, with a frame of NaN around them."""

    framed: Values
    row: int
    col: int

    @classmethod
    def of(cls, values: NDArray[Any], valid: NDArray[np.bool_], row: int, col: int) -> Cells:
        """Values (rows, cols) where they are valid; all around them is unknown."""
        kind = np.float32 if np.can_cast(values.dtype, np.float32) else np.float64
        rows, cols = values.shape
        framed = np.empty((rows + 2, cols + 2), kind)
        framed[[0, -1]], framed[:, [0, -1]] = np.nan, np.nan
        framed[1:-1, 1:-1] = values
        np.copyto(framed[1:-1, 1:-1], np.nan, where=~valid)
        return cls(framed, row, col)

    def rows(self, rows: Indices) -> Indices:
        """Where rows of the raster stand in what is framed: those beyond it in the frame."""
        return np.clip(rows - (self.row - 1), 0, self.framed.shape[0] - 1)

    def cols(self, cols: Indices) -> Indices:
        """The same of columns."""
        return np.clip(cols - (self.col - 1), 0, self.framed.shape[1] - 1)

    def at(self, rows: Indices, cols: Indices) -> Values:
        """The values of cells; arrays that fit together."""
        row, col = self.rows(rows), self.cols(cols)
        if row.shape[1:] == (1,) and col.size == col.shape[-1]:
            return _crossing(self.framed, row[:, 0], col.ravel())
        found: Values = self.framed.take(row * self.framed.shape[1] + col)
        return found


def _crossing(values: Values, rows: Indices, cols: Indices) -> Values:
    """What whole rows and columns have in common; no copy where they follow one another."""
    if (np.diff(rows) == 1).all() and (np.diff(cols) == 1).all():
        return values[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    found: Values = values.take(rows, axis=0).take(cols, axis=1)
    return found


def nearest(cells: Cells, cols: Numbers, rows: Numbers) -> Values:
    """The values of the cells that places lie in."""
    return cells.at(whole(rows), whole(cols))


def bilinear(cells: Cells, cols: Numbers, rows: Numbers) -> Numbers:
    """Values straight between the middles of the four cells around places.

    Unknown where one of the four that counts is; the cell that the place lies in always does.
    """
    col, across = share(cols)
    row, down = share(rows)
    found = np.zeros(np.broadcast_shapes(cols.shape, rows.shape))
    for below, high in ((0, 1 - down), (1, down)):
        for beside, wide in ((0, 1 - across), (1, across)):
            found = found + _weighed(cells.at(row + below, col + beside), high * wide)
    return found


def whole(places: Numbers) -> Indices:
    """The number of the cell that places lie in; that of none where they are nowhere."""
    return np.asarray(np.floor(_somewhere(places)), np.intp)


def share(places: Numbers) -> tuple[Indices, Numbers]:
    """The last cell whose middle is not beyond places, and how far to the next middle they are."""
    there = snapped(_somewhere(places - 0.5))
    low = np.floor(there)
    return np.asarray(low, np.intp), there - low


def snapped(places: Numbers) -> Numbers:
    """Places, those very near to a whole number on it."""
    near = np.rint(places)
    return np.where(np.abs(places - near) < ON_CELL, near, places)


def _somewhere(places: Numbers) -> Numbers:
    """Places, those that are no numbers or far off where no raster reaches."""
    if places.min() > -BEYOND and places.max() < BEYOND:  # also false of NaN
        return places
    return np.where(np.abs(places) < BEYOND, places, -BEYOND)


def _weighed(values: Values, weight: Numbers) -> Numbers:
    """Values times weights; what has no weight may be unknown."""
    return np.where(weight > 0, values * weight, 0.0)


@dataclass(frozen=True, eq=False)
class Spans:
    """n stretches along a row or column, each of up to k cells.

    ``first`` (n,) is the first of them and ``weights`` (k, n) are how much of each it holds;
    ``length`` (n,) is their sum.
    """

    first: Indices
    weights: Numbers
    length: Numbers

    @classmethod
    def between(cls, edges: Numbers) -> Spans:
        """The stretches from each edge (n + 1,) to the next."""
        ends = snapped(edges)
        low, high = np.minimum(ends[:-1], ends[1:]), np.maximum(ends[:-1], ends[1:])
        first = np.floor(low).astype(np.intp)
        number = np.arange(int((np.ceil(high) - first).max()))[:, None]
        weights = np.minimum(high, first + number + 1) - np.maximum(low, first + number)
        return cls(first, np.maximum(weights, 0.0), high - low)


def average_of_spans(cells: Cells, across: Spans, down: Spans) -> Numbers:
    """The mean of the ground of each cell, by area; unknown unless all of it is known."""
    top = int(down.first.min())
    rows = np.arange(top, int(down.first.max()) + len(down.weights))[:, None]
    lines = np.zeros((len(rows), len(across.first)))
    for number, weight in enumerate(across.weights):
        lines += _weighed(cells.at(rows, across.first + number), weight)
    found = np.zeros((len(down.first), len(across.first)))
    for number, weight in enumerate(down.weights):
        found += _weighed(lines[down.first - top + number], weight[:, None])
    means: Numbers = found / (down.length[:, None] * across.length)
    return means


def mode_of_spans(cells: Cells, across: Spans, down: Spans) -> Values:
    """The value that most of the ground of each cell has, the least of equals.

    Unknown unless all of it is known.
    """
    values, weights = [], []
    for below, share in enumerate(down.weights):
        for beside, part in enumerate(across.weights):
            weight = share[:, None] * part
            value = cells.at((down.first + below)[:, None], across.first + beside)
            values.append(np.where(weight > 0, value, np.inf))
            weights.append(weight)
    return _most(np.stack(values), np.stack(weights))


def average_of_places(cells: Cells, places: Sequence[tuple[Numbers, Numbers]]) -> Numbers:
    """The mean of the values at places (cols, rows) of each cell; unknown unless all are known."""
    total = nearest(cells, *places[0]).astype(np.float64)
    for one in places[1:]:
        total = total + nearest(cells, *one)
    means: Numbers = total / len(places)
    return means


def mode_of_places(cells: Cells, places: Sequence[tuple[Numbers, Numbers]]) -> Values:
    """The value at most places of each cell, the least of equals; unknown unless all are known."""
    values = np.stack([nearest(cells, *one) for one in places])
    return _most(values, np.ones(values.shape))


def _most(values: Values, weights: Numbers) -> Values:
    """The value (…) with the largest sum of weights, of (k, …); NaN where one of them is."""
    order = np.argsort(values, axis=0, kind="stable")
    values = np.take_along_axis(values, order, 0)
    weights = np.take_along_axis(weights, order, 0)
    best, most = values[0].copy(), weights[0].copy()
    running = weights[0].copy()
    for before, value, weight in zip(values, values[1:], weights[1:], strict=False):
        running = np.where(value == before, running + weight, weight)
        more = running > most + EQUAL
        best[more], most[more] = value[more], running[more]
    best[np.isnan(values).any(axis=0)] = np.nan
    found: Values = best
    return found
