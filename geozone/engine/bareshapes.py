"""Features as bare coordinates: which of them hold all of a box, and which stay clear of it.

That is all there is to most questions, and takes less than making shapes of the features.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import GeometryType

from geozone.engine.outline import Bounds
from geozone.land.layers.layer import Layer

Metres = NDArray[np.float64]

MOST = 2000
"""Features of more vertices are sooner asked as shapes, which keep their edges sorted."""

SOLID = (int(GeometryType.POLYGON), int(GeometryType.MULTIPOLYGON))
KINDS = (*SOLID, int(GeometryType.LINESTRING), int(GeometryType.MULTILINESTRING))


class Stand(Enum):
    """How a feature stands to a box: clear of it, holding all of it, or to be asked as a shape."""

    CLEAR = "clear"
    HOLDS = "holds"
    OPEN = "open"


class Piece(NamedTuple):
    """A feature: vertices (n, 2), where its chains end among them, and whether it has ground."""

    xy: NDArray[np.float64]
    ends: Sequence[int]
    solid: bool


def piece_of(layer: Layer, place: int) -> Piece | None:
    """The feature at a place of a layer; ``None`` where it is sooner asked as a shape."""
    if layer.held is None:
        return None
    shapes = layer.held.shapes
    kind, starts, parts = shapes.kinds.item(place), shapes.flat.starts, shapes.parts
    chain = parts.item(shapes.firsts.item(place))
    last = parts.item(shapes.firsts.item(place + 1))
    begin, end = starts.item(chain), starts.item(last)
    if end - begin > MOST or kind not in KINDS:
        return None
    ends = [end - begin]
    if last - chain > 1:
        ends = (starts[chain + 1 : last + 1] - begin).tolist()
    return Piece(shapes.flat.xy[begin:end], ends, kind in SOLID)


def standing(pieces: Sequence[Piece], bounds: Bounds, margins: Sequence[float]) -> list[Stand]:
    """How each of some features stands to a box that is widened by its margin.

    A feature whose edges all stay clear of the widened box may hold all of it; polygons are valid.
    """
    counts = [len(one.xy) for one in pieces]
    firsts = [0, *accumulate(counts[:-1])]
    xy = np.concatenate([one.xy for one in pieces])
    # From the end of one chain to the beginning of the next there is no edge.
    joins = [at + end - 1 for at, one in zip(firsts, pieces, strict=True) for end in one.ends][:-1]
    far = _far(xy, bounds, _each(margins, counts))
    far[joins] = True
    clear = np.logical_and.reduceat(far, firsts).tolist()
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    odd = [False] * len(pieces)
    low = xy[:, 1] <= middle[1]
    turns = low[1:] != low[:-1]
    turns[joins] = False
    for edge in turns.nonzero()[0].tolist():
        (ax, ay), (bx, by) = xy[edge : edge + 2].tolist()
        if ax + (middle[1] - ay) / (by - ay) * (bx - ax) <= middle[0]:
            piece = bisect_right(firsts, edge) - 1
            odd[piece] = not odd[piece]
    return [
        (Stand.HOLDS if inside and one.solid else Stand.CLEAR) if stays else Stand.OPEN
        for one, stays, inside in zip(pieces, clear, odd, strict=True)
    ]


def _each(margins: Sequence[float], counts: Sequence[int]) -> float | Metres:
    """The margin of every vertex; one for all where that is so."""
    first = margins[0]
    if margins.count(first) == len(margins):
        return first
    return np.repeat(np.array(margins), counts)


def _far(xy: Metres, bounds: Bounds, margin: float | Metres) -> NDArray[np.bool_]:
    """Which edges from one vertex to the next stay clear of a widened box; true only if sure."""
    west, south, east, north = bounds
    found: NDArray[np.bool_] = np.zeros(len(xy) - 1, bool)
    for places, low, high in ((xy[:, 0], west, east), (xy[:, 1], south, north)):
        for off in (places < low - margin, places > high + margin):
            found |= off[1:] & off[:-1]
    return found
