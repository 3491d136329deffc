"""The ground of every case: one prohibited place, one clean place, one layer under test.

A case spoils one thing. The layer under test holds the prohibited place ``P`` (basic farmland,
on which no exploration well may be placed) and a second place far off, so that losing the one
does not leave an empty layer. All other themes that the documents ask for are surveyed and empty.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import pyproj
import shapely

CRS = "EPSG:4547"
AREA = shapely.box(510_000, 4_197_000, 530_000, 4_217_000)
P, Q = shapely.Point(520_000, 4_207_000), shapely.Point(525_000, 4_212_000)
"""The prohibited and the clean place, in metres of EPSG:4547 (central meridian 114)."""
WELL = "middeep_reinjection:well_exploration"
WELLS = "wells.csv"
"""The sound proposals: a well at each place."""
BLOCK = "middeep_reinjection:block_exploration"

_TO_DEGREES = pyproj.Transformer.from_crs(CRS, "EPSG:4490", always_xy=True)


def square(x: float, y: float, half: float = 500.0) -> shapely.Polygon:
    return shapely.box(x - half, y - half, x + half, y + half)


FIELD = square(P.x, P.y)
FAR = square(513_000, 4_200_000)
RAIL = shapely.LineString([(520_150, 4_198_000), (520_150, 4_216_000)])
"""A railway 150 m east of ``P``."""


def degrees(shape: Any) -> Any:
    """A shape in metres of EPSG:4547 as CGCS2000 degrees, longitude first."""
    return shapely.transform(shape, lambda at: _moved(_TO_DEGREES, at))


def moved(shape: Any, crs: str) -> Any:
    """A shape in metres of EPSG:4547 in another CRS, x east, y north."""
    way = pyproj.Transformer.from_crs(CRS, crs, always_xy=True)
    return shapely.transform(shape, lambda at: _moved(way, at))


def shifted(shape: Any, dx: float, dy: float = 0.0) -> Any:
    return shapely.transform(shape, lambda at: at + np.array([dx, dy]))


def swapped(shape: Any) -> Any:
    return shapely.transform(shape, lambda at: at[:, ::-1])


def _moved(way: pyproj.Transformer, at: Any) -> Any:
    return np.column_stack(way.transform(at[:, 0], at[:, 1]))


PLACES = {"in": degrees(P), "out": degrees(Q)}

OTHERS = {
    "permanent_basic_farmland": None,
    "railway": "line",
    "expressway": "line",
    "ecological_redline": None,
    "scenic_area": None,
    "drinking_water_zone": "primary",
    "river_lake_management": "important",
    "geoheritage": None,
    "cultural_relic": None,
    "protected_area": "core",
    "spring_zone": "key",
    "forbidden_abstraction_zone": None,
    "abstraction_prohibited_scope": None,
}
"""Themes that the documents ask for or protect, with a class of those that have classes."""


def toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(str(k))} = {toml(v)}" for k, v in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("NaN", "nan").replace("Infinity", "inf")


@dataclass
class Ground:
    """The folder of a case while it is made: the project table, layers under test, proposals."""

    folder: Path
    project: dict[str, Any] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    proposals: str = WELLS
    options: list[str] = field(default_factory=list)
    edit: Callable[[str], str] = str
    without: frozenset[str] = frozenset()
    """Themes that are not listed at all."""

    def layer(self, path: str | None, theme: str = "permanent_basic_farmland", **keys: Any) -> None:
        """Lists a layer under test; a key given as ``None`` is left out."""
        table = {"theme": theme, "path": path, "coverage": "area", "accuracy_m": 0, **keys}
        self.layers.append({k: v for k, v in table.items() if v is not None})

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def vector(
        self, name: str, shapes: Sequence[Any], crs: str | None = CRS, **columns: Sequence[Any]
    ) -> Path:
        """Writes shapes by the driver that the ending names."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame(shapes, crs, **columns).to_file(path)
        return path

    def subject(self, name: str, shapes: Sequence[Any] = (FAR, FIELD), **keys: Any) -> Path:
        """Writes shapes of EPSG:4547 and lists them as the layer under test."""
        self.layer(name, **keys)
        return self.vector(name, shapes)

    def rail(self, name: str = "rail.gpkg", value: Any = "正线", **keys: Any) -> Path:
        """A railway as the layer under test, with its class in the field LEVEL."""
        self.layer(name, "railway", **{**RAIL_KEYS, **keys})
        return self.vector(name, [RAIL, shifted(RAIL, -8000)], LEVEL=[value, "正线"])

    def propose(self, name: str, content: str | bytes, *options: str) -> None:
        """Writes the proposals file; the layer under test is sound."""
        self.file(name, content)
        self.proposals, self.options = name, [*self.options, *options]

    def finish(self, *, alone: bool) -> None:
        """Writes the project file: only the layers under test, or with all other themes."""
        lines = ["schema = 1", "[project]"]
        lines += [f"{key} = {toml(value)}" for key, value in self.project.items()]
        for layer in self.layers:
            lines += ["[[layer]]", *(f"{key} = {toml(one)}" for key, one in layer.items())]
        if not alone:
            lines += self._others()
        self.file("geozone.toml", self.edit("\n".join(lines) + "\n"))

    def _others(self) -> list[str]:
        lines: list[str] = []
        listed = {str(layer.get("theme")) for layer in self.layers} | self.without
        for theme, name in OTHERS.items():
            if theme not in listed:
                lines += ["[[layer]]", f'theme = "{theme}"', 'path = "none.gpkg"']
                lines += ['coverage = "area"', "accuracy_m = 0", "empty_ok = true"]
                lines += [f'class = {{ field = "class", map = {{ x = "{name}" }} }}'] * bool(name)
        return lines


