"""Reading GeoTIFF layers: classes of cells as polygons, or values to be compared."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from geozone.land.cells import Affine, Cells, Raster, extent, outlines
from geozone.land.crs import Operation, label
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.placing import source_crs, units_fit
from geozone.land.problems import SHOWN, Problems
from geozone.land.sheet import Frame, Sheet
from geozone.land.spec import LayerSpec
from geozone.rules.vocabulary import themes

MOST_BYTES = 2 << 30
SAFE = {"GDAL_PAM_ENABLED": "NO", "GDAL_GEOREF_SOURCES": "INTERNAL"}


@dataclass(frozen=True, eq=False)
class Band:
    """One band: values and validity (rows, cols), where its cells lie, and what it states."""

    values: NDArray[Any]  # of whatever type the file stores
    valid: Cells
    affine: Affine
    crs: CRS | None
    warnings: tuple[str, ...]

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east, north in the raster's CRS."""
        rows, cols = self.values.shape
        corners = self.affine(np.array([[0, 0], [cols, rows]], float))
        return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def read_band(path: Path, band: int) -> Band:
    """One band of a GeoTIFF, after its size has been checked. Raises ``UnreadableError``."""
    try:
        with warnings.catch_warnings(record=True) as heard, rasterio.Env(**SAFE):
            warnings.simplefilter("always")
            with rasterio.open(path, driver="GTiff") as file:
                _check(file, path, band)
                values = file.read(band)
                valid = file.read_masks(band) > 0
                crs = CRS.from_user_input(file.crs) if file.crs else None
                at = file.transform
    except (RasterioError, OSError) as error:
        raise UnreadableError(
            f"无法读取 GeoTIFF / the GeoTIFF cannot be read: {error}",
            "检查或重新导出 / check it or export it again",
        ) from error
    quiet = (NotGeoreferencedWarning, DeprecationWarning, PendingDeprecationWarning)
    said = [str(one.message) for one in heard if not issubclass(one.category, quiet)]
    if values.dtype.kind == "f":
        valid &= np.isfinite(values)
    return Band(values, valid, Affine(at.c, at.f, at.a, at.e), crs, tuple(dict.fromkeys(said)))


def _check(file: Any, path: Path, band: int) -> None:  # a rasterio dataset, untyped
    if band > file.count:
        raise UnreadableError(
            f"没有波段 {band} / there is no band {band} ({file.count})", "band = 1", problem=None
        )
    size = file.width * file.height * np.dtype(file.dtypes[band - 1]).itemsize
    wrong = {
        f"过大 / too large: {file.width} × {file.height}": size > MOST_BYTES,
        "有旋转 / is rotated": bool(file.transform.b or file.transform.d),
        "为复数 / holds complex numbers": np.dtype(file.dtypes[band - 1]).kind == "c",
        "带比例或偏移 / carries a scale or offset": (
            (file.scales[band - 1], file.offsets[band - 1]) != (1.0, 0.0)
        ),
        "有外部掩膜 .msk / has an outside mask .msk": path.with_name(path.name + ".msk").exists(),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            todo = "裁剪、重采样或重新导出 / cut, resample or export it again"
            raise UnreadableError(f"栅格{what}", todo, problem=None)


def raster_sheet(
    path: Path, name: str, spec: LayerSpec, frame: Frame | None, problems: Problems
) -> Sheet | None:
    """A raster file as a sheet; ``None`` where it cannot be used. Raises ``UnreadableError``."""
    band = read_band(path, spec.band)
    for text in band.warnings:
        problems.report("driver-warning", text, "检查文件 / check the file")
    crs = source_crs(band.crs, spec.crs, problems.faults)
    if crs is None or not units_fit(band.bounds, crs, problems.faults):
        return None
    picked, codes, words = _coded(band, spec, problems)
    if frame is None:
        return None
    operation = Operation(crs, frame.crs)
    values = spec.class_values is None
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
        crs=label(crs),
        operation=operation.says,
        seen=extent(_seen(band, codes), band.affine, operation),
        raster=_raster(band, operation) if values else None,
        versions={"rasterio": rasterio.__version__, "gdal (rasterio)": rasterio.__gdal_version__},
    )


def _raster(band: Band, operation: Operation) -> Raster:
    return Raster(band.values.astype(float), band.valid, band.affine, operation)


UNSEEN, NOTHING = -1, 0


def _seen(band: Band, codes: NDArray[np.int32]) -> Cells:
    seen: Cells = band.valid & (codes != UNSEEN)
    return seen


def _coded(
    band: Band, spec: LayerSpec, problems: Problems
) -> tuple[Cells, NDArray[np.int32], list[str | None]]:
    """Cells that hold something, a code per cell, and the class of each code."""
    codes = np.full(band.values.shape, NOTHING, np.int32)
    classes: list[str | None] = [None]
    if spec.class_values is None:
        return band.valid, codes, classes
    unknown_code = UNSEEN if not themes()[spec.theme].classes else None
    known = np.zeros(band.values.shape, bool)
    for value, word in spec.class_values.items():
        here = band.valid & (band.values == value)
        known |= here
        if word == "none":
            continue
        if word == "unknown" and unknown_code is not None:
            codes[here] = unknown_code
            continue
        classes.append(None if word in ("unknown", "present") else word)
        codes[here] = len(classes) - 1
    _report_unknown(band, band.valid & ~known, problems)
    codes[band.valid & ~known] = UNSEEN
    return codes > NOTHING, codes, classes


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
