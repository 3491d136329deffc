"""Opening GeoTIFF files: one band, its validity and its place, after everything was checked."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.env import get_gdal_config, set_gdal_config
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from geozone.land.formats.features import UnreadableError
from geozone.land.layers.cells import Affine, Cells
from geozone.land.problems import SHOWN

MOST_CELLS = 500_000_000
"""Of a raster that is read whole: a province of 500 km by 900 km at 30 m; more would take several
GB to work on."""
FILLERS = (-9999, -99999, -999999)
"""What programs write where they know nothing, besides the ends of the number type."""
LARGEST_VALUE = 1e20
MOST_SKEW_CELLS = 1e-3
"""A raster may be turned by so little that no corner moves by more than this share of a cell."""
SAFE = {"GDAL_PAM_ENABLED": "NO", "GDAL_GEOREF_SOURCES": "INTERNAL"}
MOST_BYTES = 4
"""Of whole numbers that a driver's floating nodata tells apart."""
CACHE = "GDAL_CACHEMAX"
CACHE_BYTES = 128 << 20
"""What GDAL may keep of tiles that were read; by itself it takes a share of all memory."""
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


@dataclass(frozen=True, eq=False)
class OpenBand:
    """A band of an open GeoTIFF that passed every check, to be read by windows.

    By one thread at a time.
    """

    file: Dataset
    number: int

    @property
    def affine(self) -> Affine:
        """Where its cells lie."""
        at = self.file.transform
        return Affine(at.c, at.f, at.a, at.e)

    @property
    def crs(self) -> CRS | None:
        """The CRS that the file states."""
        return CRS.from_wkt(self.file.crs.to_wkt()) if self.file.crs else None

    @property
    def is_palette(self) -> bool:
        """Whether its values are places in a table of colours, so codes and no measures."""
        return bool(self.file.colorinterp[self.number - 1] is ColorInterp.palette)

    def read(self, window: Window | None = None) -> Read:
        """The cells of a window, or all of them."""
        with _CACHED:
            values = self.file.read(self.number, window=window)
            valid = self._valid(values, window)
        missing = self._drop_missing_tiles(valid, window)
        if values.dtype.kind == "f":
            valid &= np.isfinite(values)
        return Read(values, valid, missing)

    def _valid(self, values: NDArray[Any], window: Window | None) -> Cells:
        """What the driver says is valid; of whole numbers that is told from the values."""
        if self._nodata is not None:
            return np.asarray(values != values.dtype.type(self._nodata), bool)
        valid: Cells = self.file.read_masks(self.number, window=window) > 0
        return valid

    @cached_property
    def _nodata(self) -> int | None:
        """The whole number that alone tells what is not valid; ``None`` where it is not so."""
        at, kind = self.number - 1, np.dtype(self.file.dtypes[self.number - 1])
        nodata = self.file.nodatavals[at]
        if self.file.mask_flag_enums[at] != [MaskFlags.nodata] or nodata is None:
            return None
        if kind.kind not in "iu" or kind.itemsize > MOST_BYTES:
            return None
        ends = np.iinfo(kind)
        return int(nodata) if ends.min <= nodata <= ends.max and nodata == int(nodata) else None

    def _drop_missing_tiles(
        self, valid: Cells, window: Window | None
    ) -> frozenset[tuple[int, int]]:
        """Marks cells of tiles that the file leaves out as not valid; column and row of the tiles.

        A driver would fill them with nodata, or with zeros as if they had been surveyed.
        """
        missing = []
        within = window or Window(0, 0, self.file.width, self.file.height)
        for col, row, cells in _tiles(self.file, self.number, within):
            if not self._has_tile(col, row):
                valid[cells] = False
                missing.append((col, row))
        return frozenset(missing)

    def _has_tile(self, col: int, row: int) -> bool:
        found = self._asked.get((col, row))
        if found is None:
            tag = self.file.get_tag_item(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=self.number)
            found = self._asked[col, row] = tag is not None
        return found

    @cached_property
    def _asked(self) -> dict[tuple[int, int], bool]:
        """Tiles that were asked for, and whether the file has them."""
        return {}


@dataclass(frozen=True, eq=False)
class Read:
    """Values and validity (rows, cols) of a window, and which of its tiles the file lacks."""

    values: NDArray[Any]  # of whatever type the file stores
    valid: Cells
    missing_tiles: frozenset[tuple[int, int]]


class _Cache:
    """GDAL's cache of tiles, one for the whole process, held small while anybody reads."""

    def __init__(self) -> None:
        self._lock, self._readers, self._before = Lock(), 0, 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._readers:
                self._before = get_gdal_config(CACHE)
                set_gdal_config(CACHE, CACHE_BYTES)
            self._readers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                set_gdal_config(CACHE, self._before)


