"""The data behind a factor, opened and checked: the one door for rasters and shapes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.bounds import AREA
from geozone.land.factors.covered import Covered
from geozone.land.factors.spec import FactorSource, Measure
from geozone.land.factors.use import Use
from geozone.land.factors.window import FactorTiles
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.coverage import read_coverage
from geozone.land.layers.sheet import Frame
from geozone.land.spec import is_raster

REMOVE = "删去 / remove it"
MOST_REACH_M = 200_000.0
"""Farther off a working CRS is no measure of the ground."""
ANYTHING = Use()


def open_factor(
    source: FactorSource,
    folder: Path,
    area: BaseGeometry,
    crs: CRS,
    faults: Faults,
    *,
    use: Use = ANYTHING,
) -> FactorTiles | None:
    """The values of a factor, ready to be asked tile by tile; ``None`` with faults.

    ``area`` is the study area in ``crs``, the metric CRS of the grid; paths are relative to
    ``folder``. Everything that is wrong goes to ``faults``. With a ``use`` a raster whose cells
    are not those of its grids is a fault here; without one ``tile`` raises.
    """
    here, frame = faults.of(source.path), Frame(area, crs)
    raster = is_raster(source.path, source.band is not None)
    before = len(faults.found)
    for key, what, todo in _misfits(source, raster=raster):
        here.at(key).add(what, todo)
    covered = _covered(source, folder, frame, faults)
    if len(faults.found) > before:
        return None
    try:
        if raster:
            from geozone.land.factors.rastersource import open_raster  # noqa: PLC0415 - loads slowly

            cut = covered if source.coverage != AREA else None
            return open_raster(source, folder, frame, here, covered=cut, use=use)
        from geozone.land.factors.vectorsource import open_vector  # noqa: PLC0415 - likewise

        return open_vector(source, folder, frame, here, covered=covered)
    except UnreadableError as error:
        here.add(error.what, error.todo)
        return None


def _misfits(source: FactorSource, *, raster: bool) -> Iterator[tuple[str, str, str]]:
    """Keys that do not go together: the key, what is wrong and what to do."""
    measure, needs = source.measure, "须写 / is needed"
    if raster and measure is not Measure.VALUE:
        what = f"栅格只能取值 / of a raster only its value is taken: {measure.value}"
        yield "measure", what, 'measure = "value"'
    strange = ("layer", "encoding", "field", "where") if raster else ("band", "resampling")
    kind = "栅格不用 / a raster has no" if raster else "只用于栅格 / only rasters have"
    for key in strange:
        if getattr(source, key) is not None and not (key == "layer" and raster):
            yield key, f"{kind} {key!r}", REMOVE
    around = measure in (Measure.DISTANCE, Measure.DENSITY)
    if around and not (source.reach_m or 0.0) > 0:
        yield "reach_m", f"{measure.value} {needs}", "reach_m = 5000"
    elif around and (source.reach_m or 0.0) > MOST_REACH_M:
        yield "reach_m", f"过大 / is too large: {source.reach_m:g} m", f"reach_m ≤ {MOST_REACH_M:g}"
    if not around and source.reach_m is not None:
        yield "reach_m", f"{measure.value} 不用 / has no reach", REMOVE
    if not raster and (measure is Measure.VALUE) != (source.field is not None):
        has = source.field is not None
        what = f"{measure.value} 不用 / has no field" if has else f"{measure.value} {needs}"
        yield "field", what, REMOVE if has else 'field = "…"'


def _covered(source: FactorSource, folder: Path, frame: Frame, faults: Faults) -> Covered | None:
    """Where nothing is missed; ``None`` where that is not said."""
    if source.coverage is None:
        return None
    if source.coverage == AREA:
        return Covered.by(frame.area)
    here = faults.of(source.coverage).at("coverage")
    polygons = read_coverage(source.coverage, folder, frame, here)
    return None if polygons is None else Covered.by(polygons.shape)
