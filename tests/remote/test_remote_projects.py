"""Projects whose layers lie in a database or an object store answer as they do with files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from click.testing import CliRunner

from geozone.cli import main
from geozone.land.project import read_project
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
IN, OUT = "114.2275,38.0", "114.16,38.05"
"""On the railway, and far away from it; CGCS2000 degrees."""


@pytest.fixture
def folder(tmp_path: Path, ground: Any) -> Path:
    """An area, a railway in four formats, a raster of a scenic area, and proposals."""
    ground.made([ground.area]).to_file(tmp_path / "area.gpkg")
    x, y = ground.centre
    lines = [
        shapely.LineString([(x - 15_000, y), (x + 15_000, y)]),
        shapely.LineString([(x, y - 15_000), (x, y + 15_000)]),
    ]
    railway = ground.made(lines, LEVEL=["正线", "0102"])
    railway.to_file(tmp_path / "railway.gpkg")
    railway.to_file(tmp_path / "railway.shp", encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "railway.zip", "w") as archive:
        for one in sorted(tmp_path.glob("railway.*")):
            if one.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
                archive.write(one, one.name)
    cells = np.zeros((250, 250), "uint8")
    cells[:100, :100] = 1
    with rasterio.open(
        tmp_path / "scenic.tif",
        "w",
        driver="COG",
        width=250,
        height=250,
        count=1,
        dtype="uint8",
        crs=ground.crs,
        transform=Affine(100, 0, x - 12_500, 0, -100, y + 12_500),
        nodata=255,
    ) as file:
        file.write(cells, 1)
    (tmp_path / "wells.csv").write_text(f"id,lon,lat\nW1,{IN}\nW2,{OUT}\n", "utf-8")
    return tmp_path


def write(folder: Path, railway: str, raster: str = "scenic.tif") -> Path:
    """The project file; ``railway`` is the line or lines that say where the railway is."""
    path = folder / "geozone.toml"
    path.write_text(
        "schema = 1\n[project]\n"
        'name = "n"\narea = "area.gpkg"\nadcode = "13"\non = 2024-06-01\npolicies = ["HB21"]\n'
        f'[[layer]]\ntheme = "railway"\n{railway}\naccuracy_m = 0\nhalf_width_m = 0\n'
        'coverage = "area"\n'
        'class = { field = "LEVEL", map = { "正线" = "line", "0102" = "corridor" } }\n'
        f'[[layer]]\ntheme = "scenic_area"\npath = "{raster}"\naccuracy_m = 0\n'
        'class = { values = { 0 = "none", 1 = "present" } }\n',
        "utf-8",
    )
    return path


def assessed(project: Path, proposals: str) -> dict[str, Any]:
    """What ``assess`` writes, without receipts."""
    out = project.parent / "out.json"
    told = CliRunner().invoke(
        main,
        ["assess", str(project), proposals, "--activity", WELL, "--out", str(out)],
        catch_exceptions=False,
    )
    assert told.exit_code == 1, told.output
    result: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return {key: result[key] for key in ("on", "policies", "assessments")}


@pytest.fixture
def expected(folder: Path) -> dict[str, Any]:
    """The answer with files of this machine."""
    found = assessed(write(folder, 'path = "railway.gpkg"'), str(folder / "wells.csv"))
    verdicts = {one["id"]: one["verdict"] for one in found["assessments"]}
    assert verdicts["W1"] == "prohibited"
    assert verdicts["W2"] != "prohibited"
    assert "railway#2" in json.dumps(found)
    return found


@pytest.mark.database
def test_a_railway_in_a_database_answers_like_a_file(
    folder: Path, expected: dict[str, Any], database: Any, ground: Any
) -> None:
    import geopandas

    database.load("ground.railway", geopandas.read_file(folder / "railway.gpkg"))
    project = write(folder, 'path = "postgis://"\nlayer = "ground.railway"')
    assert assessed(project, str(folder / "wells.csv")) == expected
    receipt = read_project(project).layers[0].receipt
    assert [one.name for one in receipt.files] == ["ground.railway"]
    assert (receipt.read, receipt.declared) == (2, 2)
    for secret in (ground.password, ground.owner, "127.0.0.1"):
        assert secret not in json.dumps(receipt.to_dict())


@pytest.mark.database
def test_features_of_a_table_are_named_by_its_key(folder: Path, database: Any) -> None:
    database.run(
        "CREATE TABLE ground.lines (gid int PRIMARY KEY, geom geometry, level text)",
        "INSERT INTO ground.lines VALUES"
        " (70, 'SRID=4547;LINESTRING(505000 4207000, 535000 4207000)', '正线'),"
        " (9, 'SRID=4547;LINESTRING(520000 4192000, 520000 4222000)', '0102')",
    )
    project = read_project(write(folder, 'path = "postgis://"\nlayer = "ground.lines"'))
    assert project.layers[0].ids == ("lines#9", "lines#70")
    assert project.layers[0].classes == ("corridor", "line")


SPOILED = {
    "null-geometry": "UPDATE ground.lines SET geom = NULL WHERE gid = 9",
    "unknown-class": "UPDATE ground.lines SET level = '102' WHERE gid = 9",
    "empty-geometry": "UPDATE ground.lines SET geom = 'SRID=4547;LINESTRING EMPTY' WHERE gid = 9",
    "missing": "DROP TABLE ground.lines",
    "no-features": "DELETE FROM ground.lines;"
    "ALTER TABLE ground.lines ALTER geom TYPE geometry(LineString, 4547)",
    "SRID": "UPDATE ground.lines SET geom = ST_SetSRID(geom, 4546) WHERE gid = 9",
    "crs": "UPDATE ground.lines SET geom = ST_SetSRID(geom, 0)",
}


@pytest.mark.database
@pytest.mark.parametrize("word", SPOILED)
def test_a_spoiled_table_is_refused(folder: Path, database: Any, word: str) -> None:
    database.run(
        "CREATE TABLE ground.lines (gid int PRIMARY KEY, geom geometry, level text)",
        "INSERT INTO ground.lines VALUES"
        " (70, 'SRID=4547;LINESTRING(505000 4207000, 535000 4207000)', '正线'),"
        " (9, 'SRID=4547;LINESTRING(520000 4192000, 520000 4222000)', '0102')",
        SPOILED[word],
    )
    with pytest.raises(Refused) as caught:
        read_project(write(folder, 'path = "postgis://"\nlayer = "ground.lines"'))
    assert word in str(caught.value)


@pytest.mark.database
def test_a_table_without_a_crs_takes_the_declared_one(folder: Path, database: Any) -> None:
    database.run(
        "CREATE TABLE ground.lines AS SELECT '正线' AS level,"
        " 'LINESTRING(505000 4207000, 535000 4207000)'::geometry AS geom"
    )
    written = 'path = "postgis://"\nlayer = "ground.lines"\ncrs = "EPSG:4547"'
    assert read_project(write(folder, written)).layers[0].receipt.crs == "EPSG:4547"


def test_files_in_an_object_store_answer_like_files(
    folder: Path, expected: dict[str, Any], store: Any
) -> None:
    raster, wells = (store.put(f"层/{name}", folder / name) for name in ("scenic.tif", "wells.csv"))
    for one in folder.glob("railway.*"):
        store.put(f"层/{one.name}", one)
    for name in ("railway.gpkg", "railway.shp", "railway.zip"):
        local = read_project(write(folder, f'path = "{name}"')).layers
        remote = write(folder, f'path = "s3://ground/层/{name}"', raster)
        assert assessed(remote, wells) == expected
        found = read_project(remote).layers
        assert [one.receipt.files for one in found] == [one.receipt.files for one in local]


def test_a_missing_object_may_be_waived_and_is_then_not_clear(folder: Path, store: Any) -> None:
    gone = 'path = "s3://ground/none.gpkg"'
    with pytest.raises(Refused, match="missing"):
        read_project(write(folder, gone))
    waiver = f'{gone}\nwaive = [{{ problem = "missing", why = "ordered" }}]'
    layer = read_project(write(folder, waiver)).layers[0]
    assert layer.waived
    assert layer.coverage.is_empty
