"""Small ground for the engine's tests: layers and regions without files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.engine.region import Region, survey
from geozone.land.ground import Ground, ThemeGround
from geozone.land.layer import Layer
from geozone.land.receipt import Receipt
from geozone.land.spec import LayerSpec
from geozone.law.condition import Condition

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
