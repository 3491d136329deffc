"""Scores, classes and verdicts over a grid, held as files or arrays, read window by window."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.outlines.areas import AreaFit
from geozone.engine.scalefit import fitted
from geozone.land.faults import Faults
from geozone.law.errors import Fault, Refused
from geozone.law.verdict import Verdict

if TYPE_CHECKING:
    from geozone.answers.suitability.scoring import Strip

Scores = NDArray[np.float32]
Codes = NDArray[np.uint8]
Read = Callable[[int, int, Shape2d], NDArray[Any]]
"""The cells of a window by its first row and column and its size, shape (rows, cols)."""

SAFE = {
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_CACHEMAX": 128 << 20,  # bytes: else a twentieth of the machine's memory
}
TODO = "重新生成，勿改动 / make it again, and do not alter it"

NONE = 7
"""In a packed code: outside the study area, or no verdict given."""
KNOWN = 64
_SHIFT = 3
_CLASSES = [one.value for one in Class]
_VERDICTS = [one.value for one in Verdict]


@dataclass(frozen=True, eq=False)
class ScoreMaps:
    """What is known of every cell of a grid; the three are read by windows.

    ``scores`` are 0 to 1, NaN = unknown; ``classes`` are codes of ``Class``; ``verdicts`` those of
    ``Verdict``, none where they are not told apart; both have ``OUTSIDE`` beyond the study area.
    """

    grid: Grid
    scores: Read
    classes: Read
    verdicts: Read | None = None

    def window(self, row: int, col: int, size: Shape2d) -> tuple[Scores, Codes]:
        """Scores, NaN outside the study area too, and packed codes (``unpacked``).

        Raises ``Refused`` for codes that are none.
        """
        classes = _checked(self.classes(row, col, size), _CLASSES, "classes")
        outside = classes == OUTSIDE
        scores = np.where(outside, np.float32(np.nan), self.scores(row, col, size))
        verdicts = np.full(classes.shape, NONE, np.uint8)
        if self.verdicts is not None:
            found = _checked(self.verdicts(row, col, size), _VERDICTS, "verdicts")
            verdicts = np.where(found == OUTSIDE, np.uint8(NONE), found)
        codes = np.where(outside, np.uint8(NONE), classes) | (verdicts << _SHIFT)
        codes |= np.where(np.isfinite(scores), np.uint8(KNOWN), np.uint8(0))
        return np.asarray(scores, np.float32), np.asarray(codes, np.uint8)


@dataclass(frozen=True)
class Packed:
    """What a packed code says; without a class the cell lies outside the study area."""

    of: Class | None
    verdict: Verdict | None
    known: bool


def unpacked(code: int) -> Packed:
    """What a code of ``ScoreMaps.window`` stands for."""
    of, verdict = code & NONE, (code >> _SHIFT) & NONE
    return Packed(
        None if of == NONE else Class(of),
        None if verdict == NONE else Verdict(verdict),
        bool(code & KNOWN),
    )


def _checked(codes: NDArray[Any], known: list[int], role: str) -> Codes:
    if codes.dtype.kind not in "ui" or not np.isin(codes, [*known, OUTSIDE]).all():
        what = f"格网含未知代码 / the grid of {role} holds codes that are none"
        raise Refused([Fault(role, "", what, TODO)])
    return codes.astype(np.uint8)


def of_arrays(
    grid: Grid,
    scores: NDArray[Any],
    classes: NDArray[Any],
    verdicts: NDArray[Any] | None = None,
) -> ScoreMaps:
    """Maps that are whole in memory. Raises ``ValueError`` for shapes that are not the grid's."""
    for one in (scores, classes, verdicts):
        if one is not None and one.shape != (grid.shape.rows, grid.shape.cols):
            raise ValueError(f"a grid of {grid.shape} and cells of {one.shape}")
    return ScoreMaps(grid, _of(scores), _of(classes), None if verdicts is None else _of(verdicts))


def _of(values: NDArray[Any]) -> Read:
    def read(row: int, col: int, size: Shape2d) -> NDArray[Any]:
        return values[row : row + size.rows, col : col + size.cols]

    return read


