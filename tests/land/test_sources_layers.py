"""Layers, areas and coverages that stand in archives are read as if they were unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from geozone.land.project import read_project
from geozone.law.errors import Refused


def packed(folder: Path, archive: str, stem: str, inner: str = "") -> None:
    """Moves every file of a stem into an archive."""
    with zipfile.ZipFile(folder / archive, "w", zipfile.ZIP_DEFLATED) as made:
        for one in sorted(folder.glob(f"{stem}*")):
            files = sorted(one.iterdir()) if one.is_dir() else [one]
            for file in files:
                made.write(file, inner + file.relative_to(folder).as_posix())


@pytest.mark.parametrize(
    ("name", "archive"),
    [
        ("农田.gpkg", "a.zip"),
        ("农田.shp", "a.shp.zip"),
        ("农田.shp", "a.ZIP"),
        ("农田.geojson", "a.zip"),
        ("农田.fgb", "a.zip"),
    ],
)
def test_a_layer_in_an_archive_is_the_layer(case, make, name, archive):
    shapes = make["frame"]([make["square"]()], 名称=["东"])
    case.add(name, shapes)
    plain = read_project(case.write()).layers[0]
    packed(case.folder, archive, "农田", "内/")
    case.layers[0]["path"] = archive
    layer = read_project(case.write()).layers[0]
    assert [one.wkb for one in layer.shapes] == [one.wkb for one in plain.shapes]
    assert layer.receipt.driver == plain.receipt.driver
    assert [one.name for one in layer.receipt.files] == [archive]


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>东</name><Polygon>
<outerBoundaryIs><LinearRing><coordinates>
114.22,38.0 114.23,38.0 114.23,38.01 114.22,38.01 114.22,38.0
</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"""


def test_a_kmz_is_the_kml_in_it(case):
    with zipfile.ZipFile(case.folder / "a.kmz", "w") as made:
        made.writestr("doc.kml", KML)
        made.writestr("files/icon.png", b"")
    case.add("a.kmz", None)
    (layer,) = read_project(case.write()).layers
    assert len(layer.shapes) == 1


def test_what_an_archive_holds_besides_is_told(case, make):
    case.add("农田.gpkg", make["frame"]([make["square"]()]))
    with zipfile.ZipFile(case.folder / "a.zip", "w") as made:
        made.write(case.folder / "农田.gpkg", "农田.gpkg")
        made.writestr("说明.pdf", b"")
    case.layers[0]["path"] = "a.zip"
    project = read_project(case.write())
    assert any("说明.pdf" in one for one in project.layers[0].receipt.remarks)
    assert any("说明.pdf" in one for one in project.warnings)


@pytest.mark.parametrize("written", [".", "..", "./"])
def test_a_folder_is_no_layer(case, make, written):
    case.add("pbf.gpkg", [make["square"]()])
    case.add(written, None)
    with pytest.raises(Refused, match="layer 2"):
        read_project(case.write())


def test_a_geodatabase_may_be_packed(case, make):
    case.add("a.gdb", None, path="b.gdb.zip")
    make["frame"]([make["square"]()]).to_file(case.folder / "a.gdb", driver="OpenFileGDB")
    packed(case.folder, "b.gdb.zip", "a.gdb")
    (layer,) = read_project(case.write()).layers
    assert len(layer.shapes) == 1


def test_area_and_coverage_may_be_archives(case, make):
    case.add("a.gpkg", make["frame"]([make["square"]()]), coverage="cover.zip")
    make["frame"]([make["square"](half_m=2_000.0)]).to_file(case.folder / "cover.geojson")
    packed(case.folder, "cover.zip", "cover.geojson")
    packed(case.folder, "area.zip", "area.gpkg")
    case.project["area"] = "area.zip"
    project = read_project(case.write())
    assert project.area.area == pytest.approx(400e6)
    assert project.layers[0].coverage.area == pytest.approx(16e6)


@pytest.mark.parametrize(
    ("waive", "says"), [([], "damaged"), ([{"problem": "unreadable", "why": "lost"}], None)]
)
def test_a_damaged_archive_is_unreadable_which_may_be_waived(case, make, waive, says):
    case.add("a.gpkg", make["frame"]([make["square"]()]), waive=waive)
    packed(case.folder, "b.zip", "a.gpkg")
    (case.folder / "b.zip").write_bytes((case.folder / "b.zip").read_bytes()[:-40])
    case.layers[0]["path"] = "b.zip"
    if says:
        with pytest.raises(Refused, match=says):
            read_project(case.write())
    else:
        assert read_project(case.write()).layers[0].waived


def test_an_archive_of_two_layers_is_refused_even_if_one_is_named(case, make):
    for name in ("a1.gpkg", "a2.gpkg"):
        case.add(name, make["frame"]([make["square"]()]))
    packed(case.folder, "b.zip", "a")
    case.layers[:] = [{**case.layers[0], "path": "b.zip", "layer": "a1"}]
    with pytest.raises(Refused, match=r"a1\.gpkg、a2\.gpkg"):
        read_project(case.write())


@pytest.mark.parametrize(
    "written", ["https://user:secret@example.org/a.gpkg", "PG:password=secret", "a.rar", "a.vrt"]
)
def test_paths_that_are_not_read_cannot_be_waived(case, written):
    waive = [{"problem": name, "why": "no"} for name in ("missing", "unreadable")]
    case.add(written, None, waive=waive)
    with pytest.raises(Refused, match="not read"):
        read_project(case.write())