RAIL_KEYS: dict[str, Any] = {
    "half_width_m": 0,
    "class": {"field": "LEVEL", "map": {"正线": "line", "地铁": "metro"}},
}


def frame(shapes: Sequence[Any], crs: str | None = CRS, **columns: Sequence[Any]) -> Any:
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def bed(folder: Path) -> None:
    """Writes what every case shares: the area, an empty surveyed layer, two wells."""
    folder.mkdir(parents=True, exist_ok=True)
    frame([AREA]).to_file(folder / "area.gpkg")
    frame([AREA], **{"class": ["x"]}).iloc[:0].to_file(folder / "none.gpkg")
    (folder / WELLS).write_text(wells(), "utf-8")


def ground(folder: Path, shared: Path) -> Ground:
    """A fresh folder with the shared files in it."""
    folder.mkdir(parents=True)
    for name in ("area.gpkg", "none.gpkg", WELLS):
        shutil.copy(shared / name, folder / name)
    project = {"name": "case", "area": "area.gpkg", "adcode": "13", "on": date(2024, 6, 1)}
    return Ground(folder, {**project, "policies": ["HB21"]})


def wells(
    head: str = "id,lon,lat,activity,stage", row: str = "{id},{lon:.9f},{lat:.9f},{well},new"
) -> str:
    """A CSV table of the two places; ``row`` is filled with id, lon, lat, x, y and well."""
    lines = [head]
    for name, metres in (("in", P), ("out", Q)):
        at = PLACES[name]
        lines.append(row.format(id=name, lon=at.x, lat=at.y, x=metres.x, y=metres.y, well=WELL))
    return "\n".join(lines) + "\n"


def features(
    *geometries: Any, properties: Sequence[dict[str, Any]] | None = None, **members: Any
) -> str:
    """A GeoJSON feature collection; a geometry is a shape, or taken as written."""
    said = properties or [{} for _ in geometries]
    rows = [
        {"type": "Feature", "properties": facts, "geometry": member(one)}
        for one, facts in zip(geometries, said, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", **members, "features": rows})


def member(shape: Any) -> Any:
    is_shape = isinstance(shape, shapely.geometry.base.BaseGeometry)
    return json.loads(shapely.to_geojson(shape)) if is_shape else shape


def write_layers(path: Path, layers: dict[str, Any]) -> None:
    """Several layers into one container."""
    driver = {".gdb": "OpenFileGDB", ".gpkg": "GPKG"}[path.suffix]
    for name, made in layers.items():
        pyogrio.write_dataframe(made, path, layer=name, driver=driver)


@dataclass(frozen=True)
class Case:
    """One fault, or one good input: what it is, what it owes, how it is made."""

    group: str
    name: str
    owes: str
    make: Callable[[Ground], object]
    word: str = ""
    """What the refusal must say."""

    @property
    def is_good(self) -> bool:
        return self.owes.startswith("good")

    def build(self, folder: Path, shared: Path) -> Ground:
        made = ground(folder, shared)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # writers warn about what is spoiled on purpose
            self.make(made)
            if not made.layers:
                made.subject("pbf.gpkg")
        return made


OWED: dict[str, tuple[str, ...]] = {
    "refused": ("refused",),
    "prohibited": ("prohibited/*",),
    "open": ("undetermined/*",),
    "open, both": ("undetermined/undetermined",),
    "prohibited, rest open": ("prohibited/undetermined",),
    "refused or open": ("refused", "undetermined/undetermined"),
    "refused or prohibited": ("refused", "prohibited/allowed"),
    "refused or held": ("refused", "prohibited/*", "undetermined/*"),
    "good": ("prohibited/allowed",),
    "good, one place": ("prohibited/*",),
}
"""What a case may owe: outcomes are ``refused``, or the verdicts at ``P`` and at ``Q``."""


def cases(group: str, table: dict[str, tuple[Any, ...]], owes: str = "refused") -> list[Case]:
    """Cases of a table: name to ``(make)``, ``(make, word)`` or ``(make, word, owes)``."""
    made = []
    for name, entry in table.items():
        make, word, owed = (*entry, *("", owes)[len(entry) - 1 :])
        made.append(Case(group, name, owed, make, word))
    return made
