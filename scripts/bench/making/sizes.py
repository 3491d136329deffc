"""How large a benchmark province is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

FULL_AREA_KM2 = 157_000.0
FULL_VERTICES = 13.9e6


@dataclass(frozen=True)
class Size:
    """A province: its ground, how many vertices it holds, and how many proposals come with it.

    ``stretch`` is how much longer (north) than wide (east) it is.
    """

    name: str
    area_km2: float
    vertices: float
    wells: int
    parcels: int
    blocks: int
    stretch: float = 1.0

    @property
    def share(self) -> float:
        """Features here for each feature of the full province."""
        return self.vertices / FULL_VERTICES

    @property
    def scale(self) -> float:
        """Length of a feature here for its length in the full province.

        Chosen so that layers cover the same share of the ground at every size.
        """
        return min(1.0, sqrt(self.area_km2 / FULL_AREA_KM2 / self.share))

    def count(self, full: float) -> int:
        """How many features stand for ``full`` of them, at least one."""
        return max(1, round(full * self.share))


SIZES = {
    one.name: one
    for one in (
        Size("tiny", 25.0, 8e3, 100, 30, 5),
        Size("small", 400.0, 1.27e6 * 400 / 10_000, 10_000, 1_000, 50),
        Size("medium", 10_000.0, 1.27e6, 1_000_000, 100_000, 500),
        Size("full", FULL_AREA_KM2, FULL_VERTICES, 1_000_000, 100_000, 2_000, stretch=2.0),
    )
}
