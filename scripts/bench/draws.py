"""Draws of weights, errors and boundaries over a province: ``draws.py --data DIR``.

DIR is a ground that ``run.py`` made; its factors and model are those of ``suitability.py``, made
where they are missing. Each way of combining is a process of its own. Told are seconds of wall and
of CPU (all threads together, which others on the machine hardly lengthen) for the draws, reading
of factors and zones included, and for the grids written of them, and the highest memory. Only open
ground is drawn over; ``--everywhere`` draws over all of the area, as if the zones closed nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from measured import run as measured
from numpy.typing import NDArray
from suitability import make

import geozone as gz
from geozone.answers.suitability.borders import NOTHING
from geozone.answers.suitability.chance import Chances
from geozone.answers.suitability.model import OUTSIDE, Chance, Combination
from geozone.answers.suitability.openground import OpenGround
from geozone.engine.runs import Runs
from geozone.law.verdict import Verdict
from geozone.options import DRAWING, Options
from geozone.pages.scorechance import write_chances
from geozone.scorerun import score

T = TypeVar("T")

WAYS = tuple(one.value for one in Combination)
ORDER = (0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04)


class Everywhere(OpenGround):
    """All of a study area, as if the zones closed nothing."""

    def verdicts(self, band: tuple[Runs, ...]) -> NDArray[np.uint8]:
        """Allowed wherever the area is."""
        found = super().verdicts(band)
        return np.where(found == OUTSIDE, found, np.uint8(Verdict.ALLOWED)).astype(np.uint8)


def main() -> None:
    """Make what is missing, then draw by every way in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--metres", type=float, default=100.0)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=WAYS)
    parser.add_argument("--everywhere", action="store_true")
    parser.add_argument("--timeout", type=float, default=1200.0)
    parser.add_argument("--engine", action="store_true", help="only the first way, here")
    args = parser.parse_args()
    if args.engine:
        print(json.dumps(_engine(args)))
        return
    folder = args.data / "factors"
    if not (folder / "MODEL.toml").exists():
        make(args.data, folder)
    given = ["--data", str(args.data), "--jobs", str(args.jobs), "--draws", str(args.draws)]
    given += ["--everywhere"] if args.everywhere else []
    line = [sys.executable, __file__, *given, "--metres", str(args.metres), "--engine", "--ways"]
    print("| way | open cells | draws, wall | draws, CPU | grids, wall | grids, CPU | peak MB |")
    for way in args.ways:
        one = measured([*line, way], timeout_s=args.timeout)
        if one.failed:
            print(f"| {way} | {one.failed} |", flush=True)
            continue
        told = " | ".join(f"{at:.1f}" for at in one.line["seconds"])
        print(f"| {way} | {one.line['cells']:,} | {told} | {one.peak_mb:,.0f} |", flush=True)


def _engine(args: argparse.Namespace) -> dict[str, Any]:
    """Seconds of wall and CPU for draws, then for their grids; the cells that are drawn over."""
    project, options = gz.open(args.data).project, Options(jobs=args.jobs)
    file = args.data / "factors" / "MODEL.toml"
    run = score(project, file, resolution_m=args.metres, options=options)
    way = Combination(args.ways[0])
    model = replace(
        run.scored.model,
        combination=way,
        order_weights=ORDER if way is Combination.OWA else (),
        chance=Chance(draws=args.draws, resolution_m=args.metres),
    )
    how = options.working(project, DRAWING)
    kind = Everywhere if args.everywhere else OpenGround
    ground = partial(kind, run.scored.site, model, run.tiles, how)
    chances, *drawn = _timed(partial(_drawn, ground, model.classes.limits))
    with tempfile.TemporaryDirectory(dir=args.data) as place:
        _, *grids = _timed(partial(write_chances, Path(place), chances, jobs=args.jobs))
    drawn_over = sum(int((one.limiting != NOTHING).sum()) for one in chances.strips())
    return {"seconds": [*drawn, *grids], "cells": drawn_over}


def _drawn(ground: Callable[[], OpenGround], limits: tuple[float, float] | None) -> Chances:
    """All draws."""
    chances = Chances(ground(), limits)
    _ = chances.found
    return chances


def _timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What comes of work, and its seconds of wall and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
