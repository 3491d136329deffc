"""What every peer is given and must tell: one task, one process, one line of JSON.

``python scripts/bench/peers/burn_rasterio.py --data DIR`` prints ``{"task", "peer", "read_s",
"engine_s", "result", "version"}``; wall and CPU seconds and the peak of memory are taken by whoever
started the process. A peer that is not installed prints ``{"absent": why}`` and is listed as such.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

ABSENT = 77
"""Exit code of a peer that is not installed."""


class AbsentError(Exception):
    """A peer is not installed; says what is missing."""


@dataclass(frozen=True)
class Question:
    """One condition: features of some files, by column, within so many metres."""

    key: str
    files: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    within_m: float

    def picks(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The features of a file that the question asks for."""
        kept = np.ones(len(frame), bool)
        for column, values in self.where.items():
            if column == "adcode":
                kept &= frame[column].str.startswith(values).to_numpy()
            else:
                kept &= frame[column].isin(values).to_numpy()
        return frame[kept]

    @property
    def sql(self) -> str:
        """The same as an SQL expression."""
        tests = []
        for column, values in self.where.items():
            if column == "adcode":
                tests.append("(" + " OR ".join(f"{column} LIKE '{one}%'" for one in values) + ")")
            else:
                tests.append(f"{column} IN ({', '.join(repr(one) for one in values)})")
        return " AND ".join(tests) or "TRUE"


@dataclass(frozen=True)
class Given:
    """The folder of a made project, and what is asked of the peer."""

    data: Path
    resolution_m: float
    most: int
    scratch: Path

    @property
    def questions(self) -> tuple[Question, ...]:
        """The conditions, in their order: condition k is bit k."""
        raw = json.loads((self.data / "conditions.json").read_text("utf-8"))
        return tuple(
            Question(
                one["key"],
                tuple(one["files"]),
                {name: tuple(values) for name, values in one["where"].items()},
                float(one["within_m"]),
            )
            for one in raw
        )

    @property
    def files(self) -> tuple[str, ...]:
        """The stems of all files that are asked."""
        return tuple(dict.fromkeys(name for one in self.questions for name in one.files))

    def read(self) -> dict[str, gpd.GeoDataFrame]:
        """Every layer that is asked."""
        return {name: gpd.read_parquet(self.data / f"{name}.parquet") for name in self.files}

    def proposals(self, name: str) -> gpd.GeoDataFrame:
        """The wells or parcels, as many as are asked for."""
        frame = gpd.read_parquet(self.data / f"{name}.parquet")
        return frame.iloc[: self.most] if self.most else frame

    def area(self) -> gpd.GeoDataFrame:
        """The study area, one row."""
        return gpd.read_parquet(self.data / "area.parquet")


@dataclass(frozen=True)
class Raster:
    """A grid over an area, its edges on whole multiples of its cells."""

    west: float
    north: float
    resolution_m: float
    rows: int
    cols: int

    @classmethod
    def over(cls, area: BaseGeometry, resolution_m: float) -> Raster:
        """The smallest one."""
        west, south, east, north = area.bounds
        left, right = math.floor(west / resolution_m), math.ceil(east / resolution_m)
        low, high = math.floor(south / resolution_m), math.ceil(north / resolution_m)
        return cls(left * resolution_m, high * resolution_m, resolution_m, high - low, right - left)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        size = self.resolution_m
        south, east = self.north - self.rows * size, self.west + self.cols * size
        return (self.west, south, east, self.north)

    @property
    def transform(self) -> Affine:
        """From (column, row) to (x, y) of a cell's upper left corner."""
        return Affine(self.resolution_m, 0.0, self.west, 0.0, -self.resolution_m, self.north)


@dataclass(frozen=True)
class Told:
    """What a peer found: seconds of reading and of its own work, and numbers to compare."""

    read_s: float
    engine_s: float
    result: Mapping[str, object]
    packages: Sequence[str]
    note: str = ""


