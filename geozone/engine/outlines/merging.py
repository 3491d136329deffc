"""The edge of the union of very many polygons."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geozone.engine.arrangement import CELL_MM, Bounds, Counter, arrange
from geozone.engine.outline import widened
from geozone.engine.outlines.buffers import buffer_rings
from geozone.engine.outlines.edges import LabelledCell
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
    grow. In the folder ``keep`` parts of it are kept. Raises ``ArithmeticError`` as ``arrange``
    does.
    """
    rings = buffer_rings(rings, grown_m, scale, jobs=jobs)
    west, south, east, north = rings.xy.min(axis=0).tolist() + rings.xy.max(axis=0).tolist()
    around = widened((west, south, east, north), MARGIN_M)
    counters = (_box(around), Counter(rings.xy, rings.starts, rings.sign))
    cells = arrange(counters, Bounds(*around), jobs=jobs, keep=keep)
    labelled = (
        LabelledCell.of(one, unpacked(one.table, INSIDE + 1)[:, INSIDE].astype(np.int32))
        for one in cells
    )
    faces = trace(join(labelled, CELL_MM), np.array([-1, 0], np.int32), jobs=jobs)
    count = len(faces.rings) - 1
    return Flat(faces.xy, faces.rings, np.full(count, LINE, np.int8), np.arange(count))


def _box(bounds: tuple[float, float, float, float]) -> Counter:
    west, south, east, north = bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    starts = np.array([0, len(corners)], np.int64)
    return Counter(np.array(corners, np.float64), starts, np.ones(1, np.int8))
