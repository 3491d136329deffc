"""Drop the last feature of a layer, or bring it back: ``python scripts/bench/drop.py LAYER``.

The whole layer waits beside it meanwhile. A process of its own, so that who measures others stays
small: the memory of a process counts from that of the one that started it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import geopandas as gpd


def main() -> None:
    """Change the file that the command line names."""
    path = Path(sys.argv[1])
    kept = path.with_suffix(".kept")
    if kept.exists():
        kept.rename(path)
        return
    shutil.copyfile(path, kept)
    gpd.read_parquet(path).iloc[:-1].to_parquet(path)


if __name__ == "__main__":
    main()
