"""What commands share: options, how a refusal is told, progress bars."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geozone.cli.stopping import stopping
from geozone.law.errors import Fault, Refused

if TYPE_CHECKING:
    from geozone.options import Options

REFUSED = 2


_OBEYED = (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
CONTROLS = {code: chr(code).encode("unicode_escape").decode("ascii") for code in _OBEYED}
"""What a terminal would obey (codes, marks that turn text around), by what is printed for it."""


def say(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines; control characters out of files and their names are shown, never obeyed."""
    show("\n".join(one.translate(CONTROLS) for one in lines), err=err)


def show(text: str, *, err: bool = False) -> None:
    """Print a text that holds nothing a terminal would obey; who reads no more gets no more.

    Raises ``Refused`` where it cannot be printed.
    """
    try:
        click.echo(text, err=err)
    except BrokenPipeError:  # head has seen enough; what is left goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        what = f"成果已写出，但无法打印 / results are written, printing failed: {error.strerror}"
        todo = "检查输出重定向，或用 --quiet / see where output is sent to, or take --quiet"
        raise Refused([Fault("stdout", "", what, todo)]) from error


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Print every fault of refused input and leave with code 2; stop when told to."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:  # click passes what the command declares
        try:
            with stopping():
                command(*args, **options)
        except Refused as refused:
            faults = refused.faults
        except MemoryError as error:
            faults = (_no_room(error),)
        else:
            return
        say([f"已拒绝 / refused: {len(faults)}", *map(str, faults)], err=True)
        sys.exit(REFUSED)

    return run


def _no_room(error: MemoryError) -> Fault:
    what = f"内存不足 / memory has run out: {error}"
    todo = (
        "减小 --jobs，缩小研究区，或换用内存更大的电脑 / take fewer --jobs, a smaller area, or a "
        "machine with more memory"
    )
    return Fault("geozone", "", what, todo)


def _day(_context: click.Context, _option: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def _memory(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if math.isnan(value):
        raise click.BadParameter("不是数 / not a number")
    return value


ON = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Decision date, YYYY-MM-DD."
)
QUIET = click.option("--quiet", is_flag=True, help="No progress, no summary.")
PROJECT = click.argument("project", type=click.Path(path_type=Path))
OUT_FILE = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="File to write."
)


def effort(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that works for long; none of them changes an answer."""
    for option in (
        click.option("--fresh", is_flag=True, help="Read and compute all anew, keep nothing."),
        click.option(
            "--memory",
            type=click.FloatRange(min=0.25),
            callback=_memory,
            default=4.0,
            show_default=True,
            help="Memory to use, in GB, about.",
        ),
        click.option(
            "--jobs",
            type=click.IntRange(1),
            default=os.cpu_count() or 1,
            show_default="all processors",
            help="Number of threads.",
        ),
    ):
        command = option(command)
    return command


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that reads a file of proposals."""
    for option in (
        click.option("--layer", help="Layer or sheet, where the file has several."),
        click.option("--trust", is_flag=True, help="Read it even where it cannot be confined."),
        click.option(
            "--datum-shift",
            type=click.Path(path_type=Path),
            help="TOML file of declared parameters for an old datum.",
        ),
        click.option("--crs", help="CRS of projected columns, such as EPSG:4547."),
    ):
        command = option(command)
    return command


@contextmanager
def working(jobs: int, memory: float, fresh: bool, quiet: bool) -> Iterator[Options]:
    """Options with progress bars on stderr where it is a terminal."""
    from geozone.land.store.opening import Ways  # noqa: PLC0415 - keeps --help light
    from geozone.options import Options  # noqa: PLC0415

    how = Options(jobs, memory_gb=memory, keep=not fresh, ways=Ways(jobs))
    if quiet or not sys.stderr.isatty():
        yield how
        return
    from rich.console import Console  # noqa: PLC0415 - keeps --help light
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}  # rich's own task ids

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:  # the first id is 0
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        yield replace(how, progress=told)
