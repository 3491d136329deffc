"""Measurements at points, such as heat flow, read from a file: every row counts or is told."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.coordinates.crs import Operation, label
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.placing import whereabouts
from geozone.land.coordinates.terms import AS_IT_STANDS
from geozone.land.faults import Faults
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.heard import report_heard
from geozone.land.layers.rasterfile import fillers_in
from geozone.land.layers.sheet import Frame
from geozone.land.layers.vectorsheet import fitting_crs, placed, repairs_of
from geozone.land.problems import SHOWN, Problems
from geozone.land.receipt import NO_RECEIPT, Receipt, content_hash
from geozone.land.shapes.geometry import Checked, check_shapes, listed
from geozone.land.sources.source import Source, opened
from geozone.land.versions import vector_versions

KM = 1000.0
WRONG_M = 1_000_000.0
"""Points farther from the study area say nothing of it: their coordinates are wrong."""

Values = NDArray[np.float64]
Picks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measured:
    """Values (n,) in ``unit`` at places (n, 2) in metres of ``crs``, with names and remarks.

    ``off_land`` are the names of all points that were found off land, left out or not; a place of
    several points has all of their names.
    """

    places: NDArray[np.float64]
    values: Values
    names: tuple[str, ...]
    crs: CRS
    unit: str = ""
    notes: tuple[str, ...] = ()
    off_land: tuple[str, ...] = ()
    receipt: Receipt = NO_RECEIPT

    def taken(self, which: NDArray[np.intp], *notes: str) -> Measured:
        """Some of the points, in the order of their numbers, with more remarks."""
        names = tuple(self.names[at] for at in which.tolist())
        return replace(
            self,
            places=self.places[which],
            values=self.values[which],
            names=names,
            notes=(*self.notes, *notes),
        )


@dataclass(frozen=True)
class Reading:
    """How a file of points is read: its fields, and what it does not state itself.

    Rows without a value are faults unless ``skip_empty``; then they are left out, and told.
    """

    value: str
    name: str | None = None
    unit: str = ""
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    skip_empty: bool = False


def read_measured(written: str, how: Reading, frame: Frame, faults: Faults) -> Measured | None:
    """The points of a table or vector file in the frame's CRS.

    What is wrong goes to ``faults``; then only the points that are right are given, none where
    nobody knows where they lie.
    """
    fields = (how.value,) if how.name is None else (how.value, how.name)
    try:
        with opened(written, Path(), how.layer) as file:
            found = read_features(file.path, Wanted(how.layer, fields, how.encoding))
    except UnreadableError as error:
        faults.add(error.what, error.todo)
        return None
    return _measured(file, found, how, frame, faults)


def _measured(
    file: Source, found: Features, how: Reading, frame: Frame, faults: Faults
) -> Measured | None:
    stem = PurePosixPath(file.written).stem
    ids = tuple(f"{stem}#{fid}" for fid in found.fids)
    problems = Problems(faults, {})
    report_heard(found, problems)
    checked = check_shapes(found.shapes, ids, problems)
    points = _points(checked, ids, faults)
    values = _values(found, how, faults)
    if not ids:
        faults.add("没有点 / there are no points", "核对文件与图层 / check file and layer")
    crs = fitting_crs(found, checked, ids, faults, declared=how.crs, terms=AS_IT_STANDS)
    if crs is None:
        return None
    operation = Operation(crs, frame.crs)
    shapes, at, _ = placed(checked, ids, operation, frame, problems)
    names = _names(found, how.name)
    good = points[at] & np.isfinite(values[at])
    kept, shapes = at[good], shapes[good]
    far = _far(shapes, [names[one] for one in kept.tolist()], crs, frame, faults)
    gone = int(checked.good.sum()) - len(at)
    if gone:
        what = f"{gone} 点无法在工作坐标系中表达 / {gone} points cannot be drawn in the working CRS"
        faults.add(what, "核对坐标，或删去 / check their coordinates, or remove them")
    blank = sum(text is None for text in found.columns[how.value])
    told = f"{blank} 行没有值，未用 / {blank} rows have no value and are left out"
    receipt = _receipt(file, found, checked, gone=gone, kept=len(kept), operation=operation)
    return Measured(
        shapely.get_coordinates(shapes),
        values[kept],
        tuple(names[one] for one in kept.tolist()),
        frame.crs,
        how.unit,
        (*receipt.done, *([told] if blank and how.skip_empty else []), *far),
        receipt=receipt,
    )


def _points(checked: Checked, ids: tuple[str, ...], faults: Faults) -> Picks:
    """Which shapes are single points; all others are a fault."""
    kinds = shapely.get_type_id(checked.shapes)
    wrong: Picks = checked.good & (kinds != shapely.GeometryType.POINT)
    if wrong.any():
        faults.add(
            f"不是单点 / is no single point: {listed(ids, wrong)}",
            "只留点；多点请拆开 / keep points only, and take several in one apart",
        )
    return ~wrong


def _values(found: Features, how: Reading, faults: Faults) -> Values:
    """The value of every row, NaN where there is none; what is wrong goes to the faults."""
    here, texts = faults.at(how.value), found.columns[how.value]
    values = np.array([_number(text) for text in texts], float)
    wrong = [
        at
        for at in np.flatnonzero(~np.isfinite(values)).tolist()
        if texts[at] is not None or not how.skip_empty
    ]
    for at in wrong[:SHOWN]:
        what, todo = (
            f"{texts[at]!r} 不是数 / is no number",
            "改正或留空 / correct it, or leave it blank",
        )
        if texts[at] is None:
            what = "没有值 / has no value"
            todo = "补填，或要求略去空行 / fill it in, or ask to leave empty rows out (--empty)"
        faults.at(f"feature {found.fids[at]}, {how.value}").add(what, todo)
    if len(wrong) > SHOWN:
        rest = len(wrong) - SHOWN
        what = f"另有 {rest} 行没有值或不是数 / {rest} more rows have no value, or no number"
        here.add(what, "核对字段 / check the column")
    fillers = fillers_in(values, np.isfinite(values))
    if fillers:
        shown = ", ".join(f"{one:g} × {count}" for one, count in sorted(fillers.items()))
        here.add(
            f"疑为缺测代码 / looks like a code for no value: {shown}",
            "缺测处留空 / leave the cell empty where nothing was measured",
        )
    return values


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _names(found: Features, field: str | None) -> list[str]:
    """The name of every row: of its field, else its number; one that is not alone has both."""
    texts = found.columns[field] if field is not None else (None,) * len(found.fids)
    counts = Counter(texts)
    return [
        f"{text}#{fid}" if text and counts[text] > 1 else text or str(fid)
        for text, fid in zip(texts, found.fids, strict=True)
    ]


def _far(
    shapes: NDArray[np.object_], names: list[str], crs: CRS, frame: Frame, faults: Faults
) -> list[str]:
    """Remarks on points far from the study area; so far that a CRS is wrong, they are faults."""
    if not len(shapes):
        return []
    away: Values = shapely.distance(shapes, frame.area.envelope)
    if not shapely.intersects(shapely.box(*shapely.total_bounds(shapes)), frame.area.envelope):
        words = whereabouts(shapes, frame.area)[1]
        words += hint(shapes, frame.area, crs=frame.crs, source=crs)
        faults.add(
            f"所有点都不在研究区一带，{words} / no point is near the study area",
            "核对坐标系、带号与轴序 / check CRS, zone and axis order",
        )
    for at in np.flatnonzero(away > WRONG_M).tolist():
        faults.at(names[at]).add(
            f"离研究区 {away[at] / KM:.0f} km / lies {away[at] / KM:.0f} km from the study area",
            "核对坐标，或删去该点 / check its coordinates, or remove it",
        )
    west, south, east, north = frame.area.bounds
    count = int((away > math.hypot(east - west, north - south)).sum())
    told = (
        f"{count} 点离研究区比其跨度还远 / {count} points are farther off than the study area is "
        "wide"
    )
    return [told] if count else []


def _receipt(
    file: Source, found: Features, checked: Checked, *, gone: int, kept: int, operation: Operation
) -> Receipt:
    return Receipt(
        sha256=content_hash(file.files),
        files=file.files,
        driver=found.driver,
        layer=found.layer,
        declared=found.declared,
        read=len(found.fids),
        kept=kept,
        nulls=checked.nulls,
        repairs=tuple(sorted(repairs_of(found, checked, gone))),
        remarks=(*file.notes, *found.notes),
        crs=label(operation.source),
        operation=operation.says,
        encoding=found.encoding,
        versions=tuple(sorted(vector_versions(found.driver).items())),
    )
