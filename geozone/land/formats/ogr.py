"""Reading with GDAL's vector drivers through Arrow: every feature, in the order of the file."""

from __future__ import annotations

import sqlite3
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from geozone.land.coordinates.crs import plain
from geozone.land.faults import did_you_mean
from geozone.land.formats.features import Texts, UnreadableError, canonical_text
from geozone.land.formats.wkb import shapes_of

UNCLOSED = "Non closed ring"
"""How the driver's warning begins where it closed a ring: counted as a repair."""
BROKEN = (
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
    sqlite3.Error,
    UnboundLocalError,
    pa.ArrowException,
    ShapelyError,
)
"""What damaged files raise; ``UnboundLocalError`` comes out of pyogrio for a broken ``.prj``."""


@dataclass(frozen=True, eq=False)
class Raw:
    """Features as a driver hands them on, n of them, in the CRS of the file.

    ``columns`` (n each) by their stored name; ``fids`` (n,) as the driver counts.
    """

    shapes: NDArray[np.object_]
    columns: dict[str, Texts]
    fids: NDArray[np.int64]
    crs: CRS | None
    unclosed: int
    warnings: tuple[str, ...]


@contextmanager
def telling() -> Iterator[None]:
    """Turns what damaged files raise into ``UnreadableError``."""
    try:
        yield
    except NotImplementedError as error:  # what shapely says of curves
        raise curved("图层 / the layer") from error
    except BROKEN as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查或重新导出 / check it or export it again"
        ) from error


def curved(where: str) -> UnreadableError:
    """The error for curves and surfaces: as chords, they would enclose less."""
    return UnreadableError(
        f"{where} 含曲线或曲面 / has curves or surfaces",
        "转为折线 / convert curves to straight segments",
        problem="invalid-geometry",
    )


def layer_name(path: Path, asked: str | None) -> str:
    """The container layer to read: the one asked for, else the only one with geometry.

    Raises ``UnreadableError``.
    """
    found = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    return chosen_layer(found, asked)


def chosen_layer(found: Sequence[str], asked: str | None) -> str:
    """The layer asked for, else the only one. Raises ``UnreadableError``."""
    if asked is not None and asked not in found:
        raise UnreadableError(
            f"没有图层 {asked!r} / there is no layer {asked!r}",
            did_you_mean(asked, found or ["—"]),
            problem=None,
        )
    if asked is None and len(found) != 1:
        raise UnreadableError(
            f"含 {len(found)} 个图层 / holds {len(found)} layers: {', '.join(found)}",
            '指定 layer = "…"，命令行用 --layer / name one: layer = "…", --layer in commands',
            problem=None,
        )
    return asked or found[0]


def field_names(path: Path, layer: str, driver: str) -> list[str]:
    """The names of a layer's fields as stored. Raises ``ValueError`` for another driver."""
    info = pyogrio.read_info(path, layer=layer)
    if info["driver"] != driver:
        raise ValueError(f"driver {info['driver']} instead of {driver}")
    return [str(one) for one in info["fields"]]


def read_raw(path: Path, layer: str, fields: Sequence[str], **options: Any) -> Raw:
    """Every feature of a layer with some fields by their stored names; no index is used.

    ``options`` go to the driver, of the types that it takes. Raises what is in ``BROKEN``.
    """
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with pyogrio.raw.open_arrow(
            path, layer=layer, columns=list(fields), return_fids=True, use_pyarrow=True, **options
        ) as (meta, reader):
            parts = [_part(batch, len(meta["fields"])) for batch in reader]
    stored = [str(one) for one in meta["fields"]]
    said = dict.fromkeys(
        str(one.message) for one in heard if issubclass(one.category, RuntimeWarning | UserWarning)
    )
    return Raw(
        shapes=np.concatenate([np.array([], object), *(one.shapes for one in parts)]),
        columns={
            name: tuple(text for part in parts for text in part.columns[at])
            for at, name in enumerate(stored)
        },
        fids=np.concatenate([np.array([], np.int64), *(one.fids for one in parts)]),
        crs=crs_from(meta["crs"]),
        unclosed=sum(one.unclosed for one in parts),
        warnings=tuple(one for one in said if not one.startswith(UNCLOSED)),
    )


@dataclass(frozen=True, eq=False)
class _Part:
    """One batch of features."""

    shapes: NDArray[np.object_]
    columns: list[Texts]
    fids: NDArray[np.int64]
    unclosed: int


def _part(batch: pa.RecordBatch, fields: int) -> _Part:
    """A batch whose columns are the number, the fields in the order of the file, the shape."""
    if batch.num_columns != fields + 2:
        raise ValueError(f"{batch.num_columns} columns instead of {fields + 2}")
    shapes, unclosed = shapes_from(batch.column(fields + 1).to_numpy(zero_copy_only=False))
    columns = [_texts(batch.column(at)) for at in range(1, fields + 1)]
    return _Part(shapes, columns, batch.column(0).to_numpy().astype(np.int64), unclosed)


def _texts(column: pa.Array) -> Texts:
    """Values as text; of a time the clock's reading as stored, without its zone."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.timestamp("us"))
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        known = column.dictionary_encode()
        words = np.array([*(canonical_text(one) for one in known.dictionary.to_pylist()), None])
        return tuple(words[known.indices.fill_null(len(words) - 1).to_numpy()].tolist())
    return tuple(canonical_text(_value(one)) for one in column.to_pylist())


def _value(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def shapes_from(blobs: NDArray[np.object_]) -> tuple[NDArray[np.object_], int]:
    """Geometries from their WKB, and how many had a ring that had to be closed."""
    shapes = shapes_of(blobs)
    given = np.array([one is not None for one in blobs], bool)
    broken = np.flatnonzero(shapely.is_missing(shapes) & given)
    if len(broken):
        shapes[broken] = shapely.from_wkb(blobs[broken], on_invalid="fix")
    return shapes, int((~shapely.is_missing(shapes[broken])).sum())


def crs_from(text: str | None) -> CRS | None:
    """A CRS from its definition; ``None`` where there is none that can be read."""
    try:
        return plain(CRS.from_user_input(text)) if text else None
    except CRSError:
        return None


def numbers_from(fids: NDArray[np.int64]) -> tuple[int, ...]:
    """Feature numbers as stored; rows from 1 where the driver only counted from 0."""
    if np.array_equal(fids, np.arange(len(fids))):
        fids = fids + 1
    return tuple(int(one) for one in fids)
