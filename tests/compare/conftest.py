"""A made-up project of 4 km by 4 km on its central meridian, and packs that differ in one thing.

There metres on the map are metres on the ground, so hectares can be told by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely import LineString, box
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

CRS = "EPSG:4548"
EAST, NORTH, SIDE = 498_000.0, 4_320_000.0, 4_000.0
WELL = "middeep_reinjection:well_production"
HEAT_PUMP = "shallow_closed_loop:project"
BINDS = 'binds = [{ technologies = ["hydrothermal"], objects = ["well_production"] }]'
GUARDED = (
    "permanent_basic_farmland", "railway", "expressway", "ecological_redline", "scenic_area",
    "drinking_water_zone", "river_lake_management", "geoheritage", "cultural_relic",
    "protected_area", "spring_zone", "forbidden_abstraction_zone", "abstraction_prohibited_scope",
)  # fmt: skip
"""Protected themes of the vocabulary: the made-up packs are silent on those they do not name."""


@dataclass(frozen=True)
class Pack:
    """A made-up pack: its rules as TOML tables without the keys that all share."""

    rules: Sequence[str]
    id: str = "T1"
    speaks: Sequence[str] = ("railway", "permanent_basic_farmland")
    until: str = "2024-12-31"
    since: str = "2020-01-01"

    @property
    def text(self) -> str:
        silent = json.dumps([one for one in GUARDED if one not in self.speaks])
        head = f"""schema = 1
id = "{self.id}"
title = {{ zh = "假文件{self.id}", en = "made up {self.id}" }}
territory = ["13"]
after_end = "history"
[valid]
earliest = {self.since}
certain = {self.since}
certain_until = {self.until}
latest = {self.until}
[[silent]]
technologies = ["hydrothermal"]
objects = ["well_production"]
themes = {silent}
reason = {{ zh = "注", en = "note" }}
"""
        shared = f"""office = {{ zh = "局", en = "office" }}
place = "1"
{BINDS}
"""
        return head + "".join(f"[[rule]]\n{shared}{one}\n" for one in self.rules)


def rule(name: str, effect: str, **keys: str) -> str:
    """A rule as TOML; keys are given as written."""
    lines = {"asks": '"ground"', "says": f'{{ zh = "规定{name}", en = "rule {name}" }}', **keys}
    body = "\n".join(f"{key.rstrip('_')} = {value}" for key, value in lines.items())
    return f'id = "{name}"\neffect = "{effect}"\n{body}'


def railway(name: str, within_m: float, effect: str = "prohibits", **keys: str) -> str:
    """A rule on ground within a distance of the railway."""
    asked = f'[[{{ theme = "railway", class = ["line"], within_m = {within_m} }}]]'
    return rule(name, effect, any=asked, **keys)


def farmland(name: str, effect: str = "prohibits", **keys: str) -> str:
    """A rule on farmland."""
    return rule(name, effect, any='[[{ theme = "permanent_basic_farmland" }]]', **keys)


SHOWN = '[{ fact = "expert_proof", op = "shown" }]'
BOTH = (
    '[[{ theme = "permanent_basic_farmland" }, '
    '{ theme = "railway", class = ["line"], within_m = 200 }]]'
)
PACKS = {
    "old": Pack([railway("T1-1", 200), farmland("T1-2")]),
    "wide": Pack([railway("T1-1", 500), farmland("T1-2")]),
    "mild": Pack(
        [
            railway("T1-1", 200),
            farmland("T1-2", "restricts", unless=SHOWN),
            rule("T1-9", "prohibits", any=BOTH),  # no farmland lies so near to the railway
        ]
    ),
    "freed": Pack(
        [railway("T1-1", 200), farmland("T1-2"), farmland("T1-3", "exempts", names='["T1-2"]')]
    ),
    "reworded": Pack(
        [railway("T1-1", 200, note='{ zh = "新注", en = "new note" }'), farmland("T1-2")]
    ),
    "silent": Pack([railway("T1-1", 200)], speaks=("railway",)),
    "later": Pack([railway("T2-1", 200)], "T2", ("railway", "permanent_basic_farmland"),
                  "2030-12-31", "2025-01-01"),
}  # fmt: skip
RAILWAY = LineString([(2_000, -2_000), (2_000, 6_000)])
FARMLAND = box(200, 200, 800, 800)


@dataclass(frozen=True)
class Land:
    """A project to be written: its name and CRS, and more keys of its layers."""

    name: str = "=小项目"
    crs: str = CRS
    railway_keys: str = ""
    project_keys: str = ""
    activities: Sequence[str] = field(default=(WELL,))


def write(folder: Path, land: Land | None = None) -> Path:
    """The project and all packs as files in a folder; the folder."""
    made = land or Land()
    folder.mkdir(parents=True, exist_ok=True)
    for name, pack in PACKS.items():
        (folder / f"{name}.toml").write_text(pack.text, "utf-8")
    _save(folder / "area.gpkg", box(0, 0, SIDE, SIDE))
    _save(folder / "known.gpkg", box(-1_500, -1_500, SIDE + 1_500, SIDE + 1_500))
    _save(folder / "railway.gpkg", RAILWAY)
    _save(folder / "farmland.gpkg", FARMLAND)
    (folder / "geozone.toml").write_text(
        f"""schema = 1
[project]
name = {json.dumps(made.name, ensure_ascii=False)}
area = "area.gpkg"
adcode = "13"
policies = ["old.toml", "later.toml"]
activities = {json.dumps(list(made.activities))}
resolution_m = 50
crs = "{made.crs}"
{made.project_keys}
[[layer]]
theme = "railway"
path = "railway.gpkg"
class = {{ field = "KIND", map = {{ line = "line" }} }}
coverage = "known.gpkg"
accuracy_m = 0
half_width_m = 0
as_of = 2024-01-01
{made.railway_keys}
[[layer]]
theme = "permanent_basic_farmland"
path = "farmland.gpkg"
coverage = "known.gpkg"
accuracy_m = 0
as_of = 2024-01-01
synthetic = true
""",
        "utf-8",
    )
    return folder


def _save(path: Path, shape: BaseGeometry) -> None:
    placed = translate(shape, EAST, NORTH)
    geopandas.GeoDataFrame({"KIND": ["line"]}, geometry=[placed], crs=CRS).to_file(path)


class Names:
    """Names of this module for the tests."""

    write, Land, Pack = staticmethod(write), Land, Pack
    rule, railway, farmland = staticmethod(rule), staticmethod(railway), staticmethod(farmland)
    crs, east, north, side, well, heat_pump = CRS, EAST, NORTH, SIDE, WELL, HEAT_PUMP
    line, field = RAILWAY, FARMLAND


@pytest.fixture(scope="session")
def made() -> type[Names]:
    """What the made-up ground and packs are drawn with."""
    return Names


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up project."""
    return write(tmp_path_factory.mktemp("compare") / "project")


@pytest.fixture(scope="session")
def told() -> Callable[[Any], dict[tuple[str, ...], float]]:
    """What changes, in hectares, by old verdict, new verdict and what makes the difference."""

    def summed(found: Any) -> dict[tuple[str, ...], float]:
        areas: dict[tuple[str, ...], float] = {}
        for zones in found.changes.values():
            for one in zones:
                change = one.change
                key = (change.a.verdict.code, change.b.verdict.code, *change.by)
                areas[key] = areas.get(key, 0.0) + one.area_m2 / 10_000
        return areas

    return summed
