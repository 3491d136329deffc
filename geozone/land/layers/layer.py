"""A layer of the project: its files joined, checked as a whole, in the working CRS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features
from geozone.land.layers.cells import Raster
from geozone.land.layers.coverage import Polygons
from geozone.land.layers.later import Deferred, Later
from geozone.land.layers.sheet import Frame, Sheet
from geozone.land.layers.vectorsheet import vector_sheet
from geozone.land.layers.wholes import check_whole
from geozone.land.problems import Problems
from geozone.land.receipt import HashedFile, Receipt, content_hash
from geozone.land.shapes.flat import Flat
from geozone.land.shapes.repairs import joined_repairs
from geozone.land.sources.source import opened
from geozone.land.spec import LayerSpec
from geozone.land.store.columns import Column, Texts
from geozone.land.store.held import Held

Indices = NDArray[np.intp]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Layer:
    """One ``[[layer]]``, read and checked: n shapes in the working CRS, metres, x east, y north.

    ``classes`` and every attribute hold n values, ``None`` where unknown or where the theme
    has none. ``coverage`` is where the layer knows what there is beyond its own features;
    empty where nothing was declared or something was waived. A raster of values has no
    shapes; its ``raster`` answers.

    Shapes and texts of a layer that comes from the store are made when they are asked for;
    ``held`` has them as arrays. Ask ``bounds``, ``flat``, ``near``, ``picked`` and ``named`` for
    what does not need all of them.
    """

    theme: str
    name: str
    shapes: Deferred[Shapes] = Deferred()  # noqa: RUF009 - a descriptor
    classes: Deferred[Texts] = Deferred()  # noqa: RUF009 - a descriptor
    attributes: Deferred[Mapping[str, Texts]] = Deferred()  # noqa: RUF009 - a descriptor
    ids: Deferred[tuple[str, ...]] = Deferred()  # noqa: RUF009 - a descriptor
    coverage: BaseGeometry
    complete_for: frozenset[str] | None
    accuracy_m: float
    half_width_m: float
    raster: Raster | None
    receipt: Receipt
    spec: LayerSpec
    held: Held | None = None

    def __post_init__(self) -> None:
        """Lets go of arrays that may not be of these shapes, as in a copy with others."""
        if not isinstance(vars(self)["shapes"], Later):
            object.__setattr__(self, "held", None)

    @property
    def count(self) -> int:
        """How many shapes it has."""
        return len(self.shapes) if self.held is None else len(self.held.shapes)

    @cached_property
    def flat(self) -> Flat:
        """The shapes as bare coordinates."""
        return Flat.of(self.shapes) if self.held is None else self.held.shapes.flat

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of every shape, shape (n, 4)."""
        return shapely.bounds(self.shapes) if self.held is None else self.held.shapes.bounds

    @cached_property
    def class_column(self) -> Column:
        """The classes as few words that many features share."""
        return Column.of(self.classes) if self.held is None else self.held.classes

    def column(self, name: str) -> Column:
        """An attribute as few words that many features share; not known where there is none."""
        if self.held is not None and name in self.held.attributes:
            return self.held.attributes[name]
        return Column.of(self.attributes.get(name, (None,) * self.count))

    def near(self, bounds: Sequence[float]) -> tuple[Indices, Shapes]:
        """The shapes whose bounds meet west, south, east, north; their places, which rise."""
        west, south, east, north = bounds
        low_x, low_y, high_x, high_y = self.bounds.T
        meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
        found = np.flatnonzero(meets)
        return found, self.picked(found)

    def picked(self, wanted: Indices) -> Shapes:
        """The shapes at some places, in their order."""
        built = self.held is None or isinstance(vars(self)["shapes"], np.ndarray)
        return self.shapes[wanted] if built or self.held is None else self.held.shapes.some(wanted)

    def named(self, wanted: Indices) -> tuple[str, ...]:
        """The ids at some places, in their order."""
        if self.held is not None:
            return self.held.ids.some(wanted)
        return tuple(self.ids[at] for at in wanted)

    @property
    def waived(self) -> bool:
        """Whether a problem occurred that was waived in writing."""
        return bool(self.receipt.waived)


def read_layer(
    spec: LayerSpec,
    name: str,
    folder: Path,
    *,
    frame: Frame | None,
    coverage: Polygons | None,
    faults: Faults,
) -> Layer | None:
    """The layer of a spec; ``None`` where too much is wrong to go on.

    Everything wrong goes to ``faults``; a layer that comes back beside faults is not for use.
    """
    problems = Problems(faults.at(spec.place), spec.waive or {})
    sheets, files = _read_sheets(spec, name, folder, frame, problems)
    if len(sheets) < len(spec.paths) and not problems.waived:
        return None
    check_whole(spec, sheets, files, frame, problems)
    if frame is None:
        return None
    shapes = [sheet.shapes for sheet in sheets]
    return Layer(
        theme=spec.theme,
        name=name,
        shapes=np.concatenate(shapes) if shapes else np.array([], object),
        classes=tuple(one for sheet in sheets for one in sheet.classes),
        attributes=_joined(sheets),
        ids=tuple(one for sheet in sheets for one in sheet.ids),
        coverage=shapely.Polygon() if problems.waived else _coverage(sheets, coverage),
        complete_for=spec.complete_for,
        accuracy_m=spec.accuracy_m,
        half_width_m=spec.half_width_m or 0.0,
        raster=next((sheet.raster for sheet in sheets if sheet.raster), None),
        receipt=_receipt(spec, sheets, files, coverage, problems),
        spec=spec,
    )


