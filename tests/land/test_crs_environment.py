"""Settings of another PROJ or GDAL: cleared before anything is loaded, and told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import geozone
from geozone.land.environment import cleared, said

HOME = Path(geozone.__file__).parents[1]
FOREIGN = {
    "PROJ_LIB": "{bogus}",
    "PROJ_DATA": "{bogus}",
    "PROJ_NETWORK": "ON",
    "GDAL_DATA": "{bogus}",
    "GDAL_DRIVER_PATH": "{bogus}",
    "GDAL_CONFIG_FILE": "{bogus}/gdalrc",
    "OGR_SQLITE_LOAD_EXTENSIONS": "x",
    "OSR_DEFAULT_AXIS_MAPPING_STRATEGY": "AUTHORITY_COMPLIANT",
    "CPL_DEBUG": "ON",
    "SHAPE_ENCODING": "LATIN1",
    "GTIFF_POINT_GEO_IGNORE": "TRUE",
}
READ = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from geozone.land.project import read_project
import rasterio, fiona, pyogrio, pyproj
from rasterio.warp import transform
project = read_project(sys.argv[2])
x, y = transform("EPSG:4490", "EPSG:4547", [114.22], [38.0])
print(json.dumps({
    "warnings": project.warnings, "shapes": len(project.layers[0].shapes), "x": x[0],
    "network": pyproj.network.is_network_enabled(), "left": sorted(os.environ),
}))
"""


def test_only_settings_of_the_libraries_are_taken_out():
    environ = {"PATH": "/bin", "proj_lib": "x", "GDAL_DATA": "y", "AWS_REGION": "z", "PROJECT": "p"}
    assert cleared(environ) == ("GDAL_DATA", "proj_lib")
    assert environ == {"PATH": "/bin", "AWS_REGION": "z", "PROJECT": "p"}
    assert cleared(environ) == ()


def test_what_is_said():
    assert said(()) == []
    (text,) = said(("GDAL_DATA", "PROJ_LIB"))
    assert "GDAL_DATA, PROJ_LIB" in text


def run(case, **settings):
    bogus = case.folder / "qgis" / "share" / "proj"
    bogus.mkdir(parents=True)
    (bogus / "proj.db").write_bytes(b"SQLite format 3\x00 of another version")
    (bogus / "gdalrc").write_text("[configoptions]\nSHAPE_ENCODING=LATIN1\n")
    environ = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    environ |= {key: value.format(bogus=bogus) for key, value in settings.items()}
    command = [sys.executable, "-c", READ, str(HOME), str(case.write())]
    done = subprocess.run(
        command, capture_output=True, env=environ, cwd=case.folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("settings", [{}, FOREIGN], ids=["none", "foreign"])
def test_another_installation_does_not_matter(case, make, settings):
    case.add("pbf.shp", [make["square"]()], coverage="area")
    told = run(case, **settings)
    assert told["shapes"] == 1
    assert told["x"] == pytest.approx(519_323.153, abs=0.01)
    assert told["network"] is False
    assert [name for name in settings if name in told["left"]] == []
    heard = [one for one in told["warnings"] if "another installation" in one]
    assert len(heard) == bool(settings)
    assert all(name in one for one in heard for name in settings)
