"""Seeded shapes as arrays: wiggly outlines with holes, long lines, corridors of rivers.

All coordinates are metres, x east, y north, rounded to a tenth of a millimetre so that every
machine writes the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Shapes = NDArray[np.object_]

DECIMALS = 4


def rounded(xy: Numbers) -> Numbers:
    """Coordinates to a tenth of a millimetre."""
    found: Numbers = np.round(xy, DECIMALS)
    return found


def noise(rng: Generator, count: int, length: int, steepness: float) -> Numbers:
    """``count`` periodic rows of ``length`` values, each of standard deviation 1.

    Rough where ``steepness`` is near 1, smooth where it is 2 and more.
    """
    waves = np.arange(length // 2 + 1, dtype=np.float64)
    weight = np.zeros_like(waves)
    weight[1:] = waves[1:] ** -steepness
    phase = rng.uniform(0.0, 2 * np.pi, (count, len(waves)))
    rows: Numbers = np.fft.irfft(weight * np.exp(1j * phase), n=length, axis=1)
    rows /= rows.std(axis=1, keepdims=True)
    return rows


@dataclass(frozen=True)
class Wiggle:
    """The make of outlines: vertices of a ring, roughness, and how far from a circle."""

    vertices: int
    steepness: float = 1.2
    spread: float = 0.25
    flatness: float = 0.5
    """Least width for a length of one."""


@dataclass(frozen=True, eq=False)
class Blobs:
    """Outlines around centres (n, 2), before they are turned into polygons.

    ``reach`` (n, m) is the distance of every vertex from its centre, before ``squeeze``
    (n, 2, 2) flattens and turns the outline.
    """

    centres: Numbers
    reach: Numbers
    squeeze: Numbers

    def rings(self, share: float = 1.0, shift: Numbers | None = None) -> Numbers:
        """The vertices (n, m, 2), shrunk to a share of their reach and shifted (n, 2)."""
        return self._placed(self.reach * share, shift)

    def discs(self, radius: Numbers, vertices: int, shift: Numbers) -> Numbers:
        """Ovals (n, vertices, 2) of a radius (n,), as flattened as the outlines."""
        return self._placed(np.repeat(radius[:, None], vertices, axis=1), shift)

    def _placed(self, reach: Numbers, shift: Numbers | None) -> Numbers:
        turn = np.arange(reach.shape[1]) * (2 * np.pi / reach.shape[1])
        flat = np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=-1)
        if shift is not None:
            flat = flat + shift[:, None, :]
        return rounded(np.einsum("nij,nmj->nmi", self.squeeze, flat) + self.centres[:, None, :])


def blobs(rng: Generator, centres: Numbers, radius: Numbers, make: Wiggle) -> Blobs:
    """Outlines of mean radius (n,) around centres (n, 2); star-shaped, so always simple."""
    count = len(centres)
    wave = noise(rng, count, make.vertices, make.steepness).clip(-2.5, 2.5)
    reach = radius[:, None] * np.exp(make.spread * wave)
    turn = rng.uniform(0.0, np.pi, count)
    flat = rng.uniform(make.flatness, 1.0, count)
    cos, sin = np.cos(turn), np.sin(turn)
    squeeze = np.empty((count, 2, 2))
    squeeze[:, 0, 0], squeeze[:, 0, 1] = cos, -sin * flat
    squeeze[:, 1, 0], squeeze[:, 1, 1] = sin, cos * flat
    return Blobs(centres, reach, squeeze)


def polygons(rings: Numbers) -> Shapes:
    """Polygons of open rings (n, m, 2)."""
    found: Shapes = shapely.polygons(_closed(rings))
    return found


def polygons_with_holes(rng: Generator, outlines: Blobs, holes: int, vertices: int) -> Shapes:
    """The outlines as polygons, each with ``holes`` oval holes around its middle."""
    shells = shapely.linearrings(_closed(outlines.rings()))
    least = outlines.reach.min(axis=1)
    turn = rng.uniform(0.0, 2 * np.pi, len(least))
    inner = []
    for number in range(holes):
        angle = turn + number * 2 * np.pi / holes
        away = 0.5 * least if holes > 1 else np.zeros_like(least)
        shift = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=-1)
        share = rng.uniform(0.1, 0.9 * 0.5 * np.sin(np.pi / max(holes, 2)), len(least))
        inner.append(shapely.linearrings(_closed(outlines.discs(share * least, vertices, shift))))
    grouped = np.column_stack(inner)
    return np.array(
        [shapely.Polygon(one, list(many)) for one, many in zip(shells, grouped, strict=True)]
    )


def _closed(rings: Numbers) -> Numbers:
    return np.concatenate([rings, rings[:, :1]], axis=1)


def walks(rng: Generator, starts: Numbers, vertices: int, step_m: float) -> Shapes:
    """Long winding lines from starts (n, 2), a vertex every ``step_m``."""
    count = len(starts)
    heading = rng.uniform(0.0, 2 * np.pi, count)[:, None]
    bend = noise(rng, count, vertices, 1.8) * 0.6
    turn = heading + bend
    legs = step_m * rng.uniform(0.6, 1.4, (count, vertices))
    moves = np.stack([legs * np.cos(turn), legs * np.sin(turn)], axis=-1)
    moves[:, 0] = 0.0
    lines: Shapes = shapely.linestrings(rounded(starts[:, None, :] + np.cumsum(moves, axis=1)))
    return lines


@dataclass(frozen=True)
class River:
    """The make of a river: reaches along it, vertices of a bank in each, metres."""

    reaches: int
    vertices: int
    step_m: float
    width_m: float


def corridor(rng: Generator, start: Numbers, make: River) -> Shapes:
    """The reaches of one river as polygons that share the edges across it.

    Banks are two functions of the way along the river, one always above the other.
    """
    length = make.reaches * make.vertices + 1
    along = np.arange(length) * make.step_m
    middle = noise(rng, 1, 2 * length, 1.6)[0, :length] * make.step_m * 12
    widths = make.width_m * np.exp(0.5 * noise(rng, 2, 2 * length, 1.0)[:, :length].clip(-2, 2))
    angle = rng.uniform(0.0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    left = rounded(np.column_stack([along, middle + widths[0]]) @ turn.T + start)
    right = rounded(np.column_stack([along, middle - widths[1]]) @ turn.T + start)
    found = []
    for at in range(0, length - 1, make.vertices):
        piece = slice(at, at + make.vertices + 1)
        found.append(np.concatenate([right[piece], left[piece][::-1]]))
    return polygons(np.stack(found))