def of_strips(grid: Grid, strips: Iterable[Strip], folder: Path | None = None) -> ScoreMaps:
    """Maps of a scored study area, kept in files without a name: six bytes a cell on disk.

    ``folder`` is where, without one the system's. Raises ``ValueError`` where strips do not make
    the grid.
    """
    scores, codes, verdicts = (
        _on_disk(grid.shape, kind, folder) for kind in (np.float32, np.uint8, np.uint8)
    )
    row = 0
    for strip in strips:
        part = slice(row, row + len(strip.scores))
        if strip.row != row or part.stop > grid.shape.rows:
            raise ValueError(f"a strip at row {strip.row}, where {row} comes next")
        scores[part], codes[part], verdicts[part] = strip.scores, strip.codes, strip.verdicts
        row = part.stop
    if row != grid.shape.rows:
        raise ValueError(f"strips of {row} rows for a grid of {grid.shape.rows}")
    return of_arrays(grid, scores, codes, verdicts)


def _on_disk(shape: Shape2d, kind: type[np.generic], folder: Path | None) -> NDArray[Any]:
    """Cells that are mapped from a file, which goes when they do."""
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, kind, "w+", shape=(shape.rows, shape.cols))


def of_files(scores: Path, classes: Path, verdicts: Path | None = None) -> ScoreMaps:
    """Maps that are GeoTIFF files of one grid, read by windows; they stay open.

    Raises ``Refused`` with everything that is wrong with them.
    """
    faults = Faults(str(scores))
    wanted = [(scores, "f", math.nan), (classes, "ui", OUTSIDE)]
    if verdicts is not None:
        wanted.append((verdicts, "ui", OUTSIDE))
    found = [_opened(path, kinds, blank, faults.of(str(path))) for path, kinds, blank in wanted]
    faults.settle()
    grids, reads = zip(*(one for one in found if one is not None), strict=True)
    for (path, _, _), grid in zip(wanted[1:], grids[1:], strict=True):
        if not _same(grids[0], grid):
            faults.of(str(path)).add("与得分格网不一致 / is not of the grid of the scores", TODO)
    faults.settle()
    return ScoreMaps(grids[0], *reads)


def _same(one: Grid, other: Grid) -> bool:
    return one.transform == other.transform and one.shape == other.shape and one.crs == other.crs


def _opened(path: Path, kinds: str, blank: float, faults: Faults) -> tuple[Grid, Read] | None:
    """A GeoTIFF of one band as a grid and its reader; ``blank`` stands where it has no data."""
    import rasterio  # noqa: PLC0415 - loads slowly, and arrays do not need it
    from rasterio.errors import RasterioError  # noqa: PLC0415 - as above
    from rasterio.windows import Window  # noqa: PLC0415 - as above

    try:
        with rasterio.Env(**SAFE):
            file = rasterio.open(path, driver="GTiff")
    except (RasterioError, OSError) as error:
        faults.add(f"无法读取 / cannot be read: {error}", "检查路径 / check the path")
        return None
    at = file.transform
    is_plain = file.count == 1 and (file.scales, file.offsets) == ((1.0,), (0.0,))
    if np.dtype(file.dtypes[0]).kind not in kinds or not is_plain:
        faults.add("不是此类格网 / is no grid of this kind", TODO)
        return None
    if file.crs is None or at.b or at.d or at.a <= 0 or at.e != -at.a:
        faults.add("没有坐标系，或不是朝北的方格 / has no CRS, or no square north-up cells", TODO)
        return None
    crs = CRS.from_wkt(file.crs.to_wkt())
    grid = Grid(crs, at.c, at.f, at.a, Shape2d(file.height, file.width))

    def read(row: int, col: int, size: Shape2d) -> NDArray[Any]:
        window = Window(col, row, size.cols, size.rows)
        with rasterio.Env(**SAFE):
            cells: NDArray[Any] = file.read(1, window=window, masked=True).filled(blank)
        return cells

    return grid, read


@dataclass(frozen=True, eq=False)
class GroundCells:
    """The ground of a grid's cells, on the ellipsoid."""

    grid: Grid
    fit: AreaFit

    @classmethod
    def of(cls, grid: Grid) -> GroundCells:
        """Of a grid in metres. Raises ``ArithmeticError`` where the projection is no polynomial."""
        return cls(grid, AreaFit.of(fitted(grid.crs, grid.bounds), grid.bounds))

    def window(self, row: int, col: int, size: Shape2d) -> NDArray[np.float64]:
        """Square metres of every cell of a window, shape (rows, cols); right to 1e-8."""
        part = self.grid.window(row, col, size)
        east, north, half = self.fit.frame
        count = len(self.fit.coefs)
        u = np.vander((part.x - east) / half, count, increasing=True)
        v = np.vander((part.y - north) / half, count, increasing=True)
        cells: NDArray[np.float64] = v @ self.fit.coefs.T @ u.T * self.grid.resolution_m**2
        return cells
