"""A small project made on the spot, for tests to spoil one thing at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

CRS = "EPSG:4547"
CENTRE = (520_000.0, 4_207_000.0)
AREA = shapely.box(510_000, 4_197_000, 530_000, 4_217_000)


def square(east_m: float = 0.0, north_m: float = 0.0, half_m: float = 500.0) -> shapely.Polygon:
    """A square around a place relative to the middle of the area."""
    x, y = CENTRE[0] + east_m, CENTRE[1] + north_m
    return shapely.box(x - half_m, y - half_m, x + half_m, y + half_m)


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(str(k))} = {toml(v)}" for k, v in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def frame(shapes: Sequence[Any], crs: str | None = CRS, **columns: Sequence[Any]) -> Any:
    """Shapes with columns, ready to be written."""
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


@dataclass
class Case:
    """A project in a folder: its tables, written when asked."""

    folder: Path
    project: dict[str, Any] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, shapes: Any, **layer: Any) -> Path:
        """Writes a vector file (unless ``shapes`` is ``None``) and its layer table."""
        path = self.folder / name
        if shapes is not None:
            made = shapes if hasattr(shapes, "to_file") else frame(shapes)
            made.to_file(path)
        table = {"theme": "permanent_basic_farmland", "path": name, "accuracy_m": 0}
        self.layers.append({**table, **layer})
        return path

    def write(self, text: str | None = None) -> Path:
        """Writes the project file; its path."""
        lines = ["schema = 1", "[project]"]
        lines += [f"{key} = {toml(value)}" for key, value in self.project.items()]
        for layer in self.layers:
            lines += ["[[layer]]", *(f"{key} = {toml(value)}" for key, value in layer.items())]
        path = self.folder / "geozone.toml"
        path.write_text("\n".join(lines) if text is None else text, "utf-8")
        return path


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A project with a study area of 20 km by 20 km and no layers."""
    frame([AREA]).to_file(tmp_path / "area.gpkg")
    return Case(tmp_path, {"name": "test", "area": "area.gpkg", "adcode": "13"})


@pytest.fixture
def make() -> Mapping[str, Callable[..., Any]]:
    """The makers of this file, for tests that cannot import it."""
    return {"square": square, "frame": frame, "toml": toml}
