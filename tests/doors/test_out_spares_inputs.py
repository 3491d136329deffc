"""An output never takes the place of what it was made from."""

from __future__ import annotations

import os

import pytest

WELL = "middeep_reinjection:well_production"
RESTS = "a file that the result rests on"
WELLS = f"id,lon,lat,activity\nW1,115.7310,39.0110,{WELL}\n"
PARCEL = 'id,wkt\nP1,"POLYGON ((391200 4322400, 391300 4322400, 391300 4322500, 391200 4322400))"\n'


@pytest.fixture
def project(ground):
    ground.layers["geoheritage"].suffix = ".shp"
    folder = ground.write()
    (folder / "wells.csv").write_text(WELLS, "utf-8")
    (folder / "parcel.csv").write_text(PARCEL, "utf-8")
    return folder


def contents(folder):
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


OVER = {
    "layer": ("assess", "wells.csv", "permanent_basic_farmland.gpkg"),
    "area": ("assess", "wells.csv", "area.gpkg"),
    "coverage": ("assess", "wells.csv", "coverage.gpkg"),
    "proposals": ("assess", "wells.csv", "wells.csv"),
    "boundary": ("boundary", "parcel.txt", "parcel.txt"),
}


@pytest.mark.parametrize("name", OVER)
def test_no_command_writes_over_what_it_reads(project, run, name):
    command, read, out = OVER[name]
    if command == "boundary":
        (project / read).write_text(SURVEY, "utf-8")
        asked = (command, project / read, "--out", project / out)
    else:
        asked = (command, project, project / read, "--out", project / out)
    before = contents(project)
    done = run(*asked)
    assert done.exit_code == 2
    assert RESTS in done.output
    assert contents(project) == before


SURVEY = """[属性描述]
坐标系=2000国家大地坐标系
几度分带=3
带号=38
[地块坐标]
4,1.0000,A,x,面,,,,@
J1,1,4207500.000,38519300.000
J2,1,4207500.000,38519400.000
J3,1,4207400.000,38519400.000
J4,1,4207400.000,38519300.000
J1,1,4207500.000,38519300.000
"""


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_links_to_what_is_read_are_told(project, run, tmp_path, link):
    out = tmp_path / "out.gpkg"
    link(project / "permanent_basic_farmland.gpkg", out)
    before = contents(project)
    done = run("assess", project, project / "wells.csv", "--out", out)
    assert done.exit_code == 2
    assert RESTS in done.output
    assert contents(project) == before


def test_a_notice_spares_its_parcel(project, run):
    notice = project / "parcel.json"
    square = "[[[115.7310,39.0110],[115.7320,39.0110],[115.7320,39.0120],[115.7310,39.0110]]]"
    notice.write_text(
        '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":'
        f"{square}}}}}",
        "utf-8",
    )
    before = contents(project)
    done = run("notice", project, notice, "--out", notice)
    assert done.exit_code == 2
    assert RESTS in done.output
    assert contents(project) == before


def test_a_map_spares_its_proposals(project, run):
    page = project / "wells.html"
    os.link(project / "wells.csv", page)
    done = run("map", project, "--proposals", project / "wells.csv", "--out", page)
    assert done.exit_code == 2
    assert RESTS in done.output
    assert page.read_text("utf-8") == WELLS


def test_zones_spare_a_layer_of_their_name(ground, run):
    ground.layers["geoheritage"].keys["path"] = "zones.gpkg"
    folder = ground.write()
    os.rename(folder / "geoheritage.gpkg", folder / "zones.gpkg")
    before = contents(folder)
    done = run("zone", folder, "--out", folder)
    assert done.exit_code == 2, done.output
    assert RESTS in done.output
    assert contents(folder) == before
    assert run("zone", folder, "--out", folder / "out", "--quiet").exit_code == 0
