"""Tile tasks run here, in this process or in several."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Progress = Callable[[int, int], object]
"""Called with the number of tasks done and of all tasks."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")

WAITING = 2
"""Tasks that wait per process: enough to keep it busy, few enough to bound memory."""


def run(
    work: Callable[[Task], Answer],
    tasks: Iterable[Task],
    total: int,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[Answer]:
    """The answers to the tasks, in their order, from ``jobs`` processes."""
    answers = map(work, tasks) if min(jobs, total) <= 1 else _spread(work, tasks, jobs)
    yield from reported(answers, total, progress)


def reported(answers: Iterable[Answer], total: int, progress: Progress | None) -> Iterator[Answer]:
    """The answers as they come; ``progress`` is told how many of all there were."""
    for done, answer in enumerate(answers, start=1):
        if progress:
            progress(done, total)
        yield answer


def _spread(work: Callable[[Task], Answer], tasks: Iterable[Task], jobs: int) -> Iterator[Answer]:
    queue: deque[Future[Answer]] = deque()
    # A fresh interpreter per process: forking one that has threads may hang.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for task in tasks:
            queue.append(pool.submit(work, task))
            if len(queue) > jobs * WAITING:
                yield queue.popleft().result()
        while queue:
            yield queue.popleft().result()


def ahead(pool: Executor, work: Callable[[int], Answer], count: int, jobs: int) -> Iterator[Answer]:
    """What is made of the numbers up to a count, in order, a few ahead of who takes them."""
    queue: deque[Future[Answer]] = deque()
    try:
        for number in range(count):
            queue.append(pool.submit(work, number))
            if len(queue) > max(jobs, 1) * WAITING:
                yield queue.popleft().result()
        while queue:
            yield queue.popleft().result()
    finally:
        for one in queue:
            one.cancel()
