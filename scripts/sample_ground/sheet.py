"""A sheet: one layer of a sample project, its shapes, and what the project file says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from sample_ground.shapes import Frame, polygons, snapped
from sample_ground.writing import (
    NOTE,
    write_classes,
    write_geojson,
    write_gpkg,
    write_shapefile,
)

Attributes = Mapping[str, str]
Feature = tuple[BaseGeometry, Attributes]

SYNTHETIC = (
    "scripts/build_layers.py, seeded; 合成示例数据 / synthetic sample, at places of GeoNames"
)
OPEN_LICENCE = "CC0-1.0; places GeoNames, CC BY 4.0"


@dataclass(frozen=True, eq=False)
class Classes:
    """A raster of class numbers in degrees."""

    values: NDArray[np.uint8]
    west: float
    north: float
    step: float
    names: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One ``[[layer]]``: shapes in the project's metres, stored ``classes`` to the theme's."""

    theme: str
    file: str
    title: str
    features: Sequence[Feature] = ()
    layer: str = ""
    geometry: str = "Polygon"
    classes: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    raster: Classes | None = None
    encoding: str = ""
    coverage: str = "coverage.geojson"
    empty_ok: bool = False
    complete_for: Sequence[str] = ()
    accuracy_m: float = 0
    as_of: date = date(2024, 1, 1)
    valid: tuple[date, date] | None = None
    max_age_days: int | None = None
    half_width_m: float | None = None
    synthetic: bool = True
    source: str = SYNTHETIC
    licence: str = OPEN_LICENCE

    @property
    def stored(self) -> str:
        """The name of the layer in its container."""
        return self.layer or self.theme

    @property
    def is_contained(self) -> bool:
        """Whether the file may hold several layers."""
        return self.file.endswith(".gpkg")

    def union(self) -> BaseGeometry:
        """All shapes as one, in metres."""
        return shapely.union_all([shape for shape, _ in self.features])


def plain(shapes: Iterable[BaseGeometry], **attributes: str) -> list[Feature]:
    """Features of one kind."""
    return [(shape, attributes) for shape in shapes]


def table_of(sheet: Sheet, crs: str) -> gpd.GeoDataFrame:
    """The sheet as a table of single shapes, every one with its note."""
    rows: list[dict[str, object]] = []
    for shape, attributes in sheet.features:
        whole = snapped(shape)
        parts = polygons(whole, min_m2=1.0) if sheet.geometry == "Polygon" else _lines(whole)
        rows += [{**attributes, "note": NOTE, "geometry": part} for part in parts]
    names = sorted({name for row in rows for name in row} - {"geometry", "note"})
    names = names or [*(["class"] if sheet.classes else []), *sheet.fields.values()]
    columns = {name: [row.get(name) for row in rows] for name in [*names, "note"]}
    frame = gpd.GeoDataFrame(columns, geometry=[row["geometry"] for row in rows], crs=crs)
    if not sheet.synthetic:
        return frame.drop(columns="note")
    return frame.astype(dict.fromkeys([*names, "note"], str)) if frame.empty else frame


def _lines(shape: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts([shape]) if not part.is_empty]


def write_sheets(folder: Path, sheets: Sequence[Sheet], frame: Frame) -> None:
    """Every file of the sheets, grouped by container; paths relative to ``folder``."""
    for file in dict.fromkeys(sheet.file for sheet in sheets):
        inside = [sheet for sheet in sheets if sheet.file == file]
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".gpkg":
            tables = {sheet.stored: table_of(sheet, frame.crs) for sheet in inside}
            write_gpkg(path, tables, inside[0].geometry)
        else:
            _write_single(path, inside[0], frame)


def _write_single(path: Path, sheet: Sheet, frame: Frame) -> None:
    if sheet.raster is not None:
        raster = sheet.raster
        write_classes(path, raster.values, west=raster.west, north=raster.north, step=raster.step)
    elif path.suffix == ".shp":
        write_shapefile(path, table_of(sheet, frame.crs))
    else:
        write_geojson(path, table_of(sheet, frame.crs))
