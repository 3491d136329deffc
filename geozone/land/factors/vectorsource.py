"""Opening a vector file for a factor: read and checked as a layer is, but without a theme."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from numpy.typing import NDArray

from geozone.land.coordinates.crs import Operation, label
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.placing import whereabouts
from geozone.land.coordinates.terms import Terms
from geozone.land.factors.covered import Covered
from geozone.land.factors.spec import FactorSource, Measure
from geozone.land.factors.vectortiles import VectorTiles
from geozone.land.faults import Faults, did_you_mean
from geozone.land.formats.features import Features, Texts, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.heard import report_heard
from geozone.land.layers.sheet import Frame
from geozone.land.layers.vectorsheet import fitting_crs, placed, repairs_of
from geozone.land.layers.wholes import FAR_M, check_hash
from geozone.land.problems import SHOWN, Problems
from geozone.land.receipt import Receipt, content_hash
from geozone.land.shapes.flat import Flat
from geozone.land.shapes.geometry import ZH, check_shapes, kinds_of, listed
from geozone.land.shapes.remarks import duplicate_notes
from geozone.land.sources.source import Source, opened
from geozone.land.versions import vector_versions

Shapes = NDArray[np.object_]

KINDS = {
    Measure.DISTANCE: (("point", "line", "polygon"),),
    Measure.DENSITY: (("point",), ("line",)),
    Measure.INSIDE: (("polygon",),),
    Measure.VALUE: (("polygon",),),
}
"""Which kinds of shapes a measure takes together."""
AROUND = (Measure.DISTANCE, Measure.DENSITY)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The n shapes that count, in the working CRS, with their names and the text of a field."""

    shapes: Shapes
    ids: tuple[str, ...]
    texts: Texts


def open_vector(
    source: FactorSource,
    folder: Path,
    frame: Frame,
    faults: Faults,
    *,
    covered: Covered | None = None,
) -> VectorTiles | None:
    """Shapes as values of a factor, complete where ``covered``; ``None`` with faults.

    Raises ``UnreadableError``.
    """
    fields = [source.field] * (source.measure is Measure.VALUE)
    fields += [source.where[0]] if source.where else []
    asked = tuple(dict.fromkeys(one for one in fields if one))
    before = len(faults.found)
    with opened(source.path, folder, source.layer) as file:
        found = read_features(file.path, Wanted(source.layer, asked, source.encoding))
        check_hash(source.sha256, file.files, faults)
    drawn, receipt = _drawn(source, file, found, frame, faults)
    if len(faults.found) > before:
        return None
    notes = _meeting(source, drawn.shapes, frame, faults, crs=receipt.crs)
    values = None
    if source.measure is Measure.VALUE:
        values = _numbers(drawn, source.field or "", faults)
        notes += _silent(values)
    if source.measure is Measure.DENSITY:
        notes += tuple(duplicate_notes(drawn.shapes, [()] * len(drawn.ids), drawn.ids))
    if len(faults.found) > before:
        return None
    return VectorTiles(
        measure=source.measure,
        flat=Flat.of(drawn.shapes),
        covered=covered or Covered.by(shapely.Polygon()),
        receipt=replace(receipt, remarks=(*receipt.remarks, *notes)),
        reach_m=source.reach_m or 0.0 if source.measure in AROUND else 0.0,
        values=values,
    )


def _drawn(
    source: FactorSource, file: Source, found: Features, frame: Frame, faults: Faults
) -> tuple[Drawn, Receipt]:
    """The shapes that count and the receipt; what is wrong goes to ``faults``."""
    problems = Problems(faults, {})
    stem = PurePosixPath(source.path).stem
    ids = tuple(f"{stem}#{fid}" for fid in found.fids)
    report_heard(found, problems, known=source.sha256 is not None)
    checked = check_shapes(found.shapes, ids, problems)
    if not len(found.fids):
        faults.add("没有要素 / there is no feature", "核对文件与图层 / check file and layer")
    terms = Terms(source.accuracy_m)
    crs = fitting_crs(found, checked, ids, faults, declared=source.crs, terms=terms)
    operation = Operation(crs, frame.crs) if crs else None
    shapes, kept, bend = placed(checked, ids, operation, frame, problems)
    counts = _counting(source, found, kept, ids, faults)
    shapes, kept = shapes[counts], kept[counts]
    names = tuple(ids[at] for at in kept)
    _check_kinds(source.measure, shapes, names, faults)
    texts = found.columns.get(source.field or "", (None,) * len(ids))
    gone = int(checked.good.sum()) - len(counts)
    receipt = Receipt(
        sha256=content_hash(file.files),
        files=file.files,
        driver=found.driver,
        layer=found.layer,
        declared=found.declared,
        read=len(found.fids),
        kept=len(shapes),
        nulls=checked.nulls,
        repairs=tuple(sorted(repairs_of(found, checked, gone))),
        mended=tuple(one.repair(operation) for one in checked.mends) if operation else (),
        remarks=(*file.notes, *found.notes),
        crs=label(crs) if crs is not None else "",
        operation=operation.says if operation else "",
        bend_m=bend,
        encoding=found.encoding,
        versions=tuple(sorted(vector_versions(found.driver).items())),
    )
    return Drawn(shapes, names, tuple(texts[at] for at in kept)), receipt


