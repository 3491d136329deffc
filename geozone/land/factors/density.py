"""How many points, or how much length of line, lies within a reach of every cell of a window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geozone.land.factors.filling import Changes, accumulated, bands, spread
from geozone.land.factors.lattice import planar_m, scale_over, wider
from geozone.land.factors.window import Numbers, Window
from geozone.land.shapes.flat import Flat

Indices = NDArray[np.intp]

KM = 1000.0
UNITS_PER_M = 10_000.0
"""Lengths are summed in whole tenths of a millimetre, so that no order of adding matters."""
PIECES_PER_REACH = 100.0
"""Lines count in pieces no longer than this share of the reach: a piece is within reach, or is
not, with its middle. So where the reach crosses a line, half a piece is the most that is wrong."""
MOST_STEPS = 1 << 15


@dataclass(frozen=True)
class Around:
    """A window, and ground metres around the centres of its cells: ``far`` planar ones at most."""

    window: Window
    reach_m: float
    far: float

    @classmethod
    def of(cls, window: Window, reach_m: float) -> Around:
        """So many ground metres around a window."""
        return cls(window, reach_m, planar_m(window.crs, window.bounds, reach_m))

    @property
    def longest_m(self) -> float:
        """How long a piece of a line may be."""
        return self.reach_m / PIECES_PER_REACH

    def meets(self, a: Numbers, b: Numbers) -> NDArray[np.bool_]:
        """Which segments between places (n, 2) may be within reach."""
        bounds = wider(self.window.bounds, self.far)
        low = (np.minimum(a, b) <= bounds[2:]).all(axis=1)
        high = (np.maximum(a, b) >= bounds[:2]).all(axis=1)
        return np.asarray(low & high, np.bool_)


@dataclass(frozen=True, eq=False)
class Lumps:
    """n places with what they weigh (whole numbers), and the scale there and how it slopes."""

    x: Numbers
    y: Numbers
    weight: Numbers
    scale: Numbers
    east: Numbers
    north: Numbers

    @classmethod
    def at(cls, x: Numbers, y: Numbers, weight: Numbers, around: Around) -> Lumps:
        """Lumps with the scale of the window's CRS."""
        window = around.window
        scale = scale_over(window.crs, wider(window.bounds, around.far + KM))
        (here,), (east,), (north,) = scale(x, y), scale(x + KM, y), scale(x, y + KM)
        return cls(x, y, weight, here, (east - here) / KM, (north - here) / KM)

    def some(self, at: Indices) -> Lumps:
        """Those at some numbers."""
        every = (self.x, self.y, self.weight, self.scale, self.east, self.north)
        return Lumps(*(one[at] for one in every))


def points_of(flat: Flat, around: Around) -> Lumps:
    """A lump of 1 for each point."""
    xy = flat.xy[around.meets(flat.xy, flat.xy)]
    return Lumps.at(xy[:, 0], xy[:, 1], np.ones(len(xy)), around)


def pieces_of(flat: Flat, around: Around) -> Lumps:
    """Lumps for pieces of lines, that weigh their ground length in tenths of millimetres."""
    chain = np.repeat(np.arange(len(flat.owner)), np.diff(flat.starts))
    first = np.flatnonzero(chain[:-1] == chain[1:])
    first = first[around.meets(flat.xy[first], flat.xy[first + 1])]
    a, b = flat.xy[first], flat.xy[first + 1]
    length = np.hypot(*(b - a).T)
    count = np.ceil(length / around.longest_m).astype(np.intp)
    edge, number = spread(np.zeros_like(count), count)
    share = (number + 0.5) / count[edge]
    x, y = (a[edge] + share[:, None] * (b - a)[edge]).T
    near = around.meets(*(np.column_stack([x, y]),) * 2)
    x, y, edge = x[near], y[near], edge[near]
    bare = Lumps.at(x, y, np.zeros(len(x)), around)
    return replace(bare, weight=np.rint(length[edge] / count[edge] / bare.scale * UNITS_PER_M))


def within(lumps: Lumps, around: Around) -> Numbers:
    """The weight of all lumps within reach of each cell's centre, shape (rows, cols)."""
    window = around.window
    found = np.zeros((window.rows, window.cols))
    places = np.column_stack([lumps.x, lumps.y])
    for cells, part in window.parts(bands(window), window.cols):
        here = replace(around, window=part)
        near = np.flatnonzero(here.meets(places, places))
        steps = (_discs(lumps.some(one), here) for one in _few(near, here))
        found[cells] = accumulated(part, steps)
    return found


def _few(at: Indices, around: Around) -> Iterator[Indices]:
    """Some at a time, so that what is worked on stays in the processor's cache."""
    rows = min(2 * around.far / around.window.resolution_m + 1, around.window.rows)
    many = max(int(MOST_STEPS / rows), 1)
    for first in range(0, len(at), many):
        yield at[first : first + many]


def _discs(lumps: Lumps, around: Around) -> Changes:
    """What the discs around lumps change along rows: an interval of cells for each row."""
    window, reach_m = around.window, around.reach_m
    first = np.floor(window.rows_at(lumps.y + around.far)).astype(np.intp)
    last = np.ceil(window.rows_at(lumps.y - around.far)).astype(np.intp)
    first = np.maximum(first, 0)
    count = np.maximum(np.minimum(last, window.rows - 1) - first + 1, 0)
    lump, rows = spread(first, count)
    up = window.y[rows] - np.repeat(lumps.y, count)
    radius = np.repeat(reach_m * lumps.scale, count)
    radius += np.repeat(reach_m / 2 * lumps.north, count) * up
    slope = np.repeat(reach_m / 2 * lumps.east, count)
    slope *= _half(radius, up)  # how the scale midway to the ends of the interval changes it
    x = np.repeat(lumps.x, count)
    west = np.ceil(window.columns_at(x - _half(radius - slope, up)) - 0.5)
    east = np.floor(window.columns_at(x + _half(radius + slope, up)) + 0.5)
    begin = np.clip(west, 0, window.cols).astype(np.intp)
    end = np.clip(east, 0, window.cols).astype(np.intp)
    there = (end > begin) & (radius >= np.abs(up))
    rows, weight = rows[there], lumps.weight[lump[there]]
    return (
        np.concatenate([rows, rows]),
        np.concatenate([begin[there], end[there]]),
        np.concatenate([weight, -weight]),
    )


def _half(radius: Numbers, up: Numbers) -> Numbers:
    """Half the width of discs, so far up from their middles."""
    found: Numbers = np.sqrt(np.maximum(radius * radius - up * up, 0.0))
    return found


def per_km2(found: Numbers, reach_m: float) -> Numbers:
    """What lies within reach, by the ground within reach."""
    return found / (math.pi * (reach_m / KM) ** 2)
