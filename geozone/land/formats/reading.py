"""Which reader reads a vector file of a layer, by its ending; what it needs is loaded then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geozone.land.formats.dxf import read_dxf
from geozone.land.formats.features import Features, Wanted
from geozone.land.formats.kml import read_kml
from geozone.land.formats.points import read_points
from geozone.land.formats.strange import refuse_ending

Reader = Callable[[Path, Wanted], Features]
GEOJSON = (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson")


def _geopackage(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.geopackage import read_geopackage  # noqa: PLC0415 - loads pyogrio

    return read_geopackage(path, wanted)


def _shapefile(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.shapefile import read_shapefile  # noqa: PLC0415 - loads pyogrio

    return read_shapefile(path, wanted)


def _geojson(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.geojson import read_geojson  # noqa: PLC0415 - loads pyogrio

    return read_geojson(path, wanted)


def _flatgeobuf(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.driven import read_flatgeobuf  # noqa: PLC0415 - loads pyogrio

    return read_flatgeobuf(path, wanted)


def _filegdb(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.driven import read_filegdb  # noqa: PLC0415 - loads pyogrio

    return read_filegdb(path, wanted)


def _parquet(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.parquet import read_parquet  # noqa: PLC0415 - loads pyarrow

    return read_parquet(path, wanted)


def _workbook(path: Path, wanted: Wanted) -> Features:
    from geozone.land.formats.workbook import read_workbook  # noqa: PLC0415 - loads openpyxl

    return read_workbook(path, wanted)


READERS: dict[str, Reader] = {
    ".gpkg": _geopackage,
    ".shp": _shapefile,
    **dict.fromkeys(GEOJSON, _geojson),
    ".fgb": _flatgeobuf,
    ".gdb": _filegdb,
    ".parquet": _parquet,
    ".geoparquet": _parquet,
    ".kml": read_kml,
    ".dxf": read_dxf,
    ".csv": read_points,
    ".tsv": read_points,
    ".xlsx": _workbook,
}


def read_features(path: Path, wanted: Wanted) -> Features:
    """The features of a vector file. Raises ``UnreadableError``, also for unknown endings."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        refuse_ending(path.suffix, (*READERS, ".tif"))
    return reader(path, wanted)
