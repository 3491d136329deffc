"""Points to a surface: from a file of measurements to grids of values and standard errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shapely.geometry.base import BaseGeometry

from geozone.answers.grids import MOST_WHOLE, cell_size
from geozone.answers.suitability.kriging import PACKAGE, Shape, Variogram
from geozone.answers.suitability.library import library
from geozone.answers.suitability.measured import Reading, read_measured
from geozone.answers.suitability.settled import Duplicates, OffLand, Settling
from geozone.answers.suitability.surfaces import PLAIN, Preparation, Surface, prepared
from geozone.answers.suitability.surfaces import surface as surface_of
from geozone.engine.grid import Grid, grid_over
from geozone.land.faults import Faults
from geozone.land.layers.coverage import Polygons, read_coverage
from geozone.land.layers.sheet import Frame
from geozone.land.project import Project
from geozone.land.receipt import Input
from geozone.land.sources.reads import local_files
from geozone.law.errors import Refused
from geozone.options import READING, SURFACING, Options
from geozone.pages.surfacecontent import summary

if TYPE_CHECKING:
    from geozone.pages.files import Held

__all__ = [
    "Duplicates",
    "OffLand",
    "Preparation",
    "Reading",
    "Settling",
    "Shape",
    "SurfaceRun",
    "Variogram",
    "surface",
]


@dataclass(frozen=True, eq=False)
class SurfaceRun:
    """A surface over a project's study area, ready to be told of or saved."""

    project: Project
    surface: Surface
    field: str
    inputs: tuple[Input, ...]
    reads: tuple[Path, ...]
    options: Options

    def summary(self) -> dict[str, Any]:  # JSON of the contract
        """What ``surface.json`` says, but of cells."""
        return summary(self.surface, self.project, self.field, self.inputs)

    def save(self, folder: str | Path | Held) -> dict[str, Any]:  # JSON of the contract
        """Write ``SURFACE_FILES`` into a folder, and give what ``surface.json`` says.

        Raises ``Refused`` where one of them would replace a file that was read, where the folder
        cannot be written to, and where nothing is said of any cell in the study area.
        """
        from geozone.pages.files import held, spare  # noqa: PLC0415 - late
        from geozone.pages.surfacefiles import SURFACE_FILES, write_surface  # noqa: PLC0415 - late

        target = Path(folder)
        spare([target / one for one in SURFACE_FILES], (*self.project.reads, *self.reads))
        with held(folder) as place:
            told = write_surface(
                place,
                self.surface,
                self.project.area,
                self.summary(),
                jobs=self.options.jobs,
                step=self.options.step(SURFACING),
            )
        return dict(told)


def surface(
    project: Project,
    points: str,
    value: str | Reading,
    *,
    how: Preparation | None = None,
    land: str | None = None,
    resolution_m: float | None = None,
    options: Options,
) -> SurfaceRun:
    """A file of points as a surface over the project's study area.

    ``value`` is its column, or all that tells how the file is read; ``land`` is a file of polygons
    beyond which points are off land. Raises ``Refused`` with every fault of both files, of the
    points together and of the resolution, and without the library.
    """
    library("pykrige", PACKAGE)
    reading = Reading(value) if isinstance(value, str) else value
    faults = Faults(points)
    frame = Frame(project.area, project.crs)
    with options.during(READING):
        grid = _grid(project, resolution_m, faults)
        shore = None if land is None else read_coverage(land, Path(), frame, faults.of(land))
        way = _with_land(how or PLAIN, shore)
        given = read_measured(points, reading, frame, faults)
        if given is not None:
            prepared(given, way, faults)
    faults.settle()
    if given is None or grid is None:
        raise AssertionError("without points or a grid there is a fault")
    inputs = [Input.of("points", points, given.receipt)]
    if shore is not None and land is not None:
        inputs.append(Input.of("land", land, shore.receipt))
    try:
        made = surface_of(given, grid, way)
    except Refused as refused:
        raise Refused([replace(one, file=points) for one in refused.faults]) from refused
    reads = local_files([one for one in (points, land) if one is not None], Path())
    return SurfaceRun(project, made, reading.value, tuple(inputs), reads, options)


def _with_land(how: Preparation, shore: Polygons | None) -> Preparation:
    shape: BaseGeometry | None = None if shore is None else shore.shape
    return replace(how, settling=replace(how.settling, land=shape))


def _grid(project: Project, resolution_m: float | None, faults: Faults) -> Grid | None:
    """The grid over the study area; ``None`` with a fault."""
    try:
        return grid_over(project.area, project.crs, cell_size(project, resolution_m, MOST_WHOLE))
    except Refused as refused:
        faults.found.extend(refused.faults)
        return None
