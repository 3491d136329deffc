"""Commands that are told to stop leave at once, cleanly, and say so."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

STOPPED = 128
"""The exit code of a command that a signal stopped is this and the number of the signal."""

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
IMPORTS = "<frozen importlib._bootstrap>"
SAID = (
    "已中断，原有成果未动；再次运行即可继续 / stopped; earlier results stand as they were, "
    "run it again to go on"
)


@contextmanager
def stopping() -> Iterator[None]:
    """Turns signals to stop into an end with everything put away, a line and an exit code."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    told: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        told.append(number)
        if _is_importing(frame):  # compiled modules make other errors of ours, and print them
            click.echo(SAID, err=True)
            os._exit(STOPPED + number)
        raise KeyboardInterrupt

    before = {one: signal.getsignal(one) for one in SIGNALS}
    for one in SIGNALS:
        if before[one] is not signal.SIG_IGN:  # as in nohup
            signal.signal(one, stop)
    try:
        yield
    except KeyboardInterrupt:
        if not told:
            raise
        click.echo(SAID, err=True)
        sys.exit(STOPPED + told[0])
    finally:
        for one, way in before.items():
            signal.signal(one, way)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename == IMPORTS:
            return True
        frame = frame.f_back
    return False
