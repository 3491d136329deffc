"""Layers streamed into a GeoPackage: tables as GDAL makes them, rows page by page."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geozone.engine.outlines.faces import Wkb
from geozone.pages.emptytables import GEOMETRY, make_empty
from geozone.pages.layer import Layer, ahead
from geozone.pages.pagesfile import PagesFile
from geozone.pages.rtree import Boxes, fill_rtree, leaves, node_size, rounded
from geozone.pages.stamp import finish_geopackage, forget_writes
from geozone.pages.tablepages import Columns, TablePages, root_page

_HEAD = np.dtype(
    [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4"), ("box", "<f8", (4,))]
)
_FLAGS = 0b011
"""Little-endian, with an envelope of west, east, south and north."""


def write_geopackage(
    path: Path, layers: Sequence[Layer], *, crs: CRS, on: date, kept: Path | None = None
) -> None:
    """Write layers of multipolygons with spatial indices and QGIS styles, one after the other.

    Features may come in batches of any size; memory holds one batch and 16 bytes per feature
    for the index. Stamps carry the decision date: the same layers give the same bytes. In a
    folder for what is ``kept`` the empty tables wait for the next time.

    Raises ``OSError`` where the disk does not take it, ``ValueError`` where columns differ from
    what the layer says.
    """
    with _told_by_disk(path):
        make_empty(path, layers, crs, kept)
        finish_geopackage(path, on, {layer.name: layer.style for layer in layers if layer.style})
        every = [_put(path, layer) for layer in layers]
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32768"):
                base.execute(f"PRAGMA {pragma}")  # a draft: it is synced when it is whole
            base.execute("BEGIN")
            for layer, held in zip(layers, every, strict=True):
                _tell(base, layer, held)
            base.execute("COMMIT")
    forget_writes(path)


@contextmanager
def _told_by_disk(path: Path) -> Iterator[None]:
    """Turn what databases say of a disk that takes no more into ``OSError`` of this file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        number = errno.ENOSPC if error.sqlite_errorname == "SQLITE_FULL" else errno.EIO
        raise OSError(number, str(error), str(path)) from error
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@dataclass(frozen=True, eq=False)
class _Held:
    """Of the features of a layer their bounds (n, 4), and their boxes and leaves in its index."""

    bounds: NDArray[np.float64]
    boxes: Boxes
    leaves: NDArray[np.int64]


def _put(path: Path, layer: Layer) -> _Held:
    """Put a layer's features in its table, numbered from one, and their leaves in theirs."""
    names, index = ("fid", GEOMETRY, *layer.columns), _index(layer)
    with closing(sqlite3.connect(path)) as base:
        root = root_page(base, layer.name, names)
        leaf_root = root_page(base, f"{index}_rowid", ("rowid", "nodeno"))
        size = node_size(base, index)
        ask = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
        ((srs,),) = base.execute(ask, (layer.name,)).fetchall()
    with PagesFile(path) as file:
        bounds = _rows(file, TablePages(path, root), layer, srs)
        boxes = rounded(bounds)
        held = leaves(boxes, size)
        table = TablePages(path, leaf_root)
        table.add_numbers(file, held)
        table.finish(file)
    return _Held(bounds, boxes, held)


def _rows(file: PagesFile, table: TablePages, layer: Layer, srs: int) -> NDArray[np.float64]:
    """Write the rows of a layer's features; gives the bounds of all of them."""
    found = [np.empty((0, 4))]
    made = _made(layer, srs)
    for bounds, blobs, columns in ahead(made) if layer.threaded else made:
        table.add(file, blobs, columns)
        found.append(bounds)
    table.finish(file)
    return np.concatenate(found)


def _made(layer: Layer, srs: int) -> Iterator[tuple[NDArray[np.float64], Wkb, Columns]]:
    """The bounds, the geometries and the columns of a layer's features, batch by batch."""
    for batch in layer.features:
        if batch.values.keys() != layer.columns.keys():
            raise ValueError(f"layer {layer.name} has columns {list(layer.columns)}")
        bounds = batch.bounds
        columns = [(kind, batch.values[name]) for name, kind in layer.columns.items()]
        yield bounds, batch.wkb(_heads(bounds, srs)), columns


def _index(layer: Layer) -> str:
    return f"rtree_{layer.name}_{GEOMETRY}"


def _tell(base: sqlite3.Connection, layer: Layer, held: _Held) -> None:
    """Fill a layer's index, and say how many features it has and how far they reach."""
    bounds = held.bounds
    fill_rtree(base, _index(layer), held.boxes, held.leaves)
    if not len(bounds):
        return
    given = (len(bounds), layer.name)
    base.execute("INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)", given)
    base.execute("UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", given)
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    base.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
        (float(low[0]), float(low[1]), float(high[2]), float(high[3]), layer.name),
    )


def _heads(bounds: NDArray[np.float64], srs: int) -> NDArray[np.uint8]:
    """What GeoPackages hold before the WKB of each geometry: a header with the envelope."""
    heads = np.empty(len(bounds), _HEAD)
    heads["magic"], heads["version"], heads["flags"], heads["srs"] = b"GP", 0, _FLAGS, srs
    heads["box"] = bounds[:, [0, 2, 1, 3]]
    return heads.view(np.uint8).reshape(len(bounds), _HEAD.itemsize)
