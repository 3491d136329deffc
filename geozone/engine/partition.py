"""Evidence on polygons: the area cut wherever the state of some condition changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.engine.answered import Answered, in_area
from geozone.engine.counters import Counters, counters
from geozone.engine.cutting import Bounds
from geozone.engine.drawings import Called, Drawings
from geozone.engine.fields import AREA, Asked, Making, asked, scale_over
from geozone.engine.outline import Shapes
from geozone.engine.outlines.areas import AreaFit, label_areas, ring_sizes
from geozone.engine.outlines.edges import NOWHERE, Edges
from geozone.engine.outlines.faces import Faces, Polygons, multipolygons
from geozone.engine.outlines.tracing import drawn, trace
from geozone.engine.region import Region
from geozone.engine.runner import Progress
from geozone.engine.runs import Words, distinct_words, places_of, unpacked
from geozone.engine.table import distinct
from geozone.law.evidence import Evidence

WHOLE = 1e-8
"""How far sums of areas may differ, as a share."""

WIDTH_M = 1e-3
"""How far the border of the area may have moved by rounding."""

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Partition:
    """The area cut into ground of one evidence row each: disjoint, and together the area.

    Coordinates are whole millimetres of the working CRS, areas ellipsoidal.
    """

    ground: Answered
    evidence: Evidence
    rows: Labels
    """The evidence row of each answer of the ground."""
    fit: AreaFit
    jobs: int = 1

    @property
    def edges(self) -> Edges:
        """The edges between evidence rows; where most are kept they are read now."""
        return self.ground.edges

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
        return label_areas(self.rows, self.ground.tables.area_m2, len(self.evidence.rows))

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

    def sized(self, labels: Labels, called: Called) -> tuple[Polygons, NDArray[np.float64]]:
        """The polygons of zones and their areas, shape (p,); where cells are kept, from those
        that were drawn before by that name, as far as nothing changed.
        """
        labels = np.ascontiguousarray(labels, np.int32)
        kept = Drawings(self.ground, np.append(labels, NOWHERE)[self.rows], self.fit, self.jobs)
        return kept.sized(called, lambda: drawn(self.edges, labels, jobs=self.jobs))


def partition(
    regions: Sequence[Region],
    area: BaseGeometry,
    *,
    jobs: int = 1,
    keep: Path | None = None,
    drawings: Sequence[str] = (),
    progress: Progress | None = None,
) -> Partition:
    """The area (working CRS) cut wherever a region's state changes.

    Lines run within 1 cm of where the exact distance decides. ``jobs`` threads share the
    cells; their number changes nothing. Cells that are kept in the folder ``keep`` are not cut
    again; what is kept of the ``drawings`` that will be asked for is read meanwhile.
    Raises ``ValueError`` without regions and ``ArithmeticError`` where the shapes do not add up
    to the area.
    """
    if not regions:
        raise ValueError("a partition needs at least one region")
    ask = asked(regions, area, Making(jobs, keep))
    scale = scale_over(regions[0].crs, area.bounds, ask.fields)
    counted = counters(ask.fields, scale, jobs=jobs, named=keep is not None)
    bounds = Bounds(*area.bounds)
    fit = AreaFit.of(scale, area.bounds)
    ground = Answered(counted.rings, bounds, fit, jobs=jobs, keep=keep)
    if ground.known:
        for name in drawings:
            ground.known.kept.expect(name)
    ground.read(progress)
    evidence, rows = _evidence(ground.tables.table, regions, ask, counted)
    ground.label(rows)
    found = Partition(ground, evidence, rows, fit, jobs)
    _check(found, counted)
    return found


def _evidence(
    given: Words, regions: Sequence[Region], ask: Asked, counted: Counters
) -> tuple[Evidence, Labels]:
    """The evidence that answers come to, and its row for each; ``NOWHERE`` outside the area."""
    inside = in_area(given)
    words = distinct_words(given[inside])
    bits = counted.bits(unpacked(words, len(counted.rings)))
    table = distinct(list(ask.states(bits).T), len(words))
    rows = np.full(len(given), NOWHERE, np.int32)
    rows[inside] = table.index[places_of(given[inside], words)]
    return Evidence(tuple(region.condition for region in regions), table.rows), rows


def _check(found: Partition, counted: Counters) -> None:
    """The faces together are the study area, but for a millimetre along its edge."""
    area = counted.rings[AREA].rings
    wanted = abs(float((ring_sizes(area.xy, area.starts, found.fit) * area.sign).sum()))
    total = float(found.area_m2.sum())
    steps = np.hypot(*np.diff(area.xy, axis=0).T)
    steps[area.starts[1:-1] - 1] = 0.0
    if abs(total - wanted) > max(WHOLE * wanted, WIDTH_M * float(steps.sum())):
        raise ArithmeticError(f"faces of {total} m2 in an area of {wanted} m2")
