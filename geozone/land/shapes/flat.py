"""Shapes as bare coordinates, for whoever works on whole arrays of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

LINE = 0
"""Sign of chains that enclose nothing."""


@dataclass(frozen=True, eq=False)
class Flat:
    """The n vertices of m chains: rings, lines and single points, of any number of shapes.

    ``xy`` (n, 2) in metres of the working CRS, x east, y north; chain k has the vertices
    ``starts[k]`` to ``starts[k + 1]``. A ring repeats its first vertex, a point has one.
    ``sign`` (m,) is 0 for lines and points; for rings +1 or -1, such that a shell counts +1
    and a hole -1 inside it whichever way round the ring is stored. ``owner`` (m,) is the
    index of the shape that a chain belongs to; it never falls.
    """

    xy: NDArray[np.float64]
    starts: NDArray[np.int64]
    sign: NDArray[np.int8]
    owner: NDArray[np.int64]

    @classmethod
    def of(cls, shapes: NDArray[np.object_]) -> Flat:
        """The chains of shapely shapes of any kind; empty parts give none."""
        parts, owner = shapely.get_parts(shapes, return_index=True)
        while (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
            parts, within = shapely.get_parts(parts, return_index=True)
            owner = owner[within]
        flat = shapely.get_dimensions(parts) == 2
        bare = ~flat & ~shapely.is_empty(parts)
        rings, of_part = shapely.get_rings(parts[flat], return_index=True)
        shells = np.append(True, of_part[1:] != of_part[:-1])[: len(rings)]
        owners = np.concatenate([owner[flat][of_part], owner[bare]])
        order = np.argsort(owners, kind="stable")
        chains = np.concatenate([rings, parts[bare]])[order]
        counts = shapely.get_num_coordinates(chains)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        xy = np.ascontiguousarray(shapely.get_coordinates(chains))
        role = np.concatenate([np.where(shells, 1, -1), np.zeros(int(bare.sum()))])[order]
        turned = np.where(role == LINE, 1, np.where(shapely.is_ccw(chains), 1, -1))
        return cls(xy, starts, (role * turned).astype(np.int8), owners[order].astype(np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Flat]) -> Flat:
        """Several sets of chains as one, the shapes of each numbered after those before."""
        if not parts:
            return cls(np.empty((0, 2)), np.zeros(1, np.int64), np.empty(0, np.int8), _none())
        if len(parts) == 1:
            return parts[0]
        shifts = np.cumsum([0, *(len(one.xy) for one in parts[:-1])])
        firsts = np.cumsum([0, *(one.shapes for one in parts[:-1])])
        pairs = zip(parts, shifts, firsts, strict=True)
        starts, owners = [np.zeros(1, np.int64)], []
        for one, shift, first in pairs:
            starts.append(one.starts[1:] + shift)
            owners.append(one.owner + first)
        return cls(
            np.concatenate([one.xy for one in parts]),
            np.concatenate(starts),
            np.concatenate([one.sign for one in parts]),
            np.concatenate(owners),
        )

    @property
    def shapes(self) -> int:
        """One more than the largest owner."""
        return int(self.owner[-1]) + 1 if len(self.owner) else 0

    def of_shapes(self, wanted: NDArray[np.bool_]) -> Flat:
        """The chains of the wanted shapes, a mask over all of them; numbers of shapes stay."""
        return self.chains(wanted[self.owner])

    def chains(self, wanted: NDArray[np.bool_]) -> Flat:
        """The wanted chains, a mask over all of them; numbers of shapes stay."""
        if wanted.all():
            return self
        xy, starts = picked(self.xy, self.starts, wanted)
        return Flat(xy, starts, self.sign[wanted], self.owner[wanted])

    @property
    def rings(self) -> Flat:
        """Only what encloses ground."""
        return self.chains(self.sign != LINE)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of every chain, shape (m, 4); every chain has a vertex."""
        if not len(self.owner):
            return np.empty((0, 4))
        return boxes(self.xy, self.starts)


def picked(
    xy: NDArray[np.float64], starts: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The vertices and starts of the wanted chains, a mask over all of them."""
    counts = np.diff(starts)
    found = np.concatenate([[0], np.cumsum(counts[wanted])]).astype(np.int64)
    return xy[np.repeat(wanted, counts)], found


def boxes(xy: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """West, south, east and north of every chain, shape (m, 4); there is one at least."""
    low = np.minimum.reduceat(xy, starts[:-1], axis=0)
    return np.hstack([low, np.maximum.reduceat(xy, starts[:-1], axis=0)])


def _none() -> NDArray[np.int64]:
    return np.empty(0, np.int64)
