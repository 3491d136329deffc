"""Measurements at points, such as heat flow, made ready: duplicates and places told openly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.placing import source_crs
from geozone.land.faults import Faults
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.reading import read_features

SAME_M = 1.0
"""Points nearer than this are of one place."""
SHOWN = 8


class Duplicates(Enum):
    """What becomes of several points of one place."""

    REFUSE = "refuse"
    AVERAGE = "average"


@dataclass(frozen=True, eq=False)
class Measured:
    """Values (n,) in ``unit`` at places (n, 2) in metres of ``crs``, with names and remarks.

    ``off_land`` are the names of all points that were found off land, left out or not; a place of
    several points has all of their names.
    """

    places: NDArray[np.float64]
    values: NDArray[np.float64]
    names: tuple[str, ...]
    crs: CRS
    unit: str = ""
    notes: tuple[str, ...] = ()
    off_land: tuple[str, ...] = ()

    def taken(self, which: NDArray[np.intp], *notes: str) -> Measured:
        """Some of the points, in the order of their numbers, with more remarks."""
        names = tuple(self.names[at] for at in which.tolist())
        return replace(
            self,
            places=self.places[which],
            values=self.values[which],
            names=names,
            notes=(*self.notes, *notes),
        )


@dataclass(frozen=True)
class Reading:
    """How a file of points is read: its fields, and what it does not state itself."""

    value: str
    name: str | None = None
    unit: str = ""
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None


def read_measured(path: Path, how: Reading, crs: CRS) -> Measured:
    """The points of a table or vector file in ``crs``; rows without a value are left out, told.

    Raises ``Refused`` with every fault.
    """
    faults = Faults(str(path))
    fields = (how.value,) if how.name is None else (how.value, how.name)
    try:
        found = read_features(path, Wanted(how.layer, fields, how.encoding))
    except UnreadableError as error:
        faults.add(error.what, error.todo)
        found = None
    faults.settle()
    if found is None:
        raise AssertionError("an unreadable file has a fault")
    for _, what in found.doubts:
        faults.add(what, "检查文件 / check the file")
    stated = source_crs(found.crs, how.crs, faults)
    rows = _rows(found, how.value, faults)
    faults.settle()
    if stated is None:
        raise AssertionError("a file without a CRS has a fault")
    kept = np.array([at for at, value in enumerate(rows) if value is not None], np.intp)
    places = Operation(stated, crs)(shapely.get_coordinates(found.shapes[kept]))
    ids = found.columns[how.name] if how.name else [str(one) for one in found.fids]
    names = tuple(ids[at] or str(found.fids[at]) for at in kept.tolist())
    values = np.array([value for value in rows if value is not None], float)
    blank = len(rows) - len(kept)
    told = f"{blank} 行没有值，未用 / {blank} rows have no value and are left out"
    notes = (*found.notes, *([told] if blank else []))
    return Measured(places, values, names, crs, how.unit, notes)


def _rows(found: Features, field: str, faults: Faults) -> list[float | None]:
    """The value of every feature, none where it states none; wrong ones go to the faults."""
    return [
        _value(shape, text, faults.at(f"feature {fid}"))
        for shape, text, fid in zip(found.shapes, found.columns[field], found.fids, strict=True)
    ]


def _value(shape: BaseGeometry | None, text: str | None, faults: Faults) -> float | None:
    if shape is None or shape.geom_type != "Point" or shape.is_empty:
        faults.add("不是点 / is no point", "只留有坐标的点 / keep points with coordinates only")
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.add(f"{text!r} 不是数 / is no number", "改正或留空 / correct it, or leave it blank")
    return value


def settled(
    given: Measured,
    *,
    duplicates: Duplicates = Duplicates.REFUSE,
    land: BaseGeometry | None = None,
    leave_out: bool = False,
) -> Measured:
    """The points to interpolate, sorted by place, so that the order of a file changes nothing.

    Points off ``land`` (in the points' CRS) are told, and left out only if asked; several points
    of one place are refused or averaged. Raises ``Refused`` for those, and for numbers that are
    none.
    """
    faults = Faults("points")
    for at in np.flatnonzero(~np.isfinite(np.column_stack([given.places, given.values])).all(1)):
        faults.at(given.names[at]).add(
            "坐标或值不是数 / a number that is none", "改正 / correct it"
        )
    faults.settle()
    order = np.lexsort(
        (np.array(given.names), given.values, given.places[:, 1], given.places[:, 0])
    )
    found = given.taken(order)
    if land is not None:
        found = _on_land(found, land, leave_out)
    groups = [one for one in _groups(found.places) if len(one) > 1]
    if groups and duplicates is Duplicates.REFUSE:
        names = _listed([" = ".join(found.names[at] for at in one) for one in groups])
        what = f"同一位置有多个点 / several points of one place: {names}"
        faults.add(what, "合并，或要求取平均 / put them together, or ask for their average")
    faults.settle()
    return _averaged(found) if groups else found


def _on_land(found: Measured, land: BaseGeometry, leave_out: bool) -> Measured:
    shapely.prepare(land)
    on = shapely.intersects_xy(land, found.places)
    off = np.flatnonzero(~on)
    if not len(off):
        return found
    names = tuple(found.names[at] for at in off.tolist())
    done = "已略去 / left out" if leave_out else "仍使用 / used all the same"
    note = f"{len(off)} 点在陆地之外，{done} / {len(off)} points off land: {_listed(names)}"
    kept = found.taken(np.flatnonzero(on) if leave_out else np.arange(len(on)), note)
    return replace(kept, off_land=names)


def _groups(places: NDArray[np.float64]) -> list[list[int]]:
    """Numbers of points that lie at one place, one group for each place, in order."""
    points = shapely.points(places)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_M)
    first = list(range(len(places)))

    def root(at: int) -> int:
        while first[at] != at:
            at = first[at]
        return at

    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        low, high = sorted((root(a), root(b)))
        first[high] = low
    found: dict[int, list[int]] = {}
    for at in range(len(places)):
        found.setdefault(root(at), []).append(at)
    return list(found.values())


def _averaged(found: Measured) -> Measured:
    """Every place once, with the mean of its places and values."""
    groups = _groups(found.places)
    many = [one for one in groups if len(one) > 1]
    told = [
        f"{' = '.join(found.names[at] for at in one)} ({min(values):g}–{max(values):g})"
        for one in many
        for values in [found.values[one].tolist()]
    ]
    note = (
        f"{len(many)} 处有多个点，已取平均 / {len(many)} places have several points, averaged: "
        f"{_listed(told)}"
    )
    return replace(
        found,
        places=np.array([found.places[one].mean(axis=0) for one in groups]),
        values=np.array([found.values[one].mean() for one in groups]),
        names=tuple("=".join(found.names[at] for at in one) for one in groups),
        notes=(*found.notes, note),
    )


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" … (+{rest})" if rest > 0 else "")
