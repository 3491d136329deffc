"""Damaged files: never a crash, never another error, never a row lost without a word."""

from __future__ import annotations

import random
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest

TIMES = 250


@pytest.mark.parametrize("ending", ["shp", "gpkg", "geojson"])
def test_damaged_files_are_refused_or_told(tmp_path, ending):
    """Bits turned, bytes changed, ends cut, stretches zeroed: each in a process of its own kind."""
    done = subprocess.run(
        [sys.executable, __file__, str(tmp_path), ending],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = dict(line.split(": ") for line in done.stdout.splitlines())
    assert sum(int(one) for one in found.values()) == TIMES
    assert set(found) <= {"refused", "told", "whole"}, done.stdout
    assert int(found["refused"]) > 10


def main(folder, ending):
    """Spoils one file again and again; prints what came of it."""
    import geopandas
    import shapely

    from geozone.land.formats.features import UnreadableError, Wanted
    from geozone.land.formats.reading import read_features

    warnings.simplefilter("ignore")
    dice = random.Random(ending)
    shapes = [
        shapely.box(i, 0, i + 1, 1) - shapely.box(i + 0.2, 0.2, i + 0.4, 0.4) for i in range(30)
    ]
    made = geopandas.GeoDataFrame({"DLBM": ["0101", "乙"] * 15}, geometry=shapes, crs=4547)
    made.to_file(folder / f"a.{ending}")
    files = sorted(one for one in folder.iterdir() if one.suffix not in (".cpg", ".prj"))
    good = {one: one.read_bytes() for one in files}
    count: Counter[str] = Counter()
    for _ in range(TIMES):
        spoiled = dice.choice(files)
        spoiled.write_bytes(damaged(good[spoiled], dice))
        try:
            found = read_features(folder / f"a.{ending}", Wanted(fields=("DLBM",)))
            stated = {found.declared, found.scanned, len(found.fids)} - {None}
            told = found.doubts or found.warnings or len(stated) > 1
            whole = len(found.fids) == len(found.columns["DLBM"]) == len(shapes)
            count["told" if told else "whole" if whole else "lost"] += 1
        except UnreadableError:
            count["refused"] += 1
        spoiled.write_bytes(good[spoiled])
    for what, times in sorted(count.items()):
        sys.stdout.write(f"{what}: {times}\n")


def damaged(content, dice):
    spoiled = bytearray(content)
    at = dice.randrange(len(spoiled))
    way = dice.choice(["bit", "byte", "cut", "zero"])
    if way == "bit":
        spoiled[at] ^= 1 << dice.randrange(8)
    elif way == "byte":
        spoiled[at] = dice.randrange(256)
    elif way == "cut":
        del spoiled[at:]
    else:
        until = min(len(spoiled), at + dice.randrange(1, 600))
        spoiled[at:until] = bytes(until - at)
    return bytes(spoiled)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
