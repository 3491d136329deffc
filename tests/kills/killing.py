"""Runs of ``geozone zone`` killed at random moments: the result before stays whole, and a run
that then ends leaves the bytes of one that was never disturbed.

    python tests/kills/killing.py --kills 200
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = ("zones.gpkg", "evidence.tif", "evidence.json", "summary.json")
COARSE, FINE = 120, 60
"""Cells of the result before and of the one that is killed, in metres."""


def command(project: Path, out: Path, resolution: int) -> list[str]:
    code = "import sys; from geozone.cli import main; main(sys.argv[1:])"
    told = ["zone", str(project), "--out", str(out), "--resolution", str(resolution), "--quiet"]
    return [sys.executable, "-c", code, *told]


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def complete(project: Path, out: Path, resolution: int) -> dict[str, bytes]:
    subprocess.run(command(project, out, resolution), check=True, capture_output=True)
    return contents(out)


def killed(project: Path, out: Path, after_s: float) -> bool:
    """Start a run and kill it after so long; whether it was still at work."""
    child = subprocess.Popen(
        command(project, out, FINE), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        child.wait(after_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True
    return False


def judged(found: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """What a folder holds after a kill: one of the two sets whole, or none that looks whole."""
    if found == before:
        return "before"
    if found == after:
        return "after"
    return "mixed" if "summary.json" in found else "open"


def sweep(project: Path, home: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """How often a kill left what; raises ``AssertionError`` where results mix or differ."""
    copy, out = home / "project", home / "out"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".geozone"))
    before = complete(copy, out, COARSE)
    shutil.rmtree(copy / ".geozone", ignore_errors=True)
    begun = time.perf_counter()
    after = complete(copy, home / "whole", FINE)
    whole_s = time.perf_counter() - begun
    draw, told = random.Random(seed), {"before": 0, "after": 0, "open": 0, "ended": 0}
    for number in range(kills):
        if draw.random() < 0.3:  # from nothing kept, and from the other result
            shutil.rmtree(copy / ".geozone", ignore_errors=True)
        if contents(out) != before:
            assert complete(copy, out, COARSE) == before, f"kill {number}: resumed to other bytes"
        if not killed(copy, out, draw.uniform(0.0, whole_s)):
            told["ended"] += 1
            continue
        what = judged(contents(out), before, after)
        assert what != "mixed", f"kill {number} left files of two results"
        told[what] += 1
    assert complete(copy, out, FINE) == after, "the run after all kills gave other bytes"
    left = [one.name for one in out.iterdir() if one.name not in (*FILES, ".geozone.lock")]
    assert not left, f"left behind: {left}"
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--project", type=Path, default=Path("layers/hebei-demo"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(sweep(given.project, Path(folder), given.kills))


if __name__ == "__main__":
    main()
