"""Evidence on polygons: the area cut wherever the state of some condition changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.arrangement import CELL_MM, arrange
from geozone.engine.counters import Counters, counters
from geozone.engine.cutting import Bounds
from geozone.engine.fields import AREA, Asked, Making, asked, scale_over
from geozone.engine.outline import Shapes
from geozone.engine.outlines.areas import AreaFit, label_areas, sides_areas
from geozone.engine.outlines.edges import NOWHERE, Edges, LabelledBlock
from geozone.engine.outlines.faces import Faces, multipolygons
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.tracing import parting, trace
from geozone.engine.region import Region
from geozone.engine.runner import Progress
from geozone.engine.runs import Words, distinct_words, places_of, unpacked
from geozone.engine.table import distinct
from geozone.law.evidence import Evidence

WHOLE = 1e-9
"""How far sums of planar areas may differ, as a share."""

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Partition:
    """The area cut into ground of one evidence row each: disjoint, and together the area.

    ``edges`` part evidence rows, in whole millimetres of the working CRS. Areas are
    ellipsoidal.
    """

    edges: Edges
    evidence: Evidence
    fit: AreaFit
    jobs: int = 1

    @property
    def index(self) -> NDArray[np.intp]:
        """The evidence row of each of ``shapes``."""
        return np.arange(len(self.evidence.rows))

    @cached_property
    def faces(self) -> Faces:
        """The polygons of every evidence row."""
        return trace(self.edges, jobs=self.jobs)

    @cached_property
    def area_m2(self) -> NDArray[np.float64]:
        """The ground of each evidence row in ellipsoidal square metres, shape (rows,)."""
        return sides_areas(self.edges, self.fit, len(self.evidence.rows), jobs=self.jobs)

    def summed(self, labels: Labels, count: int) -> NDArray[np.float64]:
        """The ground of each zone, shape (count,), where row i is of zone ``labels[i]``."""
        return label_areas(labels, self.area_m2, count)

    @cached_property
    def shapes(self) -> Shapes:
        """One multipolygon per evidence row, shape (rows,)."""
        return multipolygons(self.faces, len(self.evidence.rows))

    def zones(self, labels: Labels) -> Faces:
        """The polygons of zones, where row i is ground of zone ``labels[i]``, or of none at -1."""
        return trace(self.edges, np.ascontiguousarray(labels, np.int32), jobs=self.jobs)


def partition(
    regions: Sequence[Region],
    area: BaseGeometry,
    *,
    jobs: int = 1,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Partition:
    """The area (working CRS) cut wherever a region's state changes.

    Lines run within 1 cm of where the exact distance decides. ``jobs`` threads share the
    cells; their number changes nothing. Cells that are kept in the folder ``keep`` are not cut
    again. Raises ``ValueError`` without regions and
    ``ArithmeticError`` where the shapes do not add up to the area.
    """
    if not regions:
        raise ValueError("a partition needs at least one region")
    ask = asked(regions, area, Making(jobs, keep))
    scale = scale_over(regions[0].crs, area.bounds, ask.fields)
    counted = counters(ask.fields, scale, jobs=jobs, named=keep is not None)
    bounds = Bounds(*area.bounds)
    blocks = arrange(counted.rings, bounds, jobs=jobs, keep=keep, tidy=True, progress=progress)
    told = _Answers(len(counted.rings))
    edges = join((LabelledBlock.of(one, told.labels(one.table)) for one in blocks), CELL_MM)
    evidence, rows = told.evidence(regions, ask, counted)
    edges = parting(edges, rows, jobs=jobs)  # the others are let go
    found = Partition(edges, evidence, AreaFit.of(scale, area.bounds), jobs)
    _check(found, counted)
    return found


class _Answers:
    """The answers of counters, numbered as they come, of which many are the same."""

    def __init__(self, counters: int) -> None:
        self._counters = counters
        self._tables: list[Words] = []
        self._count = 0

    def labels(self, table: Words) -> Labels:
        """The number of each answer, ``NOWHERE`` outside the study area."""
        first = self._count
        self._tables.append(table)
        self._count += len(table)
        return np.where(_inside(table), np.arange(first, self._count), NOWHERE).astype(np.int32)

    def evidence(
        self, regions: Sequence[Region], ask: Asked, counted: Counters
    ) -> tuple[Evidence, Labels]:
        """The evidence that the answers come to, and the row of each number."""
        given = np.concatenate(self._tables)
        inside = _inside(given)
        words = distinct_words(given[inside])
        bits = counted.bits(unpacked(words, self._counters))
        table = distinct(list(ask.states(bits).T), len(words))
        rows = np.full(len(given), NOWHERE, np.int32)
        rows[inside] = table.index[places_of(given[inside], words)]
        return Evidence(tuple(region.condition for region in regions), table.rows), rows


def _inside(table: Words) -> NDArray[np.bool_]:
    """Which answers are those of ground in the study area."""
    found: NDArray[np.bool_] = unpacked(table, AREA + 1)[:, AREA]
    return found


def _check(found: Partition, counted: Counters) -> None:
    """The faces together are the study area, but for a millimetre along its edge."""
    area, edges = counted.rings[AREA].rings, found.edges
    wanted = abs(_enclosed(np.rint(area.xy * 1000.0), area.starts, area.sign))
    outer = (edges.left == NOWHERE) != (edges.right == NOWHERE)
    ends = edges.ends[outer].astype(np.float64)
    cross = ends[:, 0] * ends[:, 3] - ends[:, 2] * ends[:, 1]
    total = abs(float(np.where(edges.right[outer] == NOWHERE, cross, -cross).sum()) / 2)
    around = float(np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]).sum())
    if abs(total - wanted) > max(WHOLE * wanted, around):
        raise ArithmeticError(f"faces of {total / 1e6} m2 in an area of {wanted / 1e6} m2")


def _enclosed(xy: NDArray[np.float64], starts: NDArray[np.int64], sign: NDArray[np.int8]) -> float:
    """The area that rings enclose: those that count +1 less those that count -1."""
    if not len(sign):
        return 0.0
    local = xy - xy[0]
    cross = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
    cross[starts[1:-1] - 1] = 0.0
    return float((np.add.reduceat(cross, starts[:-1]) * sign).sum() / 2)
