"""Runs of ``geozone zone`` killed at random moments: the result before stays whole, and a run
that then ends leaves the bytes of one that was never disturbed, and nothing else.

Half of the kills come after a random time, half at a random touch of a file, most of these
in the folder of results, where they change places.

    python tests/kills/killing.py --kills 200
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Files = dict[str, bytes]

FILES = ("zones.gpkg", "evidence.tif", "evidence.json", "summary.json")
COARSE, FINE = 120, 60
"""Cells of the result before and of the one that is killed, in metres."""

RUN = "import sys; from geozone.cli import main; main(sys.argv[1:])"
TOUCHES = """
import os, signal, sys
touches = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
seen, deadly, places = 0, int(sys.argv.pop(1)), sys.argv.pop(1).split(os.pathsep)
def touched(event, args):
    global seen
    if event in touches and str(args[0]).startswith(tuple(places)):
        seen += 1
        if seen == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(touched)
from geozone.cli import main
try:
    main(sys.argv[1:])
finally:
    print(seen)
"""
"""Counts how often files are touched below some folders, and dies at one of the touches."""


@dataclass
class Sweep:
    """A project, the folder that its results go to, and what became of the kills."""

    project: Path
    out: Path
    draw: random.Random
    told: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> Path:
        return self.project / ".geozone"

    def arguments(self, out: Path, resolution: int) -> list[str]:
        told = ["zone", str(self.project), "--out", str(out), "--resolution", str(resolution)]
        return [*told, "--quiet", "--jobs", str(self.draw.choice((1, 2)))]

    def whole(self, out: Path, resolution: int) -> Files:
        """What a run that ends leaves, and that it leaves nothing else."""
        told = self.arguments(out, resolution)
        ran = subprocess.run([sys.executable, "-c", RUN, *told], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        assert {one.name for one in out.iterdir()} == set(FILES), "left behind"
        return contents(out)

    def touches(self, *places: Path) -> int:
        """How often a run touches files in folders."""
        return int(self._until(0, places).stdout)

    def kill(self, whole_s: float, touches: Mapping[tuple[Path, ...], int]) -> bool:
        """Kill a run; whether it was still at work."""
        if self.draw.random() < 0.5:
            return self._kill_after(self.draw.uniform(0.0, whole_s))
        places = self.draw.choice(list(touches))
        return self._until(self.draw.randint(1, touches[places]), places).returncode != 0

    def _kill_after(self, seconds: float) -> bool:
        told = [sys.executable, "-c", RUN, *self.arguments(self.out, FINE)]
        child = subprocess.Popen(told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return True
        return False

    def _until(self, touch: int, places: Sequence[Path]) -> subprocess.CompletedProcess[str]:
        """A run that dies at a touch of files in folders."""
        told = [str(touch), os.pathsep.join(map(str, places)), *self.arguments(self.out, FINE)]
        run = [sys.executable, "-c", TOUCHES, *told]
        ran = subprocess.run(run, capture_output=True, text=True)
        assert ran.returncode in {0, -signal.SIGKILL}, ran.stderr
        return ran


def contents(folder: Path) -> Files:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def judged(found: Files, before: Files, after: Files) -> str:
    """What a folder holds after a kill: one of the two sets whole, or none that looks whole.

    Raises ``AssertionError`` where files mix in a set that looks whole, or are of neither set.
    """
    if found == before:
        return "before"
    if found == after:
        return "after"
    assert "summary.json" not in found, "files of two results"
    strange = [name for name, one in found.items() if one not in (before[name], after[name])]
    assert not strange, f"not whole: {strange}"
    return "open"


def sweep(project: Path, home: Path, kills: int, seed: int = 1) -> Counter[str]:
    """How often a kill left what; raises ``AssertionError`` where results mix or differ.

    The project is copied to ``home``, with the folders beside it that it reads.
    """
    shutil.copytree(project.parent, home / "layers", ignore=shutil.ignore_patterns(".geozone"))
    self = Sweep(home / "layers" / project.name, home / "out", random.Random(seed))
    before = self.whole(home / "before", COARSE)
    shutil.copytree(home / "before", self.out)
    touches = {(self.out,): 0, (self.store, self.out): 0}
    for places in touches:
        shutil.rmtree(self.store, ignore_errors=True)
        touches[places] = self.touches(*places)
    shutil.rmtree(self.store, ignore_errors=True)
    begun = time.perf_counter()
    after = self.whole(home / "whole", FINE)
    whole_s = time.perf_counter() - begun
    for number in range(kills):
        if self.draw.random() < 0.3:
            shutil.rmtree(self.store, ignore_errors=True)
        if contents(self.out) == after:
            shutil.rmtree(self.out)
            shutil.copytree(home / "before", self.out)
        was = judged(contents(self.out), before, after)
        if not self.kill(whole_s, touches):
            self.told["ended"] += 1
        what = judged(contents(self.out), before, after)
        assert what != "before" or was == "before", f"kill {number}: went back"
        self.told[what] += 1
        if what == "open" or self.draw.random() < 0.3:
            resumed = self.whole(self.out, FINE)
            other = [name for name in FILES if resumed[name] != after[name]]
            assert not other, f"kill {number}: resumed to other bytes: {other}"
    assert self.whole(self.out, FINE) == after, "the run after all kills gave other bytes"
    return self.told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", type=Path, default=Path("layers/hebei-demo"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(dict(sweep(given.project, Path(folder), given.kills, given.seed)))


if __name__ == "__main__":
    main()
