"""Fields as rings to be counted: what a partition is cut along."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import Counter, Near
from geozone.engine.fields import Field
from geozone.engine.outlines.buffers import buffer_rings
from geozone.engine.scalefit import ScaleFit
from geozone.land.store.content import content_of

POINT_M = 1e-5
"""A reach below this is the tolerance of arithmetic: no ground lies in it."""

Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FieldRings:
    """The counter of a field: what lies within ``reach_m`` of its shapes, right to 1 cm.

    ``told`` is the digest of its coordinates, where somebody asked for it.
    """

    field: Field
    reach_m: float
    scale: ScaleFit
    jobs: int = 1
    told: bytes | None = None

    @property
    def name(self) -> str | None:
        """Names all that the rings depend on."""
        if self.told is None:
            return None
        scale, blunt = self.scale, self.field.blunt
        frame = (self.reach_m, self.field.solid, scale.x0, scale.y0, scale.half, *scale.bounds)
        found = hashlib.blake2b(repr(frame).encode(), digest_size=32)
        found.update(scale.coefs.tobytes() + self.told)
        found.update(b"" if blunt is None else np.packbits(blunt).tobytes())
        return found.hexdigest()

    @property
    def size(self) -> int:
        """How many vertices are drawn around."""
        return len(self.field.flat.xy)

    def near(self, near: Near | None) -> Counter:
        """The rings, or those that come into boxes that are near."""
        if near is None:
            return self.rings
        return self._drawn(near)

    @cached_property
    def rings(self) -> Counter:
        """All of them."""
        return self._drawn(None)

    def _drawn(self, near: Near | None) -> Counter:
        one = self.field
        found = buffer_rings(
            one.flat,
            self.reach_m,
            self.scale,
            solid=one.solid,
            jobs=self.jobs,
            blunt=one.blunt,
            near=near,
        )
        return Counter(found.xy, found.starts, found.sign)


@dataclass(frozen=True, eq=False)
class Counters:
    """Rings, each set counted once; field f is answered by counter ``speaks[f]``."""

    rings: tuple[FieldRings, ...]
    speaks: NDArray[np.intp]

    def bits(self, held: Bits) -> Bits:
        """The answers to fields, shape (k, fields), from those of counters, (k, counters)."""
        found: Bits = held[:, self.speaks]
        return found


def counters(
    fields: Sequence[Field], scale: ScaleFit, *, jobs: int = 1, named: bool = False
) -> Counters:
    """The counters of fields, that of the first one first; nothing is drawn yet.

    They are ``named`` for who keeps what comes of them.
    """
    rings: list[FieldRings] = []
    known: dict[tuple[int, float, bool], int] = {}
    told = _digests(fields, jobs) if named else {}
    speaks = []
    for one in fields:
        reach_m = one.reach_m if one.reach_m > POINT_M else 0.0
        key = (id(one.flat), reach_m, one.solid)
        if key not in known:
            known[key] = len(rings)
            rings.append(FieldRings(one, reach_m, scale, jobs, told.get(id(one.flat))))
        speaks.append(known[key])
    return Counters(tuple(rings), np.array(speaks, np.intp))


def _digests(fields: Sequence[Field], jobs: int) -> dict[int, bytes]:
    """Digests of coordinates by the ids of what holds them, which fields do all the while."""
    flats = {id(one.flat): one.flat for one in fields}
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        return dict(zip(flats, pool.map(content_of, flats.values()), strict=True))
