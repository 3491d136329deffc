"""Zones as files: what stands in them, and that they fit together."""

from __future__ import annotations

import errno
import json
from datetime import date
from functools import partial
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from made_bands import evidence_bands

import geozone as gz
from geozone.answers.grids import whole_grid
from geozone.engine.burn import Numbered, burn_runs, fitted_around, numbered
from geozone.engine.fields import asked
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.runs import Runs, distinct_words, packed, places_of
from geozone.law.condition import Condition
from geozone.law.errors import Refused
from geozone.law.evidence import Evidence
from geozone.law.state import State
from geozone.pages import zonefiles, zonelayers
from geozone.pages.evidence import EvidenceBands
from geozone.pages.files import held
from geozone.pages.zonefiles import ZONE_FILES, ZoneOptions, write_zone_files

CRS = "EPSG:4548"
X, Y = 500_000.0, 4_207_000.0
WELL = "middeep_reinjection:well_production"
BLOCK = "middeep_reinjection:block_mining"
NAME = WELL.replace(":", "__")
PROJECT = f"""schema = 1
[project]
name = "zones"
area = "area.gpkg"
adcode = "130924"
on = 2024-06-01
policies = ["HB21"]
crs = "{CRS}"
resolution_m = 10
activities = ["{WELL}", "{BLOCK}"]
[[layer]]
theme = "railway"
path = "railway.gpkg"
class = {{ field = "KIND", map = {{ "正线" = "line" }} }}
half_width_m = 0
coverage = "area"
accuracy_m = 5
as_of = 2024-01-01
"""


def write(path: Path, shapes, **columns):
    columns = columns or {"N": range(len(shapes))}
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_file(path)


@pytest.fixture(scope="module")
def zoning(tmp_path_factory):
    place = tmp_path_factory.mktemp("zones")
    write(place / "area.gpkg", [shapely.box(X, Y, X + 6000, Y + 5000)])
    bent = [(X + 200 * at, Y + 2500 + 900 * (-1) ** at) for at in range(31)]
    write(place / "railway.gpkg", [shapely.LineString(bent)], KIND=["正线"])
    (place / "geozone.toml").write_text(PROJECT, "utf-8")
    return gz.open(place).zone().zoning


@pytest.fixture(scope="module")
def burned(zoning):
    return whole_grid(zoning.site)


def save(folder, zoning, burned, **options):
    write_zone_files(folder, zoning, lambda: evidence_bands(*burned), ZoneOptions(**options))
    return {one.name: one for one in sorted(folder.iterdir())}


def test_all_outputs_fit_together(zoning, burned, tmp_path):
    also = (".fgb", ".parquet")
    found = save(tmp_path / "out", zoning, burned, verdict_grids=True, also=also, jobs=2)
    assert sorted(found) == sorted(ZoneOptions(True, also).names(zoning.judgements))
    table = json.loads(found["evidence.json"].read_text("utf-8"))
    colours = table["colours"]
    with rasterio.open(found["evidence.tif"]) as opened:
        index = opened.read(1)
    for activity in (WELL, BLOCK):
        name = activity.replace(":", "__")
        zones = geopandas.read_file(found["zones.gpkg"], layer=name)
        for other in (geopandas.read_file(found[f"zones_{name}.fgb"]),
                      geopandas.read_parquet(found[f"zones_{name}.parquet"])):  # fmt: skip
            assert sorted(other["area_m2"]) == sorted(zones["area_m2"])
            assert other.geometry.area.sum() == pytest.approx(30e6)
        with rasterio.open(found[f"verdict_{name}.tif"]) as opened:
            verdicts, palette = opened.read(1), opened.colormap(1)
        assert ((verdicts == 255) == (index == table["outside"])).all()
        for number, code in enumerate(reversed(colours)):
            red, green, blue, _ = palette[number]
            assert f"#{red:02x}{green:02x}{blue:02x}" == colours[code]
            told = np.array([one == code for one in table["verdicts"][activity]] + [False])
            here = told[np.minimum(index, len(told) - 1)]
            assert ((verdicts == number) == here).all()
            ground = zones[zones["verdict"] == code].geometry.area.sum()
            assert here.sum() * 100 == pytest.approx(ground, abs=0.005 * 30e6)


def test_polygons_of_large_zones_are_features(zoning, burned, tmp_path, monkeypatch):
    whole = geopandas.read_file(
        save(tmp_path / "a", zoning, burned, split=False)["zones.gpkg"], layer=NAME
    )
    monkeypatch.setattr(zonelayers, "MANY_VERTICES", 3)
    monkeypatch.setattr(zonelayers, "parts", partial(zonelayers.parts, most=7))
    parts = geopandas.read_file(save(tmp_path / "b", zoning, burned)["zones.gpkg"], layer=NAME)
    assert len(parts) == sum(len(one.geoms) for one in whole.geometry) > len(whole)
    assert {len(one.geoms) for one in parts.geometry} == {1}
    keys = ["verdict", "rules", "causes", "needs"]
    one, other = (frame.groupby(keys)["area_m2"].sum() for frame in (whole, parts))
    assert (one - other).abs().max() <= 0.01 * len(parts)
    assert parts.geometry.is_valid.all()


