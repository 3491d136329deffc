"""A small project of Hebei, 3 km by 3 km: every kind of layer, written as real files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry.base import BaseGeometry

CRS = "EPSG:4547"
WEST, SOUTH, SIDE = 520_000.0, 4_207_000.0, 3_000.0
AREA = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
ROUND = AREA.buffer(1_000)
ACTIVITIES = (
    "middeep_reinjection:well_production",
    "middeep_reinjection:block_mining",
    "shallow_closed_loop:project",
)

Frame = Any  # a GeoDataFrame, untyped


def at(east: float, north: float) -> shapely.Point:
    """A place in metres from the south-western corner of the area."""
    return shapely.Point(WEST + east, SOUTH + north)


def box(east: float, north: float, wide: float, high: float) -> shapely.Polygon:
    """A box by its south-western corner, metres from that of the area."""
    x, y = WEST + east, SOUTH + north
    return shapely.box(x, y, x + wide, y + high)


def line(*places: tuple[float, float]) -> shapely.LineString:
    """A line through places in metres from the south-western corner."""
    return shapely.LineString([(WEST + east, SOUTH + north) for east, north in places])


@dataclass(frozen=True)
class Theme:
    """One layer: what is drawn of a theme, how exactly, and where it is known."""

    name: str
    shapes: Sequence[BaseGeometry] = ()
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    accuracy_m: float = 0.0
    coverage: BaseGeometry = ROUND
    keys: str = ""


LEVELS = 'class = {{ field = "KIND", map = {{ {} }} }}'
LINES = LEVELS.format('line = "line", planned = "planned"')
SOURCES = 'fields = { source = "SOURCE", centralised = "CENTRAL" }'


def themes() -> tuple[Theme, ...]:
    """Layers with accuracy, holes in coverage, lines with half a width, classes and overlaps."""
    turned = shapely.affinity.rotate(box(500, 300, 700, 500), 17)
    relics = [at(2_310.3, 2_420.7).buffer(160), at(377.7, 1_203.9).buffer(90)]
    waters = [box(1_707, 1_211, 400, 433), box(2_511, 911, 300, 300)]
    return (
        Theme(
            "railway",
            [line((-500, 310), (1_490, 2_115), (3_500, 2_303)), line((2_600, -300), (2_777, 650))],
            {"KIND": ["line", "planned"]},
            5.0,
            keys=f"{LINES}\nhalf_width_m = 10",
        ),
        Theme(
            "expressway",
            [line((2_700, -400), (2_410, 3_400))],
            {"KIND": ["line"]},
            3.0,
            ROUND.difference(box(300, 2_500, 333, 311)),
            f"{LINES}\nhalf_width_m = 0",
        ),
        Theme("permanent_basic_farmland", [turned, box(1_103, 407, 407, 303)]),
        Theme("ecological_redline", [box(1_311, 2_507, 711, 900)], accuracy_m=10.0),
        Theme("scenic_area", [box(-300, 1_707, 533, 600)]),
        Theme("geoheritage", [], coverage=ROUND.difference(box(1_900, 200, 257, 263))),
        Theme("cultural_relic", relics, accuracy_m=5.0),
        Theme(
            "protected_area",
            [box(2_007, -200, 391, 388), box(2_007, 188, 391, 111)],
            {"KIND": ["core", "general"]},
            keys=LEVELS.format('core = "core", general = "general"'),
        ),
        Theme(
            "river_lake_management",
            [line((0, 1_500), (900, 1_750)).buffer(35), box(911, 1_313, 205, 198)],
            {"KIND": ["important", "other"]},
            keys=LEVELS.format('important = "important", other = "other"'),
        ),
        Theme(
            "drinking_water_zone",
            waters,
            {"KIND": ["primary", "quasi"], "SOURCE": ["groundwater"] * 2, "CENTRAL": ["yes"] * 2},
            keys=LEVELS.format('primary = "primary", quasi = "quasi"') + f"\n{SOURCES}",
        ),
        Theme(
            "overdraft_zone",
            [box(1_011, 203, 1_300, 1_500)],
            {"KIND": ["general"]},
            5.0,
            keys=LEVELS.format('general = "general", severe = "severe"'),
        ),
        *(Theme(one) for one in ("limited_abstraction_zone", "forbidden_abstraction_zone")),
        *(Theme(one) for one in ("abstraction_prohibited_scope", "abstraction_restricted_scope")),
        Theme(
            "spring_zone",
            [box(2_211, 1_811, 300, 222)],
            {"KIND": ["key"]},
            keys=LEVELS.format('key = "key", general = "general"'),
        ),
        Theme("suitable_zone", [AREA], {"KIND": ["shallow"]}, keys=LEVELS.format(
            'shallow = "shallow", middeep = "middeep"')),
        Theme("key_exploitation_area", [box(700, 700, 1_707, 1_703)]),
        Theme(
            "urban_development_boundary",
            [box(1_203, 1_111, 1_000, 1_000)],
            {"KIND": ["county_town"]},
            keys=LEVELS.format('county_town = "county_town"'),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A project to be written: its name, office and layers."""

    name: str = "小项目 / small project"
    office: str = "某县自然资源局"
    themes: tuple[Theme, ...] = field(default_factory=themes)
    resolution_m: float = 50.0


