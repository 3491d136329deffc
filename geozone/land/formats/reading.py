"""Which reader reads a vector file of a layer, by its ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geozone.land.formats.driven import read_filegdb, read_flatgeobuf
from geozone.land.formats.dxf import read_dxf
from geozone.land.formats.features import Features, Wanted
from geozone.land.formats.geojson import LINES, read_geojson
from geozone.land.formats.geopackage import read_geopackage
from geozone.land.formats.kml import read_kml
from geozone.land.formats.parquet import read_parquet
from geozone.land.formats.points import read_points
from geozone.land.formats.shapefile import read_shapefile
from geozone.land.formats.strange import refuse_ending
from geozone.land.formats.workbook import read_workbook

Reader = Callable[[Path, Wanted], Features]
READERS: dict[str, Reader] = {
    ".gpkg": read_geopackage,
    ".shp": read_shapefile,
    **dict.fromkeys((".geojson", ".json", *LINES), read_geojson),
    ".fgb": read_flatgeobuf,
    ".gdb": read_filegdb,
    ".parquet": read_parquet,
    ".geoparquet": read_parquet,
    ".kml": read_kml,
    ".dxf": read_dxf,
    ".csv": read_points,
    ".tsv": read_points,
    ".xlsx": read_workbook,
}


def read_features(path: Path, wanted: Wanted) -> Features:
    """The features of a vector file. Raises ``UnreadableError``, also for unknown endings."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        refuse_ending(path.suffix, (*READERS, ".tif"))
    return reader(path, wanted)
