"""Whatever a layer rests on, if it has changed the layer is read anew."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely

from geozone.land import versions
from geozone.land.layers import coverage
from geozone.land.project import STORE, read_project
from geozone.land.spec import LayerSpec
from geozone.land.store import key, keys, opening
from geozone.law.errors import Refused


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of layers that are read from their files, as they are read."""
    found: list[str] = []
    read = opening.read_layer

    def told(spec: Any, name: str, *rest: Any, **more: Any) -> Any:
        found.append(name)
        return read(spec, name, *rest, **more)

    monkeypatch.setattr(opening, "read_layer", told)
    return found


@pytest.fixture
def ground(case, make) -> Any:
    """A project with a shapefile of classes, its own coverage, and a second layer."""
    square = make["square"]
    made = make["frame"]([square(), square(3000, 0)], LEVEL=["a", "b"], ADCODE=["13", "1301"])
    written = {"field": "LEVEL", "map": {"a": "primary", "b": "quasi"}}
    case.add(
        "zone.shp",
        made,
        theme="drinking_water_zone",
        coverage="cover.geojson",
        **{"class": written},
    )
    cover = make["frame"]([shapely.box(505_000, 4_190_000, 525_000, 4_220_000)])
    cover.to_crs(4326).to_file(case.folder / "cover.geojson")
    case.add("pbf.gpkg", [square()])
    return case


def opened(ground: Any, reads: list[str]) -> list[str]:
    """What is read from its files when the project is opened."""
    reads.clear()
    with suppress(Refused):
        read_project(ground.write())
    return list(reads)


def test_nothing_is_read_twice(ground, reads):
    assert opened(ground, reads) == ["zone", "pbf"]
    assert opened(ground, reads) == []


SPEC = LayerSpec(1, "railway", ("a.gpkg",), 5.0)
OTHER: dict[str, Any] = {
    "theme": "expressway",
    "paths": ("a.gpkg", "b.gpkg"),
    "accuracy_m": 5.5,
    "layer": "a",
    "crs": "EPSG:4547",
    "datum_shift": "a.toml",
    "encoding": "GB18030",
    "class_field": "LEVEL",
    "class_map": {"a": None},
    "class_values": {0.0: "none"},
    "fields": {"adcode": "A"},
    "coverage": "area",
    "empty_ok": True,
    "complete_for": frozenset({"line"}),
    "as_of": date(2024, 1, 1),
    "valid": (date(2024, 1, 1), date(2025, 1, 1)),
    "max_age_days": 9,
    "half_width_m": 0.0,
    "band": 1,
    "sha256": "0" * 64,
    "features": 0,
    "waive": {"missing": "x"},
    "synthetic": True,
    "source": "",
    "licence": "x",
}
"""Another value for whatever a spec says; its place in the file is no matter, a shift is apart."""


def keyed(spec: LayerSpec, name: str = "x", content: Any = (), **more: Any) -> str:
    return key.layer_key(spec, name, content, **{"ground": None, "coverage": None, **more})


def test_every_value_of_a_spec_is_in_the_key():
    assert {one.name for one in fields(LayerSpec)} == {*OTHER, "number", "shift"}
    every = [keyed(replace(SPEC, **{name: value})) for name, value in OTHER.items()]
    assert len({keyed(SPEC), *every}) == len(OTHER) + 1
    assert keyed(replace(SPEC, number=2)) == keyed(SPEC)


def test_order_where_it_may_matter_is_in_the_key():
    pairs = {
        "class_values": {1.0: "a", 2.0: "b"},
        "paths": ("a", "b"),
        "fields": {"a": "b", "c": "d"},
    }
    for name, value in pairs.items():
        turned = dict(reversed(value.items())) if isinstance(value, dict) else value[::-1]
        assert keyed(replace(SPEC, **{name: value})) != keyed(replace(SPEC, **{name: turned}))
    words = [frozenset(["line", "metro", "a"]), frozenset(["a", "metro", "line"])]
    assert len({keyed(replace(SPEC, complete_for=one)) for one in words}) == 1


