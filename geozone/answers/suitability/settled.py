"""Points made ready to interpolate: what lies at one place, and what lies off land, told openly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.answers.suitability.measured import Measured
from geozone.land.faults import Faults

SAME_M = 1.0
"""Points nearer than this are of one place."""
SHOWN = 8


class Duplicates(Enum):
    """What becomes of several points of one place."""

    REFUSE = "refuse"
    MEAN = "mean"


class OffLand(Enum):
    """What becomes of points off land."""

    REFUSE = "refuse"
    KEEP = "keep"
    """They are used like all others, and told."""
    LEAVE_OUT = "leave-out"


@dataclass(frozen=True)
class Settling:
    """What becomes of points that need a decision; ``land`` is in the points' CRS, if known."""

    duplicates: Duplicates = Duplicates.REFUSE
    off_land: OffLand = OffLand.REFUSE
    land: BaseGeometry | None = None


BY_REFUSING = Settling()


def settled(given: Measured, how: Settling = BY_REFUSING, *, faults: Faults) -> Measured:
    """The points to interpolate, sorted by place, so that the order of a file changes nothing.

    What is to be refused goes to ``faults``, as do numbers that are none.
    """
    known = np.isfinite(np.column_stack([given.places, given.values])).all(1)
    for at in np.flatnonzero(~known).tolist():
        faults.at(given.names[at]).add(
            "坐标或值不是数 / a number that is none", "改正 / correct it"
        )
    numbers = np.flatnonzero(known)
    sort = (given.values[numbers], given.places[numbers, 1], given.places[numbers, 0])
    order = np.lexsort((np.array(given.names)[numbers], *sort))
    found = given.taken(numbers[order])
    if how.land is not None:
        found = _on_land(found, how.land, how.off_land, faults)
    groups = [one for one in _groups(found.places) if len(one) > 1]
    if groups and how.duplicates is Duplicates.REFUSE:
        for one in groups:
            names = " = ".join(found.names[at] for at in one)
            faults.at(names).add(
                f"同一位置有 {len(one)} 个点 / {len(one)} points of one place",
                "在文件中合并，或要求取平均 / put them together in the file, or ask for their mean "
                "(--duplicates mean)",
            )
        return found
    return _averaged(found) if groups else found


def _on_land(found: Measured, land: BaseGeometry, way: OffLand, faults: Faults) -> Measured:
    shapely.prepare(land)
    on = shapely.intersects_xy(land, found.places)
    off = np.flatnonzero(~on)
    if not len(off):
        return found
    names = tuple(found.names[at] for at in off.tolist())
    if way is OffLand.REFUSE:
        faults.at("land").add(
            f"{len(off)} 点在陆地之外 / {len(off)} points off land: {_listed(names)}",
            "核对坐标，或说明如何处理 / check their coordinates, or say what becomes of them "
            "(--off-land keep, leave-out)",
        )
    leave_out = way is OffLand.LEAVE_OUT
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
