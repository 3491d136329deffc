"""What a layer holds of its features, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geozone.land.store.columns import Column, Names, Texts
from geozone.land.store.packed import Packed


@dataclass(frozen=True, eq=False)
class Held:
    """n features: their shapes, classes, attributes and ids."""

    shapes: Packed
    classes: Column
    attributes: Mapping[str, Column]
    ids: Names

    def class_texts(self) -> Texts:
        """The class of each feature."""
        return self.classes.texts

    def attribute_texts(self) -> Mapping[str, Texts]:
        """Each attribute of each feature."""
        return {name: column.texts for name, column in self.attributes.items()}

    def names(self) -> tuple[str, ...]:
        """The id of each feature."""
        return self.ids.texts
