"""A vector file of a layer as a sheet: read, checked, named, placed."""

from __future__ import annotations

import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.columns import attributes_of, classes_of
from geozone.land.crs import GEOGRAPHIC, Operation, label
from geozone.land.formats.features import Features
from geozone.land.geometry import Checked, check_shapes, kinds_of, listed
from geozone.land.placing import bend_m, degrees_box, place, source_crs, units_fit
from geozone.land.problems import Problems
from geozone.land.sheet import Frame, Sheet
from geozone.land.spec import LayerSpec

REGION_DEG = 5.0
"""Features beyond this of the area, and beyond the reach of the working CRS, are left out."""
VERSIONS = {
    "geos": shapely.geos_version_string,
    "proj": pyproj.proj_version_str,
    "pyogrio": pyogrio.__version__,
    "gdal (pyogrio)": ".".join(str(part) for part in pyogrio.__gdal_version__),
}


def vector_sheet(
    found: Features, name: str, spec: LayerSpec, frame: Frame | None, problems: Problems
) -> Sheet:
    """A file's features as a sheet, in the working CRS if ``frame`` and the file's are known.

    What is wrong goes to ``problems``.
    """
    ids = tuple(f"{name}#{fid}" for fid in found.fids)
    _report_counts(found, problems)
    checked = check_shapes(found.shapes, ids, problems)
    classes = _classes(spec, found, problems)
    attributes = attributes_of(spec, found.columns, ids, problems.faults)
    crs = _fitting_crs(spec, found, checked, problems)
    shapes, kept, bend = _placed(checked, ids, crs, frame, problems)
    operation = Operation(crs, frame.crs) if crs is not None and frame is not None else None
    gone = int(checked.good.sum()) - len(kept)
    return Sheet(
        shapes=shapes,
        classes=tuple(classes[at] for at in kept),
        attributes={key: tuple(one[at] for at in kept) for key, one in attributes.items()},
        ids=tuple(ids[at] for at in kept),
        driver=found.driver,
        layer=found.layer,
        kinds=frozenset(kinds_of(_good(checked)).tolist()),
        declared=found.declared,
        read=len(found.fids),
        nulls=checked.nulls,
        repairs=_repairs(found, checked, gone),
        crs=label(crs) if crs is not None else "",
        operation=operation.says if operation else "",
        bend_m=bend,
        encoding=found.encoding,
        placed=operation is not None,
        versions=VERSIONS,
    )


def _fitting_crs(
    spec: LayerSpec, found: Features, checked: Checked, problems: Problems
) -> CRS | None:
    """The CRS of the file, if its coordinates can be of it; else ``None`` with a fault."""
    crs, good = source_crs(found.crs, spec.crs, problems.faults), _good(checked)
    if crs is not None and len(good):
        fits = units_fit(shapely.total_bounds(good), crs, problems.faults)
        return crs if fits else None
    return crs


def _good(checked: Checked) -> NDArray[np.object_]:
    return checked.shapes[checked.good]


def _classes(spec: LayerSpec, found: Features, problems: Problems) -> tuple[str | None, ...]:
    if spec.class_field is None:
        return (None,) * len(found.fids)
    return classes_of(spec, found.columns[spec.class_field], problems)


def _repairs(found: Features, checked: Checked, gone: int) -> tuple[tuple[str, int], ...]:
    extra = {"closed rings": found.unclosed, "beyond the working CRS, left out": gone}
    return (*checked.repairs, *((what, count) for what, count in extra.items() if count))


def _report_counts(found: Features, problems: Problems) -> None:
    for text in found.warnings:
        what = f"驱动警告 / driver warning: {text}"
        problems.report("driver-warning", what, "检查或重新导出 / check it or export it again")
    for problem, text in found.doubts:
        problems.report(problem, text, "检查或重新导出 / check it or export it again")
    counts = [one for one in (found.declared, found.scanned) if one is not None]
    if any(one != len(found.fids) for one in counts):
        stated = " / ".join(str(one) for one in counts)
        problems.report(
            "count-mismatch",
            f"读到 {len(found.fids)} 个要素，文件载明或扫描得 {stated} / "
            f"{len(found.fids)} features were read, the file states or holds {stated}",
            "重新导出 / export it again",
        )


def _placed(
    checked: Checked,
    ids: tuple[str, ...],
    crs: CRS | None,
    frame: Frame | None,
    problems: Problems,
) -> tuple[NDArray[np.object_], NDArray[np.intp], float]:
    """Good shapes in the working CRS, their positions in the file, and the bend of edges."""
    kept, shapes = np.flatnonzero(checked.good), _good(checked)
    if crs is None or frame is None or not len(kept):
        return shapes, kept, 0.0
    operation = Operation(crs, frame.crs)
    placed = place(shapes, operation)
    whole = placed.there & shapely.is_valid(placed.shapes)
    stays = whole | _near(shapes, ~whole, crs, frame)
    names = tuple(ids[at] for at in kept[stays])
    torn = ~whole[stays]
    if torn.any():
        problems.faults.add(
            f"在工作坐标系中无法表达 / cannot be drawn in the working CRS: {listed(names, torn)}",
            "裁剪到研究区附近 / cut it to the region",
        )
    drawn = placed.shapes[stays]
    here = shapes[stays][~torn & shapely.intersects(drawn, frame.area.envelope)]
    return drawn, kept[stays], bend_m(here, operation)


def _near(
    shapes: NDArray[np.object_], asked: NDArray[np.bool_], crs: CRS, frame: Frame
) -> NDArray[np.bool_]:
    """Which of the asked shapes lie in the region of the area."""
    near = np.zeros(len(shapes), bool)
    if asked.any():
        low, high = degrees_box(frame.area, frame.crs)
        region: BaseGeometry = shapely.box(*(low - REGION_DEG), *(high + REGION_DEG))
        lonlat = shapely.transform(shapes[asked], Operation(crs, GEOGRAPHIC))
        near[asked] = shapely.intersects(shapely.envelope(lonlat), region)
    return near
