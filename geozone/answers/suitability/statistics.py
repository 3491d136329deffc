"""Zonal statistics: what counties, blocks and parcels hold of scores, classes and verdicts.

Every cell counts with exactly the part of it that lies in a polygon (exactextract), and with its
ground on the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.suitability.maps import Packed, ScoreMaps, unpacked
from geozone.answers.suitability.model import Class
from geozone.answers.suitability.zonal import OPEN, Figures, extracted
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.engine.outline import Shapes, shapes_array
from geozone.land.coordinates.scale import ellipsoidal_areas
from geozone.law.errors import Fault, Refused
from geozone.law.verdict import Verdict

SLIVER_M2 = 1e-3
"""Less of a polygon beyond the grid is rounding."""

STRIP_M = 15_000.0
"""Polygons are taken strip by strip from the north: a tile of 512 cells of 30 m is as high."""

_POLYGONS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, eq=False)
class Tract:
    """A polygon to be told of: a county, block or parcel; ``shape`` in the grid's CRS."""

    id: str
    shape: BaseGeometry


@dataclass(frozen=True)
class ScoreSummary:
    """Scores over ``hectares`` of ground, each weighted by its ground; ``deviation`` is that of
    the whole, not of a sample."""

    hectares: float
    mean: float
    least: float
    most: float
    deviation: float


