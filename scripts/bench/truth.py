"""The exact answers to compare with: ``python scripts/bench/truth.py --data DIR``.

For every condition the union of its features by GEOS; distances are ground distances, so lines
are cut into pieces of about half a kilometre, each widened by the distance times the projection's
scale there, with 64 edges to a quarter circle. What comes out is kept as ``truth.json``: planar
square metres inside the area, cells whose centres lie inside or on an edge, wells likewise, and
square metres inside all blocks together.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from peers.common import Given, Question, Raster, area_mask
from pyproj import CRS, Proj
from shapely.geometry.base import BaseGeometry

Shapes = NDArray[np.object_]

PIECE_M = 500.0
QUARTER = 64
FILE = "truth.json"
ON_EDGE_M = 1e-6
"""What is as near to an edge lies on it: coordinates are not known better than that."""


def main() -> None:
    """Read the command line and write the answers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resolution", type=float, default=30.0)
    args = parser.parse_args()
    given = Given(args.data, args.resolution, 0, args.data)
    told = truth(given)
    (args.data / FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def truth(given: Given) -> dict[str, object]:
    """Per condition what it covers; and all places."""
    frames, frame = given.read(), given.area()
    area = frame.geometry.iloc[0]
    grid = Raster.over(area, given.resolution_m)
    inside = area_mask(area, grid)
    wells = shapely.get_coordinates(given.proposals("wells").geometry.to_numpy())
    blocks = given.proposals("blocks").geometry.to_numpy()
    asked: dict[str, dict[str, float]] = {"area": {}, "cells": {}, "wells": {}, "blocks": {}}
    for one in given.questions:
        began = time.monotonic()
        picked = [one.picks(frames[name]).geometry.to_numpy() for name in one.files]
        parts = [_widened(shapes, one, frame.crs) for shapes in picked]
        whole = shapely.union_all(np.concatenate(parts))
        pieces = shapely.get_parts(whole)
        asked["area"][one.key] = float(shapely.area(_cut(pieces, area)).sum())
        asked["cells"][one.key] = _cells(pieces, grid, inside)
        asked["wells"][one.key] = _points(pieces, wells)
        asked["blocks"][one.key] = _shared(pieces, blocks)
        print(f"{time.monotonic() - began:6.1f} s  {one.key}", flush=True)
    places = {"area": area.area, "cells": int(inside.sum()), "wells": len(wells)}
    return {"resolution_m": given.resolution_m, "places": places, **asked}


def _widened(shapes: Shapes, question: Question, crs: CRS) -> Shapes:
    """All ground within the question's ground distance; distances are asked of lines only."""
    if not question.within_m or not len(shapes):
        return shapes
    if (shapely.get_dimensions(shapes) != 1).any():
        raise ValueError(f"{question.key}: a distance is asked of something else than lines")
    pieces = np.concatenate([_chunks(line) for line in shapely.get_parts(shapes)])
    middle = shapely.get_coordinates(shapely.line_interpolate_point(pieces, 0.5, normalized=True))
    proj = Proj(crs)
    lon, lat = proj(middle[:, 0], middle[:, 1], inverse=True)
    scale = proj.get_factors(lon, lat).meridional_scale
    found: Shapes = shapely.buffer(pieces, question.within_m * scale, quad_segs=QUARTER)
    return found


def _chunks(line: BaseGeometry) -> Shapes:
    """A line cut at its vertices into pieces of about ``PIECE_M``."""
    xy = shapely.get_coordinates(shapely.segmentize(line, PIECE_M))
    way = np.cumsum(np.hypot(*np.diff(xy, axis=0).T)) // PIECE_M
    cuts = np.flatnonzero(np.diff(way)) + 1
    ends = zip([0, *cuts], [*cuts, len(xy) - 1], strict=True)
    return np.array([shapely.LineString(xy[at : to + 1]) for at, to in ends], object)


def _cut(pieces: Shapes, area: BaseGeometry) -> Shapes:
    """Disjoint polygons where they lie in the area."""
    shapely.prepare(area)
    whole = shapely.covered_by(pieces, area)
    met = ~whole & shapely.intersects(pieces, area)
    return np.concatenate([pieces[whole], shapely.intersection(pieces[met], area)])


def _cells(pieces: Shapes, grid: Raster, inside: NDArray[np.bool_]) -> int:
    """Cells of the area whose centres lie in the pieces or on their edges."""
    if not len(pieces):
        return 0
    edges = area_mask(
        shapely.GeometryCollection(list(shapely.boundary(pieces))), grid, touched=True
    )
    filled = area_mask(shapely.GeometryCollection(list(pieces)), grid)
    rows, cols = np.nonzero(edges & inside)
    x = grid.west + (cols + 0.5) * grid.resolution_m
    y = grid.north - (rows + 0.5) * grid.resolution_m
    return int((filled & ~edges & inside).sum()) + _points(pieces, np.column_stack([x, y]))


def _points(pieces: Shapes, xy: NDArray[np.float64]) -> int:
    points = shapely.points(xy)
    shapely.prepare(pieces)
    near = {"predicate": "dwithin", "distance": ON_EDGE_M}
    return len(np.unique(shapely.STRtree(points).query(pieces, **near)[1]))


def _shared(pieces: Shapes, blocks: Shapes) -> float:
    shapely.prepare(blocks)
    block, piece = shapely.STRtree(pieces).query(blocks, predicate="intersects")
    return float(shapely.area(shapely.intersection(blocks[block], pieces[piece])).sum())


if __name__ == "__main__":
    main()
