"""Small ground for the engine's tests: layers and regions without files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.region import Region, survey
from geozone.land.layers.ground import Ground, ThemeGround
from geozone.land.layers.layer import Layer
from geozone.land.receipt import Receipt
from geozone.land.spec import LayerSpec
from geozone.law.condition import Condition

sys.path.insert(0, str(Path(__file__).parent))
"""For ``plain``, the engine of plain libraries: slow, and what the fast one is compared with."""

GAUSS = CRS.from_epsg(4547)
"""CGCS2000 3-degree zone of 114° E: x = 500 km on the central meridian."""

EAST, NORTH = 500_000.0, 4_200_000.0


def layer(
    theme: str,
    shapes: Sequence[BaseGeometry],
    *,
    name: str = "",
    coverage: BaseGeometry | None = None,
    accuracy_m: float = 0.0,
    half_width_m: float = 0.0,
    classes: Sequence[str | None] | None = None,
    attributes: dict[str, tuple[str | None, ...]] | None = None,
    complete_for: frozenset[str] | None = None,
    waived: bool = False,
) -> Layer:
    known = tuple(classes) if classes is not None else (None,) * len(shapes)
    kept = np.empty(len(shapes), object)
    kept[:] = list(shapes)
    title = name or theme
    return Layer(
        theme=theme,
        name=title,
        shapes=kept,
        classes=known,
        attributes=attributes or {},
        ids=tuple(f"{title}#{number}" for number in range(1, len(shapes) + 1)),
        coverage=coverage if coverage is not None else box(-50_000, -50_000, 50_000, 50_000),
        complete_for=complete_for,
        accuracy_m=accuracy_m,
        half_width_m=half_width_m,
        raster=None,
        receipt=Receipt("0" * 64, (), waived=("unknown-class",) if waived else ()),
        spec=LayerSpec(1, theme, ("made.gpkg",), accuracy_m),
    )


def ground(*layers: Layer, crs: CRS = GAUSS, area: BaseGeometry | None = None) -> Ground:
    themes: dict[str, tuple[Layer, ...]] = {}
    for one in layers:
        themes[one.theme] = (*themes.get(one.theme, ()), one)
    by_theme = {name: ThemeGround(name, found, None) for name, found in themes.items()}
    return Ground(crs, area or box(-20_000, -20_000, 20_000, 20_000), date(2024, 6, 1), by_theme)


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box in metres from the middle of the made ground."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def at(*points: tuple[float, float]) -> np.ndarray[Any, Any]:
    """Coordinates in metres from the middle of the made ground, shape (n, 2)."""
    return np.add(np.array(points, float), (EAST, NORTH))


def line(*points: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString(at(*points))


def polygon(*points: tuple[float, float], holes: Sequence[Any] = ()) -> BaseGeometry:
    return shapely.Polygon(at(*points), [at(*hole) for hole in holes])


def regions_of(*layers: Layer, asks: Sequence[Condition], crs: CRS = GAUSS) -> tuple[Region, ...]:
    return survey(ground(*layers, crs=crs), asks)


@pytest.fixture(scope="session")
def land() -> Any:
    """The makers: ``layer``, ``ground``, ``box``, ``at``, ``line``, ``polygon``, ``regions``."""
    makers: dict[str, Callable[..., Any]] = {
        "layer": layer,
        "ground": ground,
        "box": box,
        "at": at,
        "line": line,
        "polygon": polygon,
        "regions": regions_of,
    }
    return SimpleNamespace(**makers, east=EAST, north=NORTH, crs=GAUSS)


ASKS = (
    Condition("permanent_basic_farmland"),
    Condition("geothermal_field"),
    Condition("railway", within_m=200.0),
    Condition("railway", ("tunnel",), within_m=50.0),
    Condition("settlement", within_m=50.0),
    Condition("cultural_relic", within_m=30.0),
    Condition("landform", ("plain",)),
    Condition("drinking_water_zone", ("primary",)),
    Condition("scenic_area"),
)
"""What is asked of the drawn ground."""

AREA = box(-1000, -1000, 1000, 1000).difference(box(400, 400, 520.123456, 633.3))


def drawn(seed: int) -> tuple[Layer, ...]:
    """Layers drawn by chance over 2 km: touching, overlapping, holed, rough, partly seen."""
    draw = np.random.default_rng(seed)
    squares = [_square(draw, step=100.0) for _ in range(12)]
    stars = [one for one in (_star(draw) for _ in range(8)) if one.is_valid]
    rails = [_walk(draw) for _ in range(3)]
    zones = [_square(draw, step=0.1) for _ in range(6)]
    halves = [box(-3000, -3000, draw.integers(-500, 500), 3000)]
    kinds = ["line", "tunnel", None]
    seen = box(-800, -3000, 3000, 900)
    return (
        layer("permanent_basic_farmland", squares, accuracy_m=float(draw.choice([0, 5]))),
        layer("geothermal_field", stars, accuracy_m=float(draw.choice([0, 20]))),
        layer("railway", rails, classes=kinds, accuracy_m=5.0, half_width_m=10.0),
        layer("settlement", stars[:3], name="exact", coverage=seen),
        layer("settlement", zones[:3], name="rough", accuracy_m=60.0),
        layer("cultural_relic", [*zones, zones[0]], accuracy_m=float(draw.choice([0, 2]))),
        layer("landform", halves, classes=["plain"], accuracy_m=100.0),
        layer("drinking_water_zone", zones, classes=["primary", None, "quasi"] * 2),
    )


def _square(draw: np.random.Generator, step: float) -> BaseGeometry:
    west, south = np.round(draw.uniform(-1100, 900, 2) / step) * step
    wide, high = np.round(draw.uniform(1, 4, 2)) * 100
    shape = box(west, south, west + wide, south + high)
    if draw.random() < 0.3:  # a hole that touches its shell at a corner
        return shape.difference(polygon((0, 0), (50, 20), (20, 50)).buffer(0).union(shape.boundary))
    return shape


def _star(draw: np.random.Generator) -> BaseGeometry:
    turn = np.sort(draw.uniform(0, 2 * np.pi, 20))
    far = draw.uniform(60, 250, 20)
    middle = draw.uniform(-1000, 1000, 2)
    rim = np.column_stack([np.cos(turn) * far, np.sin(turn) * far]) + middle
    hole = [tuple(middle + one) for one in ((-10, -10), (10, -10), (0, 15))]
    shape = polygon(*(tuple(one) for one in rim))
    holed = polygon(*(tuple(one) for one in rim), holes=[hole])
    return holed if holed.is_valid else shape


def _walk(draw: np.random.Generator) -> BaseGeometry:
    turn = draw.uniform(0, 2 * np.pi) + np.cumsum(draw.normal(0, 0.4, 60))
    steps = np.cumsum(np.column_stack([np.cos(turn), np.sin(turn)]) * 40, axis=0)
    return line(*(tuple(one) for one in steps - steps[30] + draw.uniform(-800, 800, 2)))


@pytest.fixture(scope="session")
def chance() -> Any:
    """``layers(seed)``, what is asked of them, and the study area."""
    return SimpleNamespace(layers=drawn, asks=ASKS, area=AREA)