def test_all_else_is_in_the_key():
    one, two = ("a", "0"), ("b", "1")
    every = [
        keyed(SPEC),
        keyed(SPEC, "y"),
        keyed(SPEC, content=[[one]]),
        keyed(SPEC, content=[[one, two]]),
        keyed(SPEC, content=[[one], [two]]),
        keyed(SPEC, content=[[two], [one]]),
        keyed(SPEC, content=[[("a", "1"), ("b", "0")]]),
        keyed(SPEC, ground=["x"]),
        keyed(SPEC, coverage=["x"]),
    ]
    assert len(set(every)) == len(every)


def test_a_shift_is_never_in_a_key():
    with pytest.raises(TypeError):
        keyed(replace(SPEC, shift=object()))


@pytest.mark.parametrize(
    "changes",
    [{"accuracy_m": 0.5}, {"coverage": "area"}, {"complete_for": ["primary"]}, {"source": "x"}],
    ids=lambda one: next(iter(one)),
)
def test_another_key_of_a_layer_is_read_anew(ground, reads, changes):
    opened(ground, reads)
    ground.layers[0].update(changes)
    assert opened(ground, reads) == ["zone"]
    assert opened(ground, reads) == []


def test_another_theme_is_read_anew(ground, reads):
    opened(ground, reads)
    ground.layers[1]["theme"] = "scenic_area"
    assert opened(ground, reads) == ["pbf"]


def test_another_number_or_order_is_not(ground, reads):
    opened(ground, reads)
    ground.layers.reverse()
    assert opened(ground, reads) == []
    places = [one.spec.place for one in read_project(ground.folder).layers]
    assert places == ["layer 1 (permanent_basic_farmland)", "layer 2 (drinking_water_zone)"]


@contextmanager
def turned(path: Path, at: int) -> Iterator[None]:
    """One bit of a file turned, for a while; its times stay as they were."""
    content, told = path.read_bytes(), path.stat()
    at %= len(content)
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    yield
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


@pytest.mark.parametrize("name", ["zone.shp", "zone.shx", "zone.dbf", "zone.prj", "zone.cpg"])
def test_a_turned_bit_of_any_file_is_seen_whatever_its_times_say(ground, reads, name):
    opened(ground, reads)
    for at in (0, 60):
        with turned(ground.folder / name, at):
            assert opened(ground, reads) == ["zone"]
        assert opened(ground, reads) == []


@pytest.mark.parametrize("name", ["zone.shp.xml", "zone.qix", "ZONE.sbn", "zone.shp-wal", "zone.x"])
def test_a_file_beside_is_seen(ground, reads, name):
    opened(ground, reads)
    (ground.folder / name).write_bytes(b"x")
    assert opened(ground, reads) == ["zone"]
    (ground.folder / name).unlink()
    assert opened(ground, reads) == []


@pytest.mark.parametrize("name", ["zones.shx", "zone.kml", "zone.gpkg", "zone2.dbf", "x.prj"])
def test_another_data_set_beside_is_no_matter(ground, reads, name):
    opened(ground, reads)
    (ground.folder / name).write_bytes(b"x")
    assert opened(ground, reads) == []


def test_a_missing_file_is_seen(ground, reads):
    opened(ground, reads)
    (ground.folder / "pbf.gpkg").rename(ground.folder / "away")
    with pytest.raises(Refused, match="missing"):
        read_project(ground.folder)


