"""The evidence of a grid that is mostly kept, drawn while the zones are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

from geozone.answers.grids import grid_evidence_kept
from geozone.answers.site import Site
from geozone.answers.working import Progress, Working
from geozone.pages.cog import Band, draw_cog
from geozone.pages.evidence import EvidenceBands

OWN_JOBS = 1
"""Threads beside its own: the others cut zones."""

LEAST_KEPT = 0.9
"""The share of bands that has to be kept: what is burned takes memory and all processors."""


class GridAhead:
    """Begins to gather and draw a grid's evidence in a thread of its own; to be closed.

    What it draws lies in files without a name in ``folder``. Where little of the grid is kept it
    does nothing, and the grid is left for later.
    """

    def __init__(self, site: Site, resolution_m: float | None, how: Working, folder: Path) -> None:
        self._stopped = Event()
        self._folder = folder
        self._pool = ThreadPoolExecutor(1)
        self._work = self._pool.submit(self._drawn, site, resolution_m, how)

    def result(self) -> EvidenceBands | None:
        """What was drawn, when all of it is; ``None`` where little was kept, and after the end.

        Raises what was raised in the thread: ``Refused``, and ``OSError`` where the disk is full.
        """
        return None if self._stopped.is_set() else self._work.result()

    def close(self) -> None:
        """End the thread, whatever it does, and let go of what it drew."""
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)
        if self._work.cancelled() or self._work.exception() is not None:
            return
        found = self._work.result()
        if found is not None and found.drawn is not None:
            found.drawn.close()

    def _drawn(self, site: Site, resolution_m: float | None, how: Working) -> EvidenceBands | None:
        way = replace(how, jobs=OWN_JOBS, progress=partial(self._told, how.progress))
        found = grid_evidence_kept(site, resolution_m, way, least=LEAST_KEPT)
        if found is None:
            return None
        evidence = EvidenceBands.of_runs(found.grid, found.runs, found.told)
        cells = evidence.bands()
        watched = replace(cells, parts=self._watched(cells.parts))
        return replace(evidence, drawn=draw_cog(self._folder, watched, jobs=OWN_JOBS))

    def _told(self, progress: Progress | None, done: int, total: int) -> None:
        self._go_on()
        if progress:
            progress(done, total)

    def _watched(self, parts: Iterable[Band]) -> Iterator[Band]:
        for one in parts:
            self._go_on()
            yield one

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise CancelledError
