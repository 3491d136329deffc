"""Reading what stands in ``grounds/*.toml``: the outline, the places and the list of sheets."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from sample_ground.base import Base, blobs, rings
from sample_ground.project_file import Heading
from sample_ground.shapes import Place
from sample_ground.sheet import Classes, Feature, Sheet, plain

Table = Mapping[str, Any]  # values of a TOML table
SHEET_KEYS = {one.name for one in fields(Sheet)} - {"features", "raster"}


@dataclass(frozen=True)
class Town:
    """A town: where its development boundary stands, and of which class it is."""

    name: str
    lon: float
    lat: float
    radius_m: float
    kind: str
    adcode: str = ""

    @property
    def place(self) -> Place:
        """Its middle in degrees."""
        return self.lon, self.lat


@dataclass(frozen=True)
class Content:
    """One file of ``grounds``."""

    table: Table

    @property
    def heading(self) -> Heading:
        """The ``[project]`` table."""
        return Heading(**self.table["project"])

    @property
    def towns(self) -> list[Town]:
        """The towns, largest jurisdictions first."""
        return [Town(*row) for row in self.table["towns"]]

    @property
    def routes(self) -> list[tuple[str, list[Place]]]:
        """The through-routes that count as expressways, with the cities on their way."""
        return [(one["name"], [_place(s) for s in one["stops"]]) for one in self.table["routes"]]


@dataclass(frozen=True)
class Makers:
    """The shapes of a project that are more than a blob at a place, by the name in its file."""

    features: Mapping[str, Callable[[Base, Content], list[Feature]]]
    rasters: Mapping[str, Callable[[Base, Content], Classes]]


def read_content(path: Path) -> Content:
    """One file of ``grounds``."""
    return Content(tomllib.loads(path.read_text(encoding="utf-8")))


def sheets_of(content: Content, base: Base, makers: Makers) -> list[Sheet]:
    """Every sheet that the file lists, in its order."""
    return [_sheet(row, content, base, makers) for row in content.table["sheet"]]


def _sheet(row: Table, content: Content, base: Base, makers: Makers) -> Sheet:
    options = {key: value for key, value in row.items() if key in SHEET_KEYS}
    if "valid" in options:
        options["valid"] = tuple(options["valid"])
    raster = makers.rasters[row["raster"]](base, content) if "raster" in row else None
    found = makers.features[row["made"]](base, content) if "made" in row else _placed(row, base)
    return Sheet(**{"as_of": content.table["as_of"], **options}, features=found, raster=raster)


def _placed(row: Table, base: Base) -> list[Feature]:
    found = plain([base.point(*place) for place in row.get("points", [])])
    for group in row.get("groups", []):
        found += blobs(base, group["seed"], group["blobs"], **group.get("attributes", {}))
    for ring in row.get("rings", []):
        for name, lon, lat in ring["places"]:
            given = ring.get("attributes", {})
            found += rings(base, name, (lon, lat), ring["reaches"], **given)
    return found


def _place(pair: list[float]) -> Place:
    lon, lat = pair
    return lon, lat
