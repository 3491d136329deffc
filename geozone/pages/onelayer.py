"""Layers in formats of one layer a file: FlatGeobuf and GeoParquet."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pyproj import CRS

from geozone.pages.emptytables import GEOMETRY, arrow_schema, told_by_gdal
from geozone.pages.layer import Features, Layer

_NODE = 16
"""Entries of a node of FlatGeobuf's index, as GDAL writes it, each of 40 bytes."""


def write_flatgeobuf(path: Path, layer: Layer, *, crs: CRS) -> None:
    """Write one layer as FlatGeobuf with its spatial index.

    Raises ``OSError`` where the disk does not take it; GDAL does not tell when the last bytes
    are lost, so the file is measured.
    """
    import pyogrio  # noqa: PLC0415 - heavy, and this format is one of three

    counts: list[int] = []
    with told_by_gdal(path):
        pyogrio.write_arrow(
            _reader(layer, counts),
            path,
            layer=layer.name,
            driver="FlatGeobuf",
            geometry_name=GEOMETRY,
            geometry_type="MultiPolygon",
            crs=crs.to_wkt(),
            SPATIAL_INDEX="YES",
        )
    if not is_whole(path, sum(counts)):
        raise OSError(errno.ENOSPC, "the file is cut short", str(path))


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
            columns = [*(batch.values[name] for name in layer.columns), _shapes(batch), boxes]
            file.write_batch(pyarrow.record_batch([*columns], schema=schema))


ONE_LAYER: Mapping[str, Callable[..., None]] = {
    ".fgb": write_flatgeobuf,
    ".parquet": write_geoparquet,
}
"""Writers of files of one layer, by ending; each takes path, layer and crs."""


def _reader(layer: Layer, counts: list[int]) -> Any:  # a RecordBatchReader; pyarrow has no types
    """The batches of a layer for Arrow; their lengths are added to ``counts`` as they go."""
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it

    schema = arrow_schema(layer)

    def batches() -> Any:  # record batches
        for one in layer.features:
            counts.append(len(one))
            columns = [*(one.values[name] for name in layer.columns), _shapes(one)]
            yield pyarrow.record_batch(columns, schema)

    return pyarrow.RecordBatchReader.from_batches(schema, batches())


def _shapes(batch: Features) -> Any:  # a pyarrow array
    """The geometries of features for Arrow. Raises ``ArrowInvalid`` for more than two gigabytes."""
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it

    made = batch.wkb()
    buffers = [None, pyarrow.py_buffer(made.offsets), pyarrow.py_buffer(made.data)]
    found = pyarrow.Array.from_buffers(pyarrow.large_binary(), len(batch), buffers)
    return found.cast(pyarrow.binary())


def is_whole(path: Path, count: int) -> bool:
    """Whether a FlatGeobuf file ends where the last of its features does."""
    nodes, level = count, count
    while level > 1:
        level = -(-level // _NODE)
        nodes += level
    if count == 1:
        nodes = 2
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(8)
        at = 12 + int.from_bytes(file.read(4), "little") + nodes * 40
        for _ in range(count):
            file.seek(at)
            at += 4 + int.from_bytes(file.read(4), "little")
    return at == size


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