def test_the_same_bytes_each_time(zoning, burned, tmp_path):
    first = save(tmp_path / "a", zoning, burned, verdict_grids=True)
    again = save(tmp_path / "b", zoning, burned, verdict_grids=True, jobs=2)
    assert {name: one.read_bytes() for name, one in first.items()} == {
        name: one.read_bytes() for name, one in again.items()
    }


def test_files_of_an_earlier_run_do_not_stay_beside_others(zoning, burned, tmp_path):
    out = tmp_path / "out"
    save(out, zoning, burned, verdict_grids=True, also=(".fgb",))
    (out / "notes.txt").write_text("mine")
    assert sorted(save(out, zoning, burned)) == sorted([*ZONE_FILES, "notes.txt"])


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("broken", ["gather", "polygons"])
def test_what_fails_on_either_side_leaves_the_earlier_files(
    zoning, burned, tmp_path, monkeypatch, broken, jobs
):
    out = tmp_path / "out"
    before = {name: one.read_bytes() for name, one in save(out, zoning, burned).items()}

    def fail(*_args, **_named):
        raise OSError(errno.ENOSPC, "full")

    gather = fail if broken == "gather" else lambda: evidence_bands(*burned)
    if broken == "polygons":
        monkeypatch.setattr(zonefiles, "write_geopackage", fail)
    with pytest.raises((OSError, Refused)):
        write_zone_files(out, zoning, gather, ZoneOptions(jobs=jobs))
    assert {one.name: one.read_bytes() for one in out.iterdir()} == before


def test_a_folder_that_another_run_holds_is_refused_at_once(zoning, burned, tmp_path):
    out = tmp_path / "out"
    with held(out) as kept:
        with pytest.raises(Refused, match="process"):
            save(out, zoning, burned)
        write_zone_files(kept, zoning, lambda: evidence_bands(*burned))
    assert sorted(one.name for one in out.iterdir()) == sorted(ZONE_FILES)


def evidence_of(rows):
    conditions = tuple(Condition(f"theme_{number:02}") for number in range(8))
    told = [tuple(State(row >> 2 * at & 3) for at in range(7, -1, -1)) for row in range(rows)]
    return Evidence.of(conditions, told)


@pytest.mark.parametrize(("rows", "kind"), [(65_535, "u2"), (65_536, "u4")])
def test_the_outside_is_never_a_row(zoning, rows, kind):
    """The last of 65,536 rows would be what stands for the outside in 16 bits."""
    last = np.arange(rows - 10, rows, dtype=np.uint32)
    asked_of = np.column_stack([last > last[0], last[:, None] >> np.arange(17) & 1]).astype(bool)
    answers = distinct_words(packed(asked_of[1:]))
    numbers = np.empty(9, np.uint32)
    numbers[places_of(packed(asked_of[1:]), answers)] = last[1:]
    told = Numbered(evidence_of(rows), answers, numbers)
    size = Shape2d(2, 5)
    cols, ids = np.tile(np.arange(5, dtype=np.int32), 2), np.arange(10, dtype=np.int32)
    runs = Runs(0, size, np.array([0, 5, 10]), cols, ids, packed(asked_of), 18)
    grid = Grid(zoning.site.project.crs, 0.0, 0.0, 30.0, size)
    bands = EvidenceBands.of_runs(grid, lambda: [runs], told).bands()
    (band,) = bands.parts
    assert band.index.dtype == bands.dtype == np.dtype(kind)
    assert band.index.ravel().tolist() == [bands.nodata, *last[1:]]
    assert bands.nodata == np.iinfo(kind).max


def test_runs_are_written_as_the_whole_grid_is(zoning, burned, tmp_path):
    site, (grid, whole) = zoning.site, burned
    ask = asked(site.regions, site.project.area)
    runs = list(burn_runs(ask.fields, grid, fitted_around(grid, ask.fields), band_rows=37))
    told = numbered([one.condition for one in site.regions], ask, (one.table for one in runs))
    for name, evidence in (
        ("a", evidence_bands(grid, whole)),
        ("b", EvidenceBands.of_runs(grid, lambda: runs, told)),
    ):
        write_zone_files(tmp_path / name, zoning, lambda given=evidence: given)
    for name in ZONE_FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_date_is_in_the_stamps(zoning, burned, tmp_path):
    out = save(tmp_path / "out", zoning, burned)
    assert zoning.site.on == date(2024, 6, 1)
    assert b"2024-06-01T00:00:00.000Z" in out["zones.gpkg"].read_bytes()
