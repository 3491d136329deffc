"""Ground distance to the nearest of many segments, exact, for every cell of a window.

Blocks of cells are halved until they are cells. Of a block only those segments go on that may be
nearest to some cell of it: distance to a segment is convex, so it grows at least as its slope at
the middle of the block says, and that to the nearest one there at most as that of a point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.lattice import Lattice, planar_m, scale_over, wider
from geozone.land.factors.window import Numbers, Window
from geozone.land.shapes.flat import Flat

Indices = NDArray[np.intp]
Picks = NDArray[np.bool_]

BLOCK = 256
"""Cells along the side of the first blocks."""
MOST_PAIRS = 1 << 17
"""Blocks with segments that are worked on at a time."""
SPREAD = 1e-6
"""Added to how much the scale differs at nodes, for what it does between them."""
TINY = 1e-100
SLACK = 1e-9
"""Of rounding, as a share of distances, and in metres."""


@dataclass(frozen=True, eq=False)
class Segments:
    """n segments from (x, y) by (dx, dy), in metres; points have no length."""

    x: Numbers
    y: Numbers
    dx: Numbers
    dy: Numbers
    per_square: Numbers
    """1 over the square of the length, 0 of points."""

    @classmethod
    def of(cls, flat: Flat) -> Segments:
        """The segments of lines and rings, and points."""
        chain = np.repeat(np.arange(len(flat.owner)), np.diff(flat.starts))
        joined = chain[:-1] == chain[1:]
        alone = np.flatnonzero(np.diff(flat.starts) == 1)
        first = np.concatenate([np.flatnonzero(joined), flat.starts[:-1][alone]])
        last = np.concatenate([np.flatnonzero(joined) + 1, flat.starts[:-1][alone]])
        return cls.between(flat.xy[first], flat.xy[last])

    @classmethod
    def between(cls, a: Numbers, b: Numbers) -> Segments:
        """From places (n, 2) to others."""
        (x, y), (dx, dy) = a.T.copy(), (b - a).T.copy()
        square = dx * dx + dy * dy
        return cls(x, y, dx, dy, np.where(square > 0, 1 / np.where(square > 0, square, 1), 0.0))

    def __len__(self) -> int:
        return len(self.x)

    def within(self, bounds: tuple[float, float, float, float]) -> Indices:
        """Those whose boxes meet west, south, east, north."""
        west, south, east, north = bounds
        meets = (np.minimum(self.x, self.x + self.dx) <= east) & (
            np.maximum(self.x, self.x + self.dx) >= west
        )
        meets &= np.minimum(self.y, self.y + self.dy) <= north
        meets &= np.maximum(self.y, self.y + self.dy) >= south
        return np.flatnonzero(meets)

    def away(self, at: Indices, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        """How far east and north places (n,) lie from the nearest of the segments ``at`` (n,)."""
        dx, dy = self.dx[at], self.dy[at]
        x, y = x - self.x[at], y - self.y[at]
        share = np.clip((x * dx + y * dy) * self.per_square[at], 0.0, 1.0)
        return x - share * dx, y - share * dy


@dataclass(frozen=True, eq=False)
class Blocks:
    """n blocks of cells at ``row`` and ``col``, and pairs of blocks with segments.

    ``block`` (m,) rises; every block has a segment.
    """

    row: Indices
    col: Indices
    block: Indices
    segment: Indices

    def some(self, low: int, high: int) -> Blocks:
        """Blocks from one number to another."""
        a, b = np.searchsorted(self.block, [low, high])
        return Blocks(
            self.row[low:high], self.col[low:high], self.block[a:b] - low, self.segment[a:b]
        )

    def picked(self, kept: Picks) -> Blocks:
        """Only some pairs, and the blocks that still have one."""
        block = self.block[kept]
        has = np.zeros(len(self.row), bool)
        has[block] = True
        number = np.cumsum(has) - 1
        return Blocks(self.row[has], self.col[has], number[block], self.segment[kept])

    def quartered(self, size: int, window: Window) -> Blocks:
        """The four blocks of half the ``size`` that each falls into, those within the window."""
        half, count = size // 2, np.bincount(self.block, minlength=len(self.row))
        down, across = np.array([0, 0, half, half]), np.array([0, half, 0, half])
        row, col = (self.row[:, None] + down).ravel(), (self.col[:, None] + across).ravel()
        start = np.cumsum(count) - count
        whole = np.repeat(count, 4)
        first = np.repeat(start, 4)
        block = np.repeat(np.arange(len(row)), whole)
        at = np.arange(len(block)) - np.repeat(np.cumsum(whole) - whole - first, whole)
        made = Blocks(row, col, block, self.segment[at])
        there = (row < window.rows) & (col < window.cols)
        return made if there.all() else made.picked(there[block])


@dataclass(frozen=True, eq=False)
class Search:
    """What one window is searched with: ``far`` planar metres around.

    ``spread`` is how much the scale differs, as a share.
    """

    segments: Segments
    window: Window
    far: float
    scale: Lattice
    spread: float

    def run(self, found: Numbers) -> None:
        """Writes ground distances (rows, cols); leaves what is beyond reach."""
        x, y = self.window.x, self.window.y
        waiting = [(BLOCK, one) for one in self._first()]
        while waiting:
            size, blocks = waiting.pop()
            if len(blocks.block) > MOST_PAIRS and len(blocks.row) > 1:
                middle = len(blocks.row) // 2
                waiting += [(size, blocks.some(middle, len(blocks.row)))]
                waiting += [(size, blocks.some(0, middle))]
                continue
            last = np.minimum(blocks.row + size, self.window.rows) - 1
            right = np.minimum(blocks.col + size, self.window.cols) - 1
            middle_x = (x[blocks.col] + x[right]) / 2
            middle_y = (y[blocks.row] + y[last]) / 2
            if size == 1:
                self._settle(blocks, middle_x, middle_y, found)
                continue
            reach = np.hypot(x[right] - x[blocks.col], y[blocks.row] - y[last]) / 2
            left = self._pruned(blocks, middle_x, middle_y, reach)
            if len(left.row):
                waiting.append((size // 2, left.quartered(size, self.window)))

    def _first(self) -> Iterator[Blocks]:
        for (rows, cols), part in self.window.parts(BLOCK, BLOCK):
            near = self.segments.within(wider(part.bounds, self.far))
            if len(near):
                row, col = np.array([rows.start]), np.array([cols.start])
                yield Blocks(row, col, np.zeros(len(near), np.intp), near)

    def _pruned(self, blocks: Blocks, x: Numbers, y: Numbers, reach: Numbers) -> Blocks:
        """Without segments that can be nearest to no cell; ``reach`` (n,) is to the farthest."""
        block = blocks.block
        east, north = self.segments.away(blocks.segment, x[block], y[block])
        away = np.sqrt(east * east + north * north)
        starts = _starts(block)
        least = np.minimum.reduceat(away, starts)
        first = _first_of(away == least[block], block, starts)
        over = 1 / np.maximum(away, TINY)
        east *= over
        north *= over
        bulge = reach * reach / np.maximum(2 * least, TINY)
        turned = np.hypot(east - east[first][block], north - north[first][block])
        radius = reach[block]
        more = np.minimum(2 * radius, radius * turned + bulge[block])
        slack = (self.spread + SLACK) * (least + reach) + SLACK
        kept = away <= least[block] + more + slack[block]
        kept &= away <= self.far + radius
        return blocks.picked(kept)

    def _settle(self, cells: Blocks, x: Numbers, y: Numbers, found: Numbers) -> None:
        """The ground distance of each cell, by the scale midway to where it is nearest."""
        east, north = self.segments.away(cells.segment, x[cells.block], y[cells.block])
        away = np.sqrt(east * east + north * north)
        least = np.minimum.reduceat(away, _starts(cells.block))
        near = away <= (least * (1 + self.spread + SLACK) + SLACK)[cells.block]
        block, away = cells.block[near], away[near]
        (scale,) = self.scale(x[block] - east[near] / 2, y[block] - north[near] / 2)
        found[cells.row, cells.col] = np.minimum.reduceat(away / scale, _starts(block))


def _starts(block: Indices) -> Indices:
    """Where the pairs of each block begin: numbers of blocks rise and leave none out."""
    return np.concatenate([[0], np.flatnonzero(block[1:] != block[:-1]) + 1])


def _first_of(picks: Picks, block: Indices, starts: Indices) -> Indices:
    """The first picked pair of each block; every block has one."""
    at = np.flatnonzero(picks)
    return at if len(at) == len(starts) else at[_starts(block[at])]


Searching = Callable[[Search, Numbers], None]
"""What ``Search.run`` does."""


def nearest_m(
    segments: Segments, window: Window, reach_m: float, search: Searching = Search.run
) -> Numbers:
    """Ground metres from the centre of each cell (rows, cols) to the nearest segment.

    Infinite where it is beyond ``reach_m``, and sometimes a little before it is.
    """
    found = np.full((window.rows, window.cols), np.inf)
    if not len(segments) or not found.size:
        return found
    planar = planar_m(window.crs, window.bounds, reach_m)
    around = wider(window.bounds, planar / 2 + window.resolution_m)  # of what lies midway
    scale = scale_over(window.crs, around)
    spread = float(scale.values.max() / scale.values.min()) - 1 + SPREAD
    search(Search(segments, window, planar, scale, spread), found)
    found[found > reach_m] = np.inf
    return found
