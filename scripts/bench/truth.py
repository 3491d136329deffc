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
BESIDE = 1e-4
"""In cells."""
PARTS = 20_000


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
    """Cells of the area whose centres lie in the pieces or on their edges.

    By GDAL's rule, but for centres next to an edge, which are asked one by one.
    """
    held = np.zeros(inside.shape, bool)
    for part in np.array_split(pieces, len(pieces) // PARTS + 1):
        if len(part):
            held |= area_mask(shapely.GeometryCollection(list(part)), grid)
    rows, cols = beside_edges(shapely.get_rings(pieces), grid)
    held[rows, cols] = False
    asked = inside[rows, cols]
    x = grid.west + (cols[asked] + 0.5) * grid.resolution_m
    y = grid.north - (rows[asked] + 0.5) * grid.resolution_m
    return int((held & inside).sum()) + _points(pieces, np.column_stack([x, y]))


def beside_edges(rings: Shapes, grid: Raster) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of cells whose centres an edge comes near, each once."""
    found = [np.empty((0, 2), np.intp)]
    for part in np.array_split(rings, len(rings) // PARTS + 1):
        xy, ring = shapely.get_coordinates(part, return_index=True)
        col = (xy[:, 0] - grid.west) / grid.resolution_m - 0.5
        row = (grid.north - xy[:, 1]) / grid.resolution_m - 0.5
        ends = np.column_stack([col[:-1], row[:-1], col[1:], row[1:]])[ring[1:] == ring[:-1]]
        steep = np.abs(ends[:, 3] - ends[:, 1]) >= np.abs(ends[:, 2] - ends[:, 0])
        found.append(_crossings(ends[steep])[:, ::-1])
        found.append(_crossings(ends[~steep][:, [1, 0, 3, 2]]))
    cells = np.unique(np.concatenate(found), axis=0)
    good = ((cells >= 0) & (cells < (grid.rows, grid.cols))).all(axis=1)
    return cells[good, 0], cells[good, 1]


def _crossings(ends: NDArray[np.float64]) -> NDArray[np.intp]:
    """Whole numbers (n, 2) next to which edges (from, line, to, line) cross a whole line."""
    low = np.ceil(np.minimum(ends[:, 1], ends[:, 3]) - BESIDE).astype(np.intp)
    high = np.floor(np.maximum(ends[:, 1], ends[:, 3]) + BESIDE).astype(np.intp)
    times = np.maximum(high - low + 1, 0)
    owner = np.repeat(np.arange(len(ends)), times)
    line = np.arange(len(owner)) - np.repeat(np.cumsum(times) - times, times) + low[owner]
    start, first, end, last = ends[owner].T
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num((line - first) / (last - first)).clip(0, 1)
    across = start + share * (end - start)
    near = np.abs(across - np.rint(across)) <= 2 * BESIDE
    return np.column_stack([np.rint(across).astype(np.intp), line])[near]


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
