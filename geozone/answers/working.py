"""How to work on long questions; none of it changes an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geozone.land.project import Project
from geozone.law.errors import Fault, Refused

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

    @property
    def tables(self) -> Path | None:
        """Where empty tables of databases are kept."""
        return self.folder / "tables" if self.folder else None


@contextmanager
def exactly(project: Project) -> Iterator[None]:
    """Turns what the engine cannot work out exactly into a refusal: it never guesses.

    Raises ``Refused``.
    """
    try:
        yield
    except ArithmeticError as error:
        what = f"几何运算不精确，已停止 / not exact, so stopped: {error}"
        todo = (
            "检查该处的图形，或缩小研究区，或换更近的中央经线 / check the shapes there; or take a "
            "smaller area, or a CRS of a nearer central meridian"
        )
        raise Refused([Fault(str(project.file), "", what, todo)]) from error
