"""What each counter of a partition covers, by kernels and by GEOS: ``areas.py DIR …``.

Both are given the same rings: raw polygons, and those of buffers. GEOS unites them at full
precision, or on a grid of a micrometre where that fails. Then the faces: all valid, and every
edge that of two faces or of the study area's border. Ends with 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

import geozone as gz
from geozone.answers.site import open_site
from geozone.engine.arrangement import BlockEdges, arrange
from geozone.engine.counters import counters
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.fields import AREA, asked, scale_over
from geozone.engine.outlines.faces import to_shapely
from geozone.engine.partition import Partition, partition
from geozone.engine.runs import unpacked

MM_PER_M = 1000.0
RELATIVE = 1e-6
GRIDS_M = (None, 1e-6, 1e-4)
PART = 512
"""Rings that are united at a time."""

Shapes = NDArray[np.object_]


def main() -> None:
    """Read the command line, compare, print what differs most."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--most", type=int, default=3_000_000, help="vertices GEOS is given")
    args = parser.parse_args()
    sys.exit(sum(_ground(folder, args.most) for folder in args.data) > 0)


def _ground(folder: Path, most: int) -> bool:
    began = time.monotonic()
    project = gz.open(folder).project
    site = open_site(project, project.activities)
    area = project.area
    ask = asked(site.regions, area)
    scale = scale_over(project.crs, area.bounds, ask.fields)
    rings = tuple(one.rings for one in counters(ask.fields, scale).rings)
    ours = _covered(rings, Bounds(*area.bounds))
    worst, wrong = 0.0, 0
    for number, one in enumerate(rings):
        if number == AREA or len(one.xy) > most:
            continue
        theirs, rim = _united(one, area)
        off = abs(ours[number] - theirs)
        allowed = max(RELATIVE * theirs, rim / MM_PER_M)
        worst = max(worst, off / max(allowed, 1e-9))
        if off > allowed:
            wrong += 1
            print(f"  counter {number}: {ours[number]:.3f} m2, by GEOS {theirs:.3f}", flush=True)
    left_out = sum(len(one.xy) > most for one in rings)
    print(f"{folder}: {len(rings) - 1 - left_out} counters of {len(rings) - 1}", flush=True)
    print(f"  wrong: {wrong}; worst: {worst:.2f} of what is allowed", flush=True)
    broken = _broken(partition(site.regions, area))
    print(
        f"  faces, invalid, invalid edges: {broken} ({time.monotonic() - began:.0f} s)", flush=True
    )
    return bool(wrong or broken[1] or broken[2])


def _covered(rings: tuple[Counter, ...], bounds: Bounds) -> NDArray[np.float64]:
    """Planar square metres of every counter inside the area."""
    found = np.zeros(len(rings))
    for block in arrange(rings, bounds):
        found += unpacked(block.table, len(rings)).T @ _areas(block)
    return found


def _areas(block: BlockEdges) -> NDArray[np.float64]:
    x0, y0, x1, y1 = block.ends.astype(np.int64).T
    cross = x0 * y1 - x1 * y0
    found = np.zeros(len(block.table), np.int64)
    for side, sign in ((block.left, 1), (block.right, -1)):
        known = side >= 0
        np.add.at(found, side[known], sign * cross[known])
    return found / 2 / MM_PER_M**2


def _united(counter: Counter, area: shapely.Geometry) -> tuple[float, float]:
    """By GEOS: square metres where windings are above 0, and the length of rings in the area."""
    chains = zip(counter.starts[:-1], counter.starts[1:], strict=True)
    rings = np.array([shapely.Polygon(counter.xy[at:to]) for at, to in chains], object)
    if not len(rings):
        return 0.0, 0.0
    up = shapely.is_ccw(shapely.get_exterior_ring(rings)) == (counter.sign > 0)
    shells = [_union(_wound(part)) for part in _parts(_with_holes(rings, up))]
    near = shapely.intersection(shapely.get_exterior_ring(rings), area.buffer(1))
    found = shapely.intersection(_union(np.array(shells, object)), area)
    return float(found.area), float(shapely.length(near).sum())


def _with_holes(rings: Shapes, shell: NDArray[np.bool_]) -> Shapes:
    """Polygons of rings, each hole with the shell before it."""
    first = np.flatnonzero(shell)
    bounds = np.append(first, len(rings))
    edges = shapely.get_exterior_ring(rings)
    pairs = pairwise(bounds)
    return np.array([shapely.Polygon(edges[at], list(edges[at + 1 : to])) for at, to in pairs])


def _wound(shapes: Shapes) -> Shapes:
    """Valid polygons instead of rings that cross themselves: where their winding is above 0."""
    bad = ~shapely.is_valid(shapes)
    found = [_inside(one) for one in shapes[bad]]
    return np.concatenate([shapes[~bad], *found])


def _inside(shape: shapely.Polygon) -> Shapes:
    ring = shapely.get_coordinates(shape)
    noded = shapely.union_all([shapely.LineString(ring)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    x, y = shapely.get_coordinates(shapely.point_on_surface(faces)).T[:, :, None]
    (ax, ay), (bx, by) = ring[:-1].T, ring[1:].T
    side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    up, down = (ay <= y) & (by > y) & (side > 0), (ay > y) & (by <= y) & (side < 0)
    return np.asarray(faces[up.sum(axis=1) > down.sum(axis=1)], object)


def _parts(shapes: Shapes) -> list[Shapes]:
    """Shapes that lie near one another together."""
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    order = np.lexsort((middle[:, 1], np.rint(middle[:, 0] / 5000)))
    return np.array_split(shapes[order], len(shapes) // PART + 1)


def _union(shapes: Shapes) -> shapely.Geometry:
    """The union, on the finest grid that GEOS manages and that keeps every polygon's place."""
    inner = shapely.point_on_surface(shapes[~shapely.is_empty(shapes)])
    for grid in GRIDS_M:
        try:
            found = shapely.union_all(shapes, grid_size=grid)
        except shapely.errors.GEOSException:
            continue
        shapely.prepare(found)
        if shapely.dwithin(found, inner, 1e-3).all():
            return found
    raise ArithmeticError("GEOS cannot unite these")


def _broken(cut: Partition) -> tuple[int, int, int]:
    """How many faces there are, are invalid, and have an edge that is not well shared."""
    faces = to_shapely(cut.faces)
    bad = shapely.coverage_invalid_edges(faces)
    return len(faces), int((~shapely.is_valid(faces)).sum()), int((~shapely.is_empty(bad)).sum())


if __name__ == "__main__":
    main()
