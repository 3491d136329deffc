"""The tables of a GeoPackage without features, as GDAL makes them."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyproj import CRS

from geozone.engine.edition import text_hash
from geozone.engine.keptfile import kept_bytes, name_of
from geozone.land.versions import bundled, installed
from geozone.pages.layer import Layer

GEOMETRY = "geom"
_MADE_BY = ("geozone.pages", "emptytables.py")
"""A folder, and the text in it that says how GDAL is asked."""


def make_empty(path: Path, layers: Sequence[Layer], crs: CRS, kept: Path | None = None) -> None:
    """Make a GeoPackage of layers of multipolygons that have no features yet.

    With a folder for what is ``kept``, the same tables are not made again: GDAL loads slowly.
    Raises ``OSError`` where the disk does not take it.
    """
    asked = [[one.name, [[name, kind.__name__] for name, kind in one.columns.items()]]
             for one in layers]  # fmt: skip
    told = {
        "layers": asked,
        "crs": crs.to_wkt(),
        "made by": [installed("pyogrio"), *bundled("pyogrio", "gdal"), text_hash(*_MADE_BY)],
    }
    place = kept / f"{name_of(repr(told))}.tables" if kept else None

    def make() -> bytes:
        _made(path, layers, crs)
        return path.read_bytes()

    path.write_bytes(kept_bytes(place, told, make))


def _made(path: Path, layers: Sequence[Layer], crs: CRS) -> None:
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it
    import pyogrio  # noqa: PLC0415

    with told_by_gdal(path):
        for layer in layers:
            pyogrio.write_arrow(
                pyarrow.Table.from_batches([], arrow_schema(layer)),
                path,
                layer=layer.name,
                driver="GPKG",
                geometry_name=GEOMETRY,
                geometry_type="MultiPolygon",
                crs=crs.to_wkt(),
                append=path.exists(),
            )


@contextmanager
def told_by_gdal(path: Path) -> Iterator[None]:
    """Turn what GDAL's drivers say of a disk that takes no more into ``OSError``."""
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415 - heavy

    try:
        yield
    except (DataSourceError, DataLayerError) as error:
        raise OSError(errno.EIO, str(error), str(path)) from error


def arrow_schema(layer: Layer) -> Any:  # pyarrow has no types
    """The columns of a layer for Arrow, the geometry (WKB) last."""
    import pyarrow  # noqa: PLC0415 - heavy, and only bulk outputs need it

    kinds = {str: pyarrow.string(), float: pyarrow.float64()}
    columns = [pyarrow.field(name, kinds[kind]) for name, kind in layer.columns.items()]
    shape = {b"ARROW:extension:name": b"geoarrow.wkb"}
    return pyarrow.schema([*columns, pyarrow.field(GEOMETRY, pyarrow.binary(), metadata=shape)])
