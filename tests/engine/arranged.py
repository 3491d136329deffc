"""Counters made by hand, and cells of the arrangement held against windings counted one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from geozone.engine.arrangement import CellEdges, arrange
from geozone.engine.cutting import Bounds, Counter

DRIFT_MM = 3.0
"""Farther than this from every outline, no label may be moved by rounding."""

Ring = Sequence[tuple[float, float]]


def counter(*rings: Ring) -> Counter:
    """A counter of rings in metres, closed here; each counts +1 inside unless it runs clockwise."""
    arrays = [np.array([*ring, ring[0]], float) for ring in rings]
    starts = np.cumsum([0, *(len(one) for one in arrays)]).astype(np.int64)
    xy = np.concatenate(arrays) if arrays else np.empty((0, 2))
    return Counter(xy, starts, np.ones(len(arrays), np.int8))


def of_shapes(shapes: Iterable[Any]) -> Counter:
    """The counter of polygons, whichever way their rings run."""
    parts = shapely.get_parts(np.array(list(shapes), object))
    rings, owner = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=len(rings)))])
    shell = np.concatenate([[True], owner[1:] != owner[:-1]])[: len(rings)]
    sign = np.where(shell == shapely.is_ccw(rings), 1, -1).astype(np.int8)
    return Counter(np.ascontiguousarray(xy), starts.astype(np.int64), sign)


def square(west: float, south: float, side: float, *, ccw: bool = True) -> Ring:
    ring = [(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
    return ring if ccw else ring[::-1]


def over(counters: Sequence[Counter], bounds: Bounds, **options: Any) -> list[CellEdges]:
    return [cell for block in arrange(counters, bounds, **options) for cell in block.cells()]


def as_bytes(cells: Iterable[CellEdges]) -> list[tuple[object, ...]]:
    return [
        (one.col, one.row, *(part.tobytes() for part in (one.ends, one.left, one.right, one.table)))
        for one in cells
    ]


def twice_mm2(cell: CellEdges) -> list[int]:
    """Twice the area of each set of a cell, exactly."""
    x0, y0, x1, y1 = cell.ends.astype(np.int64).T
    twice = x0 * y1 - x1 * y0
    found = [0] * (len(cell.table) + 1)
    for label, sign in ((cell.left, 1), (cell.right, -1)):
        for number in range(len(found) - 1):
            found[number] += sign * int(twice[label == number].sum())
    return found[:-1]


def counter_areas_m2(cells: Iterable[CellEdges], count: int) -> Any:
    """The area of each counter, square metres."""
    found = np.zeros(count)
    for cell in cells:
        for words, area in zip(cell.table, twice_mm2(cell), strict=True):
            found += bits_of(words, count) * (area / 2e6)
    return found


def bits_of(words: Any, count: int) -> Any:
    return np.array([int(words[at // 64]) >> (at % 64) & 1 for at in range(count)], bool)


def windings(one: Counter, points: Any) -> Any:
    """Windings at points (n, 2) in mm, none on the grid's lines, by counting every crossing."""
    found = np.zeros(len(points), int)
    mm = np.rint(one.xy * 1000.0)
    x, y = points[:, 0, None], points[:, 1, None]
    for ring, sign in enumerate(one.sign):
        part = mm[one.starts[ring] : one.starts[ring + 1]]
        (x0, y0), (x1, y1) = part[:-1].T, part[1:].T
        up, down = (y0 <= y) & (y < y1), (y1 <= y) & (y < y0)
        with np.errstate(divide="ignore", invalid="ignore"):
            west = x0 + (x1 - x0) * (y - y0) / (y1 - y0) < x
        found += sign * ((down & west).sum(1) - (up & west).sum(1))
    return found


def away(counters: Sequence[Counter], points: Any) -> Any:
    """The points farther than ``DRIFT_MM`` from every segment."""
    lines = [
        shapely.linestrings(np.rint(one.xy[a:b] * 1000.0))
        for one in counters
        for a, b in zip(one.starts[:-1], one.starts[1:], strict=True)
    ]
    if not lines:
        return points
    near = shapely.STRtree(lines).query(shapely.points(points), "dwithin", distance=DRIFT_MM)[0]
    return np.delete(points, np.unique(near), axis=0)


def labels_at(cell: CellEdges, points: Any) -> Any:
    """The row of the table at points (n, 2) in mm from the cell's corner, by the next edge west."""
    x0, y0, x1, y1 = cell.ends.astype(float).T
    x, y = points[:, 0, None], points[:, 1, None]
    across = (np.minimum(y0, y1) <= y) & (y < np.maximum(y0, y1))
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(across, x0 + (x1 - x0) * (y - y0) / (y1 - y0), np.inf)
    at[~(at < x)] = -np.inf
    nearest = at.argmax(1)
    return np.where(y1[nearest] > y0[nearest], cell.right[nearest], cell.left[nearest])


def assert_planar(cell: CellEdges, size: int) -> None:
    """Edges meet at their ends only, lie in the cell and have ends in order."""
    ends = cell.ends.astype(np.int64)
    assert ends.min() >= 0
    assert ends.max() <= size
    key = ends[:, [0, 2]] * (size + 1) + ends[:, [1, 3]]
    assert (key[:, 0] < key[:, 1]).all()
    assert (np.diff(key[:, 0]) >= 0).all()
    assert len(set(map(tuple, ends))) == len(ends)

    def side(at: Any, x: Any, y: Any) -> Any:
        a, b, c, d = (one[:, None] for one in at.T)
        return np.sign((c - a) * (y - b) - (d - b) * (x - a))

    first, last = side(ends, *ends[:, :2].T), side(ends, *ends[:, 2:].T)
    crossing = (first * last < 0) & ((first * last).T < 0)
    assert not crossing.any()
    for column, where in ((0, first), (2, last)):
        x, y = ends[:, column], ends[:, column + 1]
        a, b, c, d = (one[:, None] for one in ends.T)
        box = (x >= a) & (x <= c) & (y >= np.minimum(b, d)) & (y <= np.maximum(b, d))
        end = ((x == a) & (y == b)) | ((x == c) & (y == d))
        assert not ((where == 0) & box & ~end).any()


def assert_right(
    counters: Sequence[Counter], bounds: Bounds, cell_mm: int, *, seed: int = 0
) -> list[CellEdges]:
    """Cells are planar and whole, and every label is what windings say."""
    cells = over(counters, bounds, cell_mm=cell_mm)
    draw = np.random.default_rng(seed)
    for cell in cells:
        assert_planar(cell, cell_mm)
        assert sum(twice_mm2(cell)) == 2 * cell_mm**2
        assert min(twice_mm2(cell)) > 0
        assert len(np.unique(cell.table, axis=0)) == len(cell.table)
        inner = (cell.left >= 0) & (cell.right >= 0)
        assert (cell.left != cell.right).all()
        assert inner.sum() + 4 <= len(cell.ends)
        corner = np.array((cell.col, cell.row)) * cell_mm
        points = draw.integers(0, cell_mm, (40, 2)) + draw.uniform(0.3, 0.7, (40, 2)) + corner
        points = away(counters, points)
        if len(points):
            found = cell.table[labels_at(cell, points - corner)]
            bits = np.array([bits_of(words, len(counters)) for words in found])
            wanted = np.array([windings(one, points) > 0 for one in counters]).T
            assert np.array_equal(bits, wanted & wanted[:, :1])
    return cells


AREA = counter(square(-30, -30, 80))
HERE = Bounds(-9, -9, 31, 33)