def _read_sheets(
    spec: LayerSpec, name: str, folder: Path, frame: Frame | None, problems: Problems
) -> tuple[list[Sheet], list[HashedFile]]:
    sheets: list[Sheet] = []
    files: list[HashedFile] = []
    for written in spec.paths:
        here = problems.of(written)
        try:
            with opened(written, folder, spec.layer) as source:
                files.extend(source.files)
                label = name if len(spec.paths) == 1 else PurePosixPath(written).stem
                sheet = _read_sheet(source.path, label, spec, frame, here)
        except UnreadableError as error:
            _report_unreadable(error, here)
            continue
        if sheet is not None:
            sheets.append(replace(sheet, notes=(*source.notes, *sheet.notes)))
    return sheets, sorted(files, key=lambda one: (one.name, one.sha256))


def _read_sheet(
    path: Path, name: str, spec: LayerSpec, frame: Frame | None, problems: Problems
) -> Sheet | None:
    """One file as a sheet; ``None`` where it cannot be used. Raises ``UnreadableError``."""
    if spec.is_raster:
        from geozone.land.layers.rasters import raster_sheet  # noqa: PLC0415 - loads slowly

        return raster_sheet(path, name, spec, frame, problems)
    fields = [*(spec.fields or {}).values()] + ([spec.class_field] if spec.class_field else [])
    wanted = Wanted(spec.layer, tuple(dict.fromkeys(fields)), spec.encoding)
    return vector_sheet(read_features(path, wanted), name, spec, frame, problems)


def _report_unreadable(error: UnreadableError, problems: Problems) -> None:
    if error.problem is None:
        problems.faults.add(error.what, error.todo)
    else:
        problems.report(error.problem, error.what, error.todo)


def _joined(sheets: Sequence[Sheet]) -> dict[str, tuple[str | None, ...]]:
    names = dict.fromkeys(name for sheet in sheets for name in sheet.attributes)
    return {
        name: tuple(one for sheet in sheets for one in sheet.attributes[name]) for name in names
    }


def _coverage(sheets: Sequence[Sheet], declared: Polygons | None) -> BaseGeometry:
    """Declared coverage; of rasters the valid cells, cut by what is declared."""
    cells = [sheet.seen for sheet in sheets if sheet.seen is not None]
    empty: BaseGeometry = shapely.Polygon()
    if not cells:
        return declared.shape if declared is not None else empty
    whole: BaseGeometry = shapely.union_all(cells)
    return whole if declared is None else shapely.intersection(whole, declared.shape)


def _receipt(
    spec: LayerSpec,
    sheets: Sequence[Sheet],
    files: Sequence[HashedFile],
    coverage: Polygons | None,
    problems: Problems,
) -> Receipt:
    declared = [sheet.declared for sheet in sheets if sheet.declared is not None]
    repairs: dict[str, int] = {}
    for what, count in (pair for sheet in sheets for pair in sheet.repairs):
        repairs[what] = repairs.get(what, 0) + count
    return Receipt(
        sha256=content_hash(files) if files else "",
        files=tuple(files),
        driver=_distinct(sheet.driver for sheet in sheets),
        layer=_distinct(sheet.layer for sheet in sheets),
        declared=sum(declared) if declared else None,
        read=sum(sheet.read for sheet in sheets),
        kept=sum(len(sheet.shapes) for sheet in sheets),
        nulls=sum(sheet.nulls for sheet in sheets),
        repairs=tuple(sorted(repairs.items())),
        mended=joined_repairs(one for sheet in sheets for one in sheet.mended),
        remarks=tuple(dict.fromkeys(one for sheet in sheets for one in sheet.notes)),
        crs=_distinct(sheet.crs for sheet in sheets),
        operation=_distinct(sheet.operation for sheet in sheets),
        bend_m=max((sheet.bend_m for sheet in sheets), default=0.0),
        encoding=_distinct(sheet.encoding for sheet in sheets),
        coverage_sha256=coverage.sha256 if coverage is not None and spec.coverage else "",
        waived=tuple(sorted(problems.waived)),
        versions=tuple(
            sorted({k: v for sheet in sheets for k, v in sheet.versions.items()}.items())
        ),
    )


def _distinct(texts) -> str:  # type: ignore[no-untyped-def]
    return ", ".join(dict.fromkeys(text for text in texts if text))
