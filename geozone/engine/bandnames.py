"""What matters to each band of a grid, told by digests that are kept by the name of coordinates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geozone.engine.burn import BAND_ROWS
from geozone.engine.fields import Field
from geozone.engine.grid import Grid
from geozone.engine.keptfile import read_kept, write_kept
from geozone.engine.region import SCALE_SLACK
from geozone.land.store.content import content_of

Digests = NDArray[np.uint64]
"""Of the coordinates near each band, shape (bands, 2)."""

FILE = "digests"
MOST_FIELDS = 128
MOST_BYTES = 64 << 20
"""Of digests that are kept for a grid; those asked now come first."""


@dataclass(frozen=True, eq=False)
class BandNames:
    """The bands of a grid, told apart by the coordinates near them.

    ``salt`` (2,) is a secret, so that nobody can make two grounds of one digest; ``folder`` is
    of this grid and this program alone.
    """

    grid: Grid
    salt: NDArray[np.uint64]
    folder: Path

    def of(self, fields: Sequence[Field], jobs: int = 1) -> tuple[Digests, ...]:
        """The digests of each field; coordinates that were met before are not gone through."""
        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            flats = {id(one.flat): one.flat for one in fields}
            told = dict(zip(flats, pool.map(content_of, flats.values()), strict=True))
            names = [self._name(told[id(one.flat)], one) for one in fields]
            known = self._known()
            new = {name: one for name, one in zip(names, fields, strict=True) if name not in known}
            made = dict(zip(new, pool.map(self._made, new.values()), strict=True))
        every = {**known, **made}
        if made:
            self._keep({name: every[name] for name in (*names, *known)})
        return tuple(every[name] for name in names)

    @property
    def _count(self) -> int:
        return -(-self.grid.shape.rows // BAND_ROWS)

    def _name(self, content: bytes, field: Field) -> str:
        """Names all that digests depend on; the name of the folder that of grid and program."""
        frame = f"{self.folder.name} {_pad_m(field)!r}"
        return hashlib.sha256(self.salt.tobytes() + content + frame.encode()).hexdigest()

    def _made(self, field: Field) -> Digests:
        from geozone.engine.kernels.digest import band_digests  # noqa: PLC0415 - loads numba

        flat, grid = field.flat, self.grid
        xy = np.ascontiguousarray(flat.xy)
        height = BAND_ROWS * grid.resolution_m
        bands = np.array([grid.top, height, self._count, _pad_m(field)])
        return band_digests(xy.view(np.uint64), xy, flat.starts, flat.sign, bands, self.salt)

    def _known(self) -> dict[str, Digests]:
        """What earlier runs kept by name, latest first."""
        found = read_kept(self.folder / FILE)
        if found is None or "names" not in found[0] or "digests" not in found[1]:
            return {}
        names, digests = found[0]["names"], found[1]["digests"]
        if digests.shape[:2] != (len(names), self._count):
            return {}
        return dict(zip(names, digests, strict=True))

    def _keep(self, every: Mapping[str, Digests]) -> None:
        room = MOST_BYTES // max(next(iter(every.values())).nbytes, 1)
        names = list(every)[: min(MOST_FIELDS, room)]
        if names:
            with suppress(OSError):  # what cannot be kept is gone through again
                digests = np.stack([every[name] for name in names])
                write_kept(self.folder / FILE, {"names": names}, {"digests": digests})


def _pad_m(field: Field) -> float:
    """How near to a band segments matter."""
    return field.reach_m * SCALE_SLACK + 1.0
