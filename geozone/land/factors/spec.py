"""What a model says of the data behind a factor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Measure(Enum):
    """What is read of a source at the centre of a cell."""

    VALUE = "value"
    """The value of a raster, or of a numeric attribute of the polygon that holds the centre."""
    DISTANCE = "distance"
    """Ground metres to the nearest shape, no more than ``reach_m``."""
    DENSITY = "density"
    """Points per km2, or km of lines per km2, within ``reach_m``."""
    INSIDE = "inside"
    """1 in or on a polygon, else 0."""


class Resampling(Enum):
    """How a raster of other cells comes to those of the grid. What is unknown is never mixed in."""

    NEAREST = "nearest"
    """The cell that the centre lies in."""
    BILINEAR = "bilinear"
    """Straight between the four middles around the centre; unknown where one that counts is."""
    AVERAGE = "average"
    """The mean over the ground of the cell; unknown unless all of it is known."""
    MODE = "mode"
    """What most of the ground of the cell has, the least of equals; unknown as the average is."""


@dataclass(frozen=True)
class FactorSource:
    """A file and how it is read.

    ``path`` is relative to the model's file. ``reach_m`` is needed by ``DISTANCE`` and
    ``DENSITY``. ``coverage``: ``"area"`` (looked at everywhere in the study area), a polygon file,
    or none: then a vector layer says nothing beyond its shapes, and no distance but 0 is known.
    ``field`` names an attribute, ``where`` the values of a class field that count.
    """

    path: str
    measure: Measure
    layer: str | None = None
    band: int | None = None
    field: str | None = None
    where: tuple[str, tuple[str, ...]] | None = None
    resampling: Resampling | None = None
    reach_m: float | None = None
    crs: str | None = None
    encoding: str | None = None
    coverage: str | None = None
    accuracy_m: float = 0.0
    sha256: str | None = None
    as_of: str | None = None
    synthetic: bool = False
    licence: str = ""
