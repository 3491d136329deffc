"""A small Hebei project, 4 km by 4 km, whose layers a test may change before it is written."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import numpy as np
import pytest
from click.testing import CliRunner, Result
from pyproj import Transformer
from shapely import LineString, Polygon, box, transform
from shapely.geometry.base import BaseGeometry

from geozone.cli import main

CRS = "EPSG:4548"
EAST, NORTH = 390_000.0, 4_320_000.0
SIDE = 4_000.0
WELL = "middeep_reinjection:well_production"
DEGREES = Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)

CLASSED = {
    "railway": "line",
    "expressway": "line",
    "river_lake_management": "important",
    "protected_area": "core",
    "spring_zone": "key",
    "drinking_water_zone": "primary",
    "overdraft_zone": "severe",
    "landform": "plain",
    "planned_block": "mining",
    "urban_development_boundary": "county_town",
    "settlement": "village",
}
PLACES: dict[str, BaseGeometry] = {
    "permanent_basic_farmland": box(400, 400, 1000, 1000),
    "railway": LineString([(2000, -900), (2000, 4900)]),
    "expressway": LineString([(-900, 1600), (4900, 1600)]),
    "ecological_redline": box(3000, 3000, 3400, 3400),
    "scenic_area": box(200, 3500, 300, 3600),
    "drinking_water_zone": box(400, 3500, 500, 3600),
    "river_lake_management": box(600, 3500, 700, 3600),
    "geoheritage": box(800, 3500, 900, 3600),
    "cultural_relic": box(1000, 3500, 1100, 3600),
    "protected_area": box(1200, 3500, 1300, 3600),
    "spring_zone": box(1400, 3500, 1500, 3600),
    "forbidden_abstraction_zone": box(1600, 3500, 1700, 3600),
    "abstraction_prohibited_scope": box(2600, 3500, 2700, 3600),
    "abstraction_restricted_scope": box(2800, 3600, 2900, 3700),
    "overdraft_zone": box(3600, 3500, 3700, 3600),
    "limited_abstraction_zone": box(3800, 3500, 3900, 3600),
    "landform": box(-1000, -1000, 5000, 5000),
    "planned_block": box(2300, 200, 3300, 1200),
    "urban_development_boundary": box(3500, 200, 3900, 600),
    "settlement": box(3500, 800, 3600, 900),
    "key_exploitation_area": box(2300, 200, 3300, 1200),
}
LINES = ("railway", "expressway")


def at(shape: BaseGeometry) -> BaseGeometry:
    """A shape given in metres from the area's lower left corner, in the working CRS."""
    return transform(shape, lambda points: np.add(points, (EAST, NORTH)))


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place given in metres from the area's lower left corner."""
    return DEGREES.transform(EAST + x, NORTH + y)


