"""Work on a ground in pieces that any process can do: tasks are paths and numbers.

The same function serves one process, a pool of them, and machines that share a folder. What a
task makes stands in the folder of kept answers, so that doing it twice changes nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS

from geozone.engine.arrangement import CELL_MM, arrange
from geozone.engine.cutting import BLOCK, MM_PER_M, Bounds, Counter
from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.kept import KeptBands
from geozone.engine.scalefit import ScaleFit
from geozone.land.shapes.flat import Flat

GROUND = "ground.json"
ARRAYS = ("xy", "starts", "sign", "owner")
COUNTER_ARRAYS = ("xy", "starts", "sign")
BANDS_A_TASK = 16


@dataclass(frozen=True)
class BurnTask:
    """Bands of a ground from ``first`` to before ``end``, to be burned into a folder."""

    ground: str
    kept: str
    first: int
    end: int


@dataclass(frozen=True)
class BurnDone:
    """What became of a task: how many runs its bands have."""

    first: int
    end: int
    runs: int


def burn_task(task: BurnTask) -> BurnDone:
    """Do a task; the answers of its bands are kept in its folder."""
    fields, grid, scale = read_ground(Path(task.ground))
    bands = KeptBands(fields, grid, scale, Path(task.kept))
    runs = sum(len(one.cols) for one in bands.runs(range(task.first, task.end)))
    return BurnDone(task.first, task.end, runs)


def burn_tasks(ground: Path, kept: Path, bands: int) -> tuple[BurnTask, ...]:
    """The tasks that together burn all bands of a written ground."""
    firsts = range(0, bands, BANDS_A_TASK)
    ends = (min(first + BANDS_A_TASK, bands) for first in firsts)
    pairs = zip(firsts, ends, strict=True)
    return tuple(BurnTask(str(ground), str(kept), first, end) for first, end in pairs)


@dataclass(frozen=True)
class CutTask:
    """Cells of an arrangement within bounds in metres, to be cut into a folder."""

    counters: str
    kept: str
    bounds: Bounds


@dataclass(frozen=True)
class CutDone:
    """What became of a task: how many cells it has, and edges in them."""

    cells: int
    edges: int


def cut_task(task: CutTask) -> CutDone:
    """Do a task; its cells are kept in its folder, where ``arrange`` finds them."""
    counters = read_counters(Path(task.counters))
    blocks = arrange(counters, task.bounds, keep=Path(task.kept))
    sizes = [(len(one.places), len(one.left)) for one in blocks]
    return CutDone(sum(cells for cells, _ in sizes), sum(edges for _, edges in sizes))


def cut_tasks(counters: Path, kept: Path, bounds: Bounds) -> tuple[CutTask, ...]:
    """The tasks that together cut all cells within bounds, a row of blocks each."""
    step = BLOCK * CELL_MM / MM_PER_M
    rows = range(math.floor(bounds.south / step), math.ceil(bounds.north / step))
    strips = (Bounds(bounds.west, row * step, bounds.east, (row + 1) * step) for row in rows)
    return tuple(CutTask(str(counters), str(kept), one) for one in strips)


def write_counters(folder: Path, counters: Sequence[Counter]) -> None:
    """Write counters where tasks can read them. Raises ``OSError`` where they cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(counters):
        for name in COUNTER_ARRAYS:
            np.save(folder / f"{number:04d}-{name}.npy", getattr(one, name), allow_pickle=False)
    (folder / GROUND).write_text(json.dumps({"counters": len(counters)}), "utf-8")


def read_counters(folder: Path) -> tuple[Counter, ...]:
    """Written counters; coordinates stay on disk until used."""
    count = json.loads((folder / GROUND).read_text("utf-8"))["counters"]
    return tuple(Counter(*_arrays(folder, number, COUNTER_ARRAYS)) for number in range(count))


def _arrays(folder: Path, number: int, names: Iterable[str]) -> Iterator[Any]:
    for name in names:
        path = folder / f"{number:04d}-{name}.npy"
        yield np.load(path, mmap_mode="c", allow_pickle=False)


def write_ground(folder: Path, fields: Sequence[Field], grid: Grid, scale: ScaleFit) -> None:
    """Write fields and their grid where tasks can read them, coordinates once each.

    Raises ``OSError`` where they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    flats = list({id(one.flat): one.flat for one in fields}.values())
    numbers = {id(one): number for number, one in enumerate(flats)}
    for number, flat in enumerate(flats):
        for name in ARRAYS:
            np.save(folder / f"{number:04d}-{name}.npy", getattr(flat, name), allow_pickle=False)
    told = {
        "fields": [[numbers[id(one.flat)], one.reach_m, one.solid] for one in fields],
        "crs": grid.crs.to_wkt(),
        "grid": [grid.left, grid.top, grid.resolution_m, grid.shape.rows, grid.shape.cols],
        "scale": [scale.coefs.tolist(), scale.x0, scale.y0, scale.half],
    }
    (folder / GROUND).write_text(json.dumps(told), "utf-8")


def read_ground(folder: Path) -> tuple[tuple[Field, ...], Grid, ScaleFit]:
    """Fields, grid and scale of a written ground; coordinates stay on disk until used."""
    told = json.loads((folder / GROUND).read_text("utf-8"))
    flats: dict[int, Flat] = {}
    for number in {one[0] for one in told["fields"]}:
        flats[number] = Flat(*_arrays(folder, number, ARRAYS))
    fields = tuple(Field(flats[number], reach, solid) for number, reach, solid in told["fields"])
    left, top, size, rows, cols = told["grid"]
    coefs, *rest = told["scale"]
    grid = Grid(CRS.from_wkt(told["crs"]), left, top, size, Shape2d(rows, cols))
    return fields, grid, ScaleFit(np.array(coefs, np.float64), *rest)
