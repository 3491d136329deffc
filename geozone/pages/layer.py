"""A layer of multipolygons that comes in batches, whatever format it is written to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Kind = type[str] | type[float]


@dataclass(frozen=True, eq=False)
class Features:
    """Some features: multipolygons as WKB, their bounds (n, 4), and a list of values by column.

    Bounds are west, south, east and north in the layer's CRS.
    """

    wkb: Sequence[bytes]
    bounds: NDArray[np.float64]
    values: Mapping[str, Sequence[Any]]  # texts or numbers

    @classmethod
    def of(cls, shapes: NDArray[np.object_], values: Mapping[str, Sequence[Any]]) -> Features:
        """Polygons and multipolygons as they are written. Raises ``ValueError`` for others."""
        types = set(shapely.get_type_id(shapes).tolist())
        single, multi = shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON
        if not types <= {int(single), int(multi)} or shapely.is_empty(shapes).any():
            raise ValueError("zones are polygons that are not empty")
        parts, owner = shapely.get_parts(shapes, return_index=True)
        wkb = shapely.to_wkb(shapely.multipolygons(parts, indices=owner), byte_order=1)
        return cls(wkb.tolist(), shapely.bounds(shapes), values)


@dataclass(frozen=True, eq=False)
class Layer:
    """A named layer: its columns with the kind of their values, its features, its QGIS style."""

    name: str
    columns: Mapping[str, Kind]
    features: Iterable[Features]
    style: str = ""

    def ahead(self) -> Layer:
        """The layer, its next features drawn by a thread while those before are written."""
        return replace(self, features=_ahead(iter(self.features)))


def _ahead(features: Iterator[Features]) -> Iterator[Features]:
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, features, None)
        while (found := coming.result()) is not None:
            coming = pool.submit(next, features, None)
            yield found
