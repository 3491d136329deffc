"""Edges straight in a file's CRS, kept so in another: vertices are added where they bend."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crs import Operation

Shapes = NDArray[np.object_]
Coordinates = NDArray[np.float64]

MOST_BEND_M = 1e-3
"""An edge may leave its chord in the working CRS by so much before vertices are added."""

LEAST_BEND_M = 1e-6
"""An edge that bends by more than this gets at least its middle as a vertex."""

MOST_PIECES = 4096


def straightened(shapes: Shapes, operation: Operation) -> Shapes:
    """The shapes (n,) with vertices added on edges that bend by more than a millimetre.

    An edge is cut into a power of two of equal pieces by its own bend alone, so neighbours that
    share an edge still share it afterwards.
    """
    if operation.is_identity or not len(shapes):
        return shapes
    found = shapes.copy()
    for dimension in (1, 2):
        chosen = np.flatnonzero(
            (shapely.get_dimensions(shapes) == dimension) & ~shapely.is_empty(shapes)
        )
        if len(chosen):
            found[chosen] = _bent(shapes[chosen], operation)
    return found


def _bent(shapes: Shapes, operation: Operation) -> Shapes:
    kind, coordinates, offsets = shapely.to_ragged_array(shapely.force_2d(shapes))
    starts = np.asarray(offsets[0])
    pieces = _pieces(coordinates, operation)
    pieces[starts[1:] - 1] = 1  # the last vertex of a ring or line begins no edge
    if (pieces == 1).all():
        return shapes
    step = np.zeros_like(coordinates)
    step[:-1] = np.diff(coordinates, axis=0)
    first = np.concatenate([[0], np.cumsum(pieces)])
    number = np.arange(first[-1]) - np.repeat(first[:-1], pieces)
    share = (number / np.repeat(pieces, pieces))[:, None]
    filled = np.repeat(coordinates, pieces, axis=0) + share * np.repeat(step, pieces, axis=0)
    made: Shapes = shapely.from_ragged_array(kind, filled, (first[starts], *offsets[1:]))
    return made


def _pieces(coordinates: Coordinates, operation: Operation) -> NDArray[np.intp]:
    """Into how many equal pieces the edge after each vertex has to be cut, shape (n,)."""
    moved = operation(coordinates)
    middle = operation((coordinates[:-1] + coordinates[1:]) / 2)
    with np.errstate(invalid="ignore"):
        away = np.hypot(*(middle - (moved[:-1] + moved[1:]) / 2).T)
    away[~np.isfinite(away)] = 0.0
    halvings = np.ceil(np.log2(np.maximum(away / MOST_BEND_M, 1.0)) / 2)
    halvings = np.maximum(halvings, away > LEAST_BEND_M)
    pieces = np.ones(len(coordinates), np.intp)
    pieces[:-1] = np.minimum(np.exp2(halvings), MOST_PIECES).astype(np.intp)
    return pieces
