"""The evidence of a study area on a grid: burned or kept, whole or band by band."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geozone.answers.site import Site
from geozone.answers.working import Progress, Working, exactly
from geozone.engine.burn import Burned, Numbered, assembled, fitted_around, numbered
from geozone.engine.fields import Making, asked
from geozone.engine.grid import Grid, grid_over
from geozone.engine.kept import KeptBands
from geozone.engine.runs import Runs, Words
from geozone.land.project import Project
from geozone.law.errors import Fault, Refused

MOST_CELLS = 4e9
"""Most cells of a grid that is written band by band."""

MOST_WHOLE = 1e9
"""Most cells of a grid that has to be whole in memory: of maps and comparisons."""

MOST_METRES = 100_000.0
"""The largest cell: beyond it no projection's scale holds over a cell."""

RESOLUTION = "resolution_m / --resolution"

MOST_MISSING = 0.1
"""Of bands: where the answers of more are not kept, all are drawn at once."""

RUN_BYTES = 12
SHARE = 0.25
"""Of the memory that may be used, what runs may take before they are drawn a second time."""


@dataclass(frozen=True, eq=False)
class GridEvidence:
    """The answers at all cells of a grid as runs, from the top, and the evidence they come to.

    ``runs()`` begins anew at every call, ``some`` gives those of bands by number. ``tables`` are
    the answers that occur in each band. Where bands are kept in a folder, ``kept``, each has one
    of the ``names``: equal names have equal answers.
    """

    grid: Grid
    told: Numbered
    runs: Callable[[], Iterable[Runs]]
    some: Callable[[Sequence[int]], Iterable[Runs]]
    tables: Sequence[Words]
    names: Sequence[str] = ()
    kept: Path | None = None

    def whole(self, jobs: int = 1) -> Burned:
        """The evidence of all cells at once."""
        return assembled(self.grid, list(self.runs()), self.told, jobs=jobs)


def grid_evidence(
    site: Site,
    resolution_m: float | None = None,
    how: Working | None = None,
    *,
    most: float = MOST_CELLS,
) -> GridEvidence:
    """The evidence of the site's study area on a grid; cell centres decide.

    Without a resolution that of the project. Raises ``Refused`` as ``check_size`` does.
    """
    way = how or Working()
    project = site.project
    size = check_size(site, resolution_m, most)
    grid = grid_over(project.area, project.crs, size)
    with exactly(project):
        ask = asked(site.regions, project.area, Making(way.jobs, way.cells))
        bands = KeptBands(
            ask.fields, grid, fitted_around(grid, ask.fields), way.bands, jobs=way.jobs
        )
        drawn = _Drawn(bands, way)
        tables = drawn.tables()
    told = numbered([region.condition for region in site.regions], ask, tables)
    return GridEvidence(grid, told, drawn.again, drawn.some, tables, bands.names, bands.folder)


class _Drawn:
    """Runs that are drawn once and stay in memory if there is room, else are drawn again.

    Where the answers of most bands are kept, only the others are drawn at first.
    """

    def __init__(self, bands: KeptBands, how: Working) -> None:
        self._bands, self._how = bands, how
        self._found: list[Runs] | None = []

    def tables(self) -> list[Words]:
        """The answers that occur in each band."""
        every = range(self._bands.count)
        found = self._bands.tables()
        missing = [band for band in every if band not in found]
        if len(missing) > MOST_MISSING * len(every):
            missing = list(every)
            drawn = self._collected(missing)
        else:
            self._found = None
            drawn = self._draw(missing, self._how.progress)
        found |= {band: one.table for band, one in zip(missing, drawn, strict=True)}
        if missing:
            self._bands.keep_tables(found)
        elif self._how.progress:
            self._how.progress(len(every), len(every))
        return [found[band] for band in every]

    def _collected(self, bands: Sequence[int]) -> Iterator[Runs]:
        size = 0
        for one in self._draw(bands, self._how.progress):
            size += RUN_BYTES * len(one.cols)
            if size > SHARE * self._how.memory_bytes:
                self._found = None
            if self._found is not None:
                self._found.append(one)
            yield one

    def again(self) -> Iterable[Runs]:
        return self.some(range(self._bands.count))

    def some(self, bands: Sequence[int]) -> Iterable[Runs]:
        if self._found is None:
            return self._draw(bands, None)
        return map(self._found.__getitem__, bands)

    def _draw(self, bands: Sequence[int], progress: Progress | None) -> Iterator[Runs]:
        return self._bands.runs(bands, jobs=self._how.jobs, progress=progress)


def whole_grid(
    site: Site, resolution_m: float | None = None, how: Working | None = None
) -> tuple[Grid, Burned]:
    """The evidence of the site's study area on a grid that is whole in memory.

    Raises ``Refused`` as ``grid_evidence`` does, for more cells than memory should hold too.
    """
    found = grid_evidence(site, resolution_m, how, most=MOST_WHOLE)
    return found.grid, found.whole(how.jobs if how else 1)


def check_size(site: Site, resolution_m: float | None, most: float = MOST_CELLS) -> float:
    """The size of cells in metres: what is given, else the project's.

    Raises ``Refused`` for what is no length, and for cells of which more than ``most`` would be
    needed.
    """
    return cell_size(site.project, resolution_m, most)


def cell_size(project: Project, resolution_m: float | None, most: float = MOST_CELLS) -> float:
    """``check_size`` of a project that nothing is asked of by law. Raises ``Refused`` as that."""
    size = project.resolution_m if resolution_m is None else resolution_m
    left, low, right, high = project.area.bounds
    if not 0 < size <= MOST_METRES:
        what = f"格网大小无效 / cells of {size:g} m"
        todo = f"大于 0，不超过 {MOST_METRES:g} 米 / more than 0, at most {MOST_METRES:g} m"
        raise Refused([Fault(str(project.file), RESOLUTION, what, todo)])
    area = (right - left) * (high - low)
    cells = area / size / size
    if cells > most:
        fit = math.ceil(math.sqrt(area / most) * 100) / 100
        what = f"格网过密 / {cells:.3g} cells of {size:g} m, at most {most:.0e}"
        todo = f"网格不小于 {fit:g} 米，或缩小研究区 / take at least {fit:g} m, or a smaller area"
        raise Refused([Fault(str(project.file), RESOLUTION, what, todo)])
    return size
