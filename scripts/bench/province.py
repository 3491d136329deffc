"""Make a benchmark province: ``python scripts/bench/province.py --size medium --out DIR``.

A Shanxi-sized province from a fixed seed, as a project that ``geozone zone DIR`` can work on:
157,000 km2, 14 layers that give 17 conditions, 330,000 features, 13.9 million vertices at size
``full``; 10,000 km2 with 1.27 million at ``medium``; 400 km2 at ``small``; 25 km2 at ``tiny``.

What is written into DIR:

- ``geozone.toml`` (coverage: the area; accuracy: 0 m), and with ``--accuracy 5`` also
  ``geozone-accuracy-5.toml`` over the same layers;
- every layer as GeoParquet, which geozone reads fastest, and as GeoPackage;
- ``conditions.json``: the same questions for peers, by file, column and distance;
- ``wells.csv``, ``wells.parquet``; ``parcels`` and ``blocks``, as .gpkg and .parquet: proposals.

``--dirty`` spoils every layer as real ones are: exact copies, copies 0.1 to 2 mm off, neighbours
snapped apart, slivers, holes that touch shells, bow ties; each shape stays valid by itself.

Coordinates are metres in EPSG:4546, rounded to a tenth of a millimetre. All of it is synthetic.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

from making.dirty import spoiled
from making.ground import ground
from making.layers import sheets
from making.proposals import blocks, parcels, wells
from making.sizes import SIZES, Size
from making.writing import (
    SHANXI,
    write_area,
    write_conditions,
    write_project,
    write_proposals,
    write_sheet,
)

SEED = 20260601
TITLE = "基准省（合成示例数据） / benchmark province (synthetic sample)"


def main() -> None:
    """Read the command line and make the province."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--accuracy", type=float, action="append", default=[], metavar="METRES")
    parser.add_argument("--dirty", action="store_true", help="spoil the layers")
    parser.add_argument("--no-gpkg", action="store_true", help="GeoParquet only")
    given = parser.parse_args()
    how = How(given.seed, tuple(given.accuracy), given.dirty, container=not given.no_gpkg)
    make(SIZES[given.size], given.out, how)


@dataclass(frozen=True)
class How:
    """The seed, accuracies beside 0 m, whether to spoil the layers and to write GeoPackages."""

    seed: int = SEED
    accuracies: tuple[float, ...] = ()
    dirty: bool = False
    container: bool = True


def make(size: Size, out: Path, how: How) -> None:
    """Write a province of a size into a folder, saying what is done."""
    began = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    here = ground(size, how.seed)
    write_area(out, here.area)
    listed = []
    for sheet in sheets(here):
        used = spoiled(sheet, here) if how.dirty else sheet
        one = write_sheet(out, used, container=how.container)
        listed.append(one)
        said = f"{one.features:>9,} features {one.vertices:>11,} vertices"
        print(f"{time.monotonic() - began:6.1f} s  {one.name:<28}{said}", flush=True)
    title = f"{TITLE}, dirty" if how.dirty else TITLE
    for accuracy_m in (0.0, *how.accuracies):
        write_project(out, title, SHANXI, listed, accuracy_m=accuracy_m)
    conditions = write_conditions(out, SHANXI, listed)
    write_proposals(out, "wells", wells(here, size.wells))
    write_proposals(out, "parcels", parcels(here, size.parcels))
    write_proposals(out, "blocks", blocks(here, size.blocks))
    features = sum(one.features for one in listed)
    vertices = sum(one.vertices for one in listed)
    print(
        f"{time.monotonic() - began:6.1f} s  {here.area.area / 1e6:,.0f} km2,"
        f" {conditions} conditions, {features:,} features, {vertices:,} vertices"
    )


if __name__ == "__main__":
    main()
