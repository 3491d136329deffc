"""Zones as layers of polygons, and layers in formats of one layer a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.answers.site import Site
from geozone.answers.zoning import Zone, Zoning
from geozone.land.coordinates.scale import ellipsoidal_areas
from geozone.pages.geopackage import GEOMETRY, arrow_schema, told_by_disk
from geozone.pages.layer import Features, Kind, Layer
from geozone.pages.style import qml
from geozone.pages.tables import neutral

COLUMNS: Mapping[str, Kind] = {
    "verdict": str, "rules": str, "causes": str, "needs": str, "area_m2": float, "synthetic": str,
}  # fmt: skip

MANY_VERTICES = 5_000
"""More make a multipolygon slow to draw and to ask: its polygons become features."""

BATCH_VERTICES = 500_000
"""Vertices that are in memory at once as WKB, if no feature has more."""


def zone_layers(zoning: Zoning, *, split: bool = True) -> list[Layer]:
    """One layer per activity, ``TECH__OBJECT``, its zones in their order, severest first.

    With ``split`` the polygons of zones of many vertices are features of their own, from west
    to east, each with its own area; else every zone is one feature.
    """
    synthetic = is_synthetic(zoning.site)
    crs = zoning.site.project.crs
    return [
        Layer(activity.layer_name, COLUMNS, _batches(zones, crs, synthetic, split), qml())
        for activity, zones in zoning.zones.items()
    ]


def is_synthetic(site: Site) -> str:
    """What features say where a layer is made up; else nothing."""
    any_made = any(layer.spec.synthetic for layer in site.project.layers)
    return "合成示例数据 / synthetic sample" if any_made else ""


def _batches(
    zones: Sequence[Zone], crs: CRS, synthetic: str, split: bool
) -> Iterator[Features]:  # drawn once
    for zone in zones:
        shapes, areas = np.array([zone.shape], object), np.array([zone.area_m2])
        if split and shapely.get_num_coordinates(zone.shape) > MANY_VERTICES:
            shapes = ordered(shapely.get_parts(zone.shape))
            areas = ellipsoidal_areas(shapes, crs)
        for part in vertex_batches(shapes):
            yield Features.of(shapes[part], _values(zone, areas[part], synthetic))


def ordered(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Polygons from west to east, then from south to north."""
    west, south, east, north = shapely.bounds(polygons).T
    return polygons[np.lexsort((north, east, south, west))]


def vertex_batches(shapes: NDArray[np.object_], most: int = BATCH_VERTICES) -> Iterator[slice]:
    """Runs of shapes, each of so many vertices at most, or of one shape."""
    total = np.cumsum(shapely.get_num_coordinates(shapes))
    first = 0
    while first < len(shapes):
        before = total[first - 1] if first else 0
        last = max(int(np.searchsorted(total, before + most, side="right")), first + 1)
        yield slice(first, last)
        first = last


def _values(zone: Zone, areas: NDArray[np.float64], synthetic: str) -> dict[str, list[Any]]:
    """The columns of features that are of one zone."""
    count, why = len(areas), zone.reason
    return {
        "verdict": [why.verdict.code] * count,
        "rules": [neutral("; ".join(why.rules))] * count,
        "causes": [neutral("; ".join(why.causes))] * count,
        "needs": [neutral("; ".join(why.needs))] * count,
        "area_m2": [round(area, 2) for area in areas.tolist()],
        "synthetic": [synthetic] * count,
    }


def write_flatgeobuf(path: Path, layer: Layer, *, crs: CRS) -> None:
    """Write one layer as FlatGeobuf with its spatial index.

    Raises ``OSError`` where the disk does not take it.
    """
    import pyogrio  # noqa: PLC0415 - heavy, and this format is one of three

    with told_by_disk(path):
        pyogrio.write_arrow(
            _reader(layer),
            path,
            layer=layer.name,
            driver="FlatGeobuf",
            geometry_name=GEOMETRY,
            geometry_type="MultiPolygon",
            crs=crs.to_wkt(),
            SPATIAL_INDEX="YES",
        )


def write_geoparquet(path: Path, layer: Layer, *, crs: CRS) -> None:
    """Write one layer as GeoParquet 1.1, with the bounds of each feature as a column.

    Raises ``OSError`` where the disk does not take it.
    """
    import pyarrow  # noqa: PLC0415 - heavy, and this format is one of three
    from pyarrow import parquet  # noqa: PLC0415

    schema = arrow_schema(layer).append(_box_field())
    schema = schema.with_metadata({"geo": json.dumps(_geo(crs))})
    with parquet.ParquetWriter(path, schema, compression="zstd", compression_level=3) as file:
        for batch in layer.features:
            names = ("xmin", "ymin", "xmax", "ymax")
            boxes = pyarrow.StructArray.from_arrays(list(batch.bounds.T.copy()), names=names)
            columns = [*(batch.values[name] for name in layer.columns), batch.wkb, boxes]
            file.write_batch(pyarrow.record_batch([*columns], schema=schema))


ONE_LAYER: Mapping[str, Callable[..., None]] = {
    ".fgb": write_flatgeobuf,
    ".parquet": write_geoparquet,
}
"""Writers of files of one layer, by ending; each takes path, layer and crs."""


def _reader(layer: Layer) -> Any:  # a RecordBatchReader; pyarrow has no types
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it

    schema = arrow_schema(layer)
    batches = (
        pyarrow.record_batch([*(one.values[name] for name in layer.columns), one.wkb], schema)
        for one in layer.features
    )
    return pyarrow.RecordBatchReader.from_batches(schema, batches)


def _box_field() -> Any:  # a pyarrow field
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it

    sides = [(name, pyarrow.float64()) for name in ("xmin", "ymin", "xmax", "ymax")]
    return pyarrow.field("bbox", pyarrow.struct(sides))


def _geo(crs: CRS) -> dict[str, Any]:
    """What GeoParquet says of itself."""
    covering = {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}
    column = {
        "encoding": "WKB",
        "geometry_types": ["MultiPolygon"],
        "crs": crs.to_json_dict(),
        "covering": {"bbox": covering},
    }
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
