"""Opening GeoTIFF files: one band, its validity and its place, after everything was checked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geozone.land.formats.features import UnreadableError
from geozone.land.layers.cells import Affine, Cells

MOST_CELLS = 500_000_000
"""A province of 500 km by 900 km at 30 m; more would take several GB to work on."""
MOST_SKEW_CELLS = 1e-3
"""A raster may be turned by so little that no corner moves by more than this share of a cell."""
SAFE = {"GDAL_PAM_ENABLED": "NO", "GDAL_GEOREF_SOURCES": "INTERNAL"}
QUIET = (NotGeoreferencedWarning, DeprecationWarning, PendingDeprecationWarning)
TODO = "裁剪、重采样或重新导出 / cut, resample or export it again"

Dataset = Any  # a rasterio dataset, untyped


@dataclass(frozen=True, eq=False)
class Band:
    """One band: values and validity (rows, cols), where its cells lie, and what it states.

    ``missing_tiles`` counts tiles that the file leaves out; their cells are not valid.
    """

    values: NDArray[Any]  # of whatever type the file stores
    valid: Cells
    affine: Affine
    crs: CRS | None
    missing_tiles: int
    warnings: tuple[str, ...]

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east, north in the raster's CRS."""
        rows, cols = self.values.shape
        corners = self.affine(np.array([[0, 0], [cols, rows]], float))
        return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def read_band(path: Path, asked: int | None) -> Band:
    """One band of a GeoTIFF; the only one where none is asked for. Raises ``UnreadableError``.

    Side files (``.aux.xml``, ``.tfw``) are never looked at.
    """
    try:
        with warnings.catch_warnings(record=True) as heard, rasterio.Env(**SAFE):
            warnings.simplefilter("always")
            with rasterio.open(path, driver="GTiff") as file:
                number = _band_number(file, asked)
                _check(file, path, number)
                values = file.read(number)
                valid = file.read_masks(number) > 0
                missing = _drop_missing_tiles(file, number, valid)
                crs = CRS.from_wkt(file.crs.to_wkt()) if file.crs else None
                at = file.transform
    except (RasterioError, OSError, CRSError) as error:
        raise UnreadableError(
            f"无法读取 GeoTIFF / the GeoTIFF cannot be read: {error}",
            "检查或重新导出 / check it or export it again",
        ) from error
    said = [str(one.message) for one in heard if not issubclass(one.category, QUIET)]
    if values.dtype.kind == "f":
        valid &= np.isfinite(values)
    affine = Affine(at.c, at.f, at.a, at.e)
    return Band(values, valid, affine, crs, missing, tuple(dict.fromkeys(said)))


def _band_number(file: Dataset, asked: int | None) -> int:
    """The band to read, from 1: the one asked for, else the only one beside transparency."""
    if asked is not None and asked > file.count:
        raise UnreadableError(
            f"没有波段 {asked} / there is no band {asked} ({file.count})", "band = 1", problem=None
        )
    plain = [
        number
        for number, meaning in enumerate(file.colorinterp, 1)
        if meaning is not ColorInterp.alpha
    ]
    if asked is None and len(plain) != 1:
        raise UnreadableError(
            f"有 {len(plain)} 个波段 / there are {len(plain)} bands",
            "指定 band = … / name one: band = …",
            problem=None,
        )
    return asked or plain[0]


def _check(file: Dataset, path: Path, band: int) -> None:
    at, kind = file.transform, np.dtype(file.dtypes[band - 1]).kind
    skew = max(abs(at.b) * file.height / abs(at.a or 1), abs(at.d) * file.width / abs(at.e or 1))
    wrong = {
        f"过大 / is too large: {file.width} × {file.height}": (
            file.width * file.height > MOST_CELLS
        ),
        "以控制点定位 / is placed by control points": bool(file.gcps[0] or file.rpcs),
        "没有地理参照（不读 .tfw 等附属文件） / has no georeference of its own (side files such as "
        ".tfw are not read)": at.is_identity or not at.a or not at.e,
        "有旋转 / is rotated": skew > MOST_SKEW_CELLS,
        "为复数 / holds complex numbers": kind == "c",
        "带比例或偏移 / carries a scale or offset": (
            (file.scales[band - 1], file.offsets[band - 1]) != (1.0, 0.0)
        ),
        "有外部掩膜 .msk / has an outside mask .msk": path.with_name(path.name + ".msk").exists(),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise UnreadableError(f"栅格{what}", TODO, problem=None)


def _drop_missing_tiles(file: Dataset, band: int, valid: Cells) -> int:
    """Marks the cells of tiles that the file leaves out as not valid; the number of such tiles.

    A driver would fill them with nodata, or with zeros as if they had been surveyed.
    """
    missing = 0
    for col, row, window in _tiles(file, band):
        if file.get_tag_item(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=band) is None:
            valid[window.toslices()] = False
            missing += 1
    return missing


def _tiles(file: Dataset, band: int) -> Iterator[tuple[int, int, Window]]:
    """Column, row and window of each tile (or strip)."""
    rows, cols = file.block_shapes[band - 1]
    for row, top in enumerate(range(0, file.height, rows)):
        for col, left in enumerate(range(0, file.width, cols)):
            high, wide = min(rows, file.height - top), min(cols, file.width - left)
            yield col, row, Window(left, top, wide, high)
