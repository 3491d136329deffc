"""What commands share that work for a while: the project, processes, and progress bars."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from geozone.api import Options

QUIET = click.option("--quiet", is_flag=True, help="No progress, no summary.")
JOBS = click.option("--jobs", type=click.IntRange(1), default=1, help="Number of processes.")
PROJECT = click.argument("project", type=click.Path(path_type=Path))


@contextmanager
def working(jobs: int, quiet: bool) -> Iterator[Options]:
    """Options with progress bars on stderr where it is a terminal."""
    from geozone.api import Options  # noqa: PLC0415 - keeps --help light

    if quiet or not sys.stderr.isatty():
        yield Options(jobs)
        return
    from rich.console import Console  # noqa: PLC0415 - keeps --help light
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}  # rich's own task ids

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:  # the first id is 0
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield Options(jobs, told)
