"""The edge of the union of very many polygons."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geozone.engine.arrangement import CELL_MM, arrange
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.outline import Bounds as Box
from geozone.engine.outline import widened
from geozone.engine.outlines.buffers import buffer_rings
from geozone.engine.outlines.edges import LabelledBlock
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.tracing import trace
from geozone.engine.runs import unpacked
from geozone.engine.scalefit import ScaleFit
from geozone.land.shapes.flat import LINE, Flat

MARGIN_M = 10.0
INSIDE = 1
"""The counter of the polygons; counter 0 is a box around them."""


def union_edge(
    rings: Flat, grown_m: float, scale: ScaleFit, *, jobs: int = 1, keep: Path | None = None
) -> Flat:
    """The edge of the union of polygons grown by ground metres, as lines on a grid of 1 mm.

    Overlaps and shared borders leave no edge, nor do cracks of less than twice what the polygons
    grow. It is right within the bounds of ``scale``, along which there may be edges that are none.
    In the folder ``keep`` parts of it are kept. Raises ``ArithmeticError`` as ``arrange`` does.
    """
    rings = buffer_rings(rings, grown_m, scale, jobs=jobs)
    around = _within(widened(_bounds(rings), MARGIN_M), scale.bounds)
    if around is None:
        return Flat.joined([])
    counters = (_box(around), Counter(rings.xy, rings.starts, rings.sign))
    blocks = arrange(counters, Bounds(*around), jobs=jobs, keep=keep)
    labelled = (
        LabelledBlock.of(one, unpacked(one.table, INSIDE + 1)[:, INSIDE].astype(np.int32))
        for one in blocks
    )
    faces = trace(join(labelled, CELL_MM), np.array([-1, 0], np.int32), jobs=jobs)
    count = len(faces.rings) - 1
    return Flat(faces.xy, faces.rings, np.full(count, LINE, np.int8), np.arange(count))


def _bounds(rings: Flat) -> Box:
    low, high = rings.xy.min(axis=0).tolist(), rings.xy.max(axis=0).tolist()
    return low[0], low[1], high[0], high[1]


def _within(bounds: Box, others: Box) -> Box | None:
    """What two boxes share, if they share any ground."""
    west, south = max(bounds[0], others[0]), max(bounds[1], others[1])
    east, north = min(bounds[2], others[2]), min(bounds[3], others[3])
    return (west, south, east, north) if west < east and south < north else None


def _box(bounds: Box) -> Counter:
    west, south, east, north = bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    starts = np.array([0, len(corners)], np.int64)
    return Counter(np.array(corners, np.float64), starts, np.ones(1, np.int8))