def write(folder: Path, drawn: Drawn | None = None) -> Path:
    """The project as files in a folder; the folder."""
    made = drawn or Drawn()
    folder.mkdir(parents=True, exist_ok=True)
    _frame([AREA]).to_file(folder / "area.geojson")
    _landform(folder / "landform.tif")
    tables = [_table(folder, one) for one in made.themes]
    head = f"""schema = 1
[project]
name = {json.dumps(made.name, ensure_ascii=False)}
area = "area.geojson"
adcode = "13"
on = 2024-06-01
policies = ["HB21"]
activities = {json.dumps(ACTIVITIES)}
resolution_m = {made.resolution_m}
crs = "{CRS}"
office = {{ name = {json.dumps(made.office, ensure_ascii=False)}, contact = "000" }}
[[layer]]
theme = "landform"
path = "landform.tif"
band = 1
class = {{ values = {{ 1 = "plain", 2 = "mountain" }} }}
accuracy_m = 30
as_of = 2024-01-01
"""
    (folder / "geozone.toml").write_text("\n".join([head, *tables]), "utf-8")
    return folder


def _table(folder: Path, one: Theme) -> str:
    path, known = f"{one.name}.gpkg", f"{one.name}-known.geojson"
    columns: Mapping[str, Sequence[Any]] = one.columns or {"NAME": [""] * len(one.shapes)}
    frame = _frame(one.shapes, **columns)
    frame.to_file(folder / path, layer=one.name)
    _frame([one.coverage]).to_file(folder / known)
    return f"""[[layer]]
theme = "{one.name}"
path = "{path}"
coverage = "{known}"
empty_ok = true
accuracy_m = {one.accuracy_m}
as_of = 2024-01-01
{one.keys}
"""


def _frame(shapes: Sequence[BaseGeometry], **columns: Sequence[Any]) -> Frame:
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)


def _landform(path: Path) -> None:
    """Plain but for a mountain in the south-west, with a hole of no data and a rim around."""
    cells = np.full((56, 56), 1, np.uint8)
    cells[42:, :16] = 2
    cells[20:23, 44:47] = 0
    transform = rasterio.Affine(100, 0, WEST - 1_312, 0, -100, SOUTH + SIDE + 1_288)
    with rasterio.open(
        path, "w", driver="GTiff", height=56, width=56, count=1, dtype="uint8", nodata=0,
        crs=CRS, transform=transform,
    ) as file:  # fmt: skip
        file.write(cells, 1)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small project as it is drawn above."""
    return write(tmp_path_factory.mktemp("ground") / "small")


@pytest.fixture(scope="session")
def drawing() -> Any:  # this module's own names, for tests that draw other ground
    """Names of this module: places, themes, ``Drawn`` and ``write``."""
    return _Names()


class _Names:
    at, box, line = staticmethod(at), staticmethod(box), staticmethod(line)
    themes, write = staticmethod(themes), staticmethod(write)
    Drawn, Theme, area, crs, activities = Drawn, Theme, AREA, CRS, ACTIVITIES


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Any]]:
    """Opens an HTML file offline in Chromium; the visit has to end without a complaint."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on the machine")
    heard: list[str] = []
    asked: list[str] = []
    with sync_api.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_context(offline=True).new_page()
        view.on("request", lambda one: asked.append(one.url))
        view.on("console", lambda one: heard.append(one.text))
        view.on("pageerror", lambda one: heard.append(str(one)))
        view.on("dialog", lambda one: (heard.append(one.message), one.dismiss()))

        def opened(path: Path) -> Any:  # a playwright page
            view.goto(path.as_uri())
            return view

        yield opened
        browser.close()
    assert heard == []
    assert [one for one in asked if not one.startswith("file:")] == []
