"""Polygons traced along the edges between labels, exactly, in whole millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.edges import LONGEST_MM, MM, Edges
from geozone.engine.outlines.faces import Faces
from geozone.engine.outlines.ordering import ordered

PER_BUCKET = 4
"""Half-edges that begin in a bucket of nodes, on average."""

PER_RAY_BUCKET = 16

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Rings:
    """The rings of walks around faces, as ``walk_faces`` gives them, and doubled areas."""

    vertices: Numbers
    starts: Places
    twice: Places
    walk_of: Numbers
    shell_of: Numbers
    least: Numbers
    walk: Numbers


@dataclass(frozen=True, eq=False)
class Drawn:
    """Polygons as in ``Faces``, in whole millimetres from ``origin`` (2,), and how edges met.

    Ring r is of walk ``walk[r]`` (r,): rings of one walk touch. At the vertices ``meeting`` (m,)
    four or more edges met; after the vertices ``straight`` (s,), which rise, edges met in the
    places ``bends`` (s, 2) without a corner.
    """

    origin: Places
    label: Numbers
    polygons: Places
    rings: Places
    xy: Numbers
    walk: Numbers
    meeting: Places
    straight: Places
    bends: Numbers

    @classmethod
    def nothing(cls) -> Drawn:
        """No polygons."""
        none, one = np.empty(0, np.int32), np.zeros(1, np.int64)
        places, flat = np.empty(0, np.int64), np.empty((0, 2), np.int32)
        return cls(np.zeros(2, np.int64), none, one, one, flat, none, places, places, flat)

    def part(self, first: int, end: int) -> Faces:
        """The polygons from ``first`` to before ``end``, in metres."""
        rings = self.polygons[first : end + 1]
        places = self.rings[rings[0] : rings[-1] + 1]
        xy = in_metres(self.xy[places[0] : places[-1]], self.origin)
        return Faces(self.label[first:end], rings - rings[0], places - places[0], xy)

    def faces(self) -> Faces:
        """The polygons in metres."""
        return self.part(0, len(self.label))


def in_metres(xy: Numbers, origin: Places) -> NDArray[np.float64]:
    """Places (n, 2) in millimetres from an origin, as metres."""
    from geozone.engine.kernels.tracerings import to_metres  # noqa: PLC0415 - numba loads slowly

    found = np.empty(xy.shape, np.float64)
    to_metres(xy, origin, found)
    return found


def trace(edges: Edges, relabel: Numbers | None = None, *, jobs: int = 1) -> Faces:
    """The polygons of ``drawn``, in metres."""
    return drawn(edges, relabel, jobs=jobs).faces()


def drawn(edges: Edges, relabel: Numbers | None = None, *, jobs: int = 1) -> Drawn:
    """The polygons of the ground by label, or by zone where ``relabel`` gives one per label.

    Edges whose sides become the same vanish, and so do corners that then are straight;
    labels that become -1 have no polygons. Where a face meets itself in a point its rings
    are split there, so that polygons are valid. The order of the edges does not matter.
    ``jobs`` threads share the nodes.
    Raises ``ArithmeticError`` where edges are no planar subdivision: loose, crossing, or with
    labels that disagree around a place, which is named.
    """
    kept = parting(edges, relabel, jobs=jobs)
    if not len(kept):
        return Drawn.nothing()
    linked = _linked(kept, jobs)
    rings = _walked(kept, *linked)
    parent = _parents(kept, rings)
    return _assembled(kept, linked, rings, parent)


def parting(edges: Edges, relabel: Numbers | None, *, jobs: int = 1) -> Edges:
    """The edges that part zones, with the zones as labels; label i is of zone ``relabel[i]``.

    ``jobs`` threads share the edges. Raises ``ValueError`` for a label without a zone.
    """
    from geozone.engine.kernels.tracenodes import count_parting, take_parting  # noqa: PLC0415 - numba loads slowly

    top = int(max(edges.left.max(initial=-1), edges.right.max(initial=-1)))
    if relabel is None:
        relabel = np.arange(top + 1, dtype=np.int32)
    if top >= len(relabel):
        raise ValueError(f"label {top} has no zone: relabel has {len(relabel)}")
    zones = np.append(np.maximum(relabel, -1), -1).astype(np.int32)
    given = _shared((edges.ends, edges.left, edges.right), np.linspace(0, len(edges), jobs + 1))
    with ThreadPoolExecutor(jobs) as pool:
        counts = list(pool.map(count_parting, *given[1:], repeat(zones)))
        ends = np.cumsum([0, *counts])
        kept = np.empty((ends[-1], 4), np.int32)
        sides = np.empty((2, ends[-1]), np.int32)
        list(pool.map(take_parting, *given, repeat(zones), *_shared((kept, *sides), ends)))
    return Edges(kept, sides[0], sides[1], edges.origin)


def _shared(arrays: Sequence[Numbers], ends: NDArray[Any]) -> list[list[Numbers]]:
    """Arrays in parts that begin and end alike."""
    parts = [slice(int(first), int(end)) for first, end in pairwise(ends)]
    return [[one[part] for part in parts] for one in arrays]


def _grid(edges: Edges, per_bucket: int) -> Places:
    """West, south, shift, columns and rows of buckets over edges; largest extent checked."""
    from geozone.engine.kernels.tracenodes import extent  # noqa: PLC0415 - numba loads slowly

    found = np.empty(5, np.int64)
    extent(edges.ends, found)
    west, south, east, north, longest = (int(one) for one in found)
    if longest >= LONGEST_MM:
        raise ValueError(f"an edge of {longest / MM:.0f} m: edges must end within a cell")
    wanted, shift = 2 * len(edges) / per_bucket + 1, 0
    while (((east - west) >> shift) + 1) * (((north - south) >> shift) + 1) > wanted:
        shift += 1
    columns, rows = ((east - west) >> shift) + 1, ((north - south) >> shift) + 1
    return np.array([west, south, shift, columns, rows], np.int64)


def _linked(edges: Edges, jobs: int) -> tuple[Numbers, Numbers]:
    """What follows each half-edge around its face, and the kind of its beginning."""
    from geozone.engine.kernels.tracenodes import bucket_fill, bucket_starts, link  # noqa: PLC0415 - numba loads slowly

    grid = _grid(edges, PER_BUCKET)
    starts = np.zeros(int(grid[3] * grid[4]) + 1, np.int32)
    bucket_starts(edges.ends, grid, starts)
    order = np.empty(2 * len(edges), np.int32)
    bucket_fill(edges.ends, grid, starts.copy(), order)
    follows, kind = np.empty_like(order), np.empty_like(order)
    shares = np.searchsorted(starts, np.linspace(0, len(order), jobs + 1)[1:-1])
    cuts = np.concatenate([[0], shares, [len(starts) - 1]]).astype(np.int64)

    def work(part: Places) -> tuple[int, int]:
        sides = (edges.ends, edges.left, edges.right)
        found: tuple[int, int] = link(order, starts, part, *sides, follows, kind)
        return found

    with ThreadPoolExecutor(jobs) as pool:
        for fault, half in pool.map(work, np.stack([cuts[:-1], cuts[1:]], axis=1)):
            if fault:
                raise ArithmeticError(f"{FAULTS[fault]} at {_place(edges, half)}")
    return follows, kind


FAULTS = ("", "an edge that leads nowhere", "two edges in one", "labels that disagree")
"""What kernels tell by number of what is wrong at a node."""


def _place(edges: Edges, half: int) -> str:
    """Where a half-edge begins, in metres."""
    side = 2 * (half & 1)
    x, y = edges.ends[half >> 1, side : side + 2] + edges.origin
    return f"{x / MM:.3f}, {y / MM:.3f}"


def _walked(edges: Edges, follows: Numbers, kind: Numbers) -> _Rings:
    from geozone.engine.kernels.tracerings import describe_walks, walk_faces  # noqa: PLC0415 - ditto

    most = len(follows) // 3 + 1
    walk = np.full(len(follows), -1, np.int32)
    vertices = np.empty(len(follows), np.int32)
    starts, twice = np.empty(most + 1, np.int64), np.empty(most, np.int64)
    walk_of = np.empty(most, np.int32)
    sides = (edges.ends, edges.left, edges.right)
    rings, walks = walk_faces(*sides, follows, kind, walk, vertices, starts, twice, walk_of)
    starts, twice, walk_of = (
        starts[: rings + 1].copy(),
        twice[:rings].copy(),
        walk_of[:rings].copy(),
    )
    shell_of, least = np.full(walks, -1, np.int32), np.full(walks, -1, np.int32)
    bad = describe_walks(edges.ends, vertices, starts, twice, walk_of, shell_of, least)
    if bad >= 0:
        raise ArithmeticError(f"edges that cross near {_place(edges, vertices[starts[bad]])}")
    return _Rings(vertices, starts, twice, walk_of, shell_of, least, walk)


def _parents(edges: Edges, rings: _Rings) -> Numbers:
    """The walk around the outside of the face that each walk belongs to."""
    from geozone.engine.kernels.tracerays import parents, register, roots  # noqa: PLC0415 - numba loads slowly

    parent = np.arange(len(rings.shell_of), dtype=np.int32)
    islands = np.flatnonzero(rings.shell_of < 0).astype(np.int32)
    if not len(islands):
        return parent
    grid = _grid(edges, PER_RAY_BUCKET)
    starts = np.zeros(int(grid[3] * grid[4]) + 1, np.int32)
    register(edges.ends, grid, starts, np.empty(0, np.int32))
    listed = np.empty(int(starts[-1]) + 1, np.int32)
    register(edges.ends, grid, starts.copy(), listed)
    sides = (edges.ends, edges.left, edges.right)
    lost = parents(islands, rings.least, *sides, rings.walk, grid, starts, listed, parent)
    if lost >= 0:
        raise ArithmeticError(f"an island without land around it at {_place(edges, int(lost))}")
    roots(parent)
    return parent


def _assembled(
    edges: Edges, linked: tuple[Numbers, Numbers], rings: _Rings, parent: Numbers
) -> Drawn:
    from geozone.engine.kernels.tracenodes import STRAIGHT  # noqa: PLC0415 - numba loads slowly
    from geozone.engine.kernels.tracerings import corners, write_rings  # noqa: PLC0415 - ditto

    follows, kind = linked
    half = rings.vertices[rings.starts[:-1]]
    labels = np.where(half & 1, edges.right[half >> 1], edges.left[half >> 1])
    corner = np.empty((len(half), 4), np.int64)
    corners(rings.vertices, rings.starts, edges.ends, corner)
    places = ((corner[:, 0] << 32) + corner[:, 1], (corner[:, 2] << 32) + corner[:, 3])
    shell = rings.shell_of[parent[rings.walk_of]]
    order, shells, polygons = ordered(labels, shell, rings.twice < 0, places)
    firsts = np.concatenate([[0], np.cumsum(np.diff(rings.starts)[order] + 1)])
    xy = np.empty((int(firsts[-1]), 2), np.int32)
    meeting = np.empty(int(np.count_nonzero(kind > 0)), np.int64)
    straight = np.empty(int(np.count_nonzero(kind == STRAIGHT)), np.int64)
    bends = np.empty((len(straight), 2), np.int32)
    ways = (rings.vertices, edges.ends, follows, kind)
    met, bare = write_rings(order, rings.starts, *ways, firsts, xy, meeting, straight, bends)
    return Drawn(
        edges.origin, labels[shells].astype(np.int32), polygons, firsts, xy,
        rings.walk_of[order], meeting[:met], straight[:bare], bends[:bare],
    )  # fmt: skip
