"""Polygon files that bound something: the study area, and where a layer knows its theme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, Coordinates, Operation, label
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.placing import place, source_crs, whereabouts
from geozone.land.coordinates.plausible import shapes_fit
from geozone.land.faults import Faults
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.heard import report_heard
from geozone.land.layers.sheet import Frame
from geozone.land.problems import Problems
from geozone.land.receipt import NO_RECEIPT, Receipt, content_hash
from geozone.land.shapes.geometry import ZH, Checked, check_shapes, kinds_of, listed
from geozone.land.shapes.repairs import Mend
from geozone.land.sources.source import Source, opened
from geozone.land.versions import vector_versions


@dataclass(frozen=True, eq=False)
class Polygons:
    """The union of a file's polygons in a CRS, and the file's receipt.

    ``mends`` are the repairs whose areas are not yet known, before the working CRS is.
    """

    shape: BaseGeometry
    crs: CRS
    receipt: Receipt = NO_RECEIPT
    mends: tuple[Mend, ...] = ()

    @property
    def sha256(self) -> str:
        """The file's hash (``content_hash``)."""
        return self.receipt.sha256

    @property
    def degrees(self) -> Coordinates:
        """The corners of the bounds in degrees, shape (2, 2)."""
        west, south, east, north = shapely.transform(
            self.shape, Operation(self.crs, GEOGRAPHIC)
        ).bounds
        return np.array([[west, south], [east, north]])

    @property
    def longitude(self) -> float:
        """The longitude of the middle of the bounds, in degrees."""
        return float(self.degrees[:, 0].mean())

    def onto(self, crs: CRS, faults: Faults) -> Polygons | None:
        """The same polygons in another CRS; ``None`` with a fault where that tears them."""
        operation = Operation(self.crs, crs)
        placed = place(shapely.get_parts(self.shape), operation)
        if not placed.there.all() or not shapely.is_valid(placed.shapes).all():
            faults.add(
                "在工作坐标系中无法表达 / cannot be drawn in the working CRS",
                "核对坐标系 / check the CRS",
            )
            return None
        whole = united(placed.shapes, faults)
        mended = tuple(one.repair(operation) for one in self.mends)
        receipt = replace(self.receipt, operation=operation.says, mended=mended)
        return None if whole is None else Polygons(whole, crs, receipt)


def read_polygons(written: str, folder: Path, faults: Faults) -> Polygons | None:
    """The polygons of a vector file in its own CRS; ``None`` where something is wrong."""
    try:
        with opened(written, folder) as source:
            found = read_features(source.path, Wanted())
            name = PurePosixPath(written).stem
    except UnreadableError as error:
        faults.add(error.what, error.todo)
        return None
    before, strict = len(faults.found), Problems(faults, {})
    report_heard(found, strict)
    names = tuple(f"{name}#{fid}" for fid in found.fids)
    checked = check_shapes(found.shapes, names, strict)
    _check_kinds(checked, names, faults)
    crs = source_crs(found.crs, None, faults)
    if len(faults.found) > before or crs is None:
        return None
    if not shapes_fit(checked.shapes, names, crs, faults):
        return None
    whole = united(checked.shapes, faults)
    receipt = _receipt(found, checked, source, crs)
    return None if whole is None else Polygons(whole, crs, receipt, checked.mends)


def read_coverage(
    written: str, folder: Path, frame: Frame | None, faults: Faults
) -> Polygons | None:
    """Where a layer knows its theme, in the working CRS; ``None`` where something is wrong.

    It may reach beyond the study area, and had better; it has to meet it.
    """
    polygons = read_polygons(written, folder, faults)
    placed = polygons.onto(frame.crs, faults) if polygons and frame else None
    if placed is None or frame is None or shapely.intersects(placed.shape, frame.area):
        return placed
    there = np.array([placed.shape], object)
    _, words = whereabouts(there, frame.area)
    words += hint(there, frame.area, crs=frame.crs, source=polygons.crs) if polygons else ""
    faults.add(
        f"coverage 不与研究区相交，{words} / the coverage does not meet the study area",
        "核对坐标系、带号与文件 / check CRS, zone and file",
    )
    return None


def _check_kinds(checked: Checked, names: tuple[str, ...], faults: Faults) -> None:
    todo = "提供面 / supply polygons"
    kinds = kinds_of(checked.shapes)
    wrong = checked.good & (kinds != "polygon")
    if wrong.any():
        shown = "、".join(ZH[one] for one in sorted(set(kinds[wrong])))
        faults.add(f"应为面，而有{shown} / must hold polygons only: {listed(names, wrong)}", todo)
    elif not len(checked.shapes):
        faults.add("应为一个或多个面 / must hold one or more polygons", todo)


def united(shapes: NDArray[np.object_], faults: Faults) -> BaseGeometry | None:
    """The union of valid polygons; ``None`` with a fault where one of them got lost in it."""
    whole: BaseGeometry = shapely.union_all(shapes)
    shapely.prepare(whole)
    inner = shapely.point_on_surface(shapes)
    if shapely.is_valid(whole) and shapely.intersects(whole, inner).all():
        return whole
    faults.add(
        "面无法合并 / the polygons cannot be united", "在源数据中合并 / unite them in the source"
    )
    return None


def _receipt(found: Features, checked: Checked, source: Source, crs: CRS) -> Receipt:
    closed = (("closed rings", found.unclosed),) if found.unclosed else ()
    return Receipt(
        sha256=content_hash(source.files),
        files=source.files,
        driver=found.driver,
        layer=found.layer,
        declared=found.declared,
        read=len(found.fids),
        kept=int(checked.good.sum()),
        repairs=(*((one.what, len(one.names)) for one in checked.mends), *closed),
        remarks=(*source.notes, *found.notes),
        crs=label(crs),
        encoding=found.encoding,
        versions=tuple(sorted(vector_versions(found.driver).items())),
    )
