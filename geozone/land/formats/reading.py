"""Which reader reads a vector file of a layer, by its ending; what it needs is loaded then."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from geozone.land.formats.features import Features, Wanted
from geozone.land.formats.strange import refuse_ending

Reader = Callable[[Path, Wanted], Features]
GEOJSON = (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson")


def _later(module: str, name: str) -> Reader:
    """A reader whose module, and the libraries that it needs, are loaded when it first reads."""

    def read(path: Path, wanted: Wanted) -> Features:
        reader: Reader = getattr(import_module(f"geozone.land.formats.{module}"), name)
        return reader(path, wanted)

    return read


_points = _later("points", "read_points")
_parquet = _later("parquet", "read_parquet")
READERS: dict[str, Reader] = {
    ".gpkg": _later("geopackage", "read_geopackage"),
    ".shp": _later("shapefile", "read_shapefile"),
    **dict.fromkeys(GEOJSON, _later("geojson", "read_geojson")),
    ".fgb": _later("driven", "read_flatgeobuf"),
    ".gdb": _later("driven", "read_filegdb"),
    ".parquet": _parquet,
    ".geoparquet": _parquet,
    ".kml": _later("kml", "read_kml"),
    ".dxf": _later("dxf", "read_dxf"),
    ".csv": _points,
    ".tsv": _points,
    ".xlsx": _later("workbook", "read_workbook"),
}


def read_features(path: Path, wanted: Wanted) -> Features:
    """The features of a vector file. Raises ``UnreadableError``, also for unknown endings."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        refuse_ending(path.suffix, (*READERS, ".tif"))
    return reader(path, wanted)
