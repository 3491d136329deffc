"""One layer of a project changes: the engine alone, and what it kept: ``changed.py --data DIR``.

DIR is a ground that ``run.py`` made; it is copied. In one process, kernels loaded: the partition
with its evidence, judged, the polygons of all zones with their areas, and the evidence of all
cells of a grid, with nothing kept, with everything kept, and after the last feature of a layer is
gone. Opening the project is told apart. What comes is
held against a run that keeps nothing; the exit code is 1 where it differs.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from commands import CHANGED

import geozone as gz
from geozone.answers.grids import grid_evidence
from geozone.answers.site import open_site
from geozone.answers.working import Working
from geozone.answers.zoning import zone
from geozone.options import CUTTING, Options

Told = tuple[float, float, float, bytes]
"""Seconds of opening, of the engine by wall and by CPU, and a digest of what comes."""


def main() -> int:
    """Time every case, and print seconds and their share of a fresh run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--metres", type=float, default=30.0)
    parser.add_argument("--repeats", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.data.parent) as place:
        copy = Path(place) / "ground"
        leave = shutil.ignore_patterns("*.gpkg", "wells*", "parcels*", ".geozone", "factors")
        shutil.copytree(args.data, copy, ignore=leave)
        return _compared(copy, args)


def _compared(copy: Path, args: argparse.Namespace) -> int:
    drop = [sys.executable, str(Path(__file__).with_name("drop.py"))]
    _told(copy, args, keep=True)  # kernels are loaded, everything is kept
    print("| what | opening s | engine s | CPU s | of a fresh run |\n|---|---|---|---|---|")
    alike = True
    for _ in range(args.repeats):
        same = _told(copy, args, keep=True)
        subprocess.run([*drop, str(copy / f"{CHANGED}.parquet")], check=True)
        changed, fresh = (_told(copy, args, keep=keep) for keep in (True, False))
        subprocess.run([*drop, str(copy / f"{CHANGED}.parquet")], check=True)
        for name, one in (("fresh", fresh), ("nothing changed", same), ("one layer", changed)):
            share = f"{one[1] / fresh[1]:.0%}, {one[2] / fresh[2]:.0%} of its CPU"
            print(f"| {name} | {one[0]:.2f} | {one[1]:.2f} | {one[2]:.2f} | {share} |", flush=True)
        alike = alike and changed[3] == fresh[3]
    print("the same polygons and cells" if alike else "polygons or cells DIFFER")
    return 0 if alike else 1


def _told(copy: Path, args: argparse.Namespace, *, keep: bool) -> Told:
    began = time.perf_counter()
    options = Options(jobs=args.jobs)
    project = gz.open(copy, options).project
    site = open_site(project, project.activities)
    kept = options.working(project, CUTTING)
    how = kept if keep else Working(jobs=args.jobs, memory_bytes=kept.memory_bytes)
    opened, cpu = time.perf_counter(), time.process_time()
    zoning = zone(site, how)
    drawn = [zoning.sized(activity) for activity in zoning.judgements]
    faces = [(one.part(0, len(one.label)), sizes) for one, sizes in drawn]
    cells = grid_evidence(site, args.metres, how).whole(args.jobs)
    wall, cpu = time.perf_counter() - opened, time.process_time() - cpu
    rows = (zoning.partition.evidence.rows, cells.evidence.rows)
    found = hashlib.sha256(repr(rows).encode() + np.ascontiguousarray(cells.index).data)
    for whole, sizes in faces:
        for one in (whole.label, whole.polygons, whole.rings, whole.xy, sizes):
            found.update(np.ascontiguousarray(one).data)
    return opened - began, wall, cpu, found.digest()


if __name__ == "__main__":
    sys.exit(main())