@dataclass(frozen=True)
class TractStatistics:
    """What a polygon of ``hectares`` (ellipsoidal) holds.

    ``scores`` are those of all ground whose score is known, ``open_scores`` of what the zones
    leave open; none where there is no such ground. ``ground`` has hectares by class and verdict
    (no verdict: not told apart). ``unknown_ha`` is ground in the study area that has no score
    and is not closed; ``outside_ha`` are cells whose middle lies beyond the study area (along its
    edge also of polygons within it), ``beyond_ha`` is what lies beyond the grid.
    ``partly_outside``: nothing is said of some of its ground, as it leaves the study area.
    """

    id: str
    hectares: float
    scores: ScoreSummary | None
    open_scores: ScoreSummary | None
    ground: Mapping[tuple[Class, Verdict | None], float]
    unknown_ha: float
    outside_ha: float
    beyond_ha: float
    partly_outside: bool

    @property
    def inside_ha(self) -> float:
        """Hectares of cells in the study area."""
        return sum(self.ground.values())

    @property
    def classes(self) -> dict[Class, float]:
        """Hectares of every class, also of those that do not occur."""
        found = dict.fromkeys(Class, 0.0)
        for (one, _), hectares in self.ground.items():
            found[one] += hectares
        return found

    @property
    def shares(self) -> dict[Class, float]:
        """The share of every class in the ground within the study area; empty without any."""
        whole = self.inside_ha
        return {one: size / whole for one, size in self.classes.items()} if whole else {}

    @property
    def open_share(self) -> float:
        """The share that is open and scored of all ground that is not closed, 0 to 1."""
        whole = self.hectares - self.classes[Class.CLOSED]
        return min(self.open_scores.hectares / whole, 1.0) if self.open_scores else 0.0

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The statistics as JSON values, keys always in the same order."""
        return {
            "id": self.id,
            "hectares": round(self.hectares, 4),
            "partly_outside": self.partly_outside,
            "unknown_ha": round(self.unknown_ha, 4),
            "outside_ha": round(self.outside_ha, 4),
            "beyond_ha": round(self.beyond_ha, 4),
            "open_share": round(self.open_share, 6),
            "scores": _told(self.scores),
            "open_scores": _told(self.open_scores),
            "classes": {one.name.lower(): round(size, 4) for one, size in self.classes.items()},
            "shares": {one.name.lower(): round(size, 6) for one, size in self.shares.items()},
            "ground": [
                {
                    "class": one.name.lower(),
                    "verdict": verdict.code if verdict is not None else None,
                    "hectares": round(size, 4),
                }
                for (one, verdict), size in self.ground.items()
            ],
        }


def _told(scored: ScoreSummary | None) -> dict[str, float] | None:
    if scored is None:
        return None
    return {name: round(value, 6) for name, value in vars(scored).items()}


def tract_statistics(
    tracts: Iterable[Tract], maps: ScoreMaps, area: BaseGeometry | None = None
) -> tuple[TractStatistics, ...]:
    """What every polygon holds, in the order given; each is told of on its own.

    Whether one leaves the study area is asked of ``area``, in the grid's CRS; without it of the
    cells, among them those along the edge. Memory does not grow with polygons or grid. Raises
    ``Refused`` for shapes that are no polygons, ids that are repeated, and codes that are none.
    """
    wanted = tuple(tracts)
    _check(wanted)
    if not wanted:
        return ()
    shapes = shapes_array([one.shape for one in wanted])
    square_m = ellipsoidal_areas(shapes, maps.grid.crs)
    beyond_m = _beyond(shapes, shapely.box(*maps.grid.bounds), maps.grid.crs)
    order = _by_place(shapes)
    found = dict(zip(order.tolist(), extracted(shapes[order], maps), strict=True))
    told = tuple(
        _statistics(tract, found[at], (float(square_m[at]), float(beyond_m[at])))
        for at, tract in enumerate(wanted)
    )
    if area is None:
        return told
    leaving = (_beyond(shapes, area, maps.grid.crs) > 0).tolist()
    return tuple(replace(one, partly_outside=away) for one, away in zip(told, leaving, strict=True))


def _by_place(shapes: Shapes) -> NDArray[np.intp]:
    """The order in which neighbours follow one another, so that files are read once."""
    west, _, _, north = shapely.bounds(shapes).T
    return np.lexsort((west, -np.floor(north / STRIP_M)))


def _check(tracts: Sequence[Tract]) -> None:
    """Raises ``Refused`` with every polygon that is none, and every id that is repeated."""
    faults, seen = [], set()
    for one in tracts:
        shape = one.shape
        if shape.geom_type not in _POLYGONS or shape.is_empty or not shape.is_valid:
            what = f"不是有效的面（{shape.geom_type}） / is no valid polygon ({shape.geom_type})"
            faults.append(Fault("tracts", one.id, what, "检查图形 / check the shape"))
        if one.id in seen:
            what = f"编号重复 {one.id!r} / the id {one.id!r} is repeated"
            faults.append(Fault("tracts", one.id, what, "改正编号 / give every one its own id"))
        seen.add(one.id)
    if faults:
        raise Refused(faults)


def _beyond(shapes: Shapes, room: BaseGeometry, crs: CRS) -> NDArray[np.float64]:
    """Square metres of every polygon that lie beyond the grid or area, shape (n,)."""
    found = np.zeros(len(shapes))
    shapely.prepare(room)
    leaving = np.flatnonzero(~shapely.covers(room, shapes))
    if len(leaving):
        found[leaving] = ellipsoidal_areas(shapely.difference(shapes[leaving], room), crs)
    return np.where(found > SLIVER_M2, found, 0.0)


def _statistics(tract: Tract, props: Figures, square_m: tuple[float, float]) -> TractStatistics:
    """What exactextract found in a polygon of so many square metres, so many beyond the grid."""
    whole, beyond = (one / SQUARE_METRES_PER_HECTARE for one in square_m)
    hectares = float(props["ground"]) / SQUARE_METRES_PER_HECTARE
    cells = {
        unpacked(int(code)): float(share) * hectares
        for code, share in zip(props["codes"], props["shares"], strict=True)
        if share > 0
    }
    known = _sum(cells, lambda one: one.of is not None and one.known)
    open_known = _sum(cells, lambda one: one.of in OPEN and one.known)
    ground: dict[tuple[Class, Verdict | None], float] = {}
    for one in sorted(cells, key=_order):
        if one.of is not None:
            key = (one.of, one.verdict)
            ground[key] = ground.get(key, 0.0) + cells[one]
    outside = _sum(cells, lambda one: one.of is None)
    return TractStatistics(
        id=tract.id,
        hectares=whole,
        scores=_scored(props, "all", known),
        open_scores=_scored(props, "open", open_known),
        ground=ground,
        unknown_ha=_sum(cells, lambda one: one.of not in (None, Class.CLOSED) and not one.known),
        outside_ha=outside,
        beyond_ha=beyond,
        partly_outside=outside + beyond > 0,
    )


def _sum(cells: Mapping[Packed, float], which: Callable[[Packed], bool]) -> float:
    return sum(size for one, size in cells.items() if which(one))


def _order(one: Packed) -> tuple[int, int, bool]:
    """Best class first, then the mildest verdict."""
    of = -1 if one.of is None else [*reversed(OPEN), Class.UNDETERMINED, Class.CLOSED].index(one.of)
    return (of, -1 if one.verdict is None else int(one.verdict), one.known)


def _scored(props: Figures, which: str, hectares: float) -> ScoreSummary | None:
    if not hectares:
        return None
    return ScoreSummary(
        hectares,
        *(float(props[f"{which}_{one}"]) for one in ("mean", "min", "max", "stdev")),
    )
