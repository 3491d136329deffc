"""Rows of a table as features: their places by the columns that proposals have too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC
from geozone.land.faults import Faults
from geozone.land.formats.aliases import places_of
from geozone.land.formats.features import Features, UnreadableError, Wanted, canonical_text
from geozone.land.proposals.heads import CORNERS, PLACES, Heads, read_heads
from geozone.land.proposals.places import located
from geozone.land.proposals.rows import Row

SHOWN = 5
STAND_IN = "EPSG:4547"
"""Any projected CRS: the layer's own is declared in the project, and checked against it later."""


@dataclass(frozen=True)
class TableText:
    """The head of a table and its filled rows, with their numbers in the file (head: 1).

    ``short`` are the numbers of rows with fewer cells than the head.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    short: tuple[int, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a table came from: driver, sheet, encoding, remarks and doubts so far."""

    driver: str
    layer: str = ""
    encoding: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()


def table_features(table: TableText, wanted: Wanted, origin: Origin) -> Features:
    """The rows as features, numbered from 1 (the first below the head).

    ``lon,lat`` are degrees; a ``crs`` column counts as stated by the file; without one,
    projected columns and ``wkt`` need a declared CRS. Raises ``UnreadableError``.
    """
    names = _heads(table.head)
    fields = places_of(names, wanted.fields)
    heads = _places(names)
    rows = [
        Row({name: text for name, text in zip(names, cells, strict=True) if text}, _at(number))
        for cells, number in zip(_clean(table.rows), table.numbers, strict=True)
    ]
    shapes, crs, notes = _located(rows, heads)
    return Features(
        shapes=np.array([*shapes, None], object)[:-1],
        columns={
            name: tuple(canonical_text(row.cells.get(names[at])) for row in rows)
            for name, at in fields.items()
        },
        fids=tuple(range(1, len(rows) + 1)),
        crs=crs,
        driver=origin.driver,
        layer=origin.layer,
        encoding=origin.encoding,
        notes=(*origin.notes, *notes),
        doubts=(*origin.doubts, *_short(table), *_faulty(rows)),
    )


def _at(number: int) -> Faults:
    return Faults("", f"row {number}")


def _heads(written: Sequence[str]) -> list[str]:
    """The heads, which must differ. Raises ``UnreadableError``."""
    names = [one.strip().lstrip("\ufeff") for one in written]
    counts = Counter(one.casefold() for one in names if one)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        raise UnreadableError(
            f"表头重复 / heads are repeated: {', '.join(twice)}",
            "改名或删去一列 / rename or remove one",
            problem=None,
        )
    return names


def _places(names: Sequence[str]) -> Heads:
    """What the heads of coordinates mean; all others are fields. Raises ``UnreadableError``."""
    kept = [one for one in names if _meaning(one) in (set(PLACES) - set(CORNERS))]
    faults = Faults("")
    heads = read_heads(kept, faults, short=False, places=True)
    _settle(faults)
    return heads


def _meaning(name: str) -> str | None:
    return next(iter(read_heads([name], Faults(""), short=False, places=True).by_meaning), None)


def _settle(faults: Faults) -> None:
    for one in faults.found:
        raise UnreadableError(one.what, one.todo, problem=None)


def _clean(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in rows]


def _located(
    rows: Sequence[Row], heads: Heads
) -> tuple[list[BaseGeometry | None], pyproj.CRS | None, tuple[str, ...]]:
    """Shapes, their one CRS if the table states it, and remarks; faults go to the rows."""
    ways = [head for meaning, head in heads.by_meaning.items() if meaning != "crs"]
    placed = [row for row in rows if any(row.cells.get(head) for head in ways)]
    faults = Faults("")
    found = located(placed, heads, None if heads.has("crs") else STAND_IN, faults)
    _settle(faults)
    shapes = {id(row.faults): row.shape for row in found.rows if not row.faults.found}
    crs = _one_crs(found.rows, stated=heads.has("crs"))
    if not placed and heads.has("lon", "lat"):
        crs = GEOGRAPHIC
    return [shapes.get(id(row.faults)) for row in rows], crs, found.notes


def _one_crs(rows: Sequence[Row], *, stated: bool) -> pyproj.CRS | None:
    """The CRS of all rows; ``None`` where only the stand-in is known.

    Raises ``UnreadableError`` where rows differ.
    """
    known = {one.crs.srs: one.crs for one in rows if one.crs is not None}
    if len(known) > 1:
        raise UnreadableError(
            f"各行坐标系不同 / rows are of different CRSs: {', '.join(sorted(known))}",
            "分成多个文件 / write a file for each",
            problem=None,
        )
    crs = next(iter(known.values()), None)
    return crs if stated or crs == GEOGRAPHIC else None


def _short(table: TableText) -> list[tuple[str, str]]:
    if not table.short:
        return []
    rows = ", ".join(str(one) for one in table.short[:SHOWN])
    more = f" … ({len(table.short)})" if len(table.short) > SHOWN else ""
    what = f"行的列数少于表头，文件可能不完整 / rows with fewer cells than the head: {rows}{more}"
    return [("driver-warning", what)]


def _faulty(rows: Sequence[Row]) -> list[tuple[str, str]]:
    wrong = [fault for row in rows for fault in row.faults.found]
    told = [("invalid-geometry", f"{one.place}: {one.what}") for one in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        rest = len(wrong) - SHOWN
        told.append(("invalid-geometry", f"另有 {rest} 处坐标错误 / {rest} more wrong coordinates"))
    return told