def test_a_coverage_is_seen(ground, reads, make):
    opened(ground, reads)
    path = ground.folder / "cover.geojson"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert opened(ground, reads) == ["zone"]
    make["frame"]([shapely.box(505_000, 4_190_000, 525_001, 4_220_000)]).to_crs(4326).to_file(path)
    assert opened(ground, reads) == ["zone"]
    assert opened(ground, reads) == []


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of areas and coverages that are read, as they are read."""
    found: list[str] = []
    read = coverage.read_features

    def told(path: Path, *rest: Any) -> Any:
        found.append(path.name)
        return read(path, *rest)

    monkeypatch.setattr(coverage, "read_features", told)
    return found


def test_areas_and_coverages_are_kept(ground, bounds):
    first = read_project(ground.write())
    assert bounds == ["area.gpkg", "cover.geojson"]
    again, fresh = read_project(ground.folder), read_project(ground.folder, store=None)
    assert bounds == ["area.gpkg", "cover.geojson"] * 2
    for one in (first, again):
        assert one.crs == fresh.crs
        assert one.crs.srs == fresh.crs.srs
        assert shapely.to_wkb(one.area) == shapely.to_wkb(fresh.area)
        assert one.inputs == fresh.inputs
        wanted = [shapely.to_wkb(layer.coverage) for layer in fresh.layers]
        assert [shapely.to_wkb(layer.coverage) for layer in one.layers] == wanted


def _area(ground: Any, make: Any) -> None:
    made = make["frame"]([shapely.box(510_000, 4_197_000, 530_000, 4_217_001)])
    made.to_file(ground.folder / "area.gpkg")


def _cover(ground: Any, make: Any) -> None:
    path = ground.folder / "cover.geojson"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def _crs(ground: Any, make: Any) -> None:
    ground.project["crs"] = "EPSG:4548"


def _beside(ground: Any, make: Any) -> None:
    (ground.folder / "area.gpkg-x").write_bytes(b"x")


def _nothing(ground: Any, make: Any) -> None:
    pass


BOTH = ["area.gpkg", "cover.geojson"]


@pytest.mark.parametrize(
    ("change", "read"),
    [(_nothing, []), (_area, BOTH), (_cover, BOTH[1:]), (_crs, BOTH), (_beside, BOTH[:1])],
)
def test_what_bounds_a_project_is_read_anew_where_it_has_changed(
    ground, bounds, make, change, read
):
    read_project(ground.write())
    bounds.clear()
    change(ground, make)
    found = read_project(ground.write())
    assert bounds == read
    fresh = read_project(ground.folder, store=None)
    assert shapely.to_wkb(found.area) == shapely.to_wkb(fresh.area)
    assert found.inputs == fresh.inputs
    assert found.crs == fresh.crs


def test_an_area_with_a_fault_is_never_kept(ground, make):
    x, y = 520_000, 4_207_000
    torn = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    make["frame"]([torn]).to_file(ground.folder / "area.gpkg")
    for _ in range(2):
        with pytest.raises(Refused, match="Self-intersection"):
            read_project(ground.write())
    assert not list((ground.folder / STORE).glob("*.bounds"))


def test_an_area_that_changes_while_it_is_read_is_not_kept(ground, monkeypatch):
    read = coverage.read_features

    def meanwhile(path: Path, *rest: Any) -> Any:
        found = read(path, *rest)
        (path.parent / f"{path.name}-x").write_bytes(b"x")
        return found

    monkeypatch.setattr(coverage, "read_features", meanwhile)
    read_project(ground.write())
    assert not list((ground.folder / STORE).glob("*.bounds"))


def test_the_area_is_seen(ground, reads, make):
    opened(ground, reads)
    area = shapely.box(510_000, 4_197_000, 530_000, 4_217_001)
    make["frame"]([area]).to_file(ground.folder / "area.gpkg")
    assert opened(ground, reads) == ["zone", "pbf"]
    made = make["frame"]([area], NAME=["x"])
    made.to_file(ground.folder / "area.gpkg")
    assert opened(ground, reads) == ["zone", "pbf"]


def test_the_working_crs_is_seen(ground, reads):
    opened(ground, reads)
    ground.project["crs"] = "EPSG:4548"
    assert opened(ground, reads) == ["zone", "pbf"]
    assert opened(ground, reads) == []


def test_what_no_layer_rests_on_is_no_matter(ground, reads):
    opened(ground, reads)
    ground.project.update({"name": "other", "resolution_m": 5.0, "parameters": {"x": 1}})
    assert opened(ground, reads) == []


VERSIONS = json.loads(json.dumps(key.program()))


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_another_version_of_anything_is_seen(ground, reads, monkeypatch, name):
    opened(ground, reads)
    monkeypatch.setattr(key, "program", lambda: {**VERSIONS, name: "0"})
    assert opened(ground, reads) == ["zone", "pbf"]


def test_another_format_is_seen(ground, reads, monkeypatch):
    opened(ground, reads)
    monkeypatch.setattr(key, "FORMAT", key.FORMAT + 1)
    assert opened(ground, reads) == ["zone", "pbf"]


def test_the_program_counts_with_every_text_and_every_library():
    told = key.program()
    wanted = {
        "geozone",
        "text",
        "python",
        "machine",
        "shapely",
        "geos",
        "proj",
        "numpy",
    }
    assert wanted <= set(told)
    assert told["proj"] == pyproj.proj_version_str
    assert told["numpy"] == np.__version__
    assert told["pyogrio"] == pyogrio.__version__
    assert key.raster_program()["rasterio"][0] == rasterio.__version__
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in told["text"])
    assert len(set(told["text"])) == len(key.PROGRAM)


def test_a_library_is_told_by_what_came_with_its_package(tmp_path, monkeypatch):
    home = tmp_path / "some"
    home.mkdir()
    (home / "__init__.py").write_text("__gdal_version__ = (3, 9)", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    asked = versions.bundled.__wrapped__
    assert asked("some", "gdal") == ["(3, 9)"]
    for folder in (tmp_path / "some.libs", home / ".dylibs"):
        folder.mkdir()
        before = asked("some", "gdal")
        (folder / "libgdal-0a.so.36").touch()
        (folder / "libother.so").touch()
        assert asked("some", "gdal") != before
    assert asked("some", "gdal") == ["libgdal-0a.so.36"] * 2


def test_installed_versions_are_those_of_the_packages():
    for name in (*key.LIBRARIES, "rasterio"):
        assert versions.installed(name) == metadata.version(name)
    with pytest.raises(metadata.PackageNotFoundError):
        versions.installed("no-such-package")


def test_a_file_that_changes_while_it_is_read_is_not_kept(ground, reads, monkeypatch):
    path = ground.folder / "pbf.gpkg"
    read = opening.read_layer

    def meanwhile(spec: Any, name: str, *rest: Any, **more: Any) -> Any:
        layer = read(spec, name, *rest, **more)
        if name == "pbf":
            path.write_bytes(path.read_bytes() + b"\0")
        return layer

    monkeypatch.setattr(opening, "read_layer", meanwhile)
    read_project(ground.write())
    assert len(list((ground.folder / STORE).glob("*.layer"))) == 1


def test_a_file_that_cannot_be_hashed_is_read_as_ever(ground, reads, monkeypatch):
    def broken(path: Path, _: Any) -> None:
        raise OSError(path.name)

    monkeypatch.setattr(keys, "bytes_of", broken)
    assert opened(ground, reads) == ["zone", "pbf"]
    assert not list((ground.folder / STORE).glob("*"))


def test_an_archive_is_not_unpacked_again(case, make, reads):
    made = make["frame"]([make["square"]()])
    made.to_file(case.folder / "x.gpkg")
    with zipfile.ZipFile(case.folder / "x.zip", "w") as packed:
        packed.write(case.folder / "x.gpkg", "data/x.gpkg")
        packed.writestr("readme.txt", "x")
    case.add("x.zip", None)
    assert opened(case, reads) == ["x"]
    notes = read_project(case.folder).layers[0].receipt.remarks
    assert opened(case, reads) == []
    assert "readme.txt" in str(notes)
    with zipfile.ZipFile(case.folder / "x.zip", "a") as packed:
        packed.writestr("more.txt", "x")
    assert opened(case, reads) == ["x"]


def test_a_lock_in_a_geodatabase_is_seen(case, make, reads):
    made = make["frame"]([make["square"]()])
    made.to_file(case.folder / "x.gdb", driver="OpenFileGDB", layer="x")
    case.add("x.gdb", None, layer="x")
    opened(case, reads)
    assert opened(case, reads) == []
    (case.folder / "x.gdb" / "x.PC.1.2.ed.lock").write_bytes(b"")
    assert opened(case, reads) == ["x:x"] or reads == ["x"]
