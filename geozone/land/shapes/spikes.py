"""Zero-width spikes of polygon rings: found and taken off exactly, so that no area changes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Shapes = NDArray[np.object_]
Vertex = tuple[float, float]

NEARLY = 1e-12
"""Share of the product of two edges below which their turn is looked at exactly."""
LEAST_VERTICES = 3


def without_spikes(shapes: Shapes) -> Shapes:
    """The polygons (n,) without edges that run out and back along one line.

    Only what has exactly no width goes, whatever its length; a ring that would vanish stays
    as it was. Other shapes come back unchanged.
    """
    found = shapes.copy()
    for at in np.flatnonzero(_may_have_spikes(shapes)):
        found[at] = _trimmed(shapes[at])
    return found


def _may_have_spikes(shapes: Shapes) -> NDArray[np.bool_]:
    """Which polygons have a vertex at which the edge turns back on itself, to rounding."""
    hits = np.zeros(len(shapes), bool)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    for ring, at in zip(rings, owner[part], strict=True):
        points = shapely.get_coordinates(ring)[:-1]
        if hits[at] or len(points) < LEAST_VERTICES:
            continue
        before, after = np.roll(points, 1, axis=0) - points, np.roll(points, -1, axis=0) - points
        turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        reach = np.hypot(*before.T) * np.hypot(*after.T)
        back = (before * after).sum(axis=1) > 0
        hits[at] = bool((back & (np.abs(turn) <= NEARLY * reach)).any())
    return hits


def _trimmed(shape: BaseGeometry) -> BaseGeometry:
    parts = [
        shapely.Polygon(_ring(part.exterior), [_ring(hole) for hole in part.interiors])
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if shape.geom_type == "Polygon" else shapely.MultiPolygon(parts)


def _ring(ring: shapely.LinearRing) -> list[Vertex]:
    given: list[Vertex] = [(x, y) for x, y in shapely.get_coordinates(ring)[:-1].tolist()]
    kept = _joined_ends(_along(given))
    return kept if len(kept) >= LEAST_VERTICES else given


def _along(given: list[Vertex]) -> list[Vertex]:
    """The vertices without repetitions and tips, looked at from the first to the last."""
    kept: list[Vertex] = []
    for vertex in given:
        kept.append(vertex)
        while len(kept) > 1:
            if kept[-1] == kept[-2]:
                kept.pop()
            elif len(kept) > 2 and _turns_back(kept[-3], kept[-2], kept[-1]):
                del kept[-2]
            else:
                break
    return kept


def _joined_ends(kept: list[Vertex]) -> list[Vertex]:
    """The same where the last vertex meets the first again."""
    while len(kept) >= LEAST_VERTICES:
        if kept[-1] == kept[0] or _turns_back(kept[-2], kept[-1], kept[0]):
            kept = kept[:-1]
        elif _turns_back(kept[-1], kept[0], kept[1]):
            kept = kept[1:]
        else:
            break
    return kept


def _turns_back(before: Vertex, tip: Vertex, after: Vertex) -> bool:
    """Whether the edge that leaves a tip runs exactly back over the one that led to it."""
    ux, uy = (Fraction(b) - Fraction(t) for b, t in zip(before, tip, strict=True))
    vx, vy = (Fraction(a) - Fraction(t) for a, t in zip(after, tip, strict=True))
    return ux * vy == uy * vx and ux * vx + uy * vy > 0
