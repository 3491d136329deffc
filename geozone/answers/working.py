"""How to work on long questions; none of it changes an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[int, int], None]
"""Told how much is done: (done, total)."""


@dataclass(frozen=True)
class Working:
    """Threads, the memory that may be used, and the folder where evidence is kept, if any."""

    jobs: int = 1
    memory_bytes: float = 4e9
    folder: Path | None = None
    progress: Progress | None = None

    @property
    def bands(self) -> Path | None:
        """Where bands of grids are kept."""
        return self.folder / "bands" if self.folder else None

    @property
    def cells(self) -> Path | None:
        """Where cells of partitions are kept."""
        return self.folder / "cells" if self.folder else None
