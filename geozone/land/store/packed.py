"""Shapes as arrays from which the same shapes can be made again, all or some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from geozone.land.shapes.flat import Flat
from geozone.land.shapes.geometry import AT_ONCE

Shapes = NDArray[np.object_]
Indices = NDArray[np.intp]
Picks = NDArray[np.intp] | slice
Offsets = NDArray[np.int64]

LEVELS = {
    GeometryType.POINT: 0,
    GeometryType.MULTIPOINT: 1,
    GeometryType.LINESTRING: 1,
    GeometryType.MULTILINESTRING: 2,
    GeometryType.POLYGON: 2,
    GeometryType.MULTIPOLYGON: 3,
}
"""The kinds of shapes that are packed, and how many levels of offsets shapely asks for."""
MADE_OF_A_CHAIN = {
    int(GeometryType.LINESTRING): shapely.linestrings,
    int(GeometryType.POLYGON): shapely.polygons,
}
FEW = 8
"""So many shapes are made one by one."""
OF_PARTS = (GeometryType.MULTIPOINT, GeometryType.MULTILINESTRING, GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, eq=False)
class Packed:
    """n shapes of p parts: their chains, kinds and bounds.

    ``kinds`` (n,) are shapely's type ids; part k has the chains ``parts[k]`` to ``parts[k + 1]``
    of ``flat`` (a polygon its shell, then its holes), shape i the parts ``firsts[i]`` to
    ``firsts[i + 1]``; ``bounds`` (n, 4) are west, south, east, north in metres.
    """

    flat: Flat
    kinds: NDArray[np.uint8]
    parts: Offsets
    firsts: Offsets
    bounds: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.kinds)

    def all(self) -> Shapes:
        """The n shapes, vertex for vertex as they were packed."""
        if len(self) and (self.kinds == self.kinds[0]).all():
            return self._alike(slice(0, len(self)), GeometryType(int(self.kinds[0])))
        return self.some(np.arange(len(self)))

    def some(self, wanted: Indices) -> Shapes:
        """The shapes at some places, in their order."""
        made = np.empty(len(wanted), object)
        if len(wanted) <= FEW:
            for at, place in enumerate(wanted.tolist()):
                made[at] = self._one(place)
            return made
        kinds = self.kinds[wanted]
        for kind in sorted(set(kinds.tolist())):  # ``np.unique`` loads a library first
            here = kinds == kind
            made[here] = self._alike(wanted[here], GeometryType(int(kind)))
        return made

    def _one(self, place: int) -> BaseGeometry:
        """The shape at a place."""
        kind, part = self.kinds[place], self.firsts[place]
        chain = self.parts[part]
        make = MADE_OF_A_CHAIN.get(kind)
        if make is None or self.parts[part + 1] - chain > 1:
            return self._alike(np.array([place]), GeometryType(kind))[0]
        begin, end = self.flat.starts[chain], self.flat.starts[chain + 1]
        shape: BaseGeometry = make(self.flat.xy[begin:end])
        return shape

    def _alike(self, wanted: Picks, kind: GeometryType) -> Shapes:
        """Shapes of one kind."""
        parts, of_shape = _within(self.firsts, wanted)
        chains, of_part = _within(self.parts, parts)
        vertices, of_chain = _within(self.flat.starts, chains)
        offsets = {0: (), 1: (of_chain,), 2: (of_chain, of_part), 3: (of_chain, of_part, of_shape)}
        levels = offsets[LEVELS[kind]]
        if kind in OF_PARTS:  # whose single parts have no level of their own
            levels = (*levels[:-1], of_shape)
        made: Shapes = shapely.from_ragged_array(kind, self.flat.xy[vertices], levels or None)
        return made


def _within(starts: Offsets, wanted: Picks) -> tuple[Picks, Offsets]:
    """What the wanted things hold, and where what each of them holds begins in that."""
    if isinstance(wanted, slice):
        begins = starts[wanted.start : wanted.stop + 1]
        return slice(int(begins[0]), int(begins[-1])), begins - begins[0]
    counts = starts[wanted + 1] - starts[wanted]
    begins = np.concatenate([[0], np.cumsum(counts)])
    return np.arange(begins[-1]) + np.repeat(starts[wanted] - begins[:-1], counts), begins


def packed(shapes: Shapes) -> Packed | None:
    """Plane shapes as arrays; ``None`` where one is missing, empty in part, or of another kind."""
    kinds = shapely.get_type_id(shapes)
    if not np.isin(kinds, [int(one) for one in LEVELS]).all() or shapely.has_z(shapes).any():
        return None
    parts, owner = shapes, np.arange(len(shapes))
    if np.isin(kinds, OF_PARTS).any():
        parts, owner = shapely.get_parts(shapes, return_index=True)
    counts = np.bincount(owner, minlength=len(shapes))
    if shapely.is_empty(parts).any() or not counts.all():
        return None
    chains = _offsets(shapely.get_num_interior_rings(parts) + 1)
    bounds = shapely.bounds(shapes)
    flat = _flat(shapes, parts, owner, chains)
    return Packed(flat, kinds.astype(np.uint8), chains, _offsets(counts), bounds)


def _flat(shapes: Shapes, parts: Shapes, owner: Indices, chains: Offsets) -> Flat:
    """What ``Flat.of`` gives, in half the time; part k has the chains from ``chains[k]`` on."""
    solid = shapely.get_dimensions(parts) == 2
    if solid.any() and not solid.all():
        return Flat.of(shapes)
    counts, sign = shapely.get_num_coordinates(parts), np.zeros(len(parts), np.int8)
    if solid.any():
        lone = chains[-1] == len(parts)  # no holes, and shells alone are had sooner
        counts, sign = _told(parts, shapely.get_exterior_ring if lone else shapely.get_rings)
        sign[chains[:-1]] *= -1  # a shell is the first of its part
    owners = np.repeat(owner, np.diff(chains)).astype(np.int64)
    xy = np.ascontiguousarray(shapely.get_coordinates(shapes))
    return Flat(xy, _offsets(counts), sign, owners)


def _told(
    parts: Shapes, rings: Callable[[Shapes], Shapes]
) -> tuple[NDArray[np.integer], NDArray[np.int8]]:
    """How many vertices each ring has, and -1 for counter-clockwise ones, else 1.

    Some parts are asked at a time: the rings of all take room.
    """
    counts, signs = [], []
    for some in np.split(parts, np.arange(AT_ONCE, len(parts), AT_ONCE)):
        each = rings(some)
        counts.append(shapely.get_num_coordinates(each))
        signs.append(np.where(shapely.is_ccw(each), -1, 1).astype(np.int8))
    return np.concatenate(counts), np.concatenate(signs)


def _offsets(counts: NDArray[np.integer]) -> Offsets:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
