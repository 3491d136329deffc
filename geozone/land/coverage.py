"""Polygon files that bound something: the study area, and where a layer knows its theme."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.crs import GEOGRAPHIC, Operation
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.geometry import check_shapes, kinds_of
from geozone.land.placing import place, source_crs, units_fit
from geozone.land.problems import Problems
from geozone.land.receipt import content_hash
from geozone.land.sources.source import opened


@dataclass(frozen=True, eq=False)
class Polygons:
    """The union of a file's polygons in a CRS, and the file's hash (``content_hash``)."""

    shape: BaseGeometry
    crs: CRS
    sha256: str

    @property
    def longitude(self) -> float:
        """The longitude of the middle of the bounds, in degrees."""
        degrees = shapely.transform(self.shape, Operation(self.crs, GEOGRAPHIC))
        west, _, east, _ = degrees.bounds
        return float(west + east) / 2

    def onto(self, crs: CRS, faults: Faults) -> Polygons | None:
        """The same polygons in another CRS; ``None`` with a fault where that tears them."""
        placed = place(shapely.get_parts(self.shape), Operation(self.crs, crs))
        if not placed.there.all() or not shapely.is_valid(placed.shapes).all():
            faults.add(
                "在工作坐标系中无法表达 / cannot be drawn in the working CRS",
                "核对坐标系 / check the CRS",
            )
            return None
        return Polygons(shapely.union_all(placed.shapes), crs, self.sha256)


def read_polygons(written: str, folder: Path, faults: Faults) -> Polygons | None:
    """The polygons of a vector file in its own CRS; ``None`` where something is wrong."""
    try:
        with opened(written, folder) as source:
            found = read_features(source.path, Wanted())
    except UnreadableError as error:
        faults.add(error.what, error.todo)
        return None
    before = len(faults.found)
    names = tuple(f"{source.path.stem}#{fid}" for fid in found.fids)
    checked = check_shapes(found.shapes, names, Problems(faults, {}))
    crs = source_crs(found.crs, None, faults)
    if not len(found.shapes) or set(kinds_of(checked.shapes[checked.good])) - {"polygon"}:
        faults.add("应为一个或多个面 / must hold one or more polygons", "提供面 / supply polygons")
    if len(faults.found) > before or crs is None:
        return None
    if not units_fit(shapely.total_bounds(checked.shapes), crs, faults):
        return None
    return Polygons(shapely.union_all(checked.shapes), crs, content_hash(source.files))
