"""Checks of a layer as a whole: kinds, widths, hash, count, and whether it meets the area."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.placing import whereabouts
from geozone.land.faults import Faults
from geozone.land.layers.sheet import LEFT_OUT, Frame, Sheet
from geozone.land.problems import Problems
from geozone.land.receipt import HashedFile, content_hash
from geozone.land.shapes.geometry import ZH
from geozone.land.spec import LayerSpec
from geozone.rules.vocabulary import themes

FEW = 1_000
"""So many shapes are asked at first whether they meet the area; one is enough."""

FAR_M = 100_000.0
"""A surveyed and empty layer may end this far from the area; a wrong zone is 250 km off."""


def check_whole(
    spec: LayerSpec,
    sheets: Sequence[Sheet],
    files: Sequence[HashedFile],
    frame: Frame | None,
    problems: Problems,
) -> None:
    """Reports what is wrong with a layer that no single file of it shows."""
    _check_kinds(spec, frozenset().union(*(sheet.kinds for sheet in sheets)), problems)
    check_hash(spec.sha256, files, problems.faults)
    _check_count(spec, sheets, problems)
    if spec.is_raster and spec.class_values is None and len(spec.paths) > 1:
        problems.faults.at("paths").add(
            "数值栅格只能有一个文件 / a raster of values is one file", "先镶嵌 / join them first"
        )
    if frame is not None and sheets and all(sheet.placed for sheet in sheets):
        _check_meeting(spec, sheets, frame, problems.of(", ".join(spec.paths)))


def _check_kinds(spec: LayerSpec, kinds: frozenset[str], problems: Problems) -> None:
    faults = problems.faults
    theme = themes()[spec.theme]
    if len(kinds) > 1 and kinds <= {*theme.shapes, "cells"}:
        shown = ", ".join(f"{ZH.get(kind, '')}{kind}" for kind in sorted(kinds))
        faults.add(
            f"一个图层混有多种几何 / kinds of geometry are mixed: {shown}",
            "分成多个 [[layer]] / write one [[layer]] for each",
        )
    asks = theme.half_width and kinds == {"line"}
    if asks and spec.half_width_m is None:
        faults.at("half_width_m").add(
            "线图层缺 half_width_m / a line layer needs half_width_m",
            "补写所代表走廊的半宽（米），可为 0 / "
            "add half the width in metres of the corridor it stands for; 0 counts",
        )
    if spec.half_width_m and kinds and not asks:
        faults.at("half_width_m").add(
            "只用于铁路、高速公路线图层 / only line layers of railway and expressway have it",
            "删去 / remove it",
        )


def check_hash(sha256: str | None, files: Sequence[HashedFile], faults: Faults) -> None:
    """Notes a fault where files are not those whose hash was declared."""
    if sha256 and files and content_hash(files) != sha256:
        faults.at("sha256").add(
            f"内容与 sha256 不符 / the content has another hash: {content_hash(files)}",
            "核对文件；确认后改写 sha256 / check the files, then correct sha256",
        )


def _check_count(spec: LayerSpec, sheets: Sequence[Sheet], problems: Problems) -> None:
    read = sum(sheet.read for sheet in sheets)
    if spec.features is not None and len(sheets) == len(spec.paths) and read != spec.features:
        problems.report(
            "count-mismatch",
            f"读到 {read} 个要素，应为 {spec.features} / {read} features read, "
            f"{spec.features} expected",
            "核对文件 / check the file",
            place="features",
        )


def _report_beyond(sheets: Sequence[Sheet], problems: Problems) -> None:
    """A layer of which nothing could be drawn is as far off as can be, surveyed or not."""
    if any(what == LEFT_OUT for sheet in sheets for what, _ in sheet.repairs):
        problems.report(
            "far-from-area",
            "图层不与研究区相交，全部要素超出工作坐标系 / the layer does not meet the study area: "
            "all of it lies beyond the working CRS",
            "核对坐标系、带号与轴序 / check CRS, zone and axis order",
        )


def _check_meeting(
    spec: LayerSpec, sheets: Sequence[Sheet], frame: Frame, problems: Problems
) -> None:
    shapes: NDArray[np.object_] = np.concatenate([sheet.shapes for sheet in sheets])
    cells = np.array([sheet.seen for sheet in sheets if sheet.seen is not None], object)
    what = cells if len(cells) else shapes
    shapely.prepare(frame.area)
    filled = what[~shapely.is_empty(what)]
    if not len(filled) and any(sheet.read for sheet in sheets):
        _report_beyond(sheets, problems)
        return  # what else was read is at fault by itself
    some = np.array_split(filled, np.arange(FEW, len(filled), 16 * FEW))
    if any(shapely.intersects(frame.area, part).any() for part in some):
        return
    away, words = whereabouts(filled, frame.area) if len(filled) else (0.0, "")
    words += hint(filled, frame.area, crs=frame.crs, source=sheets[0].crs)
    if away > (FAR_M if spec.empty_ok else 0.0):
        problems.report(
            "far-from-area",
            f"图层不与研究区相交，{words} / the layer does not meet the study area",
            "核对坐标系、带号与轴序 / check CRS, zone and axis order",
        )
    elif not spec.empty_ok:
        problems.report(
            "no-features",
            "研究区内没有要素 / no feature in the study area",
            "若已调查确无，写 empty_ok = true / if surveyed and none found, write empty_ok = true",
        )
