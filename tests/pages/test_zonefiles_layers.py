"""Layers streamed to files: what every reader gets of them, and the same bytes every time."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_faces import features_of
from pyproj import CRS
from shapely.geometry import MultiPolygon, box

from geozone.engine.keptfile import read_kept
from geozone.pages.geopackage import write_geopackage
from geozone.pages.layer import Layer
from geozone.pages.onelayer import ONE_LAYER, is_whole, write_flatgeobuf
from geozone.pages.rtree import fill_rtree, leaves, node_size, rounded

ZONE = CRS.from_epsg(4547)
OWN = CRS.from_proj4("+proj=tmerc +lon_0=113.3 +k=0.9999 +x_0=400000 +ellps=GRS80 +type=crs")
ON = date(2024, 6, 1)
COLUMNS = {"verdict": str, "area_m2": float}
few = examples(10, each=6)


def shapes_of(count, seed=0):
    random = np.random.default_rng(seed)
    corners = random.uniform(0, 40_000, (count, 2)) + np.array([391_200, 4_322_400])
    sides = random.uniform(0.1, 3_000, (count, 2))
    shapes = shapely.box(*corners.T, *(corners + sides).T)
    shapes[::3] = [MultiPolygon([one, box(0, 0, 1, 1)]) for one in shapes[::3]]
    return shapes


def layer_of(shapes, name="a__b", batch=1000, style="<qgis/>"):
    def features():
        for at in range(0, len(shapes), batch):
            part = shapes[at : at + batch]
            words = [f"允许 {number}" for number in range(at, at + len(part))]
            yield features_of(part, {"verdict": words, "area_m2": shapely.area(part).tolist()})

    return Layer(name, COLUMNS, features(), style)


def made(path, *layers, crs=ZONE):
    write_geopackage(path, layers, crs=crs, on=ON)
    return path


def asked(path, sql):
    with closing(sqlite3.connect(path)) as base:
        return base.execute(sql).fetchall()


@pytest.mark.parametrize("crs", [ZONE, OWN], ids=["epsg", "own"])
def test_a_geopackage_holds_what_was_given(tmp_path, crs):
    one, two = shapes_of(700), shapes_of(3, seed=1)
    path = made(tmp_path / "z.gpkg", layer_of(one), layer_of(two, "c__d"), crs=crs)
    for shapes, name in ((one, "a__b"), (two, "c__d")):
        read = geopandas.read_file(path, layer=name)
        assert read.crs.equals(crs, ignore_axis_order=True) or crs is OWN
        assert (read.geometry.geom_type == "MultiPolygon").all()
        assert shapely.equals(read.geometry.array, shapes).all()
        assert read["verdict"].tolist() == [f"允许 {number}" for number in range(len(shapes))]
        assert read["area_m2"].tolist() == shapely.area(shapes).tolist()
        info = pyogrio.read_info(path, layer=name)
        assert info["features"] == len(shapes)
        assert info["total_bounds"] == tuple(shapely.total_bounds(shapes))
        assert info["capabilities"]["fast_spatial_filter"]
    assert asked(path, "pragma integrity_check") == [("ok",)]
    assert asked(path, "select rtreecheck('rtree_a__b_geom')") == [("ok",)]
    styles = asked(path, "select f_table_name, styleQML from layer_styles")
    assert styles == [("a__b", "<qgis/>"), ("c__d", "<qgis/>")]
    stamps = asked(path, "select distinct last_change from gpkg_contents")
    assert stamps == [("2024-06-01T00:00:00.000Z",)]


def test_a_geopackage_is_still_edited_by_gdal(tmp_path):
    """The triggers that keep the index are back: a feature more is found."""
    path = made(tmp_path / "z.gpkg", layer_of(shapes_of(200)))
    far = geopandas.GeoDataFrame({"verdict": ["x"]}, geometry=[box(9, 9, 10, 10)], crs=ZONE)
    far.to_file(path, layer="a__b", driver="GPKG", mode="a", promote_to_multi=True)
    read = pyogrio.read_dataframe(path, layer="a__b", bbox=(8, 8, 9, 9))
    assert read["verdict"].tolist() == ["x"]
    assert pyogrio.read_info(path, layer="a__b")["features"] == 201
    assert asked(path, "select rtreecheck('rtree_a__b_geom')") == [("ok",)]


def test_features_that_are_drawn_ahead_are_the_same(tmp_path):
    shapes = shapes_of(700)
    at_once = made(tmp_path / "at_once.gpkg", layer_of(shapes, batch=100))
    for begun in (False, True):
        layer = layer_of(shapes, batch=100).ahead(begun=begun)
        ahead = made(tmp_path / f"ahead_{begun}.gpkg", layer)
        assert ahead.read_bytes() == at_once.read_bytes()


@pytest.mark.parametrize("begun", [False, True])
def test_what_goes_wrong_ahead_is_told_to_who_writes(begun):
    def features():
        yield features_of(shapes_of(3), {})
        raise ArithmeticError("edges cross")

    coming = iter(Layer("a__b", {}, features()).ahead(begun=begun).features)
    assert len(next(coming)) == 3
    with pytest.raises(ArithmeticError, match="edges cross"):
        next(coming)


def test_layers_without_features(tmp_path):
    path = made(tmp_path / "z.gpkg", layer_of(shapes_of(0)), layer_of(shapes_of(2), "c__d"))
    assert pyogrio.read_info(path, layer="a__b")["features"] == 0
    assert len(geopandas.read_file(path, layer="a__b")) == 0
    assert asked(path, "select rtreecheck('rtree_a__b_geom')") == [("ok",)]


def test_batches_and_time_leave_no_trace(tmp_path, monkeypatch):
    shapes = shapes_of(900)
    wanted = made(tmp_path / "0.gpkg", layer_of(shapes), layer_of(shapes, "c__d")).read_bytes()
    for number, batch in enumerate((1, 7, 899), start=1):
        layers = layer_of(shapes, batch=batch), layer_of(shapes, "c__d", batch=3)
        assert made(tmp_path / f"{number}.gpkg", *layers).read_bytes() == wanted


@pytest.mark.parametrize("count", [0, 1, 50, 51, 52, 51 * 51, 51 * 51 + 1, 9000])
def test_an_index_of_every_height_is_sound_and_finds_all(count):
    random = np.random.default_rng(count)
    low = random.uniform(-1e6, 1e6, (count, 2)) * random.choice([1.0, 1e-3], (count, 1))
    bounds = np.hstack([low, low + random.uniform(0, 5_000, (count, 2))])
    bounds[::7] = bounds[:1]  # equal ones
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE VIRTUAL TABLE r USING rtree(id, minx, maxx, miny, maxy)")
        held = leaves(rounded(bounds), node_size(base, "r"))
        base.executemany("INSERT INTO r_rowid VALUES (?, ?)", enumerate(held.tolist(), start=1))
        fill_rtree(base, "r", rounded(bounds), held)
        assert base.execute("SELECT rtreecheck('r')").fetchall() == [("ok",)]
        ask = "SELECT id FROM r WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
        for west, south, east, north in ((-1e5, -1e5, 1e5, 1e5), (0, 0, 9, 9), *bounds[:3]):
            found = {one for (one,) in base.execute(ask, (east, west, north, south))}
            meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
            meets &= (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
            assert found >= set((np.flatnonzero(meets) + 1).tolist())
            assert len(found) <= meets.sum() + 20


@few
@given(st.lists(st.floats(-1e7, 1e7), min_size=4, max_size=4))
def test_boxes_hold_their_bounds(sides):
    west, east = sorted(sides[:2])
    south, north = sorted(sides[2:])
    box32 = rounded(np.array([[west, south, east, north]]))[0].astype(float)
    assert box32[0] <= west <= east <= box32[1]
    assert box32[2] <= south <= north <= box32[3]
    assert np.abs(box32 - [west, east, south, north]).max() <= 1.0


@pytest.mark.parametrize("ending", ONE_LAYER)
def test_other_formats_hold_the_same(tmp_path, ending):
    shapes, path = shapes_of(700), tmp_path / f"a__b{ending}"
    ONE_LAYER[ending](path, layer_of(shapes, batch=100), crs=ZONE)
    read = geopandas.read_parquet(path) if ending == ".parquet" else geopandas.read_file(path)
    read = read.sort_values("verdict", key=lambda words: words.str[3:].astype(int))
    assert read.crs.equals(ZONE, ignore_axis_order=True)
    assert shapely.equals(read.geometry.array, shapes).all()
    assert read["area_m2"].tolist() == shapely.area(shapes).tolist()
    again = tmp_path / f"again{ending}"
    ONE_LAYER[ending](again, layer_of(shapes, batch=100), crs=ZONE)
    assert again.read_bytes() == path.read_bytes()
    window = (391_200, 4_322_400, 395_000, 4_325_000)
    near = shapely.intersects(shapes, box(*window)).sum()
    if ending == ".parquet":
        assert near <= len(geopandas.read_parquet(path, bbox=window)) < 700
    else:
        assert len(geopandas.read_file(path, bbox=window)) == near


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 300])
def test_a_flatgeobuf_that_is_cut_short_is_told_from_a_whole_one(tmp_path, count):
    path = tmp_path / "a.fgb"
    write_flatgeobuf(path, layer_of(shapes_of(count)), crs=ZONE)
    assert is_whole(path, count)
    content = path.read_bytes()
    for lost in (1, 3, 9, 60):
        path.write_bytes(content[:-lost])
        assert not is_whole(path, count) or not count


def test_columns_are_as_the_layer_says(tmp_path):
    batch = features_of(shapes_of(2), {"verdict": ["a", "b"]})
    with pytest.raises(ValueError, match="columns"):
        made(tmp_path / "z.gpkg", Layer("a__b", COLUMNS, [batch]))


LITTLE_ROOM = """
import resource, sys
from pathlib import Path
import numpy as np
import test_zonefiles_layers as own
from geozone.engine.grid import Grid, Shape2d
from geozone.law.errors import Refused
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands
from geozone.pages.files import staged
shapes = own.shapes_of(3000)
cells = np.random.default_rng(0).integers(0, 60000, (600, 700), np.uint16)
grid = Grid(own.ZONE, 0.0, 0.0, 30.0, Shape2d(600, 700))
def write(drafts, ending):
    if ending == ".gpkg":
        own.made(drafts / "z.gpkg", own.layer_of(shapes))
    elif ending == ".tif":
        write_cog(drafts / "z.tif", Bands(grid, 65535, cells.dtype, [Band(0, cells)]), jobs=2)
    else:
        own.ONE_LAYER[ending](drafts / f"z{ending}", own.layer_of(shapes), crs=own.ZONE)
