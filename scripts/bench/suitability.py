"""A province scored by eight rasters, beside rioxarray and numpy: ``suitability.py --data DIR``.

DIR is a ground that ``run.py`` made. The rasters are made up from a seed: two on the grid's own
cells, two of 90 m, two of 250 m, two in degrees. Each run is a process of its own. Geozone is
timed as an engine: reading, scores, classes, and the zones that close them, burned anew or kept
from a run before; kernels are loaded before the clock starts, on a square kilometre. And as a
whole command, which writes grids, polygons, charts and a report; the peer writes nothing and
knows no zones. ``--compare`` holds the scores and classes of both against each other.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from affine import Affine
from measured import Run
from measured import run as measured
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.warp import transform_bounds

import geozone as gz
from geozone.answers.suitability.scoring import Scored
from geozone.land.project import Project
from geozone.options import Options
from geozone.scorerun import score

ACTIVITY = "middeep_reinjection:well_production"
FACTORS = {
    "a": (30.0, "linear", [[20, 0], [120, 1]]),
    "b": (30.0, "s_shaped", [[10, 1], [140, 0]]),
    "c": (90.0, "trapezoid", [[10, 0], [40, 1], [90, 1], [140, 0]]),
    "d": (90.0, "table", [[30, 0.3], [60, 0.6], [90, 1.0]]),
    "e": (250.0, "linear", [[0, 1], [150, 0]]),
    "f": (250.0, "s_shaped", [[30, 0], [110, 1]]),
    "g": (0.002, "linear", [[20, 0], [120, 1]]),
    "h": (0.002, "linear", [[0, 1.0], [150, 0.2]]),
}
"""By name: the size of cells (below 1: degrees), the curve and its points."""

DEGREES = "EPSG:4490"
STEP = 40
"""Cells between the drawn heights of a field; between them it runs straight."""

STRIP = 512
SAMPLE_M = 500.0
PEER = Path(__file__).parent / "peers" / "score_rioxarray.py"
DOOR = "import sys; from geozone.cli import main; sys.exit(main())"


def main() -> None:
    """Make what is missing, then run everybody in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=600.0)
    parser.add_argument(
        "--who", nargs="*", help="words of which contestants have one in their names"
    )
    parser.add_argument("--compare", action="store_true", help="scores and classes of both")
    parser.add_argument("--engine", action="store_true", help="only geozone's engine, here")
    parser.add_argument("--fresh", action="store_true", help="its zones burned anew")
    args = parser.parse_args()
    folder = args.data / "factors"
    if not (folder / "MODEL.toml").exists():
        make(args.data, folder)
    if args.engine:
        print(json.dumps(_engine(args.data, folder / "MODEL.toml", args.jobs, fresh=args.fresh)))
    elif args.compare:
        print(_compared(args, folder))
    else:
        _run(args, folder)