def literal(value: object) -> str:
    """A value as TOML: JSON does for texts, numbers, booleans and lists; tables are written."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {literal(v)}" for k, v in value.items()) + " }"
    return value.raw if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Raw:
    """TOML as written, for dates."""

    raw: str


@dataclass
class Sheet:
    """A layer to be written: shapes in metres from the corner, a class each, and its keys."""

    theme: str
    shapes: list[BaseGeometry | None]
    classes: list[str]
    keys: dict[str, object]
    suffix: str = ".gpkg"
    columns: dict[str, list[object]] = field(default_factory=dict)
    crs: str | None = CRS
    written: bool = True

    def write(self, folder: Path) -> None:
        shapes = [None if one is None else at(one) for one in self.shapes]
        columns = {"KIND": self.classes, **self.columns}
        frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=self.crs)
        if self.suffix == ".geojson":
            frame = frame.to_crs("EPSG:4326")
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            frame.to_file(folder / f"{self.theme}{self.suffix}")


@dataclass
class Ground:
    """A project folder in the making."""

    folder: Path
    project: dict[str, object]
    layers: dict[str, Sheet]

    def write(self) -> Path:
        """Write the area, the layers and the project file; the folder is given back."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, edge in (("area", (0, 0, SIDE, SIDE)), ("coverage", (-1e3, -1e3, 5e3, 5e3))):
            frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[at(box(*edge))], crs=CRS)
            frame.to_file(self.folder / f"{name}.gpkg")
        for sheet in self.layers.values():
            if sheet.written:
                sheet.write(self.folder)
        self.write_toml()
        return self.folder

    def write_toml(self) -> None:
        lines = ["schema = 1", "[project]"]
        lines += [f"{key} = {literal(value)}" for key, value in self.project.items()]
        for sheet in self.layers.values():
            keys = {"theme": sheet.theme, "path": f"{sheet.theme}{sheet.suffix}", **sheet.keys}
            lines += ["[[layer]]", *(f"{key} = {literal(value)}" for key, value in keys.items())]
        (self.folder / "geozone.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def wells(self, *rows: dict[str, object], name: str = "wells.csv") -> Path:
        """A CSV of wells; ``at`` is their place in metres from the corner."""
        given = [dict(row) for row in rows]
        for row in given:
            row["lon"], row["lat"] = (f"{one:.9f}" for one in lonlat(*row.pop("at")))
        heads = list(dict.fromkeys(key for row in given for key in row))
        lines = [",".join(heads)]
        lines += [",".join(str(row.get(head, "")) for head in heads) for row in given]
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def blocks(self, rows: dict[str, Polygon], name: str = "blocks.gpkg", **facts: object) -> Path:
        """A file of polygons by id, in metres from the corner, with the same facts each."""
        columns = {key: [value] * len(rows) for key, value in facts.items()}
        frame = geopandas.GeoDataFrame(
            {"id": list(rows), **columns}, geometry=[at(one) for one in rows.values()], crs=CRS
        )
        frame.to_file(self.folder / name)
        return self.folder / name


def sheet(theme: str, shape: BaseGeometry) -> Sheet:
    """The layer of a theme with one feature, surveyed a kilometre beyond the area."""
    keys: dict[str, object] = {"coverage": "coverage.gpkg", "accuracy_m": 0}
    if theme in CLASSED:
        keys["class"] = {"field": "KIND", "map": {CLASSED[theme]: CLASSED[theme]}}
    if theme in LINES:
        keys["half_width_m"] = 10
    return Sheet(theme, [shape], [CLASSED.get(theme, "")], keys)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """The project, not yet written."""
    project = {
        "name": "=小项目",
        "area": "area.gpkg",
        "adcode": "13",
        "on": Raw("2024-06-01"),
        "policies": ["HB21"],
        "activities": [WELL, "middeep_reinjection:block_mining"],
        "resolution_m": 100,
        "crs": CRS,
    }
    layers = {theme: sheet(theme, shape) for theme, shape in PLACES.items()}
    layers["scenic_area"].suffix = ".geojson"
    return Ground(tmp_path / "project", project, layers)


@pytest.fixture
def new_sheet() -> Callable[[str, BaseGeometry], Sheet]:
    """How a layer of one feature is made."""
    return sheet


@pytest.fixture
def raw() -> Callable[[str], Raw]:
    """TOML as written."""
    return Raw


@pytest.fixture
def degrees() -> Callable[[float, float], tuple[float, float]]:
    """Degrees of a place given in metres from the corner."""
    return lonlat


@pytest.fixture
def run() -> Callable[..., Result]:
    """The command line; what it is given is written as text."""

    def call(*arguments: object) -> Result:
        done = CliRunner().invoke(main, [str(one) for one in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return call


@pytest.fixture
def judged(run: Callable[..., Result], tmp_path: Path) -> Callable[..., dict[str, dict]]:
    """Assess a file and give the assessments by id."""

    def call(project: Path, proposals: Path, *options: object) -> dict[str, dict]:
        out = tmp_path / "judged.json"
        done = run("assess", project, proposals, "--out", out, *options)
        assert done.exit_code in (0, 1, 3), done.output
        told = json.loads(out.read_text(encoding="utf-8"))
        return {one["id"]: one for one in told["assessments"]}

    return call
