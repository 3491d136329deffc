"""Opening a raster for a factor: everything checked, and all that may be read looked at once."""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.coordinates.crs import Operation, label
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.placing import source_crs, units_fit, whereabouts
from geozone.land.coordinates.terms import Terms, same_places
from geozone.land.factors.covered import Covered
from geozone.land.factors.placed import Limits, Placed
from geozone.land.factors.rasterscan import STRAIGHT_M, Seen, scan
from geozone.land.factors.rastertiles import BandFile, RasterTiles, unnamed_resampling
from geozone.land.factors.spec import FactorSource, Resampling
from geozone.land.factors.use import Use
from geozone.land.factors.window import Window
from geozone.land.faults import Faults
from geozone.land.heard import READ_AGAIN
from geozone.land.layers.rasterfile import OpenBand, opened_band, said
from geozone.land.layers.sheet import Frame
from geozone.land.layers.wholes import check_hash
from geozone.land.receipt import Receipt, content_hash
from geozone.land.sources.source import Source, opened

MARGIN_M = 1000.0
"""Around the box of the study area so much is read, or so many cells, whichever is more."""
MORE_CELLS = 4
KM = 1000.0
MIXING = (Resampling.BILINEAR, Resampling.AVERAGE)
NEARLY_ALL = 0.9995
"""Of the area; where more is known nothing is said."""


def open_raster(
    source: FactorSource,
    folder: Path,
    frame: Frame,
    faults: Faults,
    *,
    covered: Covered | None = None,
    use: Use,
) -> RasterTiles | None:
    """A raster as values of a factor, cut by what is ``covered``; ``None`` with faults.

    Raises ``UnreadableError``.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opened(source.path, folder, source.layer))
        before = len(faults.found)
        check_hash(source.sha256, file.files, faults)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            with opened_band(file.path, source.band, most_cells=np.inf) as band:
                placed = _placed(band, source, frame, faults)
                limits = None if placed is None else _limits(placed, band, frame, faults, use)
                seen = None
                if placed and limits:
                    _check_resampling(placed, band, source, faults, use)
                    seen = scan(band, limits, placed, frame.area, faults)
        for text in said(heard):
            faults.add(f"驱动警告 / driver warning: {text}", READ_AGAIN)
        if seen is not None and not seen.share:
            faults.add("研究区内没有值 / no value in the study area", "核对文件 / check the file")
        if len(faults.found) > before or not placed or not limits or not seen:
            return None
        return RasterTiles(
            file=BandFile(file.path, band.number),
            written=source.path,
            placed=placed,
            limits=limits,
            resampling=source.resampling,
            covered=covered,
            receipt=_receipt(file, seen, placed),
            keep=stack.pop_all(),
        )


def _bounds(band: OpenBand) -> NDArray[np.float64]:
    """West, south, east, north in the raster's CRS."""
    corners = band.affine(np.array([[0, 0], [band.file.width, band.file.height]], float))
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def _placed(band: OpenBand, source: FactorSource, frame: Frame, faults: Faults) -> Placed | None:
    """Where the cells lie, and their size in the middle of the area; ``None`` with a fault."""
    crs = source_crs(band.crs, source.crs, faults, Terms(source.accuracy_m))
    if crs is None or not units_fit(_bounds(band), crs, faults):
        return None
    operation = Operation(frame.crs, crs)
    is_same = operation.is_identity or same_places(frame.crs, crs)
    bare = Placed(band.affine, operation, is_same, 1.0)
    middle = frame.area.envelope.centroid
    x = middle.x + np.array([-0.5, 0.5, 0.0, 0.0]) * KM
    y = middle.y + np.array([0.0, 0.0, -0.5, 0.5]) * KM
    cells = np.column_stack(bare.at(x, y))
    return replace(bare, cell_m=KM / float(np.hypot(*(cells[1::2] - cells[::2]).T).max()))


def _limits(
    placed: Placed, band: OpenBand, frame: Frame, faults: Faults, use: Use
) -> Limits | None:
    """The cells that a grid over the area may need; ``None`` with a fault where there are none."""
    west, south, east, north = frame.area.bounds
    far = max(MARGIN_M, MORE_CELLS * max((placed.cell_m, *use.resolutions_m)))
    box = shapely.box(west - far, south - far, east + far, north + far)
    fine = shapely.segmentize(box, max(STRAIGHT_M, far / 4))
    cols, rows = placed.at(*shapely.get_coordinates(fine).T)
    if np.isfinite(cols).all() and np.isfinite(rows).all():
        low = np.floor([rows.min(), cols.min()]).astype(int).tolist()
        high = np.ceil([rows.max(), cols.max()]).astype(int).tolist()
        limits = Limits(*low, *high).meet(Limits(0, 0, band.file.height, band.file.width))
        if not limits.is_empty:
            return limits
    _report_far(_bounds(band), placed.operation.target, frame, faults)
    return None


def _report_far(bounds: NDArray[np.float64], crs: CRS, frame: Frame, faults: Faults) -> None:
    """That a raster does not meet the study area, and where it lies instead."""
    there = shapely.transform(shapely.box(*bounds), Operation(crs, frame.crs))
    words = ""
    if np.isfinite(shapely.get_coordinates(there)).all():
        boxes = np.array([there], object)
        words = f"，{whereabouts(boxes, frame.area)[1]}"
        words += hint(boxes, frame.area, crs=frame.crs, source=label(crs))
    faults.add(
        f"栅格不与研究区相交{words} / the raster does not meet the study area",
        "核对坐标系与文件 / check CRS and file",
    )


def _check_resampling(
    placed: Placed, band: OpenBand, source: FactorSource, faults: Faults, use: Use
) -> None:
    here = faults.at("resampling")
    if source.resampling in MIXING and (use.codes or band.is_palette):
        here.add(
            f"类别代码不可混合 / codes of classes are not to be mixed: {source.resampling.value}",
            'resampling = "nearest", "mode"',
        )
    for size in use.resolutions_m if source.resampling is None else ():
        if not placed.is_aligned(Window(0.0, 0.0, size, 1, 1, placed.operation.source)):
            error = unnamed_resampling(size)
            here.add(error.what, error.todo)


def _receipt(file: Source, seen: Seen, placed: Placed) -> Receipt:
    crs = placed.operation.target
    lacks = 1 - seen.share
    notes = (
        (f"研究区约 {lacks:.1%} 无值 / about {lacks:.1%} of the study area has no value",)
        if seen.share < NEARLY_ALL
        else ()
    )
    tiles = seen.missing_tiles
    return Receipt(
        sha256=content_hash(file.files),
        files=file.files,
        driver="GTiff",
        read=seen.known,
        kept=seen.known,
        nulls=seen.unknown,
        repairs=(("missing tiles, unseen", tiles),) if tiles else (),
        remarks=(*file.notes, *notes),
        crs=label(crs),
        operation=Operation(crs, placed.operation.source).says,
        versions=(
            ("gdal (rasterio)", rasterio.__gdal_version__),
            ("rasterio", rasterio.__version__),
        ),
    )
