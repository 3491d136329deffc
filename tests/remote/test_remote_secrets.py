"""No fault repeats what an address may carry, wherever the address was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from geozone.land.faults import shown
from geozone.land.project import read_project
from geozone.law.errors import Refused

SHOWN = {
    "railway.gpkg": "railway.gpkg",
    "资料/a=1@b?.gpkg": "资料/a=1@b?.gpkg",
    "C:/data/a.gpkg": "C:/data/a.gpkg",
    "s3://bucket/a=1/b@c.gpkg": "s3://bucket/a=1/b@c.gpkg",
    "postgis://": "postgis://",
    "postgis://GEOZONE_A": "postgis://GEOZONE_A",
    "postgis://u:geheim@h/d": "postgis:…",
    "postgis://h.example/d": "postgis:…",
    "PG:host=h password=geheim": "PG:…",
    "s3://k:geheim@bucket/a.gpkg": "s3:…",
    "s3://bucket/a.gpkg?X-Amz-Signature=geheim": "s3:…",
    "https://u:geheim@h/a.gpkg": "https:…",
    "https://h/a.gpkg?token=geheim": "https:…",
}


@pytest.mark.parametrize("written", SHOWN)
def test_a_path_is_shown_without_what_may_be_secret(written: str) -> None:
    assert shown(written) == SHOWN[written]


@pytest.mark.parametrize("written", [one for one in SHOWN if "geheim" in one])
@pytest.mark.parametrize("key", ["area", "path", "coverage"])
def test_no_fault_of_a_project_tells_a_secret(tmp_path: Path, written: str, key: str) -> None:
    paths = {"area": "a.gpkg", "path": "b.gpkg", "coverage": "c.gpkg", key: written}
    file = tmp_path / "geozone.toml"
    file.write_text(
        f'schema = 1\n[project]\nname = "n"\narea = "{paths["area"]}"\nadcode = "13"\n'
        f'[[layer]]\ntheme = "permanent_basic_farmland"\npath = "{paths["path"]}"\nlayer = "t"\n'
        f'coverage = "{paths["coverage"]}"\naccuracy_m = 0\n',
        "utf-8",
    )
    with pytest.raises(Refused) as caught:
        read_project(file)
    assert len(caught.value.faults) == 3
    assert "geheim" not in str(caught.value)
