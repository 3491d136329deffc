"""Features as read one by one, before they become columns of a layer or rows of proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.formats.aliases import places_met
from geozone.land.formats.features import Features, Wanted

SHOWN = 5


@dataclass(frozen=True, eq=False)
class Record:
    """One feature: its shape (``None``: none), why it could not be read, and its fields."""

    shape: BaseGeometry | None
    values: Mapping[str, str | None]
    fault: str = ""


@dataclass(frozen=True, eq=False)
class Records:
    """The features of a file in its order; ``scanned`` is what was counted another way."""

    records: tuple[Record, ...]
    crs: CRS | None
    driver: str
    layer: str = ""
    scanned: int | None = None
    unclosed: int = 0
    encoding: str = "utf-8"
    notes: tuple[str, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """Every field that any record has, in the order of their first appearance."""
        return tuple(dict.fromkeys(name for one in self.records for name in one.values))

    def features(self, wanted: Wanted) -> Features:
        """The same as features numbered from 1. Raises ``UnreadableError`` for unknown fields."""
        heads = self.heads
        places = places_met(heads, wanted.fields, len(self.records))
        return Features(
            shapes=np.array([*(one.shape for one in self.records), None], object)[:-1],
            columns={
                name: tuple(one.values.get(heads[at]) for one in self.records)
                for name, at in places.items()
            },
            fids=tuple(range(1, len(self.records) + 1)),
            crs=self.crs,
            driver=self.driver,
            layer=self.layer,
            scanned=self.scanned,
            unclosed=self.unclosed,
            encoding=self.encoding,
            notes=self.notes,
            doubts=(*self.doubts, *_faulty(self.records)),
        )


def _faulty(records: Sequence[Record]) -> list[tuple[str, str]]:
    wrong = [(at, one.fault) for at, one in enumerate(records, 1) if one.fault]
    told = [("invalid-geometry", f"第 {at} 个 / number {at}: {why}") for at, why in wrong[:SHOWN]]
    if len(wrong) > SHOWN:
        rest = len(wrong) - SHOWN
        told.append(("invalid-geometry", f"另有 {rest} 个 / {rest} more that cannot be read"))
    return told