@dataclass
class Clock:
    """Seconds spent in the blocks it was asked to time."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        """Add the seconds of a block to ``what``."""
        began = time.perf_counter()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.perf_counter() - began

    def told(self, result: Mapping[str, object], packages: Sequence[str], note: str = "") -> Told:
        """The answer with the seconds of ``read`` and ``engine``."""
        read_s, engine_s = self.spent.get("read", 0.0), self.spent.get("engine", 0.0)
        return Told(read_s, engine_s, result, packages, note)


def buffered(question: Question, frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The shapes of a question, widened by its distance as GEOS does by default."""
    shapes: NDArray[np.object_] = question.picks(frame).geometry.to_numpy()
    if question.within_m:
        shapes = shapely.buffer(shapes, question.within_m)
    return shapes


def asked(question: Question, frames: Mapping[str, gpd.GeoDataFrame]) -> NDArray[np.object_]:
    """The widened shapes of a question over all its files."""
    return np.concatenate([buffered(question, frames[name]) for name in question.files])


Burn = Callable[[NDArray[np.object_]], NDArray[np.uint8]]
"""How a peer burns shapes: a mask of ones, (rows, cols)."""


def stacked(
    questions: Sequence[Question],
    frames: Mapping[str, gpd.GeoDataFrame],
    grid: Raster,
    burned: Burn,
) -> NDArray[np.uint32]:
    """A bitset per cell: one condition after the other is burned, with OR of their bits."""
    bits = np.zeros((grid.rows, grid.cols), np.uint32)
    for k, question in enumerate(questions):
        shapes = asked(question, frames)
        if len(shapes):
            bits |= burned(shapes).astype(np.uint32) << k
    return bits


def by_rasterio(grid: Raster) -> Burn:
    """How rasterio burns: by cell centres, all into one mask."""
    from rasterio.features import rasterize  # noqa: PLC0415 - absent is an answer

    mask: NDArray[np.uint8] = np.zeros((grid.rows, grid.cols), np.uint8)
    transform = grid.transform

    def burned(shapes: NDArray[np.object_]) -> NDArray[np.uint8]:
        mask[:] = 0
        rasterize(shapes, out=mask, transform=transform, default_value=1)
        return mask

    return burned


def counted(
    questions: Sequence[Question], bits: NDArray[np.uint32], area: NDArray[np.bool_]
) -> dict[str, object]:
    """Cells of the area in which each condition holds, and the number of distinct rows."""
    rows, times = np.unique(bits[area], return_counts=True)
    held = {
        one.key: int(times[(rows >> k & 1).astype(bool)].sum()) for k, one in enumerate(questions)
    }
    return {"held": held, "places": int(area.sum()), "rows": len(rows)}


def area_mask(area: BaseGeometry, grid: Raster) -> NDArray[np.bool_]:
    """The cells whose centres lie in the area, to compare answers."""
    return by_rasterio(grid)(np.array([area], object)).astype(bool)


def answer(task: str, peer: str, work: Callable[[Given], Told]) -> None:
    """Do a peer's work with the options of the command line and print its line."""
    parser = argparse.ArgumentParser(description=f"{task}: {peer}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--resolution", type=float, default=30.0)
    parser.add_argument("--most", type=int, default=0, help="proposals; 0: all of the file")
    parser.add_argument("--scratch", type=Path, default=Path("/tmp"))
    args = parser.parse_args()
    given = Given(args.data, args.resolution, args.most, args.scratch)
    head = {"task": task, "peer": peer}
    try:
        told = work(given)
    except (ImportError, AbsentError) as error:
        print(json.dumps({**head, "absent": str(error)}))
        sys.exit(ABSENT)
    line = {
        **head,
        "read_s": round(told.read_s, 3),
        "engine_s": round(told.engine_s, 3),
        "result": told.result,
        "version": {name: _version(name) for name in told.packages},
        "note": told.note,
    }
    print(json.dumps(line))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"
