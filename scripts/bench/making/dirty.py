"""Spoil layers as real ones are: copies, borders a millimetre apart, slivers, awkward contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.random import Generator
from numpy.typing import NDArray

from making.contacts import gallery
from making.ground import Ground
from making.layers import Sheet
from making.outlines import Numbers, Shapes

Picks = NDArray[np.intp]

COPIED, SHAKEN, SNAPPED, SLIVERED = 0.03, 0.2, 0.3, 0.1
"""Shares of the features: exact copies, copies a little off, snapped to a grid, with a sliver."""
OFF_M = (1e-4, 2e-3)
GRIDS_M = (0.001, 0.002, 0.005, 0.01)
SLIVER_M = (2e-4, 5e-3)


def spoiled(sheet: Sheet, ground: Ground) -> Sheet:
    """A layer with faults that its neighbours do not share; every shape is valid by itself."""
    if not len(sheet.shapes):
        return sheet
    rng = ground.chance(f"dirty/{sheet.name}")
    base = _replaced(rng, sheet.shapes)
    every = np.arange(len(base))
    copies = _some(rng, every, COPIED)
    shaken = _some(rng, every, SHAKEN)
    shapes = [base, base[copies], _shaken(rng, base[shaken])]
    owners = [every, copies, shaken]
    if shapely.get_dimensions(base[0]) == 2:
        thin = _some(rng, every, SLIVERED)
        shapes.append(_slivers(rng, base[thin]))
        owners.append(thin)
        awkward = gallery(rng, ground.places(rng, 56, margin_m=0.0))
        shapes.append(awkward)
        owners.append(rng.integers(0, len(base), len(awkward)))
    else:
        shapes.append(_doubled_back(base[copies]))
        owners.append(copies)
    return _kept(sheet, np.concatenate(shapes), np.concatenate(owners))


def _kept(sheet: Sheet, shapes: Shapes, owner: Picks) -> Sheet:
    """The valid shapes with the columns of the features that they come from."""
    good = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & shapely.is_valid(shapes)
    columns: Mapping[str, tuple[str, ...]] = {
        name: tuple(np.array(values, object)[owner[good]].tolist())
        for name, values in sheet.columns.items()
    }
    return replace(sheet, shapes=shapes[good], columns=columns)


def _some(rng: Generator, every: Picks, share: float) -> Picks:
    count = max(1, round(share * len(every)))
    return np.sort(rng.choice(every, count, replace=False))


def _replaced(rng: Generator, shapes: Shapes) -> Shapes:
    """Some shapes rounded to grids of their own, where that leaves them valid."""
    found = shapes.copy()
    for grid_m in GRIDS_M:
        at = _some(rng, np.arange(len(shapes)), SNAPPED / len(GRIDS_M))
        moved = shapely.transform(shapes[at], lambda xy, step=grid_m: np.round(xy / step) * step)
        good = shapely.is_valid(moved)
        found[at[good]] = moved[good]
    return found


def _shaken(rng: Generator, shapes: Shapes) -> Shapes:
    """Copies whose vertices stray by 0.1 to 2 mm, each vertex by itself."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    off = np.exp(rng.uniform(*np.log(OFF_M), len(shapes)))[owner]
    moved = xy + rng.uniform(-1.0, 1.0, xy.shape) * off[:, None]
    for at in _ring_ends(shapes):
        moved[at[1]] = moved[at[0]]
    found: Shapes = shapely.set_coordinates(shapes.copy(), moved)
    return found


def _ring_ends(shapes: Shapes) -> NDArray[np.intp]:
    """Where the first and last vertex of every ring stand among all coordinates (n, 2)."""
    if shapely.get_dimensions(shapes[0]) != 2:
        return np.empty((0, 2), np.intp)
    lengths = shapely.get_num_coordinates(shapely.get_rings(shapely.get_parts(shapes)))
    ends = np.cumsum(lengths)
    return np.column_stack([ends - lengths, ends - 1]).astype(np.intp)


def _slivers(rng: Generator, shapes: Shapes) -> Shapes:
    """Along a stretch of every shape's edge, a polygon some tenths of a millimetre wide."""
    return np.array([_sliver(rng, one) for one in shapes], object)


def _sliver(rng: Generator, shape: object) -> object:
    ring: Numbers = shapely.get_coordinates(
        shapely.get_exterior_ring(shapely.get_geometry(shape, 0))
    )
    length = int(rng.integers(2, max(3, min(40, len(ring) - 1))))
    first = int(rng.integers(0, len(ring) - length))
    stretch = ring[first : first + length]
    angle, off = rng.uniform(0, 2 * np.pi), np.exp(rng.uniform(*np.log(SLIVER_M)))
    beside = stretch + off * np.array([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.concatenate([stretch, beside[::-1]]))


def _doubled_back(lines: Shapes) -> Shapes:
    """Lines that return on themselves over their last half."""
    found = []
    for line in lines:
        xy = shapely.get_coordinates(line)
        found.append(shapely.LineString(np.concatenate([xy, xy[len(xy) // 2 : -1][::-1]])))
    return np.array(found, object)
