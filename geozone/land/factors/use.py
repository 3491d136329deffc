"""What a factor is going to be asked for, so that what cannot be answered is told at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """``resolutions_m`` are the grids it will be asked on; ``codes``: its values are classes.

    Edges of the grids are multiples of their resolutions.
    """

    resolutions_m: tuple[float, ...] = ()
    codes: bool = False
