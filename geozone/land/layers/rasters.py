"""Reading GeoTIFF layers: classes of cells as polygons, or values to be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crs import Operation, label
from geozone.land.coordinates.placing import source_crs, units_fit
from geozone.land.faults import Faults
from geozone.land.layers.cells import Cells, Raster, extent, outlines
from geozone.land.layers.rasterfile import Band, fillers_in, read_band, refuse_fillers
from geozone.land.layers.sheet import Frame, Sheet
from geozone.land.problems import SHOWN, Problems
from geozone.land.spec import LayerSpec
from geozone.rules.vocabulary import themes

UNSEEN, NOTHING = 255, 0
"""Codes of cells in one byte: nothing there, classes from 1, not seen."""
Codes = NDArray[np.uint8]


def raster_sheet(
    path: Path, name: str, spec: LayerSpec, frame: Frame | None, problems: Problems
) -> Sheet | None:
    """A raster file as a sheet; ``None`` where it cannot be used. Raises ``UnreadableError``."""
    band = read_band(path, spec.band)
    for text in band.warnings:
        problems.report("driver-warning", text, "检查文件 / check the file")
    crs = source_crs(band.crs, spec.crs, problems.faults, spec.terms)
    if crs is None or not units_fit(band.bounds, crs, problems.faults):
        return None
    values = spec.class_values is None
    if values:
        refuse_fillers(fillers_in(band.values, band.valid))
    picked, codes, words = _coded(band, spec, problems)
    if frame is None:
        return None
    operation = Operation(crs, frame.crs, spec.shift)
    found = None if values else outlines(codes, picked, band.affine, operation)
    shapes = np.array([], object) if found is None else found.shapes
    _check_shapes(shapes, problems.faults)
    return Sheet(
        shapes=shapes,
        classes=() if found is None else tuple(words[code] for code in found.codes),
        attributes={},
        ids=tuple(f"{name}#{number}" for number in range(1, len(shapes) + 1)),
        driver="GTiff",
        kinds=frozenset({"cells"}),
        read=int(band.valid.sum()),
        nulls=int((~band.valid).sum()),
        repairs=(("missing tiles, unseen", band.missing_tiles),) if band.missing_tiles else (),
        crs=label(crs),
        operation=operation.says,
        seen=extent(_seen(band, codes), band.affine, operation),
        raster=_raster(band, operation) if values else None,
        versions={"rasterio": rasterio.__version__, "gdal (rasterio)": rasterio.__gdal_version__},
    )


def _raster(band: Band, operation: Operation) -> Raster:
    return Raster(band.values, band.valid, band.affine, operation)


def _seen(band: Band, codes: Codes) -> Cells:
    seen: Cells = band.valid & (codes != UNSEEN)
    return seen


def _coded(
    band: Band, spec: LayerSpec, problems: Problems
) -> tuple[Cells, Codes, list[str | None]]:
    """Cells that hold something, a code per cell, and the class of each code."""
    codes = np.full(band.values.shape, NOTHING, np.uint8)
    classes: list[str | None] = [None]
    if spec.class_values is None:
        return band.valid, codes, classes
    code_of = _codes_by_word(spec, classes)
    known = np.zeros(band.values.shape, bool)
    for value, word in spec.class_values.items():
        here = band.valid & (band.values == value)
        known |= here
        codes[here] = code_of[word]
    _report_unknown(band, band.valid & ~known, problems)
    codes[band.valid & ~known] = UNSEEN
    return (codes != NOTHING) & (codes != UNSEEN), codes, classes


def _codes_by_word(spec: LayerSpec, classes: list[str | None]) -> dict[str, int]:
    """The code of each word that the map uses; the classes of new codes go to ``classes``."""
    code_of = {"none": NOTHING}
    if not themes()[spec.theme].classes:
        code_of["unknown"] = UNSEEN
    for word in (spec.class_values or {}).values():
        if word not in code_of:
            classes.append(None if word in ("unknown", "present") else word)
            code_of[word] = len(classes) - 1
    return code_of


def _report_unknown(band: Band, strange: Cells, problems: Problems) -> None:
    if strange.any():
        values = np.unique(band.values[strange])
        shown = ", ".join(f"{one:g}" for one in values[:SHOWN])
        more = f" … ({len(values)})" if len(values) > SHOWN else ""
        problems.report(
            "unknown-class",
            f"栅格有未映射的值 / the raster has unmapped values: {shown}{more}",
            "class.values 中补写 / add to class.values",
            place="class",
        )


def _check_shapes(shapes: NDArray[np.object_], faults: Faults) -> None:
    if not shapely.is_valid(shapes).all():
        faults.add(
            "栅格在工作坐标系中变形过大 / the raster is torn in the working CRS",
            "裁剪到研究区附近 / cut it to the region",
        )
