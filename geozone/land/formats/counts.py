"""How many features a file states and holds: drivers trust a stored count, so it is scanned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Features by what the file states, and by a scan of it; ``None`` where it has none."""

    declared: int | None = None
    scanned: int | None = None
