"""The command that tells what a project holds: receipts, problems, and what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geozone.cli.options import ON, PROJECT, QUIET, refusing, say
from geozone.law.errors import Refused


@click.command()
@PROJECT
@ON
@click.option("--json", "as_json", is_flag=True, help="Print JSON (check.schema.json).")
@QUIET
@refusing
def check(project: Path, on: date | None, as_json: bool, quiet: bool) -> None:
    """Receipts of all layers, problems, and what is missing for which rule."""
    from geozone.answers.site import decision_date  # noqa: PLC0415 - keeps --help light
    from geozone.api import open as open_project  # noqa: PLC0415
    from geozone.pages.checkreport import (  # noqa: PLC0415
        check_lines,
        check_result,
        refused_result,
    )
    from geozone.pages.tables import json_text  # noqa: PLC0415

    try:
        workspace = open_project(project)
        day = decision_date(workspace.project, on)
        owed = workspace.debts(on=day)
    except Refused as refused:
        if as_json:
            click.echo(json_text(refused_result(refused.faults)), nl=False)
        raise
    if as_json:
        click.echo(json_text(check_result(workspace.project, owed, day)), nl=False)
    elif not quiet:
        say(check_lines(workspace.project, owed, day))
