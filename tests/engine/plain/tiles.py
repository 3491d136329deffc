"""Work done tile by tile, in several processes, and what the tiles say joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

from geozone.engine.runner import Progress, reported
from geozone.engine.table import Index, Table
from geozone.law.condition import Condition
from geozone.law.evidence import Evidence

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def run(
    work: Callable[[Task], Answer],
    tasks: Iterable[Task],
    total: int,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[Answer]:
    """The answers to the tasks, in their order, from ``jobs`` processes."""
    if min(jobs, total) <= 1:
        yield from reported(map(work, tasks), total, progress)
        return
    # A fresh interpreter per process: forking one that has threads may hang.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from reported(pool.map(work, tasks), total, progress)


def joined(conditions: Sequence[Condition], tables: Sequence[Table]) -> Evidence:
    """The evidence of all rows of all tables."""
    return Evidence.of(conditions, (row for table in tables for row in table.rows))


def renumbered(table: Table, evidence: Evidence) -> Index:
    """The rows of a table's places, counted in the evidence."""
    place = {row: number for number, row in enumerate(evidence.rows)}
    numbers = np.array([place[row] for row in table.rows], np.intp)
    return numbers[table.index] if len(numbers) else table.index
