"""A question that rules ask of the ground."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """One distinct question of the ground, asked once for all rules.

    ``classes`` empty means any class. ``attributes`` lists, per attribute, the values that
    count. ``within_m`` is ground distance in metres, limit included. ``above`` and ``below``
    (exclusive) are asked of rasters, in the raster's own unit.
    """

    theme: str
    classes: tuple[str, ...] = ()
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    within_m: float = 0.0
    above: float | None = None
    below: float | None = None

    @property
    def key(self) -> str:
        """A stable text name, used in evidence tables: ``railway[line|tunnel]@200m``."""
        parts = [self.theme]
        if self.classes:
            parts.append("[" + "|".join(self.classes) + "]")
        for name, values in self.attributes:
            parts.append("{" + name + "=" + "|".join(values) + "}")
        if self.within_m:
            parts.append(f"@{self.within_m:g}m")
        if self.above is not None:
            parts.append(f">{self.above:g}")
        if self.below is not None:
            parts.append(f"<{self.below:g}")
        return "".join(parts)

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Orders conditions whatever thresholds they carry."""
        low = (self.above is not None, self.above or 0.0)
        high = (self.below is not None, self.below or 0.0)
        return (self.theme, self.classes, self.attributes, self.within_m, low, high)
