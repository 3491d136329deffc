"""geozone's own runs, told like those of its peers: ``ours.py TASK JOBS --data DIR``.

Kernels are loaded before the clock starts, on a square kilometre; what that costs shows in the
wall seconds of the whole process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from peers.common import Clock, Given, Told, answer
from shapely.geometry.base import BaseGeometry

import geozone as gz
from geozone.answers.site import Site, open_site
from geozone.engine.burn import Burned
from geozone.engine.grid import grid_over
from geozone.engine.located import Located
from geozone.engine.outlines.edges import Edges
from geozone.law.evidence import Evidence
from geozone.law.state import State

SAMPLE_M = 500.0
MM_PER_M = 1000.0
STRIP = 256
BANDS = "geozone-accuracy-5.toml"
PACKAGES = ["geozone", "numpy", "numba", "shapely"]


def _site(given: Given, clock: Clock, project_file: str = "") -> Site:
    with clock("read"):
        project = gz.open(given.data / project_file).project
        return open_site(project, project.activities)


def _sample(site: Site) -> BaseGeometry:
    """A small square in the area, to load kernels on."""
    middle = shapely.point_on_surface(site.project.area)
    return shapely.box(*shapely.buffer(middle, SAMPLE_M).bounds)


def _held(evidence: Evidence, sizes: NDArray[np.float64]) -> dict[str, float]:
    """What each condition covers, from the size of every evidence row."""
    found = {}
    for k, condition in enumerate(evidence.conditions):
        rows = [at for at, row in enumerate(evidence.rows) if row[k] is State.HOLDS]
        found[condition.key] = float(sizes[rows].sum())
    return found


def _counts(found: Burned) -> NDArray[np.int64]:
    """The cells of every evidence row, in strips: counting all at once takes 8 bytes a cell."""
    counts = np.zeros(len(found.evidence.rows), np.int64)
    for row in range(0, len(found.index), STRIP):
        strip = found.index[row : row + STRIP]
        counts += np.bincount(strip[strip != found.outside], minlength=len(counts))
    return counts


def bands(given: Given, jobs: int) -> Told:
    """The same grid where every layer is only known to 5 m."""
    return burn(given, jobs, BANDS)


def burn(given: Given, jobs: int, project_file: str = "") -> Told:
    """The grid of evidence, in memory."""
    from geozone.engine.burn import burn as burned  # noqa: PLC0415 - kernels load late

    clock = Clock()
    site = _site(given, clock, project_file)
    project, small = site.project, _sample(site)
    with clock("load"):
        burned(site.regions, grid_over(small, project.crs, given.resolution_m), small)
    grid = grid_over(project.area, project.crs, given.resolution_m)
    with clock("engine"):
        found = burned(site.regions, grid, project.area, jobs=jobs)
    counts = _counts(found)
    result = {
        "held": _held(found.evidence, counts.astype(np.float64)),
        "places": int(counts.sum()),
        "rows": len(found.evidence.rows),
    }
    return clock.told(result, PACKAGES, _loaded(clock))


def burn_to_file(given: Given, jobs: int) -> Told:
    """The grid of evidence as runs, then written as a COG band by band."""
    from geozone.engine.burn import burn_runs, fitted_around, numbered  # noqa: PLC0415 - as above
    from geozone.engine.fields import asked  # noqa: PLC0415
    from geozone.pages.cog import write_cog  # noqa: PLC0415
    from geozone.pages.evidence import EvidenceBands  # noqa: PLC0415

    clock = Clock()
    site = _site(given, clock)
    target = given.scratch / "ours-cog.tif"
    conditions = [region.condition for region in site.regions]

    def write(area: BaseGeometry) -> int:
        grid = grid_over(area, site.project.crs, given.resolution_m)
        ask = asked(site.regions, area)
        scale = fitted_around(grid, ask.fields)
        runs = list(burn_runs(ask.fields, grid, scale, jobs=jobs))
        told = numbered(conditions, ask, (one.table for one in runs))
        write_cog(target, EvidenceBands.of_runs(grid, lambda: runs, told).bands(), jobs=jobs)
        return len(told.evidence.rows)

    with clock("load"):
        write(_sample(site))
    with clock("engine"):
        rows = write(site.project.area)
    result = {"bytes": target.stat().st_size, "rows": rows}
    target.unlink()
    return clock.told(result, PACKAGES, _loaded(clock))


def partition(given: Given, jobs: int) -> Told:
    """The area cut into faces of equal evidence, traced to polygons."""
    from geozone.engine.partition import partition as parted  # noqa: PLC0415 - kernels load late

    clock = Clock()
    site = _site(given, clock)
    with clock("load"):
        _ = parted(site.regions, _sample(site)).faces
    with clock("engine"):
        found = parted(site.regions, site.project.area, jobs=jobs)
        faces = found.faces
    sizes = _planar(found.edges, len(found.evidence.rows))
    result = {
        "held": _held(found.evidence, sizes),
        "places": float(sizes.sum()),
        "faces": len(faces),
        "rows": len(found.evidence.rows),
    }
    return clock.told(result, PACKAGES, _loaded(clock))


def _planar(edges: Edges, rows: int) -> NDArray[np.float64]:
    """Planar square metres of every row, from the edges around it; shape (rows,)."""
    ends = edges.ends.astype(np.float64) / MM_PER_M
    ends -= np.tile(ends[:1, :2], 2)
    cross = (ends[:, 0] * ends[:, 3] - ends[:, 2] * ends[:, 1]) / 2
    sizes = np.zeros(rows)
    for labels, sign in ((edges.left, 1.0), (edges.right, -1.0)):
        on = labels >= 0
        sizes += sign * np.bincount(labels[on], cross[on], rows)
    return sizes


def wells(given: Given, jobs: int) -> Told:
    """The states of every condition at all wells."""
    from geozone.engine.bulk import locate_points  # noqa: PLC0415 - kernels load late

    clock = Clock()
    site = _site(given, clock)
    area = site.project.area
    with clock("load"):
        spot = shapely.get_coordinates(shapely.point_on_surface(area))
        locate_points(site.regions, spot, np.zeros(1), area)
    with clock("read"):
        xy = shapely.get_coordinates(given.proposals("wells").geometry.to_numpy())
    with clock("engine"):
        found = locate_points(site.regions, xy, np.zeros(len(xy)), area, threads=jobs)
    states = np.asarray(found.states)
    held = {
        region.condition.key: int((states[:, k] == State.HOLDS).sum())
        for k, region in enumerate(site.regions)
    }
    return clock.told({"held": held, "places": len(xy)}, PACKAGES, _loaded(clock))


def parcels(given: Given, jobs: int) -> Told:
    """All parcels at once: parts, and areas shared with every condition."""
    from geozone.engine.parcels import locate_polygons  # noqa: PLC0415 - kernels load late

    clock = Clock()
    site = _site(given, clock)
    area = site.project.area
    with clock("read"):
        shapes = given.proposals("parcels").geometry.to_numpy()
    with clock("load"):
        locate_polygons(site.regions, shapes[:64], np.zeros(64), area)
    with clock("engine"):
        found = locate_polygons(site.regions, shapes, np.zeros(len(shapes)), area, jobs=jobs)
        shared = found.overlaps().sum(axis=0)
    keys = [region.condition.key for region in site.regions]
    result = {
        "shared_once": dict(zip(keys, np.round(shared, 3).tolist(), strict=True)),
        "places": len(shapes),
    }
    alone = f"{len(found.alone):,} of {len(shapes):,} parcels located one by one"
    return clock.told(result, PACKAGES, f"{alone}; {_loaded(clock)}")


def parcel(given: Given, _jobs: int) -> Told:
    """Parcels one by one: the first of a process with the opening of the project, then many."""
    from geozone.engine.locate import locate  # noqa: PLC0415 - as an import, not as work

    shapes = given.proposals("parcels").geometry.to_numpy()
    clock, spent = Clock(), []
    began = time.perf_counter()
    site = _site(given, clock)
    _shared(locate(site.regions, shapes[0], 0.0, site.project.area))
    cold_ms = (time.perf_counter() - began) * 1000
    with clock("engine"):
        for shape in shapes:
            began = time.perf_counter()
            _shared(locate(site.regions, shape, 0.0, site.project.area))
            spent.append((time.perf_counter() - began) * 1000)
    half, most = np.quantile(spent, [0.5, 0.95])
    warm = f"then p50 {half:.2f} ms, p95 {most:.2f} ms"
    note = f"project opened and first parcel {cold_ms:.0f} ms; {warm}"
    return clock.told({"places": len(shapes)}, PACKAGES, note)


def _shared(found: Located) -> list[float | None]:
    return [one.overlap_m2 for one in found.measures]


def _loaded(clock: Clock) -> str:
    return f"loading {clock.spent.get('load', 0.0):.2f} s"


TASKS: Mapping[str, Callable[[Given, int], Told]] = {
    "burn": burn,
    "bands": bands,
    "file": burn_to_file,
    "partition": partition,
    "wells": wells,
    "parcels": parcels,
    "parcel": parcel,
}

if __name__ == "__main__":
    task, jobs = sys.argv.pop(1), int(sys.argv.pop(1))
    name = "geozone" if jobs == 1 else f"geozone, {jobs} threads"
    answer(task, name, lambda given: TASKS[task](given, jobs))
