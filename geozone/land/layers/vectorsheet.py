"""A vector file of a layer as a sheet: read, checked, named, placed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, Operation, label
from geozone.land.coordinates.placing import bend_m, degrees_box, place, source_crs
from geozone.land.coordinates.plausible import shapes_fit
from geozone.land.coordinates.terms import Terms
from geozone.land.faults import Faults
from geozone.land.formats.features import Features, Texts
from geozone.land.heard import report_heard
from geozone.land.layers.columns import attributes_of, classes_of
from geozone.land.layers.sheet import LEFT_OUT, Frame, Sheet
from geozone.land.problems import Problems
from geozone.land.shapes.bythreads import by_threads
from geozone.land.shapes.geometry import ZH, Checked, check_shapes, kinds_of, listed
from geozone.land.shapes.remarks import duplicate_notes, sliver_notes
from geozone.land.spec import LayerSpec
from geozone.land.versions import vector_versions
from geozone.rules.vocabulary import themes

REGION_DEG = 5.0
"""Features beyond this of the area, and beyond the reach of the working CRS, are left out."""


def vector_sheet(
    found: Features, name: str, spec: LayerSpec, frame: Frame | None, problems: Problems
) -> Sheet:
    """A file's features as a sheet, in the working CRS if ``frame`` and the file's are known.

    What is wrong goes to ``problems``.
    """
    ids = tuple(f"{name}#{fid}" for fid in found.fids)
    known = spec.sha256 is not None or spec.features is not None
    report_heard(found, problems, known=known)
    checked = check_shapes(found.shapes, ids, problems)
    _report_kinds(spec, checked, ids, problems)
    classes = _classes(spec, found, problems)
    attributes = attributes_of(spec, found.columns, ids, problems.faults)
    crs = fitting_crs(found, checked, ids, problems.faults, declared=spec.crs, terms=spec.terms)
    operation = Operation(crs, frame.crs, spec.shift) if crs and frame else None
    shapes, kept, bend = placed(checked, ids, operation, frame, problems)
    gone = int(checked.good.sum()) - len(kept)
    stays = tuple(ids[at] for at in kept)
    said = {key: tuple(one[at] for at in kept) for key, one in attributes.items()}
    said_class = tuple(classes[at] for at in kept)
    return Sheet(
        shapes=shapes,
        classes=said_class,
        attributes=said,
        ids=stays,
        driver=found.driver,
        layer=found.layer,
        kinds=frozenset(kinds_of(_good(checked)).tolist()),
        declared=found.declared,
        read=len(found.fids),
        nulls=checked.nulls,
        repairs=repairs_of(found, checked, gone),
        mended=tuple(one.repair(operation) for one in checked.mends) if operation else (),
        notes=(
            *found.notes,
            *sliver_notes(shapes, stays),
            *_repeats(spec, shapes, [said_class, *said.values()], stays),
        ),
        crs=label(crs) if crs is not None else "",
        operation=operation.says if operation else "",
        bend_m=bend,
        encoding=found.encoding,
        placed=operation is not None,
        versions=vector_versions(found.driver),
    )


def fitting_crs(
    found: Features,
    checked: Checked,
    ids: tuple[str, ...],
    faults: Faults,
    *,
    declared: str | None,
    terms: Terms,
) -> CRS | None:
    """The CRS of the file, if its coordinates can be of it; else ``None`` with a fault."""
    crs = source_crs(found.crs, declared, faults, terms)
    names = tuple(ids[at] for at in np.flatnonzero(checked.good))
    fits = crs is not None and shapes_fit(_good(checked), names, crs, faults)
    return crs if fits else None


def _good(checked: Checked) -> NDArray[np.object_]:
    return checked.shapes[checked.good]


def _classes(spec: LayerSpec, found: Features, problems: Problems) -> tuple[str | None, ...]:
    if spec.class_field is None:
        return (None,) * len(found.fids)
    return classes_of(spec, found.columns[spec.class_field], problems)


def repairs_of(found: Features, checked: Checked, gone: int) -> tuple[tuple[str, int], ...]:
    """What was repaired how often, and how many features are left out as ``gone``."""
    counts = {one.what: len(one.names) for one in checked.mends}
    extra = {"closed rings": found.unclosed, LEFT_OUT: gone}
    return tuple((what, count) for what, count in {**counts, **extra}.items() if count)


def _report_kinds(
    spec: LayerSpec, checked: Checked, ids: tuple[str, ...], problems: Problems
) -> None:
    """Names the features whose kind of geometry the theme does not take."""
    theme = themes()[spec.theme]
    kinds = kinds_of(checked.shapes)
    wrong = checked.good & ~np.isin(kinds, theme.shapes)
    if not wrong.any():
        return
    shown = ", ".join(f"{ZH[one]}{one}" for one in sorted(set(kinds[wrong])))
    todo = f"{theme.id}: {', '.join(ZH[one] + one for one in theme.shapes)}"
    if "line" in kinds[wrong]:
        todo += (
            "；线（闭合线也是线）须在源数据中转为面 / convert lines, closed ones too, to polygons"
        )
    problems.faults.add(
        f"几何类型不符 / wrong kind of geometry: {shown}: {listed(ids, wrong)}", todo
    )


def _repeats(
    spec: LayerSpec, shapes: NDArray[np.object_], values: Sequence[Texts], ids: tuple[str, ...]
) -> list[str]:
    """A remark on exact duplicates; in registers of rights they are told apart by ``right_id``."""
    if "right_id" in (spec.fields or {}):
        return []
    return duplicate_notes(shapes, list(zip(*values, strict=True)), ids)


def placed(
    checked: Checked,
    ids: tuple[str, ...],
    operation: Operation | None,
    frame: Frame | None,
    problems: Problems,
) -> tuple[NDArray[np.object_], NDArray[np.intp], float]:
    """Good shapes in the working CRS, their positions in the file, and the bend of edges."""
    kept, shapes = np.flatnonzero(checked.good), _good(checked)
    if operation is None or frame is None or not len(kept):
        return shapes, kept, 0.0
    moved = place(shapes, operation)
    whole = moved.there
    if moved.shapes is not shapes:
        whole = whole & by_threads(shapely.is_valid, moved.shapes)
    stays = whole | _near(shapes, ~whole, operation, frame)
    names = tuple(ids[at] for at in kept[stays])
    torn = ~whole[stays]
    if torn.any():
        problems.faults.add(
            f"在工作坐标系中无法表达 / cannot be drawn in the working CRS: {listed(names, torn)}",
            "裁剪到研究区附近 / cut it to the region",
        )
    drawn = moved.shapes[stays]
    here = shapes[stays][~torn & shapely.intersects(drawn, frame.area.envelope)]
    return drawn, kept[stays], bend_m(here, operation)


def _near(
    shapes: NDArray[np.object_], asked: NDArray[np.bool_], operation: Operation, frame: Frame
) -> NDArray[np.bool_]:
    """Which of the asked shapes lie in the region of the area."""
    near = np.zeros(len(shapes), bool)
    if asked.any():
        low, high = degrees_box(frame.area, frame.crs)
        region: BaseGeometry = shapely.box(*(low - REGION_DEG), *(high + REGION_DEG))
        onto = Operation(operation.source, GEOGRAPHIC, operation.shift)
        lonlat = shapely.transform(shapes[asked], onto)
        near[asked] = shapely.intersects(shapely.envelope(lonlat), region)
    return near
