"""Bands burned one by one, of any fields, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.runs import Runs
from geozone.engine.scalefit import ScaleFit

if TYPE_CHECKING:
    from geozone.engine.kernels.rows_bands import Bands, Desk, Spread

Chosen = tuple[int, ...]


class Burner:
    """Burns chosen fields band by band; each choice is made ready once, at its first band."""

    def __init__(
        self, fields: Sequence[Field], grid: Grid, scale: ScaleFit, band_rows: int
    ) -> None:
        self._asked = (fields, grid, scale)
        self._height = band_rows
        self._ready: dict[Chosen, Bands] = {}
        self._desks: dict[Chosen, list[Desk]] = {}
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many bands there are."""
        return -(-self._asked[1].shape.rows // self._height)

    def shape(self, band: int) -> Shape2d:
        """The rows and columns of a band."""
        shape = self._asked[1].shape
        return Shape2d(min(self._height, shape.rows - band * self._height), shape.cols)

    def prepare(self, chosen: Chosen, spread: Spread = map) -> Bands:
        """The chosen fields made ready; ``spread`` shares the work.

        Raises ``ValueError`` for coordinates that are not finite.
        """
        from geozone.engine.kernels.rows_bands import prepared  # noqa: PLC0415 - loads numba

        with self._lock:
            if chosen not in self._ready:
                fields, grid, scale = self._asked
                self._ready[chosen] = prepared(fields, chosen, grid, scale, self._height, spread)
                self._desks[chosen] = []
            return self._ready[chosen]

    def runs(self, band: int, chosen: Chosen) -> Runs:
        """The answers to the chosen fields in a band; the others answer no."""
        from geozone.engine.kernels.rows_bands import Desk  # noqa: PLC0415 - loads numba

        bands = self.prepare(chosen)
        free = self._desks[chosen]
        try:
            desk = free.pop()
        except IndexError:
            desk = Desk(bands)
        found = desk.runs(band)
        free.append(desk)
        return found
