"""What a layer holds of its features, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geozone.land.store.columns import Column, Names
from geozone.land.store.packed import Packed


@dataclass(frozen=True, eq=False)
class Held:
    """n features: their shapes, classes, attributes and ids."""

    shapes: Packed
    classes: Column
    attributes: Mapping[str, Column]
    ids: Names