def _run(args: argparse.Namespace, folder: Path) -> None:
    """One after the other, as often as asked; the run of the median wall seconds is told."""
    print("| who | engine s | engine CPU s | whole s | whole CPU s | peak MB | shares of classes |")
    print("|---|---|---|---|---|---|---|")
    found: dict[str, list[Run]] = {}
    for _ in range(args.repeats):
        for who, line in _contestants(args, folder).items():
            if not args.who or any(word in who for word in args.who):
                found.setdefault(who, []).append(measured(line, timeout_s=args.timeout))
    for who, runs in found.items():
        bad = [one for one in runs if one.failed]
        middle = sorted(runs, key=lambda one: one.wall_s)[(len(runs) - 1) // 2]
        print(_told(who, bad[0] if bad else middle), flush=True)


def _contestants(args: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    here, model, out = Path(__file__), str(folder / "MODEL.toml"), folder / "out"
    engine = [sys.executable, str(here), "--data", str(args.data), "--engine", "--jobs"]
    whole = [sys.executable, "-c", DOOR, "score", str(args.data), model, "--out", str(out)]
    whole += ["--jobs", str(args.jobs), "--quiet"]
    return {
        "rioxarray + numpy": [args.peers_python, str(PEER), "--data", str(args.data)],
        "geozone, engine, 1 thread": [*engine, "1", "--fresh"],
        f"geozone, engine, {args.jobs} threads": [*engine, str(args.jobs), "--fresh"],
        f"geozone, engine, {args.jobs} threads, zones kept": [*engine, str(args.jobs)],
        "geozone score --no-chance": [*whole, "--no-chance"],
        "geozone score": whole,
    }


def _told(who: str, one: Run) -> str:
    if one.failed:
        return f"| {who} | {one.failed} |"
    engine = [one.line.get(name) for name in ("engine_s", "engine_cpu_s")]
    seconds = " | ".join("" if each is None else f"{each:.2f}" for each in engine)
    shares = " ".join(f"{share:.4f}" for share in one.line.get("shares", []))
    whole = f"{one.wall_s:.2f} | {one.cpu_s:.2f} | {one.peak_mb:,.0f}"
    return f"| {who} | {seconds} | {whole} | {shares} |"


def _engine(data: Path, model: Path, jobs: int, *, fresh: bool) -> dict[str, Any]:
    """Seconds for reading the factors, scores and classes of all cells, closed by the zones."""
    project = gz.open(data).project
    middle = shapely.point_on_surface(project.area)
    small = replace(project, area=shapely.box(*shapely.buffer(middle, SAMPLE_M).bounds))
    deque(_scored(small, model, Options(jobs=jobs, keep=False)).strips(), maxlen=0)
    began, used = time.perf_counter(), time.process_time()
    counts = np.zeros(256, np.int64)
    for strip in _scored(project, model, Options(jobs=jobs, keep=not fresh)).strips():
        counts += np.bincount(strip.classes.ravel(), minlength=256)
    return {
        "engine_s": time.perf_counter() - began,
        "engine_cpu_s": time.process_time() - used,
        "shares": (counts[:3] / counts[:3].sum()).tolist(),
    }


def _scored(project: Project, model: Path, options: Options) -> Scored:
    return score(project, model, draws=False, options=options).scored


def _compared(args: argparse.Namespace, folder: Path) -> str:
    """In how many cells the classes differ, and how far those and all scores do."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "scores.npy"
        line = [args.peers_python, str(PEER), "--data", str(args.data), "--scores", str(file)]
        subprocess.run(line, check=True, capture_output=True)
        theirs = np.load(file, mmap_mode="r")
        project, options = gz.open(args.data).project, Options(jobs=args.jobs)
        scored = _scored(project, folder / "MODEL.toml", options)
        limits = np.array(scored.model.classes.limits, np.float32)
        with rasterio.open(folder / "a.tif") as first:
            col, row = ~first.transform * (scored.grid.left, scored.grid.top)
        cells = differ = 0
        most, nearest = 0.0, 0.0
        for strip in scored.strips():
            part = slice(round(row) + strip.row, round(row) + strip.row + len(strip.scores))
            cut = np.array(theirs[part, round(col) : round(col) + strip.scores.shape[1]])
            known = np.isfinite(cut) & np.isfinite(strip.scores)
            ours, cut = strip.scores[known], cut[known]
            other = np.searchsorted(limits, cut, side="right") != strip.classes[known]
            apart = np.abs(ours - cut)
            cells, differ = cells + ours.size, differ + int(other.sum())
            most = max(most, float(apart.max(initial=0.0)))
            off = np.abs(ours[other][:, None] - limits).min(axis=1, initial=1.0)
            nearest = max(nearest, float(off.max(initial=0.0)))
    return (
        f"{cells:,} cells known to both; {differ:,} of another class ({differ / cells:.4%}), all "
        f"within {nearest:.6f} of a limit; scores differ by {most:.6f} at most"
    )


def make(data: Path, folder: Path) -> None:
    """Write the rasters and the model."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    project = gz.open(data).project
    west, south, east, north = project.area.bounds
    size = project.resolution_m
    for seed, (name, (cell, _, _)) in enumerate(FACTORS.items()):
        crs, bounds = CRS.from_wkt(project.crs.to_wkt()), (west, south, east, north)
        if cell < 1:
            bounds = transform_bounds(crs, DEGREES, *bounds)
            crs = CRS.from_string(DEGREES)
        left = np.floor(bounds[0] / max(cell, size)) * max(cell, size) if cell > 1 else bounds[0]
        top = np.ceil(bounds[3] / max(cell, size)) * max(cell, size) if cell > 1 else bounds[3]
        cols = int(np.ceil((bounds[2] - left) / cell)) + 2
        rows = int(np.ceil((top - bounds[1]) / cell)) + 2
        at = Affine(cell, 0, left - (cell if cell != size else 0), 0, -cell, top)
        _write(folder / f"{name}.tif", _field(seed, rows, cols), (rows, cols), at, crs)
    (folder / "MODEL.toml").write_text(_model(size), "utf-8")


def _field(seed: int, rows: int, cols: int) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """A field of hills from 0 to 150, strip by strip."""
    draw = np.random.default_rng(seed)
    knots = draw.uniform(0, 150, (rows // STEP + 3, cols // STEP + 3))
    x = np.arange(cols) / STEP
    col, across = x.astype(int), x % 1
    for first in range(0, rows, STRIP):
        y = np.arange(first, min(first + STRIP, rows)) / STEP
        row, up = y.astype(int), (y % 1)[:, None]
        low = knots[row][:, col] * (1 - across) + knots[row][:, col + 1] * across
        high = knots[row + 1][:, col] * (1 - across) + knots[row + 1][:, col + 1] * across
        yield first, np.rint(low * (1 - up) + high * up).astype(np.int16)


def _write(
    path: Path,
    strips: Iterator[tuple[int, NDArray[np.int16]]],
    shape: tuple[int, int],
    at: Affine,
    crs: CRS,
) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", height=shape[0], width=shape[1], count=1, dtype="int16",
        crs=crs, transform=at, nodata=-9999, tiled=True, blockxsize=512, blockysize=512,
        compress="deflate", predictor=2,
    ) as file:  # fmt: skip
        for first, values in strips:
            window = rasterio.windows.Window(0, first, shape[1], len(values))
            file.write(values, 1, window=window)


def _model(size: float) -> str:
    lines = ["schema = 1", "[model]", 'id = "bench"', 'zh = "测试"', 'en = "Bench"']
    lines += [f'activity = "{ACTIVITY}"', 'combine = "weighted_sum"', f"resolution_m = {size}"]
    lines += ['source = "made up"', "[[group]]", 'id = "all"', 'zh = "全部"', 'en = "All"']
    for name, (cell, curve, points) in FACTORS.items():
        how = "nearest" if cell == size else "bilinear"
        lines += ["[[factor]]", f'id = "{name}"', f'zh = "{name}"', f'en = "{name}"']
        lines += ['group = "all"', 'unit = "1"', 'measure = "value"', 'source = "made up"']
        lines += [f'membership = {{ curve = "{curve}", points = {json.dumps(points)} }}']
        lines += [f"[data.{name}]", f'path = "{name}.tif"', f'resampling = "{how}"']
        lines += ["synthetic = true", "error = 3.0"]
    lines += ["[weights]", *(f"{name} = {1 / len(FACTORS)}" for name in FACTORS)]
    lines += ["[classes]", 'breaks = "thresholds"', "limits = [0.4, 0.6]"]
    return "\n".join([*lines, "[chance]", "draws = 200", "resolution_m = 100", ""])


if __name__ == "__main__":
    main()
