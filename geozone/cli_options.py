"""What commands share: how a refusal is told, and the decision date."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

import click

from geozone.law.errors import Refused

REFUSED = 2


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """Print every fault of refused input and leave with code 2."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:  # click passes what the command declares
        try:
            command(*args, **options)
        except Refused as refused:
            lines = [f"已拒绝 / refused: {len(refused.faults)}", *map(str, refused.faults)]
            click.echo("\n".join(lines), err=True)
            sys.exit(REFUSED)

    return run


def _day(_context: click.Context, _option: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


ON = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Decision date, YYYY-MM-DD."
)
