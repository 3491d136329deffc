"""The command ``surface`` and its Python twin: files, refusals, and a surface as a factor."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas
import jsonschema
import numpy as np
import pytest
import rasterio
from click.testing import CliRunner, Result
from shapely import box

import geozone as gz
from geozone.cli import main
from geozone.pages.surfacefiles import SURFACE_FILES
from geozone.surfacerun import Preparation, Reading, Shape, Variogram

pytest.importorskip("pykrige", reason="pykrige is not installed")

SCHEMA = json.loads(files("geozone.schemas").joinpath("surface.schema.json").read_text("utf-8"))
VALUE = ("--value", "temperature_c", "--name", "id", "--unit", "℃", "--resolution", "300")
Rows = list[dict[str, str]]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in words])


@pytest.fixture(scope="module")
def place(samples: Callable[..., Path]) -> Path:
    return samples("hebei-demo", "osm")


@pytest.fixture(scope="module")
def done(place: Path) -> tuple[Result, Path]:
    out = place.parent / "out"
    return run("surface", place, place / "temperatures.csv", *VALUE, "--out", out), out


@pytest.fixture(scope="module")
def told(done: tuple[Result, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done[1] / "surface.json").read_text("utf-8"))
    return found


def test_all_files_are_written(done: tuple[Result, Path], told: dict[str, Any]) -> None:
    result, out = done
    assert result.exit_code == 0, result.output
    assert sorted(one.name for one in out.iterdir() if one.name[0] != ".") == sorted(SURFACE_FILES)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["synthetic"] is True
    assert told["off_land"] is None
    assert "was not checked (--land)" in result.output
    assert [one["role"] for one in told["inputs"]] == ["points"]
    assert told["cells"]["known_share"] > 0.9
    assert len(told["left_out"]["points"]) == told["points"] == 60
    error = told["cells"]["standard_error"]["root_mean_square"]
    assert f"error = {error:.3g}" in result.output
    with rasterio.open(out / "value.tif") as grid:
        assert grid.res == (300, 300)
        assert grid.crs.to_epsg() == 4548
        assert 30 < np.nanmin(grid.read(1)) < np.nanmax(grid.read(1)) < 110


def test_threads_and_a_second_run_change_no_byte(place: Path, done: tuple[Result, Path]) -> None:
    again = place.parent / "again"
    words = (*VALUE, "--jobs", "3", "--fresh", "--quiet")
    result = run("surface", place, place / "temperatures.csv", *words, "--out", again)
    assert (result.exit_code, result.output) == (0, "")
    for name in SURFACE_FILES:
        assert (again / name).read_bytes() == (done[1] / name).read_bytes(), name


def test_python_gives_the_same(place: Path, told: dict[str, Any]) -> None:
    made = gz.open(place).surface(
        place / "temperatures.csv", Reading("temperature_c", "id", "℃"), resolution_m=300
    )
    assert made.summary() == {key: told[key] for key in told if key != "cells"}


def test_a_surface_is_a_factor(place: Path, done: tuple[Result, Path]) -> None:
    """Cells where the surface is not known are undetermined, as of any raster."""
    text = (place / "score.toml").read_text("utf-8")
    path = f'path = "{(done[1] / "value.tif").as_posix()}"\nresampling = "bilinear"'
    model = place / "surfaced.toml"
    model.write_text(
        text.replace('path = "temperature.tif"\nresampling = "nearest"', path), "utf-8"
    )
    assert "value.tif" in model.read_text("utf-8")
    scored = gz.open(place).score(model, resolution_m=300, draws=False)
    found = scored.summary()
    known = json.loads((done[1] / "surface.json").read_text("utf-8"))["cells"]["known_share"]
    assert found["unknown"]["temperature_c"] == pytest.approx(1 - known, abs=0.01)
    assert found["left"]["suitable"] > 0


def rows_of(place: Path) -> Rows:
    return list(csv.DictReader((place / "temperatures.csv").read_text("utf-8").splitlines()))


def write(path: Path, rows: Rows, leaving: tuple[str, ...] = ()) -> Path:
    heads = [one for one in rows[0] if one not in leaving]
    lines = [",".join(row[one] for one in heads) for row in rows]
    path.write_text("\n".join([",".join(heads), *lines]) + "\n", "utf-8")
    return path


def refused(place: Path, file: Path, *more: str | Path) -> str:
    out = place.parent / "refused"
    result = run("surface", place, file, *VALUE, *more, "--out", out)
    assert result.exit_code == 2, result.output
    assert not out.exists()
    return result.output


def same(rows: Rows) -> None:
    for row in rows:
        row["temperature_c"] = "60"


def twice(rows: Rows) -> None:
    rows[1] |= {name: rows[0][name] for name in ("east", "north")}


BAD = {
    "several points of one place": (twice, "T01 = T02", "--duplicates mean"),
    "too few": (lambda rows: rows.__delitem__(slice(9, None)), "9 points, 10 to", "add points"),
    "none": (lambda rows: rows.__delitem__(slice(1, None)), "1 points", "add points"),
    "no number": (lambda rows: rows[2].update(temperature_c="warm"), "feature 3", "'warm'"),
    "empty": (lambda rows: rows[2].update(temperature_c=""), "feature 3", "--empty"),
    "filler": (lambda rows: rows[2].update(temperature_c="-9999"), "-9999", "leave the cell"),
    "one value": (same, "all values are the same", "--variogram"),
    "a place off": (lambda rows: rows[2].update(east="4000000"), "T03", "km from the study"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_points_are_refused_with_what_to_do(place: Path, tmp_path: Path, name: str) -> None:
    change, place_said, todo = BAD[name]
    rows = rows_of(place)
    change(rows)
    said = refused(place, write(tmp_path / "points.csv", rows))
    assert place_said in said
    assert todo in said


def test_points_without_a_crs_and_in_another_one(place: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.csv", rows_of(place), leaving=("crs",))
    assert "--crs" in refused(place, bare)
    assert "no point is near" in refused(place, bare, "--crs", "EPSG:4546")
    out = tmp_path / "out"
    done = run("surface", place, bare, *VALUE, "--crs", "EPSG:4548", "--quiet", "--out", out)
    assert done.exit_code == 0, done.output
    stated = write(tmp_path / "stated.csv", rows_of(place))
    assert "is declared" in refused(place, stated, "--crs", "EPSG:4547")


def test_every_fault_at_once(place: Path, tmp_path: Path) -> None:
    """Of rows, of points together, of land and of the grid."""
    rows = rows_of(place)
    twice(rows)
    rows[4]["temperature_c"], rows[5]["temperature_c"] = "warm", ""
    land = tmp_path / "land.geojson"
    x, y = float(rows[0]["east"]), float(rows[0]["north"])
    shape = box(x - 90_000, y - 90_000, x - 5_000, y + 90_000)
    geopandas.GeoDataFrame(geometry=[shape], crs="EPSG:4548").to_crs("EPSG:4490").to_file(land)
    said = refused(
        place, write(tmp_path / "points.csv", rows), "--land", land, "--resolution", "0.01"
    )
    for one in ("T01 = T02", "feature 5", "feature 6", "points off land", "cells of 0.01 m"):
        assert one in said
    assert re.search(r"refused: 5\b", said)


def test_doubtful_points_are_used_as_asked(place: Path, tmp_path: Path) -> None:
    rows = rows_of(place)
    twice(rows)
    rows[5]["temperature_c"] = ""
    file = write(tmp_path / "points.csv", rows)
    words = ("--duplicates", "mean", "--empty", "leave-out", "--model", "exponential")
    done = run("surface", place, file, *VALUE, *words, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "surface.json").read_text("utf-8"))
    assert (found["points"], found["variogram"]["model"]) == (58, "exponential")
    assert any("1 rows have no value" in one for one in found["notes"])
    assert any("T01 = T02" in one for one in found["notes"])
    assert "T01 = T02" in done.output


def test_points_off_land_are_used_or_left_out_as_asked(place: Path, tmp_path: Path) -> None:
    rows = rows_of(place)
    file, land = write(tmp_path / "points.csv", rows), tmp_path / "land.gpkg"
    middle = sorted(float(row["east"]) for row in rows)[30]
    shape = box(middle, 4_200_000, middle + 90_000, 4_400_000)
    geopandas.GeoDataFrame(geometry=[shape], crs="EPSG:4548").to_file(land)
    off = {row["id"] for row in rows if float(row["east"]) < middle}
    assert len(off) == 30
    for way, count in (("keep", 60), ("leave-out", 30)):
        out = tmp_path / way
        done = run("surface", place, file, *VALUE, "--land", land, "--off-land", way, "--out", out)
        assert done.exit_code == 0, done.output
        found = json.loads((out / "surface.json").read_text("utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(found)
        assert (found["points"], set(found["off_land"])) == (count, off)
        assert [one["role"] for one in found["inputs"]] == ["points", "land"]
        assert "30 points off land" in done.output


def test_a_given_variogram_needs_few_points(place: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "points.csv", rows_of(place)[:5])
    words = (*VALUE, "--variogram", "200,20000,4", "--out", tmp_path / "out")
    assert run("surface", place, file, *words).exit_code == 0
    found = json.loads((tmp_path / "out" / "surface.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert found["variogram"] == {
        "model": "spherical", "fitted": False, "sill": 200, "range_m": 20000, "nugget": 4,
        "lags": [],
    }  # fmt: skip
    way = Preparation(Variogram(Shape.SPHERICAL, 200, 20_000, 4))
    made = gz.open(place).surface(file, "temperature_c", how=way)
    assert made.summary()["variogram"] == found["variogram"]
    for bad in ("200", "a,b", "1,2,3,4"):
        words = (*VALUE, "--variogram", bad, "--out", tmp_path / "no")
        assert run("surface", place, file, *words).exit_code == 2


def test_a_file_that_was_read_is_spared(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    points = write(folder / "points.csv", rows_of(place))
    land = folder / "surface.json"
    geopandas.GeoDataFrame(geometry=[box(114, 38, 117, 40)], crs="EPSG:4490").to_file(
        land, driver="GeoJSON"
    )
    before = land.read_bytes()
    result = run("surface", place, points, *VALUE, "--land", land, "--out", folder)
    assert result.exit_code == 2
    assert "surface.json" in result.output
    assert land.read_bytes() == before


def test_without_the_library_it_says_what_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("geozone.answers.suitability.library.import_module", missing)
    assert "pip install 'geozone[surfaces]'" in refused(place, place / "temperatures.csv")