for room in (resource.RLIM_INFINITY, 20_000, 200_000):  # first all is loaded and goes well
    for ending in (".gpkg", ".tif", *own.ONE_LAYER):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        try:
            with staged(Path(f"out{room}")) as drafts:
                write(drafts, ending)
        except Refused as refused:
            print(ending, refused)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="the system has no such limit")
def test_files_that_may_not_grow_are_refused(tmp_path):
    # nothing but the outputs may be cut short: no bytecode; kernels are loaded before
    here = Path(__file__).parent
    env = {
        "PYTHONPATH": os.pathsep.join(map(str, (here, here.parent))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-B", "-c", LITTLE_ROOM],
        cwd=tmp_path, env=env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    told = [line.split()[0] for line in done.stdout.splitlines() if "--out" in line]
    assert told == [".gpkg", ".tif", *ONE_LAYER] * 2, done.stdout + done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["out-1"]
    assert sorted(one.suffix for one in (tmp_path / "out-1").iterdir()) == sorted(
        [".gpkg", ".tif", *ONE_LAYER]
    )


def test_empty_tables_are_kept_and_the_same(tmp_path):
    shapes, kept = shapes_of(50), tmp_path / "kept"
    wanted = made(tmp_path / "z.gpkg", layer_of(shapes)).read_bytes()

    def again():
        path = tmp_path / "again.gpkg"
        path.unlink(missing_ok=True)
        layer = layer_of(shapes)
        write_geopackage(path, [layer], crs=ZONE, on=ON, kept=kept)
        return path.read_bytes()

    assert again() == wanted
    (place,) = kept.iterdir()
    before = place.read_bytes()
    assert again() == wanted
    assert place.read_bytes() == before
    place.write_bytes(before[:-1] + b"x")  # damaged: made again
    assert again() == wanted
    assert read_kept(place) is not None
    other = layer_of(shapes, name="c__d")
    write_geopackage(tmp_path / "other.gpkg", [other], crs=ZONE, on=ON, kept=kept)
    assert len(list(kept.iterdir())) == 2
    assert geopandas.read_file(tmp_path / "other.gpkg", layer="c__d").geometry.size == 50


def test_tables_that_cannot_be_kept_are_made(tmp_path):
    (tmp_path / "kept").write_bytes(b"a file where the folder would be")
    path = tmp_path / "z.gpkg"
    write_geopackage(path, [layer_of(shapes_of(5))], crs=ZONE, on=ON, kept=tmp_path / "kept")
    assert geopandas.read_file(path, layer="a__b").geometry.size == 5
