"""Study areas and coverages from files: read like layers, and nothing of them is lost."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
import shapely

from geozone.land.faults import Faults
from geozone.land.layers.coverage import united
from geozone.land.project import read_project
from geozone.law.errors import Refused

BOW = shapely.Polygon(
    [(519_000, 4_206_000), (521_000, 4_208_000), (521_000, 4_206_000), (519_000, 4_208_000)]
)
SPIKED = shapely.Polygon(
    [(512_000, 4_199_000), (528_000, 4_199_000), (528_000, 4_207_000), (540_000, 4_207_000),
     (528_000, 4_207_000), (528_000, 4_215_000), (512_000, 4_215_000)]
)  # fmt: skip


@pytest.fixture
def refused(case, make):
    """The faults of a project whose coverage, or study area, is written from shapes."""

    def call(role, shapes):
        make["frame"](shapes).to_file(case.folder / "given.gpkg")
        if role == "area":
            case.project["area"] = "given.gpkg"
        else:
            case.add("pbf.gpkg", [make["square"]()], coverage="given.gpkg")
        with pytest.raises(Refused) as told:
            read_project(case.write())
        return [str(one) for one in told.value.faults]

    return call


FAULTS = {
    "null": ([shapely.box(515_000, 4_2e5, 516_000, 4_3e5), None], "null-geometry"),
    "empty": ([SPIKED, shapely.Polygon()], "empty-geometry"),
    "bow-tie": ([SPIKED, BOW], "given#2: 自相交"),
    "line": ([shapely.LineString([(519_000, 4_206_000), (521_000, 4_208_000)])], "polygons only"),
    "closed line": ([BOW.exterior.union(BOW.exterior)], "given#1"),
    "collection": (
        [shapely.GeometryCollection([shapely.box(515_000, 4_205_000, 516_000, 4_206_000)])],
        "几何集合",
    ),
    "nothing": ([], "polygons"),
}


@pytest.mark.parametrize("role", ["area", "coverage"])
@pytest.mark.parametrize("name", FAULTS)
def test_refused(refused, role, name):
    shapes, part = FAULTS[name]
    if name == "nothing":
        shapes = np.array([], object)
    told = refused(role, shapes)
    assert any(part in one and "given.gpkg" in one for one in told), told


def test_repairs_of_area_and_coverage_stand_in_their_receipts(case, make):
    make["frame"]([SPIKED]).to_file(case.folder / "cover.gpkg")
    make["frame"]([SPIKED]).to_crs(4490).to_file(case.folder / "area2.gpkg")
    case.project["area"] = "area2.gpkg"
    case.add("pbf.gpkg", [make["square"]()], coverage="cover.gpkg")
    read = read_project(case.write())
    area, coverage = read.inputs
    assert (area.role, coverage.role) == ("area", "coverage")
    assert "EPSG:4490 -> EPSG:4547" in area.receipt.operation
    assert coverage.receipt.operation == "none"
    (repair,) = coverage.receipt.mended
    assert repair.what == "zero-width spikes"
    assert repair.area_after_m2 == pytest.approx(256e6)
    assert any("cover.gpkg" in one and "zero-width spikes" in one for one in read.warnings)


@pytest.mark.parametrize("role", ["area", "coverage"])
def test_a_stored_count_that_lies_is_refused(case, make, role):
    shapes = [shapely.box(515_000 + i, 4_205_000, 516_000 + i, 4_206_000) for i in (0, 5000)]
    path = case.folder / "given.gpkg"
    make["frame"](shapes).to_file(path)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 1")
    base.close()
    if role == "area":
        case.project["area"] = "given.gpkg"
    else:
        case.add("pbf.gpkg", [make["square"]()], coverage="given.gpkg")
    with pytest.raises(Refused) as told:
        read_project(case.write())
    assert any("count-mismatch" in str(one) for one in told.value.faults)


def test_a_bad_coverage_of_many_layers_is_told_once(case, make):
    make["frame"]([BOW]).to_file(case.folder / "torn.gpkg")
    for number in range(4):
        case.add(f"pbf{number}.gpkg", [make["square"]()], coverage="torn.gpkg")
    with pytest.raises(Refused) as told:
        read_project(case.write())
    (fault,) = told.value.faults
    assert "layer 1" in str(fault)


def test_a_polygon_lost_in_a_union_is_noticed(monkeypatch):
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)], object)
    faults = Faults("x.gpkg")
    assert united(shapes, faults).area == 2
    assert not faults.found
    monkeypatch.setattr(shapely, "union_all", lambda given: given[0])
    assert united(shapes, faults) is None
    assert len(faults.found) == 1
