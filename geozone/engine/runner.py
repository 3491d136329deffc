"""Pieces of work shared by a pool, their answers in order and told of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

Progress = Callable[[int, int], object]
"""Called with the number of tasks done and of all tasks."""

Answer = TypeVar("Answer")
Given = TypeVar("Given")

WAITING = 2
"""Tasks that wait per worker: enough to keep it busy, few enough to bound memory."""


def reported(answers: Iterable[Answer], total: int, progress: Progress | None) -> Iterator[Answer]:
    """The answers as they come; ``progress`` is told how many of all there were."""
    for done, answer in enumerate(answers, start=1):
        if progress:
            progress(done, total)
        yield answer


def ahead(
    pool: Executor, work: Callable[[Given], Answer], given: Iterable[Given], jobs: int
) -> Iterator[Answer]:
    """What is made of things, in their order, a few ahead of who takes them."""
    queue: deque[Future[Answer]] = deque()
    try:
        for one in given:
            queue.append(pool.submit(work, one))
            if len(queue) > max(jobs, 1) * WAITING:
                yield queue.popleft().result()
        while queue:
            yield queue.popleft().result()
    finally:
        for late in queue:
            late.cancel()
