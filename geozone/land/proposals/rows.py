"""A row of a proposals file, whatever the format: its cells, its shape and its faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.faults import Faults
from geozone.land.formats.features import canonical_text


@dataclass(frozen=True, eq=False)
class Row:
    """One proposal as written: cells by column head (no empty ones), its shape in ``crs``.

    ``faults`` holds what is wrong with this row; ``shape`` is ``None`` beside a fault, and
    before the coordinates of a table are read. ``other`` is where it would be if its angles
    were packed digits (DDD.MMSSss), where that cannot be told; ``coarse_m`` by how much the
    place may be off as its degrees are written to few digits (0: to 0.0001 or finer).
    """

    cells: Mapping[str, str]
    faults: Faults
    shape: BaseGeometry | None = None
    crs: CRS | None = None
    other: BaseGeometry | None = None
    coarse_m: float = 0.0


@dataclass(frozen=True)
class Given:
    """What the caller says of a proposals file.

    ``crs`` of projected coordinates that state none; ``datum_shift`` a file of declared
    parameters for an old datum; ``trust`` reads it where the system cannot confine the reader;
    ``layer`` or sheet of a file that has several.
    """

    crs: str | None = None
    datum_shift: Path | None = None
    trust: bool = False
    layer: str | None = None


@dataclass(frozen=True, eq=False)
class RowFile:
    """The rows of a file in its order, its column heads, and remarks for the user."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    is_table: bool = False
    """Whether the coordinates stand in columns."""
    short_heads: bool = False
    """Whether heads may be cut at ten characters."""


def cells_of(heads: Sequence[str], values: Sequence[Any]) -> dict[str, str]:
    """The cells that are not empty, as text by head; a list becomes ``a;b``."""
    texts = [
        ";".join(str(one) for one in value)
        if isinstance(value, (list, tuple))
        else canonical_text(value)
        for value in values
    ]
    return {head: text for head, text in zip(heads, texts, strict=True) if head and text}