def _counting(
    source: FactorSource,
    found: Features,
    kept: NDArray[np.intp],
    ids: tuple[str, ...],
    faults: Faults,
) -> NDArray[np.bool_]:
    """Which of the shapes that were kept count, by the values of the class field."""
    if source.where is None:
        return np.ones(len(kept), bool)
    field, wanted = source.where
    here, texts = faults.at("where"), found.columns[field]
    known = {one for one in texts if one is not None}
    for value in sorted(set(wanted) - known):
        here.add(
            f"字段 {field} 没有值 {value!r} / {field} has no value {value!r}",
            did_you_mean(value, sorted(known) or ["—"]),
        )
    empty = np.array([one is None for one in texts], bool)
    if empty.any():
        here.add(
            f"字段 {field} 有空值，无法判断是否计入 / {field} is empty, so that nobody knows "
            f"whether these count: {listed(ids, empty)}",
            "在源数据中补填 / fill it in the source",
        )
    return np.array([texts[at] in wanted for at in kept], bool)


def _check_kinds(measure: Measure, shapes: Shapes, ids: tuple[str, ...], faults: Faults) -> None:
    kinds = kinds_of(shapes)
    if any(np.isin(kinds, some).all() for some in KINDS[measure]):
        return
    takes = " | ".join("、".join(ZH[one] + one for one in some) for some in KINDS[measure])
    wrong = ~np.isin(kinds, KINDS[measure][0])
    shown = "、".join(ZH[one] + one for one in sorted(set(kinds)))
    faults.add(
        f"几何类型不符 / wrong kind of geometry: {shown}: {listed(ids, wrong)}",
        f"{measure.value}: {takes}",
    )


def _meeting(
    source: FactorSource, shapes: Shapes, frame: Frame, faults: Faults, *, crs: str
) -> tuple[str, ...]:
    """What is said of shapes that are all too far off, or of a layer that covers nothing."""
    reach = source.reach_m or 0.0 if source.measure in AROUND else 0.0
    silent = source.measure is not Measure.VALUE and source.coverage is None
    shapely.prepare(frame.area)
    if shapely.dwithin(frame.area, shapes, reach).any():
        alone = "未声明 coverage，形状之外不可知 / no coverage: only its shapes are known"
        return (alone,) * silent
    away, words = whereabouts(shapes, frame.area) if len(shapes) else (0.0, "")
    if source.coverage is not None and away <= max(FAR_M, reach):
        return (f"研究区附近没有计入的形状 / no shape that counts is near the study area {words}",)
    words += hint(shapes, frame.area, crs=frame.crs, source=crs) if len(shapes) else ""
    faults.add(
        f"图层不与研究区相交，{words} / the layer does not meet the study area",
        "核对坐标系、带号与轴序 / check CRS, zone and axis order",
    )
    return ()


def _numbers(drawn: Drawn, field: str, faults: Faults) -> NDArray[np.float64]:
    """The attribute of each shape, NaN where it is empty; other text is a fault."""
    values, wrong = np.full(len(drawn.texts), np.nan), []
    for at, text in enumerate(drawn.texts):
        if text is None:
            continue
        try:
            values[at] = float(text)
        except ValueError:
            wrong.append(f"{drawn.ids[at]}: {text!r}")
        else:
            if not math.isfinite(values[at]):
                wrong.append(f"{drawn.ids[at]}: {text!r}")
    if wrong:
        more = f" … ({len(wrong)})" if len(wrong) > SHOWN else ""
        faults.at("field").add(
            f"字段 {field} 不是数字 / {field} is no number: {', '.join(wrong[:SHOWN])}{more}",
            "在源数据中改正，未知则留空 / correct it in the source; leave unknown ones empty",
        )
    elif len(values) and np.isnan(values).all():
        faults.at("field").add(
            f"字段 {field} 全空 / {field} is always empty", "改正字段名 / name another field"
        )
    return values


def _silent(values: NDArray[np.float64]) -> tuple[str, ...]:
    count = int(np.isnan(values).sum())
    if not count:
        return ()
    return (f"{count} 个面没有值，其内不可知 / {count} polygons have no value: unknown in them",)
