"""What a file does not need is not loaded for it: a child starts for every file of a stranger."""

from __future__ import annotations

import json
import subprocess
import sys

import openpyxl
import pytest

HEAVY = ("fiona", "geopandas", "openpyxl", "psycopg", "pyarrow.parquet", "pyogrio", "rasterio")
OF_PYOGRIO = ("geopandas", "pyogrio")
PROPOSAL = "from geozone.land.strangers.child import _read; _read(path)"
LAYER = (
    "from geozone.land.formats.reading import read_features; "
    "from geozone.land.formats.features import Wanted; read_features(path, Wanted())"
)
TABLE = (
    "from geozone.land.faults import Faults; from geozone.land.proposals.tables import read_csv; "
    "read_csv(path, Faults(''))"
)


def loaded(code, path):
    """Which of the heavy libraries a fresh interpreter has loaded after it has read a file."""
    lines = (
        "import json, sys; from pathlib import Path; path = Path(sys.argv[1])",
        code,
        f"print(json.dumps([one for one in {HEAVY} if one in sys.modules]))",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), str(path)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return tuple(json.loads(done.stdout))


@pytest.fixture
def file(tmp_path, make):
    def made(ending):
        path = tmp_path / f"a{ending}"
        rows = (("id", "lon", "lat"), ("W1", "114.2", "38"))
        if ending == ".csv":
            path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
        elif ending == ".xlsx":
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        elif ending == ".parquet":
            make["frame"]([make["square"]()]).to_parquet(path)
        else:
            make["frame"]([make["square"]()]).to_file(path)
        return path

    return made


@pytest.mark.parametrize(
    ("code", "ending", "needs"),
    [
        (TABLE, ".csv", ()),
        (LAYER, ".csv", ()),
        (LAYER, ".xlsx", ("openpyxl",)),
        (LAYER, ".gpkg", OF_PYOGRIO),
        (LAYER, ".parquet", ("pyarrow.parquet",)),
        (PROPOSAL, ".xlsx", ("openpyxl",)),
        (PROPOSAL, ".gpkg", OF_PYOGRIO),
        (PROPOSAL, ".parquet", ("pyarrow.parquet",)),
        (PROPOSAL, ".fgb", ("fiona", *OF_PYOGRIO)),
    ],
)
def test_only_what_a_file_needs_is_loaded(file, code, ending, needs):
    assert loaded(code, file(ending)) == needs


def test_a_project_that_is_kept_loads_nothing_that_reads_files(case, make):
    case.add("pbf.gpkg", [make["square"]()], coverage="area")
    case.write()
    open_it = "from geozone.land.project import read_project; read_project(path)"
    assert "pyogrio" in loaded(open_it, case.folder)
    assert loaded(open_it, case.folder) == ()
