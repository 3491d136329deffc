"""A province scored by eight rasters, beside rioxarray and numpy: ``suitability.py --data DIR``.

DIR is a ground that ``run.py`` made. The rasters are made up from a seed: two on the grid's own
cells, two of 90 m, two of 250 m, two in degrees. Each run is a process of its own; geozone is
timed as an engine (reading, scores, classes, zones) and as a whole command.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from measured import Run
from measured import run as measured
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.warp import transform_bounds

import geozone as gz

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
DOOR = "import sys; from geozone.cli import main; sys.exit(main())"


def main() -> None:
    """Make what is missing, then run everybody in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=600.0)
    parser.add_argument("--engine", action="store_true", help="only geozone's engine, here")
    args = parser.parse_args()
    folder = args.data / "factors"
    if args.engine:
        print(json.dumps(_engine(args.data, folder / "MODEL.toml", args.jobs)))
        return
    if not (folder / "MODEL.toml").exists():
        make(args.data, folder)
    for who, line in _contestants(args, folder).items():
        runs = [measured(line, timeout_s=args.timeout) for _ in range(args.repeats)]
        print(_told(who, min(runs, key=lambda one: one.wall_s)), flush=True)


def _contestants(args: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    here, model, out = Path(__file__), str(folder / "MODEL.toml"), folder / "out"
    engine = [sys.executable, str(here), "--data", str(args.data), "--engine"]
    whole = [sys.executable, "-c", DOOR, "score", str(args.data), model, "--out", str(out)]
    peer = here.parent / "peers" / "score_rioxarray.py"
    return {
        "geozone, engine, 1 thread": [*engine, "--jobs", "1"],
        f"geozone, engine, {args.jobs} threads": [*engine, "--jobs", str(args.jobs)],
        "rioxarray + numpy": [args.peers_python, str(peer), "--data", str(args.data)],
        "geozone score --no-chance": [*whole, "--jobs", str(args.jobs), "--no-chance", "--quiet"],
        "geozone score": [*whole, "--jobs", str(args.jobs), "--quiet"],
    }


def _told(who: str, one: Run) -> str:
    if one.failed:
        return f"| {who} | {one.failed} |"
    engine = one.line.get("engine_s")
    told = f"{engine:.1f}" if engine is not None else ""
    shares = " ".join(f"{share:.4f}" for share in one.line.get("shares", []))
    return (
        f"| {who} | {told} | {one.wall_s:.1f} | {one.cpu_s:.1f} | {one.peak_mb:,.0f} | {shares} |"
    )


def _engine(data: Path, model: Path, jobs: int) -> dict[str, Any]:
    """Seconds for reading the factors, scores and classes of all cells, closed by the zones."""
    from geozone.options import Options  # noqa: PLC0415 - as an import, not as work
    from geozone.scorerun import score  # noqa: PLC0415

    project = gz.open(data).project
    began = time.perf_counter()
    run = score(project, model, draws=False, options=Options(jobs=jobs))
    counts = np.zeros(256, np.int64)
    for strip in run.scored.strips():
        counts += np.bincount(strip.classes.ravel(), minlength=256)
    spent = time.perf_counter() - began
    return {"engine_s": spent, "shares": (counts[:3] / counts[:3].sum()).tolist()}


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
