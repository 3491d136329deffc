"""Tasks done by processes of their own, which share everything with this one until they begin."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

CAN_FORK = sys.platform == "linux"
"""Elsewhere a copy of a process is not safe, or there is none."""

_PR_SET_PDEATHSIG = 1


@contextmanager
def done_apart(tasks: Sequence[int], do: Callable[[int], None], processes: int) -> Iterator[None]:
    """Has ``do`` called with each task by one of some processes, beside what is done within.

    Leaving waits for them; an exception ends them. They are copies of this process, which must
    have no other thread that holds what ``do`` needs; what they change in memory stays theirs,
    and one that ends early leaves its tasks undone: ask what was done of what they leave behind.
    They die with this process. Only on Linux (``CAN_FORK``).
    """
    from multiprocessing import get_context  # noqa: PLC0415 - seldom needed

    context = get_context("fork")
    queue = context.SimpleQueue()
    count = min(processes, len(tasks))
    given = (queue, do, os.getpid())
    started = [context.Process(target=_work, args=given, daemon=True) for _ in range(count)]
    for one in started:
        one.start()
    for task in (*tasks, *[None] * count):
        queue.put(task)
    try:
        yield
        for one in started:
            one.join()
    finally:
        for one in started:
            one.kill()
            one.join()
        queue.close()


def _work(queue: SimpleQueue[int | None], do: Callable[[int], None], beginner: int) -> None:
    """One process: takes tasks until none is left."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != beginner:  # who has died already tells nobody
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for us is told, and ends us
    for other in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_DFL)
    while (task := queue.get()) is not None:
        do(task)
