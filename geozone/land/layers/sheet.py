"""One file of a layer, read, checked and placed; a layer joins one or more of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.formats.features import Texts
from geozone.land.layers.cells import Raster
from geozone.land.shapes.repairs import Repair


@dataclass(frozen=True, eq=False)
class Frame:
    """Where a project works: its study area in its working CRS."""

    area: BaseGeometry
    crs: CRS


LEFT_OUT = "beyond the working CRS, left out"
"""How repairs call features too far off to be drawn."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """The good features of one file, n of them, in the working CRS where it is known.

    ``kinds`` are the kinds of geometry found; ``seen`` the valid cells of a raster.
    """

    shapes: NDArray[np.object_]
    classes: tuple[str | None, ...]
    attributes: Mapping[str, Texts]
    ids: tuple[str, ...]
    driver: str
    layer: str = ""
    kinds: frozenset[str] = frozenset()
    declared: int | None = None
    read: int = 0
    nulls: int = 0
    repairs: tuple[tuple[str, int], ...] = ()
    mended: tuple[Repair, ...] = ()
    notes: tuple[str, ...] = ()
    crs: str = ""
    operation: str = ""
    bend_m: float = 0.0
    encoding: str = ""
    placed: bool = True
    """Whether the shapes stand in the working CRS."""
    seen: BaseGeometry | None = None
    raster: Raster | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
