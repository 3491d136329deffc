"""What polygons hold the centres of cells: where their edges cross the rows, summed along them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.window import Numbers, Window
from geozone.land.shapes.flat import Flat

Indices = NDArray[np.intp]

ON_EDGE_M = 1e-6
"""A centre this near to an edge lies on it."""
BAND_CELLS = 1 << 20
MOST_WAITING = 1 << 21
Changes = tuple[Indices, Indices, Numbers]
"""Rows, columns and what changes there, (n,)."""


@dataclass(frozen=True, eq=False)
class Steps:
    """From a cell on, a count changes along its row: ``rows``, ``cols`` and ``change``, (n,).

    ``edges`` tells which edge it came from.
    """

    rows: Indices
    cols: Indices
    change: Numbers
    edges: Indices


@dataclass(frozen=True, eq=False)
class Rings:
    """The n edges of polygons, each from its lower end (ax, ay) to its upper (bx, by).

    ``change`` is what crossing it eastwards adds to the number of polygons around; ``owner``
    the number of the polygon.
    """

    ax: Numbers
    ay: Numbers
    bx: Numbers
    by: Numbers
    change: Numbers
    owner: Indices

    @classmethod
    def of(cls, flat: Flat) -> Rings:
        """The edges of all rings."""
        rings = flat.rings
        chain = np.repeat(np.arange(len(rings.owner)), np.diff(rings.starts))
        inner = np.flatnonzero(chain[:-1] == chain[1:])
        a, b, chain = rings.xy[inner], rings.xy[inner + 1], chain[inner]
        rises = a[:, 1] <= b[:, 1]
        low, high = np.where(rises[:, None], a, b), np.where(rises[:, None], b, a)
        change = np.where(rises, -1.0, 1.0) * rings.sign[chain].astype(np.float64)
        (ax, ay), (bx, by) = low.T.copy(), high.T.copy()
        return cls(ax, ay, bx, by, change, rings.owner[chain].astype(np.intp))

    def steps(self, window: Window, *, slack_m: float) -> Steps:
        """Where edges cross the lines of centres of a window's rows.

        With ``slack_m`` what lies on an edge is inside of it; with 0 a centre on the edge
        between two polygons is in one of them.
        """
        north, south = (_before(window.rows_at(one)) for one in (self.by, self.ay))
        west = np.minimum(self.ax, self.bx) <= window.bounds[2]
        some = np.flatnonzero((south > north) & (south >= 0) & (north < window.rows - 1) & west)
        first = np.maximum(north[some] + 1, 0)
        count = np.minimum(south[some], window.rows - 1) - first + 1
        edge, rows = spread(first, count)
        edge = some[edge]
        y = window.y[rows]
        ax, ay = self.ax[edge], self.ay[edge]
        x = ax + (y - ay) * ((self.bx[edge] - ax) / (self.by[edge] - ay))
        change = self.change[edge]
        cols = _from(window, x, change, slack_m)
        return Steps(rows, np.clip(cols, 0, window.cols), change, edge)

    def touching(self, window: Window) -> Steps:
        """Cells whose centres lie on corners or on level edges, which no row crosses."""
        row = np.rint(window.rows_at(self.by) - 0.5).astype(np.intp)
        seen = np.flatnonzero((row >= 0) & (row < window.rows))
        y = window.y[row[seen]]
        top = np.abs(self.by[seen] - y) <= ON_EDGE_M
        seen, y = seen[top], y[top]
        level = np.abs(self.ay[seen] - y) <= ON_EDGE_M
        start = np.where(level, np.minimum(self.ax[seen], self.bx[seen]), self.bx[seen])
        end = np.where(level, np.maximum(self.ax[seen], self.bx[seen]), self.bx[seen])
        more, less = np.ones(len(seen)), np.full(len(seen), -1.0)
        cols = [_from(window, x, way, ON_EDGE_M) for x, way in ((start, more), (end, less))]
        return Steps(
            np.tile(row[seen], 2),
            np.clip(np.concatenate(cols), 0, window.cols),
            np.concatenate([more, less]),
            np.tile(seen, 2),
        )


def _before(rows: Numbers) -> Indices:
    """The last row whose centre lies at or north of a place."""
    found: Indices = np.clip(np.floor(rows - 0.5), -2, 2**40).astype(np.intp)
    return found


def _from(window: Window, x: Numbers, change: Numbers, slack_m: float) -> Indices:
    """The first column that a change at x counts for: what is gained sooner, what is lost later."""
    at = window.columns_at(x - np.sign(change) * slack_m) - 0.5
    cols = np.ceil(at)
    if slack_m:
        cols += (change < 0) & (cols == at)
    found: Indices = np.clip(cols, -1, 2**40).astype(np.intp)
    return found


def spread(first: Indices, count: Indices) -> tuple[Indices, Indices]:
    """Runs of whole numbers from ``first`` (n,): the run and the number of each, one by one."""
    count = np.maximum(count, 0)
    run = np.repeat(np.arange(len(first)), count)
    start = np.cumsum(count) - count
    return run, np.arange(len(run)) - np.repeat(start - first, count)


def summed(window: Window, rows: Indices, cols: Indices, change: Numbers) -> Numbers:
    """What changes (whole numbers) have come to at each cell, shape (rows, cols)."""
    return accumulated(window, [(rows, cols, change)])


def accumulated(window: Window, changes: Iterable[Changes]) -> Numbers:
    """The same of many lots of changes."""
    wide = window.cols + 1
    found, waiting, count = np.zeros(window.rows * wide), list[tuple[Indices, Numbers]](), 0
    for rows, cols, change in changes:
        waiting.append((rows * wide + cols, change))
        count += len(change)
        if count > MOST_WAITING:
            found += _counted(waiting, len(found))
            waiting, count = [], 0
    found += _counted(waiting, len(found))
    counts: Numbers = np.cumsum(found.reshape(window.rows, wide), axis=1)[:, :-1]
    return counts


def _counted(waiting: list[tuple[Indices, Numbers]], count: int) -> Numbers:
    if not waiting:
        return np.zeros(count)
    at, change = (np.concatenate(one) for one in zip(*waiting, strict=True))
    return np.asarray(np.bincount(at, change, minlength=count), np.float64)


def bands(window: Window) -> int:
    """How many rows of a window are worked on at a time."""
    return max(BAND_CELLS // window.cols, 1)


def inside(rings: Rings, window: Window) -> NDArray[np.bool_]:
    """Which cells (rows, cols) have their centres in or on a polygon."""
    found = np.zeros((window.rows, window.cols), bool)
    for cells, part in window.parts(bands(window), window.cols):
        crossing, touching = rings.steps(part, slack_m=ON_EDGE_M), rings.touching(part)
        counts = summed(part, crossing.rows, crossing.cols, crossing.change)
        found[cells] = counts > 0
        if len(touching.rows):
            found[cells] |= summed(part, touching.rows, touching.cols, touching.change) > 0
    return found


def values_of(rings: Rings, codes: Indices, window: Window) -> Indices:
    """The code of the polygon that holds each cell (rows, cols), -1 where none does.

    ``codes`` (m,) are those of the polygons, from 0. Where polygons of different codes lie over
    one another it is -1 too.
    """
    found = np.full((window.rows, window.cols), -1, np.intp)
    for cells, part in window.parts(bands(window), window.cols):
        steps = rings.steps(part, slack_m=0.0)
        code = codes[rings.owner[steps.edges]].astype(float)
        count, total, squares = (
            summed(part, steps.rows, steps.cols, steps.change * one)
            for one in (np.ones_like(code), code, code * code)
        )
        alike = (count > 0) & (squares * count == total * total)  # whole numbers, so exact
        found[cells] = np.where(alike, total / np.maximum(count, 1), -1)
    return found