_CACHED = _Cache()


@contextmanager
def opened_band(
    path: Path, asked: int | None, *, most_cells: float = MOST_CELLS
) -> Iterator[OpenBand]:
    """One band of a GeoTIFF, ready to be read; the only one where none is asked for.

    Side files (``.aux.xml``, ``.tfw``) are never looked at. Raises ``UnreadableError``, also
    for what goes wrong while it is read.
    """
    with reading():
        band = open_band(path, asked, most_cells=most_cells)
        with band.file:
            yield band


def open_band(path: Path, asked: int | None, *, most_cells: float = MOST_CELLS) -> OpenBand:
    """The same for who closes its file and is ``reading``. Raises ``UnreadableError``."""
    with ExitStack() as stack:
        file = rasterio.open(path, driver="GTiff")
        stack.callback(file.close)
        number = _band_number(file, asked)
        _check(file, path, number, most_cells)
        stack.pop_all()
    return OpenBand(file, number)


@contextmanager
def reading() -> Iterator[None]:
    """Side files are not looked at; what goes wrong with a GeoTIFF becomes ``UnreadableError``."""
    try:
        with rasterio.Env(**SAFE):
            yield
    except (RasterioError, OSError, CRSError) as error:
        raise UnreadableError(
            f"无法读取 GeoTIFF / the GeoTIFF cannot be read: {error}",
            "检查或重新导出 / check it or export it again",
        ) from error


def read_band(path: Path, asked: int | None) -> Band:
    """One band of a GeoTIFF, whole. Raises ``UnreadableError``."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with opened_band(path, asked) as band:
            read, affine, crs = band.read(), band.affine, band.crs
    return Band(read.values, read.valid, affine, crs, len(read.missing_tiles), said(heard))


def said(heard: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """What a driver warned of, without what is checked here."""
    texts = [str(one.message) for one in heard if not issubclass(one.category, QUIET)]
    return tuple(dict.fromkeys(texts))


def fillers_in(values: NDArray[Any], valid: Cells) -> Mapping[float, int]:
    """Values that look like "unknown" though the file does not declare them, and how often."""
    kind, found = values.dtype, Counter[float]()
    for one in _fillers(kind):
        found[float(one)] += int(np.count_nonzero((values == kind.type(one)) & valid))
    large = valid & (np.abs(values) >= LARGEST_VALUE) if kind.kind == "f" else np.empty(0, bool)
    if large.any():
        every, counts = np.unique(values[large], return_counts=True)
        found.update(dict(zip(every.tolist(), counts.tolist(), strict=True)))
    return +found


def _fillers(kind: np.dtype[Any]) -> list[int]:
    """Those that values of a type may be; 0 is none."""
    if kind.kind not in "iu":
        return list(FILLERS)
    ends = np.iinfo(kind)
    inner = [one for one in FILLERS if ends.min < one < ends.max]
    return inner + [one for one in (ends.min, ends.max) if one and kind.itemsize > 1]


def refuse_fillers(found: Mapping[float, int]) -> None:
    """Raises ``UnreadableError`` where there are such values."""
    if found:
        shown = ", ".join(f"{one:g}" for one in sorted(found)[:SHOWN])
        raise UnreadableError(
            f"疑为未声明的 nodata 值 / looks like nodata that is not declared: {shown} "
            f"({sum(found.values())})",
            "在文件中写明 nodata / state the nodata value in the file",
            problem=None,
        )


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


def _check(file: Dataset, path: Path, band: int, most_cells: float) -> None:
    at, kind = file.transform, np.dtype(file.dtypes[band - 1]).kind
    skew = max(abs(at.b) * file.height / abs(at.a or 1), abs(at.d) * file.width / abs(at.e or 1))
    wrong = {
        f"过大 / is too large: {file.width} × {file.height}": (
            file.width * file.height > most_cells
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


def _tiles(
    file: Dataset, band: int, window: Window
) -> Iterator[tuple[int, int, tuple[slice, slice]]]:
    """Column and row of each tile (or strip) that meets a window, and its cells in the window."""
    rows, cols = file.block_shapes[band - 1]
    top, left = window.row_off, window.col_off
    low, right = top + window.height, left + window.width
    for row in range(top // rows, -(-low // rows)):
        down = slice(max(row * rows - top, 0), min((row + 1) * rows, low) - top)
        for col in range(left // cols, -(-right // cols)):
            across = slice(max(col * cols - left, 0), min((col + 1) * cols, right) - left)
            yield col, row, (down, across)
