"""How to work, and what the steps of the work are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geozone.land.project import Project
from geozone.land.store.opening import PLAIN, Ways

if TYPE_CHECKING:
    from geozone.answers.working import Working

EVIDENCE = "evidence"
"""The folder of kept evidence, in the project's store."""

Progress = Callable[[str, int, int], None]
"""Told what is done and how much of it: (what, done, total); a total of 0 is not known yet."""

READING = "读取图层 / reading layers"
CUTTING = "划分区域 / cutting zones"
BURNING = "证据栅格 / evidence grid"
WRITING = "写出成果 / writing results"
COMPARING = "比较 / comparing"
ASSESSING = "评估 / assessing"
SCORING = "评分 / scoring"
DRAWING = "抽样 / drawing chances"
SURFACING = "插值 / interpolating"


@dataclass(frozen=True)
class Options:
    """How to work; none of it changes an answer.

    ``jobs`` threads, about ``memory_gb`` of memory, whether checked layers and evidence are
    kept in the project's folder for the next time, who is told of progress, and ``ways`` of
    reading layers.
    """

    jobs: int = 1
    progress: Progress | None = None
    memory_gb: float = 4.0
    keep: bool = True
    ways: Ways = PLAIN

    def working(self, project: Project, what: str) -> Working:
        """The same for one step of the work on a project."""
        from geozone.answers.working import Working  # noqa: PLC0415 - late

        folder = project.store / EVIDENCE if project.store and self.keep else None
        return Working(self.jobs, self.memory_gb * 1e9, folder, self.step(what))

    def step(self, what: str) -> Callable[[int, int], None] | None:
        """A progress callback for one step of the work."""
        told = self.progress
        return None if told is None else lambda done, total: told(what, done, total)

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Say that a step of the work has begun, whose size is not known, and its end."""
        step = self.step(what)
        if step:
            step(0, 0)
        yield
        if step:
            step(1, 1)
