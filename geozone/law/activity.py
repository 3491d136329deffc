"""What somebody wants to do: a technology and an object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Activity:
    """A technology and the object it is asked for, written ``technology:object``."""

    technology: str
    object: str

    def __str__(self) -> str:
        return f"{self.technology}:{self.object}"

    @property
    def layer_name(self) -> str:
        """The name of this activity's layer in a container: ``TECH__OBJECT``."""
        return f"{self.technology}__{self.object}"
