"""Zones as layers of polygons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.answers.site import Site
from geozone.answers.zoning import Zone, Zoning
from geozone.land.coordinates.scale import ellipsoidal_areas
from geozone.pages.layer import Features, Kind, Layer
from geozone.pages.style import qml
from geozone.pages.tables import neutral

COLUMNS: Mapping[str, Kind] = {
    "verdict": str, "rules": str, "causes": str, "needs": str, "area_m2": float, "synthetic": str,
}  # fmt: skip

MANY_VERTICES = 5_000
"""More make a multipolygon slow to draw and to ask: its polygons become features."""

BATCH_VERTICES = 500_000
"""Vertices that are in memory at once as WKB, if no feature has more."""


def zone_layers(zoning: Zoning, *, split: bool = True) -> list[Layer]:
    """One layer per activity, ``TECH__OBJECT``, its zones in their order, severest first.

    With ``split`` the polygons of zones of many vertices are features of their own, from west
    to east, each with its own area; else every zone is one feature.
    """
    synthetic = is_synthetic(zoning.site)
    crs = zoning.site.project.crs
    return [
        Layer(activity.layer_name, COLUMNS, _batches(zones, crs, synthetic, split), qml())
        for activity, zones in zoning.zones.items()
    ]


def is_synthetic(site: Site) -> str:
    """What features say where a layer is made up; else nothing."""
    any_made = any(layer.spec.synthetic for layer in site.project.layers)
    return "合成示例数据 / synthetic sample" if any_made else ""


def _batches(
    zones: Sequence[Zone], crs: CRS, synthetic: str, split: bool
) -> Iterator[Features]:  # drawn once
    for zone in zones:
        shapes, areas = np.array([zone.shape], object), np.array([zone.area_m2])
        if split and shapely.get_num_coordinates(zone.shape) > MANY_VERTICES:
            shapes = ordered(shapely.get_parts(zone.shape))
            areas = ellipsoidal_areas(shapes, crs)
        for part in vertex_batches(shapes):
            yield Features.of(shapes[part], _values(zone, areas[part], synthetic))


def ordered(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Polygons from west to east, then from south to north."""
    west, south, east, north = shapely.bounds(polygons).T
    return polygons[np.lexsort((north, east, south, west))]


def vertex_batches(shapes: NDArray[np.object_], most: int = BATCH_VERTICES) -> Iterator[slice]:
    """Runs of shapes, each of so many vertices at most, or of one shape."""
    total = np.cumsum(shapely.get_num_coordinates(shapes))
    first = 0
    while first < len(shapes):
        before = total[first - 1] if first else 0
        last = max(int(np.searchsorted(total, before + most, side="right")), first + 1)
        yield slice(first, last)
        first = last


def _values(zone: Zone, areas: NDArray[np.float64], synthetic: str) -> dict[str, list[Any]]:
    """The columns of features that are of one zone."""
    count, why = len(areas), zone.reason
    return {
        "verdict": [why.verdict.code] * count,
        "rules": [neutral("; ".join(why.rules))] * count,
        "causes": [neutral("; ".join(why.causes))] * count,
        "needs": [neutral("; ".join(why.needs))] * count,
        "area_m2": [round(area, 2) for area in areas.tolist()],
        "synthetic": [synthetic] * count,
    }
